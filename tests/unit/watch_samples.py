# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports as the watch reads them: one server and one tenant, with everything that is watched."""

from __future__ import annotations

import copy
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.comparison import compared
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.entry import Entry, entry_of
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.news import News, OpenCheck, news_of
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.reading import reading

PREPARE = {"language": "shell", "text": "ansible-playbook hybrid.exchange.prepare_vdirs --limit EX1"}
MAPI = "EX1\\mapi (Default Web Site)"


def finding(check: str, of: str, status: str = "pass", **more: Any) -> dict[str, Any]:
    return {
        "id": check, "title": f"Title of {check}", "severity": "high", "gate": True, "status": status, "object": of,
        "message": "it says so.", "server": None, "tenant": None, "commands": [], **more,
    }  # fmt: skip


def directory(kind: str, server: str = "EX1", methods: tuple[str, ...] = ("Ntlm", "OAuth")) -> dict[str, Any]:
    return {
        "server": server, "kind": kind, "identity": f"{server}\\{kind} (Default Web Site)",
        "internal_methods": list(methods), "external_methods": list(methods),
    }  # fmt: skip


def server(name: str, version: str = "Exchange Server SE RTM") -> dict[str, Any]:
    return {"name": name, "label": version, "site": "Main", "edge": False}


def report(number: int = 1) -> dict[str, Any]:
    """A report in which everything is right; the number makes its run and its time."""
    return {
        "run": {
            "id": f"20261126T{number:02}0000Z-1", "started": f"2026-11-26T{number:02}:00:00Z",
            "finished": f"2026-11-26T{number:02}:05:00+00:00", "stopped": "",
        },
        "organization": {"name": "Contoso", "modern_authentication": True},
        "summary": {
            "findings": {"fail": 0, "warn": 0, "not_checked": 0},
            "servers": {"ready": 1, "total": 1}, "tenants": {"ready": 1, "total": 1},
        },
        "problems": [],
        "servers": [{"host": "ex1", "name": "EX1", "status": "pass", "reason": ""}],
        "tenants": [{"name": "contoso", "ready": True, "reason": ""}],
        "findings": [
            finding("HMA-VDIR-001", "EX1 mapi", server="EX1"),
            finding("HMA-SPN-001", "contoso", tenant="contoso"),
            finding("HMA-AUTH-003", "contoso", tenant="contoso"),
        ],
        "facts": {
            "organization": {
                "name": "Contoso", "guid": "g-1", "read": {"depth": "fast"},
                "sections": {
                    name: {"state": "read"}
                    for name in ("servers", "client_urls", "directories", "web_directories", "auth_servers")
                },
                "config": {"oauth2_client_profile_enabled": True, "mapi_http_enabled": True},
                "servers": [server("EX1")],
                "client_urls": [
                    {"server": "EX1", "kind": "mapi", "where": "external", "url": "https://mail.contoso.com/mapi"},
                ],
                "directories": [directory("mapi")],
                "web_directories": [],
                "auth_servers": [
                    {"name": "EvoSTS", "guid": "a-1", "enabled": True, "default": True, "type": "AzureAD",
                     "realm": "t-1", "domain_names": ["contoso.onmicrosoft.com", "contoso.com"],
                     "application_identifier": None, "issuer": "https://sts.windows.net/t-1/",
                     "authorization_endpoint": "https://login.windows.net/common/oauth2/authorize"},
                ],
                "unread": [],
            },
            "servers": {"ex1": {"server": "EX1"}},
            "tenants": {"contoso": {"before": ["https://mail.contoso.com/", "https://outlook.office365.com/"]}},
        },
    }  # fmt: skip


class World:
    """Run after run against the same organization, which a test changes in between."""

    def __init__(self) -> None:
        self.report = report()
        self.entries: list[Entry] = []

    @property
    def organization(self) -> dict[str, Any]:
        found: dict[str, Any] = self.report["facts"]["organization"]
        return found

    def say(self, check: str, of: str, status: str, **more: Any) -> None:
        """What a check says from now on."""
        kept = [item for item in self.report["findings"] if (item["id"], item["object"]) != (check, of)]
        self.report["findings"] = [finding(check, of, status, **more), *kept]

    def run(self) -> Entry:
        number = len(self.entries) + 1
        self.report["run"] = report(number)["run"]
        before = self.entries[-1] if self.entries else None
        now = reading(copy.deepcopy(self.report))
        self.entries.append(entry_of(now, compared(before.state if before else None, now), before))
        return self.entries[-1]


def news(entry: Entry, tell: bool = True) -> News:
    """What the run has to say, as the result of hma_drift has it."""
    checks = entry.state.checks if entry.state else {}
    opened = [
        OpenCheck(check, of, item.status, item.severity, item.title, item.since).facts()
        for check, objects in checks.items()
        for of, item in objects.items()
        if item.open
    ]
    return news_of(
        {
            **entry.as_json(),
            "ended": entry.finished,
            "tell": tell,
            "open": opened,
            "last_good": entry.finished,
            "files": {},
        }
    )
