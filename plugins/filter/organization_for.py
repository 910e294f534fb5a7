# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of an organization that one of its servers is asked about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.server_files import for_server

DOCUMENTATION = r"""
name: organization_for
short_description: The part of an organization that one of its servers is asked about
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Gives the facts of an organization without what is of other servers, as M(hybrid.exchange.hma_info) needs them with
    O(hybrid.exchange.hma_info#module:scope=server).
  - Ansible copies what a task is given, for each host. Of 300 servers this is a hundredth of the organization.
positional: server
options:
  _input:
    description: The C(organization) that M(hybrid.exchange.hma_info) returned, or an empty dictionary.
    type: dict
    required: true
  server:
    description: The name of the server, as Exchange has it or in full. A server of no such name has no proxy.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Read directories, certificates and the server itself
  hybrid.exchange.hma_info:
    scope: server
    read: full
    organization: "{{ read.organization | hybrid.exchange.organization_for(known.server) }}"
    known_as: "{{ known.server }}"
"""

RETURN = r"""
_value:
  description: The organization with this server alone, and without URLs and directories.
  type: dict
"""


def organization_for(organization: Mapping[str, Any], server: str) -> dict[str, Any]:
    return for_server(organization, server)


class FilterModule:
    """Filters of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"organization_for": organization_for}
