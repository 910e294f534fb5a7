# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What the domain raises: a plan that is declined, a value that cannot be read, a record that cannot."""

from __future__ import annotations


class Refused(ValueError):
    """The domain declines to plan this change; the message says why and what the administrator can do."""


class RefusedEverywhere(Refused):
    """The same, for what the organization or the record is: every other server would decline as well."""


class ParseError(ValueError):
    """A value is not of the documented shape. The message says which object, which field, what was found; ``field`` and
    ``value`` say it apart."""

    def __init__(self, message: str, *, field: str = "", value: str = "") -> None:
        super().__init__(message)
        self.field = field
        self.value = value


class RecordUnreadable(ValueError):
    """There is no record here, or one of another version; the message says what was found."""
