# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real libraries against servers that send them elsewhere, that never end, or that send too much."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange import guard as guard_module
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.guard import Guard, LimitError, unreadable
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.limits import Limits
from pypsrp.exceptions import FragmentError, SerializationError, WinRMError, WinRMTransportError, WSManFaultError
from pypsrp.wsman import WSMan
from winrm.protocol import Protocol

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\n"


class Wire:
    """A listener whose every connection is answered by a function; what it was sent is kept."""

    def __init__(self, answer: Callable[[socket.socket], None]) -> None:
        self.answer, self.heard = answer, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    heard: list[bytes]

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        with connection:
            self.heard.append(connection.recv(1 << 20))
            # A client that goes away is what most of these tests are about.
            with contextlib.suppress(OSError):
                self.answer(connection)
                # What was not read when it is closed would reset the connection, and the answer with it.
                connection.shutdown(socket.SHUT_WR)
                connection.settimeout(5)
                while connection.recv(1 << 20):
                    pass


@pytest.fixture
def wire() -> Iterator[Callable[[Callable[[socket.socket], None]], Wire]]:
    made: list[Wire] = []

    def make(answer: Callable[[socket.socket], None]) -> Wire:
        made.append(Wire(answer))
        return made[-1]

    yield make
    for item in made:
        item.listener.close()


def over_winrm(port: int, auth: Any) -> None:
    endpoint = f"http://127.0.0.1:{port}/wsman"
    Protocol(
        endpoint, transport=auth, username="u", password="s3cret", operation_timeout_sec=1, read_timeout_sec=2
    ).open_shell()


def over_psrp(port: int, auth: str) -> None:
    encryption = "never" if auth == "basic" else "auto"
    options: dict[str, Any] = {
        "port": port,
        "ssl": False,
        "auth": auth,
        "encryption": encryption,
        "operation_timeout": 1,
        "read_timeout": 2,
    }
    wsman = WSMan("127.0.0.1", username="u", password="s3cret", **options)
    wsman.create("http://schemas.microsoft.com/powershell/Microsoft.Exchange", resource=None)  # type: ignore[arg-type]


CLIENTS = [
    *(pytest.param(over_winrm, auth, id=f"winrm-{auth}") for auth in ("basic", "ntlm", "credssp")),
    *(pytest.param(over_psrp, auth, id=f"psrp-{auth}") for auth in ("basic", "ntlm", "negotiate", "credssp")),
]
EASY = [pytest.param(over_winrm, "basic", id="winrm"), pytest.param(over_psrp, "basic", id="psrp")]


def met(client: Any, port: int, auth: str, seconds: float = 60) -> tuple[Guard, BaseException]:
    guard = Guard(Limits(operation=1))
    before = requests.Session
    with pytest.raises(Exception) as caught, guard.watch(seconds, "the test"):  # noqa: PT011 - winrm and psrp raise what they like
        client(port, auth)
    assert requests.Session is before
    return guard, caught.value


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(("client", "auth"), CLIENTS)
def test_a_redirect_is_not_followed_from_the_first_request_on(wire: Any, client: Any, auth: str, status: int) -> None:
    other = wire(lambda connection: connection.sendall(HEAD + b"Content-Length: 0\r\n\r\n"))
    location = f"http://user:pass@localhost:{other.port}/wsman?token=1".encode()
    first = wire(
        lambda connection: connection.sendall(
            b"HTTP/1.1 %d No\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % (status, location)
        )
    )
    guard, _error = met(client, first.port, auth)
    assert (
        guard.gave_up
        == f"http://127.0.0.1:{first.port}/wsman answered with a redirect ({status}) to http://localhost:{other.port}/wsman"
    )
    assert (len(first.heard), other.heard) == (1, [])


def test_without_the_guard_a_redirect_is_followed(wire: Any) -> None:
    """The second listener does count: what is sent elsewhere without the guard is the body."""
    other = wire(lambda connection: connection.sendall(HEAD + b"Content-Length: 0\r\n\r\n"))
    first = wire(
        lambda connection: connection.sendall(
            b"HTTP/1.1 307 No\r\nLocation: http://127.0.0.1:%d/\r\nContent-Length: 0\r\n\r\n" % other.port
        )
    )
    with pytest.raises(Exception, match="no element found"):
        over_winrm(first.port, "basic")
    assert other.heard != []


