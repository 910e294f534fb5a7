# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of the servers: coverage, builds, what each one shows without its IIS."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..base.comparison import fold, folded
from ..base.display import few
from ..exchange import versions
from ..exchange.server_objects import ExchangeServer
from ..exchange.versions import Build
from .check import Check, Finding
from .hosts import same_server
from .inputs import Inputs, server_of, silent_host
from .inventory import ServerEntry
from .references import ARTICLE, LIFECYCLE, NOT_STATED, OVERVIEW, READ_ORGANIZATION
from .unread import excluded

# Exchange SE RTM.
_LAST_WITH_OUTLOOK_ANYWHERE: Final = (15, 2, 2562)
_CHECK_ROLES: Final = "Check the account's roles; then run this again."


def builds(inputs: Inputs) -> list[Finding]:
    """The HMA floor of each product; support is a warning, a build past the table is newer and passes."""
    return [finding for server in inputs.judged_servers for finding in _build(inputs, server)] + _mixed(inputs)


BUILD_CAN_DO_HMA: Final = Check(
    "HMA-ORG-001", "Every server's build can do HMA", "high", "server", gate=True,
    why="A server below the floor (2013 CU19, 2016 CU8, 2019 CU1) cannot do HMA, and partial HMA is not supported.",
    read=f"{READ_ORGANIZATION}Get-ExchangeServer, AdminDisplayVersion.", remedy="Update or decommission it.",
    source=OVERVIEW,
)  # fmt: skip
NO_EXCHANGE_2010: Final = Check(
    "HMA-ORG-002", "No Exchange 2010 or older server is left", "high", "server", gate=True,
    why="With Exchange 2010 in the organization HMA cannot be enabled, and the Hybrid Configuration Wizard makes no "
        "AuthServer.",
    read=f"{READ_ORGANIZATION}Get-ExchangeServer, AdminDisplayVersion.", remedy="Decommission it.", source=OVERVIEW,
)  # fmt: skip
IN_SUPPORT: Final = Check(
    "HMA-LIFE-001", "Every server is in support", "medium", "server", on_bad="warn",
    why="Microsoft's article asks for servers in support. Updates for 2016 and 2019, the extended ones too, ended on "
        "2026-10-31: only Exchange Server SE gets fixes. It does not keep HMA from working.",
    read=f"{READ_ORGANIZATION}Get-ExchangeServer, AdminDisplayVersion.", remedy="Move to Exchange Server SE.",
    source=LIFECYCLE,
)  # fmt: skip


def _build(inputs: Inputs, server: ExchangeServer) -> list[Finding]:
    build, name = server.build, server.name
    old = build.product == "2010"
    fix = "Update or decommission it, then run this again: partial HMA is not supported."
    floor = BUILD_CAN_DO_HMA
    supported = not versions.out_of_support(build, inputs.now.date())
    return [
        floor.not_applicable(name, "HMA-ORG-002 says it.", server=name)
        if old
        else floor.judge(
            name, versions.meets_hma_floor(build), f"{build.label} cannot do HMA.", fix,
            expected=versions.floor_of(build), actual=build.label, server=name,
        ),
        NO_EXCHANGE_2010.judge(
            name, not old, f"{build.label}: HMA cannot be enabled beside it.", "Decommission it, then run this again.",
            expected="Exchange Server 2013 or newer", actual=build.label, server=name,
        ),
        IN_SUPPORT.judge(
            name, supported, f"{build.label} left support{_ended(build)}.", "Move to Exchange Server SE.",
            expected="a product in support", actual=build.label, server=name,
        ),
    ]  # fmt: skip


def _ended(build: Build) -> str:
    """Since when there are no fixes at all, where that is later than the end of support."""
    end = versions.end_of_updates(build)
    return f", and its last updates ended on {end.isoformat()}" if end else ""


SAME_BUILD: Final = Check(
    "HMA-LIFE-002", "All servers of one product have one build", "low", "organization", on_bad="warn",
    why="Servers behind one name should behave alike; mixed builds make a failure look random.",
    read=f"{READ_ORGANIZATION}Get-ExchangeServer, AdminDisplayVersion (cumulative update; security updates do not "
        f"show).",
    remedy="Bring them to the same update.", source=NOT_STATED,
)  # fmt: skip


def _mixed(inputs: Inputs) -> list[Finding]:
    found: dict[str, set[str]] = {}
    for server in inputs.judged_clients:
        found.setdefault(server.build.product, set()).add(str(server.build))
    check = SAME_BUILD
    return [
        check.judge(
            f"Exchange {product}", len(numbers) == 1,
            f"its servers have different builds: {', '.join(sorted(numbers))}.", "Bring them to the same update.",
            expected="one build", actual=", ".join(sorted(numbers)),
        )
        for product, numbers in found.items()
    ]  # fmt: skip


