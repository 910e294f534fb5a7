# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""block_legacy_auth: what check mode shows of a wave is done, again changes nothing, and all of it goes back."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from tests.integration.sign_ins import measured, seen
from tests.integration.story import Play, Run, records, sets
from tests.lab.client import LabClient

pytestmark = pytest.mark.scenario("waves")
MATRIX = pytest.mark.matrix
WAYS = [
    "winrm",
    pytest.param("psrp", marks=[pytest.mark.connection("psrp"), pytest.mark.long]),
    pytest.param("exchange", marks=[pytest.mark.connection("exchange"), pytest.mark.long]),
]
POLICIES = [
    {"name": "HMA only", "blocks": ["Mapi", "WebServices", "Autodiscover", "OfflineAddressBook"]},
    {"name": "HMA exceptions"},
    {"name": "Block POP", "blocks": ["Pop"]},
]
WAVES = [{"people": ["alice@contoso.test"]}, {"groups": ["all@contoso.test"]}]
EXCEPTIONS = [
    {"name": "scanner@contoso.test", "reason": "a printer that knows no OAuth"},
    {"name": "dave@contoso.test", "reason": "is synchronised next year"},
]
BLOCKED = {"BlockLegacyAuthMapi", "BlockLegacyAuthWebServices", "BlockLegacyAuthAutodiscover"}
BLOCKED |= {"BlockLegacyAuthOfflineAddressBook"}


def everybody(folder: Path) -> str:
    """Logs name people in each of the three ways; carol used NTLM sixteen days ago."""
    return measured(
        folder,
        seen("alice@contoso.test"),
        seen("CORP\\bob"),
        seen("carol.c@contoso.test"),
        seen("CORP\\carol", ["mapi"], "legacy", days_ago=16),
        seen("CORP\\dave", ["mapi"], "legacy"),
        seen("erin@contoso.test"),
        seen("scanner@contoso.test", ["ews"], "legacy", "Basic"),
        seen("CORP\\EX2$", ["ews"], "legacy"),
        seen("HealthMailbox1234@contoso.test", ["mapi"], "legacy"),
    )


def wave(play: Play, number: str, sign_ins: str, *options: str, **more: Any) -> Run:
    given: dict[str, Any] = {"hma_block_waves": WAVES, "hma_block_exceptions": EXCEPTIONS, **more}
    return play("block_legacy_auth", *options, hma_block_wave=number, hma_block_sign_ins=sign_ins, **given)


def assigned(lab: LabClient) -> dict[str, str]:
    found: dict[str, str] = lab.state()["organizations"][0]["assigned"]
    return found


def default(lab: LabClient) -> str | None:
    found: str | None = lab.state()["organizations"][0]["config"][0]["DefaultAuthenticationPolicy"]
    return found


def written(lab: LabClient) -> list[str]:
    return [item["name"] for item in lab.writes()]


def with_policies(lab: LabClient) -> None:
    """As wave 0 leaves it."""
    lab.change(["organizations", 0, "authentication_policies"], POLICIES)
    lab.again()


