# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The catalogue: every check by its id. Ids are stable; a check that goes leaves its id unused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from . import (
    active_sync,
    administrators,
    application,
    certificates,
    directories,
    endpoint,
    gates,
    hosts,
    hybrid,
    identity,
    metadata,
    names,
    next_certificate,
    organization,
    owa,
    probe,
    protection,
    proxies,
    registering,
    server_oauth,
    server_state,
    servers,
    skype,
    tenants,
    trust,
    unread,
    updates,
    verified_domains,
    waves,
    way_out,
    web_gate,
    web_windows,
)
from .check import Check

_TOPICS: Final = (
    active_sync,
    administrators,
    application,
    certificates,
    directories,
    endpoint,
    gates,
    hosts,
    hybrid,
    identity,
    verified_domains,
    metadata,
    names,
    next_certificate,
    organization,
    owa,
    probe,
    protection,
    proxies,
    registering,
    server_oauth,
    server_state,
    servers,
    skype,
    tenants,
    trust,
    unread,
    updates,
    way_out,
    waves,
    web_gate,
    web_windows,
)
CHECKS: Final[Mapping[str, Check]] = {check.id: check for topic in _TOPICS for check in topic.CHECKS}
