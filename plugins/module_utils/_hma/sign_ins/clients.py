# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Clients by their user agents: which family, whether it can use modern authentication, whether people use it.

The texts are those that logs of Exchange in public show (seen 2026-11); what a family can do is INFERRED from
Microsoft's pages about the client and was not tried against each version of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

OTHER: Final = "Other"


@dataclass(frozen=True)
class Family:
    """``modern``: whether it can, None where that depends on its version. ``program``: it signs in by itself, without a
    person in front of it."""

    name: str
    modern: bool | None
    agents: tuple[str, ...]
    program: bool = False


# The first family with a text that is in the user agent, in any case of its letters, is the client's.
FAMILIES: Final = (
    Family("Outlook for Mac", True, ("MacOutlook",)),
    Family("Outlook for iOS and Android", True, ("Outlook-iOS", "Outlook-Android")),
    Family("Teams", True, ("MicrosoftNinja", "SkypeSpaces", "Microsoft Teams", "Teams/")),
    Family("Skype for Business", None, ("UCCAPI", "Lync", "Skype for Business")),
    Family(
        "Outlook 2010 or older",
        False,
        ("Microsoft Outlook 14.", "Microsoft Outlook 12.", "Microsoft Office/14", "Microsoft Office/12"),
    ),
    Family("Outlook 2013", True, ("Microsoft Outlook 15.", "Microsoft Office/15")),
    Family("Outlook", True, ("Microsoft Outlook", "Microsoft Office/16")),
    Family("Outlook over RPC", False, ("MSRPC",)),
    Family("Apple", True, ("Apple-iP", "iOS/", "CalendarAgent", "accountsd", "remindd", "macOS/", "Mac OS X/")),
    Family("Android", None, ("Android", "SAMSUNG")),
    Family("Windows Mail", None, ("MSFT-", "WindowsMail", "Windows Mail")),
    Family("Thunderbird", None, ("Thunderbird", "DavMail", "Evolution/")),
    Family("Exchange", True, ("ASProxy", "ExchangeInternal", "CrossForest", "Microsoft.Exchange"), program=True),
    Family("Program", None, ("ExchangeServicesClient", "EWS Managed API", "exchangelib", "python", "Java/",
                             "Apache-HttpClient", "curl/", "PowerShell", "Go-http-client", "axios", "okhttp"),
           program=True),
    Family("Office", True, ("Microsoft Office", "Microsoft Word", "Microsoft Excel", "OneNote")),
    Family("Browser", None, ("Mozilla/",)),
)  # fmt: skip
_BY_NAME: Final[Mapping[str, Family]] = {family.name: family for family in FAMILIES}
_UNKNOWN: Final = Family(OTHER, None, ())
# As the script on the server takes them.
PATTERNS: Final = tuple(f"{agent}={family.name}" for family in FAMILIES for agent in family.agents)


def family(name: str) -> Family:
    """The family of this name; the name is one that a server gave back."""
    return _BY_NAME.get(name, _UNKNOWN)
