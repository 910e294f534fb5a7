# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The default authorization endpoint: whose sign-in page clients are sent to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from ..base.command import Command, PowerShell, Setting
from ..base.comparison import fold
from ..entra.clouds import CLOUDS
from ..exchange import authserver
from ..exchange.hybrid import WIZARD_UPLOADS
from .check import Check, Finding
from .inputs import Inputs
from .inventory import TenantEntry
from .references import ARTICLE, CMDLET, READ_ORGANIZATION

_CHOOSE: Final = (
    "If clients are to sign in to Entra instead (with AD FS, decide with the people who run it), name the one that may "
    "be replaced."
)
_CLEAR: Final = "Clear those that are not wanted."
_ENABLE: Final = "Run enable_hma, which sets it."

DEFAULT_REPLACEABLE: Final = Check(
    "HMA-AUTH-002", "Another default authorization endpoint is replaced by name only", "high", "organization",
    gate=True,
    why="Clients sign in there now; sending them elsewhere is a decision, not a detail.",
    read=f"{READ_ORGANIZATION}Get-AuthServer, IsDefaultAuthorizationEndpoint.",
    remedy="Set hma_replace_default_authserver to the exact name of the one that may be replaced.",
    source=f"{CMDLET}/set-authserver",
)  # fmt: skip


def default_replaceable(inputs: Inputs) -> list[Finding]:
    """Whether step 5 may make the tenant's AuthServer the default: another default is replaced where it was named
    only."""
    check, tenant = DEFAULT_REPLACEABLE, inputs.default
    if tenant is None:
        return [
            check.unread(
                "hma_default_tenant", "no tenant is named whose endpoint clients are to get.", "Set hma_default_tenant."
            )
        ]
    matches = authserver.trusting(inputs.trust, tenant.tenant_id)
    if len(matches) != 1:
        return [_without_target(inputs)]
    (target,), named = matches, inputs.settings.replace_default_authserver
    others = authserver.unnamed_defaults(inputs.trust, target, named)
    if others:
        text, fix = authserver.why_not_replaced(others, target), _CHOOSE if len(others) == 1 else _CLEAR
        commands = _replacing(inputs) if len(others) == 1 else _cleared(others)
        return [
            check.failed(
                inputs.name, text, fix, expected=f"no other default than {named or 'ours'}", actual=_defaults(inputs),
                commands=commands,
            )
        ]  # fmt: skip
    if not target.enabled:
        return [check.not_applicable(inputs.name, f"AuthServer '{target.name}' is disabled: HMA-AUTH-001 says it.")]
    return [check.passed(inputs.name, actual=_defaults(inputs))]


def _without_target(inputs: Inputs) -> Finding:
    """Where the tenant has no object, or several: what is decided then is said by HMA-AUTH-001, but that clients sign
    in to AD FS now is worth knowing before the wizard is run."""
    check = DEFAULT_REPLACEABLE
    adfs = [item for item in authserver.defaults(inputs.trust) if not item.is_azure_ad]
    if not adfs:
        return check.not_applicable(inputs.name, "there is no AuthServer to make the default: HMA-AUTH-001 says why.")
    text = f"clients are sent to {'; '.join(map(authserver.described, adfs))}, the default authorization endpoint now."
    fix = f"Mend HMA-AUTH-001 first. {_CHOOSE}"
    return check.failed(
        inputs.name, text, fix, expected="the tenant's AuthServer, or none", actual=_defaults(inputs),
        commands=_replacing(inputs),
    )  # fmt: skip


def _others(inputs: Inputs) -> list[authserver.AuthServer]:
    """The default endpoints that are not those of the tenant whose endpoint clients are to get."""
    wanted = fold(inputs.default.tenant_id) if inputs.default else None
    return [item for item in authserver.defaults(inputs.trust) if not item.is_azure_ad or item.tenant_id != wanted]


def _cleared(servers: Sequence[authserver.AuthServer]) -> tuple[Command, ...]:
    return tuple(PowerShell("Set-AuthServer", {authserver.DEFAULT: False}, (item.name,)) for item in servers)


def _replacing(inputs: Inputs) -> tuple[Command, ...]:
    """What names the one other default that enable_hma may replace, and runs it. Of several only a person can
    choose."""
    others = _others(inputs)
    return (
        (Setting("hma_replace_default_authserver", others[0].name), inputs.playbook("enable_hma"))
        if len(others) == 1
        else ()
    )


