# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Which mobile devices ActiveSync lets in: the organization's default, and the rules beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..base import elements
from ..base.comparison import same
from ..base.elements import Unread
from ..base.errors import Refused
from ..base.facts import Facts, plain
from ..base.values import Properties
from .cmdlet import Cmdlet

PART: Final = "device_access"
ALLOW: Final = "Allow"
SETTINGS: Final = Cmdlet("Get-ActiveSyncOrganizationSettings", {}, ("DefaultAccessLevel",), on_error="continue")
RULES: Final = Cmdlet(
    "Get-ActiveSyncDeviceAccessRule", {}, ("Name", "Characteristic", "QueryString", "AccessLevel"), on_error="continue"
)
# What Outlook for iOS and Android says it is: the article's rule names its type.
OUTLOOK: Final = (("DeviceType", "OutlookService"), ("DeviceModel", "Outlook for iOS and Android"))


@dataclass(frozen=True)
class DeviceRule(Facts):
    """What is done with devices of one characteristic."""

    name: str
    characteristic: str
    query: str
    level: str

    @property
    def of_outlook(self) -> bool:
        return any(same(self.characteristic, kind) and same(self.query, value) for kind, value in OUTLOOK)


@dataclass(frozen=True)
class DeviceAccess:
    """The level of devices that no rule is for, and the rules."""

    default_level: str
    rules: tuple[DeviceRule, ...]

    @classmethod
    def from_facts(cls, facts: Properties) -> DeviceAccess:
        return cls(facts.text("default_level"), tuple(map(DeviceRule.from_facts, facts.children("rules"))))

    def facts(self) -> dict[str, Any]:
        return {"default_level": self.default_level, "rules": plain(self.rules)}


def parse_access(found: Sequence[Properties], rules: Sequence[Properties], gaps: list[Unread]) -> DeviceAccess:
    if len(found) != 1:
        raise Refused(f"{SETTINGS.name} returned {len(found)} objects where exactly one was expected.")
    level = found[0].text("DefaultAccessLevel")
    return DeviceAccess(level, tuple(elements.parsed(PART, rules, _parse_rule, gaps)))


def _parse_rule(rule: Properties) -> DeviceRule:
    values = (rule.text(name) for name in ("Characteristic", "QueryString", "AccessLevel"))
    return DeviceRule(rule.text("Name"), *values)
