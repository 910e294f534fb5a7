# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. A worker whose playbook was killed must not write: whether the playbook is still there."""

from __future__ import annotations

import multiprocessing
import os


class Orphaned(Exception):
    """The playbook that started this worker is not there any more."""


def refuse_orphan() -> None:
    """Orphaned where the process that forked this one has ended; nothing where this is no worker."""
    parent = multiprocessing.parent_process()
    if parent is not None and os.getppid() != parent.pid:
        raise Orphaned(f"The playbook (process {parent.pid}) that this worker belongs to has ended. Nothing more is sent.")
