# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strict readers: what they take, and what they say of anything else."""

from __future__ import annotations

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import is_guid


def test_a_guid_ends_where_it_ends() -> None:
    """A line end would go into a URL or a command otherwise; it comes with files read by a lookup."""
    assert is_guid("00000002-0000-0ff1-ce00-000000000000")
    assert not is_guid("00000002-0000-0ff1-ce00-000000000000\n")
