# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The last screen of discover: what was found, what is still to be given, and what is typed next."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.command import playbook
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.quoting import shell_quoted
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.discovery.comparing import FleetChange
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.discovery.fleet import SILENT, THROUGH, Fleet
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.discovery.layout import (
    INVENTORY,
    VAULT,
    VAULT_EXAMPLE,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.screen import short_screen

from .folder import Placed


def screen_of(
    folder: Path, fleet: Fleet, placed: Placed, found: FleetChange | None, *, predicting: bool
) -> tuple[str, ...]:
    """``found`` is None where the folder had no inventory."""
    says = [*(found.sentences if found else ()), *_says(fleet)]
    if found is not None and found.found:
        left = [f"Yours to change: {folder / INVENTORY}; the lines for it stand above."]
        return short_screen("discover", "The organization changed, and nothing was overwritten", says, left)
    if predicting:
        words = f"{_counted(fleet)} would be written to {folder}"
        return short_screen("discover", f"{words}. Check mode: nothing was changed", says, ())
    words = f"{_counted(fleet)} are in {folder}" if found is None else f"{folder} is as the organization is"
    return short_screen("discover", words, says, _next(folder, secrets=VAULT_EXAMPLE in placed.written))


def _counted(fleet: Fleet) -> str:
    servers, tenants = len(fleet.servers), sum(bool(tenant.domain) for tenant in fleet.tenants)
    return f"{servers} server{'' if servers == 1 else 's'} and {tenants} tenant{'' if tenants == 1 else 's'}"


def _says(fleet: Fleet) -> list[str]:
    """Who is not reached as usual, what was left out, what could not be read."""
    parts: tuple[tuple[str, Sequence[str]], ...] = (
        (f"Reached through {fleet.reader} only", _reached(fleet, THROUGH)),
        ("No answer from", _reached(fleet, SILENT)),
        ("Left out, for no client talks to them", fleet.left_out),
        (
            "AuthServers that name no domain, so that their tenants are comments",
            [tenant.auth_server for tenant in fleet.tenants if not tenant.domain],
        ),
        ("Could not be read", [gap.reason for gap in fleet.unread]),
    )
    return [f"{what}: {', '.join(names).rstrip('.')}." for what, names in parts if names]


def _reached(fleet: Fleet, how: str) -> list[str]:
    return [server.fqdn for server in fleet.servers if server.reach == how]


def _next(folder: Path, *, secrets: bool) -> list[str]:
    """What is typed next. The vault comes before it where this run wrote its example."""
    vaulted = secrets or (folder / VAULT).exists()
    following = playbook("check_access", [str(folder / INVENTORY)], options=("--ask-vault-pass",) if vaulted else ())
    if not secrets:
        return [f"Next: {following.text}"]
    example, vault = (shell_quoted(str(folder / name)) for name in (VAULT_EXAMPLE, VAULT))
    return [
        "The secrets are yours to give: copy the example, fill the copy in, encrypt it.",
        f"   cp {example} {vault}",
        f"   vi {vault}",
        f"   ansible-vault encrypt {vault}",
        "Next:",
        f"   {following.text}",
    ]
