# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's answers beside recordings of real Windows: the same elements in the same order, the same codes.

Real Windows was recorded for the tests of pypsrp (github.com/jborean93/pypsrp, tests/tests_pypsrp/responses, seen at
commit 42a34ed). What stands here are outlines written after looking at them; of the recordings themselves nothing is
copied. An element followed by ``?`` stands in some of the recordings only. Attributes are in brackets.
"""

from __future__ import annotations

import base64
import re
import struct
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import pytest
import requests
import yaml
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan

from tests.lab.client import LabClient, running
from tests.unit.lab.pipelines import ended

PREFIXES = {
    "http://www.w3.org/2003/05/soap-envelope": "s",
    "http://schemas.xmlsoap.org/ws/2004/08/addressing": "a",
    "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd": "w",
    "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd": "p",
    "http://schemas.xmlsoap.org/ws/2004/09/transfer": "x",
    "http://schemas.microsoft.com/wbem/wsman/1/windows/shell": "rsp",
    "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault": "f",
}
NS = {prefix: uri for uri, prefix in PREFIXES.items()}
SHELL = NS["rsp"]
ANONYMOUS = f"{NS['a']}/role/anonymous"
HEADER = "s:Header(a:Action a:MessageID p:ActivityId? a:To a:RelatesTo)"
FAULT = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"
CREATED = "x:ResourceCreated(a:Address a:ReferenceParameters(w:ResourceURI w:SelectorSet(w:Selector[Name])))"
CMD_SHELL = (
    "rsp:Shell(rsp:ShellId rsp:ResourceUri rsp:Owner rsp:ClientIP rsp:IdleTimeOut rsp:InputStreams "
    "rsp:OutputStreams rsp:ShellRunTime rsp:ShellInactivity)"
)
PSRP_SHELL = (
    "rsp:Shell(rsp:ShellId rsp:ResourceUri rsp:Owner rsp:ClientIP rsp:ProcessId rsp:IdleTimeOut "
    "rsp:InputStreams rsp:OutputStreams rsp:MaxIdleTimeOut "
    "rsp:Locale rsp:DataLocale rsp:CompressionMode rsp:ProfileLoaded rsp:Encoding rsp:BufferMode rsp:State "
    "rsp:ShellRunTime rsp:ShellInactivity)"
)
# Numbers of MS-PSRP 2.2.1.
CAPABILITY, PRIVATE_DATA, POOL_STATE = 0x00010002, 0x00021009, 0x00021005
OUTPUT, PIPELINE_STATE = 0x00041004, 0x00041006
DONE = "rsp:CommandState[CommandId,State](rsp:ExitCode)"
DATA, END = "rsp:Stream[Name,CommandId]", "rsp:Stream[Name,CommandId,End]"
PLAIN_FAULT = (
    "s:Fault(s:Code(s:Value s:Subcode(s:Value)) s:Reason(s:Text[lang]) s:Detail(f:WSManFault[Code,Machine](f:Message)))"
)
DETAILED_FAULT = PLAIN_FAULT.replace("s:Detail(", "s:Detail(w:FaultDetail ")


@dataclass
class Answer:
    """An answer as outlines and values."""

    status: int
    root: ElementTree.Element

    @property
    def header(self) -> str:
        return outline(self.root[0])

    @property
    def body(self) -> str:
        return " ".join(outline(item) for item in self.root[1])

    def value(self, path: str) -> str | None:
        return self.root.findtext(f".//{path}", None, NS)

    @property
    def fault(self) -> tuple[Any, ...]:
        found = self.root.find(".//f:WSManFault", NS)
        code = found.get("Code") if found is not None else None
        detail = (self.value("w:FaultDetail") or "").rpartition("/")[2]
        return self.status, self.value("s:Code/s:Value"), self.value("s:Subcode/s:Value"), code, detail


def outline(element: ElementTree.Element) -> str:
    uri, _brace, name = element.tag[1:].partition("}")
    attributes = ",".join(key.rpartition("}")[2] for key in element.attrib)
    inner = " ".join(outline(item) for item in element)
    return f"{PREFIXES[uri]}:{name}" + (f"[{attributes}]" if attributes else "") + (f"({inner})" if inner else "")


def like(recorded: str) -> str:
    """An outline with optional elements as a pattern."""
    return re.sub(r" ([\w:]+)\\\?", r"(?: \1)?", re.escape(recorded).replace("\\ ", " "))


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabClient]:
    with running("default", tmp_path_factory.mktemp("lab")) as started:
        yield started


class Wire:
    """A client that shows answers as they come."""

    def __init__(self, lab: LabClient) -> None:
        host = yaml.safe_load(lab.inventory.read_text("utf-8"))["all"]["children"]["exchange_servers"]["hosts"][
            "ex1.corp.contoso.test"
        ]
        self._url = f"https://127.0.0.1:{host['ansible_port']}/wsman"
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = str(lab.folder / "ca.pem")
        self._session.auth = ("localadmin", 'l0c4l "admin"')
        self.message_id = ""

    def send(
        self, action: str, body: str = "", *, shell: str = "", uri: str = f"{SHELL}/cmd", timeout: str = "PT5S"
    ) -> Answer:
        self.message_id = f"uuid:{str(uuid.uuid4()).upper()}"
        name = f"{NS['x']}/{action}" if action in ("Create", "Delete", "Get") else f"{SHELL}/{action}"
        selector = f'<w:SelectorSet><w:Selector Name="ShellId">{shell}</w:Selector></w:SelectorSet>' if shell else ""
        spaces = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in NS.items())
        text = (
            f"<s:Envelope "
            f"{spaces}><s:Header><a:Action>{name}</a:Action><a:MessageID>{self.message_id}</a:MessageID><w:ResourceURI>{uri}</w:ResourceURI>"
            f"<w:OperationTimeout>{timeout}</w:OperationTimeout>{selector}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
        )
        answer = self._session.post(
            self._url, data=text, headers={"Content-Type": "application/soap+xml;charset=UTF-8"}, timeout=20
        )
        return Answer(answer.status_code, ElementTree.fromstring(answer.content))

    def shell(self) -> str:
        created = self.send(
            "Create",
            "<rsp:Shell><rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout "
            "stderr</rsp:OutputStreams></rsp:Shell>",
        )
        return created.value("rsp:ShellId") or ""

    def command(self, shell: str, line: str = "exit") -> str:
        return (
            self.send(
                "Command", f"<rsp:CommandLine><rsp:Command>{line}</rsp:Command></rsp:CommandLine>", shell=shell
            ).value("rsp:CommandId")
            or ""
        )

    def receive(self, shell: str, command: str, **options: str) -> Answer:
        wanted = (
            f'<rsp:Receive><rsp:DesiredStream CommandId="{command}">stdout stderr</rsp:DesiredStream></rsp:Receive>'
        )
        return self.send("Receive", wanted, shell=shell, **options)


@pytest.fixture
def wire(lab: LabClient) -> Wire:
    return Wire(lab)


def same(answer: Answer, wire: Wire, action: str, body: str) -> None:
    assert re.fullmatch(like(HEADER), answer.header)
    assert re.fullmatch(like(body), answer.body)
    assert (answer.value("a:Action"), answer.value("a:To"), answer.value("a:RelatesTo")) == (
        action,
        ANONYMOUS,
        wire.message_id,
    )


def test_a_shell_from_create_to_delete(wire: Wire) -> None:
    """As in the recordings test_winrs_standard and test_winrs_send."""
    created = wire.send("Create", "<rsp:Shell/>")
    same(created, wire, f"{NS['x']}/CreateResponse", f"{CREATED} {CMD_SHELL}")
    shell = created.value("rsp:ShellId") or ""
    assert created.value("w:Selector") == shell == shell.upper()
    assert created.value("rsp:Owner") == "localadmin"
    assert (created.value("rsp:IdleTimeOut"), created.value("rsp:ShellRunTime")) == ("PT7200.000S", "P0DT0H0M0S")

    command = wire.send("Command", "<rsp:CommandLine><rsp:Command>exit</rsp:Command></rsp:CommandLine>", shell=shell)
    same(command, wire, f"{SHELL}/CommandResponse", "rsp:CommandResponse(rsp:CommandId)")
    identity = command.value("rsp:CommandId") or ""

    data = base64.b64encode(b"x").decode("ascii")
    sent = wire.send(
        "Send",
        f'<rsp:Send><rsp:Stream Name="stdin" CommandId="{identity}" End="true">{data}</rsp:Stream></rsp:Send>',
        shell=shell,
    )
    same(sent, wire, f"{SHELL}/SendResponse", "rsp:SendResponse")

    received = wire.receive(shell, identity)
    # What was written, then the ends of both streams, then the state.
    same(received, wire, f"{SHELL}/ReceiveResponse", f"rsp:ReceiveResponse({DATA} {END} {END} {DONE})")
    assert [item.get("Name") for item in received.root.iterfind(".//rsp:Stream", NS)] == ["stderr", "stdout", "stderr"]
    state = received.root.find(".//rsp:CommandState", NS)
    assert state is not None
    assert state.get("State") == f"{SHELL}/CommandState/Done"

    signal = wire.send(
        "Signal",
        f'<rsp:Signal CommandId="{identity}"><rsp:Code>{SHELL}/signal/terminate</rsp:Code></rsp:Signal>',
        shell=shell,
    )
    same(signal, wire, f"{SHELL}/SignalResponse", "rsp:SignalResponse")
    same(wire.send("Delete", shell=shell), wire, f"{NS['x']}/DeleteResponse", "")


def test_an_operation_timeout(lab: LabClient, wire: Wire) -> None:
    """As in test_winrs_operation_timeout: a fault of the receiver, and the output later."""
    shell = wire.shell()
    lab.fault(at="command", action="slow", host="EX1", seconds=1.5, count=1)
    command = wire.command(shell)
    answer = wire.receive(shell, command, timeout="PT1S")
    same(answer, wire, FAULT, PLAIN_FAULT)
    assert answer.fault == (500, "s:Receiver", "w:TimedOut", "2150858793", "")
    assert answer.value("s:Text") == answer.value("f:Message")
    assert wire.receive(shell, command).body.endswith(f"{DONE})")


@pytest.mark.parametrize("what", ["command", "shell"])
def test_something_that_is_not_there(wire: Wire, what: str) -> None:
    """As in test_winrs_bad_cmd_id and test_psrp_is_alive_invalid_selectors."""
    shell = wire.shell()
    nobody = str(uuid.uuid4()).upper()
    answer = wire.receive(shell, nobody) if what == "command" else wire.receive(nobody, nobody)
    same(answer, wire, FAULT, DETAILED_FAULT)
    assert answer.fault == (500, "s:Sender", "w:InvalidSelectors", "2150858843", "UnexpectedSelectors")


def test_a_configuration_that_is_not_there(wire: Wire) -> None:
    """Not among the recordings: the code and the message are from public reports, the rest is assumed to be as in other
    faults."""
    answer = wire.send("Create", "<rsp:Shell/>", uri="http://schemas.microsoft.com/powershell/Microsoft.Exchange")
    same(answer, wire, FAULT.replace("http://schemas.dmtf.org/wbem/wsman/1/wsman/", f"{NS['a']}/"), DETAILED_FAULT)
    assert answer.fault == (500, "s:Sender", "a:DestinationUnreachable", "2150858811", "InvalidResourceURI")


def talk(lab: LabClient, command: str, *, script: bool) -> tuple[list[Answer], PowerShell]:
    """Open Exchange's endpoint, run one command, close; every answer, and what the client made of them."""
    host = yaml.safe_load(lab.inventory.read_text("utf-8"))["all"]["children"]["exchange_servers"]["hosts"][
        "ex1.corp.contoso.test"
    ]
    bundle: Any = str(lab.folder / "ca.pem")
    account = {"username": host["ansible_user"], "password": host["ansible_password"]}
    connection: Any = WSMan(
        "127.0.0.1", port=host["ansible_port"], path="PowerShell", auth="basic", **account, cert_validation=bundle
    )
    answers: list[Answer] = []
    send = connection.transport.send

    def spy(data: bytes, **options: Any) -> Any:
        content = send(data, **options)
        answers.append(Answer(200, ElementTree.fromstring(content)))
        return content

    connection.transport.send = spy
    with RunspacePool(connection, configuration_name="Microsoft.Exchange") as runspace:
        pipeline = PowerShell(runspace)
        _added = pipeline.add_script(command) if script else pipeline.add_cmdlet(command)
        try:
            pipeline.invoke()
        finally:
            ended(pipeline)
    return answers, pipeline


