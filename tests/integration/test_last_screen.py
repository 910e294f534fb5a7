# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last screen of each playbook, as a person sees it; screens/ has them, without what is of the one run.

Write them anew with HMA_WRITE_SCREENS=1, and read them before you commit them.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.integration.story import Play, Run, last_report, reports, sets
from tests.lab.client import LabClient

SCREENS = Path(__file__).parent / "screens"
ALL = ("audit_hma", "register_spns", "prepare_vdirs", "enable_hma", "verify_hma", "disable_hma", "restore_hma")
_MASKS = (
    (re.compile(r"\d{8}T\d{6}Z-\d+"), "RUN"),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:PORT"),
    (re.compile(r"port=\d+"), "port=PORT"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00"), "MOMENT"),
    (re.compile(r"certificate [0-9A-F]{40}"), "certificate THUMBPRINT"),
    (re.compile(r"0x[0-9a-f]{6,}"), "0xID"),
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=[,)])"), "ID"),
)


@pytest.fixture
def short(lab: LabClient) -> Iterator[Path]:
    """A folder with a short name, as administrators have, for the inventory and the records."""
    with tempfile.TemporaryDirectory(prefix="s", dir="/tmp") as folder:
        content = yaml.safe_load(lab.inventory.read_text("utf-8"))
        # A variable of the command line would stand in every command of the screen.
        content["all"].setdefault("vars", {})["hma_record_dir"] = f"{folder}/records"
        (Path(folder) / "inventory.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
        yield Path(folder)


def masked(folder: Path, lines: list[str]) -> str:
    """The screen without what differs from run to run."""
    text = "\n".join(lines).replace(str(folder), "/srv/lab")
    for pattern, word in _MASKS:
        text = pattern.sub(word, text)
    return text + "\n"


def started(play: Play, short: Path, name: str, *arguments: str, inventory: str = "inventory.yml") -> Run:
    return play(name, *arguments, inventory=short / inventory)


def compared(short: Path, run: Run, name: str) -> None:
    """At most 15 lines of at most 120 columns, the last of the output, and those of the file."""
    lines = run.screen
    assert 0 < len(lines) <= 15, run.output
    assert [line for line in lines if len(line) > 120] == []
    assert "Traceback" not in run.output
    path, found = SCREENS / f"{name}.txt", masked(short, lines)
    if os.environ.get("HMA_WRITE_SCREENS"):
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text("utf-8"), run.output


def dark(short: Path) -> str:
    """An inventory whose servers do not answer."""
    content = yaml.safe_load((short / "inventory.yml").read_text("utf-8"))
    for host in content["all"]["children"]["exchange_servers"]["hosts"].values():
        host["ansible_port"] = 9
    (short / "dark.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return "dark.yml"


def recorded(play: Play, short: Path) -> list[str]:
    """The arguments that name a record with a write in it."""
    assert started(play, short, "prepare_vdirs").code == 0
    [record] = (short / "records").iterdir()
    return ["-e", f"hma_restore_record={record}"]


@pytest.mark.scenario("compliant")
@pytest.mark.parametrize(
    "name",
    [
        "audit_hma",
        *(pytest.param(name, marks=pytest.mark.matrix) for name in ALL if name not in ("audit_hma", "restore_hma")),
    ],
)
def test_right(lab: LabClient, play: Play, short: Path, name: str) -> None:
    run = started(play, short, name)
    assert run.code == 0, run.output
    compared(short, run, f"{name}-right")


@pytest.mark.parametrize(
    "name",
    ["register_spns", *(pytest.param(name, marks=pytest.mark.matrix) for name in ALL if name != "register_spns")],
)
def test_drifted(lab: LabClient, play: Play, short: Path, name: str) -> None:
    """Something is to be changed: audit and verify say what, the others do it."""
    arguments = recorded(play, short) if name == "restore_hma" else []
    run = started(play, short, name, *arguments)
    assert (run.code == 0) == (name not in ("audit_hma", "verify_hma")), run.output
    compared(short, run, f"{name}-drifted")


@pytest.mark.matrix
@pytest.mark.parametrize("name", ["register_spns", "prepare_vdirs", "enable_hma"])
def test_in_check_mode(lab: LabClient, play: Play, short: Path, name: str) -> None:
    run = started(play, short, name, "--check")
    assert run.code == 0, run.output
    compared(short, run, f"{name}-check")


STOPS: dict[str, Callable[[LabClient], None]] = {
    "register_spns": lambda lab: lab.fault(at="graph", tenant="11111111-aaaa-4bbb-8ccc-000000000001", status=500),
    "prepare_vdirs": lambda lab: lab.fault(
        at="cmdlet", action="die_after", name="Set-MapiVirtualDirectory", host="EX1"
    ),
    "enable_hma": lambda lab: lab.fault(at="cmdlet", action="die_after", name="Set-OrganizationConfig", host="EX4"),
    "disable_hma": lambda lab: lab.fault(at="cmdlet", action="die_before", name="Get-OrganizationConfig"),
    "restore_hma": lambda lab: None,
}


@pytest.mark.parametrize(
    "name", ["restore_hma", *(pytest.param(name, marks=pytest.mark.matrix) for name in STOPS if name != "restore_hma")]
)
def test_stopped(lab: LabClient, play: Play, short: Path, name: str) -> None:
    STOPS[name](lab)
    run = started(play, short, name)
    assert run.code != 0, run.output
    compared(short, run, f"{name}-stopped")


@pytest.mark.matrix
@pytest.mark.scenario("certificate_expired")
def test_stopped_by_a_finding(lab: LabClient, play: Play, short: Path) -> None:
    """A run that stopped in step 1 reads nothing more, and says so."""
    run = started(play, short, "enable_hma")
    compared(short, run, "enable_hma-prerequisite")
    assert "TASK [Read the virtual directories of the server]" in run.output
    # The organization is read on the first server that answers, and on the newest; no server is read for itself.
    read = {item["host"] for item in lab.journal("cmdlet") if item["name"] == "Get-MapiVirtualDirectory"}
    assert read == {"EX1", "EX4"}
    cells = [cell for row in reports(lab)[-1]["servers"] for cell in row["cells"].values()]
    assert {(cell["text"], cell["evidence"]) for cell in cells} == {("not read", "This run did not read it.")}
    assert len(re.findall(r"STATUS +CHECK", run.output)) == 1, "the findings are shown once"
    assert "HMA-CERT" not in "".join(line for line in run.output.splitlines() if line.startswith("fatal:"))


@pytest.mark.parametrize(
    "name",
    ["prepare_vdirs", *(pytest.param(name, marks=pytest.mark.matrix) for name in ALL if name != "prepare_vdirs")],
)
def test_unreachable(lab: LabClient, play: Play, short: Path, name: str) -> None:
    arguments = recorded(play, short) if name == "restore_hma" else []
    run = started(play, short, name, *arguments, inventory=dark(short))
    assert run.code != 0, run.output
    compared(short, run, f"{name}-unreachable")


@pytest.mark.matrix
def test_the_way_back_that_is_printed_takes_it_back(lab: LabClient, play: Play, short: Path) -> None:
    """Typed as it stands, from the folder of the run."""
    before = sets(lab.state()["organizations"])
    run = started(play, short, "prepare_vdirs")
    assert sets(lab.state()["organizations"]) != before
    text = "\n".join(run.screen).replace(" \\\n", " ").replace(":\n", ": ")
    command = shlex.split(re.findall(r"The way back: +(ansible-playbook .*)", text)[0])
    assert command[-2] == "-i"
    back = play(command[1].removeprefix("hybrid.exchange."), *command[2:-2], inventory=Path(command[-1]))
    assert back.code == 0, back.output
    assert sets(lab.state()["organizations"]) == before


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_two_playbooks_in_one_process_end_with_two_screens(lab: LabClient, tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "hybrid.exchange.prepare_vdirs"]
    command += ["hybrid.exchange.register_spns", "-i", str(lab.inventory)]
    environment = {**os.environ, "ANSIBLE_NOCOLOR": "1", "HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    last = done.stdout[done.stdout.rindex("PLAY RECAP") :]
    assert [line.split(":")[0] for line in last.splitlines() if re.match(r"\w+: .*Run \d+T", line)] == [
        "prepare_vdirs",
        "register_spns",
    ]


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_what_a_program_reads_of_stdout_stays_as_it_is(
    lab: LabClient, begin: Callable[..., subprocess.Popen[str]]
) -> None:
    """One line per result is one line per result: the screen goes to stderr."""
    process = begin("prepare_vdirs", "--check", env={"ANSIBLE_STDOUT_CALLBACK": "oneline"})
    stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "\nTo do it:" in stderr and "\nprepare_vdirs: Ready to run. " in f"\n{stderr}"
    assert [line for line in stdout.splitlines() if line and " | " not in line and "%" not in line] == []


@pytest.mark.matrix
def test_the_events_of_a_job_have_it(tmp_path: Path) -> None:
    """ansible-runner, as AWX uses it: what is printed when the process ends is an event behind that of the recap."""
    for folder, name, text in (
        ("inventory", "hosts", "[exchange_servers]\nex1 hma_vdir_knds=x\n"),
        ("project", "play.yml", "- import_playbook: hybrid.exchange.prepare_vdirs\n"),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(text, encoding="utf-8")
    program = Path(sys.executable).with_name("ansible-runner")
    if not program.exists():
        pytest.skip("there is no ansible-runner")
    environment = {**os.environ, "PATH": f"{program.parent}:/usr/bin:/bin", "ANSIBLE_NOCOLOR": "1"}
    command = [str(program), "run", str(tmp_path), "-p", "play.yml", "--ident", "job"]
    subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    folder_of_events = tmp_path / "artifacts" / "job" / "job_events"
    events = sorted(folder_of_events.glob("*.json"), key=lambda path: int(path.name.partition("-")[0]))
    kinds = [json.loads(path.read_text("utf-8")) for path in events]
    assert [item["event"] for item in kinds][-2:] == ["playbook_on_stats", "verbose"]
    assert kinds[-1]["stdout"].startswith("prepare_vdirs: The run ended before its report.")


@pytest.mark.scenario("single")
@pytest.mark.parametrize("option", ["--syntax-check", "--list-tasks"])
def test_what_runs_nothing_ends_with_no_screen(lab: LabClient, play: Play, option: str) -> None:
    run = play("prepare_vdirs", option)
    assert run.code == 0, run.output
    assert "Run 2" not in run.output and "The run ended before" not in run.output


@pytest.mark.scenario("single")
def test_a_run_that_did_not_begin_says_why_and_what_to_type(lab: LabClient, play: Play) -> None:
    run = play("prepare_vdirs", hma_vdir_knds=["ews"])
    assert run.code != 0
    assert run.screen[0] == "prepare_vdirs: The run ended before its report."
    assert "hma_vdir_knds is no variable of hybrid.exchange" in " ".join(run.screen)
    assert "hybrid.exchange.prepare_vdirs -i" in run.screen[-1] or "-i" in run.screen[-1]


@pytest.mark.scenario("single")
def test_a_full_disk_does_not_take_the_last_screen(lab: LabClient, play: Play, tmp_path: Path) -> None:
    """The report cannot be written: the last screen says so, and what the run came to."""
    (tmp_path / "file").write_bytes(b"")
    run = play("prepare_vdirs", "--check", hma_report_dir=str(tmp_path / "file" / "below"))
    assert run.code != 0
    assert any(line.startswith("Report: none. ") for line in run.screen), run.output
    assert run.screen[0].startswith("prepare_vdirs: ")


@pytest.mark.matrix
@pytest.mark.scenario("six_servers")
def test_many_servers_are_no_more_lines(lab: LabClient, play: Play) -> None:
    for name in ("prepare_vdirs", "audit_hma"):
        run = play(name)
        assert 0 < len(run.screen) <= 15, run.output
        assert json.loads((last_report(lab) / "report.json").read_text("utf-8"))["run"]["playbook"] == name
