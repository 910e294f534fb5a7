# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The one place that says what a failure means: who, what was tried, what came back, what to do next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet, ErrorRecord

# Needles are looked for in id, reason and message, without case; ids, codes and class names come first because messages
# are localised. WS-Management's codes are those of wsmerror.h; other sources: docs/lab.md.
_REFUSED: Final = (
    "the user name, password or ticket was refused; check ansible_user, ansible_password and {authentication}."
)
_QUOTA: Final = (
    "the quota of shells or commands on the server is used up; close other sessions, wait, lower forks, or raise "
    "the quota."
)
_SLOW: Final = "it did not answer within the operation timeout; check that it is well, or raise {timeout}."
# ERROR_BUSY, as pypsrp and as two generations of pywinrm write it.
_BUSY: Final = ("code: 170,", "'wsmanfault_code': 170", "'wsmanfault_code': '170'")
_QUOTAS: Final = tuple(
    str(code) for code in (*range(2150859173, 2150859177), 2150859179, *range(2150859236, 2150859241))
)
_CONNECTION: Final = (
    ("credentials were rejected", _REFUSED),
    ("failed to authenticate", _REFUSED),
    ("access denied", _REFUSED),
    ("code 401", _REFUSED),
    ("code: 401", _REFUSED),
    ("code: 404", "nothing is at this path; is it an Exchange server, and is {path} right?"),
    ("certificate verify failed", "its certificate is not trusted here; set {ca} to the CA that issued it."),
    (
        "2150858811",
        "this endpoint has no such configuration; check ansible_psrp_configuration_name and ansible_psrp_path "
        "(Microsoft.Exchange is at PowerShell, Microsoft.PowerShell at wsman).",
    ),
    ("2150858843", "its shell is gone: idle for too long, or the server recycled it. Run this again."),
    *((code, _QUOTA) for code in _QUOTAS),
    *((needle, "the server is too busy to answer; lower forks, or run this again later.") for needle in _BUSY),
    ("code 503", "the server is too busy to answer, or its application pool is stopped; run this again later."),
    ("code: 503", "the server is too busy to answer, or its application pool is stopped; run this again later."),
    ("2150858793", _SLOW),
    ("within the operation timeout", _SLOW),
    (
        "timed out",
        "it did not answer in time; check that it is up and that the port is open, or raise the connection's timeouts.",
    ),
    ("refused", "nothing listens there; check that it is up, and ansible_host and ansible_port."),
)
# What pywinrm appends to the text of a fault; the code is all that says something.
_EXTENDED: Final = re.compile(r"\s*\(extended fault data: .*?'wsmanfault_code': '?(\d+)'?.*\)\s*$", re.DOTALL)
_OPTIONS: Final = {
    "winrm": {
        "authentication": "ansible_winrm_transport",
        "binding": "ansible_winrm_send_cbt",
        "encryption": "ansible_winrm_message_encryption",
        "path": "ansible_winrm_path",
        "ca": "ansible_winrm_ca_trust_path",
        "timeout": "ansible_winrm_operation_timeout_sec",
    },
    "psrp": {
        "authentication": "ansible_psrp_auth",
        "binding": "ansible_psrp_negotiate_send_cbt",
        "encryption": "ansible_psrp_message_encryption",
        "path": "ansible_psrp_path",
        "ca": "ansible_psrp_ca_cert",
        "timeout": "ansible_psrp_operation_timeout",
    },
}
# Signing in, told apart before the general words of _CONNECTION: what the libraries of each method say.
_LOCAL: Final = (
    "WinRM takes Basic over https only and for local accounts only; an account of the domain signs in with "
    "ntlm, kerberos or credssp: "
    "set {authentication}. For a local account the user name or password was refused."
)
_BOUND: Final = (
    f"{_REFUSED} Where they are right, the server insists on the channel binding of https: {{binding}} must not "
    f"be false, nor a proxy between."
)
_PLAIN: Final = (
    "over http Windows takes encrypted messages only: leave {encryption} at auto (with ntlm, kerberos or "
    "credssp), or use https."
)
_SIGN_IN: Final = (
    ("basic: the specified credentials were rejected", _LOCAL),
    ("ssl: the specified credentials were rejected", _LOCAL),
    ("plaintext: the specified credentials were rejected", _LOCAL),
    (" with basic", _LOCAL),
    ("ntlm: the specified credentials were rejected", _BOUND),
    (" with ntlm", _BOUND),
    (" with negotiate", _BOUND),
    ("0x8009030c", _REFUSED),
    (": bad http response returned from server. code 500", _PLAIN),
    ("response returned from the server. code: 500, content: ''", _PLAIN),
    ("did not response with a credssp token after step credential exchange", _PLAIN),
    (
        "did not response credssp being an available",
        "CredSSP is not switched on there (Enable-WSManCredSSP -Role Server); or use ntlm or kerberos.",
    ),
    ("requests-credssp is not installed", "install it for the Python that runs Ansible: pip install requests-credssp."),
    (
        "kerberos library is not installed",
        "install it for the Python that runs Ansible: pip install -r requirements-kerberos.txt of this collection.",
    ),
    (
        "kerberos auth failure",
        "kinit got no ticket; check ansible_user (user@REALM, the realm in capitals), its password, and "
        "krb5.conf of the control node.",
    ),
    (
        "no credentials were supplied",
        "there is no Kerberos ticket of this user; run kinit before (winrm: ansible_winrm_kinit_mode: "
        "manual), or give ansible_password.",
    ),
    ("preauthentication failed", _REFUSED),
    (
        "not found in kerberos database",
        "Kerberos does not know this name. For a user: check ansible_user (user@REALM, the realm in "
        "capitals). For a service: connect to the server's own "
        "full name in the domain, not to an address or a load balancer's name, which has no service principal name.",
    ),
    ("clock skew", "the clocks of the control node and of the domain differ by more than five minutes; set them."),
    (
        "cannot find kdc",
        "no domain controller is known for this realm; check the realm of ansible_user, and krb5.conf or DNS "
        "of the control node.",
    ),
    (
        "cannot contact any kdc",
        "no domain controller answered; check krb5.conf, and that port 88 is open from the control node.",
    ),
)
_NO_LANGUAGE: Final = (
    "the endpoint runs no script text; set ansible_psrp_configuration_name: Microsoft.Exchange where it is "
    "Exchange's own."
)
_SHELLS: Final = (
    "the account has too many Exchange shells open on it. Close them or wait for 15 minutes, then they expire; "
    "or lower forks."
)
_SESSION: Final = (
    (
        "cmdletaccessdeniedexception",
        "the account has no Exchange role. Add it to Organization Management (to change) or View-Only "
        "Organization Management (to audit).",
    ),
    ("exceeded the maximum number of connections", _SHELLS),
    ("concurrent shells", _SHELLS),
    ("scriptsnotallowed", _NO_LANGUAGE),
    ("no-language", _NO_LANGUAGE),
)
_DOUBLE_HOP: Final = (
    "the connection has no password to pass on to Exchange, and Windows did not delegate the logon (double "
    "hop). Ways out: set "
    "exchange_user and exchange_password; CredSSP; Kerberos with a forwardable ticket and "
    "ansible_winrm_kerberos_delegation or "
    "ansible_psrp_negotiate_delegate; or psrp straight to Exchange's own endpoint, where a ticket is enough "
    "(docs/authentication.md)."
)
_ASKED: Final = (
    "the cmdlet asks for a confirmation, and nobody can answer here. Run it by hand in the Exchange "
    "Management Shell, read what it asks, and decide; "
    "then run this again: it reads first."
)
_CMDLET: Final = (
    (
        "commandnotfound",
        "the shell does not have it: the account's roles hide it, or this Exchange version is too old.",
    ),
    (
        "namedparameternotfound",
        "the shell does not have the parameter: the account's roles hide it, or this Exchange version is too old.",
    ),
    (
        "managementobjectnotfound",
        "the object is not there (any more), or the domain controller has not seen it yet. Run this again.",
    ),
    ("connect to iis", "IIS of that server did not answer; check that it is up and that the W3SVC service runs."),
    ("cmdletasked", _ASKED),
    ("noninteractive", _ASKED),
    ("promptforchoice", _ASKED),
    ("hostfunction", _ASKED),
    ("write scopes", "the account may not change this object; check the write scope of its role assignment."),
)


