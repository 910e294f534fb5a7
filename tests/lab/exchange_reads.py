# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads of an audit: hybrid objects, policies, overrides, certificates, component states, mailboxes."""

from __future__ import annotations

import base64
import fnmatch
import re
from collections.abc import Iterable, Mapping
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from .assumptions import Assumptions
from .binder import ShellError
from .directory import Object

_APP = "00000002-0000-0ff1-ce00-000000000000"
# The part of OPATH that the lab understands; anything else is refused, not guessed.
_CONDITION = re.compile(r"^UserPrincipalName -(like|notlike) '((?:[^']|'')*)'$", re.IGNORECASE)
_MORE = (
    "There are more results available than are currently displayed. To view them, increase the value for the "
    "ResultSize parameter."
)
_PARTNER = {"name": "Exchange Online", "application_identifier": _APP, "enabled": True}
_MAILBOXES = [{"upn": f"{name}@contoso.test"} for name in ("alice", "bob", "carol")]
_CERTIFICATE_FAILED = (
    "The Exchange Certificate operation has failed with an exception on server {}. The error message is: "
)
Answer = tuple[list[Object], list[str]]


def is_disabled(mailbox: Mapping[str, Any]) -> bool:
    """Whether nobody signs in with its account: somebody left (``disabled``), or it is no person's."""
    return bool(mailbox.get("disabled", mailbox.get("type", "UserMailbox") != "UserMailbox"))


