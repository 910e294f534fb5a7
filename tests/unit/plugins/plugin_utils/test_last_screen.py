# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who prints the last screens: the process that the playbooks began in, once each, and no worker."""

from __future__ import annotations

import atexit
import json
import os
from typing import Any

import pytest
from ansible import constants, context
from ansible_collections.hybrid.exchange.plugins.filter.with_last_screen import with_last_screen
from ansible_collections.hybrid.exchange.plugins.plugin_utils import _last_screen
from jinja2 import Environment


class HostVars:
    """The variables of the control node, as ansible-core gives them."""

    def __init__(self, **control: Any) -> None:
        self.control = control

    def raw_get(self, name: str) -> dict[str, Any]:
        assert name == "localhost"
        return self.control

    def __getitem__(self, name: str) -> dict[str, Any]:
        return self.raw_get(name)


def begins(hostvars: HostVars | None, name: str, **of_the_play: Any) -> str:
    """The head of a play is templated; the play has these variables."""
    variables = {**(hostvars.control if hostvars else {}), **of_the_play}
    context = Environment(autoescape=True).from_string("").new_context(variables)
    return with_last_screen(context, "localhost:all", hostvars, name)


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What would be called when the process ends."""
    calls: list[Any] = []
    monkeypatch.setattr(_last_screen, "_RUNS", [])
    monkeypatch.setattr(atexit, "register", calls.append)
    return calls


def test_each_playbook_has_one_screen_however_often_a_head_is_templated(
    registered: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    hostvars = HostVars()
    for _time in range(3):
        assert begins(hostvars, "prepare_vdirs") == "localhost:all"
    hostvars.control["hma_screens_result"] = {"R1": ["prepare_vdirs: done"]}
    for _time in range(2):
        begins(hostvars, "register_spns")
    hostvars.control["hma_screens_result"] |= {"R2": ["register_spns: done"]}
    [end] = registered
    end()
    assert capsys.readouterr().out.splitlines() == ["prepare_vdirs: done", "register_spns: done"]


def test_a_run_that_ended_early_says_why(registered: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    failed = {"failed": True, "msg": "hma_x is no variable."}
    begins(HostVars(hma_settings_result=failed, ansible_inventory_sources=["i"]), "audit_hma")
    registered[0]()
    assert capsys.readouterr().out.splitlines() == [
        "audit_hma: The run ended before its report.",
        "hma_x is no variable.",
        "Once more: ansible-playbook hybrid.exchange.audit_hma -i i",
    ]


def test_what_a_play_of_ones_own_sets_is_typed_again(registered: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    """The command names the playbook, which has nothing of the play that imported it."""
    hostvars = HostVars(ansible_inventory_sources=["i"], hma_report_dir="/srv/reports", hma_watch_days=3)
    of_the_play = {"hma_record_dir": "/srv/own", "hma_report_dir": "/srv/reports", "hma_watch_days": 4, "other": "x"}
    begins(hostvars, "audit_hma", **of_the_play, exchange_password="s3cret")
    registered[0]()
    again = " ".join(line.strip(" \\") for line in capsys.readouterr().out.splitlines())
    assert "s3cret" not in again
    assert 'exchange_password="${exchange_password:?' in again
    assert "-e hma_record_dir=/srv/own" in again
    assert """-e '{"hma_watch_days": 4}'""" in again
    assert "hma_report_dir" not in again
    assert "other" not in again


@pytest.mark.parametrize(
    ("given", "typed"),
    [
        ({}, "hma_restore_record=hma_records/RUN_ID"),
        ({"hma_restore_record": "/srv/R"}, "hma_restore_record=/srv/R"),
        ({"hma_restore_record": ["/srv/R"]}, "hma_restore_record=/srv/R"),
    ],
)
def test_restore_is_typed_again_with_a_record(
    registered: list[Any], capsys: pytest.CaptureFixture[str], given: dict[str, Any], typed: str
) -> None:
    # As the first task judged them: what the inventory holds may be a template.
    settings = {"organization": given, "failed": False}
    hostvars = HostVars(
        ansible_inventory_sources=["i"], hma_settings_result=settings, hma_restore_record="{{ base }}/x"
    )
    begins(hostvars, "restore_hma")
    registered[0]()
    head, *_between, again = capsys.readouterr().out.splitlines()
    assert head == "restore_hma: The run ended early."
    assert again == f"Once more: ansible-playbook hybrid.exchange.restore_hma -e {typed} -i i"


@pytest.mark.parametrize(
    ("variables", "typed"),
    [
        ({"hma_restore_list": "true", "hma_restore_record": "/srv/R"},
         "-e hma_restore_list=true -e hma_restore_record=/srv/R"),
        ({"hma_restore_list": True}, "-e hma_restore_list=true"),
        ({"hma_restore_list": "{{ asked }}"}, "-e hma_restore_list=true"),
        ({"hma_restore_list": "no", "hma_restore_record": "/srv/R"}, "-e hma_restore_record=/srv/R"),
    ],
)  # fmt: skip
def test_a_list_that_ended_early_is_typed_again_as_a_list(
    registered: list[Any], capsys: pytest.CaptureFixture[str], variables: dict[str, Any], typed: str
) -> None:
    begins(HostVars(ansible_inventory_sources=["i"], **variables), "restore_hma")
    registered[0]()
    again = capsys.readouterr().out.splitlines()[-1]
    assert again == f"Once more: ansible-playbook hybrid.exchange.restore_hma {typed} -i i"


@pytest.mark.parametrize(
    ("settings", "typed"),
    [
        ({"failed": True, "msg": "hma_x is no variable."},
         """-e hma_block_wave=3 -e '{"hma_block_sign_ins": ["/srv/a b.json"]}'"""),
        ({"organization": {"hma_block_wave": "3", "hma_block_sign_ins": ["/srv/a b.json"]}},
         """-e hma_block_wave=3 -e '{"hma_block_sign_ins": "/srv/a b.json"}'"""),
    ],
)  # fmt: skip
def test_a_wave_that_ended_early_is_typed_again_as_that_wave(
    registered: list[Any],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, Any],
    typed: str,
) -> None:
    """Whether its variables were judged or not."""
    variables = {"hma_block_wave": "3", "hma_block_sign_ins": ["/srv/a b.json"]}
    given = ["hma_block_wave=3", json.dumps({"hma_block_sign_ins": ["/srv/a b.json"]})]
    monkeypatch.setattr(context, "CLIARGS", {"extra_vars": given})
    hostvars = HostVars(ansible_inventory_sources=["i"], hma_settings_result=settings, **variables)
    begins(hostvars, "block_legacy_auth")
    registered[0]()
    again = " ".join(line.strip(" \\") for line in capsys.readouterr().out.splitlines()[-5:])
    assert again.endswith(f"ansible-playbook hybrid.exchange.block_legacy_auth {typed} -i i")


def test_a_wave_that_nobody_named_is_typed_with_its_place(
    registered: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    begins(HostVars(ansible_inventory_sources=["i"]), "block_legacy_auth")
    registered[0]()
    words = "-e hma_block_wave=0 -e hma_block_sign_ins=sign_ins.json -i i"
    again = " ".join(line.strip(" \\") for line in capsys.readouterr().out.splitlines())
    assert again.endswith(f"ansible-playbook hybrid.exchange.block_legacy_auth {words}")


@pytest.mark.parametrize("name", ["restore_hma", "enable_hma", "disable_hma"])
def test_a_check_that_ended_early_is_typed_again_as_a_check(
    registered: list[Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(context, "CLIARGS", {"check": True})
    begins(HostVars(ansible_inventory_sources=["i"]), name)
    registered[0]()
    again = capsys.readouterr().out.splitlines()[-1]
    assert again.startswith(f"Once more: ansible-playbook hybrid.exchange.{name} --check")


def test_the_first_server_is_signed_in_to_as_it_was(
    registered: list[Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    called = {"check": False, "connection": "psrp", "remote_user": "CORP\\hma", "ask_pass": True}
    monkeypatch.setattr(context, "CLIARGS", called)
    hostvars = HostVars(ansible_inventory_sources=["ex1,"], hma_discover_dir="/srv/fleet")
    begins(hostvars, "discover")
    registered[0]()
    words = "-c psrp -u 'CORP\\hma' -k -e hma_discover_dir=/srv/fleet -i ex1,"
    assert capsys.readouterr().out.splitlines()[-1] == f"Once more: ansible-playbook hybrid.exchange.discover {words}"


def test_no_worker_prints(
    registered: list[Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    begins(HostVars(hma_screens_result={"R": ["x"]}), "audit_hma")
    own = os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: own + 1)
    registered[0]()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("callback", "people"),
    [("default", True), ("ansible.builtin.default", True), ("awx_display", True), ("oneline", False), ("json", False)],
)
def test_what_a_program_reads_is_left_alone(
    registered: list[Any],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    callback: str,
    people: bool,
) -> None:
    monkeypatch.setattr(constants, "DEFAULT_STDOUT_CALLBACK", callback)
    hostvars = HostVars()
    begins(hostvars, "audit_hma")
    hostvars.control["hma_screens_result"] = {"R": ["x"]}
    registered[0]()
    found = capsys.readouterr()
    assert (found.out, found.err) == (("x\n", "") if people else ("", "x\n"))


def test_where_there_is_no_run_nothing_is_registered(registered: list[Any]) -> None:
    """For --syntax-check and --list-tasks a head is templated without the variables of hosts."""
    assert begins(None, "audit_hma") == "localhost:all"
    assert registered == []
