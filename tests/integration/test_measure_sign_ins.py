# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""measure_sign_ins: who signs in and how, counted in the logs of each server; nothing is written to Exchange."""

from __future__ import annotations

import csv
import html
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.integration.story import Play, Run
from tests.lab.client import LabClient
from tests.lab.sign_in_logs import OUTLOOK, Request, write_log

SCHEMA = jsonschema.Draft202012Validator(
    json.loads((Path(__file__).parents[2] / "docs/schemas/sign_ins.schema.json").read_text("utf-8"))
)
HEALTH = Request("HealthMailbox0a1b@contoso.test", "Basic", "AMProbe/Local/ClientAccess")
SERVERS = ("EX1", "EX2", "EX3", "EX4")
EWS = "ExchangeServicesClient/15.00.0913.015"


def days(lab: LabClient, server: str, protocol: str, *requests: Request, count: int = 15) -> None:
    """A file a day, as far back as that: Exchange's own probes in each, and these requests in the newest."""
    now = datetime.now(UTC)
    for ago in range(count):
        when = now - timedelta(days=ago, minutes=-10 if ago else 5)
        write_log(lab.folder / "disks" / server, protocol, when, [HEALTH, *(() if ago else requests)])


def steady(lab: LabClient, *servers: str) -> None:
    for server in servers:
        days(lab, server, "Mapi")


def result(lab: LabClient) -> Path:
    """The folder of the last result."""
    folders = [path for path in (lab.folder.parent / "hma_sign_ins").iterdir() if (path / "sign_ins.json").exists()]
    return max(folders, key=lambda path: path.stat().st_mtime_ns)


def document(lab: LabClient) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((result(lab) / "sign_ins.json").read_text("utf-8"))
    SCHEMA.validate(found)
    return found


def kinds(lab: LabClient) -> dict[str, str]:
    people = json.loads((result(lab) / "people.json").read_text("utf-8"))["people"]
    return {item["person"]: item["kind"] for item in people}


def servers(lab: LabClient) -> dict[str, dict[str, Any]]:
    return {item["server"]: item for item in document(lab)["servers"]}


def nothing_was_written(lab: LabClient, run: Run) -> None:
    assert lab.writes() == []
    assert run.changed == 0


def test_everybody_is_counted_once_and_told_apart(lab: LabClient, play: Play) -> None:
    days(
        lab, "EX1", "Mapi", Request("alice@contoso.test"), Request("alice@contoso.test"),
        Request("CONTOSO\\bob", "Negotiate"), Request("CONTOSO\\bob", "NTLM", status="401"),
    )  # fmt: skip
    days(lab, "EX1", "Ews", Request("CONTOSO\\scanner", "Basic", EWS))
    days(lab, "EX2", "Mapi", Request("alice@contoso.test", "Kerberos"), Request("", "", OUTLOOK))
    steady(lab, "EX3", "EX4")
    run = play("measure_sign_ins")
    assert run.code == 0, run.output
    nothing_was_written(lab, run)
    found = document(lab)
    counted = {name: (item["complete"], item["days"]) for name, item in servers(lab).items()}
    assert counted == dict.fromkeys(SERVERS, (True, 14))
    rows = {(row["server"], row["person"], row["type"]): row for row in found["sign_ins"]}
    assert rows["EX1", "alice@contoso.test", "Bearer"]["requests"] == 2
    assert rows["EX1", "alice@contoso.test", "Bearer"]["authentication"] == "modern"
    assert rows["EX2", "alice@contoso.test", "Kerberos"]["authentication"] == "legacy"
    assert rows["EX1", "CONTOSO\\bob", "Negotiate"]["client"] == "Outlook"
    assert rows["EX2", "", ""]["authentication"] == "anonymous"
    assert len(rows) == 5
    assert kinds(lab) == {"alice@contoso.test": "both", "bob@contoso.test": "could", "CONTOSO\\scanner": "service"}
    assert {path.name: path.stat().st_mode & 0o777 for path in result(lab).iterdir()} == dict.fromkeys(
        ("sign_ins.html", "sign_ins.json", "sign_ins.csv", "people.json", "people.csv"), 0o600
    )
    assert run.screen[0].startswith("measure_sign_ins: The sign-ins of 14 days were counted on 4 servers.")
    assert "alice" not in run.output
    assert list((result(lab).parent / "parts").iterdir()) == []


