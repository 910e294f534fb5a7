# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The accounts of the forest, and who of them a name means: a sign-in name, DOMAIN\\account, or a mail
address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ..base.comparison import fold
from ..base.errors import ParseError
from ..base.values import Properties, is_guid
from ..exchange.cmdlet import Cmdlet, CmdletResult

# Every account of the forest, of however many domains; a default read ends after 1000.
_ALL: Final[Mapping[str, object]] = {"ResultSize": "Unlimited", "IgnoreDefaultScope": True}
USERS: Final = Cmdlet(
    "Get-User",
    _ALL,
    (
        *("Name", "Guid", "DistinguishedName", "UserPrincipalName", "SamAccountName", "WindowsEmailAddress"),
        *("RecipientTypeDetails", "AuthenticationPolicy", "UserAccountControl"),
    ),
    pin=False,
)
MAILBOXES: Final = Cmdlet("Get-Mailbox", _ALL, ("Guid", "PrimarySmtpAddress", "EmailAddresses"), pin=False)
_SEPARATOR: Final = "\\"
_SMTP: Final = "smtp:"
_DOMAIN: Final = re.compile(r",\s*DC=([^,]+)", re.IGNORECASE | re.ASCII)
# Exchange's own accounts, with the numbers that setup gives them: a service account may begin like one, and is judged.
_SYSTEM: Final = re.compile(
    r"healthmailbox[0-9a-f-]*|systemmailbox\{[0-9a-f-]+\}?|discoverysearchmailbox ?\{[0-9a-f-]+\}?|"
    r"sm_[0-9a-f]{16,17}|(migration|federatedemail)\.[0-9a-f-]{36}",
    re.ASCII,
)
# Mailboxes that a person signs in to; a shared one, a room and so on have an account that is disabled.
_LINKED: Final = "linkedmailbox"
PEOPLE: Final = frozenset({"usermailbox", _LINKED, "legacymailbox", "remoteusermailbox", "mailuser"})


@dataclass(frozen=True)
class Person:
    """An account. ``policy`` is the text that Exchange shows for its authentication policy; None where it has none."""

    guid: str
    distinguished_name: str
    name: str
    sign_in_name: str
    account: str
    kind: str
    policy: str | None
    addresses: frozenset[str] = frozenset()
    # The account is disabled: somebody left. That of a linked mailbox always is, and its person has another one.
    disabled: bool = False

    @property
    def title(self) -> str:
        """What a person is called in messages."""
        return self.sign_in_name or f"{self.domain}{_SEPARATOR}{self.account or self.name}"

    @property
    def domain(self) -> str:
        """The first part of the domain's name, which is its NetBIOS name unless somebody chose another one."""
        match = _DOMAIN.search(self.distinguished_name)
        return match[1] if match else ""

    @property
    def signs_in(self) -> bool:
        return self.why_nobody is None

    @property
    def why_nobody(self) -> str | None:
        """Why nobody signs in to it, or None."""
        if fold(self.kind) not in PEOPLE:
            return f"is of the type {self.kind}: nobody signs in to it"
        if self.disabled and fold(self.kind) != _LINKED:
            return "is disabled: nobody signs in with it"
        return None


@dataclass(frozen=True)
class OddAccount:
    """An account that cannot be read, and why; ``guid`` is None where not even that can be."""

    guid: str | None
    error: ParseError


@dataclass(frozen=True)
class Forest:
    """Everybody, and a way to each name. ``domains``: NetBIOS name, folded -> first part of the domain's DNS name."""

    people: tuple[Person, ...]
    domains: Mapping[str, str] = field(default_factory=dict)
    _by: Mapping[str, tuple[Person, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, people: Sequence[Person], domains: Mapping[str, str]) -> Forest:
        by: dict[str, dict[str, Person]] = {}
        for person in people:
            for key in _keys(person):
                by.setdefault(key, {})[person.guid] = person
        short = {fold(name): fold(dns.split(".")[0]) for name, dns in domains.items()}
        return cls(tuple(people), short, {key: tuple(found.values()) for key, found in by.items()})

    def find(self, name: str) -> tuple[Person, ...]:
        """Whom a name means: one, nobody, or more than one."""
        key = fold(name.strip())
        domain, separator, account = key.partition(_SEPARATOR)
        if separator:
            key = f"{self.domains.get(domain, domain)}{_SEPARATOR}{account}"
        return self._by.get(key, ())


def _keys(person: Person) -> set[str]:
    account = f"{fold(person.domain)}{_SEPARATOR}{fold(person.account)}" if person.account and person.domain else ""
    names = {person.guid, fold(person.distinguished_name), fold(person.sign_in_name), account, *person.addresses}
    return names - {""}


def split_name(name: str) -> tuple[str, str]:
    """The domain before the name of an account, empty where there is none, and the account without what is after @."""
    domain, separator, account = name.rpartition(_SEPARATOR)
    return domain if separator else "", account.partition("@")[0]


def is_system(name: str) -> bool:
    """Whether a name of a log is Exchange's own, or a computer's."""
    account = split_name(fold(name))[1]
    return account.endswith("$") or _SYSTEM.fullmatch(account) is not None


def parse_users(result: CmdletResult) -> list[Person]:
    """Everybody. ParseError names the one who cannot be read: whoever is left out would be taken for nobody."""
    people, odd = parse_apart(result)
    require_all(odd)
    return people


def require_all(odd: Iterable[OddAccount]) -> None:
    """ParseError names one who could not be read."""
    for item in odd:
        raise item.error


def parse_apart(result: CmdletResult) -> tuple[list[Person], list[OddAccount]]:
    """Everybody who can be read, and the others: on the way back one odd account keeps no other from it."""
    people, odd = list[Person](), list[OddAccount]()
    for item in result.properties(USERS.name):
        try:
            person = _person(item)
        except ParseError as exc:
            guid = item.label("Guid", "")
            odd.append(OddAccount(fold(guid) if is_guid(guid) else None, exc))
        else:
            people += [] if is_system(person.account or person.name) else [person]
    return people, odd


def _person(item: Properties) -> Person:
    own = item.named("Name")
    mail = own.label("WindowsEmailAddress", "")
    return Person(
        guid=own.guid("Guid"),
        distinguished_name=own.text("DistinguishedName"),
        name=own.label("Name", "(without a name)"),
        sign_in_name=own.optional_text("UserPrincipalName") or "",
        account=own.optional_text("SamAccountName") or "",
        kind=own.text("RecipientTypeDetails"),
        policy=own.optional_text("AuthenticationPolicy"),
        addresses=frozenset({fold(mail)} - {""}),
        disabled="accountdisabled" in fold(own.label("UserAccountControl", "")),
    )


def with_addresses(people: Iterable[Person], result: CmdletResult) -> list[Person]:
    """The same people with every address of their mailboxes: logs name some by one of these."""
    found = {item.guid("Guid"): _addresses(item) for item in result.properties(MAILBOXES.name)}
    return [
        replace(person, addresses=person.addresses | found[person.guid]) if person.guid in found else person
        for person in people
    ]


def _addresses(item: Properties) -> frozenset[str]:
    primary = item.label("PrimarySmtpAddress", "")
    others = [fold(text) for text in item.optional_texts("EmailAddresses")]
    smtp = {text.removeprefix(_SMTP) for text in others if text.startswith(_SMTP)}
    return frozenset(smtp | {fold(primary)} - {""})