class Reads:
    """Handlers of the reading cmdlets, over the scenario's own description of the organization."""

    spec: Mapping[str, Any]
    position: Assumptions
    servers: dict[str, dict[str, Any]]
    certificate: x509.Certificate
    other_certificate: x509.Certificate
    next_certificate: x509.Certificate

    def fqdn(self, server: str) -> str:
        raise NotImplementedError

    def server_name(self, wanted: str) -> str:
        raise NotImplementedError

    def _get_authconfig(self, controller: str, given: Mapping[str, Any]) -> Answer:
        thumbprint = _thumbprint(self.certificate)
        following = self.spec.get("next_certificate")
        staged = {"date": None} if following is True else following or {}
        return [
            {
                "Name": "Auth Configuration",
                "Identity": "Auth Configuration",
                "CurrentCertificateThumbprint": thumbprint,
                "NextCertificateThumbprint": _thumbprint(self.next_certificate) if following else "",
                "NextCertificateEffectiveDate": staged.get("date"),
                "OriginatingServer": controller,
            }
        ], []

    def _get_exchangecertificate(self, controller: str, given: Mapping[str, Any]) -> Answer:
        """Each server has its own store; where no server is named it is the one the shell runs on."""
        server = self._reached(str(given["Server"]), _CERTIFICATE_FAILED)
        there = [self.other_certificate if server.get("auth_certificate") == "missing" else self.certificate]
        if self.spec.get("next_certificate") and server["name"] in self.spec.get(
            "next_certificate_on", [server["name"]]
        ):
            there.append(self.next_certificate)
        return [
            {"RawData": base64.b64encode(item.public_bytes(serialization.Encoding.DER)).decode("ascii")}
            for item in there
        ], []

    def _get_activesyncorganizationsettings(self, controller: str, given: Mapping[str, Any]) -> Answer:
        """Allow is what setup leaves."""
        level = self.spec.get("device_access", {}).get("default", "Allow")
        return [{"Name": "Mobile Mailbox Settings", "DefaultAccessLevel": level, "OriginatingServer": controller}], []

    def _get_activesyncdeviceaccessrule(self, controller: str, given: Mapping[str, Any]) -> Answer:
        return [
            {
                "Name": f"{item['query']} ({item['characteristic']})", "Characteristic": item["characteristic"],
                "QueryString": item["query"], "AccessLevel": item["level"], "OriginatingServer": controller,
            }
            for item in self.spec.get("device_access", {}).get("rules", [])
        ], []  # fmt: skip

    def _test_oauthconnectivity(self, controller: str, given: Mapping[str, Any]) -> Answer:
        """Success, unless the scenario says otherwise: a result, or one for before and one for after a domain was added
        to an AuthServer. Detail shows the exchange, headers included, as the real one does."""
        told = self.spec.get("oauth_test", "Success")
        if isinstance(told, dict):
            told = told["after"] if self.domains_added() else told["before"]
        task = "Checking EWS API Call Under Oauth"
        detail = "Client request header: Authorization: Bearer eyJ0eXAiOiJKV1QiLCJh..."
        return [{"Task": task, "Detail": detail, "ResultType": told, "Identity": given["Mailbox"]}], []

    def domains_added(self) -> bool:
        raise NotImplementedError

    def _get_servercomponentstate(self, controller: str, given: Mapping[str, Any]) -> Answer:
        server = self._reached(str(given["Identity"]))
        offline = "Inactive" if server.get("maintenance") else "Active"
        states = {
            "ServerWideOffline": offline,
            "HubTransport": offline,
            "FrontendTransport": offline,
            "Monitoring": "Active",
            "RecoveryActionsEnabled": "Active",
            **dict.fromkeys(("MapiProxy", "EwsProxy", "OabProxy", "AutoDiscoverProxy", "ActiveSyncProxy"), "Active"),
            **server.get("components", {}),
        }
        return [
            {"Component": name, "State": state, "ServerFqdn": self.fqdn(server["name"])}
            for name, state in states.items()
        ], []

    def _get_hybridconfiguration(self, controller: str, given: Mapping[str, Any]) -> Answer:
        if not self.spec.get("hybrid", True):
            return [], []
        domains = [_domain(item)["name"] for item in self.spec["accepted_domains"]]
        named = dict.fromkeys(("Name", "Identity"), "Hybrid Configuration")
        return [
            {**named, "Domains": domains, "Features": [], "ServiceInstance": 0, "OriginatingServer": controller}
        ], []

    def _get_accepteddomain(self, controller: str, given: Mapping[str, Any]) -> Answer:
        domains = [_domain(item) for item in self.spec["accepted_domains"]]
        return [
            {
                "Name": item["name"],
                "Identity": item["name"],
                "DomainName": item["name"],
                "DomainType": item["type"],
                "OriginatingServer": controller,
            }
            for item in domains
        ], []

    def _get_partnerapplication(self, controller: str, given: Mapping[str, Any]) -> Answer:
        return [
            {
                "Name": item["name"], "ApplicationIdentifier": item["application_identifier"],
                "Enabled": item["enabled"],
                "Realm": "", "OriginatingServer": controller,
            }
            for item in self.spec.get("partners", [_PARTNER])
        ], []  # fmt: skip

    def _get_organizationrelationship(self, controller: str, given: Mapping[str, Any]) -> Answer:
        return [
            {
                "Name": item["name"], "Enabled": True, "DomainNames": ["contoso.mail.onmicrosoft.com"],
                "TargetAutodiscoverEpr": None, "TargetSharingEpr": item.get("sharing"), "OriginatingServer": controller,
            }
            for item in self.spec.get("relationships", [])
        ], []  # fmt: skip

    def _get_mailbox(self, controller: str, given: Mapping[str, Any]) -> Answer:
        if given.get("IgnoreDefaultScope") and "DomainController" in given:
            text = "You can't use the DomainController parameter together with the IgnoreDefaultScope parameter."
            raise ShellError("[FailureCategory=Cmdlet-TaskException]", "InvalidArgument", "TaskException", text)
        if given.get("Arbitration"):
            return self._arbitration(controller), []
        # The parameter takes a list: the engine makes one of a text.
        asked, limit = given.get("RecipientTypeDetails", []), int(given.get("ResultSize", 1000))
        kinds = [asked] if isinstance(asked, str) else list(asked)
        found = [item for item in self._mailboxes() if not kinds or item["RecipientTypeDetails"] in kinds]
        parts = _conditions(str(given.get("Filter", "")))
        found = [item for item in found if _fits(item["UserPrincipalName"], parts)]
        return found[:limit], [_MORE] if len(found) > limit else []

    def _arbitration(self, controller: str) -> list[Object]:
        """As setup makes them; ``arbitration`` says what is left of the capabilities of the one that manages."""
        own = {
            "Migration.8f3e7716-2011-43e4-96b1-aba62d229136": self.spec.get(
                "arbitration", ["OrganizationCapabilityManagement", "OrganizationCapabilityMigration"]
            ),
            "FederatedEmail.4c1f4d8b-8179-4148-93bf-00a95fa1e042": [],
        }
        return [
            {"Name": name, "PersistedCapabilities": list(capabilities), "OriginatingServer": controller}
            for name, capabilities in own.items()
        ]

    def _mailboxes(self) -> list[Object]:
        found, domain = [], self.address_domain()
        for item in self.spec.get("mailboxes", _MAILBOXES):
            upn = item.get("upn") or f"{item['name']}@contoso.test"
            names = [upn.format(number) for number in range(int(item.get("count", 1)))]
            found += [
                {
                    "UserPrincipalName": name,
                    "SamAccountName": item.get("account", name.partition("@")[0]).format(number),
                    "PrimarySmtpAddress": item.get("mail", address_in(name, domain)).format(number),
                    "RecipientTypeDetails": item.get("type", "UserMailbox"),
                    # Of a shared one, a room or a linked one the account is disabled.
                    "ExchangeUserAccountControl": "AccountDisabled" if is_disabled(item) else "None",
                }
                for number, name in enumerate(names)
            ]
        return found

    def address_domain(self) -> str:
        """The domain of the addresses that the default policy gives: the first one of its own (assumed)."""
        domains = [_domain(item) for item in self.spec.get("accepted_domains", [])]
        own = [item["name"] for item in domains if item["type"] == "Authoritative" and "*" not in item["name"]]
        return str(own[0]) if own else ""

    def _reached(self, wanted: str, prefix: str = "") -> dict[str, Any]:
        server = self.servers[self.server_name(wanted).casefold()]
        if server.get("power") == "off":
            text = f"The RPC server on {self.fqdn(server['name'])} is unavailable."
            if self.position("server_off") == "exchange":
                text = f"{prefix.format(server['name'])}{text}"
            raise ShellError(
                "[FailureCategory=Cmdlet-RpcClientException]", "ReadError", "RpcClientException", text, wanted
            )
        return server


