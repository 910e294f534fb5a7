# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual directories: a part of each is in Active Directory, a part in the IIS of its server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

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
LISTS = ("InternalAuthenticationMethods", "ExternalAuthenticationMethods")
URLS = ("InternalUrl", "ExternalUrl")
_NOUNS = {noun.casefold(): kind for kind, (noun, _name, _how) in KINDS.items()}


def kind_of(noun: str) -> str | None:
    """mapi of MapiVirtualDirectory; None of what is no virtual directory."""
    return _NOUNS.get(noun.casefold())


# What any directory shows of IIS without asking it (recorded for OWA in CSS-Exchange).
WITHOUT_IIS: Final = {"Path": "", "ExtendedProtectionTokenChecking": "None"}


class VirtualDirectories:
    """Get and Set of them. ``iis`` is what the servers' own IIS keeps, by the directory's GUID."""

    def __init__(
        self,
        directory: Directory,
        servers: Mapping[str, Mapping[str, Any]],
        fqdn: Callable[[str], str],
        server_name: Callable[[str], str],
        position: Callable[[str], str],
    ) -> None:
        self._directory, self._servers, self._position = directory, servers, position
        self._fqdn, self._server_name = fqdn, server_name
        self.iis: dict[str, dict[str, Any]] = {}

    def get(self, controller: str, kind: str, given: Mapping[str, Any]) -> list[Object]:
        """The directories that a Get shows."""
        return [self._shown(item, given) for item in self._selected(controller, kind, given)]

    def _selected(self, controller: str, kind: str, given: Mapping[str, Any]) -> list[Object]:
        if "Server" in given:
            return self._directory.select(controller, f"vdir:{kind}", self._server_name(given["Server"]))
        found = self._directory.select(controller, f"vdir:{kind}")
        if given.get("Identity"):
            found = [one(found, given["Identity"], controller)]
        # A null or empty identity returns every object, as the reference pages warn.
        return found

    def _shown(self, item: Object, given: Mapping[str, Any]) -> Object:
        kind = item["class"].split(":")[1]
        how = KINDS[kind][2]
        shown = {key: value for key, value in item.items() if key != "class"}
        if given.get("ADPropertiesOnly"):
            # Wrong, not absent: without IIS a Boolean reads as false (recorded for OWA), a list as empty; or null.
            null = self._position("ad_only") == "nothing"
            wrong: dict[str, Object] = {
                "flag": {"OAuthAuthentication": None if null else False},
                "list": {"IISAuthenticationMethods": None if null else []},
            }
            shown.update(wrong.get(how, {}))
            return {**shown, **WITHOUT_IIS}
        self._reach_iis(item["Server"])
        return {**shown, **self.iis.get(item["Guid"], {})}

    def set(self, controller: str, kind: str, given: Mapping[str, Any]) -> list[str]:
        item = one(self._directory.select(controller, f"vdir:{kind}"), given.get("Identity"), controller)
        self._reach_iis(item["Server"])
        iis = self.iis[item["Guid"]]
        new, kept = self._in_iis(kind, iis, given), self._in_directory(kind, item, given)
        if new == iis and all(item[key] == value for key, value in kept.items()):
            return [UNCHANGED.format(item["Identity"])]
        self.iis[item["Guid"]] = new
        self._directory.write(controller, item["Guid"], kept)
        return []

    def _in_iis(self, kind: str, iis: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        """What the server's IIS keeps after a Set. The list is replaced, never merged (xExchange integration test)."""
        names = {"list": ("IISAuthenticationMethods",), "flag": ("OAuthAuthentication",)}.get(KINDS[kind][2], ())
        return {**iis, **{name: given[name] for name in names if name in given}}

    def _in_directory(self, kind: str, item: Object, given: Mapping[str, Any]) -> dict[str, Any]:
        """What Active Directory keeps after a Set: its lists, as far as it touches them, and its URLs."""
        how = KINDS[kind][2]
        kept: dict[str, Any] = {key: list(item[key]) for key in LISTS}
        if how == "list" and "IISAuthenticationMethods" in given:
            kept.update({key: list(given["IISAuthenticationMethods"]) for key in self._touched("mapi_touches")})
            kept.update(self._urls_beside_methods(item))
        if how == "flag" and "OAuthAuthentication" in given:
            kept.update(
                {key: with_oauth(kept[key], given["OAuthAuthentication"]) for key in self._touched("oauth_touches")}
            )
        if how == "none":
            kept.update({key: list(given[key]) for key in LISTS if key in given})
        return {**kept, **{key: given[key] for key in URLS if key in given}}

    def _touched(self, switch: str) -> tuple[str, ...]:
        return {"both": LISTS, "internal": LISTS[:1]}.get(self._position(switch), ())

    def _urls_beside_methods(self, item: Object) -> dict[str, Any]:
        position = self._position("mapi_urls")
        if position == "kept":
            return {}
        own = f"https://{self._fqdn(item['Server'])}/mapi"
        return {key: own if position == "server" and item[key] else None for key in URLS}

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
