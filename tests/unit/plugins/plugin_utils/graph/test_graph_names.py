# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stories of changing names: another writer, a lagging replica or a lost answer costs nobody a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import NamePlan
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.errors import GraphError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.names import Outcome, change_names, read_plan

if TYPE_CHECKING:
    from .conftest import Stage

TENANT = "11111111-aaaa-4bbb-8ccc-000000000001"
EXO = "00000002-0000-0ff1-ce00-000000000000"
# What is asked for one missing name before it is written: two forms of it at two places, and two lists of the deleted.
ASKED = 6
READER = "aaaaaaaa-0000-4000-8000-000000000002"
WANTED = ["https://mail.contoso.test/", "https://new.contoso.test/"]
NEW = "https://new.contoso.test/"
OTHER = "https://other-team.contoso.test/"


class Diary:
    """What the record of the run would hold."""

    def __init__(self) -> None:
        self.intents: list[NamePlan] = []
        self.outcomes: list[tuple[bool | None, str]] = []

    def intent(self, plan: NamePlan) -> None:
        assert len(self.outcomes) == len(self.intents), "an intent without outcome before the next one"
        self.intents.append(plan)

    def outcome(self, right: bool | None, detail: str) -> None:
        self.outcomes.append((right, detail))


def apply(
    stage: Stage,
    diary: Diary,
    wanted: tuple[str, ...] = tuple(WANTED),
    *,
    present: bool = True,
    seconds: float = 60,
    **options: Any,
) -> Outcome:
    return change_names(
        stage.client(**options), wanted, present=present, on_intent=diary.intent, on_outcome=diary.outcome,
        verify_seconds=seconds, sleep=stage.sleeps.append,
    )  # fmt: skip


@pytest.fixture
def diary() -> Diary:
    return Diary()


def test_a_missing_name_is_added_and_nothing_else_changes(stage: Stage, diary: Diary) -> None:
    before = list(stage.names)
    done = apply(stage, diary)
    assert stage.names == [*before, NEW] == done.sent == done.after
    assert done.before == before
    assert done.missing == []
    assert done.notes == []
    assert [plan.changed for plan in diary.intents] == [[NEW]]
    assert diary.outcomes == [(True, "")]
    assert stage.requests() == ["token", "GET", *["GET"] * ASKED, "GET", "PATCH", "GET"]
    (patch,) = [item for item in stage.journal.entries if item.get("write")]
    assert patch["body"] == {"servicePrincipalNames": [*before, NEW]}


def test_a_tenant_that_is_right_costs_one_read(stage: Stage, diary: Diary) -> None:
    apply(stage, diary)
    stage.journal.clear()
    again = apply(stage, diary)
    assert again.sent is None
    assert again.after == stage.names
    assert len(diary.intents) == 1
    assert stage.requests() == ["token", "GET"]


def test_a_plan_alone_writes_nothing(stage: Stage) -> None:
    _principal, plan = read_plan(stage.client(client_id=READER), WANTED, present=True)
    assert plan.changed == [NEW]
    assert "PATCH" not in stage.requests()


def test_a_name_is_taken_away_alone(stage: Stage, diary: Diary) -> None:
    before = list(stage.names)
    done = apply(stage, diary, ("http://intranet.contoso.test",), present=False)
    assert stage.names == [name for name in before if name != "http://intranet.contoso.test"] == done.after


def test_another_writer_between_the_reads_loses_nothing(stage: Stage, diary: Diary) -> None:
    stage.fault(method="GET", path_contains="appId", other_writer=[OTHER])
    apply(stage, diary)
    assert OTHER in stage.names
    assert NEW in stage.names


def test_a_stale_second_read_loses_nothing(stage: Stage, diary: Diary) -> None:
    stage.names.append(OTHER)  # the lagging replica does not know it
    stage.fault(method="GET", path_contains="appId", other_writer=[])
    stage.fault(method="GET", path_contains="appId", stale=True)
    apply(stage, diary)
    assert OTHER in diary.intents[0].before
    assert OTHER in stage.names
    assert NEW in stage.names


