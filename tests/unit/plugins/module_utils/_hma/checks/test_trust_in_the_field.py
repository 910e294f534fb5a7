# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AuthServer objects as organizations have them: an address where nobody can sign in, two tenants in one object, a
default endpoint that is the tenant's by its realm alone, a domain on another tenant's object."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import address, certificates
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inputs import Inputs
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import trusted
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.certificates import (
    AuthCertificate,
    Certificate,
)

from tests.unit.audit_story import Story
from tests.unit.test_checks import auth, to

A, B, C = (f"{digit * 8}-aaaa-4bbb-8ccc-00000000000{digit}" for digit in "123")
SERVERS: list[Any] = ["organizations", 0, "auth_servers"]
ONE: list[dict[str, Any]] = [
    {"at": ["tenants"], "keep": [0]},
    {"at": SERVERS, "keep": [0, 2, 3]},
    to(["vars", "hma_default_tenant"], A),
]
GATES = pytest.mark.parametrize("gate", ["preflight", "enable", "verify", "audit"])


def stopping(story: Story, gate: str = "audit") -> dict[str, Finding]:
    return {item.id: item for item in story.judge(gate) if item.blocks}


def typed(finding: Finding) -> list[str]:
    return [command.text for command in finding.commands]


@GATES
@pytest.mark.parametrize(
    ("endpoint", "why"),
    [
        ("", "is empty: with it as the default endpoint clients get no authorization_uri"),
        (f"https://login.windows.net/{C}/oauth2/authorize", "not this tenant's"),
        ("https://login.windows.net/consumers/oauth2/authorize", "not this tenant's"),
        ("https://login.windows.net/elsewhere.test/oauth2/authorize", "not this tenant's"),
        ("https://login.microsoftonline.us/common/oauth2/authorize", "another cloud than hma_cloud: global"),
        ("https://login.partner.microsoftonline.cn/common/oauth2/authorize", "another cloud than hma_cloud: global"),
        ("https://adfs.contoso.test/adfs/oauth2/authorize", "AD FS"),
        ("http://login.windows.net/common/oauth2/authorize", "no https address"),
        ("https://login.windows.net/", "no https address"),
    ],
)
def test_an_address_where_nobody_of_the_one_tenant_can_sign_in_fails(gate: str, endpoint: str, why: str) -> None:
    found = stopping(Story(*ONE, *auth(0, endpoint=endpoint)), gate)
    assert set(found) == {"HMA-AUTH-008"}
    finding = found["HMA-AUTH-008"]
    assert why in finding.message
    assert "'EvoSTS'" in finding.message
    assert finding.expected == "https://login.windows.net/common/oauth2/authorize"
    assert finding.commands


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://login.windows.net/organizations/oauth2/authorize",
        "https://LOGIN.microsoftonline.com/common/oauth2/authorize",
        f"https://login.windows.net/{A.upper()}/oauth2/authorize",
        "https://login.windows.net/Contoso.onmicrosoft.com/oauth2/authorize",
    ],
)
def test_an_address_of_everybody_or_of_the_one_tenant_is_right(endpoint: str) -> None:
    assert stopping(Story(*ONE, *auth(0, endpoint=endpoint))) == {}


@pytest.mark.parametrize(
    ("cloud", "host", "status"),
    [
        ("usgov_l4", "login.microsoftonline.us", "pass"),
        # What Exchange has in the other clouds is recorded nowhere, and the probe does not call it wrong either.
        ("usgov_l4", "login.windows.net", "pass"),
        ("usgov_l4", "login.chinacloudapi.cn", "fail"),
        ("china", "login.partner.microsoftonline.cn", "pass"),
        ("global", "sign-in.contoso.test", "warn"),
    ],
)
def test_an_address_is_judged_by_the_cloud_of_the_tenants(cloud: str, host: str, status: str) -> None:
    case = Story(*ONE, *auth(0, endpoint=f"https://{host}/common/oauth2/authorize")).case()
    (finding,) = address.for_all(replace(case, tenants=[replace(case.tenants[0], cloud=cloud)]))
    assert finding.status == status
    assert finding.blocks is (status == "fail")


@pytest.mark.parametrize("host", ["sign-in.contoso.test", "login.chinacloudapi.cn"])
def test_a_sign_in_host_that_somebody_named_is_right_here_too(host: str) -> None:
    story = Story(
        *ONE, *auth(0, endpoint=f"https://{host}/common/oauth2/authorize"),
        to(["vars", "hma_probe_authorization_hosts"], [host.upper()]),
    )  # fmt: skip
    (finding,) = [item for item in story.judge("audit") if item.id == "HMA-AUTH-008"]
    assert finding.status == "pass"


