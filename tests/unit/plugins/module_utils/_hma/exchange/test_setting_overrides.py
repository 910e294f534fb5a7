# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Setting overrides: one in force is enough, one that was switched off is nobody's to switch on."""

from __future__ import annotations

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.hybrid import SettingOverride
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.setting_overrides import (
    OVERRIDES,
    plan_override,
)

FOREST = OVERRIDES["resource_forest"]


def override(name: str, section: str, *parameters: str) -> SettingOverride:
    return SettingOverride(name, "OAuth", section, list(parameters), everywhere=True)


def test_made_as_the_article_has_it() -> None:
    plan = plan_override([], FOREST, present=True)
    assert [change.cmdlet.typed() for change in plan.changes] == [
        "New-SettingOverride -Name 'OWA HMA AFRF Support' -Component 'OAuth' -Section 'OwaHMAFixForAfRfScenarios' "
        "-Parameters @('Enabled=true') -Reason 'Hybrid Modern Authentication for Outlook on the web' -Confirm:$false"
    ]


def test_somebody_elses_is_enough_whatever_its_name() -> None:
    assert (
        plan_override([override("x", "owahmafixforafrfscenarios", "enabled=TRUE")], FOREST, present=True).changes == ()
    )
    assert len(plan_override([override("x", "Other", "Enabled=true")], FOREST, present=True).changes) == 1


def test_one_that_was_switched_off_stays_off() -> None:
    with pytest.raises(Refused, match="Somebody switched it off"):
        plan_override([override(FOREST.name, FOREST.section, "Enabled=false")], FOREST, present=True)


def test_only_the_one_of_our_name_is_taken_away() -> None:
    others = [override("x", FOREST.section, "Enabled=true")]
    assert plan_override(others, FOREST, present=False).changes == ()
    ours = [*others, override(FOREST.name.upper(), FOREST.section, "Enabled=true")]
    assert [change.cmdlet.name for change in plan_override(ours, FOREST, present=False).changes] == [
        "Remove-SettingOverride"
    ]


def test_one_for_some_servers_is_not_in_force_for_all() -> None:
    scoped = SettingOverride(FOREST.name, "OAuth", FOREST.section, ["Enabled=true"], everywhere=False)
    assert not scoped.is_on("OAuth", FOREST.section)
    with pytest.raises(Refused, match="made it for some servers only"):
        plan_override([scoped], FOREST, present=True)
