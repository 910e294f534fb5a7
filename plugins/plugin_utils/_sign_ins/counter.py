# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Counting on one server: call by call, until all is counted or the time is over."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.counting import Tally, cmdlet
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.coverage import Window
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import (
    ExchangeError,
    NotLocal,
    not_local,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.shell import Answer, Shell

# Seconds of one call: long enough for a start of PowerShell not to count, short enough for the limits of a connection
# and for a playbook that was killed, whose last call ends by itself.
_CALL: Final = 45


@dataclass(frozen=True)
class Counter:
    """How a server is counted. ``keep`` is called with each answer, so that what was counted is never lost."""

    host: str
    window: Window
    limit: int
    folder: str | None
    keep: Callable[[Answer], None]
    clock: Callable[[], float] = time.monotonic

    def count(self, shell: Shell, tally: Tally) -> None:
        """Count on from where the tally stopped."""
        until = self.clock() + self.limit
        while True:
            seconds = max(1, min(_CALL, int(until - self.clock())))
            answer = self._call(shell, cmdlet(self.window, seconds, tally.counted, self.folder))
            tally.take(answer.results[0])
            self.keep(answer)
            if tally.mark is None or self.clock() >= until:
                return

    def _call(self, shell: Shell, asked: Cmdlet) -> Answer:
        try:
            answer = shell.run([asked])
        except NotLocal:
            raise not_local(
                self.host,
                "sign-ins are counted in the log files of the server, and this connection has Exchange's cmdlets and "
                "no files.",
            ) from None
        if answer.results[0].errors:
            raise ExchangeError(
                f"{self.host}: the logs were not read: {answer.results[0].errors[0].message.rstrip('.')}. Next: see "
                "that the account may read the folder of the logs, or name another with hma_measure_folder."
            )
        return answer
