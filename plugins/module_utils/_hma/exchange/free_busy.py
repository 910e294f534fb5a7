# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What hybrid free/busy needs of the objects of modern authentication, whoever made them.

Exchange Online asks an organization for free/busy with a token for the host of its EWS or Autodiscover URL; the host
has to be registered in the tenant (Microsoft: Configure OAuth authentication between Exchange and Exchange Online
organizations, step 5), and the directory has to take OAuth.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from ..base.comparison import host_or_nothing
from ..entra.spns import ClientUrl
from .cmdlet import Cmdlet, CmdletResult

CONNECTORS: Final = Cmdlet("Get-IntraOrganizationConnector", {}, ("Name", "Enabled"), on_error="continue")
# The kinds of directories that it signs in to with OAuth.
KINDS: Final = frozenset({"ews", "autodiscover"})
# Where hma_info says that some of their URLs could not be read.
_URLS: Final = frozenset({"client_urls.ews", "client_urls.scp"})


def enabled_connectors(result: CmdletResult) -> list[str]:
    """Connectors that are on. Where that could not be read, hybrid free/busy may depend on OAuth: one is assumed."""
    if result.errors:
        return [f"(not readable: {result.errors[0].reason})"]
    return [
        item.label("Name", "without a name")
        for item in result.properties(CONNECTORS.name)
        if item.raw("Enabled") is not False
    ]


def names_of_free_busy(
    names: Iterable[str], urls: Iterable[ClientUrl], connectors: Sequence[str], unread: Iterable[str] = ()
) -> list[str]:
    """Those of the names that Exchange Online may ask for while a connector is on. ``unread``: parts of the
    organization that have gaps; where a URL is missing it may be that of any name."""
    hosts = {host_or_nothing(url.url or "") for url in urls if url.kind in KINDS or url.where == "scp"} - {""}
    any_of_them = not _URLS.isdisjoint(unread)
    return [
        name
        for name in names
        if connectors and (host_or_nothing(name) in hosts or (any_of_them and host_or_nothing(name)))
    ]