DEFAULT_ENDPOINT: Final = Check(
    "HMA-AUTH-004", "The tenant's AuthServer is the default authorization endpoint", "high", "organization", gate=True,
    why="Its address is what clients are told in the Bearer challenge; without a default there is no "
        "authorization_uri.",
    read=f"{READ_ORGANIZATION}Get-AuthServer, IsDefaultAuthorizationEndpoint.",
    remedy="ansible-playbook hybrid.exchange.enable_hma", source=ARTICLE,
)  # fmt: skip


def endpoint(inputs: Inputs) -> list[Finding]:
    """The default endpoint is the wanted tenant's. That it is alone, and not AD FS, are checks of their own."""
    check, found = DEFAULT_ENDPOINT, authserver.defaults(inputs.trust)
    if inputs.default is None:
        return [
            check.unread(
                "hma_default_tenant", "no tenant is named whose endpoint clients are to get.", "Set hma_default_tenant."
            )
        ]
    if found and all(fold(item.type) == "adfs" for item in found):
        return [check.not_applicable(inputs.name, "HMA-AUTH-006 says it.")]
    wanted = fold(inputs.default.tenant_id)
    right = wanted in {item.tenant_id for item in found}
    message = f"default authorization endpoint: {_defaults(inputs)}."
    expected, enable = f"the AuthServer of tenant {wanted}", (inputs.playbook("enable_hma"),)
    return [
        check.judge(inputs.name, right, message, _ENABLE, expected=expected, actual=_defaults(inputs), commands=enable)
    ]


SINGLE_DEFAULT: Final = Check(
    "HMA-AUTH-005", "No more than one AuthServer is the default authorization endpoint", "high", "organization",
    gate=True,
    why="With two defaults the Bearer challenge carries no authorization_uri at all, so clients show no sign-in page.",
    read=f"{READ_ORGANIZATION}Get-AuthServer, IsDefaultAuthorizationEndpoint.",
    remedy="Set-AuthServer '<name>' -IsDefaultAuthorizationEndpoint $false on those that are not wanted.",
    source=ARTICLE,
)  # fmt: skip


NO_ADFS_DEFAULT: Final = Check(
    "HMA-AUTH-006", "AD FS is not the default authorization endpoint", "high", "organization", gate=True,
    why="With AD FS as default, clients are sent to AD FS and not to Entra: that is AD FS authentication, not HMA.",
    read=f"{READ_ORGANIZATION}Get-AuthServer, Type ADFS with IsDefaultAuthorizationEndpoint.",
    remedy="Decide with the people who run AD FS; then set hma_replace_default_authserver to its name and run "
        "enable_hma.", source=f"{CMDLET}/set-authserver",
)  # fmt: skip


def single_default(inputs: Inputs) -> list[Finding]:
    found = authserver.defaults(inputs.trust)
    message = (
        f"{len(found)} AuthServer objects are default authorization endpoint: {_defaults(inputs)}. Clients then "
        f"get no authorization_uri."
    )
    fix = _CLEAR
    clear = _cleared(_others(inputs))
    adfs = [item.name for item in found if fold(item.type) == "adfs"]
    text = f"AD FS ('{', '.join(adfs)}') is the default authorization endpoint: clients are sent there, not to Entra."
    move = "Decide with the people who run AD FS; then name the AuthServer that may be replaced, and run enable_hma."
    return [
        SINGLE_DEFAULT.judge(
            inputs.name, len(found) < 2, message, fix, expected="at most one", actual=_defaults(inputs), commands=clear
        ),
        NO_ADFS_DEFAULT.judge(
            inputs.name, not adfs, text, move, expected="Entra", actual=_defaults(inputs), commands=_replacing(inputs)
        ),
    ]


ENDPOINT_OF_ALL: Final = Check(
    "HMA-AUTH-008", "The default endpoint is an address for the people of every tenant", "high", "organization",
    gate=True,
    why="Every client is sent to the one default endpoint, whatever its tenant. At the address of one tenant the "
        "people of the others are refused (AADSTS50020: the account does not exist in this tenant), and so is "
        "everybody at the address of a tenant that was left, or of another cloud.",
    read=f"{READ_ORGANIZATION}Get-AuthServer, AuthorizationEndpoint of the AuthServer that is the default, or is to "
        f"be.",
    remedy="Set-AuthServer '<name>' -RefreshAuthMetadata; where the address stays, run the Hybrid Configuration Wizard "
        f"for the tenant of this object. {WIZARD_UPLOADS}", source=ARTICLE,
)  # fmt: skip
_GLOBAL: Final = "global"
# The parts of an address of Entra that stand for every organization.
_EVERYBODY: Final = ("common", "organizations")


