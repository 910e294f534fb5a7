# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Asking many targets at once with an empty Bearer. It needs the standard library only: it runs wherever
Python 3.8 does.

It connects to the addresses of its targets and to nothing else: no redirect is followed, no proxy is used, no host that
an answer names is asked.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from .._hma.base.comparison import fold, host_in
from .._hma.entra.clouds import Cloud
from .._hma.probe.addresses import REDIRECTED
from .._hma.probe.findings import outcomes
from .._hma.probe.rows import Row, make_row
from .._hma.probe.targets import AUTODISCOVER_V2, HANDED_OUT, PAGES, Target, Tls
from .._hma.probe.verdict import PROVEN, UNPROVEN, Answer, Verdict, judge, judge_autodiscover
from .kept import Kept
from .wire import ANSWER, TooLong, Wire, connect

_BODY = 65536
_ONCE_MORE = 1


class WrongName(ssl.SSLError):
    """The certificate is trusted, but it is of another name than the one it was to have."""


@dataclass(frozen=True)
class Question:
    """A target asked as one identity, or as none."""

    target: Target
    identity: str | None = None


@dataclass
class Probe:
    """How to ask. ``names`` are the hosts that AutoDiscover v2 may hand out."""

    cloud: Cloud
    names: Sequence[str]
    expected: str = "ready"
    hosts: Sequence[str] = ()
    timeout: float = 10.0
    deadline: float = 0.0
    pause: float = 15.0
    parallel: int = 20
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _contexts: dict[Any, ssl.SSLContext] = field(default_factory=dict)
    _dead: dict[tuple[str, int], Answer] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _kept: Kept = field(default_factory=Kept)

    def run(self, questions: Iterable[Question]) -> list[Row]:
        """A row per question, asked again until all is as expected, nothing more can change, or the deadline has
        passed."""
        end = self.clock() + self.deadline
        rows: dict[Question, Row] = {}
        order = list(dict.fromkeys(questions))
        again = order
        idle = 0
        while again:
            self._dead.clear()
            with ThreadPoolExecutor(max_workers=min(self.parallel, len(again))) as pool:
                rows.update(self._round(pool, again))
            for question in [item for item in self._handed_out(rows) if item not in rows]:
                rows[question] = self._ask_judged(question)
            again, waiting = self._open(rows)
            idle = 0 if waiting else idle + 1
            left = end - self.clock()
            if left <= 0 or idle > _ONCE_MORE:
                break
            if again:
                self.sleep(min(self.pause, left))
        # Those that were followed stand behind them.
        return [rows[question] for question in dict.fromkeys([*order, *rows])]

    def _round(self, pool: ThreadPoolExecutor, questions: Sequence[Question]) -> dict[Question, Row]:
        """The row of each question. What a server let wait is asked behind the others, all at once."""
        parts, rows = in_turns(questions), {}
        for part, answers in zip(parts, pool.map(self._in_turn, parts)):  # noqa: B905 - strict is of Python 3.10
            rows.update(zip(part, answers))  # noqa: B905 - it ends with the first that was not answered in time
        later = [question for question in questions if question not in rows]
        rows.update(zip(later, pool.map(self._ask_judged, later)))  # noqa: B905 - strict is of Python 3.10
        return rows

    def _in_turn(self, questions: Sequence[Question]) -> list[Row]:
        """Questions to one server one after the other, by one connection, up to the first that gets no answer in
        time."""
        rows: list[Row] = []
        with self._kept.in_turn():
            for question in questions:
                rows.append(self._ask_judged(question))
                if rows[-1].verdict == "timeout":
                    break
        return rows

    def _open(self, rows: dict[Question, Row]) -> tuple[list[Question], bool]:
        """What to ask again, and whether any of it may change by waiting."""
        done = [row for item in outcomes(rows.values(), self.expected) if item.weight == PROVEN for row in item.rows]
        settled = {id(row) for row in done}
        open_rows = {question: row for question, row in rows.items() if id(row) not in settled}
        waiting = [row for row in open_rows.values() if row.passing]
        again = [question for question, row in open_rows.items() if row.passing or row.state == UNPROVEN]
        return again, bool(waiting)

    def _handed_out(self, rows: dict[Question, Row]) -> list[Question]:
        """The URL that AutoDiscover v2 hands out is asked too, where its host is one of the names; so is the name that
        Autodiscover redirects to."""
        asked = {(question.target.name, question.target.protocol) for question in rows if not question.target.server}
        found = []
        for question, row in rows.items():
            protocol = _leads_to(question.target, row)
            if protocol is None:
                continue
            host = host_in(row.handed_out or "")
            place = next(
                (other.target for other in rows if other.target.name == host and not other.target.server), None
            )
            if (host, protocol) not in asked and place is not None:
                found.append(Question(replace(place, protocol=protocol, ask=""), question.identity))
        return found

    def ask_all(self, targets: Sequence[Target]) -> list[Answer]:
        """The answers to one round of questions, in the order of the targets."""
        self._dead.clear()
        with ThreadPoolExecutor(max_workers=min(self.parallel, max(1, len(targets)))) as pool:
            return list(pool.map(self._ask, [Question(target) for target in targets]))

    def _ask_judged(self, question: Question) -> Row:
        start = self.clock()
        answer = self._ask(question)
        elapsed = int((self.clock() - start) * 1000)
        verdict = self._verdict(question, answer)
        return make_row(question.target, question.identity, verdict, answer.status, elapsed, self.expected)

    def _verdict(self, question: Question, answer: Answer) -> Verdict:
        if question.target.ask:
            return judge_autodiscover(answer, self.names, self.cloud)
        hinted, follows = question.identity is not None, self._follows(question.target)
        return judge(answer, self.cloud, hinted=hinted, hosts=self.hosts, follows=follows)

    def _follows(self, target: Target) -> list[str]:
        """The names that Outlook follows a redirect to: for Autodiscover alone, and to another name than the asked."""
        return [name for name in self.names if target.protocol == "autodiscover" and name != target.name]

    def _ask(self, question: Question) -> Answer:
        """One request, or why there was no answer to it."""
        target = question.target
        try:
            answer = self._by_kept(question)
            if answer is not None:
                return answer
            connected = self._connected(target)
            return connected if isinstance(connected, Answer) else self._request(question, connected)
        except (ssl.SSLCertVerificationError, WrongName) as exc:
            return Answer(
                failure="tls", detail=f"{_tls_reason(exc)} (asked for {target.tls.certificate_name or target.name})."
            )
        except ssl.SSLError as exc:
            detail = f"{target.where}: {_tls_reason(exc)}; no certificate was judged."
            return Answer(failure="handshake", detail=detail)
        except OSError as exc:
            # RemoteDisconnected is one too: a connection that is closed without a word.
            return self._no_answer(target, exc)
        except UnicodeError:
            return Answer(failure="unreachable", detail=f"{target.name} is no host name.")
        except TooLong:
            return Answer(
                failure="indeterminate", detail=f"{target.where} does not end its answer within {ANSWER // 1024} KiB."
            )
        except (http.client.HTTPException, ValueError) as exc:
            return Answer(
                failure="indeterminate", detail=f"{target.where} did not answer in HTTP ({type(exc).__name__})."
            )

    def _connected(self, target: Target) -> socket.socket | Answer:
        """A connection to the address, or why there is none: found out once in a round, not by every question to it
        again."""
        key = (target.address, target.port)
        if key not in self._dead:
            try:
                return connect(target.address, target.port, time.monotonic() + self.timeout)
            except OSError as exc:
                self._dead[key] = self._no_answer(target, exc)
            except UnicodeError:
                self._dead[key] = Answer(failure="unreachable", detail=f"{target.address} is no host name.")
        return self._dead[key]

    def _no_answer(self, target: Target, exc: OSError) -> Answer:
        # Only from Python 3.10 on it is TimeoutError.
        if isinstance(exc, socket.timeout):
            return Answer(failure="timeout", detail=f"no answer from {target.where} within {self.timeout:g} s.")
        if isinstance(exc, socket.gaierror):
            return Answer(failure="unreachable", detail=f"{target.address} does not resolve here ({exc.strerror}).")
        return Answer(failure="unreachable", detail=f"{target.where}: {exc.strerror or exc or type(exc).__name__}.")

    def _by_kept(self, question: Question) -> Answer | None:
        """The answer by the connection that an earlier question left open, or None: only what a new connection brings
        is a reason why there is no answer."""
        secure = self._kept.take(_line(question.target))
        if secure is None:
            return None
        try:
            return self._exchange(question, secure)
        except (OSError, TooLong, http.client.HTTPException, ValueError):
            return None

    def _request(self, question: Question, raw: socket.socket) -> Answer:
        return self._exchange(question, self._secured(question.target, raw))

    def _exchange(self, question: Question, secure: socket.socket) -> Answer:
        target, stays = question.target, False
        connection = http.client.HTTPConnection(target.name)
        try:
            # The makefile of a socket knows a timeout for each read only.
            connection.sock = Wire(secure, time.monotonic() + self.timeout)
            connection.request("GET", target.path_for(question.identity), headers=_headers(question))
            response = connection.getresponse()
            headers = {fold(name): tuple(response.headers.get_all(name) or ()) for name in response.headers}
            body = response.read(_BODY).decode("utf-8", "replace") if target.ask else ""
            # A published name may lead to another server each time it is asked, which is to be seen.
            stays = bool(target.server) and self._kept.keep(_line(target), secure, response)
            return Answer(response.status, headers, body)
        finally:
            if not stays:
                secure.close()

    def _secured(self, target: Target, raw: socket.socket) -> ssl.SSLSocket:
        """TLS with the name as SNI; the certificate has to be of that name, or of the one that the target gives."""
        try:
            raw.settimeout(self.timeout)  # ssl counts a handshake as one step
            secure = self._context(target).wrap_socket(raw, server_hostname=target.name)
        except BaseException:
            raw.close()
            raise
        wanted = target.tls.certificate_name
        if wanted and target.tls.validate_certs and not is_certificate_of(secure.getpeercert() or {}, wanted):
            secure.close()
            raise WrongName(f"the certificate is not valid for '{wanted}'")
        return secure

    def _context(self, target: Target) -> ssl.SSLContext:
        key = (target.tls.ca_path, bool(target.tls.certificate_name), target.tls.validate_certs)
        with self._lock:
            if key not in self._contexts:
                context = ssl.create_default_context(cafile=target.tls.ca_path)
                # With a name of its own the certificate is compared after the handshake: ssl would take that name for
                # SNI too.
                context.check_hostname = target.tls.validate_certs and not target.tls.certificate_name
                context.verify_mode = ssl.CERT_REQUIRED if target.tls.validate_certs else ssl.CERT_NONE
                self._contexts[key] = context
            return self._contexts[key]


