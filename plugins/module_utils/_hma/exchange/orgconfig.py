# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The organization switches of HMA in Set-OrganizationConfig."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from ..base import values
from .change import Change, Plan
from .cmdlet import Cmdlet

READ: Final = Cmdlet(
    "Get-OrganizationConfig", {}, ("Name", "Guid", "OAuth2ClientProfileEnabled", "MapiHttpEnabled", "DefaultAuthenticationPolicy", "OrganizationId")
)
PROPERTIES: Final[Mapping[str, str]] = {
    "oauth2_client_profile_enabled": "OAuth2ClientProfileEnabled",
    "mapi_http_enabled": "MapiHttpEnabled",
}


@dataclass(frozen=True)
class OrganizationConfig:
    """The organization: who it is and the two switches."""

    name: str
    guid: str
    oauth2_client_profile_enabled: bool
    mapi_http_enabled: bool
    default_authentication_policy: str | None = None

    def facts(self) -> dict[str, Any]:
        return asdict(self)

    def properties(self) -> dict[str, object]:
        """The switches by Exchange's own names."""
        return {name: getattr(self, key) for key, name in PROPERTIES.items()}


def parse_organization_config(found: Mapping[str, Any]) -> OrganizationConfig:
    where = "Get-OrganizationConfig"
    return OrganizationConfig(
        name=values.text(found, "Name", where),
        guid=values.guid(found, "Guid", where),
        oauth2_client_profile_enabled=values.flag(found, "OAuth2ClientProfileEnabled", where),
        mapi_http_enabled=values.flag(found, "MapiHttpEnabled", where),
        # Exchange 2019 CU2 and later have it.
        default_authentication_policy=values.optional_text(found, "DefaultAuthenticationPolicy", where),
    )


def parse_switch(found: Mapping[str, Any]) -> OrganizationConfig:
    """The organization as far as going back needs it: who it is and whether modern authentication is on.

    Whatever else is odd about it must not stand in the way of switching off. A default policy that is no text still is one.
    """
    where, policy = "Get-OrganizationConfig", found.get("DefaultAuthenticationPolicy")
    return OrganizationConfig(
        name=values.text(found, "Name", where),
        guid=values.guid(found, "Guid", where),
        oauth2_client_profile_enabled=values.flag(found, "OAuth2ClientProfileEnabled", where),
        mapi_http_enabled=found.get("MapiHttpEnabled") is True,
        default_authentication_policy=str(policy) if policy else None,
    )


def plan_organization(config: OrganizationConfig, wanted: Mapping[str, bool | None]) -> Plan:
    """One Set-OrganizationConfig with the switches that differ; an option left out (None) is left alone."""
    now = config.properties()
    after = {PROPERTIES[key]: value for key, value in wanted.items() if value is not None and now[PROPERTIES[key]] != value}
    if not after:
        return Plan()
    before = {name: now[name] for name in after}
    target = {"type": "organization", "guid": config.guid, "name": config.name}
    return Plan((Change(f"Organization '{config.name}'", target, before, after, Cmdlet("Set-OrganizationConfig", after)),))
