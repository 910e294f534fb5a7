# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The virtual directories of Outlook on the web and of the admin center: their methods hang together.

Sources: the reference pages of Set-OwaVirtualDirectory and Set-EcpVirtualDirectory (what Forms does to the others, the
order of the two with AD FS), the article (the order of the other methods and of OAuth; the texts are assumed), and a
public record of a real organization (``External`` stays ``{Fba}``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from .binder import ShellError
from .directory import UNCHANGED, Object, one
from .exchange_objects import guid_of, url_of
from .virtual_directories import WITHOUT_IIS, VirtualDirectories

# kind -> (noun, name)
WEB: Final[Mapping[str, tuple[str, str]]] = {
    "owa": ("OwaVirtualDirectory", "owa"),
    "ecp": ("EcpVirtualDirectory", "ecp"),
}
_NOUNS: Final = {noun.casefold(): kind for kind, (noun, _name) in WEB.items()}
_OTHER: Final = {"owa": "ecp", "ecp": "owa"}
# How a scenario calls it -> property, what it is where the scenario says nothing, how the list in the directory has it.
_FLAGS: Final[Mapping[str, tuple[str, bool, str]]] = {
    "basic": ("BasicAuthentication", True, "Basic"),
    "forms": ("FormsAuthentication", True, "Fba"),
    "adfs": ("AdfsAuthentication", False, "Adfs"),
    "digest": ("DigestAuthentication", False, "Digest"),
    "windows": ("WindowsAuthentication", False, "WindowsIntegrated"),
    "oauth": ("OAuthAuthentication", False, "OAuth"),
}
FLAGS: Final = tuple(name for name, _default, _listed in _FLAGS.values())
# Off on OWA first, on on ECP first: documented for AD FS, an error of the article for the others.
_ORDERED: Final = ("AdfsAuthentication", "FormsAuthentication", "OAuthAuthentication")


def web_kind_of(noun: str) -> str | None:
    """owa of OwaVirtualDirectory; None of any other noun."""
    return _NOUNS.get(noun.casefold())


def listed(flags: Mapping[str, Any]) -> list[str]:
    """The methods as the directory lists them."""
    return [method for name, _default, method in _FLAGS.values() if flags[name]]


def coupled(flags: Mapping[str, Any], asked: Mapping[str, bool]) -> dict[str, Any]:
    """What a Set makes of the methods: Forms needs Basic, and switches Digest and Windows off."""
    new = {**flags, **asked}
    if asked.get("FormsAuthentication"):
        new.update(BasicAuthentication=True, DigestAuthentication=False, WindowsAuthentication=False)
    return new


class WebDirectories(VirtualDirectories):
    """Get and Set of OWA and ECP; ``stuck`` are those that act as if OAuth was never set, until they are cured."""

    def add(self, organization: Mapping[str, Any]) -> None:
        """The two of every server but Edge, as the scenario describes them."""
        self.stuck: set[tuple[str, str]] = set()
        for server in organization["servers"]:
            self.add_server(str(organization["name"]), server)

    def add_server(self, organization: str, server: Mapping[str, Any]) -> None:
        """The two of one server."""
        if server.get("role") == "Edge":
            return
        self.stuck |= {(str(server["name"]).casefold(), kind) for kind in server.get("web", {}).get("stuck", [])}
        for kind, (_noun, name) in WEB.items():
            self._add(organization, server, kind, f"{name} (Default Web Site)")

    def _add(self, organization: str, server: Mapping[str, Any], kind: str, full: str) -> None:
        own = server.get("directories", {}).get(kind, {})
        guid = guid_of(organization, server["name"], kind)
        flags = {name: bool(own.get(key, default)) for key, (name, default, _listed) in _FLAGS.items()}
        if own.get("oauth"):
            # Switched over as the article has it, where the scenario says nothing else.
            flags.update({name: bool(own.get(key)) for key, (name, _default, _listed) in _FLAGS.items()})
        path = f"C:\\Exchange\\FrontEnd\\HttpProxy\\{kind}"
        self.iis[guid] = {"Path": path, "LogonFormat": "FullDomain", "DefaultDomain": "", **flags}
        self._directory.add(
            {
                "class": f"vdir:{kind}", "Name": full, "Guid": guid, "Identity": f"{server['name'].upper()}\\{full}",
                "Server": server["name"],
                "InternalUrl": url_of(own.get("internal", server.get("internal")), kind),
                "ExternalUrl": url_of(own.get("external", server.get("external")), kind),
                "InternalAuthenticationMethods": listed(flags), "ExternalAuthenticationMethods": ["Fba"],
            }
        )  # fmt: skip

    def _shown(self, item: Object, given: Mapping[str, Any]) -> Object:
        shown = {key: value for key, value in item.items() if key != "class"}
        if given.get("ADPropertiesOnly"):
            # Wrong, not absent: recorded output has each method as false there.
            return {**shown, **dict.fromkeys(FLAGS, False), **WITHOUT_IIS, "LogonFormat": "FullDomain"}
        self._reach_iis(item["Server"])
        return {**shown, **self.iis.get(item["Guid"], {})}

    def set(self, controller: str, kind: str, given: Mapping[str, Any]) -> list[str]:
        item = one(self._directory.select(controller, f"vdir:{kind}"), given.get("Identity"), controller)
        self._reach_iis(item["Server"])
        iis = self.iis[item["Guid"]]
        asked = {name: given[name] for name in FLAGS if name in given}
        _refuse_together(item, asked)
        self._refuse_order(controller, kind, item, {key: value for key, value in asked.items() if iis[key] != value})
        new = coupled(iis, asked)
        kept = ("InternalUrl", "ExternalUrl", "ExternalAuthenticationMethods")
        changes = {name: given[name] for name in kept if name in given and given[name] != item[name]}
        if new == iis and not changes:
            return [UNCHANGED.format(item["Identity"])]
        self.iis[item["Guid"]] = new
        self._directory.write(controller, item["Guid"], {**changes, "InternalAuthenticationMethods": listed(new)})
        return []

    def _refuse_order(self, controller: str, kind: str, item: Object, changing: Mapping[str, bool]) -> None:
        partner = self.of_server(controller, str(item["Server"]), _OTHER[kind])
        for name in _ORDERED:
            if kind == "ecp" and changing.get(name) is False and partner.get(name):
                raise _refused(item, f"{name} has to be disabled on the owa virtual directory of this server first.")
            if kind == "owa" and changing.get(name) is True and not partner.get(name, True):
                raise _refused(item, f"{name} has to be enabled on the ecp virtual directory of this server first.")

    def of_server(self, controller: str, server: str, kind: str) -> Object:
        """A server's directory with what its IIS has; nothing where there is none."""
        found = self._directory.select(controller, f"vdir:{kind}", server)
        own = [item for item in found if item["Guid"] in self.iis]
        return {**own[0], **self.iis[own[0]["Guid"]]} if own else {}

    def restarted(self, controller: str, server: str) -> None:
        """IIS was restarted: what was stuck is cured where OAuth is off on both (public report)."""
        if not any(self.of_server(controller, server, kind).get("OAuthAuthentication") for kind in WEB):
            self.stuck -= {(server.casefold(), kind) for kind in WEB}

    def shown_of(self, objects: Sequence[Object]) -> list[Object]:
        """Objects of the directory with what IIS has of them, for tests and people."""
        return [{**item, **self.iis.get(item["Guid"], {})} for item in objects]


def _refuse_together(item: Object, asked: Mapping[str, bool]) -> None:
    if asked.get("FormsAuthentication") is False and asked.get("BasicAuthentication") is True:
        raise _refused(item, "Forms authentication can't be disabled and Basic authentication enabled in one command.")


def _refused(item: Object, text: str) -> ShellError:
    identity = str(item["Identity"])
    return ShellError("[FailureCategory=Cmdlet-TaskException]", "InvalidArgument", "TaskException", text, identity)
