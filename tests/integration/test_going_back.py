# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways back: disable_hma at night, restore_hma of recorded runs; what is refused, and what is left alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.story import Play, Run, records, sets
from tests.integration.test_modules import call
from tests.lab.client import LabClient

EX1, EX2 = "ex1.corp.contoso.test", "ex2.corp.contoso.test"


def organization(lab: LabClient) -> dict[str, Any]:
    found: dict[str, Any] = lab.state()["organizations"][0]
    return found


def flag(lab: LabClient) -> bool:
    return bool(organization(lab)["config"][0]["OAuth2ClientProfileEnabled"])


def defaults(lab: LabClient) -> list[str]:
    return [item["Name"] for item in organization(lab)["authserver"] if item["IsDefaultAuthorizationEndpoint"]]


def sent(lab: LabClient) -> list[tuple[str, Any]]:
    """The writes to Exchange by their parameters, the identity left out."""
    return [
        (
            item["name"],
            {
                key: value
                for key, value in item["parameters"].items()
                if key not in ("Identity", "DomainController", "Confirm")
            },
        )
        for item in lab.writes()
        if item["kind"] == "cmdlet"
    ]


OFF = ("Set-OrganizationConfig", {"OAuth2ClientProfileEnabled": False})
CLEAR = ("Set-AuthServer", {"IsDefaultAuthorizationEndpoint": False})
SET = ("Set-AuthServer", {"IsDefaultAuthorizationEndpoint": True})


def enabled(lab: LabClient, play: Play) -> str:
    run = play("enable_hma")
    assert run.code == 0, run.output
    lab.clear()
    return records(lab)[-1]


@pytest.mark.matrix
def test_disable_in_the_articles_order_and_with_the_record_to_the_earlier_default(lab: LabClient, play: Play) -> None:
    record = enabled(lab, play)
    look = play("disable_hma", "--check", "--diff")
    assert look.code == 0, look.output
    assert lab.writes() == []
    assert look.text.index("Set-OrganizationConfig -OAuth2ClientProfileEnabled $false") < look.text.index(
        "-IsDefaultAuthorizationEndpoint $false"
    )

    run = play("disable_hma")
    assert run.code == 0, run.output
    assert sent(lab) == [OFF, CLEAR]
    assert "refuted" not in run.text
    assert lab.journal("balancer"), "Clients' way in was asked."
    assert (flag(lab), defaults(lab)) == (False, [])
    assert play("disable_hma").changed == 0

    assert play("enable_hma").code == 0
    lab.clear()
    run = play("disable_hma", hma_restore_record=record)
    assert run.code == 0, run.output
    assert sent(lab) == [OFF, CLEAR, SET]
    assert (flag(lab), defaults(lab)) == (False, ["EvoSTS - old tenant"])


@pytest.mark.long
@pytest.mark.scenario("six_servers")
def test_a_server_that_is_down_does_not_keep_anybody_from_going_back(lab: LabClient, play: Play) -> None:
    enabled(lab, play)
    lab.fault(at="http", action="401", host="EX2")
    run = play("disable_hma")
    assert run.code == 0, run.output
    assert (flag(lab), defaults(lab)) == (False, [])


POLICY = {"name": "Block legacy", "blocks": ["Mapi", "Pop"]}


@pytest.mark.matrix
@pytest.mark.parametrize(
    ("config", "mailboxes", "why"),
    [
        pytest.param(
            {"DefaultAuthenticationPolicy": "Block legacy"}, [], "is the organization's default", id="default"
        ),
        pytest.param(
            {},
            [{"name": "Ann", "policy": "Block legacy"}],
            "is assigned (to Ann for one)",
            id="assigned",
            marks=pytest.mark.long,
        ),
    ],
)
def test_a_policy_that_would_lock_users_out(
    lab: LabClient, play: Play, config: dict[str, Any], mailboxes: list[Any], why: str
) -> None:
    lab.change(["organizations", 0, "config"], {"DefaultAuthenticationPolicy": None, **config})
    lab.change(["organizations", 0, "authentication_policies"], [POLICY])
    lab.change(["organizations", 0, "mailboxes"], mailboxes)
    lab.again()
    record = enabled(lab, play)
    for playbook, more in (("disable_hma", {}), ("restore_hma", {"hma_restore_record": record})):
        for check in (["--check"], []):
            run = play(playbook, *check, **more)
            assert run.code != 0
            assert why in run.text, run.output
            assert "hma_disable_despite_policy" in run.text
    assert lab.writes() == []
    run = play("disable_hma", hma_disable_despite_policy="Block legacy")
    assert run.code == 0, run.output
    assert flag(lab) is False


