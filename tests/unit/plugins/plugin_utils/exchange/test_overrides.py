# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An override of a recorded run goes only where Outlook on the web does not rest on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import (
    Cmdlet,
    CmdletResult,
    ErrorRecord,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.history import Recorded
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.contract import Answer, HostIdentity
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.giving_back import Task
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.overrides import restore_overrides

NAME = "OWA HMA Download Domain Support"
SECTION = "OAuthIdentityCacheFixForDownloadDomains"
MADE = Recorded(
    "1", "2026-11-26T10:00:00+00:00", "run", "ex1", f"setting override '{NAME}'",
    {"type": "setting_override", "name": NAME, "component": "OAuth", "section": SECTION}, "New-SettingOverride",
    {"Parameters": []}, {"Parameters": ["Enabled=true"]}, "done",
)  # fmt: skip
OVERRIDE = {
    "Name": NAME, "ComponentName": "OAuth", "SectionName": SECTION, "Parameters": ["Enabled=true"], "Server": [],
}  # fmt: skip


class Exchange:
    """An Exchange with the override, and owa and ecp of EX1 with these methods; None where they cannot be read."""

    def __init__(self, methods: list[str] | None) -> None:
        self.methods = methods

    def run(self, cmdlets: Sequence[Cmdlet], *, domain_controller: str | None = None) -> Answer:
        return Answer(HostIdentity("EX1", "ex1.contoso.test", "5.1", "Desktop"), [*map(self._one, cmdlets)],
                      domain_controller, "winrm")  # fmt: skip

    def _one(self, cmdlet: Cmdlet) -> CmdletResult:
        if cmdlet.name == "Get-SettingOverride":
            return CmdletResult([OVERRIDE], [], [])
        if self.methods is None:
            return CmdletResult([], [ErrorRecord("x", "x", "x", "x", "Active Directory is tired.")], [])
        return CmdletResult([self._directory(cmdlet.name[4:7].lower())], [], [])

    def _directory(self, kind: str) -> dict[str, Any]:
        name = f"{kind} (Default Web Site)"
        return {
            "Name": name, "Identity": f"EX1\\{name}", "Server": "EX1", "InternalUrl": None, "ExternalUrl": None,
            "InternalAuthenticationMethods": self.methods,
        }  # fmt: skip


@pytest.mark.parametrize(
    ("methods", "accepted", "goes"),
    [(["OAuth"], [], False), (None, [], False), (["OAuth"], ["EX1"], True), (["Basic", "Fba"], [], True)],
)
def test_what_outlook_on_the_web_rests_on_stays(methods: list[str] | None, accepted: list[str], goes: bool) -> None:
    task = replace(Task.reading(Exchange(methods), "ex1"), despite_owa=accepted)
    done = restore_overrides(task, [MADE])
    assert [change.cmdlet.name for change in done.changes] == (["Remove-SettingOverride"] if goes else [])
    assert bool(done.refused) is not goes
    assert done.handled == ["1"]


def test_one_that_a_run_took_away_is_named_and_not_called_back() -> None:
    """The record of a restore has it; made again is none, and "is back" would be wrong."""
    other = {**MADE.target, "name": "Another one"}
    taken = replace(MADE, id="2", target=other, before={"Parameters": ["Enabled=true"]}, after={"Parameters": []})
    done = restore_overrides(Task.reading(Exchange(["Basic", "Fba"]), "ex1"), [taken])
    assert done.changes == []
    assert "it was there before the run, with Enabled=true." in done.refused[0].reason
    # One that is there as it was is back, and one that was made and taken away by recorded runs was not there before.
    there = replace(taken, target=MADE.target)
    assert restore_overrides(Task.reading(Exchange(["Basic", "Fba"]), "ex1"), [there]).refused == []
    both = restore_overrides(Task.reading(Exchange(["Basic", "Fba"]), "ex1"), [replace(MADE, target=other), taken])
    assert (both.changes, both.refused) == ([], [])
