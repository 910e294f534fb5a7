# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exchange's cmdlets as PowerShell functions, written from the reference pages: parameters, types, sets, versions,
rights.

Exchange's own endpoint has functions too: one proxy per cmdlet that the account's roles allow, with the allowed
parameters. Here each hands its bound parameters to the lab (``session.ps1``), which answers for the organization.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..binder import default_set

_DATA: dict[str, Any] = json.loads(
    Path(__file__).parents[1].joinpath("data", "cmdlets.json").read_text(encoding="utf-8")
)
# Types of the reference pages that .NET has; identities become classes of their own; the rest takes text.
_TYPES = {
    "Boolean": "bool", "SwitchParameter": "switch", "String": "string", "String[]": "string[]",
    "MultiValuedProperty": "ExchangeList",
    "ProxyAddressCollection": "ExchangeList", "Uri": "uri", "Int32": "int", "UInt32": "uint32", "DateTime": "datetime",
    "Version": "version",
    "PSCredential": "pscredential", "NetworkCredential": "pscredential", "Fqdn": "Fqdn",
}  # fmt: skip
# What [CmdletBinding(SupportsShouldProcess)] adds by itself.
_OWN = {"Confirm", "WhatIf"}
_READING = ("Get-", "Test-")


def module(product: str, rights: str) -> str:
    """The functions that a shell of this Exchange version and these rights has."""
    shown = {
        name: known
        for name, known in _DATA.items()
        if product in known["in"] and (rights == "full" or name.startswith(_READING))
    }
    return "\n".join([_classes(shown), *(_function(name, known, product) for name, known in shown.items())]) + "\n"


def names(product: str, rights: str) -> list[str]:
    return [
        name
        for name, known in _DATA.items()
        if product in known["in"] and (rights == "full" or name.startswith(_READING))
    ]


def _classes(shown: dict[str, Any]) -> str:
    kinds = sorted(
        {
            value["type"]
            for known in shown.values()
            for value in known["parameters"].values()
            if _is_identity(value["type"])
        }
    )
    return "\n".join(f"class {kind} : ExchangeText {{ {kind}([string] $text) : base($text) {{ }} }}" for kind in kinds)


def _is_identity(kind: str) -> bool:
    return kind.endswith("IdParameter")


def _function(name: str, known: dict[str, Any], product: str) -> str:
    parameters = {key: value for key, value in known["parameters"].items() if product in value["in"]}
    words = ["SupportsShouldProcess"] if _OWN & set(parameters) else []
    words += [f"DefaultParameterSetName = '{default_set(known['sets'], parameters)}'"] if len(known["sets"]) > 1 else []
    binding = ", ".join(words)
    lines = [_parameter(key, value, known["sets"]) for key, value in parameters.items() if key not in _OWN]
    body = ",\n        ".join(lines)
    return (
        f"function global:{name} {{\n    [CmdletBinding({binding})]\n    param(\n        {body}\n    )\n    "
        f"Invoke-Lab $PSCmdlet $PSBoundParameters\n}}"
    )


def _parameter(name: str, value: dict[str, Any], sets: list[str]) -> str:
    kind = _TYPES.get(value["type"]) or (
        value["type"] if _is_identity(value["type"]) else "string[]" if value["type"].endswith("[]") else "string"
    )
    attributes = []
    for own in value["sets"]:
        words = [f"ParameterSetName = '{own}'"] if len(sets) > 1 else []
        words += ["Mandatory"] if own in value["required"] else []
        attributes.append(f"[Parameter({', '.join(words)})]")
    aliases = " [Alias('" + "', '".join(value["aliases"]) + "')]" if value["aliases"] else ""
    return f"{' '.join(attributes)}{aliases} [{kind}] ${name}"
