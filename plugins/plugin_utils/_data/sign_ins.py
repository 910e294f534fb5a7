# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Options and results of hma_sign_ins, one result for each scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.measurement import Part
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.page import Result as Measured
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.page import headline

from .base import ExchangeOptions, Result
from .info import Reading


@dataclass(frozen=True, kw_only=True)
class Options(ExchangeOptions):
    """What is counted of which days, how long, and where it is kept; the results of the servers, for the files."""

    scope: str
    server: str | None
    days: int
    time_limit: int
    log_folder: str | None
    rows: int
    page: int
    go_on: bool
    masked: bool
    dir: str
    results: Mapping[str, Any]
    mailboxes: Mapping[str, Any]
    run_id: str | None


@dataclass(frozen=True, kw_only=True)
class Counted(Result):
    """What one server counted. Names of people are in the file ``part`` and not here."""

    server: str
    complete: bool
    incomplete_because: str | None
    days: int
    people: int
    requests: int
    part: str
    read: Reading | None

    @classmethod
    def of(cls, part: Part, path: str, read: Reading | None) -> Self:
        found = part.count
        return cls(
            server=found.server,
            complete=found.complete,
            incomplete_because=found.incomplete_because,
            days=found.days,
            people=len({fold(row.person) for row in found.rows if row.person}),
            requests=sum(row.requests for row in found.rows),
            part=path,
            read=read,
        )


@dataclass(frozen=True, kw_only=True)
class MailboxesRead(Result):
    """How many mailboxes were read, and where they are kept."""

    count: int
    part: str
    read: Reading


@dataclass(frozen=True, kw_only=True)
class Written(Result):
    """The files, and in numbers what they hold. ``unfinished``: a later run can go on where a server stopped."""

    files: Mapping[str, str]
    complete: bool
    words: str
    sentence: str
    incomplete: Sequence[str]
    unfinished: bool
    days: int
    kinds: Mapping[str, int]

    @classmethod
    def of(cls, found: Measured, files: Mapping[str, str], *, unfinished: bool) -> Self:
        return cls(
            files=files,
            complete=found.measured.complete,
            words=headline(found.measured),
            sentence=found.sentence,
            incomplete=found.incomplete,
            unfinished=unfinished,
            days=found.measured.days,
            kinds=found.kinds,
        )
