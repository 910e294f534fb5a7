# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Authentication policies, the users they are assigned to, and the connectors of hybrid free/busy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .binder import ShellError
from .directory import Object

_PROTOCOLS = ("ActiveSync", "Autodiscover", "Imap", "Mapi", "OfflineAddressBook", "Pop", "Rpc", "WebServices")
# The policy of a user can be filtered by its distinguished name only (Microsoft's pages on authentication policies).
_FILTER = re.compile(r"^AuthenticationPolicy -eq '((?:[^']|'')*)'$")


class Accounts:
    """The part of an organization that says who may sign in how."""

    spec: Mapping[str, Any]
    name: str

    def policies(self) -> list[Object]:
        return [
            {
                "Name": item["name"], "Identity": item["name"], "DistinguishedName": self._policy_dn(item["name"]),
                **{f"BlockLegacyAuth{protocol}": protocol in item.get("blocks", []) for protocol in _PROTOCOLS},
                **{f"BlockModernAuth{protocol}": protocol in item.get("blocks_modern", []) for protocol in _PROTOCOLS},
            }
            for item in self.spec.get("authentication_policies", [])
        ]  # fmt: skip

    def _policy_dn(self, name: str) -> str:
        return f"CN={name},CN=Auth Policies,CN={self.name},CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=corp"

    def _get_authenticationpolicy(self, controller: str, given: Mapping[str, Any]) -> tuple[list[Object], list[str]]:
        return self.policies(), []

    def _get_user(self, controller: str, given: Mapping[str, Any]) -> tuple[list[Object], list[str]]:
        match = _FILTER.match(str(given.get("Filter", "")))
        if match is None:
            text = "The filter is not one that the lab understands."
            raise ShellError("LabFilter", "InvalidArgument", "ParsingException", text)
        wanted = match.group(1).replace("''", "'").casefold()
        found = [
            user
            for user in self.spec.get("mailboxes", [])
            if self._policy_dn(user.get("policy", "")).casefold() == wanted
        ]
        return [{"Name": user["name"], "Identity": user["name"], "OriginatingServer": controller} for user in found], []

    def _get_intraorganizationconnector(
        self, controller: str, given: Mapping[str, Any]
    ) -> tuple[list[Object], list[str]]:
        found = self.spec.get("connectors", [])
        return [
            {
                "Name": item["name"], "Enabled": item.get("enabled", True),
                "TargetAddressDomains": ["contoso.mail.onmicrosoft.com"],
                "DiscoveryEndpoint": item.get("discovery",
                                              "https://autodiscover-s.outlook.com/autodiscover/autodiscover.svc"),
                "TargetSharingEpr": item.get("sharing"), "OriginatingServer": controller,
            }
            for item in found
        ], []  # fmt: skip
