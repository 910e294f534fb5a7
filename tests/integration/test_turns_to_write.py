# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Step 3 of many servers: all of them are read at once, only those that have something to write wait for their turn,
and what they write rests on what is there when it comes."""

from __future__ import annotations

import fcntl
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ansible import constants
from ansible_collections.hybrid.exchange.plugins.plugin_utils import _turns

from tests.integration.story import PATIENCE, Begin, ended
from tests.lab.client import LabClient

GROUP = "hma_vdir_oauth "


@contextmanager
def turn_of_somebody_else(temporary: Path, monkeypatch: pytest.MonkeyPatch, group: str = GROUP) -> Iterator[None]:
    """Take the one turn of the ansible-playbook that was just started, before any of its servers can."""
    folder = wait_for(lambda: next(iter(temporary.glob("ansible-local-*")), None))
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(folder))
    (file,) = _turns.Turns(group, 1).files
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def wait_for(question: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 60 * PATIENCE
    while time.monotonic() < deadline:
        if answer := question():
            return answer
        time.sleep(0.02)
    raise AssertionError("It did not come.")


def shells(lab: LabClient) -> Counter[str]:
    return Counter(item["host"] for item in lab.journal("shell"))


def directory(lab: LabClient, kind: str, server: str) -> dict[str, Any]:
    found = lab.state()["organizations"][0][f"vdir:{kind}"]
    return next(item for item in found if item["Server"] == server and "(Default Web Site)" in item["Name"])


WRITTEN = {
    # The fresh look of EX1 and EX2 ends the list, and what is there is read and planned anew.
    "winrm": {"EX1": 4, "EX2": 3, "EX3": 2, "EX4": 1},
    "psrp-exchange": {"EX1": 1, "EX2": 1, "EX3": 1, "EX4": 1},
}


@pytest.mark.matrix
@pytest.mark.parametrize(
    "transport",
    [
        "winrm",
        pytest.param("psrp-exchange", marks=[pytest.mark.connection("exchange"), pytest.mark.long]),
    ],
)
def test_all_are_read_while_one_writes_and_what_changed_meanwhile_is_kept(
    lab: LabClient, begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transport: str
) -> None:
    process = begin("prepare_vdirs")
    before = Counter[str]() if transport == "winrm" else Counter({f"EX{number}": 1 for number in range(1, 5)})
    with turn_of_somebody_else(tmp_path / "tmp", monkeypatch):
        wait_for(lambda: (shells(lab) - before).total() == 4 and len(reads(lab)) == 4 * 5)
        assert lab.writes() == []
        # Meanwhile somebody gives MAPI of EX1 another method, and does for EX2 what this run was to do.
        lab.write(
            "Set-MapiVirtualDirectory",
            "EX1",
            {"IISAuthenticationMethods": ["Ntlm", "Negotiate", "Basic"]},
        )
        lab.write("Set-WebServicesVirtualDirectory", "EX2", {"OAuthAuthentication": True})
    run = ended(process)
    assert run.code == 0, run.output
    assert set(directory(lab, "mapi", "EX1")["IISAuthenticationMethods"]) == {"Ntlm", "Negotiate", "Basic", "OAuth"}
    assert {item["host"] for item in lab.writes()} == {"EX1", "EX3"}
    assert shells(lab) - before == WRITTEN[transport]


def reads(lab: LabClient) -> list[dict[str, Any]]:
    return [item for item in lab.journal("cmdlet") if item["name"].endswith("VirtualDirectory")]
