# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a simulated server shows outside of Exchange's shell: the version of its files, its event log, its way out.

``internet`` of a server says how it gets there: open (straight, and through any proxy that is there), proxy (through a
proxy only), closed, or what .NET calls the failure. ``events`` are errors of MSExchange AuthAdmin in its log.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from .binder import ShellError

# The proxies that there are; another one is a name that nobody resolves.
PROXIES: Final = ("http://proxy.contoso.test:8080",)
_ENTRA: Final = (
    "login.microsoftonline.com",
    "login.windows.net",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
    "login.chinacloudapi.cn",
)


def run(server: Mapping[str, Any], name: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The objects of one command; ShellError as Windows words it."""
    return _COMMANDS[name](server, parameters)


def _version(server: Mapping[str, Any], _parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Of ExSetup.exe: the update level, which the version in the directory does not show."""
    numbers = re.findall(r"\d+", str(server["version"]))
    return [{"FileVersion": str(server.get("file_version") or "{:0>2}.{:0>2}.{:0>4}.{:0>3}".format(*numbers))}]


def _events(server: Mapping[str, Any], _parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    if server.get("events") == "denied":
        text = "Attempted to perform an unauthorized operation."
        error_id = "System.UnauthorizedAccessException,Microsoft.PowerShell.Commands.GetWinEventCommand"
        raise ShellError(error_id, "NotSpecified", "UnauthorizedAccessException", text)
    return [
        {"Id": int(item["id"]), "Time": "2026-11-26T07:00:00Z", "Message": str(item["message"])}
        for item in server.get("events", [])
    ]


def _web(server: Mapping[str, Any], parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Entra answers with 200 to what is asked of it, whoever asks."""
    way, proxy = str(server.get("internet", "open")), parameters.get("Proxy")
    # Exchange shows an address of a host with the slash that .NET puts behind it.
    if proxy and str(proxy).rstrip("/") not in PROXIES:
        return [{"Status": 0, "Reason": "ProxyNameResolutionFailure"}]
    if way == "407":
        return [{"Status": 407, "Reason": "ProtocolError"}]
    if way == "closed" or (way == "proxy" and not proxy):
        return [{"Status": 0, "Reason": "ConnectFailure"}]
    if way not in ("open", "proxy"):
        return [{"Status": 0, "Reason": way}]
    known = str(parameters["Uri"]).split("/")[2] in _ENTRA
    return [{"Status": 200, "Reason": None} if known else {"Status": 0, "Reason": "NameResolutionFailure"}]


_COMMANDS: Final = {"Get-Command": _version, "Get-WinEvent": _events, "Invoke-WebRequest": _web}
