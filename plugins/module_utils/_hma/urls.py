# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Client URLs and directories as Active Directory has them: of all servers, without touching the IIS of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from . import values
from .cmdlet import Cmdlet, CmdletResult
from .comparison import fold
from .directories import FRONT_END, KINDS

_SCP_RETURNS: Final = ("Name", "Fqdn", "AutoDiscoverServiceInternalUri")
# 2016 and later know Get-ClientAccessService, 2013 only Get-ClientAccessServer, and which one this shell has
# is known only by asking: both are sent, the first that answers is used.
SCP: Final = tuple(Cmdlet(name, {}, _SCP_RETURNS, on_error="continue") for name in ("Get-ClientAccessService", "Get-ClientAccessServer"))


def client_urls(by_name: Mapping[str, CmdletResult], servers: Sequence[Mapping[str, Any]], gaps: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Each URL with server, kind and place. A kind that could not be read is put into ``gaps``, the others stay."""
    edges = _edges(servers)
    found = [item for kind in KINDS.values() for item in _directory_urls(kind.key, by_name[f"Get-{kind.noun}"], gaps)]
    scp = next((by_name[cmdlet.name] for cmdlet in SCP if by_name[cmdlet.name].ok), None)
    if scp is None:
        gaps.append({"what": "client_urls.scp", "reason": reason_of(SCP[0].name, by_name[SCP[0].name])})
    else:
        for item in scp.objects:
            server = values.text(item, "Name", SCP[0].name)
            url = values.optional_text(item, "AutoDiscoverServiceInternalUri", f"{SCP[0].name} {server}")
            found.append({"server": server, "kind": "autodiscover", "where": "scp", "url": url})
    return [item for item in found if fold(item["server"]) not in edges]


def directories(by_name: Mapping[str, CmdletResult], servers: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The front-end directories with the methods Active Directory has for them; the flags of IIS are not in this read."""
    edges = _edges(servers)
    return [
        {
            "server": str(item["Server"]),
            "kind": kind.key,
            "identity": str(item.get("Identity")),
            "internal_methods": [str(method) for method in item.get("InternalAuthenticationMethods") or []],
            "external_methods": [str(method) for method in item.get("ExternalAuthenticationMethods") or []],
        }
        for kind in KINDS.values()
        for item in _front_end(by_name[f"Get-{kind.noun}"])
        if fold(str(item["Server"])) not in edges
    ]


def reason_of(name: str, result: CmdletResult) -> str:
    """Why a cmdlet gave nothing. A cmdlet that does not exist may be hidden by rights, or new to this version."""
    if not result.ran:
        return f"{name} was not run."
    error = result.errors[0]
    if error.reason == "CommandNotFoundException":
        return f"{name} is not there: the account's roles hide it, or this version of Exchange lacks it."
    return f"{name}: {error.reason}: {error.message}"


def _directory_urls(kind: str, result: CmdletResult, gaps: list[dict[str, str]]) -> list[dict[str, Any]]:
    noun = KINDS[kind].noun
    if not result.ok:
        gaps.append({"what": f"client_urls.{kind}", "reason": reason_of(f"Get-{noun}", result)})
        return []
    # The Autodiscover directory has no URLs of its own after 2010; clients are told the SCP's.
    places = () if kind == "autodiscover" else (("internal", "InternalUrl"), ("external", "ExternalUrl"))
    found = []
    for item in _front_end(result):
        where = f"Get-{noun} {item.get('Identity', '')}".strip()
        for place, field in places:
            url = values.optional_text(item, field, where)
            found.append({"server": values.text(item, "Server", where), "kind": kind, "where": place, "url": url})
    return found


def _front_end(result: CmdletResult) -> list[dict[str, Any]]:
    return [item for item in result.objects if str(item.get("Name", "")).endswith(FRONT_END)] if result.ok else []


def _edges(servers: Sequence[Mapping[str, Any]]) -> set[str]:
    return {fold(item["name"]) for item in servers if item["edge"]}
