# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judge of the address of the default authorization endpoint: clients are sent there, whoever they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import SplitResult, urlsplit, urlunsplit

from ..base import values
from ..base.command import Command, PowerShell, look
from ..base.comparison import fold, folded, host_in
from ..entra.clouds import CLOUDS, Cloud
from ..exchange import authserver, trusted
from ..exchange.authserver import AuthServer
from ..exchange.hybrid import WIZARD_UPLOADS
from .check import Check, Finding
from .inputs import Inputs
from .inventory import TenantEntry
from .references import ARTICLE, READ_ORGANIZATION

ENDPOINT_OF_ALL: Final = Check(
    "HMA-AUTH-008", "The default endpoint is an address where everybody can sign in", "high", "organization",
    gate=True,
    why="Every client is sent to the one default endpoint, whatever its tenant. Without an address there is no sign-in "
        "page; in another cloud nobody has an account; at the address of one tenant the people of the others are "
        "refused (AADSTS50020: the account does not exist in this tenant).",
    read=f"{READ_ORGANIZATION}Get-AuthServer, AuthorizationEndpoint of the AuthServer that is the default, or is to "
        f"be, against hma_cloud, hma_tenant_id and the verified domains of the tenants.",
    remedy="Set-AuthServer '<name>' -RefreshAuthMetadata; where the address stays, run the Hybrid Configuration Wizard "
        f"for the tenant of this object. {WIZARD_UPLOADS}", source=ARTICLE,
)  # fmt: skip
# The parts of an address of Entra that stand for every organization.
_EVERYBODY: Final = ("common", "organizations")
_GLOBAL: Final = "global"
_REFRESH: Final = (
    "Exchange takes the address from the object's federation metadata; no parameter sets it. Read the metadata anew; "
    f"where the address stays, run the Hybrid Configuration Wizard for this tenant. {WIZARD_UPLOADS}"
)
_ELSEWHERE: Final = (
    "Exchange takes the address from the object's federation metadata; no parameter sets it. Look at AuthMetadataUrl: "
    "where it is right, Set-AuthServer -RefreshAuthMetadata reads it anew; otherwise remove the object and run the "
    f"Hybrid Configuration Wizard for this tenant. {WIZARD_UPLOADS}"
)
_UNKNOWN: Final = (
    "Where it is right (a cloud of its own, a name in front of Entra), name the host in hma_probe_authorization_hosts: "
    "this check goes by it, and what clients are offered is judged by it."
)
_LOOK: Final = look("Get-AuthServer", "Format-List", "Name", "Type", "AuthorizationEndpoint", "AuthMetadataUrl")


@dataclass(frozen=True)
class _Address:
    """AuthorizationEndpoint of an AuthServer, and what everybody's would be. ``named`` are the hosts that somebody
    called right."""

    server: AuthServer
    cloud: str
    named: frozenset[str]

    @property
    def text(self) -> str:
        return self.server.authorization_endpoint or ""

    @property
    def parts(self) -> SplitResult:
        try:
            return urlsplit(self.text)
        except ValueError:
            return urlsplit("")

    @property
    def host(self) -> str:
        """The host of an https address; empty where it is none."""
        return host_in(self.text) if fold(self.parts.scheme) == "https" else ""

    @property
    def first(self) -> str:
        """The first part of the path: whose address it is."""
        return fold(self.parts.path.lstrip("/").partition("/")[0])

    @property
    def own(self) -> Cloud:
        return CLOUDS.get(self.cloud, CLOUDS[_GLOBAL])

    @property
    def right(self) -> str:
        """The address at the same host that is everybody's, or at the host of the cloud."""
        rest = self.parts.path.lstrip("/").partition("/")[2]
        host = self.host if self.host in self.own.authorization_hosts else self.own.authorization_hosts[-1]
        return urlunsplit(("https", host, f"/common/{rest or 'oauth2/authorize'}", "", ""))

    @property
    def refresh(self) -> tuple[Command, ...]:
        """What makes Exchange read it anew."""
        return (PowerShell("Set-AuthServer", {"RefreshAuthMetadata": True}, (self.server.name,)),)

    @property
    def is_named(self) -> bool:
        return self.host in self.named

    def clouds(self) -> list[str]:
        return [name for name, cloud in CLOUDS.items() if self.host in cloud.authorization_hosts]