_GIVEN_UP: Final = (
    (
        "redirect",
        "it was not followed, for what is sent holds a password. WinRM never redirects: look for a proxy, a "
        "load balancer or a rule of IIS in between, "
        "and connect to the server itself.",
    ),
    ("compressed", "look for a proxy or a rule of IIS in between, and connect to the server itself."),
    (" MB", "is this a server of yours? If it is, read less at once, for instance with a smaller page."),
)


def known(cause: BaseException) -> bool:
    """Whether the text of an error is one that a connection fails with."""
    return _hint(_SIGN_IN + _CONNECTION, f"{type(cause).__name__} {cause}") is not None


def given_up(host: str, reason: str, option: str) -> str:
    """An exchange that was ended from this side: it went elsewhere, was too long or too large."""
    hint = next((hint for needle, hint in _GIVEN_UP if needle in reason), None)
    return (
        f"{host}: {reason}. Next: "
        f"{hint or f'check that the server is well; if it is only slow, raise {option}, on which these times depend.'}"
    )


def unreadable_answer(host: str, kind: str) -> str:
    """An answer that the libraries cannot make anything of; ``kind`` is their word for why."""
    return (
        f"{host}: the server's answer cannot be read ({kind}). Next: run this again; if it stays, look for a "
        f"proxy that changes what passes through it."
    )


