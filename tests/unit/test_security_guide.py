# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The custom role of the security guide can do what Outlook on the web takes; the first table is held by a story."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.setting_overrides import (
    OVERRIDES,
    plan_override,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.web_directories import (
    ADFS,
    BASIC,
    DIGEST,
    ECP,
    FORMS,
    NOUNS,
    OAUTH,
    OTHERS,
    OWA,
    SETTINGS,
    WINDOWS,
    WebDirectory,
    WebSite,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.web_sign_in import (
    plan_back,
    plan_entra,
    plan_forms,
)

GUIDE = Path(__file__).parents[2] / "docs" / "docsite" / "rst" / "security.rst"
PINNED = {"DomainController", "Confirm"}


def test_the_second_table_is_what_the_product_sends() -> None:
    text = GUIDE.read_text("utf-8")
    assert sorted(re.findall(r"'(\w+)'", text[text.index("$methods = ") :].split("\n", 1)[0])) == sorted(
        [*OTHERS, OAUTH]
    )
    for name in (OWA, ECP):
        row = re.findall(rf"'Set-{NOUNS[name]}' += @\((.*?)\) \+ \$methods", text)
        assert [set(re.findall(r"'(\w+)'", item)) for item in row] == [{"Identity", *PINNED}], name
    sent = plan_override((), next(iter(OVERRIDES.values())), present=True).changes[0].cmdlet
    rows = dict(re.findall(r"'((?:New|Remove)-SettingOverride)' += (.*)", text))
    assert set(re.findall(r"'(\w+)'", rows[sent.name])) == {*sent.parameters, *PINNED}
    assert set(re.findall(r"'(\w+)'", rows["Remove-SettingOverride"])) == {"Identity", *PINNED}


def _site(values: tuple[bool, ...]) -> WebSite:
    settings = dict(zip(SETTINGS, values, strict=True))
    owa, ecp = (WebDirectory(kind, "EX1", kind, kind, f"EX1\\{kind}", None, None, settings) for kind in (OWA, ECP))
    return WebSite(owa, ecp)


def test_windows_authentication_is_never_set() -> None:
    """However a directory is, and whatever it is to be: no plan sets what the table does not list."""
    for values in itertools.product((True, False), repeat=len(SETTINGS)):
        site = _site(values)
        wanted = {kind: dict.fromkeys((ADFS, BASIC, DIGEST, FORMS, WINDOWS, OAUTH), True) for kind in (OWA, ECP)}
        for plan in (plan_entra(site), plan_forms(site), plan_back(site, wanted)):
            for change in plan.changes:
                assert set(change.cmdlet.parameters) <= {"Identity", *OTHERS, OAUTH}
