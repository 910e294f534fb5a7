# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation site, built and looked at in a browser."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.browser import CHROMIUM, opened
from tests.unit.guides import GUIDES, ROOT

pytestmark = [
    pytest.mark.browser,
    pytest.mark.matrix,
    pytest.mark.skipif(CHROMIUM is None, reason="NOT TESTED: no Chromium on this machine (apt-get install chromium); the site was not looked at"),
    pytest.mark.skipif(importlib.util.find_spec("furo") is None, reason="NOT TESTED: the site's tools are not installed (make lint installs them)"),
]
# Each link of the page that leads to another page of the site.
LINKS = "[...document.querySelectorAll('a[href]')].map(a => a.href.split('#')[0]).filter(a => a.startsWith('file:'))"
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def test_the_site_as_a_reader_sees_it(tmp_path: Path) -> None:
    site = tmp_path / "site"
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
    subprocess.run([sys.executable, "-m", "tests.tools.docs", str(site)], cwd=ROOT, env=environment, check=True, timeout=300)
    pictures = Path(os.environ.get("HMA_PICTURES") or tmp_path)

    async def look() -> None:
        async with opened(tmp_path / "profile") as page:
            await page.look(width=1280)
            await page.go((site / "html" / "index.html").as_uri())
            await page.picture(pictures / "docs-index.png", whole=False)
            text = await page.run("document.body.innerText")
            for heading in ("Before you start", "When something is wrong", "Modules", "Role Index", "Reference"):
                assert heading in text
            assert "ERROR" not in text
            links = await page.run(LINKS)
            missing = [link for link in links if not Path(link.removeprefix("file://")).is_file()]
            assert missing == []
            for name in GUIDES:
                address = (site / "html" / "docsite" / f"{name}.html").as_uri()
                assert address in links, name
                await page.go(address)
                assert await page.run("document.querySelectorAll('h1').length") == 1
                # A narrow window shows it too: tables and code scroll by themselves.
                await page.look(width=400)
                assert await page.run(WIDER) is False, name
                await page.look(width=1280)
            await page.picture(pictures / "docs-guide.png", whole=False)
            await page.go((site / "html" / "hma_spn_module.html").as_uri())
            assert "Application.ReadWrite.All" in await page.run("document.body.innerText")
            # It asks nobody for anything, and nothing of it fails to load.
            assert [address for address in page.requests if not address.startswith(("file:", "data:"))] == []
            assert page.complaints == []

    asyncio.run(look())
