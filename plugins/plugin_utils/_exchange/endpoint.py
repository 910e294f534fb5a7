# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The default authorization endpoint as actions write it: one that was cleared comes back where the new one cannot be set."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import same
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import authserver
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.authserver import AuthServer
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet

from .._record.writer import Record
from .errors import ExchangeError
from .shell import Shell
from .write import Written, write_plan


def write_endpoint(
    shell: Shell, plan: Plan, servers: Sequence[AuthServer], record: Record, *, host: str, read_after: Sequence[Cmdlet], domain_controller: str | None
) -> Written:
    """Send a plan that may change the default endpoint. ExchangeError says what became of the endpoint."""
    try:
        return write_plan(shell, plan, record, host=host, read_after=read_after, domain_controller=domain_controller)
    except ExchangeError as exc:
        if exc.uncertain:
            raise
        raise ExchangeError(f"{exc} {_put_back(shell, servers, record, host, domain_controller)}") from None


def _put_back(shell: Shell, servers: Sequence[AuthServer], record: Record, host: str, controller: str | None) -> str:
    """The endpoint that was cleared is the default again where the new one could not be set."""
    answer = shell.run([authserver.READ], domain_controller=controller)
    answer.require([authserver.READ])
    now = [authserver.parse_authserver(item) for item in answer.results[0].properties(authserver.READ.name)]
    defaults = authserver.defaults(now)
    cleared = [item for item in authserver.defaults(servers) if item.guid not in {other.guid for other in defaults}]
    if not cleared:
        return "The default authorization endpoint is as it was."
    if defaults:
        return f"The default authorization endpoint is {', '.join(repr(item.name) for item in defaults)} now."
    back = authserver.plan_default(now, next(item for item in now if item.guid == cleared[0].guid), default=True)
    write_plan(shell, back, record, host=host, read_after=[authserver.READ], domain_controller=controller)
    return f"'{cleared[0].name}' was made the default authorization endpoint again."


def check_written(host: str, plan: Plan, now: Sequence[AuthServer]) -> None:
    """ExchangeError for the first AuthServer that is not as it was written."""
    by_guid = {item.guid: item for item in now}
    for change in plan.changes:
        if change.target["type"] != "authserver":
            continue
        item = by_guid.get(str(change.target["guid"]))
        wrong = [key for key, value in change.after.items() if item is None or not same(item.value(key), value)]
        if wrong:
            raise ExchangeError(f"{host}: {change.cmdlet.typed()} was accepted, but {', '.join(wrong)} did not read back as written. Run this again.")
