# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The writes to owa and ecp of a server, tried on an Exchange of this file's own that knows nothing of the product's
rules: it refuses what the cmdlets' pages refuse, and sets what they say that it sets.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.web_directories import (
    SETTINGS,
    WebDirectory,
    WebSite,
    front_end,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.web_sign_in import (
    after,
    plan_back,
    plan_entra,
    plan_forms,
    with_a_way_in,
)

OWA_ID, ECP_ID = "aaaaaaaa-0000-4000-8000-000000000001", "aaaaaaaa-0000-4000-8000-000000000002"
FORMS = frozenset({"FormsAuthentication", "BasicAuthentication"})
ENTRA = frozenset({"OAuthAuthentication"})
SHUT: frozenset[str] = frozenset()
ADFS = frozenset({"AdfsAuthentication"})
BASIC = frozenset({"BasicAuthentication", "WindowsAuthentication"})


def directory(kind: str, on: frozenset[str]) -> WebDirectory:
    return WebDirectory(
        kind, "EX1", f"{kind} (Default Web Site)", OWA_ID if kind == "owa" else ECP_ID,
        f"EX1\\{kind} (Default Web Site)", None, None, {name: name in on for name in SETTINGS},
    )  # fmt: skip


def site(owa: frozenset[str], ecp: frozenset[str] | None = None) -> WebSite:
    return WebSite(directory("owa", owa), directory("ecp", owa if ecp is None else ecp))


class Exchange:
    """Both directories, and the errors that the pages of the cmdlets announce."""

    def __init__(self, start: WebSite) -> None:
        self.state = {item.guid: dict(item.settings) for item in start.both}

    def set(self, guid: str, given: dict[str, bool]) -> None:
        state, other = self.state[guid], self.state[ECP_ID if guid == OWA_ID else OWA_ID]
        assert not (given.get("FormsAuthentication") is False and given.get("BasicAuthentication")), "two calls"
        if "AdfsAuthentication" in given and given["AdfsAuthentication"] != state["AdfsAuthentication"]:
            first = OWA_ID if not given["AdfsAuthentication"] else ECP_ID
            assert guid == first or other["AdfsAuthentication"] == given["AdfsAuthentication"], "the order of AD FS"
        if given.get("FormsAuthentication"):
            state.update(BasicAuthentication=True, DigestAuthentication=False, WindowsAuthentication=False)
        state.update(given)

    def run(self, plan: Plan) -> Exchange:
        for change in plan.changes:
            guid = str(change.cmdlet.parameters["Identity"])
            values = {key: value for key, value in change.cmdlet.parameters.items() if key != "Identity"}
            assert {name: self.state[guid][name] for name in change.after} == dict(change.before)
            assert values.items() <= change.after.items()
            was = dict(self.state[guid])
            self.set(guid, values)
            now = self.state[guid]
            # What the record says is what happened, with what Exchange set by itself.
            assert dict(change.after) == {name: now[name] for name in now if name in values or now[name] != was[name]}
        return self

    def site(self) -> WebSite:
        on = [frozenset(name for name, value in self.state[guid].items() if value) for guid in (OWA_ID, ECP_ID)]
        return site(*on)


STARTS = [FORMS, ENTRA, SHUT, ADFS, BASIC, FORMS | ENTRA, frozenset({"WindowsAuthentication"})]
PAIRS = [(one, other) for one, other in itertools.product(STARTS, STARTS) if ADFS not in (one, other) or one == other]


def test_the_order_of_the_article() -> None:
    sent = [change.cmdlet.typed() for change in plan_entra(site(FORMS)).changes]
    off = " ".join(f"-{name}Authentication $false" for name in ("Adfs", "Basic", "Digest", "Forms"))
    assert sent == [
        f"Set-OwaVirtualDirectory -Identity '{OWA_ID}' {off} -Confirm:$false",
        f"Set-EcpVirtualDirectory -Identity '{ECP_ID}' {off} -Confirm:$false",
        f"Set-EcpVirtualDirectory -Identity '{ECP_ID}' -OAuthAuthentication $true -Confirm:$false",
        f"Set-OwaVirtualDirectory -Identity '{OWA_ID}' -OAuthAuthentication $true -Confirm:$false",
    ]


