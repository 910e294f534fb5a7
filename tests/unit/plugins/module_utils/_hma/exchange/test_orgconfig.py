# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The organization's two switches: read as far as they can be, and planned."""

from __future__ import annotations

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import orgconfig

GUID = "37e46587-7875-5afd-aeaf-5a27743e41f5"


def test_organization_switches() -> None:
    config = orgconfig.OrganizationConfig("Contoso", GUID, False, True)
    plan = orgconfig.plan_organization(config, {"oauth2_client_profile_enabled": True, "mapi_http_enabled": None})
    assert [cmdlet.typed() for cmdlet in plan.cmdlets] == [
        "Set-OrganizationConfig -OAuth2ClientProfileEnabled $true -Confirm:$false"
    ]
    assert (
        orgconfig.plan_organization(config, {"oauth2_client_profile_enabled": False, "mapi_http_enabled": True}).changes
        == ()
    )


@pytest.mark.parametrize("value", [None, "true", 1, [], {"a": 1}])
def test_a_switch_that_is_no_boolean_is_not_known_and_can_be_switched_off(value: object) -> None:
    odd = {
        "Name": value,
        "Guid": GUID,
        "OAuth2ClientProfileEnabled": value,
        "MapiHttpEnabled": value,
        "DefaultAuthenticationPolicy": 5,
    }
    config = orgconfig.parse_organization_config(Properties(odd, "Get-OrganizationConfig"))
    assert (config.oauth2_client_profile_enabled, config.mapi_http_enabled, config.may_be_on) == (None, None, True)
    assert config.default_authentication_policy == "5"
    plan = orgconfig.plan_organization(config, {"oauth2_client_profile_enabled": False, "mapi_http_enabled": None})
    assert [dict(change.after) for change in plan.changes] == [{"OAuth2ClientProfileEnabled": False}]
    # The record of it can be read: it counts as on, and what is null there would be refused.
    assert [dict(change.before) for change in plan.changes] == [{"OAuth2ClientProfileEnabled": True}]
    for wanted in ({"oauth2_client_profile_enabled": True}, {"mapi_http_enabled": True}, {"mapi_http_enabled": False}):
        with pytest.raises(Refused, match="could not be read, so that what to go back to is not known"):
            orgconfig.plan_organization(config, wanted)


def test_who_the_organization_is_has_to_be_known() -> None:
    with pytest.raises(ParseError, match="Guid is 'x'"):
        orgconfig.parse_organization_config(Properties({"Guid": "x"}, "Get-OrganizationConfig"))
