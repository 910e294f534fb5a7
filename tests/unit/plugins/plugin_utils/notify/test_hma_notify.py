# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is told of what, and when: people of what changed, collectors of every run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.action.hma_notify import Options, _people, _ways
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.news import News
from ansible_collections.hybrid.exchange.plugins.plugin_utils._notify import undelivered
from ansible_collections.hybrid.exchange.plugins.plugin_utils._notify.undelivered import Undelivered
from ansible_collections.hybrid.exchange.plugins.plugin_utils._notify.webhook import NotSent

from tests.unit.support.openmetrics import parse
from tests.unit.watch_samples import World, directory, news


def options(**more: Any) -> Options:
    given: dict[str, Any] = {
        "drift": {}, "when": "changed", "webhook": "https://x/s3cret", "format": "json", "ca_path": None,
        "proxy": None, "mail_to": ["a@contoso.com"], "mail_from": "b@contoso.com", "mail_server": "localhost:1",
        "mail_tls": "none", "mail_user": None, "mail_password": None, "metrics_file": "/x", "timeout": 1,
    }  # fmt: skip
    return Options(**{**given, **more})


def found(*, tell: bool) -> News:
    return news(World().run(), tell=tell)


@pytest.mark.parametrize(
    ("tell", "when", "ways"),
    [
        (True, "changed", ["metrics", "webhook", "mail"]),
        (False, "changed", ["metrics"]),
        (False, "always", ["metrics", "webhook", "mail"]),
    ],
)
def test_when_people_are_told(tell: bool, when: str, ways: list[str]) -> None:
    given, news = options(when=when), found(tell=tell)
    assert list(_ways(given, news, _people(given, news, {}))) == ways


def test_nobody_is_told_where_nobody_is_named() -> None:
    assert _people(options(webhook=None, mail_to=[]), found(tell=True), {}) == {}


def test_the_metrics_are_whole_and_may_be_read_by_the_collector(tmp_path: Path) -> None:
    path = tmp_path / "hma.prom"
    path.touch(0o600)
    for _run in range(2):
        _ways(options(metrics_file=str(path)), found(tell=False), {})["metrics"]()
    assert parse(path.read_text("utf-8"))["hma_watch_unread"].samples
    assert path.stat().st_mode & 0o777 == 0o644
    assert list(tmp_path.iterdir()) == [path]


def test_metrics_that_cannot_be_written_are_one_message(tmp_path: Path) -> None:
    with pytest.raises(NotSent, match=r"No such file or directory.*hma_notify_metrics_file"):
        _ways(options(metrics_file=str(tmp_path / "no" / "hma.prom")), found(tell=False), {})["metrics"]()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"mail_server": None}, "hma_notify_mail_server and hma_notify_mail_from"),
        ({"mail_from": None}, "hma_notify_mail_server and hma_notify_mail_from"),
        ({"mail_server": "host:smtp"}, "expected host, host:port"),
        ({"mail_server": ":25"}, "expected host, host:port"),
        ({"mail_server": "host:99999"}, "expected host, host:port"),
        ({"mail_server": "[::1]:1"}, "The mail server ::1 did not take the mail"),
        ({"mail_server": "localhost:1"}, "The mail server localhost did not take the mail"),
    ],
)
def test_a_mail_without_a_way_is_one_message(more: dict[str, Any], message: str) -> None:
    with pytest.raises(NotSent, match=message):
        _ways(options(**more), found(tell=True), {"mail": found(tell=True)})["mail"]()


def test_no_secret_is_in_what_is_shown_of_the_options() -> None:
    shown = repr(options(mail_password="s3cret-pa55", proxy="http://s3cret-user:x@p/"))
    assert "s3cret" not in shown


def test_a_file_of_somebody_is_not_taken_for_the_metrics(tmp_path: Path) -> None:
    path = tmp_path / "inventory.yml"
    path.write_text("all: {}\n", "utf-8")
    with pytest.raises(NotSent, match=r"inventory.yml is there and holds something else.*hma_notify_metrics_file"):
        _ways(options(metrics_file=str(path)), found(tell=False), {})["metrics"]()
    assert path.read_text("utf-8") == "all: {}\n"


def test_what_did_not_arrive_is_told_by_the_next_run_and_by_that_way_only(tmp_path: Path) -> None:
    world, page = World(), str(tmp_path / "index.html")
    world.run()
    world.organization["directories"] = [directory("mapi", methods=("Ntlm",))]
    lost = replace(news(world.run()), page=page)
    quiet = replace(news(world.run(), tell=False), page=page)
    assert _people(options(), quiet, {}) == {}

    place = undelivered.place_of(lost)
    undelivered.keep(place, {"webhook": Undelivered.of(lost)})
    later = _people(options(), quiet, undelivered.read(place))
    assert list(later) == ["webhook"]
    assert later["webhook"].differences == lost.differences
    assert later["webhook"].headline == lost.headline
    undelivered.keep(place, {})
    assert undelivered.read(place) == {}
    assert list(tmp_path.iterdir()) == []


def test_a_gap_that_is_closed_is_not_told_afterwards() -> None:
    left = {"mail": Undelivered("", ())}
    assert _people(options(), found(tell=False), left) == {}


def test_where_no_history_is_kept_nothing_is_left(tmp_path: Path) -> None:
    undelivered.keep(undelivered.place_of(found(tell=True)), {"mail": Undelivered("", ())})
    assert undelivered.read(None) == {}
    (tmp_path / undelivered.NAME).write_text("[torn", "utf-8")
    assert undelivered.read(tmp_path / undelivered.NAME) == {}
