# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Request and envelope of the script transport: text in, values out, nothing else."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet, ThisServer

from .envelope import VERSION, Envelope, EnvelopeError, read

__all__ = ["Envelope", "EnvelopeError", "Request", "parse_envelope", "request_for"]

_BEGIN: Final = "<<<hybrid.exchange 1 {}"
_END: Final = "hybrid.exchange 1 {}>>>"


@dataclass(frozen=True)
class Request:
    """What is asked, as one line of ASCII JSON. The answer is marked with ``nonce``, which whoever printed before it
    cannot know."""

    cmdlets: tuple[Cmdlet, ...]
    nonce: str
    line: str


def request_for(
    cmdlets: Sequence[Cmdlet], *, credential: Mapping[str, str] | None, domain_controller: str | None
) -> Request:
    """A request for a list of cmdlets."""
    nonce = secrets.token_hex(16)
    request = {
        "version": VERSION,
        # First, for the script looks for it before it reads the rest.
        "nonce": nonce,
        "credential": dict(credential) if credential else None,
        "domain_controller": domain_controller,
        "commands": [_command(cmdlet) for cmdlet in cmdlets],
    }
    return Request(tuple(cmdlets), nonce, json.dumps(request, ensure_ascii=True, separators=(",", ":")))


def parse_envelope(stdout: str, request: Request) -> Envelope:
    """Find the one envelope in what was printed; noise around it is ignored, a torn or second one is refused."""
    # Not splitlines(): characters that only Unicode takes for line ends belong to the noise around.
    lines = stdout.replace("\r", "\n").split("\n")
    begins = [index for index, line in enumerate(lines) if line.strip() == _BEGIN.format(request.nonce)]
    if len(begins) != 1:
        raise EnvelopeError("no answer" if not begins else "more than one answer")
    rest = [line.strip() for line in lines[begins[0] + 1 :] if line.strip()]
    if len(rest) < 2 or rest[1] != _END.format(request.nonce):
        raise EnvelopeError("a cut answer")
    return read(rest[0], request.cmdlets)


def _command(cmdlet: Cmdlet) -> dict[str, Any]:
    return {
        "name": cmdlet.name,
        "parameters": {name: _argument(value) for name, value in cmdlet.sent.items()},
        "returns": list(cmdlet.returns),
        "on_error": cmdlet.on_error,
        "pin": cmdlet.pin,
        **({"local": True} if cmdlet.local else {}),
        **({"expected": dict(cmdlet.expected)} if cmdlet.expected is not None else {}),
        **({"raw": True} if cmdlet.raw else {}),
    }


def _argument(value: Any) -> Any:
    if isinstance(value, ThisServer):
        return {"this_server": True}
    return list(value) if isinstance(value, tuple) else value
