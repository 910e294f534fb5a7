# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Where a record can be read from: the folder of a run, or exported job events of ansible-runner or AWX."""

from __future__ import annotations

import codecs
import errno
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import RecordUnreadable
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.events import read_events
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.history import (
    History,
    is_event,
    merged,
    read_lines,
)

from .._paths import local_path
from .writer import read_safely, unsafe_above, unsafe_folder

# PowerShell stores text so, where nobody says otherwise.
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# What a path that is not there may be the beginning of: key=value ends at a blank.
_NOT_THERE: Final = (
    " restore_hma -e hma_restore_list=true lists the runs. A path with a blank in it is given as JSON: "
    """-e '{"hma_restore_record": "/srv/hma records/RUN_ID"}'."""
)
# What is no JSON at all; null is some.
_NO_JSON: Final = object()


@dataclass(frozen=True)
class Page:
    """A page of AWX's events: of which list it is, how many events that list has, which ones are here, whether more
    follow."""

    file: Path
    of: tuple[str, ...]
    count: int | None
    events: frozenset[str]
    following: str


@dataclass(frozen=True)
class Source:
    """What one path holds. ``recorded``: lines of a record, and no events."""

    history: History
    pages: tuple[Page, ...] = ()
    recorded: bool = False


def read_sources(paths: Sequence[str]) -> History:
    """All of them as one history; RecordUnreadable says which of them holds nothing, or not all."""
    # A form of AWX, or a line that was copied, leaves a blank or a line's end that nobody sees.
    sources = [_source(local_path(text.strip())) for text in paths]
    _refuse_missing_pages([page for source in sources for page in source.pages])
    return merged(source.history for source in sources)


def _source(path: Path) -> Source:
    try:
        source = _read(path)
    except OSError as exc:
        # A file that is open already is named by a number.
        file = exc.filename if isinstance(exc.filename, str) else path
        more = _NOT_THERE if exc.errno == errno.ENOENT else ""
        raise RecordUnreadable(
            f"{file} cannot be read ({exc.strerror}). Name the folder of a run, as "
            f"hma_records/<run id>, or a file of job events.{more}"
        ) from None
    history = source.history
    something = history.changes or history.damaged or history.started or history.unfinished
    if not something and not _missing(source.pages):
        raise RecordUnreadable(
            f"{path} holds no record: no *.jsonl of a run, and no job events (*.json, *.jsonl) with changes in them."
            f"{_above(path)}"
        )
    return source


def _above(path: Path) -> str:
    """Which run a folder above runs holds, the newest one."""
    runs = sorted({file.parent for file in path.glob("*/*.jsonl")} if path.is_dir() else ())
    return f" It is a folder above runs: name one of them, as {runs[-1]}." if runs else ""


def _read(path: Path) -> Source:
    if not path.is_dir():
        return _read_file(path)
    refusal = unsafe_folder(path) or unsafe_above(path)
    if refusal:
        raise RecordUnreadable(
            f"{refusal} Nothing is taken back from it: copy the record to a folder of yours, and look at it first."
        )
    lines = sorted(path.glob("*.jsonl"))
    return _read_files(lines or sorted([*path.glob("*.json"), *path.glob("job_events/*.json")]))


def _read_file(path: Path) -> Source:
    """Events of a job. The record of one host is a part of a record: what the other hosts wrote would stay."""
    source = _read_files([path])
    others = [file.name for file in sorted(path.parent.glob("*.jsonl")) if file.name != path.name]
    if source.recorded and others:
        raise RecordUnreadable(
            f"{path} is one file of a record; what else the run wrote is beside it ({', '.join(others)}). Give the "
            f"folder: {path.parent}"
        )
    return source


def _read_files(files: Sequence[Path]) -> Source:
    """Records and job events, each by what is in it. A run that began and changed nothing is a record, an empty one."""
    texts = {file: _text(file) for file in files}
    records = {
        str(file): text.split("\n")
        for file, text in texts.items()
        if file.suffix == ".jsonl" and not _holds_events(text)
    }
    documents = [_events(file, text) for file, text in texts.items() if str(file) not in records]
    recorded = read_lines(records)
    reported = read_events(event for events, _page in documents for event in events)
    return Source(
        replace(merged([recorded, reported]), started=recorded.started),
        tuple(page for _events, page in documents if page),
        bool(records),
    )


