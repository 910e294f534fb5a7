# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules for the checks that mean nothing are refused in the first task of a playbook."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.plugin_utils._rules import wrong_rules

CUSTOM = {"id": "OURS-1", "title": "t", "query": "config.name", "expect": "equals", "value": "x"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"hma_policy": {"HMA-SSL-01": {"enabled": False}}},
            "hma_policy: there is no check 'HMA-SSL-01'. Did you mean",
        ),
        ({"hma_policy": {"HMA-SSL-001": "off"}}, "hma_policy: HMA-SSL-001: give a dictionary with some of"),
        (
            {"hma_policy": {"HMA-SSL-001": {"severity": "loud"}}},
            "hma_policy: HMA-SSL-001: severity is 'loud'; use one of",
        ),
        ({"hma_policy": '{"HMA-AUTH-001": {"enabled": false}}'}, "HMA-AUTH-001 is a gate; taking it out of the way"),
        (
            {"hma_custom_checks": [{**CUSTOM, "query": "config.["}]},
            "hma_custom_checks: OURS-1: the query is no JMESPath",
        ),
        ({"hma_custom_checks": [{**CUSTOM, "id": "HMA-X-1"}]}, "hma_custom_checks: id 'HMA-X-1'"),
        ({"hma_custom_checks": [CUSTOM, CUSTOM]}, "hma_custom_checks: OURS-1 is there twice."),
    ],
)
def test_rules_that_mean_nothing(given: dict[str, Any], message: str) -> None:
    (problem,) = wrong_rules("enable_hma", given)
    assert problem.startswith(message) or message in problem
    assert list(wrong_rules("disable_hma", given)) == [], "the way out reads no rule"


def test_rules_that_are_right() -> None:
    rules = {"hma_policy": {"HMA-SSL-001": {"enabled": False}, "OURS-1": {"severity": "low"}}}
    assert list(wrong_rules("enable_hma", {**rules, "hma_custom_checks": [CUSTOM]})) == []
    assert list(wrong_rules("audit_hma", {"hma_vdir_kinds": ["mapi"]})) == []
