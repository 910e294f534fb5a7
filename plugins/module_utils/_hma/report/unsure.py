# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Writes that were sent and never answered: they may have been made, and somebody has to look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..base.command import Columns, Command, PowerShell, playbook
from ..exchange.change import NAMES, OPEN, REPLY_URLS, UNCERTAIN
from ..exchange.virtual_directories import KINDS
from ..exchange.web_directories import NOUNS
from .changes import each_result
from .found import Found

# By the type of an object, the cmdlet that shows it.
_SHOWN_BY: Final[Mapping[str, str]] = {
    "organization": "Get-OrganizationConfig", "default_policy": "Get-OrganizationConfig",
    "authserver": "Get-AuthServer", "setting_override": "Get-SettingOverride",
    "authentication_policy": "Get-AuthenticationPolicy", "user": "Get-User",
}  # fmt: skip
_OF_ALL: Final = frozenset({"organization", "default_policy"})
# What is in a tenant is read by the part that writes it, in check mode.
_PARTS: Final[Mapping[str, str]] = {NAMES: "register_spns", REPLY_URLS: "enable_owa_hma"}
# So many properties stand behind a cmdlet; an object with more is shown in full.
_COLUMNS: Final = 2


@dataclass(frozen=True)
class Unsure:
    """A write whose outcome nobody knows: its object, the cmdlet that was sent, and the command that looks."""

    object: str
    cmdlet: str
    look: Command | None


def unsure_of(steps: Iterable[Found], inventory: Sequence[str]) -> tuple[Unsure, ...]:
    """``steps`` are {step, results: {host: result}}; each write once, however many results name it."""
    found: dict[str, Unsure] = {}
    for _step, _host, result in each_result(steps):
        for change in result["changes"].objects:
            if change["result"].text in (UNCERTAIN, OPEN):
                cmdlet = change["command"].text.split(" ", 1)[0]
                found[change["id"].text] = Unsure(change["object"].text, cmdlet, _look(change, inventory))
    return tuple(found.values())


def _look(change: Found, inventory: Sequence[str]) -> Command | None:
    target = change["target"]
    kind = target["type"].text
    if kind in _PARTS:
        return playbook(_PARTS[kind], inventory, options=("--check", "--diff"))
    cmdlet = _cmdlet(kind, target["kind"].text)
    if not cmdlet:
        return None
    identity = "" if kind in _OF_ALL else target["guid"].text or target["name"].text
    names = tuple(name for name in change["after"].mapping if name != "Exists")
    columns = (Columns(names),) if names and len(names) <= _COLUMNS else ()
    return PowerShell(
        cmdlet, {"Identity": identity} if identity else {}, then=PowerShell("Format-List", values=columns)
    )


def _cmdlet(kind: str, directory: str) -> str:
    """Empty for an object that no cmdlet of ours shows."""
    if kind == "directory" and directory in KINDS:
        return f"Get-{KINDS[directory].noun}"
    if kind == "web_directory" and directory in NOUNS:
        return f"Get-{NOUNS[directory]}"
    return _SHOWN_BY.get(kind, "")
