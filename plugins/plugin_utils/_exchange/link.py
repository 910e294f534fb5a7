# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The Ansible connection under a shell: opened, reset, and its breakage told apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from . import failures
from .errors import AnswerError, ExchangeError, Unreachable

T = TypeVar("T")


class Link:
    """One connection to one host. The plugins raise their libraries' own errors (requests, winrm, pypsrp, xml), hence ``Exception``."""

    def __init__(self, connection: Any, host: str) -> None:
        self.connection = connection
        self.host = host
        self.transport = str(connection.transport)

    def connect(self) -> None:
        """Open it where it is not open yet."""
        try:
            self.connection._connect()
        except Exception as exc:
            raise self._closed(exc) from exc

    def repeat(self, attempt: Callable[[], T], *, writes: bool) -> T:
        """A read is safe to repeat, once, where the connection had stood; a write is never sent twice."""
        try:
            return attempt()
        except (Unreachable, AnswerError):
            if writes or not self.connection.connected:
                raise
        try:
            self.connection.reset()
        except Exception as exc:
            raise self._closed(exc) from exc
        return attempt()

    def broken(self, cause: BaseException, *, writing: bool) -> Exception:
        """What a connection that broke means: *unreachable*, or *failed* with an outcome that nobody knows."""
        text = failures.connection_failure(self.host, cause, self.transport)
        return ExchangeError(text, uncertain=True) if writing else Unreachable(text)

    def _closed(self, cause: BaseException) -> Exception:
        refusal = failures.opening_refusal(self.host, cause)
        return ExchangeError(refusal) if refusal else Unreachable(failures.connection_failure(self.host, cause, self.transport))