def for_all(inputs: Inputs) -> list[Finding]:
    """The address that clients get, of the object that step 5 makes the default, or of the one that is it now."""
    wanted = trusted.trusting(inputs.trust, inputs.default.tenant_id) if inputs.default else []
    now = [item for item in authserver.defaults(inputs.trust) if item.is_azure_ad]
    cloud = next((tenant.cloud for tenant in inputs.tenants), _GLOBAL)
    named = folded(inputs.settings.probe_authorization_hosts)
    return [_judged(inputs, _Address(item, cloud, named)) for item in wanted or now] or [
        ENDPOINT_OF_ALL.not_applicable(inputs.name, "no AuthServer of Entra is, or is to be, the default endpoint.")
    ]


def _judged(inputs: Inputs, address: _Address) -> Finding:
    """The first thing that is wrong with an address."""
    check, name, right = ENDPOINT_OF_ALL, address.server.name, address.right
    shown = address.text or "empty"
    for why, fix, commands in (*_of_its_form(address), *_of_its_cloud(address), *_of_its_tenant(inputs, address)):
        message = f"AuthorizationEndpoint of AuthServer '{name}' is {shown}{why} It has to be {right}."
        return check.failed(name, message, fix, expected=right, actual=shown, commands=commands)
    if address.clouds() or address.is_named:
        return check.passed(name, expected=right, actual=shown)
    # Nobody can say that it is wrong; the probe asks what it is.
    message = f"AuthorizationEndpoint of AuthServer '{name}' is {shown}, which is at no sign-in host of Entra."
    odd = check.failed(name, message, _UNKNOWN, expected=right, actual=shown, commands=(_LOOK,))
    return replace(odd, status="warn", gate=False)


_Wrong = tuple[str, str, tuple[Command, ...]]


def _of_its_form(address: _Address) -> Iterator[_Wrong]:
    if not address.text:
        yield ": with it as the default endpoint clients get no authorization_uri.", _REFRESH, address.refresh
    elif not address.host or not address.first:
        yield ", which is no https address of a sign-in page.", _REFRESH, address.refresh


def _of_its_cloud(address: _Address) -> Iterator[_Wrong]:
    there, own = address.clouds(), address.cloud
    if address.first == "adfs" or address.parts.path.startswith("/adfs/"):
        yield ", which is AD FS: clients are not sent to Entra.", _ELSEWHERE, (_LOOK,)
    # What the other clouds say of the worldwide hosts is recorded nowhere, so that they are not called wrong.
    elif there and not {own, _GLOBAL} & set(there) and not address.is_named:
        yield f", which is of another cloud than hma_cloud: {own}.", _ELSEWHERE, (_LOOK,)


def _of_its_tenant(inputs: Inputs, address: _Address) -> Iterator[_Wrong]:
    """At the address of one tenant only its own people can sign in."""
    tenants = {fold(tenant.tenant_id): tenant for tenant in inputs.tenants}
    if address.first in _EVERYBODY:
        return
    if len(tenants) > 1:
        why = f", and there are {len(tenants)} tenants: people of the others are refused there (AADSTS50020)."
        yield why, _REFRESH, address.refresh
    elif tenants and address.clouds() and not _is_of(address.first, *tenants.values()):
        yield ", which is not this tenant's: its people are refused there (AADSTS50020).", _REFRESH, address.refresh


def _is_of(first: str, tenant: TenantEntry) -> bool:
    """Whether a part of an address stands for this tenant: its id, or one of its domains, as far as they were read."""
    if values.is_guid(first) or "." not in first:
        return first == fold(tenant.tenant_id)
    verified = tenant.verified_domains
    return verified is None or first in folded([*verified, tenant.tenant_domain])


CHECKS: Final = (ENDPOINT_OF_ALL,)
