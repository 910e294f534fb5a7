# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HMA-SPN-001 counts the names that the table below it lists: those of the tenant's own host."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.audit_story import Story


def test_a_tenant_with_names_of_its_own_counts_them_too() -> None:
    story = Story()
    tenants = story.case().tenants
    more = [f"https://{name}.contoso.test/" for name in "abcdefg"]
    judged = story.judge(tenants=tuple(replace(tenant, wanted=more, missing=[]) for tenant in tenants))
    assert {item.expected for item in judged if item.id == "HMA-SPN-001"} == {"7 names"}
