# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. How names compare: as the directory compares them. ASCII letters have no case; every other character is
itself.

Unicode's own folding makes one name of ``mail.strasse.de`` and ``mail.straße.de``, and of a Kelvin sign a k. Those are
two names to DNS, to Entra and to Exchange, so whoever holds one of them must not be taken for the holder of the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlsplit

_LOWER: Final = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def fold(text: str) -> str:
    """The text with its ASCII letters in lower case: two names are one where this is equal."""
    return text.translate(_LOWER)


def same(left: Any, right: Any) -> bool:
    """Equality as Exchange means it: text without case, lists without case and order."""
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return folded(left) == folded(right)
    if isinstance(left, str) and isinstance(right, str):
        return fold(left) == fold(right)
    return bool(left == right)


def folded(values: Iterable[str]) -> frozenset[str]:
    return frozenset(fold(value) for value in values)


def has(values: Iterable[str], wanted: str) -> bool:
    """Whether one name is among some. Of many names ask ``lacking`` or ``without``, which fold each name once."""
    return fold(wanted) in folded(values)


def lacking(values: Iterable[str], wanted: Iterable[str]) -> list[str]:
    """Which of the wanted names are not among the values: each once, in the order they were given."""
    have = set(folded(values))
    missing = []
    for name in wanted:
        key = fold(name)
        if key not in have:
            missing.append(name)
            have.add(key)
    return missing


def without(values: Iterable[str], taken: Iterable[str]) -> list[str]:
    """The values that are not among the taken ones, in their order and as they are written."""
    less = folded(taken)
    return [value for value in values if fold(value) not in less]


def host_in(url: str) -> str:
    """The host of a URL, folded. ``urlsplit(url).hostname`` lowers every letter there is, and so makes a k of a Kelvin
    sign.

    ValueError where it is no URL, as of ``urlsplit``.
    """
    host = urlsplit(url).netloc.rpartition("@")[2]
    end = host.find("]") + 1 if host.startswith("[") else host.find(":")
    return fold((host if end < 0 else host[:end]).strip("[]"))


def host_or_nothing(url: str) -> str:
    """The host of a URL, folded; the empty text for what is no URL, which whoever reads it has to name elsewhere."""
    try:
        return host_in(url)
    except ValueError:
        return ""
