# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Request and envelope, and what a shell makes of each way in which a connection can fail."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import THIS_SERVER, Cmdlet
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import ExchangeError, Unreachable
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.prompts import Asked
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.protocol import (
    EnvelopeError,
    Request,
    parse_envelope,
    request_for,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.shell import open_shell
from hypothesis import given
from hypothesis import strategies as st

HOST = {"name": "EX1", "fqdn": "ex1.contoso.test", "powershell": "5.1", "edition": "Desktop"}
GOOD: dict[str, Any] = {
    "version": 1,
    "host": HOST,
    "phase": "done",
    "error": None,
    "domain_controller": None,
    "results": [],
}
RECORD = {"id": "", "category": "", "reason": "", "target": "", "message": "no"}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3), max_leaves=5
)


NONCE = "0123456789abcdef" * 2


def asked(*cmdlets: Cmdlet) -> Request:
    return Request(cmdlets, NONCE, "")


def printed(answer: Any, nonce: str = NONCE) -> str:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return f"\r\n<<<hybrid.exchange 1 {nonce}\r\n{text}\r\nhybrid.exchange 1 {nonce}>>>\r\n"


@given(st.dictionaries(st.text(min_size=1), VALUES, max_size=4), st.text())
def test_a_request_is_one_line_of_ascii_and_means_what_was_given(parameters: dict[str, Any], password: str) -> None:
    line = request_for(
        [Cmdlet("Get-X", parameters)], credential={"user": "u", "password": password}, domain_controller=None
    ).line
    assert line.isascii()
    assert "\n" not in line
    assert json.loads(line)["commands"][0]["parameters"] == parameters
    assert json.loads(line)["credential"]["password"] == password


def test_this_server_is_left_to_the_script() -> None:
    line = request_for([Cmdlet("Get-X", {"Server": THIS_SERVER})], credential=None, domain_controller=None).line
    assert json.loads(line)["commands"][0]["parameters"] == {"Server": {"this_server": True}}


@given(
    st.lists(st.text("abc {}<>[]\"'")),
    st.lists(st.text("abc {}<>[]\"'")),
    st.dictionaries(st.text(), VALUES, max_size=3),
)
def test_noise_around_the_envelope_is_ignored(before: list[str], after: list[str], found: dict[str, Any]) -> None:
    answer = {**GOOD, "results": [{"objects": [found], "errors": [RECORD], "warnings": []}]}
    envelope = parse_envelope(
        "\n".join(before) + "\n" + printed(answer) + "\n".join(after), asked(Cmdlet("Get-X"), Cmdlet("Get-Y"))
    )
    assert envelope.results[0].objects == [found]
    assert [item.ran for item in envelope.results] == [True, False]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "no answer"),
        ("some text", "no answer"),
        (printed(GOOD) * 2, "more than one answer"),
        (printed(GOOD)[:80], "a cut answer"),
        (printed(GOOD).replace(">>>", ""), "a cut answer"),
        (printed({**GOOD, "version": 2}), "an answer of version 2"),
        (printed({"version": 1}), "another shape"),
        (printed("{not json}"), "another shape"),
    ],
)
def test_what_is_no_envelope(text: str, what: str) -> None:
    with pytest.raises(EnvelopeError, match=what):
        parse_envelope(text, asked())


class Connection:
    """The three things of a connection plugin that the transport uses."""

    transport = "winrm"

    def __init__(self, stdout: str = "", connect: Exception | None = None, execute: Exception | None = None) -> None:
        self.stdout, self.connect, self.execute = stdout, connect, execute
        self.connected, self.sent = False, 0
        self.options: dict[str, Any] = {
            "remote_user": "u",
            "remote_password": "s3cret",
            "configuration_name": "Microsoft.PowerShell",
        }
        self.options |= {"_extras": {}, "connection_timeout": None}

    def get_option(self, name: str) -> Any:
        return self.options[name]

    def _connect(self) -> None:
        if self.connect:
            raise self.connect
        self.connected = True

    def close(self) -> None:
        self.connected = False

    def exec_command(self, command: str, in_data: bytes, sudoable: bool) -> tuple[int, bytes, bytes]:
        self.sent += 1
        if self.execute:
            raise self.execute
        nonce = json.loads(in_data.partition(b"\n")[0])["nonce"]
        return 0, self.stdout.replace(NONCE, nonce).encode(), b"something on stderr, with s3cret in it"


def run(connection: Connection, *cmdlets: Cmdlet, **options: Any) -> Any:
    shell = open_shell(
        connection, host="ex1", exchange_user=options.get("user"), exchange_password=options.get("password")
    )
    return shell.run(cmdlets)