def test_names_that_somebody_else_just_added_are_not_sent_again(stage: Stage, diary: Diary) -> None:
    stage.fault(method="GET", path_contains="appId", other_writer=[NEW])
    done = apply(stage, diary)
    assert done.sent is None
    assert diary.intents == []
    assert NEW in done.after
    assert "PATCH" not in stage.requests()


@pytest.mark.parametrize(
    "names", [[], ["https://mail.contoso.test/", f"{EXO}/outlook.com"]], ids=["empty", "no-app-id"]
)
def test_a_list_without_the_application_id_stops_before_any_write(stage: Stage, diary: Diary, names: list[str]) -> None:
    stage.entra.tenants[TENANT]["service_principals"][0]["names"] = list(names)
    with pytest.raises(GraphError, match="Nothing was written"):
        apply(stage, diary)
    assert stage.names == names
    assert diary.intents == []


@pytest.mark.parametrize("fault", [{"status": 500}, {"hang": 2}, {"status": 503}], ids=["500", "timeout", "503"])
def test_a_write_that_took_effect_although_its_answer_was_lost_is_a_change(
    stage: Stage, diary: Diary, fault: dict[str, Any]
) -> None:
    before = list(stage.names)
    stage.fault(method="PATCH", apply_first=True, **fault)
    done = apply(stage, diary, timeout=1)
    assert done.sent == [*before, NEW] == done.after == stage.names
    assert stage.requests().count("PATCH") == 1
    assert diary.outcomes[-1][0] is True
    assert len(diary.intents) == len(diary.outcomes)


def test_a_name_lost_under_a_lost_answer_is_said(stage: Stage, diary: Diary) -> None:
    stage.fault(method="PATCH", apply_first=True, status=500)
    stage.fault(method="GET", path_contains="appId", count=2, other_writer=[])  # the two reads before the write
    stage.fault(method="GET", path_contains="appId", drop=["http://intranet.contoso.test"])
    with pytest.raises(GraphError, match=r"http://intranet\.contoso\.test"):
        apply(stage, diary)


def test_a_write_that_did_not_take_effect_is_computed_again(stage: Stage, diary: Diary) -> None:
    before = list(stage.names)
    stage.fault(method="PATCH", status=500)
    done = apply(stage, diary)
    assert stage.names == [*before, NEW] == done.after
    assert [right for right, _detail in diary.outcomes] == [False, True]
    assert any("HTTP 500" in note for note in done.notes)


def test_another_writer_during_an_uncertain_write_loses_nothing(stage: Stage, diary: Diary) -> None:
    stage.fault(method="PATCH", status=503)
    stage.fault(method="GET", path_contains="appId", other_writer=[])
    stage.fault(method="GET", path_contains="appId", other_writer=[OTHER])  # after the read before the write that fails
    apply(stage, diary)
    assert OTHER in stage.names
    assert NEW in stage.names


def test_an_uncertain_write_is_repeated_twice_at_most(stage: Stage, diary: Diary) -> None:
    stage.fault(method="PATCH", status=429, retry_after=9, count=99)
    with pytest.raises(GraphError, match="HTTP 429"):
        apply(stage, diary)
    assert stage.requests().count("PATCH") == 3
    assert [right for right, _detail in diary.outcomes] == [False, False, None]
    assert stage.sleeps == [9.0, 9.0]  # as Graph said, and no pause before giving up


def test_a_replica_that_does_not_know_the_object_yet_is_asked_again(stage: Stage, diary: Diary) -> None:
    stage.fault(method="PATCH", status=404, code="Request_ResourceNotFound")
    assert apply(stage, diary).after == stage.names
    assert NEW in stage.names


