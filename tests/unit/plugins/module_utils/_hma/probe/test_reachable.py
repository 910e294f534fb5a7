# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Before the switch the probe asks only whether Exchange can be reached, and says nothing of what is offered."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.probe import REACHABLE
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.clouds import CLOUDS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import EXCHANGE_ONLINE
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe import findings, rows
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.targets import Target
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.verdict import (
    VERDICTS,
    Answer,
    Verdict,
    judge,
    weight,
)


def asked(server: str, verdict: str, protocol: str = "ews", expected: str = REACHABLE) -> rows.Row:
    target = Target("mail.contoso.com", protocol, server or "mail.contoso.com", server=server)
    uri = "https://login.windows.net/x" if verdict == "ready" else None
    return rows.make_row(target, None, Verdict(verdict, f"because {verdict}.", uri), 401, 5, expected)


def said(*answers: rows.Row, **options: Any) -> dict[tuple[str, str], str]:
    return {(item.id, item.object): item.status for item in findings.findings(answers, REACHABLE, **options)}


@pytest.mark.parametrize("verdict", sorted(VERDICTS))
def test_exchange_answers_or_something_is_in_the_way(verdict: str) -> None:
    """Whatever the settings of this run change is right before it; what no setting changes is as wrong as after it."""
    answers = {"ready", "not_offered", "no_endpoint", "adfs", "other_endpoint", "odd_endpoint"}
    assert weight(verdict, REACHABLE) == ("proven" if verdict in answers else weight(verdict, "ready"))


def test_a_build_that_says_more_to_a_mailbox_is_reached_all_the_same() -> None:
    """It answers with Exchange's own challenge; no mailbox is named before the switch."""
    challenge = f'Bearer client_id="{EXCHANGE_ONLINE}", error="invalid_token"'
    found = judge(Answer(401, {"www-authenticate": [challenge]}), CLOUDS["global"], hinted=False)
    assert (found.verdict, found.weight("ready"), found.weight(REACHABLE)) == ("indeterminate", "unproven", "proven")
    busy = judge(Answer(503), CLOUDS["global"], hinted=False)
    assert busy.weight(REACHABLE) == "unproven"


def test_an_answer_passes_no_check_of_what_is_offered() -> None:
    assert said(asked("EX1", "not_offered"), asked("", "ready")) == {
        ("HMA-PRB-001", "EX1"): "not_applicable",
        ("HMA-PRB-002", "mail.contoso.com"): "not_applicable",
    }


def test_forty_places_that_offer_nothing_yet_are_no_wall_of_text() -> None:
    before = [asked(f"EX{number}", "no_endpoint", "mapi_nspi") for number in range(40)]
    assert findings.table(before, REACHABLE) == []
    assert findings.summary(before, REACHABLE) == {"proven": 40, "refuted": 0, "unproven": 0}


def test_what_hides_exchange_is_named_before_the_switch() -> None:
    hidden = asked("", "pre_authenticated", "activesync")
    found = {item.id: item for item in findings.findings([asked("EX1", "no_endpoint"), hidden], REACHABLE)}
    assert found["HMA-PRB-002"].status == "fail"
    assert found["HMA-PRB-002"].expected == "an answer of Exchange"
    assert "Take pre-authentication off the path to mail.contoso.com" in found["HMA-PRB-002"].fix
    assert "HMA-PRB-003" not in found, "what the servers offer says nothing of the device yet"
    assert "HMA-PRB-007" not in found


@pytest.mark.parametrize("cloud", sorted(CLOUDS))
def test_whether_phones_find_a_tenant_in_china_is_not_known(cloud: str) -> None:
    """The article names the ranges for all clouds; its page of 2021 leaves 21Vianet out."""
    answers = [asked("", "ready", "activesync", "ready")]
    mobile = findings.findings(answers, "ready", cloud=cloud)[-1]
    assert (mobile.id, mobile.status) == ("HMA-PRB-007", "not_checked")
    assert ("21Vianet" in mobile.message) == (cloud == "china")
    assert ("52.125.128.0/20" in mobile.fix) == (cloud != "china")
