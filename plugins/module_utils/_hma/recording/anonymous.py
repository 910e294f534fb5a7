# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Text of an organization without anybody's names in it, in the shape that it had.

A host stays a host of as many labels, a GUID a GUID, an address an address, a thumbprint a thumbprint; punctuation, the
slash at the end and the pattern of capitals stay. The same name is the same pseudonym wherever it stands. Words that
everybody's Exchange has stay (``vocabulary``); text with several words of somebody's own is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from ..base.comparison import fold
from .vocabulary import GUIDS, HOSTS, SENTENCES, SUFFIXES, WORDS

DROPPED: Final = "(text)"
_LONGEST: Final = 2000
# From this many digits on a number may be somebody's; a part of a version may have one more.
_DIGITS: Final = 5
# A number of a phone: groups of digits with nothing but their separators, a plus, a zero or a bracket before them.
_PHONE: Final = re.compile(r"(?:\+|\(|0)[0-9]*(?:[ ()/.-]{1,3}[0-9]+){2,}|[0-9]{3}(?:[ ()/.-]{1,3}[0-9]{3,})+")
_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9:]+)?")
SOME_TIME: Final = "2026-01-01T00:00:00Z"
# A day within a text, with its time of day, as the cultures of Windows write them.
_DAY: Final = re.compile(
    r"(?<![\w.])(?:(?:19|20)[0-9]{2}(?P<by>[./-])[0-9]{1,2}(?P=by)[0-9]{1,2}"
    r"|[0-9]{1,2}(?P<between>[./-])[0-9]{1,2}(?P=between)(?:19|20)[0-9]{2})(?![\w-]|\.[0-9])"
    r"(?:,?[ T]*[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2}(?:[.,][0-9]+)?)?(?: ?[AaPp]\.?[Mm]\b\.?)?)?"
)
_SOME_DAY: Final = "1/1/2026 0:00:00"
_TOKENS: Final = re.compile(
    r"(?P<escape>%[0-9A-Fa-f]{2})"
    r"|(?P<guid>(?<![\w-])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![\w-]))"
    r"|(?P<sid>(?<![\w-])S-1-5-21(?:-[0-9]+){3,5}(?![\w-]))"
    r"|(?P<program>(?<![\w.-])(?:Deserialized\.)?(?:Microsoft\.(?:Exchange|PowerShell|Win32|Management)|System)"
    r"(?:\.[A-Z]\w*)+(?![\w-]))"
    r"|(?P<number6>(?<![\w:])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?!\w)|[0-9A-Fa-f]{0,4}(?![\w:])))"
    r"|(?P<hex>(?<![\w-])[0-9A-Fa-f]{32,}(?![\w-]))"
    r"|(?P<name>\w[\w-]*(?:\.\w[\w-]*)*)",
)
_CLASS: Final = re.compile(r"[A-Z][A-Za-z]+(?:Exception|Id|Cmdlet|Failed|Parameter)")
_KEY: Final = re.compile(r"[A-Za-z@$][A-Za-z0-9@$_.+`,=\[\]\\ /-]{0,400}")
_PUNCTUATION: Final = frozenset(" !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\t")


