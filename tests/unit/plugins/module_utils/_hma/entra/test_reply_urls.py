# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reply URLs: which are wanted, what is no reply URL, and that no foreign one is ever lost."""

from __future__ import annotations

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.reply_urls import (
    MOST,
    is_registered,
    plan_reply_urls,
    reply_urls,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import ClientUrl

# After the article's steps in a public report.
FOREIGN = [
    "https://sdfpilot.outlook.com/owa", "https://outlook.office365.com/owa", "https://outlook.cloud.microsoft",
    "https://outlook-sdf.cloud.microsoft",
]  # fmt: skip
OWA, ECP = "https://mail.contoso.test/owa", "https://mail.contoso.test/ecp"


def url(text: str | None, kind: str = "owa") -> ClientUrl:
    return ClientUrl("EX1", kind, "internal", text)


def test_as_the_article_registers_them_and_as_exchange_asks_with_the_case_of_the_path() -> None:
    urls = [url("https://Mail.Contoso.test/owa/"), url("https://mail.contoso.test/owa"), url("https://mail.contoso.test/OWA"),
            url("https://mail.contoso.test/ecp", "ecp"), url(None)]  # fmt: skip
    names = reply_urls(urls)
    upper = "https://mail.contoso.test/OWA"
    assert list(names.wanted) == [upper, f"{upper}/", ECP, f"{ECP}/", OWA, f"{OWA}/"]
    assert names.wanted[OWA] == names.wanted[f"{OWA}/"] == ["EX1 owa internal"] * 2
    assert [(item.code, item.blocks) for item in names.problems] == [("unset", False)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("http://mail.contoso.test/owa", "http"),
        ("https://*.contoso.test/owa", "wildcard"),
        ("https://mail.contoso.test:4443/owa", "port"),
        ("https://mail/owa", "single_label"),
        ("https://192.0.2.1/owa", "ip"),
        ("https://owa-contoso.msappproxy.net/owa", "application_proxy"),
        ("https://old.contoso.test/owa", "ignored"),
        (f"https://mail.contoso.test/{'o' * 250}", "too_long"),
        # With the slash it is one too many.
        (f"https://mail.contoso.test/{'o' * 230}", "too_long"),
        ("mail.contoso.test/owa", "malformed"),
    ],
)
def test_what_people_cannot_be_sent_back_to_stops(text: str, code: str) -> None:
    names = reply_urls([url(text)], [{"host": "old.contoso.test", "reason": "gone in May"}])
    assert names.wanted == {}
    assert [(item.code, item.blocks, item.value) for item in names.problems] == [(code, True, text)]


def test_only_what_is_missing_is_added_and_foreign_ones_keep_their_place() -> None:
    before = [*FOREIGN, "https://MAIL.contoso.test/owa"]
    plan = plan_reply_urls(before, [OWA, ECP, ECP])
    assert (plan.after, plan.changed) == ([*before, ECP], [ECP])
    assert plan_reply_urls(plan.after, [OWA, ECP]).changed == []


def test_with_the_slash_and_without_it_are_two_entries() -> None:
    """Nobody has recorded whether Entra takes both for one; both are there then, whichever was there before."""
    assert plan_reply_urls([OWA], [OWA, f"{OWA}/"]).after == [OWA, f"{OWA}/"]
    assert plan_reply_urls([f"{OWA}/"], [OWA, f"{OWA}/"]).after == [f"{OWA}/", OWA]
    assert plan_reply_urls([OWA, f"{OWA}/"], [OWA, f"{OWA}/"]).changed == []


def test_the_case_of_the_path_makes_two_of_them() -> None:
    assert plan_reply_urls([OWA], ["https://mail.contoso.test/OWA"]).changed == ["https://mail.contoso.test/OWA"]
    assert not is_registered([OWA], "https://mail.contoso.test/Owa/")
    assert is_registered([OWA], "https://Mail.contoso.test/owa/")
    assert not is_registered(["http://mail.contoso.test/owa"], OWA)
    assert not is_registered(["https://[half", ""], OWA)


def test_the_limit_is_of_what_is_written_not_of_what_is_there() -> None:
    full = [f"https://h{number}.contoso.test/owa" for number in range(MOST)]
    with pytest.raises(Refused, match="257 reply URLs, and 256 is the limit"):
        plan_reply_urls(full, [OWA])
    assert plan_reply_urls(full, [full[0]]).changed == []


def test_exactly_the_given_ones_go_and_never_microsofts() -> None:
    plan = plan_reply_urls([*FOREIGN, OWA, ECP], [OWA, "https://mail.contoso.test/Ecp"], present=False)
    assert (plan.after, plan.changed) == ([*FOREIGN, ECP], [OWA])
    for built_in in FOREIGN:
        with pytest.raises(Refused, match="never removed"):
            plan_reply_urls([*FOREIGN, OWA], [built_in], present=False)


def test_only_the_entry_that_is_named_goes() -> None:
    mine, other = "https://mail.contoso.test/owa", "https://mail.contoso.test/owa/"
    plan = plan_reply_urls([mine, other], ["https://Mail.contoso.test/owa"], present=False)
    assert (plan.after, plan.changed) == ([other], [mine])


def test_one_with_a_query_is_another_one() -> None:
    mine, other = "https://mail.contoso.test/owa", "https://mail.contoso.test/owa?realm=contoso.test"
    assert plan_reply_urls([other], [mine]).after == [other, mine]
    assert not is_registered([other], "https://mail.contoso.test/owa/")
