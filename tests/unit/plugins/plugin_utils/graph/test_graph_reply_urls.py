# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reply URLs are changed as names are: another writer, a lagging replica or a lost answer costs nobody an entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.accounts import accounts_of
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.errors import GraphError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.names import REPLY_URLS, Outcome, change_names
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.registration import Wanted, plan_names_of

if TYPE_CHECKING:
    from .conftest import Stage

OWA, ECP = "https://mail.contoso.test/owa", "https://mail.contoso.test/ecp"
FOREIGN = ["https://outlook.office365.com/owa", "https://crm.contoso.test/callback"]


def apply(stage: Stage, *wanted: str, present: bool = True, seconds: float = 3) -> tuple[Outcome, list[object]]:
    diary: list[object] = []
    done = change_names(
        stage.client(), wanted, present=present, of=REPLY_URLS, verify_seconds=seconds, sleep=stage.sleeps.append,
        on_intent=lambda plan: diary.append(plan.after), on_outcome=lambda right, _detail: diary.append(right),
    )  # fmt: skip
    return done, diary


def urls(stage: Stage, *values: str) -> list[str]:
    principal = stage.entra.tenants["11111111-aaaa-4bbb-8ccc-000000000001"]["service_principals"][0]
    if values:
        principal["reply_urls"] = list(values)
    found: list[str] = principal["reply_urls"]
    return found


def test_foreign_ones_keep_their_place_and_names_are_not_sent(stage: Stage) -> None:
    urls(stage, *FOREIGN)
    names = list(stage.names)
    done, diary = apply(stage, OWA, ECP)
    assert urls(stage) == [*FOREIGN, OWA, ECP] == done.after
    assert diary == [[*FOREIGN, OWA, ECP], True]
    assert stage.names == names
    assert apply(stage, OWA, ECP)[1] == []


def test_a_write_whose_answer_is_lost_is_read_again(stage: Stage) -> None:
    urls(stage, *FOREIGN)
    stage.fault(method="PATCH", status=503, apply_first=True)
    done, diary = apply(stage, OWA)
    assert urls(stage) == [*FOREIGN, OWA]
    assert diary == [[*FOREIGN, OWA], True]
    assert done.missing == []


def test_only_the_given_ones_go(stage: Stage) -> None:
    urls(stage, *FOREIGN, OWA, ECP)
    apply(stage, OWA, present=False)
    assert urls(stage) == [*FOREIGN, ECP]


def test_a_list_that_is_none_is_nothing_to_build_on(stage: Stage) -> None:
    stage.entra.tenants["11111111-aaaa-4bbb-8ccc-000000000001"]["service_principals"][0]["reply_urls"] = [5]
    with pytest.raises(GraphError, match="replyUrls of the service principal is no list of text"):
        apply(stage, OWA)
    assert "PATCH" not in stage.requests()


def held_by_another(stage: Stage) -> None:
    """An application whose identifier is the URL: names are there once in a tenant, reply URLs are not."""
    tenant = stage.entra.tenants["11111111-aaaa-4bbb-8ccc-000000000001"]
    tenant["registrations"] = [{"id": "r-1", "app_id": "r", "display_name": "Web", "identifier_uris": [OWA]}]


@pytest.mark.parametrize("mode", ["apply", "verify"])
def test_whoever_has_the_url_as_a_name_is_not_asked_for(stage: Stage, mode: str) -> None:
    held_by_another(stage)
    urls(stage, *FOREIGN)
    asked = Wanted(
        [OWA], present=True, mode=mode, tenant_id="", cloud="global", handoff_dir="", verify_seconds=0,
        prove_tokens=False, of=REPLY_URLS,
    )  # fmt: skip
    done = plan_names_of(stage.client(), asked, predicting=True)
    assert (done.missing, done.holders.found) == ([OWA], ())
    assert len(done.changes) == (1 if mode == "apply" else 0)
    if mode == "apply":
        assert apply(stage, OWA)[0].after == [*FOREIGN, OWA]
    asked_at = [str(item.get("path", "")) for item in stage.journal.entries if item["kind"] == "graph"]
    assert asked_at
    assert not [path for path in asked_at if "applications" in path or "deletedItems" in path]


def test_a_list_that_graph_calls_invalid_names_the_new_urls_and_speaks_of_no_names(stage: Stage) -> None:
    urls(stage, *FOREIGN)
    stage.fault(method="PATCH", status=400, code="Request_BadRequest", message="Invalid value")
    with pytest.raises(GraphError) as caught:
        apply(stage, OWA)
    assert f"These reply URLs were new: {OWA}." in str(caught.value)
    assert "hma_spn_ignored" not in str(caught.value)


def test_accounts_by_their_names(stage: Stage) -> None:
    tenant = stage.entra.tenants["11111111-aaaa-4bbb-8ccc-000000000001"]
    tenant["applications"][0]["rights"] = ["User.Read.All"]
    tenant["users"] = [{"upn": "alice@contoso.test"}, {"upn": "o'hara+x@contoso.test", "synced": False}]
    options = {
        "tenant_id": tenant["id"], "client_id": tenant["applications"][0]["client_id"],
        "client_secret": tenant["applications"][0]["secret"], "authority": stage.url, "graph_endpoint": stage.url,
        "ca_path": str(stage.ca),
    }  # fmt: skip
    found = accounts_of([options], ["Alice@contoso.test", "o'hara+x@contoso.test", "nobody@contoso.test"])
    assert [(item.sign_in_name, item.enabled, item.synchronized, bool(item.sid)) for item in found] == [
        ("Alice@contoso.test", True, True, True),
        ("o'hara+x@contoso.test", True, False, False),
    ]
    tenant["applications"][0]["rights"] = ["Application.Read.All"]
    with pytest.raises(GraphError, match="403"):
        accounts_of([options], ["alice@contoso.test"])
