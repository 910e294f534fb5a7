# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""hma_vdir_oauth by itself takes OAuth from nobody who signs in with it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.integration.test_modules import EX1, call
from tests.lab.client import LabClient

pytestmark = pytest.mark.scenario("compliant")
WAYS = ["winrm", pytest.param("exchange", marks=[pytest.mark.connection("exchange"), pytest.mark.matrix])]
ABSENT: dict[str, Any] = {"kinds": ["mapi"], "state": "absent"}
SAID = "Modern authentication is on (OAuth2ClientProfileEnabled of the organization"


def switch(lab: LabClient, *, on: bool) -> None:
    lab.write("Set-OrganizationConfig", "Contoso", {"OAuth2ClientProfileEnabled": on})


@pytest.mark.parametrize("_way", WAYS)
def test_oauth_stays_while_modern_authentication_is_on(lab: LabClient, tmp_path: Path, _way: str) -> None:
    for arguments in (["--check"], []):
        refused = call(lab, tmp_path, EX1, "hma_vdir_oauth", ABSENT, *arguments)
        assert refused["failed"], refused
        assert SAID in refused["msg"]
        assert "mapi" in refused["msg"]
        assert "despite_modern_authentication: true" in refused["msg"]
    assert lab.writes() == []
    # To give it is never refused, and neither is what somebody says twice.
    assert not call(lab, tmp_path, EX1, "hma_vdir_oauth", {"kinds": ["mapi"]}).get("failed")
    done = call(lab, tmp_path, EX1, "hma_vdir_oauth", {**ABSENT, "despite_modern_authentication": True})
    assert done["changed"], done
    assert [item["name"] for item in lab.writes()] == ["Set-MapiVirtualDirectory"]


@pytest.mark.parametrize("_way", WAYS)
def test_a_switch_that_comes_on_before_the_write_is_seen_in_the_shell_that_writes(
    lab: LabClient, tmp_path: Path, _way: str
) -> None:
    switch(lab, on=False)
    lab.fault(at="cmdlet", action="hang_before", name="Get-OrganizationConfig", after=1, count=1, seconds=4)
    with ThreadPoolExecutor(1) as threads:
        task = threads.submit(call, lab, tmp_path, EX1, "hma_vdir_oauth", ABSENT)
        deadline = time.monotonic() + 60
        while not lab.journal("hang") and not task.done() and time.monotonic() < deadline:
            time.sleep(0.05)
        switch(lab, on=True)
        refused = task.result()
    assert refused["failed"], refused
    assert SAID in refused["msg"]
    assert lab.writes() == []
    assert {change["result"] for change in refused["changes"]} == {"not_sent"}
