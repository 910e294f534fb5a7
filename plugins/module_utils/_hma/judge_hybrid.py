# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of hybrid and of authentication policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from .case import Case
from .checks import CHECKS
from .command import OFF, PowerShell
from .comparison import fold
from .finding import Finding
from .organization import why_unread

# The Hybrid Agent publishes Exchange through Entra application proxy (CSS-Exchange, FreeBusyChecker).
_AGENT: Final = "msappproxy.net"
_WIZARD: Final = "Run the Hybrid Configuration Wizard again."
_ROLES: Final = "Check the account's roles; then run this again."
_NEW_OVERRIDE: Final = PowerShell(
    "New-SettingOverride",
    {
        "Name": "OAuth download domains", "Component": "OAuth", "Section": "OAuthIdentityCacheFixForDownloadDomains", "Parameters": ["Enabled=true"],
        "Reason": "HMA",
    },
)  # fmt: skip
_OVERRIDE: Final = ("oauth", "oauthidentitycachefixfordownloaddomains")


def policies(case: Case) -> list[Finding]:
    """Policies that block modern authentication, legacy authentication too early, and the pilot, which is neither."""
    modern, legacy, pilot = CHECKS["HMA-POL-001"], CHECKS["HMA-POL-002"], CHECKS["HMA-POL-003"]
    found = case.organization["authentication_policies"]
    if found is None:
        newest = {item["product"] for item in case.client_access}
        if newest <= {"2010", "2013", "2016"}:
            return [check.without_meaning(case.name, "authentication policies came with Exchange 2019.") for check in (modern, legacy, pilot)]
        fix = "Put a 2019 or SE server first in exchange_servers: it is read there; and check the account's roles."
        return [check.unread(case.name, why_unread(case.organization, "authentication_policies"), fix) for check in (modern, legacy, pilot)]
    return [_modern(case, found), _legacy(case, found), _pilot(case, found)]


def _pilot_of(case: Case, found: Sequence[Mapping[str, Any]]) -> tuple[str, list[str]] | None:
    """The default policy that blocks, and the policies whose users are exempt."""
    default = _default(case, found)
    exempt = [str(item["name"]) for item in found if not item["blocks_modern"]]
    return (str(default["name"]), exempt) if default and default["blocks_modern"] and exempt else None


def _modern(case: Case, found: Sequence[Mapping[str, Any]]) -> Finding:
    check = CHECKS["HMA-POL-001"]
    blocking = [item for item in found if item["blocks_modern"]]
    if _pilot_of(case, found):
        return check.without_meaning(case.name, "a pilot: HMA-POL-003 says it.")
    text = "; ".join(f"policy '{item['name']}'{_reach(case, found, item)} blocks it for {', '.join(item['blocks_modern'])}" for item in blocking)
    return check.judge(
        case.name, not blocking, f"{text}.", "Let each policy allow modern authentication.", expected="no policy blocks modern authentication",
        actual=text or "none", commands=_unblocked(blocking, "modern"),
    )  # fmt: skip


def _legacy(case: Case, found: Sequence[Mapping[str, Any]]) -> Finding:
    check = CHECKS["HMA-POL-002"]
    blocking = [item for item in found if item["blocks_legacy"]]
    if case.config["oauth2_client_profile_enabled"] or not blocking:
        return check.ok(case.name, actual=", ".join(str(item["name"]) for item in blocking) or "none")
    text = "; ".join(f"policy '{item['name']}'{_reach(case, found, item)} blocks {', '.join(item['blocks_legacy'])}" for item in blocking)
    message, fix = f"{text}, and modern authentication is off: these users have no way in.", "Until HMA is proven, let each policy allow legacy authentication."
    return check.bad(case.name, message, fix, expected="none before HMA works", actual=text, commands=_unblocked(blocking, "legacy"))


def _unblocked(policies: Sequence[Mapping[str, Any]], kind: str) -> tuple[PowerShell, ...]:
    """A command per policy that lifts everything it blocks of this kind."""
    return tuple(
        PowerShell("Set-AuthenticationPolicy", {f"Block{kind.capitalize()}Auth{name}": OFF for name in item[f"blocks_{kind}"]}, (str(item["name"]),))
        for item in policies
    )


