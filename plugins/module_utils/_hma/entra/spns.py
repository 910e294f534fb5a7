# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Client URLs to service principal names: scheme, host and slash; what is no public name is reported."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from ..base.comparison import fold, folded, host_in, lacking, without
from ..base.errors import ParseError, Refused
from ..base.facts import Facts
from ..base.values import Properties, shown

EXCHANGE_ONLINE: Final = "00000002-0000-0ff1-ce00-000000000000"
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
# What a browser takes for the last part of an IPv4 address, complete or not (WHATWG URL, "ends in a number").
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
# A host as an administrator writes it in a variable: the bare host, or the form that is registered.
_WRITTEN: Final = re.compile(r"(?:[Hh][Tt][Tt][Pp][Ss]://)?([^\s/?#@:\\]+)/?")
# Nothing longer is known to be accepted (facts: the limit of these names is unknown, reply URLs have 256); it is also
# within DNS's 253.
_LONGEST_NAME: Final = 255
_SHOWN_SERVERS: Final = 4
# The problem of a URL that leads to Exchange Online.
MICROSOFT: Final = "microsoft"
# Names that Microsoft put there: anything of the application itself, and its own hosts (facts: INFERRED from one
# tenant).
_BUILT_IN_DOMAINS: Final = (
    "office.com", "office365.com", "outlook.com", "outlook.cn", "microsoft", "microsoft.com", "office365.us",
    "sovcloud.fr", "sovcloud.de",
)  # fmt: skip


@dataclass(frozen=True)
class ClientUrl(Facts):
    """A URL that clients are sent to: of which server, by which kind of directory, and where it is set (internal,
    external, scp)."""

    server: str
    kind: str
    where: str
    url: str | None

    @property
    def source(self) -> str:
        return f"{self.server} {self.kind} {self.where}"


def parse_client_urls(facts: Iterable[Mapping[str, Any]]) -> list[ClientUrl]:
    """URLs out of a task's options, or of facts: {server, kind, where, url}."""
    return [ClientUrl.from_facts(Properties(url, "client_urls")) for url in facts]


@dataclass(frozen=True)
class Problem(Facts):
    """A URL that gives no name: where it stands, what it says, why. ``blocks`` = clients will ask for it and fail."""

    source: str
    value: str
    code: str
    message: str
    blocks: bool


@dataclass(frozen=True)
class Names:
    """Wanted names with the places they come from, and what was reported instead of guessed."""

    wanted: dict[str, list[str]]
    problems: list[Problem]
    ignored: dict[str, str]

    def facts(self) -> dict[str, Any]:
        return {
            "wanted": [{"name": name, "sources": sources} for name, sources in self.wanted.items()],
            "problems": [problem.facts() for problem in self.problems],
            "ignored": [{"host": host, "reason": reason} for host, reason in self.ignored.items()],
        }


@dataclass(frozen=True)
class NamePlan:
    """The list before and after the change; ``changed`` are the names that are added or taken away."""

    before: list[str]
    after: list[str]
    changed: list[str]


def client_names(
    urls: Iterable[ClientUrl], extra: Sequence[str] = (), ignored: Sequence[Mapping[str, str]] = ()
) -> Names:
    """Names for the hosts of ``urls`` and ``extra``, less the ``ignored`` hosts."""
    left_out = ignored_hosts(ignored)
    wanted: dict[str, list[str]] = {}
    problems: list[Problem] = []
    used: dict[str, str] = {}
    for url in urls:
        host, problem = host_of(url.url, url.source)
        if host in left_out:
            used[host] = left_out[host]
        elif problem := problem or _of_microsoft(host, url):
            problems.append(problem)
        else:
            wanted.setdefault(name_of(host), []).append(url.source)
    for text in extra:
        wanted.setdefault(name_of(extra_host(text)), []).append("hma_spn_extra_names")
    return Names(dict(sorted(wanted.items())), problems, used)


def usage(sources: Iterable[str], servers: int = 0) -> str:
    """Where a name comes from, server by server: "EX1 mapi, ews". Directories that every one of several ``servers``
    uses it for are said once."""
    by_server: dict[str, list[str]] = {}
    for source in sources:
        server, _space, rest = source.partition(" ")
        by_server.setdefault(server, []).append(rest.partition(" ")[0])
    same: dict[str, list[str]] = {}
    for server, kinds in by_server.items():
        same.setdefault(", ".join(kind for kind in dict.fromkeys(kinds) if kind), []).append(server)
    shown = [f"{_servers(names, servers)} {kinds}".strip() for kinds, names in list(same.items())[:_SHOWN_SERVERS]]
    more = sum(len(names) for names in list(same.values())[_SHOWN_SERVERS:])
    return "; ".join([*shown, *([f"{more} more servers"] if more else [])])


def _servers(names: Sequence[str], every: int) -> str:
    if len(names) == every > 1:
        return f"all {every} servers"
    more = len(names) - _SHOWN_SERVERS
    return " and ".join([", ".join(names[:_SHOWN_SERVERS]), *([f"{more} more"] if more > 0 else [])])


