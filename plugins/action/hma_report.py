# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the report of a run; see the module hma_report for its options."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import shown
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inventory import facts_of_run
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.document import document
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.junit import junit
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.readings import readings
from ansible_collections.hybrid.exchange.plugins.module_utils._version import VERSION
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction, Options
from ansible_collections.hybrid.exchange.plugins.plugin_utils._report.files import ReportError, write_files
from ansible_collections.hybrid.exchange.plugins.plugin_utils._report.page import render

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_MODE: Final = re.compile(r"0?[0-7]{3}")
_FILES: Final = {
    "html": ("report.html", render),
    "json": ("report.json", lambda found: json.dumps(found, indent=1, ensure_ascii=False).encode("utf-8") + b"\n"),
    "junit": ("junit.xml", junit),
}


class ActionModule(HmaAction):
    """Offline: everything it says was read before. It writes in check mode too, because looking is what check mode is for."""

    module = "hma_report"

    def apply(self, options: Options) -> dict[str, Any]:
        now = datetime.now(UTC)
        facts = facts_of_run(options["facts"], self.run_id)
        run = facts.get("run") or {}
        name = options["name"] or str(run.get("id") or f"{now:%Y%m%dT%H%M%SZ}")
        for pattern, value, what in (
            (_NAME, name, "name: letters, digits, dot, dash and underscore only"),
            (_MODE, options["mode"], "mode: an octal text as '0640'"),
        ):
            if not pattern.fullmatch(value):
                raise Refused(f"{what}, not {shown(value)}.")
        found = document(
            **readings(facts),
            run={"tool_version": VERSION, "inventory": self.inventory, **run},
            finished=now.isoformat(timespec="seconds"),
        )
        contents = {_FILES[kind][0]: _FILES[kind][1](found) for kind in options["formats"]}
        try:
            written = write_files(Path(options["dir"]).expanduser() / name, contents, mode=int(options["mode"], 8))
        except ReportError as exc:
            raise Refused(str(exc)) from None
        files = {kind: written[_FILES[kind][0]] for kind in options["formats"]}
        return {
            "changed": False,
            "files": files,
            "summary": found["summary"],
            "problems": found["problems"],
            "msg": f"{found['summary']['sentence']} {', '.join(files.values())}".strip(),
        }
