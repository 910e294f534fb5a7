# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opening a shell: how long, how often, and what is deleted afterwards; whole runs are stories on the lab."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.guard import Guard
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.limits import Limits
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.link import Link
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.opening import patient
from pypsrp.exceptions import AuthenticationError, WSManFaultError
from pypsrp.powershell import RunspacePool
from pypsrp.wsman import WSMan
from winrm.exceptions import WinRMOperationTimeoutError
from winrm.protocol import Protocol

TIMED_OUT = WSManFaultError(2150858793, "EX1", "too slow", None, None, None)
GONE = WSManFaultError(2150858843, "EX1", "no such shell", None, None, None)


class Clock:
    """Time that passes only where somebody waits."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr("time.sleep", self.wait)

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def pool_of(guard: Guard, wsman: WSMan) -> RunspacePool:
    """As the plugin makes it, while its name for the class stands for the patient one."""

    class Connection:
        def _connect(self) -> RunspacePool:
            return RunspacePool(wsman, configuration_name="Microsoft.Exchange")

    with patient(Connection(), guard):
        return Connection()._connect()


class Server:
    """What answers Create and Delete of pypsrp's WSMan: each Create takes one answer off the list."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, clock: Clock, *answers: Exception, waits: float = 0) -> None:
        self.answers, self.clock, self.waits = list(answers), clock, waits
        self.created: list[str] = []
        self.deleted: list[str] = []
        self.timeouts: list[tuple[int, int]] = []
        self.missing = 0
        self.wsman = WSMan("ex1", auth="basic", username="u", password="p", operation_timeout=20, read_timeout=30)
        monkeypatch.setattr(self.wsman, "create", self.create)
        monkeypatch.setattr(self.wsman, "delete", self.delete)
        monkeypatch.setattr(RunspacePool, "_receive", self.receive)

    def create(self, _uri: str, shell: Any, **_options: Any) -> Any:
        self.created.append(shell.attrib["ShellId"])
        self.timeouts.append((self.wsman.operation_timeout, self.wsman.transport.read_timeout))
        self.clock.wait(self.waits)
        if self.answers:
            raise self.answers.pop(0)
        return shell

    def delete(self, _uri: str, selector_set: Any) -> None:
        if self.missing:
            self.missing -= 1
            raise GONE
        self.deleted.append(selector_set.values[0][1])

    @staticmethod
    def receive(pool: Any, *_arguments: Any, **_options: Any) -> list[Any]:
        pool.state = 2
        return []


def test_opening_is_given_three_minutes_and_then_the_timeouts_are_as_before(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    server = Server(monkeypatch, clock)
    pool_of(Guard(Limits(20), clock), server.wsman).open()
    assert server.timeouts == [(180, 200)]
    assert (server.wsman.operation_timeout, server.wsman.transport.read_timeout) == (20, 30)
    assert server.deleted == []


def test_what_came_late_is_deleted_also_where_it_comes_later_still(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    server = Server(monkeypatch, clock, TIMED_OUT, TIMED_OUT, waits=60)
    server.missing = 3
    pool = pool_of(Guard(Limits(20), clock), server.wsman)
    pool.open()
    assert len(server.created) == 3
    assert pool.id == server.created[2]
    assert server.deleted == server.created[:2]


def test_opening_has_a_deadline_and_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    server = Server(monkeypatch, clock, *[TIMED_OUT] * 99, waits=60)
    with pytest.raises(WSManFaultError):
        pool_of(Guard(Limits(20), clock), server.wsman).open()
    assert clock.now < 200
    assert len(server.created) == 3
    assert server.deleted == server.created


def test_a_server_that_says_at_once_that_it_is_late_is_asked_five_times(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    server = Server(monkeypatch, clock, *[TIMED_OUT] * 99)
    with pytest.raises(WSManFaultError):
        pool_of(Guard(Limits(20), clock), server.wsman).open()
    assert len(server.created) == 5


@pytest.mark.parametrize(
    "error",
    [AuthenticationError("no"), WSManFaultError(170, "EX1", "busy", None, None, None), ConnectionRefusedError()],
)
def test_what_was_refused_is_neither_asked_again_nor_deleted(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, error: Exception
) -> None:
    """A sign-in that was refused is not tried again: accounts are locked by that."""
    server = Server(monkeypatch, clock, error)
    with pytest.raises(type(error)):
        pool_of(Guard(Limits(20), clock), server.wsman).open()
    assert (len(server.created), server.deleted) == (1, [])


@pytest.mark.parametrize("error", [RecursionError(), SyntaxError("torn")])
def test_an_answer_that_cannot_be_read_may_have_opened_a_shell(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, error: Exception
) -> None:
    server = Server(monkeypatch, clock, error)
    with pytest.raises(type(error)):
        pool_of(Guard(Limits(20), clock), server.wsman).open()
    assert server.deleted == server.created


def test_a_cmd_shell_is_waited_for(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    asked: list[tuple[int, int]] = []

    def open_shell(self: Any, **_options: Any) -> str:
        asked.append((self.operation_timeout_sec, self.transport.read_timeout_sec))
        if len(asked) == 1:
            raise WinRMOperationTimeoutError
        return "id"

    monkeypatch.setattr(Protocol, "open_shell", open_shell)

    class Connection:
        def _connect(self) -> Protocol:
            return Protocol("http://ex1/wsman", username="u", password="p")

    with patient(Connection(), Guard(Limits(20), clock)):
        protocol = Connection()._connect()
    assert protocol.open_shell(codepage=65001) == "id"
    assert asked == [(180, 200), (180, 200)]
    assert (protocol.operation_timeout_sec, protocol.transport.read_timeout_sec) == (20, 30)


def test_names_are_as_before_when_it_is_over() -> None:
    class Connection:
        def _connect(self) -> Any:
            return RunspacePool, Protocol

    before = Connection()._connect()
    with patient(Connection(), Guard()):
        assert all(issubclass(*pair) for pair in zip(Connection()._connect(), before, strict=True))
        assert Connection()._connect() != before
    assert Connection()._connect() == before


def test_a_shell_is_closed_before_a_read_is_asked_again() -> None:
    class Connection:
        transport, connected, _connected = "winrm", True, True
        closed = 0

        def get_option(self, name: str) -> Any:
            return {} if name == "_extras" else None

        def _connect(self) -> None:
            self.connected = True

        def close(self) -> None:
            self.closed += 1

    connection = Connection()
    link = Link(connection, "ex1")
    outcomes: list[Any] = [link.failure(ConnectionResetError(), writing=False), "read"]

    def attempt() -> Any:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    assert link.retry_read(attempt, writes=False) == "read"
    assert connection.closed == 1


@pytest.mark.parametrize(
    ("given", "expected"),
    [(20, 20.0), ("30", 30.0), (0, 20.0), (None, 20.0), ("soon", 20.0), (float("inf"), 20.0), (float("nan"), 20.0)],
)
def test_times_follow_the_connection_s_timeout(given: Any, expected: float) -> None:
    class Connection:
        transport = "psrp"

        def get_option(self, _name: str) -> Any:
            return given

    limits = Limits.of(Connection())
    assert limits.operation == expected
    assert (limits.opening, limits.request(5)) == (9 * expected, 40 * expected)
