# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every check: what makes it speak, alone; and silence once that is mended."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import gates
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.catalogue import CHECKS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inventory import ServerEntry

from tests.unit.audit_story import Story, unread, wrong

_SERVERS = ["organizations", 0, "servers"]
_CONFIG = ["organizations", 0, "config"]
_NAMES = ["tenants", 1, "service_principals", 0, "names"]
OLD_TENANT = {
    "name": "EvoSTS - old tenant",
    "tenant_id": "33333333-aaaa-4bbb-8ccc-000000000003",
    "default": True,
    "enabled": False,
}
ADFS = {"name": "ADFS", "type": "ADFS", "issuer": "http://adfs.contoso.test/adfs/services/trust", "default": True}
TWIN = {
    "name": "EvoSTS - b",
    "tenant_id": "22222222-aaaa-4bbb-8ccc-000000000002",
    "domain_names": ["fabrikam.onmicrosoft.com"],
}
AGENT = {"name": "O365", "sharing": "https://x.resource.mailboxmigration.his.msappproxy.net/EWS"}
PARTNER = {"name": "EXO", "application_identifier": "00000002-0000-0ff1-ce00-000000000000", "enabled": False}
OVERRIDE = {
    "name": "x",
    "component": "OAuth",
    "section": "OAuthIdentityCacheFixForDownloadDomains",
    "parameters": ["Enabled=false"],
}
OFF = {"at": ["organizations", 0, "config", "OAuth2ClientProfileEnabled"], "to": False}
_RIGHTS = ["Application.Read.All", "Domain.Read.All", "User.Read.All"]
ENTRA = [
    {"at": ["vars", "hma_identity_entra"], "to": True},
    *({"at": ["tenants", number, "applications", 0, "rights"], "to": _RIGHTS} for number in (0, 1)),
]
DOWNLOADS = {"at": ["organizations", 0, "config", "EnableDownloadDomains"], "to": True}


def to(at: list[Any], value: Any) -> dict[str, Any]:
    return {"at": at, "to": value}


def auth(number: int, **more: Any) -> list[dict[str, Any]]:
    return [to(["organizations", 0, "auth_servers", number, key], value) for key, value in more.items()]


def server(number: int, **more: Any) -> list[dict[str, Any]]:
    return [to([*_SERVERS, number, key], value) for key, value in more.items()]


# Outlook on the web and the admin center through Entra alone, on every server.
OWA = [to([*_SERVERS, number, "directories", kind, "oauth"], True) for number in range(4) for kind in ("owa", "ecp")]
LINKED = to(["organizations", 0, "mailboxes"], [{"upn": "erin@contoso.test", "type": "LinkedMailbox"}])


