# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of a tenant before a name is written: every place where a name can be held, and the token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.holders import APPLICATION, PRINCIPAL
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.beforehand import (
    access_of,
    holders_of,
    refuse_what_is_known,
    who_holds,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.errors import GraphError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.registration import Wanted, plan_names_of

from tests.lab.tenants import object_id

if TYPE_CHECKING:
    from .conftest import Stage

TENANT = "11111111-aaaa-4bbb-8ccc-000000000001"
WRITER = "aaaaaaaa-0000-4000-8000-000000000001"
TAKEN, URI, DELETED, BURIED, FREE = (f"https://{name}.contoso.test/" for name in ("taken", "uri", "old", "bur", "new"))


def crowded(stage: Stage) -> dict[str, Any]:
    """A tenant whose names are held at each place where they can be."""
    tenant: dict[str, Any] = stage.entra.tenants[TENANT]
    tenant["registrations"] = [
        {"id": "r-1", "app_id": "r", "display_name": "Web", "identifier_uris": [URI.rstrip("/")]}
    ]
    tenant["deleted"] = [
        *({"type": "servicePrincipal", "id": f"x-{number}", "app_id": f"x{number}", "display_name": "x", "names": []}
            for number in range(3)),
        {"type": "servicePrincipal", "id": "d-1", "app_id": "d", "display_name": "Gone", "names": [DELETED.upper()]},
        {"type": "application", "id": "b-1", "app_id": "b", "display_name": "Buried", "identifier_uris": [BURIED]},
    ]  # fmt: skip
    tenant["deleted_page"] = 2
    return tenant


def wanted(*names: str, mode: str = "apply") -> Wanted:
    return Wanted(names, present=True, mode=mode, tenant_id=TENANT, cloud="global", handoff_dir="", verify_seconds=0,
                  prove_tokens=False)  # fmt: skip


def test_holders_are_found_at_every_place_at_once(stage: Stage) -> None:
    crowded(stage)
    found = holders_of(stage.client(), [TAKEN, URI, DELETED, BURIED, FREE])
    assert [(item.name, item.kind, item.display_name, item.deleted) for item in found.found] == [
        (TAKEN, PRINCIPAL, "Old proxy", False),
        (URI, APPLICATION, "Web", False),
        (DELETED, PRINCIPAL, "Gone", True),
        (BURIED, APPLICATION, "Buried", True),
    ]
    assert found.unread == ()


def test_many_names_are_looked_for_in_the_lists_of_all_objects(stage: Stage) -> None:
    """A server for each branch makes hundreds of names; the requests do not grow with them."""
    crowded(stage)["object_page"] = 1
    many = [f"https://ex{number}.contoso.test/" for number in range(200)]
    found = holders_of(stage.client(), [*many, TAKEN, URI, DELETED, BURIED])
    assert [item.display_name for item in found.found] == ["Old proxy", "Web", "Gone", "Buried"]
    assert stage.requests().count("GET") == 2 + 1 + 2 + 1


def test_nothing_is_asked_for_no_name(stage: Stage) -> None:
    assert holders_of(stage.client(), []).found == ()
    assert stage.requests() == []


def test_the_other_form_of_a_name_on_exchange_online_itself_is_no_conflict(stage: Stage) -> None:
    """Both forms stand side by side in real tenants."""
    assert holders_of(stage.client(), ["https://outlook.office.com/"]).found == ()


def test_a_quote_in_a_name_stays_in_the_name(stage: Stage) -> None:
    assert holders_of(stage.client(), ["https://o'neil.contoso.test/"]) == holders_of(stage.client(), [FREE])


@pytest.mark.parametrize("predicting", [True, False])
def test_a_plan_is_refused_with_all_holders_in_one_message(stage: Stage, predicting: bool) -> None:
    crowded(stage)
    with pytest.raises(GraphError) as caught:
        plan_names_of(stage.client(), wanted(TAKEN, URI, DELETED, BURIED, FREE), predicting=predicting)
    for words in ("Old proxy", "Web", "Gone", "Buried", "Nothing was written",
                  "Remove-MgDirectoryDeletedItem -DirectoryObjectId 'd-1'"):  # fmt: skip
        assert words in str(caught.value)
    assert "PATCH" not in stage.requests()


def test_a_reading_says_what_a_write_would_meet(stage: Stage) -> None:
    tenant = crowded(stage)
    tenant["service_principals"][0]["enabled"] = False
    done = plan_names_of(stage.client(), wanted(TAKEN, FREE, mode="verify"), predicting=False)
    assert done.missing == [TAKEN, FREE]
    assert [holder.display_name for holder in done.holders.found] == ["Old proxy"]
    assert done.access is not None
    assert done.access.may_write is True
    assert done.enabled is False


def test_what_may_not_be_asked_is_said(stage: Stage) -> None:
    """With OwnedBy alone the deleted items cannot be read."""
    crowded(stage)["applications"][0]["rights"] = ["Application.ReadWrite.OwnedBy"]
    found = holders_of(stage.client(), [TAKEN])
    assert [holder.display_name for holder in found.found] == ["Old proxy"]
    assert len(found.unread) == 2
    assert all("directory/deletedItems" in reason and "lacks Application.Read.All" in reason for reason in found.unread)


def test_ownership_decides_where_the_permission_is_for_owners(stage: Stage) -> None:
    tenant = stage.entra.tenants[TENANT]
    tenant["applications"][0]["rights"] = ["Application.ReadWrite.OwnedBy"]
    client = stage.client()
    assert access_of(client, client.exchange_online()).may_write is False
    tenant["service_principals"][0]["owners"] = ["somebody", object_id({"client_id": WRITER})]
    assert access_of(client, client.exchange_online()).may_write is True
    refuse_what_is_known(client, client.exchange_online(), [FREE], held=True)
    stage.fault(method="GET", path_contains="owners", status=403, code="Authorization_RequestDenied")
    assert access_of(client, client.exchange_online()).may_write is None


def test_owners_are_not_asked_where_they_do_not_matter(stage: Stage) -> None:
    client = stage.client()
    access_of(client, client.exchange_online())
    assert stage.requests() == ["token", "GET"]


def test_a_name_is_taken_away_whoever_else_holds_it(stage: Stage) -> None:
    client = stage.client()
    refuse_what_is_known(client, client.exchange_online(), [TAKEN], held=False)


def test_a_holder_that_cannot_be_seen_leads_to_every_place(stage: Stage) -> None:
    stage.fault(method="GET", path_contains="deletedItems", status=403, code="Authorization_RequestDenied")
    text = who_holds(stage.client(), [FREE])
    for words in (FREE, "deleted", "identifier URI", "Get-MgDirectoryDeletedItemAsApplication", "hma_spn_ignored",
                  "Could not be asked: Tenant"):  # fmt: skip
        assert words in text


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"status": 401, "code": "InvalidAuthenticationToken", "message": "Access token has expired."}, "clock"),
        (
            {"status": 401, "code": "InvalidAuthenticationToken", "message": "Lifetime validation failed, the token is "
                "expired."},
            "clock",
        ),
        ({"status": 401, "code": "InvalidAuthenticationToken", "message": "Invalid audience."}, "another cloud"),
        ({"status": 403, "code": "Authorization_IdentityNotFound", "message": "x"}, "no service principal"),
        ({"status": 400, "code": "CannotUpdateLockedServicePrincipalProperty", "message": "x"}, "property is locked"),
        (
            {"status": 400, "code": "Request_BadRequest", "message": "x", "details": [{
                "code":
                "CannotUpdateLockedServicePrincipalProperty"}]},
            "property is locked",
        ),
    ],
)  # fmt: skip
def test_each_refusal_of_graph_leads_on(stage: Stage, fault: dict[str, Any], words: str) -> None:
    stage.fault(method="PATCH", **{"count": 9, **fault})
    with pytest.raises(GraphError, match=words):
        stage.client().replace("aaaaaaaa-1111-4000-8000-000000000001", "servicePrincipalNames", stage.names)


def test_an_application_that_is_disabled_is_said(stage: Stage) -> None:
    stage.entra.tenants[TENANT]["applications"][0]["disabled"] = True
    with pytest.raises(GraphError, match=r"AADSTS7000112.*enable it"):
        stage.client().exchange_online()
