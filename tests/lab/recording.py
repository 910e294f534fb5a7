# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scenario from a recording of a real organization: its servers, directories, AuthServers and tenants, as far as the
recording shows them. What it does not show is as the lab has it by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any, Final
from urllib.parse import urlsplit

from .assumptions import SWITCHES
from .virtual_directories import KINDS
from .web_directories import FLAGS, WEB

_APP: Final = "00000002-0000-0ff1-ce00-000000000000"
_GUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_METADATA: Final = re.compile(r"https://[^/]+/([^/]+)/")
_FLAG_OF: Final = dict(zip(FLAGS, ("basic", "forms", "adfs", "digest", "windows", "oauth"), strict=True))
_LISTS: Final = (("internal_methods", "InternalAuthenticationMethods"),
                 ("external_methods", "ExternalAuthenticationMethods"))  # fmt: skip
Object = Mapping[str, Any]


def scenario_of(document: Mapping[str, Any], positions: Mapping[str, str]) -> dict[str, Any]:
    """``positions`` are those of the lab's switches that the recording shows."""
    times = latency(document["servers"])
    return {
        "about": "Imported from a recording; names are pseudonyms.",
        "organizations": [_organization(document["servers"], positions)],
        "tenants": [_tenant(number, item) for number, item in enumerate(document["tenants"], 1)],
        **({"latency": times} if times else {}),
    }


def plain(item: Object, name: str) -> Any:
    """A value of an object: text, a Boolean, a number, a list of text, or None."""
    found = item["adapted"].get(name)
    if found is None:
        return None
    return [part["value"] for part in found["items"] if part] if "items" in found else found["value"]


def objects(servers: Sequence[Object], name: str) -> list[Object]:
    """The objects that answered a question, of every server that was asked."""
    return [item for server in servers for read in server["readings"] if read["id"] == name for item in read["objects"]]


def _organization(servers: Sequence[Object], positions: Mapping[str, str]) -> dict[str, Any]:
    domain = str(servers[0]["fqdn"]).partition(".")[2] if servers else "recorded.test"
    controllers = {str(text) for item in objects(servers, "config") if (text := plain(item, "OriginatingServer"))}
    config = next(iter(objects(servers, "config")), None)
    authorities = objects(servers, "auth_servers")
    domains = dict.fromkeys(name for item in authorities for name in plain(item, "DomainName") or [])
    return {
        "name": "Recorded",
        "domain": domain,
        "domain_controllers": sorted(controllers) or [f"dc.{domain}"],
        "accepted_domains": list(domains) or [domain],
        "users": [{"name": "RECORDED\\admin", "password": "recorded"}, {"name": "localadmin", "password": "local"}],
        "config": _config(config),
        "servers": list(_servers(servers)),
        "auth_servers": [_auth_server(number, item) for number, item in enumerate(authorities, 1)],
        "assumptions": {name: said for name, said in positions.items() if said in SWITCHES.get(name, ())},
    }


def _config(item: Object | None) -> dict[str, Any]:
    names = ("OAuth2ClientProfileEnabled", "MapiHttpEnabled")
    return {name: plain(item, name) for name in names if item is not None and plain(item, name) is not None}


def _servers(servers: Sequence[Object]) -> Iterator[dict[str, Any]]:
    own = {str(server["name"]).casefold(): server for server in servers}
    # Only with its status a server says which domain controller it uses.
    with_status = objects(servers, "servers")
    listed = with_status or objects(servers, "server")
    for item in {str(plain(item, "Name")).casefold(): item for item in listed}.values():
        name = str(plain(item, "Name"))
        edge = plain(item, "IsEdgeServer") is True
        version = str(plain(item, "AdminDisplayVersion"))
        asked = bool(with_status) and "CurrentConfigDomainController" in item["adapted"]
        off = asked and not edge and not plain(item, "CurrentConfigDomainController")
        read = own.get(name.casefold())
        yield {
            "name": name,
            "version": version,
            **({"fqdn": str(plain(item, "Fqdn"))} if plain(item, "Fqdn") else {}),
            **({"role": "Edge"} if edge else {}),
            **({"power": "off"} if off else {}),
            **({"inventory_name": read["fqdn"], "directories": _directories(read)} if read else {}),
        }


