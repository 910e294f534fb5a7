# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parameter binder: what the real shell refuses for a cmdlet of this Exchange version and this user, we refuse."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

_DATA: dict[str, Any] = json.loads(Path(__file__).with_name("data").joinpath("cmdlets.json").read_text(encoding="utf-8"))
_BY_NAME = {name.casefold(): name for name in _DATA}
# Rights the lab knows: view may read, full may change, none has no role. Roles hide cmdlets, not only refuse them.
READING = ("get-", "test-")


class ShellError(Exception):
    """An error record, as the remote shell sends it."""

    def __init__(self, error_id: str, category: str, reason: str, message: str, target: str = "") -> None:
        super().__init__(message)
        self.record = {"id": error_id, "category": category, "reason": reason, "target": target, "message": message}


def bind(name: str, given: Mapping[str, Any], product: str, rights: str) -> tuple[str, dict[str, Any]]:
    """The cmdlet's own name and its parameters by their full names; ShellError as the engine words it."""
    full = _BY_NAME.get(name.casefold(), "")
    known = _DATA.get(full)
    if known is None or product not in known["in"] or (rights == "view" and not full.casefold().startswith(READING)):
        text = (
            f"The term '{name}' is not recognized as the name of a cmdlet, function, script file, or operable program. "
            "Check the spelling of the name, or if a path was included, verify that the path is correct and try again."
        )
        raise ShellError("CommandNotFoundException", "ObjectNotFound", "CommandNotFoundException", text, name)
    parameters = {key: value for key, value in known["parameters"].items() if product in value["in"]}
    bound = {}
    for key, value in given.items():
        own = _parameter(key, parameters)
        bound[own] = _converted(own, value, parameters[own]["type"])
    _one_set(known["sets"], parameters, bound)
    return full, bound


def _parameter(key: str, parameters: Mapping[str, Any]) -> str:
    exact = [own for own in parameters if own.casefold() == key.casefold() or key.casefold() in parameters[own]["aliases"]]
    matches = exact or [own for own in parameters if own.casefold().startswith(key.casefold())]
    if not matches:
        text = f"A parameter cannot be found that matches parameter name '{key}'."
        raise ShellError("NamedParameterNotFound", "InvalidArgument", "ParameterBindingException", text)
    if len(matches) > 1:
        names = " ".join(f"-{own}" for own in sorted(matches))
        text = f"Parameter cannot be processed because the parameter name '{key}' is ambiguous. Possible matches include: {names}."
        raise ShellError("AmbiguousParameter", "InvalidArgument", "ParameterBindingException", text)
    return matches[0]


def _converted(name: str, value: Any, kind: str) -> Any:
    if kind in ("Boolean", "SwitchParameter") and not isinstance(value, bool):
        raise _conversion(name, value, "System.Boolean" if kind == "Boolean" else "System.Management.Automation.SwitchParameter")
    if kind in ("MultiValuedProperty", "String[]"):
        return [] if value is None else [str(item) for item in value] if isinstance(value, list) else [str(value)]
    if isinstance(value, (list, dict)) or (kind == "Fqdn" and not value):
        raise _conversion(name, value, f"Microsoft.Exchange.{kind}")
    return value


def _conversion(name: str, value: Any, kind: str) -> ShellError:
    own = {str: "System.String", list: "System.Object[]", bool: "System.Boolean", int: "System.Int32"}.get(type(value), "System.Object")
    text = f'Cannot process argument transformation on parameter \'{name}\'. Cannot convert value "{own}" to type "{kind}".'
    return ShellError("ParameterArgumentTransformationError", "InvalidData", "ParameterBindingArgumentTransformationException", text)


def _one_set(sets: Iterable[str], parameters: Mapping[str, Any], bound: Mapping[str, Any]) -> None:
    possible = [name for name in sets if all(name in parameters[key]["sets"] for key in bound)]
    whole = [
        name for name in possible
        if all(key in bound for key, value in parameters.items() if name in value["required"])
    ]  # fmt: skip
    if not possible or not whole:
        text = "Parameter set cannot be resolved using the specified named parameters."
        raise ShellError("AmbiguousParameterSet", "InvalidArgument", "ParameterBindingException", text)
