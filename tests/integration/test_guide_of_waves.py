# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide of the waves, followed: its inventory is used, and what it says is typed is typed, in its order."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.integration.story import Play, records, sets
from tests.integration.test_block_legacy_auth import assigned, default, everybody
from tests.integration.test_guides_followed import follow
from tests.lab.client import LabClient
from tests.unit.guides import GUIDES, blocks


@pytest.mark.long
@pytest.mark.scenario("waves")
def test_from_the_policies_to_the_last_wave(lab: LabClient, play: Play, tmp_path: Path) -> None:
    start = sets(lab.state())
    declared = yaml.safe_load(blocks(GUIDES["after_hma_waves"], "yaml")[0].replace("contoso.com", "contoso.test"))
    folder = tmp_path / "group_vars"
    folder.mkdir()
    (folder / "exchange_servers.yml").write_text(yaml.safe_dump(declared["exchange_servers"]["vars"]), encoding="utf-8")
    everybody(tmp_path)
    lab.clear()
    for line, run in follow("after_hma_waves", lab, tmp_path, r"^ansible-playbook .*block_legacy_auth"):
        assert run.code == 0, f"{line}\n{run.output}"
        assert bool(lab.writes()) is ("--check" not in line), line
        lab.clear()
    assert default(lab) == "HMA only"
    assert assigned(lab)["scanner@contoso.test"] == "HMA exceptions"
    assert {name for name, policy in assigned(lab).items() if policy == "HMA only"} == {
        f"{name}@contoso.test" for name in ("alice", "bob", "carol")
    }
    # The last line of the guide, with every record.
    assert play("restore_hma", hma_restore_record=records(lab)).code == 0
    assert sets(lab.state()) == start
