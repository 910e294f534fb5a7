# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The one place that says what a failure means: who, what was tried, what came back, what to do next."""

from __future__ import annotations

from typing import Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.cmdlet import Cmdlet, ErrorRecord

# Needles are looked for in id, reason and message, without case; ids and class names come first because messages
# are localised. Sources: facts/exchange.md g as documented in docs/lab.md.
_CONNECTION: Final = (
    ("credentials were rejected", "the user name or password was refused; check ansible_user, ansible_password and the transport."),
    ("401", "the user name or password was refused; check ansible_user, ansible_password and the transport."),
    ("certificate verify failed", "its certificate is not trusted here; set ansible_winrm_ca_trust_path to the CA that issued it."),
    ("2150858811", "this endpoint has no such configuration; check ansible_psrp_configuration_name and ansible_psrp_path."),
    ("2150859174", "the user's shell quota on the server is used up; close other sessions or raise the quota."),
    ("timed out", "it did not answer in time; check that it is up and that the port is open, or raise the connection's timeouts."),
    ("refused", "nothing listens there; check that it is up, and ansible_host and ansible_port."),
)
_SESSION: Final = (
    (
        "cmdletaccessdeniedexception",
        "the account has no Exchange role. Add it to Organization Management (to change) or View-Only Organization Management (to audit).",
    ),
    ("maximum of 18 concurrent shells", "the account has too many Exchange shells open. Wait for 15 minutes, or lower forks."),
    ("concurrent shells", "the account has too many Exchange shells open. Wait for 15 minutes, or lower forks."),
    ("no-language", "the endpoint runs no script text; use the connection that the README describes for Exchange's own endpoint."),
)
_DOUBLE_HOP: Final = (
    "the connection has no password to pass on to Exchange, and Windows did not delegate the logon (double hop). Ways out: set "
    "exchange_user and exchange_password, or use CredSSP or Kerberos with delegation (ansible_winrm_kerberos_delegation)."
)
_CMDLET: Final = (
    ("commandnotfound", "the shell does not have it: the account's roles hide it, or this Exchange version is too old."),
    ("namedparameternotfound", "the shell does not have the parameter: the account's roles hide it, or this Exchange version is too old."),
    ("managementobjectnotfound", "the object is not there (any more), or the domain controller has not seen it yet. Run this again."),
    ("connect to iis", "IIS of that server did not answer; check that it is up and that the W3SVC service runs."),
    ("write scopes", "the account may not change this object; check the write scope of its role assignment."),
)


def connection_failure(host: str, cause: BaseException) -> str:
    """A connection that was not made or broke."""
    text = _first_line(str(cause)) or type(cause).__name__
    hint = _hint(_CONNECTION, f"{type(cause).__name__} {cause}")
    return f"{host}: the connection failed: {text}. Next: {hint or 'check the connection with: ansible -m ansible.windows.win_ping'}"


def session_failure(host: str, error: ErrorRecord, *, has_password: bool) -> str:
    """New-PSSession to the server's own /PowerShell was refused."""
    hint = _hint(_SESSION, f"{error.id} {error.reason} {error.message}")
    if hint is None and not has_password:
        hint = _DOUBLE_HOP
    if hint is None and "access" in error.message.casefold():
        hint = "Exchange refused the account; check exchange_user and exchange_password (or the connection's own), as DOMAIN\\user."
    hint = hint or "is this an Exchange server, and does https://<server>/PowerShell answer? See Get-PowerShellVirtualDirectory."
    return f"{host}: no Exchange shell (New-PSSession to http://{host}/PowerShell/): {_first_line(error.message)} Next: {hint}"


def answer_failure(host: str, what: str, returned: int, stderr: str) -> str:
    """The script's answer did not arrive whole."""
    text = f"{host}: Windows PowerShell gave {what} (exit code {returned})"
    if stderr.strip():
        text += f": {_first_line(stderr)}"
    return f"{text}. Next: run it again; if it stays, look for logon scripts or profiles that print, and for policies that stop PowerShell."


def cmdlet_failure(host: str, cmdlet: Cmdlet, error: ErrorRecord) -> str:
    """A cmdlet wrote an error."""
    hint = _hint(_CMDLET, f"{error.id} {error.reason} {error.message}")
    text = f"{host}: {cmdlet.typed()} failed: {_first_line(error.message)} ({error.reason or error.category})"
    return f"{text} Next: {hint}" if hint else text


def _hint(table: tuple[tuple[str, str], ...], text: str) -> str | None:
    folded = text.casefold()
    return next((hint for needle, hint in table if needle in folded), None)


def _first_line(text: str) -> str:
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    return lines[0][:400] if lines else ""
