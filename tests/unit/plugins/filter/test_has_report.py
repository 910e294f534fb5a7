# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which playbooks write a report."""

from __future__ import annotations

import pytest
from ansible_collections.hybrid.exchange.plugins.filter.has_report import has_report


@pytest.mark.parametrize("name", ["enable_hma", "verify_hma", "audit_hma", "watch_hma", "block_legacy_auth", ""])
def test_what_is_judged_is_reported(name: str) -> None:
    """A run that ended before its name was judged has a report as well."""
    assert has_report(name)


@pytest.mark.parametrize("name", ["disable_hma", "restore_hma", "disable_owa_hma", "measure_sign_ins"])
def test_a_way_back_and_a_measurement_speak_for_themselves(name: str) -> None:
    assert not has_report(name)