def _leads_to(target: Target, row: Row) -> str | None:
    """The protocol to ask for where an answer leads to, or None where it leads nowhere."""
    if row.verdict == REDIRECTED:
        return row.protocol
    return HANDED_OUT[target.ask] if row.protocol == AUTODISCOVER_V2 and row.verdict == "ready" else None


def in_turns(questions: Iterable[Question]) -> list[list[Question]]:
    """One question to each address first, so that addresses nobody answers at are known early: forty of them cost two
    timeouts, not forty times twelve. Then those that are left, of one server together."""
    first: dict[tuple[str, int], list[Question]] = {}
    of_servers: dict[tuple[str, int], list[Question]] = {}
    published = []
    for question in questions:
        key = (question.target.address, question.target.port)
        if key not in first:
            first[key] = [question]
        elif question.target.server:
            of_servers.setdefault(key, []).append(question)
        else:
            published.append([question])
    return [*first.values(), *published, *of_servers.values()]


def _line(target: Target) -> tuple[str, int, str, Tls]:
    """What a connection was made and judged for: the address, the name, and how its certificate is judged."""
    return target.address, target.port, target.name, target.tls


def _headers(question: Question) -> dict[str, str]:
    headers = {"User-Agent": "hybrid.exchange hma_probe", "Accept": "*/*"}
    if question.target.ask or question.target.protocol in PAGES:
        return headers
    headers["Authorization"] = "Bearer"
    headers["X-MS-OpenAuthenticationSupport"] = "True"
    if question.identity:
        headers["X-AnchorMailbox"] = headers["X-User-Identity"] = question.identity
    return headers


def is_certificate_of(certificate: dict[str, Any], name: str) -> bool:
    """Whether a verified certificate names this host: exactly, or by a wildcard for its first label."""
    wanted = fold(name)
    rest = wanted.partition(".")[2]
    for kind, value in certificate.get("subjectAltName", ()):
        own = fold(value)
        if kind in ("DNS", "IP Address") and (
            own == wanted or (kind == "DNS" and own.startswith("*.") and own[2:] == rest != "")
        ):
            return True
    return False


def _tls_reason(exc: Exception) -> str:
    return str(getattr(exc, "verify_message", "") or getattr(exc, "reason", "") or exc).rstrip(".")
