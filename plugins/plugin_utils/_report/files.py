# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Files that are there whole or not at all, with the mode they are to have from their first byte on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .._files import replace_file


class ReportError(Exception):
    """A report cannot be written; the message says which file, why, and what to set."""


def write_files(folder: Path, contents: Mapping[str, bytes], *, mode: int) -> dict[str, str]:
    """Write each file beside its place and move it there, so that no reader and no crash meets half a report."""
    written = {}
    for name, content in contents.items():
        path = folder / name
        try:
            # 0700 for what is made here: a report tells where an organization is weak.
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            replace_file(path, content, mode)
        except OSError as exc:
            raise ReportError(f"The report {path} cannot be written ({exc.strerror}). Set hma_report_dir to a folder of yours on the control node.") from None
        written[name] = str(path)
    return written
