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
from ..exchange.authserver import AuthServer

Result = Mapping[str, Any]
Results = Mapping[str, Result]
# A registered result has at least one of these; a variable of the inventory that is a dictionary has none.
_MARKS: Final = frozenset({"changed", "failed", "skipped", "unreachable"})


def of_run(result: Any, run: str | None) -> Any:
    """A registered result where the run ``run`` made it, else an empty one; a value that is no result stays as it is.

    Results live in variables of fixed names, so an earlier run of the same process may have left one. What failed before
    its action began (a variable that is not defined) names no run; it holds no reading, only a reason, and stays.
    """
    if not run or not isinstance(result, Mapping) or not _MARKS & set(result):
        return result
    items = result.get("results")
    if isinstance(items, list) and "run_id" not in result:
        own = [item for item in items if of_run(item, run)]
        return {**result, "results": own} if own else {}
    if "run_id" in result:
        return result if str(result["run_id"]) == run else {}
    return {key: result[key] for key in ("failed", "unreachable", "msg") if key in result} if _broken(result) or result.get("msg") else {}


def own(results: Results, run: str | None) -> dict[str, Any]:
    """Results per host, those of another run left out."""
    return {host: of_run(result, run) for host, result in results.items()}


@dataclass(frozen=True)
class Predictions:
    """What this very run would have changed by now. Only an action in check mode makes one: there is nothing else to judge by.

    Per host of a server the kinds of directory that would get OAuth, per host of a tenant the names that would be added,
    per tenant id the domains that its AuthServer would learn.
    """

    directories: Mapping[str, frozenset[str]] = field(default_factory=dict)
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    domains: Mapping[str, frozenset[str]] = field(default_factory=dict)


NO_PREDICTIONS: Final = Predictions()


def predictions(servers: Results, tenants: Results, trusts: Sequence[Result]) -> Predictions:
    """From the results of hma_vdir_oauth, hma_spn and hma_authserver; one that says that it was written predicts nothing."""
    return Predictions(
        {host: _kinds(result) for host, result in servers.items() if result.get("predicted")},
        {host: frozenset(map(str, result.get("missing") or [])) for host, result in tenants.items() if result.get("predicted")},
        {str(_predicted(result).tenant_id): _domains(result) for result in trusts if result.get("predicted")},
    )


def _predicted(result: Result) -> AuthServer:
    return AuthServer.from_facts(Properties(result["auth_server"], "auth_server"))


def servers(hosts: Sequence[str], read: Results, predicted: Predictions = NO_PREDICTIONS) -> list[dict[str, Any]]:
    """Nothing is taken from what survived: a host without a result has an error instead."""
    keys = ("read", "server", "directories", "certificates", "components", "unread")
    return [
        {
            "host": host,
            **{key: read.get(host, {}).get(key) for key in keys},
            "through": read.get(host, {}).get("through", False),
            "predicted": sorted(predicted.directories.get(host, ())),
            "error": error_of(read.get(host)),
        }
        for host in hosts
    ]


def tenants(hosts: Sequence[str], declared: Mapping[str, Mapping[str, Any]], read: Results, predicted: Predictions = NO_PREDICTIONS) -> list[dict[str, Any]]:
    """``declared`` is what the inventory says: ids, domains, clouds per host."""
    rows = []
    for host in hosts:
        found = read.get(host, {})
        tenant_id = str(declared["ids"].get(host) or "")
        rows.append(
            {
                "host": host,
                "tenant_id": tenant_id,
                "tenant_domain": str(declared["domains"].get(host) or ""),
                "cloud": str(declared["clouds"].get(host) or "global"),
                "read": found.get("read"),
                "names": found.get("after"),
                "missing": found.get("missing"),
                "verified_domains": found.get("verified_domains"),
                "unread": found.get("unread"),
                "predicted": sorted(predicted.names.get(host, ())),
                "predicted_domains": sorted(predicted.domains.get(fold(tenant_id), ())),
                "error": error_of(read.get(host)),
            }
        )
    return rows


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
    return frozenset(str(item["kind"]) for item in result.get("directories") or [] if item.get("predicted") and item["oauth"])


def _domains(result: Result) -> frozenset[str]:
    """The domains that are on the predicted object and were not on the one that was read."""
    known = {domain for item in result.get("before") or [] if item["guid"] == result["auth_server"]["guid"] for domain in item["domain_names"]}
    return frozenset(result["auth_server"]["domain_names"]) - known
