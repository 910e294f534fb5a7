# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The organization switches of HMA in Set-OrganizationConfig."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ..base.errors import ParseError, Refused
from ..base.facts import Facts
from ..base.values import Properties
from .change import Change, Plan
from .cmdlet import Cmdlet

READ: Final = Cmdlet(
    "Get-OrganizationConfig",
    {},
    ("Name", "Guid", "OAuth2ClientProfileEnabled", "MapiHttpEnabled", "DefaultAuthenticationPolicy", "OrganizationId"),
)
PROPERTIES: Final[Mapping[str, str]] = {
    "oauth2_client_profile_enabled": "OAuth2ClientProfileEnabled",
    "mapi_http_enabled": "MapiHttpEnabled",
}


@dataclass(frozen=True)
class OrganizationConfig(Facts):
    """The organization: who it is and the two switches. A switch that could not be read is None."""

    name: str
    guid: str
    oauth2_client_profile_enabled: bool | None
    mapi_http_enabled: bool | None
    default_authentication_policy: str | None = None

    def properties(self) -> dict[str, object]:
        """The switches by Exchange's own names."""
        return {name: getattr(self, key) for key, name in PROPERTIES.items()}

    @property
    def may_be_on(self) -> bool:
        """Whether clients may be offered modern authentication: a flag that could not be read counts as on."""
        return self.oauth2_client_profile_enabled is not False


def may_be_on(organization: Properties) -> bool:
    """The same of the object itself, for those who need nothing else of it: whatever else is odd is not their
    matter."""
    return _switch(organization, "OAuth2ClientProfileEnabled") is not False


def parse_organization_config(organization: Properties) -> OrganizationConfig:
    """The organization. Only its GUID has to be as documented: nothing else that is odd may stand in the way of
    switching off."""
    return _organization(organization, organization.guid("Guid"))


def parse_unidentified(organization: Properties) -> OrganizationConfig:
    """The organization on the way back: one whose GUID is not as documented has an empty one, which is no recorded
    organization's, and keeps nothing else from going back."""
    try:
        return parse_organization_config(organization)
    except ParseError:
        return _organization(organization, "")


def _organization(organization: Properties, guid: str) -> OrganizationConfig:
    # Exchange 2019 CU2 and later have a default policy; one that is no text still is one.
    policy = organization.raw("DefaultAuthenticationPolicy")
    return OrganizationConfig(
        name=organization.label("Name", "(without a readable name)"),
        guid=guid,
        oauth2_client_profile_enabled=_switch(organization, "OAuth2ClientProfileEnabled"),
        mapi_http_enabled=_switch(organization, "MapiHttpEnabled"),
        default_authentication_policy=str(policy) if policy else None,
    )


def _switch(organization: Properties, name: str) -> bool | None:
    value = organization.raw(name)
    return value if isinstance(value, bool) else None


def plan_organization(config: OrganizationConfig, wanted: Mapping[str, bool | None]) -> Plan:
    """One Set-OrganizationConfig with the switches that differ; an option left out (None) is not written."""
    differing = {key: value for key, value in wanted.items() if value is not None and getattr(config, key) != value}
    if not differing:
        return Plan()
    after = {PROPERTIES[key]: value for key, value in differing.items()}
    before = {PROPERTIES[key]: _before(config, key, wanted=value) for key, value in differing.items()}
    target = {"type": "organization", "guid": config.guid, "name": config.name}
    return Plan(
        (Change(f"Organization '{config.name}'", target, before, after, Cmdlet("Set-OrganizationConfig", after)),)
    )


def _before(config: OrganizationConfig, key: str, *, wanted: bool) -> bool:
    """The switch as the record has it. A flag that could not be read counts as on, so that it can be switched off, and
    nothing else."""
    value: bool | None = getattr(config, key)
    if value is None and (key != "oauth2_client_profile_enabled" or wanted):
        raise Refused(
            f"{PROPERTIES[key]} of organization '{config.name}' could not be read, so that what to go back "
            f"to is not known. It is not written."
        )
    return config.may_be_on if value is None else value