def coverage(inputs: Inputs) -> list[Finding]:
    """Every client access server is a host of the inventory or excluded; every host is a server of this
    organization."""
    nameless = _nameless(inputs)
    return [
        *(_covered(inputs, server, nameless) for server in inputs.client_access),
        *_left_out_unread(inputs),
        *(_known(inputs, host) for host in inputs.servers),
    ]


SERVER_COVERED: Final = Check(
    "HMA-COV-001", "Every client access server of the organization is covered", "high", "server", gate=True,
    why="A server this run does not know keeps its old settings; its users are prompted.",
    read=f"{READ_ORGANIZATION}Get-ExchangeServer against the inventory.",
    remedy="Add it to exchange_servers, reach it through another server (hma_server), or exclude the dead object with "
        "its reason.", source=ARTICLE,
)  # fmt: skip


def _left_out_unread(inputs: Inputs) -> list[Finding]:
    """An excluded server whose object could not be read: it is covered by its reason alone."""
    gaps = [gap for gap in inputs.organization.unread if gap.what == "servers" and gap.object]
    reasons = {str(gap.object): excluded(inputs, gap) for gap in gaps}
    return [
        SERVER_COVERED.passed(name, f"excluded: {reason}", server=name) for name, reason in reasons.items() if reason
    ]


_COVER: Final = (
    "Add it to exchange_servers; without a connection of its own give the host another server's address and "
    "hma_server; a dead object goes to hma_servers_excluded with its reason."
)


def _nameless(inputs: Inputs) -> list[str]:
    """The hosts that did not say who they are, and have the name of no server: nobody knows which one each of them
    is."""
    names = folded(name for item in inputs.organization.servers for name in (item.name, item.fqdn))
    return [host.host for host in inputs.servers if host.error and not host.server and fold(host.host) not in names]


def _covered(inputs: Inputs, server: ExchangeServer, nameless: Sequence[str]) -> Finding:
    check, name = SERVER_COVERED, server.name
    reason, host = inputs.reason_to_exclude(server), inputs.host_of(server)
    if reason and host is None:
        return check.passed(name, f"excluded: {reason}", server=name)
    silent = silent_host(inputs.servers, server) if host is None else None
    if silent is not None:
        return check.unread(
            name,
            f"host {silent.host} has its name and did not answer: HMA-COV-002 says why.",
            "Make the host reachable.",
            server=name,
        )
    if host is None and nameless:
        return check.unread(
            name,
            f"no host that answered stands for {server.fqdn}, and {few(nameless)} did not answer and may: "
            "HMA-COV-002 says why.",
            f"Make the host reachable. Where it is another server: {_COVER}",
            server=name,
        )
    return check.judge(
        name, host is not None, f"{server.fqdn} is a client access server, but no host of the inventory stands for it.",
        _COVER,
        expected="a host in exchange_servers", actual=host.host if host else "none", server=name,
    )  # fmt: skip


HOST_KNOWN: Final = Check(
    "HMA-COV-002", "Every host of the inventory is a server of this organization", "high", "server", gate=True,
    why="One run is one organization; a host that does not answer, or is another organization's, cannot be proven.",
    read="Each host of exchange_servers says who it is (Remote Management Users).",
    remedy="Make the host reachable. A server that left the organization: take its host out of the inventory; one that "
        "is dead and still listed there: exclude it too, with a reason. One inventory per organization.",
    source=NOT_STATED,
)  # fmt: skip


_STILL_LISTED: Final = (
    "Make the host reachable. A server that is dead: take its host out of the inventory, and list it in "
    "hma_servers_excluded with the reason."
)
_NOT_LISTED: Final = (
    "Organization '{}' lists no server of this name: where Exchange was taken from it, take its host out of the "
    "inventory. Else make the host reachable."
)


def _is_listed(inputs: Inputs, host: ServerEntry) -> bool:
    """Whether the organization has, or may have, a server of the host's name: an alias of the inventory proves
    nothing, but no more than that is known of a host that does not answer."""
    listed = any(silent_host([host], server) for server in inputs.organization.servers)
    return listed or bool(_unread_servers(inputs))


def _known(inputs: Inputs, host: ServerEntry) -> Finding:
    check, where = HOST_KNOWN, inputs.server_name(host)
    if any(item.host == host.host for item in inputs.tenants):
        return check.not_applicable(host.host, "HMA-COV-004 says what is wrong with it.", server=where)
    if host.error:
        fix = _STILL_LISTED if _is_listed(inputs, host) else _NOT_LISTED.format(inputs.name)
        return check.unread(host.host, host.error, fix, server=where)
    if any(same_server(str(host.server), name) for name in _unread_servers(inputs)):
        return check.not_applicable(host.host, "HMA-READ-002 says what is wrong with its server object.", server=where)
    found = inputs.is_client_access(host)
    other = None if found else next((item for item in inputs.organization.servers if server_of([host], item)), None)
    if other is not None:
        return _of_another_role(host, other, inputs)
    return check.judge(
        host.host, found,
        f"it says it is {host.server}, which organization '{inputs.name}' does not list as client access server.",
        "Where Exchange was taken from it, take its host out of the inventory. One run is one organization: keep each "
        "organization's servers and tenants in an inventory of its own.",
        expected=f"a server of {inputs.name}", actual=str(host.server), server=where,
    )  # fmt: skip


