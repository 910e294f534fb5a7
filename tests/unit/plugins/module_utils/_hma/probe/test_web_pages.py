# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pages of Outlook on the web and the admin center answer, and what is made of it."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.clouds import CLOUDS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import ClientUrl
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.targets import Server, Target, Tls
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.verdict import Answer
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.web_pages import (
    PageRow,
    Registered,
    judge_page,
    pages_of,
    row_of,
)

APP = "00000002-0000-0ff1-ce00-000000000000"
OWA = Target("mail.contoso.test", "owa", "10.0.0.1", server="EX1")
REGISTERED = [
    Registered("contoso", ("https://mail.contoso.test/owa",)),
    Registered("fabrikam", ("https://Mail.contoso.test/owa/",)),
]


def to_entra(
    host: str = "login.microsoftonline.com",
    client: str = APP,
    back: str = "https://mail.contoso.test/owa/",
    path: str = "/common/oauth2/authorize",
) -> str:
    return f"https://{host}{path}?{urlencode({'client_id': client, 'redirect_uri': back, 'scope': 'openid'})}"


def row(answer: Answer, expected: str = "entra") -> PageRow:
    return row_of(OWA, answer, judge_page(answer, OWA, CLOUDS["global"], REGISTERED), expected)


def moved(location: str, status: int = 302) -> Answer:
    return Answer(status, {"location": (location,)})


@pytest.mark.parametrize(
    ("answer", "verdict", "entra", "methods"),
    [
        (moved(to_entra()), "ready", "proven", "refuted"),
        (moved(to_entra("login.windows.net"), 301), "ready", "proven", "refuted"),
        (moved("https://mail.contoso.test/owa/auth/logon.aspx?url=x&reason=0"), "forms", "refuted", "proven"),
        (moved("/owa/auth/logon.aspx?replaceCurrent=1"), "forms", "refuted", "proven"),
        (moved("https://evil.test/owa/auth/logon.aspx"), "other", "refuted", "refuted"),
        (moved("//evil.test/owa/auth/logon.aspx"), "other", "refuted", "refuted"),
        (moved("/\\evil.test/owa/auth/logon.aspx"), "other", "refuted", "refuted"),
        (moved("https://mail.contoso.test@evil.test/owa/auth/logon.aspx"), "other", "refuted", "refuted"),
        (moved("https://adfs.contoso.test/adfs/ls/?wa=wsignin1.0"), "adfs", "refuted", "proven"),
        (moved("https://gateway.contoso.test/login"), "other", "refuted", "refuted"),
        (moved(to_entra("login.microsoftonline.us")), "other", "refuted", "refuted"),
        (moved(to_entra("login.microsoftonline.com@evil.test")), "other", "refuted", "refuted"),
        (moved(to_entra(client="cccccccc-0000-4000-8000-000000000009")), "other", "refuted", "refuted"),
        (moved(to_entra(back="https://other.contoso.test/owa/")), "other", "refuted", "refuted"),
        (moved(to_entra(back="https://mail.contoso.test/ecp/")), "other", "refuted", "refuted"),
        (moved(to_entra(back="http://mail.contoso.test/owa/")), "other", "refuted", "refuted"),
        (moved(to_entra(back="https://mail.contoso.test/OWA/")), "unregistered", "refuted", "refuted"),
        (moved("https://[half"), "other", "refuted", "refuted"),
        (moved(""), "other", "refuted", "refuted"),
        (Answer(401, {"www-authenticate": ("Negotiate", "NTLM")}), "iis", "refuted", "proven"),
        (Answer(401), "no_effect", "refuted", "refuted"),
        (Answer(440), "no_effect", "refuted", "refuted"),
        (Answer(503), "no_effect", "refuted", "refuted"),
        (Answer(200), "other", "refuted", "refuted"),
        (Answer(404), "other", "refuted", "refuted"),
        (Answer(failure="tls", detail="expired"), "tls", "unproven", "unproven"),
        (Answer(failure="timeout", detail="no answer"), "timeout", "unproven", "unproven"),
    ],
)
def test_one_verdict_for_each_answer(answer: Answer, verdict: str, entra: str, methods: str) -> None:
    assert (row(answer).verdict, row(answer).state, row(answer, "methods").state) == (verdict, entra, methods)


def test_a_tenant_without_the_reply_url_is_named() -> None:
    answer = moved(to_entra(back="https://mail.contoso.test/owa/"))
    without = [*REGISTERED, Registered("tailspin", ("https://outlook.office365.com/owa",))]
    found = judge_page(answer, OWA, CLOUDS["global"], without)
    assert found.verdict == "unregistered"
    assert "no reply URL in tailspin (AADSTS50011)" in found.reason


@pytest.mark.parametrize(("end", "says"), [("", False), ("/", True)])
def test_a_slash_that_is_not_registered_is_said(end: str, says: bool) -> None:
    """Entra is taken not to count it, which nobody has recorded."""
    only = [Registered("contoso", ("https://mail.contoso.test/owa",))]
    found = judge_page(moved(to_entra(back=f"https://mail.contoso.test/owa{end}")), OWA, CLOUDS["global"], only)
    assert found.verdict == "ready"
    assert ("if people get AADSTS50011" in found.reason) is says


def test_what_is_asked_of_a_server_are_its_own_names_at_its_own_address() -> None:
    urls = [
        ClientUrl("EX1", "owa", "internal", "https://mail.corp.contoso.test/owa"),
        ClientUrl("EX1", "owa", "external", "https://Mail.contoso.test/owa"),
        ClientUrl("EX1", "ecp", "internal", "https://mail.contoso.test/ecp"),
        ClientUrl("EX1", "ecp", "external", None),
        ClientUrl("EX1", "ews", "external", "https://mail.contoso.test/EWS/Exchange.asmx"),
        ClientUrl("EX2", "owa", "external", "https://other.contoso.test/owa"),
    ]
    server = Server("ex1", "ex1.corp.contoso.test", "10.0.0.1:4443", Tls())
    assert [(item.name, item.path, item.where) for item in pages_of(server, urls)] == [
        ("mail.corp.contoso.test", "/owa/", "10.0.0.1:4443"),
        ("mail.contoso.test", "/owa/", "10.0.0.1:4443"),
        ("mail.contoso.test", "/ecp/", "10.0.0.1:4443"),
    ]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(401, {"www-authenticate": ("X" * 5000,)}),
        moved(to_entra(back=f"https://mail.contoso.test/owa/{'x' * 5000}")),
        moved(to_entra(back=f"https://other.contoso.test/{'x' * 5000}")),
        moved(f"https://{'x' * 5000}/adfs/ls/"),
    ],
)
def test_a_reason_is_short_whatever_was_answered(answer: Answer) -> None:
    assert len(row(answer).reason) < 600
