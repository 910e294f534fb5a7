# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Others at work, and processes that were killed: nothing is switched on that was taken away meanwhile, and the dead do
not write.

Two servers, each kind of write once. The writer is EX3, the newer one, which reads the organization in step 1, for step
5, and then once more in the shell that switches on.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.invariant import holds, recorded
from tests.integration.story import Begin, Play, Run, ended, records, sets, step5
from tests.lab.client import LabClient, Labs

CONTOSO = "11111111-aaaa-4bbb-8ccc-000000000001"
READER, WRITER = "EX1", "EX3"
BOTH = [pytest.param("ntlm", id="winrm"), pytest.param("exchange", id="psrp-exchange", marks=pytest.mark.long)]
# The writer's first read of AuthServers is the organization of step 1, the second one its own of step 4.
IN_STEP_4 = {"name": "Get-AuthServer", "host": WRITER, "after": 1}
# Right before the shell that switches on is read: before it the writer read the organization for step 1 and the gate.
BEFORE_THE_SWITCH = {"name": "Get-OrganizationConfig", "host": WRITER, "after": 2}
QUICK: dict[str, Any] = {"hma_probe_enabled": False}


@pytest.fixture(params=BOTH)
def lab(request: pytest.FixtureRequest, tmp_path: Path, labs: Labs) -> Iterator[LabClient]:
    with labs.running("everything", tmp_path / "lab", request.param) as started:
        yield started


def failures(run: Run) -> int:
    return sum(int(number) for number in re.findall(r"\bfailed=(\d+)", run.output))


def flag(lab: LabClient) -> bool:
    return bool(lab.state()["organizations"][0]["config"][0]["OAuth2ClientProfileEnabled"])


def reached(process: subprocess.Popen[str], there: Callable[[], bool]) -> None:
    """Wait until the playbook stands where the lab holds it."""
    deadline = time.monotonic() + 150
    while not there():
        assert process.poll() is None, "The playbook ended before the place was reached:\n" + "".join(
            process.communicate()
        )
        assert time.monotonic() < deadline, "The place was not reached."
        time.sleep(0.05)


def interfered(lab: LabClient, begin: Begin, place: dict[str, Any], other: Callable[[], None]) -> Run:
    """enable_hma is held at a place for some seconds, in which somebody else does something."""
    lab.fault(at="cmdlet", action="hang_before", count=1, seconds=4, **place)
    process = begin("enable_hma", **QUICK)
    reached(process, lambda: bool(lab.journal("hang")))
    other()
    return ended(process)


@pytest.mark.matrix
def test_oauth_taken_away_after_step_3_is_seen_by_the_gate(lab: LabClient, begin: Begin) -> None:
    """Step 3 wrote both directories. What it wrote is no prediction, and no reading either."""
    start = lab.state()

    def take() -> None:
        lab.write("Set-MapiVirtualDirectory", "EX1", {"IISAuthenticationMethods": ["Ntlm", "Negotiate"]})
        lab.write("Set-OabVirtualDirectory", "EX3", {"OAuthAuthentication": False})

    run = interfered(lab, begin, IN_STEP_4, take)
    assert run.code != 0, run.output
    assert not flag(lab)
    assert step5(lab) == []
    for server, kind in (("ex1", "mapi"), ("ex3", "oab")):
        assert f"HMA-VDIR-001 {server}.corp.contoso.test {kind}" in run.text, run.output
    assert "this run would do it" not in run.text
    holds(lab, start, lost=["Ntlm", "Negotiate", "OAuth"])


CHANGES: dict[str, tuple[str, dict[str, Any]]] = {
    "the old default is cleared": ("EvoSTS - old tenant", {"IsDefaultAuthorizationEndpoint": False}),
    "the AuthServer is disabled": ("EvoSTS", {"Enabled": False}),
}


@pytest.mark.matrix
@pytest.mark.parametrize(
    "change", [pytest.param(name, marks=[pytest.mark.long] if number else []) for number, name in enumerate(CHANGES)]
)
def test_what_changed_after_the_gate_is_read_in_the_writers_own_shell(
    lab: LabClient, begin: Begin, change: str
) -> None:
    name, values = CHANGES[change]
    run = interfered(lab, begin, BEFORE_THE_SWITCH, lambda: lab.write("Set-AuthServer", name, values))
    assert run.code != 0, run.output
    assert (
        f"Somebody else changed the organization after it was judged: AuthServer '{name}' has another "
        f"{next(iter(values))}" in run.text
    ), run.output
    assert step5(lab) == []
    assert not flag(lab)


@pytest.mark.matrix
def test_an_endpoint_taken_away_right_before_the_flag_leaves_no_flag(lab: LabClient, begin: Begin) -> None:
    """Endpoint and flag are one shell; who comes between them is seen in its read-back, and the switch is off again,
    and the endpoint as it was."""
    start = lab.state()
    run = interfered(
        lab,
        begin,
        {"name": "Set-OrganizationConfig"},
        lambda: lab.write("Set-AuthServer", "EvoSTS", {"IsDefaultAuthorizationEndpoint": False}),
    )
    assert run.code != 0, run.output
    assert "it was switched off again" in run.text, run.output
    assert not flag(lab)
    holds(lab, start)
    (old,) = [item for item in lab.state()["organizations"][0]["authserver"] if item["IsDefaultAuthorizationEndpoint"]]
    assert old["Name"] == "EvoSTS - old tenant"
    # The three writes with their read-back, the flag off again, and the endpoint as it was.
    assert [item["name"] for item in step5(lab)] == [
        "Set-AuthServer",
        "Set-AuthServer",
        "Set-OrganizationConfig",
        "Set-OrganizationConfig",
        "Set-AuthServer",
    ]


