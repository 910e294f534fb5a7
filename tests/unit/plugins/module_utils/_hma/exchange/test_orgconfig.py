# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The organization's two switches: read as far as they can be, and planned."""

from __future__ import annotations

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import orgconfig

GUID = "37e46587-7875-5afd-aeaf-5a27743e41f5"


def test_organization_switches() -> None:
    config = orgconfig.OrganizationConfig("Contoso", GUID, False, True)
    plan = orgconfig.plan_organization(config, {"oauth2_client_profile_enabled": True, "mapi_http_enabled": None})
    assert [cmdlet.typed() for cmdlet in plan.cmdlets] == ["Set-OrganizationConfig -OAuth2ClientProfileEnabled $true -Confirm:$false"]
    assert orgconfig.plan_organization(config, {"oauth2_client_profile_enabled": False, "mapi_http_enabled": True}).changes == ()
