# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Turns: how many workers of one playbook do something at the same time.

Ansible's own ``throttle`` holds back a task as a whole, its reads too. A turn is taken by a worker that has read and
has something to write. It is a lock on a file in the temporary folder of this ansible-playbook: the kernel gives it
back whenever the worker ends, however it ends.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ansible import constants
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused

from ._alive import refuse_orphan

_PAUSE: Final = 0.1


@dataclass(frozen=True)
class Turns:
    """The turns of a group of workers: so many at once; with 0 nobody waits."""

    group: str
    at_once: int

    def __post_init__(self) -> None:
        if self.at_once < 0:
            raise Refused(f"throttle is {self.at_once}; it is a number of servers, or 0 for all of them at once.")

    @contextmanager
    def taken(self) -> Iterator[bool]:
        """Wait for a turn, and have it inside. Whether it was waited for: what was read before it may be old then."""
        if not self.at_once:
            yield False
            return
        handle, waited = _taken(self.files)
        try:
            yield waited
        finally:
            os.close(handle)

    @property
    def files(self) -> list[Path]:
        # A group is named by a person, a file is not.
        name = hashlib.sha256(self.group.encode("utf-8", errors="surrogatepass")).hexdigest()[:16]
        return [Path(constants.DEFAULT_LOCAL_TMP) / f"hma_turn_{name}_{number}" for number in range(self.at_once)]


def _taken(files: list[Path]) -> tuple[int, bool]:
    """The handle of the first file that is free, and whether none was at first. Nobody waits for a playbook that has
    ended."""
    waited = False
    while True:
        refuse_orphan()
        for file in files:
            try:
                handle = _locked(file)
            except OSError as exc:
                raise Refused(
                    f"{file.parent}, Ansible's temporary folder, takes no locks ({exc.strerror}), so that no server "
                    f"can wait for its turn; nothing was written. Point ANSIBLE_LOCAL_TEMP at a local disk."
                ) from None
            if handle is not None:
                return handle, waited
        waited = True
        time.sleep(_PAUSE)


def _locked(file: Path) -> int | None:
    """The handle of the file, locked; None where another worker has it."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    except OSError:
        os.close(handle)
        raise
    return handle
