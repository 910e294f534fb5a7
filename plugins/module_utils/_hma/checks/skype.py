# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judge of Skype for Business on premises: what becomes of its clients. Nothing of it is a fault."""

from __future__ import annotations

from typing import Final

from ..base.comparison import fold
from .check import Check, Finding
from .inputs import Inputs
from .references import OVERVIEW, READ_ORGANIZATION_FULL

BESIDE: Final = Check(
    "HMA-SFB-001", "Skype for Business on premises", "info", "organization", on_bad="warn",
    why="Its clients read calendars and voice mail from Exchange. With HMA on for Exchange alone they sign in to both "
        "sides in different ways, and people are prompted twice; Microsoft's overview says which combinations are "
        "supported.",
    read=f"{READ_ORGANIZATION_FULL}Get-PartnerApplication, whose name says Lync or Skype (inferred: the integration "
        "script of Skype for Business makes one).",
    remedy="Where there is one, look on its side (Get-CsOAuthConfiguration) and choose a supported combination, before "
        "step 5.",
    source=OVERVIEW,
)  # fmt: skip
_WORDS: Final = ("lync", "skype", "sfb")


def beside(inputs: Inputs) -> list[Finding]:
    check, found = BESIDE, inputs.organization.partner_applications
    if found is None:
        return [check.not_applicable(inputs.name, str(inputs.organization.why_unread("partner_applications")))]
    names = [item.name for item in found if item.enabled and any(word in fold(item.name) for word in _WORDS)]
    if not names:
        return [check.passed(inputs.name, actual="no partner application of it")]
    message = (
        f"partner application {', '.join(names)}: clients of Skype for Business sign in to Exchange too. Look at "
        f"Get-CsOAuthConfiguration before step 5."
    )
    return [check.passed(inputs.name, message, actual=", ".join(names))]


CHECKS: Final = (BESIDE,)
