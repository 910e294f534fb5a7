# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who administers Exchange: role groups, the groups in them, and the accounts with their security identifiers.

A member is a text: ``Administrator`` is the domain's built-in account, a name of ``groups`` is a group in the group,
and anything else is the sign-in name of a person. ``people`` says what is unusual about one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .accounts import HOME, Accounts, paged
from .directory import Object, one
from .exchange_objects import guid_of
from .exchange_reads import address_in, is_disabled
from .sids import BUILT_IN, sid_of

_BUILT_IN: Final = "Administrator"
_MANAGEMENT: Final = "Organization Management"
_ROLE_GROUPS: Final = {
    _MANAGEMENT: [_BUILT_IN, "alice@contoso.test", "bob@contoso.test"],
    "View-Only Organization Management": [],
}
_UNIT: Final = "Microsoft Exchange Security Groups"
Answer = tuple[list[Object], list[str]]


def _counted(member: Any) -> tuple[str, int]:
    """A member, or {name, count} for many of one pattern."""
    return (str(member["name"]), int(member["count"])) if isinstance(member, Mapping) else (str(member), 1)


class Administrators(Accounts):
    """Role groups, groups and users, over the scenario's own description of them."""

    def _get_rolegroup(self, controller: str, given: Mapping[str, Any]) -> Answer:
        found = [
            {
                **self._group_object(name, members, _UNIT, controller),
                "Roles": [name], "ManagedBy": [self._identity(_MANAGEMENT, _UNIT)],
            }
            for name, members in self._role_groups().items()
        ]  # fmt: skip
        return ([one(found, given["Identity"], controller)] if given.get("Identity") else found), []

    def _get_rolegroupmember(self, controller: str, given: Mapping[str, Any]) -> Answer:
        """Direct members alone, as recipients: neither a sign-in name nor a security identifier is shown."""
        group = self._get_rolegroup(controller, given)[0][0]
        shown = (
            "Name",
            "Identity",
            "Guid",
            "DisplayName",
            "DistinguishedName",
            "RecipientType",
            "RecipientTypeDetails",
        )
        members = [self._member(text, controller) for text in self._role_groups()[group["Name"]]]
        return [{key: item[key] for key in (*shown, "OriginatingServer")} for item in members], []

    def _get_group(self, controller: str, given: Mapping[str, Any]) -> Answer:
        found = [
            *(self._group_object(name, members, "Users", controller) for name, members in self._groups().items()),
            *(self._group_object(name, members, _UNIT, controller) for name, members in self._role_groups().items()),
        ]
        return ([one(found, given["Identity"], controller)] if given.get("Identity") else found), []

    def _accounts(self) -> list[Object]:
        own = dict(self._mailbox_names())
        return [
            {**self._person(name, ""), **self._as_mailbox(name, own.get(name)), "key": name} for name in self._names()
        ]

    def _as_mailbox(self, name: str, own: Mapping[str, Any] | None) -> Object:
        """What a mailbox of the scenario says of its account; ``domain`` is another one of the forest."""
        mail = "" if name == _BUILT_IN else address_in(name, self.address_domain())
        if own is None:
            return {"WindowsEmailAddress": mail}
        short, domain = name.partition("@")[0], own.get("domain")
        placed = {"DistinguishedName": f"CN={short},CN=Users,DC={domain},DC={HOME}"} if domain else {}
        kind = str(own.get("type", "UserMailbox"))
        control = "AccountDisabled, NormalAccount" if is_disabled(own) else "NormalAccount"
        shown = {"WindowsEmailAddress": own.get("mail", mail), "RecipientTypeDetails": kind}
        return {**shown, "UserAccountControl": control, **placed}

    def _get_distributiongroupmember(self, controller: str, given: Mapping[str, Any]) -> Answer:
        """Direct members alone, of a group that mail can be sent to."""
        known = self.spec.get("distribution_groups", {})
        wanted = str(given["Identity"]).casefold()
        name = next((item for item in known if wanted in (item.casefold(), guid_of(self.name, "list", item))), None)
        if name is None:
            return [one([], given["Identity"], controller)], []
        members = [text.format(number) for text, count in map(_counted, known[name]) for number in range(count)]
        return paged([self._list_member(text, known, controller) for text in members], given)

    def _list_member(self, name: str, known: Mapping[str, Any], controller: str) -> Object:
        if name in known:
            return {
                "Name": name, "Guid": guid_of(self.name, "list", name), "OriginatingServer": controller,
                "RecipientTypeDetails": "MailUniversalDistributionGroup",
            }  # fmt: skip
        if name.startswith("dynamic"):
            kind = "DynamicDistributionGroup"
            return {"Name": name, "Guid": guid_of(self.name, "list", name), "RecipientTypeDetails": kind}
        return {**self._person(name, controller)}

    def _names(self) -> list[str]:
        """Everybody who has an account: mailboxes, people, members of groups."""
        members = [name for names in (*self._role_groups().values(), *self._groups().values()) for name in names]
        mailboxes = [name for name, _item in self._mailbox_names()]
        people = [str(item["upn"]) for item in self.spec.get("people", [])]
        groups = self._groups()
        return [name for name in dict.fromkeys([*members, *mailboxes, *people]) if name not in groups]

    def _role_groups(self) -> dict[str, list[str]]:
        return {**_ROLE_GROUPS, **self.spec.get("role_groups", {})}

    def _groups(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = self.spec.get("groups", {})
        return found

    def _member(self, name: str, controller: str) -> Object:
        if name in self._groups():
            return self._group_object(name, self._groups()[name], "Users", controller)
        return self._person(name, controller)

    def _group_object(self, name: str, members: list[str], unit: str, controller: str) -> Object:
        return {
            "Name": name, "DisplayName": name, "Identity": self._identity(name, unit),
            "Guid": guid_of(self.name, "group", name), "DistinguishedName": f"CN={name},OU={unit},DC=corp",
            "RecipientType": "Group", "RecipientTypeDetails": "UniversalSecurityGroup",
            "Members": [self._identity(member.partition("@")[0], "Users") for member in members],
            "OriginatingServer": controller,
        }  # fmt: skip

    def _person(self, name: str, controller: str) -> Object:
        own: Mapping[str, Any] = next((item for item in self.spec.get("people", []) if item["upn"] == name), {})
        short, built_in = name.partition("@")[0], name == _BUILT_IN
        kind = "UserMailbox" if not built_in and own.get("mailbox", True) else "User"
        return {
            "Name": short, "DisplayName": short, "Identity": self._identity(short, "Users"),
            "Guid": guid_of(self.name, "user", name), "DistinguishedName": f"CN={short},CN=Users,DC=corp",
            "SamAccountName": short, "RecipientType": kind, "RecipientTypeDetails": kind,
            # The built-in account has none unless somebody gave it one.
            "UserPrincipalName": "" if built_in else name,
            "Sid": BUILT_IN if built_in else str(own.get("sid", sid_of(name))), "OriginatingServer": controller,
        }  # fmt: skip

    def _identity(self, name: str, unit: str) -> str:
        return f"{self.spec['domain']}/{unit}/{name}"
