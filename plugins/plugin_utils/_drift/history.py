# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The history of the watch: a folder of ours, one file per run, read and written by one run at a time.

What the retention takes away is what this file wrote, and nothing else: a name of ours, a regular file of ours, and a
content that is an entry.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.entry import Entry, read_entry

from .._files import replace_file
from .._record.runs import one_at_a_time
from .._record.writer import make_folders, read_safely, unsafe_above, unsafe_folder

PAGE: Final = "index.html"
# By this in its head a page is known for one of a watch.
MARK: Final = b'<meta name="generator" content="hybrid.exchange watch">'
_HEAD: Final = 2000
NEXT: Final = "set hma_watch_dir to a folder of yours with room in it."
_MODE: Final = 0o600
_NAME: Final = re.compile(r"watch-([A-Za-z0-9][A-Za-z0-9._-]{0,99})\.json")
_RUN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class History:
    """The entries, the oldest first, and the files that are named as one and hold none."""

    entries: tuple[Entry, ...]
    broken: tuple[str, ...]

    @property
    def uncompared(self) -> str:
        """Why a reading that has none before it is not the first one; the empty text where it is."""
        if not self.broken:
            return ""
        more = f" and {len(self.broken) - 1} more" if len(self.broken) > 1 else ""
        return (
            f"Nothing could be compared: {self.broken[0]}{more} of the history cannot be read. What changed before "
            "this run is not known: look at the report of audit_hma, and at who may read the files."
        )


@contextmanager
def opened(folder: Path) -> Iterator[None]:
    """The folder, there, ours, and nobody else's until the end of the block."""
    try:
        make_folders(folder)
        refusal = unsafe_folder(folder) or unsafe_above(folder)
        if refusal:
            raise Refused(refusal.replace("record folder", "history folder"))
        _refuse_page_of_others(folder / PAGE)
        with one_at_a_time(folder):
            yield
    except OSError as exc:
        raise Refused(f"The history {folder} cannot be kept ({exc.strerror}): {NEXT}") from None


def _refuse_page_of_others(page: Path) -> None:
    """A folder with a page that no watch made is no folder of a history: its page would be lost."""
    if page.is_symlink() or (page.exists() and MARK not in page.read_bytes()[:_HEAD]):
        raise Refused(
            f"The history cannot be kept: {page} is there and is no page of a watch. Set hma_watch_dir to a folder of "
            f"its own."
        )


def read(folder: Path) -> History:
    """What is kept. A file that holds no entry is named, left where it is, and stands in nobody's way."""
    entries, broken = [], []
    for path in _kept(folder):
        entry = _entry(path)
        if entry is None:
            broken.append(path.name)
        else:
            entries.append(entry)
    return History(tuple(sorted(entries, key=lambda item: item.place)), tuple(broken))


def _kept(folder: Path) -> list[Path]:
    """The files that are named as an entry. A folder that cannot be read is not an empty one."""
    try:
        names = os.listdir(folder) if folder.exists() else []
    except OSError as exc:
        raise Refused(f"The history {folder} cannot be read ({exc.strerror}): {NEXT}") from None
    return sorted(folder / name for name in names if name.startswith("watch-") and name.endswith(".json"))


def _entry(path: Path) -> Entry | None:
    """The entry of a file that has its name; None where there is none in it."""
    try:
        content, refusal = read_safely(path)
        entry = None if refusal else read_entry(json.loads(content))
    except (OSError, ValueError, RecursionError):
        return None
    return entry if entry and name_of(entry.run) == path.name else None


def name_of(run: str) -> str:
    return f"watch-{run}.json"


def keep(folder: Path, entry: Entry) -> str:
    """The path of the file that holds the entry from now on."""
    if not _RUN.fullmatch(entry.run):
        raise Refused(f"run {entry.run!r}: letters, digits, dot, dash and underscore only.")
    return _write(folder / name_of(entry.run), json.dumps(entry.as_json(), ensure_ascii=False).encode("utf-8") + b"\n")


def note_told(folder: Path, runs: Iterable[str]) -> None:
    """From now on the history says that what these runs found was handed on."""
    for run in runs:
        path = folder / name_of(run)
        entry = _entry(path) if _NAME.fullmatch(path.name) else None
        if entry is not None and not entry.told:
            keep(folder, replace(entry, told=True))


def keep_page(folder: Path, content: bytes) -> str:
    return _write(folder / PAGE, content)


def _write(path: Path, content: bytes) -> str:
    try:
        replace_file(path, content, _MODE)
    except OSError as exc:
        raise Refused(f"The history {path} cannot be written ({exc.strerror}): {NEXT}") from None
    return str(path.absolute())


def remove(folder: Path, entries: Sequence[Entry]) -> list[str]:
    """Take these away; what somebody else took away, or put in their place, is left."""
    gone = []
    for entry in entries:
        path = folder / name_of(entry.run)
        if _NAME.fullmatch(path.name) and _entry(path) is not None:
            path.unlink(missing_ok=True)
            gone.append(path.name)
    return gone
