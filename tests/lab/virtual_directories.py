# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual directories: a part of each is in Active Directory, a part in the IIS of its server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .binder import ShellError
from .directory import UNCHANGED, Directory, Object, one

# kind -> (noun, name, how OAuth is kept in IIS)
KINDS = {
    "mapi": ("MapiVirtualDirectory", "mapi", "list"),
    "ews": ("WebServicesVirtualDirectory", "EWS", "flag"),
    "oab": ("OabVirtualDirectory", "OAB", "flag"),
    "autodiscover": ("AutodiscoverVirtualDirectory", "Autodiscover", "flag"),
    "activesync": ("ActiveSyncVirtualDirectory", "Microsoft-Server-ActiveSync", "none"),
}
_NOUNS = {noun.casefold(): kind for kind, (noun, _name, _how) in KINDS.items()}


def kind_of(noun: str) -> str | None:
    """mapi of MapiVirtualDirectory; None of what is no virtual directory."""
    return _NOUNS.get(noun.casefold())


class VirtualDirectories:
    """Get and Set of them. ``iis`` is what the servers' own IIS keeps, by the directory's GUID."""

    def __init__(
        self,
        directory: Directory,
        servers: Mapping[str, Mapping[str, Any]],
        fqdn: Callable[[str], str],
        server_name: Callable[[str], str],
    ) -> None:
        self._directory, self._servers = directory, servers
        self._fqdn, self._server_name = fqdn, server_name
        self.iis: dict[str, dict[str, Any]] = {}

    def get(self, controller: str, kind: str, given: Mapping[str, Any]) -> list[Object]:
        """The directories that a Get shows."""
        return [self._shown(item, given) for item in self._selected(controller, kind, given)]

    def _selected(self, controller: str, kind: str, given: Mapping[str, Any]) -> list[Object]:
        found = self._directory.select(controller, f"vdir:{kind}")
        if "Server" in given:
            found = [
                item
                for item in found
                if str(item["Server"]).casefold() == self._server_name(given["Server"]).casefold()
            ]
        elif given.get("Identity"):
            found = [one(found, given["Identity"], controller)]
        # A null or empty identity returns every object, as the reference pages warn.
        return found

    def _shown(self, item: Object, given: Mapping[str, Any]) -> Object:
        kind = item["class"].split(":")[1]
        how = KINDS[kind][2]
        shown = {key: value for key, value in item.items() if key != "class"}
        if given.get("ADPropertiesOnly"):
            # Wrong, not absent: Booleans read as false and lists as empty without IIS.
            wrong: dict[str, Object] = {
                "flag": {"OAuthAuthentication": False},
                "list": {"IISAuthenticationMethods": []},
            }
            shown.update(wrong.get(how, {}))
            return {**shown, "Path": ""}
        self._reach_iis(item["Server"])
        return {**shown, **self.iis.get(item["Guid"], {})}

    def set(self, controller: str, kind: str, given: Mapping[str, Any]) -> list[str]:
        item = one(self._directory.select(controller, f"vdir:{kind}"), given.get("Identity"), controller)
        self._reach_iis(item["Server"])
        iis, how = self.iis[item["Guid"]], KINDS[kind][2]
        new = dict(iis)
        lists = {key: list(item[key]) for key in ("InternalAuthenticationMethods", "ExternalAuthenticationMethods")}
        if how == "list" and "IISAuthenticationMethods" in given:
            # The list is replaced, never merged (xExchange integration test).
            new["IISAuthenticationMethods"] = list(given["IISAuthenticationMethods"])
            lists = {key: list(given["IISAuthenticationMethods"]) for key in lists}
        if how == "flag" and "OAuthAuthentication" in given:
            new["OAuthAuthentication"] = given["OAuthAuthentication"]
            lists = {key: with_oauth(value, given["OAuthAuthentication"]) for key, value in lists.items()}
        if how == "none":
            lists.update({key: list(given[key]) for key in lists if key in given})
        if new == iis and all(item[key] == value for key, value in lists.items()):
            return [UNCHANGED.format(item["Identity"])]
        self.iis[item["Guid"]] = new
        self._directory.write(controller, item["Guid"], lists)
        return []

    def _reach_iis(self, server: str) -> None:
        if self._servers.get(str(server).casefold(), {"power": "off"}).get("power") == "off":
            text = (
                f"The task wasn't able to connect to IIS on the server '{self._fqdn(server)}'. Make sure that "
                f"the server exists and can be reached."
            )
            raise ShellError(
                "[FailureCategory=Cmdlet-IISNotReachableException]",
                "ReadError",
                "IISNotReachableException",
                text,
                server,
            )


def with_oauth(methods: list[str], oauth: bool) -> list[str]:
    rest = [method for method in methods if method != "OAuth"]
    return [*rest, "OAuth"] if oauth else rest
