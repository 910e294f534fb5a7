# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab's /owa and /ecp answer before anybody has signed in."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp.test_utils import make_mocked_request

from tests.lab import web_pages
from tests.lab.web_directories import FLAGS

ENTRA = "https://login.windows.net/common/oauth2/authorize"


def answer(
    *on: str, path: str = "/owa/", endpoint: str | None = ENTRA, stuck: bool = False
) -> tuple[int, str, list[str]]:
    request = make_mocked_request("GET", path, headers={"Host": "mail.contoso.test"})
    methods = {name: name.removesuffix("Authentication") in on for name in FLAGS}
    kind = web_pages.page_of(path)
    assert kind is not None
    found = web_pages.answer(request, kind, methods, endpoint, stuck=stuck)
    return found.status, found.headers.get("Location", ""), found.headers.getall("WWW-Authenticate", [])


def test_oauth_sends_people_to_entra_and_back() -> None:
    status, location, _schemes = answer("OAuth", path="/ecp/")
    query = parse_qs(urlsplit(location).query)
    assert (status, location.partition("?")[0]) == (302, ENTRA)
    assert query["redirect_uri"] == ["https://mail.contoso.test/ecp/"]
    assert query["client_id"] == ["00000002-0000-0ff1-ce00-000000000000"]


def test_forms_and_ad_fs_win_over_oauth() -> None:
    assert "/owa/auth/logon.aspx?" in answer("Forms", "Basic", "OAuth")[1]
    assert answer("Adfs", "OAuth")[1].startswith("https://adfs.contoso.test/adfs/ls/")
    assert answer("Forms", path="/owa/auth/logon.aspx")[0] == 200


def test_iis_s_own_methods_are_offered() -> None:
    assert answer("Windows", "OAuth") == (401, "", ["Negotiate", "NTLM"])
    assert answer("Basic") == (401, "", ['Basic realm="mail.contoso.test"'])


@pytest.mark.parametrize(
    ("on", "endpoint", "stuck"), [((), ENTRA, False), (("OAuth",), None, False), (("OAuth",), ENTRA, True)]
)
def test_nobody_gets_in(on: tuple[str, ...], endpoint: str | None, stuck: bool) -> None:
    """No method, modern authentication off, or set but not in effect."""
    assert answer(*on, endpoint=endpoint, stuck=stuck) == (401, "", [])


def test_other_paths_are_not_theirs() -> None:
    assert web_pages.page_of("/ews/exchange.asmx") is None
