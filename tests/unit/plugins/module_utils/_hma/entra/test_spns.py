# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""URLs become names, and lists are only added to."""

from __future__ import annotations

import string

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import (
    EXCHANGE_ONLINE,
    ClientUrl,
    client_names,
    host_of,
    is_built_in,
    is_plausible,
    plan_names,
)
from hypothesis import given
from hypothesis import strategies as st

HOST = st.lists(st.text(string.ascii_letters, min_size=1, max_size=10), min_size=2, max_size=4).map(".".join)
NAMES = st.lists(
    st.one_of(
        HOST.map(lambda host: f"https://{host}/"),
        HOST.map(lambda host: f"https://{host}"),
        st.just(EXCHANGE_ONLINE),
        st.text(),
    )
)


def url(value: str | None) -> ClientUrl:
    return ClientUrl("EX1", "ews", "internal", value)


@given(HOST, st.sampled_from(["", "/", "/EWS/Exchange.asmx", "/mapi?x=1"]), st.sampled_from(["https", "HTTPS"]))
def test_an_https_url_gives_its_host(host: str, path: str, scheme: str) -> None:
    names = client_names([url(f"{scheme}://{host}{path}"), url(f"https://{host.upper()}:443/x")])
    assert list(names.wanted) == [f"https://{host.lower()}/"]
    assert names.wanted[f"https://{host.lower()}/"] == ["EX1 ews internal"] * 2
    assert names.problems == []


@given(
    st.one_of(
        st.text(), st.text().map(lambda text: f"https://{text}"), st.text().map(lambda text: f"https://{text}.test/")
    )
)
def test_any_text_gives_a_clean_name_or_a_problem(text: str) -> None:
    host, problem = host_of(text, "EX1 ews internal")
    assert problem is not None or (
        host == host.lower() and "." in host and set(host) <= set(string.ascii_lowercase + string.digits + ".-_")
    )
    assert problem is None or problem.source == "EX1 ews internal"


@pytest.mark.parametrize(
    ("value", "code", "blocks"),
    [
        (None, "unset", False),
        ("", "unset", False),
        ("http://mail.contoso.test/", "http", False),
        ("https://ex1/EWS", "single_label", True),
        ("https://192.0.2.1/EWS", "ip", True),
        ("https://[2001:db8::1]/EWS", "ip", True),
        ("https://999.1.1.1/EWS", "ip", True),
        ("https://1.2.3/EWS", "ip", True),
        ("https://mail.0x7f/EWS", "ip", True),
        ("https://*.contoso.test/", "wildcard", True),
        ("https://mail.con\ttoso.test/", "malformed", True),
        ("https://mail.contoso.test../", "malformed", True),
        (f"https://{'a' * 64}.test/", "malformed", True),
        (f"https://{'.'.join(['a' * 60] * 5)}/", "too_long", True),
        ("https://mail.contoso.test:444/", "port", True),
        ("https://mail.contoso.test:port/", "malformed", True),
        ("https://user@mail.contoso.test/", "malformed", True),
        ("ftp://mail.contoso.test/", "malformed", True),
        ("https://mäil.contoso.test/", "malformed", True),
        ("mail.contoso.test", "malformed", True),
    ],
)
def test_what_gives_no_name_is_reported_with_its_source(value: str | None, code: str, blocks: bool) -> None:
    names = client_names([url(value)])
    assert names.wanted == {}
    assert [(item.code, item.blocks, item.source) for item in names.problems] == [(code, blocks, "EX1 ews internal")]


@pytest.mark.parametrize(("length", "codes"), [(255, []), (256, ["too_long"])])
def test_a_name_has_at_most_255_characters(length: int, codes: list[str]) -> None:
    rest = f".{'.'.join(['b' * 60] * 3)}.test"
    host = "a" * (length - len("https:///") - len(rest)) + rest
    names = client_names([url(f"https://{host}/EWS")])
    assert [item.code for item in names.problems] == codes
    assert [len(name) for name in names.wanted] == ([] if codes else [255])


