# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of another form than ours: what the audit prints takes them away, and their record gives them back as they
were."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.story import Play, records, reports
from tests.lab.client import LabClient

OURS = "https://legacy.contoso.test"
NAMES = ["tenants", 0, "service_principals", 0, "names"]


@pytest.mark.matrix
@pytest.mark.scenario("healthy")
def test_an_unused_name_without_its_slash_goes_and_comes_back(lab: LabClient, play: Play, tmp_path: Path) -> None:
    before = [*lab.state()["tenants"][0]["service_principals"][0]["names"], OURS]
    lab.change(NAMES, before)
    lab.change(["tenants", 0, "applications", 0, "rights"], ["Application.ReadWrite.All", "Domain.Read.All"])
    assert play("audit_hma").code == 0
    (found,) = [item for item in reports(lab)[-1]["findings"] if item["id"] == "HMA-SPN-002" and item["commands"]]
    assert found["message"] == f"used by no client URL: {OURS}."
    words = shlex.split(found["commands"][0]["text"])

    def types(*typed: str) -> str:
        environment = {
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(tmp_path), "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"], "LC_ALL": "C.UTF-8",
        }  # fmt: skip
        done = subprocess.run(typed, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def names() -> list[str]:
        return list(lab.state()["tenants"][0]["service_principals"][0]["names"])

    assert OURS in types(*words)
    assert names() == before
    types(*(word for word in words if word != "--check"))
    assert names() == [name for name in before if name != OURS]
    given = play("restore_hma", hma_restore_record=records(lab)[-1])
    assert given.code == 0, given.output
    assert sorted(names()) == sorted(before)
