# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last screen is a screen: 15 lines of 120 columns for one server and for a thousand, and nothing in it is half a
command."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.called import Called, Given, Hidden, How
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.command import playbook
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.printable import printable
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.organization import UNASKED
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.ending import Ending, Next
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.screen import (
    LINES,
    WIDTH,
    screen,
    short_screen,
    without_report,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.text import CommandText, joined
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.report_samples import change, finding, report

STATUSES = st.sampled_from(["fail", "warn", "not_checked", "pass"])


def shown(document: Any, *says: str, following: Next | None = None) -> tuple[str, ...]:
    ending = Ending(False, "Not ready", says or (document.summary.sentence,), following)
    return screen(
        document, ending, "enable_hma", [("Report", "hma_reports/R/report.html"), ("Record", "hma_records/R")]
    )


@settings(max_examples=60, deadline=None)
@given(
    servers=st.sampled_from([1, 4, 200]),
    statuses=st.lists(STATUSES, max_size=30),
    text=st.text(min_size=1, max_size=300),
    changes=st.integers(0, 300),
)
def test_it_is_a_screen_however_much_there_is(servers: int, statuses: list[str], text: str, changes: int) -> None:
    findings = [
        finding(status, id=f"HMA-X-{place:03}", title=text, message=text, fix=text, object=f"{text} {place}")
        for place, status in enumerate(statuses)
    ]
    step = {"changes": [change("ews", f"EX{place}") for place in range(changes)]}
    document = report(servers=servers, findings=findings, steps=[{"step": "3", "results": {"ex1": step}}])
    following = Next("The way back", playbook("restore_hma", ["inventory.yml"], options=("-e", "hma_restore_record=R")))
    lines = shown(document, document.summary.sentence, text, following=following)
    assert 0 < len(lines) <= LINES
    assert [line for line in lines if len(line) > WIDTH or printable(line) != line] == []
    assert lines[0] == "enable_hma: Not ready. Run 20261124T070000Z-1."
    assert lines[-1].startswith("The way back: ansible-playbook")
    assert "Report: hma_reports/R/report.html" in lines


def test_what_stops_is_numbered_with_its_fix_and_the_rest_is_named() -> None:
    findings = [finding(id=f"HMA-X-{number}", title=f"Title {number}", fix=f"Do {number}.") for number in range(1, 8)]
    lines = shown(report(servers=2, findings=findings))
    assert [line for line in lines if line[1:3] == ". "] == [
        f"{number}. HMA-X-{number} ex1 mapi: EX1\\mapi does not offer OAuth." for number in (1, 2, 3)
    ]
    assert "More to do (4): HMA-X-4 ex1 mapi: EX1\\mapi does not offer OAuth. And 3 more." in lines


def test_a_title_says_what_would_be_right_so_it_never_stands_for_what_was_seen() -> None:
    """A warning is said by what was seen, and what nobody looked at is a question."""
    late = finding("warn", id="HMA-LIFE-001", title="Every server is in support", message="It left support.")
    agent = finding("not_checked", id="HMA-HYB-002", title="Nothing points to the Hybrid Agent")
    mobile = finding("not_checked", id="HMA-PRB-007", title="Outlook for iOS can find the organization")
    lines = shown(report(servers=1, findings=[late, agent, mobile]))
    assert "Worth knowing (1): HMA-LIFE-001 ex1 mapi: It left support." in lines
    text = " ".join(lines)
    questions = (
        "HMA-HYB-002 whether nothing points to the Hybrid Agent",
        "HMA-PRB-007 whether Outlook for iOS can find the organization.",
    )
    assert f"Not checked (2): {'; '.join(questions)}" in text
    assert "very server is in support" not in text


def test_what_nobody_asked_for_is_not_among_what_could_not_be_checked() -> None:
    gap = finding("not_checked", id="HMA-ID-004", title="Every domain is verified", message="HTTP 403")
    left = [
        finding("not_checked", id=f"HMA-X-{number}", title="Every server is new", message=f"{UNASKED}.", unasked=True)
        for number in (1, 2)
    ]
    # What a message says decides nothing: it may be a name or a reason that somebody typed.
    gap["message"] += f"; {UNASKED}"
    found = report(servers=1, findings=[gap, *left])
    text = " ".join(shown(found))
    assert "Not checked (1): HMA-ID-004 whether every domain is verified." in text
    assert "Left to -e hma_audit_read=full (2): HMA-X-1, HMA-X-2." in text
    assert "1 check could not be made, 2 left to a full audit" in text
    assert found.summary.unchecked == 3
    # One object that was looked at in vain is enough for the check to be one that could not be made.
    both = [left[0], finding("not_checked", id="HMA-X-1", title="Every server is new", message="no right to read it")]
    assert "Not checked (1): HMA-X-1" in " ".join(shown(report(servers=1, findings=both)))


def test_where_there_is_room_a_fix_is_not_cut() -> None:
    words = " ".join(f"word{place}" for place in range(40)) + " and the last."
    lines = shown(report(servers=1, findings=[finding(message=words, fix=words)]))
    assert " ".join(" ".join(lines).split()).count("word39 and the last.") == 2
    assert len(lines) <= LINES
    many = shown(report(servers=1, findings=[finding(id=f"HMA-X-{n}", message=words, fix=words) for n in range(9)]))
    assert "and the last." not in " ".join(many) and len(many) <= LINES


def test_a_run_that_stopped_at_what_could_not_be_checked_says_so_first() -> None:
    run = {"id": "R", "mode": "apply", "stopped": "Step 1"}
    gap = finding("not_checked", message="no right to read it")
    lines = shown(report(servers=1, findings=[gap], run=run))
    assert "1. HMA-VDIR-001 ex1 mapi: no right to read it" in lines
    assert not [line for line in lines if line.startswith("Not checked")]
    calm = shown(report(servers=1, findings=[gap]))
    assert [line[:31] for line in calm if line.startswith("Not checked")] == ["Not checked (1): HMA-VDIR-001 w"]


def test_a_command_is_whole_or_is_left_to_the_report() -> None:
    long = [{"language": "shell", "text": f"ansible-playbook hybrid.exchange.prepare_vdirs --limit {'x' * 130}"}]
    lines = shown(report(servers=1, findings=[finding(commands=long)]))
    assert "   What is typed for it is in the report." in lines
    two = [{"language": "shell", "text": f"ansible-playbook {'a' * 70} -i {'b' * 70}"}]
    text = "\n".join(shown(report(servers=1, findings=[finding(commands=two)])))
    typed = text[text.index("ansible-playbook") :].partition("\nReport")[0].replace("\\\n", "")
    assert shlex.split(typed) == [
        "ansible-playbook", "a" * 70, "-i", "b" * 70,
    ]  # fmt: skip
    hosts = ",".join(f"ex{place}.corp.contoso.test" for place in range(4))
    command = f"ansible-playbook hybrid.exchange.prepare_vdirs --limit {hosts} -i inventory.yml"
    four = [{"language": "shell", "text": command}]
    text = "\n".join(shown(report(servers=1, findings=[finding(commands=four)])))
    typed = text[text.index("ansible-playbook") :].partition("\nReport")[0].replace("\\\n", "")
    assert shlex.split(typed) == command.split()


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["p --limit ex1 -i x", "p --limit ex2 -i x", "p --limit ex1 -i x"], ["p --limit ex1,ex2 -i x"]),
        (["p --limit ex1 -i x", "q --limit ex2 -i x"], ["p --limit ex1 -i x", "q --limit ex2 -i x"]),
        (["p --limit 'ex 1' -i x", "p --limit 'ex 2' -i x"], ["p --limit 'ex 1' -i x", "p --limit 'ex 2' -i x"]),
        (["p -i x", "p -i x"], ["p -i x"]),
    ],
)
def test_one_command_for_all_hosts_of_a_fix(texts: list[str], found: list[str]) -> None:
    assert [command.text for command in joined(CommandText("shell", text) for text in texts)] == found


