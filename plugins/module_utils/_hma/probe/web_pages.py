# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What Outlook on the web and the admin center answer to somebody who has not signed in, and what it proves.

Sources: HMA article, section on OWA and ECP; the request of Exchange Online in public copies. What Exchange Server
sends has the same shape (inferred), so that only client_id and redirect_uri are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

from ..base.comparison import fold
from ..base.facts import Facts
from ..base.values import shown
from ..entra.clouds import Cloud
from ..entra.reply_urls import ends_alike, is_registered
from ..entra.spns import EXCHANGE_ONLINE, ClientUrl, host_of
from .addresses import host_of_https
from .targets import PAGES, Server, Target, split_address
from .verdict import PROVEN, REFUTED, UNPROVEN, Answer

READY, FORMS, ADFS, IIS = "ready", "forms", "adfs", "iis"
NO_EFFECT, UNREGISTERED, OTHER = "no_effect", "unregistered", "other"
# What lets somebody in without Entra.
_METHODS: Final = frozenset({FORMS, ADFS, IIS})
ENTRA: Final = "entra"
# An address that is longer says nothing more to a person.
_LONG: Final = 300
_OTHER_END: Final = (
    " It is registered with another end (the slash). That should make no difference, and nobody has recorded it: if "
    "people get AADSTS50011, it makes one; enable_owa_hma registers both."
)


@dataclass(frozen=True)
class Registered:
    """The reply URLs of one tenant, as they were read."""

    tenant: str
    reply_urls: tuple[str, ...]


@dataclass(frozen=True)
class PageVerdict:
    """What an answer is, and why."""

    verdict: str
    reason: str
    redirect_uri: str | None = None


@dataclass(frozen=True)
class PageRow(Facts):
    """One page at one address, judged. ``state``: proven, refuted or unproven, for what is expected."""

    kind: str
    url: str
    address: str
    server: str
    verdict: str
    state: str
    reason: str
    redirect_uri: str | None = None
    status: int | None = None

    @property
    def line(self) -> str:
        return f"{self.url} at {self.server} ({self.address}): {self.reason}"


def pages_of(server: Server, urls: Iterable[ClientUrl]) -> list[Target]:
    """Each page of one server, under each name that its own URLs have, at the server's own address."""
    address, port = split_address(server.connect_to)
    labels = {fold(server.server), fold(server.server).partition(".")[0]}
    own = [url for url in urls if fold(url.server) in labels and url.kind in PAGES]
    names = dict.fromkeys((url.kind, host_of(url.url, "")[0]) for url in own)
    return [Target(host, kind, address, port, server.host, server.server, server.tls) for kind, host in names if host]


def judge_page(
    answer: Answer, target: Target, cloud: Cloud, registered: Sequence[Registered], hosts: Sequence[str] = ()
) -> PageVerdict:
    """The verdict on one answer. ``hosts`` are further sign-in hosts that are right."""
    if answer.status is None:
        return PageVerdict(answer.failure or "unreachable", answer.detail)
    if 300 <= answer.status < 400:
        return _redirected(answer.header("location"), target, cloud, registered, hosts)
    if answer.status == 401:
        return _refused(answer)
    if answer.status >= 500 or answer.status == 440:
        return PageVerdict(NO_EFFECT, f"{answer.status}: it is starting, or what is set has no effect here.")
    return PageVerdict(OTHER, f"{answer.status} instead of a redirect: something else than Exchange answers here.")


def row_of(target: Target, answer: Answer, verdict: PageVerdict, expected: str) -> PageRow:
    return PageRow(
        kind=target.protocol,
        url=f"https://{target.name}{target.path}",
        address=target.where,
        server=target.server,
        verdict=verdict.verdict,
        state=_state(answer, verdict.verdict, expected),
        reason=verdict.reason,
        redirect_uri=verdict.redirect_uri,
        status=answer.status,
    )


def _state(answer: Answer, verdict: str, expected: str) -> str:
    if answer.status is None:
        return UNPROVEN
    right = verdict == READY if expected == ENTRA else verdict in _METHODS
    return PROVEN if right else REFUTED


def _refused(answer: Answer) -> PageVerdict:
    schemes = [value.split(" ")[0] for value in answer.headers.get("www-authenticate", ()) if value.strip()]
    if schemes:
        return PageVerdict(IIS, f"401 offers {_brief(', '.join(schemes))}: a method of IIS is still on.")
    return PageVerdict(NO_EFFECT, "401 and no way to sign in: what is set has no effect here, or nothing is set.")


def _redirected(
    location: str, target: Target, cloud: Cloud, registered: Sequence[Registered], hosts: Sequence[str]
) -> PageVerdict:
    host, path, query = _parts(location)
    if "/auth/logon.aspx" in fold(path) and _is_of(location, target.name):
        return PageVerdict(FORMS, "people are sent to the form of Exchange (logon.aspx): forms authentication is on.")
    if fold(path).startswith("/adfs/"):
        return PageVerdict(ADFS, f"people are sent to AD FS ({shown(host)}).")
    if host not in {*cloud.authorization_hosts, *(fold(item) for item in hosts)}:
        return PageVerdict(
            OTHER,
            f"people are sent to {shown(host or location)}, which is no sign-in host of this cloud "
            f"({', '.join(cloud.authorization_hosts)}).",
        )
    client, redirect = query.get("client_id", ""), query.get("redirect_uri", "")
    if fold(client) != EXCHANGE_ONLINE:
        return PageVerdict(OTHER, f"people are sent to {host} for the application {shown(client)}, not for Exchange.")
    if host_of_https(redirect) != fold(target.name) or not _is_page(redirect, target.protocol):
        return PageVerdict(
            OTHER, f"Entra would send people back to {shown(redirect)}, which is not this page.", redirect
        )
    missing = [item.tenant for item in registered if not is_registered(item.reply_urls, redirect)]
    if missing:
        return PageVerdict(
            UNREGISTERED,
            f"Entra would send people back to {_brief(redirect)}, which is no reply URL in {', '.join(missing)} "
            "(AADSTS50011).",
            redirect,
        )
    other_end = "" if all(ends_alike(item.reply_urls, redirect) for item in registered) else _OTHER_END
    return PageVerdict(READY, f"people are sent to {host}, and back to {_brief(redirect)}.{other_end}", redirect)


def _is_of(location: str, name: str) -> bool:
    """Whether a redirect stays at the host that was asked; a browser takes a backslash for a slash."""
    if location.startswith("/"):
        return location[1:2] not in ("/", "\\")
    try:
        place = urlsplit(location).netloc
    except ValueError:
        return False
    return "\\" not in location and fold(place.partition(":")[0]) == fold(name) and "@" not in place


def _brief(text: str) -> str:
    """What was answered, as it is unless it is long."""
    return text if len(text) <= _LONG else f"{text[:_LONG]}..."


def _is_page(redirect: str, kind: str) -> bool:
    return fold(urlsplit(redirect).path).strip("/").partition("/")[0] == kind


def _parts(location: str) -> tuple[str, str, Mapping[str, str]]:
    """Host (empty where it is the same one, or no https address), path, and the first value of each parameter."""
    try:
        parts = urlsplit(location)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    except ValueError:
        return "", "", {}
    return host_of_https(location), parts.path, query