@pytest.mark.parametrize(
    ("failure", "hint"),
    [
        (AnsibleConnectionFailure("the specified credentials were rejected by the server"), "check ansible_user"),
        (OSError("certificate verify failed: unable to get local issuer certificate"), "ansible_winrm_ca_trust_path"),
        # No authority mends these.
        (
            OSError(
                "certificate verify failed: IP address mismatch, certificate is not valid for '10.0.0.1'. (_ssl.c:1)"
            ),
            "set ansible_host to a name that is in the certificate",
        ),
        (OSError("certificate verify failed: certificate has expired (_ssl.c:1)"), "renew it on the server"),
        (OSError("SSLError(1, '[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1)')"), "ansible_winrm_scheme"),
        (OSError("('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))"), "fit each other"),
        (OSError("Failed to resolve 'ex1' ([Errno -2] Name or service not known)"), "no address of this name"),
        (
            AnsibleConnectionFailure("ntlm: auth method ntlm requires a username"),
            "set ansible_user and ansible_password",
        ),
        (OSError("Connection refused"), "nothing listens there"),
        (TimeoutError("timed out"), "raise the connection's timeouts"),
        (RuntimeError("WSManFault code 2150858811"), "ansible_psrp_configuration_name"),
        (RuntimeError("Received a WSManFault message. (Code: 170, Machine: EX1)"), "too busy"),
        (RuntimeError("Received a WSManFault message. (Code: 2150859173)"), "quota of shells"),
        (RuntimeError("Received a WSManFault message. (Code: 2150858843)"), "its shell is gone"),
        (RuntimeError("Received a WSManFault message. (Code: 2150858793)"), "ansible_winrm_operation_timeout_sec"),
        (RuntimeError("Bad HTTP response returned from server. Code 503"), "application pool"),
        (RuntimeError("ntlm: Bad HTTP response returned from server. Code 500"), "ansible_winrm_message_encryption"),
        # pywinrm puts the http status of every fault into its text; that alone is no question of encryption.
        (
            RuntimeError(
                "x (extended fault data: {'transport_message': 'Bad HTTP response returned from server. Code "
                "500', 'wsmanfault_code': 170})"
            ),
            "too busy",
        ),
        (
            AnsibleConnectionFailure("basic: the specified credentials were rejected by the server"),
            "for local accounts only",
        ),
        (
            AnsibleConnectionFailure("credssp: requests auth method is credssp, but requests-credssp is not installed"),
            "pip install requests-credssp",
        ),
        (
            AnsibleConnectionFailure("Authentication Requested but the python kerberos library is not installed."),
            "requirements-kerberos.txt",
        ),
        (
            AnsibleConnectionFailure("Kerberos auth failure for principal u@R: kinit: Password incorrect"),
            "kinit got no ticket",
        ),
        # kinit's own reason stands behind what pywinrm says of each.
        (
            AnsibleConnectionFailure("Kerberos auth failure for principal u@R: kinit: Clock skew too great"),
            "differ by more than five minutes",
        ),
        (
            AnsibleConnectionFailure("Kerberos auth failure for principal u@r: kinit: Cannot find KDC for realm 'r'"),
            "no domain controller is known",
        ),
        (RuntimeError("('Server not found in Kerberos database', -1765328377)"), "service principal name"),
        (RuntimeError("Preauthentication failed -1765328360"), "ticket was refused"),
        (RuntimeError("Clock skew too great"), "differ by more than five minutes"),
        (RuntimeError("Cannot contact any KDC for realm 'R'"), "port 88"),
        (RuntimeError("Cannot find KDC for realm 'R'"), "no domain controller is known"),
    ],
)
def test_no_connection_is_unreachable(failure: Exception, hint: str) -> None:
    with pytest.raises(Unreachable, match=hint):
        run(Connection(connect=failure), Cmdlet("Set-X"))
    with pytest.raises(Unreachable, match=hint):
        run(Connection(execute=failure), Cmdlet("Get-X"))


def test_the_quota_of_winrm_is_not_that_of_exchange() -> None:
    said = "This user is allowed a maximum number of 30 concurrent shells, which has been exceeded. "
    fault = (
        f"{said} (extended fault data: {{'transport_message': 'Code 500', 'wsmanfault_code': 2150859173, "
        f"'fault_code': 's:Sender'}})"
    )
    with pytest.raises(Unreachable, match=r"exceeded\. \(WSManFault 2150859173\)\. Next: the quota of shells"):
        run(Connection(connect=AnsibleConnectionFailure(fault)), Cmdlet("Get-X"))