@pytest.mark.matrix
def test_a_wave_does_what_check_mode_shows(lab: LabClient, play: Play, tmp_path: Path) -> None:
    with_policies(lab)
    # Named as an exception after an earlier wave was for him: cut off until then.
    lab.change(["organizations", 0, "mailboxes", 3, "policy"], "HMA only")
    lab.again()
    sign_ins = everybody(tmp_path)
    look = wave(play, "2", sign_ins, "--check", "--diff")
    assert look.code == 0, look.output
    for line in (
        "in: bob@contoso.test",
        "in: carol@contoso.test",
        "excepted: dave@contoso.test (is synchronised next year; gets the policy 'HMA exceptions' first, "
        "in the place of 'HMA only')",
        "excepted: scanner@contoso.test (a printer that knows no OAuth; gets the policy 'HMA exceptions' first)",
        "out: erin@contoso.test (has the policy 'Block POP', which hma_block_replace_policies does not name)",
        "out: room@contoso.test (is of the type RoomMailbox: nobody signs in to it)",
        "Wave 2, people: 2 in, 2 out, 2 excepted.",
        "-e hma_block_wave=2",
    ):
        assert line in look.text, look.output
    assert lab.writes() == []
    run = wave(play, "2", sign_ins)
    assert run.code == 0, run.output
    assert "The wave is done." in run.text
    assert [item["parameters"]["AuthenticationPolicy"] for item in lab.writes()] == [
        *["HMA exceptions"] * 2, *["HMA only"] * 2
    ]  # fmt: skip
    assert assigned(lab) == {
        **{f"{name}@contoso.test": "HMA only" for name in ("bob", "carol")}, "erin@contoso.test": "Block POP",
        **{f"{name}@contoso.test": "HMA exceptions" for name in ("dave", "scanner")},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "needs to know which wave to run: -e hma_block_wave=0 makes the policies"),
        pytest.param(
            {"hma_block_wave": "first"},
            "hma_block_wave is 'first' (text); expected 0 for the policies",
            marks=pytest.mark.matrix,
        ),
        pytest.param(
            {"hma_block_wave": "3", "hma_block_waves": WAVES},
            "hma_block_waves of the inventory has 2 waves",
            marks=pytest.mark.matrix,
        ),
        pytest.param(
            {"hma_block_wave": 1, "hma_block_waves": WAVES},
            "goes by measured sign-ins: run measure_sign_ins",
            marks=pytest.mark.matrix,
        ),
        ({"hma_block_waves": [{"members": []}]}, "'members', which is not known there"),
    ],
)
def test_a_run_without_its_wave_reads_nothing(lab: LabClient, play: Play, given: dict[str, Any], said: str) -> None:
    run = play("block_legacy_auth", **given)
    assert run.code != 0
    assert said in run.text, run.output
    assert said in " ".join(run.screen)
    assert "hybrid.exchange.block_legacy_auth" in run.screen[-1] or "-i" in run.screen[-1]
    assert lab.journal("cmdlet") == []


@MATRIX
def test_a_wave_that_would_cut_somebody_off_writes_nothing(lab: LabClient, play: Play, tmp_path: Path) -> None:
    with_policies(lab)
    sign_ins = measured(tmp_path, seen("alice@contoso.test"), seen("CORP\\scanner", ["ews"], "legacy", "Basic"))
    run = wave(play, "last", sign_ins, hma_block_exceptions=EXCEPTIONS[1:])
    assert run.code != 0
    assert "HMA-POL-008 scanner@contoso.test: signed in with Basic on ews by Outlook" in run.text, run.output
    stale = measured(
        tmp_path,
        seen("alice@contoso.test"),
        of_server={"complete": False, "incomplete_because": "no disk", "unread": "no disk"},
    )
    run = wave(play, "1", stale)
    assert "HMA-POL-006 EX2: its logs were not counted completely: no disk." in run.text, run.output
    lab.change(["organizations", 0, "config"], {"OAuth2ClientProfileEnabled": False})
    lab.again()
    run = wave(play, "1", everybody(tmp_path))
    assert run.code != 0
    assert lab.writes() == []


@MATRIX
def test_a_server_that_is_lost_before_the_exceptions_have_their_policy_is_said_with_its_reason(
    lab: LabClient, play: Play, tmp_path: Path
) -> None:
    # The organization, the writer and the judge have read them; nothing answers what is about to write.
    lab.fault(at="cmdlet", action="die_before", name="Get-AuthenticationPolicy", after=3, count=9)
    run = wave(play, "0", everybody(tmp_path))
    assert run.code != 0
    said = " ".join(" ".join(run.screen).split())
    assert "It stopped at: Waves, write. ex3.corp.contoso.test: the winrm connection failed: Remote end closed" in said
    assert "The server was not reached." not in run.output
    assert written(lab) == []


@MATRIX
def test_disable_hma_prints_the_way_out_and_it_works_when_pasted(lab: LabClient, play: Play, tmp_path: Path) -> None:
    with_policies(lab)
    assert wave(play, "1", everybody(tmp_path)).code == 0
    refused = play("disable_hma")
    assert refused.code != 0
    assert "Authentication policy 'HMA only' blocks legacy authentication" in refused.text, refused.output
    place = next(place for place, line in enumerate(refused.screen) if line.startswith("First take the policies back"))
    command = " ".join(line.strip().rstrip("\\") for line in refused.screen[place + 1 :])
    words = shlex.split(command)
    assert words[:2] == ["ansible-playbook", "hybrid.exchange.restore_hma"]
    back = play("restore_hma", *words[2:])
    assert back.code == 0, back.output
    assert assigned(lab) == {"erin@contoso.test": "Block POP"}
    # The other policy is somebody else's, and is accepted by its name.
    off = play("disable_hma", hma_disable_despite_policy="Block POP")
    assert off.code == 0, off.output


