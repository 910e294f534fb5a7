# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judge of the hosts of the inventory: each is one server, and no server is two hosts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..base.by_name import ByName
from ..base.comparison import fold
from .check import Check, Finding
from .inputs import Inputs
from .inventory import ServerEntry, TenantEntry
from .references import NOT_STATED

_ONE_NAME: Final = (
    "Keep one inventory name per server. Where an address, port or hma_server was copied, correct it; then run "
    "this again."
)
_ONE_GROUP: Final = (
    "Take it out of one of the two groups: a server belongs to exchange_servers, a tenant to entra_tenants."
)


def distinct(inputs: Inputs) -> list[Finding]:
    """The judge of ``hosts``: every host is another server, and no tenant."""
    return hosts(inputs.servers, inputs.tenants)


HOSTS_DISTINCT: Final = Check(
    "HMA-COV-004", "Every host of the inventory is another server, and no tenant", "high", "server", gate=True,
    why="One server under two names is written to by two workers at once, is counted twice, and hides the server that "
        "the second name was meant for.",
    read="Each host of exchange_servers says who it is (Remote Management Users), or hma_server does; the groups of "
        "the inventory.",
    remedy="Keep one inventory name per server, and a host in one of the two groups.", source=NOT_STATED,
)  # fmt: skip


def hosts(servers: Sequence[ServerEntry], tenants: Sequence[TenantEntry]) -> list[Finding]:
    """Who a host is, it said itself (or hma_server says it); a host that did not answer is taken for no other one."""
    return [*_twins(servers), *_both(servers, tenants)] or [
        HOSTS_DISTINCT.passed("the inventory", actual=f"{len(servers)} hosts, each a server of its own")
    ]


def in_both(servers: Sequence[ServerEntry], tenants: Sequence[TenantEntry]) -> list[str]:
    """Hosts that the inventory has as server and as tenant."""
    names = {item.host for item in tenants}
    return [item.host for item in servers if item.host in names]


def _twins(servers: Sequence[ServerEntry]) -> list[Finding]:
    said = [(item.host, item.server) for item in servers if item.server]
    # Names of one server begin alike: of hundreds of hosts nobody compares each with each.
    alike = ByName((_first(server), (host, server)) for host, server in said)
    findings, seen = [], set()
    for host, server in said:
        same = [(other, name) for other, name in alike.of((_first(server),)) if same_server(server, name)]
        if len(same) > 1 and host not in seen:
            seen |= {other for other, _name in same}
            findings.append(_twin(max((name for _other, name in same), key=len), [other for other, _name in same]))
    return findings


def same_server(one: str, other: str) -> bool:
    """Names of one server: equal without regard to ASCII case, or a bare name beside the full one."""
    left, right = fold(one), fold(other)
    if "." in left and "." in right:
        return left == right
    return _first(left) == _first(right)


def _first(name: str) -> str:
    return name.split(".", 1)[0]


def _twin(server: str, names: Sequence[str]) -> Finding:
    message = (
        f"hosts {', '.join(names)} of the inventory are one server, {server}: it would be written to by "
        f"{len(names)} workers, and counted as many times."
    )
    check = HOSTS_DISTINCT
    return check.failed(
        f"hosts {', '.join(names)}",
        message,
        _ONE_NAME,
        expected="one host per server",
        actual=f"{len(names)} hosts",
        server=server,
    )


def _both(servers: Sequence[ServerEntry], tenants: Sequence[TenantEntry]) -> list[Finding]:
    check = HOSTS_DISTINCT
    message = (
        "host {0} is in the group of the servers and in that of the tenants: as a tenant it is this machine, as "
        "a server it is reached over the network."
    )
    return [
        check.failed(
            f"host {name}",
            message.format(name),
            _ONE_GROUP,
            expected="one group",
            actual="exchange_servers and entra_tenants",
        )
        for name in in_both(servers, tenants)
    ]


CHECKS: Final = (HOSTS_DISTINCT,)
