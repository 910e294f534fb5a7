# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. A page as PDF, where the control node has a Chromium."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
_FLAGS: Final = (
    "--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-pdf-header-footer",
)  # fmt: skip
_DEADLINE: Final = 60


class NoPdf(Exception):
    """There is no PDF; the message says why, and what to do."""


def as_pdf(page: bytes) -> bytes:
    """The page as it is printed. It loads nothing, so that the browser asks nobody for anything."""
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        raise NoPdf(
            "There is no PDF of the sheet, because the control node has no Chromium. Install one, or print "
            "sheet.html from any browser."
        )
    with tempfile.TemporaryDirectory(prefix="hma-pdf-") as folder:
        source, target = Path(folder, "sheet.html"), Path(folder, "sheet.pdf")
        source.write_bytes(page)
        _run([browser, *_FLAGS, *_sandbox(), f"--user-data-dir={folder}/profile", f"--print-to-pdf={target}",
              source.as_uri()])  # fmt: skip
        if not target.is_file():
            raise NoPdf(f"There is no PDF of the sheet: {browser} wrote none. Print sheet.html from any browser.")
        return target.read_bytes()


def _sandbox() -> tuple[str, ...]:
    """A Chromium does not start with its sandbox as root; the page is ours, and has no script."""
    return ("--no-sandbox",) if os.geteuid() == 0 else ()


def _run(command: list[str]) -> None:
    try:
        subprocess.run(
            command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            timeout=_DEADLINE,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as exc:
        raise NoPdf(
            f"There is no PDF of the sheet: {command[0]} failed ({type(exc).__name__}). Print sheet.html from any "
            f"browser."
        ) from None
