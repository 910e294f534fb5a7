# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a certificate is of, and when the probe asks again."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.clouds import CLOUDS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.rows import Row
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.targets import PROTOCOLS, Target
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.verdict import Answer
from ansible_collections.hybrid.exchange.plugins.module_utils._probe.client import Probe, Question, is_certificate_of
from ansible_collections.hybrid.exchange.plugins.module_utils._probe.wire import ANSWER

BEARER = 'Bearer client_id="00000002-0000-0ff1-ce00-000000000000"'
READY = Answer(401, {"www-authenticate": [f'{BEARER}, authorization_uri="https://login.windows.net/common"']})
NOT_YET = Answer(401, {"www-authenticate": [BEARER]})
NTLM = Answer(401, {"www-authenticate": ["NTLM"]})
HINT_WANTED = Answer(401, {"www-authenticate": [f'{BEARER}, error="invalid_token"']})
OFF = Answer(failure="unreachable", detail="nobody listens.")
STARTING = Answer(503)


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("ex1.corp.contoso.com", True),
        ("EX1.corp.contoso.com", True),
        ("a.wild.contoso.com", True),
        ("a.b.wild.contoso.com", False),
        ("wild.contoso.com", False),
        ("10.0.0.1", True),
        ("0.0.1", False),
        ("contoso.com", False),
        ("", False),
        ("com", False),
    ],
)
def test_whose_certificate_it_is(name: str, right: bool) -> None:
    names = (
        ("DNS", "ex1.corp.contoso.com"),
        ("DNS", "*.wild.contoso.com"),
        ("DNS", "*."),
        ("IP Address", "10.0.0.1"),
        ("URI", "https://contoso.com"),
    )
    assert is_certificate_of({"subject": ((("commonName", "contoso.com"),),), "subjectAltName": names}, name) == right


class Scripted(Probe):
    """Answers from a list per question; time passes in pauses only."""

    def __init__(self, script: dict[Question, list[Answer]], **options: Any) -> None:
        self.now, self.pauses, self.asked = 0.0, 0, 0
        super().__init__(
            CLOUDS["global"], ["mail.contoso.com"], sleep=self._pass, clock=lambda: self.now, parallel=1, **options
        )
        self._script = script

    def _pass(self, seconds: float) -> None:
        self.now += seconds
        self.pauses += 1

    def _ask(self, question: Question) -> Answer:
        self.asked += 1
        answers = self._script[question]
        return answers.pop(0) if len(answers) > 1 else answers[0]


def target(server: str) -> Target:
    return Target("mail.contoso.com", "ews", server, server=server)


def run(
    script: dict[Question, list[Answer]], **options: Any
) -> tuple[Scripted, dict[tuple[str | None, str | None], str]]:
    probe = Scripted(script, **options)
    return probe, {(row.server, row.identity): row.verdict for row in probe.run(list(script))}


def test_only_what_is_not_ready_is_asked_again() -> None:
    probe, told = run({Question(target("EX1")): [READY], Question(target("EX2")): [NTLM, NOT_YET, READY]}, deadline=900)
    assert told == {("EX1", None): "ready", ("EX2", None): "ready"}
    assert (probe.asked, probe.now) == (4, 30.0)


def test_without_a_deadline_it_is_asked_once() -> None:
    probe, told = run({Question(target("EX1")): [NTLM, READY]})
    assert told == {("EX1", None): "not_offered"}
    assert probe.asked == 1


def test_the_deadline_ends_it() -> None:
    probe, told = run({Question(target("EX1")): [NTLM]}, deadline=100)
    assert told == {("EX1", None): "not_offered"}
    assert probe.now == 100


def test_what_waiting_does_not_change_is_tried_once_more() -> None:
    probe, told = run({Question(target("EX1")): [OFF], Question(target("EX2")): [HINT_WANTED]}, deadline=900)
    assert told == {("EX1", None): "unreachable", ("EX2", None): "indeterminate"}
    assert (probe.asked, probe.pauses) == (4, 1)


def test_a_server_that_starts_is_waited_for() -> None:
    _probe, told = run({Question(target("EX1")): [STARTING, OFF, STARTING, READY]}, deadline=900)
    assert told == {("EX1", None): "ready"}


def test_one_identity_that_is_offered_it_ends_the_waiting() -> None:
    """The other one may be blocked by a policy, which no waiting changes."""
    pilot, other = Question(target("EX1"), "pilot@contoso.com"), Question(target("EX1"), "other@contoso.com")
    probe, told = run({Question(target("EX1")): [HINT_WANTED], pilot: [READY], other: [HINT_WANTED]}, deadline=900)
    assert told == {
        ("EX1", None): "indeterminate",
        ("EX1", "pilot@contoso.com"): "ready",
        ("EX1", "other@contoso.com"): "no_endpoint",
    }
    assert probe.pauses == 0


