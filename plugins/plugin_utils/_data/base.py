# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Options and results of the actions as dataclasses: a field is an option, or a key of the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, Self

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.facts import plain
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Account

# Keys of Ansible's own that a result has only where they say something.
_WHERE_SAID: Final = frozenset({"failed", "msg"})


@dataclass(frozen=True, kw_only=True)
class ModuleOptions:
    """The options of a module as its specification validated them; ``_argspec`` says which there are."""

    @classmethod
    def from_options(cls, given: Mapping[str, Any]) -> Self:
        return cls(**{option.name: given[option.name] for option in fields(cls)})


@dataclass(frozen=True, kw_only=True)
class FactsOptions(ModuleOptions):
    """What was found; where nobody gave it, what the run found so far of the hosts of these groups."""

    facts: Mapping[str, Any]
    servers_group: str
    tenants_group: str


@dataclass(frozen=True, kw_only=True)
class ExchangeOptions(ModuleOptions):
    """As whom Exchange is asked, where that is not the user of the connection."""

    exchange_user: str | None
    exchange_password: str | None = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class RecordOptions(ModuleOptions):
    """Where the record of the run is."""

    record_dir: str
    run_id: str | None


@dataclass(frozen=True, kw_only=True)
class Result:
    """What an action returns; a subclass has the keys of its module's documentation."""

    changed: bool = False
    failed: bool = False
    msg: str = ""

    def returned(self) -> dict[str, Any]:
        """The result as Ansible takes it. It is not called ``facts``, because a key of a result is."""
        keys = {key.name: plain(getattr(self, key.name)) for key in fields(self)}
        return {key: value for key, value in keys.items() if value or key not in _WHERE_SAID}


@dataclass(frozen=True, kw_only=True)
class WritingResult(Result):
    """What a writing action returns: the keys of ``account`` stand beside its own."""

    account: Account

    def returned(self) -> dict[str, Any]:
        keys = super().returned()
        del keys["account"]
        return {**keys, **self.account.facts()}
