# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The recorded writes that a server may have to take back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.history import history_for

DOCUMENTATION = r"""
name: history_for
short_description: The recorded writes that a server may have to take back
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Gives recorded writes without those to tenants and, but for the scopes V(policies) and V(organization), to people.
  - Ansible copies what a task is given, for each host. A run may have written thousands of people, and a write to a
    tenant has every name that is registered there.
positional: scope
options:
  _input:
    description: The C(history) that M(hybrid.exchange.hma_record) returned.
    type: list
    elements: dict
    required: true
  scope:
    description: The scope of M(hybrid.exchange.hma_restore) that the writes are for.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Take back the directories of this server
  hybrid.exchange.hma_restore:
    scope: server
    history: "{{ read.history | hybrid.exchange.history_for('server') }}"
"""

RETURN = r"""
_value:
  description: The recorded writes, in their order.
  type: list
  elements: dict
"""


class FilterModule:
    """Filters of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"history_for": history_for}
