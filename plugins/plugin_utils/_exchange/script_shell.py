# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The script transport: winrm, or psrp to an endpoint that runs scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet

from . import failures
from .bootstrap import COUNT, encoded_command, script
from .contract import Answer
from .errors import AnswerError, ExchangeError
from .link import Link
from .prompts import Asked
from .protocol import Envelope, EnvelopeError, Request, parse_envelope, request_for


class ScriptShell:
    """Runs the constant script through ``exec_command``: each ``run`` is one Exchange shell, none where nothing is
    asked."""

    def __init__(self, link: Link, credential: Mapping[str, str] | None) -> None:
        self._link = link
        self._host = link.host
        self._credential = credential

    def run(self, cmdlets: Sequence[Cmdlet], *, domain_controller: str | None = None) -> Answer:
        """Run the list; a connection that fails under a write leaves its outcome uncertain, and says so."""
        writes = any(cmdlet.writes for cmdlet in cmdlets)

        def once() -> Envelope:
            return self._once(
                request_for(cmdlets, credential=self._credential, domain_controller=domain_controller), writes
            )

        return self._answer(self._link.retry_read(once, writes=writes))

    def _once(self, request: Request, writes: bool) -> Envelope:
        self._link.connect()
        returned, stdout, stderr = self._execute(request, writes)
        try:
            return parse_envelope(_text(stdout), request)
        except EnvelopeError as exc:
            text = failures.answer_failure(self._host, str(exc), f"exit code {returned}", self._scrub(_text(stderr)))
            raise AnswerError(text, uncertain=writes) from None

    def _execute(self, request: Request, writes: bool) -> tuple[int, bytes | str, bytes | str]:
        """Exit code, stdout and stderr of the script."""
        stdin = f"{request.line}\n{script(logs=_counts(request.cmdlets))}".encode("ascii")
        try:
            with self._link.work(len(request.cmdlets)):
                found: tuple[int, bytes | str, bytes | str] = self._link.connection.exec_command(
                    encoded_command(), in_data=stdin, sudoable=False
                )
        except Asked as exc:
            # Over psrp the question comes through to here; which cmdlet of the list asked is known to the script alone.
            raise ExchangeError(failures.asked(self._host, str(exc)), uncertain=writes) from None
        except Exception as exc:  # as in Link
            raise self._link.failure(exc, writing=writes) from exc
        return found

    def _answer(self, envelope: Envelope) -> Answer:
        if envelope.host is None:
            # The message of a bad request could quote the request, and with it the password: it is not shown.
            raise ExchangeError(f"{self._host}: the script could not read its request. Next: report this as a bug.")
        if fold(envelope.host.edition) == "core":
            raise ExchangeError(
                f"{self._host}: PowerShell {envelope.host.powershell} answered; Exchange needs Windows PowerShell 5.1 "
                "(or 4.0). Next: point the connection at the default endpoint of Windows PowerShell."
            )
        if envelope.error is not None and envelope.phase == "connect":
            text = failures.session_failure(
                envelope.host.fqdn, envelope.error, has_password=self._credential is not None
            )
            raise ExchangeError(self._scrub(text))
        if envelope.error is not None:
            raise ExchangeError(
                self._scrub(f"{self._host}: {envelope.error.message} ({envelope.error.reason})"), uncertain=True
            )
        return Answer(envelope.host, envelope.results, envelope.domain_controller, self._link.transport)

    def _scrub(self, text: str) -> str:
        secret = self._credential["password"] if self._credential else ""
        return text.replace(secret, "********") if secret else text


def _counts(cmdlets: Sequence[Cmdlet]) -> bool:
    """Whether sign-ins are counted, which takes a part of the script that is sent for it alone."""
    return any(cmdlet.local and cmdlet.name == COUNT for cmdlet in cmdlets)


def _text(data: bytes | str) -> str:
    return data.decode("utf-8", errors="replace") if isinstance(data, bytes) else data
