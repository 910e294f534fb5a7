# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Where a long wait is: what is awaited, how much of it is left, and until when, at most once a minute.

A task prints nothing before it ends, and a wait of twenty minutes without a word looks like a process that hangs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from ansible.utils.display import Display

from ._last_screen import for_people

_PAUSE: Final = 60.0


def show(text: str) -> None:
    """A line of its own. Where a program reads stdout it goes to stderr."""
    Display().display(text, stderr=not for_people())


class Waiting:
    """One wait of one task. ``said`` is when it was last told; None where it was not."""

    def __init__(
        self,
        host: str,
        seconds: float,
        *,
        say: Callable[[str], None] = show,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        self._host, self._say, self._clock = host, say, clock
        self._until = (now() + timedelta(seconds=seconds)).strftime("%H:%M:%S")
        self._said: float | None = None

    def tell(self, what: str) -> None:
        """The first time at once, then once a minute."""
        now = self._clock()
        if self._said is None or now - self._said >= _PAUSE:
            self._said = now
            self._say(f"{self._host}: {what}; at the latest until {self._until}")
