# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder that goes with the job is no fleet: whoever runs discover in a container is warned."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.hybrid.exchange.plugins.action import hma_discover


@pytest.mark.parametrize(
    ("reason", "warned"),
    [("in the container's own file system", True), ("in the job's own /runner", True), (None, False)],
)
def test_a_folder_that_goes_with_the_job(monkeypatch: pytest.MonkeyPatch, reason: str | None, warned: bool) -> None:
    monkeypatch.setattr(hma_discover, "will_not_outlive", lambda _folder: reason)
    found = hma_discover._lost_with_the_job(Path("/runner/fleet"))
    assert bool(found) is warned
    assert all(f"The folder /runner/fleet lies {reason}" in text and "hma_discover_dir" in text for text in found)
