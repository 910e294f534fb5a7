# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The envelope's shape, in one place: what is not exactly of it is one message, and never counts as an
answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import (
    Cmdlet,
    CmdletResult,
    ErrorRecord,
    Unread,
)

from .contract import HostIdentity

VERSION: Final = 1
_ENVELOPE: Final = ("version", "host", "phase", "error", "domain_controller", "results")
_HOST: Final = ("name", "fqdn", "powershell", "edition")
_RECORD: Final = ("id", "category", "reason", "target", "message")
_RESULT: Final = ("objects", "errors", "warnings")
# Where the script can end. Before a session is there nothing was run; an error is in the list where it belongs to a
# cmdlet.
_PHASES: Final = ("request", "connect", "run", "done")
_DEEPEST: Final = 32
# What a raw object is (raw.py makes the same of what pypsrp hands over).
SHAPE: Final = ("types", "text", "adapted", "extended")


class EnvelopeError(ValueError):
    """What came back holds no single whole envelope."""


@dataclass(frozen=True)
class Envelope:
    """The script's answer. ``phase`` is where it ended: request, connect, run or done."""

    host: HostIdentity | None
    phase: str
    error: ErrorRecord | None
    domain_controller: str | None
    results: list[CmdletResult]


def read(line: str, asked: Sequence[Cmdlet]) -> Envelope:
    """The envelope of one line; EnvelopeError says which part of it is of another shape."""
    try:
        answer = json.loads(line, object_pairs_hook=_pairs, parse_float=_no_number, parse_constant=_no_number)
    except EnvelopeError:
        raise
    except (ValueError, RecursionError):
        raise EnvelopeError("an answer of another shape (it is no JSON)") from None
    return _envelope(_keys(answer, _ENVELOPE, "the answer"), asked)


def _envelope(answer: Mapping[str, Any], asked: Sequence[Cmdlet]) -> Envelope:
    if isinstance(answer["version"], bool) or answer["version"] != VERSION:
        raise EnvelopeError(f"an answer of version {str(answer['version'])[:20]}")
    results = _results(answer["results"], asked)
    envelope = Envelope(
        host=None if answer["host"] is None else HostIdentity(**_texts(answer["host"], _HOST, "host")),
        phase=_text(answer["phase"], "phase"),
        error=None if answer["error"] is None else _record(answer["error"], "error"),
        domain_controller=None
        if answer["domain_controller"] is None
        else _text(answer["domain_controller"], "domain_controller"),
        results=results + [CmdletResult([], [], [], ran=False)] * (len(asked) - len(results)),
    )
    _agree(envelope, len(results), asked)
    return envelope


def _agree(envelope: Envelope, ran: int, asked: Sequence[Cmdlet]) -> None:
    """What the parts say together: an answer that ended early without a reason is not done."""
    if envelope.phase not in _PHASES:
        raise _wrong("phase", f"one of {', '.join(_PHASES)}")
    if (envelope.error is None) is not (envelope.phase == "done"):
        raise _wrong("error", "null when it is done, and only then")
    if envelope.phase != "request" and (envelope.host is None or not envelope.host.name or not envelope.host.fqdn):
        raise _wrong("host", "the server's names")
    if envelope.phase in ("request", "connect") and ran:
        raise _wrong("results", "empty, for no session was there")
    if envelope.phase == "done" and ran < len(asked) and not _stopped(envelope, ran, asked):
        raise _wrong("results", f"{len(asked)}, or to end in one that stops the list")
    early = [number for number in range(ran - 1) if asked[number].ends(envelope.results[number])]
    if early:
        raise _wrong(f"results[{early[0]}]", "the last one, for it stops the list")


def _stopped(envelope: Envelope, ran: int, asked: Sequence[Cmdlet]) -> bool:
    return ran > 0 and asked[ran - 1].ends(envelope.results[ran - 1])


def _results(found: Any, asked: Sequence[Cmdlet]) -> list[CmdletResult]:
    if isinstance(found, list) and len(found) > len(asked):
        raise _wrong("results", f"at most {len(asked)}")
    items = _list(found, "results", lambda item, _where: item)
    return [
        _result(item, f"results[{number}]", raw=cmdlet.raw)
        for number, (item, cmdlet) in enumerate(zip(items, asked, strict=False))
    ]


