# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ten lines of the first day, each as it is typed, where there is nothing but Python, git and a shell."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.integration.test_discover import in_dns, secrets, sign_in, typed
from tests.lab.client import LabClient
from tests.unit.guides import ROOT

# What a shell and Python's own venv need of a system; neither Ansible nor any library of this environment.
PROGRAMS = ("bash", "sh", "git", "make", "env", "cp", "cat", "ls", "mkdir", "rm")


def system(folder: Path) -> Path:
    """A folder of programs, as a fresh container has them."""
    folder.mkdir()
    for name in PROGRAMS:
        found = shutil.which(name)
        assert found is not None, name
        (folder / name).symlink_to(found)
    (folder / "python3").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    return folder


class Desk:
    """Somebody's own folder; each line is typed into a shell of its own, with what the lines before it set."""

    def __init__(self, lab: LabClient, folder: Path) -> None:
        self._lab, self._folder = lab, folder
        self._home = folder / "home"
        self._home.mkdir()
        self._path = str(system(folder / "bin"))
        own, self._secret, self._vault = sign_in(lab), folder / "secret", folder / "vault"
        self._secret.write_text(own["ansible_password"], "utf-8")
        self._vault.write_text("the vault's own", "utf-8")
        # The lab's names, port and authority stand for one's own, and files for what is asked.
        self._words = {
            "https://github.com/hybrid-exchange/hybrid.exchange": f"file://{ROOT} hybrid.exchange",
            "contoso.com": "contoso.test",
            "CORP\\hma-audit": own["ansible_user"],
            " -k": f" --connection-password-file {self._secret} -e ansible_port={own['ansible_port']}"
            f" -e ansible_psrp_protocol=https -e ansible_psrp_ca_cert={lab.folder / 'ca.pem'}",
            "--ask-vault-pass": f"--vault-password-file {self._vault}",
        }

    def types(self, line: str) -> subprocess.CompletedProcess[str]:
        if line.startswith("vi "):
            (self._home / "fleet" / "group_vars" / "all" / "vault.yml").unlink()
            secrets(self._lab, self._home / "fleet")
            line = "true"
        for word, real in self._words.items():
            line = line.replace(word, real)
        if line.startswith("ansible-vault"):
            line += f" --vault-password-file {self._vault}"
        activated = self._home / "hma" / "bin" / "activate"
        before = f". {activated}; " if activated.exists() else ""
        # The lab's names are the machine's own DNS, so only what asks for them has them.
        names = in_dns(self._lab) if line.startswith("ansible-playbook") else {}
        return subprocess.run(
            ["bash", "-c", before + line], cwd=self._home, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=500, check=False,
            env={"HOME": str(self._home), "PATH": self._path, "LC_ALL": "C.UTF-8", **names},
        )  # fmt: skip


@pytest.mark.matrix
@pytest.mark.connection("psrp")
@pytest.mark.skipif(
    "HMA_WALK" not in os.environ,
    reason="NOT TESTED: the walk installs from the package index; with HMA_WALK=1 it is made and timed",
)
def test_ten_lines_lead_from_a_clone_to_the_first_audit(lab: LabClient, tmp_path: Path) -> None:
    desk, began, screens = Desk(lab, tmp_path), time.monotonic(), []
    for line in typed():
        at = time.monotonic()
        done = desk.types(line)
        if line.startswith("ansible-playbook"):
            # What an audit finds is no failure of the walk: its last screen is there.
            assert "PLAY RECAP" in done.stdout, f"{line}\n{done.stdout}{done.stderr}"
            screens.append(done.stdout[done.stdout.rindex("PLAY RECAP") :].partition("\n\n")[2].splitlines()[0])
        else:
            assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        print(f"{time.monotonic() - at:6.1f} s  {line}")
    print(f"{time.monotonic() - began:6.1f} s  {len(typed())} lines")
    assert [screen.partition(":")[0] for screen in screens] == ["discover", "check_access", "audit_hma"]
    assert "4 servers and 2 tenants are in fleet" in screens[0]
