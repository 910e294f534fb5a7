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
from ..base.values import Properties, shown
from ..entra.spns import ClientUrl, client_names, extra_host, host_of, name_of

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
# The pages of people, which are asked without a token: Outlook on the web and the admin center.
PAGES: Final[Mapping[str, str]] = {"owa": "/owa/", "ecp": "/ecp/"}
# What AutoDiscover v2 is asked for -> the protocol it hands out a URL of
HANDED_OUT: Final[Mapping[str, str]] = {"ActiveSync": "activesync", "EWS": "ews"}
# Microsoft's AutoDetect service comes in from here, for Outlook on iOS and Android (HMA article of 2024-12-05, read on
# 2026-11-26).
AUTODETECT_RANGES: Final = ("52.125.128.0/20", "52.127.96.0/23")
AUTODETECT_NAMES: Final = ("*.outlookmobile.com", "*.outlookmobile.us")
_ADDRESS: Final = re.compile(
    r"(?:\[([0-9a-f:.%]+)\]|([^\s:/\[\]]+))(?::([0-9]{1,5}))?|([0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*)",
    re.IGNORECASE | re.ASCII,
)
_IDENTITY: Final = re.compile(r"[!-~]+@[!-~]+")


@dataclass(frozen=True)
class Tls:
    """How the certificate of an answer is judged."""

    ca_path: str | None = None
    certificate_name: str | None = None
    validate_certs: bool = True

    def with_own(self, options: Properties) -> Tls:
        """The same, with what a server or a target sets for itself."""
        validate = options.optional_flag("validate_certs")
        return Tls(
            options.optional_text("ca_path") or self.ca_path,
            options.optional_text("certificate_name") or self.certificate_name,
            self.validate_certs if validate is None else validate,
        )


@dataclass(frozen=True)
class Server:
    """A server to be asked by its own address: the host of the inventory, the name of its object, and where to
    connect."""

    host: str
    server: str
    connect_to: str
    tls: Tls

    @classmethod
    def from_options(cls, options: Mapping[str, Any], tls: Tls) -> Server:
        own = Properties(options, "servers")
        host = own.text("host")
        return cls(
            host, own.optional_text("server") or host, own.optional_text("connect_to") or host, tls.with_own(own)
        )

    @property
    def labels(self) -> tuple[str, ...]:
        """What its URLs may call it: inventory and connection know the full name, the URLs the name of its object."""
        full = fold(self.server)
        return tuple(dict.fromkeys((full, full.partition(".")[0])))


@dataclass(frozen=True)
class Target:
    """One URL at one address. ``server`` is empty for a published name; ``ask`` is what AutoDiscover v2 is asked
    for."""

    name: str
    protocol: str
    address: str
    port: int = 443
    host: str = ""
    server: str = ""
    tls: Tls = Tls()
    ask: str = ""

    @property
    def path(self) -> str:
        if self.protocol in PAGES:
            return PAGES[self.protocol]
        return (
            f"/autodiscover/autodiscover.json?Protocol={self.ask}&RedirectCount=3&Email="
            if self.ask
            else PROTOCOLS[self.protocol][1]
        )

    def path_for(self, identity: str | None) -> str:
        return f"{self.path}{quote(identity or '')}" if self.ask else self.path

    @property
    def where(self) -> str:
        """The address as an administrator writes it."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{host}:{self.port}"


def names_by_kind(
    urls: Sequence[ClientUrl],
    kinds: Sequence[str],
    extra: Sequence[str] = (),
    ignored: Sequence[Mapping[str, str]] = (),
) -> dict[str, list[str]]:
    """The hosts that clients use, by kind of directory. What gives no name (and is reported elsewhere) or is ignored is
    not asked."""
    wanted = client_names(urls, extra, ignored).wanted
    names: dict[str, list[str]] = {kind: [] for kind in kinds}
    for url in urls:
        host, _problem = host_of(url.url, "")
        if name_of(host) in wanted and url.kind in names and host not in names[url.kind]:
            names[url.kind].append(host)
    for text in extra:
        # Which paths an extra name serves is not known, but what a name of that form is for is.
        host = extra_host(text)
        if host.startswith("autodiscover.") and host not in names.get("autodiscover", [host]):
            names["autodiscover"].append(host)
    return names


def published(names: Mapping[str, Sequence[str]], connect_to: Mapping[str, str], tls: Tls) -> list[Target]:
    """Every name with every protocol it is used for, asked where DNS says or where ``connect_to`` says."""
    places = {fold(name): address for name, address in connect_to.items()}
    targets = []
    for protocol, (kind, _path) in PROTOCOLS.items():
        for name in names.get(kind, ()):
            address, port = split_address(places.get(name, name))
            targets.append(Target(name, protocol, address, port, tls=tls))
    return targets


def by_server(urls: Iterable[ClientUrl]) -> dict[str, list[ClientUrl]]:
    """The URLs of each server by its folded name, so that a fleet's are not looked through for each of its servers."""
    found: dict[str, list[ClientUrl]] = {}
    for url in urls:
        found.setdefault(fold(url.server), []).append(url)
    return found


def behind(
    server: Server, urls: Iterable[ClientUrl], names: Mapping[str, Sequence[str]], kinds: Sequence[str]
) -> list[Target]:
    """One server by its own address, under the name that its own URLs have.

    IIS answers under any name, so one name for each protocol shows what the server does.
    """
    address, port = split_address(server.connect_to)
    own = [url for url in urls if fold(url.server) in server.labels]
    label = own[0].server if own else server.server
    targets = []
    for protocol, (kind, _path) in PROTOCOLS.items():
        if kind not in kinds:
            continue
        hosts = [host_of(url.url, "")[0] for url in own if url.kind == kind]
        name = next((host for host in hosts if host in names.get(kind, ())), None) or next(
            iter(names.get(kind, ())), address
        )
        targets.append(Target(name, protocol, address, port, server.host, label, server.tls))
    return targets


def version_2(targets: Iterable[Target]) -> list[Target]:
    """The questions to AutoDiscover v2 of every published Autodiscover name."""
    names = [target for target in targets if target.protocol == "autodiscover" and not target.server]
    return [replace(target, protocol=AUTODISCOVER_V2, ask=ask) for target in names for ask in HANDED_OUT]


def explicit(options: Mapping[str, Any], tls: Tls) -> list[Target]:
    """A target as a task names it: {name, protocols, connect_to, host, server, ca_path, certificate_name,
    validate_certs}."""
    own = Properties(options, "targets")
    name, server = own.text("name"), own.optional_text("server") or ""
    address, port = split_address(own.optional_text("connect_to") or name)
    host = own.optional_text("host") or server
    protocols = own.optional_texts("protocols") or PROTOCOLS
    return [Target(fold(name), protocol, address, port, host, server, tls.with_own(own)) for protocol in protocols]


def split_address(text: str, *, default: int = 443) -> tuple[str, int]:
    """Host and port of 'host', 'host:port', '[address]:port' or a bare IPv6 address."""
    address = _ADDRESS.fullmatch(text.strip())
    port = int(address[3]) if address and address[3] else default
    if address is None or (address[3] and not 0 < port < 65536):
        raise ParseError(
            f"{shown(text)} is no address to connect to. Write host, host:port or [IPv6]:port, without https://."
        )
    return address[1] or address[2] or address[4], port


def checked_identity(text: str) -> str:
    """An address of a mailbox, fit for a header."""
    if not _IDENTITY.fullmatch(text):
        raise ParseError(f"probe identity {shown(text)} is no address of a mailbox. Write it as user@contoso.com.")
    return text