# check -> what is done to a healthy organization, and which other checks cannot but speak with it
# The dedicated hybrid application of the healthy organization, and who else the organization's rules let in.
HYBRID_FEATURE = {"name": "x", "component": "Global", "section": "ExchangeOnpremAsThirdPartyAppId"}
QUARANTINE: dict[str, Any] = {"default": "Quarantine"}
BLOCKED = {"rules": [{"characteristic": "DeviceModel", "query": "Outlook for iOS and Android", "level": "Block"}]}
FAULTS: list[tuple[str, str, list[dict[str, Any]], set[str]]] = [
    ("HMA-AUTH-001", "missing", [{"at": ["organizations", 0, "auth_servers"], "keep": [0, 2, 3]}], set()),
    ("HMA-AUTH-001", "disabled", auth(1, enabled=False), set()),
    ("HMA-AUTH-001", "twice", [{"at": ["organizations", 0, "auth_servers"], "append": TWIN}], set()),
    ("HMA-AUTH-003", "domain", auth(1, domain_names=["fabrikam.test"]), set()),
    ("HMA-AUTH-004", "none", auth(0, default=False), set()),
    ("HMA-AUTH-004", "other tenant", [*auth(0, default=False), *auth(2, default=True)], set()),
    ("HMA-AUTH-005", "two", auth(1, default=True), set()),
    ("HMA-AUTH-006", "AD FS", [*auth(0, default=False), to(["organizations", 0, "auth_servers", 2], ADFS)], set()),
    ("HMA-AUTH-007", "mail domain", auth(1, domain_names=["fabrikam.onmicrosoft.com", "Contoso.onmicrosoft.com"]),
        set()),
    ("HMA-AUTH-008", "one tenant's", auth(
        0,
        endpoint="https://login.microsoftonline.com/11111111-aaaa-4bbb-8ccc-000000000001/oauth2/authorize"), set()),
    ("HMA-COV-005", "no such server", [to(["vars", "hma_servers_excluded"], [{
        "name": "EX99", "reason": "It is dead."}])], set()),
    ("HMA-COV-005", "a host", [to(["vars", "hma_servers_excluded"], [{
        "name": "EX1", "reason": "It was dead."}])], set()),
    ("HMA-AUTH-009", "in no inventory", auth(2, enabled=True), set()),
    ("HMA-CERT-001", "expired", [to(["organizations", 0, "auth_certificate_days"], -5)], set()),
    ("HMA-CERT-002", "soon", [to(["organizations", 0, "auth_certificate_days"], 30)], set()),
    ("HMA-CERT-003", "missing on one", server(1, auth_certificate="missing"), set()),
    ("HMA-COV-001", "not in the inventory", [{"at": [*_SERVERS, 2, "inventory_name"], "remove": True}], set()),
    ("HMA-EWS-001", "allow list", [to([*_CONFIG, "EwsApplicationAccessPolicy"], "EnforceAllowList")], set()),
    ("HMA-EWS-001", "off", [to([*_CONFIG, "EwsEnabled"], False)], set()),
    ("HMA-FLAG-002", "off", [OFF], set()),
    ("HMA-HYB-001", "no wizard", [to(["organizations", 0, "hybrid"], False)], set()),
    ("HMA-HYB-002", "relationship", [to(["organizations", 0, "relationships"], [AGENT])], set()),
    ("HMA-HYB-003", "no connector", [to(["organizations", 0, "connectors"], [])], set()),
    ("HMA-HYB-003", "partner off", [to(["organizations", 0, "partners"], [PARTNER])], set()),
    ("HMA-ID-001", "contoso.local", [to(["organizations", 0, "mailboxes"], [{"upn": "dave@contoso.local"},
                                                                            {"upn": "alice@contoso.test"}])], set()),
    ("HMA-ID-002", "linked", [to(["organizations", 0, "mailboxes"], [{"upn": "erin@contoso.test",
                                                                      "type": "LinkedMailbox"}])], set()),
    ("HMA-ID-003", "not synchronized", [*ENTRA, to(["tenants", 0, "users"], [{"upn": "alice@contoso.test"},
                                                                             {"upn": "bob@contoso.test"}])], set()),
    ("HMA-ID-003", "made in the cloud", [*ENTRA, {"at": ["tenants", 0, "users", 0, "synced"], "to": False}], set()),
    ("HMA-ID-005", "alternate login ID", [*ENTRA, to(["organizations", 0, "mailboxes"], [{
        "upn": "dave{}@contoso.local",
        "count": 3}]), to(["tenants", 0, "users"], [{"upn": "Dave{}@contoso.test", "count": 3}])], set()),
    ("HMA-LIFE-001", "2019", [step for number in range(4) for step in server(
        number,
        version="Version 15.2 (Build 1748.10)")], set()),
    ("HMA-LIFE-002", "mixed", server(0, version="Version 15.2 (Build 2562.29)"), set()),
    ("HMA-MAPI-001", "off", [to([*_CONFIG, "MapiHttpEnabled"], False)], set()),
    ("HMA-MNT-001", "maintenance", server(1, maintenance=True), set()),
    ("HMA-MNT-001", "a failed setup", server(1, components={"EwsProxy": "Inactive", "MapiProxy": "Draining"}), set()),
    ("HMA-NAME-001", "single label", server(0, internal="mail"), set()),
    ("HMA-NAME-001", "port", server(0, scp="https://autodiscover.contoso.test:8443/x.xml"), set()),
    ("HMA-NAME-002", "http", server(0, scp="http://autodiscover.contoso.test/x.xml"), set()),
    ("HMA-ORG-001", "2016 CU7", server(3, version="Version 15.1 (Build 1261.35)"), {"HMA-LIFE-001"}),
    ("HMA-ORG-002", "2010", server(3, version="Version 14.3 (Build 123.4)"), {"HMA-LIFE-001"}),
    ("HMA-OVR-001", "download domains", [DOWNLOADS], set()),
    ("HMA-OVR-001", "override off", [DOWNLOADS, {"at": ["organizations", 0, "overrides"], "append": OVERRIDE}], set()),
    ("HMA-OVR-002", "linked mailboxes", [*OWA, LINKED], {"HMA-ID-002"}),
    ("HMA-OWA-003", "one server", OWA[:2], set()),
    ("HMA-OWA-003", "owa alone", [step for step in OWA if "owa" in step["at"]], set()),
    ("HMA-OWA-003", "forms are back", [*OWA, to([*_SERVERS, 1, "directories", "owa", "forms"], True)], set()),
    ("HMA-POL-001", "blocks", [to(["organizations", 0, "authentication_policies"], [{
        "name": "No modern",
        "blocks_modern": ["Mapi"]}])], set()),
    ("HMA-POL-002", "too early", [to(["organizations", 0, "authentication_policies"], [{
        "name": "Block basic",
        "blocks": ["Mapi"]}]), OFF], {"HMA-FLAG-002"}),
    ("HMA-PROXY-001", "https", [step for number in range(4) for step in server(
        number,
        proxy="https://proxy.contoso.test:8080")], {"HMA-NET-001"}),
    ("HMA-PROXY-002", "differs", [step for number in range(3) for step in server(
        number,
        proxy="http://proxy.contoso.test:8080")], set()),
    ("HMA-READ-003", "override", [
        {"at": ["organizations", 0, "overrides"], "append": item}
        for item in ({**OVERRIDE, "parameters": []}, {**OVERRIDE, "name": 7})
    ], set()),
    ("HMA-SPN-001", "missing", [to(_NAMES, ["https://mail.contoso.test/"]), to([*_NAMES[:-1], "filled"], False)],
        {"HMA-TEN-005", "HMA-NAME-004"}),
    ("HMA-SPN-002", "stale", [{"at": _NAMES, "append": "https://legacy.fabrikam.test/"}], set()),
    ("HMA-SPN-004", "lost", [{"at": _NAMES, "keep": [0, 1, 2, 3, 4, 5, 6, 7, 11]}], set()),
    ("HMA-SPN-005", "http", [{"at": _NAMES, "append": "http://intranet.fabrikam.example"}], set()),
    ("HMA-SSL-001", "offloading", server(0, ssl_offloading=True), set()),
    ("HMA-TEN-001", "clouds", [to(["tenants", 1, "cloud"], "china")], set()),
    ("HMA-TEN-001", "domain", [to(["tenants", 1, "domain"], "fabrikam")], {"HMA-AUTH-003"}),
    ("HMA-TEN-002", "not named", [{"at": ["vars", "hma_default_tenant"], "remove": True}], set()),
    ("HMA-TEN-004", "another tenant's", [to(["tenants", 1, "verified_domains"], [
        "contoso.onmicrosoft.com",
        "contoso.test", "fabrikam.test"])], set()),
    ("HMA-TEN-006", "disabled", [to([*_NAMES[:-1], "enabled"], False)], set()),
    *(("HMA-NET-001", way, server(1, internet=way), set()) for way in ("closed", "407", "TrustFailure", "proxy")),
    ("HMA-NET-001", "no such proxy", server(1, proxy="http://proxy.fabrikam.test:8080"), {"HMA-PROXY-002"}),
    ("HMA-LIFE-003", "behind", server(1, file_version="15.02.2562.041"), set()),
    ("HMA-LIFE-003", "behind its peers", server(1, file_version="15.02.2562.099"), set()),
    ("HMA-LIFE-003", "old level", server(1, file_version="15.02.1258.034"), set()),
    ("HMA-AUTH-010", "nobody fetches it", [to(["organizations", 0, "arbitration"], [])], set()),
    ("HMA-AUTH-010", "errors", server(1, events=[{"id": 2004, "message": "It could not be fetched."}]), set()),
    ("HMA-APP-001", "first-party", auth(0, application_identifier="00000002-0000-0FF1-ce00-000000000000"),
        {"HMA-APP-002"}),
    ("HMA-APP-002", "none", auth(0, application_identifier=None), set()),
    ("HMA-APP-002", "no override", [to(["organizations", 0, "overrides"], [])], set()),
    ("HMA-APP-002", "override off", [to(["organizations", 0, "overrides"], [{
        **HYBRID_FEATURE, "parameters": ["Enabled=false"]}])], set()),
    ("HMA-CERT-004", "not in Entra", [to(["tenants", 0, "registrations", 0, "key_credentials"], ["A" * 40])], set()),
    ("HMA-CERT-004", "next one missing", [to(["organizations", 0, "next_certificate"], True),
                                          to(["organizations", 0, "next_certificate_on"], ["EX1"])], set()),
    ("HMA-CERT-004", "next one too early", [to(["organizations", 0, "next_certificate"], {
        "date": "2001-01-01T00:00:00Z"})], set()),
    ("HMA-EAS-001", "quarantine", [to(["organizations", 0, "device_access"], QUARANTINE)], set()),
    ("HMA-EAS-001", "blocked", [to(["organizations", 0, "device_access"], BLOCKED)], set()),
    ("HMA-EAS-002", "required", server(1, directories={"activesync": {"client_certificates": "Required"}}), set()),
    ("HMA-ID-006", "another address", [*ENTRA, to(["organizations", 0, "mailboxes"], [{
        "upn": "alice@contoso.test", "mail": "alice.smith@contoso.test"}])], set()),
    ("HMA-VDIR-001", "flag", server(1, directories={"ews": {"oauth": False}}), set()),
    ("HMA-VDIR-001", "list", server(0, directories={"mapi": {"methods": ["Ntlm", "Negotiate"]}}), set()),
    ("HMA-VDIR-002", "emptied", server(1, directories={"mapi": {"methods": []}}), set()),
    ("HMA-VDIR-003", "MAPI", server(1, directories={"mapi": {"methods": ["OAuth"]}}), set()),
    ("HMA-VDIR-003", "ActiveSync", server(1, directories={"activesync": {"internal_methods": ["OAuth"],
                                                                         "external_methods": ["OAuth"]}}), set()),
    ("HMA-VDIR-004", "partners", [{"at": ["organizations", 0, "odd"], "to": [{
        "class": "vdir:ews", "name": "EX1\\EWS (Partners)",
        "set": {"Server": "EX1", "Identity": "EX1\\EWS (Partners)", "ExternalUrl": "https://partner.contoso.test/EWS"}}]}],
        set()),
    ("HMA-NAME-005", "no address book", [step for number in range(4) for step in server(number, directories={
        "oab": {"internal": None, "external": None}})], {"HMA-SPN-002"}),
    ("HMA-VDIR-003", "between organizations", server(1, directories={"autodiscover": {
        "internal_methods": ["WSSecurity", "OAuth"]}}), set()),
]  # fmt: skip
# What needs a gate of its own, or is told otherwise; tested below by name.
ELSEWHERE = {
    "HMA-RUN-001", "HMA-READ-001", "HMA-READ-002", "HMA-COV-004", "HMA-COV-002", "HMA-COV-003", "HMA-NAME-003",
    "HMA-ID-004", "HMA-FLAG-001", "HMA-AUTH-002",
    "HMA-POL-003", "HMA-SPN-003", "HMA-TEN-003", "HMA-TEN-005", "HMA-SPN-006", "HMA-NAME-004",
    *(f"HMA-OWA-{number:03}" for number in (1, 2, 4, 5, 6, 7, 8)), "HMA-ADM-001",
    *("HMA-OAUTH-001", "HMA-EP-001", "HMA-SFB-001"),
    # Of the waves: tests/unit/plugins/module_utils/_hma/policies, test_waves_judged.py and others.
    *(f"HMA-POL-{number:03}" for number in range(4, 12)),
}  # fmt: skip
EVERYTHING = {
    *(
        "HMA-AUTH-001",
        "HMA-AUTH-003",
        "HMA-AUTH-004",
        "HMA-AUTH-005",
        "HMA-AUTH-006",
        "HMA-CERT-002",
        "HMA-CERT-003",
        "HMA-COV-001",
        "HMA-EWS-001",
    ),
    *(
        "HMA-FLAG-002",
        "HMA-HYB-002",
        "HMA-HYB-003",
        "HMA-ID-001",
        "HMA-ID-002",
        "HMA-LIFE-001",
        "HMA-LIFE-002",
        "HMA-MAPI-001",
        "HMA-MNT-001",
    ),
    *(
        "HMA-NAME-001",
        "HMA-NAME-002",
        "HMA-NAME-004",
        "HMA-ORG-001",
        "HMA-ORG-002",
        "HMA-OVR-001",
        "HMA-POL-001",
        "HMA-POL-002",
        "HMA-PROXY-001",
        "HMA-PROXY-002",
        "HMA-SPN-001",
        "HMA-NET-001",
    ),
    *("HMA-SPN-002", "HMA-SPN-004", "HMA-SPN-005", "HMA-SSL-001", "HMA-TEN-005", "HMA-VDIR-001", "HMA-VDIR-002"),
}


