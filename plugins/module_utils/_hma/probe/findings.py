# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. From rows to findings: which server, which protocol, what was offered, what to type next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ..base.command import advice, look
from ..base.comparison import fold
from ..checks.check import Check, Finding
from ..checks.probe import CHECKS, REACHABLE
from ..entra.clouds import CHINA
from .addresses import REDIRECTED, host_of_https
from .rows import Row, describe, next_step
from .targets import AUTODETECT_NAMES, AUTODETECT_RANGES, AUTODISCOVER_V2
from .verdict import PROVEN, READY, REFUTED, UNPROVEN

_CHECKS: Final[Mapping[str, Check]] = {check.id: check for check in CHECKS}
SERVER: Final = _CHECKS["HMA-PRB-001"]
PUBLISHED: Final = _CHECKS["HMA-PRB-002"]
IN_FRONT: Final = _CHECKS["HMA-PRB-003"]
IDENTITY: Final = _CHECKS["HMA-PRB-004"]
VERSION_2: Final = _CHECKS["HMA-PRB-005"]
MOBILE: Final = _CHECKS["HMA-PRB-007"]

_POLICIES: Final = (
    look("Get-AuthenticationPolicy", "Format-List", "Name", "BlockModernAuth*"),
    look("Get-User", "Format-Table", "Name", "AuthenticationPolicy"),
)
_EXPECTED: Final[Mapping[str, str]] = {
    "ready": "Bearer with an authorization endpoint of Entra",
    "not_offered": "no modern authentication",
    REACHABLE: "an answer of Exchange",
}
_LATER: Final = "Exchange answers here. What it offers clients is asked after the switch."
_MOBILE: Final = "Outlook for iOS and Android"
# Microsoft's pages of 2021 say that AutoDetect serves no tenant of 21Vianet; the newer article (2024) is silent.
_MOBILE_UNKNOWN: Final = (
    "no source says whether Microsoft's AutoDetect service serves tenants of this cloud (21Vianet); as of 2026-11-26."
)


@dataclass(frozen=True)
class Outcome:
    """All answers of one protocol at one place, with and without identities, and what they prove together."""

    rows: Sequence[Row]
    weight: str
    row: Row

    @property
    def differs(self) -> bool:
        """Some identities are offered it and some are not: a pilot, or an authentication policy."""
        return any(row.verdict == "ready" for row in self.rows) and any(
            row.verdict == "no_endpoint" and row.identity for row in self.rows
        )


def outcomes(rows: Iterable[Row], expected: str) -> list[Outcome]:
    """One per place and protocol, in the order of the rows."""
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        key = (row.server, row.target, row.address, row.protocol, row.url if row.protocol == AUTODISCOVER_V2 else "")
        groups.setdefault(key, []).append(row)
    found = [_outcome(group, expected) for group in groups.values()]
    return [_as_where_it_leads(outcome, found) for outcome in found]


def _as_where_it_leads(outcome: Outcome, found: Sequence[Outcome]) -> Outcome:
    """A redirect that Outlook follows is as good as what answers at the name it leads to, which is asked too."""
    if outcome.row.verdict != REDIRECTED:
        return outcome
    there = (item for item in found if item.row.verdict != REDIRECTED and not item.row.server)
    to, protocol = host_of_https(outcome.row.handed_out or ""), outcome.row.protocol
    weight = next((item.weight for item in there if (item.row.target, item.row.protocol) == (to, protocol)), UNPROVEN)
    return replace(outcome, weight=weight)


def _outcome(rows: Sequence[Row], expected: str) -> Outcome:
    """Offered to one is offered: a build that wants a mailbox hint says nothing without one, and a policy may block
    some.

    What depends on nobody's identity has to be right in every answer: behind a balancer they come from different
    servers. Off has to be off for all.
    """
    if expected == READY:
        definite = [row for row in rows if row.state == REFUTED and row.verdict != "no_endpoint"]
        order: tuple[str, ...] = (REFUTED,) if definite else (PROVEN, REFUTED, UNPROVEN)
    else:
        definite, order = [], (REFUTED, PROVEN, UNPROVEN)
    state, decisive = next(
        (state, row) for state in order for row in definite or _hinted_first(rows) if row.state == state
    )
    return Outcome(rows, state, decisive)


