# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What real servers were seen to say, in the languages in which they said it, and what is made of it."""

from __future__ import annotations

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet, ErrorRecord
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange import failures, recognised

HOST = "ex01.corp.contoso.test"
PREFIX = f"[ClientAccessServer=EX01,BackEndServer={HOST},RequestId=0c0ffee0,TimeStamp=11/26/2026 08:00:00] "
OPENED = "PSSessionOpenFailed"
GERMAN = "Beim Verbinden mit dem Remoteserver ist folgender Fehler aufgetreten: Zugriff verweigert"
FRENCH = "\u00c9chec de la connexion au serveur distant: Acc\u00e8s refus\u00e9."
FRENCH_PLAIN = "Echec de la connexion au serveur distant: Acces refuse."
RUSSIAN = "\u041e\u0442\u043a\u0430\u0437\u0430\u043d\u043e \u0432 \u0434\u043e\u0441\u0442\u0443\u043f\u0435."
NOBODY_KNOWS = "\u63a5\u7d9a\u306b\u5931\u6557\u3057\u307e\u3057\u305f\u3002"
NO_ROLE = "isn't assigned to any management roles."
BUDGET = "Fail to create runspace because you have exceeded your budget to create runspace. Please wait for 2 seconds."
TOO_MANY = "Fail to create a runspace because you have exceeded the maximum number of connections allowed : 18"
DENIED_CMDLETS = "[FailureCategory=AuthZ-CmdletAccessDeniedException]"
IIS = "An IIS directory entry couldn't be created. The error message is Access is denied."
IIS_RUSSIAN = (
    "\u041d\u0435 \u0443\u0434\u0430\u043b\u043e\u0441\u044c \u0441\u043e\u0437\u0434\u0430\u0442\u044c "
    "\u0437\u0430\u043f\u0438\u0441\u044c IIS."
)


def opened(
    identity: str, message: str, *, has_password: bool = True, reason: str = "PSRemotingTransportException"
) -> str:
    """What to do about a New-PSSession that failed so."""
    record = ErrorRecord(identity, "OpenError", reason, "", message)
    return failures.session_failure(HOST, record, has_password=has_password).split(" Next: ", 1)[1]


SESSIONS = [
    # The word "Access" in the prefix is no denial.
    (f"-2144108477,{OPENED}", f"{PREFIX}[FailureCategory=Cafe-SendFailure]", recognised.BACK_END),
    (f"-2144108477,{OPENED}", f"{PREFIX}[FailureCategory=WSMan-InvalidShellID] The request", "another back-end server"),
    (f"-2144108477,{OPENED}", "[FailureCategory=AuthZ-TypeInitializationException] The type", "Exchange is broken"),
    (f"-2144108477,{OPENED}", f"[FailureCategory=AuthZ-AuthorizationException] {BUDGET}", recognised.BUDGET),
    (f"-2144108477,{OPENED}", f"[FailureCategory=AuthZ-AuthorizationException] {NOBODY_KNOWS}", recognised.BUDGET),
    (f"-2144108477,{OPENED}", f"{PREFIX}[FailureCategory=AuthZ-AuthorizationException] {TOO_MANY}", recognised.SHELLS),
    (f"-2144108477,{OPENED}", f'{DENIED_CMDLETS} The user "contoso/Users/Joe" {NO_ROLE}',
        recognised.NO_ROLE),
    (f"-2144108477,{OPENED}", f"{DENIED_CMDLETS} {NOBODY_KNOWS}", recognised.NO_ROLE),
    # A computer account: the administrator's role is not the cause.
    (f"-2144108477,{OPENED}", f'The user "contoso/SERVERS/EX01" {NO_ROLE}', recognised.NO_ROLE_OF_COMPUTER),
    (f"-2144108477,{OPENED}", f'{PREFIX}The user "contoso/SERVERS/EX01$" {NO_ROLE}', recognised.NO_ROLE_OF_COMPUTER),
    # The quota of WinRM, by its code alone.
    (f"-2144108123,{OPENED}", NOBODY_KNOWS, "the quota of shells"),
    (f"-2144108477,{OPENED}", f"{PREFIX}{NOBODY_KNOWS}", recognised.NO_EXCHANGE),
]  # fmt: skip


@pytest.mark.parametrize(("identity", "message", "hint"), SESSIONS, ids=range(len(SESSIONS)))
@pytest.mark.parametrize("has_password", [True, False])
def test_a_shell_that_exchange_did_not_open(identity: str, message: str, hint: str, has_password: bool) -> None:
    """The same with a ticket as with a password: what is no denial is no double hop."""
    assert hint in opened(identity, message, has_password=has_password)


