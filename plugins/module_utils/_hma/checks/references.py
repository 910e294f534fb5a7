# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Where the checks' claims come from."""

from __future__ import annotations

from typing import Final

LEARN: Final = "https://learn.microsoft.com"
ARTICLE: Final = f"{LEARN}/microsoft-365/enterprise/configure-exchange-server-for-hybrid-modern-authentication"
OVERVIEW: Final = f"{LEARN}/microsoft-365/enterprise/hybrid-modern-auth-overview"
TROUBLE: Final = f"{LEARN}/exchange/troubleshoot/administration/outlook-does-not-connect-with-modern-authentication"
CMDLET: Final = f"{LEARN}/powershell/module/exchangepowershell"
LIFECYCLE: Final = f"{LEARN}/lifecycle/products"
CSS: Final = "https://microsoft.github.io/CSS-Exchange"
GRAPH: Final = f"{LEARN}/graph/api"
NOT_STATED: Final = "conclusion of this collection's authors; no source states it"
READ_ORGANIZATION: Final = "Organization read (View-Only Organization Management): "
READ_ORGANIZATION_FULL: Final = "Organization read in full (hma_audit_read: full; View-Only Organization Management): "
READ_SERVER_FULL: Final = "Full read of each server (hma_audit_read: full; View-Only Organization Management): "
READ_PRINCIPAL: Final = "Graph, service principal of Exchange Online (Application.Read.All)"
