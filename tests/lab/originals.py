# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every name, address, GUID and thumbprint of a lab, and the search for them in a text, in every encoding of it."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from .addresses import addresses_in, addresses_of, parsed

_GUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_HOST: Final = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_THUMBPRINT: Final = re.compile(r"[0-9A-F]{40}")
_SID: Final = re.compile(r"S-1-5-21-[0-9-]+")
# Microsoft's own, which everybody has.
_PUBLIC: Final = (".microsoft.com", ".office365.com", ".office.com", ".outlook.com", ".microsoftonline.com",
                  ".windows.net", ".cloud.microsoft", "outlook.com", ".asmx", ".aspx", ".xml")  # fmt: skip
_PUBLIC_GUIDS: Final = re.compile(r"0000000[0-9]-0000-0(?:000|ff1)-c[0e]00-0{12}|00000000-.*|0997a1d0-.*")
# Parts of names that are words of everybody's, too.
_WORDS: Final = frozenset({
    "onmicrosoft", "autodiscover", "exchange", "mail", "test", "mapi", "application", "readwrite", "outlook", "adfs",
    "other", "login", "microsoftonline", "login.microsoftonline.us", "v2.0",
})  # fmt: skip
_PERMISSION: Final = re.compile(r"[A-Za-z]+\.Read[A-Za-z]*\.[A-Za-z]+")


def originals(state: Any, scenario: Mapping[str, Any]) -> list[str]:
    """What nobody may find: hosts, labels, domains, addresses, GUIDs, thumbprints, people, names of objects."""
    found = set(_named(scenario))
    for text in (*_texts(state), *_texts(scenario)):
        found |= {name for name in _GUID.findall(text) if not _PUBLIC_GUIDS.fullmatch(name.lower())}
        found |= {*_THUMBPRINT.findall(text), *_SID.findall(text), *map(str, addresses_of(text))}
        for host in _HOST.findall(text):
            if not host.lower().endswith(_PUBLIC) and re.search("[A-Za-z]", host) and not _PERMISSION.fullmatch(host):
                found |= {host, *(label for label in host.split(".") if len(label) > 3)}
    return sorted(name for name in found if len(name) > 2 and name.lower() not in _WORDS)


def _named(scenario: Mapping[str, Any]) -> Iterator[str]:
    for organization in scenario["organizations"]:
        yield str(organization["name"])
        yield from (str(server["name"]) for server in organization["servers"])
        yield from (str(user["name"]).rpartition("\\")[2] for user in organization["users"])
        yield from (str(user["password"]) for user in organization["users"])
    for tenant in scenario["tenants"]:
        yield from (str(item["secret"]) for item in tenant["applications"] if "secret" in item)
        yield from (str(user["upn"]).partition("@")[0] for user in tenant.get("users", []))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def found_in(text: str, names: Iterable[str]) -> list[str]:
    """The names that stand in a text as words, or in another encoding as anything; addresses in any spelling."""
    folded = text.casefold()
    words = set(re.findall(r"[\w.@-]+", folded)) | set(re.findall(r"[\w-]+", folded))
    addresses = addresses_in(text)
    return [name for name in names if (parsed(name) in addresses if parsed(name) else _stands(name, text, words))]


def _stands(name: str, text: str, words: set[str]) -> bool:
    return name.casefold() in words or any(form in text for form in _encoded(name))


def _encoded(name: str) -> Iterator[str]:
    """A name as it may hide: in base64 of UTF-8 and UTF-16 at each of three places, escaped for URLs, HTML and JSON."""
    for form in sorted({name, name.lower(), name.upper()}):
        for encoding in ("utf-8", "utf-16-le"):
            for shift in range(3):
                coded = base64.b64encode(b"\0" * shift + form.encode(encoding)).decode("ascii")
                # The characters at both ends depend on the neighbours.
                middle = coded[4 if shift else 0 : -4]
                if len(middle) > 7:
                    yield middle
        yield "".join(f"\\u{ord(char):04x}" for char in form)
        yield "\0".join(form)
        yield "".join(f"%{byte:02X}" for byte in form.encode("utf-8"))
        yield "".join(f"&#{ord(char)};" for char in form)
        escaped = {quote(form, safe=""), html.escape(form)} - {form}
        yield from escaped
