# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What a full read of a server tells beside its directories: its certificates, and whether it is in maintenance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .certificates import parse_certificates, read_certificates
from .cmdlet import Cmdlet, CmdletResult
from .urls import reason_of
from .values import ParseError, text


def cmdlets(server: Any) -> tuple[Cmdlet, Cmdlet]:
    return read_certificates(server), Cmdlet("Get-ServerComponentState", {"Identity": server}, ("Component", "State"), on_error="continue")


def parse(results: Sequence[CmdletResult]) -> dict[str, Any]:
    """Small on purpose: AWX keeps the result of every host. What could not be read is null, with its reason."""
    unread: list[dict[str, str]] = []
    certificates, components = results
    found: dict[str, Any] = {"certificates": None, "components": None}
    try:
        if certificates.ok:
            found["certificates"] = parse_certificates(certificates.objects)
        else:
            unread.append({"what": "certificates", "reason": reason_of("Get-ExchangeCertificate", certificates)})
        if components.ok:
            states = {text(item, "Component", "Get-ServerComponentState"): text(item, "State", "Get-ServerComponentState") for item in components.objects}
            found["components"] = {name: state for name, state in states.items() if name == "ServerWideOffline"}
        else:
            unread.append({"what": "components", "reason": reason_of("Get-ServerComponentState", components)})
    except ParseError as exc:
        unread.append({"what": "certificates" if found["certificates"] is None else "components", "reason": str(exc)})
    return {**found, "unread": unread}
