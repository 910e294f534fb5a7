# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The virtual directories of HMA: one row per kind, one rule per way OAuth is represented.

Sources: Set-*VirtualDirectory reference pages, xExchange, HMA article step "verify virtual directories".
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ..base.comparison import fold, has, same
from ..base.errors import ParseError, Refused
from ..base.facts import plain
from ..base.values import Properties
from .change import Change
from .cmdlet import THIS_SERVER, Cmdlet, CmdletResult

if TYPE_CHECKING:
    from typing import TypeAlias

    from .cmdlet import ServerName

    # OAuth is a flag of its own, or one of the methods of a list. Python 3.8 cannot make this alias.
    Setting: TypeAlias = "bool | tuple[str, ...]"

OAUTH: Final = "OAuth"
# The documented default of Set-MapiVirtualDirectory -IISAuthenticationMethods.
MAPI_DEFAULT: Final = ("Ntlm", "OAuth", "Negotiate")
FRONT_END: Final = "(Default Web Site)"
BACK_END: Final = "(Exchange Back End)"
URLS: Final = ("InternalUrl", "ExternalUrl")
METHODS: Final = ("InternalAuthenticationMethods", "ExternalAuthenticationMethods")
# What IIS asks of a client besides (that a Get reads it from IIS is inferred). Nothing is ever written there.
CLIENT_CERTIFICATES: Final = "ClientCertAuth"
CHANNEL_BINDING: Final = "ExtendedProtectionTokenChecking"

