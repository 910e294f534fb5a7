# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The one place that says what a failure means: who, what was tried, what came back, what to do next.

A failure is judged by what no language changes: the id of the error, Exchange's [FailureCategory=...], the class of the
exception, an HResult, a code of WS-Management. Sentences come last. The tables are in recognised.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet, ErrorRecord

from . import recognised
from .recognised import Hints

# What pywinrm appends to the text of a fault; the code is all that says something.
_EXTENDED: Final = re.compile(r"\s*\(extended fault data: .*?'wsmanfault_code': '?(\d+)'?.*\)\s*$", re.DOTALL)
# Exchange's prefix: [ClientAccessServer=...,BackEndServer=...,RequestId=...,TimeStamp=...] [FailureCategory=...]
_PREFIX: Final = re.compile(r"\[[A-Za-z]+=[^\]]*\]\s*")
_CATEGORY: Final = re.compile(r"\[FailureCategory=([^\]]+)\]")
# A code of WS-Management, as pypsrp and as two generations of pywinrm write it.
_CODE: Final = re.compile(r"(?:\bcode: |'wsmanfault_code': '?)(\d+)\b", re.IGNORECASE | re.ASCII)
_NOT_MADE: Final = re.compile(
    r"HTTPS?ConnectionPool\(host='([^']+)', port=(\d+)\): Max retries exceeded .*"
    r"Failed to establish a new connection: (?:\[Errno -?\d+\] )?([^\"')]+)[\"')]*"
)
_ABORTED: Final = re.compile(r"\('Connection aborted\.', \w+\((?:\d+, )?'([^']+)'\)\)")
_HRESULT: Final = re.compile(r"HResult\s*=\s*(-?\d+)", re.IGNORECASE | re.ASCII)
# Whose roles are missing: "contoso.com/Servers/EX01" in the quotes of any language.
_WHO: Final = re.compile('["\u201c\u201e\u00ab]\\s*([^"\u201c\u201d\u201e\u00ab\u00bb]+?)\\s*["\u201c\u201d\u00bb]')


def known(cause: BaseException) -> bool:
    """Whether the text of an error is one that a connection fails with."""
    return _of_connection(cause, "") is not None


def given_up(host: str, reason: str, option: str) -> str:
    """An exchange that was ended from this side: it went elsewhere, was too long or too large."""
    hint = _sentence(recognised.GIVEN_UP, reason)
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
    return f"{host}: a cmdlet asked: {question or 'something'} Next: {recognised.ASKED}"


def connection_failure(host: str, cause: BaseException, transport: str = "winrm") -> str:
    """A connection that was not made or broke."""
    text = _first_line(str(cause)) or type(cause).__name__
    if text.endswith(":"):
        # pywinrm's operation timeout has no text of its own.
        text += " no answer within the operation timeout"
    hint = _of_connection(cause, text) or recognised.UNKNOWN_CONNECTION
    advice = hint.format(**recognised.OPTIONS[transport])
    return f"{host}: the {transport} connection failed: {_plain(text)}. Next: {advice}"


def _plain(text: str) -> str:
    """What urllib3 says of a connection, without the names of its objects: the place, and the last reason."""
    return _ABORTED.sub(r"\1", _NOT_MADE.sub(r"\1:\2: \3", text))


def _of_connection(cause: BaseException, shown: str) -> str | None:
    """What a failure of the connection means: how signing in failed, the code of WS-Management, then words."""
    text = f"{type(cause).__name__} {cause} {shown}"
    coded = (recognised.WSMAN.get(_unsigned(code)) for code in (*_CODE.findall(text), *_long_codes(text)))
    return (
        _sentence(recognised.SIGN_IN, text)
        or next(filter(None, coded), None)
        or _sentence(recognised.CONNECTION, _PREFIX.sub("", text))
        or (recognised.REFUSED if _denied_sentence(text) else None)
    )


def _long_codes(text: str) -> list[str]:
    """Codes of WS-Management wherever they stand: no other number is that long."""
    return re.findall(r"\b2150\d{6}\b", text)


def _unsigned(code: str) -> str:
    """A code as wsmerror.h has it; an id of PowerShell has it as a number with a sign: -2144108477 is 2150858819."""
    number = int(code)
    return str(number + 2**32 if number < 0 else number)