def test_a_healthy_organization_has_nothing_to_say() -> None:
    findings = Story().judge()
    assert wrong(findings) == set()
    assert unread(findings) == set()


@pytest.mark.parametrize(
    ("check", "_what", "changes", "besides"), FAULTS, ids=[f"{item[0]} {item[1]}" for item in FAULTS]
)
def test_a_fault_is_found_alone(check: str, _what: str, changes: list[dict[str, Any]], besides: set[str]) -> None:
    findings = Story(*changes).judge()
    assert wrong(findings) == {check} | besides
    for item in findings:
        if item.id == check and item.status in ("fail", "warn"):
            assert item.message
            assert item.fix
            assert item.expected or item.actual or check.startswith(("HMA-TEN", "HMA-NAME"))
            assert item.why == CHECKS[check].why
            assert item.doc == check


def test_every_check_has_a_story() -> None:
    told = {item[0] for item in FAULTS} | ELSEWHERE
    assert told == {key for key in CHECKS if not key.startswith("HMA-PRB-")}


def test_a_part_of_the_inventory() -> None:
    assert wrong(Story().judge("enable", incomplete_because=["--limit ex1"])) == {"HMA-RUN-001"}
    assert wrong(Story().judge("enable")) == set()


def test_nobody_read_the_organization() -> None:
    findings = gates.organization_unread([ServerEntry("ex1", error="no route to host")])
    assert [(item.id, item.status, item.message) for item in findings] == [("HMA-READ-001", "fail", "no route to host")]
    assert gates.organization_unread([])[0].blocks


