# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. A shell may take longer to open than an operation: a pool that is cold does. Opening writes nothing, so it
is asked for until a deadline of its own, and a shell that comes after its request was given up is deleted.

Both connection plugins open the shell with a class of their library, which they know by a name of their module. While
they do, that name stands for the patient class below.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from .guard import Guard, LimitError

_TIMED_OUT: Final = 2150858793
# A server that says at once that the time is over is asked so often, with a pause between.
_ATTEMPTS: Final = 5
_PAUSE: Final = 1.0


@contextmanager
def patient(connection: Any, guard: Guard) -> Iterator[None]:
    """The connection opens its shell patiently inside."""
    names: dict[str, Any] = getattr(type(connection)._connect, "__globals__", {})
    made = {name: _CLASSES[name](names[name], guard) for name in _CLASSES if isinstance(names.get(name), type)}
    before = {name: names[name] for name in made}
    names.update(made)
    try:
        yield
    finally:
        names.update(before)


def again(
    attempt: Callable[[], Any], *, timed_out: Callable[[Exception], bool], late: Callable[[], None], guard: Guard
) -> Any:
    """Ask until it is open; ``late`` is told of each request that the server gave up before. The last error is the
    caller's."""
    until = guard.clock() + guard.limits.opening
    for number in range(1, _ATTEMPTS + 1):
        try:
            return attempt()
        except Exception as exc:
            if not timed_out(exc) or number == _ATTEMPTS or guard.clock() + _PAUSE >= until:
                raise
            late()
            time.sleep(_PAUSE)
    return None


def _protocol(base: type[Any], guard: Guard) -> type[Any]:
    """pywinrm's, for a cmd shell. Its id is the server's to choose, so a late one cannot be deleted: hence one long
    request."""
    from winrm.exceptions import WinRMOperationTimeoutError

    class PatientProtocol(base):
        operation_timeout_sec: int
        transport: Any

        def open_shell(self, *arguments: Any, **options: Any) -> Any:
            before = self.operation_timeout_sec, self.transport.read_timeout_sec
            self.operation_timeout_sec = int(guard.limits.opening)
            self.transport.read_timeout_sec = max(before[1], int(guard.limits.opening + guard.limits.operation))
            try:
                return again(
                    lambda: super(PatientProtocol, self).open_shell(*arguments, **options),
                    timed_out=lambda exc: isinstance(exc, WinRMOperationTimeoutError),
                    late=lambda: None,
                    guard=guard,
                )
            except Exception as exc:
                # The plugin turns whatever happened into one text.
                guard.note(exc)
                raise
            finally:
                self.operation_timeout_sec, self.transport.read_timeout_sec = before

    return PatientProtocol


def _pool(base: type[Any], guard: Guard) -> type[Any]:
    """pypsrp's: the id of the shell is the client's, so what is late, or opened only half, can be deleted."""
    from pypsrp.exceptions import WSManFaultError

    def timed_out(exc: Exception) -> bool:
        return isinstance(exc, WSManFaultError) and exc.code == _TIMED_OUT

    class PatientPool(base):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            self._made = arguments, options
            super().__init__(*arguments, **options)

        def open(self, *arguments: Any, **options: Any) -> None:
            late: list[str] = []
            wsman, transport = self.connection, self.connection.transport
            before = wsman.operation_timeout, transport.read_timeout
            wsman.operation_timeout = int(guard.limits.opening)
            transport.read_timeout = max(before[1], int(guard.limits.opening + guard.limits.operation))
            try:
                again(
                    lambda: super(PatientPool, self).open(*arguments, **options),
                    timed_out=timed_out,
                    late=lambda: self._start_anew(late),
                    guard=guard,
                )
            except Exception as exc:
                guard.note(exc)
                if self.shell.opened or timed_out(exc) or _unknown(exc):
                    late.append(self.id)
                raise
            finally:
                wsman.operation_timeout, transport.read_timeout = before
                self._delete(late)

        def _start_anew(self, late: list[str]) -> None:
            late.append(self.id)
            made, options = self._made
            base.__init__(self, *made, **options)

        def _delete(self, late: list[str]) -> None:
            """Some of these may still be on their way; the server is asked as long as it opens one."""
            until = guard.clock() + guard.limits.operation
            for identity in late:
                while not _deleted(self, identity) and guard.clock() + _PAUSE < until:
                    time.sleep(_PAUSE)

    return PatientPool


def _deleted(pool: Any, identity: str) -> bool:
    """Whether the shell of this id is no more; False where it was not there."""
    from pypsrp.exceptions import WinRMError, WSManFaultError
    from pypsrp.wsman import SelectorSet
    from requests.exceptions import RequestException

    selectors = SelectorSet()
    selectors.add_option("ShellId", identity)
    try:
        pool.connection.delete(pool.shell.resource_uri, selector_set=selectors)
    except WSManFaultError:
        return False
    except (WinRMError, RequestException, LimitError, SyntaxError):
        # The connection is what failed. What it failed of is raised by the caller already.
        return True
    return True


def _unknown(exc: Exception) -> bool:
    """Whether the server may have opened the shell although no answer came, or none that can be read."""
    from pypsrp.exceptions import WinRMError
    from requests.exceptions import ReadTimeout, RequestException

    if isinstance(exc, (LimitError, ReadTimeout)):
        return True
    return not isinstance(exc, (WinRMError, RequestException, OSError))


_CLASSES: Final[dict[str, Callable[[type[Any], Guard], type[Any]]]] = {"Protocol": _protocol, "RunspacePool": _pool}
