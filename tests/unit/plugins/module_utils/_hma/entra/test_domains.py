# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which domains a tenant can have."""

from __future__ import annotations

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.domains import can_be_verified


@pytest.mark.parametrize("domain", ["contoso.com", "Contoso.onmicrosoft.com", "mail.contoso.co.uk", "local.contoso.de"])
def test_a_domain_of_the_internet(domain: str) -> None:
    assert can_be_verified(domain)


@pytest.mark.parametrize("domain", ["", "contoso", "contoso.local", "corp.contoso.LOCAL", "contoso.lan", ".local"])
def test_a_name_that_only_a_private_network_has(domain: str) -> None:
    assert not can_be_verified(domain)
