# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Going back at owa and ecp: what recorded runs changed, from the state, and never to a server without a way in."""

from __future__ import annotations

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Change, Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.web_directories import WebSite
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.web_sign_in import (
    after,
    plan_entra,
    plan_forms,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record import sign_in
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.history import Recorded, change_of

from tests.unit.plugins.module_utils._hma.exchange.test_web_sign_in import ADFS, ENTRA, FORMS, SHUT, site


def recorded(changes: tuple[Change, ...], result: str = "done") -> list[Recorded]:
    """The record of these writes, read as a run reads it."""
    return [
        change_of(
            {
                **change.predicted.facts(), "id": f"{number:016x}", "time": f"2026-11-26T10:00:0{number}Z", "run": "r1",
                "host": "ex1", "result": result,
            }
        )
        for number, change in enumerate(changes)
    ]  # fmt: skip


def restored(now: WebSite, history: list[Recorded]) -> WebSite:
    return after(now, Plan(tuple(sign_in.restore(now, history).changes)))


def test_each_start_comes_back_wherever_the_run_was_cut() -> None:
    for start in (FORMS, ADFS, FORMS | ENTRA):
        plan = plan_entra(site(start))
        history = recorded(plan.changes, "open")
        for done in range(len(plan.changes) + 1):
            now = after(site(start), Plan(plan.changes[:done]))
            assert restored(now, history) == site(start)
            assert sign_in.restore(site(start), history).changes == []


def test_a_run_that_found_the_server_shut_leaves_a_way_in() -> None:
    """A run was killed between the halves, the next one turned OAuth on and was not proven."""
    plan = plan_entra(site(SHUT))
    now = after(site(SHUT), plan)
    done = sign_in.restore(now, recorded(plan.changes))
    assert restored(now, recorded(plan.changes)) == site(FORMS)
    assert len(done.warnings) == 2


def test_without_a_record_forms_come_back_and_what_is_on_stays() -> None:
    assert after(site(ENTRA), sign_in.switch_off(site(ENTRA), [])) == site(FORMS)
    mixed = site(FORMS | ENTRA)
    assert after(mixed, sign_in.switch_off(mixed, [])) == site(FORMS)
    assert sign_in.switch_off(site(FORMS), []).changes == ()
    assert after(site(SHUT), sign_in.switch_off(site(SHUT), [])) == site(FORMS)


def test_with_a_record_the_recorded_methods_come_back() -> None:
    plan = plan_entra(site(ADFS))
    assert after(site(ENTRA), sign_in.switch_off(site(ENTRA), recorded(plan.changes))) == site(ADFS)


def test_somebody_turned_a_method_on_since_and_it_stays() -> None:
    history = recorded(plan_entra(site(FORMS)).changes)
    now = site(ENTRA | {"DigestAuthentication"})
    assert restored(now, history) == site(FORMS | {"DigestAuthentication"}), "Forms turn it off, and it is put back"
    assert sign_in.restore(site(FORMS), history).changes == []


def test_going_back_never_switches_on() -> None:
    """The record is of disable_owa_hma."""
    history = recorded(sign_in.switch_off(site(ENTRA), []).changes)
    done = sign_in.restore(site(FORMS), history)
    assert done.changes == []
    assert {item.reason for item in done.refused} == {
        "people signed in at Entra alone before the run. Going back never switches that on: run enable_owa_hma."
    }


def test_a_directory_that_was_made_anew_is_named_and_the_other_one_goes_back() -> None:
    history = recorded(plan_entra(site(FORMS)).changes)
    other = "bbbbbbbb-0000-4000-8000-000000000009"
    moved = [
        step if step.target["kind"] == "ecp" else change_of({**step.facts(), "target": {**step.target, "guid": other}})
        for step in history
    ]
    done = sign_in.restore(site(ENTRA), moved)
    assert [item.object for item in done.refused] == ["EX1\\owa (Default Web Site)"]
    assert {change.target["kind"] for change in done.changes} == {"ecp"}


def test_only_the_servers_own_writes_count() -> None:
    history = recorded(plan_entra(site(FORMS)).changes)
    assert sign_in.of_server(history, "ex1.corp.contoso.test") == history
    assert sign_in.of_server(history, "EX10") == []


def once_more(start: WebSite) -> list[Recorded]:
    """The record of hma_owa_reapply: forms, and sign-in at Entra alone again."""
    forms = plan_forms(start)
    return recorded((*forms.changes, *plan_entra(after(start, forms)).changes))


def test_what_forms_brought_with_them_is_nobody_s_earlier_method() -> None:
    """The record of the second run alone: Basic came with its forms, and was not there before."""
    history = once_more(site(ENTRA))
    assert restored(site(ENTRA), history) == site(ENTRA)
    assert after(site(ENTRA), sign_in.switch_off(site(ENTRA), history)) == site(FORMS)


def test_windows_authentication_that_forms_turned_off_is_no_way_in() -> None:
    history = once_more(site(ENTRA | {"WindowsAuthentication"}))
    assert after(site(ENTRA), sign_in.switch_off(site(ENTRA), history)) == site(FORMS)
