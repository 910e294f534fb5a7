# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server is asked about itself follows from its own part of the organization as it does from all of it."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.organization import Organization
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.server_files import commands, for_server

from tests.unit.audit_story import Story


def of_all() -> dict[str, Any]:
    """An organization whose servers have a proxy of their own each."""
    found: dict[str, Any] = json.loads(json.dumps(Story().organization()))
    for number, server in enumerate(found["servers"]):
        server["internet_web_proxy"] = f"http://proxy{number}.corp.contoso.test:8080/"
    return found


def asked(facts: dict[str, Any], server: str) -> tuple[Cmdlet, ...]:
    return commands(Organization.from_facts(Properties(facts, "organization")), server)


def test_a_server_is_asked_the_same_with_its_own_part() -> None:
    organization = of_all()
    names = [server[key] for server in organization["servers"] for key in ("name", "fqdn")]
    for name in (*names, names[0].lower(), "nobody", ""):
        part = for_server(organization, name)
        assert asked(part, name) == asked(organization, name)
        assert len(part["servers"]) == (name in {*names, names[0].lower()})
    assert len({repr(asked(organization, name)) for name in names}) == len(organization["servers"])


def test_an_organization_that_was_not_read_has_no_part() -> None:
    assert for_server({}, "EX1") == {}