def opening_refusal(host: str, cause: BaseException) -> str | None:
    """Exchange's own endpoint opened no shell for this account; None where the failure is the connection's."""
    text = str(cause)
    # WinRM's own quotas use Exchange's words; they are the server's.
    if any(code in text for code in recognised.QUOTAS):
        return None
    hint = _of_session(host, "", text)
    return f"{host}: no Exchange shell: {_first_line(text)} Next: {hint}" if hint else None


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
    hint = _of_session(host, error.reason, error.message)
    if hint is None and _denied(error):
        hint = recognised.REFUSED_BY_EXCHANGE if has_password else recognised.DOUBLE_HOP
    return (
        f"{host}: no Exchange shell (New-PSSession to http://{host}/PowerShell/): {_first_line(error.message)} "
        f"Next: {hint or _of_code(error.id) or recognised.NO_EXCHANGE}"
    )


def _of_session(host: str, reason: str, message: str) -> str | None:
    """What Exchange says of an account for which it opens no shell: its category first, then the class, then words."""
    category = _CATEGORY.search(message)
    named = recognised.CATEGORIES.get(fold(category.group(1))) if category else None
    hint = _sentence(recognised.SESSION_SENTENCES, _PREFIX.sub("", message)) or named
    hint = hint or _sentence(recognised.SESSION_SENTENCES, f"{reason} {category.group(1) if category else ''}")
    return recognised.NO_ROLE_OF_COMPUTER if hint == recognised.NO_ROLE and _is_computer(host, message) else hint


def _is_computer(host: str, message: str) -> bool:
    """Whether the account that has no role is the server's own, not a person's."""
    who = _WHO.search(_PREFIX.sub("", message))
    name = fold(re.split(r"[/\\]", who.group(1))[-1]) if who else ""
    return name.endswith("$") or name == fold(host.split(".", 1)[0])


def _denied(error: ErrorRecord) -> bool:
    """Whether a logon was refused: by id or code in any language, by Windows' sentence last."""
    first = fold(error.id.split(",", 1)[0]).strip()
    code = _unsigned(first) if re.fullmatch(r"-?\d+", first) else first
    return (
        code in recognised.DENIED_IDS
        or fold(error.reason) == "unauthorizedaccessexception"
        or any(item in fold(error.message) for item in recognised.DENIED_CODES)
        or _denied_sentence(error.message)
    )


def _denied_sentence(message: str) -> bool:
    text = fold(_PREFIX.sub("", message))
    return any(sentence in text for sentence in recognised.DENIED_SENTENCES)


def _of_code(identity: str) -> str | None:
    """What the code in an id of PowerShell says: -2144108123,PSSessionOpenFailed is the quota 2150859173."""
    first = identity.split(",", 1)[0].strip()
    if not re.fullmatch(r"-?\d+", first):
        return None
    hint = recognised.WSMAN.get(_unsigned(first))
    return hint.format(**recognised.OPTIONS["winrm"]) if hint else None


def answer_failure(host: str, what: str, ended: str, stderr: str) -> str:
    """An answer that did not arrive whole; ``ended`` is the exit code or the kind of damage."""
    text = f"{host}: Windows PowerShell gave {what} ({ended})"
    if stderr.strip():
        text += f": {_first_line(stderr)}"
    hint = (
        _of_session(host, "", stderr)
        or "run it again; if it stays, look for logon scripts or profiles that print, and for policies that "
        "stop PowerShell."
    )
    return f"{text}. Next: {hint}"


def cmdlet_failure(host: str, cmdlet: Cmdlet, error: ErrorRecord) -> str:
    """A cmdlet wrote an error."""
    hint = _of_cmdlet(error)
    text = f"{host}: {cmdlet.typed()} failed: {_first_line(error.message)} ({error.reason or error.category})"
    return f"{text} Next: {hint}" if hint else text


def _of_cmdlet(error: ErrorRecord) -> str | None:
    """By the HResult of IIS, then by the id and the class, then by the sentence."""
    codes = (recognised.HRESULTS.get(code) for code in _HRESULT.findall(error.message))
    return (
        next(filter(None, codes), None)
        or _sentence(recognised.CMDLET, f"{error.id} {error.reason}")
        or _sentence(recognised.CMDLET, error.message)
    )


def _sentence(table: Hints, text: str) -> str | None:
    folded = fold(text)
    return next((hint for needle, hint in table if needle in folded), None)


def _first_line(text: str) -> str:
    lines = [line.strip() for line in _EXTENDED.sub(r" (WSManFault \1)", text).strip().splitlines() if line.strip()]
    return lines[0][:400] if lines else ""