def test_addresses_that_nobody_answers_at_are_tried_once_a_round(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[tuple[str, int]] = []

    def dead(address: tuple[str, int], timeout: float) -> None:
        tried.append(address)
        time.sleep(0.05)
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", dead)
    targets = [
        Target("mail.contoso.com", protocol, f"10.0.0.{number}", server=f"EX{number}")
        for number in range(40)
        for protocol in PROTOCOLS
    ]
    probe = Probe(CLOUDS["global"], [], parallel=20)
    rows = probe.run(Question(item, identity) for item in targets for identity in (None, "a@contoso.com"))
    assert len(rows) == 480
    assert {row.verdict for row in rows} == {"timeout"}
    assert all(row.reason == f"no answer from {row.address} within 10 s." for row in rows)
    # Once, and what was on its way when it became known.
    assert len(tried) <= 40 + 20
    assert [row.server for row in rows] == [item.server for item in targets for _identity in range(2)]


def test_off_is_waited_for_too() -> None:
    probe, told = run({Question(target("EX1")): [READY, READY, NOT_YET]}, deadline=900, expected="not_offered")
    assert told == {("EX1", None): "no_endpoint"}
    assert probe.pauses == 2


# -- answers that do not end


def drip(connection: socket.socket, data: bytes = b"x") -> None:
    """A byte of something that never ends, long before a timeout of a single read is over."""
    while True:
        connection.sendall(data)
        time.sleep(0.05)


def slow_header(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 401 Unauthorized\r\nX-A: ")
    drip(connection)


def slow_continue(connection: socket.socket) -> None:
    drip(connection, b"HTTP/1.1 100 Continue\r\n\r\n")


def continue_for_ever(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)


def long_headers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 401 Unauthorized\r\n")
    while True:
        connection.sendall(b"X-A: " + b"a" * 60000 + b"\r\n")


def slow_body(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    drip(connection)


def slow_chunks(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    drip(connection, b"1\r\nx\r\n")


def endless_body(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65536)


def endless_trailer(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
    while True:
        connection.sendall(b"X-A: " + b"a" * 60000 + b"\r\n")


BOMB = gzip.compress(b"\0" * 50_000_000, 1)


def bomb(connection: socket.socket) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    connection.sendall(head % len(BOMB) + BOMB)


def silent(connection: socket.socket) -> None:
    connection.recv(1)
    time.sleep(30)


class Plain(Probe):
    """Without TLS, so that the server of a test needs no certificate: what is limited lies above it."""

    def _secured(self, target: Target, raw: socket.socket) -> Any:
        return raw


@contextmanager
def served(behave: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that behaves so to everyone who connects; it ends with the test."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            while True:
                try:
                    connection, _address = listener.accept()
                except OSError:
                    return
                with connection:
                    try:
                        behave(connection)
                    except OSError:
                        continue

        threading.Thread(target=answer, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def asked(kind: type[Probe], port: int, ask: str = "EWS", timeout: float = 0.6) -> tuple[Row, float]:
    protocol = "autodiscover_v2" if ask else "ews"
    start = time.monotonic()
    (row,) = kind(CLOUDS["global"], ["mail.contoso.com"], timeout=timeout).run(
        [Question(Target("mail.contoso.com", protocol, "127.0.0.1", port, ask=ask))]
    )
    return row, time.monotonic() - start


@pytest.mark.parametrize(
    ("behave", "verdict", "reason"),
    [
        (slow_header, "timeout", "within 0.6 s"),
        (slow_continue, "timeout", "within 0.6 s"),
        (slow_body, "timeout", "within 0.6 s"),
        (slow_chunks, "timeout", "within 0.6 s"),
        (silent, "timeout", "within 0.6 s"),
        (continue_for_ever, "indeterminate", f"within {ANSWER // 1024} KiB"),
        (long_headers, "indeterminate", f"within {ANSWER // 1024} KiB"),
        (endless_trailer, "indeterminate", f"within {ANSWER // 1024} KiB"),
        (endless_body, "indeterminate", "no URL in it"),
        (bomb, "indeterminate", "no URL in it"),
    ],
)
def test_no_answer_outlives_its_time_or_its_size(
    behave: Callable[[socket.socket], None], verdict: str, reason: str
) -> None:
    tracemalloc.start()
    with served(behave) as port:
        # Where the size is to end it, a busy machine must not let the time do so.
        row, seconds = asked(Plain, port, timeout=0.6 if verdict == "timeout" else 20)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (row.verdict, row.state) == (verdict, "unproven"), row.reason
    assert reason in row.reason
    # Two rounds of one question: what waiting does not change is not asked again without a deadline.
    assert seconds < (1.2 if verdict == "timeout" else 20)
    assert most < 4_000_000


@pytest.mark.parametrize("behave", [silent, lambda connection: drip(connection, b"\x16\x03\x03\x40")])
def test_a_handshake_that_does_not_end_ends(behave: Callable[[socket.socket], None]) -> None:
    with served(behave) as port:
        row, seconds = asked(Probe, port)
    assert row.verdict in ("timeout", "tls")
    assert seconds < 1.5


def test_all_addresses_of_a_name_have_the_time_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def dead(_address: tuple[str, int], timeout: float) -> None:
        time.sleep(min(timeout, 0.2))
        raise TimeoutError

    places = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"10.0.0.{number}", 443)) for number in range(50)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_words, **_more: places)
    monkeypatch.setattr(socket, "create_connection", dead)
    row, seconds = asked(Probe, 443)
    assert row.verdict == "timeout"
    assert seconds < 1.2


def test_a_right_answer_is_read_as_before() -> None:
    def right(connection: socket.socket) -> None:
        connection.recv(65536)
        header = f'WWW-Authenticate: {BEARER}, authorization_uri="https://login.windows.net/common"'.encode()
        connection.sendall(
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 Unauthorized\r\n" + header + b"\r\nContent-Length: 0\r\n\r\n"
        )

    with served(right) as port:
        row, _seconds = asked(Plain, port, ask="")
    assert (row.verdict, row.status) == ("ready", 401)
