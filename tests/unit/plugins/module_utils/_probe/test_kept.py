# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server is asked its dozen questions by one connection where it keeps one open; what is proven is the same where it
does not."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.clouds import CLOUDS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.rows import Row
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.targets import PROTOCOLS, Target
from ansible_collections.hybrid.exchange.plugins.module_utils._probe.client import Probe, Question, in_turns

BEARER = 'Bearer client_id="00000002-0000-0ff1-ce00-000000000000"'
READY = f'{BEARER}, authorization_uri="https://login.windows.net/common/oauth2/authorize"'
TEXT = b"<html>401</html>"


class Plain(Probe):
    """Without TLS, so that the server of a test needs no certificate."""

    def _secured(self, target: Target, raw: socket.socket) -> Any:
        return raw


def answer(offers: str = READY, length: int | None = len(TEXT), more: str = "") -> bytes:
    ends = "" if length is None else f"Content-Length: {length}\r\n"
    return f"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: {offers}\r\n{ends}{more}\r\n".encode() + TEXT


class Server:
    """Says of each connection how many requests it brought. ``says`` gives the bytes for a request by its number on the
    connection, or nothing where it is closed without a word."""

    def __init__(self, says: Callable[[int], bytes]) -> None:
        self._says, self.connections = says, list[int]()

    def take(self, connection: socket.socket) -> None:
        place = len(self.connections)
        self.connections.append(0)
        with connection:
            while connection.recv(65536):
                self.connections[place] += 1
                said = self._says(self.connections[place])
                if not said:
                    return
                connection.sendall(said)


@contextmanager
def served(says: Callable[[int], bytes]) -> Iterator[tuple[int, Server]]:
    server = Server(says)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            while True:
                try:
                    connection, _address = listener.accept()
                except OSError:
                    return
                threading.Thread(target=server.take, args=[connection], daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1], server
        listener.shutdown(socket.SHUT_RDWR)


def questions(port: int, server: str = "EX1") -> list[Question]:
    targets = [Target("mail.contoso.com", protocol, "127.0.0.1", port, server=server) for protocol in PROTOCOLS]
    return [Question(target, identity) for target in targets for identity in (None, "a@contoso.com")]


def asked(port: int, server: str = "EX1", timeout: float = 10) -> list[Row]:
    return Plain(CLOUDS["global"], [], timeout=timeout).run(questions(port, server))


def test_one_connection_takes_the_questions_to_a_server() -> None:
    """Before, each of the twelve had a connection of its own, and TLS with it. The first one sees whether anybody is
    there."""
    with served(lambda _number: answer()) as (port, server):
        rows = asked(port)
    assert {row.verdict for row in rows} == {"ready"}
    assert sorted(server.connections) == [1, 11]


def test_a_published_name_is_asked_anew_each_time() -> None:
    """Behind it may be a balancer, and another server for each connection."""
    with served(lambda _number: answer()) as (port, server):
        rows = asked(port, server="")
    assert {row.verdict for row in rows} == {"ready"}
    assert server.connections == [1] * 12


@pytest.mark.parametrize(
    "says",
    [
        lambda number: answer() if number == 1 else b"",
        lambda number: answer() if number == 1 else b"nonsense\r\n\r\n",
        lambda number: answer() if number == 1 else answer(length=400000),
        lambda _number: answer(more="Connection: close\r\n"),
        lambda _number: answer(length=65537),
        # What nobody asked for is no answer to the next question.
        lambda number: answer() + (answer("Basic") if number == 1 else b""),
    ],
)
def test_what_a_server_does_with_a_connection_changes_no_answer(says: Callable[[int], bytes]) -> None:
    with served(says) as (port, _server):
        rows = asked(port, timeout=2)
    assert [row.verdict for row in rows] == ["ready"] * 12


def test_a_server_that_falls_silent_costs_two_more_timeouts_and_not_one_for_each_question() -> None:
    def says(number: int) -> bytes:
        if number > 1 or time.monotonic() - begun > 0.2:
            time.sleep(5)
        return answer()

    begun = time.monotonic()
    with served(says) as (port, _server):
        time.sleep(0.3)
        rows = asked(port, timeout=0.5)
        taken = time.monotonic() - begun - 0.3
    assert {row.verdict for row in rows} == {"timeout"}
    # Two rounds: what waiting does not change is asked once more.
    assert taken < 2 * 3 * 0.5 + 1


def test_each_address_is_asked_once_before_any_is_asked_more() -> None:
    found = in_turns([*questions(1), *questions(2), *questions(3, server="")])
    assert [(len(part), part[0].target.port) for part in found] == [
        (1, 1), (1, 2), (1, 3), *[(1, 3)] * 11, (11, 1), (11, 2),
    ]  # fmt: skip
    assert sorted(map(repr, [item for part in found for item in part])) == sorted(
        map(repr, [*questions(1), *questions(2), *questions(3, server="")])
    )
