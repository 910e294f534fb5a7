# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of the tenants of a scenario: their objects, who signed in to them, and what a replica that lags still
shows."""

from __future__ import annotations

import base64
import copy
import json
import secrets
import time
from collections.abc import Mapping
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

    def token(self, tenant: str, application: Mapping[str, Any], audience: str) -> str:
        """A new access token, good for an hour; of an application with ``opaque`` one that says nothing."""
        rights, expires = list(application["rights"]), time.time() + 3600
        made = secrets.token_urlsafe(24)
        if not application.get("opaque"):
            claims = {
                "aud": audience, "tid": tenant, "appid": application["client_id"], "idtyp": "app",
                "oid": object_id(application), "exp": int(expires),
            }  # fmt: skip
            # Entra leaves the claim out where nothing was granted.
            made = ".".join([_segment({"typ": "JWT", "alg": "RS256"}), _segment(claims | _granted(rights)), made])
        self.secrets.append(made)
        self.tokens[made] = {
            "tenant": tenant, "rights": rights, "expires": expires, "audience": audience,
            "object_id": object_id(application),
        }  # fmt: skip
        return made

    def state(self) -> list[dict[str, Any]]:
        return [
            {
                "id": item["id"], "domain": item["domain"], "service_principals": item["service_principals"],
                "users": item.get("users", []),
            }
            for item in self.tenants.values()
        ]  # fmt: skip


def object_id(application: Mapping[str, Any]) -> str:
    """The id of the application's own service principal in the tenant."""
    return f"0b1ec700{application['client_id'][8:]}"


def _granted(rights: list[str]) -> dict[str, Any]:
    return {"roles": rights} if rights else {}


def _segment(content: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode("ascii")


def fold(name: str) -> str:
    """ASCII letters without case; nothing is known of any other folding of the directory's (assumed: there is none)."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in name)
