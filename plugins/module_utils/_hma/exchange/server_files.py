# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What is of a server itself and not of Exchange's shell: its files' update level, its event log, its way to
the internet, and IIS.

AdminDisplayVersion shows the cumulative update alone; the file version of ExSetup.exe shows what was put on it since.
These commands are run by the script on the server, so none of them is there over Exchange's own endpoint.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..base.comparison import fold, host_or_nothing
from ..base.facts import Facts
from ..base.values import Properties
from .authserver import AuthServer
from .cmdlet import Cmdlet, CmdletResult
from .organization import Organization
from .versions import Build, parse_file_version

VERSION: Final = Cmdlet(
    "Get-Command", {"Name": "ExSetup.exe"}, ("FileVersion",), on_error="continue", pin=False, local=True
)
RESTART_IIS: Final = Cmdlet("Restart-Service", {"Name": ("W3SVC", "WAS"), "Force": True}, pin=False, local=True)
# Errors and worse of the last day: the metadata is fetched every eight hours.
EVENTS: Final = Cmdlet(
    "Get-WinEvent",
    {"ProviderName": "MSExchange AuthAdmin"},
    ("Id", "Time", "Message"),
    on_error="continue",
    pin=False,
    local=True,
)
# Entra answers there with 200 in every cloud, to anybody.
_SIGN_IN: Final = "https://{}/common/.well-known/openid-configuration"
_MESSAGE: Final = 300
# Most of what was read of an organization, and nothing that one server is asked about.
_OF_THE_FLEET: Final[Mapping[str, object]] = {
    "client_urls": [], "directories": [], "other_directories": [], "web_directories": None,
}  # fmt: skip


@dataclass(frozen=True)
class LoggedError(Facts):
    """An entry of the event log: its number, when it was written, and how its text begins."""

    id: int
    time: str
    message: str


@dataclass(frozen=True)
class Way(Facts):
    """What came of asking an address of the internet from a server: the status of the answer, 0 where there was none,
    and the name that .NET has for what went wrong."""

    url: str
    proxy: str | None
    status: int
    reason: str | None

    @property
    def reached(self) -> bool:
        return self.status == 200


def parse_version(result: CmdletResult) -> Build:
    """The build with its updates; Refused or ParseError where it is not there."""
    return parse_file_version(result.only(VERSION.name).text("FileVersion"))


def parse_events(result: CmdletResult) -> list[LoggedError]:
    """Newest first, as the log gives them."""
    return [
        LoggedError(event.number("Id"), event.text("Time"), event.label("Message", "")[:_MESSAGE])
        for event in result.properties(EVENTS.name)
    ]


def addresses(servers: Iterable[AuthServer]) -> list[str]:
    """What a server has to reach: the metadata of each AuthServer of Entra's, and the host that people sign in at."""
    enabled = [server for server in servers if server.is_azure_ad and server.enabled]
    hosts = (host_or_nothing(server.authorization_endpoint or "") for server in enabled)
    urls = [*(server.metadata_url or "" for server in enabled), *(_SIGN_IN.format(host) for host in hosts if host)]
    return list(dict.fromkeys(url for url in urls if fold(url).startswith("https://")))


def ask(url: str, proxy: str | None) -> Cmdlet:
    """One request without credentials; without a proxy it goes straight out, as Exchange's own do (inferred)."""
    given = {"Uri": url, **({"Proxy": proxy} if proxy else {})}
    return Cmdlet("Invoke-WebRequest", given, ("Status", "Reason"), on_error="continue", pin=False, local=True)


def parse_way(cmdlet: Cmdlet, result: CmdletResult) -> Way:
    answer: Properties = result.only(cmdlet.name)
    url, proxy = cmdlet.parameters["Uri"], cmdlet.parameters.get("Proxy")
    return Way(url, proxy, answer.number("Status"), answer.optional_text("Reason"))


def for_server(organization: Mapping[str, Any], server: str) -> dict[str, Any]:
    """The facts of an organization that ``commands`` needs for this server. Of three hundred servers each would else be
    handed what was read of all of them."""
    if not organization:
        return {}
    own = [item for item in organization["servers"] if fold(server) in (fold(item["fqdn"]), fold(item["name"]))]
    none = {name: value for name, value in _OF_THE_FLEET.items() if name in organization}
    return {**organization, **none, "servers": own}


def commands(organization: Organization, server: str) -> tuple[Cmdlet, ...]:
    """What a server is asked: its own proxy and the addresses are those of the organization as it was read."""
    named = (item for item in organization.servers if fold(server) in (fold(item.fqdn), fold(item.name)))
    own = next(named, None)
    proxy = own.internet_web_proxy if own else None
    return (VERSION, EVENTS, *(ask(url, proxy) for url in addresses(organization.auth_servers)))
