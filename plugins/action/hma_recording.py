# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write a recording without names; see the module hma_recording for its options."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inventory import TaskResult, of_run
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.answers import (
    ServerAnswers,
    TenantAnswers,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.compared import (
    compare,
    counts,
    page,
    summary,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.document import make_document
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.questions import of_organization
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.recorded import Recording
from ansible_collections.hybrid.exchange.plugins.module_utils._version import VERSION
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import ModuleOptions, Result
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.plain import plain
from ansible_collections.hybrid.exchange.plugins.plugin_utils._paths import local_path
from ansible_collections.hybrid.exchange.plugins.plugin_utils._recording.assumptions import assumptions
from ansible_collections.hybrid.exchange.plugins.plugin_utils._report.files import ReportError, write_files

_MODE: Final = 0o600
# Where the playbooks keep what hma_recording_info read and what hma_try_writes tried.
_READ: Final = "hma_recording_read"
_TRIED: Final = "hma_try_result"
# What the inventory names somebody by.
_NAMING: Final = (
    "inventory_hostname",
    "ansible_host",
    "ansible_user",
    "hma_server",
    "hma_tenant_domain",
    "hma_tenant_id",
)

_OF_ORGANIZATION: Final = frozenset(question.id for question in of_organization())


@dataclass(frozen=True, kw_only=True)
class Options(ModuleOptions):
    """Whose readings are taken, and where the recording goes."""

    servers: Sequence[str]
    tenants: Sequence[str]
    dir: str


@dataclass(frozen=True, kw_only=True)
class Recorded(Result):
    """The files, or in check mode the text that they would have; the rows, counted; the hosts without a reading."""

    files: Mapping[str, str]
    recording: Mapping[str, Any]
    page: Sequence[str]
    counts: Mapping[str, int]
    unread: Sequence[str]


class ActionModule(HmaAction[Options]):
    """Offline: it takes what was read from the variables of the hosts, so that no option of it can be shown."""

    module = "hma_recording"
    options = Options

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        self.hostvars: Mapping[str, Any] = (task_vars or {}).get("hostvars", {})
        return super().run(tmp, task_vars)

    def apply(self, options: Options) -> Recorded:
        servers = [answers for host in options.servers if (answers := self._server(host))]
        tenants = [found for host in options.tenants if (found := self._tenant(host))]
        unread = [line for host in (*options.servers, *options.tenants) for line in self._unread(host)]
        if servers and not any(item.id in _OF_ORGANIZATION for one in servers for item in one.readings):
            unread.append(
                "No server gave what is the organization's: its objects, domains and AuthServers are not here."
            )
        if not servers and not tenants:
            raise Refused(f"nothing was read. {' '.join(unread)}".strip())
        recording = make_document(VERSION, servers, tenants, list(self._names(options)))
        rows = compare(recording, assumptions())
        text = page(rows, recording.kept)
        files = {} if self.predicting else self._write(local_path(options.dir), recording, text)
        return Recorded(
            files=files,
            recording=recording.facts() if self.predicting else {},
            page=text.splitlines() if self.predicting else [],
            counts=counts(rows),
            unread=unread,
            msg=summary(rows),
        )

    def _result(self, host: str, name: str) -> Mapping[str, Any]:
        found = plain(of_run(self.hostvars[host].get(name, {}), self.run_id))
        return found if isinstance(found, Mapping) else {}

    def _server(self, host: str) -> ServerAnswers | None:
        """A server with what was tried on it."""
        reading = self._result(host, _READ).get("reading")
        trials = self._result(host, _TRIED).get("trials") or []
        return ServerAnswers.from_facts(Properties({**reading, "trials": trials}, host)) if reading else None

    def _tenant(self, host: str) -> TenantAnswers | None:
        reading = self._result(host, _READ).get("reading")
        return TenantAnswers.from_facts(Properties(reading, host)) if reading else None

    def _unread(self, host: str) -> Iterator[str]:
        result = self._result(host, _READ)
        if not result.get("reading"):
            yield f"{host}: {TaskResult(result).error or 'it was not read.'}"
        elif result.get("unread"):
            yield f"{host}: {result['unread']}"

    def _names(self, options: Options) -> Iterator[str]:
        """Each name of a host, so that it is known wherever it stands."""
        for host in (*options.servers, *options.tenants):
            yield host
            for name in _NAMING:
                value = self.hostvars[host].get(name)
                if isinstance(value, str):
                    yield str(value)

    def _write(self, folder: Path, recording: Recording, text: str) -> dict[str, str]:
        own = folder / (self.run_id or "recording")
        content = json.dumps(recording.facts(), indent=1, ensure_ascii=True) + "\n"
        contents = {"recording.json": content.encode("ascii"), "recording.md": text.encode("utf-8")}
        try:
            written = write_files(own, contents, mode=_MODE)
        except ReportError as exc:
            raise Refused(
                str(exc)
                .replace("hma_report_dir or hma_report_name", "hma_recording_dir")
                .replace("hma_report_dir", "hma_recording_dir")
            ) from None
        return {"json": written["recording.json"], "page": written["recording.md"]}
