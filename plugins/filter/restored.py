# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How going back ended, from the results of its tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inventory import TaskResult, of_run
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.verdict import (
    Ended,
    TenantBack,
    Write,
    judge,
    short_name,
)

DOCUMENTATION = r"""
name: restored
short_description: How a restore ended
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Compares what M(hybrid.exchange.hma_record) read with what the tasks of the run left, and says whether every
    recorded change is back.
  - A host that fell out of the run took nothing back; the hosts are therefore named, not found.
positional: hostvars, servers, tenants, check, listed
options:
  _input:
    description: The result of M(hybrid.exchange.hma_record).
    type: dict
    required: true
  hostvars:
    description: The C(hostvars) of the run.
    type: dict
    required: true
  servers:
    description: Names of the hosts that stand for servers.
    type: list
    elements: str
    required: true
  tenants:
    description: Names of the hosts that stand for tenants.
    type: list
    elements: str
    required: true
  check:
    description: Whether this is check mode.
    type: bool
    default: false
  listed:
    description: Names of the servers that the organization has now; none where not all of them were read. Of a server
      that is not among them nothing is left to go back.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Say how it ended
  ansible.builtin.debug:
    msg: "{{ (read | hybrid.exchange.restored(hostvars, groups['exchange_servers'], groups['entra_tenants'])).message
    }}"
"""

RETURN = r"""
_value:
  description: C(complete) says whether every recorded change is back, or was left for a reason that C(message) names,
    and C(begun) whether anything was taken back, or judged.
  type: dict
"""

Result = Mapping[str, Any]
_UNDER_WAY = (
    "the events end while it was under way, because its job was killed or cancelled, so that its writes are in none of "
    "them and stay. Give the folder of the run, where it still is; else look what is there now: audit_hma with "
    "-e hma_audit_read=full."
)
_KEPT = "hma_restore_kept_names"
_FREE_BUSY = (
    "IntraOrganizationConnector {} is enabled, and Exchange Online asks for the names of EWS and Autodiscover in "
    "hybrid free/busy; where one of their URLs could not be read, it may be that of any name "
    "(hma_restore_despite_connector: true)."
)
_STOPPED = ("policies_result", "sign_in_result", "overrides_result", "organization_result", "result")


def restored(
    read: Result,
    hostvars: Result,
    servers: Iterable[str],
    tenants: Iterable[str],
    check: bool = False,
    listed: Iterable[str] = (),
) -> dict[str, Any]:
    servers, tenants = list(servers), list(tenants)
    results = [
        (host, _own(hostvars, host, name))
        for name in (
            "hma_restored_policies",
            "hma_restored_sign_in",
            "hma_restored_overrides",
            "hma_restored_organization",
            "hma_restored_directories",
        )
        for host in servers
    ]
    parts = [found for _host, found in results]
    # Each part keeps its own reason: of two that fail on one server none is lost.
    stopped = [(host, _own(hostvars, host, f"hma_restore_stop_{name}")) for name in _STOPPED for host in servers]
    ended = Ended(
        left=(*_pairs(parts, "left"), *_of_free_busy(hostvars, tenants)),
        refused=(
            *_under_way(read),
            *_pairs(parts, "refused"),
            *((host, str(result["msg"])) for host, result in stopped if result),
            # Where the play goes on without a host, why it was not reached is in the result of its part.
            *((host, why) for host, found in results if (why := TaskResult(found).error) and found.get("unreachable")),
        ),
        handled=frozenset(str(item) for result in parts for item in result.get("handled", ())),
        tenants=(*_tenants(read, hostvars, tenants), *_reply_urls(read, hostvars, tenants)),
        servers=frozenset(map(short_name, listed)),
    )
    verdict = judge([_write(item) for item in read["history"]], ended, check=check)
    begun = any(parts) or any(back.after_take is not None or back.after_give is not None for back in ended.tenants)
    return {"complete": verdict.complete, "message": verdict.message, "begun": begun}


def _write(item: Result) -> Write:
    target = item["target"]
    kind, server = str(target["type"]), str(target.get("server", ""))
    return Write(str(item["id"]), str(item["object"]), kind in ("names", "reply_urls"), server)


def _under_way(read: Result) -> Iterator[tuple[str, str]]:
    """Tasks whose writes are in no event."""
    for task in read.get("unfinished") or ():
        yield (f"What the task '{task['task']}' wrote on {task['host']}", _UNDER_WAY)


def _pairs(results: Iterable[Result], name: str) -> Iterator[tuple[str, str]]:
    seen = {(str(item["object"]), str(item["reason"])): None for result in results for item in result.get(name, ())}
    yield from seen


def _tenants(read: Result, hostvars: Result, hosts: list[str]) -> Iterator[TenantBack]:
    """One for each tenant whose names were recorded, whether it is in the inventory or not."""
    ids = {fold(str(hostvars[host].get("hma_tenant_id", ""))): host for host in hosts}
    for tenant in {**read["names"], **read["names_taken"]}:
        host = ids.get(tenant)
        take, give = (tuple(map(str, read[key].get(tenant, ()))) for key in ("names", "names_taken"))
        if host is None:
            yield TenantBack(
                tenant, take, give, reason="no host of the inventory stands for it. Put one into it and run this again."
            )
            continue
        kept = {fold(name) for name in map(str, _own(hostvars, host, _KEPT).get("names", ()))}
        take = tuple(name for name in take if fold(name) not in kept)
        taken, given = (
            _after(_own(hostvars, host, name)) for name in ("hma_restore_tenant_result", "hma_restore_tenant_back")
        )
        reason = _own(hostvars, host, "hma_restore_stop_result").get("msg", "")
        yield TenantBack(tenant, take, give, taken, given, str(reason))


def _of_free_busy(hostvars: Result, hosts: list[str]) -> Iterator[tuple[str, str]]:
    """The names that stay because hybrid free/busy needs them."""
    for host in hosts:
        kept = _own(hostvars, host, _KEPT)
        if kept.get("names"):
            connectors = ", ".join(map(str, kept["connectors"]))
            names = ", ".join(map(str, kept["names"]))
            yield (
                f"names of tenant {hostvars[host].get('hma_tenant_id', '')} ({names})",
                _FREE_BUSY.format(connectors),
            )


def _reply_urls(read: Result, hostvars: Result, hosts: list[str]) -> Iterator[TenantBack]:
    """One for each tenant whose reply URLs were recorded."""
    ids = {fold(str(hostvars[host].get("hma_tenant_id", ""))): host for host in hosts}
    for tenant, urls in (read.get("reply_urls") or {}).items():
        host = ids.get(tenant)
        if host is None:
            reason = "no host of the inventory stands for it. Put one into it and run this again."
            yield TenantBack(tenant, tuple(urls), (), reason=reason, entries="reply URLs")
            continue
        after = _after(_own(hostvars, host, "hma_restore_reply_urls"))
        reason = str(_own(hostvars, host, "hma_restore_urls_stop_result").get("msg", ""))
        yield TenantBack(tenant, tuple(urls), (), after, (), reason, "reply URLs")


def _own(hostvars: Result, host: str, name: str) -> Result:
    """A registered result of this run, or none."""
    run = hostvars["localhost"].get("hma_started_run") if "localhost" in hostvars else None
    found: Result = of_run(hostvars[host].get(name, {}), run) or {}
    return found


def _after(result: Result) -> tuple[str, ...] | None:
    after = result.get("after")
    return None if after is None else tuple(map(str, after))


class FilterModule:
    """Filters of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"restored": restored}
