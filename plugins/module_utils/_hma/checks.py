# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The catalogue: every check by its id. Ids are stable; a check that goes leaves its id unused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from . import checks_organization, checks_probe, checks_servers, checks_tenants
from .finding import Check

CHECKS: Final[Mapping[str, Check]] = {item.id: item for module in (checks_organization, checks_servers, checks_tenants, checks_probe) for item in module.CHECKS}