@pytest.mark.parametrize(
    ("status", "code", "details"),
    [
        (409, "Request_MultipleObjectsWithSameKeyValue", None),
        (
            409,
            "Request_MultipleObjectsWithSameKeyValue",
            [{"code": "ObjectConflict", "message": "in use", "target": "None"}],
        ),
        (
            400,
            "Request_BadRequest",
            [{"code": "ObjectConflict", "message": "in use", "target": "servicePrincipalNames"}],
        ),
    ],
    ids=["409", "409-details", "400-details"],
)
def test_a_conflict_names_the_holder(
    stage: Stage, diary: Diary, status: int, code: str, details: list[dict[str, str]] | None
) -> None:
    before = list(stage.names)
    hide_the_holder(stage)
    stage.fault(method="PATCH", status=status, code=code, message="Another object has it.", details=details)
    with pytest.raises(
        GraphError, match=r"Old proxy \(application id cccccccc-0000-4000-8000-000000000009\)"
    ) as caught:
        apply(stage, diary, ("https://taken.contoso.test/",))
    assert "https://taken.contoso.test/ belongs to" in str(caught.value)
    assert TENANT in str(caught.value)
    assert stage.names == before
    assert diary.outcomes[-1][0] is False


def hide_the_holder(stage: Stage) -> None:
    """Nothing can be seen of it while it is asked for before the write, as where it comes between."""
    for path in ("servicePrincipals", "applications"):
        stage.fault(method="GET", path=path, status=400, code="Request_UnsupportedQuery")


def test_a_conflict_that_graph_itself_finds_names_the_holder(stage: Stage, diary: Diary) -> None:
    hide_the_holder(stage)
    with pytest.raises(GraphError, match="Old proxy"):
        apply(stage, diary, ("https://taken.contoso.test/",))
    assert stage.requests().count("PATCH") == 1


def test_a_conflict_is_said_even_where_the_holder_cannot_be_read(stage: Stage, diary: Diary) -> None:
    stage.faults.add(
        {"at": "graph", "method": "GET", "path_contains": "servicePrincipals(", "count": 2, "other_writer": []}
    )
    stage.fault(method="GET", status=403, code="Authorization_RequestDenied", count=99)
    with pytest.raises(GraphError, match="Request_MultipleObjectsWithSameKeyValue"):
        apply(stage, diary, ("https://taken.contoso.test/",))


def test_a_read_only_application_is_refused_before_anything_is_sent(stage: Stage, diary: Diary) -> None:
    with pytest.raises(GraphError, match=r"lacks Application\.ReadWrite\.All; it has Application\.Read\.All") as caught:
        apply(stage, diary, client_id=READER)
    assert "Nothing was written" in str(caught.value)
    assert "hma_spn_mode: verify or handoff" in str(caught.value)
    assert diary.intents == []
    assert "PATCH" not in stage.requests()


def test_a_token_that_cannot_be_read_leaves_it_to_graph_and_the_record_says_failed(stage: Stage, diary: Diary) -> None:
    stage.entra.tenants[TENANT]["applications"][1]["opaque"] = True
    with pytest.raises(GraphError, match=r"HTTP 403 .* lacks Application\.ReadWrite\.All"):
        apply(stage, diary, client_id=READER)
    assert [right for right, _detail in diary.outcomes] == [False]


@pytest.mark.parametrize("right", ["Application.Read.All", "Domain.Read.All"])
def test_an_invalid_list_names_what_was_new_in_it(stage: Stage, diary: Diary, right: str) -> None:
    tenant = stage.entra.tenants[TENANT]
    tenant["applications"][0]["rights"], tenant["verified_domains"] = (
        ["Application.ReadWrite.All", right],
        ["contoso.test"],
    )
    stage.fault(
        method="PATCH", status=400, code="Request_BadRequest", message="Property servicePrincipalNames is invalid."
    )
    with pytest.raises(
        GraphError, match=r"new in it: https://new\.contoso\.test/, https://mail\.other\.test/\."
    ) as caught:
        apply(stage, diary, (NEW, "https://mail.other.test/"))
    assert ("https://mail.other.test/: its host is in no verified domain" in str(caught.value)) == right.startswith(
        "Domain"
    )
    assert diary.outcomes[-1][0] is False


