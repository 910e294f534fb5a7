# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a certificate is of, and when the probe asks again."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.clouds import CLOUDS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe import Answer
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.targets import PROTOCOLS, Target
from ansible_collections.hybrid.exchange.plugins.module_utils._probe import Probe, Question, is_certificate_of

BEARER = 'Bearer client_id="00000002-0000-0ff1-ce00-000000000000"'
READY = Answer(401, {"www-authenticate": [f'{BEARER}, authorization_uri="https://login.windows.net/common"']})
NOT_YET = Answer(401, {"www-authenticate": [BEARER]})
NTLM = Answer(401, {"www-authenticate": ["NTLM"]})
HINT_WANTED = Answer(401, {"www-authenticate": [f'{BEARER}, error="invalid_token"']})
OFF = Answer(failure="unreachable", detail="nobody listens.")
STARTING = Answer(503)


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("ex1.corp.contoso.com", True),
        ("EX1.corp.contoso.com", True),
        ("a.wild.contoso.com", True),
        ("a.b.wild.contoso.com", False),
        ("wild.contoso.com", False),
        ("10.0.0.1", True),
        ("0.0.1", False),
        ("contoso.com", False),
        ("", False),
        ("com", False),
    ],
)
def test_whose_certificate_it_is(name: str, right: bool) -> None:
    names = (("DNS", "ex1.corp.contoso.com"), ("DNS", "*.wild.contoso.com"), ("DNS", "*."), ("IP Address", "10.0.0.1"), ("URI", "https://contoso.com"))
    assert is_certificate_of({"subject": ((("commonName", "contoso.com"),),), "subjectAltName": names}, name) == right


class Scripted(Probe):
    """Answers from a list per question; time passes in pauses only."""

    def __init__(self, script: dict[Question, list[Answer]], **options: Any) -> None:
        self.now, self.pauses, self.asked = 0.0, 0, 0
        super().__init__(CLOUDS["global"], ["mail.contoso.com"], sleep=self._pass, clock=lambda: self.now, parallel=1, **options)
        self._script = script

    def _pass(self, seconds: float) -> None:
        self.now += seconds
        self.pauses += 1

    def _ask(self, question: Question) -> Answer:
        self.asked += 1
        answers = self._script[question]
        return answers.pop(0) if len(answers) > 1 else answers[0]


def target(server: str) -> Target:
    return Target("mail.contoso.com", "ews", server, server=server)


def run(script: dict[Question, list[Answer]], **options: Any) -> tuple[Scripted, dict[tuple[str, str | None], str]]:
    probe = Scripted(script, **options)
    return probe, {(row["server"], row["identity"]): row["verdict"] for row in probe.run(list(script))}


def test_only_what_is_not_ready_is_asked_again() -> None:
    probe, told = run({Question(target("EX1")): [READY], Question(target("EX2")): [NTLM, NOT_YET, READY]}, deadline=900)
    assert told == {("EX1", None): "ready", ("EX2", None): "ready"}
    assert (probe.asked, probe.now) == (4, 30.0)


def test_without_a_deadline_it_is_asked_once() -> None:
    probe, told = run({Question(target("EX1")): [NTLM, READY]})
    assert told == {("EX1", None): "not_offered"}
    assert probe.asked == 1


def test_the_deadline_ends_it() -> None:
    probe, told = run({Question(target("EX1")): [NTLM]}, deadline=100)
    assert told == {("EX1", None): "not_offered"}
    assert probe.now == 100


def test_what_waiting_does_not_change_is_tried_once_more() -> None:
    probe, told = run({Question(target("EX1")): [OFF], Question(target("EX2")): [HINT_WANTED]}, deadline=900)
    assert told == {("EX1", None): "unreachable", ("EX2", None): "indeterminate"}
    assert (probe.asked, probe.pauses) == (4, 1)


def test_a_server_that_starts_is_waited_for() -> None:
    _probe, told = run({Question(target("EX1")): [STARTING, OFF, STARTING, READY]}, deadline=900)
    assert told == {("EX1", None): "ready"}


def test_one_identity_that_is_offered_it_ends_the_waiting() -> None:
    """The other one may be blocked by a policy, which no waiting changes."""
    pilot, other = Question(target("EX1"), "pilot@contoso.com"), Question(target("EX1"), "other@contoso.com")
    probe, told = run({Question(target("EX1")): [HINT_WANTED], pilot: [READY], other: [HINT_WANTED]}, deadline=900)
    assert told == {("EX1", None): "indeterminate", ("EX1", "pilot@contoso.com"): "ready", ("EX1", "other@contoso.com"): "no_endpoint"}
    assert probe.pauses == 0


def test_addresses_that_nobody_answers_at_are_tried_once_a_round(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[tuple[str, int]] = []

    def dead(address: tuple[str, int], timeout: float) -> None:
        tried.append(address)
        time.sleep(0.05)
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", dead)
    targets = [Target("mail.contoso.com", protocol, f"10.0.0.{number}", server=f"EX{number}") for number in range(40) for protocol in PROTOCOLS]
    probe = Probe(CLOUDS["global"], [], parallel=20)
    rows = probe.run(Question(item, identity) for item in targets for identity in (None, "a@contoso.com"))
    assert len(rows) == 480
    assert {row["verdict"] for row in rows} == {"timeout"}
    assert all(row["reason"] == f"no answer from {row['address']} within 10 s." for row in rows)
    # Once, and what was on its way when it became known.
    assert len(tried) <= 40 + 20
    assert [row["server"] for row in rows] == [item.server for item in targets for _identity in range(2)]


def test_off_is_waited_for_too() -> None:
    probe, told = run({Question(target("EX1")): [READY, READY, NOT_YET]}, deadline=900, expected="not_offered")
    assert told == {("EX1", None): "no_endpoint"}
    assert probe.pauses == 2