def messages(answers: list[Answer]) -> list[tuple[int, bytes]]:
    """The PSRP messages in the streams of answers, in order: type and content of the first fragment of each."""
    found = []
    for answer in answers:
        for stream in answer.root.iterfind(".//rsp:Stream", NS):
            data = base64.b64decode(stream.text or "")
            while data:
                flags, length = struct.unpack(">BI", data[16:21])
                fragment, data = data[21 : 21 + length], data[21 + length :]
                if flags & 1:
                    found.append((struct.unpack("<I", fragment[4:8])[0], fragment[40:]))
    return found


def test_a_runspace_from_create_to_delete(lab: LabClient) -> None:
    """As in test_psrp_with_jea_configuration: the opening, a pipeline that ends well, and what is closed."""
    answers, _pipeline = talk(lab, "Get-OrganizationConfig", script=False)
    assert re.fullmatch(like(f"{CREATED} {PSRP_SHELL}"), answers[0].body)
    created = answers[0]
    assert (created.value("rsp:InputStreams"), created.value("rsp:OutputStreams"), created.value("rsp:State")) == (
        "stdin pr",
        "stdout",
        "Connected",
    )
    seen = [number for number, _content in messages(answers)]
    assert [number for number in seen if number != PIPELINE_STATE] == [CAPABILITY, PRIVATE_DATA, POOL_STATE, OUTPUT]
    assert seen[-1] == PIPELINE_STATE
    receives = [item.body for item in answers if (item.value("a:Action") or "").endswith("ReceiveResponse")]
    # No state until the pipeline is done, then with the last data.
    assert [item for item in receives if "CommandState" in item] == receives[-1:]
    assert receives[-1].endswith(f"{DONE})")
    assert answers[-1].body == ""


def test_script_text_in_no_language_mode(lab: LabClient) -> None:
    """As at the end of test_psrp_with_jea_configuration: no error record, but a state Failed that holds it."""
    answers, pipeline = talk(lab, "$true", script=True)
    failed = [content for number, content in messages(answers) if number == PIPELINE_STATE][-1].decode("utf-8-sig")
    state = ElementTree.fromstring(failed)
    assert state.findtext(".//I32[@N='PipelineState']") == "5"
    record = state.find(".//Obj[@N='ExceptionAsErrorRecord']")
    assert record is not None
    assert (
        record.findtext("ToString")
        == "The syntax is not supported by this runspace. This can occur if the runspace is in no-language mode."
    )
    exception = record.find(".//Obj[@N='Exception']")
    assert exception is not None
    assert next(item.text for item in exception.iterfind("TN/T")) == "System.Management.Automation.ParseException"
    assert pipeline.had_errors
