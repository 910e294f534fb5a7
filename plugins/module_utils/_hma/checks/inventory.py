# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Registered results of a run as entries to judge: one per expected host, whether it was read or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ..base.comparison import fold
from ..base.values import Properties
from ..entra.holders import Holder
from ..entra.permissions import Access
from ..exchange.authserver import AuthServer

Result = Mapping[str, Any]
Results = Mapping[str, Result]
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
        return result if str(result["run_id"]) == run else {}
    return (
        {key: result[key] for key in ("failed", "unreachable", "msg") if key in result}
        if _broken(result) or result.get("msg")
        else {}
    )


def own(results: Results, run: str | None) -> dict[str, Any]:
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


def predictions(servers: Results, tenants: Results, trusts: Sequence[Result]) -> Predictions:
    """From the results of hma_vdir_oauth, hma_spn and hma_authserver; one that says that it was written predicts
    nothing."""
    return Predictions(
        {host: _kinds(result) for host, result in servers.items() if result.get("predicted")},
        {
            host: frozenset(map(str, result.get("missing") or []))
            for host, result in tenants.items()
            if result.get("predicted")
        },
        {str(_predicted(result).tenant_id): _domains(result) for result in trusts if result.get("predicted")},
    )


def _access(result: Result) -> Access | None:
    found = result.get("access")
    return Access.from_facts(Properties(found, "access")) if found else None


def _predicted(result: Result) -> AuthServer:
    return AuthServer.from_facts(Properties(result["auth_server"], "auth_server"))


@dataclass(frozen=True)
class ServerEntry:
    """One expected host of a server: what it said of itself, what was read of it, or why it was not read.

    ``predicted`` are the kinds of directory that this very run would give OAuth; there are some in check mode alone.
    """

    host: str
    server: str | None = None
    through: bool = False
    read: Result | None = None
    directories: Sequence[Result] | None = None
    certificates: Sequence[Result] | None = None
    components: Result | None = None
    unread: Sequence[Mapping[str, str]] = ()
    predicted: frozenset[str] = frozenset()
    error: str | None = None

    @classmethod
    def from_facts(cls, host: str, result: Result, predicted: Predictions = NO_PREDICTIONS) -> ServerEntry:
        """From the result of hma_info. Nothing is taken from what survived: a host without a result has an error
        instead."""
        return cls(
            host=host,
            server=result.get("server"),
            through=bool(result.get("through", False)),
            **{key: result.get(key) for key in ("read", "directories", "certificates", "components")},
            unread=result.get("unread") or (),
            predicted=predicted.directories.get(host, frozenset()),
            error=error_of(result),
        )

    def facts(self) -> dict[str, Any]:
        keys = ("host", "server", "through", "read", "directories", "certificates", "components", "error")
        return {**{key: getattr(self, key) for key in keys}, "unread": list(self.unread)}

    def why_unread(self, part: str) -> str | None:
        """Why a part of the server was not read, or None where it was."""
        return why_unread(self.unread, part)


@dataclass(frozen=True)
class TenantEntry:
    """One expected host of a tenant: what the inventory declares of it, what was read of it, or why it was not read.

    ``predicted`` are the names that this very run would register, ``predicted_domains`` those that its AuthServer would
    learn.
    """

    host: str
    tenant_id: str = ""
    tenant_domain: str = ""
    cloud: str = "global"
    read: Result | None = None
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
    unread: Sequence[Mapping[str, str]] = ()
    predicted: frozenset[str] = frozenset()
    predicted_domains: frozenset[str] = frozenset()
    error: str | None = None

    @classmethod
    def from_facts(
        cls, host: str, declared: Mapping[str, Any], result: Result, predicted: Predictions = NO_PREDICTIONS
    ) -> TenantEntry:
        """From the variables of the tenant and the result of hma_spn."""
        tenant_id = str(declared.get("tenant_id") or "")
        return cls(
            host=host,
            tenant_id=tenant_id,
            tenant_domain=str(declared.get("tenant_domain") or ""),
            cloud=str(declared.get("cloud") or "global"),
            **{key: result.get(key) for key in ("read", "wanted", "missing", "verified_domains")},
            names=result.get("after"),
            spn_mode=str(declared.get("spn_mode") or "apply"),
            access=_access(result),
            holders=[Holder.from_facts(Properties(item, "holders")) for item in result.get("holders") or []],
            enabled=result.get("enabled"),
            unread=result.get("unread") or (),
            predicted=predicted.names.get(host, frozenset()),
            predicted_domains=predicted.domains.get(fold(tenant_id), frozenset()),
            error=error_of(result),
        )

    def facts(self) -> dict[str, Any]:
        keys = ("host", "tenant_id", "tenant_domain", "cloud", "read", "names", "missing", "verified_domains", "error")
        return {**{key: getattr(self, key) for key in keys}, "unread": list(self.unread)}

    def why_unread(self, part: str) -> str | None:
        return why_unread(self.unread, part)


@dataclass(frozen=True)
class RunResults:
    """The results that ``run_facts`` gives of each expected host, as entries to judge."""

    facts: Mapping[str, Any]

    def servers(self, reading: str, predicted: Predictions | None = None) -> tuple[ServerEntry, ...]:
        found: Results = self.facts.get("servers") or {}
        return tuple(
            ServerEntry.from_facts(host, results.get(reading) or {}, predicted or NO_PREDICTIONS)
            for host, results in found.items()
        )

    def tenants(
        self, reading: str, predicted: Predictions | None = None, *, asked_only: bool = False
    ) -> tuple[TenantEntry, ...]:
        """``asked_only``: without those that a limit left out of the run."""
        found: Results = self.facts.get("tenants") or {}
        return tuple(
            TenantEntry.from_facts(host, results, results.get(reading) or {}, predicted or NO_PREDICTIONS)
            for host, results in found.items()
            if results.get("asked") or not asked_only
        )

    def predictions(self) -> Predictions:
        """From what hma_vdir_oauth, hma_spn and hma_authserver would have written by now."""
        written = [
            {host: results.get("written") or {} for host, results in (self.facts.get(kind) or {}).items()}
            for kind in ("servers", "tenants")
        ]
        return predictions(written[0], written[1], self.facts.get("authservers") or [])


def why_unread(gaps: Sequence[Mapping[str, str]], part: str) -> str | None:
    """The reason of the first gap in a part of what was read."""
    return next((str(gap["reason"]) for gap in gaps if gap["what"] == part), None)


def error_of(read: Result | None) -> str | None:
    """Why a host was not read, or None where it was."""
    if not read:
        return "it was not read in this run."
    if _broken(read) or read.get("msg"):
        return str(read.get("msg") or "unreachable")
    return None


def _broken(result: Result) -> bool:
    return bool(result.get("unreachable") or result.get("failed"))


def _kinds(result: Result) -> frozenset[str]:
    return frozenset(
        str(item["kind"]) for item in result.get("directories") or [] if item.get("predicted") and item["oauth"]
    )


def _domains(result: Result) -> frozenset[str]:
    """The domains that are on the predicted object and were not on the one that was read."""
    known = {
        domain
        for item in result.get("before") or []
        if item["guid"] == result["auth_server"]["guid"]
        for domain in item["domain_names"]
    }
    return frozenset(result["auth_server"]["domain_names"]) - known
