# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. One specification per module: the action validates with it, the documentation is checked against it."""

from __future__ import annotations

from typing import Any, Final

from ._everyday_options import EVERYDAY_SPECS
from ._hma.entra.clouds import CLOUDS
from ._hma.probe.targets import PROTOCOLS
from ._hma.probe.verdict import EXPECTED, READY
from ._hma.settings.narrowing import PLAYBOOKS
from ._options import (
    ASKING,
    DICT,
    DICTS,
    DIRECTORY_KINDS,
    EXCHANGE,
    FACTS,
    IGNORED,
    NAMES,
    ONE_WAY_IN,
    PLACE,
    RECORD,
    SETTINGS,
    SIGN_IN,
    TENANT,
    TLS,
    URLS,
)
from ._policy_options import POLICY_SPECS
from ._recording_options import RECORDING_SPECS

__all__ = ["SETTINGS", "SIGN_IN", "SPECS"]

SPECS: Final[dict[str, dict[str, Any]]] = {
    **POLICY_SPECS,
    **RECORDING_SPECS,
    **EVERYDAY_SPECS,
    "hma_info": {
        "argument_spec": {
            "scope": {
                "type": "str",
                "choices": ["organization", "server", "host", "identity", "switch", "oauth"],
                "required": True,
            },
            "read": {"type": "str", "choices": ["fast", "full"], "default": "fast"},
            "server": {"type": "str"},
            "kinds": DIRECTORY_KINDS,
            "directories": {"type": "bool", "default": False},
            "domains": NAMES,
            "domains_from": {"type": "str", "choices": ["verified", "accepted", "given"], "default": "given"},
            "page": {"type": "int", "default": 1000},
            "tenants": {**DICTS, "options": SIGN_IN, **ONE_WAY_IN},
            "despite_owa": NAMES,
            "organization": DICT,
            "known_as": {"type": "str"},
            "mailbox": {"type": "str"},
            "cloud": {"type": "str", "choices": list(CLOUDS), "default": "global"},
            **EXCHANGE,
        },
        "required_if": [["scope", "identity", ["domains"]], ["scope", "oauth", ["mailbox"]]],
    },
    "hma_vdir_oauth": {
        "argument_spec": {
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "server": {"type": "str"},
            "kinds": DIRECTORY_KINDS,
            "mapi_empty": {"type": "str", "choices": ["refuse", "default"], "default": "refuse"},
            "despite_modern_authentication": {"type": "bool", "default": False},
            "read": {"type": "dict", "default": {}},
            "throttle": {"type": "int", "default": 0},
            "throttle_group": {"type": "str", "default": ""},
            **EXCHANGE,
            **RECORD,
        },
    },
    "hma_authserver": {
        "argument_spec": {
            "tenant_id": {"type": "str", "required": True},
            "enabled": {"type": "bool"},
            "domain_names": NAMES,
            "default_authorization_endpoint": {"type": "bool"},
            "replace_default_authserver": {"type": "str"},
            "refresh_metadata": {"type": "bool", "default": False},
            "despite_owa": NAMES,
            **EXCHANGE,
            **RECORD,
        },
    },
    "hma_orgconfig": {
        "argument_spec": {
            **{name: {"type": "bool"} for name in ("oauth2_client_profile_enabled", "mapi_http_enabled")},
            **{
                name: {"type": "str"}
                for name in ("despite_policy", "default_authorization_endpoint_of", "replace_default_authserver")
            },
            "judged": {"type": "dict"},
            "despite_owa": NAMES,
            **EXCHANGE,
            **RECORD,
        },
        "required_one_of": [["oauth2_client_profile_enabled", "mapi_http_enabled"]],
        "required_together": [["default_authorization_endpoint_of", "judged"]],
        "required_by": {"replace_default_authserver": "default_authorization_endpoint_of"},
    },
    "hma_record": {
        "argument_spec": {
            "source": {"type": "list", "elements": "path", "default": []},
            "keep_names": NAMES,
            "state": {"type": "str", "choices": ["started", "ended", "listed"], "default": "started"},
            "facts": {"type": "dict"},
            "servers": NAMES,
            "writes": {"type": "bool", "default": True},
            **RECORD,
        },
    },
    "hma_replication": {
        "argument_spec": {"deadline": {"type": "int", "default": 1200}, **EXCHANGE},
    },
    "hma_restore": {
        "argument_spec": {
            "scope": {
                "type": "str",
                "choices": ["switch", "organization", "server", "sign_in", "overrides", "policies"],
                "required": True,
            },
            "history": {"type": "list", "elements": "dict"},
            "server": {"type": "str"},
            "despite_policy": {"type": "str"},
            "despite_unseen_policies": {"type": "bool", "default": False},
            "despite_connector": {"type": "bool", "default": False},
            "despite_owa": NAMES,
            "predicted_off": {"type": "bool", "default": False},
            "throttle": {"type": "int", "default": 0},
            **EXCHANGE,
            **RECORD,
        },
        "required_if": [
            ["scope", scope, ["history"]] for scope in ("organization", "server", "sign_in", "overrides", "policies")
        ],
    },
    "hma_spn": {
        "argument_spec": {
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "mode": {"type": "str", "choices": ["apply", "verify", "handoff"], "default": "apply"},
            "names": NAMES,
            "literal": {"type": "bool", "default": False},
            "client_urls": URLS,
            "extra_names": NAMES,
            "ignored": IGNORED,
            "read_domains": {"type": "bool", "default": False},
            "application_id": {"type": "str"},
            "handoff_dir": {"type": "path", "default": "hma_handoff"},
            "verify_seconds": {"type": "int", "default": 60},
            "prove_tokens": {"type": "bool", "default": False},
            **TENANT,
            **RECORD,
        },
        "mutually_exclusive": [*ONE_WAY_IN["mutually_exclusive"], *(["tenant", name] for name in SIGN_IN)],
        "required_by": ONE_WAY_IN["required_by"],
        "required_one_of": [["tenant", "tenant_id"]],
    },
    "hma_reply_urls": {
        "argument_spec": {
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "mode": {"type": "str", "choices": ["apply", "verify"], "default": "apply"},
            "urls": URLS,
            "reply_urls": NAMES,
            "ignored": IGNORED,
            "verify_seconds": {"type": "int", "default": 60},
            "tenant": {**TENANT["tenant"], "required": True},
            **RECORD,
        },
    },
    "hma_setting_override": {
        "argument_spec": {
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "overrides": {
                "type": "list",
                "elements": "str",
                "choices": ["download_domains", "resource_forest"],
                "required": True,
            },
            **EXCHANGE,
            **RECORD,
        },
    },
    "hma_web_refresh": {
        "argument_spec": {"server": {"type": "str"}, "restart_iis": {"type": "bool", "default": False}, **EXCHANGE},
    },
    "hma_web_info": {
        "argument_spec": {
            "scope": {"type": "str", "choices": ["organization", "server"], "required": True},
            "server": {"type": "str"},
            "administrators": NAMES,
            "tenants": {**DICTS, "options": SIGN_IN, **ONE_WAY_IN},
            **EXCHANGE,
        },
    },
    "hma_web_sign_in": {
        "argument_spec": {
            "state": {"type": "str", "choices": ["entra", "methods", "forms"], "default": "entra"},
            "server": {"type": "str"},
            "history": DICTS,
            **EXCHANGE,
            **RECORD,
        },
    },
    "hma_settings": {
        "argument_spec": {
            "playbook": {"type": "str", "choices": list(PLAYBOOKS), "required": True},
            **dict.fromkeys(("servers", "tenants", "hosts"), NAMES),
            "limit": {"type": "str"},
        },
    },
    "hma_probe": {
        "argument_spec": {
            "client_urls": URLS,
            "servers": {**DICTS, "options": PLACE},
            "targets": {
                **DICTS,
                "options": {
                    "name": {"type": "str", "required": True},
                    "protocols": {"type": "list", "elements": "str", "choices": list(PROTOCOLS)},
                    "connect_to": {"type": "str"},
                    "host": {"type": "str"},
                    "server": {"type": "str"},
                    **TLS,
                },
            },
            "published": {"type": "bool", "default": True},
            "connect_to": DICT,
            "kinds": DIRECTORY_KINDS,
            "extra_names": NAMES,
            "ignored": IGNORED,
            "identities": NAMES,
            "autodiscover_v2": {"type": "bool", "default": True},
            "expected": {"type": "str", "choices": list(EXPECTED), "default": READY},
            **ASKING,
            "parallel": {"type": "int", "default": 20},
            "inventory": NAMES,
            "unproven": {"type": "str", "choices": ["fail", "warn"], "default": "fail"},
        },
    },
    "hma_web_probe": {
        "argument_spec": {
            "server": {"type": "dict", "required": True, "options": PLACE},
            "urls": {"type": "list", "elements": "dict", "required": True},
            "registered": DICTS,
            "expected": {"type": "str", "choices": ["entra", "methods"], "default": "entra"},
            **ASKING,
        },
    },
    "hma_assess": {
        "argument_spec": {
            "gate": {
                "type": "str",
                "choices": ["hosts", "names", "tenants", "preflight", "enable", "verify", "owa", "audit", "none"],
                "required": True,
            },
            **FACTS,
            "organization": {"type": "dict"},
            "settings": {"type": "dict", "options": SETTINGS},
            "read": {"type": "str", "choices": ["fast", "full"], "default": "fast"},
            "resolve": {"type": "bool", "default": False},
            "fail_on": {"type": "str", "choices": ["fail", "warn", "never"], "default": "fail"},
            "fail": {"type": "bool", "default": True},
            **RECORD,
        },
    },
    "hma_report": {
        "argument_spec": {
            **FACTS,
            "formats": {
                "type": "list",
                "elements": "str",
                "choices": [
                    "html",
                    "json",
                    "junit",
                    "sheet",
                    "sheet_pdf",
                    "csv_findings",
                    "csv_changes",
                    "sarif",
                ],
                "default": ["html", "json", "junit", "sheet"],
            },
            "dir": {"type": "path", "default": "hma_reports"},
            "name": {"type": "str"},
            "mode": {"type": "str", "default": "0600"},
        },
    },
}