@pytest.mark.matrix
def test_where_step_6_refutes_step_5_the_way_back_is_a_command(lab: LabClient, begin: Begin) -> None:
    """After the read-back of the switch, before step 6 reads: on, and sent nowhere."""
    place = {**BEFORE_THE_SWITCH, "after": 4}
    run = interfered(
        lab, begin, place, lambda: lab.write("Set-AuthServer", "EvoSTS", {"IsDefaultAuthorizationEndpoint": False})
    )
    assert run.code != 0
    assert flag(lab)
    assert "HMA-AUTH-004" in run.text
    assert "was enabled, but not all of it is proven" in run.text
    back = " ".join(run.text[run.text.rindex("The way back:") :].replace("\\ ", "").split())
    assert back.startswith("The way back: ansible-playbook hybrid.exchange.disable_hma -e "), run.output
    assert f" -i {lab.inventory}" in back


@pytest.mark.matrix
def test_a_second_playbook_is_refused_while_the_first_is_at_work(lab: LabClient, begin: Begin, play: Play) -> None:
    start = lab.state()
    lab.fault(at="cmdlet", action="hang_before", count=1, name="Set-OrganizationConfig")
    first = begin("enable_hma", **QUICK)
    reached(first, lambda: bool(lab.journal("hang")))
    for playbook, more in (("disable_hma", {}), ("restore_hma", {"hma_restore_record": records(lab)})):
        before = len(lab.writes())
        run = play(playbook, **QUICK, **more)
        assert run.code != 0, run.output
        assert (
            f"Another playbook is at work on this organization: run {Path(records(lab)[0]).name} "
            f"(hybrid.exchange.enable_hma, process {first.pid}" in run.text
        )
        # Ansible shows an attempt of disable_hma that is rescued as fatal, too; one failure is left.
        assert failures(run) == 1
        assert len(lab.writes()) == before
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    # The first one is dead: the way back says so, and works.
    back = play("restore_hma", hma_restore_record=records(lab))
    assert back.code == 0, back.output
    assert "was killed or broken off" in back.text
    assert sets(lab.state()) == sets(start)


@pytest.mark.matrix
def test_check_mode_says_that_another_playbook_is_at_work(lab: LabClient, begin: Begin, play: Play) -> None:
    lab.fault(at="cmdlet", action="hang_before", count=1, name="Set-OrganizationConfig")
    first = begin("enable_hma", **QUICK)
    reached(first, lambda: bool(lab.journal("hang")))
    run = play("prepare_vdirs", "--check")
    assert "Without --check this would be refused now" in run.text, run.output
    verify = play("verify_hma", **QUICK)
    assert "Another playbook is at work" not in verify.text
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()


# -- the parent alone is killed: between a task's read, where the lab holds it, and its write

BETWEEN: dict[str, dict[str, Any]] = {
    "flag": BEFORE_THE_SWITCH,
    "domain": IN_STEP_4,
    "directories of the first server": {"name": "Get-OabVirtualDirectory", "host": READER, "after": 1},
    "directories of the second server": {"name": "Get-OabVirtualDirectory", "host": WRITER},
}


@pytest.mark.matrix
@pytest.mark.parametrize(
    "place", [pytest.param(name, marks=[pytest.mark.long] if number > 1 else []) for number, name in enumerate(BETWEEN)]
)
def test_the_parent_alone_is_killed(lab: LabClient, begin: Begin, play: Play, place: str) -> None:
    """ansible-core's workers have a session of their own. What the killed playbook's worker was about to write is never
    sent."""
    start = lab.state()
    lab.fault(at="cmdlet", action="hang_before", count=1, seconds=6, **BETWEEN[place])
    process = begin("enable_hma", **QUICK)
    reached(process, lambda: bool(lab.journal("hang")))
    written = len(lab.writes())
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    back = play("restore_hma", hma_restore_record=records(lab))
    assert back.code == 0, back.output
    after = lab.writes()
    time.sleep(7)
    assert lab.writes() == after
    # Between the kill and the restore's own writes there is none of the dead.
    assert len(after) - written == len(_intents(lab, records(lab)[1]))
    assert not flag(lab)
    assert sets(lab.state()) == sets(start)


@pytest.mark.parametrize("lab", ["ntlm"], indirect=True)
@pytest.mark.matrix
def test_the_parent_alone_is_killed_while_graph_is_to_be_asked_again(lab: LabClient, begin: Begin) -> None:
    start = lab.state()
    lab.fault(at="graph", tenant=CONTOSO, method="PATCH", status=429, retry_after=5, count=1)

    def patches() -> list[Any]:
        return [item for item in lab.journal("graph") if item["method"] == "PATCH" and item["tenant"] == CONTOSO]

    process = begin("enable_hma", **QUICK)
    reached(process, lambda: bool(patches()))
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    time.sleep(8)
    assert len(patches()) == 1
    assert sets(lab.state()["tenants"][0]) == sets(start["tenants"][0])


def _intents(lab: LabClient, folder: str) -> list[dict[str, Any]]:
    return [entry for entry in recorded(lab) if entry["run"] == Path(folder).name]
