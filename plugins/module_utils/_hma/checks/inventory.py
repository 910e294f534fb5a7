# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Registered results of a run as entries to judge: one per expected host, whether it was read or not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from ..base.comparison import fold
from ..base.elements import Unread
from ..base.facts import plain
from ..base.values import Properties
from ..entra.holders import Holder
from ..entra.permissions import Access
from ..exchange.authserver import AuthServer
from ..exchange.certificates import Certificate
from ..exchange.server_files import LoggedError, Way
from ..exchange.virtual_directories import Directory
from .sent import names_sent

Item = TypeVar("Item")

# A registered result has at least one of these; a variable of the inventory that is a dictionary has none.
_MARKS: Final = frozenset({"changed", "failed", "skipped", "unreachable"})


def of_run(result: Any, run: str | None) -> Any:
    """A registered result where the run ``run`` made it, else an empty one; a value that is no result stays as it is.

    Results live in variables of fixed names, so an earlier run of the same process may have left one. What failed
    before its action began (a variable that is not defined) names no run; it holds no reading, only a reason, and
    stays.
    """
    if not run or not isinstance(result, Mapping) or not _MARKS & set(result):
        return result
    items = result.get("results")
    if isinstance(items, list) and "run_id" not in result:
        own = [item for item in items if of_run(item, run)]
        return {**result, "results": own} if own else {}
    if "run_id" in result:
        return result if result["run_id"] == run else {}
    why = ("failed", "unreachable", "msg")
    return {key: result[key] for key in why if key in result} if any(map(result.get, why)) else {}


def own(results: Mapping[str, Any], run: str | None) -> dict[str, Any]:
    """Results per host, those of another run left out."""
    return {host: of_run(result, run) for host, result in results.items()}


def facts_of_run(facts: Mapping[str, Any], run: str | None) -> dict[str, Any]:
    """Facts of a run without the results of another one, however they were put together."""
    of_hosts = {
        kind: {host: own(results, run) for host, results in (facts.get(kind) or {}).items()}
        for kind in ("servers", "tenants")
    }
    return {**facts, **of_hosts, "authservers": [item for item in facts.get("authservers") or [] if of_run(item, run)]}


@dataclass(frozen=True)
class TaskResult:
    """A registered result of a task of this collection; an empty one stands for a task that was not run."""

    found: Mapping[str, Any] = field(default_factory=dict)

    def value(self, key: str) -> Any:
        return self.found.get(key)

    def flag(self, key: str) -> bool:
        return bool(self.found.get(key))

    @property
    def error(self) -> str | None:
        """Why there is nothing in it, or None where there is."""
        if not self.found:
            return "it was not read in this run."
        if self.flag("unreachable") or self.flag("failed") or self.flag("msg"):
            return str(self.value("msg") or "unreachable")
        return None

    @property
    def gaps(self) -> tuple[Unread, ...]:
        """What could not be read. These results hold part and reason only."""
        return tuple(Unread(gap["what"], gap["reason"]) for gap in self.value("unread") or ())

    def each(self, key: str, make: Callable[[Properties], Item]) -> tuple[Item, ...] | None:
        """The objects of a list, or None where it was not read."""
        items = self.value(key)
        return None if items is None else tuple(make(Properties(item, key)) for item in items)

    @property
    def access(self) -> Access | None:
        """What the application may do in its tenant."""
        found = self.value("access")
        return Access.from_facts(Properties(found, "access")) if found else None

    @property
    def holders(self) -> tuple[Holder, ...]:
        """Who else in the tenant holds names that are missing."""
        return self.each("holders", Holder.from_facts) or ()

    @property
    def auth_server(self) -> AuthServer:
        """The AuthServer as hma_authserver leaves it, or would leave it."""
        return AuthServer.from_facts(Properties(self.found["auth_server"], "auth_server"))

    @property
    def new_kinds(self) -> frozenset[str]:
        """The kinds of directory that would get OAuth."""
        items = self.value("directories") or []
        return frozenset(item["kind"] for item in items if item.get("predicted") and item["oauth"])

    @property
    def new_domains(self) -> frozenset[str]:
        """The domains that are on the predicted AuthServer and were not on the one that was read."""
        after = self.auth_server
        before = (AuthServer.from_facts(Properties(item, "before")) for item in self.value("before") or [])
        known = {domain for server in before if server.guid == after.guid for domain in server.domain_names}
        return frozenset(after.domain_names) - known


