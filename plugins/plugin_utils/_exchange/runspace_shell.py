# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The runspace transport: psrp straight to Exchange's own endpoint, which runs cmdlets and no script text."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import (
    Cmdlet,
    CmdletResult,
    ErrorRecord,
    ThisServer,
)

from . import failures
from .clixml import category, properties
from .contract import Answer, HostIdentity
from .errors import AnswerError, ExchangeError, not_local
from .guard import LimitError, unreadable
from .link import Link
from .prompts import Asked, record
from .raw import shape

try:
    from pypsrp.complex_objects import PSInvocationState
    from pypsrp.exceptions import WinRMError, WSManFaultError
    from pypsrp.powershell import PowerShell
    from pypsrp.shell import SignalCode
    from requests.exceptions import RequestException
except ImportError as exc:
    # Only a psrp connection gets as far as using these, and that plugin needs them first and names what is missing.
    _MISSING = exc.name

# In the results, beside "winrm" and "psrp".
TRANSPORT: Final = "psrp-exchange"


class RunspaceShell:
    """One runspace for everything a task does: each cmdlet is a pipeline of its own, as typed data."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._known: tuple[Any, HostIdentity, str | None] | None = None

    def run(self, cmdlets: Sequence[Cmdlet], *, domain_controller: str | None = None) -> Answer:
        """Run the list in the shell that is open; where a connection fails under a write, its outcome is uncertain."""
        self._refuse_local(cmdlets)
        return self._link.retry_read(lambda: self._all(cmdlets, domain_controller), writes=_is_sent_once(cmdlets))

    def _refuse_local(self, cmdlets: Sequence[Cmdlet]) -> None:
        """Before anything is sent: this endpoint has Exchange's cmdlets and nothing of the server's own."""
        local = [cmdlet.typed() for cmdlet in cmdlets if cmdlet.local]
        if local:
            raise not_local(self._link.host, f"{'; '.join(local)} cannot be run over Exchange's own endpoint.")

    def _all(self, cmdlets: Sequence[Cmdlet], controller: str | None) -> Answer:
        self._link.connect()
        # One more: whose name is it?
        with self._link.work(len(cmdlets) + 1):
            return self._run(cmdlets, controller)

    def _run(self, cmdlets: Sequence[Cmdlet], controller: str | None) -> Answer:
        host, own = self._who(cmdlets)
        controller = controller or own
        results: list[CmdletResult] = []
        wrote = False
        for cmdlet in cmdlets:
            results.append(self._invoke(cmdlet, host.name, controller, wrote=wrote))
            wrote = wrote or cmdlet.writes
            controller = controller or (None if cmdlet.raw else _controller(results[-1]))
            if cmdlet.ends(results[-1]):
                break
        results += [CmdletResult([], [], [], ran=False)] * (len(cmdlets) - len(results))
        return Answer(host, results, controller, TRANSPORT)

    def _who(self, cmdlets: Sequence[Cmdlet]) -> tuple[HostIdentity, str | None]:
        """Who this is and which domain controller serves this shell; asked once per shell."""
        runspace = self._link.connection.runspace
        if self._known is None or self._known[0] is not runspace:
            address = self._address()
            who = Cmdlet("Get-ExchangeServer", {"Identity": address}, ("Name", "Fqdn"))
            result = self._invoke(who, "", None, wrote=False)
            if _unanswered(result):
                # The organization is one, whichever server shows it: what names no server needs none, and so the
                # way back does not rest on this read. Nothing is kept, the next list asks again.
                if not cmdlets or any(_names_this_server(cmdlet) for cmdlet in cmdlets):
                    raise ExchangeError(failures.cmdlet_failure(self._link.host, who, result.errors[0]))
                return HostIdentity(address, address, self._powershell(), "Desktop"), None
            self._known = (runspace, *self._identify(address, result, who.name))
        return self._known[1], self._known[2]

    def _identify(self, address: str, result: CmdletResult, cmdlet: str) -> tuple[HostIdentity, str | None]:
        """The server whose own name the connection uses. The front end may run the shell on another one, and a name
        that several servers share would make each task write to whichever answers: both are why the name must be a
        server's own.
        """
        servers = result.properties(cmdlet)
        named = [server for server in servers if fold(server.label("Fqdn", "")) == fold(address)]
        if len(named) != 1:
            names = [server.label("Fqdn", "a server without a readable name") for server in servers]
            raise ExchangeError(failures.not_a_server(self._link.host, address, names))
        server, fqdn = named[0], named[0].label("Fqdn", "")
        identity = HostIdentity(server.label("Name", fqdn), fqdn, self._powershell(), "Desktop")
        return identity, server.label("OriginatingServer", "") or None

    def _powershell(self) -> str:
        return str(getattr(self._link.connection.runspace, "ps_version", "") or "")

    def _address(self) -> str:
        """The name that the connection signs in to: the service principal name's, where it is set apart from the
        address."""
        option = self._link.connection.get_option
        return str(option("negotiate_hostname_override") or option("remote_addr")).rstrip(".")

    def _invoke(self, cmdlet: Cmdlet, server: str, controller: str | None, *, wrote: bool) -> CmdletResult:
        """One pipeline. ``wrote``: a write of this list was sent before it."""
        pipeline = PowerShell(self._link.connection.runspace)
        pipeline.add_cmdlet(cmdlet.name).add_parameters(_arguments(cmdlet, server, controller))
        writing = wrote or cmdlet.writes
        began = monotonic()
        try:
            pipeline.begin_invoke()
        except WSManFaultError as exc:
            # The server refused it before it began.
            raise self._link.failure(exc, writing=wrote) from exc
        except Exception as exc:  # as in Link
            raise self._link.failure(exc, writing=writing) from exc
        try:
            pipeline.end_invoke()
            result = _result(cmdlet, pipeline, int((monotonic() - began) * 1000))
        except Asked as exc:
            result = CmdletResult([], [record(str(exc))], [])
            self._stop(pipeline)
            return result
        except Exception as exc:  # as in Link
            raise self._ended(exc, cmdlet, writing) from exc
        self._finish(pipeline)
        return result

    def _ended(self, cause: Exception, cmdlet: Cmdlet, writing: bool) -> Exception:
        """What it means that a pipeline did not end well."""
        if not unreadable(cause):
            return self._link.failure(cause, writing=writing)
        text = failures.answer_failure(
            self._link.host, f"an answer to {cmdlet.name} that cannot be read", type(cause).__name__, str(cause)
        )
        return AnswerError(text, uncertain=writing)

    def _stop(self, pipeline: Any) -> None:
        """End a pipeline that waits for an answer; as long as it waits the runspace does nothing else."""
        try:
            pipeline.stop()
        except (WinRMError, RequestException, OSError, LimitError) as exc:
            raise self._link.failure(exc, writing=True) from exc

    @staticmethod
    def _finish(pipeline: Any) -> None:
        """Tell the server that the pipeline is done with: it counts them per shell.

        These are the words that pypsrp 0.8, 0.9 and 1.0 share; only 0.9 has PowerShell.close(), which does the same.
        """
        pool = pipeline.runspace_pool
        try:
            pool.shell.signal(SignalCode.TERMINATE, command_id=pipeline.id)
            pool.pipelines.pop(pipeline.id, None)
        except (WinRMError, RequestException, OSError, LimitError):
            # The result is here. A connection that broke now is noticed, and explained, by the next cmdlet.
            return


def _unanswered(result: CmdletResult) -> bool:
    """True where the server list could not be read; a name that no server has is an answer."""
    first = result.errors[0] if result.errors else None
    return first is not None and "managementobjectnotfound" not in fold(f"{first.id} {first.reason}")


def _is_sent_once(cmdlets: Sequence[Cmdlet]) -> bool:
    """Whether a list writes by what an earlier one of the same shell read. One that begins with its own look may be
    sent to another shell as long as no write of it was: the server closes a shell that waited for its turn too
    long."""
    return any(cmdlet.writes for cmdlet in cmdlets) and cmdlets[0].expected is None


def _names_this_server(cmdlet: Cmdlet) -> bool:
    return any(isinstance(value, ThisServer) for value in cmdlet.sent.values())


def _controller(result: CmdletResult) -> str | None:
    """The domain controller that served a read, as its first object says."""
    return next((str(item["OriginatingServer"]) for item in result.objects if item.get("OriginatingServer")), None)


def _arguments(cmdlet: Cmdlet, server: str, controller: str | None) -> dict[str, Any]:
    """The parameters as pypsrp serializes them: built-in types, lists for tuples."""
    given = {name: _argument(value, server) for name, value in cmdlet.sent.items()}
    if cmdlet.pin and controller and "DomainController" not in given:
        given["DomainController"] = controller
    return given


def _argument(value: Any, server: str) -> Any:
    if isinstance(value, ThisServer):
        return server
    return [str(item) for item in value] if isinstance(value, (list, tuple)) else value


def _result(cmdlet: Cmdlet, pipeline: Any, milliseconds: int) -> CmdletResult:
    names = tuple(dict.fromkeys((*cmdlet.returns, "OriginatingServer")))
    errors = [_record(item) for item in pipeline.streams.error]
    if pipeline.state != PSInvocationState.COMPLETED and not errors:
        # Exchange ends the pipelines of an account that is over its budget without an error record.
        errors.append(
            ErrorRecord(
                "PipelineStopped",
                "OperationStopped",
                "PipelineStoppedException",
                "",
                f"The server stopped {cmdlet.name}.",
            )
        )
    output = [_whole(item) for item in pipeline.output if item is not None]
    warnings = [str(item.message) for item in pipeline.streams.warning]
    if cmdlet.raw:
        return CmdletResult([shape(item) for item in output], errors, warnings, milliseconds=milliseconds)
    return CmdletResult([properties(item, names) for item in output], errors, warnings)


def _whole(item: Any) -> Any:
    """An object of the answer. XML that pypsrp cannot read it hands over as text, without a word: that is no object
    without properties."""
    if isinstance(item, str):
        raise ValueError("XML that does not end")
    return item


def _record(found: Any) -> ErrorRecord:
    """An error record as data, as the script transport gives it."""
    exception = found.exception
    message = properties(exception, ("Message",)).get("Message") or str(found)
    reason = found.reason or next(iter(getattr(exception, "types", [])), "").rpartition(".")[2]
    return ErrorRecord(
        str(found.fq_error or ""), category(found.category), str(reason), str(found.target_name or ""), str(message)
    )
