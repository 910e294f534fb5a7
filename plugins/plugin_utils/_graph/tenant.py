# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. How to reach one tenant: the validated options of a module, nothing read from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final
from urllib.parse import urlsplit

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold, host_in
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.printable import printable
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import is_guid, shown
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.clouds import CLOUDS

from .._scrub import scrub

_PASSWORD: Final = re.compile(r"^(?:[a-z0-9+.-]*://)?[^:@]*:(.+)@", re.IGNORECASE | re.ASCII | re.DOTALL)


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

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Tenant:
        """From the options of a module; what is no id would only be refused by Entra, in worse words."""
        if not is_guid(options["tenant_id"]):
            raise Refused(
                f"hma_tenant_id is {shown(options['tenant_id'])}; give the tenant's id, a GUID (Entra admin "
                f"center, Overview)."
            )
        for name in ("authority", "graph_endpoint"):
            if options.get(name) and not _is_https(options[name]):
                raise Refused(
                    f"hma_{name} is {shown(options[name])}; give only https:// and a host, without a "
                    f"path: what is sent there is a secret."
                )
        given = {item.name: options[item.name] for item in fields(cls) if item.name in options}
        # As Entra itself writes it, whoever copied it from where.
        return cls(**{**given, "tenant_id": fold(options["tenant_id"])})

    def redact(self, text: str, *more: str | None) -> str:
        """The text without this tenant's secrets, and printable: an answer, or a library's error, may quote what it was
        sent."""
        return str(printable(self.without_secrets(text, *more)))

    def without_secrets(self, value: Any, *more: str | None) -> Any:
        """A value of an answer without this tenant's secrets. It comes before the value is cut short, because a part of
        a secret is not recognized any more."""
        # Not by urlsplit, for which a password ends at its first # or /.
        password = _PASSWORD.search(self.proxy or "")
        own = (self.client_secret, self.certificate_password, self.client_assertion)
        secrets = (*own, password[1] if password else None, *more)
        return scrub(value, [secret for secret in secrets if secret])

    @property
    def sign_in_url(self) -> str:
        base = self.authority or f"https://{CLOUDS[self.cloud].authority}"
        return f"{base.rstrip('/')}/{self.tenant_id}"

    @property
    def graph_url(self) -> str:
        """As Graph itself writes it in the address of a following page, which is compared with it."""
        endpoint = self.graph_endpoint or f"https://{CLOUDS[self.cloud].graph}"
        return fold(endpoint).rstrip("/").removesuffix(":443")


def _is_https(url: str) -> bool:
    """Whether it is an https address of a host, with nothing of a user, a path, a query or a fragment in it."""
    try:
        parts = urlsplit(url)
        right = parts.scheme == "https" and bool(host_in(url)) and parts.port != 0
    except ValueError:
        return False
    return (
        right
        and "@" not in parts.netloc
        and "\\" not in url
        and url.isprintable()
        and " " not in url
        # The tenant, or the version of Graph, is put behind it.
        and parts.path in ("", "/")
        and not (parts.query or parts.fragment)
    )
