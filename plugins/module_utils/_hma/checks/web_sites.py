# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judge of what clients are not sent to as usual: directories of another web site, and those without a URL."""

from __future__ import annotations

from typing import Final

from ..base.command import PowerShell
from ..base.comparison import fold
from ..exchange.client_urls import OtherDirectory
from ..exchange.virtual_directories import KINDS
from .check import Check, Finding
from .inputs import Inputs
from .references import NOT_STATED, READ_ORGANIZATION

ONE_WEB_SITE: Final = Check(
    "HMA-VDIR-004", "No directory is on another web site than the default one", "medium", "server", on_bad="warn",
    why="This collection reads and writes the directories of the Default Web Site alone. Clients that reach a second "
        "web site meet a directory without OAuth, at a name that nobody registers.",
    read=f"{READ_ORGANIZATION}Get-*VirtualDirectory -ADPropertiesOnly, Name and URLs; the Exchange Back End is left "
        "out.",
    remedy="Where clients reach it, turn OAuth on there by hand and add its hosts to hma_spn_extra_names; where nobody "
        "does, remove it.", source=NOT_STATED,
)  # fmt: skip


def one_web_site(inputs: Inputs) -> list[Finding]:
    """The second directory of a kind on one server; where there is none on the default site, HMA-READ-002 says so."""
    names = {fold(server.name) for server in inputs.judged_clients}
    found = [
        _other(item)
        for item in inputs.organization.other_directories
        if fold(item.server) in names and item.kind in inputs.settings.kinds
    ]
    return found or [ONE_WEB_SITE.passed(inputs.name, expected="none", actual="none")]


def _other(item: OtherDirectory) -> Finding:
    urls = ", ".join(item.urls)
    message = (
        f"{item.identity} is beside the directory of the Default Web Site, and no playbook turns OAuth on there. "
        + (f"Of its URLs ({urls}) no name is registered." if urls else "It has no URL.")
    )
    fix = (
        "Where clients reach this web site, turn OAuth on there by hand, and add the hosts of its URLs to "
        "hma_spn_extra_names; where nobody does, remove the directory."
    )
    show = PowerShell(f"Get-{KINDS[item.kind].noun}", {}, (item.identity,), PowerShell("Format-List"))
    return ONE_WEB_SITE.failed(
        f"{item.server} {item.kind}", message, fix, expected="the Default Web Site alone", actual=item.identity,
        server=item.server, commands=(show,),
    )  # fmt: skip


URLS_SET: Final = Check(
    "HMA-NAME-005", "Each Active Directory site has a URL for each kind of client", "medium", "server", on_bad="warn",
    why="Autodiscover tells Outlook the URLs of servers in the site of the mailbox. Where none of them has one for "
        "MAPI, Outlook stays on Outlook Anywhere, which never does modern authentication; without one for EWS there is "
        "no free/busy, without one for OAB no address book, without one for ActiveSync no phone is set up.",
    read=f"{READ_ORGANIZATION}InternalUrl and ExternalUrl of the directories, and the site of each server. That the "
        "URL of another server of the same site is taken is inferred.",
    remedy="Set-MapiVirtualDirectory '<directory>' -InternalUrl https://<name>/mapi -ExternalUrl https://<name>/mapi "
        "-IISAuthenticationMethods <its methods> (and the like), then register_spns.", source=NOT_STATED,
)  # fmt: skip
_WITH_URLS: Final = ("mapi", "ews", "oab", "activesync")


def urls_set(inputs: Inputs) -> list[Finding]:
    """Per site and kind: not one of its servers has a URL, although each directory was read."""
    servers = {fold(server.name): server for server in inputs.judged_clients}
    kinds = [kind for kind in _WITH_URLS if kind in inputs.settings.kinds]
    groups: dict[tuple[str, str], dict[str, bool]] = {}
    for item in inputs.organization.client_urls:
        server = servers.get(fold(item.server))
        if server and item.kind in kinds:
            own = groups.setdefault((server.site or "", item.kind), {})
            own[server.name] = own.get(server.name, False) or bool(item.url)
    found = [_unset(site, kind, list(own)) for (site, kind), own in groups.items() if not any(own.values())]
    return found or [URLS_SET.passed(inputs.name)]


def _unset(site: str, kind: str, servers: list[str]) -> Finding:
    names, where = ", ".join(servers), f"site {site.rsplit('/', 1)[-1]}" if site else "the organization"
    message = f"no server of {where} has an InternalUrl or ExternalUrl of {kind} ({names})."
    fix = f"Set the URLs of {kind}, then register the name."
    return URLS_SET.failed(
        f"{names} {kind}", message, fix, expected="a URL", actual="none", server=servers[0],
    )  # fmt: skip


CHECKS: Final = (ONE_WEB_SITE, URLS_SET)