def test_a_run_without_a_report_says_why() -> None:
    lines = without_report("enable_hma", "hma_x is no variable.", playbook("enable_hma", ["inventory.yml"]))
    assert lines == (
        "enable_hma: The run ended before its report.",
        "hma_x is no variable.",
        "Once more: ansible-playbook hybrid.exchange.enable_hma -i inventory.yml",
    )
    many = without_report("enable_hma", "localhost: first:\n" + "\n".join(f"- {place}" for place in range(50)), None)
    assert (many[1:4], many[-1]) == (("first:", "- 0", "- 1"), "What else there is to mend stands above.")
    assert len(without_report("enable_hma", "word " * 5000, playbook("enable_hma"))) <= LINES
    assert "names the reason" in without_report("enable_hma", "", None)[1]
    typed = without_report("enable_hma", "hma_x is 0; expected 1 (given with -e).", playbook("enable_hma"))
    assert typed[-1].startswith("Once more, when that is mended: ansible-playbook ")


FORGED = "ADFS\nenable_hma: Hybrid Modern Authentication is on. Run X.\tfine"


@pytest.mark.parametrize("status", ["fail", "warn", "not_checked"])
def test_a_name_of_others_makes_no_line_of_its_own(status: str) -> None:
    findings = [finding(status, object=FORGED, message=FORGED, fix=FORGED, title="x")]
    step = {"changes": [{**change("ews", "EX1"), "object": FORGED}]}
    document = report(servers=1, findings=findings, steps=[{"step": "3", "results": {"ex1": step}}])
    lines = shown(document, FORGED)
    assert [line for line in lines if "\n" in line or "\t" in line or line.startswith("enable_hma: Hybrid")] == []


