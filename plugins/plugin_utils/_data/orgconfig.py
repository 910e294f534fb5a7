# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Options and result of hma_orgconfig."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.organization import Organization
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.orgconfig import OrganizationConfig

from .base import ExchangeOptions, RecordOptions, WritingResult


@dataclass(frozen=True, kw_only=True)
class Options(ExchangeOptions, RecordOptions):
    """The switches (None is left alone), and the tenant whose endpoint is made the default together with the first of
    them."""

    oauth2_client_profile_enabled: bool | None
    mapi_http_enabled: bool | None
    despite_policy: str | None
    despite_owa: Sequence[str]
    default_authorization_endpoint_of: str | None
    replace_default_authserver: str | None
    judged: Organization | None

    @classmethod
    def from_options(cls, given: Mapping[str, Any]) -> Self:
        judged = Organization.from_facts(Properties(given["judged"], "judged")) if given["judged"] else None
        return super().from_options({**given, "judged": judged})

    @property
    def on(self) -> bool:
        return bool(self.oauth2_client_profile_enabled)

    @property
    def switches(self) -> dict[str, bool | None]:
        return {
            "oauth2_client_profile_enabled": self.oauth2_client_profile_enabled,
            "mapi_http_enabled": self.mapi_http_enabled,
        }


@dataclass(frozen=True, kw_only=True)
class Switched(WritingResult):
    """The organization before and after, and the commands between."""

    before: OrganizationConfig
    after: OrganizationConfig
    commands: Sequence[str]
