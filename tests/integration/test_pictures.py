# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of the README and of docs/report.md: taken of what the lab's own runs leave, and never older than that.

docs/images/sources.json has a digest of what each was taken of. Take them anew with HMA_WRITE_PICTURES=1, and look at
them before you commit them.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
from pathlib import Path

import pytest

from tests.integration.story import Play, last_report
from tests.lab.client import LabClient
from tests.unit.browser import CHROMIUM, opened

pytestmark = pytest.mark.matrix
IMAGES = Path(__file__).parents[2] / "docs" / "images"
SOURCES = IMAGES / "sources.json"
# What is of the one run is in no picture.
_MASKS = (
    (re.compile(r"\d{8}T\d{6}Z-\d+"), "20261126T164152Z-7368646"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"), "2026-11-26 16:41 UTC"),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:443"),
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "37e46587-7875-5afd-aeaf-5a27743e41f5"),
    # The policy has the digest of the script, which no picture shows.
    (re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>\n'), ""),
)


def masked(lab: LabClient, page: Path) -> str:
    text = page.read_text("utf-8").replace(f"{lab.folder}/", "").replace(f"{lab.folder.parent}/", "")
    for pattern, word in _MASKS:
        text = pattern.sub(word, text)
    return text


def compared(tmp_path: Path, name: str, source: str, shown: str, height: int) -> None:
    """``shown`` is the part of the page that the picture is of: what follows it may change."""
    sources = json.loads(SOURCES.read_text("utf-8"))
    digest = hashlib.sha256(shown.encode()).hexdigest()
    if os.environ.get("HMA_WRITE_PICTURES"):
        assert CHROMIUM is not None, "Pictures are taken with Chromium."
        asyncio.run(taken(tmp_path, IMAGES / name, source, height))
        SOURCES.write_text(json.dumps({**sources, name: digest}, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        return
    assert sources.get(name) == digest, f"docs/images/{name} is older than the page. Take it with HMA_WRITE_PICTURES=1."


async def taken(folder: Path, picture: Path, source: str, height: int) -> None:
    page_file = folder / "page.html"
    page_file.write_text(source, encoding="utf-8")
    async with opened(folder / "profile") as page:
        await page.look(width=1200, height=height)
        await page.go(page_file.as_uri())
        await page.picture(picture, whole=False)


def test_the_head_of_a_report(lab: LabClient, play: Play, tmp_path: Path) -> None:
    play("audit_hma")
    source = masked(lab, last_report(lab) / "report.html")
    compared(tmp_path, "report.png", source, source.partition('<section aria-labelledby="names">')[0], 1640)


def test_the_sheet_of_a_change_board(lab: LabClient, play: Play, tmp_path: Path) -> None:
    run = play("enable_hma", "--check")
    assert run.code == 0, run.output
    source = masked(lab, last_report(lab) / "sheet.html")
    compared(tmp_path, "sheet.png", source, source, 1260)
