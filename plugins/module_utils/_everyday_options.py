# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The specifications of the modules of the first day and of every day after it; part of ``_argspec``."""

from __future__ import annotations

from typing import Any, Final

from ._hma.settings.narrowing import PLAYBOOKS
from ._options import (
    DICT,
    EXCHANGE,
    FACTS,
    NAMES,
    TENANT,
    URLS,
)

EVERYDAY_SPECS: Final[dict[str, dict[str, Any]]] = {
    "hma_discover": {"argument_spec": {"dir": {"type": "path", "default": "fleet"}, **EXCHANGE}},
    "hma_access": {
        "argument_spec": {
            "scope": {"type": "str", "choices": ["server", "tenant", "names", "table"], "required": True},
            "server": {"type": "str"},
            "tenant": TENANT["tenant"],
            "client_urls": URLS,
            "connect_to": DICT,
            **dict.fromkeys(("servers", "tenants"), NAMES),
            "names": DICT,
            "settings": DICT,
            "playbooks": {
                "type": "list",
                "elements": "str",
                "choices": list(PLAYBOOKS),
                "default": list(PLAYBOOKS),
            },
            "dir": {"type": "path", "default": "hma_reports"},
            **EXCHANGE,
        },
        "required_if": [["scope", "tenant", ["tenant"]]],
    },
    "hma_sign_ins": {
        "argument_spec": {
            "scope": {"type": "str", "choices": ["server", "mailboxes", "files"], "required": True},
            "server": {"type": "str"},
            "days": {"type": "int", "default": 14},
            "time_limit": {"type": "int", "default": 900},
            "log_folder": {"type": "str"},
            "rows": {"type": "int", "default": 200000},
            "page": {"type": "int", "default": 1000},
            "go_on": {"type": "bool", "default": False},
            "masked": {"type": "bool", "default": False},
            "dir": {"type": "path", "default": "hma_sign_ins"},
            "results": DICT,
            "mailboxes": DICT,
            "run_id": {"type": "str"},
            **EXCHANGE,
        },
    },
    "hma_drift": {
        "argument_spec": {
            **FACTS,
            "dir": {"type": "path", "default": "hma_watch"},
            "keep": {"type": "int", "default": 200},
            "days": {"type": "int", "default": 400},
            "fail_on": {"type": "str", "choices": ["any", "worse", "never"], "default": "any"},
            "not_done": {"type": "str"},
        },
    },
    "hma_notify": {
        "argument_spec": {
            "drift": {"type": "dict", "required": True},
            "when": {"type": "str", "choices": ["changed", "always"], "default": "changed"},
            "webhook": {"type": "str", "no_log": True},
            "format": {"type": "str", "choices": ["json", "teams", "slack"], "default": "json"},
            "ca_path": {"type": "path"},
            "proxy": {"type": "str", "no_log": True},
            "mail_to": NAMES,
            "mail_from": {"type": "str"},
            "mail_server": {"type": "str"},
            "mail_tls": {"type": "str", "choices": ["starttls", "tls", "none"], "default": "starttls"},
            "mail_user": {"type": "str"},
            "mail_password": {"type": "str", "no_log": True},
            "metrics_file": {"type": "path"},
            "timeout": {"type": "int", "default": 30},
        },
    },
}