@pytest.mark.long
@pytest.mark.parametrize("_way", WAYS)
def test_every_wave_as_check_mode_shows_it_and_all_of_it_back(
    lab: LabClient, play: Play, tmp_path: Path, _way: str
) -> None:
    start, sign_ins = lab.state(), everybody(tmp_path)
    look = wave(play, "0", sign_ins, "--check", "--diff")
    assert look.code == 0, look.output
    assert "New-AuthenticationPolicy -Name 'HMA only' -BlockLegacyAuthAutodiscover" in look.text
    assert lab.writes() == []

    run = wave(play, "0", sign_ins)
    assert run.code == 0, run.output
    assert written(lab) == ["New-AuthenticationPolicy"] * 2
    policies = {item["Name"]: item for item in lab.state()["organizations"][0]["policies"]}
    assert {name for name, value in policies["HMA only"].items() if value is True} == BLOCKED
    assert True not in policies["HMA exceptions"].values()

    lab.clear()
    again = wave(play, "0", sign_ins)
    assert (again.code, again.changed, lab.writes()) == (0, 0, []), again.output

    assert wave(play, "1", sign_ins).code == 0
    excepted = {f"{name}@contoso.test": "HMA exceptions" for name in ("dave", "scanner")}
    assert assigned(lab) == {**excepted, "erin@contoso.test": "Block POP", "alice@contoso.test": "HMA only"}
    run = wave(play, "2", sign_ins, hma_block_replace_policies=["Block POP"])
    assert run.code == 0, run.output
    people = ("alice", "bob", "carol", "erin")
    assert assigned(lab) == {**excepted, **{f"{name}@contoso.test": "HMA only" for name in people}}

    lab.clear()
    look = wave(play, "last", sign_ins, "--check", "--diff")
    assert look.code == 0, look.output
    assert "Set-OrganizationConfig -DefaultAuthenticationPolicy 'HMA only'" in look.text
    assert lab.writes() == []
    run = wave(play, "last", sign_ins)
    assert run.code == 0, run.output
    assert written(lab) == ["Set-OrganizationConfig"]
    assert default(lab) == "HMA only"

    lab.clear()
    back = play("restore_hma", hma_restore_record=records(lab))
    assert back.code == 0, back.output
    assert written(lab) == ["Set-OrganizationConfig", *["Set-User"] * 6, *["Remove-AuthenticationPolicy"] * 2]
    assert sets(lab.state()["organizations"]) == sets(start["organizations"])
    assert play("restore_hma", hma_restore_record=records(lab)).changed == 0


@MATRIX
def test_a_front_end_offers_a_blocked_person_nothing_but_modern_authentication(
    lab: LabClient, play: Play, tmp_path: Path
) -> None:
    with_policies(lab)
    before = offered(lab, "alice@contoso.test")
    assert before["alice@contoso.test"] == before[None] == ["Bearer", "NTLM", "Negotiate"]
    assert wave(play, "1", everybody(tmp_path)).code == 0
    after = offered(lab, "alice@contoso.test")
    assert after["alice@contoso.test"] == ["Bearer"]
    assert after[None] == before[None]


def offered(lab: LabClient, *people: str) -> dict[str | None, list[str]]:
    """The ways to sign in that MAPI of EX3 offers, by the mailbox that is named."""
    address = address_of(yaml.safe_load(lab.inventory.read_text("utf-8")))
    found: dict[str | None, list[str]] = {}
    for who in (None, *people):
        headers = {"Authorization": "Bearer", "Host": "mail.contoso.test", **({"X-AnchorMailbox": who} if who else {})}
        answer = requests.get(f"https://{address}/mapi/emsmdb/", headers=headers, verify=False, timeout=10)  # noqa: S501
        values = answer.raw.headers.getlist("WWW-Authenticate")
        found[who] = sorted({value.split(" ")[0] for value in values})
    return found


def address_of(part: Any) -> str:
    """The address of EX3's web site, wherever the inventory has that host."""
    if not isinstance(part, dict):
        return ""
    own = part.get("ex3.corp.contoso.test") or {}
    return str(
        own.get("hma_probe_address") or next((found for item in part.values() if (found := address_of(item))), "")
    )
