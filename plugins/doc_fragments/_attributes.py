# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What the actions of this collection have in common."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes."""

    DOCUMENTATION = r"""
attributes:
  action:
    description: Runs in the process of Ansible on the control node.
    support: full
  async:
    description: Supports O(ignore:async).
    support: none
  check_mode:
    description: Predicts what would be changed, and changes nothing.
    support: full
  diff_mode:
    description: Shows what is changed, object by object, with the command that does it.
    support: full
  idempotent:
    description: A second run changes nothing.
    support: full
  platform:
    description: What the module works on.
    platforms: windows
    support: full
"""

    INFO = r"""
attributes:
  diff_mode:
    description: There is nothing to show, because nothing is changed.
    support: none
"""

    PURE = r"""
attributes:
  platform:
    description: What the module works on.
    platforms: posix
    support: full
"""

    RECORD_GROUP = r"""
attributes:
  action_group:
    description: Use C(group/hybrid.exchange.hma) in C(module_defaults) to set defaults for it.
    support: full
    membership:
      - hybrid.exchange.hma
"""

    EXCHANGE_GROUP = r"""
attributes:
  action_group:
    description: Use C(group/hybrid.exchange.exchange) in C(module_defaults) to set defaults for it.
    support: full
    membership:
      - hybrid.exchange.exchange
"""

    BOTH_GROUPS = r"""
attributes:
  action_group:
    description: >-
      Use C(group/hybrid.exchange.hma) and C(group/hybrid.exchange.exchange) in C(module_defaults) to set
      defaults for it.
    support: full
    membership:
      - hybrid.exchange.hma
      - hybrid.exchange.exchange
"""
