# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Output and answers as faults leave them: cut, noisy, forged, odd inside; redirected, endless, packed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import zlib
from typing import Any, Final

from aiohttp import web

from .journal import Faults
from .product import forged

# An item of a list that is an object without a text, as the script shows it.
_ODD: Final = json.dumps({"unread": "an object without a text: System.Object"})


def spoiled(lines: list[str], faults: Faults, host: str) -> list[str]:
    """The lines that the script printed."""
    if faults.take("output", host=host, action="truncate"):
        lines = [*lines[:2], lines[2][: len(lines[2]) // 2]]
    if faults.take("output", host=host, action="noise"):
        lines = ["Welcome to the server", "{", *lines, "bye"]
    if faults.take("output", host=host, action="odd"):
        lines = [line.replace('"Ntlm"', _ODD) for line in lines]
    if faults.take("output", host=host, action="forged"):
        lines = [*forged(lines), "PS C:\\> " + lines[0], *lines[1:]]
    return lines


def odd(data: bytes, faults: Faults, host: str) -> bytes:
    """A Receive of Exchange's own endpoint whose lists hold a reference into nowhere; as long as before, for a header
    tells the length."""
    if b"<S>Ntlm</S>" in data and faults.take("output", host=host, action="odd"):
        return data.replace(b"<S>Ntlm</S>", b"<Ref     />")
    return data


async def elsewhere(request: web.Request, faults: Faults, host: str) -> web.StreamResponse | None:
    """An answer that is none of WinRM's: {at: http, action: redirect, status: 307, to: url}, or drip, continue,
    gzip."""
    fault = faults.take("http", host=host, action="redirect")
    if fault:
        return web.Response(status=int(fault["status"]), headers={"Location": str(fault["to"])})
    if faults.take("http", host=host, action="drip"):
        return await _drip(request)
    if faults.take("http", host=host, action="continue"):
        return await _continue(request)
    if faults.take("http", host=host, action="gzip"):
        packer = zlib.compressobj(1, zlib.DEFLATED, 31)
        body = b"".join(packer.compress(bytes(1 << 20)) for _number in range(20)) + packer.flush()
        return web.Response(body=body, headers={"Content-Encoding": "gzip", "Content-Type": "application/soap+xml"})
    return None


async def _drip(request: web.Request) -> web.StreamResponse:
    """A byte at a time, always before the client's timeout of a read."""
    response = web.StreamResponse(headers={"Content-Type": "application/soap+xml", "Content-Length": "100000"})
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        for _number in range(3600):
            await response.write(b" ")
            await asyncio.sleep(0.5)
    return response


async def _continue(request: web.Request) -> web.StreamResponse:
    """Never anything but: go on."""
    transport: Any = request.transport
    while transport is not None and not transport.is_closing():
        transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await asyncio.sleep(0.2)
    return web.Response(status=500)
