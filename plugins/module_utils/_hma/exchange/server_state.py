# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What a full read of a server tells beside its directories: its certificates, and whether it is in maintenance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..base import elements
from ..base.elements import Unread
from ..base.values import text
from .certificates import parse_certificates, read_certificates
from .client_urls import reason_of
from .cmdlet import Cmdlet, CmdletResult

_STATE: Final = "Get-ServerComponentState"
_OFFLINE: Final = "ServerWideOffline"


def cmdlets(server: Any) -> tuple[Cmdlet, Cmdlet]:
    return read_certificates(server), Cmdlet(_STATE, {"Identity": server}, ("Component", "State"), on_error="continue")


def parse(results: Sequence[CmdletResult]) -> dict[str, Any]:
    """Small on purpose: AWX keeps the result of every host. What could not be read is null or left out, with its reason."""
    gaps: list[Unread] = []
    certificates, components = results
    found = {"certificates": _certificates(certificates, gaps), "components": _components(components, gaps)}
    return {**found, "unread": [{"what": gap.what, "reason": gap.reason} for gap in gaps]}


def _certificates(result: CmdletResult, gaps: list[Unread]) -> list[dict[str, str]] | None:
    if result.ok:
        odd: list[Unread] = []
        found = parse_certificates(result.objects, odd)
        gaps += odd
        return found if found or not odd else None
    gaps.append(Unread("certificates", reason_of("Get-ExchangeCertificate", result)))
    return None


def _components(result: CmdletResult, gaps: list[Unread]) -> dict[str, str] | None:
    """The one component that takes a server away from clients; an odd object of another is of no interest."""
    if not result.ok:
        gaps.append(Unread("components", reason_of(_STATE, result)))
        return None
    named = [item for item in result.objects if item.get("Component") == _OFFLINE]
    odd: list[Unread] = []
    states = elements.parsed("components", named or result.objects, _state, odd)
    gaps += odd
    return None if odd else {name: state for name, state in states if name == _OFFLINE}


def _state(found: Mapping[str, Any]) -> tuple[str, str]:
    return text(found, "Component", _STATE), text(found, "State", _STATE)
