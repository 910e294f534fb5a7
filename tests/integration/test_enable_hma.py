# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job: a drifted organization is taken to HMA, and nothing that was there is lost."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.integration.story import Play, lists_of, records, reports, sets, step5
from tests.lab.client import LabClient

SCHEMA = jsonschema.Draft202012Validator(
    json.loads((Path(__file__).parents[2] / "docs/schemas/report.schema.json").read_text("utf-8"))
)
ENABLED = ["single", "everything", "legacy2013", "scp_gaps", "hybrid_app", "half_on", "six_servers"]


def written(lab: LabClient) -> list[tuple[str, str]]:
    """Each write as (object, cmdlet as typed or tenant), in a form that the diff shows too."""
    found = []
    for item in lab.writes():
        if item["kind"] == "graph":
            found.append(("graph", item["tenant"]))
        else:
            found.append((item["name"], item["parameters"].get("Identity", "organization")))
    return sorted(found)


def predicted(output: str) -> list[tuple[str, str]]:
    """The same from the diff of --check --diff."""
    found = [
        ("graph", match[1])
        for match in re.finditer(r"^\+\+\+ after: .* in tenant (\S+)    PATCH", output, re.MULTILINE)
    ]
    for match in re.finditer(r"^\+\+\+ after: .*    (Set-\w+)(?: -Identity '([^']+)')?", output, re.MULTILINE):
        found.append((match[1], match[2] or "organization"))
    return sorted(found)


# The default scenario over two ways into Exchange; for Windows PowerShell over psrp, which runs winrm's script, the
# long run is enough.
WAYS = [
    pytest.param("default", marks=pytest.mark.matrix, id="default"),
    pytest.param("default", marks=[pytest.mark.connection("exchange"), pytest.mark.matrix], id="default-exchange"),
    pytest.param(
        "legacy2013",
        marks=[pytest.mark.scenario("legacy2013"), pytest.mark.connection("exchange"), pytest.mark.long],
        id="legacy2013-exchange",
    ),
    pytest.param("default", marks=[pytest.mark.connection("psrp"), pytest.mark.long], id="default-psrp"),
]


def describe(lab: LabClient, mode: str, **changes: int) -> None:
    """The report of the last run: as many changes as there were, and after a run that wrote, everything ready."""
    found = reports(lab)[-1]
    SCHEMA.validate(found)
    assert found["run"]["mode"] == mode
    assert found["summary"]["changes"] == {"would_change": 0, "changed": 0, "rolled_back": 0, **changes}
    assert found["summary"]["verdict"] in (["would_change"] if mode == "check" else ["ready", "attention"]), found[
        "summary"
    ]["sentence"]
    if mode == "apply":
        ready = [(found["summary"][what]["ready"], found["summary"][what]["total"]) for what in ("servers", "tenants")]
        assert all(number == total > 0 for number, total in ready), found["summary"]["sentence"]
        assert found["organization"]["modern_authentication"] is True
    text = json.dumps(found)
    assert [secret for secret in ("Pa$$w0rd", "sEcr3t~", "client_secret", "ansible_password") if secret in text] == []


@pytest.mark.parametrize(
    "lab_scenario",
    [*WAYS, *(pytest.param(name, marks=[pytest.mark.scenario(name), pytest.mark.long]) for name in ENABLED)],
)
def test_enable(lab_scenario: str, lab: LabClient, play: Play) -> None:
    start = sets(lab.state())
    before = lists_of(lab.state())
    applications = [item["ApplicationIdentifier"] for item in lab.state()["organizations"][0]["authserver"]]

    check = play("enable_hma", "--check", "--diff")
    assert check.code == 0, check.output
    assert lab.writes() == []
    promised = predicted(check.output)
    assert ("Set-OrganizationConfig", "organization") in promised or lab_scenario == "half_on"
    describe(lab, "check", would_change=len(promised))

    first = play("enable_hma")
    assert first.code == 0, first.output
    assert written(lab) == promised
    describe(lab, "apply", changed=len(promised))

    state = lab.state()
    organization = state["organizations"][0]
    assert organization["config"][0]["OAuth2ClientProfileEnabled"] is True
    assert [item["Type"] for item in organization["authserver"] if item["IsDefaultAuthorizationEndpoint"]] == [
        "AzureAD"
    ]
    assert [item["ApplicationIdentifier"] for item in organization["authserver"]] == applications
    after = lists_of(state)
    assert {where: values - after[where] for where, values in before.items() if values - after[where]} == {}

    lab.clear()
    second = play("enable_hma")
    assert second.code == 0, second.output
    assert second.changed == 0
    assert lab.writes() == []

    enabled = sets(lab.state())
    look = play("restore_hma", "--check", "--diff", hma_restore_record=records(lab)[0])
    if lab_scenario == "half_on":
        # It was on before this run, so the run's record does not say how it goes off.
        assert look.code != 0, look.output
        assert "run disable_hma first" in look.text
        assert play("disable_hma", hma_restore_record=records(lab)[0]).code == 0
        lab.clear()
        start["organizations"][0]["config"][0]["OAuth2ClientProfileEnabled"] = False
        enabled = sets(lab.state())
        look = play("restore_hma", "--check", "--diff", hma_restore_record=records(lab)[0])
    assert look.code == 0, look.output
    assert sets(lab.state()) == enabled
    promised = predicted(look.output)
    back = play("restore_hma", hma_restore_record=records(lab)[0])
    assert back.code == 0, back.output
    assert written(lab) == promised
    assert sets(lab.state()) == start


