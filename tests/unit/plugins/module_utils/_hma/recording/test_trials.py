# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is tried on one directory is taken back, and is refused where somebody may use it."""

from __future__ import annotations

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import KINDS, front_end
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.trials import (
    TRIED_KINDS,
    refuse_live,
    turned,
    unchanged,
)

from tests.integration.story import sets
from tests.lab import scenario
from tests.lab.assumptions import SWITCHES
from tests.unit.support.memory_shell import MemoryShell, organization_of
from tests.unit.support.tried import tried

TURNED = [(name, position) for name in ("mapi_urls", "mapi_touches", "oauth_touches", "unchanged", "empty_list")
          for position in SWITCHES[name]]  # fmt: skip


@pytest.mark.parametrize("kind", TRIED_KINDS)
@pytest.mark.parametrize(("name", "position"), TURNED)
def test_the_directory_is_as_it_was(kind: str, name: str, position: str) -> None:
    """Lists that no parameter sets come back with the settings, where they were as the settings say."""
    organization = organization_of(scenario.load("default"), **{name: position})
    before = sets(organization.state())
    trials = tried(organization, "EX4", kind)
    assert [one["id"] for one in trials] == ["unchanged", "oauth", "oauth"]
    assert sets(organization.state()) == before


def test_without_the_word_that_nobody_uses_it_oauth_is_left_alone() -> None:
    organization = organization_of(scenario.load("default"))
    trials = tried(organization, "EX4", "oab", out_of_use=False)
    assert [one["id"] for one in trials] == ["unchanged"]
    assert trials[0]["warnings"]


def test_the_switch_is_looked_at_right_before_oauth_is_taken() -> None:
    found = scenario.load("default")
    found["organizations"][0]["config"] = {"OAuth2ClientProfileEnabled": True}
    organization = organization_of(found)
    before = sets(organization.state())
    with pytest.raises(Refused, match="modern authentication is on"):
        tried(organization, "EX4", "oab")
    assert sets(organization.state()) == before


def test_a_change_says_what_it_does() -> None:
    organization = organization_of(scenario.load("default"))
    shell = MemoryShell(organization, "EX4")
    directory = front_end(KINDS["oab"], shell.run([KINDS["oab"].get()]).results[0])
    same = unchanged(directory)
    assert same.before == same.after == {"OAuthAuthentication": True}
    assert turned(directory).after == {"OAuthAuthentication": False}
    refuse_live(directory, live=False)
