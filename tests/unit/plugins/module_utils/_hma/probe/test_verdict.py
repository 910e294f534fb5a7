# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every answer gets one verdict, and only what is right is ready."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.clouds import CLOUDS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe import findings
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.verdict import (
    VERDICTS,
    Answer,
    judge,
    judge_autodiscover,
    weight,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.support.recorded import (
    EAS_2018,
    EAS_ADFS,
    EAS_ANONYMOUS,
    EAS_BROKEN,
    EAS_BROKEN_DIAGNOSTICS,
    EAS_SE,
    EWS_ADFS,
    EXO_FOLDED,
)

GLOBAL = CLOUDS["global"]


ENDPOINT = "https://login.windows.net/common/oauth2/authorize"


ID = 'client_id="00000002-0000-0ff1-ce00-000000000000"'


def answer(challenges: list[str], status: int = 401, **headers: str) -> Answer:
    return Answer(
        status, {"www-authenticate": challenges, **{name.replace("_", "-"): [value] for name, value in headers.items()}}
    )


@pytest.mark.parametrize(
    ("found", "hinted", "verdict", "reason"),
    [
        pytest.param(answer(EAS_2018), False, "ready", "login.windows.net",
                     id="the sample of Microsoft's documentation"),
        pytest.param(answer(EAS_SE), True, "ready", "login.windows.net", id="SE with HMA"),
        pytest.param(answer(EXO_FOLDED), True, "ready", "login.microsoftonline.com", id="Exchange Online, folded"),
        pytest.param(answer(EAS_BROKEN, x_ms_diagnostics=EAS_BROKEN_DIAGNOSTICS), False, "indeterminate",
                     "where a mailbox is named", id="no hint"),
        pytest.param(answer(EAS_BROKEN, x_ms_diagnostics=EAS_BROKEN_DIAGNOSTICS), True, "no_endpoint",
                     "authentication policy", id="hint and still none"),
        pytest.param(answer(EWS_ADFS), False, "indeterminate", "invalid_token", id="EWS without a hint"),
        pytest.param(answer([f"Bearer {ID}"]), False, "no_endpoint", "more than one",
                     id="two defaults or off, older build"),
        pytest.param(answer(EAS_ADFS), True, "adfs", "adfs.contoso.com", id="AD FS"),
        pytest.param(answer([f'Bearer {ID}, authorization_uri="https://sts.contoso.com/adfs/ls"']), False, "adfs",
                     "AD FS", id="AD FS of an older build"),
        pytest.param(answer(EAS_ANONYMOUS), False, "not_offered", "401 offers Basic, and no Bearer", id="anonymous"),
        pytest.param(answer([]), False, "not_offered", "no scheme at all", id="401 without a scheme"),
        pytest.param(
            answer([f'Bearer {ID}, authorization_uri="https://login.microsoftonline.us/common/oauth2/authorize"']),
            False, "other_endpoint", "no sign-in host of this cloud", id="another cloud",
        ),
        pytest.param(answer([f'Bearer {ID}, authorization_uri="http://login.windows.net/"']), False, "odd_endpoint",
                     "http://", id="http"),
        pytest.param(answer(['Bearer realm="gateway"']), False, "other_bearer", "something in front",
                     id="a gateway's own Bearer"),
        pytest.param(answer([], 200), False, "pre_authenticated", "200 without signing in", id="anonymous 200"),
        pytest.param(answer([], 302, location="https://portal.contoso.com/my.policy"), False, "pre_authenticated",
                     "portal.contoso.com", id="redirect"),
        pytest.param(answer([], 451, x_ms_location="https://outlook.office365.com/EWS"), True, "moved",
                     "outlook.office365.com", id="451"),
        pytest.param(answer([], 404), False, "not_found", "404", id="404"),
        pytest.param(answer([], 503), False, "indeterminate", "starting", id="503"),
        pytest.param(answer([], 403), False, "indeterminate", "403 instead of 401", id="403"),
        pytest.param(Answer(failure="tls", detail="certificate has expired"), False, "tls", "expired", id="tls"),
        pytest.param(Answer(failure="timeout", detail="no answer"), False, "timeout", "no answer", id="timeout"),
        pytest.param(Answer(detail="refused"), False, "unreachable", "refused", id="unreachable"),
    ],
)  # fmt: skip
def test_verdicts(found: Answer, hinted: bool, verdict: str, reason: str) -> None:
    told = judge(found, GLOBAL, hinted=hinted)
    assert told.verdict == verdict
    assert reason in told.reason


GOOD = f'authorization_uri="{ENDPOINT}"'


EVIL = 'authorization_uri="https://evil.example/"'


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example\\\\@login.windows.net/", "https://evil.example@login.windows.net/", "https://login.windows.net:99999/",
        "https://login.windows.net:8443/", "https://login.windows.net:/",
        "https://login.windows.net\\\\.evil.example/", "http://login.windows.net/",
        "HTTPS:login.windows.net/", "https:///login.windows.net/", "https://login.windows.net%2eevil.example", "https://l\u043egin.windows.net/",
        "https://login.windows.net/ x", "https://login.windows.net\t/", "//login.windows.net/", "https://[::1]/", "https://login.windows.net\u3002/",
        "javascript:alert(1)//https://login.windows.net/", "https://login.windows.net/\\\\x",
        "https://login.windows.net/\u00e9", "login.windows.net",
    ],
)  # fmt: skip
@pytest.mark.parametrize("cloud", ["global", "usgov_l4"])
def test_an_endpoint_in_which_two_programs_may_see_two_hosts_is_none(uri: str, cloud: str) -> None:
    told = judge(
        answer([f'Bearer {ID}, authorization_uri="{uri}", issuer_kind="AzureAD"']), CLOUDS[cloud], hinted=False
    )
    assert told.verdict == "odd_endpoint"
    assert is_refuted(told.verdict)
    body = json.dumps({"Url": uri.replace("login.windows.net", "mail.contoso.com").replace("\\\\", "\\")})
    assert judge_autodiscover(Answer(200, {}, body), ["mail.contoso.com", "evil.example"], GLOBAL).verdict != "ready"


