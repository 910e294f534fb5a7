# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run has found so far, in one dictionary."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import run_facts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.run_variables import Vars

DOCUMENTATION = r"""
name: run_facts
short_description: What a run has found so far, in one dictionary
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Gives what M(hybrid.exchange.hma_assess) judges and M(hybrid.exchange.hma_report) writes down, from the registered
    results of this run.
  - Of registered results only those of this run are taken, which the first play of each playbook names in
    C(hma_started_run). Several playbooks that are imported into one share their variables, and a result of an earlier
    one is no reading.
  - The hosts are named from the inventory, so that a host that fell out of the run is seen to be missing.
positional: servers, tenants
extends_documentation_fragment:
  - hybrid.exchange._facts.hosts
"""

EXAMPLES = r"""
- name: Judge the prerequisites
  hybrid.exchange.hma_assess:
    gate: preflight
    facts: "{{ hostvars | hybrid.exchange.run_facts('exchange_servers', 'entra_tenants') }}"
"""

RETURN = r"""
_value:
  description:
    - C(run) with C(id), C(started), C(mode), C(playbook), C(enabled) and C(stopped); C(settings), the organization's,
      by their public names; C(organization), its last reading; C(identity); C(sign_in_domains); C(probe);
      C(probe_identities); C(findings) of every judgement so far; C(authservers); C(web), what was read of Outlook on
      the web, and C(reply_urls), per C(tenant) its C(reply_urls); C(wave), which wave of
      block_legacy_auth was asked about, and how many people are at each place.
    - C(servers), per host C(place), where clients are asked, and C(identified), C(read), C(written) and C(web), each a
      registered result or an empty dictionary.
    - C(tenants), per host C(tenant_id), C(tenant_domain), C(cloud), C(spn_mode), C(asked), C(identified), C(read),
      C(written) and C(web).
    - C(steps), a list with the C(step) and its C(results) per host, of which is kept what they changed and why they
      failed.
  type: dict
"""


# What this process made, and of what.
_MADE: Final[list[tuple[Vars, tuple[Any, ...], dict[str, Any]]]] = []


def facts(hostvars: Vars, servers: str | Iterable[str], tenants: str | Iterable[str]) -> dict[str, Any]:
    """Once for a task: Ansible evaluates a variable wherever it stands, and some tasks name the facts six times.

    A worker is a process of its own that does one task of one host, while which no variable of the run changes. In
    the process of the playbook they do.
    """
    groups = _names(servers), _names(tenants)
    if multiprocessing.parent_process() is None:
        return run_facts.run_facts(hostvars, *groups)
    for of, named, made in _MADE:
        if of is hostvars and named == groups:
            return made
    _MADE.append((hostvars, groups, run_facts.run_facts(hostvars, *groups)))
    return _MADE[-1][2]


def _names(given: str | Iterable[str]) -> str | list[str]:
    return given if isinstance(given, str) else [str(name) for name in given]


class FilterModule:
    """Filters of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"run_facts": facts}
