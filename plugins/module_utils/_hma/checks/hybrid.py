# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of hybrid and of authentication policies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from ..base.command import OFF, PowerShell
from ..base.comparison import fold
from ..exchange.authentication_policies import AuthenticationPolicy
from ..exchange.hybrid import WIZARD_UPLOADS
from .check import Check, Finding
from .inputs import Inputs
from .references import ARTICLE, CMDLET, CSS, OVERVIEW, READ_ORGANIZATION, READ_ORGANIZATION_FULL

# The Hybrid Agent publishes Exchange through Entra application proxy (CSS-Exchange, FreeBusyChecker).
_AGENT: Final = "msappproxy.net"
_WIZARD: Final = f"Run the Hybrid Configuration Wizard again. {WIZARD_UPLOADS}"
_FULL: Final = "audit_hma with hma_audit_read: full reads it, with the roles to read it."
_ROLES: Final = "Check the account's roles; then run this again."
_NEW_OVERRIDE: Final = PowerShell(
    "New-SettingOverride",
    {
        "Name": "OAuth download domains", "Component": "OAuth", "Section": "OAuthIdentityCacheFixForDownloadDomains",
        "Parameters": ["Enabled=true"],
        "Reason": "HMA",
    },
)  # fmt: skip
_OVERRIDE: Final = ("oauth", "oauthidentitycachefixfordownloaddomains")


MODERN_NOT_BLOCKED: Final = Check(
    "HMA-POL-001", "No authentication policy blocks modern authentication", "high", "organization",
    why="Users under a policy with BlockModernAuth* get no challenge and stay on the old methods.",
    read=f"{READ_ORGANIZATION}Get-AuthenticationPolicy (2019 CU13 and later), DefaultAuthenticationPolicy of "
        f"Get-OrganizationConfig.",
    remedy="Set-AuthenticationPolicy '<policy>' -BlockModernAuthMapi:$false (and the like).",
    source=f"{CMDLET}/set-authenticationpolicy",
)  # fmt: skip
LEGACY_NOT_BLOCKED_EARLY: Final = Check(
    "HMA-POL-002", "Legacy authentication is not blocked before modern authentication works", "high", "organization",
    why="A policy that blocks legacy authentication leaves its users no way in until HMA works.",
    read=f"{READ_ORGANIZATION}Get-AuthenticationPolicy, DefaultAuthenticationPolicy and OAuth2ClientProfileEnabled.",
    remedy="Set-AuthenticationPolicy '<policy>' -BlockLegacyAuthMapi:$false (and the like) until HMA is proven.",
    source=f"{CMDLET}/set-authenticationpolicy",
)  # fmt: skip
PILOT_BY_POLICY: Final = Check(
    "HMA-POL-003", "Pilot by authentication policy", "info", "organization", on_bad="warn",
    why="The default policy blocks modern authentication and another policy does not: users of the second are the "
        "pilot. That is a plan, not a fault.",
    read=f"{READ_ORGANIZATION}Get-AuthenticationPolicy, DefaultAuthenticationPolicy.",
    remedy="When the pilot ends, unblock the default policy.", source=f"{CMDLET}/set-authenticationpolicy",
)  # fmt: skip


def policies(inputs: Inputs) -> list[Finding]:
    """Policies that block modern authentication, legacy authentication too early, and the pilot, which is neither."""
    modern, legacy, pilot = MODERN_NOT_BLOCKED, LEGACY_NOT_BLOCKED_EARLY, PILOT_BY_POLICY
    found = inputs.organization.authentication_policies
    if found is None:
        newest = {item.build.product for item in inputs.client_access}
        if newest <= {"2010", "2013", "2016"}:
            return [
                check.not_applicable(inputs.name, "authentication policies came with Exchange 2019.")
                for check in (modern, legacy, pilot)
            ]
        fix = "Make a server of 2019 or SE reachable (the newest that answers is read), and check the account's roles."
        reason = inputs.errors.get("newest") or inputs.organization.why_unread("authentication_policies")
        return [check.unread(inputs.name, reason, fix) for check in (modern, legacy, pilot)]
    return [_modern(inputs, found), _legacy(inputs, found), _pilot(inputs, found)]


def _pilot_of(inputs: Inputs, found: Sequence[AuthenticationPolicy]) -> tuple[str, list[str]] | None:
    """The default policy that blocks, and the policies whose users are exempt."""
    default = _default(inputs, found)
    exempt = [item.name for item in found if not item.blocks_modern]
    return (default.name, exempt) if default and default.blocks_modern and exempt else None


def _modern(inputs: Inputs, found: Sequence[AuthenticationPolicy]) -> Finding:
    check = MODERN_NOT_BLOCKED
    blocking = [item for item in found if item.blocks_modern]
    if _pilot_of(inputs, found):
        return check.not_applicable(inputs.name, "a pilot: HMA-POL-003 says it.")
    text = "; ".join(
        f"policy '{item.name}'{_reach(inputs, found, item)} blocks it for {', '.join(item.blocks_modern)}"
        for item in blocking
    )
    return check.judge(
        inputs.name, not blocking, f"{text}.", "Let each policy allow modern authentication.",
        expected="no policy blocks modern authentication",
        actual=text or "none", commands=_unblocked(blocking, "Modern"),
    )  # fmt: skip


