# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page in a real browser: it asks nobody for anything, complains of nothing, and can be read by everybody."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.document import Document
from ansible_collections.hybrid.exchange.plugins.plugin_utils._report.page import render

from tests.unit.browser import CHROMIUM, Page, opened
from tests.unit.plugins.plugin_utils.report.test_formats import HOSTILE, hostile
from tests.unit.report_samples import report

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None,
        reason="NOT TESTED: no Chromium on this machine (apt-get install chromium); the report's page was not "
        "opened in a browser",
    ),
]
# Each text that is seen, with the contrast to what is behind it; AA asks for 4.5, and for 3 where it is large.
CONTRAST = """(() => {
  const numbers = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b]
    .map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const behind = node => { for (; node; node = node.parentElement) {
    const colour = numbers(getComputedStyle(node).backgroundColor);
    if (colour.length === 3 || colour[3] === 1) return colour;
  } return [255, 255, 255]; };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), bad = [];
  let seen = 0;
  for (let node; (node = walker.nextNode());) {
    const box = node.parentElement, style = getComputedStyle(box);
    if (!node.data.trim() || ['SCRIPT', 'STYLE', 'OPTION'].includes(box.tagName) || box.getClientRects().length === 0)
      continue;
    const [one, two] = [light(numbers(style.color)), light(behind(box))].sort((a, b) => b - a);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    seen += 1;
    if ((one + .05) / (two + .05) < (large ? 3 : 4.5))
      bad.push([node.data.trim().slice(0, 40), style.color, behind(box).join()]);
  }
  return {seen, bad};
})()"""


# The objects in the table of all checks that a reader sees, in their order; of a row with many, those of its list.
SHOWN = """[...document.querySelectorAll('#all tr.finding:not([hidden])')].flatMap(row => {
  const list = [...row.querySelectorAll('li')];
  return list.length ? list.filter(e => !e.hidden) : [row.querySelector('th')]; }).map(e => e.textContent)"""


def in_browser(tmp_path: Path, story: Callable[[Page], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with opened(tmp_path / "profile") as page:
            await story(page)

    asyncio.run(whole())


def written(tmp_path: Path, found: Document) -> str:
    path = tmp_path / "report.html"
    path.write_bytes(render(found))
    return path.as_uri()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    """The folder over http, as an artifact store serves it, and every path that was asked for."""
    asked: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def log_request(self, code: Any = "-", size: Any = "-") -> None:
            asked.append(self.path)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/report.html", asked
    server.shutdown()
    thread.join(10)


@pytest.mark.matrix
def test_one_request_no_complaint_whatever_the_text(tmp_path: Path, served: tuple[str, list[str]]) -> None:
    address, asked = served

    async def story(page: Page) -> None:
        for text in HOSTILE:
            url = written(tmp_path, hostile(text))
            for place in (url, address):
                page.requests.clear()
                await page.go(place)
                assert page.requests == [place]
                assert await page.run("document.querySelectorAll('script, img, iframe, object, embed').length") == 1
                assert (
                    await page.run(
                        "[...document.querySelectorAll('*')].some(e => [...e.attributes].some(a => "
                        "a.name.startsWith('on') || a.name === 'style'))"
                    )
                    is False
                )
        assert page.complaints == []

    in_browser(tmp_path, story)
    assert asked == ["/report.html"] * len(HOSTILE)


def test_the_policy_stops_what_escaping_might_miss(tmp_path: Path) -> None:
    """The second line of defence: even an element that got in is neither run, styled nor fetched."""
    page_bytes = render(report()).replace(
        b"</main>",
        b"<script>document.title='owned'</script><img src='http://127.0.0.1:9/x' "
        b"onerror=\"document.title='owned'\"></main>",
    )
    (tmp_path / "report.html").write_bytes(page_bytes)

    async def story(page: Page) -> None:
        await page.go((tmp_path / "report.html").as_uri())
        assert await page.run("document.title") == "Hybrid Modern Authentication: Contoso"
        assert not await page.run(
            "performance.getEntriesByType('resource').some(e => e.name.includes(':9/') && e.responseStart > 0)"
        )
        blocked = await page.run("fetch('http://127.0.0.1:9/').then(() => 'sent', error => String(error))")
        assert "Failed to fetch" in blocked
        assert any("Content Security Policy" in item for item in page.complaints)

    in_browser(tmp_path, story)


def test_contrast_is_enough_by_day_and_night_and_on_paper(tmp_path: Path) -> None:
    url = written(tmp_path, hostile("text"))

    async def story(page: Page) -> None:
        await page.go(url)
        await page.run("document.querySelectorAll('details').forEach(item => { item.open = true; })")
        for scheme, media in (("light", "screen"), ("dark", "screen"), ("dark", "print")):
            await page.look(width=1280, scheme=scheme, media=media)
            found = await page.run(CONTRAST)
            assert found["seen"] > 100
            assert found["bad"] == [], (scheme, media)

    in_browser(tmp_path, story)


def test_copy_filter_and_phone(tmp_path: Path) -> None:
    url = written(tmp_path, report(servers=6))

    async def story(page: Page) -> None:
        await page.go(url)
        await page.look(width=1280)
        await page.run("navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve(); }")
        await page.run("document.querySelector('.copyable button').click()")
        assert await page.run("window.copied") == "ansible-playbook hybrid.exchange.prepare_vdirs --limit ex1,ex4"
        assert await page.run("document.getElementById('spoken').textContent") == "Copied"
        await page.run(
            "(() => { const box = document.getElementById('words'); box.value = 'EX4 mapi'; "
            "box.dispatchEvent(new Event('input')); })()"
        )
        assert await page.run(SHOWN) == ["EX4 mapi"]
        assert await page.run("document.getElementById('count').textContent") == "1 of 30 shown"
        for width in (1280, 390, 320):
            await page.look(width=width)
            assert await page.run("document.documentElement.scrollWidth") <= width
        assert page.complaints == []

    in_browser(tmp_path, story)


def test_it_is_whole_without_script(tmp_path: Path) -> None:
    url = written(tmp_path, report())

    async def story(page: Page) -> None:
        await page.ask("Emulation.setScriptExecutionDisabled", value=True)
        await page.go(url)
        assert await page.run("document.querySelectorAll('button').length") == 0
        assert await page.run("document.getElementById('tools').hidden") is True
        assert "prepare_vdirs --limit ex1" in await page.run("document.body.innerText")

    in_browser(tmp_path, story)


def test_paper_holds_what_is_folded_on_the_screen(tmp_path: Path) -> None:
    url = written(tmp_path, report())

    async def story(page: Page) -> None:
        await page.go(url)
        await page.run("window.dispatchEvent(new Event('beforeprint'))")
        assert await page.run("document.querySelectorAll('details:not([open]):not(.screen, .many)').length") == 0
        await page.run("window.dispatchEvent(new Event('afterprint'))")
        assert await page.run("document.querySelectorAll('details[open]').length") == 0
        assert len((await page.ask("Page.printToPDF"))["data"]) > 10_000

    in_browser(tmp_path, story)


def test_a_hundred_servers_open_in_less_than_five_seconds(tmp_path: Path) -> None:
    found = report(servers=100, tenants=5)
    start = time.monotonic()
    url = written(tmp_path, found)
    rendered = time.monotonic() - start

    async def story(page: Page) -> None:
        begun = time.monotonic()
        await page.go(url)
        assert await page.run("document.getElementById('count').textContent") == "500 of 500 shown"
        assert rendered + time.monotonic() - begun < 5

    in_browser(tmp_path, story)