def test_a_host_that_does_not_answer_and_one_of_another_organization() -> None:
    findings = Story(*server(2, power="off")).judge()
    assert wrong(findings) == set()
    assert unread(findings) == {
        *("HMA-COV-001", "HMA-COV-002", "HMA-VDIR-001", "HMA-CERT-003", "HMA-MNT-001"),
        *("HMA-NET-001", "HMA-LIFE-003", "HMA-AUTH-010", "HMA-EAS-002"),
    }
    case = Story().case()
    first, second, *rest = case.servers
    case = replace(case, servers=[first, replace(second, server="ex2.other.test"), *rest])
    assert wrong(gates.judge("audit", case)) == {"HMA-COV-001", "HMA-COV-002"}
    assert wrong(gates.judge("enable", case)) == {"HMA-COV-003"}


def test_rights_that_hide_something_are_gaps_not_faults() -> None:
    hidden = [
        "Get-OabVirtualDirectory",
        "Get-AuthConfig",
        "Get-HybridConfiguration",
        "Get-AcceptedDomain",
        "Get-SettingOverride",
        "Get-Mailbox",
    ]
    hidden += [
        "Get-OutlookAnywhere",
        "Get-AuthenticationPolicy",
        "Get-PartnerApplication",
        "Get-ServerComponentState",
        "Get-OrganizationRelationship",
    ]
    story = Story(to(["tenants", 0, "applications", 0, "rights"], ["Application.Read.All"]), DOWNLOADS, hide=hidden)
    findings = story.judge()
    assert unread(findings) == {
        *(
            "HMA-NAME-003",
            "HMA-VDIR-001",
            "HMA-CERT-001",
            "HMA-CERT-002",
            "HMA-CERT-003",
            "HMA-HYB-001",
            "HMA-HYB-002",
            "HMA-HYB-003",
        ),
        *(
            "HMA-SPN-002",
            "HMA-SPN-003",
            "HMA-OVR-001",
            "HMA-ID-001",
            "HMA-ID-002",
            "HMA-ID-004",
            "HMA-SSL-001",
            "HMA-MNT-001",
        ),
        *("HMA-POL-001", "HMA-POL-002", "HMA-POL-003", "HMA-APP-002", "HMA-AUTH-010", "HMA-CERT-004"),
    }
    assert wrong(findings) == set()
    assert all(item.message and item.fix for item in findings if item.status == "not_checked")


