# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of what could not be read: one finding per object, whatever is odd about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from .case import Case, Entry
from .checks import CHECKS
from .finding import Finding

# Parts that the gates are built on; the others feed checks that warn.
_TRUSTED: Final = ("config", "servers", "client_urls", "auth_servers")
_LABELS: Final[Mapping[str, str]] = {"config": "organization", "servers": "server", "client_urls": "directory", "auth_servers": "AuthServer"}
_EXCLUDE: Final = "Mend the object, or, where it is a server's that is dead, list the server in hma_servers_excluded with the reason."
_MEND: Final = "Mend or remove the object, then run this again."


def objects(case: Case) -> list[Finding]:
    """Every object of the organization that could not be read, once; an excluded server's is none."""
    found: dict[tuple[str, str], list[Entry]] = {}
    for gap in case.organization["unread"]:
        if gap.get("object") and not excluded(case, gap):
            found.setdefault((_part(gap), str(gap["object"])), []).append(gap)
    return [_finding(part, name, gaps) for (part, name), gaps in found.items()] or [CHECKS["HMA-READ-002"].ok(case.name)]


def client_urls(case: Case) -> list[Finding]:
    """Of these, the ones that names come from."""
    return [item for item in objects(case) if item.object.startswith(_LABELS["client_urls"])]


def excluded(case: Case, gap: Entry) -> str | None:
    """Why an object is left out: its server is excluded, or it is named itself (an orphan that says no server)."""
    names = {str(gap.get(key) or "").lower() for key in ("server", "object")} - {""}
    names |= {str(server["fqdn"]).lower() for server in case.organization["servers"] if str(server["name"]).lower() in names}
    first = {name.split(".", 1)[0] for name in names if name and "\\" not in name}
    return next((item["reason"] for item in case.excluded if _matches(str(item["name"]).lower(), names, first)), None)


def _matches(name: str, names: set[str], first: set[str]) -> bool:
    return name in names or ("." in name and name.split(".", 1)[0] in first)


def _part(gap: Entry) -> str:
    return str(gap["what"]).split(".", 1)[0]


def _finding(part: str, name: str, gaps: Sequence[Entry]) -> Finding:
    label, server = f"{_LABELS.get(part, part)} {name}", gaps[0].get("server") or (name if part == "servers" else None)
    reasons = " ".join(dict.fromkeys(str(gap["reason"]) for gap in gaps))
    evidence: dict[str, Any] = {"expected": "as documented", "actual": "; ".join(_actual(gap) for gap in gaps), "server": server}
    if part not in _TRUSTED:
        return CHECKS["HMA-READ-003"].bad(label, reasons, _MEND, **evidence)
    if not any(gap.get("concerned", True) for gap in gaps):
        return CHECKS["HMA-READ-002"].without_meaning(label, f"{reasons} Modern authentication does not depend on it.", **evidence)
    return CHECKS["HMA-READ-002"].unread(label, reasons, _EXCLUDE if part in ("servers", "client_urls") else _MEND, **evidence)


def _actual(gap: Entry) -> str:
    return f"{gap.get('field')}: {gap.get('value')}" if gap.get("field") else "not readable"
