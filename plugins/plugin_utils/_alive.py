# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Processes: a worker whose playbook was killed must not write, and a record says which process it is of.

ansible-core gives each worker a session of its own, so whatever ends the playbook does not end the worker.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

# prctl(2): the signal that the kernel sends when the thread that forked this process ends. ansible-core forks its
# workers from the main thread of the playbook (the strategy), which ends with the playbook.
_PR_SET_PDEATHSIG: Final = 1


class Orphaned(Exception):
    """The playbook that started this worker is not there any more."""


@dataclass(frozen=True)
class Process:
    """A process on a machine. ``started`` tells it from a later one of the same number: None where nothing says so."""

    pid: int
    node: str
    started: str | None

    def facts(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def alive(self) -> bool | None:
        """Whether it still runs; None where it is one of another machine, which nobody can see from here."""
        if self.node != os.uname().nodename:
            return None
        now = _started(self.pid)
        if now is None or self.started is None:
            return _exists(self.pid)
        return now == self.started


def this_process() -> Process:
    return _process(os.getpid())


def playbook_process() -> Process:
    """The process of ansible-playbook: the one that forked this worker."""
    return _process(_parent() or os.getpid())


def die_with_parent() -> None:
    """Ask the kernel to end this worker with its playbook. Without Linux ``refuse_orphan`` is all there is.

    The parent may have ended before the kernel was asked; therefore it is looked for after.
    """
    if _parent() is not None and sys.platform.startswith("linux"):
        _ask_the_kernel()
    refuse_orphan()


def refuse_orphan() -> None:
    """Orphaned where the playbook was killed: to be called before each intent and each request."""
    parent = _parent()
    if parent is not None and os.getppid() != parent:
        raise Orphaned(
            f"The playbook (process {parent}) that this worker belongs to has ended. Nothing more is sent: "
            f"run it again, it reads first and does what is left."
        )


def _ask_the_kernel() -> None:
    """What prctl returns is not looked at: a kernel that declines changes nothing about the checks."""
    try:
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        # A Python without ctypes, or a C library without prctl: refuse_orphan is all there is.
        return


def _parent() -> int | None:
    """The process that forked this one, as it was noted before the fork; None in the playbook's own process."""
    parent = multiprocessing.parent_process()
    return parent.pid if parent is not None else None


@cache
def _process(pid: int) -> Process:
    return Process(pid, os.uname().nodename, _started(pid))


def _started(pid: int) -> str | None:
    """When a process started: the boot and the clock ticks since then (proc(5), stat, field 22). None: it has ended, or
    there is no /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None
    # A process that ended and was not waited for yet is none any more. After the name come state (field 3) and 18
    # others.
    return None if fields[0] in "ZX" else f"{boot} {fields[19]}"


def _exists(pid: int) -> bool:
    if Path("/proc/self/stat").exists():
        # /proc is there and shows no such process.
        return _started(pid) is not None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
