# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many lines a run that finds nothing wrong prints, with Ansible's default callback and with the settings of the
guide for large fleets (docs/docsite/rst/scale.rst)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.bench.fleet import fleet, written
from tests.bench.run import run
from tests.lab.client import running

SERVERS, CHANGED = 12, 4
GUIDE = Path(__file__).parents[2] / "docs" / "docsite" / "rst" / "scale.rst"
# Lines whatever the fleet, and for each server, as the guide says.
SAID = {
    "prepare_vdirs": (200, 3),
    "enable_hma": (300, 4),
    "verify_hma": (200, 3),
    "audit_hma": (250, 2),
    "disable_hma": (200, 0),
}


def test_the_guide_says_these_numbers() -> None:
    text = GUIDE.read_text("utf-8")
    for playbook, (fixed, each) in SAID.items():
        assert f"``{playbook}``\n     - {fixed}{f' + {each} *N*' if each else ''}\n" in text


@pytest.mark.matrix
def test_a_good_run_prints_so_many_lines_and_no_more(tmp_path: Path) -> None:
    with running(written(tmp_path, fleet(SERVERS, CHANGED)), tmp_path / "lab") as lab:
        for playbook, (fixed, each) in SAID.items():
            done = run(lab, tmp_path, playbook, forks=12)
            assert done.code == 0, done.output
            assert done.lines <= fixed + each * SERVERS, done.output
            named = re.findall(r"^(?:\w+: \[)?(ex\d+)\.corp", done.output, re.MULTILINE)
            # The first servers do what one server does for all.
            assert all(named.count(f"ex{number}") <= each for number in range(5, SERVERS + 1)), done.output
        settings = GUIDE.read_text("utf-8").partition("# ansible.cfg\n")[2].partition("\n\n")[0]
        (tmp_path / "ansible.cfg").write_text("\n".join(line.strip() for line in settings.splitlines()) + "\n", "utf-8")
        for playbook in ("enable_hma", "audit_hma"):
            done = run(lab, tmp_path, playbook, forks=12)
            assert done.code == 0, done.output
            assert done.lines <= 250 + SERVERS, done.output
