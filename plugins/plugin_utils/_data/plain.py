# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Values of Ansible as values of Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.settings.shapes import parts_of


def plain(value: Any) -> Any:
    """Built-in types all the way down: ansible-core's tagged ones break jmespath, pypsrp and json."""
    if isinstance(value, Mapping):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    # An int is no bool and str(value) of a tagged string is a plain one.
    if isinstance(value, bool):
        return bool(value)
    for kind in (int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value


def with_lists(spec: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The options, with each text that stands for a list of text as that list: Ansible itself leaves the blank behind a
    comma in the element after it."""
    return {name: _with_list(spec.get(name, {}), value) for name, value in given.items()}


def _with_list(option: Mapping[str, Any], value: Any) -> Any:
    if isinstance(value, Mapping) and "options" in option:
        return with_lists(option["options"], value)
    if option.get("type") != "list":
        return value
    if isinstance(value, str):
        # A question of a controller that nobody answered is an empty text.
        return parts_of(value) if option.get("elements") == "str" or not value.strip() else value
    items = value if isinstance(value, (list, tuple)) and "options" in option else []
    return [_with_list({"options": option["options"]}, item) for item in items] or value
