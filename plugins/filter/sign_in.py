# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How to sign in to a tenant, from the variables of its host."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SIGN_IN
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.settings.ways_in import is_set

DOCUMENTATION = r"""
name: sign_in
short_description: How to sign in to a tenant, from the variables of its host
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Gives the option O(hybrid.exchange.hma_spn#module:tenant) of M(hybrid.exchange.hma_spn), and an element of the
    option O(hybrid.exchange.hma_info#module:tenants) of M(hybrid.exchange.hma_info).
  - Each suboption is the host's variable of the same name with C(hma_) before it; what the host does not have, or
    has empty, is left out, and so is a managed identity that is off.
  - A variable that cannot be decrypted, or whose value is not defined, fails the task. It is never taken for one that
    is not set.
  - The result holds secrets. Give it to the option, not to a variable that is shown.
options:
  _input:
    description: The variables of a host that stands for a tenant, from C(hostvars).
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Register a name
  hybrid.exchange.hma_spn:
    names: [https://mail.contoso.com/]
    tenant: "{{ hostvars['contoso'] | hybrid.exchange.sign_in }}"

- name: Count mailboxes whose people are in no tenant
  hybrid.exchange.hma_info:
    scope: identity
    domains: [contoso.com]
    tenants: "{{ groups['entra_tenants'] | map('extract', hostvars) | map('hybrid.exchange.sign_in') | list }}"
"""

RETURN = r"""
_value:
  description: The suboptions.
  type: dict
"""


def sign_in(variables: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: variables[f"hma_{name}"] for name in SIGN_IN if f"hma_{name}" in variables}
    # Ansible counts an option that is there and empty, or false, as one of several that exclude each other.
    return {"tenant_id": "", **{name: value for name, value in given.items() if is_set(name, value)}}


class FilterModule:
    """Filters of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"sign_in": sign_in}
