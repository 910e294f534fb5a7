# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What a recording says of what front ends answer to somebody without a token."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from ..base.comparison import fold
from ..entra.spns import EXCHANGE_ONLINE
from ..probe.challenge import Challenge, bearers, parse_challenges
from .recorded import Recording, Web
from .seen import Seen, agreed

_PAGES: Final = ("owa", "ecp")
_URI: Final = "authorization_uri"


def _asked(recording: Recording) -> Iterator[tuple[Web, list[Challenge]]]:
    """The answers of protocols, with their challenges."""
    for server in recording.servers:
        for web in server.challenges:
            if web.status == 401 and web.protocol not in _PAGES:
                yield web, parse_challenges(web.headers.get("www-authenticate", ()))


def _challenge(recording: Recording) -> Seen | None:
    """A Bearer has a client and issuers, and stands beside others."""
    return agreed(_odd(offered) for _web, offered in _asked(recording) if bearers(offered))


def _odd(offered: list[Challenge]) -> str:
    bearer = bearers(offered)[0].parameters
    if fold(bearer.get("client_id", "")) != EXCHANGE_ONLINE:
        return "another client_id"
    if not bearer.get("trusted_issuers"):
        return "no trusted_issuers"
    return "" if len(offered) > len(bearers(offered)) else "Bearer alone"


def _no_endpoint(recording: Recording) -> Seen | None:
    """While the flag is off no Bearer sends anybody anywhere."""
    if recording.modern is not False:
        return None
    offers = [bearer for _web, offered in _asked(recording) for bearer in bearers(offered)]
    return agreed("an endpoint" if bearer.parameters.get(_URI) else "" for bearer in offers)


def _pages(recording: Recording) -> Seen | None:
    return agreed(one for one in _judged_pages(recording) if one is not None)


def _judged_pages(recording: Recording) -> Iterator[str | None]:
    for server in recording.servers:
        for web in server.challenges:
            reading = server.reading(web.protocol)
            if web.protocol in _PAGES and web.status is not None and reading is not None and reading.objects:
                item = reading.objects[0]
                yield _page(
                    web, {name: item.plain(f"{name}Authentication") is True for name in ("Forms", "OAuth", "Adfs")}
                )


def _page(web: Web, methods: Mapping[str, bool]) -> str | None:
    """What of the answer is not as the methods of the page let expect; None where they say nothing."""
    location = fold(" ".join(web.headers.get("location", ())))
    if methods["Adfs"]:
        return "" if "/adfs/ls" in location else "not sent to AD FS"
    if methods["Forms"]:
        return "" if "/owa/auth/logon.aspx" in location else "not sent to the form"
    if methods["OAuth"] and web.status == 302:
        return "" if "client_id=" in location and "redirect_uri=" in location else "another redirect"
    return None


JUDGES: Final[Mapping[str, Callable[[Recording], Seen | None]]] = {
    "challenge": _challenge, "no_endpoint": _no_endpoint, "pages": _pages,
}  # fmt: skip
