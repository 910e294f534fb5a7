# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of what could not be read: one finding per object, whatever is odd about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..base.comparison import fold
from ..base.elements import Unread
from .check import Check, Finding
from .inputs import Inputs
from .references import NOT_STATED, READ_ORGANIZATION, READ_ORGANIZATION_FULL

# Parts that the gates are built on; the others feed checks that warn.
_TRUSTED: Final = ("config", "servers", "client_urls", "auth_servers")
_LABELS: Final[Mapping[str, str]] = {
    "config": "organization",
    "servers": "server",
    "client_urls": "directory",
    "auth_servers": "AuthServer",
}
_EXCLUDE: Final = (
    "Mend the object, or, where it is a server's that is dead, list the server in hma_servers_excluded with the reason."
)
_MEND: Final = "Mend or remove the object, then run this again."


OBJECTS_READ: Final = Check(
    "HMA-READ-002", "Every server, directory and AuthServer object could be read", "high", "organization", gate=True,
    why="An object that is not as documented (an unfinished setup, a server that was never removed) may be one that "
        "clients reach; it is not guessed.",
    read=f"{READ_ORGANIZATION}Get-ExchangeServer, Get-*VirtualDirectory -ADPropertiesOnly, Get-AuthServer, "
        f"Get-OrganizationConfig.",
    remedy="Mend or remove the object; a dead server goes to hma_servers_excluded with its reason, and its objects "
        "with it.", source=NOT_STATED,
)  # fmt: skip


def objects(inputs: Inputs) -> list[Finding]:
    """Every object of the organization that could not be read, once; an excluded server's is none."""
    found: dict[tuple[str, str], list[Unread]] = {}
    for gap in inputs.organization.unread:
        if gap.object and not excluded(inputs, gap):
            found.setdefault((_part(gap), gap.object), []).append(gap)
    return [_finding(part, name, gaps) for (part, name), gaps in found.items()] or [OBJECTS_READ.passed(inputs.name)]


def client_urls(inputs: Inputs) -> list[Finding]:
    """Of these, the ones that names come from."""
    return [item for item in objects(inputs) if item.object.startswith(_LABELS["client_urls"])]


def excluded(inputs: Inputs, gap: Unread) -> str | None:
    """Why an object is left out: its server is excluded, or it is named itself (an orphan that says no server)."""
    names = {fold(name or "") for name in (gap.server, gap.object)} - {""}
    names |= {fold(server.fqdn) for server in inputs.organization.servers if fold(server.name) in names}
    first = {name.split(".", 1)[0] for name in names if name and "\\" not in name}
    return next(
        (item.reason for item in inputs.settings.servers_excluded if _matches(fold(item.name), names, first)), None
    )


def _matches(name: str, names: set[str], first: set[str]) -> bool:
    return name in names or ("." in name and name.split(".", 1)[0] in first)


def _part(gap: Unread) -> str:
    return gap.what.split(".", 1)[0]


WARNING_OBJECTS_READ: Final = Check(
    "HMA-READ-003", "Every object that warnings rest on could be read", "medium", "organization", on_bad="warn",
    why="What was not read is in no list: a policy, a connector or a domain that a warning should speak of may be "
        "missing from it.",
    read=f"{READ_ORGANIZATION_FULL}Get-AuthenticationPolicy, Get-AcceptedDomain, Get-HybridConfiguration and the like.",
    remedy="Mend or remove the object.", source=NOT_STATED,
)  # fmt: skip


def _finding(part: str, name: str, gaps: Sequence[Unread]) -> Finding:
    label, server = f"{_LABELS.get(part, part)} {name}", gaps[0].server or (name if part == "servers" else None)
    reasons = " ".join(dict.fromkeys(gap.reason for gap in gaps))
    evidence: dict[str, Any] = {
        "expected": "as documented",
        "actual": "; ".join(_actual(gap) for gap in gaps),
        "server": server,
    }
    if part not in _TRUSTED:
        return WARNING_OBJECTS_READ.failed(label, reasons, _MEND, **evidence)
    if not any(gap.concerned for gap in gaps):
        return OBJECTS_READ.not_applicable(label, f"{reasons} Modern authentication does not depend on it.", **evidence)
    return OBJECTS_READ.unread(label, reasons, _EXCLUDE if part in ("servers", "client_urls") else _MEND, **evidence)


def _actual(gap: Unread) -> str:
    return f"{gap.field}: {gap.value}" if gap.field else "not readable"


CHECKS: Final = (OBJECTS_READ, WARNING_OBJECTS_READ)
