# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Odd objects, and who a server is: one finding each, the way out stays open, and nothing is written twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.invariant import holds
from tests.integration.story import Play, reports
from tests.lab.client import LabClient

OVER_EXCHANGE = pytest.mark.connection("exchange")
BOTH_WAYS = [
    pytest.param("winrm", id="winrm"),
    pytest.param("exchange", marks=(OVER_EXCHANGE, pytest.mark.long), id="psrp-exchange"),
]
ODD = {"server EX7", "server EX8", "server EDGE1", "directory EX9\\mapi (Default Web Site)", "AuthServer ADFS"}


def inventory(lab: LabClient, change: Any) -> Path:
    """The lab's inventory after ``change`` has edited its groups of servers and tenants."""
    content = yaml.safe_load(lab.inventory.read_text("utf-8"))
    groups = content["all"]["children"]
    change(groups["exchange_servers"]["hosts"], groups["entra_tenants"]["hosts"])
    path = lab.folder / "edited.yml"
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return path


def findings(lab: LabClient, check: str) -> list[dict[str, Any]]:
    return [item for item in reports(lab)[-1]["findings"] if item["id"] == check]


def switched_on(lab: LabClient) -> bool:
    return bool(lab.state()["organizations"][0]["config"][0]["OAuth2ClientProfileEnabled"])


@pytest.mark.long
@pytest.mark.scenario("odd_objects")
@pytest.mark.parametrize("_way", BOTH_WAYS)
def test_enable_goes_through_with_exclusions_and_disable_with_none(lab: LabClient, play: Play, _way: str) -> None:
    start = lab.state()
    done = play("enable_hma")
    assert done.code == 0, done.output
    assert switched_on(lab)
    holds(lab, start)
    said = {item["object"]: item["status"] for item in findings(lab, "HMA-READ-002")}
    assert said == {"server EDGE1": "not_applicable", "AuthServer ADFS": "not_applicable"}
    off = play("disable_hma", hma_servers_excluded=[])
    assert off.code == 0, off.output
    assert not switched_on(lab)


@pytest.mark.matrix
@pytest.mark.scenario("odd_objects")
@pytest.mark.parametrize("_way", BOTH_WAYS)
def test_an_audit_names_each_odd_object_once(lab: LabClient, play: Play, _way: str) -> None:
    done = play("audit_hma", hma_servers_excluded=[], hma_audit_resolve=False)
    assert done.code != 0, done.output
    assert "Traceback" not in done.output
    said = [item["object"] for item in findings(lab, "HMA-READ-002")]
    assert sorted(said) == sorted(ODD), said
    assert {item["object"] for item in findings(lab, "HMA-READ-002") if item["status"] == "not_checked"} == ODD - {
        "server EDGE1",
        "AuthServer ADFS",
    }
    assert [item["object"] for item in findings(lab, "HMA-ORG-002") if item["status"] == "fail"] == ["OLD6"]


@pytest.mark.long
@pytest.mark.scenario("odd_objects")
def test_step_1_stops_at_what_is_not_excluded(lab: LabClient, play: Play) -> None:
    done = play("enable_hma", hma_servers_excluded=[])
    assert done.code != 0
    assert "HMA-READ-002" in done.text, done.output
    assert lab.writes() == []


# -- the names of a web site


@pytest.mark.scenario("compliant")
def test_register_spns_stops_where_directories_are_of_another_web_site(lab: LabClient, play: Play) -> None:
    for server in ("EX1", "EX2", "EX3", "EX4"):
        lab.add(
            "vdir:oab",
            {"class": "vdir:oab", "name": f"{server}\\OAB (Default Web Site)", "set": {"Name": "OAB (Intranet)"}},
        )
    done = play("register_spns")
    assert done.code != 0, done.output
    assert "expected one directory of EX1 named '... (Default Web Site)'" in done.text
    assert len([item for item in findings(lab, "HMA-READ-002") if item["status"] == "not_checked"]) == 4
    assert lab.writes() == []


