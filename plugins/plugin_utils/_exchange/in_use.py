# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Before OAuth is taken from directories: modern authentication is off, and is still off in the shell that
writes."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import orgconfig
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.restoration import takes_away
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.restore import FLAG

from .directories import Seen
from .shell import Shell

_OFF: Final = replace(orgconfig.READ, expected={FLAG: False})


def still_off(shell: Shell, host: str, seen: Seen, plan: Plan, *, despite: bool) -> Seen:
    """What was seen, with the read that has to show the switch off right before the writes; Refused while it is on.

    A plan that takes nothing away rests on nothing, and with ``despite`` nobody asks.
    """
    taken = [change.object for change in plan.changes if takes_away(change)]
    if despite or not taken:
        return seen
    answer = shell.run([orgconfig.READ])
    answer.require([orgconfig.READ])
    if orgconfig.may_be_on(answer.results[0].only(orgconfig.READ.name)):
        raise Refused(
            f"Modern authentication is on ({FLAG} of the organization; a value that cannot be read counts as on), and "
            f"clients sign in with OAuth to {', '.join(taken)}. Nothing was written on {host}. Run disable_hma first, "
            f"or set despite_modern_authentication: true where no client comes to this server."
        )
    return replace(seen, guard=(_OFF,))
