# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The switch itself: what has to be true in the writer's own shell, and the writes of step 5 as one plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..base.comparison import fold, same
from ..base.errors import Refused
from ..base.values import shown
from . import authserver, orgconfig, trusted
from .authserver import AuthServer
from .change import Plan
from .organization import Organization
from .orgconfig import OrganizationConfig

_AGAIN: Final = "Run this again: it reads and judges everything anew."
# What clients, and servers between each other, go by. (A date that Exchange keeps on the object is none of it.)
_COMPARED: Final = ("enabled", "default", "type", "realm", "issuer", "domain_names", "authorization_endpoint")


def refuse_changed(judged: Organization, config: OrganizationConfig, servers: Sequence[AuthServer]) -> None:
    """Refused where the organization is not as the gate judged it; ``judged`` is what hma_info read for the gate."""
    if fold(judged.config.guid or "") != fold(config.guid):
        raise Refused(
            f"Organization '{config.name}' answers, which is not the one that was judged. Nothing was changed."
        )
    before, now = judged.config.oauth2_client_profile_enabled, config.oauth2_client_profile_enabled
    changes = [] if before == now else [f"OAuth2ClientProfileEnabled is {shown(now)} and was {shown(before)}"]
    changes += _differences(judged.auth_servers, servers)
    if changes:
        raise Refused(
            f"Somebody else changed the organization after it was judged: {'; '.join(changes)}. Nothing was "
            f"changed by this step. {_AGAIN}"
        )


def plan_enable(config: OrganizationConfig, servers: Sequence[AuthServer], tenant_id: str, replace: str | None) -> Plan:
    """Step 5, at most three writes, in the order in which they have to be sent: another default cleared, ours set, the
    flag."""
    target = trusted.of_tenant(servers, tenant_id)
    endpoint = authserver.plan_default(servers, target, default=True, replace=replace)
    flag = orgconfig.plan_organization(config, {"oauth2_client_profile_enabled": True})
    return Plan((*endpoint.changes, *flag.changes))


def plan_as_before(plan: Plan, before: Sequence[AuthServer], now: Sequence[AuthServer]) -> Plan:
    """The default endpoint as it was before a plan that did not get to its end. What others did meanwhile stays: an
    object that the plan does not write is not written, and beside another default none is set."""
    # One object may have several writes in a plan.
    ours = [change for change in plan.changes if authserver.DEFAULT in change.after]
    wanted = {change.target["guid"]: change.after[authserver.DEFAULT] for change in ours}
    known = {server.guid for server in authserver.defaults(before)}
    added = [server for server in authserver.defaults(now) if server.guid not in known]
    cleared = [server for server in now if server.guid in known and not server.default]
    if any(not wanted.get(server.guid) for server in added):
        return Plan()
    again = [server for server in cleared if wanted.get(server.guid) is False][:1]
    return Plan(
        (*(authserver.flag(server, False) for server in added), *(authserver.flag(server, True) for server in again))
    )


def refuse_without_endpoint(servers: Sequence[AuthServer]) -> None:
    """Refused where clients would be offered modern authentication without one endpoint that Exchange trusts."""
    reason = wrong_endpoint(servers)
    if reason:
        raise Refused(
            f"{reason} Modern authentication is not switched on without it: hma_authserver with "
            f"default_authorization_endpoint sets it."
        )


def wrong_endpoint(servers: Sequence[AuthServer], tenant_id: str | None = None) -> str | None:
    """Why clients are not sent to one trusted endpoint (of this tenant, where one is named); None where they are."""
    endpoints = authserver.defaults(servers)
    if len(endpoints) != 1:
        names = ", ".join(f"'{server.name}'" for server in endpoints) or "none"
        return f"There has to be exactly one default authorization endpoint, and there is {names}."
    endpoint = endpoints[0]
    if not endpoint.enabled:
        return f"AuthServer '{endpoint.name}', the default authorization endpoint, is disabled."
    if not endpoint.is_azure_ad or (tenant_id is not None and endpoint.tenant_id != fold(tenant_id)):
        return (
            f"AuthServer '{endpoint.name}' ({endpoint.type}, realm {endpoint.realm or 'none'}) is the default "
            f"authorization endpoint."
        )
    return None


def _differences(judged: Sequence[AuthServer], servers: Sequence[AuthServer]) -> list[str]:
    """One sentence for each AuthServer that is missing, new or different."""
    now, known = {server.guid: server for server in servers}, {server.guid for server in judged}
    sentences = [f"AuthServer '{server.name}' is not there any more" for server in judged if server.guid not in now]
    sentences += [f"AuthServer '{server.name}' is new" for server in servers if server.guid not in known]
    for before in judged:
        after = now.get(before.guid, before)
        differing = [
            authserver.PROPERTIES[name] for name in _COMPARED if not same(getattr(before, name), getattr(after, name))
        ]
        sentences += [f"AuthServer '{after.name}' has another {', '.join(differing)}"] if differing else []
    return sentences
