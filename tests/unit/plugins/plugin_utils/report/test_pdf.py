# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A page as PDF: whatever the browser does, there is a PDF or one message, and nothing is left behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.hybrid.exchange.plugins.plugin_utils._report import pdf


def browser(folder: Path, script: str) -> None:
    """A program of that name, and nothing else on the path."""
    path = folder / "chromium"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "t"))
    (tmp_path / "t").mkdir()
    return tmp_path


def test_without_a_browser(alone: Path) -> None:
    with pytest.raises(pdf.NoPdf, match=r"the control node has no Chromium\. Install one, or print sheet\.html"):
        pdf.as_pdf(b"page")


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("exit 1", "failed (CalledProcessError)"),
        ("exit 0", "wrote none"),
        ("while :; do :; done", "failed (TimeoutExpired)"),
    ],
)
def test_a_browser_that_gives_none(alone: Path, monkeypatch: pytest.MonkeyPatch, script: str, message: str) -> None:
    monkeypatch.setattr(pdf, "_DEADLINE", 1)
    browser(alone, script)
    with pytest.raises(pdf.NoPdf) as told:
        pdf.as_pdf(b"page")
    assert message in str(told.value)
    assert [*(alone / "t").iterdir()] == []


def test_what_the_browser_wrote_is_the_pdf(alone: Path) -> None:
    """It is given the page, a profile of its own, and where to write."""
    browser(alone, 'for word; do case $word in --print-to-pdf=*) echo "%PDF of $#" > "${word#*=}";; esac; done')
    assert pdf.as_pdf(b"page").startswith(b"%PDF of ")
    assert [*(alone / "t").iterdir()] == []
