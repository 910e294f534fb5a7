# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tenant of another cloud than hma_cloud says: nothing is sent there, and the cloud to set is named."""

from __future__ import annotations

import pytest
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.border import SignIn
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.errors import Unusable
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.session import TenantSession
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.tenant import Tenant

TENANT = "11111111-aaaa-4bbb-8ccc-000000000001"


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("login.microsoftonline.us", "set hma_cloud to usgov_l4 or usgov_l5."),
        ("login.partner.microsoftonline.cn", "set hma_cloud to china."),
        ("evil.example", "who answers there"),
    ],
)
def test_the_sign_in_of_another_cloud(host: str, said: str) -> None:
    tenant = Tenant(TENANT, client_id="app", client_secret="secret")
    client = SignIn(tenant, TenantSession(tenant))
    with pytest.raises(Unusable, match="nothing is sent there") as caught:
        client.post(f"https://{host}/{TENANT}/oauth2/v2.0/token", data={"client_secret": "secret"})
    assert said in str(caught.value)
    assert ("set hma_cloud" in str(caught.value)) == (host != "evil.example")
