# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory's objects and the servers' IIS, as a scenario describes them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from .directory import Directory, Object
from .virtual_directories import KINDS, with_oauth

_BUILTIN_METHODS = ["Ntlm", "WindowsIntegrated", "WSSecurity"]
# As an administrator's paste of 2019 CU14 shows the offline address book.
_OAB_METHODS = ["WindowsIntegrated"]
_GUID_SPACE = uuid.UUID("6f1d3c1e-0000-4000-8000-000000000001")
_SEPARATOR = "\\"


@lru_cache(maxsize=1 << 16)
def guid_of(*parts: str) -> str:
    """A GUID that stays the same from one start of the lab to the next; thousands of people have one each."""
    return str(uuid.uuid5(_GUID_SPACE, "/".join(parts)))


def fqdn_of(server: Mapping[str, Any], domain: str) -> str:
    return str(server.get("fqdn") or f"{server['name'].lower()}.{domain}")


class Objects:
    """Makes the objects of one organization."""

    def __init__(self, spec: Mapping[str, Any], directory: Directory, iis: dict[str, dict[str, Any]]) -> None:
        self._name, self._domain = str(spec["name"]), str(spec["domain"])
        self._directory, self._iis = directory, iis

    def all_of(self, spec: Mapping[str, Any], servers: Iterable[Mapping[str, Any]]) -> None:
        """What the scenario says of the whole organization."""
        config = {
            "OAuth2ClientProfileEnabled": False, "MapiHttpEnabled": True, "DefaultAuthenticationPolicy": None,
            **spec.get("config", {}),
        }  # fmt: skip
        self._directory.add({"class": "config", "Name": self._name, "Guid": guid_of(self._name, "config"), **config})
        for server in servers:
            self.add_server(server)
        for item in spec["auth_servers"]:
            self._add_authserver(item)
        for item in spec.get("odd", []):
            self._add_odd(item)

    def _add_odd(self, odd: Mapping[str, Any]) -> None:
        """An object that is not as documented: {class, name, set, hide}. One that is not there is made; it stands in
        the directory alone."""
        kind, name = str(odd["class"]), str(odd["name"])
        first = self._directory.select(self._directory.controllers[0], kind)
        found = next((item for item in first if name in (item["Name"], item.get("Identity"))), None)
        guid = str(found["Guid"]) if found else guid_of(self._name, kind, name)
        if found is None:
            self._directory.add({"class": kind, "Name": name, "Guid": guid, **self._documented(kind, name)})
        self._directory.alter(guid, odd.get("set", {}), list(odd.get("hide", [])))

    def _documented(self, kind: str, name: str) -> Object:
        """What an object of a class shows before it is made odd."""
        if kind == "server":
            return {
                "Fqdn": f"{name.lower()}.{self._domain}", "AdminDisplayVersion": "Version 15.1 (Build 2507.6)",
                "ServerRole": "Mailbox",
                "Site": f"{self._domain}/Configuration/Sites/Main", "IsEdgeServer": False, "IsClientAccessServer": True,
                "IsMailboxServer": True,
                "InternetWebProxy": None, "AutoDiscoverServiceInternalUri": None,
            }  # fmt: skip
        if kind == "authserver":
            texts = dict.fromkeys(
                ("Realm", "IssuerIdentifier", "ApplicationIdentifier", "AuthorizationEndpoint", "AuthMetadataUrl")
            )
            return {
                **texts,
                "Identity": name,
                "Type": "AzureAD",
                "Enabled": True,
                "IsDefaultAuthorizationEndpoint": False,
                "DomainName": [],
            }
        server, _separator, own = name.partition(_SEPARATOR)
        texts = dict.fromkeys(("InternalUrl", "ExternalUrl"))
        lists = {key: list[str]() for key in ("InternalAuthenticationMethods", "ExternalAuthenticationMethods")}
        return {**texts, **lists, "Name": own, "Identity": name, "Server": server}

    def add_server(self, server: Mapping[str, Any]) -> None:
        edge = server.get("role") == "Edge"
        self._directory.add(
            {
                "class": "server", "Name": server["name"], "Fqdn": fqdn_of(server, self._domain),
                "Guid": guid_of(self._name, server["name"]),
                "AdminDisplayVersion": server["version"],
                "ServerRole": server.get("role", _role(str(server["version"]))),
                "Site": f"{self._domain}/Configuration/Sites/{server.get('site', 'Main')}",
                "IsEdgeServer": edge, "IsClientAccessServer": not edge, "IsMailboxServer": not edge,
                "InternetWebProxy": server.get("proxy"),
                "AutoDiscoverServiceInternalUri": server.get("scp"),
            }
        )  # fmt: skip
        if edge:
            return
        for kind, (_noun, name, how) in KINDS.items():
            self._add_directory(server, kind, name, how)

    def _add_directory(self, server: Mapping[str, Any], kind: str, name: str, how: str) -> None:
        own = server.get("directories", {}).get(kind, {})
        if own.get("missing"):
            return
        full = f"{name} ({own.get('site', 'Default Web Site')})"
        guid = guid_of(self._name, server["name"], kind)
        internal, external = own.get("internal", server.get("internal")), own.get("external", server.get("external"))
        path = {
            "mapi": "mapi",
            "ews": "EWS/Exchange.asmx",
            "oab": "OAB",
            "activesync": "Microsoft-Server-ActiveSync",
        }.get(kind)
        iis: dict[str, Any] = {
            "Path": f"C:\\Exchange\\FrontEnd\\HttpProxy\\{name}",
            "ExtendedProtectionTokenChecking": own.get("token_checking", "None"),
        }
        if kind == "activesync":
            iis["ClientCertAuth"] = own.get("client_certificates", "Ignore")
        methods: list[list[str]] = [[], []]
        if how == "list":
            iis["IISAuthenticationMethods"] = list(own.get("methods", ["Ntlm", "OAuth", "Negotiate"]))
            methods = [list(iis["IISAuthenticationMethods"])] * 2
        elif how == "flag":
            iis["OAuthAuthentication"] = own.get("oauth", True)
            built_in = _OAB_METHODS if kind == "oab" else _BUILTIN_METHODS
            methods = [with_oauth(built_in, iis["OAuthAuthentication"])] * 2
        # Lists that differ from each other, and from IIS, are normal in the field.
        methods = [
            list(own.get(f"{side}_methods", default))
            for side, default in zip(("internal", "external"), methods, strict=True)
        ]
        self._iis[guid] = iis
        self._directory.add(
            {
                "class": f"vdir:{kind}", "Name": full, "Guid": guid, "Identity": f"{server['name'].upper()}\\{full}",
                "Server": server["name"],
                "InternalUrl": url_of(internal, path), "ExternalUrl": url_of(external, path),
                "InternalAuthenticationMethods": list(methods[0]), "ExternalAuthenticationMethods": list(methods[1]),
            }
        )  # fmt: skip

    def add(self, spec: Mapping[str, Any]) -> None:
        """Another AuthServer, made while a run is under way; or an object that somebody makes odd."""
        if "class" in spec:
            self._add_odd(spec)
        else:
            self._add_authserver(spec)

    def _add_authserver(self, item: Mapping[str, Any]) -> None:
        tenant = item.get("tenant_id")
        self._directory.add(
            {
                "class": "authserver", "Name": item["name"], "Identity": item["name"], "Guid": guid_of(
                    self._name,
                    "auth", item["name"]),
                "Type": item.get("type", "AzureAD"), "Realm": item.get("realm", tenant or ""),
                "IssuerIdentifier": item.get("issuer", f"https://sts.windows.net/{tenant}/" if tenant else ""),
                "Enabled": item.get("enabled", True), "IsDefaultAuthorizationEndpoint": item.get("default", False),
                "DomainName": list(item.get("domain_names", [])),
                "ApplicationIdentifier": item.get("application_identifier"),
                "AuthorizationEndpoint": item.get("endpoint", "https://login.windows.net/common/oauth2/authorize"),
                "AuthMetadataUrl": _metadata(item.get("metadata", tenant)),
                "GraphBaseUrl": item.get("graph"),
            }
        )  # fmt: skip


def _role(version: str) -> str:
    """2013 has two roles that one server may have together; later ones have one (recorded in CSS-Exchange)."""
    return "Mailbox, ClientAccess" if version.startswith("Version 15.0") else "Mailbox"


def _metadata(of: str | None) -> str | None:
    """The Hybrid Configuration Wizard writes the tenant's domain into it, people write its id."""
    return f"https://login.windows.net/{of}/federationmetadata/2007-06/federationmetadata.xml" if of else None


def url_of(host: str | None, path: str | None) -> str | None:
    """The URL of a path on a host, which a scenario may have written with a scheme of its own."""
    if host is None or path is None:
        return None
    return f"{host if '://' in host else 'https://' + host}/{path}"