def test_before_enabling_live_writes_and_another_default() -> None:
    assert wrong(Story().judge("preflight")) == set()
    live = Story(*server(1, directories={"ews": {"oauth": False}}))
    assert wrong(live.judge("preflight")) == {"HMA-FLAG-001"}
    assert wrong(Story(*auth(1, domain_names=["fabrikam.test"])).judge("preflight")) == {"HMA-FLAG-001"}
    other = [*auth(0, default=False), to(["organizations", 0, "auth_servers", 2], OLD_TENANT), OFF]
    assert wrong(Story(*other).judge("preflight")) == {"HMA-AUTH-002"}
    assert wrong(Story(*other).judge("preflight", replace_default_authserver="EvoSTS - old tenant")) == set()
    assert wrong(Story(*other).judge("verify")) == {"HMA-AUTH-002", "HMA-AUTH-004", "HMA-FLAG-002"}


def test_the_hybrid_application_is_told_and_nothing_more() -> None:
    findings = Story(*auth(0, application_identifier="cccccccc-0000-4000-8000-000000000003")).judge()
    assert [(item.status, item.object) for item in findings if item.id == "HMA-APP-001"] == [("pass", "EvoSTS")]
    assert wrong(findings) == set()


def test_a_pilot_is_a_pilot() -> None:
    """The default policy blocks, another one does not: nobody is to mend that."""
    policies = [{"name": "Not yet", "blocks_modern": ["Mapi", "WebServices"]}, {"name": "Pilot"}]
    default = to([*_CONFIG, "DefaultAuthenticationPolicy"], "corp.contoso.test/Configuration/Auth Policies/Not yet")
    findings = {
        item.id: item for item in Story(to(["organizations", 0, "authentication_policies"], policies), default).judge()
    }
    assert findings["HMA-POL-003"].status == "pass"
    assert "users of Pilot are exempt" in findings["HMA-POL-003"].message
    assert findings["HMA-POL-001"].status == "not_applicable"
    everyone = Story(to(["organizations", 0, "authentication_policies"], policies[:1]), default).judge()
    assert wrong(everyone) == {"HMA-POL-001"}
    assert "everyone's" in next(item for item in everyone if item.id == "HMA-POL-001").message