# -- who a host is


def copied_port(servers: dict[str, Any], _tenants: dict[str, Any]) -> None:
    """The mistake of an inventory that was copied: the second server's port is the first one's."""
    servers["ex2.corp.contoso.test"]["ansible_port"] = servers["ex1.corp.contoso.test"]["ansible_port"]


def second_name(servers: dict[str, Any], _tenants: dict[str, Any]) -> None:
    servers["mail-one"] = dict(servers["ex1.corp.contoso.test"])


def through_another(servers: dict[str, Any], _tenants: dict[str, Any]) -> None:
    servers["ex1-again"] = {**servers["ex4.corp.contoso.test"], "hma_server": "EX1"}


def in_both_groups(servers: dict[str, Any], tenants: dict[str, Any]) -> None:
    servers["contoso"] = {}
    tenants["contoso"]["ansible_connection"] = "local"


@pytest.mark.parametrize("playbook", [
    "prepare_vdirs", *(pytest.param(name, marks=pytest.mark.matrix) for name in ("register_spns", "enable_hma",
                                                                                 "verify_hma")),
])  # fmt: skip
def test_one_server_under_two_names(lab: LabClient, play: Play, playbook: str) -> None:
    done = play(playbook, inventory=inventory(lab, copied_port))
    assert done.code != 0, done.output
    assert (
        "hosts ex1.corp.contoso.test, ex2.corp.contoso.test of the inventory are one server, ex1.corp.contoso.test"
        in done.text
    ), done.output
    assert lab.writes() == []
    # Of the four, verify_hma alone ends before its report where it may not choose a server.
    assert playbook == "verify_hma" or [item["status"] for item in findings(lab, "HMA-COV-004")] == ["fail"]


@pytest.mark.matrix
def test_one_server_under_two_names_where_the_first_host_is_lost(lab: LabClient, play: Play) -> None:
    """A number of the connection that is none ends the first host before it says who it is, for a variable without a
    value is refused before anybody is asked; the others are judged all the same."""

    def first_lost(servers: dict[str, Any], _tenants: dict[str, Any]) -> None:
        servers["ex1.corp.contoso.test"]["ansible_winrm_read_timeout_sec"] = "soon"
        servers["mail-two"] = dict(servers["ex2.corp.contoso.test"])

    done = play("prepare_vdirs", inventory=inventory(lab, first_lost))
    assert done.code != 0, done.output
    assert "hosts ex2.corp.contoso.test, mail-two of the inventory are one server" in done.text, done.output
    assert lab.writes() == []


@pytest.mark.long
@OVER_EXCHANGE
@pytest.mark.parametrize("playbook", ["prepare_vdirs", "enable_hma"])
def test_one_server_under_two_names_over_exchange(lab: LabClient, play: Play, playbook: str) -> None:
    """Over Exchange's own endpoint a host is the server that its name asks for, whichever server's shell answers: a
    copied port does no harm."""
    done = play(playbook, inventory=inventory(lab, second_name))
    assert done.code != 0, done.output
    assert (
        "hosts ex1.corp.contoso.test, mail-one of the inventory are one server, ex1.corp.contoso.test" in done.text
    ), done.output
    assert lab.writes() == []


@pytest.mark.matrix
@pytest.mark.parametrize(("change", "message"), [
    (second_name, "hosts ex1.corp.contoso.test, mail-one of the inventory are one server"),
    (through_another, "hosts ex1.corp.contoso.test, ex1-again of the inventory are one server"),
    (in_both_groups, "host contoso is in the group of the servers and in that of the tenants"),
])  # fmt: skip
def test_prepare_vdirs_refuses_a_host_that_is_not_a_server_of_its_own(
    lab: LabClient, play: Play, change: Any, message: str
) -> None:
    done = play("prepare_vdirs", inventory=inventory(lab, change))
    assert done.code != 0, done.output
    assert message in done.text, done.output
    assert lab.writes() == []


