# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that are none: of another shape, without an end, too large, or pointing elsewhere. A fault says which.

Keys of a fault: ``status``, ``headers``, and a body by one of ``json`` (any value), ``body`` (text), ``nested`` (that
many objects in one another), ``zeros`` (that many megabytes, packed by gzip) or ``filler`` (that many megabytes of
text).
``every`` sends it a byte at a time with that many seconds in between, ``interim`` sends ``100 Continue`` instead, for
ever.
``{elsewhere}`` in text stands for the address of a listener that is nobody's, see ``Elsewhere``.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from .journal import Journal

KEYS = {"json", "body", "nested", "zeros", "filler", "every", "interim", "headers"}
_MEGABYTE = 1 << 20


def is_odd(fault: Mapping[str, Any]) -> bool:
    return bool(KEYS & fault.keys())


async def answer(request: web.Request, fault: Mapping[str, Any], elsewhere: Mapping[str, str]) -> web.StreamResponse:
    """What the fault says, as long as somebody listens."""
    if "interim" in fault:
        return await _interim(request, float(fault["interim"]))
    body, headers = (
        _body(fault, elsewhere),
        {str(key): _placed(str(value), elsewhere) for key, value in fault.get("headers", {}).items()},
    )
    headers = {
        "Content-Type": "application/json",
        **({"Content-Encoding": "gzip"} if "zeros" in fault else {}),
        **headers,
    }
    if "every" not in fault:
        return web.Response(status=int(fault.get("status", 200)), body=body, headers=headers)
    response = web.StreamResponse(status=int(fault.get("status", 200)), headers=headers)
    await response.prepare(request)
    while _listens(request):
        for byte in body:
            await response.write(bytes([byte]))
            await asyncio.sleep(float(fault["every"]))
            if not _listens(request):
                break
    return response


async def _interim(request: web.Request, pause: float) -> web.StreamResponse:
    while _listens(request) and request.transport is not None:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await asyncio.sleep(pause)
    return web.Response(status=500)


def _listens(request: web.Request) -> bool:
    return request.transport is not None and not request.transport.is_closing()


def _body(fault: Mapping[str, Any], elsewhere: Mapping[str, str]) -> bytes:
    if "nested" in fault:
        return b'{"value":' * int(fault["nested"]) + b"1" + b"}" * int(fault["nested"])
    if "zeros" in fault:
        return gzip.compress(b'{"value":"' + b"0" * (int(fault["zeros"]) * _MEGABYTE) + b'"}')
    if "filler" in fault:
        return b'{"value":"' + b"0" * (int(fault["filler"]) * _MEGABYTE) + b'"}'
    text = json.dumps(fault["json"]) if "json" in fault else str(fault.get("body", ""))
    return _placed(text, elsewhere).encode("utf-8")


def _placed(text: str, elsewhere: Mapping[str, str]) -> str:
    for name, url in elsewhere.items():
        text = text.replace(f"{{{name}}}", url)
    return text


class Elsewhere:
    """A listener that is nobody's: what arrives is counted, and answered as Entra would, so that whoever comes is
    served."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        return app

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        held = sorted(
            {*(await request.post()).keys(), *(key for key in request.headers if key.lower() == "authorization")}
        )
        self._journal.add("elsewhere", method=request.method, path=request.path, held=held)
        return web.json_response(
            {"token_type": "Bearer", "expires_in": 3599, "access_token": "of-elsewhere", "value": []}
        )
