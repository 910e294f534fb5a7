# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of the dedicated hybrid application: whose it is, and whether it is there where hybrid needs it.

This collection never touches it; Hybrid Modern Authentication works with it and without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from ..base.comparison import fold
from ..base.values import Properties
from ..entra.spns import EXCHANGE_ONLINE
from ..exchange.authserver import AuthServer
from .check import Check, Finding
from .references import CSS, READ_ORGANIZATION, READ_ORGANIZATION_FULL

if TYPE_CHECKING:
    from .inputs import Inputs

# ConfigureExchangeHybridApplication.ps1 of CSS-Exchange, region ConfigureAuthServer.
OVERWRITES: Final = (
    "ConfigureExchangeHybridApplication.ps1 (the dedicated hybrid application, which this object has) overwrites "
    "DomainName each time it runs, and its way back empties it."
)
_SCRIPT: Final = f"{CSS}/Hybrid/ConfigureExchangeHybridApplication/"
_FIRST_PARTY: Final = {
    EXCHANGE_ONLINE: "the shared application of Exchange Online",
    # EDCA takes it for a default value; that it is Microsoft's own is not confirmed anywhere else.
    "48af08dc-f6d2-435f-b2a7-069abd99c086": "an application of Microsoft's own",
}
_FEATURE: Final = ("Global", "ExchangeOnpremAsThirdPartyAppId")
_RUN: Final = (
    "Run ConfigureExchangeHybridApplication.ps1 (CSS-Exchange) where free/busy, MailTips or photos between both sides "
    "are wanted; then run enable_hma, for the script overwrites DomainName."
)
_MEND: Final = "Mend or remove the object that could not be read; then run this again."

APPLICATION_OF_TENANT: Final = Check(
    "HMA-APP-001", "Dedicated hybrid application is one's own, and is left alone", "info", "organization",
    on_bad="warn",
    why="It uses the same AuthServer object: ApplicationIdentifier and its domains have to survive. Its script "
        "overwrites DomainName of this object, and with it the domain by which Exchange finds a tenant's people. An id "
        "of an application of Microsoft's is no dedicated application.",
    read=f"{READ_ORGANIZATION}Get-AuthServer, ApplicationIdentifier and GraphBaseUrl.",
    remedy="Nothing: this collection never touches it. After ConfigureExchangeHybridApplication.ps1, run enable_hma "
        "again: it merges the domain into the list that the script wrote (HMA-AUTH-003). Where the id is Microsoft's, "
        "run that script.",
    source=_SCRIPT,
)  # fmt: skip
APPLICATION_IN_USE: Final = Check(
    "HMA-APP-002", "Where hybrid is on, the dedicated hybrid application is in use", "medium", "organization",
    on_bad="warn",
    why="Since 2025-10-31 Exchange Online refuses the shared application: without a dedicated one there are no "
        "free/busy times, MailTips and photos of mailboxes in the cloud. HMA works without it.",
    read=f"{READ_ORGANIZATION_FULL}Get-HybridConfiguration, Get-AuthServer, ApplicationIdentifier, and "
        "Get-SettingOverride, section ExchangeOnpremAsThirdPartyAppId.",
    remedy=_RUN, source=_SCRIPT,
)  # fmt: skip


def dedicated_application(inputs: Inputs) -> list[Finding]:
    """The dedicated hybrid application is shown, so that nobody wonders; it is never touched."""
    there = [item for item in inputs.trust if item.is_azure_ad and item.application_identifier]
    if not there:
        return [APPLICATION_OF_TENANT.not_applicable(inputs.name, "no AuthServer has an ApplicationIdentifier.")]
    return [_own(item) for item in there]


def _own(server: AuthServer) -> Finding:
    identifier, foreign = server.application_identifier or "", _foreign(server)
    graph = f" It uses Graph at {server.graph_base_url}." if server.graph_base_url else ""
    if foreign:
        message = f"ApplicationIdentifier {identifier} is {foreign}, no dedicated one."
        return APPLICATION_OF_TENANT.failed(
            server.name, message, _RUN, expected="an application of the tenant", actual=identifier
        )
    return APPLICATION_OF_TENANT.passed(
        server.name, f"ApplicationIdentifier {identifier} is not touched.{graph} {OVERWRITES}"
    )


def _foreign(server: AuthServer) -> str | None:
    return _FIRST_PARTY.get(fold(server.application_identifier or ""))


def dedicated(server: AuthServer) -> bool:
    """Whether an object names an application of its tenant."""
    return bool(server.is_azure_ad and server.enabled and server.application_identifier) and not _foreign(server)


def application_of(auth_servers: Iterable[Mapping[str, Any]], tenant_id: Any) -> str:
    """The application of a tenant that the facts of an organization name; empty where there is none."""
    servers = (AuthServer.from_facts(Properties(item, "facts: auth_servers")) for item in auth_servers)
    own = (item for item in servers if item.tenant_id == fold(str(tenant_id or "")) and dedicated(item))
    return next((item.application_identifier or "" for item in own), "")


def application_in_use(inputs: Inputs) -> list[Finding]:
    check, hybrid, overrides = APPLICATION_IN_USE, inputs.organization.hybrid, inputs.organization.setting_overrides
    if hybrid is None:
        reason = inputs.organization.why_unread("hybrid")
        return [check.unread(inputs.name, reason, "Check the account's roles; then run this again.")]
    if not hybrid.configured:
        return [check.not_applicable(inputs.name, "HMA-HYB-001 says it: the wizard never ran.")]
    if not any(map(dedicated, inputs.trust)):
        if odd := _odd(inputs, "auth_servers"):
            return [check.unread(inputs.name, odd, _MEND)]
        message = "no AuthServer names an application of a tenant: free/busy, MailTips and photos do not work."
        return [check.failed(inputs.name, message, _RUN, expected="an application of a tenant", actual="none")]
    if overrides is None:
        fix = "audit_hma with hma_audit_read: full reads it, with the roles to read it."
        return [check.unread(inputs.name, inputs.organization.why_unread("setting_overrides"), fix)]
    on = any(item.is_on(*_FEATURE) for item in overrides)
    if not on and (odd := _odd(inputs, "setting_overrides")):
        return [check.unread(inputs.name, odd, _MEND)]
    message = "an AuthServer names the application, and no override of ExchangeOnpremAsThirdPartyAppId is in force."
    actual = "Enabled=true" if on else "no override in force"
    return [check.judge(inputs.name, on, message, _RUN, expected="Enabled=true", actual=actual)]


def _odd(inputs: Inputs, part: str) -> str:
    """Why objects of a part could not be read: the one that is looked for may be among them."""
    return " ".join(gap.reason for gap in inputs.organization.unread if gap.what == part and gap.object)


CHECKS: Final = (APPLICATION_OF_TENANT, APPLICATION_IN_USE)
