# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The Ansible connection under a shell: it is opened, opened anew and watched, and its failures are named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from ansible.utils.display import Display

from . import failures
from .clixml import mark
from .errors import AnswerError, ExchangeError, Unreachable
from .guard import Guard, unreadable
from .limits import Limits
from .opening import patient
from .prompts import listen

T = TypeVar("T")


class Link:
    """One connection to one host. The plugins raise their libraries' own errors (requests, winrm, pypsrp, xml), hence
    ``Exception``."""

    def __init__(self, connection: Any, host: str) -> None:
        self.connection = connection
        self.host = host
        self.transport = str(connection.transport)
        self.guard = Guard(Limits.of(connection))

    def connect(self) -> None:
        """Open it where it is not open yet."""
        with self._watched(self.guard.limits.opening + self.guard.limits.operation, "opening a shell"):
            try:
                self.connection._connect()
            except Exception as exc:
                raise self._closed(exc) from exc
            self._adopt()

    @contextmanager
    def work(self, cmdlets: int) -> Iterator[None]:
        """A list of cmdlets, within the time for so many."""
        seconds = self.guard.limits.request(cmdlets)
        with self._watched(seconds, f"a list of {cmdlets} cmdlets"):
            yield

    def retry_read(self, attempt: Callable[[], T], *, writes: bool) -> T:
        """A read is safe to repeat, once, where the connection had stood and no limit was passed; a write is never sent
        twice."""
        try:
            return attempt()
        except (Unreachable, AnswerError) as exc:
            sent = isinstance(exc, AnswerError) and exc.uncertain
            if writes or sent or self.guard.gave_up is not None or not self.connection.connected:
                raise
        self._leave()
        return attempt()

    def failure(self, cause: BaseException, *, writing: bool) -> Exception:
        """What a connection that broke means: *unreachable*, or *failed* with an outcome that nobody knows."""
        if self.guard.gave_up is not None:
            text = failures.given_up(self.host, self.guard.gave_up, self.guard.limits.option)
        elif failures.known(cause) or not unreadable(cause):
            text = failures.connection_failure(self.host, cause, self.transport)
        else:
            return AnswerError(failures.unreadable_answer(self.host, type(cause).__name__), uncertain=writing)
        return ExchangeError(text, uncertain=True) if writing else Unreachable(text)

    @contextmanager
    def _watched(self, seconds: float, purpose: str) -> Iterator[None]:
        with self.guard.watch(seconds, purpose), patient(self.connection, self.guard):
            yield

    def _closed(self, cause: BaseException) -> Exception:
        """What it means that no shell was opened; nothing was written."""
        refusal = failures.opening_refusal(self.host, cause)
        if refusal:
            return ExchangeError(refusal)
        if self.guard.gave_up is None and self.guard.unreadable is not None:
            return AnswerError(failures.unreadable_answer(self.host, self.guard.unreadable))
        return self.failure(cause, writing=False)

    def _leave(self) -> None:
        """Close the shell, so that none stays open on the server, and forget it, so that the next attempt opens
        another."""
        with self._watched(self.guard.limits.operation, "closing a shell"):
            try:
                self.connection.close()
            except Exception as exc:
                # What is broken is broken here too: the plugins forget a shell only after it was closed well.
                Display().vvv(
                    f"the shell was not closed ({type(exc).__name__}); the server does that when it was idle for long",
                    host=self.host,
                )
                self._forget()

    def _forget(self) -> None:
        for name in ("runspace", "protocol", "shell_id"):
            if hasattr(self.connection, name):
                setattr(self.connection, name, None)
        self.connection._connected = False

    def _adopt(self) -> None:
        """A session that an earlier item of a loop opened obeys this task's guard; a session that none guards is
        refused."""
        for transport in _transports(self.connection):
            session: Any = getattr(transport, "session", None)
            if not hasattr(session, "guard"):
                raise ExchangeError(failures.unguarded(self.host, self.transport))
            session.guard = self.guard
        runspace: Any = getattr(self.connection, "runspace", None)
        listen(runspace)
        if hasattr(runspace, "_serializer") and not hasattr(runspace, "hma_marked"):
            mark(runspace._serializer)
            runspace.hma_marked = True


def _transports(connection: Any) -> list[Any]:
    """What holds the HTTP session of a plugin: the transport of pywinrm's Protocol, or of pypsrp's WSMan."""
    owners = (getattr(connection, "protocol", None), getattr(getattr(connection, "runspace", None), "connection", None))
    return [getattr(owner, "transport", None) for owner in owners if owner is not None]
