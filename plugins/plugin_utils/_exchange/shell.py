# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. An Exchange shell on the other end of an Ansible connection: the only code that touches one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.cmdlet import Cmdlet, CmdletResult

from . import failures
from .bootstrap import encoded_command, script
from .errors import ExchangeError, Unreachable
from .protocol import Envelope, EnvelopeError, HostIdentity, parse_envelope, request_line

_RUNSPACE_CONFIGURATION: Final = "microsoft.exchange"


@dataclass(frozen=True)
class Answer:
    """Results in the order of the cmdlets, who answered, and the domain controller that served the reads."""

    host: HostIdentity
    results: list[CmdletResult]
    domain_controller: str | None

    def require(self, cmdlets: Sequence[Cmdlet]) -> None:
        """ExchangeError for the first cmdlet that had to work and did not."""
        for cmdlet, result in zip(cmdlets, self.results, strict=True):
            if result.errors and cmdlet.on_error == "stop":
                raise ExchangeError(failures.cmdlet_failure(self.host.fqdn, cmdlet, result.errors[0]))


def open_shell(connection: Any, *, host: str, exchange_user: str | None, exchange_password: str | None) -> ScriptShell:
    """The shell for this connection; ExchangeError names the connections that work."""
    transport = getattr(connection, "transport", "")
    if transport not in ("winrm", "psrp"):
        raise ExchangeError(
            f"{host}: ansible_connection is {transport or 'unknown'}; an Exchange server is reached by winrm. "
            "Set ansible_connection: winrm for it (README, 'Your fleet')."
        )
    if transport == "psrp" and str(connection.get_option("configuration_name")).casefold() == _RUNSPACE_CONFIGURATION:
        raise ExchangeError(f"{host}: psrp to Exchange's own endpoint is not supported by this version; use winrm, or psrp with the default configuration.")
    if exchange_user and exchange_password:
        return ScriptShell(connection, host, {"user": exchange_user, "password": exchange_password})
    user, password = connection.get_option("remote_user"), connection.get_option("remote_password")
    # A null credential lets the script try delegation; what Windows answers to that is explained as the double hop.
    return ScriptShell(connection, host, {"user": str(user), "password": str(password)} if user and password else None)


class ScriptShell:
    """Runs the constant script through ``exec_command``: each ``run`` is one shell, none where nothing is asked."""

    def __init__(self, connection: Any, host: str, credential: Mapping[str, str] | None) -> None:
        self._connection = connection
        self._host = host
        self._credential = credential

    def run(self, cmdlets: Sequence[Cmdlet], *, domain_controller: str | None = None) -> Answer:
        """Run the list; a connection that fails under a write leaves its outcome uncertain, and says so."""
        request = request_line(cmdlets, credential=self._credential, domain_controller=domain_controller)
        writes = any(cmdlet.writes for cmdlet in cmdlets)
        stdin = f"{request}\n{script()}".encode("ascii")
        try:
            envelope = self._once(stdin, len(cmdlets), writes)
        except (Unreachable, ExchangeError):
            # A read is safe to repeat, once, where the connection had stood; a write is never sent twice.
            if writes or not self._connection.connected:
                raise
            self._reconnect()
            envelope = self._once(stdin, len(cmdlets), writes)
        return self._answer(envelope)

    def _once(self, stdin: bytes, asked: int, writes: bool) -> Envelope:
        returned, stdout, stderr = self._execute(stdin, writes)
        try:
            return parse_envelope(stdout, asked)
        except EnvelopeError as exc:
            text = failures.answer_failure(self._host, str(exc), returned, self._scrub(stderr))
            raise ExchangeError(text, uncertain=writes) from None

    def _reconnect(self) -> None:
        try:
            self._connection.reset()
        except Exception as exc:  # as in _execute
            raise Unreachable(failures.connection_failure(self._host, exc)) from exc

    def _execute(self, stdin: bytes, writes: bool) -> tuple[int, str, str]:
        try:
            self._connection._connect()
        except Exception as exc:  # the plugins raise their libraries' own errors (requests, winrm, pypsrp) here
            raise Unreachable(failures.connection_failure(self._host, exc)) from exc
        try:
            returned, stdout, stderr = self._connection.exec_command(encoded_command(), in_data=stdin, sudoable=False)
        except Exception as exc:  # likewise
            raise self._broken(exc, writes) from exc
        return returned, _text(stdout), _text(stderr)

    def _broken(self, cause: BaseException, writes: bool) -> Exception:
        text = failures.connection_failure(self._host, cause)
        return ExchangeError(text, uncertain=True) if writes else Unreachable(text)

    def _answer(self, envelope: Envelope) -> Answer:
        if envelope.host is None:
            # The message of a bad request could quote the request, and with it the password: it is not shown.
            raise ExchangeError(f"{self._host}: the script could not read its request. Next: report this as a bug.")
        if envelope.host.edition.casefold() == "core":
            raise ExchangeError(
                f"{self._host}: PowerShell {envelope.host.powershell} answered; Exchange needs Windows PowerShell 5.1 "
                "(or 4.0). Next: point the connection at the default endpoint of Windows PowerShell."
            )
        if envelope.error is not None and envelope.phase == "connect":
            text = failures.session_failure(envelope.host.fqdn, envelope.error, has_password=self._credential is not None)
            raise ExchangeError(self._scrub(text))
        if envelope.error is not None:
            raise ExchangeError(self._scrub(f"{self._host}: {envelope.error.message} ({envelope.error.reason})"), uncertain=True)
        return Answer(envelope.host, envelope.results, envelope.domain_controller)

    def _scrub(self, text: str) -> str:
        secret = self._credential["password"] if self._credential else ""
        return text.replace(secret, "********") if secret else text


def _text(data: bytes | str) -> str:
    return data.decode("utf-8", errors="replace") if isinstance(data, bytes) else data
