# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Options of every module that goes by what a run found."""

from __future__ import annotations


class ModuleDocFragment:
    """What was found, or whose results of this run it is."""

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
