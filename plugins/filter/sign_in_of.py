# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sign-in options of tenants, from their variables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SIGN_IN

DOCUMENTATION = r"""
name: sign_in_of
short_description: How to sign in to tenants, from their variables
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Gives per host of the inventory the options to sign in to its tenant, as M(hybrid.exchange.hma_info) takes them in its option
    O(hybrid.exchange.hma_info#module:tenants).
  - Each is the host's variable of the same name with C(hma_) before it; what the host does not have is left out.
  - The result holds secrets. Give it to the option, not to a variable that is shown.
positional: hostvars
options:
  _input:
    description: Names of hosts that stand for tenants.
    type: list
    elements: str
    required: true
  hostvars:
    description: The C(hostvars) of the run.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Count mailboxes whose people are in no tenant
  hybrid.exchange.hma_info:
    scope: identity
    domains: [contoso.com]
    tenants: "{{ groups['entra_tenants'] | hybrid.exchange.sign_in_of(hostvars) }}"
"""

RETURN = r"""
_value:
  description: The options, one dictionary per host, in the order of the hosts.
  type: list
  elements: dict
"""


def sign_in_of(hosts: Iterable[str], hostvars: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"tenant_id": "", **{name: hostvars[host][f"hma_{name}"] for name in SIGN_IN if f"hma_{name}" in hostvars[host]}} for host in hosts]


class FilterModule:
    """Filters of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"sign_in_of": sign_in_of}
