# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. One thing that is not as it was, in words and as the history holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from ..base.comparison import has, lacking
from ..base.display import EMPTY, listed
from ..exchange.virtual_directories import OAUTH
from ..report.found import Found
from .causes import Cause
from .state import AUTH_SERVERS, METHODS, NAMES

NEW, GONE, CHANGED, FAILED, MENDED = "new", "gone", "changed", "failed", "mended"
OBJECTS: Final = {NEW: "is new", GONE: "is gone"}


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was. ``since`` is when it was read last as it was ``before``.

    ``check`` is the check that sees it, where one does: ``status`` is what it says now, ``fix`` what there is to do.
    """

    kind: str
    area: str
    title: str
    place: str
    setting: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    since: str = ""
    check: str = ""
    checked: str = ""
    status: str = ""
    severity: str = ""
    commands: tuple[tuple[str, str], ...] = ()
    fix: str = ""
    # The host of the inventory that stands for its place.
    host: str = ""
    cause: Cause | None = None

    @property
    def worse(self) -> bool:
        """Whether something is not right now that was: a check that fails or warns, or a thing that HMA rests on."""
        if self.kind == MENDED:
            return False
        return self.kind == FAILED or bool(self.status) or self._loses

    @property
    def advice(self) -> str:
        """Who may have done it, and what there is to do where its check is not met."""
        return " ".join(filter(None, (self.cause.sentence if self.cause else "", self.fix)))

    @property
    def _loses(self) -> bool:
        if self.area == METHODS:
            lost = has(self.before, OAUTH) and not has(self.after, OAUTH)
            return lost or (self.setting == f"{OAUTH}Authentication" and self.before == ("true",))
        if self.area == AUTH_SERVERS and (self.setting == "Name" or self.before == ("false",)):
            # Renamed, or switched on: nothing that was there is gone.
            return False
        return self.area in (NAMES, AUTH_SERVERS) and self.kind != NEW and bool(lacking(self.after, self.before))

    @property
    def text(self) -> str:
        """What differs, in one sentence."""
        if self.kind in (FAILED, MENDED):
            verb = "not met any more" if self.kind == FAILED else "met again"
            return f"{self.title}: {verb}: {self.checked or self.check}."
        if self.kind in OBJECTS:
            return f"{self.title} {OBJECTS[self.kind]}."
        return f"{self.title}: {self.setting} {_values(self.before, self.after)}."

    def facts(self) -> dict[str, Any]:
        kept = ("kind", "area", "title", "place", "host", "setting", "since", "check", "checked")
        said = ("status", "severity", "worse", "text", "fix")
        return {
            **{key: getattr(self, key) for key in (*kept, *said)},
            "before": list(self.before),
            "after": list(self.after),
            "cause": self.cause.facts() if self.cause else None,
            "commands": [{"language": language, "text": text} for language, text in self.commands],
        }


def _values(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """A list by what was added and taken away; a single value by both."""
    if len(before) > 1 or len(after) > 1:
        parts = [("lost", lacking(after, before)), ("got", lacking(before, after))]
        said = [f"{verb} {', '.join(values)}" for verb, values in parts if values]
        return f"{' and '.join(said)} (now: {listed(after)})"
    return f"is {listed(after) or EMPTY}, and was {listed(before) or EMPTY}"


def difference_of(found: Found) -> Difference:
    """A difference as a file of the history holds it."""
    texts = {key: found[key].text for key in ("kind", "area", "title", "place", "host", "setting", "since", "check",
                                              "checked", "status", "severity", "fix")}  # fmt: skip
    cause = found["cause"]
    return Difference(
        **texts, before=found["before"].texts, after=found["after"].texts,
        commands=tuple((item["language"].text, item["text"].text) for item in found["commands"].objects),
        cause=Cause(cause["text"].text, cause["source"].text, cause["inferred"].flag) if cause.flag else None,
    )  # fmt: skip
