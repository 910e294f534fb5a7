# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is drift, what is a gap, and what is neither."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.difference import Difference
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.entry import Entry, read_entry

from tests.unit.watch_samples import MAPI, PREPARE, World, directory, finding, news, server

SCHEMA = json.loads((Path(__file__).parents[6] / "docs" / "schemas" / "watch.schema.json").read_text("utf-8"))


def texts(entry: Entry) -> list[str]:
    return [item.text for item in entry.differences]


def only(entry: Entry) -> Difference:
    (found,) = entry.differences
    return found


@pytest.fixture
def world() -> World:
    found = World()
    found.run()
    return found


def test_the_first_run_is_compared_with_nothing_and_the_second_is_quiet(world: World) -> None:
    assert (world.entries[0].first, world.entries[0].differences, world.entries[0].gaps) == (True, (), ())
    second = world.run()
    assert (second.first, second.differences, second.gaps) == (False, (), ())
    assert second.since == "2026-11-26T01:05:00+00:00"


def test_a_directory_that_loses_oauth_is_one_difference_with_its_check_and_its_command(world: World) -> None:
    world.organization["directories"] = [directory("mapi", methods=("Ntlm",))]
    world.say("HMA-VDIR-001", "EX1 mapi", "fail", server="EX1", commands=[PREPARE])
    found = only(world.run())
    assert found.text == f"{MAPI}: InternalAuthenticationMethods, ExternalAuthenticationMethods lost OAuth (now: Ntlm)."
    assert (found.check, found.status, found.worse) == ("HMA-VDIR-001", "fail", True)
    assert (found.place, found.host) == ("EX1", "ex1")
    assert found.commands == (("shell", PREPARE["text"]),)
    assert found.cause is not None and "hardening script" in found.cause.text
    assert world.run().differences == ()


def test_the_check_of_another_server_whose_name_begins_alike_is_not_joined(world: World) -> None:
    world.organization["directories"] = [directory("mapi", methods=("Ntlm",))]
    world.say("HMA-VDIR-001", "ex10.contoso.com mapi", "fail", server="ex10.contoso.com")
    assert [item.check for item in world.run().differences] == ["HMA-VDIR-001", ""]


def test_what_is_back_is_said_and_since_when_it_was_open(world: World) -> None:
    world.say("HMA-AUTH-003", "contoso", "fail", tenant="contoso")
    failed = only(world.run())
    assert (failed.kind, failed.worse) == ("failed", True)
    world.run()
    world.say("HMA-AUTH-003", "contoso", "pass", tenant="contoso")
    mended = only(world.run())
    assert (mended.kind, mended.worse, mended.since) == ("mended", False, "2026-11-26T02:00:00Z")


def test_a_name_that_is_gone_counts_and_one_of_microsofts_does_not(world: World) -> None:
    tenant = world.report["facts"]["tenants"]["contoso"]
    tenant["before"] = ["https://mail.contoso.com/", "https://outlook.cloud.microsoft/", "https://outlook.office.com/"]
    assert world.run().differences == ()
    tenant["before"] = ["https://outlook.office.com/"]
    found = only(world.run())
    assert (found.area, found.worse) == ("names", True)
    assert found.cause is not None and "whole list" in found.cause.text


def test_a_new_server_is_one_difference_and_not_one_for_each_directory(world: World) -> None:
    world.organization["servers"].append(server("EX9"))
    world.organization["directories"].append(directory("mapi", "EX9"))
    url = {"server": "EX9", "kind": "mapi", "where": "external", "url": "https://mail.contoso.com/mapi"}
    world.organization["client_urls"].append(url)
    found = only(world.run())
    assert (found.text, found.worse) == ("EX9 is new.", False)
    assert found.cause is not None and found.cause.inferred
    assert "INFERRED" in found.cause.sentence
    world.organization["servers"].pop()
    world.organization["directories"].pop()
    world.organization["client_urls"].pop()
    assert texts(world.run()) == ["EX9 is gone."]


