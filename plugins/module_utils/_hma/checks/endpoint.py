# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The default authorization endpoint: whose sign-in page clients are sent to."""

from __future__ import annotations

from typing import Final

from ..base.command import Command, PowerShell, Setting
from ..base.comparison import fold
from ..base.errors import Refused
from ..exchange import authserver
from .check import Check, Finding
from .inputs import Inputs
from .references import ARTICLE, CMDLET, READ_ORGANIZATION

_SEE: Final = "Mend what the reason names; then run this again."
_ENABLE: Final = "Run enable_hma, which sets it."

DEFAULT_REPLACEABLE: Final = Check(
    "HMA-AUTH-002", "Another default authorization endpoint is replaced by name only", "high", "organization",
    gate=True,
    why="Clients sign in there now; sending them elsewhere is a decision, not a detail.",
    read=f"{READ_ORGANIZATION}Get-AuthServer, IsDefaultAuthorizationEndpoint.",
    remedy="Set hma_replace_default_authserver to the exact name of the one that may be replaced.",
    source=f"{CMDLET}/set-authserver",
)  # fmt: skip


def replaced(inputs: Inputs) -> list[Finding]:
    """Whether step 5 may make the tenant's AuthServer the default: another default is replaced where it was named
    only."""
    check, tenant = DEFAULT_REPLACEABLE, inputs.default
    if tenant is None:
        return [
            check.unread(
                "hma_default_tenant", "no tenant is named whose endpoint clients are to get.", "Set hma_default_tenant."
            )
        ]
    try:
        target = authserver.of_tenant(inputs.trust, tenant.tenant_id)
    except Refused:
        return [check.not_applicable(inputs.name, "there is no AuthServer to make the default: HMA-AUTH-001 says why.")]
    try:
        authserver.plan_default(inputs.trust, target, default=True, replace=inputs.settings.replace_default_authserver)
    except Refused as exc:
        expected, commands = (
            f"no other default than {inputs.settings.replace_default_authserver or 'ours'}",
            _replacing(inputs),
        )
        return [
            check.failed(inputs.name, str(exc), _SEE, expected=expected, actual=_defaults(inputs), commands=commands)
        ]
    return [check.passed(inputs.name, actual=_defaults(inputs))]


def _others(inputs: Inputs) -> list[authserver.AuthServer]:
    """The default endpoints that are not those of the tenant whose endpoint clients are to get."""
    wanted = fold(inputs.default.tenant_id) if inputs.default else None
    return [item for item in authserver.defaults(inputs.trust) if not item.is_azure_ad or item.tenant_id != wanted]


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


def alone(inputs: Inputs) -> list[Finding]:
    found = authserver.defaults(inputs.trust)
    message = (
        f"{len(found)} AuthServer objects are default authorization endpoint: {_defaults(inputs)}. Clients then "
        f"get no authorization_uri."
    )
    fix = "Clear those that are not wanted."
    clear = tuple(PowerShell("Set-AuthServer", {authserver.DEFAULT: False}, (item.name,)) for item in _others(inputs))
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
    return ", ".join(f"'{item.name}' ({item.type})" for item in authserver.defaults(inputs.trust)) or "none"


CHECKS: Final = (DEFAULT_REPLACEABLE, DEFAULT_ENDPOINT, SINGLE_DEFAULT, NO_ADFS_DEFAULT)
