# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated organization: the cmdlets of HMA over Active Directory and the servers' IIS."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .accounts import Accounts
from .binder import ShellError
from .directory import Directory, Object
from .exchange_reads import Reads

# kind -> (noun, name, how OAuth is kept in IIS)
KINDS = {
    "mapi": ("MapiVirtualDirectory", "mapi", "list"),
    "ews": ("WebServicesVirtualDirectory", "EWS", "flag"),
    "oab": ("OabVirtualDirectory", "OAB", "flag"),
    "autodiscover": ("AutodiscoverVirtualDirectory", "Autodiscover", "flag"),
    "activesync": ("ActiveSyncVirtualDirectory", "Microsoft-Server-ActiveSync", "none"),
}
_NOUNS = {noun.casefold(): kind for kind, (noun, _name, _how) in KINDS.items()}
_BUILTIN_METHODS = ["Ntlm", "WindowsIntegrated", "WSSecurity"]
_GUID_SPACE = uuid.UUID("6f1d3c1e-0000-4000-8000-000000000001")
_SEPARATOR = "\\"
_UNCHANGED = "The command completed successfully but no settings of '{}' have been modified."


def product_of(version: str) -> str:
    """2013, 2016, 2019 or SE from 'Version 15.2 (Build 2562.17)'."""
    match = re.match(r"^Version (\d+)\.(\d+) \(Build (\d+)\.", version)
    if match is None:
        raise ValueError(f"scenario: version {version!r} is not as AdminDisplayVersion prints it")
    major, minor, build = (int(part) for part in match.groups())
    if major < 15:
        return "2010"
    return {0: "2013", 1: "2016"}.get(minor, "SE" if build >= 2562 else "2019")


def guid_of(*parts: str) -> str:
    """A GUID that stays the same from one start of the lab to the next."""
    return str(uuid.uuid5(_GUID_SPACE, "/".join(parts)))


def is_local(name: str) -> bool:
    """A server's own account, as WinRM's Basic and client certificates need; it is nobody to Exchange."""
    return _SEPARATOR not in name and "@" not in name