@pytest.mark.matrix
@pytest.mark.scenario("compliant")
def test_already_right_changes_nothing_and_keeps_the_budget(lab: LabClient, play: Play) -> None:
    run = play("enable_hma")
    assert run.code == 0, run.output
    assert run.changed == 0
    assert lab.writes() == []
    shells = Counter(item["host"] for item in lab.journal("shell"))
    # One for the directories and one for the gate on every server; besides: the organization and the sign-in names on
    # the first; on the server of the highest build, whose product is newer, the organization too, one per tenant, then
    # organization, endpoint with flag, and the read-back, and two for replication: who uses which domain controller,
    # and one look at all of them.
    assert shells == {"EX1": 4, "EX2": 2, "EX3": 2, "EX4": 1 + 2 + 2 + 2 + 1 + 2}
    cmdlets = [item for item in lab.journal("cmdlet") if item["host"] == "EX1"]
    # The gate reads certificates and maintenance too.
    assert len(cmdlets) == 18 + 2 + 5 + 5 + 2
    calls = [item["method"] for item in lab.journal("graph")]
    assert calls == ["GET"] * len(calls)


def test_budget_of_a_changed_server(lab: LabClient, play: Play) -> None:
    assert play("prepare_vdirs").code == 0
    assert Counter(item["host"] for item in lab.journal("shell")) == {"EX1": 2, "EX2": 2, "EX3": 2, "EX4": 1}
    assert Counter(item["host"] for item in lab.journal("cmdlet")) == {
        # Each change is three: the last look, the write, and the read-back.
        "EX1": 5 + 6,
        "EX2": 5 + 3,
        "EX3": 5 + 3,
        "EX4": 5,
    }


def record_explains_every_write(lab: LabClient) -> None:
    records = [
        json.loads(line)
        for path in (lab.folder / "records").glob("*/*.jsonl")
        for line in path.read_text("utf-8").splitlines()
    ]
    intents = [item for item in records if item["event"] == "intent"]
    assert len(intents) == len(lab.writes())
    assert len({path.parent.name for path in (lab.folder / "records").glob("*/*.jsonl")}) == 1
    assert [item["result"] for item in records if item["event"] == "outcome"] == ["done"] * len(intents)
    assert {oct(path.stat().st_mode & 0o777) for path in (lab.folder / "records").glob("*/*.jsonl")} == {"0o600"}


def reads_follow_the_writes_of_their_own_shell(lab: LabClient) -> None:
    """The second domain controller lags: -DomainController is the one that served the first read."""
    for host, server in (("EX1", "dc1"), ("EX3", "dc2"), ("EX4", "dc1")):
        sets = [item for item in lab.journal("cmdlet") if item["host"] == host and item["write"]]
        assert {item["parameters"]["DomainController"] for item in sets} == {f"{server}.corp.contoso.test"}


def no_secret_is_shown(lab: LabClient, shown: str) -> None:
    left = shown + "".join(path.read_text("utf-8") for path in (lab.folder / "records").glob("*/*"))
    for secret in ("Pa$$w0rd's", 'Pa$$w0rd\'s \\"secret\\"', "sEcr3t~contoso&=%", "PRIVATE KEY"):
        assert secret not in left


def test_one_run_and_everything_it_left(lab: LabClient, play: Play, tmp_path: Path) -> None:
    run = play("enable_hma", "-vvvvv", env={"ANSIBLE_LOG_PATH": str(tmp_path / "log")})
    assert run.code == 0, run.output[-3000:]
    record_explains_every_write(lab)
    reads_follow_the_writes_of_their_own_shell(lab)
    no_secret_is_shown(lab, run.output + (tmp_path / "log").read_text("utf-8"))


@pytest.mark.matrix
def test_single_playbooks_one_after_another(lab: LabClient, play: Play) -> None:
    spns = play("register_spns")
    assert spns.code == 0, spns.output
    assert {item["kind"] for item in lab.writes()} == {"graph"}
    lab.clear()
    vdirs = play("prepare_vdirs", "--limit", "ex2.corp.contoso.test")
    assert vdirs.code == 0, vdirs.output
    assert {(item["host"], item["name"]) for item in lab.writes()} == {("EX2", "Set-WebServicesVirtualDirectory")}


