# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look whether everything can be reached and used that a run needs; see the module hma_access for its options."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, cast

from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.access.answers import (
    NO,
    ServerAnswer,
    TenantAnswer,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.access.rows import (
    Row,
    complete,
    inventory_rows,
    name_rows,
    server_rows,
    tenant_rows,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.access.shown import table
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.facts import plain
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inventory import of_run
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.settings.settings import Unreadable
from ansible_collections.hybrid.exchange.plugins.plugin_utils._access.readings import (
    reach_names,
    read_server_access,
    read_tenant_access,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._access.screen import screen_of
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._alive import refuse_orphan
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.access import (
    AccessTable,
    NamesAccess,
    Options,
    ServerAccess,
    TenantAccess,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import Result
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import ExchangeError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._files import replace_file
from ansible_collections.hybrid.exchange.plugins.plugin_utils._given import OMITTED, value_of
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.client import GraphClient
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.tenant import Tenant
from ansible_collections.hybrid.exchange.plugins.plugin_utils._paths import local_path


class ActionModule(HmaAction[Options]):
    """Reads only. What cannot be reached or used is an answer, and fails no task."""

    module = "hma_access"
    options = Options

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        self.given = task_vars or {}
        return super().run(tmp, task_vars)

    def apply(self, options: Options) -> Result:
        return _SCOPES[options.scope](self, options)

    def _server(self, options: Options) -> ServerAccess:
        try:
            shell = self.shell(options)
        except ExchangeError as exc:
            return ServerAccess(place=None, sign_in=NO, why=str(exc))
        return read_server_access(shell, self.host, options.server, self._connection)

    def _tenant(self, options: Options) -> TenantAccess:
        return read_tenant_access(GraphClient(cast(Tenant, options.tenant), before_request=refuse_orphan))

    def _names(self, options: Options) -> NamesAccess:
        return reach_names(options.client_urls, options.connect_to)

    def _table(self, options: Options) -> AccessTable:
        why = options.settings.why
        rows = [*inventory_rows(why, options.servers, options.tenants, self._limit), *self._rows(options)]
        run = str(self.run_id or "access")
        path = local_path(options.dir) / run / "access.json"
        right = complete(rows)
        content = {"run": run, "complete": right, "playbooks": list(options.playbooks), "rows": plain(rows)}
        _write(path, f"{json.dumps(content, indent=2)}\n")
        return AccessTable(
            complete=right,
            rows=rows,
            table=table(rows),
            screen=screen_of(rows, options.playbooks, self.inventory, str(path), run),
            file=str(path),
        )

    def _rows(self, options: Options) -> Iterator[Row]:
        for host in options.servers:
            yield from server_rows(host, ServerAnswer.from_result(self._result(host)), options.playbooks)
        users = self._reads_people(options)
        for host in options.tenants:
            mode = str(self._variable(host, "hma_spn_mode", "apply"))
            answer = TenantAnswer.from_result(self._result(host))
            yield from tenant_rows(host, answer, options.playbooks, mode=mode, users=users)
        # Servers show the names, and a limit to tenants asks none.
        if options.servers or not self._limit:
            yield from name_rows(options.names)

    @property
    def _limit(self) -> str:
        return str(self.given.get("ansible_limit") or "")

    def _reads_people(self, options: Options) -> bool:
        """As every playbook takes it, wherever it is set; text of -e is a truth too."""
        value = options.settings.identity_entra
        if value is None:
            value = self._variable("localhost", "hma_identity_entra", False)
        return bool(boolean(value, strict=False))

    def _result(self, host: str) -> Mapping[str, Any]:
        found = self.given["hostvars"][host].get("hma_access_read")
        return dict(of_run(found or {}, self.run_id))

    def _variable(self, host: str, name: str, default: Any) -> Any:
        value = value_of(self.given["hostvars"][host], name)
        return default if value is OMITTED or isinstance(value, Unreadable) else value


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(path, text.encode("utf-8"), 0o600)
    except OSError as exc:
        raise Refused(f"{path} cannot be written: {exc.strerror}. Set hma_report_dir to a folder of yours.") from None


_SCOPES: Final[Mapping[str, Callable[[ActionModule, Options], Result]]] = {
    "server": ActionModule._server,
    "tenant": ActionModule._tenant,
    "names": ActionModule._names,
    "table": ActionModule._table,
}