@pytest.mark.long
def test_a_policy_that_nobody_has_is_no_hindrance(lab: LabClient, play: Play) -> None:
    lab.change(["organizations", 0, "authentication_policies"], [POLICY])
    enabled(lab, play)
    assert play("disable_hma").code == 0


@pytest.mark.matrix
def test_what_somebody_changed_since_is_left_alone_and_the_rest_goes_back(
    lab: LabClient, play: Play, tmp_path: Path
) -> None:
    start = sets(lab.state())
    record = enabled(lab, play)
    methods = {"IISAuthenticationMethods": ["Negotiate", "OAuth"]}
    lab.write("Set-MapiVirtualDirectory", "EX1", methods)
    lab.write("Set-AuthServer", "EvoSTS", {"DomainName": ["contoso.test", "contoso.onmicrosoft.com", "later.test"]})
    run = play("restore_hma", hma_restore_record=record)
    assert run.code != 0
    assert (
        "IISAuthenticationMethods of EX1\\\\mapi (Default Web Site) is {Negotiate, OAuth}; the run"
        in run.text.replace("\\\\\\\\", "\\\\")
    ), run.output
    assert "Somebody changed it since: it is left alone" in run.text
    left = sets(lab.state())
    domains = next(item for item in organization(lab)["authserver"] if item["Name"] == "EvoSTS")["DomainName"]
    assert set(domains) == {"contoso.test", "later.test"}
    mapi = next(item for item in organization(lab)["vdir:mapi"] if item["Server"] == "EX1")
    assert set(mapi["IISAuthenticationMethods"]) == {"Negotiate", "OAuth"}
    assert left["tenants"] == start["tenants"]
    for kind in ("config", "vdir:ews", "vdir:oab", "vdir:activesync"):
        assert left["organizations"][0][kind] == start["organizations"][0][kind]


@pytest.mark.long
def test_a_third_default_and_names_others_need(lab: LabClient, play: Play) -> None:
    record = enabled(lab, play)
    other = "EvoSTS - 5c8cd4ba-65ea-4b8d-a4f6-6b3a7e1b6b01"
    lab.write("Set-AuthServer", "EvoSTS", {"IsDefaultAuthorizationEndpoint": False})
    lab.write("Set-AuthServer", other, {"IsDefaultAuthorizationEndpoint": True})
    run = play("restore_hma", hma_restore_record=record, hma_restore_keep_names=["eas.contoso.test"])
    assert run.code != 0
    assert f"'{other}' is the default authorization endpoint now" in run.text
    assert (flag(lab), defaults(lab)) == (False, [other])
    for tenant in lab.state()["tenants"]:
        names = tenant["service_principals"][0]["names"]
        assert "https://eas.contoso.test/" in names
        assert "https://oab.corp.contoso.test/" not in names


@pytest.mark.long
def test_hybrid_free_busy_keeps_its_oauth_unless_forced(lab: LabClient, play: Play) -> None:
    start = sets(lab.state())
    lab.change(["organizations", 0, "connectors"], [{"name": "HybridIOC"}])
    record = enabled(lab, play)
    run = play("restore_hma", hma_restore_record=record)
    assert run.code == 0, run.output
    assert "IntraOrganizationConnector HybridIOC is enabled" in run.text
    ews = next(item for item in organization(lab)["vdir:ews"] if item["Server"] == "EX2")
    assert ews["OAuthAuthentication"] is True
    run = play("restore_hma", hma_restore_record=record, hma_restore_despite_connector=True)
    assert run.code == 0, run.output
    assert sets(lab.state()) == start


@pytest.mark.long
def test_a_server_that_is_not_reached_is_said_and_done_later(lab: LabClient, play: Play) -> None:
    start = sets(lab.state())
    record = enabled(lab, play)
    lab.fault(at="http", action="401", host="EX2", count=4)
    run = play("restore_hma", hma_restore_record=record)
    assert run.code != 0
    assert "Not reached: EX2\\\\EWS (Default Web Site)" in run.text.replace("\\\\\\\\", "\\\\"), run.output
    again = play("restore_hma", hma_restore_record=record)
    assert again.code == 0, again.output
    assert sets(lab.state()) == start


