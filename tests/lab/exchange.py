# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated organization: who runs a cmdlet, and those that are of the organization itself."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .administrators import Administrators
from .assumptions import Assumptions
from .binder import ShellError
from .directory import UNCHANGED, Directory, Object, one
from .exchange_objects import Objects, fqdn_of
from .exchange_reads import Reads
from .lifecycle import Lifecycle
from .overrides import Overrides
from .virtual_directories import KINDS, VirtualDirectories, kind_of
from .web_directories import WEB, WebDirectories, web_kind_of

_SEPARATOR = "\\"


def product_of(version: str) -> str:
    """2013, 2016, 2019 or SE from 'Version 15.2 (Build 2562.17)'."""
    match = re.match(r"^Version (\d+)\.(\d+) \(Build (\d+)\.", version)
    if match is None:
        raise ValueError(f"scenario: version {version!r} is not as AdminDisplayVersion prints it")
    major, minor, build = (int(part) for part in match.groups())
    if major < 15:
        return "2010"
    return {0: "2013", 1: "2016"}.get(minor, "SE" if build >= 2562 else "2019")


def is_local(name: str) -> bool:
    """A server's own account, as WinRM's Basic and client certificates need; it is nobody to Exchange."""
    return _SEPARATOR not in name and "@" not in name


