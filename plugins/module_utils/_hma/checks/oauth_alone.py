# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judge of directories that let nobody in but by OAuth: in Active Directory, or in IIS where it was read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ..base.command import PowerShell
from ..base.comparison import fold, has
from ..exchange.server_objects import ExchangeServer
from ..exchange.virtual_directories import KINDS, MAPI_DEFAULT, OAUTH
from .check import Check, Finding
from .directories import listed_methods
from .inputs import Inputs
from .references import NOT_STATED, READ_ORGANIZATION

OAUTH_NOT_ALONE: Final = Check(
    "HMA-VDIR-003", "OAuth is not the only method of a directory", "medium", "server", on_bad="warn",
    why="Whoever has no token gets in nowhere: service accounts, meeting rooms, old clients, monitoring, and, while "
        "modern authentication is off, everybody. Blocking is the work of authentication policies, person by person.",
    read=f"{READ_ORGANIZATION}Get-*VirtualDirectory -ADPropertiesOnly, InternalAuthenticationMethods and "
        f"ExternalAuthenticationMethods; of MAPI IISAuthenticationMethods too, where the server was read. WSSecurity "
        f"is no method of people: it is between organizations.",
    remedy="Give the directory its other methods again (for MAPI: Ntlm,OAuth,Negotiate), then block legacy "
        "authentication by policy.", source=NOT_STATED,
)  # fmt: skip
# What no person signs in with.
_BETWEEN_ORGANIZATIONS: Final = fold("WSSecurity")
# Of a directory that is not MAPI's, the method that clients in the domain use; its parameter leaves the others alone.
_WINDOWS: Final = frozenset({"ews", "autodiscover", "oab"})


def other_methods_left(inputs: Inputs) -> list[Finding]:
    """The directories whose every method is OAuth."""
    found = [
        _bare(kind, server.name, identity, methods)
        for server in inputs.judged_clients
        for kind, identity, methods in _bare_of(inputs, server)
    ]
    return found or [OAUTH_NOT_ALONE.passed(inputs.name, expected="other methods beside OAuth")]


def _bare_of(inputs: Inputs, server: ExchangeServer) -> Iterator[tuple[str, str, str]]:
    """Kind, identity and methods of each; what IIS has counts beside what Active Directory has, for the two may
    differ."""
    seen = set()
    for item in inputs.listed_of(server):
        bare = _only_oauth(item.internal_methods) or _only_oauth(item.external_methods)
        if bare and item.kind in inputs.settings.kinds:
            seen.add(item.kind)
            yield item.kind, item.identity, listed_methods(item)
    host = inputs.host_of(server)
    for directory in (host.directories if host else None) or ():
        methods = directory.settings.get("IISAuthenticationMethods", True)
        if directory.kind not in seen and not isinstance(methods, bool) and _only_oauth(methods):
            yield directory.kind, directory.identity, f"IISAuthenticationMethods: {', '.join(methods)}"


def _only_oauth(methods: Sequence[str]) -> bool:
    rest = {fold(method) for method in methods} - {fold(OAUTH), _BETWEEN_ORGANIZATIONS}
    return has(methods, OAUTH) and not rest


def _bare(kind: str, server: str, identity: str, methods: str) -> Finding:
    message = f"{identity} offers OAuth and nothing else ({methods}): whoever has no token is shut out."
    fix = "Give the directory its other methods again; block legacy authentication by an authentication policy."
    return OAUTH_NOT_ALONE.failed(
        f"{server} {kind}", message, fix, expected="other methods beside OAuth", actual=methods, server=server,
        commands=_given_back(kind, identity),
    )  # fmt: skip


def _given_back(kind: str, identity: str) -> tuple[PowerShell, ...]:
    """ActiveSync has lists that only a person can decide on."""
    if kind == "mapi":
        return (PowerShell("Set-MapiVirtualDirectory", {"IISAuthenticationMethods": MAPI_DEFAULT}, (identity,)),)
    if kind in _WINDOWS:
        return (PowerShell(f"Set-{KINDS[kind].noun}", {"WindowsAuthentication": True}, (identity,)),)
    return ()


CHECKS: Final = (OAUTH_NOT_ALONE,)
