# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The server objects of the organization, as Get-ExchangeServer shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..base import values
from ..base.comparison import fold
from ..base.errors import ParseError
from .cmdlet import Cmdlet
from .versions import Build, parse_admin_display_version

SERVERS: Final = Cmdlet(
    "Get-ExchangeServer",
    {},
    (
        "Name", "Fqdn", "Guid", "AdminDisplayVersion", "ServerRole", "Site",
        "IsEdgeServer", "IsClientAccessServer", "IsMailboxServer", "InternetWebProxy",
    ),
)  # fmt: skip


def parse_server(found: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of one server; ParseError names the field that is not as documented."""
    where = f"Get-ExchangeServer {found.get('Name', '')}".strip()
    build = _build(found, where)
    return {
        "name": values.text(found, "Name", where),
        "fqdn": values.text(found, "Fqdn", where),
        "guid": values.guid(found, "Guid", where),
        "admin_display_version": values.text(found, "AdminDisplayVersion", where),
        "version": str(build),
        "product": build.product,
        "label": build.label,
        "roles": values.text(found, "ServerRole", where),
        "edge": _edge(found, where),
        "client_access": _client_access(found, build, where),
        "site": values.optional_text(found, "Site", where),
        "internet_web_proxy": values.optional_text(found, "InternetWebProxy", where),
    }


def concerned(found: Mapping[str, Any]) -> bool:
    """Whether an object that could not be read may be a server that clients talk to, or one that keeps HMA from being enabled."""
    return not (found.get("IsEdgeServer") is True or _says_edge(found.get("ServerRole")))


def _build(found: Mapping[str, Any], where: str) -> Build:
    try:
        return parse_admin_display_version(values.text(found, "AdminDisplayVersion", where))
    except ParseError as exc:
        # The pattern's own message does not know the object.
        raise ParseError(str(exc) if where in str(exc) else f"{where}: {exc}", field="AdminDisplayVersion", value=exc.value) from None


def _edge(found: Mapping[str, Any], where: str) -> bool:
    return bool(values.optional_flag(found, "IsEdgeServer", where)) or _says_edge(found.get("ServerRole"))


def _says_edge(roles: Any) -> bool:
    return isinstance(roles, str) and "edge" in fold(roles)


def _client_access(found: Mapping[str, Any], build: Build, where: str) -> bool:
    """2003 and older have no client access role, and their objects leave the property unset."""
    if "IsClientAccessServer" not in found:
        return not _edge(found, where)
    if found["IsClientAccessServer"] is None and build.product == "2010":
        return False
    return values.flag(found, "IsClientAccessServer", where)
