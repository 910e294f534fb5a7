# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. How a run ended: whether the playbook did what it is for, in a few words, and what is to be typed next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..base.called import without
from ..base.command import Command, playbook, variable_of_paths
from ..checks.steps import SWITCH_WRITES
from .again import repeated
from .document import Document
from .found import Found
from .page import head_of
from .verdict import NOT_READY, ON, PARTS

_LATER: Final = (
    "The default endpoint is taken back too, but not every server answers so yet. Servers pick it up with a delay: run "
    "verify_hma with -e hma_probe_expected=not_offered in some minutes; at the latest an iisreset on that server does "
    "it."
)
_NO_SERVER: Final = "It holds no Exchange server; the other slices of the job prepare them."
_CHECK: Final = "Check mode: nothing was changed."
_OFF: Final = "Modern authentication is off"
_OWA_OFF: Final = "Nobody needs Entra any more to sign in to Outlook on the web and the admin center"
RECORDING, TRYING = "record_organization", "try_writes_on_one_directory"
# These say on the console what they did, and write no report; their record, or their recording, says the rest.
WAYS_BACK: Final = frozenset({"disable_hma", "disable_owa_hma", "restore_hma", RECORDING, TRYING})


@dataclass(frozen=True)
class Next:
    """What is typed next, and what for."""

    what: str
    command: Command


@dataclass(frozen=True)
class Ending:
    """``words``: the verdict, ``says``: what there is to know beside it."""

    complete: bool
    words: str
    says: tuple[str, ...]
    next: Next | None = None

    @property
    def message(self) -> str:
        return " ".join([f"{self.words}.", *self.says])


