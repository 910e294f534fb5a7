# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The permissions that requests to Graph take, and what an application's token says it has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..base.facts import Facts
from ..base.values import Properties

OWNED: Final = "Application.ReadWrite.OwnedBy"


@dataclass(frozen=True)
class Need:
    """Something that is asked of Graph, and the permissions each of which is enough for it, the least one first.

    ``otherwise``: how to do without.
    """

    purpose: str
    enough: tuple[str, ...]
    otherwise: str = ""

    @property
    def least(self) -> str:
        return self.enough[0]


# From the pages of Graph on each request.
READ_PRINCIPALS: Final = Need(
    "to read service principals",
    ("Application.Read.All", "Application.ReadWrite.All", OWNED, "Directory.Read.All", "Directory.ReadWrite.All"),
)
READ_APPLICATIONS: Final = Need("to read applications", READ_PRINCIPALS.enough)
READ_DELETED: Final = Need(
    "to read what was deleted",
    ("Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"),
)
WRITE_NAMES: Final = Need(
    "to write service principal names",
    ("Application.ReadWrite.All", "Directory.ReadWrite.All"),
    "Without it use hma_spn_mode: verify or handoff.",
)
READ_DOMAINS: Final = Need(
    "to read domains",
    ("Domain.Read.All", "Domain.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"),
)
READ_USERS: Final = Need(
    "to read users",
    ("User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"),
    "Without it leave hma_identity_entra off.",
)
_READS: Final[Mapping[str, Need]] = {
    "servicePrincipals": READ_PRINCIPALS,
    "applications": READ_APPLICATIONS,
    "directory": READ_DELETED,
    "domains": READ_DOMAINS,
    "users": READ_USERS,
}


def need_of(method: str, path: str) -> Need | None:
    """What a request takes; None for one that is not known here."""
    if method != "GET":
        return WRITE_NAMES
    first = path.split("/", 1)[0]
    return _READS.get(first.split("(", 1)[0].split("?", 1)[0])


def denied(need: Need, granted: Sequence[str] | None) -> str:
    """Which permission a request that was refused lacked, as far as the token tells."""
    if granted is not None and any(name in granted for name in need.enough):
        return (
            f"{need.purpose[0].upper()}{need.purpose[1:]} takes {need.least}, and the token has "
            f"{_listed(name for name in need.enough if name in granted)}: a policy of the tenant, or a lock on the "
            f"object, refuses it all the same."
        )
    has = "" if granted is None else f"The token has {_listed(granted)}."
    text = (
        f"The application lacks {need.least}, which it takes {need.purpose}: grant it as an application permission, "
        f"with admin consent, and run this again (a new permission needs a new token)."
    )
    return " ".join(part for part in (text, has, need.otherwise) if part)


@dataclass(frozen=True)
class Access(Facts):
    """What the token of an application says that it may do. ``permissions`` is None where the token cannot be read.

    ``owner``: whether the application owns the service principal of Exchange Online, where that decides; None where it
    does not, or could not be read. ``has_role``: it has a role of the directory, which may allow more.
    """

    permissions: tuple[str, ...] | None
    owner: bool | None = None
    has_role: bool = False

    @classmethod
    def from_facts(cls, facts: Properties) -> Access:
        unread = facts.raw("permissions") is None
        permissions = None if unread else tuple(facts.texts("permissions"))
        return cls(permissions, facts.optional_flag("owner"), facts.flag("has_role"))

    def may(self, need: Need) -> bool | None:
        """None where nobody can tell before it is tried."""
        if self.permissions is not None and any(name in self.permissions for name in need.enough):
            return True
        return None if self.permissions is None or self.has_role else False

    @property
    def may_write(self) -> bool | None:
        """With OwnedBy it is the ownership that decides."""
        may = self.may(WRITE_NAMES)
        return self.owner if may is False and OWNED in (self.permissions or ()) else may

    @property
    def why_not(self) -> str:
        """Why the application may not write: which permission is missing, and what it has."""
        text = f"the token of the application lacks {WRITE_NAMES.least}; it has {_listed(self.permissions or ())}."
        if OWNED in (self.permissions or ()):
            text += f" {OWNED} is for what the application owns, and it does not own Office 365 Exchange Online."
        return text


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "no permission"
