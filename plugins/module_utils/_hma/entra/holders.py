# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Who else in a tenant holds a name: a name is there once, whatever kind of object holds it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ..base.command import Columns, PowerShell
from ..base.comparison import fold
from ..base.facts import Facts

PRINCIPAL: Final = "service principal"
APPLICATION: Final = "application"
_SHOWN: Final = PowerShell("Format-List", values=(Columns(("DisplayName", "Id", "ServicePrincipalNames")),))
_SHOWN_APPLICATION: Final = PowerShell("Format-List", values=(Columns(("DisplayName", "Id", "IdentifierUris")),))


@dataclass(frozen=True)
class Holder(Facts):
    """An object that holds a name which is to be registered; ``held`` is the text it holds, with its slash or
    without."""

    name: str
    held: str
    kind: str
    display_name: str
    app_id: str
    id: str
    deleted: bool

    @property
    def text(self) -> str:
        state = "deleted " if self.deleted else ""
        where = " as an identifier URI" if self.kind == APPLICATION else ""
        return (
            f"{self.held} belongs{where} to the {state}{self.kind} {self.display_name} (application id {self.app_id})"
        )

    @property
    def way_out(self) -> str:
        """What to do about it, in words."""
        if self.deleted:
            return (
                f"{self.display_name} was deleted, and keeps its names until it is removed for good (30 days, or by "
                f"hand)"
            )
        if self.kind == APPLICATION:
            return f"take the URI away from the application {self.display_name} (Expose an API, Application ID URI)"
        return (
            f"take the name away from {self.display_name}, or give what is published by it another host (the names of "
            f"an application of another tenant are changed there, and nowhere else)"
        )


def holders_text(holders: Sequence[Holder]) -> str:
    return "; ".join(holder.text for holder in holders)


def holders_fix(holders: Sequence[Holder]) -> str:
    ways = "; ".join(dict.fromkeys(holder.way_out for holder in holders))
    return (
        f"{ways[0].upper()}{ways[1:]}. Where clients do not need the host, list it in hma_spn_ignored with the reason."
    )


def removals(holders: Iterable[Holder]) -> tuple[PowerShell, ...]:
    """What removes the deleted ones for good; the others are for people to judge."""
    return tuple(
        PowerShell("Remove-MgDirectoryDeletedItem", {"DirectoryObjectId": holder.id})
        for holder in holders
        if holder.deleted
    )


def ways_to_look(name: str) -> tuple[PowerShell, ...]:
    """Microsoft Graph PowerShell that looks at every place where a name can be held."""
    # OData writes a quote twice.
    name = name.replace("'", "''")
    bare = name.rstrip("/")
    return (
        PowerShell("Get-MgServicePrincipal", {"Filter": f"servicePrincipalNames/any(n:n eq '{name}')"}),
        PowerShell("Get-MgServicePrincipal", {"Filter": f"servicePrincipalNames/any(n:n eq '{bare}')"}),
        PowerShell("Get-MgApplication", {"Filter": f"identifierUris/any(u:u eq '{bare}')"}),
        PowerShell("Get-MgDirectoryDeletedItemAsServicePrincipal", then=_SHOWN),
        PowerShell("Get-MgDirectoryDeletedItemAsApplication", then=_SHOWN_APPLICATION),
    )


def of_others(holders: Iterable[Holder], app_id: str) -> list[Holder]:
    """Without the application itself, which may hold the other form of a name; an application and its service
    principal, which share their names, are one holder."""
    found: dict[tuple[str, str], Holder] = {}
    for holder in holders:
        if fold(holder.app_id) != fold(app_id):
            key = (fold(holder.name), fold(holder.app_id))
            # The application is where the name has to be taken away: its service principal takes it over from there.
            if key not in found or holder.kind == APPLICATION:
                found[key] = holder
    return list(found.values())
