# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stories of single requests: which are repeated, how long that may take, and what a refusal says."""

from __future__ import annotations

import re
import time
from email.utils import formatdate
from typing import TYPE_CHECKING

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.accounts import AccountState
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.errors import GraphError, NotFinished

if TYPE_CHECKING:
    from .conftest import Stage

TENANT = "11111111-aaaa-4bbb-8ccc-000000000001"
EXO_ID = "aaaaaaaa-1111-4000-8000-000000000001"
SECRET = "sEcr3t~contoso&=%"
READER = "aaaaaaaa-0000-4000-8000-000000000002"
ID = r"request-id [0-9a-f-]{36}, client-request-id [0-9a-f-]{36}"


def test_a_throttled_read_waits_as_long_as_graph_says(stage: Stage) -> None:
    stage.fault(method="GET", status=429, retry_after=17, count=2)
    assert stage.client().exchange_online().names == stage.names
    assert stage.sleeps == [17.0, 17.0]
    assert stage.requests() == ["token", "GET", "GET", "GET"]


def test_a_throttled_read_waits_until_the_date_that_graph_says(stage: Stage) -> None:
    stage.fault(method="GET", status=429, retry_after=formatdate(time.time() + 30, usegmt=True))
    assert stage.client().exchange_online().names == stage.names
    (pause,) = stage.sleeps
    assert 20 < pause <= 30


def test_a_throttled_read_without_retry_after_waits_longer_each_time(stage: Stage) -> None:
    stage.fault(method="GET", status=429, count=3)
    stage.client().exchange_online()
    assert [int(pause) for pause in stage.sleeps] == [1, 2, 4]


@pytest.mark.parametrize("status", [500, 503, 504])
def test_a_server_error_under_a_read_is_repeated(stage: Stage, status: int) -> None:
    stage.fault(method="GET", status=status)
    assert stage.client().exchange_online().names == stage.names


def test_a_read_that_times_out_is_repeated(stage: Stage) -> None:
    stage.fault(method="GET", hang=2)
    assert stage.client(timeout=1).exchange_online().names == stage.names


@pytest.mark.parametrize(("status", "retry_after"), [(500, None), (429, 50)])
def test_a_read_ends_after_five_tries_or_two_minutes(stage: Stage, status: int, retry_after: int | None) -> None:
    given = {} if retry_after is None else {"retry_after": retry_after}
    stage.fault(method="GET", status=status, count=99, **given)
    with pytest.raises(GraphError) as caught:
        stage.client().exchange_online()
    text = str(caught.value)
    assert TENANT in text
    assert f"HTTP {status}" in text
    assert re.search(ID, text)
    assert sum(stage.sleeps) <= 120
    assert len(stage.sleeps) < stage.requests().count("GET") <= 5  # no pause after the last one


def test_a_read_that_never_arrives_ends_without_a_last_pause(stage: Stage) -> None:
    stage.fault(method="GET", hang=3, count=99)
    with pytest.raises(GraphError, match="hma_proxy"):
        stage.client(timeout=0.2).exchange_online()
    assert len(stage.sleeps) == 4


def test_a_token_that_expired_is_renewed_once(stage: Stage) -> None:
    client = stage.client()
    client.exchange_online()
    stage.entra.tokens.clear()
    assert client.exchange_online().names == stage.names
    assert stage.requests() == ["token", "GET", "GET", "token", "GET"]


def test_a_token_that_expired_before_a_write_is_renewed_once(stage: Stage) -> None:
    client = stage.client()
    client.exchange_online()
    stage.entra.tokens.clear()
    client.replace(EXO_ID, "servicePrincipalNames", [*stage.names, "https://new.contoso.test/"])
    assert "https://new.contoso.test/" in stage.names
    assert stage.requests()[-3:] == ["PATCH", "token", "PATCH"]


def test_a_token_that_is_never_right_is_explained(stage: Stage) -> None:
    stage.fault(method="GET", status=401, code="InvalidAuthenticationToken", count=99)
    with pytest.raises(GraphError, match="hma_cloud"):
        stage.client().exchange_online()
    assert stage.requests() == ["token", "GET", "token", "GET"]


def test_a_tenant_without_exchange_online_is_explained(stage: Stage) -> None:
    stage.entra.tenants[TENANT]["service_principals"].pop(0)
    with pytest.raises(GraphError, match="HTTP 404 Request_ResourceNotFound") as caught:
        stage.client().exchange_online()
    assert "Exchange Online?" in str(caught.value)
    assert re.search(ID, str(caught.value))
    assert stage.sleeps == []


def test_an_answer_that_is_not_graphs_is_reported(stage: Stage) -> None:
    stage.fault(method="GET", status=403, code="", message="")
    with pytest.raises(GraphError, match="HTTP 403"):
        stage.client().exchange_online()


def test_a_read_only_application_reads_and_is_refused_the_write(stage: Stage) -> None:
    client = stage.client(client_id=READER)
    before = client.exchange_online().names
    with pytest.raises(GraphError, match="Authorization_RequestDenied") as caught:
        client.replace(EXO_ID, "servicePrincipalNames", [*before, "https://new.contoso.test/"])
    assert not isinstance(caught.value, NotFinished)
    assert "Application.ReadWrite.All" in str(caught.value)
    assert "handoff" in str(caught.value)
    assert stage.names == before


