# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which host stands for which server is looked up, and comes out as if all of them were compared with one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inputs import (
    Inputs,
    server_of,
    silent_host,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inventory import ServerEntry
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.server_objects import ExchangeServer
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.audit_story import Story

BASE = Story().case()
# Few of them, so that they meet: full and bare, in two cases, doubled, and odd.
NAMES = st.sampled_from(["EX1", "ex1", "EX2", "ex1.corp.test", "EX1.corp.test", "ex2.corp.test", "ex.2", "", "\u212a"])
HOSTS = st.lists(
    st.builds(ServerEntry, NAMES, server=st.none() | NAMES, error=st.none() | st.just("no route to host")), max_size=5
)
SERVERS = st.lists(
    st.builds(lambda name, fqdn: replace(BASE.client_access[0], name=name, fqdn=fqdn), NAMES, NAMES), max_size=5
)


def case(hosts: Sequence[ServerEntry], servers: Sequence[ExchangeServer]) -> Inputs:
    return replace(BASE, servers=tuple(hosts), read=replace(BASE.organization, servers=tuple(servers)))


def compared(host: ServerEntry, servers: Sequence[ExchangeServer]) -> str:
    """The name of the first server that a host stands for, or did before it fell silent."""
    of = (item.name for item in servers if server_of([host], item) or silent_host([host], item))
    return next(of, host.host)


@settings(max_examples=300)
@given(HOSTS, SERVERS)
def test_a_look_up_says_what_a_comparison_says(hosts: list[ServerEntry], servers: list[ExchangeServer]) -> None:
    inputs = case(hosts, servers)
    assert inputs.client_access == servers
    assert [inputs.host_of(item) for item in servers] == [server_of(hosts, item) for item in servers]
    assert [inputs.server_name(host) for host in hosts] == [compared(host, servers) for host in hosts]
    found = [any(server_of([host], item) for item in servers) for host in hosts]
    assert [inputs.is_client_access(host) for host in hosts] == found
