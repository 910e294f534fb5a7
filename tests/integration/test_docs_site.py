# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation site, built and looked at in a browser."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.browser import CHROMIUM, opened
from tests.unit.guides import GUIDES, ROOT

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        importlib.util.find_spec("furo") is None,
        reason="NOT TESTED: the site's tools are not installed (make docs installs them)",
    ),
]
no_browser = pytest.mark.skipif(
    CHROMIUM is None,
    reason="NOT TESTED: no Chromium on this machine (apt-get install chromium); the site was not looked at",
)
# Each link of the page that leads to another page of the site.
LINKS = "[...document.querySelectorAll('a[href]')].map(a => a.href.split('#')[0]).filter(a => a.startsWith('file:'))"
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
# What a reader sees: the text, and what the style sheet writes before and after it.
SEEN = """(() => {
    const written = [...document.querySelectorAll('*')].flatMap(
      e => ['::before', '::after'].map(side => getComputedStyle(e, side).content));
    return [document.body.innerText, ...written.filter(text => text.startsWith('"'))].join('\\n');
})()"""
# A class for which the theme's style sheet writes an error into the page.
ERROR_CLASS = re.compile(r"\.([\w-]+)[^{}]*\{[^{}]*content:\"ERROR")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs") / "site"
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
    subprocess.run(
        [sys.executable, "-m", "tests.tools.docs", str(folder)], cwd=ROOT, env=environment, check=True, timeout=300
    )
    return folder / "html"


def test_no_page_has_what_the_theme_calls_an_error(site: Path) -> None:
    errors = set(ERROR_CLASS.findall((site / "_static" / "styles" / "furo.css").read_text("utf-8")))
    assert errors == {"contents"}
    classes = {
        page.name: set(" ".join(re.findall(r'class="([^"]*)"', page.read_text("utf-8"))).split())
        for page in site.rglob("*.html")
    }
    assert len(classes) > 30
    assert [page for page, names in classes.items() if names & errors] == []


@pytest.mark.browser
@no_browser
def test_the_site_as_a_reader_sees_it(site: Path, tmp_path: Path) -> None:
    pictures = Path(os.environ.get("HMA_PICTURES") or tmp_path)

    async def look() -> None:
        async with opened(tmp_path / "profile") as page:
            await page.look(width=1280)
            await page.go((site / "index.html").as_uri())
            await page.picture(pictures / "docs-index.png", whole=False)
            text = await page.run("document.body.innerText")
            for heading in ("Before you start", "When something is wrong", "Modules", "Role Index", "Reference"):
                assert heading in text
            links = await page.run(LINKS)
            missing = [link for link in links if not Path(link.removeprefix("file://")).is_file()]
            assert missing == []
            for name in GUIDES:
                address = (site / "docsite" / f"{name}.html").as_uri()
                assert address in links, name
                await page.go(address)
                assert await page.run("document.querySelectorAll('h1').length") == 1
                # A narrow window shows it too: tables and code scroll by themselves.
                await page.look(width=400)
                assert await page.run(WIDER) is False, name
                await page.look(width=1280)
            await page.picture(pictures / "docs-guide.png", whole=False)
            for path in sorted(site.rglob("*.html")):
                await page.go(path.as_uri())
                seen = await page.run(SEEN)
                assert "ERROR" not in seen, (path.name, seen)
            await page.go((site / "hma_spn_module.html").as_uri())
            assert "Application.ReadWrite.All" in await page.run("document.body.innerText")
            await page.picture(pictures / "docs-module.png", whole=False)
            # It asks nobody for anything, and nothing of it fails to load.
            assert [address for address in page.requests if not address.startswith(("file:", "data:"))] == []
            assert page.complaints == []

    asyncio.run(look())
