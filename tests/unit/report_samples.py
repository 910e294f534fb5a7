# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet of any size as the modules describe it, for the tests of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import KINDS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.document import Document, Origin, document
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.facts import Facts

ORIGIN = Origin("0.1.0", (), "2026-11-24T07:10:05+00:00")


def change(kind: str, server: str = "EX1", result: str = "done", **more: Any) -> dict[str, Any]:
    """A write to a directory, as the result of a task has it."""
    return {
        "id": "0123456789abcdef", "object": f"{server}\\{kind} (Default Web Site)",
        "target": {"type": "directory", "kind": kind, "server": server, "guid": "g"},
        "command": f"Set-{kind} '{server}'", "before": {"OAuthAuthentication": False},
        "after": {"OAuthAuthentication": True}, "result": result, **more,
    }  # fmt: skip


def names_added(*names: str, result: str = "done", before: Sequence[str] = ("https://a/",)) -> dict[str, Any]:
    """A write of a tenant's names."""
    lists = {"servicePrincipalNames": list(before)}, {"servicePrincipalNames": [*before, *names]}
    return {
        "id": "", "object": "the names", "target": {"type": "names", "tenant_id": "t"},
        "command": "PATCH servicePrincipals",
        "before": lists[0], "after": lists[1], "result": result,
    }  # fmt: skip


def directory(server: str, kind: str, *, oauth: bool = True) -> dict[str, Any]:
    methods = ["Ntlm", "Negotiate", *(["OAuth"] if oauth else [])]
    return {
        "kind": kind,
        "identity": f"{server}\\{kind} (Default Web Site)",
        "settings": {"IISAuthenticationMethods": methods},
        "oauth": oauth,
    }


def prepare(name: str) -> dict[str, str]:
    return {"language": "shell", "text": f"ansible-playbook hybrid.exchange.prepare_vdirs --limit {name}"}


def finding(status: str = "fail", **more: Any) -> dict[str, Any]:
    return {
        "id": "HMA-VDIR-001", "title": "OAuth is on for every virtual directory of every server", "severity": "high",
        "gate": True, "status": status,
        "object": "ex1 mapi", "message": "EX1\\mapi does not offer OAuth.", "expected": "OAuth",
        "actual": "Ntlm, Negotiate", "why": "Clients are prompted.",
        "fix": "Turn OAuth on for these directories.", "commands": [prepare("ex1")],
        "source": "https://learn.microsoft.com/",
        "scope": "server", "server": "ex1",
        "tenant": None, "doc": "HMA-VDIR-001", **more,
    }  # fmt: skip


def fleet(servers: int = 4, tenants: int = 2, **more: Any) -> dict[str, Any]:
    """What run_facts gives: every third server lacks OAuth on one directory, the last tenant lacks a name."""
    names = [f"ex{number}" for number in range(1, servers + 1)]
    hosts = [f"tenant{number}" for number in range(1, tenants + 1)]
    wanted = [f"https://{name}.contoso.test/" for name in ("autodiscover", "eas", "mail", "mapi", "oab")]
    findings = []
    for place, name in enumerate(names):
        for kind in KINDS:
            bad = place % 3 == 0 and kind == "mapi"
            mending = {"commands": [prepare(name)]} if bad else {"fix": "", "commands": []}
            message = f"{name} is read" if bad else ""
            findings.append(
                finding("fail" if bad else "pass", object=f"{name} {kind}", message=message, server=name, **mending)
            )
    return {
        "findings": findings,
        "organization": {
            "name": "Contoso",
            "guid": "37e46587-7875-5afd-aeaf-5a27743e41f5",
            "config": {"oauth2_client_profile_enabled": False},
            "servers": [
                {
                    "name": name.upper(),
                    "fqdn": f"{name}.corp.contoso.test",
                    "label": "Exchange 2019 CU15",
                    "client_access": True,
                    "edge": False,
                }
                for name in names
            ],
            "auth_servers": [{"name": "EvoSTS", "default": True}],
        },
        "settings": {"hma_servers_excluded": []},
        "servers": {
            name: {
                "read": {
                    "server": f"{name}.corp.contoso.test",
                    "directories": [
                        directory(name.upper(), kind, oauth=not (place % 3 == 0 and kind == "mapi")) for kind in KINDS
                    ],
                    "unread": [],
                }
            }
            for place, name in enumerate(names)
        },
        "tenants": {
            host: {
                "read": {
                    "wanted": wanted,
                    "missing": [wanted[1]] if host == hosts[-1] else [],
                    "names": {
                        "wanted": [
                            {"name": name, "sources": [f"{server.upper()} ews external" for server in names]}
                            for name in wanted
                        ],
                        "ignored": [{"host": "old.contoso.test", "reason": "retired"}],
                    },
                }
            }
            for host in hosts
        },
        "run": {"id": "20261124T070000Z-1", "started": "2026-11-24T07:00:00Z", "mode": "audit", "stopped": ""},
        **more,
    }


def made(facts: Mapping[str, Any]) -> Document:
    """The report of a run that left these facts behind."""
    return document(Facts.from_facts(facts), ORIGIN)


def report(**more: Any) -> Document:
    return made(fleet(**more))
