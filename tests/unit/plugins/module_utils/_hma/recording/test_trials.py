# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is tried on one directory is taken back, and is refused where somebody may use it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import KINDS, front_end
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.trials import (
    TRIED_KINDS,
    refuse_in_use,
    turned,
    unchanged,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.contract import Answer
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.directories import read_directories
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import (
    ExchangeError,
    Overtaken,
    Unreachable,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.write import Writer
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record.writer import Record
from ansible_collections.hybrid.exchange.plugins.plugin_utils._recording.trying import try_writes

from tests.integration.story import sets
from tests.lab import scenario
from tests.lab.assumptions import SWITCHES
from tests.lab.exchange import Organization
from tests.unit.support.memory_shell import MemoryShell, organization_of
from tests.unit.support.tried import Kept, tried, tried_in

TURNED = [(name, position) for name in ("mapi_urls", "mapi_touches", "oauth_touches", "unchanged", "empty_list")
          for position in SWITCHES[name]]  # fmt: skip


@pytest.mark.parametrize("kind", TRIED_KINDS)
@pytest.mark.parametrize(("name", "position"), TURNED)
def test_the_directory_is_as_it_was(kind: str, name: str, position: str) -> None:
    """Lists that no parameter sets come back with the settings, where they were as the settings say."""
    organization = organization_of(scenario.load("default"), **{name: position})
    before = sets(organization.state())
    trials = tried(organization, "EX4", kind)
    assert [one.id for one in trials] == ["unchanged", "oauth", "oauth"]
    assert sets(organization.state()) == before


def test_without_the_word_that_nobody_uses_it_oauth_is_left_alone() -> None:
    organization = organization_of(scenario.load("default"))
    trials = tried(organization, "EX4", "oab", out_of_use=False)
    assert [one.id for one in trials] == ["unchanged"]
    assert trials[0].warnings


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
    refuse_in_use(directory, live=False, web=None, connectors=["HybridIOC"])


@pytest.mark.parametrize(
    ("kind", "web", "connectors", "words"),
    [
        ("oab", "Outlook on the web signs people in with OAuth only.", [], "Outlook on the web"),
        ("ews", None, ["HybridIOC"], "HybridIOC is enabled: hybrid free/busy uses OAuth here"),
        ("autodiscover", None, ["HybridIOC"], "Name mapi or oab"),
    ],
)
def test_what_restore_hma_takes_for_in_use_is_in_use_here(
    kind: str, web: str | None, connectors: list[str], words: str
) -> None:
    shell = MemoryShell(organization_of(scenario.load("default")), "EX4")
    directory = front_end(KINDS[kind], shell.run([KINDS[kind].get()]).results[0])
    with pytest.raises(Refused, match=words):
        refuse_in_use(directory, live=False, web=web, connectors=connectors)


class Breaking(MemoryShell):
    """A shell that fails behind a write: the write with this number is done, and its answer is lost."""

    def __init__(self, organization: Organization, server: str, lost: int, cut: bool = False) -> None:
        super().__init__(organization, server)
        self.lost, self.cut = lost, cut

    def run(self, cmdlets: Sequence[Cmdlet], *, domain_controller: str | None = None) -> Answer:
        before = len(self.sent)
        if self.cut and before >= self.lost:
            raise Unreachable("EX4: no route to host.")
        answer = super().run(cmdlets, domain_controller=domain_controller)
        if before < self.lost <= len(self.sent):
            raise ExchangeError("EX4: the connection broke.", uncertain=True)
        return answer


@pytest.mark.parametrize("lost", [2, 3])
@pytest.mark.parametrize("kind", TRIED_KINDS)
def test_a_connection_that_breaks_in_between_leaves_oauth_as_it_was(kind: str, lost: int) -> None:
    organization = organization_of(scenario.load("default"))
    before = sets(organization.state())
    with pytest.raises(ExchangeError, match="OAuth is as it was again"):
        tried_in(Breaking(organization, "EX4", lost), kind)
    assert sets(organization.state()) == before


def test_who_cannot_turn_it_back_says_that_the_trial_is_not_to_be_run_again() -> None:
    organization = organization_of(scenario.load("default"))
    with pytest.raises(ExchangeError, match=r"Do not run the trial again.*restore_hma") as caught:
        tried_in(Breaking(organization, "EX4", 2, cut=True), "oab")
    assert "no route to host" in str(caught.value)
    assert caught.value.uncertain


def test_a_directory_that_somebody_changed_meanwhile_is_not_written_to() -> None:
    organization = organization_of(scenario.load("default"))
    shell = MemoryShell(organization, "EX4")
    seen = read_directories(shell, "EX4", (KINDS["oab"],), None)
    other = unchanged(seen.directories[0]).cmdlet
    shell.run([replace(other, parameters={**other.parameters, "OAuthAuthentication": False})])
    before = sets(organization.state())
    with pytest.raises(Overtaken, match="somebody else is at work"):
        try_writes(Writer(shell, cast(Record, Kept()), "EX4", None), seen, out_of_use=True)
    assert sets(organization.state()) == before
