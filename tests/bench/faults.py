# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults of the field that the scenario ``everything_wrong`` has, and in what each of them shows.

The numbers are those of the list of failure modes that the project keeps of the field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SCENARIO: Final = "everything_wrong"


@dataclass(frozen=True)
class Fault:
    """``checks`` are the project's that report it; ``cmdlets`` show it to whoever reads their answer. A fault of the
    tenant shows in its names (``graph``)."""

    number: int
    text: str
    checks: tuple[str, ...]
    cmdlets: tuple[str, ...]


FAULTS: Final = (
    Fault(1, "A client URL is not registered in the tenant", ("HMA-SPN-001",), ("graph",)),
    Fault(2, "An http URL", ("HMA-NAME-002", "HMA-SPN-005"), ("Get-ClientAccessService",)),
    Fault(4, "Built-in names are lost", ("HMA-SPN-004",), ("graph",)),
    Fault(5, "OAuth is missing on one server", ("HMA-VDIR-001",), ("Get-WebServicesVirtualDirectory",)),
    Fault(6, "The MAPI methods are empty", ("HMA-VDIR-002",), ("Get-MapiVirtualDirectory",)),
    Fault(8, "An AuthServer of a tenant is off", ("HMA-AUTH-001",), ("Get-AuthServer",)),
    Fault(10, "Another endpoint is the default, and two are", ("HMA-AUTH-002", "HMA-AUTH-005"), ("Get-AuthServer",)),
    Fault(11, "The AuthServer does not know the tenant's domain", ("HMA-AUTH-003",), ("Get-AuthServer",)),
    Fault(13, "The switch is off", ("HMA-FLAG-002",), ("Get-OrganizationConfig",)),
    Fault(14, "SSL offloading", ("HMA-SSL-001",), ("Get-OutlookAnywhere",)),
    Fault(16, "The proxy is no http URL", ("HMA-PROXY-001",), ("Get-ExchangeServer",)),
    Fault(17, "MAPI over HTTP is off", ("HMA-MAPI-001",), ("Get-OrganizationConfig",)),
    Fault(18, "The auth certificate is missing on a server", ("HMA-CERT-003",), ("Get-ExchangeCertificate",)),
    Fault(23, "Something points to the Hybrid Agent", ("HMA-HYB-002",), ("Get-OrganizationRelationship",)),
    Fault(26, "A policy blocks modern authentication", ("HMA-POL-001",), ("Get-AuthenticationPolicy",)),
    Fault(27, "Sign-in names in no domain of the tenant", ("HMA-ID-001",), ("Get-Mailbox",)),
)