def address_in(name: str, domain: str) -> str:
    """The same name in that domain."""
    return f"{name.partition('@')[0]}@{domain}" if domain else name


def _thumbprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303 - what Exchange shows


def _domain(item: Any) -> dict[str, str]:
    return (
        {"name": item, "type": "Authoritative"}
        if isinstance(item, str)
        else {"name": item["name"], "type": item["type"]}
    )


def _conditions(text: str) -> list[tuple[re.Pattern[str], bool]]:
    """What a name has to be like, and what it must not be like."""
    found = []
    for part in text.split(" -and ") if text else []:
        match = _CONDITION.match(part)
        if match is None:
            text = (
                f'Cannot bind parameter \'Filter\' to the target. Exception setting "Filter": "The lab does not '
                f'know the condition {part}"'
            )
            raise ShellError("ParameterBindingFailed", "InvalidArgument", "ParameterBindingException", text)
        wildcards = match[2].replace("''", "'").replace("[", "[[]").casefold()
        found.append((re.compile(fnmatch.translate(wildcards)), match[1].casefold() == "like"))
    return found


def _fits(name: str, parts: Iterable[tuple[re.Pattern[str], bool]]) -> bool:
    folded = name.casefold()
    return all(bool(pattern.match(folded)) == like for pattern, like in parts)
