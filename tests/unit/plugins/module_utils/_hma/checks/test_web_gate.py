# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate before people sign in to Outlook on the web at Entra alone: silent on an organization that is ready, and
what makes each of its checks stop the run, alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.facts import plain
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import web_gate, web_windows
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inventory import TaskResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.web_readings import WebReadings
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.reply_urls import plan_reply_urls, reply_urls
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import ClientUrl
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import administrators, web_directories
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.administrators import Membership
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.web_directories import (
    SETTINGS,
    WebDirectory,
)

from tests.lab.sids import sid_of
from tests.unit.audit_story import Story

SERVERS = ["organizations", 0, "servers"]
GROUPS = ["organizations", 0, "role_groups"]
USERS = ["tenants", 0, "users"]
ADMINS = ["alice@contoso.test", "bob@contoso.test"]
UNREAD = {"unread": [{"what": "version", "reason": "no"}]}
CAROL = {"upn": "carol@contoso.test"}
STATUS = Cmdlet("Get-ExchangeServer", {"Status": True}, ("Name", "CurrentConfigDomainController"), on_error="continue")


def web_of(story: Story) -> dict[str, Any]:
    """What hma_web_info reads of the organization."""
    urls = []
    for kind in web_directories.NOUNS:
        result = story.run(story.reader, [web_directories.get_urls(kind)])[0]
        urls += [url for item in result.properties("Get") for url in web_directories.urls_of(kind, item)]
    membership = Membership()
    membership.begin(story.run(story.reader, [administrators.MEMBERS])[0])
    while cmdlets := membership.next_cmdlets():
        membership.take(story.run(story.reader, cmdlets))
    status = story.run(story.reader, [STATUS])[0].properties("Get-ExchangeServer")
    return {
        "urls": plain(urls),
        "alive": [item.text("Name") for item in status if item.raw("CurrentConfigDomainController")],
        "administrators": membership.administrators().facts(),
        "accounts": [
            {
                "sign_in_name": user["upn"], "tenant": tenant["id"], "enabled": user.get("enabled", True),
                "synchronized": user.get("synced", True), "sid": user.get("sid", sid_of(user["upn"])),
            }
            for tenant in story.scenario["tenants"]
            for user in tenant["users"]
        ],
        "unread": [],
    }  # fmt: skip


def readings(story: Story, *, versions: bool = True) -> WebReadings:
    web = web_of(story)
    found = reply_urls([ClientUrl.from_facts(Properties(item, "urls")) for item in web["urls"]])
    servers, tenants = {}, {}
    for server in story.exchange.servers.values():
        version = {"version": server.get("file_version")} if versions else UNREAD
        result = {"server": story.exchange.fqdn(server["name"]), **version, "changed": False}
        servers[server["inventory_name"]] = {"web": result}
    for tenant in story.scenario["tenants"]:
        plan = plan_reply_urls(tenant["service_principals"][0]["reply_urls"], list(found.wanted))
        tenants[tenant["inventory_name"]] = {
            "web": {"wanted": list(found.wanted), "after": plan.before, "missing": plan.changed, "found": found.facts()}
        }
    return WebReadings.from_facts({"web": {"web": web, "changed": False}, "servers": servers, "tenants": tenants})


def judged(*changes: dict[str, Any], versions: bool = True, **more: Any) -> list[Finding]:
    entra = {"at": ["vars", "hma_identity_entra"], "to": True}
    story = Story(entra, *changes, base="owa_ready")
    inputs = story.case(web=readings(story, versions=versions), **{"owa_admins": ADMINS, **more})
    return [finding for judge in web_gate.JUDGES for finding in judge(inputs)]


def to(at: list[Any], value: Any) -> dict[str, Any]:
    return {"at": at, "to": value}


def stops(findings: list[Finding]) -> dict[str, str]:
    return {item.id: item.message for item in findings if item.blocks}


def test_an_organization_that_is_ready_is_let_through() -> None:
    assert stops(judged()) == {}


