# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""hma_auth_policy, hma_user_policy and hma_policy_wave alone: check predicts, apply does that, again changes nothing,
the record brings the start back; and what breaks in the middle of many people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.sign_ins import measured, seen
from tests.integration.story import sets
from tests.integration.test_modules import call, facts_of
from tests.lab.client import LabClient

pytestmark = pytest.mark.scenario("waves")
EX3 = "ex3.corp.contoso.test"
TENANT = "{{ hostvars['contoso'] | hybrid.exchange.sign_in }}"
WAYS = [
    "winrm",
    pytest.param("exchange", marks=[pytest.mark.connection("exchange"), pytest.mark.long]),
    pytest.param("psrp", marks=[pytest.mark.connection("psrp"), pytest.mark.long]),
]
NAME = 'Ann\'s "HMA" only; $env:x'
BLOCK = {"mapi": True, "offline_address_book": True}
PEOPLE = ["alice@contoso.test", "CORP\\bob", "carol.c@contoso.test", "erin@contoso.test"]
WRITES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("hma_auth_policy", {"name": NAME, "block_legacy": BLOCK}, ["New-AuthenticationPolicy"]),
    ("hma_auth_policy", {"name": "Block POP", "block_legacy": {"imap": True}}, ["Set-AuthenticationPolicy"]),
    ("hma_user_policy", {"policy": NAME, "people": PEOPLE, "batch": 3}, ["Set-User"] * 4),
    ("hma_auth_policy", {"name": NAME.upper(), "default": True}, ["Set-OrganizationConfig"]),
]  # fmt: skip


def sent(lab: LabClient) -> list[str]:
    return [item["name"] for item in lab.writes()]


def organization(lab: LabClient) -> dict[str, Any]:
    found: dict[str, Any] = lab.state()["organizations"][0]
    return found


def history(lab: LabClient, folder: Path) -> list[dict[str, Any]]:
    source = [str(path) for path in (folder / "hma_records").iterdir()]
    found: list[dict[str, Any]] = call(lab, folder, "localhost", "hma_record", {"source": source})["history"]
    return found


@pytest.mark.matrix
@pytest.mark.parametrize("_way", WAYS)
def test_policies_people_and_the_default_forth_and_back(lab: LabClient, tmp_path: Path, _way: str) -> None:
    start = sets(lab.state())
    for module, given, cmdlets in WRITES:
        predicted = call(lab, tmp_path, EX3, module, given, "--check")
        assert predicted["predicted"], predicted
        assert lab.writes() == []
        applied = call(lab, tmp_path, EX3, module, given)
        assert facts_of(applied) == facts_of(predicted), applied
        assert applied["diff"] == predicted["diff"]
        assert sent(lab) == cmdlets
        lab.clear()
        assert not call(lab, tmp_path, EX3, module, given)["changed"]
        assert lab.writes() == []
    assert set(organization(lab)["assigned"].values()) == {NAME}
    assert len(organization(lab)["assigned"]) == 4

    written = history(lab, tmp_path)
    lab.clear()
    look = call(lab, tmp_path, EX3, "hma_restore", {"scope": "policies", "history": written}, "--check")
    back = call(lab, tmp_path, EX3, "hma_restore", {"scope": "policies", "history": written})
    assert facts_of(back) == facts_of(look)
    assert (back["refused"], len(back["handled"])) == ([], 7)
    assert sent(lab) == [
        "Set-OrganizationConfig", *["Set-User"] * 4, "Remove-AuthenticationPolicy", "Set-AuthenticationPolicy",
    ]  # fmt: skip
    assert sets(lab.state()) == start


@pytest.mark.matrix
def test_a_policy_that_is_shown_by_its_distinguished_name_is_the_same(lab: LabClient, tmp_path: Path) -> None:
    lab.change(["organizations", 0, "assumptions"], {"policy_shown": "dn"})
    lab.again()
    given = {"policy": "Block POP", "people": PEOPLE[-2:]}
    assert call(lab, tmp_path, EX3, "hma_user_policy", given)["had_it"] == 1
    assert sent(lab) == ["Set-User"]
    assert call(lab, tmp_path, EX3, "hma_user_policy", given)["had_it"] == 2


