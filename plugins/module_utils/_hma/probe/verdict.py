# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What an answer to an empty Bearer proves: one verdict per answer, with its reason.

Sources: challenges recorded in the wild (MRCA, EAS guides, EWS clients); what newer builds do without a mailbox hint is
from public reports, what MAPI, OAB and Autodiscover answer is INFERRED from ActiveSync and EWS.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from ..base.comparison import fold
from ..base.values import shown
from ..checks.probe import REACHABLE
from ..entra.clouds import Cloud
from ..entra.spns import EXCHANGE_ONLINE
from .addresses import REDIRECTED, host_of_https, is_online, judge_redirect
from .challenge import READINGS, bearers, parse_challenges

PROVEN: Final = "proven"
REFUTED: Final = "refuted"
UNPROVEN: Final = "unproven"
# verdict -> what it is to the question "are clients offered modern authentication?"
VERDICTS: Final[Mapping[str, str]] = {
    "ready": PROVEN,
    "not_offered": REFUTED,
    "no_endpoint": REFUTED,
    "adfs": REFUTED,
    "other_endpoint": REFUTED,
    "odd_endpoint": REFUTED,
    "contradictory": REFUTED,
    "other_bearer": REFUTED,
    "pre_authenticated": REFUTED,
    "elsewhere": REFUTED,
    "not_found": REFUTED,
    "unregistered": REFUTED,
    "indeterminate": UNPROVEN,
    "redirected": UNPROVEN,
    "moved": UNPROVEN,
    "tls": UNPROVEN,
    "handshake": UNPROVEN,
    "unreachable": UNPROVEN,
    "timeout": UNPROVEN,
}
READY: Final = "ready"
# Settings take time, so these may still become what is expected. The others stay as they are until somebody acts.
PASSING: Final = frozenset({"not_offered", "no_endpoint", "adfs", "other_endpoint", "odd_endpoint", "ready"})
# What is expected -> the verdicts that are right. Off is: no Bearer, or one that sends nobody anywhere. Reachable is:
# Exchange itself answers, whatever it offers, so that the settings of this very run may still change it.
_RIGHT: Final[Mapping[str, frozenset[str]]] = {
    READY: frozenset({"ready"}),
    "not_offered": frozenset({"not_offered", "no_endpoint"}),
    REACHABLE: PASSING,
}
EXPECTED: Final = tuple(_RIGHT)


@dataclass(frozen=True)
class Answer:
    """What came back: a status with its headers (names in lower case), or why nothing did."""

    status: int | None = None
    headers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    body: str = ""
    failure: str = ""
    detail: str = ""

    def header(self, name: str) -> str:
        return ", ".join(self.headers.get(name, ()))


@dataclass(frozen=True)
class Verdict:
    """``offered`` are the schemes of the answer; ``url`` is what AutoDiscover v2 hands out, or where it leads."""

    verdict: str
    reason: str
    authorization_uri: str | None = None
    trusted_issuers: str | None = None
    issuer_kind: str | None = None
    offered: tuple[str, ...] = ()
    url: str | None = None
    restarting: bool = False
    # Exchange answers, and says more only where a mailbox is named.
    unhinted: bool = False

    @property
    def passing(self) -> bool:
        """Whether to ask again makes sense."""
        return self.verdict in PASSING or self.restarting

    def weight(self, expected: str) -> str:
        """What it is to the expected state: proven, refuted or unproven."""
        return PROVEN if self.unhinted and expected == REACHABLE else weight(self.verdict, expected)


def is_expected(verdict: str, expected: str) -> bool:
    """``expected`` is one of EXPECTED."""
    return verdict in _RIGHT[expected]


def weight(verdict: str, expected: str) -> str:
    """What a verdict is to the expected state: proven, refuted or unproven."""
    if is_expected(verdict, expected):
        return PROVEN
    return UNPROVEN if VERDICTS[verdict] == UNPROVEN else REFUTED


def judge(
    answer: Answer, cloud: Cloud, *, hinted: bool, hosts: Sequence[str] = (), follows: Sequence[str] = ()
) -> Verdict:
    """The verdict on the answer to an empty Bearer. ``hinted`` = the request named a mailbox; ``hosts`` = further
    sign-in hosts; ``follows`` = published names that clients follow a redirect to."""
    early = _no_challenge(answer, cloud, follows)
    if early is not None:
        return early
    challenges = parse_challenges(answer.headers.get("www-authenticate", ()))
    offered = tuple(dict.fromkeys(item.scheme for item in challenges))
    found = [
        reading
        for item in bearers(challenges)
        for reading in item.readings("client_id", "authorization_uri", "issuer_kind")
    ]
    if not found:
        return Verdict(
            "not_offered", f"401 offers {', '.join(offered) or 'no scheme at all'}, and no Bearer.", offered=offered
        )
    judged = [
        (*_judge_bearer(reading, answer, cloud, hinted=hinted, hosts=hosts), reading) for reading in found[:READINGS]
    ]
    verdict, reason, parameters = judged[0]
    if len({item[0] for item in judged}) > 1 or len(found) > READINGS:
        verdict, reason = (
            "contradictory",
            f"the answer says several things of Bearer: "
            f"{'; '.join(dict.fromkeys(item[1].rstrip('.') for item in judged))}.",
        )
    uri, issuers, kind = (
        parameters.get(name) or None for name in ("authorization_uri", "trusted_issuers", "issuer_kind")
    )
    return Verdict(verdict, reason, uri, issuers, kind, offered, unhinted=verdict == "indeterminate")


