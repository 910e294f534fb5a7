# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Options of every module that changes something."""

from __future__ import annotations


class ModuleDocFragment:
    """Where the record of a run is kept."""

    DOCUMENTATION = r"""
options:
  record_dir:
    description:
      - Folder for the records of runs. Before each write its intent is stored in C(<record_dir>/<run_id>/<host>.jsonl),
        after it the outcome; nothing is written where that is not possible. No secret is in it.
      - A relative path is taken from the folder in which Ansible runs.
    type: path
    default: hma_records
  run_id:
    description: Name of the run, the same for all its tasks. Default is the time and a random part.
    type: str
"""