def _text(file: Path) -> str:
    # Bytes that are no text can only stand in a line that was torn; PowerShell's files begin with a mark.
    data, refusal = read_safely(file)
    if refusal:
        raise RecordUnreadable(
            f"{refusal} Nothing is taken back from it: copy it to a folder of yours, and look at it first."
        )
    return data.decode("utf-16" if data.startswith(_UTF_16) else "utf-8-sig", errors="replace")


def _holds_events(text: str) -> bool:
    try:
        return is_event(next((line for line in text.split("\n") if line.strip()), ""))
    except RecursionError:
        return False


def _events(file: Path, text: str) -> tuple[list[Any], Page | None]:
    """Events of a file: one (ansible-runner), a list, a page of AWX's {results: [...]}, or one a line."""
    if file.suffix == ".jsonl":
        return _each_line(file, text), None
    document = _parsed(text, str(file))
    if document is _NO_JSON:
        return _each_line(file, text), None
    if isinstance(document, dict) and isinstance(document.get("results"), list):
        return document["results"], _page(file, document)
    return document if isinstance(document, list) else [document], None


def _each_line(file: Path, text: str) -> list[Any]:
    return [_event(line, f"{file}, line {number}") for number, line in enumerate(text.split("\n"), 1) if line.strip()]


def _event(line: str, where: str) -> Any:
    document = _parsed(line, where)
    if document is _NO_JSON:
        raise RecordUnreadable(
            f"{where}: not JSON. Export the job's events again, as one JSON document or one event a line."
        )
    return document


def _parsed(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return _NO_JSON
    except RecursionError:
        raise RecordUnreadable(f"{where}: nested too deeply; no job event is.") from None


def _page(file: Path, page: dict[str, Any]) -> Page:
    following, before = (page.get(key) if isinstance(page.get(key), str) else "" for key in ("next", "previous"))
    count = page.get("count")
    events = frozenset(_identity(event, f"{file}, {number}") for number, event in enumerate(page["results"]))
    known = isinstance(count, int) and not isinstance(count, bool)
    return Page(
        file, _list_of(str(following or before)) or (str(file),), count if known else None, events, str(following)
    )


def _list_of(url: str) -> tuple[str, ...]:
    """Which list a page is of: the address of its neighbour without the number of the page."""
    parts = urlsplit(url)
    query = sorted(f"{key}={value}" for key, value in parse_qsl(parts.query, keep_blank_values=True) if key != "page")
    return (parts.path, *query) if url else ()


def _identity(event: Any, place: str) -> str:
    """AWX's own number of an event, which is the same in every page that holds it."""
    return str(event["id"]) if isinstance(event, dict) and "id" in event else place


def _refuse_missing_pages(pages: Sequence[Page]) -> None:
    missing = _missing(pages)
    if missing:
        raise RecordUnreadable(
            f"{missing} What is not here would not be taken back. Give the file of every page, as a list."
        )


def _missing(pages: Iterable[Page]) -> str:
    """Which pages of AWX are not there, in words; empty where all are."""
    lists: dict[tuple[str, ...], list[Page]] = {}
    for page in pages:
        lists.setdefault(page.of, []).append(page)
    return " ".join(text for own in lists.values() if (text := _gap(own)))


def _gap(pages: Sequence[Page]) -> str:
    here = len(frozenset[str]().union(*(page.events for page in pages)))
    count = max((page.count for page in pages if page.count is not None), default=None)
    files = ", ".join(str(page.file) for page in pages)
    if count is not None and here < count:
        return f"{files}: {here} of {count} events of the job are here; AWX answers in pages."
    if count is None and all(page.following for page in pages):
        return f"{files}: another page follows ({pages[-1].following}), and it is not here; AWX answers in pages."
    return ""
