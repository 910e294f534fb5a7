# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. A run of the watch beside the runs that are kept: what it is compared with, and what is to be told."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.comparison import Comparison, compared
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.entry import (
    Entry,
    before_it,
    entry_of,
    is_later,
    last_good,
    new_gaps,
    order_of,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.news import Missed, moment
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.reading import Reading

from .history import History


@dataclass(frozen=True)
class Look:
    """This run beside those that are kept."""

    kept: History
    before: Entry | None
    found: Comparison
    entry: Entry

    @classmethod
    def at(cls, kept: History, read: Reading) -> Look:
        before = last_good(kept.entries, read)
        found = compared(before.state if before else None, read)
        return cls(kept, before, found, entry_of(read, found, before, order_of(kept.entries, read)))

    @property
    def previous(self) -> Entry | None:
        """The run before, whatever it could read."""
        return max(before_it(self.kept.entries, self.entry), key=lambda item: item.place, default=None)

    @property
    def missed(self) -> Missed:
        """What earlier runs of this organization kept and nobody was told."""
        missed = [item for item in before_it(self.kept.entries, self.entry)
                  if not item.told and self.entry.guid in ("", item.guid)]  # fmt: skip
        differences = tuple(difference for item in missed for difference in item.differences)
        return Missed(tuple(item.run for item in missed), missed[0].since if missed else "", differences)

    @property
    def clock(self) -> str:
        """That the reading before this one seems to be younger than it."""
        if not self.before or not is_later(self.before.finished, self.entry.finished):
            return ""
        return (
            f"The clock of this machine was set back: the last reading ended at {moment(self.before.finished)}, which "
            f"is later than this one, {moment(self.entry.finished)}. It is compared with that one nevertheless."
        )

    @property
    def tell(self) -> bool:
        return bool(self.entry.differences or self.clock or self.missed.differences) or new_gaps(
            self.entry, self.previous
        )
