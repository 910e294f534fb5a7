# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Request and envelope of the script transport: text in, values out, nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.cmdlet import (
    Cmdlet,
    CmdletResult,
    ErrorRecord,
    ThisServer,
)

from .contract import HostIdentity

VERSION: Final = 1
_BEGIN: Final = "<<<hybrid.exchange 1"
_END: Final = "hybrid.exchange 1>>>"


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


def request_line(cmdlets: Sequence[Cmdlet], *, credential: Mapping[str, str] | None, domain_controller: str | None) -> str:
    """One line of ASCII JSON."""
    request = {
        "version": VERSION,
        "credential": dict(credential) if credential else None,
        "domain_controller": domain_controller,
        "commands": [_command(cmdlet) for cmdlet in cmdlets],
    }
    return json.dumps(request, ensure_ascii=True, separators=(",", ":"))


def parse_envelope(stdout: str, asked: int) -> Envelope:
    """Find the one envelope in what was printed; noise around it is ignored, a torn or second one is refused."""
    lines = stdout.splitlines()
    begins = [index for index, line in enumerate(lines) if line.strip() == _BEGIN]
    if len(begins) != 1:
        raise EnvelopeError("no answer" if not begins else "more than one answer")
    rest = [line.strip() for line in lines[begins[0] + 1 :]]
    if len(rest) < 2 or rest[1] != _END:
        raise EnvelopeError("a cut answer")
    try:
        answer = json.loads(rest[0])
        return _envelope(answer, asked)
    except EnvelopeError:
        raise
    except (ValueError, KeyError, TypeError) as exc:
        raise EnvelopeError(f"an answer of another shape ({type(exc).__name__})") from exc


def _command(cmdlet: Cmdlet) -> dict[str, Any]:
    return {
        "name": cmdlet.name,
        "parameters": {name: _argument(value) for name, value in cmdlet.parameters.items()},
        "returns": list(cmdlet.returns),
        "on_error": cmdlet.on_error,
        "pin": cmdlet.pin,
    }


def _argument(value: Any) -> Any:
    if isinstance(value, ThisServer):
        return {"this_server": True}
    return list(value) if isinstance(value, tuple) else value


def _envelope(answer: Mapping[str, Any], asked: int) -> Envelope:
    if answer["version"] != VERSION:
        raise EnvelopeError(f"an answer of version {answer['version']}")
    results = [_result(item) for item in answer["results"]]
    results += [CmdletResult([], [], [], ran=False)] * (asked - len(results))
    host = HostIdentity(**answer["host"]) if answer["host"] else None
    error = ErrorRecord(**answer["error"]) if answer["error"] else None
    return Envelope(host, answer["phase"], error, answer["domain_controller"], results)


def _result(item: Mapping[str, Any]) -> CmdletResult:
    return CmdletResult(list(item["objects"]), [ErrorRecord(**error) for error in item["errors"]], list(item["warnings"]))
