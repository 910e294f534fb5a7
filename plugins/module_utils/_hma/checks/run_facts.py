# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What a run has found so far, in one dictionary: the one place that knows the names of registered
variables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypedDict

from ..base.comparison import fold, folded, has
from ..entra.spns import parse_client_urls
from ..exchange.change import PREDICTED
from ..exchange.free_busy import names_of_free_busy
from ..exchange.hybrid import AcceptedDomain, domains_of_people
from ..exchange.virtual_directories import OAUTH
from .application import application_of
from .inputs import stands_for
from .inventory import TaskResult
from .probe import REACHABLE
from .run_variables import RunVariables, Vars
from .steps import CONTROL_NODE, STEPS, SWITCH

_EXCLUDED: Final = "hma_servers_excluded"
_HOSTS_JUDGED: Final = "hma_hosts_result"
# In the order in which they are made.
_JUDGEMENTS: Final = (
    "hma_hosts_result", "hma_names_result", "hma_tenants_result", "hma_preflight_result", "hma_enable_gate",
    "hma_verify_result", "hma_owa_gate", "hma_audit_result", "hma_wave_result",
)  # fmt: skip
# The last one first.
_ORGANIZATIONS: Final = (
    "hma_verify_organization",
    "hma_enable_organization",
    "hma_newest_read",
    "hma_organization_read",
)


class About(TypedDict):
    """Which run this is. ``stopped`` is the step that it did not get past, ``reason`` why, where it said so."""

    id: str
    started: str
    mode: str
    playbook: str
    enabled: bool
    stopped: str
    reason: str


class Place(TypedDict):
    """Where a server is asked what clients are offered, and by whose certificate it is known."""

    host: str
    server: str
    connect_to: str
    certificate_name: str | None
    ca_path: str | None
    validate_certs: bool


class ServerResults(TypedDict):
    """The place of a server, what its variables say of an empty MAPI list, and the results of hma_info (identified,
    read), of hma_vdir_oauth (written), of hma_web_info (web) and of hma_web_probe (look)."""

    place: Place
    mapi_empty: str
    identified: Any
    read: Any
    written: Any
    web: Any
    look: Any


class TenantResults(TypedDict):
    """What is declared of a tenant, three results of hma_spn, and the last one of hma_reply_urls (web)."""

    tenant_id: str
    tenant_domain: str
    cloud: str
    spn_mode: str
    asked: bool
    # The dedicated hybrid application that an AuthServer names for it.
    application: str
    identified: Any
    read: Any
    written: Any
    web: Any


# "from" is no name that a class can have.
SignInDomains = TypedDict("SignInDomains", {"from": str, "names": "list[str]"})


def run_facts(hostvars: Vars, servers: str | Iterable[str], tenants: str | Iterable[str]) -> dict[str, Any]:
    """Everything that gates and the report need. Hosts are named by the inventory, so that one that was lost is seen to
    be missing.

    ``servers`` and ``tenants`` are names of groups, or of hosts.
    """
    run = RunVariables.of(hostvars, hosts_of(hostvars, servers), hosts_of(hostvars, tenants))
    listed = _listed(_organization(run))
    return {
        "run": _about(run),
        "settings": run.settings.get("organization") or {},
        "organization": _judged(run),
        "identity": run.one("hma_identity_read")[1].get("identity") or {},
        "errors": _errors(run),
        "web": run.one("hma_web_read")[1],
        "oauth": {"before": run.one("hma_oauth_before")[1], "after": run.one("hma_oauth_after")[1]},
        "wave": _wave(run),
        "owa_used": _uses_oauth(_organization(run)),
        "owa_back": _web_back(run),
        "free_busy": _free_busy(run),
        "reply_urls": [{"tenant": host, "reply_urls": _replies(run, host).get("after") or []} for host in run.tenants],
        "servers": {host: _server(run, host, listed) for host in run.servers},
        "tenants": {host: _tenant(run, host) for host in run.tenants},
        "authservers": run.one("hma_authserver_result")[1].get("results") or [],
        "sign_in_domains": _sign_in_domains(run),
        "probe": _probe(run),
        "probe_identities": list(
            dict.fromkeys(
                str(name) for host in run.tenants for name in run.of_host(host).get("hma_probe_identities") or []
            )
        ),
        "findings": list(_findings(run)),
        "steps": [{"step": step.name, "results": run.of_step(step), "back": step.back} for step in STEPS],
    }


