# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a playbook writes a report."""

from __future__ import annotations

from collections.abc import Callable

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.ending import WAYS_BACK
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.ending_measurement import NAME as MEASURE

DOCUMENTATION = r"""
name: has_report
short_description: Whether a playbook writes a report
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Says it by the name of the playbook, which costs nothing. How the run ended is not looked at.
options:
  _input:
    description: Name of the playbook.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Write the report
  ansible.builtin.include_role:
    name: hybrid.exchange.hma_report
  when: hma_settings_result.playbook | hybrid.exchange.has_report
"""

RETURN = r"""
_value:
  description: C(false) for a way back, which reports on its last screen, and for what has files of its own.
  type: bool
"""


def has_report(playbook: str) -> bool:
    return playbook not in {*WAYS_BACK, MEASURE}


class FilterModule:
    """Filters of the collection."""

    def filters(self) -> dict[str, Callable[..., bool]]:
        return {"has_report": has_report}