_COMMON: Final = (
    "Name", "Guid", "Identity", "Server", "Path",
    *URLS, *METHODS,
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A kind of virtual directory. ``settings`` are the properties that hold OAuth and the parameters that set it."""

    key: str
    noun: str
    settings: tuple[str, ...]
    extra: Mapping[str, Any]

    def get(self, server: ServerName = THIS_SERVER) -> Cmdlet:
        """The full read of one server: authentication is never judged from -ADPropertiesOnly."""
        return Cmdlet(f"Get-{self.noun}", {"Server": server}, self.returns, on_error="continue")

    def get_one(self, guid: str) -> Cmdlet:
        return Cmdlet(f"Get-{self.noun}", {"Identity": guid}, self.returns, on_error="continue")

    def get_urls(self) -> Cmdlet:
        """The URLs of every server, as Active Directory has them: IIS of no server is touched."""
        returns = tuple(name for name in _COMMON if name != "Path")
        return Cmdlet(f"Get-{self.noun}", {"ADPropertiesOnly": True}, returns, on_error="continue")

    @property
    def returns(self) -> tuple[str, ...]:
        own = (CLIENT_CERTIFICATES,) if self.key == "activesync" else ()
        return tuple(dict.fromkeys((*_COMMON, *self.settings, CHANNEL_BINDING, *own)))


_FLAG: Final = ("OAuthAuthentication",)
KINDS: Final[Mapping[str, Kind]] = {
    kind.key: kind
    for kind in (
        Kind("mapi", "MapiVirtualDirectory", ("IISAuthenticationMethods",), {}),
        # It is the only one of the five with -Force, and it can prompt without it (xExchange).
        Kind("ews", "WebServicesVirtualDirectory", _FLAG, {"Force": True}),
        Kind("oab", "OabVirtualDirectory", _FLAG, {}),
        Kind("autodiscover", "AutodiscoverVirtualDirectory", _FLAG, {}),
        Kind(
            "activesync",
            "ActiveSyncVirtualDirectory",
            METHODS,
            {},
        ),
    )
}


@dataclass(frozen=True)
class FrontEnd:
    """What every front-end virtual directory has: whose it is, what Exchange calls it, and where it is published."""

    kind: str
    server: str
    name: str
    guid: str
    identity: str
    internal_url: str | None
    external_url: str | None

    @classmethod
    def among(cls, kinds: Collection[str], facts: Properties) -> FrontEnd:
        """The same of facts that were handed over; a kind that is not among ``kinds`` is refused."""
        if facts.text("kind") not in kinds:
            raise facts.wrong("kind", f"one of {', '.join(kinds)}")
        return FrontEnd(
            kind=facts.text("kind"),
            server=facts.text("server"),
            name=facts.text("name"),
            guid=facts.text("guid"),
            identity=facts.text("identity"),
            internal_url=facts.optional_text("internal_url"),
            external_url=facts.optional_text("external_url"),
        )


@dataclass(frozen=True)
class Directory(FrontEnd):
    """A front-end virtual directory as one full read showed it. ``methods`` are lists beside the settings: no list that
    is odd is among them."""

    settings: Mapping[str, Setting]
    methods: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # None where the directory does not show it.
    client_certificates: str | None = None
    token_checking: str | None = None

    @classmethod
    def from_facts(cls, facts: Properties) -> Directory:
        shared = cls.among(KINDS, facts)
        return cls(
            **vars(shared),
            settings=_settings(KINDS[shared.kind], facts.child("settings")),
            client_certificates=facts.optional_text("client_certificates"),
            token_checking=facts.optional_text("token_checking"),
        )

    @property
    def oauth(self) -> bool:
        """Whether clients may use OAuth here. An unset ActiveSync list restricts nothing, so it allows OAuth."""
        lists = [value for value in self.settings.values() if not isinstance(value, bool)]
        if not lists:
            return all(self.settings.values())
        if self.kind == "mapi":
            return has(lists[0], OAUTH)
        return all(not methods or has(methods, OAUTH) for methods in lists)

    @property
    def urls(self) -> dict[str, str | None]:
        return {"InternalUrl": self.internal_url, "ExternalUrl": self.external_url}

    @property
    def beside(self) -> dict[str, Any]:
        """What a Set of the settings may touch, too."""
        return {**self.urls, **plain(self.methods)}

    def facts(self) -> dict[str, Any]:
        return {
            "kind": self.kind, "server": self.server, "name": self.name, "guid": self.guid, "identity": self.identity,
            "internal_url": self.internal_url, "external_url": self.external_url,
            "settings": plain(self.settings), "oauth": self.oauth,
            "client_certificates": self.client_certificates, "token_checking": self.token_checking,
        }  # fmt: skip


def parse_directory(kind: Kind, properties: Properties) -> Directory:
    """Read one object of a full read; ParseError names the field that is not as documented."""
    directory = properties.named("Identity")
    return Directory(
        kind=kind.key,
        server=directory.text("Server"),
        name=directory.text("Name"),
        guid=directory.guid("Guid"),
        identity=directory.text("Identity"),
        internal_url=directory.optional_text("InternalUrl"),
        external_url=directory.optional_text("ExternalUrl"),
        settings=_settings(kind, directory),
        methods=dict(_methods(kind, directory)),
        client_certificates=directory.label(CLIENT_CERTIFICATES, "") or None,
        token_checking=directory.label(CHANNEL_BINDING, "") or None,
    )


def _methods(kind: Kind, directory: Properties) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The method lists that are no settings of this kind, as far as they can be read: nothing is decided by them."""
    for name in METHODS:
        if name not in kind.settings and name in directory:
            with contextlib.suppress(ParseError):
                yield name, tuple(directory.optional_texts(name))


def _settings(kind: Kind, directory: Properties) -> dict[str, Setting]:
    return {
        name: directory.flag(name) if kind.settings == _FLAG else tuple(directory.texts(name)) for name in kind.settings
    }


def front_end(kind: Kind, result: CmdletResult) -> Directory:
    """The one client-facing directory of this kind; anything else is refused, never guessed."""
    directories = result.properties(f"Get-{kind.noun}")
    clients = [directory for directory in directories if is_front_end(directory.raw("Name"))]
    if len(clients) != 1:
        names = (
            ", ".join(directory.label("Identity", "a directory without an identity") for directory in directories)
            or "nothing"
        )
        raise Refused(f"Get-{kind.noun} returned {names}; expected exactly one directory named '... {FRONT_END}'.")
    return parse_directory(kind, clients[0])


def is_front_end(name: Any) -> bool:
    """Whether a directory's name says that it is of the web site that clients reach. IIS ignores the case of a site's
    name."""
    return isinstance(name, str) and fold(name).endswith(fold(FRONT_END))


def is_back_end(name: str) -> bool:
    """Whether a directory is one that servers use among themselves."""
    return fold(name).endswith(fold(BACK_END))


def plan_oauth(directory: Directory, *, present: bool, mapi_empty: str = "refuse") -> Change | None:
    """What turns OAuth on (or off) here and keeps every other method; None where nothing has to change."""
    kind = KINDS[directory.kind]
    after = {name: _wanted(directory, name, present, mapi_empty) for name in kind.settings}
    changed = {name: value for name, value in after.items() if not same(directory.settings[name], value)}
    if not changed:
        return None
    before = {name: plain(directory.settings[name]) for name in changed}
    cmdlet = Cmdlet(f"Set-{kind.noun}", {"Identity": directory.guid, **changed, **kind.extra})
    return Change(directory.identity, target(directory), before, changed, cmdlet, directory.beside)


def target(directory: Directory) -> dict[str, str]:
    """Which object this is, for the record."""
    return {
        "type": "directory",
        "kind": directory.kind,
        "server": directory.server,
        "guid": directory.guid,
        "identity": directory.identity,
    }


def _wanted(directory: Directory, name: str, present: bool, mapi_empty: str) -> bool | list[str]:
    value = directory.settings[name]
    if isinstance(value, bool):
        return present
    if not value:
        return _wanted_of_empty(directory, present, mapi_empty)
    if present:
        return list(value) if has(value, OAUTH) else [*value, OAUTH]
    rest = [method for method in value if fold(method) != fold(OAUTH)]
    if not rest:
        raise Refused(
            f"{directory.identity}: OAuth is its only method in {name}; without it no client could sign in. "
            f"Set the methods that are to stay first."
        )
    return rest


def _wanted_of_empty(directory: Directory, present: bool, mapi_empty: str) -> list[str]:
    if directory.kind != "mapi" or not present:
        return []
    if mapi_empty == "default":
        return list(MAPI_DEFAULT)
    command = Cmdlet(
        "Set-MapiVirtualDirectory", {"Identity": directory.identity, "IISAuthenticationMethods": MAPI_DEFAULT}
    )
    raise Refused(
        f"{directory.identity}: IISAuthenticationMethods is empty, so Outlook has no way in over MAPI (the "
        f"Exchange admin "
        "center empties the list when it edits URLs, KB 3191500). Writing OAuth alone would lock out every "
        "other client. "
        f'Decide on the methods: run {command.typed()}, or set hma_vdir_mapi_empty: "default" (of the module by itself '
        "the option mapi_empty)."
    )


def kinds_of(keys: Sequence[str]) -> list[Kind]:
    return [KINDS[key] for key in keys]