def _no_challenge(answer: Answer, cloud: Cloud, follows: Sequence[str]) -> Verdict | None:
    """Answers that carry no challenge to read, and no answer at all."""
    if answer.status is None:
        return Verdict(answer.failure or "unreachable", answer.detail)
    status = answer.status
    if status == 401:
        return None
    place = answer.header("location")
    if status == 451:
        to = answer.header("x-ms-location")
        return Verdict(
            "moved",
            f"451: the mailbox of this identity is elsewhere{f' ({shown(to)})' if to else ''}; it proves "
            f"nothing about this server.",
        )
    if 300 <= status < 400:
        verdict, reason = judge_redirect(status, place, cloud, follows)
        # Only what leads on is kept: where people are signed in, an address may carry what nobody is to see.
        return Verdict(verdict, reason, url=place if verdict == REDIRECTED else None)
    if status < 300:
        return Verdict(
            "pre_authenticated",
            f"{status} without signing in: something in front answers instead of Exchange, or the directory is open.",
        )
    if status == 404:
        return Verdict("not_found", "404: nothing is published at this path.")
    if status >= 500:
        return Verdict(
            "indeterminate",
            f"{status}: Exchange is starting, out of service, or not behind this address.",
            restarting=True,
        )
    return Verdict(
        "indeterminate",
        f"{status} instead of 401: a filter in front, or IIS, refuses the request before signing in is offered.",
    )


def _judge_bearer(
    parameters: Mapping[str, str], answer: Answer, cloud: Cloud, *, hinted: bool, hosts: Sequence[str]
) -> tuple[str, str]:
    client = parameters.get("client_id", "")
    if fold(client) != EXCHANGE_ONLINE:
        return (
            "other_bearer",
            f"the Bearer challenge is of client_id {shown(client)}, not of Exchange: something in front answers.",
        )
    uri = parameters.get("authorization_uri", "")
    if not uri:
        return _without_endpoint(parameters, answer, hinted=hinted)
    kind, host = fold(parameters.get("issuer_kind", "")), host_of_https(uri)
    if kind == "adfs" or (host and fold(urlsplit(uri).path).startswith("/adfs/")):
        return (
            "adfs",
            f"clients are sent to AD FS ({shown(uri)}): an AuthServer of type ADFS is the default "
            f"authorization endpoint.",
        )
    if not host:
        return (
            "odd_endpoint",
            f"authorization_uri is {shown(uri)}: no https address of a bare host, so each client may read "
            f"another host in it.",
        )
    if host and host in {*cloud.authorization_hosts, *(fold(item) for item in hosts)}:
        return "ready", f"clients are sent to {host}."
    if kind == "azuread" and host and cloud.authority != "login.microsoftonline.com":
        # UNKNOWN what Exchange names in the other clouds (facts); its own word for the kind of issuer is taken.
        return "ready", f"clients are sent to {host}, which Exchange says is Entra."
    return (
        "other_endpoint",
        f"clients are sent to {shown(uri)}, which is no sign-in host of this cloud "
        f"({', '.join(cloud.authorization_hosts)}).",
    )


def _without_endpoint(parameters: Mapping[str, str], answer: Answer, *, hinted: bool) -> tuple[str, str]:
    diagnostics = answer.header("x-ms-diagnostics")
    refused = fold(parameters.get("error", "")) == "invalid_token" or "oauth_not_available" in diagnostics
    if refused and not hinted:
        return (
            "indeterminate",
            "Bearer without authorization_uri and with invalid_token: this build tells it only where a "
            "mailbox is named.",
        )
    why = (
        "modern authentication is off for the organization, or there is no default authorization endpoint, or "
        "more than one"
    )
    if refused:
        why += ", or an authentication policy blocks it for this identity"
    return "no_endpoint", f"Bearer without authorization_uri: {why}."


def judge_autodiscover(answer: Answer, names: Sequence[str], cloud: Cloud) -> Verdict:
    """The verdict on AutoDiscover v2: the URL it hands out must be of a host that is registered."""
    if answer.status is None:
        return Verdict(answer.failure or "unreachable", answer.detail)
    place = answer.header("location")
    if 300 <= answer.status < 400 and is_online(host_of_https(place), cloud):
        return Verdict(
            "moved",
            f"{answer.status} to {shown(host_of_https(place))}: the mailbox of this identity is in Exchange Online.",
            url=place,
        )
    if answer.status != 200:
        return Verdict(
            "indeterminate",
            f"{answer.status} instead of 200 with a URL: AutoDiscover v2 is not published here, or does not "
            f"know this mailbox.",
        )
    url = _handed_out(answer.body)
    host = host_of_https(url or "")
    if url is None or not host:
        return Verdict("indeterminate", f"200, but no URL in it: {shown(answer.body)}")
    if is_online(host, cloud):
        return Verdict(
            "moved", f"it hands out {shown(url)}: the mailbox of this identity is in Exchange Online.", url=url
        )
    if host not in {fold(name) for name in names}:
        return Verdict(
            "unregistered", f"it hands out {shown(url)}; {host} is none of the names: {', '.join(names)}.", url=url
        )
    return Verdict("ready", f"it hands out {shown(url)}.", url=url)


def _handed_out(body: str) -> str | None:
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    url = found.get("Url") if isinstance(found, dict) else None
    return url if isinstance(url, str) else None
