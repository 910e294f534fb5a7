# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to an organization over the years: a server joins or leaves it, an update is installed, the auth
certificate is rolled over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cryptography import x509

from .directory import Directory
from .exchange_objects import Objects
from .virtual_directories import KINDS
from .web_directories import WEB, WebDirectories

# Of a server that Exchange was taken from, the machine still runs. The code is Windows' own for a URL that nothing
# answers to; who is asked for it says the sentence (assumed).
NO_ENDPOINT = (
    "Connecting to remote server {} failed with the following error message : The WinRM client received an HTTP status "
    "code of 404 from the remote WS-Management service. For more information, see the about_Remote_Troubleshooting "
    "Help topic."
)


class Lifecycle:
    """Events of one organization; what they touch is the organization's own."""

    spec: Mapping[str, Any]
    servers: dict[str, dict[str, Any]]
    directory: Directory
    web_directories: WebDirectories
    certificate: x509.Certificate
    next_certificate: x509.Certificate
    _objects: Objects

    def begin_lifecycle(self) -> None:
        self.left: set[str] = set()

    def leave(self, name: str) -> None:
        """Setup took Exchange from a server: its objects are not in the directory any more."""
        self.left.add(name.casefold())
        for kind in (*KINDS, *WEB):
            for item in self.directory.select(self.directory.controllers[0], f"vdir:{kind}"):
                if item["Server"] == name:
                    self.directory.remove_object(item["Guid"])
        self.directory.remove("server", name)

    def join(self, name: str, values: Mapping[str, Any]) -> None:
        """Setup put Exchange on a server that the scenario names: its objects are as ``values`` say over the
        scenario."""
        spec = {**self.servers[name.casefold()], **values}
        self.servers[name.casefold()] = spec
        self.left.discard(name.casefold())
        self._objects.add_server(spec)
        self.web_directories.add_server(str(self.spec["name"]), spec)

    def install(self, name: str, version: str, file_version: str) -> None:
        """An update was installed: its version is another one. What else it sets back is written by itself."""
        self.servers[name.casefold()].update(version=version, file_version=file_version)
        (server,) = [item for item in self.directory.select(self.directory.controllers[0], "server")
                     if item["Name"] == name]  # fmt: skip
        self.directory.alter(server["Guid"], {"AdminDisplayVersion": version}, [])

    def roll(self) -> None:
        """The day of the next auth certificate: it is the one that Exchange signs with."""
        self.certificate = self.next_certificate
