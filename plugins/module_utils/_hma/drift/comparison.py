# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What differs between the last good reading and this one: settings and judgements, never texts.

Only what both have is compared. A part that this run could not read is a gap, no difference; its last good reading is
carried on, so that a change is seen when the part is read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ..base.comparison import fold, same
from .causes import SEEN_BY, cause_of
from .difference import CHANGED, FAILED, GONE, MENDED, NEW, OBJECTS, Difference
from .reading import Reading
from .state import CHECK, METHODS, NOT_APPLICABLE, NOT_CHECKED, SERVERS, URLS, Checks, Gap, Judged, Part, State, Watched

# A check that was made and could not be made now: a gap, unless the very setting that it looks at is another one.
_DOUBTED: Final = "doubted"
_SEVERITIES: Final = ("high", "medium", "low")


@dataclass(frozen=True)
class Comparison:
    """``state`` is what the next run is compared with. ``first``: there was nothing to compare with."""

    differences: tuple[Difference, ...]
    gaps: tuple[Gap, ...]
    state: State
    first: bool

    @property
    def worse(self) -> bool:
        return any(item.worse for item in self.differences)

    @property
    def open(self) -> list[tuple[str, str, Judged]]:
        """The checks that are open by what is known, the oldest first: id, object, judgement."""
        found = [
            (name, of, item) for name, checks in self.state.checks.items() for of, item in checks.items() if item.open
        ]
        return sorted(found, key=lambda item: (item[2].since, item[2].status, item[0], item[1]))


def compared(before: State | None, now: Reading) -> Comparison:
    """``before`` is what was known after the last good reading; None where there is none."""
    if before is None:
        return Comparison((), now.gaps, _state(State({}, {}), now), first=True)
    settings = list(_of_settings(before.parts, now.parts))
    doubts = list(_doubts(before.checks, now.checks))
    joined = _joined(settings, [*_of_checks(before.checks, now), *doubts])
    left = [item for item in joined if item.kind == _DOUBTED]
    found = sorted((item for item in joined if item.kind != _DOUBTED), key=_urgency)
    unread = (*now.gaps, *_missing_parts(before, now), *_unmade(left, now.checks))
    gaps = tuple({gap.what: gap for gap in reversed(unread)}.values())[::-1]
    explained = tuple(replace(item, cause=cause_of(item), host=now.host_of(item.place)) for item in found)
    seen = frozenset((item.check, item.title) for item in doubts if item not in left)
    return Comparison(explained, gaps, _state(before, now, seen), first=False)


def _urgency(found: Difference) -> tuple[bool, int, str]:
    place = _SEVERITIES.index(found.severity) if found.severity in _SEVERITIES else len(_SEVERITIES)
    return not found.worse, place, found.title


def _of_settings(before: Mapping[str, Part], now: Mapping[str, Part]) -> list[Difference]:
    """A server that is new, or gone, says so once, and not with each of its directories."""
    both = [name for name in now if name in before]
    found = [item for name in both for item in _of_part(name, before, now)]
    servers = {(item.kind, fold(item.title)) for item in found if item.area == SERVERS and item.kind in OBJECTS}
    return [item for item in found if item.area == SERVERS or (item.kind, fold(item.place)) not in servers]


def _of_part(name: str, before: Mapping[str, Part], now: Mapping[str, Part]) -> Iterator[Difference]:
    was, part = before[name], now[name]
    # Where a server shows its directories itself, Active Directory's view of them says the same once more.
    closer = {key for of in _seen_closer(name, before, now) for key in of.objects}
    for key in {**was.objects, **part.objects}:
        old, new = was.objects.get(key), part.objects.get(key)
        if key in closer:
            continue
        if old is None and new is not None:
            yield Difference(NEW, part.area, new.title, new.place, after=_all(new), since=was.read_at)
        elif new is None and old is not None:
            yield Difference(GONE, part.area, old.title, old.place, before=_all(old), since=was.read_at)
        elif old is not None and new is not None:
            yield from _of_values(part.area, old, new, was.read_at)


def _seen_closer(name: str, before: Mapping[str, Part], now: Mapping[str, Part]) -> list[Part]:
    return [now[other] for other in now if other.startswith(f"{name} of ") and other in before]


def _all(watched: Watched) -> tuple[str, ...]:
    return tuple(value for values in watched.values.values() for value in values)


def _of_values(area: str, was: Watched, now: Watched, since: str) -> Iterator[Difference]:
    """Properties that changed alike are one difference.

    A property that one of them does not have is not compared: an update of the collection may watch more. A URL that
    was taken away is a value that is gone.
    """
    found: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for name in {**was.values, **now.values}:
        before, after = was.values.get(name, ()), now.values.get(name, ())
        both = (name in was.values and name in now.values) or area == URLS or name.endswith("Url")
        if both and not same(before, after):
            found.setdefault((before, after), []).append(name)
    for (before, after), names in found.items():
        yield Difference(CHANGED, area, now.title, now.place, ", ".join(names), before, after, since)


