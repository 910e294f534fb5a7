# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Going back takes nothing that is in use, never switches on, and needs least where it is the way out."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.integration.invariant import holds
from tests.integration.story import Begin, Play, Run, ended, in_long_run, records, sets
from tests.integration.test_matrix import kill_at
from tests.lab.client import LabClient

CONTOSO = "11111111-aaaa-4bbb-8ccc-000000000001"
# By both transports; the second one with the long stories.
BOTH = [
    pytest.param(marks=pytest.mark.connection("ntlm"), id="winrm"),
    pytest.param(marks=[pytest.mark.connection("exchange"), pytest.mark.long], id="psrp-exchange"),
]
BOTH_LONG = [
    pytest.param(marks=[pytest.mark.connection("ntlm"), pytest.mark.matrix], id="winrm"),
    pytest.param(marks=[pytest.mark.connection("exchange"), pytest.mark.long], id="psrp-exchange"),
]


def flag(lab: LabClient) -> bool:
    return bool(lab.state()["organizations"][0]["config"][0]["OAuth2ClientProfileEnabled"])


def switched(lab: LabClient, on: bool) -> None:
    """Somebody else's hand on the switch."""
    lab.write("Set-OrganizationConfig", lab.state()["organizations"][0]["name"], {"OAuth2ClientProfileEnabled": on})


def well(run: Run) -> Run:
    assert run.code == 0, run.output
    return run


def as_it_was(lab: LabClient, start: dict[str, Any]) -> None:
    """Everything is taken back. What step 5 rested on is gone then, rightly: the journal of its writes is not judged
    any more."""
    assert sets(lab.state()) == sets(start)
    lab.clear()
    holds(lab, start)


def switched_on_during_restore(lab: LabClient, begin: Begin, moment: str) -> subprocess.Popen[str]:
    """A restore that still runs. Somebody switched on before or after its write to the OAB directory."""
    lab.fault(at="cmdlet", action=f"hang_{moment}", name="Set-OabVirtualDirectory", seconds=5, count=1)
    process = begin("restore_hma", hma_restore_record=records(lab)[0])
    deadline = time.monotonic() + 120
    while not lab.journal("hang"):
        assert process.poll() is None, "".join(process.communicate())
        assert time.monotonic() < deadline
        time.sleep(0.05)
    switched(lab, True)
    return process


def refused(run: Run, *texts: str) -> None:
    assert run.code != 0, run.output
    assert "Traceback" not in run.output
    for text in texts:
        assert text in run.text, run.output


# -- what is in use stays


@pytest.mark.matrix
@pytest.mark.parametrize((), BOTH)
def test_an_earlier_run_is_not_taken_back_while_modern_authentication_rests_on_it(lab: LabClient, play: Play) -> None:
    start = lab.state()
    well(play("prepare_vdirs"))
    well(play("enable_hma"))
    lab.clear()
    on = sets(lab.state())
    for check in (["--check"], []):
        run = play("restore_hma", *check, hma_restore_record=records(lab)[0])
        refused(
            run,
            "modern authentication is still on",
            "Give the record of the run that turned it on",
            "disable_hma first",
        )
        assert "back as it was before" not in run.text
    assert lab.writes() == []
    assert sets(lab.state()) == on
    holds(lab, start)


@pytest.mark.long
@pytest.mark.parametrize((), BOTH_LONG)
def test_names_of_an_earlier_run_stay_too_and_all_records_together_go_back(lab: LabClient, play: Play) -> None:
    start = lab.state()
    for playbook in ("prepare_vdirs", "register_spns", "enable_hma"):
        well(play(playbook))
    lab.clear()
    for check in (["--check"], []):
        refused(
            play("restore_hma", *check, hma_restore_record=records(lab)[1]),
            "its clients ask for these names",
            f"names of tenant {CONTOSO}",
        )
    assert lab.writes() == []
    holds(lab, start)
    well(play("disable_hma", hma_restore_record=records(lab)))
    well(play("restore_hma", hma_restore_record=records(lab)[1]))
    assert sets(lab.state())["tenants"] == sets(start)["tenants"]
    assert "is back as it was before." in well(play("restore_hma", hma_restore_record=records(lab)[:3])).text
    as_it_was(lab, start)


