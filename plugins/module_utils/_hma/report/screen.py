# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The last screen of a run: what a person at a terminal has to know, however many servers there are.

At most 15 lines of at most 120 columns. Only a word that cannot be cut (a path, say) may be longer: what is printed to
be typed is typed as it stands.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from typing import Final

from ..base.called import GIVEN_WITH_E
from ..base.command import Command
from ..base.comparison import fold
from ..base.printable import printable
from .broken import BROKE, NO_REASON
from .changes import ReportedChange
from .document import Document
from .ending import WAYS_BACK, Ending, Next
from .text import Action, Fix
from .unsure import Unsure

LINES: Final = 15
WIDTH: Final = 120
# How many things to do are shown; the report has them all.
_SHOWN: Final = 3
_INDENT: Final = "   "
# How many commands that look after a write are shown.
_LOOKS: Final = 2
# The width of the names of cmdlets that do not fit in half a line.
_CMDLETS: Final = WIDTH // 3
# How many lines a message or a fix has where there is room.
_LONG: Final = 4
# How many lines of a reason are shown where there is nothing else to show.
_REASONS: Final = 9
_PRODUCTS: Final = ("AutoDiscover", "Entra", "Exchange", "InternetWebProxy", "Outlook")
# The words of a command, each with its quotes: it goes on in the next line between two of them, and nowhere else.
_WORD: Final = re.compile(r"""(?:'[^']*'|"[^"]*"|[^\s'"])+""")
_OPTIONS: Final = ("--limit", "-e", "-i")
_PROGRAM: Final = "ansible-playbook"
_NO_REPORT: Final = frozenset({"check_access", "discover"})


def screen(
    document: Document, ending: Ending, name: str, files: Sequence[tuple[str, str]], unsure: Sequence[Unsure] = ()
) -> tuple[str, ...]:
    """The lines, the verdict first. ``files`` are what the run left, each with its name; ``unsure`` are the writes that
    nobody knows the outcome of.

    A way back has no findings: its ending says what is left to do.
    """
    actions = () if name in WAYS_BACK else document.actions
    verdict = [_cut(f"{name}: {ending.words}. Run {document.run.id}.")]
    says = _wrapped(" ".join(ending.says), 3)
    left = [*_files(files), *(_typed(ending.next) if ending.next else [])]
    changed = [*_changed(document.changes), *_unsure(unsure)]
    room = LINES - len(verdict) - len(says) - len(left) - len(changed)
    return (*verdict, *says, *_open(actions, room, stopped=bool(document.run.stopped)), *changed, *left)


def short_screen(
    name: str, words: str, says: Sequence[str], left: Sequence[str], actions: Sequence[Action] = ()
) -> tuple[str, ...]:
    """The last screen of a playbook that judges no organization: the verdict (which may name a folder, so that it has
    three lines), what there is to know, what there is to do, and what it left or what is typed next: never cut."""
    head, tail = _wrapped(f"{name}: {words}.", 3), [str(printable(line)) for line in left]
    room = LINES - len(head) - len(tail)
    known = [line for text in says for line in _hung(text, 2)]
    shown = known if len(known) <= room else [*known[: room - 1], "There is more: it stands above."]
    return (*head, *shown, *_to_do(actions, room - len(shown), spare=False), *tail)


def _open(actions: Sequence[Action], room: int, *, stopped: bool) -> list[str]:
    """What there is to fix; below it, or where there is nothing, what was not checked, and what is worth knowing.

    A run that stopped may have stopped at what could not be checked.
    """
    to_do = [item for item in actions if item.status == "fail" or (stopped and item.stops)]
    silent = [item for item in actions if item.status == "not_checked" and item not in to_do]
    unasked = [item for item in silent if item.unasked]
    unchecked = [item for item in silent if not item.unasked]
    warnings = [item for item in actions if item.status == "warn"]
    lines = _to_do(to_do, room - bool(unchecked), spare=bool(warnings))
    lines += _named("Not checked", unchecked, min(room - len(lines), 1 if lines else 2))
    lines += _first("Worth knowing", warnings) if room > len(lines) else []
    return lines + (_unasked(unasked) if room > len(lines) else [])


def _unasked(actions: Sequence[Action]) -> list[str]:
    """What nobody asked for alarms nobody: it stands last, with the option that asks."""
    ids = _few([item.id for item in actions], WIDTH - 50)
    return [_cut(f"Left to -e hma_audit_read=full ({len(actions)}): {ids}.")] if actions else []


