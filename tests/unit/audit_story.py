# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scenario of the lab, read and judged in one process: the real cmdlets, the lab's binder, no network and no
Ansible."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.facts import plain
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import facts, gates
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.declared import Settings
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.declared import declared as declared_settings
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inputs import Inputs
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inventory import (
    ServerEntry,
    TaskResult,
    TenantEntry,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.accounts import AccountState
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.permissions import (
    READ_DOMAINS,
    READ_USERS,
    Need,
    denied,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import (
    client_names,
    parse_client_urls,
    plan_names,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import (
    mailboxes,
    organization_read,
    server_files,
    server_state,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import (
    Cmdlet,
    CmdletResult,
    ErrorRecord,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.mailboxes import Identity
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.organization import Organization
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import KINDS, front_end
from ansible_collections.hybrid.exchange.plugins.plugin_utils import _on_server
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.contract import Answer, HostIdentity
from cryptography.hazmat.primitives import hashes

from tests.lab import scenario, windows
from tests.lab.binder import ShellError, bind
from tests.lab.exchange import Organization as Lab
from tests.lab.exchange import product_of

NAMES = [item.name for item in fields(Settings)]
NOW = "2026-11-24T08:00:00+00:00"


class Story:
    """A scenario with changes; ``hide`` are cmdlets that the account's roles hide, ``full`` whether servers are read
    too."""

    def __init__(
        self,
        *changes: Mapping[str, Any],
        base: str = "healthy",
        hide: Sequence[str] = (),
        full: bool = True,
        local: bool = True,
    ) -> None:
        found = scenario.load(base)
        for step in changes:
            scenario.change(found, dict(step))
        self.scenario = scenario.complete(found)
        self.exchange = Lab(self.scenario["organizations"][0], lambda: 0.0)
        self.hidden = {name.casefold() for name in hide}
        self.full = full
        # Whether the servers themselves can be asked, as over winrm.
        self.local = local
        self.sent: list[str] = []

    def run(self, server: str, cmdlets: Sequence[Cmdlet]) -> list[CmdletResult]:
        return [self._one(server, cmdlet) for cmdlet in cmdlets]

    def _one(self, server: str, cmdlet: Cmdlet) -> CmdletResult:
        self.sent.append(cmdlet.name)
        if cmdlet.local:
            return self._on_windows(server, cmdlet)
        given = {key: server if "THIS_SERVER" in repr(value) else value for key, value in cmdlet.parameters.items()}
        try:
            if cmdlet.name.casefold() in self.hidden:
                raise ShellError(
                    "CommandNotFoundException",
                    "ObjectNotFound",
                    "CommandNotFoundException",
                    f"'{cmdlet.name}' is not recognized",
                    cmdlet.name,
                )
            full, bound = bind(
                cmdlet.name, given, product_of(self.exchange.servers[server.casefold()]["version"]), "view"
            )
            objects, warnings = self.exchange.run(server, full, bound)
        except ShellError as exc:
            return CmdletResult([], [ErrorRecord(**exc.record)], [])
        wanted = [*cmdlet.returns, "OriginatingServer"]
        return CmdletResult([{key: item[key] for key in wanted if key in item} for item in objects], [], warnings)

    def _on_windows(self, server: str, cmdlet: Cmdlet) -> CmdletResult:
        """A command of the server itself."""
        try:
            return CmdletResult(
                windows.run(self.exchange.servers[server.casefold()], cmdlet.name, cmdlet.parameters), [], []
            )
        except ShellError as exc:
            return CmdletResult([], [ErrorRecord(**exc.record)], [])

    # -- what the actions read

    def organization(self) -> dict[str, Any]:
        depth = "full" if self.full else "fast"
        reader = self.reader
        host = self.exchange.servers[reader.casefold()].get("inventory_name", reader)
        read = {"host": host, "fqdn": self.exchange.fqdn(reader), "domain_controller": "dc1", "time": NOW}
        return organization_read.parse_organization(
            self.run(reader, organization_read.cmdlets(depth)), read=read, depth=depth
        ).facts()

    @property
    def reader(self) -> str:
        """The server that the organization is read from."""
        return next(
            str(server["name"])
            for server in self.exchange.servers.values()
            if server.get("power") != "off" and server.get("role") != "Edge"
        )

    def servers(self) -> dict[str, Any]:
        found = {}
        for server in self.exchange.servers.values():
            if "inventory_name" in server:
                found[server["inventory_name"]] = (
                    self._server(server)
                    if server.get("power") != "off"
                    else {"unreachable": True, "msg": "no route to host"}
                )
        return found

    def _server(self, server: Mapping[str, Any]) -> dict[str, Any]:
        name = str(server["name"])
        through = bool(server.get("through"))
        if not self.full:
            return {"server": self.exchange.fqdn(name), "through": through}
        directories, unread = [], []
        for kind in KINDS.values():
            result = self.run(name, [kind.get()])[0]
            try:
                if result.errors:
                    raise Refused(result.errors[0].message)
                directories.append(front_end(kind, result).facts())
            except (Refused, ParseError) as exc:
                unread.append({"what": kind.key, "reason": str(exc)})
        more = server_state.parse(self.run(name, server_state.cmdlets(name))).facts()
        own = self._own(name, through)
        return {
            "read": {"time": NOW},
            "server": self.exchange.fqdn(name),
            "through": through,
            "directories": directories,
            **more,
            **{part: plain(getattr(own, part)) for part in _on_server.PARTS},
            "unread": unread + more["unread"] + [gap.brief_facts() for gap in own.unread],
        }

    def _own(self, name: str, through: bool) -> _on_server.OnServer:
        """What is of the server itself, as far as the way to it lets it be asked."""
        organization = Organization.from_facts(Properties(self.organization(), "organization"))
        local = server_files.commands(organization, name)
        asked = self.run(name, local) if self.local and not through else None
        answer = Answer(HostIdentity(name, name, "5.1", "Desktop"), [], None, "winrm")
        return _on_server.parse(name, local, _on_server.BothAnswers(answer, asked, "it cannot be asked here."))

    def tenants(self, found: Mapping[str, Any]) -> dict[str, Any]:
        wanted = list(client_names(parse_client_urls(found["client_urls"]), (), ()).wanted)
        read = {}
        for tenant in self.scenario["tenants"]:
            names = tenant["service_principals"][0]["names"]
            verified = "Domain.Read.All" in tenant["applications"][0]["rights"]
            read[tenant["inventory_name"]] = {
                "read": {"where": "Graph", "time": NOW},
                "after": names,
                "missing": plan_names(names, wanted).changed,
                "access": {"permissions": tenant["applications"][0]["rights"], "owner": None, "has_role": False},
                "enabled": tenant["service_principals"][0].get("enabled", True),
                "verified_domains": tenant.get("verified_domains", [tenant["domain"], "contoso.test", "fabrikam.test"])
                if verified
                else None,
                "application_certificates": self._uploaded(tenant) if self.full else None,
                "unread": [] if verified else [{"what": "verified_domains", "reason": _forbidden(READ_DOMAINS)}],
            }
        return read

    def _uploaded(self, tenant: Mapping[str, Any]) -> list[str]:
        """What the dedicated hybrid application of a tenant knows."""
        current = self.exchange.certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303 - a thumbprint
        keys = [key for item in tenant.get("registrations", []) for key in item.get("key_credentials", [])]
        return [current if key == "auth_certificate" else key for key in keys]

    def identity(self, domains: Sequence[str], page: int = 1000) -> dict[str, Any]:
        foreign, linked = self.run(self.reader, mailboxes.count_cmdlets(domains, page))
        again = (
            self.run(self.reader, mailboxes.pages(domains, page))
            if mailboxes.page_is_full(foreign, page)
            else [foreign]
        )
        counted = {
            "foreign": mailboxes.count_foreign(again, page, [], domains=domains, users=self._users()).facts()
            if foreign.ok
            else None,
            "linked": mailboxes.count_linked(linked, page).facts() if linked.ok else None,
        }
        unread = [
            {"what": what, "reason": "Get-Mailbox is not there"} for what, value in counted.items() if value is None
        ]
        missing, why = self._missing(page) if self._compares else (None, [])
        return {
            "read": {"time": NOW},
            "domains": list(domains),
            "domains_from": "verified",
            **counted,
            "missing": missing,
            "unread": unread + why,
        }

    @property
    def _compares(self) -> bool:
        return bool(self.scenario["vars"].get("hma_identity_entra"))

    def _users(self) -> dict[str, AccountState] | None:
        """The users of all tenants, or None where they are not to be read, or may not be."""
        tenants = self.scenario["tenants"]
        allowed = all("User.Read.All" in tenant["applications"][0]["rights"] for tenant in tenants)
        if not self._compares or not allowed:
            return None
        people = [
            (
                user["upn"].format(number),
                _state(user),
            )
            for item in tenants
            for user in item["users"]
            for number in range(user.get("count", 1))
        ]
        return {name.casefold(): state for name, state in people}

    def _missing(self, page: int) -> tuple[dict[str, Any] | None, list[dict[str, str]]]:
        users = self._users()
        if users is None:
            return None, [{"what": "missing", "reason": _forbidden(READ_USERS)}]
        everyone = self.run(self.reader, [mailboxes.list_cmdlet(page)])[0]
        again = (
            self.run(self.reader, mailboxes.everyone_in_pages(page))
            if mailboxes.page_is_full(everyone, page)
            else [everyone]
        )
        return mailboxes.count_missing(again, page, users, []).facts(), []

    # -- and what is made of it

    def case(self, **more: Any) -> Inputs:
        found = self.organization()
        read = self.tenants(found)
        servers = self.servers()
        verified = [domain for item in read.values() for domain in item["verified_domains"] or ["contoso.test"]]
        settings = {name: more.pop(name) for name in NAMES if name in more}
        declared = {
            item["inventory_name"]: {
                "tenant_id": item["id"],
                "tenant_domain": item["domain"],
                "cloud": item.get("cloud"),
            }
            for item in self.scenario["tenants"]
        }
        given = {
            "read": Organization.from_facts(Properties(found, "organization")),
            "now": datetime.now(UTC),
            "names": client_names(parse_client_urls(found["client_urls"]), (), ()),
            "servers": tuple(ServerEntry.from_facts(host, TaskResult(result)) for host, result in servers.items()),
            "tenants": tuple(
                TenantEntry.from_facts(host, declared[host], TaskResult(result)) for host, result in read.items()
            ),
            "settings": Settings.from_options(
                {**declared_settings(self.scenario["vars"], NAMES, "preflight"), **settings}
            ),
            "full": self.full,
            "identity": self.identity(verified),
            "resolved": {"autodiscover.fabrikam.test": False},
        }
        values = {**given, **more}
        identity = Identity.from_facts(Properties(values["identity"], "identity")) if values["identity"] else None
        return Inputs(**{**values, "identity": identity})

    def judge(self, gate: str = "audit", **more: Any) -> list[Finding]:
        return gates.judge(gate, self.case(**more))

    def document(self, **more: Any) -> dict[str, Any]:
        inputs = self.case(**more)
        found: dict[str, Any] = json.loads(json.dumps(facts.document(inputs)))
        return found


def _forbidden(need: Need) -> str:
    """What Graph answers an application without a permission, as the product says it."""
    return f"HTTP 403 Authorization_RequestDenied. {denied(need, ['Application.Read.All'])}"


def wrong(findings: Sequence[Finding]) -> set[str]:
    """Ids that ask for something to be done."""
    return {item.id for item in findings if item.status in ("fail", "warn")}


def unread(findings: Sequence[Finding]) -> set[str]:
    return {item.id for item in findings if item.status == "not_checked"}


def _state(user: dict[str, Any]) -> AccountState:
    if not user.get("synced", True):
        return AccountState.CLOUD
    return AccountState.SYNCHRONIZED if user.get("enabled", True) else AccountState.BLOCKED