def unguarded(host: str, transport: str) -> str:
    """A library that makes its session in a way that is not known here."""
    return (
        f"{host}: this version of the library under {transport} "
        f"({'pypsrp' if transport == 'psrp' else 'pywinrm'}) makes its connections in a way that is "
        "not known here, and could follow a redirect with a password. Next: install a version that this "
        "collection is tested with (requirements.txt)."
    )


def asked(host: str, question: str) -> str:
    """A cmdlet asked in the middle of the script, which was stopped at its question."""
    return f"{host}: a cmdlet asked: {question or 'something'} Next: {_ASKED}"


def connection_failure(host: str, cause: BaseException, transport: str = "winrm") -> str:
    """A connection that was not made or broke."""
    text = _first_line(str(cause)) or type(cause).__name__
    if text.endswith(":"):
        # pywinrm's operation timeout has no text of its own.
        text += " no answer within the operation timeout"
    hint = (
        _hint(_SIGN_IN + _CONNECTION, f"{type(cause).__name__} {cause} {text}")
        or "check the connection with: ansible -m ansible.windows.win_ping"
    )
    return f"{host}: the {transport} connection failed: {text}. Next: {hint.format(**_OPTIONS[transport])}"


def opening_refusal(host: str, cause: BaseException) -> str | None:
    """Exchange's own endpoint opened no shell for this account; None where the failure is the connection's."""
    # WinRM's own quotas use Exchange's words; they are the server's.
    hint = None if any(code in str(cause) for code in _QUOTAS) else _hint(_SESSION, str(cause))
    return f"{host}: no Exchange shell: {_first_line(str(cause))} Next: {hint}" if hint else None


def not_a_server(host: str, address: str, found: Sequence[str]) -> str:
    """Over Exchange's own endpoint the connection's name has to be a server's own."""
    return (
        f"{host}: {address} is not the name of an Exchange server of this organization (Get-ExchangeServer "
        f"knows {', '.join(found) or 'no such server'}). "
        "A load balancer's name, an alias or an address would let each task reach another server. "
        "Next: set ansible_host to the server's own fully qualified name in Active Directory."
    )


def session_failure(host: str, error: ErrorRecord, *, has_password: bool) -> str:
    """New-PSSession to the server's own /PowerShell was refused."""
    hint = _hint(_SESSION, f"{error.id} {error.reason} {error.message}")
    if hint is None and not has_password:
        hint = _DOUBLE_HOP
    if hint is None and "access" in fold(error.message):
        hint = (
            "Exchange refused the account; check exchange_user and exchange_password (or the connection's own), "
            "as DOMAIN\\user."
        )
    hint = (
        hint
        or "is this an Exchange server, and does https://<server>/PowerShell answer? See "
        "Get-PowerShellVirtualDirectory."
    )
    return (
        f"{host}: no Exchange shell (New-PSSession to http://{host}/PowerShell/): {_first_line(error.message)} "
        f"Next: {hint}"
    )


def answer_failure(host: str, what: str, ended: str, stderr: str) -> str:
    """An answer that did not arrive whole; ``ended`` is the exit code or the kind of damage."""
    text = f"{host}: Windows PowerShell gave {what} ({ended})"
    if stderr.strip():
        text += f": {_first_line(stderr)}"
    hint = (
        _hint(_SESSION, stderr)
        or "run it again; if it stays, look for logon scripts or profiles that print, and for policies that "
        "stop PowerShell."
    )
    return f"{text}. Next: {hint}"


def cmdlet_failure(host: str, cmdlet: Cmdlet, error: ErrorRecord) -> str:
    """A cmdlet wrote an error."""
    hint = _hint(_CMDLET, f"{error.id} {error.reason} {error.message}")
    text = f"{host}: {cmdlet.typed()} failed: {_first_line(error.message)} ({error.reason or error.category})"
    return f"{text} Next: {hint}" if hint else text


def _hint(table: tuple[tuple[str, str], ...], text: str) -> str | None:
    folded = fold(text)
    return next((hint for needle, hint in table if needle in folded), None)


def _first_line(text: str) -> str:
    lines = [line.strip() for line in _EXTENDED.sub(r" (WSManFault \1)", text).strip().splitlines() if line.strip()]
    return lines[0][:400] if lines else ""
