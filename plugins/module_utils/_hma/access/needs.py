# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What each playbook takes of an account: cmdlets of Exchange with their parameters, and permissions of Graph.

docs/docsite/rst/security.rst shows the cmdlets that write to people who make a role of their own; a test holds it
against this table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from ..base.comparison import fold
from ..entra.permissions import READ_DOMAINS, READ_USERS, Access
from ..exchange import organization_read
from ..exchange.cmdlet import Cmdlet, CmdletResult
from ..exchange.versions import Build, has_domain_name

Cmdlets = Mapping[str, tuple[str, ...]]
_EVERY_WRITE: Final = ("Identity", "DomainController", "Confirm")
_DIRECTORIES: Final[Cmdlets] = {
    "Set-MapiVirtualDirectory": ("IISAuthenticationMethods", *_EVERY_WRITE),
    "Set-WebServicesVirtualDirectory": ("OAuthAuthentication", "Force", *_EVERY_WRITE),
    "Set-OabVirtualDirectory": ("OAuthAuthentication", *_EVERY_WRITE),
    "Set-AutodiscoverVirtualDirectory": ("OAuthAuthentication", *_EVERY_WRITE),
    "Set-ActiveSyncVirtualDirectory": (
        "InternalAuthenticationMethods", "ExternalAuthenticationMethods", *_EVERY_WRITE,
    ),
}  # fmt: skip
_TRUST: Final[Cmdlets] = {"Set-AuthServer": ("DomainName", "Enabled", "IsDefaultAuthorizationEndpoint", *_EVERY_WRITE)}
_SWITCH: Final[Cmdlets] = {
    "Set-OrganizationConfig": ("OAuth2ClientProfileEnabled", "MapiHttpEnabled", "DomainController", "Confirm"),
}
_OFF: Final[Cmdlets] = {
    "Set-OrganizationConfig": ("OAuth2ClientProfileEnabled", "DomainController", "Confirm"),
    "Set-AuthServer": ("IsDefaultAuthorizationEndpoint", *_EVERY_WRITE),
}
_METHODS: Final = (
    "AdfsAuthentication", "BasicAuthentication", "DigestAuthentication", "FormsAuthentication", "OAuthAuthentication",
)  # fmt: skip
_WEB: Final[Cmdlets] = {
    "Set-OwaVirtualDirectory": ("Identity", "DomainController", "Confirm", *_METHODS),
    "Set-EcpVirtualDirectory": ("Identity", "DomainController", "Confirm", *_METHODS),
}
_OVERRIDES: Final[Cmdlets] = {
    "New-SettingOverride": ("Name", "Component", "Section", "Parameters", "Reason", "DomainController", "Confirm"),
    "Remove-SettingOverride": ("Identity", "DomainController", "Confirm"),
}
# Servers of 2019 CU2 or later have these, older ones have none of them.
_BLOCKED: Final = tuple(
    f"BlockLegacyAuth{protocol}"
    for protocol in ("Mapi", "WebServices", "ActiveSync", "Autodiscover", "OfflineAddressBook", "Rpc")
)
POLICY_WRITES: Final[Cmdlets] = {
    "New-AuthenticationPolicy": ("Name", *_BLOCKED),
    "Set-AuthenticationPolicy": ("Identity", *_BLOCKED, "Confirm"),
    "Remove-AuthenticationPolicy": ("Identity", "Confirm"),
    "Set-User": ("Identity", "AuthenticationPolicy", "IgnoreDefaultScope", "Confirm"),
}
_WAVES: Final[Cmdlets] = {
    **POLICY_WRITES,
    "Set-OrganizationConfig": ("DefaultAuthenticationPolicy", "Confirm"),
    **dict.fromkeys(("Get-AuthenticationPolicy", "Get-User", "Get-Mailbox", "Get-DistributionGroupMember"), ()),
}
# Without these there are no facts at all; of the others each that is missing is a gap that the audit names.
READS: Final[Cmdlets] = {item.name: () for item in organization_read.cmdlets() if item.on_error == "stop"}
WRITES: Final[Cmdlets] = {**_DIRECTORIES, **_TRUST, **_SWITCH}
WEB_WRITES: Final[Cmdlets] = {**_WEB, **_OVERRIDES}
_LOOKED_AT: Final = tuple(item.name for item in organization_read.cmdlets("full") if item.on_error != "stop")
NEEDS: Final[Mapping[str, Cmdlets]] = {
    "audit_hma": READS,
    "watch_hma": READS,
    "register_spns": READS,
    "prepare_vdirs": {**READS, **_DIRECTORIES},
    "enable_hma": {**READS, **WRITES},
    "verify_hma": READS,
    "enable_owa_hma": {**READS, **WEB_WRITES},
    "disable_owa_hma": {**READS, **_WEB},
    "block_legacy_auth": {**READS, **_WAVES},
    "disable_hma": _OFF,
    "restore_hma": {**READS, **WRITES, **WEB_WRITES},
    "record_organization": READS,
    "try_writes_on_one_directory": _DIRECTORIES,
    # What it counts are files of the server; the mailboxes it reads where it is told to.
    "measure_sign_ins": {},
}
OF_THE_WEB: Final = frozenset({"enable_owa_hma", "disable_owa_hma"})
OF_POLICIES: Final = frozenset({"block_legacy_auth"})
WRITE_TO_TENANTS: Final = frozenset({"register_spns", "enable_hma"})
_NAMES: Final = tuple(dict.fromkeys([*_LOOKED_AT, *(name for needs in NEEDS.values() for name in needs)]))
# Roles hide cmdlets and parameters: what is listed is what the account may use. Each shell that a client opens has it,
# because importing a session rests on it.
COMMANDS: Final = Cmdlet("Get-Command", {"Name": _NAMES}, ("Name", "Parameters"), on_error="continue", pin=False)


