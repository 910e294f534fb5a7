# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file of measured sign-ins, as measure_sign_ins writes it, for a lab that has none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

BLOCKED = ("mapi", "ews", "autodiscover", "oab")
_ALL = [*BLOCKED, "eas", "rpc"]


def time(days_ago: float = 0) -> str:
    return f"{datetime.now(UTC) - timedelta(days=days_ago):%Y-%m-%dT%H:%M:%SZ}"


def covered(days: int = 19, **changes: Any) -> dict[str, Any]:
    """How long a protocol was measured."""
    found = {"from": time(days + 1), "to": time(0.1), "days": days, "missing": [], "not_measured_since": None}
    return {**found, **changes}


def seen(
    person: str, protocols: Iterable[str] = BLOCKED, authentication: str = "modern", kind: str = "", days_ago: float = 1
) -> list[dict[str, Any]]:
    """One line for each protocol."""
    shown = kind or {"modern": "Bearer", "legacy": "NTLM"}.get(authentication, "")
    return [
        {
            "server": "EX2", "person": person, "protocol": protocol, "authentication": authentication, "type": shown,
            "client": "Outlook", "requests": 7, "first": time(days_ago + 10), "last": time(days_ago),
        }
        for protocol in protocols
    ]  # fmt: skip


def measured(
    folder: Path,
    *rows: Iterable[Mapping[str, Any]],
    servers: Iterable[str] = ("EX2", "EX3"),
    of_server: Mapping[str, Any] | None = None,
    **changes: Any,
) -> str:
    """The path of a file with these sign-ins; ``changes`` are of the file, ``of_server`` of each server in it."""
    found = {
        "schema_version": 2, "run": "20261120T000000Z-1", "collected": time(), "masked": False,
        "servers": [
            {
                "server": name, "from": time(20), "to": time(0.1), "days": 19, "complete": True,
                "incomplete_because": None, "unread": None, "protocols": _ALL,
                "coverage": {name: covered() for name in _ALL}, **(of_server or {}),
            }
            for name in servers
        ],
        "sign_ins": [dict(row) for some in rows for row in some],
        **changes,
    }  # fmt: skip
    path = folder / "sign_ins.json"
    path.write_text(json.dumps(found), encoding="utf-8")
    path.chmod(0o600)
    return str(path)
