# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What can be asked of a tenant before a name is written: may the application, and who holds the name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.command import texts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.holders import (
    APPLICATION,
    PRINCIPAL,
    Holder,
    holders_fix,
    holders_text,
    of_others,
    removals,
    ways_to_look,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.permissions import OWNED, Access
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import EXCHANGE_ONLINE

from .client import GraphClient, ServicePrincipal
from .errors import GraphError

# A limit against a server that never ends: fifty thousand objects.
_PAGES: Final = 50
_PAGE: Final = 999
# More names than these are looked for in the list of all objects, which is a page or a few; each takes two requests a
# place otherwise.
_FEW: Final = 10
_SELECT: Final = "id,appId,displayName"


@dataclass(frozen=True)
class Place:
    """Where names can be held: the objects' kind, their list, and the property that holds the names."""

    kind: str
    path: str
    names: str
    deleted: bool = False


_PLACES: Final = (
    Place(PRINCIPAL, "servicePrincipals", "servicePrincipalNames"),
    Place(APPLICATION, "applications", "identifierUris"),
    Place(PRINCIPAL, "directory/deletedItems/microsoft.graph.servicePrincipal", "servicePrincipalNames", deleted=True),
    Place(APPLICATION, "directory/deletedItems/microsoft.graph.application", "identifierUris", deleted=True),
)


@dataclass(frozen=True)
class Holders:
    """Who holds the names, and what could not be asked for that."""

    found: tuple[Holder, ...] = ()
    unread: tuple[str, ...] = ()


def access_of(client: GraphClient, principal: ServicePrincipal) -> Access:
    """What the token says; whether the application owns the service principal is asked only where that decides."""
    claims = client.claims()
    access = Access(claims.permissions, has_role=claims.has_role)
    if OWNED not in (claims.permissions or ()) or access.may_write:
        return access
    try:
        owners = client.owners(principal.id)
    except GraphError:
        # The one thing that is lost is whether an exception applies: nobody knows then, and Graph decides.
        return access
    return replace(access, owner=claims.object_id is not None and claims.object_id in owners)


def holders_of(client: GraphClient, names: Sequence[str]) -> Holders:
    """Every holder of every name, at all the places that the application may look at."""
    found: list[Holder] = []
    unread: list[str] = []
    for place in _PLACES if names else ():
        try:
            # No filter is documented for names of what was deleted.
            search = _in_all if place.deleted or len(names) > _FEW else _one_by_one
            found += search(client, place, names)
        except GraphError as exc:
            unread.append(str(exc))
    return Holders(tuple(of_others(found, EXCHANGE_ONLINE)), tuple(unread))


def refuse_what_is_known(client: GraphClient, principal: ServicePrincipal, names: Sequence[str], *, held: bool) -> None:
    """Raise for what Graph would refuse: a permission that the token lacks and, where they can be held, names that
    others hold. All at once."""
    access = access_of(client, principal)
    if access.may_write is False:
        fix = "Grant it with admin consent, or set hma_spn_mode: verify or handoff."
        raise GraphError(f"{client.where}: {access.why_not} Nothing was written. {fix}")
    holders = holders_of(client, names).found if held else ()
    if holders:
        commands = "".join(f" {text}" for text in texts(removals(holders)))
        raise GraphError(
            f"{client.where}: {holders_text(holders)}. Nothing was written. {holders_fix(holders)}{commands}"
        )


def who_holds(client: GraphClient, names: Sequence[str]) -> str:
    """What a refusal for a name that is in use leads to: who holds it, or where else it can be."""
    holders = holders_of(client, names)
    if holders.found:
        return f"{holders_text(holders.found)}. {holders_fix(holders.found)}"
    unread = "".join(f" Could not be asked: {reason}" for reason in holders.unread)
    return (
        f"None of the objects that this application can see holds one of {', '.join(names)}. It can be a service "
        f"principal or an application that was deleted (they keep their names for 30 days), an identifier URI of an "
        f"application, or a name with another path. Look with Microsoft Graph PowerShell: "
        f"{'; '.join(texts(ways_to_look(names[0])))}. Take the name away there, or list the host in hma_spn_ignored "
        f"with the reason.{unread}"
    )


def _one_by_one(client: GraphClient, place: Place, names: Sequence[str]) -> Iterator[Holder]:
    """Graph compares literally, so both forms of a name are asked for."""
    for name in names:
        for held in (name, name.rstrip("/")):
            quoted = held.replace("'", "''")
            query = {"$filter": f"{place.names}/any(n:n eq '{quoted}')", "$select": _SELECT}
            for item in client.listed(place.path, query, 1):
                yield _holder(client, place, item, name, held)


def _in_all(client: GraphClient, place: Place, names: Sequence[str]) -> Iterator[Holder]:
    """Every object of the place is looked at."""
    wanted = {fold(form): name for name in names for form in (name, name.rstrip("/"))}
    query = {"$select": f"{_SELECT},{place.names}", "$top": str(_PAGE)}
    for item in client.listed(place.path, query, _PAGES):
        there = item.get(place.names)
        for held in there if isinstance(there, list) else ():
            if isinstance(held, str) and fold(held) in wanted:
                yield _holder(client, place, item, wanted[fold(held)], held)


def _holder(client: GraphClient, place: Place, item: Mapping[str, Any], name: str, held: str) -> Holder:
    display_name, app_id, own_id = (client.shown(str(item.get(key))) for key in ("displayName", "appId", "id"))
    return Holder(name, held, place.kind, display_name, app_id, own_id, place.deleted)
