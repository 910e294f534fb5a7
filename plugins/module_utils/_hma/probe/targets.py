# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What to ask where: every published name, and every server behind it by its own address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

from ..base.comparison import fold
from ..base.errors import ParseError
from ..base.values import shown
from ..entra.spns import client_names, extra_host, host_of, name_of

AUTODISCOVER_V2: Final = "autodiscover_v2"
# protocol -> (kind of virtual directory, path)
PROTOCOLS: Final[Mapping[str, tuple[str, str]]] = {
    "mapi_nspi": ("mapi", "/mapi/nspi/"),
    "mapi_emsmdb": ("mapi", "/mapi/emsmdb/"),
    "ews": ("ews", "/EWS/Exchange.asmx"),
    "oab": ("oab", "/OAB/"),
    "autodiscover": ("autodiscover", "/autodiscover/autodiscover.xml"),
    "activesync": ("activesync", "/Microsoft-Server-ActiveSync"),
}
# What AutoDiscover v2 is asked for -> the protocol it hands out a URL of
HANDED_OUT: Final[Mapping[str, str]] = {"ActiveSync": "activesync", "EWS": "ews"}
# Microsoft's AutoDetect service comes in from here, for Outlook on iOS and Android (HMA article; Office 365 endpoints, "AutoDetect").
AUTODETECT_RANGES: Final = ("52.125.128.0/20", "52.127.96.0/23")
AUTODETECT_NAMES: Final = ("*.acompli.net", "*.outlookmobile.com", "*.outlookmobile.us")
_ADDRESS: Final = re.compile(r"(?:\[([0-9a-f:.%]+)\]|([^\s:/\[\]]+))(?::([0-9]{1,5}))?|([0-9a-f]*:[0-9a-f:.]+)", re.IGNORECASE | re.ASCII)
_IDENTITY: Final = re.compile(r"[!-~]+@[!-~]+")


@dataclass(frozen=True)
class Target:
    """One URL at one address. ``server`` is empty for a published name; ``ask`` is what AutoDiscover v2 is asked for."""

    name: str
    protocol: str
    address: str
    port: int = 443
    host: str = ""
    server: str = ""
    ca_path: str | None = None
    certificate_name: str | None = None
    validate_certs: bool = True
    ask: str = ""

    @property
    def path(self) -> str:
        return f"/autodiscover/autodiscover.json?Protocol={self.ask}&RedirectCount=3&Email=" if self.ask else PROTOCOLS[self.protocol][1]

    def path_for(self, identity: str | None) -> str:
        return f"{self.path}{quote(identity or '')}" if self.ask else self.path

    @property
    def where(self) -> str:
        """The address as an administrator writes it."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{host}:{self.port}"


def names_by_kind(
    urls: Iterable[Mapping[str, Any]], kinds: Sequence[str], extra: Sequence[str] = (), ignored: Sequence[Mapping[str, str]] = ()
) -> dict[str, list[str]]:
    """The hosts that clients use, by kind of directory. What gives no name (and is reported elsewhere) or is ignored is not asked."""
    urls = list(urls)
    wanted = client_names(urls, extra, ignored).wanted
    found: dict[str, list[str]] = {kind: [] for kind in kinds}
    for item in urls:
        host, _problem = host_of(item["url"], "")
        if name_of(host) in wanted and item["kind"] in found and host not in found[item["kind"]]:
            found[item["kind"]].append(host)
    for text in extra:
        # Which paths an extra name serves is not known, but what a name of that form is for is.
        host = extra_host(text)
        if host.startswith("autodiscover.") and host not in found.get("autodiscover", [host]):
            found["autodiscover"].append(host)
    return found


def published(names: Mapping[str, Sequence[str]], connect_to: Mapping[str, str], tls: Mapping[str, Any]) -> list[Target]:
    """Every name with every protocol it is used for, asked where DNS says or where ``connect_to`` says."""
    places = {fold(name): address for name, address in connect_to.items()}
    targets = []
    for protocol, (kind, _path) in PROTOCOLS.items():
        for name in names.get(kind, ()):
            address, port = split_address(places.get(name, name))
            targets.append(Target(name, protocol, address, port, **tls))
    return targets


def behind(
    server: Mapping[str, Any], urls: Iterable[Mapping[str, Any]], names: Mapping[str, Sequence[str]], kinds: Sequence[str], tls: Mapping[str, Any]
) -> list[Target]:
    """One server by its own address, under the name that its own URLs have: {host, server, connect_to, ...}.

    IIS answers under any name, so one name for each protocol tells what the server does.
    """
    address, port = split_address(server.get("connect_to") or server["host"])
    label = str(server.get("server") or server["host"])
    own = {key: server[key] for key in ("ca_path", "certificate_name", "validate_certs") if server.get(key) is not None}
    # Inventory and connection know the full name, the URLs the name of the server's object.
    mine = [item for item in urls if fold(str(item["server"])) in {fold(label), fold(label).partition(".")[0]}]
    label = str(mine[0]["server"]) if mine else label
    targets = []
    for protocol, (kind, _path) in PROTOCOLS.items():
        if kind not in kinds:
            continue
        hosts = [host_of(item["url"], "")[0] for item in mine if item["kind"] == kind]
        name = next((host for host in hosts if host in names.get(kind, ())), None) or next(iter(names.get(kind, ())), address)
        targets.append(Target(name, protocol, address, port, server["host"], label, **{**tls, **own}))
    return targets


def version_2(targets: Iterable[Target]) -> list[Target]:
    """The questions to AutoDiscover v2 of every published Autodiscover name."""
    found = [item for item in targets if item.protocol == "autodiscover" and not item.server]
    return [replace(item, protocol=AUTODISCOVER_V2, ask=ask) for item in found for ask in HANDED_OUT]


def explicit(item: Mapping[str, Any], tls: Mapping[str, Any]) -> list[Target]:
    """A target as a task names it: {name, protocols, connect_to, host, server, ca_path, certificate_name, validate_certs}."""
    address, port = split_address(item.get("connect_to") or item["name"])
    own = {key: item[key] for key in ("ca_path", "certificate_name", "validate_certs") if item.get(key) is not None}
    server = str(item.get("server") or "")
    host = str(item.get("host") or server)
    return [Target(fold(str(item["name"])), protocol, address, port, host, server, **{**tls, **own}) for protocol in item.get("protocols") or PROTOCOLS]


def split_address(text: str) -> tuple[str, int]:
    """Host and port of 'host', 'host:port', '[address]:port' or an IPv6 address alone."""
    found = _ADDRESS.fullmatch(text.strip())
    port = int(found[3] or 443) if found else 0
    if found is None or not 0 < port < 65536:
        raise ParseError(f"{shown(text)} is no address to connect to. Write host, host:port or [IPv6]:port, without https://.")
    return found[1] or found[2] or found[4], port


def checked_identity(text: str) -> str:
    """An address of a mailbox, fit for a header."""
    if not _IDENTITY.fullmatch(text):
        raise ParseError(f"probe identity {shown(text)} is no address of a mailbox. Write it as user@contoso.com.")
    return text