def test_whom_the_switch_lets_in_is_no_fault_of_a_run_that_would_switch() -> None:
    """Drawn organization 282: check mode had a fix to make that the run itself was."""
    policy = to(["organizations", 0, "authentication_policies"], [{"name": "Block basic", "blocks": ["Mapi"]}])
    (cured,) = gates.cured_by_the_switch(Story(policy, OFF).case())
    assert (cured.id, cured.object, cured.status, cured.predicted) == ("HMA-POL-002", "Contoso", "pass", True)
    assert gates.cured_by_the_switch(Story(policy).case()) == []
    assert gates.cured_by_the_switch(Story(OFF).case()) == []


def test_an_autodiscover_name_that_resolves() -> None:
    assert wrong(Story().judge(resolved={"autodiscover.fabrikam.test": True})) == {"HMA-SPN-003"}
    assert unread(Story().judge(resolved={})) == {"HMA-SPN-003"}


def test_accepting_a_number_of_people() -> None:
    story = Story(to(["organizations", 0, "mailboxes"], [{"upn": "dave{}@contoso.local", "count": 7}]))
    finding = next(item for item in story.judge() if item.id == "HMA-ID-001")
    assert finding.actual.startswith("7 mailboxes (dave0@contoso.local, ")
    assert finding.actual.count("@") == 5
    assert [item.text for item in finding.commands] == ["hma_identity_entra: true", "hma_unsynced_accepted: 7"]
    assert wrong(story.judge(unsynced_accepted=6)) == {"HMA-ID-001"}
    assert wrong(story.judge(unsynced_accepted=7)) == set()


