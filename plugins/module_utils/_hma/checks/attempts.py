# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The way out, server by server: who was asked to switch off, who did it, who else can be asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .run_facts import hosts_of
from .run_variables import RunVariables


def switch_attempts(hostvars: Mapping[str, Any], servers: str | Iterable[str]) -> dict[str, Any]:
    """Where it is off, and who may be asked next.

    ``off_on``: servers on which it is off. ``ask_others``: the first one did not do it, and another one may.
    ``unseen_on``: the first of those that could have done it but for policies that they cannot show, where none did.
    ``reasons``: why it was not done.
    """
    names = hosts_of(hostvars, servers)
    run = RunVariables.of(hostvars, names, ())
    tried = {host: run.result(host, "hma_disable_result") for host in names}
    first = tried[names[0]] if names else {}
    reasons = [run.result(host, name).get("msg") for name in ("hma_off_result", "hma_host_read") for host in names]
    off_on = [host for host, result in tried.items() if not result.get("live", True)]
    unseen = [host for host, result in tried.items() if result.get("policies_unseen", False)]
    refused = any(result.get("everywhere", False) for result in tried.values())
    return {
        "first": names[0] if names else "",
        "off_on": off_on,
        "unseen_on": unseen[0] if unseen and not off_on and not refused else "",
        "ask_others": bool(first.get("live", True)) and not first.get("everywhere", False),
        "answered": [host for host in names if run.result(host, "hma_host_read").get("server") is not None],
        "reasons": list(dict.fromkeys(str(reason) for reason in reasons if reason)),
    }
