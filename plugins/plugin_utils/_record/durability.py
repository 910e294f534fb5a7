# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Whether a folder is still there when the job is over, as far as it can be seen; nothing is guessed beyond
that."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

# Written by podman and docker; Kubernetes sets the variable in each container of a pod.
_MARKERS: Final = ("run/.containerenv", ".dockerenv")
_VARIABLE: Final = "KUBERNETES_SERVICE_HOST"
# ansible-runner mounts the job's private data there and deletes it after the job.
_RUNNER: Final = "/runner"


def warning(folder: Path) -> str | None:
    """The warning for a person whose record would be deleted with the job."""
    reason = will_not_outlive(folder)
    if reason is None:
        return None
    return (
        f"The record of this run lies in {folder}, {reason}: it will be deleted when the job is over. Point "
        f"hma_record_dir at a mounted folder, "
        "or keep the job's events: restore_hma reads those too."
    )


def will_not_outlive(
    folder: Path, *, root: Path = Path("/"), environment: Mapping[str, str] | None = None
) -> str | None:
    """The reason why ``folder`` ends with the job, or None where nothing says so. ``root`` is where markers and mounts
    are looked up.

    A mounted volume of a container may still be thrown away by whoever mounts it; that cannot be seen from inside.
    """
    path = os.path.realpath(folder)
    mount, kind = _mount_of(path, root)
    if kind in ("tmpfs", "ramfs"):
        return f"in memory ({kind} at {mount})"
    environment = os.environ if environment is None else environment
    if not any((root / marker).exists() for marker in _MARKERS) and _VARIABLE not in environment:
        return None
    if path == _RUNNER or path.startswith(f"{_RUNNER}/"):
        return f"in the job's own {_RUNNER}" if mount in ("/", _RUNNER) else None
    return "in the container's own file system" if mount == "/" else None


def _mount_of(path: str, root: Path) -> tuple[str, str]:
    """Mount point and file system type of a path (proc(5), mountinfo); the longest mount point above it wins."""
    best = ("/", "")
    try:
        lines = (root / "proc/self/mountinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        # No /proc (macOS): nothing can be seen.
        return best
    for line in lines:
        fields, _dash, rest = line.partition(" - ")
        point = fields.split(" ")[4].encode("ascii", "replace").decode("unicode_escape")
        if (path == point or path.startswith(point.rstrip("/") + "/")) and len(point) >= len(best[0]):
            best = (point, rest.split(" ")[0])
    return best