def test_many_people_are_counted_in_pages() -> None:
    story = Story(
        to(
            ["organizations", 0, "mailboxes"],
            [
                {"upn": "dave{}@contoso.local", "count": 7},
                {"upn": "erin{}@contoso.local", "count": 4},
                {"upn": "_x@b.c"},
            ],
        )
    )
    found = story.identity(["contoso.test"], page=8)
    assert found["foreign"] == {
        "count": 12,
        "complete": True,
        "examples": [
            "_x@b.c",
            "dave0@contoso.local",
            "dave1@contoso.local",
            "dave2@contoso.local",
            "dave3@contoso.local",
        ],
        "mail_in_domain": 12,
        "by_mail": None,
        "disabled": 0,
    }
    assert story.sent == ["Get-Mailbox"] * (2 + 37)
    assert story.identity(["contoso.test"], page=5)["foreign"] == {
        **found["foreign"], "count": 10, "complete": False, "mail_in_domain": 10,
    }  # fmt: skip


def missing(story: Story, **more: Any) -> Finding:
    return next(item for item in story.judge(**more) if item.id == "HMA-ID-003")


def test_people_who_are_in_no_tenant() -> None:
    """A name in any of the tenants is enough, whatever its case; who is in none is told from who has a twin in the
    cloud."""
    people = [
        {"upn": "Alice@Contoso.test"},
        {"upn": "bob@contoso.test"},
        {"upn": "dave{}@contoso.test", "count": 6},
        {"upn": "e@b.c", "type": "LinkedMailbox"},
    ]
    users = [{"upn": "alice@contoso.test"}, {"upn": "dave0@contoso.test", "synced": False}]
    changes = [*ENTRA, to(["organizations", 0, "mailboxes"], people), to(["tenants", 0, "users"], users)]
    story = Story(*changes, to(["tenants", 1, "users"], [{"upn": "BOB@contoso.test"}]))
    found = missing(story)
    assert (found.status, found.gate, found.expected) == ("fail", True, "at most 0")
    assert found.actual.startswith("6 mailboxes (dave0@contoso.test, ")
    assert found.actual.count("@") == 5
    assert "1 of them have an account of that name that was made in the cloud" in found.message
    assert [item.text for item in found.commands] == ["hma_unsynced_accepted: 6"]
    assert missing(story, unsynced_accepted=5).status == "fail"
    assert missing(story, unsynced_accepted=6).status == "pass"


def test_one_accepted_number_is_a_number_of_people() -> None:
    """Whose name is in no domain is in no directory either: accepted once, not once per check."""
    lost = [{"upn": "dave@contoso.local"}, {"upn": "erin@contoso.test"}, {"upn": "alice@contoso.test"}]
    story = Story(*ENTRA, to(["organizations", 0, "mailboxes"], lost))
    assert wrong(story.judge(unsynced_accepted=1)) == {"HMA-ID-003"}
    assert wrong(story.judge(unsynced_accepted=2)) == set()


