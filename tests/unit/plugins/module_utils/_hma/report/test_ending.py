# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How each playbook ends: whether it did what it is for, its words, and the command that is typed next."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.filter.run_end import run_end
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.called import Called, Given, How
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.steps import SWITCH_WRITES
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.document import Document, Origin, document
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.ending import (
    Ended,
    of_audit,
    of_chain,
    of_disable,
    of_owa_off,
    of_restore,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.facts import Facts
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.report_samples import change, finding, fleet

RECORD = "/srv/hma_records/R"


def made(facts: dict[str, Any]) -> Document:
    return document(Facts.from_facts(facts), Origin("0.1.0", ("my inventory",), "now"))


def ended(
    playbook: str = "enable_hma",
    *,
    on: bool = False,
    problem: bool = False,
    changed: bool = False,
    switch: dict[str, Any] | None = None,
    probe: dict[str, Any] | None = None,
    findings: list[dict[str, Any]] | None = None,
    record: str = RECORD,
    **run: Any,
) -> Ended:
    """The end of a run on two servers and a tenant where everything is right."""
    about = {"id": "R", "mode": "apply", "playbook": playbook, "enabled": False, "stopped": "", "reason": "", **run}
    step = {"changes": [change("ews")]} if changed else {"failed": True, "msg": "ex1: lost"} if problem else {}
    facts = {
        **fleet(servers=2, tenants=1, findings=findings if findings is not None else [finding("pass")]),
        "run": about,
        "settings": {},
        "probe": probe or {},
        "steps": [{"step": SWITCH_WRITES, "results": {"ex1": switch or {}}}, {"step": "3", "results": {"ex1": step}}],
    }
    for server in facts["servers"].values():
        for directory in server["read"]["directories"]:
            directory["oauth"] = True
    facts["tenants"]["tenant1"]["read"]["missing"] = []
    facts["organization"]["config"]["oauth2_client_profile_enabled"] = on
    return Ended(made(facts), facts, record)


def typed(found: Any) -> list[str]:
    return shlex.split(found.next.command.text) if found.next else []


@pytest.mark.parametrize(
    ("found", "complete", "words", "following"),
    [
        (ended(enabled=True, on=True), True, "Hybrid Modern Authentication is on", ["hybrid.exchange.disable_hma"]),
        (ended(mode="check"), True, "Ready", ["hybrid.exchange.enable_hma"]),
        (ended("verify_hma", on=True), True, "Hybrid Modern Authentication is on", []),
        (
            ended("register_spns", changed=True),
            True,
            "Every client name is registered",
            ["hybrid.exchange.restore_hma"],
        ),
        (ended("register_spns"), True, "Every client name is registered", ["hybrid.exchange.enable_hma", "--check"]),
        (
            ended("enable_owa_hma", on=True, changed=True),
            True,
            "Everybody signs in to Outlook on the web and the admin center at Entra",
            ["hybrid.exchange.disable_owa_hma"],
        ),
        (ended("enable_owa_hma", on=True, stopped="Outlook on the web, judge"), False, "The run stopped", []),
        (ended("prepare_vdirs", problem=True), False, "The run is not complete", []),
        (
            ended(stopped="Step 1, prerequisites"),
            False,
            "Hybrid Modern Authentication was not enabled by this run",
            [],
        ),
        (
            ended(stopped="Step 4", changed=True),
            False,
            "Hybrid Modern Authentication was not enabled by this run",
            ["hybrid.exchange.restore_hma", "-e", f"hma_restore_record={RECORD}"],
        ),
        (
            ended(stopped="Step 5, enable", switch={"uncertain": True}),
            False,
            "Whether Hybrid Modern Authentication was enabled is not known",
            ["hybrid.exchange.disable_hma"],
        ),
        (
            ended(stopped="Step 6, verify", enabled=True, on=True),
            False,
            "Hybrid Modern Authentication was enabled, but not all of it is proven",
            ["hybrid.exchange.disable_hma"],
        ),
    ],
)
def test_the_end_of_the_chain(found: Ended, complete: bool, words: str, following: list[str]) -> None:
    end = of_chain(found)
    assert (end.complete, end.words) == (complete, words)
    assert typed(end)[1 : 1 + len(following)] == following
    assert bool(end.next) == bool(following)
    # Complete: with the inventory of this run.
    assert not end.next or typed(end)[-2:] == ["-i", "my inventory"]


@pytest.mark.parametrize(("status", "complete"), [("fail", False), ("warn", True), ("not_checked", True)])
def test_what_is_known_to_be_missing_is_no_success(status: str, complete: bool) -> None:
    """Names that register_spns in mode verify did not find: its screen, its page and its exit code agree."""
    found = ended("register_spns", findings=[finding(status, id="HMA-SPN-001", tenant="tenant1")])
    assert of_chain(found).complete is complete
    assert (found.document.summary.verdict == "not_ready") is not complete


def test_the_end_of_the_way_out_of_sign_in_at_entra() -> None:
    end = of_owa_off(ended("disable_owa_hma", on=True, changed=True))
    assert (end.complete, typed(end)[1]) == (True, "hybrid.exchange.enable_owa_hma")
    assert end.words.startswith("Nobody needs Entra any more")
    assert of_owa_off(ended("disable_owa_hma", mode="check")).words == "Ready to run"
    broken = of_owa_off(ended("disable_owa_hma", problem=True))
    assert (broken.complete, typed(broken)[1]) == (False, "hybrid.exchange.disable_owa_hma")
    assert broken.message == "Not every server signs people in as before. ex1: lost"


@pytest.mark.parametrize("name", ["enable_hma", "verify_hma", "register_spns", "prepare_vdirs", "audit_hma"])
@pytest.mark.parametrize("stop", [{"stopped": "Step 4", "reason": "ex1: no route."}, {"problem": True}])
def test_a_run_that_broke_never_says_that_nothing_is_to_fix(name: str, stop: dict[str, Any]) -> None:
    """Nothing was found wrong, and the run broke: that is the first thing to do, in all that is written of it."""
    found = ended(name, **stop)
    summary, action = found.document.summary, found.document.actions[0]
    assert "nothing to fix" not in summary.sentence
    assert (summary.to_fix, summary.verdict) == (1, "not_ready")
    assert (action.id, action.status) == ("HMA-STOP", "fail")
    assert [command.text for command in action.fixes[0].commands] == [
        f"ansible-playbook hybrid.exchange.{name} -i 'my inventory'"
    ]
    message = stop.get("reason", "ex1: lost")
    assert found.document.problems[0].message == message
    assert message.removeprefix("ex1: ").rstrip(".") in summary.sentence


@given(mode=st.sampled_from(["check"]), stopped=st.sampled_from(["", "Step 4"]), enabled=st.booleans())
def test_check_mode_never_says_that_something_was_enabled(mode: str, stopped: str, enabled: bool) -> None:
    end = of_chain(ended(mode=mode, stopped=stopped, enabled=enabled, on=enabled))
    assert "was enabled" not in end.message
    assert "Check mode: nothing was changed." in end.message


def test_what_clients_are_offered_is_one_line() -> None:
    probe = {"msg": "3 ready.\nmore"}
    assert "What clients are offered: 3 ready. " in f"{of_chain(ended(enabled=True, probe=probe)).message} "
    before = of_chain(ended(mode="check", probe=probe)).message
    assert "What clients are offered today, before any change: 3 ready." in before


def test_an_audit_passes_by_its_policy_and_by_what_clients_are_offered() -> None:
    refuted = {"summary": {"refuted": 1}, "msg": "1 not as expected"}
    assert of_audit(ended("audit_hma"), {"stops": False}).complete
    assert not of_audit(ended("audit_hma"), {"stops": True}).complete
    assert not of_audit(ended("audit_hma"), {}).complete
    asked = ended("audit_hma", probe=refuted)
    assert not of_audit(asked, {"stops": False}).complete
    asked.facts["settings"]["hma_audit_fail_on"] = "never"
    assert of_audit(asked, {"stops": False}).complete


LOST = {"unreachable": True, "msg": "Failed to connect to the host via ssh"}


@pytest.mark.parametrize("lost", [LOST, {"failed": True, "msg": "no Python there"}])
def test_where_nobody_could_ask_that_is_no_answer(lost: dict[str, Any]) -> None:
    audit = of_audit(ended("audit_hma", probe=lost), {"stops": False})
    assert (audit.complete, "What clients are offered" in audit.message) == (False, False)
    never = ended("audit_hma", probe=lost)
    never.facts["settings"]["hma_audit_fail_on"] = "never"
    assert of_audit(never, {"stops": False}).complete
    way_back = of_disable(ended("disable_hma", probe=lost), True, "", "")
    assert way_back.complete
    assert way_back.says == (f"What clients are offered is not proven: {lost['msg']}",)


def test_an_audit_that_finds_nothing_in_the_way_says_how_to_look_at_enabling() -> None:
    off = of_audit(ended("audit_hma"), {"stops": False})
    assert typed(off)[1:4] == ["hybrid.exchange.enable_hma", "--check", "--diff"]
    assert of_audit(ended("audit_hma", on=True), {"stops": False}).next is None
    assert of_audit(ended("audit_hma", findings=[finding()]), {"stops": True}).next is None


def test_the_way_out_ends_with_what_is_still_open() -> None:
    end = of_disable(ended("disable_hma"), True, "", "")
    assert (end.complete, end.words, typed(end)[1]) == (
        True,
        "Modern authentication is off",
        "hybrid.exchange.enable_hma",
    )
    assert not of_disable(ended("disable_hma"), True, "the endpoint is another's", "").complete
    dark = of_disable(ended("disable_hma"), False, "ex1: no route.", "")
    assert (dark.complete, dark.message) == (False, "Modern authentication was not turned off. ex1: no route.")
    probe = {"msg": "1 not.\nex2 still offers it", "summary": {"refuted": 1}}
    later = of_disable(ended("disable_hma", stopped="Step 6, verify", probe=probe), True, "", "")
    assert (later.complete, "Servers pick it up with a delay" in later.message) == (False, True)
    # What could not be read is not a server that answers late.
    unread = of_disable(ended("disable_hma", stopped="Step 6, verify"), True, "", "no route to host")
    assert (unread.complete, unread.says) == (True, ("What clients are offered is not proven: no route to host",))
    assert of_disable(ended("disable_hma", mode="check"), True, "", "").words == "Ready to run"


def test_off_is_said_where_the_record_could_not_be_read() -> None:
    """The command that follows does not give the same record again."""
    given = Given(frozenset({"hma_restore_record"}), "hma_restore_record=/srv/typo")
    kept = Given(frozenset({"hma_record_dir"}), "hma_record_dir=/srv/records")
    inventory = Called(["hosts.yml"], How(frozenset({"disable_hma"}), variables=(given, kept)))
    facts = ended("disable_hma").facts
    made_of = document(Facts.from_facts(facts), Origin("0.1.0", inventory, "now"))
    end = of_disable(Ended(made_of, facts, RECORD), True, "", "", unread="/srv/typo cannot be read.")
    assert (end.complete, end.words) == (False, "Modern authentication is off, and not everything is taken back")
    assert end.says == ("The default authorization endpoint is left as it is. /srv/typo cannot be read.",)
    assert typed(end) == [
        *("ansible-playbook", "hybrid.exchange.disable_hma", "-e", "hma_record_dir=/srv/records", "-i", "hosts.yml")
    ]


def test_a_check_that_is_run_once_more_is_a_check() -> None:
    """What is typed as it stands must not write where the run that printed it did not."""
    dark = of_disable(ended("disable_hma", mode="check"), False, "ex1: no route.", "")
    kept = of_restore(ended("restore_hma", mode="check"), False, "Not reached: EX1.", ["hma_records/A"])
    owa = of_owa_off(ended("disable_owa_hma", mode="check", stopped="Read EX1", reason="no route"))
    broke = ended("enable_hma", mode="check", stopped="Step 4", reason="no route").document.actions[0]
    commands = [" ".join(typed(end)) for end in (dark, kept, owa)]
    commands += [command.text for fix in broke.fixes for command in fix.commands]
    assert len(commands) == 4
    assert [command for command in commands if "--check" not in command] == []


def test_a_restore_names_its_runs() -> None:
    end = of_restore(ended("restore_hma"), True, "It is back.", ["hma_records/A", "hma_records/B"])
    assert end.message == "The record is taken back. It is back. It was recorded in hma_records/A, hma_records/B."
    again = of_restore(ended("restore_hma"), False, "Not reached: EX1.", ["hma_records/A", "hma_records/B"])
    assert json.loads(typed(again)[3]) == {"hma_restore_record": ["hma_records/A", "hma_records/B"]}
    assert not again.complete


@pytest.mark.parametrize("folder", ["/srv/records/R", "/srv/my records/R", 'a"b\\c', "x y='z'"])
def test_any_folder_of_a_record_can_be_typed(folder: str) -> None:
    end = of_chain(ended("prepare_vdirs", changed=True, record=folder))
    given_ = typed(end)[3]
    value = json.loads(given_)["hma_restore_record"] if given_.startswith("{") else given_.partition("=")[2]
    assert value == folder


def test_the_end_depends_on_the_playbook() -> None:
    facts = dict(ended("audit_hma").facts)
    hostvars: dict[str, Any] = {
        "localhost": {"hma_audit_result": {"changed": False, "run_id": "R", "stops": False, "msg": "3 checks"}}
    }
    assert run_end(facts, hostvars)["complete"]
    hostvars["localhost"]["hma_audit_result"]["run_id"] = "another"
    assert not run_end(facts, hostvars)["complete"]
    assert run_end(facts, hostvars)["reports"]
    hostvars["ex1"] = {
        "hma_disable_result": {"changed": True, "run_id": "R", "live": False},
        "hma_off_result": {"failed": True, "run_id": "R", "msg": "refused"},
    }
    hostvars["localhost"]["hma_started_run"] = "R"
    end = run_end(dict(ended("disable_hma").facts), hostvars)
    assert (end["complete"], end["reports"]) == (False, False)
    assert end["message"] == "Modern authentication is off, and not everything is taken back. refused Run R."


def test_a_report_that_was_not_written_is_said_on_the_last_screen() -> None:
    failed = {"failed": True, "run_id": "R", "msg": "The report x cannot be written (No space left on device)."}
    lines = run_end(dict(ended("prepare_vdirs").facts), {"localhost": {"hma_report_result": failed}})["screen"]
    assert "Report: none. The report x cannot be written (No space left on device)." in lines


def test_ready_is_one_word_with_one_meaning() -> None:
    """For each end of a run the console, the page, the JSON and the exit code say the same."""
    for found in (ended(on=True), ended(findings=[finding()]), ended(problem=True), ended(findings=[finding("warn")])):
        summary = found.document.summary
        right = summary.verdict in ("ready", "attention")
        assert right == (not any(item.stops for item in found.document.actions))
        assert of_chain(replace(found)).complete or summary.verdict == "not_ready"
