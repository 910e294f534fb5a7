# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Names of a form that most tenants never see: the first to look at where Graph refuses a list of names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..base.comparison import fold, host_in

# Last labels that are used inside companies and are registered with nobody.
_INSIDE: Final = frozenset(
    {"local", "localdomain", "lan", "internal", "intranet", "corp", "home", "private", "ad", "dom", "loc"}
)
_LONG: Final = 120


def unusual(name: str, verified_domains: Sequence[str] | None = None) -> list[str]:
    """What is unusual in a name; ``verified_domains`` are the tenant's, where they are known."""
    host = _host(name)
    if host is None:
        return ["it is no https name of a host"]
    reasons = []
    if host.rpartition(".")[2] in _INSIDE:
        reasons.append(f"its host ends in .{host.rpartition('.')[2]}, which is no public domain")
    if "_" in host:
        reasons.append("there is an underscore in its host")
    if any(label.startswith("xn--") for label in host.split(".")):
        reasons.append("its host is an international name")
    if len(name) > _LONG:
        reasons.append(f"it has {len(name)} characters")
    if verified_domains and not _within(host, verified_domains):
        reasons.append("its host is in no verified domain of the tenant")
    return reasons


def refused_names(new: Sequence[str], total: int, verified_domains: Sequence[str] | None = None) -> str:
    """What was sent in a request that Graph calls invalid, which of the names to look at first, and what to do."""
    odd = {name: reasons for name in new if (reasons := unusual(name, verified_domains))}
    some = "; ".join(f"{name}: {', '.join(reasons)}" for name, reasons in odd.items())
    form = f"Of an unusual form: {some}." if odd else "None of these is of an unusual form."
    return (
        f"A list of {total} names was sent; new in it: {', '.join(new)}. {form} To find the name that is refused, "
        f"register one at a time (hybrid.exchange.hma_spn with names); list its host in hma_spn_ignored with the "
        f"reason, or correct the URL. Where every name is refused, hma_spn_mode: handoff writes a script for the team "
        f"that owns Entra."
    )


def _host(name: str) -> str | None:
    try:
        host = host_in(name)
    except ValueError:
        return None
    return host if host and fold(name) == f"https://{host}/" else None


def _within(host: str, domains: Sequence[str]) -> bool:
    return any(host == fold(domain) or host.endswith(f".{fold(domain)}") for domain in domains)