def hosts_of(hostvars: Vars, given: str | Iterable[str]) -> list[str]:
    if not isinstance(given, str):
        return list(given)
    groups = hostvars[CONTROL_NODE].get("groups", {}) if CONTROL_NODE in hostvars else {}
    return list(groups.get(given, ()))


def _about(run: RunVariables) -> About:
    """A host that was lost in step 5 could not leave a word behind."""
    audit = run.result(CONTROL_NODE, "hma_audit_result")
    stopped = str(run.control.get("hma_stopped_run") or ("" if "findings" in audit else audit.get("msg") or ""))
    enabled = bool(run.id) and any(run.of_host(host).get("hma_enable_done") == run.id for host in run.servers)
    ended = bool(run.id) and run.control.get("hma_ended_run") == run.id
    return {
        "id": str(run.id or ""),
        "started": str(run.control.get("hma_started_time") or ""),
        "mode": str(run.control.get("hma_started_mode") or "apply"),
        "playbook": run.playbook,
        "enabled": enabled,
        "reason": str(run.control.get("hma_stop_reason") or "") if stopped else "",
        "stopped": stopped or (SWITCH if ended and run.playbook == "enable_hma" and not enabled else ""),
    }


def _organization(run: RunVariables) -> Any:
    """The last reading of this run."""
    return next((found for name in _ORGANIZATIONS if (found := run.one(name)[1].get("organization"))), {})


def _judged(run: RunVariables) -> Any:
    """The organization without the URLs of excluded servers: no client comes by them, so that nobody registers, asks or
    misses their names. A server that a host stands for is never left out."""
    found = _organization(run)
    excluded = folded(item["name"] for item in (run.settings.get("organization") or {}).get(_EXCLUDED) or [])
    if not excluded or not found.get("client_urls"):
        return found
    own = [str(said) for host in run.servers if (said := run.result(host, "hma_host_read").get("server"))]
    listed = {fold(str(item["name"])): str(item.get("fqdn") or "") for item in found.get("servers") or []}

    def is_left_out(server: str) -> bool:
        fqdn = listed.get(fold(server), "")
        return not excluded.isdisjoint(folded((server, fqdn))) and not any(stands_for(it, server, fqdn) for it in own)

    left_out = {name for name in {str(url["server"]) for url in found["client_urls"]} if is_left_out(name)}
    return {**found, "client_urls": [url for url in found["client_urls"] if url["server"] not in left_out]}


def _errors(run: RunVariables) -> dict[str, str]:
    """Why a reading that one host makes for all was not made. The step did not end the run; the judgement says it."""
    made = {
        "organization": run.one("hma_organization_read")[1] if not _organization(run) else {},
        "newest": run.one("hma_newest_read")[1],
        "identity": run.one("hma_identity_read")[1],
    }
    return {part: reason for part, result in made.items() if result and (reason := TaskResult(result).error)}


def _wave(run: RunVariables) -> dict[str, Any]:
    """Which wave was asked about, and how many people are at each place."""
    result = run.one("hma_wave_result")[1]
    return {key: result[key] for key in ("wave", "policy", "counts") if key in result}


def _uses_oauth(organization: Vars) -> bool:
    """Whether a directory of Outlook on the web or the admin center has OAuth, which is what more is read for."""
    directories = organization.get("web_directories") or []
    return any(has(directory["methods"], OAUTH) for directory in directories)


def _web_back(run: RunVariables) -> list[str]:
    """The Exchange servers whose earlier sign-in to Outlook on the web this run, in check mode, would have given
    back."""
    changes = (
        change
        for host in run.servers
        for change in run.result(host, "hma_restored_sign_in").get("changes") or []
        if change.get("result") == PREDICTED
    )
    return sorted({str(change["target"]["server"]) for change in changes})


def _free_busy(run: RunVariables) -> dict[str, Any]:
    """The connectors of hybrid free/busy that are on; per tenant the recorded names that it needs, and the others."""
    connectors = (run.one("hma_switch_read")[1].get("switch") or {}).get("connectors") or []
    organization = _organization(run)
    urls = parse_client_urls(organization.get("client_urls") or []) if connectors else []
    unread = [gap.what for gap in TaskResult(organization).gaps]
    recorded = (run.control.get("hma_history_read") or {}).get("names") or {}
    names = {tenant: names_of_free_busy(map(str, own), urls, connectors, unread) for tenant, own in recorded.items()}
    others = {tenant: [name for name in own if name not in names[tenant]] for tenant, own in recorded.items()}
    return {"connectors": connectors, "names": names, "others": others}


