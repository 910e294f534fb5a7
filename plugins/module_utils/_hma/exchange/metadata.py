# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The metadata of Entra that Exchange keeps, its signing keys above all: who fetches it, and fetching it now.

An arbitration mailbox fetches it every eight hours; it is there where Microsoft's page on Outlook for iOS and Android
says how to look after it. Errors are in the event log of the server that has the mailbox.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ..base import elements
from ..base.comparison import has
from ..base.elements import Unread
from ..base.values import Properties
from .authserver import AuthServer, target, title
from .change import Change
from .cmdlet import Cmdlet

PART: Final = "metadata_mailboxes"
CAPABILITY: Final = "OrganizationCapabilityManagement"
READ: Final = Cmdlet("Get-Mailbox", {"Arbitration": True}, ("Name", "PersistedCapabilities"), on_error="continue")


def parse_mailboxes(objects: Iterable[Properties], gaps: list[Unread]) -> list[str]:
    """The names of the arbitration mailboxes that fetch it."""
    found = elements.parsed(PART, objects, _parse, gaps)
    return [name for name, capabilities in found if has(capabilities, CAPABILITY)]


def _parse(mailbox: Properties) -> tuple[str, list[str]]:
    return mailbox.text("Name"), mailbox.optional_texts("PersistedCapabilities")


def refresh(server: AuthServer) -> Change:
    """The write that fetches it now. It changes no setting, so that there is nothing before it and nothing after it."""
    cmdlet = Cmdlet("Set-AuthServer", {"Identity": server.guid, "RefreshAuthMetadata": True})
    return Change(f"{title(server)}, its metadata fetched anew", target(server), {}, {}, cmdlet)
