# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The EvoSTS AuthServer of a tenant: found by type and realm, domains merged, default endpoint as one unit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..base import elements
from ..base.command import PowerShell, Setting, texts
from ..base.comparison import fold, folded, lacking
from ..base.elements import Unread
from ..base.errors import ParseError, Refused
from ..base.facts import Facts
from ..base.values import Properties
from .change import Change, Plan
from .cmdlet import Cmdlet

READ: Final = Cmdlet(
    "Get-AuthServer",
    {},
    (
        "Name", "Guid", "Type", "Realm", "IssuerIdentifier", "Enabled", "IsDefaultAuthorizationEndpoint",
        "DomainName", "ApplicationIdentifier", "AuthorizationEndpoint", "AuthMetadataUrl", "GraphBaseUrl",
    ),
)  # fmt: skip
DEFAULT: Final = "IsDefaultAuthorizationEndpoint"
_AZURE_AD: Final = "azuread"
_ID: Final = r"\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?"
# Spellings of a tenant: its id, or the id in braces, in Realm; and the address that Entra issues its tokens as.
_REALM: Final = re.compile(_ID, re.IGNORECASE | re.ASCII)
_ISSUER: Final = re.compile(rf"https://[^/\s]+/{_ID}/?", re.IGNORECASE | re.ASCII)
# Attribute of AuthServer, property of the object, how the property is read. This table is the only one of its kind.
_FIELDS: Final[tuple[tuple[str, str, Callable[[Properties, str], Any]], ...]] = (
    ("name", "Name", Properties.text),
    ("guid", "Guid", Properties.guid),
    ("type", "Type", Properties.text),
    ("realm", "Realm", Properties.optional_text),
    ("issuer", "IssuerIdentifier", Properties.optional_text),
    ("enabled", "Enabled", Properties.flag),
    ("default", DEFAULT, Properties.flag),
    # 2013 and builds below 2016 CU18 / 2019 CU7 have no DomainName at all.
    ("domain_names", "DomainName", Properties.optional_texts),
    ("application_identifier", "ApplicationIdentifier", Properties.optional_text),
    ("authorization_endpoint", "AuthorizationEndpoint", Properties.optional_text),
    # Nothing is written by these two, so that an odd value of theirs makes no object unread.
    ("metadata_url", "AuthMetadataUrl", lambda properties, name: properties.label(name, "") or None),
    ("graph_base_url", "GraphBaseUrl", lambda properties, name: properties.label(name, "") or None),
)
# Attribute -> property, and back.
PROPERTIES: Final[Mapping[str, str]] = {attribute: name for attribute, name, _read in _FIELDS}
ATTRIBUTES: Final[Mapping[str, str]] = {name: attribute for attribute, name, _read in _FIELDS}
# Of an object that is not Entra's, HMA needs who it is and whether it is the default endpoint.
_NEEDED_OF_OTHERS: Final = frozenset({"name", "guid", "type", "default"})


@dataclass(frozen=True)
class AuthServer(Facts):
    """One AuthServer object of the organization."""

    name: str
    guid: str
    type: str
    realm: str | None
    issuer: str | None
    enabled: bool | None
    default: bool
    domain_names: list[str]
    application_identifier: str | None
    authorization_endpoint: str | None
    metadata_url: str | None = None
    graph_base_url: str | None = None

    @property
    def tenant_ids(self) -> tuple[str, ...]:
        """The tenants this object names: by its realm, and by its issuer. Two of them contradict each other."""
        found = (_REALM.fullmatch(self.realm or ""), _ISSUER.fullmatch(self.issuer or ""))
        return tuple(dict.fromkeys(fold(match.group(1)) for match in found if match))

    @property
    def tenant_id(self) -> str | None:
        """The tenant this object trusts: its realm, or the issuer's where the realm was never filled with an id."""
        return next(iter(self.tenant_ids), None)

    @property
    def is_azure_ad(self) -> bool:
        return fold(self.type) == _AZURE_AD

    def value(self, name: str) -> Any:
        """The value of a property, by the name that Exchange gives it."""
        return getattr(self, ATTRIBUTES[name])


def parse_authservers(objects: Iterable[Properties]) -> tuple[list[AuthServer], list[Unread]]:
    """The AuthServer objects, and those that could not be read (each odd field of another type's object as well)."""
    gaps: list[Unread] = []

    def parse(properties: Properties) -> AuthServer:
        return parse_authserver(properties) if _may_be_azure_ad(properties) else _parse_other(properties, gaps)

    return elements.parsed("auth_servers", objects, parse, gaps, _is_concerned), gaps


def _may_be_azure_ad(properties: Properties) -> bool:
    """A type that is not readable may be AzureAD."""
    kind = properties.raw("Type")
    return not (isinstance(kind, str) and kind) or fold(kind) == _AZURE_AD


def _is_concerned(properties: Properties) -> bool:
    """An object of any type that may be the default endpoint is one too many."""
    return _may_be_azure_ad(properties) or properties.raw(DEFAULT) is not False


def require_all(gaps: Sequence[Unread]) -> None:
    """Before an object is made the default endpoint every other one that may be it, or that may trust a tenant, has to
    be known."""
    reasons = [gap.reason for gap in gaps if gap.concerned]
    if reasons:
        raise Refused(
            f"{' '.join(reasons)} An AuthServer that cannot be read may be the default endpoint. Mend or "
            f"remove it, then run this again."
        )


def parse_authserver(properties: Properties) -> AuthServer:
    """One object; ParseError names the field that is not as documented."""
    server = properties.named("Name")
    return AuthServer(**{attribute: read(server, name) for attribute, name, read in _FIELDS})