@GATES
@pytest.mark.parametrize(("realm", "issuer"), [(A, C), (C, A), (f"4{A[1:]}", A)])
def test_an_object_that_names_two_tenants_is_one_finding(gate: str, realm: str, issuer: str) -> None:
    found = stopping(Story(*auth(0, realm=realm, issuer=f"https://sts.windows.net/{issuer}/")), gate)
    assert set(found) == {"HMA-AUTH-001"}
    message = found["HMA-AUTH-001"].message
    assert f"realm {realm}, issuer https://sts.windows.net/{issuer}/" in message
    assert "names two tenants" in message


def test_no_action_writes_to_an_object_that_names_two_tenants() -> None:
    case = Story(*auth(0, issuer=f"https://sts.windows.net/{C}/")).case()
    with pytest.raises(Refused, match="names two tenants"):
        trusted.of_tenant(case.trust, A)


@pytest.mark.parametrize("realm", ["", "contoso.onmicrosoft.com"])
def test_an_object_that_names_no_tenant_loses_no_domain_and_is_not_disabled(realm: str) -> None:
    story = Story(*auth(0, realm=realm, issuer="https://sts.windows.net/{tenantid}/"))
    found = {item.id: item for item in story.judge() if item.status in ("fail", "warn")}
    assert set(found) == {"HMA-AUTH-001", "HMA-AUTH-004", "HMA-AUTH-009"}
    assert "'EvoSTS' names no tenant" in found["HMA-AUTH-001"].fix
    assert "Set-AuthServer 'EvoSTS' -RefreshAuthMetadata" in found["HMA-AUTH-001"].fix
    assert found["HMA-AUTH-004"].fix.startswith("Mend HMA-AUTH-001 first")
    assert "names no tenant" in found["HMA-AUTH-009"].message
    assert not any("-Enabled" in text or "-DomainName" in text for item in found.values() for text in typed(item))


def test_a_stranger_that_is_the_default_is_not_disabled_before_another_one_is() -> None:
    story = Story(*auth(0, default=False), *auth(2, enabled=True, default=True))
    (finding,) = [item for item in story.judge() if item.id == "HMA-AUTH-009"]
    assert "make another one the default endpoint first" in finding.fix


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ([*auth(0, default=False), *auth(3, default=True)], "ACS - 9d3c1f11-12f6-4a9b-9c60-2a7b3c9d4e5f"),
        (
            [
                *auth(0, default=False),
                {"at": SERVERS, "append": {"name": "EvoSTS - gone", "tenant_id": A, "enabled": False, "default": True}},
            ],
            "EvoSTS - gone",
        ),
        ([*auth(0, default=False), *auth(2, default=True)], "EvoSTS - old tenant"),
    ],
)
def test_a_default_that_has_the_tenants_realm_alone_is_not_the_tenants(changes: list[Any], name: str) -> None:
    """ACS has the tenant's realm, a disabled leftover too. What is said works: enable_hma replaces what is named."""
    named = f'hma_replace_default_authserver: "{name}"'
    for gate, check in (("audit", "HMA-AUTH-004"), ("preflight", "HMA-AUTH-002")):
        found = stopping(Story(*changes), gate)
        assert set(found) == {check}
        assert name in found[check].actual
        assert typed(found[check])[0] == named
    given = stopping(Story(*changes, to(["vars", "hma_replace_default_authserver"], name)))
    assert given["HMA-AUTH-004"].fix == "Run enable_hma, which sets it."


def test_of_two_other_defaults_naming_one_is_not_advised_again() -> None:
    two = [*auth(0, default=False), *auth(1, default=True), *auth(2, default=True)]
    story = Story(*two, to(["vars", "hma_replace_default_authserver"], "EvoSTS - old tenant"))
    finding = stopping(story, "preflight")["HMA-AUTH-002"]
    assert "Several AuthServer objects" in finding.message
    assert len(typed(finding)) == 2
    assert all(text.endswith("-IsDefaultAuthorizationEndpoint $false") for text in typed(finding))


