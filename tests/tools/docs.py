# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the documentation site: python -m tests.tools.docs [FOLDER]. Needs no network; a warning fails the build.

Three sources, no text in two of them: the reference of modules and roles, which antsibull-docs makes of their own
documentation; the guides in docs/docsite/rst; the reference pages of docs/, which are Markdown
(tests/tools/contents.py).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

from tests.tools.contents import DOCS, REFERENCE, ROOT, reference

REPOSITORY = "https://github.com/hybrid-exchange/hybrid.exchange/blob/main/"
# The theme shows a page's headings beside it, and prints an error over a second list of them.
_CONTENTS = re.compile(r"^\.\. contents::\n(?: +:.*\n)*\n?", re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?:|#)([^)\s]+)\)")


def main() -> None:
    site = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / ".docs").resolve()
    shutil.rmtree(site, ignore_errors=True)
    source = site / "rst"
    source.mkdir(parents=True, mode=0o755)
    binaries = Path(sys.executable).parent
    options = ["--use-current", "--squash-hierarchy", "--fail-on-error", "--dest-dir", str(source)]
    subprocess.run(
        [str(binaries / "antsibull-docs"), "collection", *options, "hybrid.exchange"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    for folder in ("awx", "examples"):  # files that guides show
        shutil.copytree(DOCS / folder, source / folder)
    pages = reference_pages(source / "reference")
    for page in source.rglob("*.rst"):
        page.write_text(without_contents(page.read_text(encoding="utf-8")), encoding="utf-8")
    with (source / "index.rst").open("a", encoding="utf-8") as index:
        index.write(reference_section(pages))
    shutil.copy(DOCS / "docsite" / "conf.py", site)
    subprocess.run(
        [binaries / "sphinx-build", "-q", "-W", "--keep-going", "-c", site, source, site / "html"], check=True
    )
    print(site / "html" / "index.html")


def without_contents(text: str) -> str:
    """A page without the list of its own headings."""
    return _CONTENTS.sub("", text)


def reference_section(pages: list[str]) -> str:
    """What the front page says of the reference pages."""
    return f"\n{REFERENCE}\n{'-' * len(REFERENCE)}\n\n.. toctree::\n    :maxdepth: 1\n\n" + "".join(
        f"    reference/{page}\n" for page in pages
    )


def reference_pages(target: Path) -> list[str]:
    """Copy the Markdown pages and their pictures; whatever else they link to is a file of the repository."""
    names = []
    shutil.copytree(DOCS / "images", target / "images")
    for path in reference():
        name = path.relative_to(DOCS)
        copied = target / name
        copied.parent.mkdir(parents=True, exist_ok=True)
        copied.write_text(_LINK.sub(partial(resolved, path), path.read_text(encoding="utf-8")), encoding="utf-8")
        names.append(str(name.with_suffix("")))
    return names


def resolved(page: Path, match: re.Match[str]) -> str:
    return f"]({address(page, match[1])})"


def address(page: Path, link: str) -> str:
    """Where a relative link of a page leads on the site."""
    target = (page.parent / link.partition("#")[0]).resolve()
    if not target.exists():
        raise SystemExit(f"{page.relative_to(ROOT)}: the link {link} leads nowhere.")
    return (
        link
        if target.suffix in (".md", ".png") and target.is_relative_to(DOCS)
        else REPOSITORY + target.relative_to(ROOT).as_posix()
    )


if __name__ == "__main__":
    main()
