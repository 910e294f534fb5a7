# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who calls a WinRM listener. One class per set of schemes that a listener accepts; the listener asks it once per request."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from aiohttp import web

from .exchange import Organization

_MUTUAL: Final = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"


def _plain(response: web.Response) -> web.Response:
    return response


@dataclass(frozen=True)
class Caller:
    """An authenticated request: who, the readable body, and how the answer is sealed for this connection."""

    user: str
    body: bytes
    seal: Callable[[web.Response], web.Response] = _plain


class Authentication(Protocol):
    """What a listener needs: a caller, or the HTTP answer that goes on with the handshake or refuses."""

    async def authenticate(self, request: web.Request, organization: Organization) -> Caller | web.Response: ...

    def challenge(self) -> web.Response: ...


class HttpsAuthentication:
    """Over https: basic, or a client certificate mapped to the user of its common name."""

    async def authenticate(self, request: web.Request, organization: Organization) -> Caller | web.Response:
        header = request.headers.get("Authorization", "")
        user = _certificate_user(request, organization) if header == _MUTUAL else _basic_user(header, organization)
        return self.challenge() if user is None else Caller(user, await request.read())

    def challenge(self) -> web.Response:
        return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="WSMAN"'})


def _basic_user(header: str, organization: Organization) -> str | None:
    scheme, _space, rest = header.partition(" ")
    if scheme.casefold() != "basic":
        return None
    try:
        name, _colon, password = base64.b64decode(rest, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return name if organization.user(name, password) is not None else None


def _certificate_user(request: web.Request, organization: Organization) -> str | None:
    certificate = request.get_extra_info("peercert") or {}
    names = [value for part in certificate.get("subject", ()) for key, value in part if key == "commonName"]
    return next((name for name in names if organization.user(name, None) is not None), None)