def test_directories_are_not_compared_unless_asked_and_allowed() -> None:
    assert missing(Story()).status == "not_applicable"
    assert Story().identity(["contoso.test"])["missing"] is None
    one_refuses = missing(
        Story(*ENTRA, to(["tenants", 1, "applications", 0, "rights"], ["Application.Read.All", "Domain.Read.All"]))
    )
    assert (one_refuses.status, one_refuses.blocks) == ("not_checked", True)
    assert "lacks User.Read.All" in one_refuses.message
    assert "User.Read.All" in one_refuses.fix


def test_more_people_than_pages_hold_are_not_called_compared() -> None:
    crowd = [{"upn": "dave{}@contoso.test", "count": 9}, {"upn": "erin@contoso.test"}, {"upn": "_x@contoso.test"}]
    users = to(["tenants", 0, "users"], [{"upn": f"dave{number}@contoso.test"} for number in range(9)] + crowd[1:])
    story = Story(*ENTRA, to(["organizations", 0, "mailboxes"], crowd), users)
    whole, cut = (story.identity(["contoso.test"], page=page)["missing"] for page in (9, 8))
    assert (whole["count"], whole["compared"], whole["complete"]) == (0, 11, True)
    assert (cut["count"], cut["compared"], cut["complete"]) == (0, 10, False)
    assert missing(story, identity=story.identity(["contoso.test"], page=9)).status == "pass"
    part = missing(story, identity=story.identity(["contoso.test"], page=8))
    assert (part.status, part.fix) == ("not_checked", "Raise hma_identity_page.")


def test_a_fast_audit_judges_every_kind_by_the_directory() -> None:
    story = Story(
        *server(
            1,
            directories={
                "ews": {"oauth": False},
                "oab": {"oauth": False},
                "mapi": {"methods": []},
                "activesync": {"internal_methods": ["Basic"]},
            },
        ),
        full=False,
    )
    findings = story.judge()
    assert [
        (item.id, item.object, item.status)
        for item in findings
        if item.id.startswith("HMA-VDIR") and item.status != "pass"
    ] == [
        # IIS may have another list than Active Directory: nothing is called wrong, and nothing is taken for right.
        ("HMA-VDIR-002", "EX2 mapi", "not_checked"),
        ("HMA-VDIR-001", "EX2 ews", "fail"),
        ("HMA-VDIR-001", "EX2 oab", "fail"),
        ("HMA-VDIR-001", "EX2 activesync", "fail"),
    ]
    # One shell for the organization, with the same number of cmdlets however many servers there are; one for sign-in
    # names.
    assert len(story.sent) == 18 + 2


def test_an_empty_external_list_of_mapi_is_no_fault() -> None:
    """As on real servers: Internal {Ntlm, OAuth, Negotiate}, External {}."""
    story = Story(full=False)
    case = story.case()
    organization = case.organization
    listed = [replace(item, external_methods=[]) if item.kind == "mapi" else item for item in organization.directories]
    case = replace(case, read=replace(organization, directories=tuple(listed)))
    assert wrong(gates.judge("audit", case)) == set()


def test_the_budget_of_the_organization_read() -> None:
    few, many = Story(full=False), Story(base="six_servers", full=False)
    assert few.organization()
    assert many.organization()
    assert len(few.sent) == len(many.sent) == 18
    full = Story()
    assert full.organization()
    assert len(full.sent) == 25


def test_twenty_five_faults_at_once() -> None:
    """Each is named, none hides another; a compliant object beside a wrong one still passes."""
    findings = Story(base="everything_wrong").judge()
    assert wrong(findings) == EVERYTHING
    assert len(EVERYTHING) >= 25
    assert {item.object for item in findings if item.id == "HMA-VDIR-001" and item.status == "pass"} >= {
        "ex1.corp.contoso.test ews",
        "ex2.corp.contoso.test oab",
    }
