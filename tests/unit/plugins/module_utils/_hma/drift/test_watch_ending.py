# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a watch ends: what makes it fail, what makes it neither, and what its last screen shows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.ending import of_watch, without_its_own
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.news import News
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.screen import LINES, WIDTH, screen

from tests.unit.report_samples import made
from tests.unit.watch_samples import PREPARE, World, directory, news, server

INVENTORY = ["inventory.yml"]


def after(*changes: str) -> News:
    """The news of a second run, with so many checks that failed in between."""
    world = World()
    for name in changes:
        world.say("HMA-VDIR-001", f"{name} mapi", "pass", server=name)
    world.run()
    for name in changes:
        world.say("HMA-VDIR-001", f"{name} mapi", "fail", server=name, commands=[PREPARE])
    if "EX1" in changes:
        world.organization["directories"] = [directory("mapi", methods=("Ntlm",))]
    return news(world.run())


def lines(found: News, *, new: bool = True, trouble: tuple[str, ...] = ()) -> list[str]:
    end = of_watch(found, trouble, new, INVENTORY)
    document = without_its_own(made({"run": {"id": "R", "playbook": "watch_hma", "mode": "audit"}}), end)
    return list(screen(document, end.ending, "watch_hma", [("Report", "r.html"), ("History", "h.html")]))


def test_a_quiet_run_is_quiet() -> None:
    end = of_watch(after(), (), False, INVENTORY)
    assert (end.ending.complete, end.not_done, end.ending.next) == (True, "", None)
    assert lines(after(), new=False) == [
        "watch_hma: Nothing new since 2026-11-26 01:05 UTC. Run R.", "Report: r.html", "History: h.html",
    ]  # fmt: skip


def test_a_first_reading_is_kept_by_a_run_that_kept_it() -> None:
    first = news(World().run())
    assert first.sentences == ("It was not kept.",)
    assert replace(first, page="w/index.html").sentences == ("It is kept; the next run is compared with it.",)


def test_drift_says_what_who_and_what_is_typed() -> None:
    found = after("EX1")
    assert of_watch(found, (), True, INVENTORY).not_done == ""
    assert lines(found) == [
        "watch_hma: 1 thing changed since 2026-11-26 01:05 UTC. Run R.",
        "Open: 1 check, the oldest HMA-VDIR-001 (EX1 mapi) since 2026-11-26 02:00 UTC.",
        "1. HMA-VDIR-001 EX1\\mapi (Default Web Site): InternalAuthenticationMethods, ExternalAuthenticationMethods "
        "lost OAuth",
        "   (now: Ntlm).",
        "   It may be that a hardening script, or the procedure for Kerberos (alternate service account), wrote the "
        "list of",
        "   methods anew without OAuth.",
        "   ansible-playbook hybrid.exchange.prepare_vdirs --limit EX1",
        "Report: r.html",
        "History: h.html",
        "All that is open: ansible-playbook hybrid.exchange.audit_hma -i inventory.yml",
    ]


def test_hundreds_of_differences_fit_the_screen_whatever_their_names_are() -> None:
    found = after("EX1", *(f"EX{number}\n\x1b[31m" for number in range(2, 300)))
    shown = lines(found)
    assert len(shown) <= LINES
    assert all(len(line) <= WIDTH and "\x1b" not in line for line in shown)
    assert "299 things changed" in shown[0]


def test_the_first_run_says_what_comes_next() -> None:
    world = World()
    end = of_watch(news(world.run()), (), False, INVENTORY)
    assert end.ending.complete
    assert end.ending.next is not None and "watch_hma -i inventory.yml" in end.ending.next.command.text


@pytest.mark.parametrize("new", [True, False])
def test_what_could_not_be_read_is_neither_unless_something_is_new_as_well(new: bool) -> None:
    found = after("EX1") if new else after()
    world = World()
    world.report["tenants"] = [{"name": "contoso", "reason": "AADSTS7000215"}]
    lost = replace(found, gaps=news(world.run()).gaps)
    end = of_watch(lost, (), new, INVENTORY)
    assert end.ending.complete is False
    assert (end.not_done == "") is new
    assert any("AADSTS7000215" in text for text in end.ending.says)


def test_a_message_that_was_not_sent_makes_a_quiet_run_one_that_is_not_done() -> None:
    end = of_watch(after(), ("The webhook at x answered 500.",), False, INVENTORY)
    assert (end.ending.complete, end.not_done) == (False, "The webhook at x answered 500.")
    assert end.ending.next is not None and "watch_hma" in end.ending.next.command.text


def test_what_is_new_and_is_not_to_fail_the_run_is_shown_all_the_same() -> None:
    end = of_watch(after("EX1"), (), False, INVENTORY)
    assert (end.ending.complete, end.not_done) == (True, "")
    assert end.actions[0].id == "HMA-VDIR-001"


def test_nothing_that_could_be_compared_says_why() -> None:
    end = of_watch(None, ("The history x cannot be kept (No space left on device).",), False, INVENTORY)
    assert end.not_done.startswith("The history x")
    assert not end.ending.complete


def test_a_new_server_that_the_inventory_lacks_says_what_to_do_with_it() -> None:
    world = World()
    world.say("HMA-COV-001", "EX1", "pass", server="EX1")
    world.run()
    fix = "Add it to exchange_servers; a dead object goes to hma_servers_excluded with its reason."
    world.organization["servers"].append(server("EX9"))
    world.say("HMA-COV-001", "EX9", "fail", server="EX9", fix=fix)
    (found,) = of_watch(news(world.run()), (), True, INVENTORY).actions
    assert found.id == "HMA-COV-001"
    assert found.fixes[0].fix == (
        f"It may be that a server was installed: setup takes no setting over from the others. (INFERRED) {fix}"
    )
