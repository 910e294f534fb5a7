# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The version of the collection, as galaxy.yml has it (a test compares them)."""

from __future__ import annotations

from typing import Final

VERSION: Final = "0.1.0"