HOSTILE = "=HYPERLINK(\"http://evil.test\")<script>alert(1)</script>\nsecond, 'line'@contoso.test"


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_names_of_others_are_no_formula_no_markup_and_no_line(lab: LabClient, play: Play) -> None:
    days(lab, "EX2", "Mapi", Request(HOSTILE, "Negotiate", "<b>{{ 1 + 1 }}</b>"))
    run = play("measure_sign_ins", hma_measure_mailboxes=False)
    assert run.code == 0, run.output
    assert HOSTILE in {row["person"] for row in document(lab)["sign_ins"]}
    page = (result(lab) / "sign_ins.html").read_text("utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "default-src 'none'" in html.unescape(page)
    for name in ("people.csv", "sign_ins.csv"):
        rows = list(csv.reader((result(lab) / name).read_text("utf-8-sig").splitlines()))
        assert all(len(row) == len(rows[0]) for row in rows)
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert "evil.test" not in run.output


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_masked_names_are_the_same_each_time_and_nowhere_as_they_are(lab: LabClient, play: Play) -> None:
    days(lab, "EX2", "Mapi", Request("alice@contoso.test"), Request("ALICE@contoso.test"), Request("bob@contoso.test"))
    seen = []
    for _turn in range(2):
        run = play("measure_sign_ins", hma_measure_masked=True)
        assert run.code == 0, run.output
        found = document(lab)
        assert found["masked"] is True
        seen.append(sorted(row["person"] for row in found["sign_ins"]))
        text = "".join(path.read_text("utf-8") for path in result(lab).iterdir())
        assert "alice" not in text.lower()
        assert "bob" not in text.lower()
    assert seen[0] == seen[1]
    assert len(seen[0]) == 2
    assert ((lab.folder.parent / "hma_sign_ins" / "mask.key").stat().st_mode & 0o777) == 0o600


@pytest.mark.matrix
def test_what_cannot_be_counted_is_said_and_the_rest_is_counted(lab: LabClient, play: Play) -> None:
    days(lab, "EX1", "Mapi", Request("alice@contoso.test"))
    steady(lab, "EX2", "EX3", "EX4")
    disk = lab.folder / "disks" / "EX1" / "Logging" / "HttpProxy"
    odd = disk / "Ews" / "HttpProxy_x-1.LOG"
    odd.parent.mkdir()
    odd.write_text("#Fields: date,time,cs-username\r\n2026-11-26,1,alice\r\n", "utf-8")
    lab.fault(at="file", host="EX2", name="Mapi", message="Access to the path 'Mapi' is denied.")
    lab.fault(at="session", host="EX3", message="No session is needed to read files.")
    newest = max((lab.folder / "disks" / "EX3" / "Logging" / "HttpProxy" / "Mapi").iterdir())
    locked = f"Mapi/{newest.name}"
    lab.fault(at="file", host="EX3", name=locked, message="The process cannot access the file.")
    (lab.folder / "disks" / "EX4").rename(lab.folder / "disks" / "gone")
    run = play("measure_sign_ins")
    assert run.code != 0
    nothing_was_written(lab, run)
    found = servers(lab)
    assert found["EX1"]["complete"] is False
    assert (
        "Ews/HttpProxy_x-1.LOG (the header of the file is not known: it has no column"
        in (found["EX1"]["incomplete_because"])
    )
    assert found["EX1"]["days"] == 14
    assert "Not checked: Mapi (Access to the path 'Mapi' is denied)." in found["EX2"]["incomplete_because"]
    assert (found["EX2"]["from"], found["EX2"]["days"]) == (None, 0)
    assert f"Not checked: {locked} (The process cannot access the file)." in found["EX3"]["incomplete_because"]
    broken = found["ex4.corp.contoso.test"]
    assert "There is no folder of logs in" in broken["incomplete_because"]
    assert "alice@contoso.test" in kinds(lab)
    assert "Not every sign-in was counted on 4 of 4 servers" in run.screen[0]


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_where_the_time_is_over_a_later_run_goes_on(lab: LabClient, play: Play) -> None:
    days(lab, "EX2", "Mapi", Request("alice@contoso.test"))
    oldest = datetime.now(UTC) - timedelta(days=13)
    write_log(lab.folder / "disks" / "EX2", "Mapi", oldest, [Request("bob@contoso.test")], number=2)
    lab.fault(at="count", seconds=1.2, files=5, count=1)
    run = play("measure_sign_ins", hma_measure_time_limit=1, hma_measure_mailboxes=False)
    assert run.code != 0
    found = servers(lab)["EX2"]
    assert found["complete"] is False
    assert "The time limit of 1 seconds was reached at Mapi/HttpProxy_" in found["incomplete_because"]
    assert 3 <= found["days"] <= 5
    assert {row["person"] for row in document(lab)["sign_ins"]} == {"alice@contoso.test"}
    assert any("-e hma_measure_continue=true" in line for line in run.screen)

    run = play("measure_sign_ins", hma_measure_continue=True, hma_measure_mailboxes=False)
    assert run.code == 0, run.output
    assert (servers(lab)["EX2"]["complete"], servers(lab)["EX2"]["days"]) == (True, 14)
    rows = {row["person"]: row["requests"] for row in document(lab)["sign_ins"]}
    assert rows == {"alice@contoso.test": 1, "bob@contoso.test": 1}
    assert [bool(item["counted"]) for item in lab.journal("sign_ins")] == [False, True]


@pytest.mark.long
@pytest.mark.scenario("powered_off")
def test_a_server_that_is_not_reached_or_through_another_costs_no_other(lab: LabClient, play: Play) -> None:
    steady(lab, *SERVERS, "EX5", "EX6")
    run = play("measure_sign_ins")
    assert run.code != 0
    found = {item["server"]: item for item in document(lab)["servers"]}
    assert [name for name, item in found.items() if item["complete"]] == ["EX1", "EX2", "EX4"]
    lost = found["ex3.corp.contoso.test"]
    assert (lost["from"], lost["to"], lost["days"], lost["protocols"]) == (None, None, 0, [])
    assert "it is reached through another" in found["ex5.corp.contoso.test"]["incomplete_because"]
    assert "Not every sign-in was counted on 3 of 6 servers" in run.screen[0]
    assert any("-e hma_measure_continue=true" in line for line in run.screen)
    before = len(lab.journal("sign_ins"))
    run = play("measure_sign_ins", hma_measure_continue=True)
    assert [item["complete"] for item in document(lab)["servers"]].count(True) == 3
    assert len(lab.journal("sign_ins")) == before == 3


@pytest.mark.matrix
@pytest.mark.connection("exchange")
def test_over_exchange_s_own_endpoint_there_are_no_files(lab: LabClient, play: Play) -> None:
    run = play("measure_sign_ins")
    assert run.code != 0
    nothing_was_written(lab, run)
    reasons = {item["incomplete_because"] for item in document(lab)["servers"]}
    assert all("this connection has Exchange's cmdlets and no files" in reason for reason in reasons)
    assert lab.journal("sign_ins") == []


@pytest.mark.matrix
@pytest.mark.connection("psrp")
def test_over_psrp(lab: LabClient, play: Play) -> None:
    steady(lab, *SERVERS)
    run = play("measure_sign_ins")
    assert run.code == 0, run.output
    assert all(item["complete"] for item in document(lab)["servers"])
