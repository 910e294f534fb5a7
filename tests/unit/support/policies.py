# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that the tests of policies are about: accounts, policies, a measurement, and Exchange in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.accounts import AccountState
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.authserver import (
    AuthServer,
    parse_authserver,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Change
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.orgconfig import OrganizationConfig
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.versions import parse_admin_display_version
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.back import State
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.measurement import (
    MeasuredProtocol,
    MeasuredServer,
    MeasuredSignIns,
    SignIn,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.people import Forest, Person
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.policy import SWITCHES, Policy
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.wave import Known, Server, Wanted
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.history import Recorded, change_of

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
ALL = ("mapi", "ews", "eas", "autodiscover", "oab", "rpc")
BLOCKED = ("mapi", "ews")
ORGANIZATION = "6f1d3c1e-0000-4000-8000-0000000000ff"


def guid(number: int) -> str:
    return f"6f1d3c1e-0000-4000-8000-{number:012x}"


def person(number: int, name: str, **other: Any) -> Person:
    found = Person(
        guid(number), f"CN={name},CN=Users,DC=corp,DC=contoso,DC=test", name, f"{name}@contoso.test", name,
        "UserMailbox", None, frozenset({f"{name}@contoso.test"}),
    )  # fmt: skip
    return replace(found, **other)


def policy(name: str, blocks: Iterable[str] = (), modern: Iterable[str] = ()) -> Policy:
    switches = {switch: switch.removeprefix("BlockLegacyAuth") in set(blocks) for switch in SWITCHES}
    names = frozenset({name.lower(), f"cn={name.lower()},cn=auth policies"})
    return Policy(name, f"CN={name},CN=Auth Policies", names, switches, frozenset(modern))


def sign_in(who: str, protocol: str = "mapi", authentication: str = "modern", days_ago: float = 1) -> SignIn:
    kind = {"modern": "Bearer", "legacy": "NTLM"}.get(authentication, "")
    return SignIn(who, protocol, authentication, kind, "Outlook", NOW - timedelta(days=days_ago))


def modern(who: str, protocols: Iterable[str] = BLOCKED) -> list[SignIn]:
    return [sign_in(who, protocol) for protocol in protocols]


def server(name: str = "EX1", **other: Any) -> MeasuredServer:
    return replace(MeasuredServer(name, NOW, "", dict.fromkeys(ALL, MeasuredProtocol(20))), **other)


def measurement(*sign_ins: SignIn, servers: Sequence[MeasuredServer] | None = None) -> MeasuredSignIns:
    return MeasuredSignIns(NOW, tuple([server()] if servers is None else servers), sign_ins)


def config(default: str | None = None, *, on: bool | None = True) -> OrganizationConfig:
    return OrganizationConfig("Contoso", ORGANIZATION, on, True, default)


def auth_server(kind: str = "AzureAD") -> AuthServer:
    tenant = "11111111-aaaa-4bbb-8ccc-000000000001"
    found = {
        "Name": "EvoSTS", "Guid": guid(999), "Type": kind, "Realm": tenant, "Enabled": True,
        "IssuerIdentifier": f"https://sts.windows.net/{tenant}/", "IsDefaultAuthorizationEndpoint": True,
        "DomainName": [], "ApplicationIdentifier": None, "AuthorizationEndpoint": "https://login.windows.net/x",
        "AuthMetadataUrl": None,
    }  # fmt: skip
    return parse_authserver(Properties(found, "Get-AuthServer"))


def exchange(version: str = "Version 15.2 (Build 2562.17)", name: str = "EX1") -> Server:
    return Server(name, parse_admin_display_version(version), version)


def known(people: Sequence[Person], measured: MeasuredSignIns, **other: Any) -> Known:
    given: dict[str, Any] = {
        "config": config(), "policies": [policy("HMA only", ("Mapi", "WebServices")), policy("HMA exceptions")],
        "auth_servers": [auth_server()], "servers": [exchange()], "forest": Forest.of(people, {}),
        "members": {}, "groups_unread": {},
        "accounts": dict.fromkeys((item.sign_in_name for item in people), AccountState.SYNCHRONIZED),
        "accounts_unread": "", "measurement": measured, "now": NOW, "runs_as": "",
    }  # fmt: skip
    return Known(**{**given, **other})


def wanted(wave: str = "1", people: Sequence[str] = (), **other: Any) -> Wanted:
    given: dict[str, Any] = {
        "policy": "HMA only", "exceptions_policy": "HMA exceptions", "protocols": BLOCKED, "groups": (),
        "exceptions": {}, "replaces": (), "days": 14,
    }  # fmt: skip
    return Wanted(wave=wave, people=tuple(people), **{**given, **other})


def result(*objects: Mapping[str, Any]) -> CmdletResult:
    return CmdletResult([dict(item) for item in objects], [], [])


def recorded(changes: Iterable[Change], outcome: str = "done") -> list[Recorded]:
    """The record of these writes, read as a run reads it."""
    return [
        change_of(
            {
                **change.predicted.facts(), "id": f"{number:016x}", "time": f"2026-11-26T10:{number // 60:02}:"
                f"{number % 60:02}Z", "run": "r1", "host": "ex1", "result": outcome,
            }
        )
        for number, change in enumerate(changes)
    ]  # fmt: skip


@dataclass
class Exchange:
    """Exchange in memory, as far as policies go: what a write does to it."""

    config: OrganizationConfig
    policies: dict[str, Policy]
    people: dict[str, Person] = field(default_factory=dict)

    @property
    def state(self) -> State:
        return State(self.config, list(self.policies.values()), dict(self.people))

    def run(self, changes: Iterable[Change]) -> None:
        for change in changes:
            given = change.cmdlet.parameters
            if change.cmdlet.name == "Set-OrganizationConfig":
                self.config = replace(self.config, default_authentication_policy=given["DefaultAuthenticationPolicy"])
            elif change.cmdlet.name == "Set-User":
                own = next(item for item in self.people.values() if item.distinguished_name == given["Identity"])
                self.people[own.guid] = replace(own, policy=given["AuthenticationPolicy"])
            else:
                self._policy(change.cmdlet.name, given)

    def _policy(self, cmdlet: str, given: Mapping[str, Any]) -> None:
        name = str(given.get("Name") or given.get("Identity"))
        if cmdlet == "Remove-AuthenticationPolicy":
            used = {item.policy for item in self.people.values()} | {self.config.default_authentication_policy}
            assert name not in used, "the policy is in use"
            del self.policies[name]
            return
        own = policy(name) if cmdlet == "New-AuthenticationPolicy" else self.policies[name]
        switches = {key: value for key, value in given.items() if key in SWITCHES}
        self.policies[name] = replace(own, switches={**own.switches, **switches})