def test_of_two_disabled_objects_one_is_to_be_enabled() -> None:
    twin = {"name": "EvoSTS - again", "tenant_id": A, "enabled": False}
    finding = stopping(Story(*auth(0, enabled=False), {"at": SERVERS, "append": twin}))["HMA-AUTH-001"]
    assert "enable the one that is right" in finding.fix


@GATES
@pytest.mark.parametrize("odd", [{"enabled": "yes"}, {"type": None}])
def test_an_object_that_could_not_be_read_is_not_missed_a_second_time(gate: str, odd: dict[str, Any]) -> None:
    """The wizard would make a second one beside it."""
    assert set(stopping(Story(*auth(0, **odd)), gate)) == {"HMA-READ-002"}


def test_an_id_that_is_wrong_is_one_finding_and_takes_nothing_off_the_right_object() -> None:
    story = Story(*MOVED, to(["tenants", 0, "id"], f"{A[:-2]}11"))
    found = {item.id: item for item in story.judge("preflight") if item.status in ("fail", "warn")}
    assert {name for name in found if name.startswith("HMA-AUTH")} == {"HMA-AUTH-001"}
    assert typed(found["HMA-AUTH-001"]) == [f'hma_tenant_id: "{A}"']


MOVED = [
    to(["tenants", 0, "verified_domains"], ["contoso.onmicrosoft.com", "contoso.test"]),
    to(["tenants", 1, "verified_domains"], ["fabrikam.onmicrosoft.com", "fabrikam.test"]),
]


@pytest.mark.parametrize("number", [0, 2])
def test_a_domain_on_the_object_of_a_tenant_that_does_not_have_it(number: int) -> None:
    """Of a tenant of the inventory, and of one that the domain moved away from."""
    names = ["contoso.onmicrosoft.com", "contoso.test"] if number == 0 else ["old.onmicrosoft.com"]
    changes = [*MOVED, *auth(number, enabled=True, domain_names=[*names, "Fabrikam.test"])]
    story = Story(*changes, *auth(1, domain_names=["fabrikam.onmicrosoft.com"]))
    finding = stopping(story, "preflight")["HMA-AUTH-007"]
    assert finding.object == "fabrikam.test"
    assert f"verified in tenant {B}" in finding.message
    assert len(typed(finding)) == 1
    assert "abrikam" not in typed(finding)[0]


def test_a_domain_that_no_read_tenant_has_verified_is_nobodys_fault() -> None:
    names = ["contoso.onmicrosoft.com", "contoso.mail.onmicrosoft.com", "elsewhere.test"]
    assert "HMA-AUTH-007" not in stopping(Story(*MOVED, *auth(0, domain_names=names)))


NOW = datetime(2026, 11, 27, tzinfo=UTC)
DAYS = timedelta(days=1)


def with_certificate(**more: Any) -> Inputs:
    case = Story(full=False).case()
    found = AuthCertificate("AA", None, NOW + 30 * DAYS, NOW - 300 * DAYS)
    return replace(case, now=NOW, read=replace(case.organization, auth_certificate=replace(found, **more)))


def statuses(case: Inputs) -> dict[str, tuple[str, str]]:
    return {item.id: (item.status, item.message) for item in certificates.certificate(case)}


def test_a_certificate_that_is_not_valid_yet_is_not_valid() -> None:
    found = statuses(with_certificate(not_after=NOW + 400 * DAYS, not_before=NOW + 2 * DAYS))
    status, message = found["HMA-CERT-001"]
    assert status == "fail"
    assert "is valid from 2026-11-29" in message


@pytest.mark.parametrize(
    ("next_one", "next_from", "next_ends", "status"),
    [
        (None, None, None, "warn"),
        ("AA", None, None, "warn"),
        ("BB", None, None, "pass"),
        ("BB", NOW + 20 * DAYS, NOW + 400 * DAYS, "pass"),
        ("BB", NOW + 31 * DAYS, NOW + 400 * DAYS, "warn"),
        ("BB", NOW + 20 * DAYS, NOW - 2 * DAYS, "warn"),
    ],
)
def test_a_next_certificate_counts_where_it_takes_over_in_time(
    next_one: str | None, next_from: datetime | None, next_ends: datetime | None, status: str
) -> None:
    case = with_certificate(next_thumbprint=next_one, next_from=next_from)
    if next_ends is not None:
        first, *rest = case.servers
        case = replace(case, servers=[replace(first, certificates=[Certificate("BB", next_ends)]), *rest])
    assert statuses(case)["HMA-CERT-002"][0] == status