def _legacy(inputs: Inputs, found: Sequence[AuthenticationPolicy]) -> Finding:
    check = LEGACY_NOT_BLOCKED_EARLY
    blocking = [item for item in found if item.blocks_legacy]
    if inputs.organization.config.oauth2_client_profile_enabled or not blocking:
        return check.passed(inputs.name, actual=", ".join(item.name for item in blocking) or "none")
    text = "; ".join(
        f"policy '{item.name}'{_reach(inputs, found, item)} blocks {', '.join(item.blocks_legacy)}" for item in blocking
    )
    message, fix = (
        f"{text}, and modern authentication is off: these users have no way in.",
        "Until HMA is proven, let each policy allow legacy authentication.",
    )
    return check.failed(
        inputs.name,
        message,
        fix,
        expected="none before HMA works",
        actual=text,
        commands=_unblocked(blocking, "Legacy"),
    )


_BLOCKED: Final[Mapping[str, Callable[[AuthenticationPolicy], Sequence[str]]]] = {
    "Legacy": lambda policy: policy.blocks_legacy,
    "Modern": lambda policy: policy.blocks_modern,
}


def _unblocked(policies: Sequence[AuthenticationPolicy], kind: str) -> tuple[PowerShell, ...]:
    """A command per policy that lifts everything it blocks of this kind."""
    return tuple(
        PowerShell(
            "Set-AuthenticationPolicy",
            {f"Block{kind}Auth{name}": OFF for name in _BLOCKED[kind](item)},
            (item.name,),
        )
        for item in policies
    )


def _pilot(inputs: Inputs, found: Sequence[AuthenticationPolicy]) -> Finding:
    check, pilot = PILOT_BY_POLICY, _pilot_of(inputs, found)
    if pilot is None:
        return check.not_applicable(inputs.name, "no pilot.")
    message = (
        f"pilot: the default policy '{pilot[0]}' blocks modern authentication; users of {', '.join(pilot[1])} "
        f"are exempt."
    )
    return check.passed(inputs.name, message, actual=message)


def _default(inputs: Inputs, found: Sequence[AuthenticationPolicy]) -> AuthenticationPolicy | None:
    # Shown as a name or as the path of the object, depending on who reads it.
    name = fold(str(inputs.organization.config.default_authentication_policy or "").rsplit("/", 1)[-1])
    return next((item for item in found if fold(item.name) == name), None)


def _reach(inputs: Inputs, found: Sequence[AuthenticationPolicy], policy: AuthenticationPolicy) -> str:
    return " (the default, so everyone's)" if policy is _default(inputs, found) else ""


HYBRID_CONFIGURED: Final = Check(
    "HMA-HYB-001", "The organization is in hybrid with Exchange Online", "medium", "organization", on_bad="warn",
    why="HMA builds on what the Hybrid Configuration Wizard makes: AuthServer objects, OAuth between both sides, "
        "directory synchronization.",
    read=f"{READ_ORGANIZATION}Get-HybridConfiguration.",
    remedy=f"Run the Hybrid Configuration Wizard (full classic hybrid). {WIZARD_UPLOADS}", source=ARTICLE,
)  # fmt: skip


def configured(inputs: Inputs) -> list[Finding]:
    check, found = HYBRID_CONFIGURED, inputs.organization.hybrid
    if found is None:
        return [check.unread(inputs.name, inputs.organization.why_unread("hybrid"), _ROLES)]
    message = "Get-HybridConfiguration shows nothing: the wizard never ran."
    return [
        check.judge(
            inputs.name,
            found.configured,
            message,
            _WIZARD,
            expected="a hybrid configuration",
            actual=str(found.configured).lower(),
        )
    ]


NO_HYBRID_AGENT: Final = Check(
    "HMA-HYB-002", "Nothing points to the Hybrid Agent", "high", "organization", on_bad="warn",
    why="HMA does not work with modern hybrid (Hybrid Agent); classic hybrid is needed.",
    read=f"{READ_ORGANIZATION_FULL}addresses at msappproxy.net in Get-IntraOrganizationConnector, "
        f"Get-OrganizationRelationship and client URLs. "
    "No on-premises read can prove that there is no agent; look at Get-MigrationEndpoint in Exchange Online too.",
    remedy=f"{_WIZARD} Choose classic hybrid.", source=OVERVIEW,
)  # fmt: skip


_ADDRESSES: Final = ("intra_organization_connectors", "organization_relationships")


def agent_in_a_run(inputs: Inputs) -> list[Finding]:
    """What enable_hma and verify_hma are not meant to read is no gap of theirs; what they saw of the agent counts."""
    if not any(inputs.organization.not_asked(section) for section in _ADDRESSES):
        return agent(inputs)
    left = "no client URL points to it; audit_hma with hma_audit_read: full reads the connectors too."
    return [
        NO_HYBRID_AGENT.not_applicable(inputs.name, left) if item.status == "not_checked" else item
        for item in agent(inputs)
    ]


