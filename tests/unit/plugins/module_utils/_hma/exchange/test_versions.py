# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds of Exchange: what is read, compared, and known of them."""

from __future__ import annotations

from datetime import date

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import versions


@pytest.mark.parametrize(
    ("text", "product", "label", "hma", "domain_name"),
    [
        ("Version 14.3 (Build 123.4)", "2010", "2010 or older", False, False),
        ("Version 15.0 (Build 1347.2)", "2013", "2013 CU18", False, False),
        ("Version 15.0 (Build 1365.1)", "2013", "2013 CU19", True, False),
        ("Version 15.1 (Build 1415.2)", "2016", "2016 CU8", True, False),
        ("Version 15.1 (Build 2106.2)", "2016", "2016 CU18", True, True),
        ("Version 15.2 (Build 221.12)", "2019", "2019 (15.2.221.12)", False, False),
        ("Version 15.2 (Build 330.5)", "2019", "2019 CU1", True, False),
        ("Version 15.2 (Build 1748.10)", "2019", "2019 CU15", True, True),
        ("Version 15.2 (Build 2562.17)", "SE", "SE RTM", True, True),
        ("Version 15.2 (Build 3000.1)", "SE", "SE RTM or newer", True, True),
        ("Version 16.0 (Build 1.1)", "16.0", "16.0", True, True),
    ],
)
def test_versions(text: str, product: str, label: str, hma: bool, domain_name: bool) -> None:
    build = versions.parse_admin_display_version(text)
    assert build.product == product
    assert label in build.label
    assert versions.meets_hma_floor(build) is hma
    assert versions.has_domain_name(build) is domain_name


def test_file_version_and_order() -> None:
    assert str(versions.parse_file_version("15.02.0986.005")) == "15.2.986.5"
    assert versions.parse_file_version("15.02.1544.011") > versions.parse_file_version("15.02.1544.009")
    for text in ("Version 15.2 (Build 986.5)\n", "Version \u0661\u0665.2 (Build 986.5)", "version 15.2 (build 986.5)"):
        with pytest.raises(ParseError, match="AdminDisplayVersion is"):
            versions.parse_admin_display_version(text)
    with pytest.raises(ParseError, match=r"AdminDisplayVersion is '15\.2'"):
        versions.parse_admin_display_version("15.2")


def test_support_is_a_matter_of_the_day() -> None:
    build = versions.parse_admin_display_version("Version 15.2 (Build 1748.10)")
    assert not versions.out_of_support(build, date(2025, 10, 14))
    assert versions.out_of_support(build, date(2025, 10, 15))
