# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts of a playbook's first play, or the refusal of what narrows the playbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible import context
from ansible.errors import AnsibleError
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.settings.narrowing import Invocation, refusal

DOCUMENTATION = r"""
name: hosts_of_run
short_description: The hosts of a playbook's first play
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Gives the pattern of hosts for the first play of a playbook, and ends the run where it was called with an option
    that narrows it.
  - The head of a play is templated whatever the limit and the tags are, so this is the one place that no option skips.
positional: groups, job, workflow
options:
  _input:
    description: Name of the playbook.
    type: str
    required: true
  groups:
    description: The C(groups) of the run.
    type: dict
    required: true
  job:
    description: Name of AWX's job template, if there is one.
    type: str
    default: ""
  workflow:
    description: Name of AWX's workflow, if there is one. AWX runs the slices of a job in a workflow of the job
      template's name.
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Judge what the run was given
  hosts: "{{ 'enable_hma' | hybrid.exchange.hosts_of_run(groups) }}"
  gather_facts: false
  tasks: []
"""

RETURN = r"""
_value:
  description: A pattern of hosts, the control node first.
  type: str
"""


def hosts_of_run(playbook: str, groups: Mapping[str, Sequence[str]], job: str = "", workflow: str = "") -> str:
    given = context.CLIARGS
    invocation = Invocation(
        limit=str(given.get("subset") or ""),
        tags=tuple(given.get("tags") or ()),
        skip_tags=tuple(given.get("skip_tags") or ()),
        start_at_task=str(given.get("start_at_task") or ""),
        step=bool(given.get("step")),
        sliced=bool(job) and job == workflow,
    )
    reason = refusal(str(playbook), invocation, list(groups.get("all", ())))
    if reason:
        raise AnsibleError(reason)
    return "localhost:all"


class FilterModule:
    """Filters of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"hosts_of_run": hosts_of_run}
