# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Files that are there whole or not at all, with the mode they are to have from their first byte on."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from .._files import replace_file

_OTHERS: Final = "so others could change what people read there. Set {} to a folder of yours."


class ReportError(Exception):
    """A report cannot be written; the message says which file, why, and what to set."""


def write_files(
    folder: Path, contents: Mapping[str, bytes], *, mode: int, setting: str = "hma_report_dir"
) -> dict[str, str]:
    """Write each file beside its place and move it there, so that no reader and no crash meets half a report.

    ``setting`` is the variable that names the folder.
    """
    written = {}
    for name, content in contents.items():
        path = folder / name
        try:
            _make(folder, setting)
            replace_file(path, content, mode)
        except OSError as exc:
            raise ReportError(
                f"The report {path} cannot be written ({exc.strerror}). Set {setting} to a folder of "
                f"yours on the control node."
            ) from None
        written[name] = str(path)
    return written


def _make(folder: Path, setting: str) -> None:
    """The folder, there and ours. A report tells where an organization is weak, and is opened by people who trust
    it."""
    for parent in reversed(folder.parents):
        if not parent.exists():
            parent.mkdir(mode=0o755, exist_ok=True)  # whatever the umask is, others do not write here
    folder.mkdir(mode=0o700, exist_ok=True)
    ours = (os.geteuid(), 0)
    others = _OTHERS.format("hma_report_dir or hma_report_name" if setting == "hma_report_dir" else setting)
    link, state = folder.lstat(), folder.stat()
    if link.st_uid not in ours or state.st_uid not in ours:
        raise ReportError(
            f"The report folder {folder} belongs to user "
            f"{link.st_uid if link.st_uid not in ours else state.st_uid}, {others}"
        )
    if state.st_mode & stat.S_IWOTH:
        raise ReportError(f"The report folder {folder} is writable by everyone, {others}")
