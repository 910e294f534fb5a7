# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Organizations of any size for the benchmark: the lab's healthy one, with as many servers as are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from tests.lab import scenario

# What things take on real servers, as a guess that docs/lab.md says is one.
LATENCY: Final[Mapping[str, float]] = {
    "shell": 3, "cmdlet": 0.2, "iis_read": 1, "set": 2, "token": 0.3, "graph": 0.2,
}  # fmt: skip
NOTHING: Final[Mapping[str, float]] = {}


def servers(count: int, changed: int) -> list[dict[str, Any]]:
    """So many servers; of the first ones, spread over the fleet, one directory has no OAuth."""
    step = count / changed if changed else 0.0
    wrong = {int(number * step) for number in range(changed)}
    return [_server(number, wrong=number in wrong) for number in range(count)]


def _server(number: int, *, wrong: bool) -> dict[str, Any]:
    return {
        "name": f"EX{number + 1}",
        "inventory_name": f"ex{number + 1}.corp.contoso.test",
        "version": "Version 15.2 (Build 2562.17)",
        "internal": "mail.corp.contoso.test",
        "external": "mail.contoso.test",
        "scp": "https://autodiscover.contoso.test/Autodiscover/Autodiscover.xml",
        "directories": {"ews": {"oauth": False}} if wrong else {},
    }


def fleet(count: int, changed: int, latency: Mapping[str, float] | None = None, *, names: int = 0) -> dict[str, Any]:
    """Everything is right and on; with servers to change it is neither. ``names`` more are registered in each tenant,
    for what a large one keeps in memory."""
    found = scenario.load("healthy")
    organization = found["organizations"][0]
    organization["servers"] = servers(count, changed)
    if changed:
        organization["config"] = {"OAuth2ClientProfileEnabled": False}
        organization["auth_servers"][0]["default"] = False
        for tenant in found["tenants"]:
            tenant["applications"][0]["rights"] = ["Application.ReadWrite.All"]
    for tenant in found["tenants"]:
        more = [f"https://name{number}.{tenant['domain']}/" for number in range(names)]
        tenant["service_principals"][0]["names"] = [*more, *tenant["service_principals"][0]["names"]]
    found["latency"] = dict(latency or NOTHING)
    return found


def written(folder: Path, content: Mapping[str, Any]) -> str:
    """The path of a scenario, for the lab."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "scenario.yml"
    path.write_text(yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True), encoding="utf-8")
    return str(path)