class Organization(Overrides, Administrators, Reads, Lifecycle):
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
        self.position = Assumptions(spec.get("assumptions", {}))
        self.virtual_directories = VirtualDirectories(
            self.directory, self.servers, self.fqdn, self.server_name, self.position
        )
        self.web_directories = WebDirectories(self.directory, self.servers, self.fqdn, self.server_name, self.position)
        self.web_directories.add(spec)
        self.begin_overrides()
        self.metadata_fetched: list[str] = []
        self.begin_policies()
        self.begin_lifecycle()
        self._objects = Objects(spec, self.directory, self.virtual_directories.iis)
        self.certificate, self.other_certificate = (
            _certificate(days) for days in (int(spec.get("auth_certificate_days", 400)), 300)
        )
        # Another one of 1000 days, made when it is staged.
        self.next_certificate = _certificate(1000)
        self._objects.all_of(spec, self.servers.values())
        self._domains = self._domain_names()

    def fqdn(self, server: str) -> str:
        return fqdn_of(self.servers[server.casefold()], str(self.spec["domain"]))

    def principal(self, name: str) -> str:
        """DOMAIN\\user as user@REALM."""
        return f"{name.rpartition(_SEPARATOR)[2]}@{str(self.spec['domain']).upper()}"

    def user(self, name: str, password: str | None) -> Mapping[str, Any] | None:
        found = self.logon_names.get(name.casefold())
        return found if found is not None and (password is None or found["password"] == password) else None

    def run(self, server: str, cmdlet: str, given: Mapping[str, Any]) -> tuple[list[Object], list[str]]:
        """Objects and warnings of one bound cmdlet in a shell of ``server``."""
        objects, warnings = self._run(server, cmdlet, given)
        if self.position("empty_list") == "nothing":
            objects = [{key: None if value == [] else value for key, value in item.items()} for item in objects]
        return objects, [] if cmdlet.startswith("Set-") and self.position("unchanged") == "silent" else warnings

    def _run(self, server: str, cmdlet: str, given: Mapping[str, Any]) -> tuple[list[Object], list[str]]:
        controller = str(
            given.get("DomainController") or self.servers[server.casefold()].get("dc") or self.directory.controllers[0]
        )
        if controller not in self.directory.controllers or controller in self.spec.get("controllers_down_for", {}).get(
            server, []
        ):
            text = f"The domain controller '{controller}' could not be contacted."
            raise ShellError("[FailureCategory=Cmdlet-LocalizedException]", "NotSpecified", "LocalizedException", text)
        verb, noun = cmdlet.split("-", 1)
        directories = self.web_directories if web_kind_of(noun) else self.virtual_directories
        kind = web_kind_of(noun) or kind_of(noun)
        if kind is not None and verb == "Get":
            return directories.get(controller, kind, given), []
        if kind is not None and verb == "Set":
            return [], directories.set(controller, kind, given)
        handler = getattr(self, f"_{verb.lower()}_{noun.lower()}", None)
        if handler is None:
            text = f"The lab has no {cmdlet}."
            raise ShellError("LabHasNoSuchCmdlet", "NotImplemented", "NotImplementedException", text)
        # The certificates, or the settings, of a shell's own server, where none is named.
        own = noun.casefold() in ("exchangecertificate", "exchangediagnosticinfo")
        named = {"Server": server, **given} if own else given
        answer: tuple[list[Object], list[str]] = handler(controller, named)
        return answer

    # -- organization

    def _get_organizationconfig(self, controller: str, given: Mapping[str, Any]) -> tuple[list[Object], list[str]]:
        """The default policy is shown by its name, whatever it was set by (recorded in CSS-Exchange, 2019 CU11)."""
        address = f"SMTP:MicrosoftExchange@{self.spec['domain']}"
        return [
            {
                **item,
                "DefaultAuthenticationPolicy": self.policy_name(item["DefaultAuthenticationPolicy"]),
                "MicrosoftExchangeRecipientEmailAddresses": [address],
            }
            for item in self.directory.select(controller, "config")
        ], []

    def _set_organizationconfig(self, controller: str, given: Mapping[str, Any]) -> tuple[list[Object], list[str]]:
        self._policy_named(given.get("DefaultAuthenticationPolicy"))
        return [], self._write(controller, self.directory.select(controller, "config")[0], given)

    def _get_exchangeserver(self, controller: str, given: Mapping[str, Any]) -> tuple[list[Object], list[str]]:
        found = self._named(controller, "server", given)
        return [self._shown_server(item, status=bool(given.get("Status"))) for item in found], []

    def _shown_server(self, item: Object, *, status: bool) -> Object:
        """-Status asks each server which domain controllers it uses. Without it the properties are there and empty
        (recorded in CSS-Exchange, 2016 CU23); so they are of one that is off (assumed)."""
        own = self.servers.get(item["Name"].casefold(), {"power": "off"})
        asked = status and own.get("power") != "off" and not item["IsEdgeServer"]
        controller = own.get("dc") or self.directory.controllers[0] if asked else ""
        shown = {key: value for key, value in item.items() if key != "AutoDiscoverServiceInternalUri"}
        return {
            **shown,
            "NetworkAddress": [f"netbios:{item['Name']}", f"ncacn_ip_tcp:{item.get('Fqdn')}"],
            "CurrentConfigDomainController": controller,
            "CurrentDomainControllers": [controller] if controller else [],
            "CurrentGlobalCatalogs": [controller] if controller else [],
        }

    def _get_clientaccessservice(self, controller: str, given: Mapping[str, Any]) -> tuple[list[Object], list[str]]:
        found = [item for item in self._named(controller, "server", given) if item["IsClientAccessServer"]]
        return [
            {key: item[key] for key in ("Name", "Fqdn", "Guid", "AutoDiscoverServiceInternalUri", "OriginatingServer")}
            for item in found
        ], []

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
        item = one(found, given.get("Identity"), controller)
        others = [
            other["Name"]
            for other in found
            if other["IsDefaultAuthorizationEndpoint"] and other["Guid"] != item["Guid"]
        ]
        if given.get("IsDefaultAuthorizationEndpoint") and others:
            # Assumed: the article says the flag cannot be on several; the stricter of the two readings.
            text = f"Another auth server '{others[0]}' is already the default authorization endpoint."
            raise ShellError(
                "[FailureCategory=Cmdlet-TaskException]", "InvalidArgument", "TaskException", text, item["Name"]
            )
        if given.get("RefreshAuthMetadata"):
            # It fetches the metadata and changes no property.
            self.metadata_fetched.append(str(item["Name"]))
            return [], []
        return [], self._write(controller, item, given)

    def domains_added(self) -> bool:
        return self._domain_names() != self._domains

    def _domain_names(self) -> dict[str, list[str]]:
        first = self.directory.controllers[0]
        return {item["Guid"]: list(item["DomainName"]) for item in self.directory.select(first, "authserver")}

    # -- shared

    def _named(self, controller: str, kind: str, given: Mapping[str, Any]) -> list[Object]:
        found = self.directory.select(controller, kind)
        return [one(found, given["Identity"], controller)] if given.get("Identity") else found

    def server_name(self, wanted: str) -> str:
        for server in self.servers.values():
            if wanted.casefold() in (server["name"].casefold(), self.fqdn(server["name"]).casefold()):
                return str(server["name"])
        text = f"The operation couldn't be performed because object '{wanted}' couldn't be found."
        error_id = "[FailureCategory=Cmdlet-ManagementObjectNotFoundException]"
        raise ShellError(error_id, "NotSpecified", "ManagementObjectNotFoundException", text, wanted)

    def _write(self, controller: str, item: Object, given: Mapping[str, Any]) -> list[str]:
        changes = {
            key: value for key, value in given.items() if key in item and key not in ("Identity", "Guid", "Name")
        }
        if all(item[key] == value for key, value in changes.items()):
            return [UNCHANGED.format(item.get("Name", ""))]
        self.directory.write(controller, item["Guid"], changes)
        return []

    def add(self, spec: Mapping[str, Any]) -> None:
        """Another AuthServer, made while a run is under way; or an object that somebody makes odd."""
        self._objects.add(spec)

    def state(self) -> dict[str, Any]:
        """Everything, as the first domain controller has it, for tests and people."""
        first = self.directory.controllers[0]
        kinds = ["config", "server", "authserver", *(f"vdir:{kind}" for kind in KINDS)]
        objects = {kind: self.directory.select(first, kind) for kind in kinds}
        for kind in KINDS:
            for item in objects[f"vdir:{kind}"]:
                item.update(self.virtual_directories.iis.get(item["Guid"], {}))
        web = {
            f"vdir:{kind}": self.web_directories.shown_of(self.directory.select(first, f"vdir:{kind}")) for kind in WEB
        }
        policies = {"policies": self.policies(), "assigned": dict(self.assigned)}
        return {
            "name": self.name,
            **objects,
            **web,
            "overrides": self.overrides,
            "refreshed": self.refreshed,
            "metadata_fetched": self.metadata_fetched,
            **policies,
        }


@functools.cache
def _certificate(days: int) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Microsoft Exchange Server Auth Certificate")])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
    )
    return (
        builder.not_valid_before(now - timedelta(days=1800))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
