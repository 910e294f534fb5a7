# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The value of a public variable, or the message that names it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.hybrid.exchange.plugins.module_utils._variables import PUBLIC
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.plain import plain

DOCUMENTATION = r"""
name: setting
short_description: The value of a public variable, or the message that names it
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Gives the value back as it is, where it has the type and is one of the values that docs/variables.md describes.
  - Of a variable that is true or false it gives the one that is meant, whichever of the words for it a module takes;
    of one that is a list, and was written as a text with commas, the list.
  - Otherwise it fails, and names the variable as it was written and what is expected.
  - The roles use it in their defaults, so that a role by itself names the variable that the inventory has, and not the
    variable of the role. The playbooks judge all variables in their first task.
options:
  _input:
    description: The value.
    type: raw
    required: true
  name:
    description: The public variable that has it.
    type: str
    required: true
positional: name
"""

EXAMPLES = r"""
- name: Show which checks are graded anew
  ansible.builtin.debug:
    msg: "{{ hma_policy | default({}) | hybrid.exchange.setting('hma_policy') }}"
"""

RETURN = r"""
_value:
  description: The value.
  type: raw
"""


def setting(value: Any, name: str) -> Any:
    shape = PUBLIC[name].shape
    for fault in shape.faults(plain(value)):
        raise AnsibleFilterError(f"{fault.text(name)}.")
    return shape.meant(value)


class FilterModule:
    """Filters of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"setting": setting}
