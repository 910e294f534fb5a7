# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The default authorization endpoint: whose sign-in page clients are sent to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..base.command import Command, PowerShell, Setting
from ..base.comparison import fold, has
from ..exchange import authserver, trusted
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
    matches = trusted.trusting(inputs.trust, tenant.tenant_id)
    if len(matches) != 1:
        return [_without_target(inputs)]
    (target,), named = matches, inputs.settings.replace_default_authserver
    if authserver.unnamed_defaults(inputs.trust, target, named):
        others = _others(inputs)
        return [
            check.failed(
                inputs.name, authserver.why_not_replaced(others, target), _what_to_do(others),
                expected=f"no other default than {named or 'ours'}", actual=_defaults(inputs),
                commands=_commands(inputs, others),
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
    """The default endpoints that are not the object by which Exchange trusts the tenant whose endpoint clients are to
    get: another tenant's, AD FS, ACS (whose realm is the tenant, too), a disabled leftover of the same tenant."""
    own = trusted.trusting(inputs.trust, inputs.default.tenant_id) if inputs.default else []
    ids = {item.guid for item in own}
    return [item for item in authserver.defaults(inputs.trust) if item.guid not in ids]


def _cleared(servers: Sequence[authserver.AuthServer]) -> tuple[Command, ...]:
    return tuple(PowerShell("Set-AuthServer", {authserver.DEFAULT: False}, (item.name,)) for item in servers)


def _what_to_do(others: Sequence[authserver.AuthServer]) -> str:
    """One other default can be named, so that it is replaced; of several only a person can choose."""
    return _CHOOSE if len(others) == 1 else _CLEAR


def _commands(inputs: Inputs, others: Sequence[authserver.AuthServer]) -> tuple[Command, ...]:
    return _replacing(inputs) if len(others) == 1 else _cleared(others)


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
    others, (fix, commands) = _others(inputs), _how_to_set(inputs, inputs.default)
    message = f"default authorization endpoint: {_defaults(inputs)}."
    expected = f"the AuthServer of tenant {fold(inputs.default.tenant_id)}"
    return [
        check.judge(
            inputs.name, len(others) < len(found), message, fix, expected=expected, actual=_defaults(inputs),
            commands=commands,
        )
    ]  # fmt: skip


def _how_to_set(inputs: Inputs, tenant: TenantEntry) -> tuple[str, tuple[Command, ...]]:
    """What makes the tenant's object the default: enable_hma, as soon as nothing is in its way."""
    others, named = _others(inputs), inputs.settings.replace_default_authserver or ""
    if len(trusted.trusting(inputs.trust, tenant.tenant_id)) != 1:
        return "Mend HMA-AUTH-001 first; enable_hma then sets it.", ()
    if not others or (len(others) == 1 and has([named], others[0].name)):
        return _ENABLE, (inputs.playbook("enable_hma"),)
    return _what_to_do(others), _commands(inputs, others)


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


def _defaults(inputs: Inputs) -> str:
    return ", ".join(map(_shown, authserver.defaults(inputs.trust))) or "none"


def _shown(server: authserver.AuthServer) -> str:
    return f"'{server.name}' ({server.type}{', disabled' if server.enabled is False else ''})"


CHECKS: Final = (DEFAULT_REPLACEABLE, DEFAULT_ENDPOINT, SINGLE_DEFAULT, NO_ADFS_DEFAULT)
