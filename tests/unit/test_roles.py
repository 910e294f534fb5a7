# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A role is its documented settings; what a playbook has to hand over is little, and what it says of itself is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.tools import roles

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(path for path in roles.ROLES.iterdir())
FILES = [*sorted((ROOT / "playbooks").rglob("*.yml")), *sorted((ROOT / "roles").rglob("*.yml"))]
# However many settings a step has, more than these nobody reads; the two longest roles have what their steps can be
# told.
MOST = {
    "hma_verify": 18,
    "hma_preflight": 11,
    "hma_owa": 13,
    "hma_enable": 9,
    "hma_spn": 9,
    "hma_restore": 11,
    "hma_disable": 7,
    "hma_vdir": 8,
}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_role_has_few_variables_and_at_most_four_of_them_are_handed_over(folder: Path) -> None:
    assert len(roles.specification(folder)) <= MOST.get(folder.name, 6)
    assert len(roles.wiring(folder)) <= 4


def test_what_is_handed_over_is_what_the_playbooks_hand_over() -> None:
    """A variable that a playbook gives to a role is wiring, or one of the settings that the playbook has another
    default for."""
    settings = {
        "hma_preflight_record_dir",
        "hma_restore_scope",
        "hma_restore_server",
        "hma_verify_probe_expected",
        "hma_verify_probe_deadline",
    }
    settings |= {
        "hma_verify_probe_unproven",
        "hma_report_formats",
        "hma_report_dir",
        "hma_report_name",
        "hma_report_mode",
    }
    settings |= {"hma_disable_despite_unseen_policies", "hma_owa_state", "hma_restore_despite_owa"}
    settings |= {"hma_owa_once_more", "hma_owa_may_restart", "hma_restore_reason"}
    known = {name for folder in FOLDERS for name in roles.specification(folder)}
    wiring = {name for folder in FOLDERS for name in roles.wiring(folder)}
    given = {
        name
        for path in (ROOT / "playbooks").rglob("*.yml")
        for name in re.findall(r"^ +(hma_\w+):", path.read_text("utf-8"), re.MULTILINE)
    }
    assert (given & known) - wiring == settings


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_the_table_of_a_readme_is_made_from_the_specification(folder: Path) -> None:
    assert (folder / "README.md").read_text("utf-8") == roles.page(folder), (
        "Edit meta/argument_specs.yml, then run: make variables"
    )


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_the_comments_of_the_defaults_are_the_descriptions(folder: Path) -> None:
    lines = (folder / "defaults" / "main.yml").read_text("utf-8").splitlines()
    said = {
        line.partition(":")[0]: lines[number - 1].removeprefix("# ")
        for number, line in enumerate(lines)
        if line.startswith("hma_")
    }
    assert said == {name: option["description"] for name, option in roles.specification(folder).items() if name in said}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_line_of_a_playbook_or_role_is_longer_than_a_screen(path: Path) -> None:
    assert [line for line in path.read_text("utf-8").splitlines() if len(line) > 120] == []


def test_one_rescue_ends_every_step() -> None:
    """Where a step fails the run stops at the name of its play, which is written nowhere else."""
    rescues = 0
    for path in sorted((ROOT / "playbooks" / "steps").glob("*.yml")):
        text = path.read_text("utf-8")
        rescues += text.count("import_tasks: ../tasks/stop.yml")
        assert "hma_stopped_run:" not in text, path
    assert rescues >= 10


# Those of the first day judge no organization, and end in their own table or folder.
ENDING = [path for path in sorted((ROOT / "playbooks").glob("*.yml")) if path.stem not in ("check_access", "discover")]


@pytest.mark.parametrize("path", ENDING, ids=lambda path: path.stem)
def test_every_playbook_ends_in_the_same_finish(path: Path) -> None:
    last = yaml.safe_load(path.read_text("utf-8"))[-1]
    assert last["ansible.builtin.import_playbook"] == "steps/finish.yml"


def test_each_step_of_the_report_that_a_play_stands_for_has_its_name() -> None:
    from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.steps import STEPS, SWITCH

    plays = {
        play["name"]
        for path in (ROOT / "playbooks" / "steps").glob("*.yml")
        for play in yaml.safe_load(path.read_text("utf-8"))
    }
    numbered = {name for name in plays if name.startswith("Step ")}
    assert numbered - {SWITCH} <= {step.name for step in STEPS}
    assert SWITCH in plays