@pytest.mark.parametrize(("owa", "ecp"), PAIRS)
def test_wherever_a_run_ends_the_next_one_finishes_and_a_third_changes_nothing(
    owa: frozenset[str], ecp: frozenset[str]
) -> None:
    plan = plan_entra(site(owa, ecp))
    for done in range(len(plan.changes) + 1):
        exchange = Exchange(site(owa, ecp)).run(Plan(plan.changes[:done]))
        exchange.run(plan_entra(exchange.site()))
        assert exchange.site().oauth_only
        assert plan_entra(exchange.site()).changes == ()


@pytest.mark.parametrize(("owa", "ecp"), PAIRS)
def test_what_is_predicted_is_what_happens(owa: frozenset[str], ecp: frozenset[str]) -> None:
    start = site(owa, ecp)
    for plan in (plan_entra(start), plan_forms(start), back_to(start, FORMS)):
        assert Exchange(start).run(plan).site() == after(start, plan)


def back_to(start: WebSite, wanted: frozenset[str]) -> Plan:
    settings = {name: name in wanted for name in SETTINGS}
    return plan_back(start, {"owa": settings, "ecp": settings})


@pytest.mark.parametrize(
    "before", [FORMS, ADFS, BASIC - {"WindowsAuthentication"}, frozenset({"DigestAuthentication"})]
)
def test_the_way_back_is_the_mirror_and_can_be_cut_anywhere(before: frozenset[str]) -> None:
    there = Exchange(site(before)).run(plan_entra(site(before))).site()
    plan = back_to(there, before)
    assert [(change.target["kind"], change.after.get("OAuthAuthentication")) for change in plan.changes[:2]] == [
        ("owa", False), ("ecp", False),
    ]  # fmt: skip
    assert [change.target["kind"] for change in plan.changes[2:]] == ["ecp", "owa"]
    for done in range(len(plan.changes) + 1):
        exchange = Exchange(there).run(Plan(plan.changes[:done]))
        exchange.run(back_to(exchange.site(), before))
        assert exchange.site() == site(before)


def test_nobody_is_left_without_a_way_in() -> None:
    shut = directory("owa", SHUT)
    wanted, note = with_a_way_in(shut, shut.settings)
    assert wanted["FormsAuthentication"]
    assert "forms come back" in note
    windows = {**shut.settings, "WindowsAuthentication": True}
    assert with_a_way_in(shut, windows)[0]["FormsAuthentication"], "nothing writes it, so the wish opens nothing"
    assert with_a_way_in(directory("owa", frozenset({"WindowsAuthentication"})), windows)[1] == ""


def test_windows_authentication_is_left_as_it_is_and_the_external_list_says_nothing() -> None:
    start = site(BASIC)
    done = Exchange(start).run(plan_entra(start)).site()
    assert done.owa.settings["WindowsAuthentication"] is True
    assert done.oauth_only


def test_the_cure_ends_where_it_began() -> None:
    start = site(ENTRA)
    exchange = Exchange(start).run(plan_forms(start))
    assert not exchange.site().owa.oauth
    assert exchange.site().owa.others == ["BasicAuthentication", "FormsAuthentication"]
    exchange.run(plan_entra(exchange.site()))
    assert exchange.site() == start


def found(name: str, **more: object) -> dict[str, object]:
    settings = dict.fromkeys(SETTINGS, False)
    return {"Name": name, "Guid": OWA_ID, "Identity": f"EX1\\{name}", "Server": "EX1", **settings, **more}


def test_the_directory_of_the_front_end_is_read_strictly() -> None:
    both = [found("owa (Exchange Back End)"), found("owa (default web site)", OAuthAuthentication=True)]
    read = front_end("owa", CmdletResult(both, [], []))
    assert read.oauth_only
    assert WebDirectory.from_facts(Properties(read.facts(), "facts")) == read
    with pytest.raises(Refused, match="expected exactly one directory"):
        front_end("owa", CmdletResult(both[:1], [], []))
    with pytest.raises(ParseError, match="OAuthAuthentication"):
        front_end("owa", CmdletResult([found("owa (Default Web Site)", OAuthAuthentication="True")], [], []))
    assert not replace(read, settings={**read.settings, "FormsAuthentication": True}).oauth_only
