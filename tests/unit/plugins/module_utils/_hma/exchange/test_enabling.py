# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Step 5 as one plan, and what stops it in the writer's own shell."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import authserver, enabling, metadata
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.authserver import AuthServer
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.organization import PARTS, Organization
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.orgconfig import OrganizationConfig

TENANT, OTHER = "11111111-aaaa-4bbb-8ccc-000000000001", "33333333-aaaa-4bbb-8ccc-000000000001"
OURS = AuthServer(
    "EvoSTS",
    "g1",
    "AzureAD",
    TENANT,
    None,
    enabled=True,
    default=False,
    domain_names=["a.test"],
    application_identifier=None,
    authorization_endpoint="https://login/",
)
OLD = replace(OURS, name="old", guid="g2", realm=OTHER, default=True)
CONFIG = OrganizationConfig("Contoso", "o1", oauth2_client_profile_enabled=False, mapi_http_enabled=True)


def judged(*servers: AuthServer, config: OrganizationConfig = CONFIG) -> Organization:
    """The organization as hma_assess and hma_orgconfig get it back: out of facts."""
    configuration = {
        **config.facts(),
        "ews_enabled": None,
        "ews_application_access_policy": None,
        "ews_allow_list": [],
        "download_domains": None,
    }
    lists: dict[str, list[object]] = {name: [] for name in ("servers", "client_urls", "directories", "unread")}
    facts = {
        "read": {},
        "config": configuration,
        "auth_servers": [item.facts() for item in servers],
        "sections": {},
        **lists,
        **dict.fromkeys(PARTS),
    }
    return Organization.from_facts(Properties(facts, "judged"))


def test_at_most_three_writes_and_the_flag_is_the_last() -> None:
    plan = enabling.plan_enable(CONFIG, [OURS, OLD], TENANT, "old")
    assert [(item.name, item.parameters.get("Identity")) for item in plan.cmdlets] == [
        ("Set-AuthServer", "g2"),
        ("Set-AuthServer", "g1"),
        ("Set-OrganizationConfig", None),
    ]
    with pytest.raises(Refused, match="is the default authorization endpoint"):
        enabling.plan_enable(CONFIG, [OURS, OLD], TENANT, None)
    on = replace(CONFIG, oauth2_client_profile_enabled=True)
    assert enabling.plan_enable(on, [replace(OURS, default=True)], TENANT, None).changes == ()


def test_as_it_was_judged() -> None:
    enabling.refuse_changed(
        judged(OURS, OLD), CONFIG, [replace(OURS, domain_names=["A.test"], application_identifier="x"), OLD]
    )


@pytest.mark.parametrize(
    ("now", "config", "message"),
    [
        ([OURS, replace(OLD, default=False)], CONFIG, "AuthServer 'old' has another IsDefaultAuthorizationEndpoint"),
        ([replace(OURS, enabled=False), OLD], CONFIG, "AuthServer 'EvoSTS' has another Enabled"),
        ([replace(OURS, domain_names=[]), OLD], CONFIG, "AuthServer 'EvoSTS' has another DomainName"),
        ([OURS], CONFIG, "AuthServer 'old' is not there any more"),
        ([OURS, OLD, replace(OLD, name="new", guid="g3", default=False)], CONFIG, "AuthServer 'new' is new"),
        (
            [OURS, OLD],
            replace(CONFIG, oauth2_client_profile_enabled=True),
            "OAuth2ClientProfileEnabled is true and was false",
        ),
        ([OURS, OLD], replace(CONFIG, guid="o2"), "not the one that was judged"),
    ],
)
def test_what_changed_since_is_refused_by_name(now: list[AuthServer], config: OrganizationConfig, message: str) -> None:
    with pytest.raises(Refused, match=message):
        enabling.refuse_changed(judged(OURS, OLD), config, now)


@pytest.mark.parametrize(
    ("servers", "message"),
    [
        ([OURS], "exactly one default authorization endpoint, and there is none"),
        ([replace(OURS, default=True), OLD], "and there is 'EvoSTS', 'old'"),
        ([replace(OURS, default=True, enabled=False)], "is disabled"),
        ([OURS, OLD], "'old' .AzureAD, realm 3"),
        ([replace(OURS, default=True, type="ADFS")], "ADFS"),
    ],
)
def test_an_endpoint_that_is_not_ours_alone(servers: list[AuthServer], message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        raise AssertionError(enabling.wrong_endpoint(servers, TENANT))
    assert enabling.wrong_endpoint([replace(OURS, default=True), replace(OLD, default=False)], TENANT) is None


def test_the_flag_without_any_endpoint_is_refused() -> None:
    with pytest.raises(Refused, match="not switched on without it"):
        enabling.refuse_without_endpoint([OURS])
    enabling.refuse_without_endpoint([OURS, OLD])


NEW, CLEARED = replace(OURS, default=True), replace(OLD, default=False)
THIRD = replace(OLD, name="third", guid="g3")


@pytest.mark.parametrize(
    ("before", "now", "writes"),
    [
        ([OURS], [NEW], [("g1", False)]),
        ([OURS, OLD], [NEW, CLEARED], [("g1", False), ("g2", True)]),
        ([OURS, OLD], [OURS, CLEARED], [("g2", True)]),
        ([OURS, OLD], [OURS, OLD], []),
        ([OURS, OLD], [OURS, CLEARED, THIRD], []),
        ([OURS, OLD, THIRD], [NEW, CLEARED, replace(THIRD, default=False)], [("g1", False), ("g2", True)]),
    ],
    ids=["none before", "another before", "not set", "untouched", "somebody set a third", "somebody cleared a third"],
)
def test_the_endpoint_is_put_back_as_it_was(
    before: list[AuthServer], now: list[AuthServer], writes: list[tuple[str, bool]]
) -> None:
    plan = enabling.plan_enable(CONFIG, [OURS, OLD], TENANT, "old")
    back = enabling.plan_as_before(plan, before, now)
    assert [(item.parameters["Identity"], item.parameters[authserver.DEFAULT]) for item in back.cmdlets] == writes


def test_an_endpoint_that_was_cleared_comes_back_where_another_write_to_the_same_object_failed() -> None:
    cleared = authserver.plan_default([OLD], OLD, default=False)
    for plan in (cleared, Plan((*cleared.changes, metadata.refresh(OLD)))):
        (back,) = enabling.plan_as_before(plan, [OLD], [CLEARED]).cmdlets
        assert back.parameters == {"Identity": "g2", authserver.DEFAULT: True}
