# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Something between this machine and Microsoft answers, or the way there is written wrong: who it was is said, and no
advice sends people to the tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.errors import GraphError, NotFinished
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.tenant import Tenant

if TYPE_CHECKING:
    from .conftest import Stage

PAGE = "<!DOCTYPE html><html><title>Access denied</title><body>Blocked by policy</body></html>"
BETWEEN = "a proxy, a firewall or a gateway in between"


@pytest.mark.parametrize("status", [403, 404, 407, 451])
def test_a_page_of_a_proxy_where_entra_says_who_it_is(stage: Stage, status: int) -> None:
    stage.faults.add({"at": "configuration", "count": 9, "status": status, "body": PAGE})
    with pytest.raises(GraphError) as caught:
        stage.client().exchange_online()
    assert f"HTTP {status} without a JSON object" in str(caught.value)
    assert "hma_proxy" in str(caught.value)
    assert "hma_tenant_id" not in str(caught.value)


@pytest.mark.parametrize(
    "proxy",
    [
        "socks5://127.0.0.1:1",
        "http://:8080",
        "http://proxy contoso:8080",
        "htp://127.0.0.1:1",
        "http://user:geh#eim-Word@127.0.0.1:1",
    ],
)
def test_a_proxy_that_is_none(stage: Stage, proxy: str) -> None:
    with pytest.raises(GraphError) as caught:
        stage.client(proxy=proxy).exchange_online()
    assert "hma_proxy" in str(caught.value)
    assert "hma_tenant_id" not in str(caught.value)
    assert "eim-Word" not in str(caught.value)


@pytest.mark.parametrize("status", [403, 404, 429, 451, 503])
def test_a_page_of_a_proxy_where_graph_is_asked(stage: Stage, status: int) -> None:
    stage.fault(count=9, status=status, body=PAGE)
    with pytest.raises(GraphError, match=f"HTTP {status} .*{BETWEEN}"):
        stage.client().exchange_online()


def test_a_page_of_a_proxy_where_graph_is_written_to(stage: Stage) -> None:
    client = stage.client()
    principal = client.exchange_online()
    stage.fault(status=504, body=PAGE)
    with pytest.raises(NotFinished, match=BETWEEN):
        client.replace(principal.id, "servicePrincipalNames", principal.names)


def test_a_page_of_a_proxy_is_nobody_in_the_tenant(stage: Stage) -> None:
    """404 is how Graph says that there is no such user, and it says so in JSON."""
    stage.fault(count=9, status=404, body=PAGE)
    with pytest.raises(GraphError, match=BETWEEN):
        stage.client().object_or_nothing("users/ann@contoso.test", "userPrincipalName")


@pytest.mark.parametrize("name", ["authority", "graph_endpoint"])
@pytest.mark.parametrize("path", ["common", "11111111-aaaa-4bbb-8ccc-000000000001", "v1.0", "v1.0/"])
def test_an_address_with_a_path_is_refused(name: str, path: str) -> None:
    """As they stand in a portal, where the path is a part of them; it would be there twice."""
    with pytest.raises(Refused, match=f"hma_{name} is .*without a path"):
        Tenant.of({"tenant_id": "11111111-aaaa-4bbb-8ccc-000000000001", name: f"https://login.contoso.test/{path}"})


@pytest.mark.parametrize("written", ["https://Graph.Contoso.test:443/", "https://graph.contoso.test/"])
def test_an_address_of_graph_is_the_one_that_graph_writes(written: str) -> None:
    """The following page is asked at this host alone: written otherwise, hundreds of domains were unread."""
    tenant = Tenant.of({"tenant_id": "11111111-aaaa-4bbb-8ccc-000000000001", "graph_endpoint": written})
    assert tenant.graph_url == "https://graph.contoso.test"


def test_an_id_in_capitals_is_asked_for_as_entra_writes_it() -> None:
    tenant = Tenant.of({"tenant_id": "11111111-AAAA-4BBB-8CCC-000000000001"})
    assert tenant.sign_in_url == "https://login.microsoftonline.com/11111111-aaaa-4bbb-8ccc-000000000001"


@pytest.mark.parametrize("place", ["configuration", "token"])
@pytest.mark.parametrize(
    ("fault", "pauses"),
    [
        ({"status": 429, "headers": {"Retry-After": "7"}, "json": {"error": "temporarily_unavailable"}}, [7.0]),
        ({"status": 503, "headers": {"Retry-After": "600"}, "body": PAGE}, [20.0]),
        ({"status": 504, "body": ""}, [1.0]),
    ],
    ids=str,
)
def test_a_sign_in_that_is_asked_for_again(
    stage: Stage, place: str, fault: dict[str, Any], pauses: list[float]
) -> None:
    """A run signs in several times, the last ones after its writes."""
    stage.faults.add({"at": place, "count": 1, **fault})
    assert stage.client().exchange_online().names == stage.names
    assert stage.sleeps == pauses


def test_a_sign_in_that_stays_refused_is_asked_for_three_times(stage: Stage) -> None:
    stage.faults.add({"at": "token", "count": 99, "status": 503, "body": PAGE})
    with pytest.raises(GraphError, match="HTTP 503 without a JSON object"):
        stage.client().exchange_online()
    assert stage.sleeps == [1.0, 5.0]
