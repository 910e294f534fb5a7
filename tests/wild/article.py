# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to be true of an organization on which HMA was enabled, written from Microsoft's article alone.

It imports nothing of the product, and looks at the lab's own state. Whoever is excluded by name is left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

KINDS = ("mapi", "ews", "oab", "autodiscover", "activesync")
_LISTS = ("InternalAuthenticationMethods", "ExternalAuthenticationMethods")
_ISSUER = re.compile(r"https://[^/]+/([0-9a-f-]{36})/?", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+", re.IGNORECASE)
State = Mapping[str, Any]


def excluded_of(scenario: Mapping[str, Any]) -> set[str]:
    """The short names of the servers that an administrator excluded."""
    listed = scenario.get("vars", {}).get("hma_servers_excluded", [])
    return {str(item["name"]).partition(".")[0].casefold() for item in listed}


def violations(state: State, excluded: Collection[str]) -> Iterator[str]:
    """What is wrong with an organization of which a run said that it is on."""
    organization = state["organizations"][0]
    if organization["config"][0]["OAuth2ClientProfileEnabled"] is not True:
        yield "the switch is off"
    yield from _endpoint(organization, state["tenants"])
    for server in _clients(organization, excluded):
        yield from _server(organization, server)
    hosts = set(client_hosts(organization, excluded))
    # With one tenant there is nothing to tell apart, and old servers alone cannot.
    needed = len(state["tenants"]) > 1 or any(map(_knows_domains, _clients(organization, excluded)))
    for tenant in state["tenants"]:
        yield from _tenant(organization, tenant, hosts, needs_domains=needed)


def client_hosts(organization: State, excluded: Collection[str]) -> Iterator[str]:
    """The hosts of the URLs by which clients reach the servers."""
    for server in _clients(organization, excluded):
        urls = [server["AutoDiscoverServiceInternalUri"]]
        for kind in KINDS:
            if kind != "autodiscover":
                urls += [
                    item[key] for item in _own(organization, kind, server) for key in ("InternalUrl", "ExternalUrl")
                ]
        for url in urls:
            found = urlsplit(url or "")
            if found.scheme == "https" and found.port in (None, 443) and _HOST.fullmatch(found.hostname or ""):
                yield str(found.hostname)


def default_endpoints(organization: State) -> list[Mapping[str, Any]]:
    return [item for item in organization["authserver"] if item["IsDefaultAuthorizationEndpoint"]]


def trusted_tenant(item: Mapping[str, Any]) -> str:
    """The tenant of an AuthServer: its realm where that is an id, in braces or not, its issuer otherwise."""
    realm = str(item.get("Realm") or "").strip("{}")
    issuer = _ISSUER.fullmatch(str(item.get("IssuerIdentifier") or ""))
    own = realm if re.fullmatch(r"[0-9a-fA-F-]{36}", realm) else issuer.group(1) if issuer else ""
    return own.casefold()


def _clients(organization: State, excluded: Collection[str]) -> list[Mapping[str, Any]]:
    return [
        item
        for item in organization["server"]
        if item.get("IsClientAccessServer") and not item["IsEdgeServer"] and item["Name"].casefold() not in excluded
    ]


def _own(organization: State, kind: str, server: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [
        item
        for item in organization[f"vdir:{kind}"]
        if str(item["Server"]).casefold() == server["Name"].casefold()
        and item["Name"].casefold().endswith("(default web site)")
    ]


def _endpoint(organization: State, tenants: Collection[Mapping[str, Any]]) -> Iterator[str]:
    defaults = default_endpoints(organization)
    if len(defaults) != 1:
        yield f"{len(defaults)} default endpoints"
    for item in defaults:
        if item["Type"] != "AzureAD" or not item["Enabled"]:
            yield f"the default endpoint {item['Name']} is {item['Type']}, enabled {item['Enabled']}"
        if trusted_tenant(item) not in {tenant["id"].casefold() for tenant in tenants}:
            yield f"the default endpoint {item['Name']} is of none of the tenants"


def _server(organization: State, server: Mapping[str, Any]) -> Iterator[str]:
    for kind in KINDS:
        own = _own(organization, kind, server)
        if len(own) != 1:
            yield f"{server['Name']} has {len(own)} directories for {kind}"
        yield from (f"{item['Identity']} has no OAuth" for item in own if not offers_oauth(kind, item))


def offers_oauth(kind: str, item: Mapping[str, Any]) -> bool:
    if kind == "mapi":
        return _has(item.get("IISAuthenticationMethods"))
    if kind == "activesync":
        return all(not item[key] or _has(item[key]) for key in _LISTS)
    return bool(item.get("OAuthAuthentication"))


def _has(methods: Any) -> bool:
    return "oauth" in {str(method).casefold() for method in methods or []}


def _knows_domains(server: Mapping[str, Any]) -> bool:
    """Set-AuthServer -DomainName came with 2016 CU18 and 2019 CU7."""
    found = re.match(r"Version 15\.(\d+) \(Build (\d+)\.", str(server["AdminDisplayVersion"]))
    minor, build = (int(found[1]), int(found[2])) if found else (0, 0)
    return (minor == 1 and build >= 2106) or (minor == 2 and build >= 721)


def _tenant(
    organization: State, tenant: Mapping[str, Any], hosts: Collection[str], *, needs_domains: bool
) -> Iterator[str]:
    names = {name.casefold() for principal in tenant["service_principals"][:1] for name in principal["names"]}
    for host in sorted(hosts):
        if f"https://{host}/".casefold() not in names:
            yield f"{host} is not registered in {tenant['domain']}"
    trust = [
        item
        for item in organization["authserver"]
        if item["Type"] == "AzureAD" and item["Enabled"] and trusted_tenant(item) == tenant["id"].casefold()
    ]
    if len(trust) != 1:
        yield f"{len(trust)} enabled AuthServer objects of {tenant['domain']}"
    elif needs_domains and tenant["domain"].casefold() not in {
        name.casefold() for name in trust[0]["DomainName"] or []
    }:
        yield f"{trust[0]['Name']} lacks {tenant['domain']}"
