# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. How long and how large what a server sends may be; times are multiples of the connection's operation
timeout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

# The default of pywinrm and of pypsrp, in seconds.
OPERATION: Final = 20.0
# A server keeps to the MaxEnvelopeSize of the request (150 KB, or what ansible_psrp_max_envelope_size says) in one
# answer.
ANSWER_BYTES: Final = 16 << 20
# A thousand mailboxes as objects of Exchange are 60 MB.
REQUEST_BYTES: Final = 512 << 20
_OPTION: Final = {"winrm": "ansible_winrm_operation_timeout_sec", "psrp": "ansible_psrp_operation_timeout"}


@dataclass(frozen=True)
class Limits:
    """``operation`` is the connection's operation timeout, ``option`` the variable that sets it."""

    operation: float = OPERATION
    option: str = _OPTION["winrm"]

    @classmethod
    def of(cls, connection: Any) -> Limits:
        """Those of a connection plugin: who has slow servers raises one timeout, and everything follows it."""
        transport = str(connection.transport)
        if transport == "psrp":
            return cls(_seconds(connection.get_option("operation_timeout")), _OPTION["psrp"])
        extras = connection.get_option("_extras")
        given = extras.get(_OPTION["winrm"]) if isinstance(extras, Mapping) else None
        return cls(_seconds(connection.get_option("connection_timeout") or given), _OPTION["winrm"])

    @property
    def opening(self) -> float:
        """Until a shell is open: three minutes, as Windows' own client gives it (OpenTimeout of
        New-PSSessionOption)."""
        return 9 * self.operation

    @property
    def task(self) -> float:
        """Everything that one task does over its connection."""
        return 240 * self.operation

    def exchange(self, read_timeout: float) -> float:
        """One request and its answer. A read timeout is one of each read, and a server that sends a byte a second never
        meets it."""
        return read_timeout + 3 * self.operation

    def request(self, cmdlets: int) -> float:
        """A list of cmdlets. Exchange's longest reads take a minute or two each."""
        return (10 + 6 * cmdlets) * self.operation


def _seconds(given: Any) -> float:
    """A timeout as it stands in an inventory; what is none is left to the plugin to refuse."""
    try:
        seconds = float(given)
    except (TypeError, ValueError):
        return OPERATION
    return seconds if 1 <= seconds < float("inf") else OPERATION