def test_with_alternate_login_id_two_administrators_are_proven_by_mail_address() -> None:
    """The account in Entra has the mail address for its name. Who is named by both names is one person."""
    story = Story({"at": ["vars", "hma_identity_entra"], "to": True}, base="owa_ready")
    web = readings(story)
    assert web.administrators is not None
    local = tuple(
        replace(item, sign_in_name=f"{item.name}@corp.local", mail=item.sign_in_name)
        for item in web.administrators.members
    )
    web = replace(web, administrators=replace(web.administrators, members=local))
    name = next(item.sign_in_name for item in local if item.mail == ADMINS[0])
    for named, stopped in ((ADMINS, False), ([name, ADMINS[1]], False), ([name, ADMINS[0]], True)):
        (found,) = web_gate.people_in_charge(story.case(web=web, owa_admins=named))
        assert found.blocks is stopped, named


FAULTS: list[tuple[str, str, list[dict[str, Any]], dict[str, Any]]] = [
    ("HMA-OWA-001", "has no hotfix update of April 2024", [to([*SERVERS, 0, "file_version"], "15.02.1544.009")], {}),
    ("HMA-OWA-001", "only the version of its files shows", [], {"versions": False}),
    ("HMA-OWA-001", "cannot.", [to([*SERVERS, 1, "version"], "Version 15.1 (Build 2507.6)")], {}),
    ("HMA-OWA-001", "cannot.", [to([*SERVERS, 1, "version"], "Version 15.2 (Build 1258.12)")], {}),
    ("HMA-OWA-002", "an http URL",
        [to([*SERVERS, 0, "directories", "owa"], {"external": "http://mail.contoso.test"})], {}),
    ("HMA-OWA-002", "application proxy",
        [to([*SERVERS, 0, "directories", "ecp"], {"external": "x.msappproxy.net"})], {}),
    ("HMA-OWA-002", "a wildcard",
        [to([*SERVERS, 0, "directories", "owa"], {"external": "*.contoso.test"})], {}),
    ("HMA-OWA-004", "0 proven, and 2 are needed", [], {"owa_admins": []}),
    ("HMA-OWA-004", "1 proven, and 2 are needed", [], {"owa_admins": ADMINS[:1]}),
    ("HMA-OWA-004", "1 proven, and 2 are needed", [], {"owa_admins": [ADMINS[0], "Alice@Contoso.test"]}),
    ("HMA-OWA-004", "is no member of Organization Management", [], {"owa_admins": [ADMINS[0], "carol@contoso.test"]}),
    ("HMA-OWA-004", "is in no tenant", [to(USERS, [{"upn": ADMINS[0]}]),
                                        to(["organizations", 0, "mailboxes"], [{"upn": ADMINS[0]}])], {}),
    ("HMA-OWA-004", "not synchronized from this account",
        [to(USERS, [{"upn": ADMINS[0]}, {"upn": ADMINS[1], "sid": "S-1-5-21-1-2-3-1104"}, CAROL])], {}),
    ("HMA-OWA-004", "that is disabled",
        [to(USERS, [{"upn": ADMINS[0]}, {"upn": ADMINS[1], "enabled": False}, CAROL])], {"unsynced_accepted": 1}),
    ("HMA-OWA-004", "bob@contoso.test: is no member",
        [to(GROUPS, {"Organization Management": ["Administrator", ADMINS[0], "Gone Admins"]})], {}),
    ("HMA-ID-003", "in none of the tenants' directories",
        [to(["organizations", 0, "mailboxes"], [{"upn": "dave@contoso.test"}])], {}),
    ("HMA-ID-003", "who is not in Entra does not get in", [{"at": ["vars", "hma_identity_entra"], "to": False}], {}),
    ("HMA-OWA-006", "linked mailboxes, and there is not",
        [to(["organizations", 0, "mailboxes"], [{"upn": "alice@contoso.test", "type": "LinkedMailbox"}])], {}),
    ("HMA-HYB-003", "no enabled connector", [to(["organizations", 0, "connectors"], [])], {}),
    ("HMA-OVR-001", "OAuthIdentityCacheFixForDownloadDomains is not in force",
        [to(["organizations", 0, "config", "EnableDownloadDomains"], True)], {}),
]  # fmt: skip


