# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Whether DNS, as the control node sees it, knows a name. No host is contacted but the resolver."""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

_TOGETHER: Final = 16
# All names together: a resolver that does not answer must not hold up an hourly audit.
_SECONDS: Final = 10.0
_UNKNOWN: Final = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})


def resolves(
    names: Sequence[str], *, ask: Callable[..., Any] = socket.getaddrinfo, seconds: float = _SECONDS
) -> dict[str, bool | None]:
    """Per name true, false, or None where the resolver gave no answer in time."""
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    answers: queue.SimpleQueue[tuple[str, bool | None]] = queue.SimpleQueue()
    for name in names:
        waiting.put(name)
    for _number in range(min(_TOGETHER, len(names))):
        # Daemons: a thread that hangs in the resolver keeps no process alive.
        threading.Thread(target=_work, args=(waiting, answers, ask), daemon=True).start()
    found: dict[str, bool | None] = dict.fromkeys(names)
    until = time.monotonic() + seconds
    for _name in names:
        try:
            name, known = answers.get(timeout=max(until - time.monotonic(), 0.001))
        except queue.Empty:
            break
        found[name] = known
    return found


def _work(
    waiting: queue.SimpleQueue[str], answers: queue.SimpleQueue[tuple[str, bool | None]], ask: Callable[..., Any]
) -> None:
    while True:
        try:
            name = waiting.get_nowait()
        except queue.Empty:
            return
        answers.put((name, _asked(name, ask)))


def _asked(name: str, ask: Callable[..., Any]) -> bool | None:
    try:
        ask(name, 443)
    except socket.gaierror as exc:
        return False if exc.errno in _UNKNOWN else None
    except (OSError, UnicodeError):
        return None
    return True
