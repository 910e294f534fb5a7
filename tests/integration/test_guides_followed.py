# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guides, followed: what they tell a reader to type is typed, against the lab, in their order."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.story import Run, step5
from tests.lab.client import LabClient
from tests.unit.guides import GUIDES, blocks

_ENTRY = re.compile(r"'(Set-\w+)'\s*= ((?:'\w+'(?:, )?)+)")


def follow(guide: str, lab: LabClient, folder: Path, pattern: str) -> Iterator[tuple[str, Run]]:
    """Type, one by one, those lines of a guide's console blocks that match, where inventory.yml is the lab's."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": str(folder),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "False",
    }
    link = folder / "inventory.yml"
    if not link.exists():
        link.symlink_to(lab.inventory)
    for line in (
        line for block in blocks(GUIDES[guide], "console") for line in block.splitlines() if re.search(pattern, line)
    ):
        command = line.replace("contoso.com", "contoso.test")
        found = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        yield line, Run(found.returncode, found.stdout + found.stderr)


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_watching(lab: LabClient, tmp_path: Path) -> None:
    watches = list(follow("watching", lab, tmp_path, r"^ansible-playbook .*watch_hma"))
    assert [run.code for _line, run in watches] == [0, 0, 0], watches
    assert "This is the first reading" in watches[0][1].text
    assert len(list((tmp_path / "hma_watch").glob("watch-*.json"))) == 2, "Check mode keeps nothing."
    ((_line, listed),) = follow("watching", lab, tmp_path, r"^ansible-playbook .*restore_hma")
    assert "There is no recorded run" in listed.text
    assert lab.writes() == []


@pytest.mark.matrix
def test_first_run(lab: LabClient, tmp_path: Path) -> None:
    keys = list(follow("first_run", lab, tmp_path, r"^(openssl|cat|chmod)"))
    assert [run.code for _line, run in keys] == [0, 0, 0], keys
    assert (tmp_path / "hma.pem").read_text("utf-8").count("BEGIN") == 2

    for line, run in follow("first_run", lab, tmp_path, r"^ansible(-playbook)? "):
        assert run.code == 0, f"{line}\n{run.output}"
        if "enable_hma" not in line or "--check" in line:
            assert step5(lab) == [], line
        if "--check" in line:
            assert lab.writes() == []
            assert "Check mode: nothing was changed" in run.text
    assert lab.state()["organizations"][0]["config"][0]["OAuth2ClientProfileEnabled"] is True

    # The role of the security guide can do all of that, and nothing it lists is made up.
    allowed = {
        name: set(re.findall(r"'(\w+)'", names))
        for block in blocks(GUIDES["security"], "powershell")
        for name, names in _ENTRY.findall(block)
    }
    sent = [item for item in lab.writes() if item["kind"] == "cmdlet"]
    assert set(allowed) - {item["name"] for item in sent} == {
        # Right on every server of this scenario; and what the waves write, which come after HMA.
        "Set-AutodiscoverVirtualDirectory", "Set-AuthenticationPolicy", "Set-User",
    }  # fmt: skip
    for item in sent:
        assert set(item["parameters"]) <= allowed[item["name"]], item
