# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Who may have done it: the known causes of a difference, each with its source.

The table says *may*: nothing that is read shows who wrote a value. INFERRED marks a cause that was concluded, not
found in a manual or a report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from ..base.comparison import has
from ..exchange.virtual_directories import OAUTH
from .state import AUTH_SERVERS, CHECK, METHODS, NAMES, SERVERS, SWITCHES, URLS

_ARTICLE: Final = (
    "https://learn.microsoft.com/microsoft-365/enterprise/configure-exchange-server-for-hybrid-modern-authentication"
)


class Differing(Protocol):
    """What a cause is looked for by."""

    @property
    def kind(self) -> str: ...
    @property
    def area(self) -> str: ...
    @property
    def setting(self) -> str: ...
    @property
    def before(self) -> tuple[str, ...]: ...
    @property
    def after(self) -> tuple[str, ...]: ...
    @property
    def check(self) -> str: ...


@dataclass(frozen=True)
class Cause:
    """``text`` ends the sentence *It may be that ...*."""

    text: str
    source: str
    inferred: bool = False

    @property
    def sentence(self) -> str:
        mark = " (INFERRED)" if self.inferred else ""
        return f"It may be that {self.text}.{mark}"

    def facts(self) -> dict[str, object]:
        return {"text": self.text, "source": self.source, "inferred": self.inferred}


@dataclass(frozen=True)
class Row:
    """A cause, where it fits, and the checks that see the same difference."""

    area: str
    fits: Callable[[Differing], bool]
    cause: Cause


def _loses_oauth(found: Differing) -> bool:
    return has(found.before, OAUTH) and not has(found.after, OAUTH)


def _emptied(found: Differing) -> bool:
    return bool(found.before) and not found.after and found.kind == "changed"


def _off(found: Differing) -> bool:
    return found.before == ("true",) and found.after == ("false",)


_URLS_CHANGED: Final = Cause(
    "somebody changed the URLs of the directory in the Exchange admin center or with Set-*VirtualDirectory, or a "
    "server joined or left",
    "Set-MapiVirtualDirectory and its kin",
    True,
)
# The first one that fits counts.
TABLE: Final[tuple[Row, ...]] = (
    Row(
        METHODS, lambda found: found.setting == "IISAuthenticationMethods" and _emptied(found),
        Cause("somebody edited the URLs of the directory in the Exchange admin center, which writes an empty list of "
              "methods", "KB 3191500"),
    ),
    Row(
        METHODS, lambda found: _loses_oauth(found) or (found.setting == "OAuthAuthentication" and _off(found)),
        Cause("a hardening script, or the procedure for Kerberos (alternate service account), wrote the list of "
              "methods anew without OAuth", "Microsoft's Kerberos procedure; EDCA control IAC-012"),
    ),
    Row(METHODS, lambda found: found.setting.endswith("Url"), _URLS_CHANGED),
    Row(
        METHODS, lambda found: found.kind == "new",
        Cause("a server, or a directory, was installed", "Exchange setup makes its directories without OAuth", True),
    ),
    Row(
        METHODS, lambda found: found.kind == "gone",
        Cause("a server, or a directory, was taken away or made anew", "Remove- and New-*VirtualDirectory", True),
    ),
    Row(URLS, lambda found: True, _URLS_CHANGED),
    Row(
        AUTH_SERVERS, lambda found: "DomainName" in found.setting and bool(set(found.before) - set(found.after)),
        Cause("the script for the dedicated hybrid application (ConfigureExchangeHybridApplication) was run: it "
              "replaces the list of domains", "CSS-Exchange, ConfigureExchangeHybridApplication.ps1", True),
    ),
    Row(
        AUTH_SERVERS, lambda found: "ApplicationIdentifier" in found.setting,
        Cause("the script for the dedicated hybrid application was run, or taken back",
              "CSS-Exchange, ConfigureExchangeHybridApplication.ps1"),
    ),
    Row(
        AUTH_SERVERS, lambda found: True,
        Cause("the Hybrid Configuration Wizard was run again, or somebody used Set-AuthServer", _ARTICLE, True),
    ),
    Row(
        SWITCHES, lambda found: found.setting == "OAuth2ClientProfileEnabled",
        Cause("somebody ran disable_hma or Set-OrganizationConfig, or the Hybrid Configuration Wizard moved the "
              "setting over", _ARTICLE, True),
    ),
    Row(
        NAMES, lambda found: bool(set(found.before) - set(found.after)),
        Cause("a script wrote the whole list of names of the service principal instead of adding to it, or somebody "
              "took the name away", "Update-MgServicePrincipal replaces the list"),
    ),
    Row(
        SERVERS, lambda found: found.kind == "new",
        Cause("a server was installed: setup takes no setting over from the others", "Exchange setup", True),
    ),
    Row(
        SERVERS, lambda found: found.setting == "version",
        Cause("a cumulative or security update was installed: it may set methods back", "Exchange setup", True),
    ),
)  # fmt: skip
# Causes of what only a check sees.
OF_CHECKS: Final[Mapping[str, Cause]] = {
    "HMA-OWA-002": Cause(
        "the service principal was synchronised with its application: reply URLs that only the service principal has "
        "may be dropped then",
        "entra-docs, reply-url.md",
        True,
    ),
    "HMA-CERT-001": Cause("the auth certificate ran out, or was replaced", _ARTICLE),
    "HMA-CERT-002": Cause("the auth certificate comes to its end by its date", _ARTICLE),
    "HMA-COV-001": Cause("a server was installed and nobody put it into the inventory", "Exchange setup", True),
}
# The checks that see what a difference of an area does.
SEEN_BY: Final[Mapping[str, tuple[str, ...]]] = {
    METHODS: ("HMA-VDIR-001", "HMA-VDIR-002", "HMA-VDIR-003", "HMA-OWA-003"),
    URLS: ("HMA-NAME-",),
    NAMES: ("HMA-SPN-",),
    AUTH_SERVERS: ("HMA-AUTH-", "HMA-APP-"),
    SWITCHES: ("HMA-FLAG-", "HMA-MAPI-", "HMA-POL-", "HMA-EWS-"),
    SERVERS: ("HMA-COV-001", "HMA-ORG-", "HMA-LIFE-"),
}


def cause_of(found: Differing) -> Cause | None:
    """The first known cause that fits; None where none is known."""
    if found.area == CHECK:
        return OF_CHECKS.get(found.check)
    return next((row.cause for row in TABLE if row.area == found.area and row.fits(found)), None)