class Anonymiser:
    """What became of each name. Names that are learned late are looked for everywhere, so a document is taken twice:
    the second time counts."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], int] = {}
        self._learned: set[str] = set()

    def text(self, text: str) -> str:
        """The text with pseudonyms, or DROPPED where it is prose of somebody's own."""
        if len(text) > _LONGEST:
            return DROPPED
        if _TIME.fullmatch(text):
            return SOME_TIME
        if _PHONE.fullmatch(text.strip()):
            return re.sub("[0-9]", "9", text)
        # A full stop needs no escape: escaped, it would take the parts of an address apart.
        text = _DAY.sub(_SOME_DAY, re.sub("%2[Ee]", ".", text))
        made, own, ends = [], 0, 0
        for match in _TOKENS.finditer(text):
            between = text[ends : match.start()]
            made.append(_between(between))
            new, is_word = self._token(match)
            # Two words of somebody's own with nothing but blanks between them are no identifier.
            own = own + 1 if is_word and own and between.isspace() else int(is_word)
            if own > 1:
                return DROPPED
            made.append(new)
            ends = match.end()
        return "".join([*made, _between(text[ends:])])

    def identifier(self, text: str) -> str:
        """An id of an error, or the name of a class: words of programmers, among which a server may be named."""
        return re.sub(r"\w[\w.-]*", self._programmers, " ".join(text[:_LONGEST].split()))

    def name(self, text: str) -> str:
        """The name of a type or of a property: a programmer gave it, unless it holds a name of somebody's."""
        if not _KEY.fullmatch(text):
            return DROPPED
        return re.sub(r"\w+", lambda match: self._unless_learned(match[0]), text)

    def sentence(self, text: str) -> list[str]:
        """What is known of a sentence; the sentence itself is not kept."""
        folded = fold(text)
        return list(dict.fromkeys(name for name, part in SENTENCES if part in folded))

    # -- pieces

    def _programmers(self, match: re.Match[str]) -> str:
        parts = match[0].split("-")
        if all(fold(part) in WORDS or (_CLASS.fullmatch(part) and fold(part) not in self._learned) for part in parts):
            return match[0]
        return self.text(match[0])

    def _unless_learned(self, word: str) -> str:
        return self._pseudonym("name", word) if fold(word) in self._learned and fold(word) not in WORDS else word

    def _token(self, match: re.Match[str]) -> tuple[str, bool]:
        """The pseudonym of a token, and whether it is a word of somebody's own."""
        kind = str(match.lastgroup)
        if kind == "name":
            return self._named(match)
        return _KINDS[kind](self, match[0]), False

    def _named(self, match: re.Match[str]) -> tuple[str, bool]:
        text, after = match[0], match.string[match.end() : match.end() + 1]
        if fold(text) in WORDS and "." not in text:
            return text, False
        if "." in text:
            return self._dotted(text, before_at=after == "@"), False
        if text.isascii() and text.isdigit():
            return (text if len(text) < _DIGITS else "9" * len(text)), False
        return self._label(text), True

    def _dotted(self, text: str, *, before_at: bool) -> str:
        """A host, a version, or a name in front of an @."""
        folded = fold(text)
        if folded in HOSTS or (folded in WORDS and not before_at):
            return text
        parts = text.split(".")
        if all(part.isascii() and part.isdigit() for part in parts):
            return self._numbers(parts)
        suffix = next((end for end in SUFFIXES if folded.endswith(end)), "")
        labels = text[: len(text) - len(suffix)].split(".")
        kept = text[len(text) - len(suffix) :] if suffix else ""
        first = labels[0] if fold(labels[0]) == "autodiscover" and len(labels) > 1 else self._label(labels[0])
        return ".".join([first, *map(self._label, labels[1:])]) + kept

    def _label(self, text: str) -> str:
        self._learned.add(fold(text))
        return self._pseudonym("name", text)

    def _escape(self, text: str) -> str:
        return text if chr(int(text[1:], 16)) in _PUNCTUATION else "?"

    def _guid(self, text: str) -> str:
        if fold(text) in GUIDS:
            return text
        made = f"aaaaaaaa-0000-4000-8000-{self._number('guid', text):012x}"
        return made.upper() if text.isupper() else made

    def _sid(self, text: str) -> str:
        domain, _dash, relative = text.rpartition("-")
        number = relative if len(relative) <= 3 else str(10000 + self._number("sid", text))
        return f"S-1-5-21-{self._number('sid of a domain', domain)}-0-0-{number}"

    def _hex(self, text: str) -> str:
        made = f"{self._number('hex', text):x}".rjust(len(text) - 1, "0")
        return f"A{made.upper()}" if text.upper() == text else f"a{made}"

    def _numbers(self, parts: list[str]) -> str:
        """An address where it can be one, a version, or else somebody's number."""
        text = ".".join(parts)
        numbers = [int(part) for part in parts]
        if len(parts) == 4 and max(numbers) < 256 and not _of_assembly(numbers):
            number = self._number("address", text)
            return f"192.0.{2 + number // 250}.{number % 250 + 1}"
        if len(parts) <= 4 and (len(parts) == 2 or len(parts[0]) < 3) and max(map(len, parts)) <= _DIGITS:
            return text
        return ".".join("9" * len(part) for part in parts)

    def _number6(self, text: str) -> str:
        # A time of day.
        if re.fullmatch(r"[0-9]{1,2}:[0-9]{2}:[0-9]{2}", text):
            return text
        return f"2001:db8::{self._number('address', text):x}"

    def _program(self, text: str) -> str:
        return self.name(text)

    def _pseudonym(self, kind: str, text: str) -> str:
        made = f"{kind}{self._number(kind, text)}"
        if text.isupper():
            return made.upper()
        if text.islower() or not text[:1].isalpha():
            return made
        return made.capitalize() if text[:1].isupper() else f"{made[0]}{made[1:].capitalize()}"

    def _number(self, kind: str, text: str) -> int:
        return self._names.setdefault((kind, fold(text)), len(self._names) + 1)


_KINDS: Final[Mapping[str, Callable[[Any, str], str]]] = {
    "escape": Anonymiser._escape, "guid": Anonymiser._guid, "sid": Anonymiser._sid, "hex": Anonymiser._hex,
    "number6": Anonymiser._number6, "program": Anonymiser._program,
}  # fmt: skip


def _of_assembly(numbers: list[int]) -> bool:
    """A version that .NET and Exchange's assemblies have, 15.0.0.0 say, or the oldest that reads an object of Exchange
    2010's kind; a network of somebody's is none."""
    if numbers == [14, 0, 100, 0]:
        return True
    return numbers[2:] == [0, 0] and 0 < numbers[0] < 20 and numbers[0] != 10 and numbers[1] < 5


def _between(text: str) -> str:
    """What stands between the tokens: ASCII punctuation; anything else is one question mark each."""
    return "".join(char if char in _PUNCTUATION else " " if char in "\r\n" else "?" for char in text)
