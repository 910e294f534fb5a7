# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How measure_sign_ins ends: its words, why it is not complete, and the command that is typed next."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.document import Origin, document
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.ending import Ended
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.ending_measurement import files_of, of_measure
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.facts import Facts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.found import Found

from tests.unit.report_samples import fleet

STEP = "Measure, count on every server"


def ended(lost: str = "", **run: Any) -> Ended:
    about = {"id": "R", "mode": "audit", "playbook": "measure_sign_ins", "enabled": False, "stopped": "", "reason": ""}
    results = {"ex2": {"failed": True, "msg": lost}} if lost else {}
    facts = {
        **fleet(servers=2, tenants=0, findings=[]), "run": {**about, **run}, "settings": {}, "probe": {},
        "steps": [{"step": STEP, "results": results}],
    }  # fmt: skip
    return Ended(document(Facts.from_facts(facts), Origin("0.1.0", ("my inventory",), "now")), facts)


def written(*incomplete: str, unfinished: bool = False) -> dict[str, Any]:
    return {
        "files": {"html": "a.html", "json": "a.json", "people_csv": "p.csv"}, "complete": not incomplete,
        "words": "W", "sentence": "S.", "incomplete": list(incomplete), "unfinished": unfinished,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("found", "complete", "option"),
    [
        (written("EX1: time", unfinished=True), False, True),
        (written("EX1: locked"), False, False),
    ],
)
def test_endings(found: dict[str, Any], complete: bool, option: bool) -> None:
    end = of_measure(ended(), Found(found))
    assert (end.complete, end.words) == (complete, "W")
    assert end.says == ("S.", *found["incomplete"])
    assert end.next is not None
    words = shlex.split(end.next.command.text)
    assert words[:2] == ["ansible-playbook", "hybrid.exchange.measure_sign_ins"]
    assert words[-2:] == ["-i", "my inventory"]
    assert ("hma_measure_continue=true" in words) is option


@pytest.mark.parametrize("masked", [True, False])
def test_a_measurement_with_names_is_what_the_waves_rest_on(masked: bool) -> None:
    found = ended()
    found = Ended(found.document, {**found.facts, "settings": {"hma_measure_masked": masked}})
    end = of_measure(found, Found(written()))
    assert end.complete and end.next is not None
    words = shlex.split(end.next.command.text)
    assert words[1] == f"hybrid.exchange.{'measure_sign_ins' if masked else 'block_legacy_auth'}"
    assert ("hma_block_sign_ins=a.json" in words) is not masked
    assert words[-2:] == ["-i", "my inventory"]


def test_what_is_to_be_mended_first_is_not_said_twice() -> None:
    end = of_measure(ended("ex2: lost"), Found(written("ex2: lost", "EX1: locked")))
    assert end.says == ("S.", "EX1: locked")


def test_without_a_result_the_reason_is_said() -> None:
    end = of_measure(ended(), Found({"msg": "localhost: the disk is full"}))
    assert (end.complete, end.words, end.says) == (False, "Nothing was counted", ("localhost: the disk is full",))
    assert of_measure(ended(stopped="Step", reason="It broke."), Found()).says == ("It broke.",)
    assert files_of(Found()) == [("Result", ""), ("People", ""), ("Data", "")]
