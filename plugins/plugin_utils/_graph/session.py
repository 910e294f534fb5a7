# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The HTTP session for Entra and Graph: TLS and proxy as the options say, whatever the environment says."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import GraphError

try:
    import requests
except ImportError:
    HAS_REQUESTS = False
else:
    HAS_REQUESTS = True

if TYPE_CHECKING:
    from .tenant import Tenant


def new_session(tenant: Tenant) -> requests.Session:
    """A session whose every request carries verify, proxies and timeout.

    requests lets REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE and HTTPS_PROXY win over what a session says, and reads .netrc;
    a value given with the request itself and trust_env off are what it respects.
    """
    if not HAS_REQUESTS:
        raise GraphError("The Python library requests is missing on the control node: pip install -r requirements.txt")
    if tenant.validate_certs and tenant.ca_path and not Path(tenant.ca_path).exists():
        raise GraphError(f"Tenant {tenant.tenant_id}: hma_ca_path {tenant.ca_path} does not exist. Name the file of the CA on the control node.")
    session = requests.Session()
    session.trust_env = False
    verify: bool | str = (tenant.ca_path or True) if tenant.validate_certs else False
    proxies = {"https": tenant.proxy, "http": tenant.proxy} if tenant.proxy else {}
    session.request = functools.partial(  # type: ignore[method-assign]
        session.request, verify=verify, proxies=proxies, timeout=tenant.timeout
    )
    return session