def _files(files: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{what}: {_as_it_is(path)}" for what, path in files if path]


def _to_do(actions: Sequence[Action], room: int, *, spare: int) -> list[str]:
    """What stops, each with its fix; what there is no room for is named. Long texts are cut before something else is
    left out (``spare``)."""
    if room < 2:
        return []
    for most in (_LONG, 2):
        lines = [line for place, action in enumerate(actions[:_SHOWN]) for line in _one_to_do(place + 1, action, most)]
        if len(actions) <= _SHOWN and len(lines) <= room - spare:
            return lines
    lines = []
    for place, action in enumerate(actions[:_SHOWN]):
        more = len(actions) - place - 1
        new = _one_to_do(place + 1, action, 1)
        if len(lines) + len(new) + bool(more) > room:
            return [*lines, *_first("More to do", actions[place:])]
        lines += new
    return [*lines, *_first("More to do", actions[_SHOWN:])]


def _one_to_do(number: int, action: Action, most: int) -> list[str]:
    """What is wrong and its fix, each in as many lines as there is room for."""
    others = sum(len(fix.objects) for fix in action.fixes[1:])
    more = [f"{_INDENT}Something else is to be done for {others} of them: see the report."] if others else []
    return [*_hung(f"{number}. {_wrong(action)}", most), *_fix(action.fixes[0], most), *more]


def _wrong(action: Action) -> str:
    """What is wrong, by what was seen: the title of a check says what would be right."""
    objects = [item.object for other in action.fixes for item in other.objects]
    of = objects[0] if len(objects) == 1 else f"{objects[0]} and {len(objects) - 1} more"
    if action.id == BROKE:
        # The sentence above holds the message.
        return f"{action.title} ({of})"
    message = " ".join(action.fixes[0].objects[0].message.split()).removeprefix(f"{objects[0]}: ")
    return f"{action.id} {of}: {message or action.title}"


def _fix(fix: Fix, most: int) -> list[str]:
    """The words of the fix, and the first of what is typed for it: whole, or not at all."""
    words = _hung(f"{_INDENT}{fix.fix}", most) if fix.fix else []
    if not fix.commands:
        return words
    lines = _lines_of(fix.commands[0].text, fix.commands[0].language)
    more = len(fix.commands) - 1
    if any(len(line) > WIDTH for line in lines):
        return [*words, f"{_INDENT}What is typed for it is in the report."]
    return [*words, *lines, *([f"{_INDENT}{more} more like it: see the report."] if more else [])]


def _hung(text: str, most: int) -> list[str]:
    """A text in so many lines, those below the first set in."""
    text = _in_a_line(text)
    if len(text) <= WIDTH or most == 1:
        return [_cut(text)]
    lines = textwrap.wrap(
        text, WIDTH, subsequent_indent=_INDENT, break_long_words=False, break_on_hyphens=False, max_lines=most,
        placeholder="...",
    )  # fmt: skip
    return [_cut(line) for line in lines]


def _lines_of(text: str, language: str) -> list[str]:
    """A command as it is typed; one of the shell that is too long goes on behind a backslash."""
    if language != "shell" or len(_INDENT + text) <= WIDTH:
        return [f"{_INDENT}{text}"]
    words = _WORD.findall(text)
    breaks = [place for place, word in enumerate(words) if word in _OPTIONS]
    of_inventories = [place for place in breaks if words[place] == "-i"]
    # What is set for its environment stands before it.
    programs = [place for place, word in enumerate(words) if place and word == _PROGRAM]
    lines = _continued(words, [*programs, *of_inventories[:1]])
    fits = max(map(len, lines[: len(programs) + 1])) <= WIDTH
    return lines if fits else _continued(words, [*programs, *breaks])


def _continued(words: Sequence[str], breaks: Sequence[int]) -> list[str]:
    """The words in lines, a new one at each of the places."""
    ends = zip([0, *breaks], [*breaks, len(words)], strict=True)
    first, *rest = (" ".join(words[start:end]) for start, end in ends)
    lines = [f"{_INDENT}{first}", *(f"{_INDENT}  {part}" for part in rest)]
    return [*(f"{line} \\" for line in lines[:-1]), lines[-1]]


def _typed(following: Next) -> list[str]:
    text = f"{following.what}: {following.command.text}"
    if len(text) <= WIDTH:
        return [text]
    return [f"{following.what}:", *_lines_of(following.command.text, following.command.language)]


def _first(what: str, actions: Sequence[Action]) -> list[str]:
    """In one line, the first of them and how many more there are; the report has them all."""
    if not actions:
        return []
    tail = f" And {len(actions) - 1} more." if len(actions) > 1 else ""
    head = _in_a_line(f"{what} ({len(actions)}): {_wrong(actions[0])}")
    return [f"{_cut_to(head, WIDTH - len(tail))}{tail}"]


def _named(what: str, actions: Sequence[Action], room: int) -> list[str]:
    """What nobody looked at, as many as fit: a title says what would be right, so it is a question here."""
    if not actions or room < 1:
        return []
    head = f"{what} ({len(actions)}): "
    found, names = "", [f"{item.id} whether {_short(item.title)}" for item in actions]
    for place, name in enumerate(names):
        tail = f" and {len(names) - place} more" if place else ""
        longer = f"{found}; {name}" if found else name
        rest = len(names) - place - 1
        if len(head + longer) + (len(f" and {rest} more.") if rest else 1) > WIDTH * room:
            return _wrapped(f"{head}{_cut_to(found or name, WIDTH * room - len(head) - 15)}{tail}.", room)
        found = longer
    return _wrapped(f"{head}{found}.", room)


def _short(title: str) -> str:
    """A title in the middle of a sentence; the name of a product keeps its capital."""
    own = title.startswith(_PRODUCTS) or not title[1:2].islower()
    return title if own else fold(title[:1]) + title[1:]


_VERBS: Final = {"changed": "Changed", "would_change": "Would change", "rolled_back": "Taken back"}


def _changed(changes: Sequence[ReportedChange]) -> list[str]:
    """What was changed, in one line for each word: objects, and the hosts they belong to where they are many."""
    lines = []
    for status, verb in _VERBS.items():
        own = [item for item in changes if item.status == status]
        if own:
            objects = list(dict.fromkeys(_object(item) for item in own))
            lines.append(_cut(f"{verb} ({len(own)}): {_few(objects)}."))
    return lines


def _unsure(writes: Sequence[Unsure]) -> list[str]:
    """What may have been written, by which cmdlets, and the commands that look, as they stand: two where they fit."""
    if not writes:
        return []
    names = list(dict.fromkeys(item.cmdlet for item in writes))
    # What is broken off on many servers at once was sent by more cmdlets than a line holds.
    cmdlets = _few(names, _CMDLETS if len(", ".join(names)) > WIDTH // 2 else WIDTH)
    looks = [f"{_INDENT}{text}" for text in dict.fromkeys(item.look.text for item in writes if item.look)]
    fitting = [text for text in looks if len(text) <= WIDTH][:_LOOKS]
    says = "Look with" if len(fitting) == len(looks) else "Begin to look with"
    head, tail = f"May have been written ({len(writes)}): ", f", by {cmdlets}.{f' {says}:' if fitting else ''}"
    objects = _few([item.object for item in writes], WIDTH - len(head) - len(tail) - len(" and 1000 more"))
    return [_cut_to(_in_a_line(f"{head}{objects}"), WIDTH - len(tail)) + tail, *fitting]


def _object(change: ReportedChange) -> str:
    """The names of a tenant by its host, which is shorter and better known than what Entra calls them."""
    names = [line for line in change.command.splitlines() if line.startswith(("+ ", "- "))]
    if not names:
        return change.object
    return f"{len(names)} {'name' if len(names) == 1 else 'names'} in {change.host}"


def _few(objects: Sequence[str], room: int = WIDTH - 40) -> str:
    """As many of the objects as fit in a line, and how many more there are."""
    shown: list[str] = []
    for name in objects:
        if shown and len(", ".join([*shown, name])) > room:
            break
        shown.append(name)
    more = len(objects) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _wrapped(text: str, most: int) -> list[str]:
    lines = textwrap.wrap(_in_a_line(text), WIDTH, break_long_words=False, break_on_hyphens=False)
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], _cut_to(f"{lines[most - 1]} {lines[most]}", WIDTH)]