def _directories(server: Object) -> dict[str, Any]:
    """The front-end directories of one server, as its own reads show them."""
    found = {}
    for kind in (*KINDS, *WEB):
        shown = [item for item in objects([server], kind) if "(default web site)" in str(plain(item, "Name")).lower()]
        if shown:
            found[kind] = _directory(kind, shown[0])
    return found


def _directory(kind: str, item: Object) -> dict[str, Any]:
    own: dict[str, Any] = {
        where: urlsplit(str(url)).netloc
        for where, name in (("internal", "InternalUrl"), ("external", "ExternalUrl"))
        if (url := plain(item, name))
    }
    if kind in WEB:
        return {**own, **{short: plain(item, name) is True for name, short in _FLAG_OF.items()}}
    how = {"list": "methods", "flag": "oauth"}.get(KINDS[kind][2])
    value = plain(item, "IISAuthenticationMethods" if how == "methods" else "OAuthAuthentication")
    settings = {how: value if how == "oauth" else value or []} if how else {}
    return {**own, **settings, **{key: plain(item, name) or [] for key, name in _LISTS}}


def _auth_server(number: int, item: Object) -> dict[str, Any]:
    realm, metadata = plain(item, "Realm"), _METADATA.match(str(plain(item, "AuthMetadataUrl") or ""))
    name = str(plain(item, "Name"))
    return {
        # A name that was dropped is none of its own.
        "name": f"AuthServer {number}" if name.startswith("(") else name,
        "type": str(plain(item, "Type") or "AzureAD"),
        "realm": realm or "",
        "issuer": plain(item, "IssuerIdentifier") or "",
        "enabled": plain(item, "Enabled") is not False,
        "default": plain(item, "IsDefaultAuthorizationEndpoint") is True,
        "domain_names": plain(item, "DomainName") or [],
        **({"tenant_id": realm} if isinstance(realm, str) and _GUID.fullmatch(realm) else {}),
        **({"metadata": metadata[1]} if metadata else {}),
        **({"endpoint": plain(item, "AuthorizationEndpoint")} if plain(item, "AuthorizationEndpoint") else {}),
    }


def _tenant(number: int, found: Object) -> dict[str, Any]:
    answers = {item["id"]: item["json"] for item in found["answers"] if item["status"] == 200}
    principal = answers.get("principal", {})
    listed = answers.get("domains", {}).get("value", [])
    domains = [str(item["id"]) for item in listed if item.get("isVerified")]
    initial = next((name for name in domains if name.endswith(".onmicrosoft.com")), f"tenant{number}.onmicrosoft.com")
    return {
        "id": found["id"],
        "domain": initial,
        "cloud": found["cloud"],
        "inventory_name": f"tenant{number}",
        "use": "secret",
        "applications": [
            {
                "client_id": f"aaaaaaaa-0000-4000-8001-{number:012d}",
                "secret": "recorded",
                "rights": list(found["permissions"]),
            }
        ],
        **({"verified_domains": domains} if domains else {}),
        "users": [],
        "service_principals": [
            {
                "id": str(principal.get("id") or f"aaaaaaaa-0000-4000-8002-{number:012d}"),
                "app_id": _APP,
                "display_name": "Office 365 Exchange Online",
                "names": list(principal.get("servicePrincipalNames") or [_APP]),
                "reply_urls": list(principal.get("replyUrls") or []),
                "filled": True,
            }
        ],
    }


def latency(servers: Sequence[Object]) -> dict[str, float]:
    """What things took, in seconds, where it can be felt."""
    reads = [read for server in servers for read in server["readings"] if read["milliseconds"] is not None]
    kinds = (*KINDS, *WEB)
    cmdlet = _median([read["milliseconds"] for read in reads if read["id"] not in kinds])
    with_iis = _median([read["milliseconds"] for read in reads if read["id"] in kinds])
    shell = _median([server["shell_milliseconds"] for server in servers])
    times = {"shell": shell, "cmdlet": cmdlet, "iis_read": max(0.0, with_iis - cmdlet)}
    return {name: value for name, value in times.items() if value >= 0.05}


def _median(milliseconds: Sequence[int]) -> float:
    return round(median(milliseconds) / 1000, 3) if milliseconds else 0.0
