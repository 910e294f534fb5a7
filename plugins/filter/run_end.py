# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a run ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.conclusion import (
    Conclusion,
    Ended,
    of_audit,
    of_chain,
    of_disable,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inventory import of_run

from .restored import restored

DOCUMENTATION = r"""
name: run_end
short_description: How a run ended
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Says from the facts of a run whether all of it is proven, and in one message what is not and what to do.
  - What proves a run depends on its playbook, which C(run) of the facts names.
positional: hostvars, inventory
options:
  _input:
    description: The facts of the run, as the filter P(hybrid.exchange.run_facts#filter) gives them.
    type: dict
    required: true
  hostvars:
    description: The C(hostvars) of the run.
    type: dict
    required: true
  inventory:
    description: The C(ansible_inventory_sources) of the run; the command that is the way back names them.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Say how it ended
  ansible.builtin.debug:
    msg: "{{ (hostvars | hybrid.exchange.run_facts('exchange_servers', 'entra_tenants') |
    hybrid.exchange.run_end(hostvars)).message }}"
"""

RETURN = r"""
_value:
  description:
    - C(complete) says whether everything that the playbook is for is proven, C(message) what is not.
    - C(reports) says whether the playbook writes a report.
  type: dict
"""

Variables = Mapping[str, Any]


def run_end(facts: Mapping[str, Any], hostvars: Variables, inventory: Sequence[str] = ()) -> dict[str, Any]:
    run, control = facts["run"]["id"], hostvars["localhost"]
    problems = of_run(control.get("hma_report_result", {}), run).get("problems") or []
    ended = Ended(facts, len(problems), [str(source) for source in inventory])
    end = _ENDS.get(facts["run"]["playbook"], lambda ended, _hostvars: of_chain(ended))(ended, hostvars)
    return {
        "complete": end.complete,
        "message": end.message,
        "reports": facts["run"]["playbook"] not in _WITHOUT_REPORT,
    }


def _audited(ended: Ended, hostvars: Variables) -> Conclusion:
    return of_audit(ended, of_run(hostvars["localhost"].get("hma_audit_result", {}), ended.run["id"]))


def _disabled(ended: Ended, hostvars: Variables) -> Conclusion:
    """The server that switched off says what else it could not do, and why the organization was not read from it."""
    server = hostvars[hostvars["localhost"]["hma_off_server"]]
    trouble, read = (
        of_run(server.get(name, {}), ended.run["id"]) for name in ("hma_off_result", "hma_organization_read")
    )
    return of_disable(ended, str(trouble.get("msg") or ""), str(read.get("msg") or ""))


def _restored(ended: Ended, hostvars: Variables) -> Conclusion:
    read = hostvars["localhost"]["hma_history_read"]
    return Conclusion(
        **restored(read, hostvars, list(ended.facts["servers"]), list(ended.facts["tenants"]), ended.checking)
    )


_ENDS = {"audit_hma": _audited, "disable_hma": _disabled, "restore_hma": _restored}
# The ways back say on the console what they did; their record says the rest.
_WITHOUT_REPORT = frozenset({"disable_hma", "disable_owa_hma", "restore_hma"})


class FilterModule:
    """Filters of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"run_end": run_end}
