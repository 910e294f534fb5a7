# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What Ansible has under the names of this collection, and of a connection: each value, or why there is
none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ansible.errors import AnsibleError, AnsibleUndefinedVariable
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.settings.settings import Unreadable
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.settings.texts import odd_text
from ansible_collections.hybrid.exchange.plugins.module_utils._variables import PUBLIC, WIRING
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.plain import plain

try:
    from ansible.errors import AnsibleValueOmittedError
except ImportError:
    # ansible-core before 2.19: HmaAction refuses it in one line, and it can do so only where this file is imported.
    AnsibleValueOmittedError = AnsibleUndefinedVariable

_OURS: Final = ("hma_", "exchange_")
# What a connection to a server is made of.
CONNECTION: Final = re.compile(r"ansible_((winrm|psrp)_\w+|connection|host|port|user|remote_user|password)")
_ACCOUNT: Final = re.compile(r"ansible_((winrm|psrp)_)?(user|remote_user|pass|password|host)")
OMITTED: Final = object()
_BRACES: Final = "its template fails; where {{, {% or {# is a part of the value itself, write !unsafe before it"


class Templated(Mapping[str, Any]):
    """The variables of the play, each one made of its template when it is asked for."""

    def __init__(self, templates: Mapping[str, Any], templar: Any) -> None:
        self._templates, self._templar = templates, templar

    def __getitem__(self, name: str) -> Any:
        return self._templar.template(self._templates[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._templates)

    def __len__(self) -> int:
        return len(self._templates)


def is_ours(name: str) -> bool:
    return fold(name).startswith(_OURS) and name not in WIRING


def ours(variables: Mapping[str, Any]) -> dict[str, Any]:
    """What is set under our names."""
    values = {name: value_of(variables, name) for name in variables if is_ours(name)}
    return {name: value for name, value in values.items() if value is not OMITTED}


def unreadable_in(variables: Mapping[str, Any]) -> dict[str, Unreadable]:
    """The variables of a host's connection that give no value, or a text that has more in it than was meant."""
    values = {name: value_of(variables, name) for name in variables if CONNECTION.fullmatch(name)}
    by_kinit = _by_kinit(values)
    found = {
        name: value if isinstance(value, Unreadable) else _odd(name, value, by_kinit=by_kinit)
        for name, value in values.items()
    }
    return {name: value for name, value in found.items() if value}


def _odd(name: str, value: Any, *, by_kinit: bool) -> Unreadable | None:
    """Of an account and an address; arguments of kinit may well end with a blank."""
    if not isinstance(value, str) or not _ACCOUNT.fullmatch(name):
        return None
    password = "pass" in name
    text = odd_text(value.rstrip("\n") if password and by_kinit else value, secret=password, password=password)
    return Unreadable(text, used=True) if text else None


def _by_kinit(values: Mapping[str, Any]) -> bool:
    """Whether winrm hands the password to kinit, which reads one line: a line end behind it does no harm there. It does
    so where Kerberos is named, and for user@REALM where nothing is."""
    if str(values.get("ansible_connection")).rpartition(".")[2] != "winrm":
        return False
    way = values.get("ansible_winrm_transport")
    user = str(values.get("ansible_winrm_user") or values.get("ansible_user"))
    return way in ("kerberos", ["kerberos"]) or (way is None and "@" in user)


def value_of(variables: Mapping[str, Any], name: str) -> Any:
    """The value of a variable, or why there is none."""
    try:
        return plain(variables[name]) if name in variables else OMITTED
    except AnsibleValueOmittedError:
        return OMITTED
    except AnsibleError as exc:
        return Unreadable(_reason(name, exc))


def _reason(name: str, exc: AnsibleError) -> str:
    """The first line of an error; of a secret only what Ansible says about names and vaults, for an error may quote the
    value."""
    line = (str(exc).splitlines() or [""])[0].rstrip(".") or type(exc).__name__
    harmless = isinstance(exc, AnsibleUndefinedVariable) or "decrypt" in line
    return line if harmless or not _is_hidden(name) else _BRACES


def _is_hidden(name: str) -> bool:
    """Whether a value may be, or hold, a password; the address of a proxy may."""
    if name in PUBLIC:
        return PUBLIC[name].shape.secret or PUBLIC[name].shape.hidden
    return "pass" in name or "proxy" in name
