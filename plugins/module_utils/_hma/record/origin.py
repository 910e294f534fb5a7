# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Whether recorded runs are of the organization that answers.

Names in a tenant, policies and setting overrides are found by their names alone: the record of one organization would
take from another one, or from the tenant that both use, what is needed there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..base.comparison import fold
from .history import Recorded
from .verdict import short_name

_OF_ORGANIZATION: Final = frozenset({"organization", "default_policy"})
_ON_A_SERVER: Final = frozenset({"directory", "web_directory"})
_NEXT: Final = (
    "Nothing is taken back: names, policies and overrides are found by their names, and this organization may need "
    "those that bear the same ones. Give the record of a run of this organization, or the inventory (-i) of that one."
)


@dataclass(frozen=True)
class Answering:
    """The organization that was read; empty where nobody could tell. ``servers`` are without their domains."""

    name: str = ""
    guid: str = ""
    servers: frozenset[str] = frozenset()

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Answering:
        """``facts`` is the organization as hma_info gives it."""
        config = facts.get("config") or {}
        listed = [str(server.get("name") or "") for server in facts.get("servers") or []]
        servers = frozenset(map(short_name, [*listed, *_odd_servers(facts)])) - {""}
        return cls(str(config.get("name") or ""), fold(str(config.get("guid") or "")), servers)


def known_servers(facts: Mapping[str, Any]) -> list[str]:
    """The servers of an organization; none where one of them could not be read, whose name nobody can be sure of."""
    return [] if _odd_servers(facts) else [str(server["name"]) for server in facts.get("servers") or []]


def _odd_servers(facts: Mapping[str, Any]) -> list[str]:
    return [str(gap.get("object") or "") for gap in facts.get("unread") or [] if gap.get("what") == "servers"]


def of_another(history: Iterable[Recorded], answering: Answering) -> str:
    """Why the record is another organization's; empty where it is of this one, or nobody can tell."""
    steps = list(history)
    written = {fold(step.target_text("guid")): step.target_text("name") for step in steps if _names_it(step)}
    others = [name for guid, name in written.items() if answering.guid and guid != answering.guid]
    if others:
        return f"The record is of the organization '{others[0]}', and '{answering.name}' answers. {_NEXT}"
    servers = {step.target_text("server") for step in steps if step.target["type"] in _ON_A_SERVER}
    if written or not servers or not answering.servers or any(short_name(it) in answering.servers for it in servers):
        return ""
    names = ", ".join(sorted(servers))
    return f"The record is of the servers {names}, and the organization '{answering.name}' has none of them. {_NEXT}"


def _names_it(step: Recorded) -> bool:
    return step.target["type"] in _OF_ORGANIZATION
