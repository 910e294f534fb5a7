# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A drawn organization in this process: the product's own reads, plans, judges and restores over the lab's directory.

No Ansible and no network, so that thousands are tried where playbooks try one. What a playbook does between two plans
is done here in the plainest way there is.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inputs import Inputs
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import plan_names
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import (
    authserver,
    enabling,
    mailboxes,
    orgconfig,
    trusted,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Change
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet, CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import ErrorRecord as Error
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.mailboxes import Identity
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.side_effects import give_back
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.versions import (
    has_domain_name,
    parse_admin_display_version,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import (
    KINDS,
    Directory,
    front_end,
    parse_directory,
    plan_oauth,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.auth_servers import read_servers
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.history import Recorded
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.names import names_back
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.restoration import Restoration
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.restore import (
    note_side_effects,
    of_server,
    restore_directories,
    restore_organization,
)

from tests.lab.binder import ShellError, bind
from tests.lab.exchange import Organization as Lab
from tests.lab.exchange import product_of
from tests.lab.scenario import complete
from tests.unit.audit_story import NOW, Story


class Killed(Exception):
    """The control node ends in the middle of a run."""


class World(Story):
    """A scenario, what was written to it, and how many more writes it lives for."""

    def __init__(self, found: Mapping[str, Any], *, people: bool = False) -> None:
        self._time = 0.0
        self.scenario = complete(dict(found))
        if not people:
            # A thousand mailboxes take longer than all the rest; one judgement of them is enough.
            self.scenario["organizations"][0]["mailboxes"] = [{"upn": "alice@contoso.test"}]
        self.exchange = Lab(self.scenario["organizations"][0], self._clock)
        self.hidden: set[str] = set()
        self.full = self.local = True
        self.sent: list[str] = []
        self.history: list[Recorded] = []
        self.lives = 10_000
        self._read: dict[tuple[bool, int], dict[str, Any]] = {}
        self._people: dict[str, Any] = {}
        self._writes = 0

    def _clock(self) -> float:
        """Each look is later than any replication takes."""
        self._time += 60
        return self._time

    def state(self) -> dict[str, Any]:
        tenants = [
            {key: copy.deepcopy(tenant[key]) for key in ("id", "domain", "service_principals")}
            for tenant in self.scenario["tenants"]
        ]
        return {"organizations": [self.exchange.state()], "tenants": tenants}

    # -- reading and writing

    def _one(self, server: str, cmdlet: Cmdlet) -> CmdletResult:
        given = {key: server if "THIS_SERVER" in repr(value) else value for key, value in cmdlet.sent.items()}
        try:
            product = product_of(self.exchange.servers[server.casefold()]["version"])
            full, bound = bind(cmdlet.name, given, product, "full")
            objects, warnings = self.exchange.run(server, full, bound)
        except ShellError as exc:
            return CmdletResult([], [Error(**exc.record)], [])
        wanted = [*cmdlet.returns, "OriginatingServer"]
        return CmdletResult([{key: item[key] for key in wanted if key in item} for item in objects], [], warnings)

    def read_one(self, server: str, cmdlet: Cmdlet) -> CmdletResult:
        result = self.run(server, [cmdlet])[0]
        if result.errors:
            raise Refused(result.errors[0].message)
        return result

    def organization(self) -> dict[str, Any]:
        """What one read after the last write shows; each server asks for it again."""
        key = (self.full, self._writes)
        if key not in self._read:
            self._read[key] = super().organization()
        return self._read[key]

    def step_1(self, inputs: Inputs) -> Inputs:
        """What step 1 of a run knows: over Exchange's own endpoint, asking a server who it is reads its directories
        too; over any other connection that would take a shell more."""
        if self.scenario["connection"] == "exchange":
            return inputs
        return replace(inputs, servers=tuple(replace(item, directories=None, unread=()) for item in inputs.servers))

    def identity(self, domains: Sequence[str], page: int = 1000) -> dict[str, Any]:
        """The sign-in names, counted in one page or in many; no write of a run touches them."""
        if self._people.get("domains") != list(domains):
            self._people = self._counted(domains, page)
        return self._people

    def people(self, domains: Sequence[str]) -> Identity:
        return Identity.from_facts(Properties(self.identity(domains), "identity"))

    def _counted(self, domains: Sequence[str], page: int) -> dict[str, Any]:
        foreign, linked = self.run(self.writer, mailboxes.count_cmdlets(domains, page))
        full = mailboxes.page_is_full(foreign, page)
        again = self.run(self.writer, mailboxes.pages(domains, page)) if full else [foreign]
        counted = {
            "foreign": mailboxes.count_foreign(again, page, [], domains=domains).facts(),
            "linked": mailboxes.count_linked(linked, page).facts(),
        }
        how = {"read": {"time": NOW}, "domains": list(domains), "domains_from": "verified", "unread": []}
        return {**how, **counted, "missing": None}

    @property
    def writer(self) -> str:
        """A server that is on and has a host of its own, of the highest build; as the run takes it."""
        own = [
            item
            for item in self.exchange.servers.values()
            if item.get("power") != "off" and item.get("role") != "Edge" and not item.get("through")
        ]
        return str(max(own, key=lambda item: parse_admin_display_version(item["version"]))["name"])

    def hosts(self) -> list[str]:
        """The servers that have a host and answer."""
        return [
            str(item["name"])
            for item in self.exchange.servers.values()
            if "inventory_name" in item and item.get("power") != "off"
        ]

    def _recorded(self, host: str, *values: Any) -> Recorded:
        number = len(self.history)
        return Recorded(f"{number:016x}", f"2026-11-26T10:00:{number:06d}Z", "r", host, *values)

    def apply(self, server: str, change: Change) -> Recorded:
        """Send a write and keep the record of it; the last one of a life leaves no outcome behind."""
        if self.lives <= 0:
            raise Killed
        self.lives -= 1
        self._writes += 1
        result = self.run(server, [change.cmdlet])[0]
        if result.errors:
            raise Refused(f"{change.cmdlet.typed()}: {result.errors[0].message}")
        outcome = "done" if self.lives else "open"
        step = self._recorded(
            server, change.object, change.target, change.cmdlet.typed(), change.before, change.after, outcome,
            change.beside,
        )  # fmt: skip
        self.history.append(step)
        return step

    # -- the steps of a run, each a list of what it refused

    def register(self, inputs: Inputs) -> Iterator[str]:
        wanted = list(inputs.names.wanted)
        for tenant in self.scenario["tenants"]:
            names = tenant["service_principals"][0]["names"]
            plan = plan_names(names, wanted)
            if plan.changed:
                self._write_names(tenant, names, plan.after)
        yield from ()

    def _write_names(self, tenant: dict[str, Any], before: Sequence[str], after: Sequence[str]) -> None:
        if self.lives <= 0:
            raise Killed
        self.lives -= 1
        target = {"type": "names", "tenant_id": tenant["id"]}
        values = [{"servicePrincipalNames": list(names)} for names in (before, after)]
        self.history.append(self._recorded("t", "names", target, "PATCH", *values))
        tenant["service_principals"][0]["names"] = list(after)

    def prepare(self, _inputs: Inputs) -> Iterator[str]:
        empty = str(self.scenario["vars"].get("hma_vdir_mapi_empty", "refuse"))
        for server in self.hosts():
            for kind in KINDS.values():
                try:
                    self._prepare(server, front_end(kind, self.read_one(server, kind.get())), empty)
                except (Refused, ParseError) as exc:
                    yield str(exc)

    def _prepare(self, server: str, directory: Directory, empty: str) -> None:
        change = plan_oauth(directory, present=True, mapi_empty=empty)
        if change is None:
            return
        self.apply(server, change)
        now = self._give_back(server, directory)
        if not now.oauth or now.urls != directory.urls:
            raise AssertionError(f"{directory.identity} does not read back")
        if plan_oauth(now, present=True, mapi_empty=empty) is not None:
            raise AssertionError(f"{directory.identity} would be written again")

    def _give_back(self, server: str, before: Directory) -> Directory:
        kind = KINDS[before.kind]
        now = parse_directory(kind, self.read_one(server, kind.get_one(before.guid)).only("Get"))
        change = give_back(before, now)
        if change is None:
            return now
        self.apply(server, change)
        return parse_directory(kind, self.read_one(server, kind.get_one(before.guid)).only("Get"))

    def trust(self, _inputs: Inputs) -> Iterator[str]:
        version = str(self.exchange.servers[self.writer.casefold()]["version"])
        domains = has_domain_name(parse_admin_display_version(version))
        for tenant in self.scenario["tenants"]:
            try:
                own = trusted.of_tenant(self._auth_servers(), tenant["id"])
                names = [tenant["domain"]] if domains else []
                for change in authserver.plan_trust(own, enabled=None, domain_names=names).changes:
                    self.apply(self.writer, change)
            except (Refused, ParseError) as exc:
                yield str(exc)

    def switch(self, inputs: Inputs) -> Iterator[str]:
        if inputs.default is None:
            yield "no tenant is to be the default endpoint"
            return
        try:
            plan = enabling.plan_enable(
                self._config(), self._auth_servers(), inputs.default.tenant_id,
                self.scenario["vars"].get("hma_replace_default_authserver"),
            )  # fmt: skip
            for change in plan.changes:
                self.apply(self.writer, change)
        except (Refused, ParseError) as exc:
            yield str(exc)

    def _auth_servers(self) -> list[authserver.AuthServer]:
        return authserver.parse_authservers(self.read_one(self.writer, authserver.READ).properties("Get"))[0]

    def _config(self) -> orgconfig.OrganizationConfig:
        return orgconfig.parse_organization_config(self.read_one(self.writer, orgconfig.READ).only("Get"))

    # -- and back

    def restore(self) -> Restoration:
        """Everything that was recorded, in the order of restore_hma; what was refused or left is named."""
        history, self.history, self.lives = self.history, [], 10_000
        read = read_servers(self.read_one(self.writer, authserver.READ).properties("Get"), history)
        done = restore_organization(
            self._config(),
            read.servers,
            [step for step in history if step.is_of("organization") or step.is_of("authserver")],
            read.odd,
        )
        done.refused += read.unread
        for change in done.changes:
            self.apply(self.writer, change)
        for server in self.hosts():
            self._restore_server(server, of_server(history, self.exchange.fqdn(server)), done)
        self._restore_names(history, done)
        return done

    def _restore_server(self, server: str, own: Mapping[str, Sequence[Recorded]], done: Restoration) -> None:
        found = {guid: self._directory(server, guid, steps) for guid, steps in own.items()}
        live = self._config().may_be_on
        back = restore_directories(found, own, live=live, web=None, connectors=[], forced=True)
        for change in back.changes:
            self.apply(server, change)
            before = next(item for item in found.values() if item and item.guid == change.target["guid"])
            found[before.guid] = self._give_back(server, before)
        note_side_effects(back, found, own)
        done.refused += back.refused
        done.left += back.left

    def _directory(self, server: str, guid: str, steps: Sequence[Recorded]) -> Directory:
        kind = KINDS[steps[-1].target_text("kind")]
        return parse_directory(kind, self.read_one(server, kind.get_one(guid)).only("Get"))

    def _restore_names(self, history: Sequence[Recorded], done: Restoration) -> None:
        for identity, names in names_back(history).items():
            tenant = next(item for item in self.scenario["tenants"] if item["id"] == identity)
            if done.live and names.take:
                done.refuse(tenant["domain"], "in use")
                continue
            now = tenant["service_principals"][0]["names"]
            after = plan_names(plan_names(now, names.take, present=False).after, names.give).after
            self._write_names(tenant, now, after)
