# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an account is asked for, and what becomes of the answers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.access.answers import (
    NO,
    NOT_ASKED,
    NOT_NEEDED,
    UNKNOWN,
    YES,
    NamesAnswer,
    ServerAnswer,
    TenantAnswer,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.access.needs import (
    COMMANDS,
    NEEDS,
    POLICY_WRITES,
    WEB_WRITES,
    WRITES,
    lacking,
    parse_commands,
    unseen_reads,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.access.rows import (
    INVENTORY,
    Row,
    complete,
    inventory_rows,
    name_rows,
    server_rows,
    tenant_rows,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.access.shown import joined, table
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import CmdletResult, Unread
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.versions import parse_admin_display_version
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.settings.narrowing import PLAYBOOKS
from ansible_collections.hybrid.exchange.plugins.plugin_utils._access.screen import screen_of

GUIDE = Path(__file__).parents[6] / "docs" / "docsite" / "rst" / "security.rst"
ALL = {
    name: [item for needs in NEEDS.values() for item in needs.get(name, ())]
    for name in dict.fromkeys(name for needs in NEEDS.values() for name in needs)
}
# What the guide shows in a table of its own, and Set- of it in the pattern of the first.
POLICIES = {name: parameters for name, parameters in POLICY_WRITES.items() if name.startswith("Set-")}
OPEN = {"host": "ex1", "port": 5986, "resolves": True, "answers": True, "reason": ""}
SHUT = {**OPEN, "answers": False, "reason": "Connection refused"}
UNNAMED = {**SHUT, "resolves": False, "reason": "the name is not known to DNS"}
SE, OLD = "Version 15.2 (Build 2562.17)", "Version 15.1 (Build 2000.1)"
LOOKS = ["audit_hma"]


def asked(**more: Any) -> ServerAnswer:
    return ServerAnswer.from_result({
        "sign_in": YES, "shell": YES, "place": OPEN, "transport": "winrm", "powershell": "5.1", "commands": ALL,
        "version": SE, "why": "", **more,
    })  # fmt: skip


def answers(rows: list[Row]) -> dict[str, str]:
    return {row.question: row.answer for row in rows}


def test_the_guide_for_the_security_team_shows_what_is_asked_for() -> None:
    text = GUIDE.read_text("utf-8")
    rows = {name: set(re.findall(r"'(\w+)'", rest)) for name, rest in re.findall(r"'(Set-\w+)' +=  *('.*)", text)}
    assert {name: set(parameters) for name, parameters in {**WRITES, **POLICIES}.items()} == rows
    assert set(WEB_WRITES) <= set(re.findall(r"'((?:Set|New|Remove)-\w+)'", text))
    own = re.findall(r"'((?:New|Set|Remove)-(?:AuthenticationPolicy|User))' +=  *('.*)", text)
    assert {name: set(re.findall(r"'(\w+)'", rest)) for name, rest in own} == {
        name: set(parameters) for name, parameters in POLICY_WRITES.items()
    }


def test_every_playbook_has_its_needs_and_each_is_asked_for() -> None:
    assert set(NEEDS) == set(PLAYBOOKS)
    assert {name for needs in NEEDS.values() for name in needs} <= set(COMMANDS.parameters["Name"])
    assert not COMMANDS.writes


def test_what_is_hidden_is_named_and_what_a_version_lacks_is_not() -> None:
    new, old = parse_admin_display_version(SE), parse_admin_display_version(OLD)
    assert all(lacking(name, ALL, new) == [] for name in NEEDS)
    without = {**ALL, "Set-AuthServer": [item for item in ALL["Set-AuthServer"] if item != "DomainName"]}
    assert lacking("enable_hma", without, new) == ["Set-AuthServer -DomainName"]
    assert lacking("enable_hma", without, old) == []
    assert lacking("disable_hma", without, new) == []
    del without["Set-OabVirtualDirectory"]
    assert lacking("prepare_vdirs", without, None) == ["Set-OabVirtualDirectory"]
    assert "Get-AuthConfig" in unseen_reads(["Get-ExchangeServer"])


def test_a_shell_that_lists_nothing_usable_is_no_answer() -> None:
    def result(*objects: dict[str, Any]) -> CmdletResult:
        return CmdletResult(list(objects), [], [])

    assert parse_commands(result({"Name": "Get-X", "Parameters": ["A"]})) == {"Get-X": ("A",)}
    assert parse_commands(result()) is None
    assert parse_commands(result({"Name": "Get-X", "Parameters": Unread("odd")})) is None
    rows = list(server_rows("ex1", asked(commands=None), LOOKS))
    assert answers(rows)["audit_hma"] == UNKNOWN
    assert not complete(rows)


def test_an_inventory_is_judged_by_its_variables_and_its_hosts() -> None:
    right = inventory_rows("", ["ex1"], ["contoso"])
    assert [row.answer for row in right] == [YES, YES]
    wrong = inventory_rows("localhost: audit_hma: hma_spn_mod\nis unknown", [], ["contoso"])
    assert [(row.answer, row.why) for row in wrong] == [
        (NO, "audit_hma: hma_spn_mod is unknown"), (NO, "it has no server."),
    ]  # fmt: skip
    limited, empty = inventory_rows("", ["ex1"], [], "ex1")[1], inventory_rows("", [], [], "localhost")[1]
    assert (limited.answer, limited.why) == (YES, "--limit ex1 was given: no other host was asked.")
    assert (empty.answer, empty.why) == (NO, "--limit localhost leaves no server and no tenant.")
    assert empty.fix == "Name a server or a tenant in it."
    nobody = inventory_rows("", [], [])[1]
    assert (nobody.answer, nobody.why) == (NO, "it has no server and no tenant.")


def test_a_server_is_judged_as_far_as_it_was_come_to() -> None:
    assert answers(list(server_rows("ex1", asked(), LOOKS))) == {
        "name": YES, "port": YES, "sign-in": YES, "PowerShell": YES, "Exchange shell": YES, "audit_hma": YES,
    }  # fmt: skip
    off = list(server_rows("ex1", asked(place=SHUT, sign_in=NO, why="ex1: refused. Next: start it."), LOOKS))
    assert answers(off) == {"name": YES, "port": NO, "sign-in": NOT_ASKED}
    nameless = list(server_rows("ex1", asked(place=UNNAMED, sign_in=NO), LOOKS))
    assert answers(nameless) == {"name": NO, "sign-in": NOT_ASKED}
    # What a proxy leads to was reached, whatever a connection without it says.
    assert answers(list(server_rows("ex1", asked(place=UNNAMED), LOOKS)))["port"] == YES
    refused = list(server_rows("ex1", asked(sign_in=NO, why="ex1: rejected. Next: check ansible_user."), LOOKS))
    assert (refused[-1].why, refused[-1].fix) == ("rejected.", "Check ansible_user.")
    failed = ServerAnswer.from_result({"failed": True, "msg": "'vault_x' is undefined"})
    broken = list(server_rows("ex1", failed, LOOKS))
    assert [(row.question, row.answer, row.why) for row in broken] == [("sign-in", NO, "'vault_x' is undefined")]
    # A connection of another kind opens nothing, so no port was looked at: the reason is said, and stops.
    other = list(server_rows("ex1", asked(place=None, sign_in=NO, why="ex1: connection ssh is not supported."), LOOKS))
    assert [(row.answer, row.why, row.stops) for row in other] == [(NO, "connection ssh is not supported.", True)]
    old = answers(list(server_rows("ex1", asked(version=OLD), ["enable_owa_hma", "audit_hma"])))
    assert (old["enable_owa_hma"], old["audit_hma"]) == (NOT_NEEDED, YES)


@pytest.mark.parametrize("place", [None, OPEN, SHUT, UNNAMED])
@pytest.mark.parametrize(("sign_in", "shell"), [(NO, ""), (YES, NO)])
def test_whoever_cannot_be_asked_is_a_no_with_a_reason(place: Any, sign_in: str, shell: str) -> None:
    """A connection of another kind has no port to ask, and is no yes for that."""
    rows = list(server_rows("ex1", asked(place=place, sign_in=sign_in, shell=shell, why="ex1: it is ssh."), LOOKS))
    stopping = [row for row in rows if row.stops]
    assert stopping and all(row.why for row in stopping)
    assert not complete(rows)


def access(*permissions: str, **more: Any) -> dict[str, Any]:
    return {
        "token": YES, "read": YES, "domains": ["contoso.com"],
        "access": {"permissions": list(permissions), "owner": None, "has_role": False, **more},
    }  # fmt: skip


def test_a_tenant_is_judged_by_its_token() -> None:
    def of(found: dict[str, Any], *playbooks: str, mode: str = "apply", users: bool = False) -> list[Row]:
        answer = TenantAnswer.from_result(found)
        return tenant_rows("contoso", answer, playbooks or ("enable_hma",), mode=mode, users=users)

    reads = access("Application.Read.All")
    assert complete(of(access("Application.ReadWrite.All")))
    assert (answers(of(reads))["write"], complete(of(reads))) == (NO, False)
    assert complete(of(reads, "audit_hma"))
    assert answers(of(reads, mode="handoff"))["write"] == NOT_NEEDED
    assert (answers(of(access("Application.ReadWrite.All"), users=True))["users"]) == NO
    # A role of the directory may allow it; that is no reason to stop.
    assert (answers(of(access("x", has_role=True)))["write"], complete(of(access("x", has_role=True)))) == (
        UNKNOWN,
        True,
    )
    assert answers(of({**reads, "domains": None, "domains_why": "no"}))["domains"] == NO
    assert answers(of({"token": NO, "why": "AADSTS7000215"})) == {"token": NO}
    assert answers(of({"failed": True, "msg": "undefined"})) == {"token": NO}


def test_names_have_two_answers() -> None:
    rows = list(name_rows(NamesAnswer.from_result({"places": {"mail": OPEN, "eas": SHUT, "old": UNNAMED}})))
    assert [(row.object, row.question, row.answer) for row in rows] == [
        ("mail", "name", YES), ("mail", "443", YES), ("eas", "name", YES), ("eas", "443", NO), ("old", "name", NO),
    ]  # fmt: skip


def test_names_that_nobody_showed_are_no_yes() -> None:
    results: tuple[dict[str, Any], ...] = ({"skipped": True}, {"failed": False, "msg": "no address"}, {"places": {}})
    skipped, failed, empty = (list(name_rows(NamesAnswer.from_result(result))) for result in results)
    assert [(row.answer, row.stops) for row in (*skipped, *failed, *empty)] == [
        (NOT_ASKED, False), (UNKNOWN, True), (UNKNOWN, True),
    ]  # fmt: skip
    assert (failed[0].why, empty[0].why) == ("no address", "no server showed them.")


def test_the_table_and_the_screen_put_first_what_cannot_be_reached() -> None:
    viewer = asked(commands={name: [] for name in ALL if name.startswith("Get-")})
    rows = [
        Row(INVENTORY, "inventory", "hosts", YES),
        *server_rows("ex1", viewer, list(NEEDS)),
        *server_rows("ex2", asked(place=SHUT, sign_in=NO, why="x"), list(NEEDS)),
        *name_rows(NamesAnswer.from_result({"places": {"mail\x1b[31m": SHUT}})),
    ]
    shown = table(rows)
    looks = "audit_hma, watch_hma, register_spns, verify_hma, record_organization, measure_sign_ins"
    assert shown[4].split() == ["ex1", "yes", "yes", "yes", "5.1", "yes", *looks.split()]
    assert shown[5].split() == ["ex2", "yes", "NO", "-", "-", "-", "-"]
    assert "\x1b" not in "".join(shown)
    assert [row.question for row in joined(rows) if row.stops] == ["port", "443", "roles"]
    screen = screen_of(rows, list(NEEDS), ["inv.yml"], "f.json", "R1")
    assert screen[0] == "check_access: Not everything can be used. Run R1."
    assert [line[:7] for line in screen if line[0].isdigit()] == ["1. port", "2. 443 ", "3. role"]
    assert screen[-1] == "Once more: ansible-playbook hybrid.exchange.check_access -i inv.yml"
    assert len(screen) <= 15
    assert not complete([])