def settled(rows: Sequence[Row], expected: str) -> list[Row]:
    """The rows for the result: what the answers of a place prove together is the state of each of them."""
    proven = {id(row) for outcome in outcomes(rows, expected) if outcome.weight == PROVEN for row in outcome.rows}
    return [replace(row, state=PROVEN) if id(row) in proven else row for row in rows]


def _hinted_first(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row.identity is None)


def findings(
    rows: Sequence[Row], expected: str, inventory: Sequence[str] = (), *, cloud: str = "global"
) -> list[Finding]:
    """What the rows say, as findings: one for each thing that is not right, one for each place where all is."""
    answers = outcomes(rows, expected)
    if expected != READY:
        return _places(answers, expected, inventory)
    return [
        *_places(answers, expected, inventory),
        *(_difference(outcome, answers) for outcome in answers if _is_hidden(outcome, answers)),
        *(_pilot(outcome) for outcome in answers if _is_pilot(outcome, answers)),
        *_mobile(answers, cloud),
    ]


def _places(answers: Sequence[Outcome], expected: str, inventory: Sequence[str]) -> list[Finding]:
    proven: dict[tuple[Check, str], list[Outcome]] = {}
    for outcome in answers:
        if outcome.weight == PROVEN:
            proven.setdefault((_check(outcome), outcome.row.place), []).append(outcome)
    wrong = {(_check(outcome), outcome.row.place) for outcome in answers if outcome.weight != PROVEN}
    return [
        *(_not_proven(outcomes, expected, inventory) for outcomes in _alike(answers)),
        *(
            _proven(check, place, outcomes, expected)
            for (check, place), outcomes in proven.items()
            if (check, place) not in wrong
        ),
    ]


def _proven(check: Check, place: str, outcomes: Sequence[Outcome], expected: str) -> Finding:
    """That Exchange answers does not mean that clients are offered anything: no check of that is passed by it."""
    server = outcomes[0].row.server
    if expected == REACHABLE:
        return check.not_applicable(place, f"{_protocols(outcomes)}: {_LATER}", server=server)
    return check.passed(place, f"{_protocols(outcomes)}: {_EXPECTED[expected]}.", server=server)


def _not_proven(alike: Sequence[Outcome], expected: str, inventory: Sequence[str]) -> Finding:
    first = alike[0]
    make = _check(first).unread if first.weight == UNPROVEN else _check(first).failed
    fix, commands = next_step(first.row, _protocols(alike), inventory)
    actual = f"{first.row.verdict}: {first.row.offers} offered"
    return make(
        _places_of(alike),
        describe(first.row),
        fix,
        expected=_EXPECTED[expected],
        actual=actual,
        server=first.row.server,
        commands=commands,
    )


def _alike(answers: Iterable[Outcome]) -> list[list[Outcome]]:
    """What is not proven, put together where place, verdict and reason are the same: a server that is off is one
    line."""
    groups: dict[tuple[Any, ...], list[Outcome]] = {}
    for outcome in answers:
        if outcome.weight != PROVEN:
            key = (_check(outcome), outcome.row.place, outcome.row.address, outcome.row.verdict, outcome.row.reason)
            groups.setdefault(key, []).append(outcome)
    return list(groups.values())


def _check(outcome: Outcome) -> Check:
    if outcome.row.server:
        return SERVER
    return VERSION_2 if outcome.row.protocol == AUTODISCOVER_V2 else PUBLISHED


def _protocols(group: Iterable[Outcome]) -> str:
    return ", ".join(dict.fromkeys(outcome.row.protocol for outcome in group))


def _servers(outcome: Outcome, answers: Sequence[Outcome]) -> list[Outcome]:
    return [other for other in answers if other.row.server and other.row.protocol == outcome.row.protocol]


def _is_hidden(outcome: Outcome, answers: Sequence[Outcome]) -> bool:
    """Whether every server that answered offers it and this published name does not, or says something else."""
    # First, because a fleet has thousands of answers of servers.
    if outcome.row.server or outcome.row.verdict == REDIRECTED:
        return False
    servers = [other for other in _servers(outcome, answers) if other.weight != UNPROVEN]
    if not servers or any(other.weight == REFUTED for other in servers):
        return False
    return outcome.weight == REFUTED or (
        outcome.weight == PROVEN and _endpoint(outcome) not in {_endpoint(other) for other in servers}
    )


