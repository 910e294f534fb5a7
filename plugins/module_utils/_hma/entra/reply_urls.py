# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Reply URLs: where Entra may send people back to after they signed in to Outlook on the web and ECP.

Sources: HMA article, section on OWA and ECP; "Redirect URI (reply URL) restrictions and limitations". Host and scheme
compare without case, the path compares with case. Whether the slash at the end makes a difference for this application
nobody has recorded: the article registers /owa, and Exchange asks with /owa/. So both are registered, and whoever
judges what somebody else registered says where one of the two is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from ..base.comparison import fold, host_in
from ..base.errors import Refused
from .spns import ClientUrl, NamePlan, Names, Problem, host_of, ignored_hosts, is_built_in

# Of one application, and of one URL, for those that sign in work and school accounts alone.
MOST: Final = 256
LONGEST: Final = 256
PROXY: Final = "msappproxy.net"


@dataclass(frozen=True)
class Compared:
    """A reply URL by what it compares by."""

    scheme: str
    host: str
    path: str

    @classmethod
    def of(cls, url: str) -> Compared:
        """Without the slash at its end. Of what is no URL the text counts."""
        try:
            parts = urlsplit(url)
            query = f"?{parts.query}" if parts.query else ""
            return cls(fold(parts.scheme), fold(parts.netloc), f"{parts.path.rstrip('/')}{query}")
        except ValueError:
            return cls("", "", url)


@dataclass(frozen=True)
class Entry:
    """A reply URL as an entry of the list: with the slash at its end and without it are two of them, and the other one
    may be somebody else's."""

    url: Compared
    slash: bool

    @classmethod
    def of(cls, url: str) -> Entry:
        return cls(Compared.of(url), url.endswith("/"))


def reply_urls(urls: Iterable[ClientUrl], ignored: Sequence[Mapping[str, str]] = ()) -> Names:
    """What is to be registered for the URLs of owa and ecp: as the article has it, without the slash at the end, and
    with it, as Exchange asks.

    Clients are sent to ignored hosts all the same, so an ignored host is a problem here, not an exception.
    """
    left_out = ignored_hosts(ignored)
    wanted: dict[str, list[str]] = {}
    problems: list[Problem] = []
    for url in urls:
        found = _problem(url, left_out)
        if found is not None:
            problems.append(found)
        elif url.url is not None:
            for text in _registered(url.url):
                wanted.setdefault(text, []).append(url.source)
    return Names(dict(sorted(wanted.items())), problems, {})


def plan_reply_urls(current: Sequence[str], wanted: Sequence[str], *, present: bool = True) -> NamePlan:
    """Add (or take away) exactly ``wanted``; every other reply URL keeps its text and its place."""
    before = list(current)
    have = {Entry.of(url) for url in before}
    if not present:
        return _without(before, wanted)
    missing = list({Entry.of(url): url for url in wanted if Entry.of(url) not in have}.values())
    after = before + missing
    if missing and len(after) > MOST:
        raise Refused(
            f"the application would have {len(after)} reply URLs, and {MOST} is the limit (each page takes two, with "
            f"the slash at its end and without it). Take away what nobody uses any more; nothing was written."
        )
    return NamePlan(before, after, missing)


def is_registered(current: Iterable[str], redirect_uri: str) -> bool:
    """Whether it is there, be it with the other form of its end; else people surely get AADSTS50011."""
    return Compared.of(redirect_uri) in {Compared.of(url) for url in current}


def ends_alike(current: Iterable[str], redirect_uri: str) -> bool:
    """Whether one of them is the address with the slash at its end too, or without it as the address is."""
    return Entry.of(redirect_uri) in {Entry.of(url) for url in current}


def _without(before: list[str], wanted: Sequence[str]) -> NamePlan:
    built_in = [url for url in wanted if is_built_in(url)]
    if built_in:
        raise Refused(f"{', '.join(built_in)}: a reply URL of Exchange Online itself; it is never removed.")
    asked = {Entry.of(url) for url in wanted}
    taken = [url for url in before if Entry.of(url) in asked]
    return NamePlan(before, [url for url in before if Entry.of(url) not in asked], taken)


def _registered(url: str) -> tuple[str, str]:
    """https, the host in lower case, and the path as it is configured: its case counts in Entra. Both ends."""
    parts = urlsplit(url.strip())
    text = f"https://{host_in(url.strip())}{parts.path.rstrip('/')}"
    return text, f"{text}/"


def _problem(url: ClientUrl, left_out: Mapping[str, str]) -> Problem | None:
    """Why a URL cannot be registered. One that is not set sends nobody anywhere."""
    host, problem = host_of(url.url, url.source)
    value = url.url or ""
    if problem is not None:
        # Whoever comes by an http address is sent back to one, which Entra refuses.
        return Problem(url.source, value, problem.code, problem.message, blocks=problem.code != "unset")
    if host == PROXY or host.endswith(f".{PROXY}"):
        text = "Entra application proxy in front of Outlook on the web is not supported with HMA."
        return Problem(url.source, value, "application_proxy", text, blocks=True)
    if host in left_out:
        text = f"hma_spn_ignored leaves the host out ({left_out[host]}), and people sign in at it."
        return Problem(url.source, value, "ignored", text, blocks=True)
    if max(map(len, _registered(value))) > LONGEST:
        text = f"a reply URL has at most {LONGEST} characters."
        return Problem(url.source, value, "too_long", text, blocks=True)
    return None