def ignored_hosts(ignored: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The hosts of hma_spn_ignored, and why each is left out."""
    return {_ignored_host(item["host"]): item["reason"] for item in ignored}


def name_of(host: str) -> str:
    """The form Microsoft's article registers: https, host, slash, no path."""
    return f"https://{host}/"


def host_of(url: str | None, source: str) -> tuple[str, Problem | None]:
    """The lower-case host of a client URL, and the problem that keeps it from being registered, if any."""
    if url is None or not url.strip():
        return "", Problem(source, "", "unset", "no URL is set; clients are not sent here by it.", blocks=False)
    if any(character in url.strip() for character in "\t\r\n"):
        # urlsplit drops these without a word, and so makes a host of what is none.
        return "", Problem(source, url, "malformed", "there is a tab or a line end in it.", blocks=True)
    try:
        parts = urlsplit(url.strip())
        host, port = host_in(url.strip()), parts.port
    except ValueError as exc:
        return "", Problem(source, url, "malformed", f"not a URL ({exc}).", blocks=True)
    host = _without_root(host)
    if fold(parts.scheme) == "http":
        text = "an http URL: clients may ask for the http name, which is not registered. Correct the URL to https."
        return host, Problem(source, url, "http", text, blocks=False)
    if fold(parts.scheme) != "https" or parts.username is not None:
        return host, Problem(source, url, "malformed", "not an https URL of a host.", blocks=True)
    if port not in (None, 443):
        return host, Problem(
            source, url, "port", "a port other than 443 is part of the name clients ask for.", blocks=True
        )
    trouble = _host_trouble(host)
    return host, Problem(source, url, trouble[0], trouble[1], blocks=True) if trouble else None


def asked_name(text: str, *, present: bool, literal: bool = False) -> str:
    """The name that a person asks for: of a host, or as a record or the service principal has it.

    What is taken away is taken as it is written there, so that a name of any form can be: without the slash, http, with
    a port.
    """
    if literal or (not present and "://" in text):
        return text
    return name_of(extra_host(text, "names"))


def extra_host(text: str, variable: str = "hma_spn_extra_names") -> str:
    """The host of an extra name, written as 'host' or 'https://host/'."""
    written = _WRITTEN.fullmatch(text)
    if written is None:
        why = "only https and a host give a name: no other scheme, no port, no path."
    else:
        host, problem = host_of(f"https://{written[1]}/", variable)
        if problem is None:
            return host
        why = problem.message
    raise ParseError(f"{variable}: {shown(text)}: {why} Write the host alone, as mail.contoso.com.")


def _ignored_host(text: str) -> str:
    """The host of an ignored entry. Unlike an extra name it may be what gives no name: one label, an address, a
    wildcard."""
    written = _WRITTEN.fullmatch(text)
    host = _without_root(fold(written[1] if written else text.strip("[]")))
    if written is None and not _is_address(host):
        raise ParseError(
            f"hma_spn_ignored: {shown(text)} is no host, so it would leave nothing out. Write the host "
            f"alone, as mail.contoso.com."
        )
    return host


def plan_names(current: Sequence[str], wanted: Sequence[str], *, present: bool = True) -> NamePlan:
    """Add (or take away) exactly ``wanted``; everything else keeps its text, case and order.

    The directory stores literal text, so https://host and https://host/ are two names (seen in a real tenant); the
    form with the slash is added beside the other. Scheme and host are compared without case.
    """
    before = list(current)
    if present:
        missing = lacking(before, wanted)
        return NamePlan(before, before + missing, missing)
    built_in = [name for name in wanted if is_built_in(name)]
    if built_in:
        raise Refused(f"{', '.join(built_in)}: a name of Exchange Online itself; it is never removed.")
    asked = folded(wanted)
    return NamePlan(before, without(before, asked), [name for name in before if fold(name) in asked])


def is_built_in(name: str) -> bool:
    """Whether Microsoft put this name there: the application's own id or hosts."""
    if fold(name).startswith(EXCHANGE_ONLINE):
        return True
    host = url_host(name)
    return any(host == domain or host.endswith(f".{domain}") for domain in _BUILT_IN_DOMAINS)


def url_host(text: str) -> str:
    """The host of a URL or of a name, without the root's dot; empty where there is none."""
    try:
        return _without_root(host_in(text.strip()))
    except ValueError:  # no URL, so no host
        return ""


def is_plausible(names: Sequence[str]) -> bool:
    """A list without the bare application id is a stale replica's or a damaged object's: nothing is built on it."""
    return any(fold(name) == EXCHANGE_ONLINE for name in names)


def _host_trouble(host: str) -> tuple[str, str] | None:
    if not host:
        return "malformed", "there is no host in it."
    if "*" in host:
        return "wildcard", "a wildcard is no name a client asks for; register each host."
    labels = host.split(".")
    if _is_address(host) or _NUMBER.fullmatch(labels[-1]):
        return "ip", "clients do not ask for a token for an address; use a name."
    if len(name_of(host)) > _LONGEST_NAME:
        return "too_long", f"the name would have {len(name_of(host))} characters; {_LONGEST_NAME} is the limit."
    if not all(_LABEL.fullmatch(label) for label in labels):
        return "malformed", "the host is no DNS name (write an international name in its xn-- form)."
    if len(labels) == 1:
        return "single_label", "a name of one label is not unique in Entra; give the URL a full name."
    return None


def _of_microsoft(host: str, url: ClientUrl) -> Problem | None:
    """Where a migrated organization sends its clients for Autodiscover: that name was never ours to register."""
    if not is_built_in(name_of(host)):
        return None
    text = "a host of Microsoft's own: its name is Exchange Online's, and is not registered for Exchange Server."
    return Problem(url.source, url.url or "", MICROSOFT, text, blocks=False)


def _without_root(host: str) -> str:
    """hma_probe runs on any Python from 3.8 on, which has no removesuffix."""
    return host[:-1] if host.endswith(".") else host


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