@pytest.mark.long
def test_an_audit_counts_servers_and_names_the_double(lab: LabClient, play: Play) -> None:
    done = play("audit_hma", inventory=inventory(lab, second_name), hma_audit_resolve=False)
    assert done.code != 0
    assert [item["object"] for item in findings(lab, "HMA-COV-004")] == ["hosts ex1.corp.contoso.test, mail-one"]
    assert reports(lab)[-1]["summary"]["servers"]["total"] == 4


# -- a domain and its tenant


def one_domain(_servers: dict[str, Any], tenants: dict[str, Any]) -> None:
    tenants["fabrikam"]["hma_tenant_domain"] = tenants["contoso"]["hma_tenant_domain"]


def exchanged_domains(_servers: dict[str, Any], tenants: dict[str, Any]) -> None:
    names = tenants["contoso"]["hma_tenant_domain"], tenants["fabrikam"]["hma_tenant_domain"]
    tenants["fabrikam"]["hma_tenant_domain"], tenants["contoso"]["hma_tenant_domain"] = names


def one_tenant_twice(_servers: dict[str, Any], tenants: dict[str, Any]) -> None:
    tenants["contoso-again"] = dict(tenants["contoso"])


@pytest.mark.matrix
@pytest.mark.parametrize(("change", "message"), [
    pytest.param(one_domain, "tenants contoso, fabrikam have this one hma_tenant_domain", marks=pytest.mark.matrix),
    (exchanged_domains, "fabrikam.onmicrosoft.com is on AuthServer 'EvoSTS - 5c8cd4ba-65ea-4b8d-a4f6-6b3a7e1b6b01'"),
])  # fmt: skip
def test_step_1_refuses_domains_that_are_another_tenants(lab: LabClient, play: Play, change: Any, message: str) -> None:
    done = play("enable_hma", inventory=inventory(lab, change))
    assert done.code != 0, done.output
    assert message in done.text, done.output
    assert lab.writes() == []


@pytest.mark.long
@pytest.mark.parametrize("playbook", ["register_spns", "enable_hma"])
def test_one_tenant_under_two_names(lab: LabClient, play: Play, playbook: str) -> None:
    done = play(playbook, inventory=inventory(lab, one_tenant_twice))
    assert done.code != 0, done.output
    assert "hosts contoso, contoso-again of the inventory are this one tenant" in done.text, done.output
    assert lab.writes() == []


@pytest.mark.matrix
@pytest.mark.scenario("domain_on_two_authservers")
def test_a_domain_on_two_auth_servers(lab: LabClient, play: Play) -> None:
    done = play("audit_hma", hma_audit_read="full", hma_audit_resolve=False)
    assert done.code != 0, done.output
    found = {item["object"]: item for item in findings(lab, "HMA-AUTH-007")}
    assert set(found) == {"contoso.test", "fabrikam.test"}
    assert "AuthServer 'EvoSTS'" in found["contoso.test"]["message"]
    assert "AuthServer 'EvoSTS - 5c8cd4ba-65ea-4b8d-a4f6-6b3a7e1b6b01'" in found["contoso.test"]["message"]
    assert found["contoso.test"]["fix"]


@pytest.mark.matrix
@pytest.mark.scenario("compliant")
def test_a_first_host_that_cannot_even_be_tried_does_not_keep_modern_authentication_on(
    lab: LabClient, play: Play
) -> None:
    def first_lost(servers: dict[str, Any], _tenants: dict[str, Any]) -> None:
        servers["ex1.corp.contoso.test"]["ansible_winrm_transport"] = "{{ not_defined_anywhere }}"

    assert switched_on(lab)
    done = play("disable_hma", inventory=inventory(lab, first_lost))
    assert not switched_on(lab), done.output
    assert "Modern authentication is off." in done.text, done.output
    assert done.code == 0, "one server that does it is enough, wherever it stands" + done.output