@pytest.mark.matrix
def test_what_was_on_before_the_run_is_in_use_as_well(lab: LabClient, play: Play) -> None:
    """It was on with the old tenant's endpoint; the run moved it. The record alone does not say what is live."""
    switched(lab, True)
    well(play("enable_hma"))
    lab.clear()
    on = sets(lab.state())
    refused(
        play("restore_hma", hma_restore_record=records(lab)[0]),
        "IsDefaultAuthorizationEndpoint of AuthServer 'EvoSTS'",
        "DomainName of AuthServer",
    )
    assert lab.writes() == []
    assert sets(lab.state()) == on


@pytest.mark.long
def test_switched_on_again_while_the_restore_runs(lab: LabClient, begin: Begin, play: Play) -> None:
    """The organization is off and a directory is being taken back when somebody switches on: the names stay."""
    start = lab.state()
    well(play("enable_hma"))
    on = sets(lab.state())
    process = switched_on_during_restore(lab, begin, "after")
    refused(ended(process), "its clients ask for these names", f"names of tenant {CONTOSO}")
    assert sets(lab.state())["tenants"] == on["tenants"]
    well(play("disable_hma"))
    well(play("restore_hma", hma_restore_record=records(lab)[0]))
    as_it_was(lab, start)


@pytest.mark.matrix
def test_switched_on_between_the_look_and_the_write(lab: LabClient, begin: Begin, play: Play) -> None:
    """OAuth is on its way from a directory when somebody switches on: the look behind the write sees it, and gives it
    back."""
    start = lab.state()
    well(play("prepare_vdirs"))
    on = sets(lab.state())
    process = switched_on_during_restore(lab, begin, "before")
    server = lab.journal("hang")[0]["host"]
    refused(
        ended(process), "modern authentication was switched on while OAuth was being taken from", "it was given back"
    )
    switched(lab, False)

    def oab(state: dict[str, Any]) -> list[Any]:
        return [item for item in state["organizations"][0]["vdir:oab"] if item["Server"] == server]

    assert oab(sets(lab.state())) == oab(on)
    well(play("restore_hma", hma_restore_record=records(lab)))
    as_it_was(lab, start)


# -- never on


@pytest.mark.long
@pytest.mark.parametrize((), BOTH_LONG)
def test_a_restore_of_a_restore_puts_everything_back_but_the_switch(lab: LabClient, play: Play) -> None:
    start = lab.state()
    well(play("enable_hma"))
    on = sets(lab.state())
    well(play("restore_hma", hma_restore_record=records(lab)[0]))
    assert sets(lab.state()) == sets(start)
    for check in (["--check"], []):
        run = play("restore_hma", *check, hma_restore_record=records(lab)[1])
        refused(run, "OAuth2ClientProfileEnabled of organization", "Going back never switches it on: run enable_hma")
        assert "back as it was before" not in run.text
        assert not flag(lab)
    now = sets(lab.state())
    assert now["tenants"] == on["tenants"]
    for kind in ("vdir:ews", "vdir:mapi", "authserver"):
        assert now["organizations"][0][kind] == on["organizations"][0][kind]
    holds(lab, start)
    well(play("enable_hma"))
    assert "is back as it was before." in well(play("restore_hma", hma_restore_record=records(lab)[1])).text
    holds(lab, start)


@pytest.mark.long
def test_enable_disable_and_both_taken_back_one_after_the_other(lab: LabClient, play: Play) -> None:
    start = lab.state()
    well(play("enable_hma"))
    well(play("disable_hma"))
    enabling, disabling = records(lab)
    well(play("restore_hma", hma_restore_record=enabling))
    assert sets(lab.state()) == sets(start)
    refused(
        play("restore_hma", hma_restore_record=disabling), "run enable_hma", "is the default authorization endpoint now"
    )
    as_it_was(lab, start)


