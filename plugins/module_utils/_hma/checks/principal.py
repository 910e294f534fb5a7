# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of what else is on each service principal: names nobody uses, built-in names that are gone, http
names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from ..base.command import Shell, module
from ..base.comparison import fold, lacking
from ..entra.spns import EXCHANGE_ONLINE, is_built_in, url_host
from .check import Check, Finding
from .inputs import Inputs
from .inventory import TenantEntry
from .references import GRAPH, NOT_STATED, READ_PRINCIPAL, TROUBLE

# Of the names one real tenant showed, those that every client of Exchange Online uses (facts: field notes).
_BUILT_IN: Final = (
    EXCHANGE_ONLINE,
    f"{EXCHANGE_ONLINE}/outlook.com",
    "https://outlook.office.com/",
    "https://outlook.office365.com/",
)
# What may stand in a command: Ansible would evaluate braces in it.
_TYPED: Final = re.compile(r"https?://[A-Za-z0-9._:/-]+", re.ASCII)
# Linux takes 128 KiB as one argument of a command, and a name has 255 characters at most.
_AT_ONCE: Final = 400
_TAKE_AWAY: Final = (
    "take it away; the command only shows what it would do, without --check it does it. Clients that still ask for the "
    "name get no token afterwards"
)


def tenant_names(inputs: Inputs) -> list[Finding]:
    """What else is on each service principal: names nobody uses, built-in names that are gone, http names."""
    findings: list[Finding] = []
    checks = (NO_STALE_NAMES, BUILT_IN_NAMES, HTTPS_NAMES_ONLY)
    for tenant in inputs.tenants:
        host = tenant.host
        if tenant.error or tenant.names is None:
            reason = tenant.error or "the tenant's service principal names were not read."
            findings += [
                check.unread(host, reason, "Mend what the reason names; then run this again.", tenant=host)
                for check in checks
            ]
            continue
        findings += [
            _stale(inputs, tenant, tenant.names),
            _built_in(host, tenant.cloud, tenant.names),
            _http(inputs, host, tenant.names),
        ]
    return findings


NO_STALE_NAMES: Final = Check(
    "HMA-SPN-002", "No name on the service principal looks like ours and is used by no client URL", "low", "tenant",
    on_bad="warn",
    why="A name left behind does no harm to clients, but it is a name for which tokens are issued and which nobody "
        "watches.",
    read=f"{READ_PRINCIPAL} against the accepted domains of Exchange.",
    remedy="If no client uses it: hybrid.exchange.hma_spn with state: absent and names, as they are written there. If "
        "one does: hma_spn_extra_names.", source=NOT_STATED,
)  # fmt: skip


def _stale(inputs: Inputs, tenant: TenantEntry, names: Sequence[str]) -> Finding:
    check, host, domains = NO_STALE_NAMES, tenant.host, inputs.organization.accepted_domains
    if domains is None:
        return check.unread(
            host,
            inputs.organization.why_unread("accepted_domains").of("accepted domains"),
            "Check the account's roles.",
            tenant=host,
        )
    ours = [fold(item.domain).removeprefix("*.") for item in domains]
    used = _used(inputs, tenant) | {f"autodiscover.{domain}" for domain in ours}
    stale = [
        name for name in names
        if _scheme(name) == "https" and not is_built_in(name) and (place := url_host(name)) not in used
        and any(place == domain or place.endswith(f".{domain}") for domain in ours)
    ]  # fmt: skip
    return check.judge(
        host,
        not stale,
        f"used by no client URL: {', '.join(stale)}.",
        f"Where a client uses it, add its host to hma_spn_extra_names. Where none does, {_TAKE_AWAY}.",
        expected="none",
        actual=", ".join(stale) or "none",
        tenant=host,
        commands=_removal(inputs, host, stale),
    )


def _used(inputs: Inputs, tenant: TenantEntry) -> set[str]:
    """The hosts that somebody comes by: those of all URLs, whether they give a name or not, and of the variables."""
    organization = inputs.organization
    web = [url for item in organization.web_directories or () for url in (item.internal_url, item.external_url)]
    urls = [*(item.url for item in organization.client_urls), *web, *inputs.names.wanted, *(tenant.wanted or ())]
    return {url_host(url) for url in urls if url} | inputs.ignored_hosts


def _removal(inputs: Inputs, host: str, names: Iterable[str]) -> tuple[Shell, ...]:
    """What takes names away that were read, as they are written there."""
    typed = [name for name in names if _TYPED.fullmatch(name)]
    return tuple(_absent(inputs, host, typed[place : place + _AT_ONCE]) for place in range(0, len(typed), _AT_ONCE))


def _absent(inputs: Inputs, host: str, names: Sequence[str]) -> Shell:
    arguments = {
        "state": "absent",
        "names": names,
        "mode": "{{ hma_spn_mode | default(omit) }}",
        "record_dir": "{{ hma_record_dir | default(omit) }}",
        "tenant": "{{ hostvars[inventory_hostname] | hybrid.exchange.sign_in }}",
    }
    return module("hma_spn", host, arguments, inputs.inventory, options=("--check", "--diff"))


BUILT_IN_NAMES: Final = Check(
    "HMA-SPN-004", "The service principal still has its built-in names", "high", "tenant", on_bad="warn",
    why="A list that was replaced instead of extended (older guides do that) has lost names of other services of "
        "Exchange Online.",
    read=f"{READ_PRINCIPAL}; the names expected were seen in one real tenant of the global cloud.",
    remedy="Find them in an old export, or ask Microsoft support; this collection does not guess them.",
    source=f"{GRAPH}/serviceprincipal-update",
)  # fmt: skip


def _built_in(host: str, cloud: str, names: Iterable[str]) -> Finding:
    check = BUILT_IN_NAMES
    if cloud != "global":
        return check.not_applicable(host, f"which names cloud {cloud} has built in is not known here.", tenant=host)
    gone = lacking(names, _BUILT_IN)
    message = f"gone: {', '.join(gone)}. Was the list replaced instead of extended?"
    fix = "Find the former list (an export, a record of this collection) and add them, or ask Microsoft support."
    return check.judge(
        host,
        not gone,
        message,
        fix,
        expected=", ".join(_BUILT_IN),
        actual=f"without {', '.join(gone)}" if gone else "all there",
        tenant=host,
    )


HTTPS_NAMES_ONLY: Final = Check(
    "HMA-SPN-005", "No name on the service principal is an http name", "low", "tenant", on_bad="warn",
    why="An http name was registered so that a client with an http URL gets a token; the URL is what should be mended.",
    read=f"{READ_PRINCIPAL}.", remedy="Correct the URL that needs it (HMA-NAME-002), then take the name away.",
    source=TROUBLE,
)  # fmt: skip


def _http(inputs: Inputs, host: str, names: Iterable[str]) -> Finding:
    found = [name for name in names if _scheme(name) == "http"]
    message = f"http names: {', '.join(found)}."
    fix = f"Correct the URL that needs it to https (HMA-NAME-002). When none does, {_TAKE_AWAY}."
    return HTTPS_NAMES_ONLY.judge(
        host, not found, message, fix, expected="https names only", actual=", ".join(found) or "none", tenant=host,
        commands=_removal(inputs, host, found),
    )  # fmt: skip


def _scheme(name: str) -> str:
    return fold(name.split("://", 1)[0]) if "://" in name else ""


CHECKS: Final = (NO_STALE_NAMES, BUILT_IN_NAMES, HTTPS_NAMES_ONLY)