CAUSES: list[tuple[str, list[str | int], Any, str, bool]] = [
    ("domains", ["auth_servers", 0, "domain_names"], ["contoso.com"], "dedicated hybrid application", True),
    ("an endpoint", ["auth_servers", 0, "default"], False, "Hybrid Configuration Wizard", True),
    (
        "an address",
        ["auth_servers", 0, "authorization_endpoint"],
        "https://login.windows.net/t-2/oauth2/authorize",
        "Hybrid Configuration Wizard",
        True,
    ),
    ("an issuer", ["auth_servers", 0, "issuer"], "https://sts.windows.net/t-2/", "Hybrid Configuration Wizard", True),
    ("a URL", ["client_urls", 0, "url"], "https://new.contoso.com/mapi", "admin center", False),
    ("the switch", ["config", "oauth2_client_profile_enabled"], False, "disable_hma", False),
    ("an endpoint that is on", ["auth_servers", 1, "default"], True, "Hybrid Configuration Wizard", False),
    ("a name", ["auth_servers", 0, "name"], "EvoSTS - 1", "Hybrid Configuration Wizard", False),
    ("an update", ["servers", 0, "label"], "Exchange Server SE CU1", "update was installed", False),
]


@pytest.mark.parametrize(("at", "to", "cause", "worse"), [row[1:] for row in CAUSES], ids=[row[0] for row in CAUSES])
def test_who_may_have_done_it(world: World, at: list[str | int], to: Any, cause: str, worse: bool) -> None:
    other = {**world.organization["auth_servers"][0], "name": "ADFS", "guid": "a-2", "default": False}
    world.organization["auth_servers"].append(other)
    world.run()
    target: Any = world.organization
    for step in at[:-1]:
        target = target[step]
    target[at[-1]] = to
    found = only(world.run())
    assert found.cause is not None and cause in found.cause.text
    assert found.cause.source
    assert found.worse is worse


def test_a_reply_url_that_is_gone_may_be_a_synchronisation(world: World) -> None:
    world.report["findings"].append(finding("HMA-OWA-002", "contoso", tenant="contoso"))
    assert world.run().differences == (), "A check that is made for the first time is no drift."
    world.say("HMA-OWA-002", "contoso", "fail", tenant="contoso")
    found = only(world.run())
    assert found.cause is not None and "synchronised" in found.cause.text and found.cause.inferred


def test_what_could_not_be_read_is_no_drift_and_not_quiet_and_is_seen_when_it_is_read_again(world: World) -> None:
    directories = world.organization.pop("directories")
    world.organization["sections"]["directories"] = {"state": "unread", "reason": "Access denied."}
    world.say("HMA-VDIR-001", "EX1 mapi", "not_checked", server="EX1", message="Access denied.")
    lost = world.run()
    assert lost.differences == ()
    assert [gap.what for gap in lost.gaps] == ["directories", "HMA-VDIR-001"]
    assert [gap.what for gap in world.run().gaps] == ["directories", "HMA-VDIR-001"], "It is not quiet the next day."

    directories[0]["internal_methods"] = ["Ntlm"]
    world.organization["directories"] = directories
    world.organization["sections"]["directories"] = {"state": "read"}
    world.say("HMA-VDIR-001", "EX1 mapi", "fail", server="EX1")
    found = only(world.run())
    assert (found.since, found.check) == ("2026-11-26T01:05:00+00:00", "HMA-VDIR-001")


def test_a_check_that_is_in_doubt_because_its_setting_changed_is_drift_and_no_gap(world: World) -> None:
    """A fast audit judges the methods of MAPI only where Active Directory shows OAuth."""
    world.organization["directories"] = [directory("mapi", methods=("Ntlm",))]
    world.say("HMA-VDIR-001", "EX1 mapi", "not_checked", server="EX1", commands=[PREPARE])
    entry = world.run()
    assert (only(entry).check, only(entry).worse, entry.gaps) == ("HMA-VDIR-001", True, ())
    quiet = world.run()
    assert (quiet.differences, quiet.gaps) == ((), ())


def test_a_check_that_did_not_apply_and_cannot_be_made_now_is_no_gap(world: World) -> None:
    world.report["findings"].append(finding("HMA-ID-004", "contoso", "not_applicable"))
    world.run()
    world.say("HMA-ID-004", "contoso", "not_checked")
    assert world.run().gaps == ()
    world.say("HMA-ID-004", "contoso", "fail")
    assert only(world.run()).kind == "failed"
    world.say("HMA-ID-004", "contoso", "not_applicable")
    assert only(world.run()).kind == "mended"