@dataclass(frozen=True)
class Ended:
    """A run that came to its end: the facts of it, the report made of them, and where its record is."""

    document: Document
    facts: Mapping[str, Any]
    record: str = ""

    @property
    def run(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.facts["run"]
        return found

    @property
    def name(self) -> str:
        return self.document.run.playbook

    @property
    def inventory(self) -> Sequence[str]:
        return self.document.run.inventory

    @property
    def checking(self) -> bool:
        return bool(self.run["mode"] == "check")

    @property
    def as_called(self) -> tuple[str, ...]:
        """What a command that repeats this run has to say: a look that is repeated stays a look."""
        return ("--check",) if self.checking else ()

    @property
    def stopped(self) -> bool:
        return bool(self.document.run.stopped or self.document.problems)

    @property
    def changed(self) -> bool:
        counts = self.document.summary.changes
        return bool(counts["changed"] or counts["rolled_back"])

    @property
    def offered(self) -> str:
        """What clients were offered, in one line."""
        return "" if self.unasked else str(self.facts["probe"].get("msg") or "").split("\n", 1)[0]

    @property
    def unasked(self) -> str:
        """Why nobody could ask what clients are offered, where somebody was to."""
        probe = self.facts["probe"]
        lost = (probe.get("unreachable") or probe.get("failed")) and "summary" not in probe
        return str(probe.get("msg") or "the host that asks was not reached.") if lost else ""

    @property
    def refuted(self) -> bool:
        return bool((self.facts["probe"].get("summary") or {}).get("refuted"))


def of_chain(ended: Ended) -> Ending:
    """The end of enable_hma, and of the playbooks that are a part of it: complete where no step stopped it, and what
    it is for is not known to be missing (names that a run in mode verify did not find)."""
    if ended.name == "prepare_vdirs" and not ended.facts["servers"] and not ended.stopped:
        return Ending(True, "Nothing to do in this slice", (_NO_SERVER,))
    summary = ended.document.summary
    says = (*_checked(ended), *_of_wave(ended), summary.sentence, *_offered(ended))
    return Ending(not ended.stopped and summary.verdict != NOT_READY, _words(ended), says, _next(ended))


def _words(ended: Ended) -> str:
    if ended.name == "enable_hma" and ended.stopped and not ended.checking:
        return _of_the_switch(ended)
    return head_of(ended.document)[1]


def _of_the_switch(ended: Ended) -> str:
    if ended.run["enabled"]:
        return "Hybrid Modern Authentication was enabled, but not all of it is proven"
    if _uncertain(ended):
        return "Whether Hybrid Modern Authentication was enabled is not known"
    if ended.document.organization.modern_authentication:
        return f"{ON}, and this run stopped"
    return "Hybrid Modern Authentication was not enabled by this run"


def _uncertain(ended: Ended) -> bool:
    """Whether step 5 broke off in the middle of a write."""
    results: Mapping[str, Any] = next(
        (item["results"] for item in ended.facts["steps"] if item["step"] == SWITCH_WRITES), {}
    )
    return any(result.get("uncertain") for result in results.values())


def _checked(ended: Ended) -> tuple[str, ...]:
    return (_CHECK,) if ended.checking else ()


def _of_wave(ended: Ended) -> tuple[str, ...]:
    """How many people are in the wave, and how many are not."""
    wave: Mapping[str, Any] = ended.facts.get("wave") or {}
    counts = [(count, place) for place, count in (wave.get("counts") or {}).items() if count]
    if not counts:
        return ()
    texts = (f"{count} {'stop it' if place == 'stops' else place}" for count, place in counts)
    return (f"Wave {wave['wave']}, people: {', '.join(texts)}.",)


def _offered(ended: Ended) -> tuple[str, ...]:
    if not ended.offered:
        return ()
    today = " today, before any change" if ended.checking and ended.name == "enable_hma" else ""
    return (f"What clients are offered{today}: {ended.offered}",)


def _next(ended: Ended) -> Next | None:
    """The command that takes back what was changed, or the one that goes on."""
    if ended.checking:
        options = repeated(ended.name, ended.facts["settings"])
        return None if ended.stopped else Next("To do it", playbook(ended.name, ended.inventory, options=options))
    if ended.name == "enable_hma" and (ended.run["enabled"] or _uncertain(ended)):
        return Next("The way back", playbook("disable_hma", ended.inventory))
    if ended.changed and ended.name == "enable_owa_hma":
        return Next("The way back", playbook("disable_owa_hma", ended.inventory))
    if ended.changed:
        return Next("The way back", restoring(ended))
    # Nothing is next before what is left of this part.
    if ended.stopped or ended.name not in PARTS or ended.document.summary.to_fix:
        return None
    return Next("Next", playbook("enable_hma", ended.inventory, options=("--check", "--diff")))


def restoring(ended: Ended) -> Command:
    """The command that takes back what this run recorded."""
    return playbook("restore_hma", ended.inventory, options=sources([ended.record or ended.document.run.id]))


def of_audit(ended: Ended, judged: Mapping[str, Any]) -> Ending:
    """An audit passes by its policy, and where clients were asked, by what they are offered."""
    right = not (ended.refuted or ended.unasked) or ended.facts["settings"].get("hma_audit_fail_on") == "never"
    says = (ended.document.summary.sentence, *_offered(ended))
    return Ending(not judged.get("stops", True) and right, head_of(ended.document)[1], says, _after_audit(ended))


def _after_audit(ended: Ended) -> Next | None:
    """Where nothing is in the way of enabling, the command that shows what it would change."""
    document = ended.document
    if ended.stopped or document.organization.modern_authentication is not False:
        return None
    if any(item.stops for item in document.actions):
        return None
    return Next("Next", playbook("enable_hma", ended.inventory, options=("--check", "--diff")))


def of_disable(
    ended: Ended, off: bool, trouble: str, not_asked: str, way_out: Sequence[str] = (), unread: str = ""
) -> Ending:
    """``off``: a server switched off. ``trouble``: why the endpoint is not taken back, or why it is not off.
    ``not_asked``: why nobody knows what clients are offered. ``way_out``: runs whose policies stand in the way.
    ``unread``: why the record could not be read."""
    again = Next("Once more", playbook("disable_hma", ended.inventory, options=ended.as_called))
    if not off and way_out:
        first = playbook("restore_hma", ended.inventory, options=sources(way_out))
        words = "Modern authentication was not turned off"
        return Ending(False, words, (trouble,), Next("First take the policies back, then run this again", first))
    if not off:
        return Ending(False, "Modern authentication was not turned off", (trouble,), again)
    if trouble:
        return Ending(False, f"{_OFF}, and not everything is taken back", (trouble,), again)
    if unread:
        bare = playbook("disable_hma", without(ended.inventory, "hma_restore_record"), options=ended.as_called)
        says = f"The default authorization endpoint is left as it is. {unread}"
        clear = Next("Run it with a record that can be read, or without one, which clears Entra's endpoint", bare)
        return Ending(False, f"{_OFF}, and not everything is taken back", (says,), clear)
    if ended.checking:
        return Ending(True, "Ready to run", (_CHECK,), Next("To do it", playbook("disable_hma", ended.inventory)))
    forth = Next("To switch it on again", playbook("enable_hma", ended.inventory))
    if ended.refuted:
        return Ending(False, _OFF, (_LATER, ended.offered), forth)
    why = ended.unasked or not_asked
    unproven = f"What clients are offered is not proven: {why}" if why else ""
    return Ending(True, _OFF, tuple(filter(None, (unproven, *_offered(ended)))), forth)


def of_owa_off(ended: Ended) -> Ending:
    """The end of disable_owa_hma: complete where every server was taken back."""
    own = playbook("disable_owa_hma", ended.inventory)
    again = playbook("disable_owa_hma", ended.inventory, options=ended.as_called)
    if ended.stopped:
        reasons = (_of_host(item.host, item.message) for item in ended.document.problems)
        stopped = str(ended.run["reason"] or ended.run["stopped"])
        says = tuple(dict.fromkeys(reasons)) or (stopped,)
        return Ending(False, "Not every server signs people in as before", says, Next("Once more", again))
    if ended.checking:
        return Ending(True, "Ready to run", (_CHECK,), Next("To do it", own))
    forth = Next("To sign in at Entra again", playbook("enable_owa_hma", ended.inventory))
    return Ending(True, _OWA_OFF, (), forth)


def _of_host(host: str, message: str) -> str:
    return message if not host or message.startswith(f"{host}:") else f"{host}: {message}"


def of_restore(ended: Ended, complete: bool, message: str, runs: Sequence[str]) -> Ending:
    """``runs`` are those whose record was given."""
    words = "The record is taken back" if complete else "Not everything went back"
    if ended.checking:
        words = "Ready to run" if complete else "Not everything would go back"
    again = playbook("restore_hma", ended.inventory, options=sources(runs))
    on = Next("To do it", again) if ended.checking else None
    says = (message, f"It was recorded in {', '.join(runs)}.") if complete and not ended.checking else (message,)
    once_more = Next("Once more", playbook("restore_hma", ended.inventory, options=(*ended.as_called, *sources(runs))))
    return Ending(complete, words, says, on if complete else once_more)


def of_list(ended: Ended, runs: Sequence[Found]) -> Ending:
    """What restore_hma lists: the newest runs by name, and the command that shows what taking one back would do."""
    words = f"{len(runs)} {'run is' if len(runs) == 1 else 'runs are'} recorded"
    goes = [run for run in runs if run["counts"]["stands"].flag or run["counts"]["in use"].flag]
    lost = [run for run in runs if run["trouble"].flag]
    says = [f"Of {len(goes)} something still stands." if goes else "Nothing of them still stands."]
    says += [f"The record of {lost[0]['run'].text} cannot be read: {lost[0]['trouble'].text}"] if lost else []
    says += [f"Not read: {item.host or item.step}: {item.message}" for item in ended.document.problems[:1]]
    says += [f"{run['text'].text}." for run in goes[:3]]
    if not goes:
        return Ending(not lost, words, tuple(says))
    options = ("--check", "--diff", *sources([goes[0]["folder"].text]))
    back = playbook("restore_hma", ended.inventory, options=options)
    return Ending(not lost, words, tuple(says), Next("What the newest would take back", back))


def sources(runs: Sequence[str]) -> tuple[str, ...]:
    """The records, as ansible-playbook takes them."""
    return variable_of_paths("hma_restore_record", runs)
