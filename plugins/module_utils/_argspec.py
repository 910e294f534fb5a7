# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. One specification per module: the action validates with it, the documentation is checked against it."""

from __future__ import annotations

from typing import Any, Final

from ._hma.clouds import CLOUDS
from ._hma.directories import KINDS
from ._hma.narrowing import PLAYBOOKS
from ._hma.targets import PROTOCOLS

_EXCHANGE: Final[dict[str, Any]] = {
    "exchange_user": {"type": "str"},
    "exchange_password": {"type": "str", "no_log": True},
}
_RECORD: Final[dict[str, Any]] = {
    "record_dir": {"type": "path", "default": "hma_records"},
    "run_id": {"type": "str"},
}
_DICT: Final[dict[str, Any]] = {"type": "dict", "default": {}}
_DICTS: Final[dict[str, Any]] = {"type": "list", "elements": "dict", "default": []}
_TEXT: Final[dict[str, Any]] = {"type": "str", "required": True}
_IGNORED: Final[dict[str, Any]] = {**_DICTS, "options": {"host": _TEXT, "reason": _TEXT}}
_EXCLUDED: Final[dict[str, Any]] = {**_DICTS, "options": {"name": _TEXT, "reason": _TEXT}}
_KINDS: Final[dict[str, Any]] = {"type": "list", "elements": "str", "choices": list(KINDS), "default": list(KINDS)}
_URLS: Final[dict[str, Any]] = {"type": "list", "elements": "dict", "default": []}
_NAMES: Final[dict[str, Any]] = {"type": "list", "elements": "str", "default": []}
_TLS: Final[dict[str, Any]] = {"ca_path": {"type": "path"}, "certificate_name": {"type": "str"}, "validate_certs": {"type": "bool"}}
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
_ONE_WAY_IN: Final[dict[str, Any]] = {
    "mutually_exclusive": [["client_secret", "certificate_path", "client_assertion", "managed_identity"]],
    "required_by": {"client_secret": "client_id", "certificate_path": "client_id", "client_assertion": "client_id"},
}
_CUSTOM: Final[dict[str, Any]] = {
    **_DICTS,
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

SPECS: Final[dict[str, dict[str, Any]]] = {
    "hma_info": {
        "argument_spec": {
            "scope": {"type": "str", "choices": ["organization", "server", "host", "identity", "switch"], "required": True},
            "read": {"type": "str", "choices": ["fast", "full"], "default": "fast"},
            "server": {"type": "str"},
            "kinds": _KINDS,
            "domains": _NAMES,
            "yardstick": {"type": "str", "choices": ["verified", "accepted", "given"], "default": "given"},
            "page": {"type": "int", "default": 1000},
            "tenants": {**_DICTS, "options": SIGN_IN, **_ONE_WAY_IN},
            **_EXCHANGE,
        },
        "required_if": [["scope", "identity", ["domains"]]],
    },
    "hma_vdir_oauth": {
        "argument_spec": {
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "server": {"type": "str"},
            "kinds": _KINDS,
            "mapi_empty": {"type": "str", "choices": ["refuse", "default"], "default": "refuse"},
            **_EXCHANGE,
            **_RECORD,
        },
    },
    "hma_authserver": {
        "argument_spec": {
            "tenant_id": {"type": "str", "required": True},
            "enabled": {"type": "bool"},
            "domain_names": _NAMES,
            "default_authorization_endpoint": {"type": "bool"},
            "replace_default_authserver": {"type": "str"},
            **_EXCHANGE,
            **_RECORD,
        },
    },
    "hma_orgconfig": {
        "argument_spec": {
            **{name: {"type": "bool"} for name in ("oauth2_client_profile_enabled", "mapi_http_enabled")},
            **{name: {"type": "str"} for name in ("despite_policy", "default_authorization_endpoint_of", "replace_default_authserver")},
            "judged": {"type": "dict"},
            **_EXCHANGE,
            **_RECORD,
        },
        "required_one_of": [["oauth2_client_profile_enabled", "mapi_http_enabled"]],
        "required_together": [["default_authorization_endpoint_of", "judged"]],
        "required_by": {"replace_default_authserver": "default_authorization_endpoint_of"},
    },
    "hma_record": {
        "argument_spec": {
            "source": {"type": "list", "elements": "path", "default": []},
            "keep_names": _NAMES,
            "state": {"type": "str", "choices": ["started", "ended"], "default": "started"},
            "servers": _NAMES,
            "writes": {"type": "bool", "default": True},
            **_RECORD,
        },
    },
    "hma_replication": {
        "argument_spec": {"deadline": {"type": "int", "default": 1200}, **_EXCHANGE},
    },
    "hma_restore": {
        "argument_spec": {
            "scope": {"type": "str", "choices": ["switch", "organization", "server"], "required": True},
            "history": {"type": "list", "elements": "dict"},
            "server": {"type": "str"},
            "despite_policy": {"type": "str"},
            "despite_connector": {"type": "bool", "default": False},
            "predicted_off": {"type": "bool", "default": False},
            **_EXCHANGE,
            **_RECORD,
        },
        "required_if": [["scope", "organization", ["history"]], ["scope", "server", ["history"]]],
    },
    "hma_spn": {
        "argument_spec": {
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "mode": {"type": "str", "choices": ["apply", "verify", "handoff"], "default": "apply"},
            "names": _NAMES,
            "client_urls": _URLS,
            "extra_names": _NAMES,
            "ignored": _IGNORED,
            "read_domains": {"type": "bool", "default": False},
            "handoff_dir": {"type": "path", "default": "hma_handoff"},
            "verify_seconds": {"type": "int", "default": 60},
            "prove_tokens": {"type": "bool", "default": False},
            **SIGN_IN,
            **_RECORD,
        },
        **_ONE_WAY_IN,
    },
    "hma_settings": {
        "argument_spec": {
            "playbook": {"type": "str", "choices": list(PLAYBOOKS), "required": True},
            **dict.fromkeys(("servers", "tenants", "hosts"), _NAMES),
            "limit": {"type": "str"},
        },
    },
    "hma_probe": {
        "argument_spec": {
            "client_urls": _URLS,
            "servers": {
                **_DICTS,
                "options": {"host": {"type": "str", "required": True}, "server": {"type": "str"}, "connect_to": {"type": "str"}, **_TLS},
            },
            "targets": {
                **_DICTS,
                "options": {
                    "name": {"type": "str", "required": True},
                    "protocols": {"type": "list", "elements": "str", "choices": list(PROTOCOLS)},
                    "connect_to": {"type": "str"},
                    "host": {"type": "str"},
                    "server": {"type": "str"},
                    **_TLS,
                },
            },
            "published": {"type": "bool", "default": True},
            "connect_to": _DICT,
            "kinds": _KINDS,
            "extra_names": _NAMES,
            "ignored": _IGNORED,
            "identities": _NAMES,
            "autodiscover_v2": {"type": "bool", "default": True},
            "expected": {"type": "str", "choices": ["ready", "not_offered"], "default": "ready"},
            "cloud": {"type": "str", "choices": list(CLOUDS), "default": "global"},
            "authorization_hosts": _NAMES,
            "ca_path": {"type": "path"},
            "validate_certs": {"type": "bool", "default": True},
            "timeout": {"type": "int", "default": 10},
            "deadline": {"type": "int", "default": 0},
            "pause": {"type": "int", "default": 15},
            "parallel": {"type": "int", "default": 20},
            "inventory": _NAMES,
            "run_id": {"type": "str"},
            "unproven": {"type": "str", "choices": ["fail", "warn"], "default": "fail"},
        },
    },
    "hma_assess": {
        "argument_spec": {
            "gate": {
                "type": "str",
                "choices": ["hosts", "names", "tenants", "preflight", "enable", "verify", "audit", "none"],
                "required": True,
            },
            "organization": {"type": "dict", "required": True},
            "read": {"type": "str", "choices": ["fast", "full"], "default": "fast"},
            "identity": _DICT,
            "unsynced_accepted": {"type": "int", "default": 0},
            "resolve": {"type": "bool", "default": False},
            "policy": _DICT,
            "custom_checks": _CUSTOM,
            "fail_on": {"type": "str", "choices": ["fail", "warn", "never"], "default": "fail"},
            "servers": _NAMES,
            "servers_read": _DICT,
            "servers_predicted": _DICT,
            "tenants": _NAMES,
            "tenant_ids": _DICT,
            "tenant_domains": _DICT,
            "tenant_clouds": _DICT,
            "tenants_read": _DICT,
            "tenants_predicted": _DICT,
            "authservers_predicted": {"type": "list", "elements": "dict", "default": []},
            "servers_excluded": _EXCLUDED,
            "spn_extra_names": _NAMES,
            "spn_ignored": _IGNORED,
            "default_tenant": {"type": "str"},
            "replace_default_authserver": {"type": "str"},
            "kinds": _KINDS,
            "narrowed": _NAMES,
            **_RECORD,
        },
    },
    "hma_report": {
        "argument_spec": {
            "findings": _DICTS,
            "organization": _DICT,
            "servers_read": _DICT,
            "servers_excluded": _DICTS,
            "tenants_read": _DICT,
            "probes": _DICTS,
            "changes": _DICTS,
            "results": {
                **_DICTS,
                "options": {"step": {"type": "str", "required": True}, "results": {"type": "dict", "required": True}},
            },
            "run": _DICT,
            "formats": {"type": "list", "elements": "str", "choices": ["html", "json", "junit"], "default": ["html", "json", "junit"]},
            "dir": {"type": "path", "default": "hma_reports"},
            "name": {"type": "str"},
            "mode": {"type": "str", "default": "0600"},
        },
    },
}