@pytest.mark.long
def test_directories_are_not_taken_back_while_clients_use_them(lab: LabClient, play: Play, tmp_path: Path) -> None:
    """The module alone, on one server, with the organization's switch still on."""
    record = enabled(lab, play)
    history = call(lab, tmp_path, "localhost", "hma_record", {"source": [record]})["history"]
    result = call(lab, tmp_path, EX2, "hma_restore", {"scope": "server", "history": history})
    assert not result["changed"]
    assert "modern authentication is still on" in result["refused"][0]["reason"]
    assert lab.writes() == []


def test_restore_without_a_record_says_what_it_needs(lab: LabClient, play: Play, tmp_path: Path) -> None:
    for more, message in (
        ({}, "-e hma_restore_record="),
        ({"hma_restore_record": str(tmp_path / "nowhere")}, "cannot be read"),
    ):
        run = play("restore_hma", **more)
        assert run.code != 0
        assert message in run.text
    assert lab.writes() == []


@pytest.mark.matrix
def test_from_exported_job_events(lab: LabClient, play: Play, tmp_path: Path) -> None:
    """The folder is gone with the container; what the callback saw is enough."""
    start = sets(lab.state())
    (tmp_path / "callbacks").mkdir()
    (tmp_path / "callbacks" / "events.py").write_text(CALLBACK, encoding="ascii")
    env = {
        "ANSIBLE_CALLBACK_PLUGINS": str(tmp_path / "callbacks"),
        "ANSIBLE_CALLBACKS_ENABLED": "events",
        "EVENTS": str(tmp_path / "events.json"),
    }
    lab.fault(at="cmdlet", action="die_after", name="Set-OabVirtualDirectory", host="EX3", count=1)
    assert play("enable_hma", env=env).code != 0
    assert play("enable_hma", env=env).code == 0
    assert len([json.loads(line) for line in (tmp_path / "events.json").read_text("utf-8").splitlines()]) > 10
    run = play("restore_hma", hma_restore_record=str(tmp_path / "events.json"))
    assert run.code == 0, run.output
    assert sets(lab.state()) == start


# As ansible-runner's own callback writes them: one event per result, an item of a loop each.
CALLBACK = """
import json, os, uuid
from ansible.plugins.callback import CallbackBase

class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_NAME = "events"
    CALLBACK_NEEDS_ENABLED = True

    def _write(self, event, result):
        res = json.loads(self._dump_results(result._result))
        data = {"host": result._host.name, "task_action": result._task.action, "res": res}
        with open(os.environ["EVENTS"], "a") as out:
            out.write(json.dumps({"uuid": str(uuid.uuid4()), "event": event, "event_data": data}) + chr(10))

    def v2_runner_on_ok(self, result):
        self._write("runner_on_ok", result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._write("runner_on_failed", result)

    def v2_runner_item_on_ok(self, result):
        self._write("runner_item_on_ok", result)

    def v2_runner_item_on_failed(self, result):
        self._write("runner_item_on_failed", result)
"""


def stopped_before_anything(run: Run, lab: LabClient, message: str) -> None:
    assert run.code != 0
    assert message in run.text, run.output
    assert lab.journal() == []


@pytest.mark.parametrize(
    "playbook",
    [
        "enable_hma",
        *(pytest.param(name, marks=pytest.mark.matrix) for name in ("register_spns", "prepare_vdirs", "disable_hma")),
    ],
)
def test_a_record_that_cannot_be_kept_stops_the_run_before_anything_is_read(
    lab: LabClient, play: Play, tmp_path: Path, playbook: str
) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")
    stopped_before_anything(play(playbook, hma_record_dir=str(tmp_path / "file")), lab, "Without it nothing is changed")


@pytest.mark.long
def test_a_disk_that_fills_up_during_the_run(lab: LabClient, play: Play, tmp_path: Path) -> None:
    """The file size limit of the process stands for the disk: what was written is known, nothing more is sent."""
    start = sets(lab.state())
    run = play("enable_hma", hma_record_dir=str(tmp_path / "small"), limit=2048)
    assert run.code != 0
    assert "cannot be written (File too large)" in run.text, run.output
    assert flag(lab) is False
    folder = next((tmp_path / "small").iterdir())
    assert play("restore_hma", hma_restore_record=str(folder)).code == 0
    assert sets(lab.state()) == start
