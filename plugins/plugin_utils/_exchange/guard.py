# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What one exchange with a server is allowed: no redirect, a total time, a size.

The connection plugins' libraries follow redirects (and post the Exchange password to wherever one points), and their
timeouts are those of a single read. They make their HTTP session themselves, and use it before this code sees it, so
the class they make it of is exchanged while they do: the session keeps its guard for as long as it lives, in its last
request too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold

from .limits import ANSWER_BYTES, REQUEST_BYTES, Limits

# Here, and not where it is used: the process that forks the workers loads this file once; Ansible keeps no compiled
# code of a collection, so that each worker would compile it anew.
from .session import GuardedSession

# After a limit was passed, commands and shells of the server are still ended, within this time in all.
_GRACE: Final = 15.0
_SHOWN: Final = 200
# Errors of a connection, a sign-in or a server that says no; by name, for each of the libraries may be missing.
_OF_CONNECTIONS: Final = frozenset({
    *("AnsibleError", "RequestException", "AuthenticationError", "WinRMTransportError", "WSManFaultError",
        "WinRMOperationTimeoutError"),
    *("SpnegoError", "NativeError", "FeatureMissingError", "GSSError", "Krb5Error", "AuthenticationException",
        "InvalidConfigurationException", "NTStatusException"),
})  # fmt: skip


class LimitError(Exception):
    """An exchange was given up. No OSError: those are what the libraries repeat by themselves."""


@dataclass
class Exchange:
    """One request and its answer: until when, and how many bytes may still come."""

    guard: Guard
    until: float
    left: int

    def remaining(self) -> float:
        """Seconds until the end of the exchange; LimitError behind it."""
        seconds = self.until - self.guard.clock()
        if seconds <= 0:
            raise self.guard.give_up(self.guard.late())
        return seconds

    def count(self, size: int) -> None:
        """Bytes that came."""
        self.left -= size
        self.guard.left -= size
        if self.left < 0 or self.guard.left < 0:
            allowed = ANSWER_BYTES if self.left < 0 else REQUEST_BYTES
            raise self.guard.give_up(f"the server sent more than {allowed >> 20} MB")


@dataclass
class Guard:
    """The limits of one task, and why it gave up, if it did. ``met`` counts the answers: an error before the first is
    about none."""

    limits: Limits = field(default_factory=Limits)
    clock: Callable[[], float] = time.monotonic
    gave_up: str | None = None
    unreadable: str | None = None
    met: int = 0
    left: int = REQUEST_BYTES

    def __post_init__(self) -> None:
        self._task_until = self.clock() + self.limits.task
        self._until = float("inf")
        self._purpose = ""

    @contextmanager
    def watch(self, seconds: float, purpose: str) -> Iterator[None]:
        """Everything inside ends within these seconds, and the sessions that are made inside are guarded for good."""
        self._until = min(self.clock() + seconds, self._task_until)
        self._purpose = f"{purpose} did not end in {seconds:.0f} seconds"
        self.gave_up, self.unreadable, self.met, self.left = None, None, 0, REQUEST_BYTES
        try:
            with _sessions_of(self):
                yield
        finally:
            self._until = float("inf") if self.gave_up is None else self._until

    def exchange(self, read_timeout: float) -> Exchange:
        """The next one; LimitError where there is no time for it."""
        now = self.clock()
        if now >= self._until:
            raise self.give_up(self.late())
        return Exchange(self, min(now + self.limits.exchange(read_timeout), self._until), ANSWER_BYTES)

    def late(self) -> str:
        """Why there is no time left."""
        if self.clock() < self._until:
            return "the server sent its answer too slowly"
        if self._until >= self._task_until:
            return f"the task did not end in {self.limits.task:.0f} seconds"
        return self._purpose

    def give_up(self, reason: str) -> LimitError:
        """Note the first reason; what follows has some time to tidy up on the server."""
        if self.gave_up is None:
            self.gave_up = reason
            self._until = self.clock() + _GRACE
        return LimitError(self.gave_up)

    def note(self, cause: Exception) -> None:
        """An error of the libraries, before a plugin turns it into text; what is none of a connection is one of reading
        an answer."""
        if self.met and self.gave_up is None and unreadable(cause):
            self.unreadable = type(cause).__name__

    def judge(self, response: Any) -> None:
        """LimitError for an answer that asks the client to go elsewhere, or that is packed: a small one can become a
        huge one."""
        self.met += 1
        if 300 <= response.status_code < 400:
            raise self.give_up(
                f"{place(response.url)} answered with a redirect ({response.status_code}) to {_location(response)}"
            )
        if fold(response.headers.get("Content-Encoding", "identity").strip()) not in ("", "identity"):
            raise self.give_up(f"{place(response.url)} sent a compressed answer, which was not asked for")


def unreadable(cause: BaseException) -> bool:
    """Whether an answer came that the libraries cannot read. They raise whatever their parsers do: a list of those
    would never end."""
    if isinstance(cause, (LimitError, OSError)):
        return False
    return not any(made.__name__ in _OF_CONNECTIONS for made in type(cause).__mro__)


def place(url: str) -> str:
    """Scheme, host, port and path: what may be shown of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _location(response: Any) -> str:
    """Where a redirect points, fit to be shown: it is text of whoever answered."""
    found = response.headers.get("Location", "")
    try:
        shown = place(found) if "://" in found else found.partition("?")[0]
    except ValueError:
        shown = found
    text = "".join(char if char.isascii() and char.isprintable() else "?" for char in shown)[:_SHOWN]
    return text or "nowhere"


@contextmanager
def _sessions_of(guard: Guard) -> Iterator[None]:
    """Sessions that are made inside belong to this guard. Workers of Ansible are processes, so this changes nothing for
    others."""
    try:
        import requests
    except ImportError:
        # The plugin says what is missing, and how to install it.
        yield
        return
    original = requests.Session
    requests.Session = type("Session", (GuardedSession,), {"guard": guard})  # type: ignore[misc, assignment]
    try:
        yield
    finally:
        requests.Session = original  # type: ignore[misc]
