# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One variable of many hosts as a dictionary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inventory import of_run

DOCUMENTATION = r"""
name: of_hosts
short_description: One variable of many hosts as a dictionary
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Gives a dictionary with an entry per host name, whether the host has the variable or not.
  - Of registered results only those of this run are taken, which the first play of each playbook names in C(hma_started_run). Several
    playbooks that are imported into one share their variables, and a result of an earlier one is no reading.
  - A play that judges what was read takes the names from the inventory, so that a host that fell out of the run is seen to be missing.
positional: hostvars, name, default
options:
  _input:
    description: Names of hosts.
    type: list
    elements: str
    required: true
  hostvars:
    description: The C(hostvars) of the run.
    type: dict
    required: true
  name:
    description: Name of the variable.
    type: str
    required: true
  default:
    description: Value for a host that does not have it.
    type: raw
    default: {}
"""

EXAMPLES = r"""
- name: What was read of every server, by host
  ansible.builtin.debug:
    msg: "{{ groups['exchange_servers'] | hybrid.exchange.of_hosts(hostvars, 'hma_host_read') }}"
"""

RETURN = r"""
_value:
  description: Per host name the value of the variable, or the default.
  type: dict
"""


def of_hosts(hosts: Iterable[str], hostvars: Mapping[str, Any], name: str, default: Any = None) -> dict[str, Any]:
    absent = {} if default is None else default
    run = hostvars["localhost"].get("hma_started_run") if "localhost" in hostvars else None
    found = {host: of_run(hostvars[host].get(name, absent), run) for host in hosts}
    return {host: absent if value == {} else value for host, value in found.items()}


class FilterModule:
    """Filters of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"of_hosts": of_hosts}
