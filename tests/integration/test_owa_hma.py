# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""enable_owa_hma and disable_owa_hma: what check mode shows is done, again changes nothing, and there is always a way
in for two administrators."""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests.integration import way_in
from tests.integration.story import Begin, Play, ended, in_long_run, records, sets
from tests.integration.test_web_sign_in_modules import BACK, ORDER, WAYS, sent
from tests.lab.client import LabClient

pytestmark = pytest.mark.scenario("owa_ready")
ADMINS = ["alice@contoso.test", "bob@contoso.test"]
MATRIX = pytest.mark.matrix
PATCH = "+ https://mail.contoso.test/ecp"


def holds(lab: LabClient, *, all_servers: bool = True) -> None:
    way_in.holds(lab.state(), ADMINS, all_servers=all_servers)


def through_entra(lab: LabClient) -> bool:
    state = lab.state()
    return way_in.ways(state, ADMINS) == [f"{name} Entra" for name in way_in.servers(state)]


@pytest.mark.matrix
@pytest.mark.parametrize("_way", WAYS)
def test_check_run_again_and_back_by_the_fast_way(lab: LabClient, play: Play, _way: str) -> None:
    look = play("enable_owa_hma", "--check", "--diff")
    if "exchange" in _way:
        # The update level of 2019 CU14 cannot be read over Exchange's own endpoint.
        assert look.code != 0
        assert "cannot be run over Exchange's own endpoint" in look.text, look.output
        lab.change(["organizations", 0, "servers", 0, "version"], "Version 15.2 (Build 1748.10)")
        lab.again()
        look = play("enable_owa_hma", "--check", "--diff")
    start = lab.state()
    assert look.code == 0, look.output
    assert PATCH in look.text
    assert look.text.index("-OAuthAuthentication $true") > look.text.index("-FormsAuthentication $false")
    assert lab.writes() == []

    run = play("enable_owa_hma")
    assert run.code == 0, run.output
    assert sent(lab) == [*ORDER, *ORDER]
    assert "Everybody signs in to Outlook on the web and the admin center at Entra." in run.text
    assert through_entra(lab)
    holds(lab)

    lab.clear()
    again = play("enable_owa_hma")
    assert (again.code, again.changed, lab.writes()) == (0, 0, []), again.output

    back = play("disable_owa_hma")
    assert back.code == 0, back.output
    assert sent(lab) == [*BACK, *BACK]
    assert sets(lab.state()["organizations"]) == sets(start["organizations"])
    holds(lab)
    assert play("disable_owa_hma").changed == 0


@pytest.mark.matrix
def test_a_server_that_does_not_send_people_to_entra_is_put_back_and_the_next_one_is_not_touched(
    lab: LabClient, play: Play
) -> None:
    start = lab.state()
    lab.fault(at="web", host="EX2", directory="ecp", action="status", status=401)
    run = play("enable_owa_hma")
    assert run.code != 0
    assert "401 and no way to sign in" in run.text, run.output
    assert "It was put back." in run.text
    assert sent(lab) == [*ORDER, *BACK]
    assert sets(lab.state()["organizations"]) == sets(start["organizations"])
    holds(lab)


def kill_at(lab: LabClient, begin: Begin, playbook: str, number: int) -> None:
    """Kill the run right after the write of this number reached Exchange."""
    name = f"Set-{ORDER[number][0] if playbook == 'enable_owa_hma' else BACK[number][0]}VirtualDirectory"
    values = ORDER[number][1] if playbook == "enable_owa_hma" else BACK[number][1]
    lab.fault(at="cmdlet", action="hang_after", name=name, given=dict([next(iter(values.items()))]), count=1)
    process = begin(playbook)
    deadline = time.monotonic() + 120
    while not lab.journal("hang") and time.monotonic() < deadline:
        time.sleep(0.1)
    assert lab.journal("hang")
    os.killpg(process.pid, signal.SIGKILL)
    ended(process)
    lab.remedy()


@pytest.mark.matrix
@pytest.mark.parametrize(
    "number", [pytest.param(item, marks=pytest.mark.long if item != 1 else []) for item in range(4)]
)
def test_killed_after_any_write_and_run_again(lab: LabClient, play: Play, begin: Begin, number: int) -> None:
    kill_at(lab, begin, "enable_owa_hma", number)
    holds(lab, all_servers=False)
    run = play("enable_owa_hma")
    assert run.code == 0, run.output
    assert through_entra(lab)
    holds(lab)


@MATRIX
@pytest.mark.parametrize("number", in_long_run(range(4), "0", "1", "3"))
def test_killed_after_any_write_and_taken_back(lab: LabClient, play: Play, begin: Begin, number: int) -> None:
    start = lab.state()
    kill_at(lab, begin, "enable_owa_hma", number)
    assert play("disable_owa_hma", hma_restore_record=records(lab)).code == 0
    assert sets(lab.state()["organizations"]) == sets(start["organizations"])
    holds(lab)


@MATRIX
@pytest.mark.parametrize("number", in_long_run(range(4), "0", "1", "3"))
def test_the_way_back_is_killed_after_any_write_and_run_again(
    lab: LabClient, play: Play, begin: Begin, number: int
) -> None:
    start = lab.state()
    assert play("enable_owa_hma").code == 0
    kill_at(lab, begin, "disable_owa_hma", number)
    holds(lab, all_servers=False)
    assert play("disable_owa_hma").code == 0
    assert sets(lab.state()["organizations"]) == sets(start["organizations"])
    holds(lab)


@pytest.mark.matrix
def test_one_administrator_is_not_enough_and_nothing_is_changed(lab: LabClient, play: Play) -> None:
    start = sets(lab.state())
    run = play("enable_owa_hma", hma_owa_admins=["alice@contoso.test", "Administrator", "carol@contoso.test"])
    assert run.code != 0
    assert "1 proven, and 2 are needed" in run.text, run.output
    assert "carol@contoso.test: is no member of Organization Management." in run.text
    assert sets(lab.state()) == start
    assert lab.writes() == []


@MATRIX
def test_the_record_brings_everything_back_reply_urls_too(lab: LabClient, play: Play) -> None:
    start = sets(lab.state())
    assert play("enable_owa_hma").code == 0
    record = records(lab)[-1:]
    look = play("restore_hma", "--check", "--diff", hma_restore_record=record)
    assert look.code == 0, look.output
    lab.clear()
    run = play("restore_hma", hma_restore_record=record)
    assert run.code == 0, run.output
    assert sent(lab) == [*BACK, *BACK]
    assert sets(lab.state()) == start
    holds(lab)
    assert play("restore_hma", hma_restore_record=record).changed == 0


@MATRIX
def test_set_and_without_effect_is_put_back_and_cured_once_more(lab: LabClient, play: Play) -> None:
    """After an update in place to SE: the settings are right, and the admin center lets nobody in."""
    lab.change(["organizations", 0, "servers", 0, "web"], {"stuck": ["ecp"]})
    lab.again()
    run = play("enable_owa_hma")
    assert run.code != 0
    assert "It was put back." in run.text, run.output
    holds(lab)
    once = play("enable_owa_hma", hma_owa_reapply=True)
    assert "hma_owa_reapply restarts IIS" in once.text, once.output
    holds(lab)
    run = play("enable_owa_hma", hma_owa_reapply=True, hma_owa_restart_iis=True)
    assert run.code == 0, run.output
    assert {item["host"] for item in lab.journal("iis")} == {"EX2", "EX3"}
    assert through_entra(lab)
    holds(lab)


@MATRIX
def test_the_override_for_download_domains(lab: LabClient, play: Play) -> None:
    lab.change(["organizations", 0, "config", "EnableDownloadDomains"], True)
    lab.again()
    start = sets(lab.state())
    run = play("enable_owa_hma")
    assert run.code != 0
    assert "OAuthIdentityCacheFixForDownloadDomains is not in force" in run.text, run.output
    assert lab.writes() == []
    # Whoever restarts IIS, the servers have to take it up: check mode says so, and the run that is let do it does.
    for run in (
        play("enable_owa_hma", "--check", hma_owa_overrides="set"),
        play("enable_owa_hma", hma_owa_overrides="set"),
    ):
        assert run.code != 0
        assert "servers go by it after IIS was restarted" in run.text, run.output
        assert not {"Owa", "Ecp"} & {kind for kind, _values in sent(lab)}
    run = play("enable_owa_hma", hma_owa_overrides="set", hma_owa_restart_iis=True)
    assert run.code == 0, run.output
    organization = lab.state()["organizations"][0]
    name = "OWA HMA Download Domain Support"
    assert [item["Name"] for item in organization["overrides"]] == [name]
    assert organization["refreshed"] == {"EX2": [name], "EX3": [name]}
    assert {item["host"] for item in lab.journal("iis")} == {"EX2", "EX3"}
    run = play("restore_hma", hma_restore_record=records(lab))
    assert run.code == 0, run.output
    now = sets(lab.state())
    # What a server has taken up it keeps until it is told again.
    assert {**now["organizations"][0], "refreshed": {}} == {**start["organizations"][0], "refreshed": {}}
    holds(lab)
