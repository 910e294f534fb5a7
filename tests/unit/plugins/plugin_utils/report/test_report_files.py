# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of a report: whole or not at all, private unless said otherwise, one clear message where they cannot be
written."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from ansible_collections.hybrid.exchange.plugins.plugin_utils._report import files


def test_written_with_their_mode_and_written_over(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "run"
    for content in (b"one", b"two"):
        written = files.write_files(folder, {"report.html": content}, mode=0o640)
        assert Path(written["report.html"]).read_bytes() == content
    assert stat.S_IMODE((folder / "report.html").stat().st_mode) == 0o640
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in folder.iterdir()] == ["report.html"]


def test_what_was_there_stays_when_a_write_breaks_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files.write_files(tmp_path, {"report.html": b"old"}, mode=0o600)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(
        files.ReportError, match=r"report\.html cannot be written \(No space left on device\)\. Set hma_report_dir"
    ):
        files.write_files(tmp_path, {"report.html": b"new"}, mode=0o600)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("report.html", b"old")]


def test_a_place_that_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(files.ReportError, match=r"report\.json cannot be written"):
        files.write_files(tmp_path / "file" / "run", {"report.json": b"{}"}, mode=0o600)


def test_with_no_umask_nobody_else_writes_where_reports_are(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        files.write_files(tmp_path / "a" / "b" / "run", {"report.html": b"x"}, mode=0o600)
    finally:
        os.umask(before)
    modes = [
        stat.S_IMODE(path.stat().st_mode)
        for path in (tmp_path / "a", tmp_path / "a" / "b", tmp_path / "a" / "b" / "run")
    ]
    assert modes == [0o755, 0o755, 0o700]


def test_a_link_in_the_place_of_a_file_is_replaced_and_not_followed(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"keep")
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "report.html").symlink_to(other)
    files.write_files(folder, {"report.html": b"new"}, mode=0o600)
    assert (other.read_bytes(), (folder / "report.html").read_bytes()) == (b"keep", b"new")
    assert not (folder / "report.html").is_symlink()


def test_a_folder_of_others_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    (tmp_path / "link").symlink_to(tmp_path / "open")
    for name in ("open", "link"):
        with pytest.raises(
            files.ReportError, match=r"is writable by everyone, so others could change .* Set hma_report_dir"
        ):
            files.write_files(tmp_path / name, {"report.html": b"x"}, mode=0o600)
    (tmp_path / "open").chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    owner = (tmp_path / "open").stat().st_uid
    if owner == 0:
        os.chown(tmp_path / "open", 4712, -1)
        owner = 4712
    with pytest.raises(files.ReportError, match=rf"belongs to user {owner}, so others"):
        files.write_files(tmp_path / "open", {"report.html": b"x"}, mode=0o600)
    assert list((tmp_path / "open").iterdir()) == []