def test_a_read_without_any_right_names_the_permission(stage: Stage) -> None:
    stage.entra.tenants[TENANT]["applications"][0]["rights"] = []
    with pytest.raises(GraphError, match=r"Application\.Read\.All"):
        stage.client().exchange_online()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_write_is_not_repeated_by_itself(stage: Stage, status: int) -> None:
    client = stage.client()
    stage.fault(method="PATCH", status=status, retry_after=3)
    with pytest.raises(NotFinished):
        client.replace(EXO_ID, "servicePrincipalNames", stage.names)
    assert stage.requests().count("PATCH") == 1


@pytest.mark.parametrize(
    ("status", "code"), [(409, "Directory_ConcurrencyViolation"), (400, "Request_BadRequest")], ids=["409", "400"]
)
def test_parallel_writes_are_no_refusal(stage: Stage, status: int, code: str) -> None:
    text = "Error due to concurrent requests being made to the tenant. Please wait briefly and retry."
    stage.fault(method="PATCH", status=status, code=code, message=text)
    with pytest.raises(NotFinished, match="concurrent"):
        stage.client().replace(EXO_ID, "servicePrincipalNames", stage.names)


def test_a_redirect_is_not_followed_with_the_token(stage: Stage) -> None:
    stage.fault(method="GET", status=302, location=f"{stage.url}/v1.0/servicePrincipals/{EXO_ID}")
    with pytest.raises(GraphError, match="HTTP 302"):
        stage.client().exchange_online()
    assert stage.requests() == ["token", "GET"]


def test_a_token_or_secret_that_an_answer_quotes_is_not_shown(stage: Stage) -> None:
    client = stage.client()
    client.exchange_online()
    (token,) = stage.entra.tokens
    stage.fault(method="GET", status=400, code="BadRequest", message=f"Bearer {token} with {SECRET} is odd")
    with pytest.raises(GraphError, match="is odd") as caught:
        client.exchange_online()
    # Not even a part of it, where the message is cut short.
    assert all(part not in str(caught.value) for part in token.split("."))
    assert SECRET not in str(caught.value)


def test_verified_domains_take_a_permission_of_their_own(stage: Stage) -> None:
    tenant = stage.entra.tenants[TENANT]
    tenant["verified_domains"] = [f"d{number}.contoso.test" for number in range(5)]
    with pytest.raises(GraphError, match=r"HTTP 403 Authorization_RequestDenied .*Domain\.Read\.All"):
        stage.client(client_id=READER).verified_domains()
    tenant["applications"][1]["rights"].append("Domain.Read.All")
    tenant["domain_page"] = 2
    # Three pages; the domain that is not verified yet is left out.
    assert stage.client(client_id=READER).verified_domains() == tenant["verified_domains"]
    assert stage.requests().count("GET") == 1 + 3


def test_a_next_page_at_another_host_is_not_asked(stage: Stage) -> None:
    tenant = stage.entra.tenants[TENANT]
    tenant["applications"][1]["rights"].append("Domain.Read.All")
    tenant["domain_page"], tenant["domain_next"] = 1, "https://elsewhere.test/v1.0/domains"
    with pytest.raises(GraphError, match="the next page is at another host"):
        stage.client(client_id=READER).verified_domains()


def test_users_are_read_in_pages_with_a_permission_of_their_own(stage: Stage) -> None:
    tenant = stage.entra.tenants[TENANT]
    tenant["users"] = [{"upn": "Dave{}@contoso.test", "count": 4}, {"upn": "twin@contoso.test", "synced": False}]
    tenant["users"].append({"upn": "Eve@contoso.test", "enabled": False})
    with pytest.raises(GraphError, match="GET users: HTTP 403 Authorization_RequestDenied") as caught:
        stage.client(client_id=READER).users()
    assert "lacks User.Read.All" in str(caught.value)
    tenant["applications"][1]["rights"] = ["User.Read.All"]
    tenant["user_page"] = 2
    stage.fault(method="GET", status=429, retry_after=3)
    assert stage.client(client_id=READER).users() == {
        **{f"dave{number}@contoso.test": AccountState.SYNCHRONIZED for number in range(4)},
        "twin@contoso.test": AccountState.CLOUD,
        "eve@contoso.test": AccountState.BLOCKED,
    }
    assert stage.requests()[2:] == ["token", "GET", "GET", "GET", "GET"]  # one of them throttled


def test_a_page_of_users_at_another_host_is_not_asked_and_no_list_is_not_an_empty_one(stage: Stage) -> None:
    tenant = stage.entra.tenants[TENANT]
    tenant["applications"][1]["rights"] = ["User.Read.All"]
    tenant["users"], tenant["user_page"] = [{"upn": "dave{}@contoso.test", "count": 4}], 2
    tenant["user_next"] = f"{stage.url}.elsewhere.test/v1.0/users?$skiptoken=2"
    with pytest.raises(GraphError, match="next page is at another host"):
        stage.client(client_id=READER).users()
    stage.fault(method="GET", status=200)
    with pytest.raises(GraphError, match="answered with no list"):
        stage.client(client_id=READER).users()
