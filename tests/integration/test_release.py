# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tarball of a release: what is in it, and that it works where nothing else of the clone is."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.integration.story import Play
from tests.lab.client import LabClient

ROOT = Path(__file__).parents[2]
FOLDERS = {"LICENSES", "changelogs", "docs", "extensions", "meta", "playbooks", "plugins", "roles", "tests"}
FILES = {
    *(
        "CHANGELOG.rst",
        "CODE_OF_CONDUCT.md",
        "CONTRIBUTING.md",
        "COPYING",
        "FILES.json",
        "MANIFEST.json",
        "README.md",
        "REUSE.toml",
    ),
    *("SECURITY.md", "bindep.txt", "requirements-kerberos.txt", "requirements.txt"),
}


def build(target: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "tests.tools.release", str(target)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=120,
    )
    return next(target.glob("hybrid-exchange-*.tar.gz"))


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_the_tarball_is_the_same_twice_holds_the_product_only_and_works_in_an_empty_folder(
    lab: LabClient, play: Play, tmp_path: Path
) -> None:
    tarball = build(tmp_path / "one")
    assert tarball.read_bytes() == build(tmp_path / "two").read_bytes()

    with tarfile.open(tarball) as tar:
        names = [Path(name) for name in tar.getnames()]
    assert {name.parts[0] for name in names if len(name.parts) > 1} == FOLDERS
    assert {str(name) for name in names if len(name.parts) == 1} - FOLDERS == FILES
    # Of the tests only what ansible-test reads of a collection: no lab and no story, so no state of either.
    assert {str(name) for name in names if name.parts[0] == "tests"} == {"tests", "tests/config.yml"}
    hidden = [
        str(name)
        for name in names
        if any(part.startswith(".") or part in ("__pycache__", "venv") for part in name.parts)
    ]
    assert hidden == []

    empty = tmp_path / "empty"
    galaxy = Path(sys.executable).with_name("ansible-galaxy")
    elsewhere = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(empty)}
    command = [str(galaxy), "collection", "install", str(tarball), "--offline", "--no-deps", "-p", str(empty)]
    subprocess.run(command, check=True, capture_output=True, timeout=120, cwd=tmp_path, env=elsewhere)
    run = play("enable_hma", env={"ANSIBLE_COLLECTIONS_PATH": str(empty)})
    assert run.code == 0, run.output
    assert lab.state()["organizations"][0]["config"][0]["OAuth2ClientProfileEnabled"] is True