DENIALS = [
    (f"AccessDenied,{OPENED}", "Access is denied."),
    (f"AccessDenied,{OPENED}", GERMAN),
    (f"AccessDenied,{OPENED}", FRENCH),
    (f"AccessDenied,{OPENED}", NOBODY_KNOWS),
    (f"AccessDenied,{OPENED}", f"{PREFIX}{GERMAN}"),
    # By the sentence, where the id says nothing.
    ("CannotConnect", GERMAN),
    ("CannotConnect", FRENCH),
    ("CannotConnect", FRENCH_PLAIN),
    ("CannotConnect", RUSSIAN),
    ("1312,PSSessionOpenFailed", NOBODY_KNOWS),
    ("CannotConnect", f"{NOBODY_KNOWS} (0x8009030e)"),
]


@pytest.mark.parametrize(("identity", "message"), DENIALS, ids=range(len(DENIALS)))
def test_a_denial_is_known_in_every_language(identity: str, message: str) -> None:
    assert opened(identity, message) == recognised.REFUSED_BY_EXCHANGE
    assert opened(identity, message, has_password=False) == recognised.DOUBLE_HOP


@pytest.mark.parametrize("message", [GERMAN, FRENCH, RUSSIAN, "Access is denied."])
@pytest.mark.parametrize("transport", ["winrm", "psrp"])
def test_a_connection_that_is_denied_in_every_language(message: str, transport: str) -> None:
    said = failures.connection_failure("ex1", RuntimeError(f"{message} (Code: 5, Machine: EX1)"), transport)
    assert "the user name, password or ticket was refused" in said
    assert "the user name, password or ticket was refused" in failures.connection_failure("ex1", RuntimeError(message))


@pytest.mark.parametrize(
    ("message", "hint"),
    [
        (f"{PREFIX}[FailureCategory=Cafe-SendFailure]", recognised.BACK_END),
        (f'{DENIED_CMDLETS} The user "contoso/Users/Joe" {NO_ROLE}', recognised.NO_ROLE),
        (f'The user "contoso/SERVERS/EX1" {NO_ROLE}', recognised.NO_ROLE_OF_COMPUTER),
        (f"[FailureCategory=AuthZ-AuthorizationException] {BUDGET}", recognised.BUDGET),
    ],
)  # fmt: skip
def test_exchange_s_own_endpoint_says_the_same(message: str, hint: str) -> None:
    said = failures.opening_refusal("ex1.corp.contoso.test", RuntimeError(message))
    assert said is not None
    assert hint in said


@pytest.mark.parametrize("transport", ["winrm", "psrp"])
def test_the_prefix_of_exchange_is_no_denial_of_the_connection_either(transport: str) -> None:
    said = failures.connection_failure("ex1", RuntimeError(f"{PREFIX}{NOBODY_KNOWS}"), transport)
    assert "refused" not in said.split("Next: ")[1]
    # Exchange's endpoint runs no module, and ansible.windows may not be there.
    assert "win_ping" not in said


CMDLETS = [
    ("", "LocalizedException", f"{IIS} HResult = -2147024891", "Exchange Trusted Subsystem"),
    ("", "LocalizedException", f"{IIS_RUSSIAN} HResult = -2147024891", "Exchange Trusted Subsystem"),
    ("", "LocalizedException", f"{IIS_RUSSIAN} HResult = -2147024893", "not in IIS of that server any more"),
    ("", "", "The Exchange Certificate operation has failed with an exception on server EX2. The error message is: x",
        "is off, or this account may not ask"),
    ("[FailureCategory=Cmdlet-RpcClientException] 1", "RpcClientException", NOBODY_KNOWS, "is off"),
    ("[FailureCategory=Cmdlet-IISNotReachableException] 1", "", NOBODY_KNOWS, "IIS of that server did not answer"),
    ("x", "", "'EX1' is not within a valid server write scope.", "check the write scope"),
]  # fmt: skip


@pytest.mark.parametrize(("identity", "reason", "message", "hint"), CMDLETS, ids=range(len(CMDLETS)))
def test_an_error_of_a_cmdlet(identity: str, reason: str, message: str, hint: str) -> None:
    record = ErrorRecord(identity, "NotSpecified", reason, "", message)
    assert hint in failures.cmdlet_failure("ex1", Cmdlet("Get-MapiVirtualDirectory"), record)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "ntlm: HTTPSConnectionPool(host='ex1.corp', port=5986): Max retries exceeded with url: /wsman (Caused by "
            "NewConnectionError(\"HTTPSConnection(host='ex1.corp', port=5986): Failed to establish a new connection: "
            '[Errno 111] Connection refused"))',
            "ntlm: ex1.corp:5986: Connection refused",
        ),
        (
            "HTTPConnectionPool(host='ex1', port=5985): Max retries exceeded with url: /wsman (Caused by "
            "NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7f>: Failed to establish a new "
            "connection: [Errno 113] No route to host'))",
            "ex1:5985: No route to host",
        ),
        (
            "('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))",
            "Remote end closed connection without response",
        ),
        (
            "('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))",
            "Connection reset by peer",
        ),
        ("something else (with brackets)", "something else (with brackets)"),
    ],
)
def test_what_the_library_says_is_shown_without_its_objects(text: str, shown: str) -> None:
    said = failures.connection_failure("ex1", ConnectionError(text))
    assert said.startswith(f"ex1: the winrm connection failed: {shown}. Next: ")