def agent(inputs: Inputs) -> list[Finding]:
    """Hints of the Hybrid Agent. Its own objects are in Exchange Online, so a pass says only that nothing here points
    to it."""
    check = NO_HYBRID_AGENT
    seen = [
        f"{item.server} {item.kind}: {item.url}"
        for item in inputs.organization.client_urls
        if _AGENT in fold(str(item.url))
    ]
    for section in _ADDRESSES:
        for item in getattr(inputs.organization, section) or []:
            seen += [f"{item.name}: {address}" for address in item.addresses if _AGENT in fold(address)]
    if seen:
        message = f"an address of the Hybrid Agent: {'; '.join(seen)}."
        return [
            check.failed(
                inputs.name, message, f"{_WIZARD} Choose classic hybrid.", expected="none", actual="; ".join(seen)
            )
        ]
    unread = [section for section in _ADDRESSES if getattr(inputs.organization, section) is None]
    if unread:
        fix = f"{_FULL} Look at Get-MigrationEndpoint in Exchange Online too."
        return [check.unread(inputs.name, inputs.organization.why_unread(unread[0]).of(unread[0]), fix)]
    return [
        check.passed(inputs.name, "nothing on premises points to it; Get-MigrationEndpoint in Exchange Online would.")
    ]


PARTNER_APPLICATION: Final = Check(
    "HMA-HYB-003", "Exchange Online is a partner application and a connector is on", "medium", "organization",
    on_bad="warn",
    why="They carry OAuth between both sides (free/busy, archives); where they are off, hybrid was never finished.",
    read=f"{READ_ORGANIZATION_FULL}Get-PartnerApplication 00000002-0000-0ff1-ce00-000000000000 and "
        f"Get-IntraOrganizationConnector.",
    remedy=_WIZARD, source=f"{CSS}/Diagnostics/HealthChecker/",
)  # fmt: skip


def partner(inputs: Inputs) -> list[Finding]:
    check = PARTNER_APPLICATION
    for section in ("partner_applications", "intra_organization_connectors"):
        if getattr(inputs.organization, section) is None:
            return [check.unread(inputs.name, inputs.organization.why_unread(section).of(section), _FULL)]
    applications = [
        item for item in inputs.organization.partner_applications or () if item.exchange_online and item.enabled
    ]
    connectors = [item for item in inputs.organization.intra_organization_connectors or () if item.enabled]
    lacks = [
        what
        for what, there in (
            ("no enabled partner application of Exchange Online", applications),
            ("no enabled connector", connectors),
        )
        if not there
    ]
    return [
        check.judge(
            inputs.name,
            not lacks,
            f"{'; '.join(lacks)}.",
            _WIZARD,
            expected="one of each, enabled",
            actual="; ".join(lacks) or "both",
        )
    ]


DOWNLOAD_DOMAINS_OVERRIDE: Final = Check(
    "HMA-OVR-001", "Download domains have the override that modern authentication needs", "medium", "organization",
    on_bad="warn",
    why="With EnableDownloadDomains and without the override OAuthIdentityCacheFixForDownloadDomains, attachments "
        "fail in OWA after HMA for OWA.",
    read=f"{READ_ORGANIZATION_FULL}Get-OrganizationConfig, EnableDownloadDomains, and Get-SettingOverride.",
    remedy="New-SettingOverride -Component OAuth -Section OAuthIdentityCacheFixForDownloadDomains -Parameters "
        "@('Enabled=true') ...; "
    "refresh the configuration, restart W3SVC and WAS.",
    source=ARTICLE,
)  # fmt: skip


def download_domains(inputs: Inputs) -> list[Finding]:
    check, overrides = DOWNLOAD_DOMAINS_OVERRIDE, inputs.organization.setting_overrides
    if not inputs.organization.config.download_domains:
        return [check.not_applicable(inputs.name, "EnableDownloadDomains is off.")]
    if overrides is None:
        return [check.unread(inputs.name, inputs.organization.why_unread("setting_overrides"), _FULL)]
    there = any(item.is_on(*_OVERRIDE) for item in overrides)
    fix = "Make the override, refresh the configuration, then restart W3SVC and WAS."
    message = "EnableDownloadDomains is true and the override OAuthIdentityCacheFixForDownloadDomains is not in force."
    actual = "Enabled=true" if there else "no override in force"
    return [
        check.judge(inputs.name, there, message, fix, expected="Enabled=true", actual=actual, commands=(_NEW_OVERRIDE,))
    ]


CHECKS: Final = (
    MODERN_NOT_BLOCKED,
    LEGACY_NOT_BLOCKED_EARLY,
    PILOT_BY_POLICY,
    DOWNLOAD_DOMAINS_OVERRIDE,
    HYBRID_CONFIGURED,
    NO_HYBRID_AGENT,
    PARTNER_APPLICATION,
)