def parse_commands(result: CmdletResult) -> dict[str, tuple[str, ...]] | None:
    """The parameters of each cmdlet that the account sees; None where the shell did not list them."""
    found: dict[str, tuple[str, ...]] = {}
    for item in result.properties(COMMANDS.name):
        name, parameters = item.raw("Name"), item.raw("Parameters")
        if not isinstance(name, str) or not isinstance(parameters, (list, tuple)):
            return None
        found[name] = tuple(map(str, parameters))
    return found or None


def lacking(playbook: str, seen: Mapping[str, Iterable[str]], build: Build | None) -> list[str]:
    """What a playbook takes and the account does not see: cmdlets, and parameters as 'Set-AuthServer -DomainName'."""
    folded = {fold(name): {fold(item) for item in parameters} for name, parameters in seen.items()}
    found = []
    for name, parameters in NEEDS[playbook].items():
        if fold(name) not in folded:
            found.append(name)
            continue
        wanted = [item for item in parameters if not _too_old(name, item, build)]
        found += [f"{name} -{item}" for item in wanted if fold(item) not in folded[fold(name)]]
    return found


def unseen_reads(seen: Iterable[str]) -> list[str]:
    """The cmdlets without which an audit has a gap."""
    folded = {fold(name) for name in seen}
    return [name for name in _LOOKED_AT if fold(name) not in folded]


def _too_old(cmdlet: str, parameter: str, build: Build | None) -> bool:
    """Whether no role has the parameter on this build: a newer server of the organization writes it then."""
    if build is None:
        return False
    if (cmdlet, parameter) == ("Set-AuthServer", "DomainName"):
        return not has_domain_name(build)
    return cmdlet in _WEB and parameter == "OAuthAuthentication" and not can_web(build)


def can_web(build: Build) -> bool:
    """Whether Outlook on the web can use OAuth on this product at all: 2016 and older never can."""
    return build.product not in ("2010", "2013", "2016")


def may_read(access: Access) -> dict[str, bool | None]:
    """What the token says of the two reads that take a permission of their own."""
    return {"domains": access.may(READ_DOMAINS), "users": access.may(READ_USERS)}
