# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of the servers: coverage, builds, what each one shows without its IIS."""

from __future__ import annotations

from typing import Any, Final

from . import versions
from .case import Case, Entry, server_of, silent_host
from .checks import CHECKS
from .comparison import fold
from .finding import Finding
from .judge_hosts import in_both, same_server
from .judge_unread import excluded
from .organization import why_unread

_CHECK_ROLES: Final = "Check the account's roles; then run this again."


def builds(case: Case) -> list[Finding]:
    """The HMA floor of each product; support is a warning, a build past the table is newer and passes."""
    return [finding for server in case.judged_servers for finding in _build(case, server)] + _mixed(case)


def _build(case: Case, server: Entry) -> list[Finding]:
    build, name = versions.parse_admin_display_version(server["admin_display_version"]), str(server["name"])
    old = build.product == "2010"
    fix = "Update or decommission it, then run this again: partial HMA is not supported."
    floor = CHECKS["HMA-ORG-001"]
    supported = not versions.out_of_support(build, case.now.date())
    return [
        floor.without_meaning(name, "HMA-ORG-002 says it.", server=name)
        if old
        else floor.judge(
            name, versions.meets_hma_floor(build), f"{build.label} cannot do HMA.", fix,
            expected=versions.floor_of(build), actual=build.label, server=name,
        ),
        CHECKS["HMA-ORG-002"].judge(
            name, not old, f"{build.label}: HMA cannot be enabled beside it.", "Decommission it, then run this again.",
            expected="Exchange Server 2013 or newer", actual=build.label, server=name,
        ),
        CHECKS["HMA-LIFE-001"].judge(
            name, supported, f"{build.label} left support.", "Plan the move to Exchange Server SE.",
            expected="a product in support", actual=build.label, server=name,
        ),
    ]  # fmt: skip


def _mixed(case: Case) -> list[Finding]:
    found: dict[str, set[str]] = {}
    for server in case.judged_clients:
        found.setdefault(server["product"], set()).add(server["version"])
    check = CHECKS["HMA-LIFE-002"]
    return [
        check.judge(
            f"Exchange {product}", len(numbers) == 1, f"builds {', '.join(sorted(numbers))}", "Bring them to the same update.",
            expected="one build", actual=", ".join(sorted(numbers)),
        )
        for product, numbers in found.items()
    ]  # fmt: skip


def coverage(case: Case) -> list[Finding]:
    """Every client access server is a host of the inventory or excluded; every host is a server of this organization."""
    return [
        *(_covered(case, server) for server in case.client_access),
        *_left_out_unread(case),
        *(_known(case, host) for host in case.servers),
    ]


def _left_out_unread(case: Case) -> list[Finding]:
    """An excluded server whose object could not be read: it is covered by its reason alone."""
    gaps = [gap for gap in case.organization["unread"] if gap["what"] == "servers" and gap.get("object")]
    reasons = {str(gap["object"]): excluded(case, gap) for gap in gaps}
    return [CHECKS["HMA-COV-001"].ok(name, f"excluded: {reason}", server=name) for name, reason in reasons.items() if reason]


def _covered(case: Case, server: Entry) -> Finding:
    check, name = CHECKS["HMA-COV-001"], str(server["name"])
    reason, host = case.reason_to_exclude(server), server_of(case.servers, server)
    if reason and host is None:
        return check.ok(name, f"excluded: {reason}", server=name)
    silent = silent_host(case.servers, server) if host is None else None
    if silent is not None:
        return check.unread(name, f"host {silent['host']} has its name and did not answer: HMA-COV-002 says why.", "Make the host reachable.", server=name)
    return check.judge(
        name, host is not None, f"{server['fqdn']} is a client access server, but no host of the inventory stands for it.",
        "Add it to exchange_servers; without a connection of its own give the host another server's address and "
        "hma_server; a dead object goes to hma_servers_excluded with its reason.",
        expected="a host in exchange_servers", actual=str(host["host"]) if host else "none", server=name,
    )  # fmt: skip


def _known(case: Case, host: Entry) -> Finding:
    check, where = CHECKS["HMA-COV-002"], case.server_name(host)
    if str(host["host"]) in in_both(case.servers, case.tenants):
        return check.without_meaning(str(host["host"]), "HMA-COV-004 says what is wrong with it.", server=where)
    if host.get("error"):
        fix = "Make the host reachable. A server that is dead: take its host out of the inventory, and list it in hma_servers_excluded with the reason."
        return check.unread(str(host["host"]), str(host["error"]), fix, server=where)
    if any(same_server(str(host.get("server")), name) for name in _unread_servers(case)):
        return check.without_meaning(str(host["host"]), "HMA-READ-002 says what is wrong with its server object.", server=where)
    found = any(server_of([host], item) for item in case.client_access)
    return check.judge(
        str(host["host"]), found, f"it says it is {host.get('server')}, which organization '{case.name}' does not list as client access server.",
        "One run is one organization: keep each organization's servers and tenants in an inventory of its own.",
        expected=f"a server of {case.name}", actual=str(host.get("server")), server=where,
    )  # fmt: skip


def _unread_servers(case: Case) -> list[str]:
    return [str(gap["object"]) for gap in case.organization["unread"] if gap["what"] == "servers" and gap.get("object")]


def read_before(case: Case) -> list[Finding]:
    """Right before enabling: every client access server has been read by a host of this run."""
    findings = []
    for server in case.judged_clients:
        host, name = server_of(case.servers, server), str(server["name"])
        fix = "Make it reachable and run this again; a dead object goes to hma_servers_excluded with its reason."
        findings.append(CHECKS["HMA-COV-003"].judge(name, host is not None, "no host of this run read its virtual directories.", fix, server=name))
    return findings


def whole(case: Case) -> list[Finding]:
    fix, commands = "Run enable_hma once over the whole inventory.", (case.playbook("enable_hma"),)
    return [CHECKS["HMA-RUN-001"].bad("this run", text, fix, commands=commands) for text in case.narrowed]


def offloading(case: Case) -> list[Finding]:
    """A hint only: the property is Outlook Anywhere's, which HMA does not use."""
    check, found = CHECKS["HMA-SSL-001"], case.organization["ssl_offloading"]
    if found is None:
        return [check.unread(case.name, why_unread(case.organization, "ssl_offloading"), _CHECK_ROLES)]
    return [
        check.judge(
            name, name not in found, "SSLOffloading is true (Outlook Anywhere; HMA does not use it).", "Make sure the load balancer does not offload TLS.",
            expected="false", actual=str(name in found).lower(), server=name,
        )
        for name in (str(item["name"]) for item in case.judged_clients)
    ]  # fmt: skip


def proxies(case: Case) -> list[Finding]:
    return [_proxy(str(item["name"]), item["internet_web_proxy"]) for item in case.judged_clients]


def _proxy(name: str, proxy: Any) -> Finding:
    check = CHECKS["HMA-PROXY-001"]
    if not proxy:
        return check.without_meaning(name, "no InternetWebProxy is set: the server needs its own way to login.microsoftonline.com.", server=name)
    fix = "Write the proxy as http://<host>:<port>: the parameter InternetWebProxy of Set-ExchangeServer for this server."
    right = fold(str(proxy)).startswith("http://")
    return check.judge(name, right, f"InternetWebProxy is {proxy}; Exchange takes http:// only.", fix, expected="http://...", actual=str(proxy), server=name)
