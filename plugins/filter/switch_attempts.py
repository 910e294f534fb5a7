# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way out, server by server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.attempts import switch_attempts

DOCUMENTATION = r"""
name: switch_attempts
short_description: Which servers were asked to switch off, and which did it
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Says from the registered results of this run where modern authentication was switched off, and which servers can be
    asked if it was not.
positional: servers
options:
  _input:
    description: The C(hostvars) of the run.
    type: dict
    required: true
  servers:
    description: Name of the group of the Exchange servers, or the names of its hosts.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Say where it is off
  ansible.builtin.debug:
    msg: "{{ (hostvars | hybrid.exchange.switch_attempts('exchange_servers')).off_on }}"
"""

RETURN = r"""
_value:
  description:
    - C(first), the server that was asked first; C(off_on), the servers on which it is off; C(ask_others), whether
      another server may do it; C(unseen_on), the first one that would have done it but for authentication policies that
      it cannot show, where none did; C(answered), the servers that said who they are; C(reasons), why it was not done.
  type: dict
"""


class FilterModule:
    """Filters of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"switch_attempts": switch_attempts}
