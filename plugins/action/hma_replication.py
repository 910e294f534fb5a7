# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait until every site's domain controller sees the same; see the module hma_replication for its options."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.facts import Facts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import replication
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import ExchangeOptions, Result
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.shell import Shell
from ansible_collections.hybrid.exchange.plugins.plugin_utils._progress import Waiting

_LONGEST_PAUSE = 15.0


@dataclass(frozen=True, kw_only=True)
class Options(ExchangeOptions):
    """How long replication is waited for, in seconds."""

    deadline: int


@dataclass(frozen=True)
class _Controller(Facts):
    """A domain controller, and the servers that use it."""

    name: str
    servers: Sequence[str]


@dataclass(frozen=True)
class _NotChecked(_Controller):
    reason: str


@dataclass(frozen=True, kw_only=True)
class Replication(Result):
    """The domain controllers that agree, those that were not asked, and how long it took."""

    controllers: Sequence[_Controller]
    not_checked: Sequence[_NotChecked]
    waited: float
    warnings: Sequence[str]


class ActionModule(HmaAction[Options]):
    """Reads only, again and again, until all agree or the time is up."""

    module = "hma_replication"
    options = Options

    def apply(self, options: Options) -> Replication:
        shell = self.shell(options)
        answer = shell.run([replication.STATUS])
        answer.require([replication.STATUS])
        used, silent = replication.controllers(answer.results[0])
        names = list(dict.fromkeys([fold(answer.domain_controller or ""), *used]))
        not_checked = dict.fromkeys(silent, "it does not say which domain controller it uses")
        began, pause = time.monotonic(), 1.0
        waiting = Waiting(self.host, options.deadline)
        late: dict[str, list[str]] = {}
        while len(names) > 1:
            late = self._look(shell, names, not_checked)
            left = options.deadline - (time.monotonic() - began)
            if not late or left <= 0:
                break
            waiting.tell(f"{len(late)} of {len(names)} domain controllers do not see the same yet ({', '.join(late)})")
            time.sleep(min(pause, left))
            pause = min(pause * 2, _LONGEST_PAUSE)
        if late:
            raise Refused(_text(late, used, options.deadline))
        return Replication(
            controllers=[_Controller(name, used.get(name, [])) for name in names if name not in not_checked],
            not_checked=[_NotChecked(name, used.get(name, []), reason) for name, reason in not_checked.items()],
            waited=round(time.monotonic() - began, 1),
            warnings=[f"Replication to {name} is not checked: {reason}" for name, reason in not_checked.items()],
        )

    def _look(self, shell: Shell, names: Sequence[str], not_checked: dict[str, str]) -> dict[str, list[str]]:
        """One shell for all domain controllers. One that cannot be reached is said, and not asked for again."""
        asked = [name for name in names if name not in not_checked]
        cmdlets = [replication.reads(name) for name in asked]
        results = iter(shell.run([cmdlet for own in cmdlets for cmdlet in own]).results)
        states = {}
        for name, own in zip(asked, cmdlets, strict=True):
            found = [next(results) for _cmdlet in own]
            reason = replication.unread(found)
            if reason is None:
                states[name] = replication.state(found)
            else:
                not_checked[name] = reason
        return replication.differing(states) if states else {}


def _text(late: dict[str, list[str]], used: dict[str, list[str]], deadline: int) -> str:
    parts = [
        f"{name} (used by {', '.join(used.get(name, []))}) sees otherwise: {'; '.join(what[:5])}"
        for name, what in late.items()
    ]
    return (
        f"After {deadline} s the domain controllers do not agree yet. {' '.join(parts)}. Nothing was "
        f"enabled. Wait for replication (or run repadmin "
        "/syncall /AdeP) and run this again, or raise hma_replication_deadline."
    )