@pytest.mark.parametrize(("check", "text", "changes", "more"), FAULTS, ids=lambda value: str(value)[:40])
def test_each_reason_stops_the_run_alone(
    check: str, text: str, changes: list[dict[str, Any]], more: dict[str, Any]
) -> None:
    found = stops(judged(*changes, **more))
    assert list(found) == [check], found
    assert text in found[check]


def test_an_admin_center_without_a_url_is_a_page_that_nobody_is_sent_back_to() -> None:
    web = readings(Story(base="owa_ready"))
    kept = tuple(url for url in web.urls if (url.server.upper(), url.kind) != ("EX2", "ecp"))
    inputs = Story(base="owa_ready").case(web=replace(web, urls=kept), owa_admins=ADMINS)
    found = [item for item in web_gate.urls(inputs) if item.blocks]
    assert [(item.object, item.message.partition(",")[0]) for item in found] == [("EX2", "ecp of it without a URL")]


def test_one_administrator_where_somebody_says_so() -> None:
    assert stops(judged(owa_admins=ADMINS[:1], owa_single_admin=True)) == {}


def test_linked_mailboxes_with_the_override_and_the_word_of_somebody() -> None:
    changes = [
        to(["organizations", 0, "mailboxes"], [{"upn": "alice@contoso.test", "type": "LinkedMailbox"}]),
        to(["organizations", 0, "overrides"], [
            {"name": "x", "component": "OAuth", "section": "OwaHMAFixForAfRfScenarios", "parameters": ["Enabled=true"]}
        ]),
    ]  # fmt: skip
    assert list(stops(judged(*changes))) == ["HMA-OWA-006"]
    assert stops(judged(*changes, owa_webconfig_done=True)) == {}


def test_a_server_that_is_excluded_and_answers() -> None:
    changes = [{"at": [*SERVERS, 1, "inventory_name"], "remove": True}]
    story = Story(*changes, base="owa_ready")
    excluded = [{"name": "EX3", "reason": "dead since May"}]
    web = WebReadings(alive=("EX2", "EX3"), error=None)
    found = web_gate.excluded(story.case(web=web, servers_excluded=excluded))
    assert [(item.id, item.status) for item in found] == [("HMA-OWA-007", "fail")]
    off = web_gate.excluded(story.case(web=WebReadings(alive=("EX2",), error=None), servers_excluded=excluded))
    assert [item.status for item in off] == ["pass"]
    assert [item.status for item in web_gate.excluded(story.case(servers_excluded=excluded))] == ["not_checked"]


def test_nothing_that_was_not_read_is_taken_for_right() -> None:
    story = Story(base="owa_ready")
    found = [item for judge in web_gate.JUDGES for item in judge(story.case(owa_admins=ADMINS))]
    assert {"HMA-OWA-001", "HMA-OWA-002", "HMA-OWA-004", "HMA-ID-003"} <= {item.id for item in found if item.blocks}
    assert TaskResult().error is not None


@pytest.mark.parametrize("on", [True, False])
def test_windows_authentication_stops_before_a_server_is_changed_for_nothing(on: bool) -> None:
    """IIS would answer 401 first, so that the run would put the server back and stop."""
    story = Story(base="owa_ready")
    web, server = readings(story), next(iter(story.case().judged_clients))
    settings = {**dict.fromkeys(SETTINGS, False), "WindowsAuthentication": on}
    owa = WebDirectory(
        "owa", server.name, "owa (Default Web Site)", "g", f"{server.name}\\owa (x)", None, None, settings
    )
    read = tuple(replace(item, directories=(owa,)) if item.server == server.fqdn else item for item in web.servers)
    (found,) = web_windows.windows(story.case(web=replace(web, servers=read)))
    assert (found.id, found.blocks, found.object) == ("HMA-OWA-008", on, server.name)
    typed = [command.text for command in found.commands]
    expected = f"Set-OwaVirtualDirectory -Identity '{server.name}\\owa (x)' -WindowsAuthentication:$false"
    assert typed == ([expected] if on else [])
