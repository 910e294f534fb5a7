# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pattern of hosts whose plays reach the control node whatever the limit is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible import context

DOCUMENTATION = r"""
name: with_control_node
short_description: Let a limit not leave the control node out
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Gives back the pattern, and adds the control node to the limit of the run, if there is one.
  - What a run does once, and its verdict, are plays on C(localhost), which Ansible leaves out of a run with C(--limit).
  - Works in the head of a play, and not in that of the first play of a run, where there is no C(hostvars) yet.
positional: hostvars
options:
  _input:
    description: A pattern of hosts.
    type: str
    required: true
  hostvars:
    description: The C(hostvars) of the run, or nothing where there is none, as for C(--syntax-check).
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Work on the hosts of the limit, and on the control node
  hosts: "{{ 'localhost:all' | hybrid.exchange.with_control_node(hostvars) }}"
  gather_facts: false
  tasks: []
"""

RETURN = r"""
_value:
  description: The pattern.
  type: str
"""


def with_control_node(pattern: str, hostvars: Any) -> str:
    limit = str(context.CLIARGS.get("subset") or "")
    # The head of a play is templated by the process that owns the inventory, so that its limit can be extended here and
    # nowhere else. Where a core has no inventory here, hma_settings says that the control node is missing.
    inventory = getattr(hostvars, "_inventory", None)
    if limit and inventory is not None:
        inventory.subset([limit, "localhost"])
    return pattern


class FilterModule:
    """Filters of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"with_control_node": with_control_node}
