# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The switch itself: what has to be true in the writer's own shell, and the writes of step 5 as one plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..base.comparison import fold
from ..base.errors import Refused
from . import authserver, orgconfig
from .authserver import AuthServer
from .change import Plan, differing
from .orgconfig import OrganizationConfig

_AGAIN: Final = "Run this again: it reads and judges everything anew."


def refuse_changed(judged: Mapping[str, Any], config: OrganizationConfig, servers: Sequence[AuthServer]) -> None:
    """Refused where the organization is not as the gate judged it; ``judged`` are the facts that hma_info read for the gate."""
    if str(judged.get("guid")).lower() != config.guid.lower():
        raise Refused(f"Organization '{config.name}' answers, which is not the one that was judged. Nothing was changed.")
    before = bool((judged.get("config") or {}).get("oauth2_client_profile_enabled"))
    changes = [] if before == config.oauth2_client_profile_enabled else [f"OAuth2ClientProfileEnabled is {_word(config)} and was {str(before).lower()}"]
    changes += _differences([AuthServer(**item) for item in judged.get("auth_servers") or []], servers)
    if changes:
        raise Refused(f"Somebody else changed the organization after it was judged: {'; '.join(changes)}. Nothing was changed by this step. {_AGAIN}")


def plan_enable(config: OrganizationConfig, servers: Sequence[AuthServer], tenant_id: str, replace: str | None) -> Plan:
    """Step 5, at most three writes, in the order in which they have to be sent: another default cleared, ours set, the flag."""
    target = authserver.of_tenant(servers, tenant_id)
    endpoint = authserver.plan_default(servers, target, default=True, replace=replace)
    flag = orgconfig.plan_organization(config, {"oauth2_client_profile_enabled": True})
    return Plan((*endpoint.changes, *flag.changes))


def refuse_without_endpoint(servers: Sequence[AuthServer]) -> None:
    """Refused where clients would be offered modern authentication without one endpoint that Exchange trusts."""
    reason = wrong_endpoint(servers)
    if reason:
        raise Refused(f"{reason} Modern authentication is not switched on without it: hma_authserver with default_authorization_endpoint sets it.")


def wrong_endpoint(servers: Sequence[AuthServer], tenant_id: str | None = None) -> str | None:
    """Why clients are not sent to one trusted endpoint (of this tenant, where one is named); None where they are."""
    found = authserver.defaults(servers)
    if len(found) != 1:
        names = ", ".join(f"'{item.name}'" for item in found) or "none"
        return f"There has to be exactly one default authorization endpoint, and there is {names}."
    if not found[0].enabled:
        return f"AuthServer '{found[0].name}', the default authorization endpoint, is disabled."
    if not found[0].is_azure_ad or (tenant_id is not None and found[0].tenant_id != fold(tenant_id)):
        return f"AuthServer '{found[0].name}' ({found[0].type}, realm {found[0].realm or 'none'}) is the default authorization endpoint."
    return None


def _differences(judged: Sequence[AuthServer], servers: Sequence[AuthServer]) -> list[str]:
    now = {item.guid: item for item in servers}
    found = [f"AuthServer '{item.name}' is not there any more" for item in judged if item.guid not in now]
    found += [f"AuthServer '{item.name}' is new" for item in servers if item.guid not in {other.guid for other in judged}]
    for item in judged:
        other = now.get(item.guid, item)
        wrong = differing(item.properties(), other.properties())
        found += [f"AuthServer '{other.name}' has another {', '.join(wrong)}"] if wrong else []
    return found


def _word(config: OrganizationConfig) -> str:
    return str(config.oauth2_client_profile_enabled).lower()
