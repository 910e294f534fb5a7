# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of the tenants of a scenario: their objects, who signed in to them, and what a replica that lags still
shows."""

from __future__ import annotations

import copy
import secrets
import time
from typing import Any

from cryptography import x509


class Tenants:
    """Tenants by id. State is the scenario's own dictionaries, changed in place."""

    def __init__(self, tenants: list[dict[str, Any]]) -> None:
        self.tenants = {tenant["id"]: tenant for tenant in tenants}
        # By the id of their application.
        self.certificates: dict[str, x509.Certificate] = {}
        # Addresses that a fault may point to, by the names it uses for them.
        self.elsewhere: dict[str, str] = {}
        self.tokens: dict[str, dict[str, Any]] = {}
        # What nobody but the two ends of a request may see; tests look for them in what a run left.
        self.secrets: list[str] = []
        # What a replica that lags still shows: the tenant before its last change.
        self.previous: dict[str, list[dict[str, Any]]] = {}
        self.remember(*self.tenants)

    def remember(self, *tenants: str) -> None:
        """Keep what these tenants are before a change."""
        self.previous.update({tenant: copy.deepcopy(self.tenants[tenant]["service_principals"]) for tenant in tenants})

    def token(self, tenant: str, rights: list[str], audience: str) -> str:
        """A new access token, good for an hour."""
        made = secrets.token_urlsafe(24)
        self.secrets.append(made)
        self.tokens[made] = {"tenant": tenant, "rights": rights, "expires": time.time() + 3600, "audience": audience}
        return made

    def state(self) -> list[dict[str, Any]]:
        return [
            {
                "id": item["id"], "domain": item["domain"], "service_principals": item["service_principals"],
                "users": item.get("users", []),
            }
            for item in self.tenants.values()
        ]  # fmt: skip


def fold(name: str) -> str:
    """ASCII letters without case; nothing is known of any other folding of the directory's (assumed: there is none)."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in name)
