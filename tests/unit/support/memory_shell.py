# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A shell of Exchange in this process, over the lab's own organization, and a recording that is made through it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import authserver
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import (
    Cmdlet,
    CmdletResult,
    ErrorRecord,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.answers import (
    PageAnswer,
    TenantAnswers,
    TriedWrite,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.compared import Row, compare
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.document import make_document
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.recorded import Recording
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.contract import Answer, HostIdentity
from ansible_collections.hybrid.exchange.plugins.plugin_utils._recording.assumptions import assumptions
from ansible_collections.hybrid.exchange.plugins.plugin_utils._recording.exchange import read_server

from tests.lab.binder import ShellError, bind
from tests.lab.exchange import Organization, product_of
from tests.lab.exchange_types import arrived
from tests.lab.reply_urls import fits
from tests.lab.scenario import complete

_URL = "https://mail.contoso.test/owa"


def organization_of(found: Mapping[str, Any], **positions: str) -> Organization:
    """The first organization of a scenario, with switches of the lab turned; each look at it is later than the last."""
    spec = complete(dict(found))["organizations"][0]
    times: Iterator[int] = iter(range(0, 10**9, 60))
    given = {**spec.get("assumptions", {}), **positions}
    return Organization({**spec, "assumptions": given}, lambda: float(next(times)))


class MemoryShell:
    """What the script is to the lab's server, without a connection."""

    def __init__(self, organization: Organization, server: str) -> None:
        self.organization, self.server = organization, server
        self.sent: list[str] = []

    def run(self, cmdlets: Sequence[Cmdlet], *, domain_controller: str | None = None) -> Answer:
        results: list[CmdletResult] = []
        for cmdlet in cmdlets:
            results.append(self._one(cmdlet))
            if cmdlet.ends(results[-1]):
                break
        results += [CmdletResult([], [], [], ran=False)] * (len(cmdlets) - len(results))
        fqdn = self.organization.fqdn(self.server)
        return Answer(HostIdentity(self.server, fqdn, "5.1", "Desktop"), results, domain_controller, "winrm")

    def _one(self, cmdlet: Cmdlet) -> CmdletResult:
        given = {key: self.server if "THIS_SERVER" in repr(value) else value for key, value in cmdlet.sent.items()}
        milliseconds = 1 if cmdlet.raw else None
        try:
            objects, warnings = self._bound(cmdlet, given)
        except ShellError as exc:
            return CmdletResult([], [ErrorRecord(**self._worded(cmdlet, exc))], [], milliseconds=milliseconds)
        if cmdlet.writes:
            self.sent.append(cmdlet.name)
        if cmdlet.raw:
            return CmdletResult([arrived(cmdlet.name, item) for item in objects], [], warnings, milliseconds=1)
        wanted = [*cmdlet.returns, "OriginatingServer"]
        return CmdletResult([{key: item[key] for key in wanted if key in item} for item in objects], [], warnings)

    def _bound(self, cmdlet: Cmdlet, given: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
        product = product_of(self.organization.servers[self.server.casefold()]["version"])
        full, bound = bind(cmdlet.name, given, product, "full")
        return self.organization.run(self.server, full, bound)

    def _worded(self, cmdlet: Cmdlet, exc: ShellError) -> dict[str, str]:
        record: dict[str, str] = dict(exc.record)
        if record["id"] == "CommandNotFoundException":
            record["message"] = self.organization.position.not_recognized(cmdlet.name, str(exc))
        return record


class Forgetful(MemoryShell):
    """An Exchange that accepts a default endpoint and does not store it, once."""

    forgets: bool = True

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Forgetful:
        """The shell of the first server of a scenario."""
        organization = organization_of(found)
        return cls(organization, next(iter(organization.servers.values()))["name"])

    def _one(self, cmdlet: Cmdlet) -> CmdletResult:
        if self.forgets and cmdlet.parameters.get(authserver.DEFAULT) is True:
            self.forgets = False
            return CmdletResult([], [], [])
        return super()._one(cmdlet)


def tenant_of(slash: str) -> TenantAnswers:
    """What a tenant's sign-in page says to a reply URL, as registered and with the other form of its end."""
    replies = [("registered", _URL), ("other_end", f"{_URL}/")]
    return TenantAnswers(
        "11111111-aaaa-4bbb-8ccc-000000000001", "global", ("appid", "oid", "tid"), (), (),
        tuple(
            PageAnswer(name, 200, "" if fits(url, [_URL], slash) else f"AADSTS50011: '{url}'") for name, url in replies
        ),
    )  # fmt: skip


def recorded(
    organization: Organization, tenants: Sequence[TenantAnswers] = (), trials: Sequence[TriedWrite] = ()
) -> dict[str, Any]:
    """The document of a recording of every server that answers; the first one has the trials."""
    names = [
        str(item["name"])
        for item in organization.servers.values()
        if item.get("power") != "off" and item.get("role") != "Edge" and "inventory_name" in item
    ]
    servers = [
        read_server(MemoryShell(organization, name), None, organization=not number) for number, name in enumerate(names)
    ]
    servers[0] = replace(servers[0], trials=tuple(trials))
    return make_document("0.0.0", servers, tenants, names).facts()


def rows_of(document: Mapping[str, Any]) -> dict[str, Row]:
    return {row.id: row for row in compare(Recording.of(document), assumptions())}