@pytest.mark.parametrize("half", [{"user": "CONTOSO\\hma"}, {"password": "s3cret"}])
def test_half_an_exchange_account_is_refused(half: dict[str, str]) -> None:
    connection = Connection(printed(GOOD))
    with pytest.raises(ExchangeError, match="only one is set"):
        run(connection, Cmdlet("Get-X"), **half)
    assert connection.sent == 0


def test_a_connection_that_breaks_under_a_write_is_uncertain() -> None:
    connection = Connection(execute=ConnectionResetError("reset"))
    with pytest.raises(ExchangeError) as caught:
        run(connection, Cmdlet("Get-X"), Cmdlet("Set-X"))
    assert caught.value.uncertain
    assert connection.sent == 1


@pytest.mark.parametrize(("name", "uncertain"), [("Get-X", False), ("Set-X", True)])
def test_a_question_in_the_middle_of_the_script(name: str, uncertain: bool) -> None:
    connection = Connection(execute=Asked("Confirm: really?"))
    with pytest.raises(
        ExchangeError, match=r"ex1: a cmdlet asked: Confirm: really\? Next: the cmdlet asks for a confirmation"
    ) as caught:
        run(connection, Cmdlet(name))
    assert caught.value.uncertain is uncertain
    assert connection.sent == 1


def test_a_cmdlet_that_writes_is_told_not_to_ask() -> None:
    line = request_for(
        [Cmdlet("Set-X", {"Identity": "a"}), Cmdlet("Get-X")], credential=None, domain_controller=None
    ).line
    assert [item["parameters"] for item in json.loads(line)["commands"]] == [{"Identity": "a", "Confirm": False}, {}]


@pytest.mark.parametrize(
    "text",
    [
        printed(GOOD, ""),
        printed(GOOD, "0" * 32),
        printed(GOOD, NONCE.upper()),
        printed(GOOD).replace(f"<<<hybrid.exchange 1 {NONCE}", "<<<hybrid.exchange 1"),
        printed(GOOD).replace("\r\n<<<", "\ufeff<<<"),
        printed(GOOD).replace("\r\n<<<", "PS C:\\> <<<"),
    ],
)
def test_an_answer_without_the_nonce_of_its_request_is_none(text: str) -> None:
    with pytest.raises(EnvelopeError, match="no answer"):
        parse_envelope(text, asked())
    assert parse_envelope(text + printed(GOOD), asked()).phase == "done"


def test_no_two_requests_have_the_same_nonce() -> None:
    assert len({request_for([], credential=None, domain_controller=None).nonce for _number in range(100)}) == 100


@pytest.mark.parametrize("connection", [Connection(execute=ConnectionResetError("reset")), Connection("torn")])
def test_a_read_is_repeated_once(connection: Connection) -> None:
    with pytest.raises((Unreachable, ExchangeError)):
        run(connection, Cmdlet("Get-X"))
    assert connection.sent == 2


@pytest.mark.parametrize("stdout", ["", printed(GOOD)[:80]])
def test_no_whole_answer(stdout: str) -> None:
    with pytest.raises(ExchangeError, match="answer") as caught:
        run(Connection(stdout), Cmdlet("Get-X"))
    assert not caught.value.uncertain
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        (
            {"host": {**HOST, "edition": "Core"}, "results": [{"objects": [], "errors": [], "warnings": []}]},
            "Windows PowerShell 5.1",
        ),
        ({"host": None, "phase": "request", "error": RECORD}, "could not read its request"),
        ({"phase": "connect", "error": {**RECORD, "message": "AuthZ-CmdletAccessDeniedException"}}, "no Exchange role"),
        ({"phase": "connect", "error": {**RECORD, "message": "a maximum of 18 concurrent shells"}}, "lower forks"),
        ({"phase": "connect", "error": {**RECORD, "message": "no-language mode"}}, "no script text"),
        ({"phase": "connect", "error": {**RECORD, "message": "Access is denied."}}, "check exchange_user"),
        ({"phase": "connect", "error": {**RECORD, "message": "cannot find it"}}, "is this an Exchange server"),
    ],
)
def test_what_the_envelope_can_say(changes: dict[str, Any], hint: str) -> None:
    with pytest.raises(ExchangeError, match=hint):
        run(Connection(printed({**GOOD, **changes})), Cmdlet("Get-X"))


def test_a_ticket_alone_is_the_double_hop() -> None:
    connection = Connection(printed({**GOOD, "phase": "connect", "error": {**RECORD, "message": "Access is denied."}}))
    connection.options["remote_password"] = ""
    with pytest.raises(ExchangeError, match="double hop"):
        run(connection, Cmdlet("Get-X"))


def test_other_connections_are_refused() -> None:
    connection = Connection()
    connection.transport = "ssh"
    with pytest.raises(ExchangeError, match="ansible_connection is ssh"):
        run(connection)
