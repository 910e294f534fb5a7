# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The addresses of IPv4 and IPv6 that stand in a text, however they are spelled and encoded there.

An address has many spellings (2001:DB8:0::1 is 2001:db8::1, and 10-1-2-3 a label of a host), so a text is not searched
for one of them: what can be an address is parsed, in the text and in what its encodings hold, and compared as one.
"""

from __future__ import annotations

import base64
import html
import ipaddress
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_DOTTED: Final = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\.?\d)")
# In the name of a host: ip-10-1-2-3, fe80--1-2.ipv6-literal.net.
_DASHED: Final = re.compile(r"(?<![\da-fA-F])(?<![\da-fA-F]-)\d{1,3}(?:-\d{1,3}){3}(?!-?[\da-fA-F])")
_LITERAL: Final = re.compile(r"([\da-fA-F-]+)(?:s[\w-]+)?\.ipv6-literal\.net", re.IGNORECASE)
_COLONS: Final = re.compile(
    r"(?<![\da-fA-F:.])(?:[\da-fA-F]{0,4}:){2,7}(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-fA-F]{0,4})(?![\da-fA-F:])"
)
_REVERSE: Final = re.compile(r"((?:[\da-f]{1,3}\.)+)(?:in-addr|ip6)\.arpa", re.IGNORECASE)
# One number, in a URL.
_NUMBER: Final = re.compile(r"(?<=//)(?:0x[\da-f]{8}|\d{8,10})(?![\w.])", re.IGNORECASE)
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{8,}")
_JSON: Final = re.compile(r"\\u([\da-fA-F]{4})")


def addresses_in(text: str) -> set[Address]:
    """Everything in a text that can be an address, in any of its encodings."""
    return {found for form in _forms(text) for found in _spelled(form)}


def addresses_of(text: str) -> set[Address]:
    """The addresses that a text of an organization names. The machine's own is nobody's, and a version whose last
    numbers are zero is none."""
    return {found for found in addresses_in(text) if not (_everybodys(found) or str(found).endswith(".0.0.0"))}


def parsed(text: str) -> Address | None:
    """The address that a text is; one of four numbers may come within one of six groups."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found


def _everybodys(address: Address) -> bool:
    return address.is_loopback or address.is_unspecified


def _forms(text: str) -> Iterator[str]:
    """A text, and what is in its encodings: escapes of URLs, HTML and JSON, UTF-16, and base64 of each."""
    yield from _escaped(text)
    for run in _BASE64.findall(text):
        for begin in range(4):
            yield from _of_bytes(_from_base64(run[begin:]))


def _escaped(text: str) -> Iterator[str]:
    plain = _JSON.sub(lambda match: chr(int(match[1], 16)), text)
    yield from {text, unquote(text), html.unescape(text), plain, plain.replace("\0", "")}


def _from_base64(run: str) -> bytes:
    run = run.replace("-", "+").replace("_", "/")
    return base64.b64decode(run[: len(run) // 4 * 4])


def _of_bytes(data: bytes) -> Iterator[str]:
    """As text of one byte a letter. In UTF-16 there is a zero between two of them."""
    text = data.decode("latin-1")
    yield text
    if "\0" in text:
        yield text.replace("\0", "")


def _spelled(text: str) -> Iterator[Address]:
    for spelling in _spellings(text):
        found = parsed(spelling)
        if found is not None:
            yield found


def _spellings(text: str) -> Iterator[str]:
    """Each candidate, as the parser takes it."""
    # An address of six groups may end in one of four numbers, which is looked for by itself too.
    yield from _DOTTED.findall(text)
    yield from _COLONS.findall(text)
    yield from (found.replace("-", ".") for found in _DASHED.findall(text))
    yield from (found.replace("-", ":") for found in _LITERAL.findall(text))
    yield from (str(ipaddress.IPv4Address(number)) for number in _numbers(text))
    for found in _REVERSE.findall(text):
        parts = found.rstrip(".").split(".")[::-1]
        yield ".".join(parts) if len(parts) == 4 else ":".join(re.findall(".{4}", "".join(parts)))


def _numbers(text: str) -> Iterator[int]:
    numbers = (int(found, 16 if found[1:2] in "xX" else 10) for found in _NUMBER.findall(text))
    return (number for number in numbers if number < 1 << 32)