def is_refuted(verdict: str) -> bool:
    return all(weight(verdict, expected) == "refuted" for expected in ("ready", "not_offered"))


@pytest.mark.parametrize(
    "uri",
    [ENDPOINT, ENDPOINT.upper(), f"{ENDPOINT}?x=%20#y", "https://login.windows.net:443/", "https://login.windows.net"],
)
def test_forms_of_the_right_endpoint(uri: str) -> None:
    assert judge(answer([f'Bearer {ID}, authorization_uri="{uri}"']), GLOBAL, hinted=False).verdict == "ready"


@pytest.mark.parametrize(
    "challenges",
    [
        pytest.param([f"Bearer {ID}, {GOOD}", f"Bearer {ID}, {EVIL}"], id="a second Bearer in a header of its own"),
        pytest.param([f"Bearer {ID}, {EVIL}", f"Bearer {ID}, {GOOD}"], id="the first one is the wrong one"),
        pytest.param([f"Bearer {ID}, {GOOD}, Bearer {ID}, {EVIL}"], id="two in one header"),
        pytest.param([f"Bearer {ID}, {GOOD}, {EVIL}"], id="a second address"),
        pytest.param([f"Bearer {ID}, {EVIL}, {GOOD}"], id="a first address"),
        pytest.param([f'Bearer {ID}, {GOOD}, Authorization_URI="https://evil.example/"'], id="in other letters"),
        pytest.param([f"Bearer {ID}, {GOOD}", 'bearer realm="gateway"'], id="a gateway's own Bearer beside"),
        pytest.param([f'Bearer {ID}, client_id="other", {GOOD}'], id="a second client_id"),
        pytest.param([f"Bearer {ID}, {GOOD}", f"Bearer {ID}"], id="one without an address"),
        pytest.param([f"Bearer {ID}, {GOOD}", "Basic", "NTLM", "Bearer"], id="one that is empty"),
        pytest.param(
            [f"Bearer {ID}, {GOOD}, " + ", ".join(f'authorization_uri="{ENDPOINT}?{number}"' for number in range(40))],
            id="forty addresses",
        ),
    ],
)
def test_every_bearer_and_every_address_has_to_be_right(challenges: list[str]) -> None:
    told = judge(answer(challenges), GLOBAL, hinted=False)
    assert told.verdict == "contradictory"
    assert is_refuted(told.verdict)
    assert not told.passing


