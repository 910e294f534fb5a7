# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A slow lab: whoever asks waits as long as on a real server, and nobody waits for another one's answer."""

from __future__ import annotations

import asyncio
import time

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from tests.lab import scenario
from tests.lab.exchange import Organization
from tests.lab.journal import Faults, Journal
from tests.lab.latency import Latency
from tests.lab.powershell import Server

TIMES = {"shell": 0.3, "cmdlet": 0.1, "iis_read": 0.2, "set": 0.4, "token": 0.1, "graph": 0.2}


def servers(*names: str) -> list[Server]:
    organization = Organization(scenario.load("default")["organizations"][0], time.monotonic)
    return [Server(name, organization, Journal(), Faults(), latency=Latency(TIMES)) for name in names]


@pytest.mark.parametrize(
    ("name", "given", "seconds"),
    [
        ("Get-OrganizationConfig", {}, 0.1),
        ("Get-MapiVirtualDirectory", {"Server": "EX2"}, 0.3),
        ("Get-MapiVirtualDirectory", {"ADPropertiesOnly": True}, 0.1),
        ("Set-OrganizationConfig", {"OAuth2ClientProfileEnabled": True}, 0.5),
    ],
)
def test_a_cmdlet_takes_its_time(name: str, given: dict[str, object], seconds: float) -> None:
    (server,) = servers("EX2")
    begun = time.monotonic()
    found = asyncio.run(server.cmdlet(name, dict(given), "full"))
    assert found.errors == []
    assert seconds <= time.monotonic() - begun < seconds + 0.3


def test_hosts_wait_beside_each_other() -> None:
    """Four shells that take 0.3 s each are open after 0.3 s, not after 1.2 s."""

    async def all_of_them() -> None:
        await asyncio.gather(*(server.opening() for server in servers("EX1", "EX2", "EX3", "EX4")))

    begun = time.monotonic()
    asyncio.run(all_of_them())
    assert 0.3 <= time.monotonic() - begun < 0.9


@pytest.mark.parametrize(
    ("path", "seconds"),
    [("/t/oauth2/v2.0/token", 0.1), ("/v1.0/servicePrincipals", 0.2), ("/t/v2.0/.well-known/openid-configuration", 0)],
)
def test_entra_takes_its_time(path: str, seconds: float) -> None:
    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response()

    begun = time.monotonic()
    asyncio.run(Latency(TIMES).of_entra(make_mocked_request("GET", path), handler))
    assert seconds <= time.monotonic() - begun < seconds + 0.3


def test_a_time_that_the_lab_does_not_know_is_refused() -> None:
    found = scenario.load("default")
    with pytest.raises(SystemExit, match="latency has unknown keys: shells"):
        scenario.complete({**found, "latency": {"shells": 3}})
