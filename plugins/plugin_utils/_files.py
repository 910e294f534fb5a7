# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. A file is written beside its place and moved there: no reader and no crash meets half of it, and no link is
followed."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

# What a file system says that has no second name for a file.
_NO_LINKS: Final = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS)


def replace_file(path: Path, content: bytes, mode: int) -> None:
    """The file with this content and mode, whatever stood at its place. OSError where that cannot be."""
    _written(path, content, mode, os.replace)


def new_file(path: Path, content: bytes, mode: int) -> None:
    """The file with this content and mode. FileExistsError where anything is there, a link to nothing too."""
    _written(path, content, mode, _give_name)


def _give_name(temporary: str, path: Path) -> None:
    try:
        os.link(temporary, path)
    except OSError as exc:
        if exc.errno not in _NO_LINKS:
            raise
        # Without links the place is taken first, by a file that is empty for a moment.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        os.replace(temporary, path)
    else:
        os.unlink(temporary)


def _written(path: Path, content: bytes, mode: int, give_name: Callable[[str, Path], None]) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        give_name(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
