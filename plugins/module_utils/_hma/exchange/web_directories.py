# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The directories of Outlook on the web (owa) and of the Exchange admin center (ecp), and how people sign in.

They are no rows of ``virtual_directories``: there OAuth stands beside the other methods, here it takes their place, and
the two directories of a server belong together. The list ExternalAuthenticationMethods says nothing: it keeps Fba after
every other method is off (public report).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..base.errors import Refused
from ..base.values import Properties
from ..entra.spns import ClientUrl
from .cmdlet import THIS_SERVER, Cmdlet, CmdletResult
from .virtual_directories import FRONT_END, FrontEnd, is_front_end

if TYPE_CHECKING:
    from .cmdlet import ServerName

OWA, ECP = "owa", "ecp"
NOUNS: Final[Mapping[str, str]] = {OWA: "OwaVirtualDirectory", ECP: "EcpVirtualDirectory"}
TARGET: Final = "web_directory"

ADFS, BASIC, DIGEST, FORMS = "AdfsAuthentication", "BasicAuthentication", "DigestAuthentication", "FormsAuthentication"
WINDOWS, OAUTH = "WindowsAuthentication", "OAuthAuthentication"
# The methods that the article turns off; Windows authentication it leaves as it is.
OTHERS: Final = (ADFS, BASIC, DIGEST, FORMS)
SETTINGS: Final = (*OTHERS, WINDOWS, OAUTH)
_RETURNS: Final = ("Name", "Guid", "Identity", "Server", "InternalUrl", "ExternalUrl", *SETTINGS)


def get(kind: str, server: ServerName = THIS_SERVER) -> Cmdlet:
    """The full read of one server: with -ADPropertiesOnly the Booleans would be wrong."""
    return Cmdlet(f"Get-{NOUNS[kind]}", {"Server": server}, _RETURNS, on_error="continue")


def get_one(kind: str, guid: str) -> Cmdlet:
    return Cmdlet(f"Get-{NOUNS[kind]}", {"Identity": guid}, _RETURNS, on_error="continue")


def get_urls(kind: str) -> Cmdlet:
    """The URLs of every server, as Active Directory has them: IIS of no server is touched."""
    returns = tuple(name for name in _RETURNS if name not in SETTINGS)
    return Cmdlet(f"Get-{NOUNS[kind]}", {"ADPropertiesOnly": True}, returns, on_error="continue")


@dataclass(frozen=True)
class WebDirectory(FrontEnd):
    """The front-end directory owa or ecp of a server, as one full read showed it. ``settings`` has each of SETTINGS."""

    settings: Mapping[str, bool]

    @classmethod
    def from_facts(cls, facts: Properties) -> WebDirectory:
        shared, settings = cls.among(NOUNS, facts), facts.child("settings")
        return cls(**vars(shared), settings={name: settings.flag(name) for name in SETTINGS})

    @property
    def urls(self) -> list[ClientUrl]:
        """Where it is published."""
        named = (("internal", self.internal_url), ("external", self.external_url))
        return [ClientUrl(self.server, self.kind, where, url) for where, url in named if url]

    @property
    def oauth(self) -> bool:
        return self.settings[OAUTH]

    @property
    def others(self) -> list[str]:
        """The methods beside OAuth that let somebody in."""
        return [name for name in (*OTHERS, WINDOWS) if self.settings[name]]

    @property
    def oauth_only(self) -> bool:
        """As the article leaves it: nobody gets in here without Entra. Windows authentication it does not speak of."""
        return self.oauth and not any(self.settings[name] for name in OTHERS)

    @property
    def shut(self) -> bool:
        """Whether nobody gets in here at all, as between the two halves of the change."""
        return not self.oauth and not self.others

    def facts(self) -> dict[str, Any]:
        return {
            "kind": self.kind, "server": self.server, "name": self.name, "guid": self.guid, "identity": self.identity,
            "internal_url": self.internal_url, "external_url": self.external_url,
            "settings": dict(self.settings), "oauth": self.oauth, "oauth_only": self.oauth_only,
        }  # fmt: skip


@dataclass(frozen=True)
class WebSite:
    """Both directories of one server; either alone says nothing about how people get in."""

    owa: WebDirectory
    ecp: WebDirectory

    @property
    def both(self) -> tuple[WebDirectory, WebDirectory]:
        return self.owa, self.ecp

    @property
    def oauth_only(self) -> bool:
        return self.owa.oauth_only and self.ecp.oauth_only


def parse_web_directory(kind: str, properties: Properties) -> WebDirectory:
    """Read one object of a full read; ParseError names the field that is not as documented."""
    directory = properties.named("Identity")
    return WebDirectory(
        kind=kind,
        server=directory.text("Server"),
        name=directory.text("Name"),
        guid=directory.guid("Guid"),
        identity=directory.text("Identity"),
        internal_url=directory.optional_text("InternalUrl"),
        external_url=directory.optional_text("ExternalUrl"),
        # What this version does not show (OAuth of ecp before 2019) it does not have.
        settings={name: bool(directory.optional_flag(name)) for name in SETTINGS},
    )


def front_end(kind: str, result: CmdletResult) -> WebDirectory:
    """The one directory of this kind that people reach; anything else is refused, never guessed."""
    noun = f"Get-{NOUNS[kind]}"
    found = result.properties(noun)
    clients = [directory for directory in found if is_front_end(directory.raw("Name"))]
    if len(clients) != 1:
        names = ", ".join(item.label("Identity", "a directory without an identity") for item in found) or "nothing"
        raise Refused(f"{noun} returned {names}; expected exactly one directory named '... {FRONT_END}'.")
    return parse_web_directory(kind, clients[0])


def urls_of(kind: str, properties: Properties) -> list[ClientUrl]:
    """Where a front-end directory is published; nothing of one that nobody reaches."""
    if not is_front_end(properties.raw("Name")):
        return []
    directory = properties.named("Identity")
    server = directory.text("Server")
    return [
        ClientUrl(server, kind, where, directory.optional_text(name))
        for where, name in (("internal", "InternalUrl"), ("external", "ExternalUrl"))
    ]


def target(directory: WebDirectory) -> dict[str, str]:
    """Which object this is, for the record."""
    return {
        "type": TARGET,
        "kind": directory.kind,
        "server": directory.server,
        "guid": directory.guid,
        "identity": directory.identity,
    }