def _endpoint(outcome: Outcome) -> str:
    return fold(outcome.row.authorization_uri or "")


def _difference(outcome: Outcome, answers: Sequence[Outcome]) -> Finding:
    servers = _servers(outcome, answers)
    names = ", ".join(dict.fromkeys(other.row.place for other in servers if other.weight == PROVEN))
    answer = (
        f"the endpoint {outcome.row.authorization_uri}"
        if outcome.weight == PROVEN
        else f"{outcome.row.verdict} ({outcome.row.offers})"
    )
    place = f"{outcome.row.target} {outcome.row.protocol}"
    text = (
        f"asked directly, {names} offer Bearer with {servers[0].row.authorization_uri}; through "
        f"{outcome.row.address} clients get {answer}."
    )
    fix = (
        "The device in front strips or rewrites Authorization or WWW-Authenticate, or offloads TLS: pass both "
        "through and re-encrypt to the servers."
    )
    return IN_FRONT.failed(place, text, fix)


def _is_pilot(outcome: Outcome, answers: Sequence[Outcome]) -> bool:
    """Through a balancer two identities may have met two servers; where the servers were asked themselves, they
    tell."""
    servers = [] if outcome.row.server else _servers(outcome, answers)
    return outcome.differs and (not servers or any(other.differs for other in servers))


def _pilot(outcome: Outcome) -> Finding:
    place = f"{outcome.row.place} {outcome.row.protocol}"
    text = "; ".join(f"{row.identity or 'no identity'}: {row.verdict}" for row in _hinted_first(outcome.rows))
    fix = "Right for a pilot. Otherwise look which policy blocks modern authentication, and who has it."
    return IDENTITY.failed(place, f"the answer depends on who asks: {text}.", fix, commands=_POLICIES)


def _mobile(answers: Sequence[Outcome], cloud: str) -> list[Finding]:
    """What a probe can say of Outlook for phones; the way from Microsoft's own addresses cannot be tried."""
    needed = [
        outcome
        for outcome in answers
        if not outcome.row.server and outcome.row.protocol in ("activesync", AUTODISCOVER_V2)
    ]
    if not needed:
        return []
    if cloud == CHINA:
        return [
            MOBILE.unread(_MOBILE, _MOBILE_UNKNOWN, "Ask 21Vianet before you promise Outlook on phones to anybody.")
        ]
    wrong = [outcome for outcome in needed if outcome.weight != PROVEN]
    fix = (
        f"Let {', '.join(AUTODETECT_RANGES)} reach TCP 443 of the published names uninspected "
        f"({', '.join(AUTODETECT_NAMES)})."
    )
    if wrong:
        text = (
            f"{', '.join(dict.fromkeys(outcome.row.place + ' ' + outcome.row.protocol for outcome in wrong))} "
            f"not as phones need it."
        )
        return [MOBILE.failed(_MOBILE, text, fix)]
    text = "ActiveSync is right from here; whether Microsoft's AutoDetect service gets in cannot be tried from here."
    return [MOBILE.unread(_MOBILE, text, fix)]


def table(rows: Sequence[Row], expected: str, inventory: Sequence[str] = ()) -> list[str]:
    """What is not as expected, for people: one line for all places with the same verdict and the same next step."""
    groups: dict[tuple[str, str], list[Outcome]] = {}
    for group in _alike(outcomes(rows, expected)):
        step = advice(*next_step(group[0].row, _protocols(group), inventory))
        groups.setdefault((group[0].row.verdict, step), []).extend(group)
    return [f"{_places_of(group)}: {describe(group[0].row)} -> {step}" for (_verdict, step), group in groups.items()]


def _places_of(group: Iterable[Outcome]) -> str:
    places: dict[str, list[Outcome]] = {}
    for outcome in group:
        places.setdefault(outcome.row.place, []).append(outcome)
    return "; ".join(f"{place} {_protocols(own)}" for place, own in places.items())


def summary(rows: Sequence[Row], expected: str) -> dict[str, int]:
    """How many places and protocols are proven, refuted, unproven."""
    weights = [outcome.weight for outcome in outcomes(rows, expected)]
    return {state: weights.count(state) for state in (PROVEN, REFUTED, UNPROVEN)}