@pytest.mark.long
def test_a_directory_that_was_left_on_is_named_in_the_sentence(lab: LabClient, play: Play) -> None:
    lab.change(["organizations", 0, "connectors"], [{"name": "HybridIOC"}])
    well(play("enable_hma"))
    run = well(play("restore_hma", hma_restore_record=records(lab)[0]))
    text = run.text.replace("\\\\", "\\")
    assert "is back as it was before, except: " in text, run.output
    assert "IntraOrganizationConnector HybridIOC is enabled" in text.partition("except: ")[2]
    assert "back as it was before." not in text


# -- a write that failed may have taken effect


@pytest.mark.matrix
@pytest.mark.parametrize((), BOTH)
def test_a_write_that_failed_after_it_took_effect_is_taken_back(lab: LabClient, play: Play) -> None:
    start = lab.state()
    lab.fault(at="cmdlet", action="error_after", name="Set-OabVirtualDirectory", message="IIS did not answer.", count=1)
    lab.fault(at="graph", tenant=CONTOSO, method="PATCH", status=400, apply_first=True, count=1)
    refused(play("prepare_vdirs"), "IIS did not answer.")
    refused(play("register_spns"), "HTTP 400")
    words = [
        json.loads(line).get("result")
        for path in Path(lab.folder, "records").glob("*/*.jsonl")
        for line in path.read_text("utf-8").splitlines()
    ]
    assert words.count("failed") == 2
    assert sets(lab.state()) != sets(start)
    holds(lab, start)
    lab.remedy()
    assert "is back as it was before." in well(play("restore_hma", hma_restore_record=records(lab))).text
    assert sets(lab.state()) == sets(start)


# -- the way out needs least


def odd(lab: LabClient) -> None:
    """An AuthServer whose domains are no list, and an Exchange that does not say which servers it has."""
    lab.write("Set-AuthServer", "EvoSTS - old tenant", {"DomainName": "no list"})
    lab.fault(at="cmdlet", action="error", name="Get-ExchangeServer", message="odd")
    lab.fault(at="cmdlet", action="error", name="Get-AuthenticationPolicy", message="no right to read it")


def before_the_first_write(lab: LabClient) -> int:
    kinds = [("write" if item.get("write") else item["kind"]) for item in lab.journal("shell", "cmdlet")]
    return kinds[: kinds.index("write")].count("shell")


@pytest.mark.parametrize((), BOTH)
def test_switching_off_needs_one_server_its_configuration_and_the_authservers(lab: LabClient, play: Play) -> None:
    switched(lab, True)
    lab.write("Set-AuthServer", "EvoSTS - old tenant", {"IsDefaultAuthorizationEndpoint": False})
    lab.write("Set-AuthServer", "EvoSTS", {"IsDefaultAuthorizationEndpoint": True})
    odd(lab)
    lab.clear()
    run = well(play("disable_hma"))
    assert not flag(lab)
    assert [
        item["Name"] for item in lab.state()["organizations"][0]["authserver"] if item["IsDefaultAuthorizationEndpoint"]
    ] == []
    assert before_the_first_write(lab) <= 2
    assert "Modern authentication is off." in run.text
    assert "What clients are offered is not proven" in run.text
    assert "Whether an authentication policy blocks legacy authentication could not be read" in run.text


@pytest.mark.matrix
@pytest.mark.parametrize((), BOTH)
def test_another_server_switches_off_where_the_first_cannot(lab: LabClient, play: Play) -> None:
    switched(lab, True)
    lab.fault(at="http", action="401", host="EX1")
    run = well(play("disable_hma"))
    assert not flag(lab)
    assert "Modern authentication is off." in run.text


@pytest.mark.matrix
def test_no_server_can_and_each_reason_is_given(lab: LabClient, play: Play) -> None:
    switched(lab, True)
    lab.fault(at="cmdlet", action="error", name="Set-OrganizationConfig", message="not today")
    refused(play("disable_hma"), "Modern authentication was not turned off.", "not today")
    assert flag(lab)


