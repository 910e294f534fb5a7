# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. How to reach one tenant: the validated options of a module, nothing read from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.clouds import CLOUDS


@dataclass(frozen=True)
class Tenant:
    """A tenant and the application that signs in to it; secrets are left out of the representation."""

    tenant_id: str
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    certificate_path: str | None = None
    certificate_password: str | None = field(default=None, repr=False)
    client_assertion: str | None = field(default=None, repr=False)
    managed_identity: bool = False
    cloud: str = "global"
    authority: str | None = None
    graph_endpoint: str | None = None
    validate_certs: bool = True
    ca_path: str | None = None
    # A proxy's URL may hold a password.
    proxy: str | None = field(default=None, repr=False)
    timeout: int = 30

    def redact(self, text: str, *more: str | None) -> str:
        """The text without this tenant's secrets: an answer, or a library's error, may quote what it was sent."""
        password = urlsplit(self.proxy).password if self.proxy else None
        for secret in (self.client_secret, self.certificate_password, self.client_assertion, password, *more):
            text = text.replace(secret, "********") if secret else text
        return text

    @property
    def sign_in_url(self) -> str:
        base = self.authority or f"https://{CLOUDS[self.cloud].authority}"
        return f"{base.rstrip('/')}/{self.tenant_id}"

    @property
    def graph_url(self) -> str:
        return (self.graph_endpoint or f"https://{CLOUDS[self.cloud].graph}").rstrip("/")
