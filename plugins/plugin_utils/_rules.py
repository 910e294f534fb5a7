# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The rules that an administrator gives the checks (hma_policy, hma_custom_checks): refused in the first task
of a playbook, and not by the gate that would meet them in the middle of the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.catalogue import CHECKS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.custom import (
    CustomCheck,
    check_definitions,
    custom_gates,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.policy import check_policy
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.settings.settings import WAYS_OUT
from ansible_collections.hybrid.exchange.plugins.module_utils._options import SETTINGS

_RULES: Final = ("policy", "custom_checks")


def wrong_rules(playbook: str, organization: Mapping[str, Any]) -> Iterator[str]:
    """One line for each variable of the two whose rules mean nothing; ``organization`` are its settings, of the right
    types."""
    given = {name: organization[f"hma_{name}"] for name in _RULES if organization.get(f"hma_{name}")}
    if playbook in WAYS_OUT or not given:
        return
    rules = ArgumentSpecValidator({name: SETTINGS[name] for name in _RULES}).validate(given).validated_parameters
    policy = rules.get("policy") or {}
    try:
        custom = [CustomCheck.from_options(item) for item in rules.get("custom_checks") or []]
        check_definitions(custom)
        check_policy(policy, {**{key: check.gate for key, check in CHECKS.items()}, **custom_gates(custom)})
    except (ParseError, Refused) as exc:
        yield str(exc)
