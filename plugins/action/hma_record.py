# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of a run: begin one, or read some; see the module hma_record for its options."""

from __future__ import annotations

from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.plan import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record import RecordUnreadable
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.restore_names import names_back
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction, Options
from ansible_collections.hybrid.exchange.plugins.plugin_utils._place import warning
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record import Record
from ansible_collections.hybrid.exchange.plugins.plugin_utils._sources import read_sources


class ActionModule(HmaAction):
    """Touches the control node's files only."""

    module = "hma_record"

    def apply(self, options: Options) -> dict[str, Any]:
        return self._read(options) if options["source"] else self._start(options)

    def _start(self, options: Options) -> dict[str, Any]:
        record = Record(options["record_dir"], options["run_id"], self.host, self.module)
        if not self.predicting:
            record.start()
        gone = warning(record.path.parent)
        return {"changed": False, "run_id": record.run_id, "folder": str(record.path.parent.absolute()), "warnings": [gone] if gone else []}

    def _read(self, options: Options) -> dict[str, Any]:
        try:
            history = read_sources(options["source"])
        except RecordUnreadable as exc:
            raise Refused(str(exc)) from None
        names = names_back(history.changes, options["keep_names"])
        return {
            "changed": False,
            "history": [change.facts() for change in history.changes],
            "names": {tenant: list(back.take) for tenant, back in names.items() if back.take},
            "names_taken": {tenant: list(back.give) for tenant, back in names.items() if back.give},
            "damaged": history.damaged,
            "warnings": [f"The record is damaged: {place} is cut. If it was an intent, its write was never sent." for place in history.damaged],
        }
