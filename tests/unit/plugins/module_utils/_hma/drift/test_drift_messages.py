# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The news in every shape: what is in it, and that no name of somebody else gets out of its place."""

from __future__ import annotations

import json
from html import unescape
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.messages import FORMATS, mail
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.metrics import openmetrics
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.news import News

from tests.unit.support.openmetrics import parse
from tests.unit.watch_samples import PREPARE, World, directory, news

HOSTILE = 'a" } \\ \n<!channel> *b* [x](http://evil/) <script>&\u202e\x1b[31m'


def found(name: str = "EX1", changes: int = 1) -> News:
    world = World()
    world.report["organization"]["name"] = name
    world.organization["name"] = name
    for number in range(changes):
        world.say("HMA-AUTH-003", f"{name} {number}", "pass", server=name)
    world.run()
    for number in range(changes):
        world.say("HMA-AUTH-003", f"{name} {number}", "fail", server=name, commands=[PREPARE])
    world.organization["directories"] = [directory("mapi", methods=("Ntlm",))]
    world.report["summary"]["findings"]["fail"] = changes
    return news(world.run())


def test_the_generic_message_has_all_of_it() -> None:
    message = FORMATS["json"](found())
    assert (message["schema"], message["organization"], len(message["drift"])) == (
        "hybrid.exchange/watch-event",
        "EX1",
        2,
    )
    assert [item["cause"] and item["cause"]["inferred"] for item in message["drift"]] == [None, False]
    assert message["open"][0]["since"] == "2026-11-26T02:00:00Z"


def test_a_card_for_teams_has_no_text_in_which_markup_is_read() -> None:
    message = FORMATS["teams"](found(HOSTILE))
    card = message["attachments"][0]["content"]
    assert message["attachments"][0]["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    runs = [run for block in card["body"] for run in block["inlines"]]
    assert {run["type"] for run in runs} == {"TextRun"}
    assert not any("\n" in run["text"] for run in runs)
    assert "hardening script" in " ".join(run["text"] for run in runs)


def test_blocks_for_slack_mention_nobody() -> None:
    message = FORMATS["slack"](found(HOSTILE))
    texts = [block["text"] for block in message["blocks"]]
    assert {text["type"] for text in texts} == {"plain_text"}
    assert len(texts[0]["text"]) <= 150
    for text in (message["text"], *(text["text"] for text in texts)):
        assert "<" not in text and ">" not in text
        assert "\n" not in text
    assert "<!channel>" in unescape(message["text"])


@pytest.mark.parametrize("shape", ["teams", "slack", "mail"])
def test_whoever_is_told_that_a_check_is_not_met_is_told_what_to_do(shape: str) -> None:
    world = World()
    world.say("HMA-COV-001", "EX3", "pass", server="EX3")
    world.run()
    world.say("HMA-COV-001", "EX3", "fail", server="EX3", fix="Add it to exchange_servers.")
    told = news(world.run())
    said = mail(told).text if shape == "mail" else json.dumps(FORMATS[shape](told))
    assert "Worse: EX3" in said and "Add it to exchange_servers." in said
    world.say("HMA-COV-001", "EX3", "pass", server="EX3", fix="Add it to exchange_servers.")
    mended = news(world.run())
    assert "Add it to" not in (mail(mended).text if shape == "mail" else json.dumps(FORMATS[shape](mended)))


@pytest.mark.parametrize("shape", ["teams", "slack"])
def test_a_chat_gets_no_more_than_it_takes(shape: str) -> None:
    many: Any = FORMATS[shape](found(changes=500))
    assert len(json.dumps(many)) < 25_000
    assert "And 486 more." in json.dumps(many)


def test_a_mail_is_text_and_its_subject_is_one_line() -> None:
    made = mail(found(HOSTILE))
    assert "\n" not in made.subject and "\x1b" not in made.subject
    assert "2 things changed since 2026-11-26 01:05 UTC" in made.subject
    assert "Worse: EX1\\mapi (Default Web Site): InternalAuthenticationMethods" in made.text
    assert "\u202e" not in made.text


def test_metrics_are_openmetrics_whatever_the_names_are() -> None:
    families = parse(openmetrics(found(HOSTILE)))
    assert {family.type for family in families.values()} == {"gauge"}, "The text format of Prometheus reads it too."
    labels = dict(next(iter(families["hma_watch_open"].samples)))
    assert labels["object"] == 'a" } \\ \n<!channel> *b* [x](http://evil/) <script>&<U+202E>␛[31m 0'
    assert (labels["check"], labels["status"]) == ("HMA-AUTH-003", "fail")
    assert list(families["hma_watch_drift"].samples.values()) == [2.0, 0.0]
    assert set(families["hma_watch_modern_authentication"].samples.values()) == {1.0}
    assert set(families["hma_watch_last_run_timestamp_seconds"].samples.values()) == {1795658700.0}


def test_what_was_not_read_has_no_metric_and_zero_is_one() -> None:
    world = World()
    world.report["facts"]["organization"] = {}
    world.report["organization"] = {"name": "", "modern_authentication": None}
    families = parse(openmetrics(news(world.run())))
    assert "hma_watch_modern_authentication" not in families
    assert "hma_watch_open" not in families
    assert list(families["hma_watch_unread"].samples.values()) == [1.0]


@pytest.mark.parametrize(
    "text",
    ["", "a 1\n# EOF\n", "# TYPE a gauge\na{b=\"\n\"} 1\n# EOF\n", "# TYPE a gauge\na 1\na 1\n# EOF\n",
     "# TYPE a gauge\na  1\n# EOF\n", "# TYPE a gauge\n# TYPE b gauge\na 1\n# EOF\n", "# TYPE a gauge\na one\n# EOF\n",
     '# TYPE a gauge\na{b="\\x"} 1\n# EOF\n', "# TYPE a gauge\na 1\n"],
)  # fmt: skip
def test_the_reader_of_metrics_takes_nothing_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"line|EOF"):
        parse(text)
