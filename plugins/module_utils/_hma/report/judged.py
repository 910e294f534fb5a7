# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What a playbook that does one step read back, judged by the checks of that step.

register_spns and prepare_vdirs have no gate behind their writes: what they read after them is what they are judged by.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ..base.command import Command, playbook
from ..base.comparison import fold
from ..checks.check import PREDICTED, Check, Finding
from ..checks.directories import OAUTH_ON
from ..checks.names import NAMES_REGISTERED
from ..checks.registering import to_register
from ..exchange.virtual_directories import OAUTH
from .changes import ReportedChange
from .facts import Facts, ServerReading, TenantReading
from .text import CommandText, ReportFinding

_STEPS: Final = {"prepare_vdirs": OAUTH_ON, "register_spns": NAMES_REGISTERED}


def of_step(facts: Facts, inventory: Sequence[str]) -> tuple[ReportFinding, ...]:
    """The findings of the step that the playbook is; none where the playbook has a gate that judged them."""
    name = facts.run.playbook
    check = _STEPS.get(name)
    if check is None or any(item.id == check.id for item in facts.findings):
        return ()
    again = playbook(name, inventory)
    found = (
        (item for server in facts.servers if server.written for item in _of_server(check, server, facts.changes, again))
        if check is OAUTH_ON
        else (_of_tenant(check, tenant, facts.changes, again) for tenant in facts.tenants if tenant.written)
    )
    return tuple(_reported(item) for item in found)


def _of_server(
    check: Check, server: ServerReading, changes: Sequence[ReportedChange], again: Command
) -> Iterator[Finding]:
    own = {item.kind: item.status for item in changes if item.host == server.host}
    for kind, directory in server.directories.items():
        where = f"{server.host} {kind}"
        if own.get(kind) == "would_change":
            yield check.predicted(where, PREDICTED, expected=OAUTH, actual=directory.evidence, server=server.host)
            continue
        yield check.judge(
            where, directory.oauth, "It does not offer OAuth.", "Turn OAuth on for these directories.",
            expected=OAUTH, actual=directory.evidence, server=server.host, commands=(again,),
        )  # fmt: skip
    for kind, reason in server.gaps.items():
        fix = "Mend what the reason names; then prepare the host again."
        yield check.unread(f"{server.host} {kind}", reason, fix, server=server.host, commands=(again,))
    if not server.directories and not server.gaps:
        yield check.unread(
            server.host, server.error or "its directories were not read.",
            "Mend what the reason names; then prepare the host again.", server=server.host, commands=(again,),
        )  # fmt: skip


def _of_tenant(check: Check, tenant: TenantReading, changes: Sequence[ReportedChange], again: Command) -> Finding:
    host = tenant.host
    if tenant.missing is None or tenant.wanted is None:
        reason = tenant.error or "its names were not read."
        fix = "Mend what the reason names; then register the names again."
        return check.unread(host, reason, fix, tenant=host, commands=(again,))
    lacking = [name for name in tenant.wanted if fold(name) in tenant.missing]
    would = tenant.predicted or any(item.host == host and item.status == "would_change" for item in changes)
    if lacking and would:
        return check.predicted(host, PREDICTED, actual=", ".join(lacking), tenant=host)
    fix, commands = to_register(tenant.mode, tenant.script, again)
    return check.judge(
        host, not lacking, f"not registered: {', '.join(lacking)}.", fix,
        expected=f"{len(tenant.wanted)} names", actual=", ".join(lacking) or "all of them", tenant=host,
        commands=commands,
    )  # fmt: skip


def _reported(found: Finding) -> ReportFinding:
    return ReportFinding(
        id=found.id, title=found.title, severity=found.severity, gate=found.gate,
        status="would_change" if found.predicted else found.status, object=found.object, message=found.message,
        expected=found.expected or None, actual=found.actual or None, why=found.why, fix=found.fix,
        source=found.source, scope=found.scope, server=found.server, tenant=found.tenant, doc=found.doc,
        commands=tuple(CommandText(item.language, item.text) for item in found.commands), unasked=found.unasked,
    )  # fmt: skip