def test_one_thing_said_twice_is_one_thing() -> None:
    for challenges in (
        [f"Bearer {ID}, {GOOD}"] * 2,
        [f"Bearer {ID}, {GOOD}, {GOOD}"],
        [f'Bearer {ID}, {GOOD}, authorization_uri="https://login.windows.net"'],
    ):
        assert judge(answer(challenges), GLOBAL, hinted=False).verdict == "ready"
    assert judge(answer([f"Bearer {ID}"] * 2), GLOBAL, hinted=False).verdict == "no_endpoint"


def test_letters_that_only_unicode_takes_for_ours_are_others() -> None:
    odd = ID.replace("0ff1", "0\ufb001")
    assert judge(answer([f"Bearer {odd}, {GOOD}"]), GLOBAL, hinted=False).verdict == "other_bearer"


def test_a_body_that_is_nested_without_end_is_no_url() -> None:
    assert judge_autodiscover(Answer(200, {}, "[" * 60000), ["mail.contoso.com"], GLOBAL).verdict == "indeterminate"


def test_a_verdict_carries_what_was_said() -> None:
    told = judge(answer(EAS_SE), GLOBAL, hinted=True)
    assert told.authorization_uri == "https://login.windows.net/common/oauth2/authorize"
    assert told.issuer_kind == "AzureAD"
    assert told.trusted_issuers == "00000001-0000-0000-c000-000000000000@11111111-aaaa-4bbb-8ccc-000000000001"
    assert told.offered == ("Bearer",)


def test_the_right_host_is_the_clouds() -> None:
    china = [f'Bearer {ID}, authorization_uri="https://login.chinacloudapi.cn/common/oauth2/authorize"']
    assert judge(answer(china), CLOUDS["china"], hinted=False).verdict == "ready"
    assert judge(answer(china), GLOBAL, hinted=False).verdict == "other_endpoint"
    assert judge(answer(china), GLOBAL, hinted=False, hosts=["Login.Chinacloudapi.cn"]).verdict == "ready"
    new = [f'Bearer {ID}, authorization_uri="https://login.new.example/authorize", issuer_kind="AzureAD"']
    assert judge(answer(new), CLOUDS["bleu"], hinted=True).verdict == "ready"
    assert judge(answer(new), GLOBAL, hinted=True).verdict == "other_endpoint"


@given(st.integers(100, 599), st.lists(st.text()), st.text(), st.booleans())
def test_any_answer_gets_a_known_verdict(status: int, challenges: list[str], location: str, hinted: bool) -> None:
    found = Answer(status, {"www-authenticate": challenges, "location": [location]}, location)
    told = judge(found, GLOBAL, hinted=hinted)
    assert told.verdict in VERDICTS
    assert told.reason
    assert told.verdict != "ready"
    assert judge_autodiscover(found, ["mail.contoso.com"], GLOBAL).verdict in VERDICTS


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ('{"Protocol":"ActiveSync","Url":"https://mail.contoso.com/Microsoft-Server-ActiveSync"}', "ready"),
        ('{"Protocol":"ActiveSync","Url":"https://eas.contoso.com/Microsoft-Server-ActiveSync"}', "unregistered"),
        ('{"Protocol":"ActiveSync","Url":"https://outlook.office365.com/Microsoft-Server-ActiveSync"}', "moved"),
        ('{"Protocol":"ActiveSync","Url":"http://mail.contoso.com/"}', "indeterminate"),
        ('{"Url": 7}', "indeterminate"),
        ("[1]", "indeterminate"),
        ("<html>", "indeterminate"),
    ],
)
def test_autodiscover_v2(body: str, verdict: str) -> None:
    assert judge_autodiscover(Answer(200, {}, body), ["Mail.contoso.com"], GLOBAL).verdict == verdict


def test_off_is_proven_by_no_bearer_or_by_one_that_leads_nowhere() -> None:
    assert {verdict for verdict in VERDICTS if weight(verdict, "not_offered") == "proven"} == {
        "not_offered",
        "no_endpoint",
    }
    assert weight("ready", "not_offered") == "refuted"
    assert {verdict for verdict in VERDICTS if weight(verdict, "ready") == "proven"} == {"ready"}
    assert weight("timeout", "not_offered") == weight("timeout", "ready") == "unproven"


def found(rows: list[Any], expected: str = "ready") -> dict[tuple[str, str], str]:
    return {(item.id, item.object): item.status for item in findings.findings(rows, expected)}