def _of_another_role(host: ServerEntry, server: ExchangeServer, inputs: Inputs) -> Finding:
    """It is a server of this organization, but none that clients talk to: Edge Transport, or 2013 with the mailbox
    role alone."""
    return HOST_KNOWN.failed(
        host.host,
        f"it is {server.name}, a server of organization '{inputs.name}' that no client signs in to: "
        f"{server.build.label}, roles {server.roles}.",
        "Take its host out of exchange_servers: there is nothing to set on it.",
        expected="a server with the client access role", actual=server.roles, server=inputs.server_name(host),
    )  # fmt: skip


def _unread_servers(inputs: Inputs) -> list[str]:
    return [gap.object for gap in inputs.organization.unread if gap.what == "servers" and gap.object]


SERVER_READ: Final = Check(
    "HMA-COV-003", "Every client access server was read right before enabling", "high", "server", gate=True,
    why="What was true an hour ago is no proof.",
    read="The full reads of this run.", remedy="Make the host reachable and run enable_hma again.", source=NOT_STATED,
)  # fmt: skip


def read_before(inputs: Inputs) -> list[Finding]:
    """Right before enabling: every client access server has been read by a host of this run."""
    findings = []
    for server in inputs.judged_clients:
        host, name = inputs.host_of(server), server.name
        fix = "Make it reachable and run this again; a dead object goes to hma_servers_excluded with its reason."
        findings.append(
            SERVER_READ.judge(
                name, host is not None, "no host of this run read its virtual directories.", fix, server=name
            )
        )
    return findings


RUN_COVERS_INVENTORY: Final = Check(
    "HMA-RUN-001", "The run covers the whole inventory", "high", "organization", gate=True,
    why="HMA on a part of the servers is not supported: users are prompted at random, depending on the server that "
        "answers.",
    read="The run itself: --limit, tags, slices.", remedy="Run enable_hma once, over the whole inventory.",
    source=ARTICLE,
)  # fmt: skip


def run_covers_inventory(inputs: Inputs) -> list[Finding]:
    fix, commands = "Run enable_hma once over the whole inventory.", (inputs.playbook("enable_hma"),)
    return [
        RUN_COVERS_INVENTORY.failed("this run", text, fix, commands=commands)
        for text in inputs.settings.incomplete_because
    ]


NO_TLS_OFFLOADING: Final = Check(
    "HMA-SSL-001", "SSL offloading is off", "low", "server", on_bad="warn",
    why="HMA does not work with TLS offloading. The property covers Outlook Anywhere only, which HMA never uses: a "
        "hint, no proof.",
    read=f"{READ_ORGANIZATION}Get-OutlookAnywhere, SSLOffloading.",
    remedy="Make sure the load balancer does not offload TLS; bridging is fine.", source=ARTICLE,
)  # fmt: skip


def offloading(inputs: Inputs) -> list[Finding]:
    """A hint only: the property is Outlook Anywhere's, which HMA does not use."""
    check, found = NO_TLS_OFFLOADING, inputs.organization.ssl_offloading
    if found is None:
        return [
            check.unread(inputs.name, inputs.organization.why_unread("ssl_offloading"), _no_outlook_anywhere(inputs))
        ]
    return [
        check.judge(
            name, name not in found, "SSLOffloading is true (Outlook Anywhere; HMA does not use it).",
            "Make sure the load balancer does not offload TLS.",
            expected="false", actual=str(name in found).lower(), server=name,
        )
        for name in (item.name for item in inputs.judged_clients)
    ]  # fmt: skip


def _no_outlook_anywhere(inputs: Inputs) -> str:
    """Microsoft's roadmap takes Outlook Anywhere out of Exchange SE with CU1: then no role shows its cmdlet."""
    newest = max((server.build for server in inputs.client_access), default=None)
    if newest is None or newest.number[:3] <= _LAST_WITH_OUTLOOK_ANYWHERE:
        return _CHECK_ROLES
    return f"Outlook Anywhere may be gone with this build of Exchange SE; then there is nothing to do. {_CHECK_ROLES}"


CHECKS: Final = (
    SERVER_COVERED,
    RUN_COVERS_INVENTORY,
    BUILD_CAN_DO_HMA,
    NO_EXCHANGE_2010,
    IN_SUPPORT,
    SAME_BUILD,
    HOST_KNOWN,
    SERVER_READ,
    NO_TLS_OFFLOADING,
)