def test_a_location_is_made_fit_to_be_shown(wire: Any) -> None:
    first = wire(
        lambda connection: connection.sendall(
            b"HTTP/1.1 307 No\r\nLocation: /\x1b[31m" + b"x" * 500 + b"\r\nContent-Length: 0\r\n\r\n"
        )
    )
    guard, _error = met(over_winrm, first.port, "basic")
    assert "\x1b" not in str(guard.gave_up)
    assert len(str(guard.gave_up)) < 320


def drip(head: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.sendall(head)
        for _number in range(200):
            connection.sendall(b" ")
            time.sleep(0.1)

    return answer


def go_on(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.05)


@pytest.mark.parametrize(
    "answer",
    [drip(HEAD + b"Content-Length: 5000\r\n\r\n"), drip(b"HTTP/1.1 200 OK\r\nX-Y:"), go_on],
    ids=["body", "header", "continue"],
)
@pytest.mark.parametrize(("client", "auth"), EASY)
def test_an_answer_that_does_not_end_is_ended(wire: Any, client: Any, auth: str, answer: Any) -> None:
    start = time.monotonic()
    guard, _error = met(client, wire(answer).port, auth, seconds=1)
    assert guard.gave_up == "the test did not end in 1 seconds"
    assert time.monotonic() - start < 10


def test_one_exchange_has_a_time_of_its_own(wire: Any) -> None:
    guard, _error = met(over_winrm, wire(drip(HEAD + b"Content-Length: 5000\r\n\r\n")).port, "basic")
    assert guard.gave_up == "the server sent its answer too slowly"


@pytest.mark.parametrize(("client", "auth"), EASY)
def test_a_packed_answer_is_not_unpacked(wire: Any, client: Any, auth: str) -> None:
    body = gzip.compress(bytes(50 << 20))
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    guard, _error = met(client, wire(lambda connection: connection.sendall(head + body)).port, auth)
    assert "compressed answer, which was not asked for" in str(guard.gave_up)


@pytest.mark.parametrize(("client", "auth"), EASY)
def test_an_answer_has_a_size(wire: Any, client: Any, auth: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard_module, "ANSWER_BYTES", 1 << 20)
    body = bytes(3 << 20)
    guard, _error = met(
        client,
        wire(lambda connection: connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)).port,
        auth,
    )
    assert guard.gave_up == "the server sent more than 1 MB"


def test_after_a_limit_there_is_some_time_to_tidy_up_and_then_none() -> None:
    now = [0.0]
    guard = Guard(Limits(operation=20), clock=lambda: now[0])
    with guard.watch(100, "a list of 3 cmdlets"):
        now[0] = 101
        with pytest.raises(LimitError, match="a list of 3 cmdlets did not end in 100 seconds"):
            guard.exchange(30)
        assert guard.exchange(30).remaining() == 15
        now[0] = 117
        with pytest.raises(LimitError, match="a list of 3 cmdlets"):
            guard.exchange(30)


def test_a_task_has_an_end_whatever_its_lists_ask_for() -> None:
    now = [0.0]
    guard = Guard(Limits(operation=20), clock=lambda: now[0])
    now[0] = 4700
    with guard.watch(1000, "a list"):
        now[0] = 4801
        with pytest.raises(LimitError, match="the task did not end in 4800 seconds"):
            guard.exchange(30)


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        *(
            (error, True)
            for error in (
                RecursionError(),
                OverflowError(),
                SyntaxError(),
                ValueError(),
                KeyError("a"),
                StopIteration(),
                MemoryError(),
            )
        ),
        *(
            (error, True)
            for error in (
                FragmentError(""),
                SerializationError(""),
                WinRMError("related id"),
                AssertionError(),
                UnicodeDecodeError("utf-8", b"", 0, 1, ""),
            )
        ),
        *(
            (error, False)
            for error in (
                WinRMTransportError("http", 500, ""),
                WSManFaultError(1, "", "", None, None, None),
                LimitError(""),
                OSError(),
                # Of the library krb5, which only connections with Kerberos need.
                type("Krb5Error", (Exception,), {})("Preauthentication failed"),
            )
        ),
        (requests.ConnectionError(), False),
        (requests.exceptions.InvalidHeader(), False),
    ],
)
def test_what_is_an_answer_that_cannot_be_read(cause: Exception, expected: bool) -> None:
    assert unreadable(cause) is expected