# -- SIGKILL of the control node on the way back

BACK: dict[str, tuple[str, str | None, dict[str, Any]]] = {
    "flag": ("Set-OrganizationConfig", None, {"OAuth2ClientProfileEnabled": False}),
    "clear": ("Set-AuthServer", "EvoSTS", {"IsDefaultAuthorizationEndpoint": False}),
    "set": ("Set-AuthServer", "EvoSTS - old tenant", {"IsDefaultAuthorizationEndpoint": True}),
    "ews": ("Set-WebServicesVirtualDirectory", None, {}),
    "mapi": ("Set-MapiVirtualDirectory", None, {}),
}


def stands_at(lab: LabClient, write: str, moment: str) -> None:
    name, identity, given = BACK[write]
    found = {item["Name"]: item["Guid"] for item in lab.state()["organizations"][0]["authserver"]}
    place = {**given, **({"Identity": found[identity]} if identity else {})}
    lab.fault(at="cmdlet", action=f"hang_{moment}", name=name, given=place, count=1)


@pytest.mark.matrix
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize(
    ("playbook", "write"),
    in_long_run(
        [("disable_hma", "flag"), ("disable_hma", "set"), *(("restore_hma", write) for write in BACK)],
        *("disable_hma-set", "restore_hma-flag", "restore_hma-clear", "restore_hma-ews", "restore_hma-mapi"),
    ),
)
def test_killed_on_the_way_back_then_run_again(
    lab: LabClient, begin: Begin, play: Play, playbook: str, write: str, moment: str
) -> None:
    start = lab.state()
    well(play("enable_hma"))
    record = records(lab)[0]
    stands_at(lab, write, moment)
    kill_at(begin(playbook, hma_restore_record=record), lambda: bool(lab.journal("hang")))
    lab.remedy()
    well(play(playbook, hma_restore_record=record))
    assert not flag(lab)
    if playbook == "disable_hma":
        well(play("restore_hma", hma_restore_record=record))
    as_it_was(lab, start)


# -- a part of a run


@pytest.mark.parametrize("playbook", ["disable_hma", pytest.param("restore_hma", marks=pytest.mark.matrix)])
@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        pytest.param(["--limit", "exchange_servers"], "--limit", id="limit"),
        pytest.param(["--tags", "never-used"], "--tags", id="tags", marks=pytest.mark.matrix),
        pytest.param(["--skip-tags", "always"], "--skip-tags", id="skip-tags", marks=pytest.mark.matrix),
    ],
)
def test_what_narrows_the_run_is_refused_by_name(
    lab: LabClient, play: Play, playbook: str, arguments: list[str], named: str
) -> None:
    switched(lab, True)
    refused(play(playbook, *arguments, hma_restore_record=str(lab.folder)), named)
    assert lab.journal() == []
    assert flag(lab)


@pytest.mark.matrix
@pytest.mark.parametrize("playbook", ["disable_hma", "restore_hma"])
def test_a_slice_of_awx_is_refused(lab: LabClient, play: Play, playbook: str) -> None:
    switched(lab, True)
    refused(
        play(
            playbook, awx_job_template_name=playbook, awx_workflow_job_name=playbook, hma_restore_record=str(lab.folder)
        ),
        "job slicing",
    )
    assert lab.journal() == []
    assert flag(lab)


@pytest.mark.matrix
def test_half_of_the_pages_of_a_job_restores_nothing(lab: LabClient, play: Play, tmp_path: Path) -> None:
    page: dict[str, Any] = {
        "count": 400,
        "next": "/api/v2/jobs/7/job_events/?page=2&page_size=200",
        "previous": None,
        "results": [{"id": 1}],
    }
    path = tmp_path / "page1.json"
    path.write_text(json.dumps(page), encoding="utf-8")
    refused(
        play("restore_hma", hma_restore_record=str(path)), "page1.json: 1 of 400 events", "Give the file of every page"
    )
    assert lab.journal() == []