def test_a_replica_that_lags_is_waited_for(stage: Stage, diary: Diary) -> None:
    stage.fault(method="GET", path_contains="appId", count=2, other_writer=[])
    stage.fault(method="GET", path_contains="appId", stale=True, count=3)
    done = apply(stage, diary)
    assert done.missing == []
    assert done.notes == []
    assert stage.sleeps == [1.0, 2.0, 4.0]


def test_a_replica_that_lags_for_long_is_a_note_not_a_failure(stage: Stage, diary: Diary) -> None:
    stage.fault(method="GET", path_contains="appId", count=2, other_writer=[])
    stage.fault(method="GET", path_contains="appId", stale=True, count=99)
    done = apply(stage, diary, seconds=20)
    assert done.sent is not None
    assert done.missing == [NEW]
    assert "not visible yet" in done.notes[-1]
    assert NEW in done.notes[-1]
    assert 20 <= sum(stage.sleeps) <= 40


def test_a_foreign_name_that_vanishes_with_the_write_fails_and_is_named(stage: Stage, diary: Diary) -> None:
    stage.fault(method="PATCH", drop=[EXO])
    with pytest.raises(GraphError) as caught:
        apply(stage, diary, seconds=5)
    text = str(caught.value)
    assert EXO in text
    assert TENANT in text
    assert "Nothing was written" not in text


def test_another_foreign_name_that_vanishes_is_named(stage: Stage, diary: Diary) -> None:
    stage.fault(method="PATCH", drop=["http://intranet.contoso.test"])
    with pytest.raises(GraphError, match=r"http://intranet\.contoso\.test"):
        apply(stage, diary, seconds=5)


def test_a_read_back_that_fails_is_a_note_because_the_write_was_accepted(stage: Stage, diary: Diary) -> None:
    stage.fault(method="GET", path_contains="appId", count=2, other_writer=[])
    stage.fault(method="GET", path_contains="appId", status=403, code="Authorization_RequestDenied", count=99)
    done = apply(stage, diary)
    assert done.sent == stage.names
    assert done.missing == [NEW]
    assert "HTTP 403" in done.notes[-1]


def test_a_read_after_an_uncertain_write_that_fails_does_not_say_that_nothing_was_written(
    stage: Stage, diary: Diary
) -> None:
    stage.fault(method="PATCH", status=500, apply_first=True)
    stage.fault(method="GET", path_contains="appId", count=2, other_writer=[])
    stage.fault(method="GET", path_contains="appId", status=403, code="Authorization_RequestDenied", count=99)
    with pytest.raises(GraphError) as caught:
        apply(stage, diary)
    assert "not known" in str(caught.value)
    assert "HTTP 500" in str(caught.value)


def test_a_page_of_somebody_else_is_no_write(stage: Stage, diary: Diary) -> None:
    """A proxy answers 200 with its sign-in page: without a look the record says done of what never arrived."""
    stage.fault(method="PATCH", status=200, body="<html>Sign in to the proxy</html>")
    done = apply(stage, diary)
    assert [right for right, _why in diary.outcomes] == [False, True]
    assert "does something other than Graph answer there" in diary.outcomes[0][1]
    assert NEW in stage.names and done.missing == []


def test_what_is_no_text_in_a_long_list_is_shown(stage: Stage) -> None:
    names = [EXO, *(f"https://mail{number}.contoso.test/" for number in range(99)), None]
    stage.fault(method="GET", json={"id": "aaaaaaaa-1111-4000-8000-000000000001", "servicePrincipalNames": names})
    with pytest.raises(GraphError, match=r"no list of text \(servicePrincipalNames\): \[None\]\."):
        read_plan(stage.client(), WANTED, present=True)