@pytest.mark.matrix
def test_whoever_was_given_another_policy_since_it_was_judged_keeps_it(lab: LabClient, tmp_path: Path) -> None:
    """Between the judgement of a wave and its writes lies a proof of the whole organization; it was overwritten."""
    given = {"policy": "Block POP", "people": PEOPLE[:2], "replaces": ["block pop"]}
    assert call(lab, tmp_path, EX3, "hma_auth_policy", {"name": "By hand", "block_legacy": {"pop": False}})["changed"]
    assert call(lab, tmp_path, EX3, "hma_user_policy", {"policy": "By hand", "people": PEOPLE[:1]})["changed"]
    lab.clear()
    refused = call(lab, tmp_path, EX3, "hma_user_policy", given)
    assert "alice@contoso.test ('By hand'): a policy that is not among those that may be replaced" in refused["msg"]
    assert lab.writes() == []
    done = call(lab, tmp_path, EX3, "hma_user_policy", {**given, "replaces": ["BY HAND"]})
    assert (done["named"], sent(lab)) == (2, ["Set-User", "Set-User"])


@pytest.mark.matrix
def test_one_who_cannot_be_written_stands_in_nobodys_way(lab: LabClient, tmp_path: Path) -> None:
    """An account of a protected group: Exchange may not write to it."""
    bob = "CN=bob,CN=Users,DC=corp"
    lab.fault(
        at="cmdlet", name="Set-User", given={"Identity": bob}, action="error", message="Access is denied.", count=1
    )
    given = {"policy": "Block POP", "people": PEOPLE[:3], "batch": 2}
    failed = call(lab, tmp_path, EX3, "hma_user_policy", given)
    assert failed["failed"]
    assert "1 of 3 people could not be written. bob@contoso.test: " in failed["msg"], failed
    assert [item["result"] for item in failed["changes"]] == ["done", "failed", "done"]
    assert sorted(organization(lab)["assigned"]) == [f"{name}@contoso.test" for name in ("alice", "carol", "erin")]
    lab.clear()
    assert call(lab, tmp_path, EX3, "hma_user_policy", given)["had_it"] == 2
    assert sent(lab) == ["Set-User"]


@pytest.mark.matrix
def test_a_connection_that_dies_in_the_middle_of_a_batch(lab: LabClient, tmp_path: Path) -> None:
    lab.fault(at="cmdlet", name="Set-User", action="die_after", after=1, count=1)
    given = {"policy": "Block POP", "people": PEOPLE[:3]}
    failed = call(lab, tmp_path, EX3, "hma_user_policy", given)
    assert failed["uncertain"], failed
    assert "Uncertain: alice@contoso.test, bob@contoso.test, carol@contoso.test." in failed["msg"]
    lab.clear()
    again = call(lab, tmp_path, EX3, "hma_user_policy", given)
    assert (again["had_it"], sent(lab)) == (2, ["Set-User"])
    back = call(lab, tmp_path, EX3, "hma_restore", {"scope": "policies", "history": history(lab, tmp_path)})
    assert back["refused"] == []
    assert organization(lab)["assigned"] == {"erin@contoso.test": "Block POP"}


def test_a_write_that_does_not_read_back(lab: LabClient, tmp_path: Path) -> None:
    lab.fault(at="cmdlet", name="Set-User", action="ignored", count=1)
    failed = call(lab, tmp_path, EX3, "hma_user_policy", {"policy": "Block POP", "people": PEOPLE[:1]})
    assert "AuthenticationPolicy did not read back as written" in failed["msg"], failed
    assert failed["changes"][0]["read_back"] == {"AuthenticationPolicy": None}


