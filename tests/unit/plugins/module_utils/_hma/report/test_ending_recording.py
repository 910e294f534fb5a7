# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a recording and a trial end: who is missing is named, and what is typed next can be typed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.ending import Ended
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.ending_recording import (
    Recorded,
    of_recording,
    of_trial,
)

FILES = {"json": "/r/recording.json", "page": "/r/recording.md"}
GIVEN = {"hma_try_server": "ex1", "hma_try_directory": "oab", "hma_try_out_of_use": True}


def ended(*, checking: bool = False, record: str = "hma_records/1") -> Ended:
    run = SimpleNamespace(inventory=("inventory.yml",), id="1")
    return cast(
        "Ended",
        SimpleNamespace(
            inventory=("inventory.yml",), checking=checking, record=record,
            as_called=("--check",) if checking else (), document=SimpleNamespace(run=run),
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("found", "complete", "words"),
    [
        (Recorded("24 agree.", True, (), FILES), True, "Recorded, without names"),
        (Recorded("24 agree.", True, ("ex2: off.",), FILES), False, "Recorded, but not everybody"),
        (Recorded("24 agree.", True, (), {}), True, "This would be recorded; it stands above, without names"),
        (Recorded("nothing was read.", False, (), {}), False, "Nothing was recorded"),
    ],
)
def test_a_recording(found: Recorded, complete: bool, words: str) -> None:
    end = of_recording(ended(), found)
    assert (end.complete, end.words) == (complete, words)
    assert all(line in " ".join(end.says) for line in (found.message, *found.unread))
    if not complete:
        assert end.next is not None
        assert end.next.command.text == "ansible-playbook hybrid.exchange.record_organization -i inventory.yml"


@pytest.mark.parametrize(
    ("options", "complete", "words", "following"),
    [
        ({"failed": False, "notes": ()}, True, "Tried, and the directory is as it was", ""),
        ({"failed": False, "notes": ("X is 1.",)}, False, "Tried, and the directory is not as it was", "restore_hma"),
        ({"failed": True, "notes": ("No.",)}, False, "The trial stopped", "restore_hma"),
    ],
)
def test_a_trial(options: dict[str, Any], complete: bool, words: str, following: str) -> None:
    end = of_trial(ended(), Recorded("", True, (), FILES), given=GIVEN, **options)
    assert (end.complete, end.words) == (complete, words)
    assert following in (end.next.command.text if end.next else "")


def test_a_trial_that_was_only_looked_at_says_how_to_do_it() -> None:
    end = of_trial(ended(checking=True), Recorded("", True, (), {}), failed=False, notes=(), given=GIVEN)
    assert end.next is not None
    assert end.next.command.text == (
        "ansible-playbook hybrid.exchange.try_writes_on_one_directory -e hma_try_server=ex1 -e hma_try_directory=oab "
        "-e hma_try_out_of_use=true -i inventory.yml"
    )
