# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The quoting of the three languages that people are given to type: PowerShell, the POSIX shell, YAML of
Ansible."""

from __future__ import annotations

import re
import shlex
from itertools import groupby
from typing import Any, Final

from .printable import UNSEEN

_WORD: Final = re.compile(r"[A-Za-z0-9_./:=@%+,-]+")
# PowerShell ends a single-quoted string at any of these five (about_Quoting_Rules; CharTraits.IsSingleQuote).
_SINGLE_QUOTES: Final = "'\u2018\u2019\u201a\u201b"


def quoted(text: str) -> str:
    """Text as one argument of PowerShell. A character that a console acts upon, or nobody sees, is named by its
    number."""
    if all(_is_plain(character) for character in text):
        return _single(text)
    # The string on the left makes the sum a string.
    written = [] if _is_plain(text[0]) else [_single("")]
    for plain, run in groupby(text, _is_plain):
        piece = "".join(run)
        written += [_single(piece)] if plain else _numbers(piece)
    return f"({' + '.join(written)})"


def shell_quoted(text: str) -> str:
    """Text as one word of the shell. A control character is written as bash, zsh and POSIX 2024 read it; others see a
    plain word."""
    if all(_is_plain(character) for character in text):
        return text if _WORD.fullmatch(text) else shlex.quote(text)
    # No quote and no backslash stands in it as it is, so a shell that does not know $'...' ends the word at the same
    # place.
    return (
        "$'"
        + "".join(
            character if _is_plain(character) and character not in "'\\" else _octal(character) for character in text
        )
        + "'"
    )


def _is_plain(character: str) -> bool:
    return character.isprintable() and not UNSEEN.match(character)


def _single(text: str) -> str:
    for mark in _SINGLE_QUOTES:
        text = text.replace(mark, mark * 2)
    return f"'{text}'"


def _numbers(text: str) -> list[str]:
    """[char] holds 16 bits, so a character beyond them takes two."""
    data = text.encode("utf-16-be", "surrogatepass")
    return [f"[char]0x{int.from_bytes(data[at : at + 2], 'big'):X}" for at in range(0, len(data), 2)]


def _octal(character: str) -> str:
    # No argument of a process can hold NUL: its picture stands for it.
    data = "\u2400" if character == "\0" else character
    return "".join(f"\\{byte:03o}" for byte in data.encode("utf-8", "replace"))


def yaml_quoted(value: Any) -> str:
    """A value as YAML of Ansible that is read back as it is. Text that could be taken for a template is marked as
    none."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(yaml_quoted(item) for item in value) + "]"
    text = str(value)
    # Ansible templates a value of the inventory where it holds a delimiter of Jinja, or this header, which changes
    # them.
    unsafe = "!unsafe " if "{" in text or "#jinja2" in text else ""
    return f'{unsafe}"{"".join(_escaped(character) for character in text)}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if _is_plain(character):
        return character
    number = ord(character)
    if 0xD800 <= number < 0xE000:
        return "\\ufffd"  # half a character: no YAML can hold it
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