@dataclass(frozen=True)
class Predictions:
    """What this very run would have changed by now. Only an action in check mode makes one: there is nothing else to
    judge by.

    Per host of a server the kinds of directory that would get OAuth, per host of a tenant the names that would be
    added, per tenant id the domains that its AuthServer would learn.
    """

    directories: Mapping[str, frozenset[str]] = field(default_factory=dict)
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    domains: Mapping[str, frozenset[str]] = field(default_factory=dict)


NO_PREDICTIONS: Final = Predictions()


def predictions(
    servers: Mapping[str, TaskResult], tenants: Mapping[str, TaskResult], trusts: Iterable[TaskResult]
) -> Predictions:
    """From the results of hma_vdir_oauth, hma_spn and hma_authserver; one that says that it was written predicts
    nothing."""
    return Predictions(
        {host: result.new_kinds for host, result in servers.items() if result.flag("predicted")},
        {
            host: frozenset(map(str, result.value("missing") or []))
            for host, result in tenants.items()
            if result.flag("predicted")
        },
        {str(result.auth_server.tenant_id): result.new_domains for result in trusts if result.flag("predicted")},
    )


@dataclass(frozen=True)
class ServerEntry:
    """One expected host of a server: what it said of itself, what was read of it, or why it was not read.

    ``predicted`` are the kinds of directory that this very run would give OAuth; there are some in check mode alone.
    ``fills_mapi``: its variables let step 3 give an empty MAPI list Exchange's default.
    """

    host: str
    server: str | None = None
    through: bool = False
    read: Mapping[str, Any] | None = None
    directories: Sequence[Directory] | None = None
    certificates: Sequence[Certificate] | None = None
    components: Mapping[str, str] | None = None
    # What is of the server itself: None where it was not asked there.
    version: str | None = None
    events: Sequence[LoggedError] | None = None
    ways: Sequence[Way] | None = None
    unread: Sequence[Unread] = ()
    predicted: frozenset[str] = frozenset()
    fills_mapi: bool = False
    error: str | None = None

    @classmethod
    def from_facts(cls, host: str, result: TaskResult, predicted: Predictions = NO_PREDICTIONS) -> ServerEntry:
        """From the result of hma_info. Nothing is taken from what survived: a host without a result has an error
        instead."""
        return cls(
            host=host,
            server=result.value("server"),
            through=result.flag("through"),
            read=result.value("read"),
            directories=result.each("directories", Directory.from_facts),
            certificates=result.each("certificates", Certificate.from_facts),
            components=result.value("components"),
            version=result.value("version"),
            events=result.each("events", LoggedError.from_facts),
            ways=result.each("ways", Way.from_facts),
            unread=result.gaps,
            predicted=predicted.directories.get(host, frozenset()),
            error=result.error,
        )

    def facts(self) -> dict[str, Any]:
        keys = (
            *("host", "server", "through", "read", "directories", "certificates", "components", "error"),
            *("version", "events", "ways"),
        )
        own = {key: plain(getattr(self, key)) for key in keys}
        return {**own, "unread": [gap.brief_facts() for gap in self.unread]}

    def why_unread(self, part: str) -> str | None:
        """Why a part of the server was not read, or None where it was."""
        return why_unread(self.unread, part)


