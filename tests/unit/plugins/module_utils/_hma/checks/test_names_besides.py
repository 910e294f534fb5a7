# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What register_spns says besides registering, what is missing says, and whose URLs count."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import gates, names
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inputs import Inputs
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.run_facts import run_facts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import ClientUrl, asked_name, client_names
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.hybrid import AcceptedDomain

from tests.unit.audit_story import Story

MAIL = "https://mail.contoso.test/"
RUN = "20261126T000000Z-2"


def with_urls(*urls: str) -> Inputs:
    inputs = Story().case()
    more = [ClientUrl("EX1", "ews", "external", url) for url in urls]
    organization = replace(inputs.organization, client_urls=(*inputs.organization.client_urls, *more))
    return replace(inputs, read=organization, names=client_names(organization.client_urls))


def test_register_spns_says_which_url_gives_no_name_and_stops_for_none() -> None:
    """Else it ends with "every client name is registered" while clients ask for one that nobody can register."""
    found = [item for item in gates.judge("tenants", with_urls("https://ex1/EWS")) if item.status == "fail"]
    assert [(item.id, item.object, item.blocks) for item in found] == [("HMA-NAME-001", "EX1 ews external", False)]


def test_register_spns_points_out_a_name_of_one_server_before_it_is_registered() -> None:
    inputs, name = with_urls("https://ex1.corp.contoso.test/EWS"), "https://ex1.corp.contoso.test/"
    first, second = inputs.tenants
    inputs = replace(inputs, tenants=[replace(first, missing=[name]), second])
    found = [item for item in gates.judge("tenants", inputs) if item.status == "warn"]
    assert [(item.id, item.server) for item in found] == [("HMA-NAME-004", "EX1")]


@pytest.mark.parametrize("other", ["https://mail.contoso.test", "http://MAIL.contoso.test/", f"{MAIL[:-1]}:443/"])
def test_a_missing_name_says_in_which_other_form_it_is_there(other: str) -> None:
    inputs = Story().case()
    first, second = inputs.tenants
    inputs = replace(inputs, tenants=[replace(first, missing=[MAIL], names=[other, "https://x.test/"]), second])
    message = names.registered(inputs)[0].message
    assert message.endswith(f"The directory keeps each form as a name of its own; there are: {other}.")


def test_all_autodiscover_names_that_are_missing_are_one_line_of_yaml() -> None:
    """Each with a line of its own, the last one pasted would take the others away."""
    inputs = Story().case(spn_extra_names=["extra.contoso.test"])
    domains = (AcceptedDomain("other.test", "Authoritative"), *(inputs.organization.accepted_domains or ()))
    inputs = replace(inputs, read=replace(inputs.organization, accepted_domains=domains))
    hosts = names.autodiscover_hosts(inputs)
    assert len(hosts) > 1
    found = names.autodiscover(inputs.with_resolved(dict.fromkeys(hosts, True)))
    lines = {item.commands[0].text for item in found if item.status == "warn"}
    quoted = ", ".join(f'"{host}"' for host in ["extra.contoso.test", *hosts])
    assert lines == {f"hma_spn_extra_names: [{quoted}]"}


def facts(excluded: list[dict[str, str]], said: str = "ex1.corp.test") -> list[dict[str, Any]]:
    urls = [{"server": name, "kind": "ews", "where": "internal", "url": f"https://{name}/"} for name in ("EX1", "EX9")]
    servers = [{"name": name, "fqdn": f"{name.lower()}.corp.test"} for name in ("EX1", "EX9")]
    organization = {"name": "contoso", "client_urls": urls, "servers": servers}
    variables = {
        "localhost": {
            "hma_started_run": RUN,
            "hma_settings_result": {"organization": {"hma_servers_excluded": excluded}},
        },
        "ex1": {
            "hma_host_read": {"run_id": RUN, "server": said},
            "hma_organization_read": {"run_id": RUN, "organization": organization},
        },
    }
    found: list[dict[str, Any]] = run_facts(variables, ["ex1"], [])["organization"]["client_urls"]
    return [url["server"] for url in found]


@pytest.mark.parametrize("name", ["EX9", "ex9.corp.test"])
def test_the_urls_of_an_excluded_server_are_nobodys(name: str) -> None:
    assert facts([]) == ["EX1", "EX9"]
    assert facts([{"name": name, "reason": "failed in May"}]) == ["EX1"]


def test_a_server_that_a_host_stands_for_is_never_left_out() -> None:
    assert facts([{"name": "EX1", "reason": "a mistake"}]) == ["EX1", "EX9"]


@pytest.mark.parametrize(
    ("text", "present", "literal", "name"),
    [
        ("Mail.contoso.test", True, False, MAIL),
        ("https://mail.contoso.test", True, False, MAIL),
        ("https://mail.contoso.test", True, True, MAIL[:-1]),
        ("mail.contoso.test", False, False, MAIL),
        ("https://mail.contoso.test", False, False, MAIL[:-1]),
        ("http://mail.contoso.test:81/x", False, False, "http://mail.contoso.test:81/x"),
    ],
)
def test_a_name_that_is_taken_away_is_the_text_that_is_there(
    text: str, present: bool, literal: bool, name: str
) -> None:
    assert asked_name(text, present=present, literal=literal) == name
