# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sheet for a change board: its numbers are those of the report, and each kind of change has its answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.called import Called, Given, How
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.document import Document, document
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.facts import Facts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.parts import OTHER, PARTS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.sheet import has_sheet, sheet

from tests.unit.report_samples import ORIGIN, change, finding, fleet, names_added

RUN = {"id": "R-1", "started": "2026-11-24T07:00:00Z", "mode": "check", "stopped": "", "playbook": "enable_hma"}


def of(kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "", "object": kind, "target": {"type": kind}, "command": f"Set-{kind}",
        "before": dict.fromkeys(properties), "after": properties, "result": "predicted",
    }  # fmt: skip


def checked(*changes: dict[str, Any], servers: int = 3, on: bool = False, **more: Any) -> Document:
    """Of ``enable_hma --check``: names in a tenant, a directory of each server, and what else is given."""
    steps = [
        {"step": "Step 2", "results": {"tenant1": {"changes": [names_added("https://b/", result="predicted")]}}},
        {"step": "Step 3", "results": {
            f"ex{n}": {"changes": [change("ews", f"EX{n}", result="predicted")]} for n in range(1, servers + 1)
        }},
        {"step": "Step 5", "results": {"ex1": {"changes": list(changes)}}},
    ]  # fmt: skip
    facts = fleet(servers=servers, steps=steps, run=RUN, **more)
    facts["organization"]["config"]["oauth2_client_profile_enabled"] = on
    return document(Facts.from_facts(facts), ORIGIN.__class__("0.1.0", ("inventory.yml",), ORIGIN.finished))


SWITCH = (
    of("authserver", {"DomainName": ["contoso.test"]}),
    of("authserver", {"IsDefaultAuthorizationEndpoint": True}),
    of("organization", {"OAuth2ClientProfileEnabled": True}),
)


def test_the_numbers_are_those_of_the_report() -> None:
    found = checked(*SWITCH)
    board = sheet(found, "hma_records")
    assert board.total == found.summary.changes["would_change"] == 7
    assert board.sentence == found.summary.sentence
    assert [(row.part.what, row.objects, row.where) for row in board.rows] == [
        ("Client names in Entra", 1, "tenant1"),
        ("OAuth on the virtual directories", 3, "EX1, EX2, EX3"),
        ("AuthServer of each tenant", 1, "the organization, written on EX1"),
        (
            "The switch: default endpoint, and the flag of the organization",
            2,
            "the organization, written on EX1",
        ),
    ]


def test_the_way_back_of_each_row_has_its_command() -> None:
    board = sheet(checked(*SWITCH), "/srv/hma records/")
    assert [item.command for item in board.commands] == [
        "ansible-playbook hybrid.exchange.enable_hma -i inventory.yml",
        "ansible-playbook hybrid.exchange.enable_hma --check --diff -i inventory.yml",
        "ansible-playbook hybrid.exchange.disable_hma -i inventory.yml",
        "ansible-playbook hybrid.exchange.restore_hma -e "
        """'{"hma_restore_record": "/srv/hma records/RUN_ID"}' -i inventory.yml""",
    ]
    # Without the switch there is nothing to switch off.
    assert "disable_hma" not in str(sheet(checked(), "hma_records").commands)


def test_what_the_run_was_given_stands_there_as_far_as_it_has_room() -> None:
    for value, more in (("/srv/a", False), ("x" * 600, True)):
        given = Called(("i",), How(variables=(Given(frozenset({"hma_record_dir"}), f"hma_record_dir={value}"),)))
        found = checked(*SWITCH)
        commands = sheet(replace(found, run=replace(found.run, inventory=given)), "r").commands
        assert [("add every -e" in item.what) for item in commands] == [more] * 4
        assert [("hma_record_dir" in item.command) for item in commands] == [not more] * 4
        assert max(len(item.command) for item in commands) < 500


def test_who_feels_it_depends_on_whether_it_is_on() -> None:
    off, on = (sheet(checked(on=flag), "r").rows[1].felt for flag in (False, True))
    assert off.startswith("Nobody") and on == "Clients of the directory, at once."


def test_what_is_in_the_way_is_said_first() -> None:
    findings = [finding(id=f"HMA-X-{n:03}", object=f"ex{n}", severity="high") for n in range(9)]
    board = sheet(checked(findings=findings), "r")
    assert (len(board.in_the_way), board.more_in_the_way, board.status) == (6, 3, "fail")
    assert board.in_the_way[0].startswith("HMA-X-000")


def test_a_big_fleet_is_counted_and_not_listed() -> None:
    board = sheet(checked(servers=300), "r")
    assert board.rows[1].where.startswith("EX1, EX2, EX3, ") and board.rows[1].where.endswith("EX24 and 276 more")


@pytest.mark.parametrize("kind", ["setting_override", "web_directory", "reply_urls", "something_new"])
def test_each_kind_of_change_has_a_row(kind: str) -> None:
    (row,) = [row for row in sheet(checked(of(kind, {"X": 1})), "r").rows if row.where == "EX1"]
    assert (row.part is OTHER) == (kind == "something_new")
    assert row.part.risk and row.part.proof and row.felt


def test_the_parts_are_told_apart() -> None:
    assert len({part.what for part in PARTS}) == len(PARTS)


def test_only_check_mode_has_one() -> None:
    assert has_sheet(checked())
    assert not has_sheet(document(Facts.from_facts(fleet()), ORIGIN))


@pytest.mark.parametrize(("playbook", "has"), [("enable_hma", True), ("verify_hma", False)])
def test_a_playbook_that_only_reads_has_none(playbook: str, has: bool) -> None:
    run = {**RUN, "playbook": playbook}
    assert has_sheet(document(Facts.from_facts(fleet(run=run)), ORIGIN)) is has