@pytest.mark.matrix
@pytest.mark.parametrize("fault", [pytest.param("die_before", marks=pytest.mark.long), "die_after"])
def test_a_connection_that_breaks_under_the_set_is_uncertain_and_a_rerun_mends_it(
    lab: LabClient, play: Play, fault: str
) -> None:
    lab.fault(at="cmdlet", action=fault, name="Set-OabVirtualDirectory", host="EX3", count=1)
    broken = play("enable_hma")
    assert broken.code != 0
    assert (
        "Uncertain: EX3\\\\OAB (Default Web Site)" in broken.text
        or "Uncertain: EX3\\OAB (Default Web Site)" in broken.text
    )
    assert step5(lab) == []
    again = play("enable_hma")
    assert again.code == 0, again.output
    assert lab.state()["organizations"][0]["config"][0]["OAuth2ClientProfileEnabled"] is True


@pytest.mark.matrix
def test_a_write_that_is_not_stored_is_noticed(lab: LabClient, play: Play) -> None:
    lab.fault(at="cmdlet", action="ignored", name="Set-OabVirtualDirectory", host="EX3")
    run = play("enable_hma")
    assert run.code != 0
    assert "did not read back as written" in run.text
    assert step5(lab) == []


@pytest.mark.matrix
def test_the_old_default_comes_back_when_the_new_one_cannot_be_set(lab: LabClient, play: Play) -> None:
    guid = next(item["Guid"] for item in lab.state()["organizations"][0]["authserver"] if item["Name"] == "EvoSTS")
    lab.fault(
        at="cmdlet",
        action="error",
        name="Set-AuthServer",
        message="No.",
        given={"Identity": guid, "IsDefaultAuthorizationEndpoint": True},
    )
    run = play("enable_hma")
    assert run.code != 0
    assert "was made the default authorization endpoint again" in run.text
    defaults = [
        item["Name"] for item in lab.state()["organizations"][0]["authserver"] if item["IsDefaultAuthorizationEndpoint"]
    ]
    assert defaults == ["EvoSTS - old tenant"]
    assert lab.state()["organizations"][0]["config"][0]["OAuth2ClientProfileEnabled"] is False


@pytest.mark.matrix
@pytest.mark.parametrize("_way", ["winrm", pytest.param("exchange", marks=pytest.mark.connection("exchange"))])
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"action": "error", "message": "No."}, "failed: No."),
        ({"action": "ignored"}, "was accepted, but OAuth2ClientProfileEnabled did not read back as written."),
    ],
    ids=["refused", "not stored"],
)
def test_the_endpoint_is_as_it_was_when_the_switch_stays_off(
    lab: LabClient, play: Play, _way: str, fault: dict[str, Any], said: str
) -> None:
    """Step 5 is whole or absent."""
    before = lab.state()["organizations"][0]["authserver"]
    lab.fault(at="cmdlet", name="Set-OrganizationConfig", count=1, **fault)
    run = play("enable_hma")
    assert run.code != 0
    assert f"Set-OrganizationConfig -OAuth2ClientProfileEnabled $true -Confirm:$false {said}" in " ".join(run.screen)
    assert "'EvoSTS - old tenant' was made the default authorization endpoint again" in run.text
    organization = lab.state()["organizations"][0]
    assert organization["config"][0]["OAuth2ClientProfileEnabled"] is False
    assert defaults_of(organization["authserver"]) == defaults_of(before) == ["EvoSTS - old tenant"]
    again = play("enable_hma")
    assert again.code == 0, again.output
    assert defaults_of(lab.state()["organizations"][0]["authserver"]) == ["EvoSTS"]


def defaults_of(servers: list[dict[str, Any]]) -> list[str]:
    return [item["Name"] for item in servers if item["IsDefaultAuthorizationEndpoint"]]


@pytest.mark.long
def test_looking_needs_view_only_rights(lab: LabClient, play: Play) -> None:
    viewer = {"exchange_user": "CONTOSO\\viewer", "exchange_password": "l00k-0nly"}
    look = play("enable_hma", "--check", "--diff", **viewer)
    assert look.code == 0, look.output
    assert lab.writes() == []
    run = play("enable_hma", **viewer)
    assert run.code != 0
    assert "the account's roles hide it" in run.text
    assert [item for item in lab.writes() if item["kind"] == "cmdlet" and item["ok"]] == []


@pytest.mark.long
def test_noise_and_cut_answers(lab: LabClient, play: Play) -> None:
    lab.fault(at="output", action="noise")
    assert play("prepare_vdirs", "--check").code == 0
    lab.fault(at="output", action="truncate", host="EX4")
    run = play("prepare_vdirs")
    assert run.code != 0
    assert "Windows PowerShell gave a cut answer" in run.text
    assert {item["host"] for item in lab.writes()} == {"EX1", "EX2", "EX3"}