def _pilot(case: Case, found: Sequence[Mapping[str, Any]]) -> Finding:
    check, pilot = CHECKS["HMA-POL-003"], _pilot_of(case, found)
    if pilot is None:
        return check.without_meaning(case.name, "no pilot.")
    message = f"pilot: the default policy '{pilot[0]}' blocks modern authentication; users of {', '.join(pilot[1])} are exempt."
    return check.ok(case.name, message, actual=message)


def _default(case: Case, found: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    # Shown as a name or as the path of the object, depending on who reads it.
    name = fold(str(case.config["default_authentication_policy"] or "").rsplit("/", 1)[-1])
    return next((item for item in found if fold(str(item["name"])) == name), None)


def _reach(case: Case, found: Sequence[Mapping[str, Any]], policy: Mapping[str, Any]) -> str:
    return " (the default, so everyone's)" if policy is _default(case, found) else ""


def configured(case: Case) -> list[Finding]:
    check, found = CHECKS["HMA-HYB-001"], case.organization["hybrid"]
    if found is None:
        return [check.unread(case.name, why_unread(case.organization, "hybrid"), _ROLES)]
    message = "Get-HybridConfiguration shows nothing: the wizard never ran."
    return [check.judge(case.name, found["configured"], message, _WIZARD, expected="a hybrid configuration", actual=str(found["configured"]).lower())]


def agent(case: Case) -> list[Finding]:
    """Hints of the Hybrid Agent. Its own objects are in Exchange Online, so a pass says only that nothing here points to it."""
    check = CHECKS["HMA-HYB-002"]
    sections = ("intra_organization_connectors", "organization_relationships")
    seen = [f"{item['server']} {item['kind']}: {item['url']}" for item in case.organization["client_urls"] if _AGENT in fold(str(item["url"]))]
    for section in sections:
        for item in case.organization[section] or []:
            seen += [f"{item['name']}: {address}" for address in item["addresses"] if _AGENT in fold(address)]
    if seen:
        message = f"an address of the Hybrid Agent: {'; '.join(seen)}."
        return [check.bad(case.name, message, f"{_WIZARD} Choose classic hybrid.", expected="none", actual="; ".join(seen))]
    unread = [section for section in sections if case.organization[section] is None]
    if unread:
        fix = "hma_audit_read: full, and the roles to read it. Look at Get-MigrationEndpoint in Exchange Online too."
        return [check.unread(case.name, f"{unread[0]}: {why_unread(case.organization, unread[0])}", fix)]
    return [check.ok(case.name, "nothing on premises points to it; Get-MigrationEndpoint in Exchange Online would.")]


def partner(case: Case) -> list[Finding]:
    check = CHECKS["HMA-HYB-003"]
    for section in ("partner_applications", "intra_organization_connectors"):
        if case.organization[section] is None:
            return [check.unread(case.name, f"{section}: {why_unread(case.organization, section)}", "hma_audit_read: full, and the roles to read it.")]
    applications = [item for item in case.organization["partner_applications"] if item["exchange_online"] and item["enabled"]]
    connectors = [item for item in case.organization["intra_organization_connectors"] if item["enabled"]]
    lacks = [what for what, there in (("no enabled partner application of Exchange Online", applications), ("no enabled connector", connectors)) if not there]
    return [check.judge(case.name, not lacks, f"{'; '.join(lacks)}.", _WIZARD, expected="one of each, enabled", actual="; ".join(lacks) or "both")]


def download_domains(case: Case) -> list[Finding]:
    check, overrides = CHECKS["HMA-OVR-001"], case.organization["setting_overrides"]
    if not case.config["download_domains"]:
        return [check.without_meaning(case.name, "EnableDownloadDomains is off.")]
    if overrides is None:
        return [check.unread(case.name, why_unread(case.organization, "setting_overrides"), "hma_audit_read: full, and the roles to read it.")]
    there = any(
        (fold(item["component"]), fold(item["section"])) == _OVERRIDE and any(fold(text) == "enabled=true" for text in item["parameters"]) for item in overrides
    )
    fix = "Make the override, refresh the configuration, then restart W3SVC and WAS."
    message = "EnableDownloadDomains is true and the override OAuthIdentityCacheFixForDownloadDomains is not in force."
    actual = "Enabled=true" if there else "no override in force"
    return [check.judge(case.name, there, message, fix, expected="Enabled=true", actual=actual, commands=(_NEW_OVERRIDE,))]
