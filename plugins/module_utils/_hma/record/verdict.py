# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. How a restore ended: everything that was recorded is back, or what is not, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ..base.comparison import fold, folded

_REMOVED: Final = "the organization has no server {} any more, so that nothing of it is left to go back."


@dataclass(frozen=True)
class Write:
    """A recorded write, as far as its place in the end is concerned. ``server``: the one whose directory was written
    to; empty for any other object."""

    id: str
    object: str
    names: bool
    server: str = ""


@dataclass(frozen=True)
class TenantBack:
    """What a tenant was to give up and to get back, and the names that were there after it (None: not known)."""

    tenant: str
    take: tuple[str, ...] = ()
    give: tuple[str, ...] = ()
    after_take: tuple[str, ...] | None = None
    after_give: tuple[str, ...] | None = None
    reason: str = ""
    entries: str = "names"

    def not_back(self) -> list[str]:
        """Names that are there still, or not there again."""
        there, again = folded(self.after_take or ()), folded(self.after_give or ())
        still = [name for name in self.take if self.after_take is None or folded([name]) <= there]
        return still + [name for name in self.give if self.after_give is None or not folded([name]) <= again]


@dataclass(frozen=True)
class Ended:
    """``left``: on purpose, ``refused``: not as the runs left it, or in use; each an object with its reason.
    ``servers``: those that the organization has now, folded and without a domain; none where not all were read."""

    left: tuple[tuple[str, str], ...]
    refused: tuple[tuple[str, str], ...]
    handled: frozenset[str]
    tenants: tuple[TenantBack, ...]
    servers: frozenset[str] = frozenset()

    def is_removed(self, server: str) -> bool:
        """Whether a server is none of the organization any more; False where nobody knows."""
        return bool(server and self.servers) and short_name(server) not in self.servers


@dataclass(frozen=True)
class Verdict:
    complete: bool
    message: str


def judge(writes: Sequence[Write], ended: Ended, *, check: bool) -> Verdict:
    """Complete: each recorded change is back, or left for a reason that the sentence names."""
    refused = [*ended.refused, *(pair for tenant in ended.tenants for pair in _of_tenant(tenant))]
    unhandled = [write for write in writes if not write.names and write.id not in ended.handled]
    removed = [(write.object, _REMOVED.format(write.server)) for write in unhandled if ended.is_removed(write.server)]
    left = (*ended.left, *dict.fromkeys(removed))
    known = {what for what, _why in (*refused, *left)}
    missed = [name for name in dict.fromkeys(write.object for write in unhandled) if name not in known]
    head = "Check mode: nothing was changed. " if check else ""
    if refused or missed:
        text = f"{head}Not everything {'would go' if check else 'went'} back. {_listed(refused)}"
        return Verdict(False, f"{text} {_missed(missed)}{_also(left)}".strip())
    back = f"{head}What was recorded {'would be' if check else 'is'} back as it was before"
    return Verdict(True, f"{back}, except: {_listed(left)}" if left else f"{back}.")


def short_name(server: str) -> str:
    """The name of a server without its domain, as names compare."""
    return fold(server.split(".")[0])


def _of_tenant(tenant: TenantBack) -> list[tuple[str, str]]:
    wrong = tenant.not_back()
    if not wrong:
        return []
    few = ", ".join(wrong[:5]) + (f" and {len(wrong) - 5} more" if len(wrong) > 5 else "")
    reason = tenant.reason or "Entra does not show the change yet, or hma_spn_mode does not write; run this again."
    return [(f"{tenant.entries} of tenant {tenant.tenant} ({few})", reason)]


def _missed(objects: Sequence[str]) -> str:
    if not objects:
        return ""
    return (
        f"Not reached: {', '.join(objects)}. Make its host reachable (or put it into the inventory) and run this again."
    )


def _also(left: Sequence[tuple[str, str]]) -> str:
    return f" Left on purpose: {_listed(left)}" if left else ""


def _listed(pairs: Iterable[tuple[str, str]]) -> str:
    """Each reason once, behind the objects that have it."""
    by_reason: dict[str, list[str]] = {}
    for what, why in pairs:
        by_reason.setdefault(why, []).append(what)
    return " ".join(f"{', '.join(dict.fromkeys(objects))}: {why}" for why, objects in by_reason.items())