@pytest.mark.parametrize(
    "written", ["mail.contoso.test", "MAIL.contoso.test", "mail.contoso.test.", "https://mail.contoso.test/"]
)
def test_each_way_to_write_an_ignored_host_leaves_it_out(written: str) -> None:
    names = client_names([url("https://mail.contoso.test/EWS")], ignored=[{"host": written, "reason": "old"}])
    assert (names.wanted, names.problems, names.ignored) == ({}, [], {"mail.contoso.test": "old"})


@pytest.mark.parametrize("host", ["ex1", "192.0.2.1", "2001:db8::1", "*.contoso.test"])
def test_what_gives_no_name_can_be_ignored(host: str) -> None:
    at = f"[{host}]" if ":" in host else host
    names = client_names([url(f"https://{at}/EWS")], ignored=[{"host": host, "reason": "old"}])
    assert (names.wanted, names.problems, names.ignored) == ({}, [], {host: "old"})


@pytest.mark.parametrize(
    "text",
    ["", "https://mail.contoso.test/EWS", "http://mail.contoso.test/", "mail.contoso.test:443", "mail, autodiscover"],
)
def test_an_ignored_entry_that_would_leave_nothing_out_is_refused(text: str) -> None:
    with pytest.raises(ParseError, match="hma_spn_ignored"):
        client_names([url("https://mail.contoso.test/EWS")], ignored=[{"host": text, "reason": "old"}])


def test_an_ignored_host_is_neither_wanted_nor_a_problem() -> None:
    names = client_names(
        [url("https://ex1/"), url("https://mail.contoso.test/")], ignored=[{"host": "EX1", "reason": "old"}]
    )
    assert list(names.wanted) == ["https://mail.contoso.test/"]
    assert (names.problems, names.ignored) == ([], {"ex1": "old"})


@pytest.mark.parametrize(
    "text",
    ["mail.contoso.test", "https://mail.contoso.test/", "https://MAIL.contoso.test", "HTTPS://mail.contoso.test/"],
)
def test_extra_names(text: str) -> None:
    assert list(client_names([], [text]).wanted) == ["https://mail.contoso.test/"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "http://mail.contoso.test/",
        "*.contoso.test",
        "mail",
        "mail.contoso.test/EWS",
        "https://mail.contoso.test/EWS",
        "1.2.3.4",
        "1.2.3",
        "mail.contoso.test:443",
        "https://mail.contoso.test:443/",
        "https://mail.contoso.test?x",
        "mail.contoso.test#x",
        "mail.contoso.test//",
        "mail.contoso.test\n",
        "mail.con\ttoso.test",
        " mail.contoso.test",
        "user@mail.contoso.test",
    ],
)
def test_extra_names_that_are_none(text: str) -> None:
    with pytest.raises(ParseError, match="hma_spn_extra_names"):
        client_names([], [text])


@given(NAMES, NAMES)
def test_adding_keeps_every_entry_in_text_and_order(current: list[str], wanted: list[str]) -> None:
    plan = plan_names(current, wanted)
    assert plan.after[: len(current)] == current == plan.before
    assert {name.casefold() for name in wanted} <= {name.casefold() for name in plan.after}
    assert plan_names(plan.after, wanted).changed == []


@given(NAMES, NAMES)
def test_taking_away_is_what_adding_did(current: list[str], wanted: list[str]) -> None:
    added = plan_names(current, wanted).changed
    if any(is_built_in(name) for name in added):
        with pytest.raises(Refused, match="never removed"):
            plan_names(current + added, added, present=False)
    else:
        assert plan_names(current + added, added, present=False).after == current


def test_the_slashless_form_is_another_name() -> None:
    plan = plan_names(["https://mail.contoso.test"], ["https://mail.contoso.test/"])
    assert plan.after == ["https://mail.contoso.test", "https://mail.contoso.test/"]


def test_text_that_is_no_url_is_no_built_in_name() -> None:
    assert not is_built_in("https://[")


def test_case_makes_no_new_name() -> None:
    assert plan_names(["https://Mail.Contoso.test/"], ["https://mail.contoso.test/"]).changed == []


def test_a_list_without_the_application_is_not_plausible() -> None:
    assert not is_plausible([])
    assert not is_plausible(["https://mail.contoso.test/", f"{EXCHANGE_ONLINE}/outlook.com"])
    assert is_plausible([EXCHANGE_ONLINE.upper()])
