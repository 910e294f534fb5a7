# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pattern of hosts whose playbook ends with its last screen, behind the recap."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible_collections.hybrid.exchange.plugins.module_utils._variables import PUBLIC
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.plain import plain
from ansible_collections.hybrid.exchange.plugins.plugin_utils._last_screen import begin
from jinja2 import pass_context
from jinja2.exceptions import UndefinedError
from jinja2.runtime import Context

DOCUMENTATION = r"""
name: with_last_screen
short_description: Let a playbook end with its last screen
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Gives back the pattern, and has the process of the run print, when it ends, what the playbook left in the fact
    C(hma_screens_result) of the control node, a list of lines per run.
  - The head of a play is templated by the process that prints the recap, and no option skips it. Tasks run in
    processes of their own, and cannot print behind the recap.
  - The commands on that screen set with C(-e) what the play has of the public variables and no host has, as a play of
    one's own gives it to the playbook that it imports.
  - Where the stdout callback writes for programs, as C(json) does, the screen goes to stderr.
positional: hostvars, playbook
options:
  _input:
    description: A pattern of hosts.
    type: str
    required: true
  hostvars:
    description: The C(hostvars) of the run, or nothing where there is none, as for C(--syntax-check).
    type: dict
    required: true
  playbook:
    description: Name of the playbook.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Judge the variables
  hosts: "{{ 'localhost' | hybrid.exchange.with_last_screen(hostvars | default(none), 'enable_hma') }}"
  gather_facts: false
  tasks: []
"""

RETURN = r"""
_value:
  description: The pattern.
  type: str
"""


@pass_context
def with_last_screen(context: Context, pattern: str, hostvars: Any, playbook: str) -> str:
    if hasattr(hostvars, "raw_get"):
        begin(hostvars, str(playbook), dict(_of_the_play(context, hostvars["localhost"])))
    return pattern


def _of_the_play(context: Context, control: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The public variables of the play that the control node has not, or has otherwise."""
    for name in PUBLIC:
        if name not in context:
            continue
        try:
            value = context[name]
            if name not in control or control[name] != value:
                yield name, plain(value)
        except (AnsibleError, UndefinedError):
            # It gives no value: hma_settings, the first task, says so.
            continue


class FilterModule:
    """Filters of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"with_last_screen": with_last_screen}
