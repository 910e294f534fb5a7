# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder of the history: whose it is, what is taken away, and what stands in nobody's way."""

from __future__ import annotations

import errno
import os
import threading
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.action.hma_drift import _looked
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.entry import Entry
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.page import page
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.reading import reading
from ansible_collections.hybrid.exchange.plugins.plugin_utils._drift import history
from ansible_collections.hybrid.exchange.plugins.plugin_utils._drift.look import Look
from ansible_collections.hybrid.exchange.plugins.plugin_utils._drift.page import render

from tests.unit.watch_samples import World, directory, news


def entries(number: int) -> list[Entry]:
    world = World()
    return [world.run() for _number in range(number)]


def test_what_is_kept_is_read_in_order_and_is_nobody_elses(tmp_path: Path) -> None:
    folder, runs = tmp_path / "deep" / "watch", entries(3)
    with history.opened(folder):
        for entry in reversed(runs):
            history.keep(folder, entry)
    assert [item.run for item in history.read(folder).entries] == [item.run for item in runs]
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_broken_file_is_named_and_left_and_so_is_what_is_not_ours(tmp_path: Path) -> None:
    runs = entries(3)
    for entry in runs:
        history.keep(tmp_path, entry)
    path = tmp_path / history.name_of(runs[0].run)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    copied = tmp_path / "watch-copied.json"
    copied.write_bytes(whole)
    linked = tmp_path / "watch-linked.json"
    linked.symlink_to(tmp_path / history.name_of(runs[1].run))
    notes = tmp_path / "notes.txt"
    notes.write_text("mine", "utf-8")

    found = history.read(tmp_path)
    assert [item.run for item in found.entries] == [item.run for item in runs[1:]]
    assert set(found.broken) == {path.name, copied.name, linked.name}
    assert history.remove(tmp_path, runs) == [history.name_of(item.run) for item in runs[1:]]
    assert {item.name for item in tmp_path.iterdir()} == {path.name, copied.name, linked.name, notes.name}


def test_a_folder_of_others_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "watch"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(Refused, match="writable by everyone"), history.opened(folder):
        raise AssertionError


def test_a_folder_with_a_page_of_somebody_is_no_history(tmp_path: Path) -> None:
    page_of_watch = tmp_path / history.PAGE
    last = World().run()
    with history.opened(tmp_path):
        history.keep_page(tmp_path, render(page(news(last), [last])))
    with history.opened(tmp_path):
        page_of_watch.write_text("<h1>mine</h1>", "utf-8")
    with pytest.raises(Refused, match=r"no page of a watch. Set hma_watch_dir"), history.opened(tmp_path):
        raise AssertionError
    assert page_of_watch.read_text("utf-8") == "<h1>mine</h1>"


def test_a_folder_that_cannot_be_read_is_not_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_folder: Path) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "listdir", refused)
    with pytest.raises(Refused, match=r"cannot be read \(Permission denied\): set hma_watch_dir"):
        history.read(tmp_path)


def test_a_first_reading_beside_a_history_that_is_broken_is_not_quiet(tmp_path: Path) -> None:
    world = World()
    now = reading(world.report)
    assert _looked(Look.at(history.read(tmp_path), now), "any").unkept == ""
    (tmp_path / "watch-1.json").write_text("{", "utf-8")
    (tmp_path / "watch-2.json").write_text("{", "utf-8")
    said = _looked(Look.at(history.read(tmp_path), now), "any").unkept
    assert said.startswith("Nothing could be compared: watch-1.json and 1 more of the history cannot be read.")


def test_a_place_that_is_no_folder_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(Refused, match="hma_watch_dir"), history.opened(tmp_path / "file" / "watch"):
        raise AssertionError


def test_a_full_disk_leaves_what_was_there_and_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = entries(2)
    history.keep(tmp_path, first)

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refused, match=r"No space left on device\): set hma_watch_dir"):
        history.keep(tmp_path, second)
    assert [path.name for path in tmp_path.iterdir()] == [history.name_of(first.run)]


def test_a_second_run_waits_for_the_first(tmp_path: Path) -> None:
    said: list[str] = []

    def second() -> None:
        with history.opened(tmp_path):
            said.append("second")

    with history.opened(tmp_path):
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.1)
        said.append("first")
    thread.join(5)
    assert said == ["first", "second"]


@pytest.mark.parametrize("run", ["../x", "", "a/b", "x" * 200])
def test_a_run_whose_id_is_no_name_is_refused(tmp_path: Path, run: str) -> None:
    with pytest.raises(Refused, match="letters, digits"):
        history.keep(tmp_path, entries(1)[0].__class__(**{**vars(entries(1)[0]), "run": run}))


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, Any]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_the_page_has_a_line_loads_nothing_and_no_name_is_markup() -> None:
    world = World()
    world.report["organization"]["name"] = world.organization["name"] = "<script>alert(1)</script>"
    world.run()
    for fails in (3, 0):
        world.report["summary"]["findings"]["fail"] = fails
        world.run()
    world.organization["directories"] = [directory("<img src=x>", methods=("Ntlm",))]
    last = world.run()
    text = render(page(news(last), world.entries)).decode("utf-8")
    elements = Elements()
    elements.feed(text)
    tags = [tag for tag, _attributes in elements.found]
    assert not {"script", "img", "link", "a", "form", "iframe"} & set(tags)
    assert not any(name == "style" or name.startswith("on") for _tag, of in elements.found for name in of)
    (line,) = [of["points"] for tag, of in elements.found if tag == "polyline"]
    assert line == "8,112 242.7,8 477.3,112 712,112"
    assert tags.count("circle") == 4
    (policy,) = [of["content"] for tag, of in elements.found if of.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")


def test_one_run_is_no_line_and_hundreds_are_cut() -> None:
    world = World()
    first = world.run()
    assert b"<polyline" not in render(page(news(first), [first]))
    assert len(page(news(first), [first] * 500).dots) == 200


def test_the_page_says_what_to_do_about_a_check_that_is_not_met_any_more() -> None:
    world = World()
    world.say("HMA-COV-001", "EX3", "pass", server="EX3")
    world.run()
    world.say("HMA-COV-001", "EX3", "fail", server="EX3", fix="Add <b>it</b> to exchange_servers.")
    text = render(page(news(world.run()), world.entries)).decode("utf-8")
    assert "<br>Add &lt;b&gt;it&lt;/b&gt; to exchange_servers.</td>" in text