def _result(found: Any, where: str, *, raw: bool) -> CmdletResult:
    item = _keys(found, (*_RESULT, "milliseconds") if raw else _RESULT, where)
    return CmdletResult(
        _list(item["objects"], f"{where}.objects", _shape if raw else _object),
        _list(item["errors"], f"{where}.errors", _record),
        _list(item["warnings"], f"{where}.warnings", _text),
        milliseconds=_number(item["milliseconds"], f"{where}.milliseconds") if raw else None,
    )


def _shape(found: Any, where: str) -> dict[str, Any]:
    """An object in the shape in which it arrived."""
    item = _keys(found, SHAPE, where)
    return {
        "types": _list(item["types"], f"{where}.types", _text),
        "text": _text(item["text"], f"{where}.text"),
        **{kind: _shape_values(item[kind], f"{where}.{kind}") for kind in ("adapted", "extended")},
    }


def _shape_values(found: Any, where: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise _wrong(where, "an object")
    return {name: _shape_value(value, f"{where}.{name}", _DEEPEST) for name, value in found.items()}


def _shape_value(found: Any, where: str, deep: int) -> Any:
    """Nothing, a type with its plain value, or a type with its items."""
    if found is None:
        return None
    listed = isinstance(found, dict) and "items" in found and deep > 0
    item = _keys(found, ("type", "items" if listed else "value"), where)
    shown = {"type": _text(item["type"], f"{where}.type")}
    if listed:
        return {**shown, "items": _list(item["items"], where, lambda one, at: _shape_value(one, at, deep - 1))}
    if item["value"] is not None and not isinstance(item["value"], (str, bool, int)):
        raise _wrong(where, "text, a Boolean, a whole number or null")
    return {**shown, "value": item["value"]}


def _number(found: Any, where: str) -> int:
    if isinstance(found, bool) or not isinstance(found, int):
        raise _wrong(where, "a whole number")
    return found


def _object(found: Any, where: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise _wrong(where, "an object")
    return {name: _value(value, f"{where}.{name}", _DEEPEST) for name, value in found.items()}


def _value(value: Any, where: str, deep: int) -> Any:
    """Text, Boolean, whole number, null, or a list of these; a list with anything unread in it is unread as a whole."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, dict):
        return Unread(_texts(value, ("unread",), where)["unread"])
    if not isinstance(value, list) or deep == 0:
        raise _wrong(where, "text, a Boolean, a whole number, null or a list of these")
    items = [_value(item, where, deep - 1) for item in value]
    return next((item for item in items if isinstance(item, Unread)), items)


def _record(found: Any, where: str) -> ErrorRecord:
    return ErrorRecord(**_texts(found, _RECORD, where))


def _text(found: Any, where: str) -> str:
    if not isinstance(found, str):
        raise _wrong(where, "text")
    return found


def _texts(found: Any, names: Sequence[str], where: str) -> dict[str, str]:
    item = _keys(found, names, where)
    return {name: _text(item[name], f"{where}.{name}") for name in names}


def _keys(found: Any, names: Sequence[str], where: str) -> Mapping[str, Any]:
    """An object with these names, and no other."""
    if not isinstance(found, dict) or set(found) != set(names):
        raise _wrong(where, f"an object of {', '.join(names)}")
    return found


def _list(found: Any, where: str, read_item: Callable[[Any, str], Any]) -> list[Any]:
    if not isinstance(found, list):
        raise _wrong(where, "a list")
    return [read_item(item, f"{where}[{number}]") for number, item in enumerate(found)]


def _pairs(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a name that is there twice means two things."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise EnvelopeError("an answer of another shape (a name is there twice)")
    return made


def _no_number(text: str) -> NoReturn:
    raise EnvelopeError(f"an answer of another shape ({text[:20]} is no whole number)")


def _wrong(where: str, expected: str) -> EnvelopeError:
    shown = "".join(char if char.isprintable() else "?" for char in where)[:80]
    return EnvelopeError(f"an answer of another shape ({shown} should be {expected})")
