# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A day without a log is not measured; and what a wave says of people and servers that no measurement is about."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.integration.sign_ins import covered, measured, seen
from tests.integration.story import Play, last_report
from tests.integration.test_block_legacy_auth import EXCEPTIONS, wave, with_policies
from tests.integration.test_measure_sign_ins import HEALTH, days, result, servers
from tests.lab.client import LabClient
from tests.lab.sign_in_logs import Request, write_log

STRANGER = "DOMAIN2\\scanner2"


@pytest.mark.scenario("single")
def test_a_protocol_whose_logs_ended_is_said_and_days_without_a_log_are_named(lab: LabClient, play: Play) -> None:
    now = datetime.now(UTC)
    days(lab, "EX2", "Mapi", Request("alice@contoso.test"))
    for ago in range(9, 15):
        write_log(lab.folder / "disks" / "EX2", "Ews", now - timedelta(days=ago), [HEALTH])
    for ago in (0, 13):
        write_log(lab.folder / "disks" / "EX2", "Oab", now - timedelta(days=ago, minutes=5), [HEALTH])
    run = play("measure_sign_ins", hma_measure_mailboxes=False)
    assert run.code != 0
    found = servers(lab)["EX2"]
    since = f"{(now - timedelta(days=8)).date()}"
    assert (found["complete"], found["unread"], found["days"]) == (False, None, 14)
    assert found["incomplete_because"] == f"ews was not measured since {since}: its logs end the day before."
    assert found["coverage"]["ews"]["not_measured_since"] == since
    assert found["coverage"]["mapi"]["days"] == 14
    assert found["coverage"]["oab"]["days"] == 0
    assert len(found["coverage"]["oab"]["missing"]) == 12
    assert found["protocols"] == ["mapi", "oab"]
    assert f"ews was not measured since {since}" in " ".join(run.screen)
    page = (result(lab) / "sign_ins.html").read_text("utf-8")
    assert f"ews (not measured since {since})" in page
    assert "oab (0 days, none of " in page


def findings(lab: LabClient, check: str) -> list[tuple[str, str]]:
    found = json.loads((last_report(lab) / "report.json").read_text("utf-8"))["findings"]
    return [(item["status"], item["object"]) for item in found if item["id"] == check]


@pytest.mark.matrix
@pytest.mark.scenario("waves")
def test_a_gap_in_one_protocol_stops_a_wave_that_blocks_it(lab: LabClient, play: Play, tmp_path: Path) -> None:
    with_policies(lab)
    short: dict[str, Any] = {
        "mapi": covered(), "ews": covered(3, missing=["2026-11-20"]), "oab": covered(),
        "autodiscover": covered(0, **{"from": None, "to": None, "not_measured_since": "2026-11-20"}),
    }  # fmt: skip
    file = measured(tmp_path, seen("alice@contoso.test"), of_server={"complete": False, "coverage": short})
    run = wave(play, "1", file, "--check")
    assert run.code != 0
    assert "HMA-POL-006 EX2: ews was measured for 3 days; no log has a line of 2026-11-20; 14 are asked for" in run.text
    assert "autodiscover was not measured since 2026-11-20" in run.text
    assert lab.writes() == []


@pytest.mark.matrix
@pytest.mark.scenario("waves")
def test_a_stranger_has_a_way_out_and_an_excluded_server_is_a_door(lab: LabClient, play: Play, tmp_path: Path) -> None:
    with_policies(lab)
    rows = [seen(name) for name in ("alice@contoso.test", "CORP\\bob", "CORP\\carol", "erin@contoso.test")]
    file = measured(tmp_path, *rows, seen(STRANGER, ["ews"], "legacy", "Basic"), servers=("EX2",))
    excluded = {"hma_servers_excluded": [{"name": "EX3", "reason": "it is switched off"}]}
    run = wave(play, "last", file, "--check", **excluded)
    assert run.code != 0
    assert f"HMA-POL-008 {STRANGER} (of the logs): is no account's" in run.text, run.output
    assert "name it in hma_block_exceptions as the logs do, with a reason" in " ".join(run.text.split())
    assert findings(lab, "HMA-POL-011") == [("warn", "EX3")]
    named = [*EXCEPTIONS, {"name": STRANGER, "reason": "a scanner of the other forest"}]
    run = wave(play, "last", file, "--check", hma_block_exceptions=named, **excluded)
    assert run.code == 0, run.output
    assert "(an exception of the logs: a scanner of the other forest; it is no account of this organization" in run.text
    used = measured(tmp_path, *rows, [{**seen("CORP\\zoe", ["ews"], "legacy")[0], "server": "EX3"}], servers=("EX2",))
    run = wave(play, "1", used, "--check", **excluded)
    assert run.code != 0
    assert "HMA-POL-006 EX3: it is excluded (hma_servers_excluded), and people sign in there, last on " in run.text
    assert ": CORP\\zoe." in run.text
