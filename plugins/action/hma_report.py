# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the report of a run; see the module hma_report for its options."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import shown
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.document import Document, Origin, document
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.facts import Facts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.junit import junit
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.sarif import sarif
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.sheet import has_sheet
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.table import changes_csv, findings_csv
from ansible_collections.hybrid.exchange.plugins.module_utils._version import VERSION
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import FactsOptions, Result
from ansible_collections.hybrid.exchange.plugins.plugin_utils._found import FactsAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._paths import local_path
from ansible_collections.hybrid.exchange.plugins.plugin_utils._report.files import ReportError, write_files
from ansible_collections.hybrid.exchange.plugins.plugin_utils._report.page import render, render_sheet
from ansible_collections.hybrid.exchange.plugins.plugin_utils._report.pdf import NoPdf, as_pdf

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_MODE: Final = re.compile(r"0?[0-7]{3}")


def _json(found: Document) -> bytes:
    return json.dumps(found.as_json(), indent=1, ensure_ascii=False).encode("utf-8") + b"\n"


_FILES: Final[Mapping[str, tuple[str, Callable[[Document], bytes]]]] = {
    "html": ("report.html", render),
    "json": ("report.json", _json),
    "junit": ("junit.xml", junit),
    "sarif": ("report.sarif", sarif),
    "csv_findings": ("findings.csv", findings_csv),
    "csv_changes": ("changes.csv", changes_csv),
}
# What asks for a change: there is one of a run in check mode only.
_SHEETS: Final = {"sheet": "sheet.html", "sheet_pdf": "sheet.pdf"}
_RECORDS: Final = "hma_records"


@dataclass(frozen=True, kw_only=True)
class Options(FactsOptions):
    """The facts of a run, and where its report goes."""

    formats: Sequence[str]
    dir: str
    name: str | None
    mode: str


@dataclass(frozen=True, kw_only=True)
class Written(Result):
    """The path of each file by format, and of the document what a playbook goes by, as the file has it."""

    files: Mapping[str, str]
    summary: Mapping[str, Any]
    problems: Sequence[Mapping[str, Any]]
    warnings: Sequence[str]


class ActionModule(FactsAction[Options]):
    """Offline: everything it says was read before. It writes in check mode too, because looking is what check mode is
    for."""

    module = "hma_report"
    options = Options

    def apply(self, options: Options) -> Written:
        now = datetime.now(UTC)
        facts = Facts.from_facts(options.facts)
        name = options.name or facts.run.id or f"{now:%Y%m%dT%H%M%SZ}"
        _refuse_odd(name, options.mode)
        found = document(facts, Origin(VERSION, self.inventory, now.isoformat(timespec="seconds")))
        contents, warnings = _contents(found, options)
        files = _written(contents, local_path(options.dir) / name, int(options.mode, 8))
        report = found.as_json()
        return Written(
            files=files,
            summary=report["summary"],
            problems=report["problems"],
            warnings=warnings,
            msg=f"{found.summary.sentence} {', '.join(files.values())}".strip(),
        )


def _refuse_odd(name: str, mode: str) -> None:
    for pattern, value, what in (
        (_NAME, name, "name: letters, digits, dot, dash and underscore only"),
        (_MODE, mode, "mode: an octal text as '0640'"),
    ):
        if not pattern.fullmatch(value):
            raise Refused(f"{what}, not {shown(value)}.")


def _contents(found: Document, options: Options) -> tuple[dict[str, tuple[str, bytes]], list[str]]:
    """The name and the content of each file, by format, and what there is no file for."""
    contents = {kind: (_FILES[kind][0], _FILES[kind][1](found)) for kind in options.formats if kind in _FILES}
    wanted = [kind for kind in options.formats if kind in _SHEETS and has_sheet(found)]
    if not wanted:
        return contents, []
    page = render_sheet(found, str((options.facts.get("settings") or {}).get("hma_record_dir") or _RECORDS))
    try:
        sheets = {kind: (_SHEETS[kind], page if kind == "sheet" else as_pdf(page)) for kind in wanted}
    except NoPdf as exc:
        return {**contents, "sheet": (_SHEETS["sheet"], page)}, [str(exc)]
    return {**contents, **sheets}, []


def _written(contents: Mapping[str, tuple[str, bytes]], folder: Path, mode: int) -> dict[str, str]:
    """The path of each file that was written, by format."""
    try:
        written = write_files(folder, dict(contents.values()), mode=mode)
    except ReportError as exc:
        raise Refused(str(exc)) from None
    return {kind: written[name] for kind, (name, _content) in contents.items()}
