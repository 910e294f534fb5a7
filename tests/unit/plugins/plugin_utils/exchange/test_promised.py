# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What check mode shows of a directory is what the report of the run calls changed, wherever a switch of the lab
stands: a write that only gives something back is the second half of the one that was promised."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Account, Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import (
    KINDS,
    Directory,
    plan_oauth,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.directories import (
    Seen,
    read_directories,
    write_directories,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import ExchangeError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.write import Writer
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record.writer import Record

from tests.lab import scenario
from tests.lab.assumptions import SWITCHES
from tests.lab.exchange import Organization
from tests.unit.report_samples import report
from tests.unit.support.memory_shell import MemoryShell, organization_of

POSITIONS = [(name, position) for name, positions in SWITCHES.items() for position in positions]
REFUSED = {
    "Set-WebServicesVirtualDirectory": "OAuthAuthentication",
    "Set-MapiVirtualDirectory": "IISAuthenticationMethods",
}


def planned(seen: Seen) -> Plan:
    return Plan(tuple(change for item in seen.directories if (change := plan_oauth(item, present=True)) is not None))


def reported(changes: list[dict[str, Any]], **more: Any) -> list[dict[str, Any]]:
    """The changes as the report of a run with one step has them."""
    step = {"step": "3", "results": {"ex1": {"changed": True, "changes": changes, **more}}}
    found: list[dict[str, Any]] = report(servers=1, steps=[step]).as_json()["changes"]
    return found


def written(organization: Organization, record: Record) -> tuple[Plan, list[Directory]]:
    shell = MemoryShell(organization, "EX1")
    seen = read_directories(shell, "ex1", tuple(KINDS.values()), None)
    plan = planned(seen)
    now, _warnings, _given_back = write_directories(Writer(shell, record, "ex1", None), plan, seen)
    return plan, now


@pytest.mark.parametrize("position", POSITIONS, ids="-".join)
def test_what_is_promised_is_what_is_called_changed(position: tuple[str, str], tmp_path: Path) -> None:
    organization = organization_of(scenario.load("everything"), **dict([position]))
    record = Record(str(tmp_path), "run", "ex1", "hma_vdir_oauth")
    plan, _now = written(organization, record)
    promised = reported([item.facts() for item in Account.of(plan.predicted, predicting=True).changes])
    changed = reported(record.changes)
    assert promised
    assert {item["status"] for item in changed} == {"changed"}
    assert [(item["object"], item["before"], item["after"], item["command"]) for item in changed] == [
        (item["object"], item["before"], item["after"], item["command"]) for item in promised
    ]
    sent = [command["text"] for item in changed for command in item["commands"]]
    # Each write of the record is told, the ones that give back with the change that they belong to.
    assert sorted(sent) == sorted(item["command"] for item in record.changes)
    assert (len(sent) > len(changed)) == (position in (("mapi_urls", "emptied"), ("mapi_urls", "server")))


@pytest.mark.parametrize("name", REFUSED)
def test_a_write_that_does_not_read_back_is_no_change_though_its_urls_were_given_back(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The URLs went back, and the setting that was asked for is not there: the report calls neither a change."""
    organization = organization_of(scenario.load("everything"))
    real, prefix = organization.run, name.partition("-")[2]

    def deaf(server: str, cmdlet: str, bound: dict[str, Any]) -> Any:
        """An Exchange that takes the write, does not do it, and rewrites a URL."""
        if cmdlet != name:
            return real(server, cmdlet, bound)
        known = {key: value for key, value in bound.items() if key != REFUSED[name]}
        lost = {} if "InternalUrl" in bound else {"InternalUrl": "https://ex1.corp.contoso.test/lost"}
        return real(server, cmdlet, {**known, **lost})

    monkeypatch.setattr(organization, "run", deaf)
    record = Record(str(tmp_path), "run", "ex1", "hma_vdir_oauth")
    with pytest.raises(ExchangeError, match=rf"{name}.*did not read back as written"):
        written(organization, record)
    own = [item for item in record.changes if prefix in item["command"]]
    assert [item["result"] for item in own] == ["done", "done"]
    assert not [item for item in reported(record.changes, failed=True, msg="no") if prefix in item["command"]]