def _in_a_line(text: str) -> str:
    """Names and messages are text of others: none makes a line of its own, and what stands for a character that nobody
    sees is counted. The blanks that set a line in stay."""
    indent = text[: len(text) - len(text.lstrip(" "))]
    return indent + " ".join(str(printable(text)).split())


def _as_it_is(path: str) -> str:
    """A path with every blank of it; a line feed and a tab are shown."""
    return str(printable(path)).replace("\n", "\u240a").replace("\t", "\u2409")


def _cut(text: str) -> str:
    return _cut_to(_in_a_line(text), WIDTH)


def _cut_to(text: str, width: int) -> str:
    if len(text) <= width:
        return text
    return text[: width - 3].rstrip().rstrip(",;.") + "..."


def one_line(text: str, what: str) -> str:
    """A text that stands in a line behind what it is of."""
    return _cut_to(_in_a_line(text), WIDTH - len(f"{what}: "))


def without_report(name: str, reason: str, again: Command | None) -> tuple[str, ...]:
    """The last screen of a run that ended before its report, as far as anybody left a word."""
    # A way back writes no report, and neither do those that come before there is an organization to judge.
    head = f"{name}: The run ended {'early' if name in WAYS_BACK | _NO_REPORT else 'before its report'}."
    said = str(printable(part) if (part := reason.removeprefix("localhost: ")) else NO_REASON)
    lines = [line for part in said.splitlines() for line in _wrapped(part, 9)]
    more = ["What else there is to mend stands above."] if len(lines) > _REASONS else []
    # What is wrong stands in the command itself.
    what = "Once more, when that is mended" if GIVEN_WITH_E in said else "Once more"
    return (head, *lines[:_REASONS], *more, *(_typed(Next(what, again)) if again else []))
