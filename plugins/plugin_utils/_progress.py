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
    """One wait of one task; ``seconds`` is None where nothing ends it but its work.

    ``soon``: it is told at once. Where many hosts wait beside each other, each is told after its first minute, and a
    short wait says nothing.
    """

    def __init__(
        self,
        host: str,
        seconds: float | None,
        *,
        soon: bool = True,
        say: Callable[[str], None] = show,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        self._host, self._say, self._clock = host, say, clock
        end = now() + timedelta(seconds=seconds or 0)
        self._until = "" if seconds is None else f"; at the latest until {end:%H:%M:%S}"
        self._said: float | None = None if soon else clock()

    def tell(self, what: str) -> None:
        """Once a minute."""
        now = self._clock()
        if self._said is None or now - self._said >= _PAUSE:
            self._said = now
            self._say(f"{self._host}: {what}{self._until}")