def _of_checks(before: Checks, now: Reading) -> Iterator[Difference]:
    for check, objects in now.checks.items():
        for of, item in objects.items():
            was = before.get(check, {}).get(of)
            if item.status == NOT_CHECKED or check not in before:
                continue
            if item.open and not (was and was.open):
                yield _judged(FAILED, check, of, item, was)
            elif was and was.open and not item.open:
                yield _judged(MENDED, check, of, replace(item, place=was.place), was)
        yield from _vanished(check, before.get(check, {}), objects)


def _vanished(check: str, before: Mapping[str, Judged], objects: Mapping[str, Judged]) -> Iterator[Difference]:
    """What was open and is not spoken of any more, where the check was made and all of it could be read."""
    if any(item.status == NOT_CHECKED for item in objects.values()):
        return
    for of, was in before.items():
        if was.open and of not in objects:
            yield _judged(MENDED, check, of, was, was)


def _judged(kind: str, check: str, of: str, item: Judged, was: Judged | None) -> Difference:
    title = item.title or (was.title if was else "")
    return Difference(
        kind, CHECK, of, item.place, check=check, checked=title, status=item.status if kind == FAILED else "",
        severity=item.severity, since=was.since if was and kind == MENDED else "",
        commands=item.commands if kind == FAILED else (), fix=item.fix if kind == FAILED else "",
    )  # fmt: skip


def _joined(settings: Iterable[Difference], checks: Iterable[Difference]) -> list[Difference]:
    """A setting, and the check that sees it, are one difference: the check says that it matters, and what to do."""
    left, found = list(checks), []
    for item in settings:
        own = next((check for check in left if _sees(check, item)), None)
        if own is None:
            found.append(item)
            continue
        left.remove(own)
        said = {name: getattr(own, name) for name in ("check", "checked", "status", "severity", "commands", "fix")}
        found.append(replace(item, **said))
    return [*found, *left]


def _sees(check: Difference, setting: Difference) -> bool:
    """Whether a check that failed speaks of this setting: of its area, of its place, and of its kind of directory."""
    if check.kind not in (FAILED, _DOUBTED) or not check.check.startswith(SEEN_BY.get(setting.area, ("-",))):
        return False
    place, own = fold(check.place).partition(".")[0], fold(setting.place)
    if setting.area == METHODS:
        return place == own and fold(check.title).rpartition(" ")[2] in _kinds(setting.title)
    return place == own or not (place and own)


_KINDS: Final = {"microsoft-server-activesync": "activesync"}


def _kinds(title: str) -> tuple[str, ...]:
    """The kind of directory that an identity is of: EX1\\EWS (Default Web Site)."""
    name = fold(title).rpartition("\\")[2].partition(" (")[0]
    return (name, _KINDS.get(name, name))


def _missing_parts(before: State, now: Reading) -> Iterator[Gap]:
    known = [gap.what for gap in now.gaps]
    for name, part in before.parts.items():
        # A host that left the inventory was to be read by nobody.
        if name not in now.parts and now.knows(name) and not any(name.endswith(f" {what}") for what in known):
            yield Gap(name, f"it was not read by this run; its last reading is of {part.read_at}.")


def _doubts(before: Checks, now: Checks) -> Iterator[Difference]:
    for check, objects in now.items():
        for of, item in objects.items():
            if item.status == NOT_CHECKED and _made(before, check, of):
                yield Difference(
                    _DOUBTED, CHECK, of, item.place, check=check, checked=item.title, commands=item.commands
                )


def _unmade(doubts: Iterable[Difference], now: Checks) -> Iterator[Gap]:
    """One gap for each check, however many objects it is about."""
    objects: dict[str, list[str]] = {}
    for item in doubts:
        objects.setdefault(item.check, []).append(item.title)
    for check, of in objects.items():
        more = f" and {len(of) - 1} more" if len(of) > 1 else ""
        yield Gap(check, f"{of[0]}{more}: {now[check][of[0]].message}")


def _made(before: Checks, check: str, of: str) -> bool:
    was = before.get(check, {}).get(of)
    return was is not None and was.status not in (NOT_CHECKED, NOT_APPLICABLE)


def _state(before: State, now: Reading, doubted: frozenset[tuple[str, str]] = frozenset()) -> State:
    """What is known now: this reading, and of what it could not read the one before. What is doubted because its
    setting changed was read."""
    checks = {check: dict(objects) for check, objects in before.checks.items() if check not in now.checks}
    for check, objects in now.checks.items():
        was = {of: item for of, item in before.checks.get(check, {}).items() if (check, of) not in doubted}
        kept = {of: item for of, item in was.items() if of in objects or now.has_place(item.place)}
        checks[check] = _known(kept, objects, now.started or now.finished)
    parts = {name: part for name, part in before.parts.items() if now.knows(name)}
    return State({**parts, **now.parts}, checks)


def _known(before: Mapping[str, Judged], now: Mapping[str, Judged], seen: str) -> dict[str, Judged]:
    partly = any(item.status == NOT_CHECKED for item in now.values())
    known = {of: item for of, item in before.items() if partly and of not in now}
    for of, item in now.items():
        was = before.get(of)
        if item.status == NOT_CHECKED:
            known[of] = was or item
        else:
            known[of] = replace(item, since=(was.since if was and was.open else seen) if item.open else "")
    return known