def test_what_would_lock_people_out_is_refused(lab: LabClient, tmp_path: Path) -> None:
    lab.write("Set-OrganizationConfig", "Contoso", {"OAuth2ClientProfileEnabled": False})
    for module, given in (
        ("hma_user_policy", {"policy": "Block POP", "people": PEOPLE[:1]}),
        ("hma_auth_policy", {"name": "Block POP", "block_legacy": {"mapi": True}}),
        ("hma_auth_policy", {"name": "Block POP", "default": True}),
    ):
        refused = call(lab, tmp_path, EX3, module, given)
        assert "Modern authentication is off in organization 'Contoso'" in refused["msg"], refused
    made = call(lab, tmp_path, EX3, "hma_auth_policy", {"name": "New", "block_legacy": {"mapi": True}})
    assert made["changed"], made
    assert sent(lab) == ["New-AuthenticationPolicy"]
    # Without a policy of their own people have the default.
    lab.write("Set-OrganizationConfig", "Contoso", {"DefaultAuthenticationPolicy": "Block POP"})
    refused = call(lab, tmp_path, EX3, "hma_user_policy", {"policy": "", "people": PEOPLE[:1]})
    assert "Modern authentication is off in organization 'Contoso'" in refused["msg"], refused


def test_names_that_mean_nobody_are_refused_before_anything_is_written(lab: LabClient, tmp_path: Path) -> None:
    given = {"policy": "Block POP", "people": [*PEOPLE, "OTHER\\bob", "x@y.z"]}
    refused = call(lab, tmp_path, EX3, "hma_user_policy", given)
    assert "No account has the name OTHER\\bob, x@y.z." in refused["msg"], refused
    assert (
        "There is no authentication policy 'Nope' (there are: Block POP)"
        in (call(lab, tmp_path, EX3, "hma_user_policy", {"policy": "Nope", "people": PEOPLE})["msg"])
    )
    assert lab.writes() == []


def wave(lab: LabClient, folder: Path, sign_ins: str, **given: Any) -> dict[str, Any]:
    found: dict[str, Any] = call(
        lab, folder, EX3, "hma_policy_wave", {"wave": "1", "sign_ins": [sign_ins], "tenants": [TENANT], **given}
    )
    return found


def test_a_wave_is_read_and_judged(lab: LabClient, tmp_path: Path) -> None:
    sign_ins = measured(tmp_path, seen("CORP\\bob"), seen("carol.c@contoso.test", ["mapi"]))
    found = wave(lab, tmp_path, sign_ins, groups=["all@contoso.test", "dynamic@contoso.test"])
    assert found["lines"] == [
        "in: bob@contoso.test",
        "out: carol@contoso.test (was not seen with modern authentication on ews, autodiscover, oab)",
        "out: dave@contoso.test (there is no account of that name in Entra: it is not synchronised)",
        "out: erin@contoso.test (has the policy 'Block POP', which hma_block_replace_policies does not name)",
        "out: room@contoso.test (is of the type RoomMailbox: nobody signs in to it)",
    ], found
    assert found["stops"]
    for text in (
        "HMA-POL-007 dynamic@contoso.test: has a dynamic group in it",
        "HMA-POL-009 HMA only: there is no such",
    ):
        assert text in found["msg"]
    assert "-e hma_block_wave=0 -e hma_block_sign_ins=" in found["msg"]


@pytest.mark.matrix
def test_a_file_of_sign_ins_that_others_can_write_decides_nothing(lab: LabClient, tmp_path: Path) -> None:
    sign_ins = measured(tmp_path, seen("CORP\\bob"))
    Path(sign_ins).chmod(0o666)
    assert "writable by everyone" in wave(lab, tmp_path, sign_ins)["msg"]
    assert "cannot be read (No such file or directory)" in wave(lab, tmp_path, str(tmp_path / "x.json"))["msg"]
    Path(sign_ins).write_text("{", encoding="utf-8")
    Path(sign_ins).chmod(0o600)
    assert "is no JSON" in wave(lab, tmp_path, sign_ins)["msg"]
    masked = measured(tmp_path, seen("person-1"), masked=True)
    assert "the names in it are masked" in wave(lab, tmp_path, masked)["msg"]
