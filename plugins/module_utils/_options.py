# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Options that several modules have: how to sign in, where the record is, lists of names."""

from __future__ import annotations

from typing import Any, Final

from ._hma.entra.clouds import CLOUDS
from ._hma.exchange.virtual_directories import KINDS

EXCHANGE: Final[dict[str, Any]] = {
    "exchange_user": {"type": "str"},
    "exchange_password": {"type": "str", "no_log": True},
}
RECORD: Final[dict[str, Any]] = {
    "record_dir": {"type": "path", "default": "hma_records"},
    "run_id": {"type": "str"},
}
# What was found; without it, the results of this run of the hosts of these groups.
FACTS: Final[dict[str, Any]] = {
    "facts": {"type": "dict"},
    "servers_group": {"type": "str", "default": "exchange_servers"},
    "tenants_group": {"type": "str", "default": "entra_tenants"},
}
DICT: Final[dict[str, Any]] = {"type": "dict", "default": {}}
DICTS: Final[dict[str, Any]] = {"type": "list", "elements": "dict", "default": []}
TEXT: Final[dict[str, Any]] = {"type": "str", "required": True}
IGNORED: Final[dict[str, Any]] = {**DICTS, "options": {"host": TEXT, "reason": TEXT}}
EXCLUDED: Final[dict[str, Any]] = {**DICTS, "options": {"name": TEXT, "reason": TEXT}}
DIRECTORY_KINDS: Final[dict[str, Any]] = {
    "type": "list",
    "elements": "str",
    "choices": list(KINDS),
    "default": list(KINDS),
}
URLS: Final[dict[str, Any]] = {"type": "list", "elements": "dict", "default": []}
NAMES: Final[dict[str, Any]] = {"type": "list", "elements": "str", "default": []}
TLS: Final[dict[str, Any]] = {
    "ca_path": {"type": "path"},
    "certificate_name": {"type": "str"},
    "validate_certs": {"type": "bool"},
}
# Where a server is asked what clients are offered.
PLACE: Final[dict[str, Any]] = {
    "host": TEXT,
    "server": {"type": "str"},
    "connect_to": {"type": "str"},
    **TLS,
}
# How a host asks what clients are offered, and what is right.
ASKING: Final[dict[str, Any]] = {
    "cloud": {"type": "str", "choices": list(CLOUDS), "default": "global"},
    "authorization_hosts": NAMES,
    "ca_path": {"type": "path"},
    "validate_certs": {"type": "bool", "default": True},
    "timeout": {"type": "int", "default": 10},
    "deadline": {"type": "int", "default": 0},
    "pause": {"type": "int", "default": 15},
    "run_id": {"type": "str"},
}
# How to sign in to a tenant; public, because filter and action take these names from here.
SIGN_IN: Final[dict[str, Any]] = {
    "tenant_id": {"type": "str", "required": True},
    "client_id": {"type": "str"},
    "client_secret": {"type": "str", "no_log": True},
    "certificate_path": {"type": "path"},
    "certificate_password": {"type": "str", "no_log": True},
    "client_assertion": {"type": "str", "no_log": True},
    "managed_identity": {"type": "bool", "default": False},
    "cloud": {"type": "str", "choices": list(CLOUDS), "default": "global"},
    "authority": {"type": "str"},
    "graph_endpoint": {"type": "str"},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "proxy": {"type": "str"},
}
ONE_WAY_IN: Final[dict[str, Any]] = {
    "mutually_exclusive": [["client_secret", "certificate_path", "client_assertion", "managed_identity"]],
    "required_by": {"client_secret": "client_id", "certificate_path": "client_id", "client_assertion": "client_id"},
}
# The options above for somebody who uses a module by itself; a playbook hands over all of them as one dictionary.
TENANT: Final[dict[str, Any]] = {
    **SIGN_IN,
    "tenant_id": {"type": "str"},
    "tenant": {"type": "dict", "options": SIGN_IN, **ONE_WAY_IN},
}
CUSTOM: Final[dict[str, Any]] = {
    **DICTS,
    "options": {
        "id": {"type": "str", "required": True},
        "title": {"type": "str", "required": True},
        "severity": {"type": "str", "choices": ["high", "medium", "low", "info"], "default": "medium"},
        "query": {"type": "str", "required": True},
        "expect": {"type": "raw", "required": True},
        "value": {"type": "raw"},
        "why": {"type": "str"},
        "fix": {"type": "str"},
    },
}
# What hma_assess is given of the organization. Nothing has a default: the public variables say what is not given.
SETTINGS: Final[dict[str, Any]] = {
    "default_tenant": {"type": "str"},
    "replace_default_authserver": {"type": "str"},
    "servers_excluded": {key: value for key, value in EXCLUDED.items() if key != "default"},
    "spn_extra_names": {"type": "list", "elements": "str"},
    "spn_ignored": {key: value for key, value in IGNORED.items() if key != "default"},
    "kinds": {key: value for key, value in DIRECTORY_KINDS.items() if key != "default"},
    "unsynced_accepted": {"type": "int"},
    "owa_admins": {"type": "list", "elements": "str"},
    "owa_single_admin": {"type": "bool"},
    "owa_webconfig_done": {"type": "bool"},
    "owa_overrides": {"type": "str", "choices": ["check", "set"]},
    "probe_authorization_hosts": {"type": "list", "elements": "str"},
    "policy": {"type": "dict"},
    "custom_checks": {key: value for key, value in CUSTOM.items() if key != "default"},
    "incomplete_because": {"type": "list", "elements": "str"},
}