def test_what_stands_for_a_character_nobody_sees_makes_no_line_too_long() -> None:
    hidden = "a\u202e" * 60
    findings = [finding("fail", object=hidden, message=hidden, fix=hidden)]
    assert [line for line in shown(report(servers=1, findings=findings)) if len(line) > WIDTH] == []


def test_a_path_is_shown_as_it_is_in_one_line() -> None:
    ending = Ending(False, "Not ready", ("x",), None)
    files = [("Report", "/srv/a  b\nVerdict: fine"), ("Record", "")]
    assert screen(report(servers=1), ending, "enable_hma", files)[-1] == "Report: /srv/a  b\u240aVerdict: fine"


@pytest.mark.parametrize(
    ("inventory", "options"),
    [
        (f"/srv/{'a' * 90} -i b/hosts.yml", ("-e", "hma_restore_record=/srv/R")),
        ("/srv/it's --limit x/hosts.yml", ("-e", f'{{"hma_restore_record": "/srv/hma -i {"r" * 70}/x"}}')),
        (f"/srv/{'b' * 70}/new\nline -i c/hosts.yml", ("-e", f"x={'y' * 60}")),
    ],
)
def test_a_long_command_goes_on_between_its_words_only(inventory: str, options: tuple[str, ...]) -> None:
    command = playbook("restore_hma", [inventory], options=options)
    lines = shown(report(servers=1), "x", following=Next("Once more", command))
    typed = "\n".join(lines[lines.index("Once more:") + 1 :])
    assert " \\\n" in typed
    assert shlex.split(typed.replace("\\\n", "")) == shlex.split(command.text)
    assert all(line.endswith("\\") for line in typed.split("\n")[:-1])


@pytest.mark.parametrize("inventory", [[], ["inventory.yml"]])
def test_what_is_set_for_a_command_stands_in_a_line_of_its_own(inventory: list[str]) -> None:
    how = How(variables=(Given(frozenset({"ansible_password"}), Hidden("ansible_password")),))
    command = playbook("restore_hma", Called(inventory, how), options=("-e", f"hma_restore_record={'r' * 60}"))
    lines = shown(report(servers=1), "x", following=Next("Once more", command))
    first, second, *_rest = lines[lines.index("Once more:") + 1 :]
    assert first.startswith('   ansible_password="$') and first.endswith(" \\")
    assert second.startswith("     ansible-playbook hybrid.exchange.restore_hma")
    assert all(len(line) <= WIDTH for line in lines)


@pytest.mark.parametrize("length", [20, 79, 80, 119, 240])
def test_a_folder_in_the_verdict_is_whole_however_long_its_name_is(length: int) -> None:
    folder = "/" + "a-folder" * 40
    said = short_screen("discover", f"7 servers and 2 tenants are in {folder[:length]}", ["x " * 300] * 20, ["Next:"])
    assert " ".join(said).startswith(f"discover: 7 servers and 2 tenants are in {folder[:length]}. x x")
    assert len(said) <= LINES
    assert said[-2:] == ("There is more: it stands above.", "Next:")
