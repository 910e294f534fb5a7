# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What a recording asks of Exchange: reads alone, each with the name that the judges look for.

Some are asked wrongly on purpose, because what Exchange says to that is what is wanted. Of mailboxes no property is
kept, only whether and how the read worked; of people those that a judge looks at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from ..exchange import administrators
from ..exchange.cmdlet import THIS_SERVER, Cmdlet
from ..exchange.virtual_directories import KINDS
from ..exchange.web_directories import NOUNS
from .shapes import Shape, Value

if TYPE_CHECKING:
    from ..exchange.cmdlet import ServerName

_GUID: Final = "00000000-0000-0000-0000-000000000000"
_NOUNS: Final = {**{key: kind.noun for key, kind in KINDS.items()}, **NOUNS}
# A person has a phone, an address, a title: nobody asked for them.
_PERSON: Final = ("Name", "Guid", "RecipientType", "UserPrincipalName", "Sid")


@dataclass(frozen=True)
class Question:
    """One read. ``keeps`` is false where nothing of the objects may be kept but how many there were; ``only`` are the
    properties that are kept, where that is not all of them."""

    id: str
    cmdlet: Cmdlet
    keeps: bool = True
    only: tuple[str, ...] = ()

    def kept(self, objects: Sequence[Shape]) -> tuple[Shape, ...]:
        """The objects with the properties that may be kept."""
        if not self.only:
            return tuple(objects)
        return tuple(
            replace(item, adapted=self._kept(item.adapted), extended=self._kept(item.extended)) for item in objects
        )

    def _kept(self, properties: Mapping[str, Value | None]) -> dict[str, Value | None]:
        return {name: properties[name] for name in self.only if name in properties}


def _read(name: str, cmdlet: str, keeps: bool = True, /, **parameters: Any) -> Question:
    return Question(name, Cmdlet(cmdlet, parameters, (), on_error="continue", pin=False, raw=True), keeps)


def _of_people(question: Question) -> Question:
    return replace(question, only=_PERSON)


def of_server(server: ServerName = THIS_SERVER) -> list[Question]:
    """What each server is asked about itself."""
    full = [_read(key, f"Get-{noun}", Server=server) for key, noun in _NOUNS.items()]
    directory_only = [
        _read(f"ad_{key}", f"Get-{noun}", Server=server, ADPropertiesOnly=True) for key, noun in _NOUNS.items()
    ]
    return [
        _read("server", "Get-ExchangeServer", Identity=server),
        *full,
        *directory_only,
        _read("certificates", "Get-ExchangeCertificate", Server=server),
        _read("components", "Get-ServerComponentState", Identity=server),
    ]


def of_organization() -> list[Question]:
    """What one server is asked about the organization."""
    return [
        _read("config", "Get-OrganizationConfig"),
        _read("auth_servers", "Get-AuthServer"),
        _read("servers", "Get-ExchangeServer", Status=True),
        _read("auth_config", "Get-AuthConfig"),
        _read("hybrid", "Get-HybridConfiguration"),
        _read("partners", "Get-PartnerApplication"),
        _read("connectors", "Get-IntraOrganizationConnector"),
        _read("policies", "Get-AuthenticationPolicy"),
        _of_people(_read("members", administrators.MEMBERS.name, **administrators.MEMBERS.parameters)),
        *_wrong(),
        *_people(),
    ]


def _wrong() -> list[Question]:
    """Reads that are to fail, or to be answered in another way than they look."""
    return [
        _read("empty_identity", "Get-AuthServer", Identity=""),
        _read("unknown_identity", "Get-AuthServer", Identity=_GUID),
        _read("unknown_parameter", "Get-AuthServer", NoSuchParameter="x"),
        _read("unknown_cmdlet", "Get-NoSuchCmdlet"),
    ]


def _people() -> list[Question]:
    pattern = "UserPrincipalName -like '*' -and UserPrincipalName -notlike '*@nobody.invalid'"
    return [
        _read("one_mailbox", "Get-Mailbox", False, ResultSize=1),
        _read("filtered_mailboxes", "Get-Mailbox", False, Filter=pattern, ResultSize=1),
    ]


def next_of_organization(
    controller: str | None, others: Sequence[str], off: Sequence[str], member: str | None
) -> list[Question]:
    """What is asked when it is known who is there: another server's certificates, those of one that is off, a member of
    the role group, a mailbox at a domain controller."""
    return list(_next(controller, others, off, member))


def _next(controller: str | None, others: Sequence[str], off: Sequence[str], member: str | None) -> Iterator[Question]:
    for name in others[:1]:
        yield _read("other_certificates", "Get-ExchangeCertificate", Server=name)
    for name in off[:1]:
        yield _read("off_certificates", "Get-ExchangeCertificate", Server=name)
        yield _read("off_iis", "Get-WebServicesVirtualDirectory", Server=name)
    if member:
        yield _of_people(_read("member", "Get-User", Identity=member))
    if controller:
        yield _read(
            "mailbox_at_controller", "Get-Mailbox", False,
            DomainController=controller, IgnoreDefaultScope=True, ResultSize=1,
        )  # fmt: skip