def test_a_host_that_left_the_inventory_is_missed_once_and_not_for_ever(world: World) -> None:
    world.organization["servers"].append(server("EX9"))
    world.report["servers"].append({"host": "ex9", "name": "EX9", "status": "pass", "reason": ""})
    settings = {"server": "EX9", "identity": "EX9\\mapi", "settings": {"OAuthAuthentication": True}}
    world.report["facts"]["servers"]["ex9"] = {"directories": [settings]}
    world.say("HMA-VDIR-001", "EX9 mapi", "fail", server="EX9")
    world.say("HMA-VDIR-001", "EX1 oab", "not_checked", server="EX1")
    world.run()
    world.organization["servers"].pop()
    world.report["servers"].pop()
    del world.report["facts"]["servers"]["ex9"]
    world.report["findings"] = [item for item in world.report["findings"] if item["object"] != "EX9 mapi"]
    entry = world.run()
    assert (texts(entry), entry.gaps) == (["EX9 is gone."], ())
    assert news(entry).open == ()
    quiet = world.run()
    assert (quiet.differences, quiet.gaps) == ((), ())


def test_one_object_that_could_not_be_parsed_makes_nobody_gone(world: World) -> None:
    world.organization["directories"] = []
    world.organization["unread"] = [{"what": "directories", "object": MAPI, "reason": "odd"}]
    entry = world.run()
    assert entry.differences == ()
    assert [gap.what for gap in entry.gaps] == ["directories"]


def test_a_host_and_a_tenant_that_do_not_answer_are_gaps_once(world: World) -> None:
    world.report["servers"] = [{"host": "ex1", "name": "EX1", "status": "not_checked", "reason": "timed out"}]
    world.report["tenants"] = [{"name": "contoso", "ready": False, "reason": "AADSTS7000215"}]
    world.report["facts"]["tenants"]["contoso"] = {}
    entry = world.run()
    assert [(gap.what, gap.reason) for gap in entry.gaps] == [("ex1", "timed out"), ("contoso", "AADSTS7000215")]
    assert entry.differences == ()


def test_nothing_that_could_be_read_keeps_the_last_good_state_for_the_next_run(world: World) -> None:
    good = dict(world.report["facts"]["organization"])
    world.report["facts"]["organization"] = {}
    assert world.run().state is None
    world.entries.pop()
    world.report["facts"]["organization"] = good
    assert world.run().differences == ()


def test_texts_and_order_and_case_are_no_drift(world: World) -> None:
    world.say("HMA-SPN-001", "contoso", "pass", tenant="contoso", message="Other words.", title="Another title")
    world.organization["directories"] = [directory("mapi", methods=("OAUTH", "ntlm"))]
    world.organization["auth_servers"][0]["domain_names"].reverse()
    assert world.run().differences == ()


def test_a_server_shows_its_directories_itself_and_active_directory_says_the_same_once_more(world: World) -> None:
    facts = world.report["facts"]["servers"]["ex1"]
    facts["directories"] = [
        {"server": "EX1", "identity": MAPI, "settings": {"IISAuthenticationMethods": ["Ntlm", "OAuth"]}}
    ]
    assert world.run().differences == ()
    facts["directories"][0]["settings"]["IISAuthenticationMethods"] = []
    world.organization["directories"] = [directory("mapi", methods=("Ntlm",))]
    found = only(world.run())
    assert found.setting == "IISAuthenticationMethods"
    assert found.cause is not None and "admin center" in found.cause.text


def test_an_entry_is_read_back_as_it_was_written(world: World) -> None:
    world.say("HMA-AUTH-003", "contoso", "fail", tenant="contoso", commands=[PREPARE])
    world.organization["directories"] = [directory("mapi", methods=("Ntlm",))]
    world.report["tenants"] = [{"name": "contoso", "reason": "no"}]
    entry = world.run()
    jsonschema.validate(entry.as_json(), SCHEMA, cls=jsonschema.Draft202012Validator)
    again = read_entry(json.loads(json.dumps(entry.as_json())))
    assert again is not None
    assert again.as_json() == entry.as_json()


@pytest.mark.parametrize(
    "content",
    [None, [], "x", {}, {"schema": "hybrid.exchange/watch"}, {"schema": "hybrid.exchange/watch", "schema_version": 2}],
)
def test_what_is_no_entry_is_none(content: Any) -> None:
    assert read_entry(content) is None
