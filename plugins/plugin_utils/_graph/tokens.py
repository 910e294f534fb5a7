# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Whether a registered name is effective: the token endpoint is asked for it, and the token is dropped
unread."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.catalogue import CHECKS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding

from .session import new_session, nothing
from .signin import why_no_token
from .tenant import Tenant

_PAUSE = 15.0


def prove_names(
    tenant: Tenant,
    names: Sequence[str],
    *,
    seconds: float,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
    before_request: Callable[[], None] = nothing,
) -> list[Finding]:
    """A finding per name. What is not effective yet is asked again until ``seconds`` have passed."""
    session = new_session(tenant, before_request)
    session.pause = sleep
    end = clock() + seconds
    reasons: dict[str, str | None] = {}
    waiting = list(names)
    while waiting:
        reasons.update({name: why_no_token(tenant, session, name) for name in waiting})
        waiting = [name for name in waiting if reasons[name]]
        left = end - clock()
        if left <= 0:
            break
        if waiting:
            sleep(min(_PAUSE, left))
    return [_finding(tenant, name, reason) for name, reason in reasons.items()]


def _finding(tenant: Tenant, name: str, reason: str | None) -> Finding:
    check = CHECKS["HMA-PRB-006"]
    if reason is None:
        return check.passed(f"{tenant.tenant_id} {name}", "a token is issued.")
    fix = "The name is registered and not effective yet: wait some minutes and run hybrid.exchange.verify_hma."
    return check.failed(
        f"{tenant.tenant_id} {name}", f"no token is issued: {reason}", fix, expected="a token", actual="AADSTS500011"
    )
