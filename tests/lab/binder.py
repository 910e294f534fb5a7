# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parameter binder: what the real shell refuses for a cmdlet of this Exchange version and this user, we refuse."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

_DATA: dict[str, Any] = json.loads(
    Path(__file__).with_name("data").joinpath("cmdlets.json").read_text(encoding="utf-8")
)
_BY_NAME = {name.casefold(): name for name in _DATA}
# Rights the lab knows: view may read, full may change, none has no role. Roles hide cmdlets, not only refuse them.
READING = ("get-", "test-")


class ShellError(Exception):
    """An error record, as the remote shell sends it."""

    def __init__(self, error_id: str, category: str, reason: str, message: str, target: str = "") -> None:
        super().__init__(message)
        self.record = {"id": error_id, "category": category, "reason": reason, "target": target, "message": message}


# What every function with [CmdletBinding()] has besides its own.
_COMMON: Final = [
    "Debug", "ErrorAction", "ErrorVariable", "InformationAction", "InformationVariable", "OutBuffer", "OutVariable",
    "PipelineVariable", "Verbose",
    "WarningAction", "WarningVariable",
]  # fmt: skip
_PREFERENCES = {"silentlycontinue", "stop", "continue", "inquire", "ignore", "suspend", "break"}
_LISTS = ("MultiValuedProperty", "String[]", "ProxyAddressCollection")


def bind(name: str, given: Mapping[str, Any], product: str, rights: str) -> tuple[str, dict[str, Any]]:
    """The cmdlet's own name and its parameters by their full names; ShellError as the engine words it."""
    full = _BY_NAME.get(name.casefold(), "")
    known = _DATA.get(full)
    if known is None or not is_seen(full, product, rights):
        text = (
            f"The term '{name}' is not recognized as the name of a cmdlet, function, script file, or operable program. "
            "Check the spelling of the name, or if a path was included, verify that the path is correct and try again."
        )
        raise ShellError("CommandNotFoundException", "ObjectNotFound", "CommandNotFoundException", text, name)
    parameters = parameters_seen(full, product, rights)
    bound = {}
    try:
        for key, value in given.items():
            own = _parameter(key, parameters)
            if own in parameters:
                bound[own] = _converted(own, value, parameters[own])
            else:
                _common(own, value)
        _one_set(known["sets"], parameters, bound)
    except ShellError as exc:
        # The engine adds whose error it is; a command that is not there has no name to add.
        exc.record["id"] += f",{full}"
        raise
    return full, bound


def is_seen(full: str, product: str, rights: str) -> bool:
    """Whether a shell of this Exchange version has the cmdlet for an account with these rights.

    "without A, B C" are those of a role of somebody's own: all but the cmdlet A and the parameter C of B.
    """
    if product not in _DATA[full]["in"] or (rights == "view" and not full.casefold().startswith(READING)):
        return False
    return full not in _hidden(rights)


def parameters_seen(full: str, product: str, rights: str) -> dict[str, Any]:
    hidden = _hidden(rights)
    own = _DATA[full]["parameters"].items()
    return {key: value for key, value in own if product in value["in"] and f"{full} {key}" not in hidden}


def _hidden(rights: str) -> set[str]:
    return (
        {item.strip() for item in rights.removeprefix("without ").split(",")}
        if rights.startswith("without ")
        else set()
    )


