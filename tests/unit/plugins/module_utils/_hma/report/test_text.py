# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The findings as a terminal shows them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import fields
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.printable import printable
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.text import ReportFinding, text_table
from hypothesis import given
from hypothesis import strategies as st


def finding(status: str, object: str, **more: Any) -> ReportFinding:
    texts = {item.name: "" for item in fields(ReportFinding)}
    return ReportFinding(
        **{**texts, "id": "HMA-SPN-001", "status": status, "severity": "high", "object": object, "commands": (), **more}
    )


def test_the_worst_first_with_what_to_do() -> None:
    findings = [
        finding("pass", "contoso", message="all there"),
        finding("warn", "EX1", id="HMA-SSL-001", message="SSLOffloading is true.", fix="Look at the load balancer."),
        finding(
            "fail",
            "fabrikam",
            message="not registered: https://eas.contoso.test/.",
            fix="ansible-playbook hybrid.exchange.register_spns",
        ),
    ]
    assert text_table(findings).splitlines() == [
        "STATUS  CHECK        OBJECT",
        "FAIL    HMA-SPN-001  fabrikam",
        "        not registered: https://eas.contoso.test/.",
        "        Fix: ansible-playbook hybrid.exchange.register_spns",
        "WARN    HMA-SSL-001  EX1",
        "        SSLOffloading is true.",
        "        Fix: Look at the load balancer.",
    ]


def test_nothing_wrong_is_the_empty_text_unless_everything_is_asked_for() -> None:
    right = [finding("pass", "contoso", fix="nothing")]
    assert text_table(right) == ""
    assert text_table(right, everything=True).splitlines()[1:] == ["PASS    HMA-SPN-001  contoso"]


def test_a_long_message_is_wrapped_and_a_long_word_kept_whole() -> None:
    word = "https://" + "a" * 100 + ".contoso.test/"
    lines = text_table(
        [finding("fail", "x", message=f"one two three {word} four", fix="f " * 60)], width=60
    ).splitlines()
    assert any(line.strip() == word for line in lines)
    assert all(len(line) <= 60 for line in lines if word not in line)


@given(st.lists(st.text(st.characters(blacklist_categories=[]), max_size=40), min_size=4, max_size=4))
def test_no_text_moves_the_cursor_or_turns_the_line(texts: list[str]) -> None:
    table = text_table([finding("fail", texts[0], id=texts[1], message=texts[2], fix=texts[3])])
    assert {unicodedata.category(character) for character in table.replace("\n", "").replace("\t", "")} & {
        "Cc",
        "Cs",
    } == set()
    assert not set(table) & set("\u202e\u2066\u200f\u2028\ufeff")
    table.encode("utf-8")


def test_what_is_made_visible() -> None:
    assert printable({"a\x00": ["b\x1b[31m", "c\u202ed", 7, None, True, "e\r\nf"]}) == {
        "a␀": ["b␛[31m", "c<U+202E>d", 7, None, True, "e\nf"]
    }
    assert printable("\ud800 Grüße 日本 👩‍🚀 \tx") == "<U+D800> Grüße 日本 👩<U+200D>🚀 \tx"


def test_what_is_said_of_many_objects_alike_is_one_row() -> None:
    """Three hundred servers that were not read in full are no nine hundred lines, and each of them is named."""
    many = [finding("not_checked", f"EX{number}", message="not read.", fix="Read it.") for number in range(300, 0, -1)]
    few = [finding("fail", f"EX{number}", message="wrong.", fix="Mend it.") for number in range(1, 6)]
    lines = text_table([*many, *few, finding("not_checked", "EX7", message="another reason.", fix="Read it.")])
    assert len(lines.splitlines()) < 50
    assert max(map(len, lines.splitlines())) <= 120
    named = re.findall(r"EX\d+(?=,|$)", lines, re.MULTILINE)
    assert set(named) == {f"EX{number}" for number in range(1, 301)}
    rows = [line for line in lines.splitlines() if not line.startswith(" ")][1:]
    rows[5] = rows[5][: rows[5].index(", EX4")]
    assert [row.split("HMA-SPN-001  ")[1] for row in rows] == [
        *("EX1", "EX2", "EX3", "EX4", "EX5"), "EX1, EX2, EX3", "EX7",
    ]  # fmt: skip
    assert lines.count("not read.") == 1
