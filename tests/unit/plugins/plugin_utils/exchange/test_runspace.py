# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the runspace shell makes of each way in which one pipeline of a list can end; whole runs are stories on the
lab."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import THIS_SERVER, Cmdlet
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange import runspace_shell
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import (
    AnswerError,
    ExchangeError,
    Unreachable,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.failures import cmdlet_failure
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.link import Link
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.prompts import Asked, listen
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.runspace_shell import RunspaceShell
from pypsrp.complex_objects import GenericComplexObject, PSInvocationState
from pypsrp.exceptions import FragmentError, WSManFaultError
from pypsrp.host import PSHost, PSHostUserInterface
from pypsrp.serializer import Serializer
from pypsrp.shell import SignalCode

GET, SET, AFTER = (
    Cmdlet("Get-X", {"Server": THIS_SERVER}, ("Name",)),
    Cmdlet("Set-X", {"Methods": ("a", "b")}),
    Cmdlet("Get-Y"),
)
GONE = WSManFaultError(2150858843, "EX1", "the shell was not found", None, None, None)


def bag(**properties: Any) -> GenericComplexObject:
    found = GenericComplexObject()
    found.adapted_properties = {"OriginatingServer": "dc7", **properties}
    return found


class Connection:
    """A psrp connection whose runspace is a number: each reset makes another one."""

    transport = "psrp"

    def __init__(self) -> None:
        self.runspace: Any = None
        self.opened = 0
        self.options = {
            "remote_addr": "ex1.contoso.test.",
            "negotiate_hostname_override": None,
            "operation_timeout": 20,
        }

    @property
    def connected(self) -> bool:
        return self.runspace is not None

    def get_option(self, name: str) -> Any:
        return self.options[name]

    def _connect(self) -> None:
        if self.runspace is None:
            self.opened += 1
            self.runspace = SimpleNamespace(number=self.opened, ps_version="5.1.1")

    def close(self) -> None:
        self.runspace = None


class Pipelines:
    """Stands for pypsrp's PowerShell. ``breaks`` says which cmdlet breaks, where (begin, end, signal) and how."""

    def __init__(self, breaks: dict[tuple[str, str], Exception], state: int = PSInvocationState.COMPLETED) -> None:
        self.breaks, self.state = breaks, state
        self.sent: list[tuple[int, str, dict[str, Any]]] = []
        self.outputs: dict[str, list[Any]] = {}
        self.states: dict[str, int] = {"Get-ExchangeServer": PSInvocationState.COMPLETED}
        self.stopped: list[str] = []
        self.ended: list[str] = []
        self.open: dict[str, Any] = {}

    def __call__(self, runspace: Any) -> Any:
        return _Pipeline(self, runspace)


class _Pipeline:
    def __init__(self, of: Pipelines, runspace: Any) -> None:
        self.of, self.runspace, self.state = of, runspace, of.state
        self.streams = SimpleNamespace(error=[], warning=[])
        self.output: list[Any] = []
        self.id = f"pipeline {id(self)}"
        self.runspace_pool = SimpleNamespace(shell=SimpleNamespace(signal=self._signal), pipelines=of.open)
        of.open[self.id] = self

    def add_cmdlet(self, name: str) -> _Pipeline:
        self.name = name
        return self

    def add_parameters(self, given: dict[str, Any]) -> None:
        self.given = given

    def _step(self, where: str) -> None:
        if (self.name, where) in self.of.breaks:
            raise self.of.breaks[self.name, where]

    def begin_invoke(self) -> None:
        self._step("begin")
        self.of.sent.append((self.runspace.number, self.name, self.given))

    def end_invoke(self) -> None:
        self._step("end")
        names = {"Get-ExchangeServer": {"Name": "EX1", "Fqdn": "EX1.contoso.test"}}
        self.output = self.of.outputs.get(self.name) or [bag(**names.get(self.name, {"Name": self.name}))]
        self.state = self.of.states.get(self.name, self.of.state)

    def _signal(self, code: str, command_id: str) -> None:
        self._step("signal")
        assert (code, command_id) == (SignalCode.TERMINATE, self.id)
        self.of.ended.append(self.name)

    def stop(self) -> None:
        self._step("stop")
        self.of.stopped.append(self.name)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    def run(*cmdlets: Cmdlet, breaks: dict[tuple[str, str], Exception] | None = None, **options: Any) -> Any:
        pipelines = Pipelines(breaks or {}, options.get("state", PSInvocationState.COMPLETED))
        pipelines.outputs = options.get("outputs", {})
        pipelines.states |= options.get("states", {})
        monkeypatch.setattr(runspace_shell, "PowerShell", pipelines)
        run.sent, run.stopped, run.ended, run.open = pipelines.sent, pipelines.stopped, pipelines.ended, pipelines.open  # type: ignore[attr-defined]
        return RunspaceShell(Link(Connection(), "ex1")).run(cmdlets)

    return run


def test_one_shell_one_domain_controller_and_the_server_by_its_own_name(run: Any) -> None:
    answer = run(GET, SET, AFTER)
    assert [item.ok for item in answer.results] == [True, True, True]
    assert (answer.host.name, answer.host.fqdn, answer.domain_controller, answer.transport) == (
        "EX1",
        "EX1.contoso.test",
        "dc7",
        "psrp-exchange",
    )
    assert run.sent == [
        (1, "Get-ExchangeServer", {"Identity": "ex1.contoso.test"}),
        (1, "Get-X", {"Server": "EX1", "DomainController": "dc7"}),
        (1, "Set-X", {"Methods": ["a", "b"], "Confirm": False, "DomainController": "dc7"}),
        (1, "Get-Y", {"DomainController": "dc7"}),
    ]
    # Each pipeline is ended at the server, which counts them per shell, and forgotten here.
    assert run.ended == ["Get-ExchangeServer", "Get-X", "Set-X", "Get-Y"]
    assert run.open == {}


def test_a_read_that_breaks_is_asked_again_in_a_new_shell_that_is_identified_anew(run: Any) -> None:
    with pytest.raises(Unreachable, match="shell is gone"):
        run(GET, breaks={("Get-X", "begin"): GONE})
    assert [(number, name) for number, name, _given in run.sent] == [
        (1, "Get-ExchangeServer"),
        (2, "Get-ExchangeServer"),
    ]


@pytest.mark.parametrize(
    ("cmdlets", "breaks", "outcome"),
    [
        # Refused before it began: nothing was written, if nothing was before it.
        ((SET,), {("Set-X", "begin"): GONE}, Unreachable),
        ((SET, AFTER), {("Get-Y", "begin"): GONE}, "uncertain"),
        ((SET, SET), {("Set-X", "end"): GONE}, "uncertain"),
        ((SET,), {("Set-X", "begin"): ConnectionResetError("reset")}, "uncertain"),
        ((SET,), {("Set-X", "end"): ConnectionResetError("reset")}, "uncertain"),
        ((SET,), {("Set-X", "end"): FragmentError("torn")}, "uncertain"),
        ((GET, SET), {("Get-X", "end"): ConnectionResetError("reset")}, Unreachable),
    ],
)
def test_under_a_list_that_writes_nothing_is_repeated(
    run: Any, cmdlets: tuple[Cmdlet, ...], breaks: Any, outcome: Any
) -> None:
    with pytest.raises(ExchangeError if outcome == "uncertain" else outcome) as caught:
        run(*cmdlets, breaks=breaks)
    assert getattr(caught.value, "uncertain", False) is (outcome == "uncertain")
    assert [name for _number, name, _given in run.sent].count("Get-ExchangeServer") == 1


LOOK = Cmdlet("Get-X", {"Server": THIS_SERVER}, ("Name",), expected={"Name": "Get-X"})


def test_a_list_that_begins_with_its_own_look_goes_to_another_shell_where_the_first_one_was_closed(run: Any) -> None:
    with pytest.raises(Unreachable, match="shell is gone"):
        run(LOOK, SET, breaks={("Get-X", "begin"): GONE})
    assert [(number, name) for number, name, _given in run.sent] == [
        (1, "Get-ExchangeServer"),
        (2, "Get-ExchangeServer"),
    ]


def test_a_write_that_was_sent_is_not_repeated_because_of_the_look_before_it(run: Any) -> None:
    with pytest.raises(ExchangeError) as caught:
        run(LOOK, SET, breaks={("Set-X", "end"): ConnectionResetError("reset")})
    assert caught.value.uncertain
    assert [name for _number, name, _given in run.sent].count("Set-X") == 1


def test_nothing_is_run_behind_a_look_that_shows_something_else(run: Any) -> None:
    answer = run(replace(LOOK, expected={"Name": "z"}), SET, AFTER)
    assert [result.ran for result in answer.results] == [True, False, False]
    assert "Set-X" not in [name for _number, name, _given in run.sent]
    assert run(LOOK, SET).results[1].ok


def test_an_answer_that_cannot_be_read(run: Any) -> None:
    with pytest.raises(AnswerError, match="an answer to Get-X that cannot be read") as caught:
        run(GET, breaks={("Get-X", "end"): SyntaxError("not well-formed")})
    assert not caught.value.uncertain


BROKEN = [
    RecursionError("deep"),
    OverflowError("large"),
    struct.error("unpack"),
    StopIteration(),
    MemoryError(),
    AssertionError(),
    KeyError("x"),
    LookupError(),
]


@pytest.mark.parametrize("error", BROKEN, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("where", ["begin", "end"])
def test_whatever_the_libraries_raise_of_an_answer_is_one_message(run: Any, error: Exception, where: str) -> None:
    with pytest.raises(AnswerError, match=f"cannot be read.*{type(error).__name__}") as caught:
        run(GET, breaks={("Get-X", where): error})
    assert "win_ping" not in str(caught.value)
    with pytest.raises(AnswerError) as caught:
        run(SET, breaks={("Set-X", where): error})
    assert caught.value.uncertain


def test_a_cmdlet_that_asks_is_stopped_and_says_what_it_asked(run: Any) -> None:
    answer = run(GET, SET, AFTER, breaks={("Set-X", "end"): Asked("Confirm: really?")})
    assert [item.ok for item in answer.results] == [True, False, False]
    assert run.stopped == ["Set-X"]
    text = cmdlet_failure("ex1", SET, answer.results[1].errors[0])
    assert text.startswith(
        "ex1: Set-X -Methods @('a', 'b') -Confirm:$false failed: It asked: Confirm: really? "
        "(PromptException) Next: the cmdlet asks"
    )


@pytest.mark.parametrize("name", ["PromptForChoice", "Prompt", "ReadLine", "PromptForCredential1"])
def test_the_host_keeps_what_it_is_asked(name: str) -> None:
    runspace = SimpleNamespace(host=PSHost(None, None, False, "host", None, PSHostUserInterface(), "1.0"))
    listen(runspace)
    with pytest.raises(Asked) as caught:
        getattr(runspace.host.ui, name)(
            runspace, None, *([] if name == "ReadLine" else ["Confirm\x1b", "Are you\nsure?", [], 0])
        )
    assert str(caught.value) == ("" if name == "ReadLine" else "Confirm?: Are you sure?")


@pytest.mark.parametrize("name", ["Get-ExchangeServer", "Get-X"])
def test_xml_that_does_not_end_is_no_object_without_properties(run: Any, name: str) -> None:
    """pypsrp hands over what it cannot read as text (seen with the real serializer's output behind it)."""
    torn = Serializer().deserialize("<Obj RefId='0'><TN RefId='0'><T>X</T></TN><Props><S N='Name'>a</S><xProps></Obj>")
    with pytest.raises(AnswerError, match=f"an answer to {name} that cannot be read"):
        run(GET, outputs={name: [torn]})


def test_a_connection_that_breaks_behind_the_result_does_not_take_it_away(run: Any) -> None:
    assert run(GET, breaks={("Get-X", "signal"): GONE}).results[0].ok


def test_a_pipeline_that_the_server_stopped_is_no_success(run: Any) -> None:
    answer = run(GET, SET, state=PSInvocationState.STOPPED)
    assert [item.reason for item in answer.results[0].errors] == ["PipelineStoppedException"]
    assert [item.ran for item in answer.results] == [True, False]


def test_a_server_that_is_not_found_by_this_name(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connection, "get_option", lambda self, name: "10.0.0.1" if name == "remote_addr" else None)
    with pytest.raises(ExchangeError, match=r"10\.0\.0\.1 is not the name of an Exchange server") as caught:
        run(SET)
    assert "set ansible_host to the server's own fully qualified name" in str(caught.value)
    assert [name for _number, name, _given in run.sent] == ["Get-ExchangeServer"]


NO_SERVERS = {"Get-ExchangeServer": PSInvocationState.FAILED}


def test_what_names_no_server_does_not_rest_on_the_list_of_servers(run: Any) -> None:
    answer = run(AFTER, SET, states=NO_SERVERS)
    assert [item.ok for item in answer.results] == [True, True]
    assert (answer.host.fqdn, answer.domain_controller) == ("ex1.contoso.test", "dc7")
    # The first read names the domain controller for what comes after it.
    assert run.sent[2:] == [
        (1, "Set-X", {"Methods": ["a", "b"], "Confirm": False, "DomainController": "dc7"}),
    ]


@pytest.mark.parametrize("cmdlets", [(), (AFTER, GET, SET)])
def test_where_the_server_matters_an_unreadable_list_of_servers_ends_the_task(run: Any, cmdlets: Any) -> None:
    with pytest.raises(ExchangeError, match=r"Get-ExchangeServer -Identity 'ex1.contoso.test' failed"):
        run(*cmdlets, states=NO_SERVERS)
    assert [name for _number, name, _given in run.sent] == ["Get-ExchangeServer"]
