# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The specifications of the modules that record what a real organization answers; part of ``_argspec``."""

from __future__ import annotations

from typing import Any, Final

from ._hma.recording.trials import TRIED_KINDS
from ._options import (
    EXCHANGE,
    NAMES,
    PLACE,
    RECORD,
    TENANT,
)

RECORDING_SPECS: Final[dict[str, dict[str, Any]]] = {
    "hma_recording_info": {
        "argument_spec": {
            "scope": {"type": "str", "choices": ["server", "tenant"], "required": True},
            "server": {"type": "str"},
            "organization": {"type": "bool", "default": False},
            "place": {"type": "dict", "options": PLACE},
            "timeout": {"type": "int", "default": 10},
            "tenant": TENANT["tenant"],
            **EXCHANGE,
        },
        "required_if": [["scope", "tenant", ["tenant"]]],
    },
    "hma_recording": {
        "argument_spec": {
            **dict.fromkeys(("servers", "tenants"), NAMES),
            "dir": {"type": "path", "default": "hma_recordings"},
        },
    },
    "hma_try_writes": {
        "argument_spec": {
            "server": {"type": "str"},
            "kind": {"type": "str", "choices": list(TRIED_KINDS), "required": True},
            "out_of_use": {"type": "bool", "default": False},
            **EXCHANGE,
            **RECORD,
        },
    },
}
