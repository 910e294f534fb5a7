# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host whose server left the organization: it is to leave the inventory, and is no object to exclude."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import gates
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inventory import ServerEntry

from tests.unit.audit_story import Story

LEAVES = "take its host out of the inventory"
EXCLUDED = "hma_servers_excluded"


def judged(host: ServerEntry) -> Finding:
    case = Story().case()
    found = gates.judge("audit", replace(case, servers=[*case.servers, host]))
    (finding,) = [item for item in found if (item.id, item.object) == ("HMA-COV-002", host.host)]
    return finding


def test_a_machine_without_exchange_that_does_not_open_a_shell() -> None:
    found = judged(ServerEntry("ex9.corp.contoso.test", error="HTTP status code of 404"))
    assert found.status == "not_checked"
    assert "lists no server of this name" in found.fix and LEAVES in found.fix and EXCLUDED not in found.fix


def test_a_machine_without_exchange_that_says_its_name() -> None:
    found = judged(ServerEntry("ex9.corp.contoso.test", server="ex9.corp.contoso.test"))
    assert found.status == "fail"
    assert LEAVES in found.fix and "One run is one organization" in found.fix


def test_a_server_that_is_listed_and_off_can_be_excluded() -> None:
    case = Story().case()
    name = case.organization.servers[1].fqdn
    servers = [item for item in case.servers if item.server != name]
    found = gates.judge("audit", replace(case, servers=[*servers, ServerEntry(name, error="no route to host")]))
    (finding,) = [item for item in found if (item.id, item.object) == ("HMA-COV-002", name)]
    assert EXCLUDED in finding.fix and "lists no server" not in finding.fix


def test_a_server_that_may_be_the_host_which_fell_silent_is_not_said_to_be_missing() -> None:
    """Drawn organization 403: the host has a name of its own, its server was busy, and the advice was to add it."""
    case = Story().case()
    gone = case.organization.servers[1]
    servers = [item for item in case.servers if item.server != gone.fqdn]
    silent = ServerEntry("exchange-b", error="The server is too busy to answer")

    def covered(*more: ServerEntry) -> Finding:
        found = gates.judge("audit", replace(case, servers=[*servers, *more]))
        (finding,) = [item for item in found if (item.id, item.object) == ("HMA-COV-001", gone.name)]
        return finding

    assert covered().status == "fail"
    assert covered(silent).status == "not_checked"
    assert "exchange-b did not answer and may" in covered(silent).message
    # A host that has the name of another server is no stranger.
    assert covered(replace(silent, host=case.organization.servers[0].fqdn)).status == "fail"


def test_a_silent_host_with_the_name_of_an_edge_server_stands_for_no_other_one() -> None:
    case = Story().case()
    edge, gone = (
        replace(case.organization.servers[0], name="EDGE1", fqdn="edge1.corp.test", edge=True),
        case.organization.servers[1],
    )
    organization = replace(case.organization, servers=(*case.organization.servers, edge))
    servers = [item for item in case.servers if item.server != gone.fqdn]
    silent = ServerEntry("edge1", error="no route to host")
    found = gates.judge("audit", replace(case, read=organization, servers=[*servers, silent]))
    (finding,) = [item for item in found if (item.id, item.object) == ("HMA-COV-001", gone.name)]
    assert finding.status == "fail"


def test_of_many_silent_hosts_some_are_named() -> None:
    """A site that is dark has hundreds, and each server of it has a line of its own."""
    case = Story().case()
    gone = case.organization.servers[1]
    silent = [ServerEntry(f"host{number}", error="no route to host") for number in range(300)]
    servers = [item for item in case.servers if item.server != gone.fqdn]
    found = gates.judge("audit", replace(case, servers=[*servers, *silent]))
    (finding,) = [item for item in found if (item.id, item.object) == ("HMA-COV-001", gone.name)]
    assert "host9 and 290 more did not answer and may" in finding.message
