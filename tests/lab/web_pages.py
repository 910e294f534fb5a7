# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What /owa and /ecp answer to somebody who has not signed in.

The redirect to Entra has the shape that Exchange Online's own has in public copies; that Exchange's is the same, and
what is answered where no method is on, or OAuth is not in effect, is assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from aiohttp import web

from .web_directories import WEB

_CLIENT: Final = "00000002-0000-0ff1-ce00-000000000000"
_LOGON: Final = "/owa/auth/logon.aspx"
_IIS: Final = {
    "WindowsAuthentication": ("Negotiate", "NTLM"),
    "DigestAuthentication": ("Digest",),
    "BasicAuthentication": ('Basic realm="{}"',),
}


def page_of(path: str) -> str | None:
    """owa or ecp, of a path that is one of theirs."""
    first = path.lower().strip("/").partition("/")[0]
    return first if first in WEB else None


def answer(
    request: web.Request, kind: str, methods: Mapping[str, Any], endpoint: str | None, *, stuck: bool
) -> web.Response:
    """``methods`` are the directory's; ``endpoint`` is where Exchange sends people, None where modern authentication is
    off."""
    host = request.host
    if request.path.lower() == _LOGON:
        return web.Response(text="<form action='/owa/auth.owa' method='POST'></form>", content_type="text/html")
    if methods["AdfsAuthentication"]:
        query = urlencode({"wa": "wsignin1.0", "wtrealm": f"https://{host}/{kind}/", "wctx": "rm=0"})
        return _moved(f"https://adfs.{host.partition('.')[2]}/adfs/ls/?{query}")
    if methods["FormsAuthentication"]:
        return _moved(f"https://{host}{_LOGON}?url={quote(f'https://{host}/{kind}/', safe='')}&reason=0")
    schemes = [scheme for name, own in _IIS.items() if methods[name] for scheme in own]
    if schemes or not methods["OAuthAuthentication"] or stuck or endpoint is None:
        response = web.Response(status=401)
        for scheme in schemes:
            response.headers.add("WWW-Authenticate", scheme.format(host))
        return response
    return _moved(f"{endpoint}?{_query(host, kind)}")


def _query(host: str, kind: str) -> str:
    return urlencode(
        {
            "client_id": _CLIENT, "redirect_uri": f"https://{host}/{kind}/", "resource": _CLIENT,
            "response_mode": "form_post", "response_type": "code id_token", "scope": "openid",
            "nonce": "638000000000000000.00000000-0000-0000-0000-000000000000", "state": "DctBDoAgDABB",
        }
    )  # fmt: skip


def _moved(location: str) -> web.Response:
    return web.Response(status=302, headers={"Location": location})
