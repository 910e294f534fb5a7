# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What a recording says of the shape in which objects arrive. How they travel does not show in files."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from .recorded import Recording
from .seen import Seen, agreed
from .shapes import Shape, Value

DIRECTORIES: Final = ("mapi", "ews", "oab", "autodiscover", "activesync", "owa", "ecp")
METHODS: Final = ("InternalAuthenticationMethods", "ExternalAuthenticationMethods", "IISAuthenticationMethods")
_ADDED: Final = frozenset({"PSComputerName", "RunspaceId", "PSShowComputerName"})
# What a management shell adds, whose session hands objects over in full: only its files have it.
_ADDED_BY_SHELL: Final = _ADDED | {"SerializationData"}
# Exchange's own classes of lists: MultiValuedProperty, and those that are made of it (recorded in CSS-Exchange).
_OWN_LISTS: Final = re.compile(r"Microsoft\.Exchange\.Data\.(?:[A-Za-z.]*MultiValuedProperty`1|[A-Za-z]+Collection)\b")


def _objects(recording: Recording) -> Seen | None:
    added = _ADDED_BY_SHELL if recording.of_files else _ADDED
    return agreed(_odd_object(item, added) for item in recording.objects(*DIRECTORIES, "auth_servers", "config"))


def _odd_object(item: Shape, added: frozenset[str]) -> str:
    """What of an object is not as assumed; ``added`` are the properties that a client adds."""
    if not item.own_types or not item.own_types[0].startswith("Microsoft.Exchange."):
        return "another type"
    if set(item.extended) - added:
        return "properties that were added"
    if item.text not in ("Identity", "Name", "type"):
        return "another text than its identity"
    lists = [value for value in item.adapted.values() if value is not None and value.items is not None]
    return "" if all(_OWN_LISTS.match(value.own_type) for value in lists) else "another type of list"


def _items(recording: Recording) -> Seen | None:
    if recording.of_files:
        return None
    return agreed(map(_odd_items, recording.objects(*DIRECTORIES)))


def _odd_items(item: Shape) -> str:
    for name, kind in (("InternalUrl", "System.Uri"), ("Guid", "System.Guid"), ("WhenChangedUTC", "System.DateTime")):
        value = item.adapted.get(name)
        if value is not None and value.own_type != kind:
            return f"{name} is {value.own_type}"
    own = [value for name in METHODS if (value := item.adapted.get(name)) is not None and value.items is not None]
    kinds = {one.own_type for value in own for one in value.items or () if one is not None}
    return "" if kinds <= {"System.String"} else f"items are {', '.join(sorted(kinds))}"


def _empty_list(recording: Recording) -> Seen | None:
    """How a method list without an element arrives, in reads that ask IIS."""
    if recording.of_files:
        return None
    found = [item.adapted[name] for item in recording.objects(*DIRECTORIES) for name in METHODS if name in item.adapted]
    kinds = {_emptiness(value) for value in found} - {""}
    return Seen(" and ".join(sorted(kinds)), f"{len(found)} lists") if kinds else None


def _emptiness(value: Value | None) -> str:
    if value is None:
        return "nothing"
    return "empty" if value.items == () else ""


# These judge how objects travel.
OF_TRAVEL: Final = frozenset({"items", "empty_list"})
JUDGES: Final[Mapping[str, Callable[[Recording], Seen | None]]] = {
    "objects": _objects, "items": _items, "empty_list": _empty_list,
}  # fmt: skip
