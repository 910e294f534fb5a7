# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Authentication policies, the users they are assigned to, and the connectors of hybrid free/busy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from .binder import ShellError
from .directory import UNCHANGED, Directory, Object
from .exchange_objects import guid_of
from .exchange_reads import _MORE, Reads

_PROTOCOLS = ("ActiveSync", "Autodiscover", "Imap", "Mapi", "OfflineAddressBook", "Pop", "Rpc", "WebServices")
# The policy of a user can be filtered by its distinguished name only (Microsoft's pages on authentication policies).
_FILTER = re.compile(r"^AuthenticationPolicy -eq '((?:[^']|'')*)'$")
# The directories of a front end, and the switch of a policy that each obeys.
_OF_DIRECTORY: Final = {
    "mapi": "Mapi", "ews": "WebServices", "oab": "OfflineAddressBook", "autodiscover": "Autodiscover",
    "activesync": "ActiveSync",
}  # fmt: skip
HOME: Final = "corp"
Answer = tuple[list[Object], list[str]]


class Accounts(Reads):
    """The part of an organization that says who may sign in how."""

    name: str
    directory: Directory
    _everybody: list[Object]
    _by_identity: dict[str, Object]

    def begin_policies(self) -> None:
        """As the scenario has them. Every domain controller shows the same at once."""
        self._made: dict[str, dict[str, set[str]]] = {
            str(item["name"]): {
                "BlockLegacyAuth": set(item.get("blocks", [])), "BlockModernAuth": set(item.get("blocks_modern", [])),
            }
            for item in self.spec.get("authentication_policies", [])
        }  # fmt: skip
        self.assigned: dict[str, str] = {
            name: str(item["policy"]) for name, item in self._mailbox_names() if item.get("policy")
        }
        self._everybody = self._accounts()
        keys = ("Name", "UserPrincipalName", "Sid", "Identity", "DistinguishedName", "Guid")
        self._by_identity = {
            str(item[key]).casefold(): item for key in keys for item in reversed(self._everybody) if item[key]
        }
        addresses = ((address, item) for item in self._everybody for address in _addresses(item))
        self._by_address = dict(addresses)

    def policies(self) -> list[Object]:
        return [
            {
                "Name": name, "Identity": name, "DistinguishedName": self._policy_dn(name),
                "Guid": guid_of(self.name, "policy", name),
                **{
                    f"{what}{protocol}": protocol in switches[what]
                    for what in ("BlockLegacyAuth", "BlockModernAuth")
                    for protocol in _PROTOCOLS
                },
            }
            for name, switches in self._made.items()
        ]  # fmt: skip

    def blocks_legacy(self, address: str | None, kind: str) -> bool:
        """Whether the policy of the person of this address, his own or the default, blocks a directory's protocol."""
        person = self._by_address.get(str(address).casefold())
        if not address or person is None or self.position("policy_challenge") != "hint":
            return False
        config = self.directory.select(self.directory.controllers[0], "config")[0]
        name = self.assigned.get(str(person["key"])) or self._policy_named(config.get("DefaultAuthenticationPolicy"))
        return _OF_DIRECTORY.get(kind) in self._made.get(str(name), {}).get("BlockLegacyAuth", set())

    def _policy_dn(self, name: str) -> str:
        return f"CN={name},CN=Auth Policies,CN={self.name},CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=corp"

    def policy_name(self, shown: Any) -> Any:
        """The name of a policy that is there; anything else as it is."""
        names = {self._policy_dn(name).casefold(): name for name in self._made}
        return names.get(str(shown).casefold(), shown)

    def _shown_policy(self, name: str | None) -> str | None:
        return self._policy_dn(name) if name and self.position("policy_shown") == "dn" else name or None

    def _policy_named(self, identity: Any) -> str | None:
        """The policy of a name, a distinguished name or a GUID; None for nothing."""
        if not identity:
            return None
        for name in self._made:
            texts = (name, self._policy_dn(name), guid_of(self.name, "policy", name))
            if str(identity).casefold() in map(str.casefold, texts):
                return name
        text = f"The operation couldn't be performed because object '{identity}' couldn't be found."
        raise _error("ManagementObjectNotFoundException", text, str(identity), "NotSpecified")

    # -- policies

    def _get_authenticationpolicy(self, controller: str, given: Mapping[str, Any]) -> Answer:
        wanted = self._policy_named(given.get("Identity"))
        return [item for item in self.policies() if wanted in (None, item["Name"])], []

    def _new_authenticationpolicy(self, controller: str, given: Mapping[str, Any]) -> Answer:
        name = str(given.get("Name") or "")
        if not name or name.casefold() in map(str.casefold, self._made):
            text = f"The authentication policy '{name}' already exists." if name else "A policy has to have a name."
            raise _error("ADObjectAlreadyExistsException", text, name)
        self._made[name] = {"BlockLegacyAuth": set(), "BlockModernAuth": set()}
        self._switch(name, given)
        return [item for item in self.policies() if item["Name"] == name], []

    def _set_authenticationpolicy(self, controller: str, given: Mapping[str, Any]) -> Answer:
        name = str(self._policy_named(given["Identity"]))
        return [], [] if self._switch(name, given) else [UNCHANGED.format(name)]

    def _remove_authenticationpolicy(self, controller: str, given: Mapping[str, Any]) -> Answer:
        """One that somebody has, or that is the default, is not removed (assumed; the stricter reading)."""
        name = str(self._policy_named(given["Identity"]))
        config = self.directory.select(controller, "config")[0]
        if name in self.assigned.values() or self._policy_named(config.get("DefaultAuthenticationPolicy")) == name:
            raise _error("InvalidOperationException", f"The authentication policy '{name}' is in use.", name)
        del self._made[name]
        return [], []

    def _switch(self, name: str, given: Mapping[str, Any]) -> bool:
        """Turn what is given; whether anything changed."""
        before = {what: set(protocols) for what, protocols in self._made[name].items()}
        for key, on in given.items():
            what = key[:15]
            if what in self._made[name]:
                (self._made[name][what].add if on else self._made[name][what].discard)(key[15:])
        return before != self._made[name]

    # -- people

    def _mailbox_names(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The sign-in name of each mailbox, and how the scenario describes it."""
        for item in self.spec.get("mailboxes", []):
            upn = str(item.get("upn") or f"{item['name']}@contoso.test")
            for number in range(int(item.get("count", 1))):
                yield upn.format(number), item

    def _mailboxes(self) -> list[Object]:
        """With what names a mailbox beside its sign-in name; more addresses are those of the scenario."""
        more = {name: item.get("addresses", []) for name, item in self._mailbox_names()}
        return [
            {
                **item, "Guid": guid_of(self.name, "user", item["UserPrincipalName"]),
                "SamAccountName": item["UserPrincipalName"].partition("@")[0],
                "EmailAddresses": [
                    f"SMTP:{item['PrimarySmtpAddress']}",
                    *(f"smtp:{address}" for address in more.get(item["UserPrincipalName"], [])),
                ],
            }
            for item in super()._mailboxes()
        ]  # fmt: skip

    def _get_mailbox(self, controller: str, given: Mapping[str, Any]) -> Answer:
        """All of them, where somebody asks for no end."""
        if str(given.get("ResultSize")).casefold() != "unlimited":
            return super()._get_mailbox(controller, given)
        found, _warnings = super()._get_mailbox(controller, {**given, "ResultSize": len(self._mailboxes()) + 1})
        return found, []

    def _accounts(self) -> list[Object]:
        """Everybody, as Get-User shows them; ``key`` is the name in the scenario."""
        raise NotImplementedError

    def _get_user(self, controller: str, given: Mapping[str, Any]) -> Answer:
        if given.get("Identity"):
            return self._one_user(controller, given)
        condition, wanted = str(given.get("Filter", "")), None
        if condition:
            match = _FILTER.match(condition)
            if match is None:
                raise _error("ParsingException", "The filter is not one that the lab understands.", condition)
            wanted = match.group(1).replace("''", "'").casefold()
        found = [
            {**item, "AuthenticationPolicy": self._shown_policy(policy), "OriginatingServer": controller}
            for item in self._in_scope(given)
            if (policy := self.assigned.get(item["key"])) is not None or wanted is None
            if wanted is None or self._policy_dn(str(policy)).casefold() == wanted
        ]
        return paged(found, given)

    def _one_user(self, controller: str, given: Mapping[str, Any]) -> Answer:
        item = self._one_of(given, controller)
        policy = self._shown_policy(self.assigned.get(item["key"]))
        return [{**item, "AuthenticationPolicy": policy, "OriginatingServer": controller}], []

    def _set_user(self, controller: str, given: Mapping[str, Any]) -> Answer:
        if given.get("IgnoreDefaultScope") and not str(given["Identity"]).upper().startswith("CN="):
            text = "With IgnoreDefaultScope the identity has to be a distinguished name."
            raise _error("TaskException", text, str(given["Identity"]))
        person = self._one_of(given, controller)
        if "AuthenticationPolicy" not in given:
            return [], [UNCHANGED.format(person["Name"])]
        policy, before = self._policy_named(given["AuthenticationPolicy"]), self.assigned.pop(person["key"], None)
        if policy:
            self.assigned[person["key"]] = policy
        return [], [UNCHANGED.format(person["Name"])] if policy == before else []

    def _in_scope(self, given: Mapping[str, Any]) -> list[Object]:
        """A shell sees the domain of its server, unless it is told not to."""
        return [item for item in self._everybody if _sees(given, item)]

    def _one_of(self, given: Mapping[str, Any], controller: str) -> Object:
        identity = given["Identity"]
        item = self._by_identity.get(str(identity).casefold())
        if item is not None and _sees(given, item):
            return item
        text = f"The operation couldn't be performed because object '{identity}' couldn't be found on '{controller}'."
        raise _error("ManagementObjectNotFoundException", text, str(identity), "NotSpecified")

    def _get_intraorganizationconnector(
        self, controller: str, given: Mapping[str, Any]
    ) -> tuple[list[Object], list[str]]:
        found = self.spec.get("connectors", [])
        return [
            {
                "Name": item["name"], "Enabled": item.get("enabled", True),
                "TargetAddressDomains": ["contoso.mail.onmicrosoft.com"],
                "DiscoveryEndpoint": item.get("discovery",
                                              "https://autodiscover-s.outlook.com/autodiscover/autodiscover.svc"),
                "TargetSharingEpr": item.get("sharing"), "OriginatingServer": controller,
            }
            for item in found
        ], []  # fmt: skip


def _sees(given: Mapping[str, Any], item: Object) -> bool:
    if not given.get("IgnoreDefaultScope"):
        return str(item["DistinguishedName"]).endswith(f",CN=Users,DC={HOME}")
    if "DomainController" in given:
        text = "You can't use the DomainController parameter together with the IgnoreDefaultScope parameter."
        raise _error("TaskException", text, "")
    return True


def paged(found: list[Object], given: Mapping[str, Any]) -> Answer:
    """As many as are asked for, 1000 where nobody says; the rest is only warned of."""
    size = str(given.get("ResultSize", 1000))
    if size.casefold() == "unlimited" or len(found) <= int(size):
        return found, []
    return found[: int(size)], [_MORE]


def _addresses(item: Mapping[str, Any]) -> set[str]:
    return {str(item[key]).casefold() for key in ("UserPrincipalName", "WindowsEmailAddress") if item.get(key)}


def _error(reason: str, text: str, target: str, category: str = "InvalidArgument") -> ShellError:
    return ShellError(f"[FailureCategory=Cmdlet-{reason}]", category, reason, text, target)
