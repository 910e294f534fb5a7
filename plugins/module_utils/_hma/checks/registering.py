# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of names before they are registered: who else holds them, and which of them look like a mistake."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ..base.command import Command
from ..base.comparison import fold, host_in
from ..entra.holders import holders_fix, holders_text, removals, ways_to_look
from ..entra.spns import usage
from .check import Check, Finding
from .inputs import Inputs
from .inventory import TenantEntry
from .references import ARTICLE, GRAPH, READ_ORGANIZATION, READ_PRINCIPAL


def named(inputs: Inputs, name: str) -> str:
    """A name, and whose it is: servers and directories, or the variable that has it."""
    where = usage(inputs.names.wanted.get(name, ()), len(inputs.client_access))
    return f"{name} ({where or 'a variable of the tenant'})"


NAME_HOLDERS: Final = Check(
    "HMA-SPN-006", "No other object of the tenant holds a name that is missing", "high", "tenant", gate=True,
    why="A name is there once in a tenant. Graph refuses the whole list for one that another object holds (409).",
    read="Graph, for each missing name: service principals, applications (identifierUris), and both among the deleted "
        "items (Application.Read.All).",
    remedy="Take the name away from its holder, remove a deleted holder for good, or list the host in hma_spn_ignored "
        "with the reason.", source=f"{GRAPH}/directory-deleteditems-list",
)  # fmt: skip


def holders(inputs: Inputs) -> list[Finding]:
    """A gate: all holders of all missing names of a tenant in one finding."""
    return [finding for tenant in inputs.tenants for finding in _holders(inputs, tenant)]


def _holders(inputs: Inputs, tenant: TenantEntry) -> list[Finding]:
    check, host, missing = NAME_HOLDERS, tenant.host, tenant.missing
    if tenant.error or missing is None:
        return [check.not_applicable(host, "HMA-TEN-003 says why the tenant was not read.", tenant=host)]
    if tenant.holders:
        held = list(dict.fromkeys(holder.name for holder in tenant.holders))
        wanted = "; ".join(named(inputs, name) for name in held)
        return [
            check.failed(
                host, f"{holders_text(tenant.holders)}. Wanted: {wanted}.", holders_fix(tenant.holders),
                expected="names that nobody holds", actual=", ".join(held), tenant=host,
                commands=removals(tenant.holders),
            )
        ]  # fmt: skip
    if missing and (reason := tenant.why_unread("holders")):
        fix = "Look with Microsoft Graph PowerShell, as an Application Administrator, before the names are registered."
        unread = check.unread(host, reason, fix, tenant=host, commands=ways_to_look(missing[0]))
        # It can only be said beforehand where the application may look; the write itself will tell.
        return [replace(unread, gate=False)]
    return [check.passed(host, expected="names that nobody holds", actual="nobody holds them", tenant=host)]


NAMES_SHARED: Final = Check(
    "HMA-NAME-004", "No client name that is still to be registered is used by one server alone", "medium", "server",
    on_bad="warn",
    why="A new server comes with its own host name in every URL and in its Autodiscover address. Clients that are sent "
        "there ask for a token for that name; whoever registers it keeps a mistake alive.",
    read=f"{READ_ORGANIZATION}URLs of the virtual directories and AutoDiscoverServiceInternalUri; {READ_PRINCIPAL}.",
    remedy="Set the server's URLs to the names that the other servers use, or list its host in hma_spn_ignored with "
        "the reason.", source=ARTICLE,
)  # fmt: skip


def to_register(mode: str, script: str, register: Command) -> tuple[str, tuple[Command, ...]]:
    """What is to be done about missing names, by who registers them: hma_spn_mode, and the script that was written."""
    if mode == "handoff":
        which = f"the script {script}" if script else "the script that register_spns writes (hma_spn_mode: handoff)"
        return f"Let the team that owns Entra run {which}; then run this again.", () if script else (register,)
    if mode == "verify":
        return "Let the team that owns Entra register them (hma_spn_mode: verify); then run this again.", ()
    return "Register the names in the tenant.", (register,)


def of_one_server(inputs: Inputs) -> list[Finding]:
    """A warning before such a name is registered; one that every tenant has is somebody's decision."""
    missing = {name for tenant in inputs.tenants for name in tenant.missing or ()}
    findings = []
    for name, sources in inputs.names.wanted.items() if len(inputs.judged_clients) > 1 else ():
        servers = sorted({source.split(" ", 1)[0] for source in sources if source != "hma_spn_extra_names"})
        if name in missing and len(servers) == 1 and servers[0] and "hma_spn_extra_names" not in sources:
            findings.append(_of_one_server(inputs, name, servers[0]))
    return findings or [NAMES_SHARED.passed(inputs.name)]


def _of_one_server(inputs: Inputs, name: str, server: str) -> Finding:
    fqdn = next((item.fqdn for item in inputs.organization.servers if fold(item.name) == fold(server)), "")
    own = " It is the server's own host name, as Setup leaves it." if fold(fqdn) == host_in(name) else ""
    message = f"{named(inputs, name)} is used by {server} alone, and is not registered yet.{own}"
    fix = (
        "If it is a mistake, set the URLs of that server to the names that the others use before anything is "
        "registered; else register it."
    )
    expected = "a name that several servers use"
    return NAMES_SHARED.failed(server, message, fix, expected=expected, actual=name, server=server)


CHECKS: Final = (NAME_HOLDERS, NAMES_SHARED)