class Organization(Reads, Accounts):
    """One forest: directory, servers with their IIS, users."""

    def __init__(self, spec: Mapping[str, Any], clock: Callable[[], float]) -> None:
        self.name = spec["name"]
        self.spec = spec
        self.servers = {server["name"].casefold(): dict(server) for server in spec["servers"]}
        self.users = {user["name"].casefold(): dict(user) for user in spec["users"]}
        # An account DOMAIN\user signs in as user@domain, too.
        principals = {self.principal(name).casefold(): user for name, user in self.users.items() if not is_local(name)}
        self.logon_names = {**self.users, **principals}
        controllers = [str(name) for name in spec["domain_controllers"]]
        self.directory = Directory(controllers, float(spec.get("replication_seconds", 0)), clock)
        self.iis: dict[str, dict[str, Any]] = {}
        self.certificate, self.other_certificate = (_certificate(days) for days in (int(spec.get("auth_certificate_days", 400)), 300))
        self._populate(spec)

    def fqdn(self, server: str) -> str:
        own = self.servers[server.casefold()]
        return str(own.get("fqdn") or f"{own['name'].lower()}.{self.spec['domain']}")

    def principal(self, name: str) -> str:
        """DOMAIN\\user as user@REALM."""
        return f"{name.rpartition(_SEPARATOR)[2]}@{str(self.spec['domain']).upper()}"

    def user(self, name: str, password: str | None) -> Mapping[str, Any] | None:
        found = self.logon_names.get(name.casefold())
        return found if found is not None and (password is None or found["password"] == password) else None

    def run(self, server: str, cmdlet: str, given: Mapping[str, Any]) -> tuple[list[Object], list[str]]:
        """Objects and warnings of one bound cmdlet in a shell of ``server``."""
        controller = str(given.get("DomainController") or self.servers[server.casefold()].get("dc") or self.directory.controllers[0])
        if controller not in self.directory.controllers or controller in self.spec.get("controllers_down_for", {}).get(server, []):
            text = f"The domain controller '{controller}' could not be contacted."
            raise ShellError("[FailureCategory=Cmdlet-LocalizedException]", "NotSpecified", "LocalizedException", text)
        verb, noun = cmdlet.split("-", 1)
        kind = _NOUNS.get(noun.casefold())
        if kind is not None and verb == "Get":
            return [self._shown(item, given) for item in self._directories(controller, kind, given)], []
        if kind is not None and verb == "Set":
            return [], self._set_directory(controller, kind, given)
        handler = getattr(self, f"_{verb.lower()}_{noun.lower()}", None)
        if handler is None:
            text = f"The lab has no {cmdlet}."
            raise ShellError("LabHasNoSuchCmdlet", "NotImplemented", "NotImplementedException", text)
        # The certificates of a shell's own server, where none is named.
        named = {"Server": server, **given} if noun.casefold() == "exchangecertificate" else given
        answer: tuple[list[Object], list[str]] = handler(controller, named)
        return answer

    # -- virtual directories

    def _directories(self, controller: str, kind: str, given: Mapping[str, Any]) -> list[Object]:
        found = self.directory.select(controller, f"vdir:{kind}")
        if "Server" in given:
            found = [item for item in found if str(item["Server"]).casefold() == self.server_name(given["Server"]).casefold()]
        elif given.get("Identity"):
            found = [self._one(found, given["Identity"], controller)]
        # A null or empty identity returns every object, as the reference pages warn.
        return found

    def _shown(self, item: Object, given: Mapping[str, Any]) -> Object:
        kind = item["class"].split(":")[1]
        how = KINDS[kind][2]
        shown = {key: value for key, value in item.items() if key != "class"}
        if given.get("ADPropertiesOnly"):
            # Wrong, not absent: Booleans read as false and lists as empty without IIS.
            wrong: dict[str, Object] = {"flag": {"OAuthAuthentication": False}, "list": {"IISAuthenticationMethods": []}}
            shown.update(wrong.get(how, {}))
            return {**shown, "Path": ""}
        self._reach_iis(item["Server"])
        return {**shown, **self.iis.get(item["Guid"], {})}

    def _set_directory(self, controller: str, kind: str, given: Mapping[str, Any]) -> list[str]:
        item = self._one(self.directory.select(controller, f"vdir:{kind}"), given.get("Identity"), controller)
        self._reach_iis(item["Server"])
        iis, how = self.iis[item["Guid"]], KINDS[kind][2]
        new = dict(iis)
        lists = {key: list(item[key]) for key in ("InternalAuthenticationMethods", "ExternalAuthenticationMethods")}
        if how == "list" and "IISAuthenticationMethods" in given:
            # The list is replaced, never merged (xExchange integration test).
            new["IISAuthenticationMethods"] = list(given["IISAuthenticationMethods"])
            lists = {key: list(given["IISAuthenticationMethods"]) for key in lists}
        if how == "flag" and "OAuthAuthentication" in given:
            new["OAuthAuthentication"] = given["OAuthAuthentication"]
            lists = {key: _with_oauth(value, given["OAuthAuthentication"]) for key, value in lists.items()}
        if how == "none":
            lists.update({key: list(given[key]) for key in lists if key in given})
        if new == iis and all(item[key] == value for key, value in lists.items()):
            return [_UNCHANGED.format(item["Identity"])]
        self.iis[item["Guid"]] = new
        self.directory.write(controller, item["Guid"], lists)
        return []

    def _reach_iis(self, server: str) -> None:
        if self.servers.get(str(server).casefold(), {"power": "off"}).get("power") == "off":
            text = f"The task wasn't able to connect to IIS on the server '{self.fqdn(server)}'. Make sure that the server exists and can be reached."
            raise ShellError("[FailureCategory=Cmdlet-IISNotReachableException]", "ReadError", "IISNotReachableException", text, server)

    # -- organization

    def _get_organizationconfig(self, controller: str, given: Mapping[str, Any]) -> tuple[list[Object], list[str]]:
        return self.directory.select(controller, "config"), []

    def _set_organizationconfig(self, controller: str, given: Mapping[str, Any]) -> tuple[list[Object], list[str]]:
        return [], self._write(controller, self.directory.select(controller, "config")[0], given)

    def _get_exchangeserver(self, controller: str, given: Mapping[str, Any]) -> tuple[list[Object], list[str]]:
        found = self._named(controller, "server", given)
        return [self._with_status(item) for item in found] if given.get("Status") else found, []

    def _with_status(self, item: Object) -> Object:
        """-Status asks each server which domain controllers it uses; one that is off says nothing (assumed)."""
        own = self.servers.get(item["Name"].casefold(), {"power": "off"})
        off = own.get("power") == "off" or item["IsEdgeServer"]
        controller = None if off else own.get("dc") or self.directory.controllers[0]
        return {**item, "CurrentConfigDomainController": controller, "CurrentDomainControllers": [controller] if controller else []}

    def _get_clientaccessservice(self, controller: str, given: Mapping[str, Any]) -> tuple[list[Object], list[str]]:
        found = [item for item in self._named(controller, "server", given) if item["IsClientAccessServer"]]
        return [{key: item[key] for key in ("Name", "Fqdn", "Guid", "AutoDiscoverServiceInternalUri", "OriginatingServer")} for item in found], []

    _get_clientaccessserver = _get_clientaccessservice

    def _get_outlookanywhere(self, controller: str, given: Mapping[str, Any]) -> tuple[list[Object], list[str]]:
        found = [item for item in self.directory.select(controller, "server") if item["IsClientAccessServer"]]
        return [
            {
                "Identity": f"{item['Name']}\\Rpc (Default Web Site)",
                "ServerName": item["Name"],
                "SSLOffloading": bool(self.servers.get(item["Name"].casefold(), {}).get("ssl_offloading", False)),
                "OriginatingServer": controller,
            }
            for item in found
        ], []

    def _get_authserver(self, controller: str, given: Mapping[str, Any]) -> tuple[list[Object], list[str]]:
        return self._named(controller, "authserver", given), []

    def _set_authserver(self, controller: str, given: Mapping[str, Any]) -> tuple[list[Object], list[str]]:
        found = self.directory.select(controller, "authserver")
        item = self._one(found, given.get("Identity"), controller)
        others = [other["Name"] for other in found if other["IsDefaultAuthorizationEndpoint"] and other["Guid"] != item["Guid"]]
        if given.get("IsDefaultAuthorizationEndpoint") and others:
            # Assumed: the article says the flag cannot be on several; the stricter of the two readings.
            text = f"Another auth server '{others[0]}' is already the default authorization endpoint."
            raise ShellError("[FailureCategory=Cmdlet-TaskException]", "InvalidArgument", "TaskException", text, item["Name"])
        return [], self._write(controller, item, given)

    # -- shared

    def _named(self, controller: str, kind: str, given: Mapping[str, Any]) -> list[Object]:
        found = self.directory.select(controller, kind)
        return [self._one(found, given["Identity"], controller)] if given.get("Identity") else found

    def _one(self, found: list[Object], identity: Any, controller: str) -> Object:
        wanted = str(identity or "").casefold()
        for item in found:
            if wanted in {str(item.get(key, "")).casefold() for key in ("Guid", "Identity", "Name", "Fqdn")} - {""}:
                return item
        text = f"The operation couldn't be performed because object '{identity}' couldn't be found on '{controller}'."
        error_id = "[FailureCategory=Cmdlet-ManagementObjectNotFoundException]"
        raise ShellError(error_id, "NotSpecified", "ManagementObjectNotFoundException", text, str(identity))

    def server_name(self, wanted: str) -> str:
        for server in self.servers.values():
            if wanted.casefold() in (server["name"].casefold(), self.fqdn(server["name"]).casefold()):
                return str(server["name"])
        text = f"The operation couldn't be performed because object '{wanted}' couldn't be found."
        error_id = "[FailureCategory=Cmdlet-ManagementObjectNotFoundException]"
        raise ShellError(error_id, "NotSpecified", "ManagementObjectNotFoundException", text, wanted)

    def _write(self, controller: str, item: Object, given: Mapping[str, Any]) -> list[str]:
        changes = {key: value for key, value in given.items() if key in item and key not in ("Identity", "Guid", "Name")}
        if all(item[key] == value for key, value in changes.items()):
            return [_UNCHANGED.format(item.get("Name", ""))]
        self.directory.write(controller, item["Guid"], changes)
        return []

    def state(self) -> dict[str, Any]:
        """Everything, as the first domain controller has it, for tests and people."""
        first = self.directory.controllers[0]
        kinds = ["config", "server", "authserver", *(f"vdir:{kind}" for kind in KINDS)]
        objects = {kind: self.directory.select(first, kind) for kind in kinds}
        for kind in KINDS:
            for item in objects[f"vdir:{kind}"]:
                item.update(self.iis.get(item["Guid"], {}))
        return {"name": self.name, **objects}

    # -- from the scenario

    def _populate(self, spec: Mapping[str, Any]) -> None:
        config = {"OAuth2ClientProfileEnabled": False, "MapiHttpEnabled": True, **spec.get("config", {})}
        self.directory.add({"class": "config", "Name": self.name, "Guid": guid_of(self.name, "config"), **config})
        for server in self.servers.values():
            self._add_server(server)
        for item in spec["auth_servers"]:
            self._add_authserver(item)
        for item in spec.get("odd", []):
            self._add_odd(item)

    def _add_odd(self, odd: Mapping[str, Any]) -> None:
        """An object that is not as documented: {class, name, set, hide}. One that is not there is made; it stands in the directory alone."""
        kind, name = str(odd["class"]), str(odd["name"])
        first = self.directory.select(self.directory.controllers[0], kind)
        found = next((item for item in first if name in (item["Name"], item.get("Identity"))), None)
        guid = str(found["Guid"]) if found else guid_of(self.name, kind, name)
        if found is None:
            self.directory.add({"class": kind, "Name": name, "Guid": guid, **self._documented(kind, name)})
        self.directory.alter(guid, odd.get("set", {}), list(odd.get("hide", [])))

    def _documented(self, kind: str, name: str) -> Object:
        """What an object of a class shows before it is made odd."""
        if kind == "server":
            return {
                "Fqdn": f"{name.lower()}.{self.spec['domain']}", "AdminDisplayVersion": "Version 15.1 (Build 2507.6)", "ServerRole": "Mailbox, ClientAccess",
                "Site": f"{self.spec['domain']}/Configuration/Sites/Main", "IsEdgeServer": False, "IsClientAccessServer": True, "IsMailboxServer": True,
                "InternetWebProxy": None, "AutoDiscoverServiceInternalUri": None,
            }  # fmt: skip
        if kind == "authserver":
            texts = dict.fromkeys(("Realm", "IssuerIdentifier", "ApplicationIdentifier", "AuthorizationEndpoint", "AuthMetadataUrl"))
            return {**texts, "Identity": name, "Type": "AzureAD", "Enabled": True, "IsDefaultAuthorizationEndpoint": False, "DomainName": []}
        server, _separator, own = name.partition(_SEPARATOR)
        texts = dict.fromkeys(("InternalUrl", "ExternalUrl"))
        lists = {key: list[str]() for key in ("InternalAuthenticationMethods", "ExternalAuthenticationMethods")}
        return {**texts, **lists, "Name": own, "Identity": name, "Server": server}

    def _add_server(self, server: Mapping[str, Any]) -> None:
        edge = server.get("role") == "Edge"
        self.directory.add(
            {
                "class": "server", "Name": server["name"], "Fqdn": self.fqdn(server["name"]), "Guid": guid_of(self.name, server["name"]),
                "AdminDisplayVersion": server["version"], "ServerRole": server.get("role", "Mailbox, ClientAccess"),
                "Site": f"{self.spec['domain']}/Configuration/Sites/{server.get('site', 'Main')}",
                "IsEdgeServer": edge, "IsClientAccessServer": not edge, "IsMailboxServer": not edge, "InternetWebProxy": server.get("proxy"),
                "AutoDiscoverServiceInternalUri": server.get("scp"),
            }
        )  # fmt: skip
        if edge:
            return
        for kind, (_noun, name, how) in KINDS.items():
            self._add_directory(server, kind, name, how)

    def _add_directory(self, server: Mapping[str, Any], kind: str, name: str, how: str) -> None:
        own = server.get("directories", {}).get(kind, {})
        full = f"{name} (Default Web Site)"
        guid = guid_of(self.name, server["name"], kind)
        internal, external = own.get("internal", server.get("internal")), own.get("external", server.get("external"))
        path = {"mapi": "mapi", "ews": "EWS/Exchange.asmx", "oab": "OAB", "activesync": "Microsoft-Server-ActiveSync"}.get(kind)
        iis: dict[str, Any] = {"Path": f"C:\\Exchange\\FrontEnd\\HttpProxy\\{name}"}
        methods: list[list[str]] = [[], []]
        if how == "list":
            iis["IISAuthenticationMethods"] = list(own.get("methods", ["Ntlm", "OAuth", "Negotiate"]))
            methods = [list(iis["IISAuthenticationMethods"])] * 2
        elif how == "flag":
            iis["OAuthAuthentication"] = own.get("oauth", True)
            methods = [_with_oauth(_BUILTIN_METHODS, iis["OAuthAuthentication"])] * 2
        else:
            methods = [list(own.get("internal_methods", [])), list(own.get("external_methods", []))]
        self.iis[guid] = iis
        self.directory.add(
            {
                "class": f"vdir:{kind}", "Name": full, "Guid": guid, "Identity": f"{server['name'].upper()}\\{full}", "Server": server["name"],
                "InternalUrl": _url(internal, path), "ExternalUrl": _url(external, path),
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
        self.directory.add(
            {
                "class": "authserver", "Name": item["name"], "Identity": item["name"], "Guid": guid_of(self.name, "auth", item["name"]),
                "Type": item.get("type", "AzureAD"), "Realm": item.get("realm", tenant or ""),
                "IssuerIdentifier": f"https://sts.windows.net/{tenant}/" if tenant else item.get("issuer", ""),
                "Enabled": item.get("enabled", True), "IsDefaultAuthorizationEndpoint": item.get("default", False),
                "DomainName": list(item.get("domain_names", [])), "ApplicationIdentifier": item.get("application_identifier"),
                "AuthorizationEndpoint": item.get("endpoint", "https://login.windows.net/common/oauth2/authorize"),
                "AuthMetadataUrl": f"https://login.windows.net/{tenant}/federationmetadata/2007-06/federationmetadata.xml" if tenant else None,
            }
        )  # fmt: skip


def _with_oauth(methods: list[str], oauth: bool) -> list[str]:
    rest = [method for method in methods if method != "OAuth"]
    return [*rest, "OAuth"] if oauth else rest


def _url(host: str | None, path: str | None) -> str | None:
    if host is None or path is None:
        return None
    return f"{host if '://' in host else 'https://' + host}/{path}"


def _certificate(days: int) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Microsoft Exchange Server Auth Certificate")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - timedelta(days=1800)).not_valid_after(now + timedelta(days=days)).sign(key, hashes.SHA256())
