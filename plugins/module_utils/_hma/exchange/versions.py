# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Exchange builds: what AdminDisplayVersion says, what a build can do, when its support ended."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from ..base.errors import ParseError
from ..base.values import shown
from .builds import CUMULATIVE_UPDATES, Number

# Exchange 2003 and older write their service pack into it: 'Version 6.5 (Build 7638.2: Service Pack 2)'.
_DISPLAY: Final = re.compile(r"Version (\d{1,9})\.(\d{1,9}) \(Build (\d{1,9})\.(\d{1,9})(?::[^()]{0,80})?\)", re.ASCII)
_FILE: Final = re.compile(r"(\d+)\.(\d+)\.(\d+)\.(\d+)", re.ASCII)
# 2019 and Subscription Edition share 15.2; SE begins with this build.
_SE: Final = 2562
# HMA article, overview page; 2016 and 2019 lists in facts: CU8, CU1. SE has it from its first build.
_HMA_FLOOR: Final[dict[str, Number]] = {
    "2013": (15, 0, 1365, 1),
    "2016": (15, 1, 1415, 2),
    "2019": (15, 2, 330, 5),
    "SE": (15, 2, _SE, 0),
}
# Set-AuthServer -DomainName came with 2016 CU18 and 2019 CU7; 2013 never had it.
_DOMAIN_NAME_FLOOR: Final[dict[str, Number]] = {
    "2016": (15, 1, 2106, 2),
    "2019": (15, 2, 721, 2),
    "SE": (15, 2, _SE, 0),
}
_END_OF_SUPPORT: Final[dict[str, date]] = {
    "2010": date(2020, 10, 13),
    "2013": date(2023, 4, 11),
    "2016": date(2025, 10, 14),
    "2019": date(2025, 10, 14),
}

# The second period of paid updates (ESU) for 2016 and 2019: endoflife.date, Microsoft's posts on their updates.
_END_OF_UPDATES: Final[dict[str, date]] = {"2016": date(2026, 10, 31), "2019": date(2026, 10, 31)}


@dataclass(frozen=True, order=True)
class Build:
    """A build number; ordered as numbers, never as text."""

    number: Number

    def __str__(self) -> str:
        return ".".join(str(part) for part in self.number)

    @property
    def product(self) -> str:
        """2010 or older, 2013, 2016, 2019, SE; or the number itself for what this collection does not know."""
        major, minor, build, _revision = self.number
        if major < 15:
            return "2010"
        if (major, minor) == (15, 2):
            return "SE" if build >= _SE else "2019"
        return {(15, 0): "2013", (15, 1): "2016"}.get((major, minor), f"{major}.{minor}")

    @property
    def label(self) -> str:
        """Product and cumulative update in words; a build past the table is newer, not unknown."""
        if self.product == "2010":
            return f"Exchange Server 2010 or older ({self})"
        known = [(number, name) for product, name, number in CUMULATIVE_UPDATES if product == self.product]
        reached = [(number, name) for number, name in known if number[:3] <= self.number[:3]]
        if not reached:
            return f"Exchange Server {self.product} ({self})"
        number, name = max(reached)
        newer = "" if number[:3] == self.number[:3] else " or newer"
        return f"Exchange Server {self.product} {name}{newer} ({self})"


def parse_admin_display_version(text: str) -> Build:
    """'Version 15.2 (Build 986.5)' as Get-ExchangeServer shows it, or the form of an old server."""
    return _parse(_DISPLAY, text, "AdminDisplayVersion", "'Version 15.2 (Build 986.5)'")


def parse_file_version(text: str) -> Build:
    """'15.02.0986.005' as the file version of ExSetup.exe shows it."""
    return _parse(_FILE, text, "file version", "'15.02.0986.005'")


def meets_hma_floor(build: Build) -> bool:
    return _reaches(build, _HMA_FLOOR)


def floor_of(build: Build) -> str:
    """The least build of a product that can do HMA, in words."""
    floor = _HMA_FLOOR.get(build.product)
    return f"{Build(floor).label} or newer" if floor else "Exchange Server 2013 CU19 or newer"


def has_domain_name(build: Build) -> bool:
    """Whether Set-AuthServer has DomainName on a server of this build."""
    return _reaches(build, _DOMAIN_NAME_FLOOR)


def has_authentication_policies(build: Build) -> bool:
    """Whether a server of this build goes by authentication policies: Exchange 2019 CU2 (15.2.397.3) and later do."""
    return build.number >= (15, 2, 397, 0)


def out_of_support(build: Build, today: date) -> bool:
    end = _END_OF_SUPPORT.get(build.product)
    return end is not None and today > end


def end_of_updates(build: Build) -> date | None:
    """The day after which a product out of support gets no update any more, not even a paid one."""
    return _END_OF_UPDATES.get(build.product)


def _reaches(build: Build, floors: dict[str, Number]) -> bool:
    floor = floors.get(build.product)
    if floor is not None:
        return build.number >= floor
    # A product after SE is newer than every floor; one before 2013 (or 2013 itself, where it has no row) is not.
    return build.number > (15, 2, _SE, 0)


def _parse(pattern: re.Pattern[str], text: str, what: str, like: str) -> Build:
    match = pattern.fullmatch(text)
    if match is None:
        raise ParseError(f"{what} is {shown(text)}; expected the form {like}.", field=what, value=shown(text))
    major, minor, build, revision = (int(part) for part in match.groups())
    return Build((major, minor, build, revision))