def for_all(inputs: Inputs) -> list[Finding]:
    """The address that clients get, of the object that step 5 makes the default, or of the one that is it now."""
    tenants = {fold(tenant.tenant_id) for tenant in inputs.tenants}
    wanted = authserver.trusting(inputs.trust, inputs.default.tenant_id) if inputs.default else []
    now = [item for item in authserver.defaults(inputs.trust) if item.is_azure_ad]
    found = [_address(item, inputs.tenants, len(tenants)) for item in wanted or now]
    return found or [
        ENDPOINT_OF_ALL.not_applicable(inputs.name, "no AuthServer of Entra is, or is to be, the default endpoint.")
    ]


def _address(server: authserver.AuthServer, tenants: Sequence[TenantEntry], number: int) -> Finding:
    address = server.authorization_endpoint or ""
    if address and not fold(address).startswith("https://"):
        message = f"AuthorizationEndpoint of AuthServer '{server.name}' is {address}: clients sign in at https alone."
        return _address_is_right(server, False, message, _shared_address(address)[1])
    return _for_one(server, tenants[0]) if number == 1 else _for_all(server, number)


def _for_all(server: authserver.AuthServer, tenants: int) -> Finding:
    address = server.authorization_endpoint or ""
    first, right = _shared_address(address)
    message = (
        f"AuthorizationEndpoint of AuthServer '{server.name}' is {address or 'empty'}, and there are {tenants} "
        f"tenants: people of the others are refused there (AADSTS50020). It has to be {right}."
    )
    return _address_is_right(server, first in _EVERYBODY, message, right)


def _for_one(server: authserver.AuthServer, tenant: TenantEntry) -> Finding:
    """With one tenant its own address is as good as everybody's. A domain counts as its own unless Entra's list of its
    verified domains says otherwise."""
    address = server.authorization_endpoint or ""
    first, shared = _shared_address(address)
    own = {fold(name) for name in (tenant.tenant_id, tenant.tenant_domain, *(tenant.verified_domains or ()))}
    open_name = tenant.verified_domains is None and "." in first
    where = f"AuthorizationEndpoint of AuthServer '{server.name}' is {address or 'empty'}"
    cloud = _other_cloud(address, tenant.cloud)
    if cloud:
        message = f"{where}: a sign-in page of cloud {cloud}, and tenant {tenant.host} is in cloud {tenant.cloud}."
        return _address_is_right(server, False, message, f"an address of cloud {tenant.cloud}")
    message = f"{where}, which is no address of tenant {tenant.host}: its people are refused there."
    return _address_is_right(server, first in _EVERYBODY or first in own or open_name, message, shared)


def _other_cloud(address: str, cloud: str) -> str | None:
    """The cloud that the host of an address is of, where the tenant is in the global one and the address is not. What
    Exchange names in the other clouds is not known, and a probe takes its word there."""
    host = fold(address.partition("://")[2].partition("/")[0])
    of = [name for name, item in CLOUDS.items() if host in item.authorization_hosts]
    return of[0] if cloud == _GLOBAL and of and cloud not in of else None


def _address_is_right(server: authserver.AuthServer, right: bool, message: str, expected: str) -> Finding:
    fix = (
        "Exchange takes the address from the object's federation metadata; no parameter sets it. Read the metadata "
        f"anew; where the address stays, run the Hybrid Configuration Wizard for this tenant. {WIZARD_UPLOADS}"
    )
    refresh = (PowerShell("Set-AuthServer", {"RefreshAuthMetadata": True}, (server.name,)),)
    actual = server.authorization_endpoint or "empty"
    return ENDPOINT_OF_ALL.judge(server.name, right, message, fix, expected=expected, actual=actual, commands=refresh)


def _shared_address(address: str) -> tuple[str, str]:
    """Whose address it is (the first part of its path), and the address at the same host that is everybody's."""
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    first, _slash, rest = parts.path.lstrip("/").partition("/")
    host = parts.netloc or "login.windows.net"
    return fold(first), urlunsplit(("https", host, f"/common/{rest or 'oauth2/authorize'}", "", ""))


def _defaults(inputs: Inputs) -> str:
    return ", ".join(f"'{item.name}' ({item.type})" for item in authserver.defaults(inputs.trust)) or "none"


CHECKS: Final = (DEFAULT_REPLACEABLE, DEFAULT_ENDPOINT, SINGLE_DEFAULT, NO_ADFS_DEFAULT, ENDPOINT_OF_ALL)
