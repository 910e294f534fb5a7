# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What Entra and Graph refused, in words an administrator can act on."""

from __future__ import annotations


class GraphError(Exception):
    """A refusal or a failure; the message says which tenant, what was tried, what came back, what to do.

    ``conflict``: another object holds a name that was to be written. ``invalid``: Graph calls the request itself wrong.
    """

    def __init__(self, message: str, *, conflict: bool = False, invalid: bool = False) -> None:
        super().__init__(message)
        self.conflict, self.invalid = conflict, invalid


class NotFinished(GraphError):
    """A write whose outcome is not known, or that has to be computed again: read before anything else.

    ``retry_after``: how long Graph asks to wait, where it says so.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unusable(GraphError):
    """An answer that nothing can be built on: of another shape, from another host, or one that points elsewhere."""


class CutShort(OSError):
    """An answer that was not read to its end, because it took too long or is too large. The message says which.

    ``passing``: whether it may be another one when it is asked for again.
    """

    def __init__(self, message: str, *, passing: bool = False) -> None:
        super().__init__(message)
        self.passing = passing
