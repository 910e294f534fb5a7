# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done fits what was answered: a redirect, an error, a handshake."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.command import advice
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.clouds import CLOUDS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe import findings, rows
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.targets import Target
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.verdict import Answer, Verdict, judge

GLOBAL = CLOUDS["global"]
THERE = "https://mail.contoso.com/autodiscover/autodiscover.xml"
READY = 'Bearer client_id="00000002-0000-0ff1-ce00-000000000000", authorization_uri="https://login.windows.net/common/"'


def redirect(to: str, *follows: str) -> Verdict:
    return judge(Answer(302, {"location": (to,)}), GLOBAL, hinted=False, follows=follows)


def row(target: Target, verdict: Verdict, status: int | None = 401, expected: str = "ready") -> rows.Row:
    return rows.make_row(target, None, verdict, status, 1, expected)


AUTODISCOVER = Target("autodiscover.contoso.com", "autodiscover", "autodiscover.contoso.com")
MAIL = Target("mail.contoso.com", "autodiscover", "mail.contoso.com")


@pytest.mark.parametrize(
    ("to", "verdict"),
    [
        (THERE, "redirected"),
        ("https://MAIL.contoso.com/Autodiscover/Autodiscover.xml", "redirected"),
        ("https://mail.contoso.com/owa/auth/logon.aspx", "pre_authenticated"),
        ("http://mail.contoso.com/autodiscover/autodiscover.xml", "pre_authenticated"),
        ("https://other.contoso.com/autodiscover/autodiscover.xml", "pre_authenticated"),
        ("/my.policy", "pre_authenticated"),
        ("https://login.microsoftonline.com/common/oauth2/authorize", "pre_authenticated"),
        ("https://login.microsoft.com/", "pre_authenticated"),
        ("https://autodiscover-s.outlook.com/autodiscover/autodiscover.xml", "elsewhere"),
        ("https://outlook.office365.com/EWS/Exchange.asmx", "elsewhere"),
    ],
)
def test_where_a_redirect_leads(to: str, verdict: str) -> None:
    assert redirect(to, "mail.contoso.com").verdict == verdict


def test_only_autodiscover_is_followed_and_nothing_but_that_address_is_kept() -> None:
    assert redirect(THERE).verdict == "pre_authenticated"
    assert redirect(THERE).url is None
    assert redirect("https://portal.contoso.com/?token=secret").url is None
    assert redirect(THERE, "mail.contoso.com").url == THERE


@pytest.mark.parametrize(
    ("there", "weight"),
    [
        (judge(Answer(401, {"www-authenticate": (READY,)}), GLOBAL, hinted=True), "proven"),
        (judge(Answer(401, {"www-authenticate": ("NTLM",)}), GLOBAL, hinted=True), "refuted"),
        (Verdict("unreachable", "refused."), "unproven"),
    ],
)
@pytest.mark.parametrize("expected", ["ready", "reachable"])
def test_a_redirected_name_is_as_good_as_the_one_it_leads_to(there: Verdict, weight: str, expected: str) -> None:
    wanted = "proven" if expected == "reachable" and there.verdict == "not_offered" else weight
    asked = [
        row(AUTODISCOVER, redirect(THERE, "mail.contoso.com"), 302, expected),
        row(MAIL, there, expected=expected),
    ]
    assert [outcome.weight for outcome in findings.outcomes(asked, expected)] == [wanted, wanted]
    assert {item.state for item in findings.settled(asked, expected) if wanted == "proven"} <= {"proven"}
    assert not [item for item in findings.findings(asked, expected) if item.id == "HMA-PRB-003"]


def test_two_names_that_lead_to_each_other_prove_nothing() -> None:
    asked = [
        row(AUTODISCOVER, redirect(THERE, "mail.contoso.com"), 302),
        row(MAIL, redirect(THERE.replace("mail", "autodiscover"), "autodiscover.contoso.com"), 302),
    ]
    assert {outcome.weight for outcome in findings.outcomes(asked, "ready")} == {"unproven"}


SERVER = Target("mail.contoso.com", "ews", "10.0.0.1", host="ex1.contoso.com", server="EX1")
NAME = Target("mail.contoso.com", "ews", "mail.contoso.com")


def step(target: Target, verdict: str, status: int | None) -> str:
    return advice(*rows.next_step(row(target, Verdict(verdict, "why."), status), target.protocol))


@pytest.mark.parametrize(
    ("target", "verdict", "status", "wanted"),
    [
        (SERVER, "indeterminate", 503, "Get-ServerComponentState 'EX1' | Format-Table Component,State"),
        (NAME, "indeterminate", 502, "in maintenance"),
        (NAME, "indeterminate", 403, "Find out who refuses"),
        (SERVER, "indeterminate", None, "no web server"),
        (SERVER, "indeterminate", 401, "hma_probe_identities"),
        (NAME, "tls", None, "Give mail.contoso.com a certificate that has this name"),
        (SERVER, "tls", None, "hma_probe_certificate_name"),
        (SERVER, "handshake", None, "TLS 1.2 or newer"),
        (AUTODISCOVER, "elsewhere", 302, "let autodiscover.contoso.com lead to a server here"),
    ],
)
def test_the_next_step_is_of_the_answer(target: Target, verdict: str, status: Any, wanted: str) -> None:
    text = step(target, verdict, status)
    assert wanted in text
    assert ("hma_probe_identities" in text) == (status == 401)
