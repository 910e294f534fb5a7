# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What enable_hma leaves behind of hundreds of servers and of tenants with thousands of names, as many findings and
requests for each server as the benchmark's fleet has (tests/bench/fleet.py)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import KINDS

from tests.unit.report_samples import change, finding, fleet, names_added

_SE: Final = "Exchange Server SE RTM (15.2.2562.17)"
_ANSWERED: Final = "mapi_nspi, mapi_emsmdb, ews, oab, autodiscover, activesync: Bearer with an endpoint of Entra."
# The checks of a server beside those of its directories: id, what was found, expected, actual. {} is its full name.
_CHECKS: Final = (
    ("HMA-ORG-001", "", "Exchange Server SE RTM (15.2.2562.0) or newer", _SE),
    ("HMA-ORG-002", "", "Exchange Server 2013 or newer", _SE),
    ("HMA-LIFE-001", "", "a product in support", _SE),
    ("HMA-COV-001", "", "a host in exchange_servers", "{}"),
    ("HMA-COV-002", "", "a server of Contoso", "{}"),
    ("HMA-COV-003", "", "", ""),
    ("HMA-SSL-001", "", "false", "false"),
    ("HMA-PROXY-001", "no InternetWebProxy is set: the server needs its own way to login.microsoftonline.com.", "", ""),
    ("HMA-CERT-003", "399 days left", "7DDC82B1222C1E811DDCE5AF997D66688CCB605F", "there, 399 days left"),
    ("HMA-PRB-001", _ANSWERED, "", ""),
    ("HMA-VDIR-002", "", "Ntlm, OAuth, Negotiate", "Ntlm, OAuth, Negotiate"),
)
_PROTOCOLS: Final = ("mapi_nspi", "mapi_emsmdb", "ews", "oab", "autodiscover", "activesync")
_VERDICTS: Final = {
    "indeterminate": "Bearer without authorization_uri and with invalid_token: this build tells it only where a "
                     "mailbox is named.",
    "ready": "clients are sent to login.windows.net.",
}  # fmt: skip


def registered(count: int, tenant: str) -> list[str]:
    """Names that are registered and that no URL asks for."""
    return [f"https://name{number}.{tenant}.onmicrosoft.test/" for number in range(count)]


def large_fleet(servers: int = 300, names: int = 5000, add: Sequence[str] = ()) -> dict[str, Any]:
    """Every third server is changed; ``add`` is registered in each tenant, which has so many other names."""
    facts = fleet(servers, findings=[item for place in range(1, servers + 1) for item in _findings(f"ex{place}")])
    for entry in facts["servers"].values():
        for directory in entry["read"]["directories"]:
            directory.update(oauth=True, settings={"IISAuthenticationMethods": ["Ntlm", "OAuth", "Negotiate"]})
    for host, tenant in facts["tenants"].items():
        own = [*registered(names, host), *tenant["read"]["wanted"]]
        tenant["read"].update(missing=[], before=own, after=[*own, *add])
    changed = {f"ex{place}": {"changes": [change("ews", f"EX{place}")]} for place in range(1, servers + 1, 3)}
    added = {host: {"changes": [names_added(*add, before=registered(names, host))]} for host in facts["tenants"]}
    steps = [{"step": "Step 2", "results": added if add else {}}, {"step": "Step 3", "results": changed}]
    probes = [item for place in range(servers) for item in _requests(place)]
    return {**facts, "steps": steps, "probe": {"probes": probes}}


def wanted(facts: Mapping[str, Any], names: Sequence[str], missing: Mapping[str, Sequence[str]]) -> None:
    """Have each tenant register these names, of which some are missing, by tenant."""
    for host, tenant in facts["tenants"].items():
        found = [{"name": name, "sources": []} for name in names]
        tenant["read"].update(
            wanted=list(names), missing=list(missing.get(host, ())), names={"wanted": found, "ignored": []}
        )


def _findings(server: str) -> Iterator[dict[str, Any]]:
    full = f"{server}.corp.contoso.test"
    for check, message, expected, actual in _CHECKS:
        yield finding(
            "pass", id=check, object=server.upper(), server=full, message=message, expected=expected,
            actual=actual.format(full), fix="", commands=[],
        )  # fmt: skip
    for kind in KINDS:
        yield finding("pass", object=f"{full} {kind}", server=full, message="", fix="", commands=[])


def _requests(place: int) -> Iterator[dict[str, Any]]:
    for protocol in _PROTOCOLS:
        for verdict, reason in _VERDICTS.items():
            yield {
                "target": "mail.contoso.test", "address": f"127.0.0.1:{20000 + place}",
                "host": f"ex{place + 1}.corp.contoso.test", "server": f"EX{place + 1}", "protocol": protocol,
                "url": f"https://mail.contoso.test/{protocol}/", "verdict": verdict, "state": "proven",
                "reason": reason, "status": 401, "elapsed_ms": place % 90,
            }  # fmt: skip
