# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Options of every module and filter that goes by what a run found."""

from __future__ import annotations


class ModuleDocFragment:
    """Whose results of this run count: for a module as two groups, for a filter with the hostvars before them."""

    DOCUMENTATION = r"""
options:
  servers_group:
    description: Without O(facts), the group of the Exchange servers whose results of this run count.
    type: str
    default: exchange_servers
  tenants_group:
    description: Without O(facts), the group of the Entra tenants whose results of this run count.
    type: str
    default: entra_tenants
"""
    HOSTS = r"""
options:
  _input:
    description: The C(hostvars) of the run.
    type: dict
    required: true
  servers:
    description: Name of the group of the Exchange servers, or the names of its hosts.
    type: raw
    required: true
  tenants:
    description: Name of the group of the Entra tenants, or the names of its hosts.
    type: raw
    required: true
"""