def _server(run: RunVariables, host: str, listed: Mapping[str, str]) -> ServerResults:
    return {
        "place": _place(run, host, listed),
        "mapi_empty": str(run.of_host(host).get("hma_vdir_mapi_empty") or ""),
        "identified": run.result(host, "hma_host_read"),
        "read": run.result(host, "hma_gate_server") or run.result(host, "hma_server_read") or _in_full(run, host),
        "written": run.result(host, "hma_vdir_result"),
        "web": run.result(host, "hma_web_server_read"),
        "look": run.result(host, "hma_owa_look"),
    }


def _place(run: RunVariables, host: str, listed: Mapping[str, str]) -> Place:
    own = run.of_host(host)
    said = [run.result(host, name).get("server") for name in ("hma_gate_server", "hma_host_read")]
    # Of a host that was not asked who it is, the organization knows the name.
    known = [listed.get(fold(str(name))) for name in (host, own.get("ansible_host"))]
    return {
        "host": host,
        "server": next(filter(None, [*said, own.get("hma_server"), *known]), host),
        "connect_to": next(
            filter(None, (own.get(name) for name in ("hma_probe_address", "hma_server", "ansible_host"))), host
        ),
        "certificate_name": own.get("hma_probe_certificate_name"),
        "ca_path": own.get("hma_probe_ca_path"),
        "validate_certs": own.get("hma_probe_validate_certs", True),
    }


def _in_full(run: RunVariables, host: str) -> Any:
    """What a playbook that writes nothing read of a server when it asked who it is."""
    said = run.result(host, "hma_host_read")
    return said if "components" in said else {}


def _listed(organization: Vars) -> dict[str, str]:
    """The full names of the organization's servers, by the names that an inventory has for them."""
    servers = [item for item in organization.get("servers") or [] if item.get("fqdn")]
    return {fold(str(item.get(key))): item["fqdn"] for key in ("name", "fqdn") for item in servers}


def _sign_in_domains(run: RunVariables) -> SignInDomains:
    """Every tenant's verified domains are known, or none counts: half of them would make half of the people look
    lost."""
    verified = [run.result(host, "hma_tenant_read").get("verified_domains") for host in run.tenants]
    if verified and all(verified):
        return {"from": "verified", "names": [name for names in verified for name in names]}
    listed = _organization(run).get("accepted_domains") or []
    accepted = [AcceptedDomain(item["domain"], str(item.get("type") or "")) for item in listed]
    return {"from": "accepted", "names": domains_of_people(accepted)}


def _tenant(run: RunVariables, host: str) -> TenantResults:
    declared = run.of_host(host)
    return {
        "tenant_id": str(declared.get("hma_tenant_id") or ""),
        "tenant_domain": str(declared.get("hma_tenant_domain") or ""),
        "cloud": str(declared.get("hma_cloud") or "global"),
        "spn_mode": str(declared.get("hma_spn_mode") or "apply"),
        "asked": bool(run.id) and declared.get("hma_asked_in_run") == run.id,
        "application": application_of(_organization(run).get("auth_servers") or [], declared.get("hma_tenant_id")),
        "identified": run.result(host, "hma_tenant_read"),
        "read": run.result(host, "hma_gate_tenant"),
        "written": run.result(host, "hma_spn_result"),
        "web": _replies(run, host),
    }


def _replies(run: RunVariables, host: str) -> Any:
    """The last reading of the reply URLs of a tenant."""
    return run.result(host, "hma_reply_urls_result") or run.result(host, "hma_reply_urls_read")


def _probe(run: RunVariables) -> Any:
    return run.one("hma_verify_probe")[1]


def _findings(run: RunVariables) -> Iterator[Any]:
    for name in _JUDGEMENTS:
        result = run.one(name)[1]
        # Who each host is, every later gate says again; it counts where there is none.
        if name != _HOSTS_JUDGED or result.get("stops"):
            yield from result.get("findings") or []
    # What clients are offered before the run's changes is no fault that it leaves behind; what hides Exchange is one.
    before = (run.playbook, run.control.get("hma_started_mode")) == ("enable_hma", "check")
    if not before or _probe(run).get("expected") == REACHABLE:
        yield from _probe(run).get("findings") or []
