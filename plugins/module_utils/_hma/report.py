# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The report as one document: everything a run found, from which HTML, JUnit and JSON are rendered."""

from __future__ import annotations

from .report_text import text_table

__all__ = ["text_table"]