def commands(given: Mapping[str, Any], product: str, rights: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What Get-Command shows in Exchange's shell: the cmdlets that the account sees, each with its parameters, and an
    error record for each name that it does not see."""
    names = given.get("Name") or []
    found, errors = [], []
    for name in [names] if isinstance(names, str) else names:
        full = _BY_NAME.get(str(name).casefold())
        if full and is_seen(full, product, rights):
            found.append(
                {"Name": full, "Parameters": dict.fromkeys([*parameters_seen(full, product, rights), *_COMMON])}
            )
            continue
        text = (
            f"The term '{name}' is not recognized as a name of a cmdlet, function, script file, or executable program."
        )
        record = ShellError("CommandNotFoundException", "ObjectNotFound", "CommandNotFoundException", text, str(name))
        record.record["id"] += ",Microsoft.PowerShell.Commands.GetCommandCommand"
        errors.append(record.record)
    return found, errors


def default_set(sets: Sequence[str], parameters: Mapping[str, Any]) -> str:
    """The largest set, Identity among equals: no page names the default, and no other choice binds what the pages
    show."""
    sizes = {name: sum(name in value["sets"] for value in parameters.values()) for name in sets}
    return max(sets, key=lambda name: (sizes[name], name == "Identity"))


def _parameter(key: str, parameters: Mapping[str, Any]) -> str:
    folded = key.casefold()
    exact = [own for own in parameters if own.casefold() == folded or folded in parameters[own]["aliases"]]
    # A cmdlet's own parameters come before the common ones.
    own = exact or [own for own in parameters if own.casefold().startswith(folded)]
    matches = (
        own
        or [own for own in _COMMON if own.casefold() == folded]
        or [own for own in _COMMON if own.casefold().startswith(folded)]
    )
    if not matches:
        text = f"A parameter cannot be found that matches parameter name '{key}'."
        raise ShellError("NamedParameterNotFound", "InvalidArgument", "ParameterBindingException", text)
    if len(matches) > 1:
        names = " ".join(f"-{own}" for own in sorted(matches))
        text = (
            f"Parameter cannot be processed because the parameter name '{key}' is ambiguous. Possible matches "
            f"include: {names}."
        )
        raise ShellError("AmbiguousParameter", "InvalidArgument", "ParameterBindingException", text)
    return matches[0]


def _common(name: str, value: Any) -> None:
    if name.endswith("Action") and str(value).casefold() not in _PREFERENCES:
        text = (
            f"Cannot bind parameter '{name}'. Cannot convert value \"{value}\" to type "
            f'"System.Management.Automation.ActionPreference".'
        )
        raise ShellError("CannotConvertArgumentNoMessage", "InvalidArgument", "ParameterBindingException", text)


def _converted(name: str, value: Any, parameter: Mapping[str, Any]) -> Any:
    kind, mandatory = parameter["type"], bool(parameter["required"])
    value = _CONVERT.get(kind, _text)(name, value, kind)
    if mandatory and (value is None or (value == "" and not kind.endswith("IdParameter"))):
        what = ("null", "Null") if value is None else ("an empty string", "EmptyString")
        text = f"Cannot bind argument to parameter '{name}' because it is {what[0]}."
        raise ShellError(
            f"ParameterArgumentValidationError{what[1]}NotAllowed",
            "InvalidData",
            "ParameterBindingValidationException",
            text,
        )
    return value


def _flag(name: str, value: Any, kind: str) -> bool:
    # Numbers are Booleans to PowerShell, text and null are not.
    if not isinstance(value, (bool, int)):
        raise _conversion(name, value, "System.Boolean")
    return bool(value)


def _switch(name: str, value: Any, kind: str) -> bool:
    if value is not None and not isinstance(value, bool):
        raise _conversion(name, value, "System.Management.Automation.SwitchParameter")
    return bool(value)


def _list(name: str, value: Any, kind: str) -> list[str] | None:
    return None if value is None else [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _number(name: str, value: Any, kind: str) -> int:
    try:
        return int(value or 0)
    except (TypeError, ValueError):
        raise _conversion(name, value, f"System.{kind}") from None


def _text(name: str, value: Any, kind: str) -> Any:
    identity = kind == "Fqdn" or kind.endswith("IdParameter")
    if isinstance(value, (list, dict)) or (identity and isinstance(value, bool)) or (kind == "Fqdn" and value == ""):
        raise _conversion(name, value, f"Microsoft.Exchange.{kind}")
    return "" if value is None and kind == "String" else value


_CONVERT: Mapping[str, Callable[[str, Any, str], Any]] = {
    "Boolean": _flag,
    "SwitchParameter": _switch,
    "Int32": _number,
    "UInt32": _number,
    **dict.fromkeys(_LISTS, _list),
}


def _conversion(name: str, value: Any, kind: str) -> ShellError:
    own = {str: "System.String", list: "System.Collections.ArrayList", bool: "System.Boolean", int: "System.Int32"}.get(
        type(value), ""
    )
    text = (
        f"Cannot process argument transformation on parameter '{name}'. Cannot convert value \"{own}\" to type "
        f'"{kind}".'
    )
    return ShellError(
        "ParameterArgumentTransformationError", "InvalidData", "ParameterBindingArgumentTransformationException", text
    )


def _one_set(sets: Sequence[str], parameters: Mapping[str, Any], bound: Mapping[str, Any]) -> None:
    if not sets:
        return
    possible = [name for name in sets if all(name in parameters[key]["sets"] for key in bound)]
    missing = {
        name: [key for key, value in parameters.items() if name in value["required"] and key not in bound]
        for name in possible
    }
    whole = [name for name in possible if not missing[name]]
    default = default_set(sets, parameters)
    if not possible or (len(whole) != 1 and default not in possible):
        text = "Parameter set cannot be resolved using the specified named parameters."
        raise ShellError("AmbiguousParameterSet", "InvalidArgument", "ParameterBindingException", text)
    if not whole:
        text = (
            f"Cannot process command because of one or more missing mandatory parameters: {' '.join(missing[default])}."
        )
        raise ShellError("MissingMandatoryParameter", "InvalidArgument", "ParameterBindingException", text)


def listed(name: str, bound: Mapping[str, Any]) -> dict[str, Any]:
    """Bound parameters as the organization reads them: a null for a list empties it."""
    kinds = _DATA[name]["parameters"]
    return {
        key: [] if value is None and kinds.get(key, {}).get("type") in _LISTS else value for key, value in bound.items()
    }


def accept(name: str, given: Mapping[str, Any], product: str, rights: str) -> tuple[str, dict[str, Any]]:
    """A binder for what the real engine has bound already."""
    return name, dict(given)
