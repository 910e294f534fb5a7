# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The specifications of the modules of authentication policies; part of ``_argspec``."""

from __future__ import annotations

from typing import Any, Final

from ._hma.policies.names import OPTIONS
from ._hma.policies.names import PROTOCOLS as MEASURED
from ._options import DICT, DICTS, EXCHANGE, NAMES, ONE_WAY_IN, RECORD, SIGN_IN, TEXT

POLICY_SPECS: Final[dict[str, dict[str, Any]]] = {
    "hma_auth_policy": {
        "argument_spec": {
            "name": {"type": "str", "required": True},
            "block_legacy": {"type": "dict", "options": {option: {"type": "bool"} for option in OPTIONS}},
            "default": {"type": "bool"},
            **EXCHANGE,
            **RECORD,
        },
    },
    "hma_user_policy": {
        "argument_spec": {
            "people": {"type": "list", "elements": "str", "required": True},
            "policy": {"type": "str", "default": ""},
            "replaces": {"type": "list", "elements": "str"},
            "batch": {"type": "int", "default": 250},
            **EXCHANGE,
            **RECORD,
        },
    },
    "hma_policy_wave": {
        "argument_spec": {
            "wave": {"type": "str", "required": True},
            "policy": {"type": "str", "default": "HMA only"},
            "exceptions_policy": {"type": "str", "default": "HMA exceptions"},
            "protocols": {
                "type": "list",
                "elements": "str",
                "choices": list(MEASURED),
                "default": ["mapi", "ews", "autodiscover", "oab"],
            },
            **dict.fromkeys(("people", "groups", "replace_policies", "servers_excluded"), NAMES),
            "exceptions": {**DICTS, "options": {"name": TEXT, "reason": TEXT}},
            "sign_ins": {"type": "list", "elements": "path", "required": True},
            "days": {"type": "int", "default": 14},
            "domains": DICT,
            "tenants": {**DICTS, "options": SIGN_IN, **ONE_WAY_IN},
            **EXCHANGE,
        },
    },
}