def _parse_other(properties: Properties, gaps: list[Unread]) -> AuthServer:
    """An object that is not Entra's: a field that HMA does not need and that is odd is noted, and counts as unset."""
    server = properties.named("Name")
    values: dict[str, Any] = {}
    for attribute, name, read in _FIELDS:
        try:
            unset = attribute == "enabled" and server.raw(name) is None
            values[attribute] = None if unset else read(server, name)
        except ParseError as exc:
            if attribute in _NEEDED_OF_OTHERS:
                raise
            gaps.append(elements.unread("auth_servers", server, exc, concerned=False))
            values[attribute] = [] if attribute == "domain_names" else None
    return AuthServer(**values)


def parse_endpoint(properties: Properties) -> AuthServer:
    """One object as far as switching off needs it: whatever else is odd about it must not stand in the way."""
    server = properties.named("Name")
    return AuthServer(
        name=server.text("Name"),
        guid=server.guid("Guid"),
        type=server.text("Type"),
        realm=server.label("Realm", "") or None,
        issuer=server.label("IssuerIdentifier", "") or None,
        enabled=True,
        default=server.flag(DEFAULT),
        domain_names=[],
        application_identifier=None,
        authorization_endpoint=None,
    )


def described(server: AuthServer) -> str:
    """An object with what tells it from others."""
    state = "" if server.enabled is None else ", enabled" if server.enabled else ", disabled"
    return (
        f"'{server.name}' (Type {server.type}, realm {server.realm or 'none'}, issuer {server.issuer or 'none'}{state})"
    )


def defaults(servers: Sequence[AuthServer]) -> list[AuthServer]:
    return [other for other in servers if other.default]


def plan_trust(server: AuthServer, *, enabled: bool | None, domain_names: Sequence[str]) -> Plan:
    """Step 4: the object is enabled and knows the tenant's domains. Domains are merged, never replaced.

    ApplicationIdentifier and GraphBaseUrl (dedicated hybrid application) are not touched.
    """
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    missing = lacking(server.domain_names, domain_names)
    if missing:
        before["DomainName"] = list(server.domain_names)
        after["DomainName"] = [*server.domain_names, *missing]
    if enabled is not None and enabled != server.enabled:
        before["Enabled"], after["Enabled"] = server.enabled, enabled
    if not after:
        return Plan()
    change = Change(
        title(server), target(server), before, after, Cmdlet("Set-AuthServer", {"Identity": server.guid, **after})
    )
    return Plan((change,), ("Server-to-server OAuth uses the domain list at once.",))


def plan_default(
    servers: Sequence[AuthServer], server: AuthServer, *, default: bool, replace: str | None = None
) -> Plan:
    """Step 5: this AuthServer is the default authorization endpoint, and the only one.

    Exchange advertises no endpoint to clients while two objects carry the flag, so the old one is cleared first.
    """
    if not default:
        return Plan((flag(server, False),)) if server.default else Plan()
    others = [other for other in defaults(servers) if other.guid != server.guid]
    if unnamed_defaults(servers, server, replace):
        raise Refused(_other_default(others, server))
    if not server.enabled:
        raise Refused(
            f"AuthServer '{server.name}' is disabled; clients would be sent to an endpoint Exchange does not trust."
        )
    changes = [flag(other, False) for other in others]
    if not server.default:
        changes.append(flag(server, True))
    return Plan(tuple(changes))


def unnamed_defaults(servers: Sequence[AuthServer], server: AuthServer, replace: str | None) -> list[AuthServer]:
    """The other default endpoints that nobody allowed to be replaced."""
    others = [other for other in defaults(servers) if other.guid != server.guid]
    return [other for other in others if replace is None or fold(other.name) != fold(replace)]


def why_not_replaced(others: Sequence[AuthServer], server: AuthServer) -> str:
    """What is in the way of making an object the default endpoint, without what to do about it."""
    if len(others) == 1:
        return (
            f"AuthServer {described(others[0])} is the default authorization endpoint. Clients that sign in there now "
            f"would be sent to '{server.name}'."
        )
    names = "; ".join(map(described, others))
    return (
        f"Several AuthServer objects are default authorization endpoint: {names}. With more than one, clients get no "
        "authorization_uri at all."
    )


def _other_default(others: Sequence[AuthServer], server: AuthServer) -> str:
    if len(others) == 1:
        named = Setting("hma_replace_default_authserver", others[0].name).text
        return f"{why_not_replaced(others, server)} If that is wanted, name it: {named}"
    clear = [PowerShell("Set-AuthServer", {DEFAULT: False}, (other.name,)) for other in others]
    return f"{why_not_replaced(others, server)} Clear those that are not wanted: {'; '.join(texts(clear))}"


def merged(names: Sequence[str], wanted: Sequence[str]) -> bool:
    return folded(wanted) <= folded(names)


def flag(server: AuthServer, value: bool) -> Change:
    """The one write that makes an object the default endpoint, or no longer."""
    cmdlet = Cmdlet("Set-AuthServer", {"Identity": server.guid, DEFAULT: value})
    return Change(title(server), target(server), {DEFAULT: server.default}, {DEFAULT: value}, cmdlet)


def target(server: AuthServer) -> dict[str, str]:
    """Which object this is, for the record."""
    return {"type": "authserver", "guid": server.guid, "name": server.name, "realm": server.realm or ""}


def title(server: AuthServer) -> str:
    """An AuthServer as messages name it."""
    return f"AuthServer '{server.name}' (realm {server.realm or 'none'})"
