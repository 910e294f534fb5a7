# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Setting overrides: kept in the directory, in effect on a server once it was refreshed there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from .binder import ShellError
from .directory import Object, one
from .exchange_objects import guid_of

_PARAMETER: Final = re.compile(r"^\w+=.*$")
_REFRESH: Final = ("Microsoft.Exchange.Directory.TopologyService", "VariantConfiguration", "Refresh")
Answer = tuple[list[Object], list[str]]


class Overrides:
    """Get, New and Remove, and the refresh of one server."""

    spec: Mapping[str, Any]

    def begin_overrides(self) -> None:
        """As the scenario has them; the servers have seen these."""
        self.overrides: list[Object] = [
            _override(item["name"], item["component"], item["section"], item["parameters"], "")
            for item in self.spec.get("overrides", [])
        ]
        names = [str(item["Name"]) for item in self.overrides]
        self.refreshed = {str(server["name"]): list(names) for server in self.spec["servers"]}

    def _get_settingoverride(self, controller: str, given: Mapping[str, Any]) -> Answer:
        found = [{**item, "OriginatingServer": controller} for item in self.overrides]
        return ([one(found, given["Identity"], controller)] if given.get("Identity") else found), []

    def _new_settingoverride(self, controller: str, given: Mapping[str, Any]) -> Answer:
        name, parameters = str(given["Name"]), list(given["Parameters"])
        if any(str(item["Name"]).casefold() == name.casefold() for item in self.overrides):
            raise _refused(f"A setting override with the name '{name}' already exists.", name)
        wrong = [text for text in parameters if not _PARAMETER.match(text)]
        if wrong:
            raise _refused(f"The parameter '{wrong[0]}' isn't in the format 'name=value'.", name)
        made = _override(name, given["Component"], given["Section"], parameters, given["Reason"])
        self.overrides.append(made)
        return [{**made, "OriginatingServer": controller}], []

    def _remove_settingoverride(self, controller: str, given: Mapping[str, Any]) -> Answer:
        found = one(self.overrides, given.get("Identity"), controller)
        self.overrides = [item for item in self.overrides if item["Name"] != found["Name"]]
        return [], []

    def _get_exchangediagnosticinfo(self, controller: str, given: Mapping[str, Any]) -> Answer:
        asked = tuple(str(given.get(key, "")).casefold() for key in ("Process", "Component", "Argument"))
        server = str(given["Server"]).partition(".")[0]
        if asked == tuple(word.casefold() for word in _REFRESH):
            own = next((name for name in self.refreshed if name.casefold() == server.casefold()), server)
            self.refreshed[own] = [str(item["Name"]) for item in self.overrides]
        return [{"Identity": server, "Result": "<Diagnostics><Components/></Diagnostics>"}], []


def _override(name: Any, component: Any, section: Any, parameters: Any, reason: Any) -> Object:
    return {
        "Name": name, "Identity": name, "Guid": guid_of("override", str(name)),
        "ComponentName": component, "SectionName": section, "Parameters": list(parameters), "Reason": reason,
        "Server": None,
    }  # fmt: skip


def _refused(text: str, name: str) -> ShellError:
    error_id = "[FailureCategory=Cmdlet-SettingOverrideException]"
    return ShellError(error_id, "InvalidArgument", "SettingOverrideException", text, name)
