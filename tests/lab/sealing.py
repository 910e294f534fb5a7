# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Encrypted messages over plain http: the multipart bodies of MS-WSMV 2.2.9.1, sealed with the keys of a logon."""

from __future__ import annotations

import re
import struct
from typing import Any, Final

SPNEGO: Final = "application/HTTP-SPNEGO-session-encrypted"
_SOAP: Final = "application/soap+xml;charset=UTF-8"
_PART: Final = re.compile(
    rb"--\s?Encrypted Boundary\r\n\tContent-Type: (\S+)\r\n\tOriginalContent: type=[^\r]*;Length=(\d+)\r\n"
    rb"--\s?Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n"
)
_END: Final = re.compile(rb"--\s?Encrypted Boundary--\r\n$")
# CredSSP seals the records of its TLS, one part each.
_RECORD: Final = 16384


def is_sealed(content_type: str) -> bool:
    return content_type.startswith(("multipart/encrypted", "multipart/x-multi-encrypted"))


def protocol_of(content_type: str) -> str:
    found = re.search(r'protocol="([^"]+)"', content_type)
    return found[1] if found else SPNEGO


def unseal(context: Any, body: bytes) -> bytes:
    """The message in a sealed body; ValueError where it is none."""
    parts, end = list(_PART.finditer(body)), _END.search(body)
    if not parts or end is None:
        raise ValueError("not an encrypted message")
    message = b""
    for part, stop in zip(parts, [*(part.start() for part in parts[1:]), end.start()], strict=True):
        sealed = body[part.end() : stop]
        size = struct.unpack("<i", sealed[:4])[0]
        # CredSSP's number is the length of a trailer, which is a part of the record.
        opened = (
            context.unwrap(sealed[4:]).data
            if b"CredSSP" in part[1]
            else context.unwrap_winrm(sealed[4 : 4 + size], sealed[4 + size :])
        )
        if len(opened) > int(part[2]):
            raise ValueError("a message longer than its header says")
        message += opened
    return message


def seal(context: Any, message: bytes, protocol: str, *, blank: bool) -> tuple[str, bytes]:
    """Content type and body. ``blank``: Exchange's IIS writes the boundary with a blank after the dashes."""
    boundary = b"-- Encrypted Boundary" if blank else b"--Encrypted Boundary"
    credssp = "CredSSP" in protocol
    size = _RECORD if credssp else max(len(message), 1)
    chunks = [message[start : start + size] for start in range(0, max(len(message), 1), size)]
    body = b"".join(_part(context, chunk, boundary, protocol) for chunk in chunks) + boundary + b"--\r\n"
    kind = "multipart/x-multi-encrypted" if credssp and len(chunks) > 1 else "multipart/encrypted"
    return f'{kind};protocol="{protocol}";boundary="Encrypted Boundary"', body


def _part(context: Any, chunk: bytes, boundary: bytes, protocol: str) -> bytes:
    wrapped = context.wrap_winrm(chunk)
    length = len(chunk) + wrapped.padding_length
    head = f"\r\n\tContent-Type: {protocol}\r\n\tOriginalContent: type={_SOAP};Length={length}\r\n".encode("ascii")
    sealed: bytes = struct.pack("<i", len(wrapped.header)) + wrapped.header + wrapped.data
    return boundary + head + boundary + b"\r\n\tContent-Type: application/octet-stream\r\n" + sealed