@dataclass(frozen=True)
class TenantEntry:
    """One expected host of a tenant: what the inventory declares of it, what was read of it, or why it was not read.

    ``predicted`` are the names that this very run would register, ``sent`` those that it wrote, ``predicted_domains``
    those that its AuthServer would learn.
    """

    host: str
    tenant_id: str = ""
    tenant_domain: str = ""
    cloud: str = "global"
    read: Mapping[str, Any] | None = None
    # The names it is to have, as its own host counts them: with those of its variables.
    wanted: Sequence[str] | None = None
    names: Sequence[str] | None = None
    missing: Sequence[str] | None = None
    verified_domains: Sequence[str] | None = None
    # What is done about missing names in this tenant, as the inventory says, and whether the application may do it.
    spn_mode: str = "apply"
    access: Access | None = None
    # Who holds names that are missing, and whether the service principal is enabled (None: nobody said).
    holders: Sequence[Holder] = ()
    enabled: bool | None = None
    # The thumbprints that the dedicated hybrid application knows; None where they were not read.
    application_certificates: Sequence[str] | None = None
    unread: Sequence[Unread] = ()
    predicted: frozenset[str] = frozenset()
    sent: frozenset[str] = frozenset()
    predicted_domains: frozenset[str] = frozenset()
    error: str | None = None

    @classmethod
    def from_facts(
        cls, host: str, declared: Mapping[str, Any], result: TaskResult, predicted: Predictions = NO_PREDICTIONS
    ) -> TenantEntry:
        """From the variables of the tenant and the result of hma_spn."""
        tenant_id = str(declared.get("tenant_id") or "")
        return cls(
            host=host,
            tenant_id=tenant_id,
            tenant_domain=str(declared.get("tenant_domain") or ""),
            cloud=str(declared.get("cloud") or "global"),
            read=result.value("read"),
            wanted=result.value("wanted"),
            missing=result.value("missing"),
            verified_domains=result.value("verified_domains"),
            names=result.value("after"),
            spn_mode=str(declared.get("spn_mode") or "apply"),
            access=result.access,
            holders=result.holders,
            enabled=result.value("enabled"),
            application_certificates=result.value("application_certificates"),
            unread=result.gaps,
            predicted=predicted.names.get(host, frozenset()),
            sent=names_sent(declared.get("written") or {}),
            predicted_domains=predicted.domains.get(fold(tenant_id), frozenset()),
            error=result.error,
        )

    def facts(self) -> dict[str, Any]:
        keys = (
            *("host", "tenant_id", "tenant_domain", "cloud", "read", "names", "missing", "verified_domains", "error"),
            "application_certificates",
        )
        own = {key: plain(getattr(self, key)) for key in keys}
        return {**own, "unread": [gap.brief_facts() for gap in self.unread]}

    def why_unread(self, part: str) -> str | None:
        return why_unread(self.unread, part)


@dataclass(frozen=True)
class RunResults:
    """The results that ``run_facts`` gives of each expected host, as entries to judge."""

    facts: Mapping[str, Any]

    def servers(self, reading: str, predicted: Predictions | None = None) -> tuple[ServerEntry, ...]:
        found: Mapping[str, Any] = self.facts.get("servers") or {}
        return tuple(
            replace(
                ServerEntry.from_facts(host, TaskResult(results.get(reading) or {}), predicted or NO_PREDICTIONS),
                fills_mapi=results.get("mapi_empty") == "default",
            )
            for host, results in found.items()
        )

    def tenants(
        self, reading: str, predicted: Predictions | None = None, *, asked_only: bool = False
    ) -> tuple[TenantEntry, ...]:
        """``asked_only``: without those that a limit left out of the run."""
        found: Mapping[str, Any] = self.facts.get("tenants") or {}
        return tuple(
            TenantEntry.from_facts(host, results, TaskResult(results.get(reading) or {}), predicted or NO_PREDICTIONS)
            for host, results in found.items()
            if results.get("asked") or not asked_only
        )

    def predictions(self) -> Predictions:
        """From what hma_vdir_oauth, hma_spn and hma_authserver would have written by now."""
        written = [
            {host: TaskResult(results.get("written") or {}) for host, results in (self.facts.get(kind) or {}).items()}
            for kind in ("servers", "tenants")
        ]
        return predictions(written[0], written[1], map(TaskResult, self.facts.get("authservers") or []))


def why_unread(gaps: Sequence[Unread], part: str) -> str | None:
    """The reason of the first gap in a part of what was read."""
    return next((gap.reason for gap in gaps if gap.what == part), None)
