# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Writing a plan to Exchange: intent on disk, cmdlets in one shell, outcome on disk, read back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.display import few
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import (
    DONE,
    FAILED,
    NOT_SENT,
    UNCERTAIN,
    Change,
    Plan,
    differing,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet, CmdletResult

from .._alive import Orphaned, refuse_orphan
from .._record.writer import Record
from .errors import ExchangeError, Overtaken
from .failures import cmdlet_failure
from .shell import Answer, Shell

_NAMED: Final = 20


@dataclass(frozen=True)
class Written:
    """The read-backs, in the order of ``read_back``'s cmdlets, and what Exchange warned."""

    read_back: list[CmdletResult]
    warnings: list[str]


@dataclass(frozen=True)
class Writer:
    """Sends plans in one shell, which looks at one domain controller, and keeps the record of them."""

    shell: Shell
    record: Record
    host: str
    domain_controller: str | None

    def write(
        self,
        plan: Plan,
        *,
        read_before: Sequence[Cmdlet] = (),
        read_back: Callable[[Change], Cmdlet] | None = None,
        read_after: Sequence[Cmdlet] = (),
    ) -> Written:
        """Send the plan. ``read_before`` are read first, and what they expect has to be there; ``read_back`` reads each
        object right after its write, ``read_after`` once at the end.

        ExchangeError says which cmdlet failed and what had been done before; ``uncertain`` when the connection broke.
        Overtaken where something is not as expected.
        """
        cmdlets = [*read_before, *_cmdlets(plan, read_back, read_after)]
        numbers, answer = self._send(plan, cmdlets)
        self._settle(plan, numbers, cmdlets, answer)
        reads = [result for cmdlet, result in zip(cmdlets, answer.results, strict=True) if not cmdlet.writes]
        return Written(reads[len(read_before) :], [text for result in answer.results for text in result.warnings])

    def write_each(self, plan: Plan) -> list[str]:
        """Send writes of which none needs another, and return why each one that failed did. What is read back is the
        caller's."""
        numbers, answer = self._send(plan, plan.cmdlets)
        failures = []
        for number, change, result in zip(numbers, plan.changes, answer.results, strict=True):
            outcome, text = self._outcome(change.cmdlet, result)
            self.record.outcome(number, outcome, text)
            failures += [f"{change.object}: {text}"] if text else []
        return failures

    def _send(self, plan: Plan, cmdlets: Sequence[Cmdlet]) -> tuple[list[str], Answer]:
        """The intents on disk, then everything in one shell. What became of a list that was not answered is recorded
        of each write in it."""
        numbers = [self._intent(change) for change in plan.changes]
        try:
            refuse_orphan()
            return numbers, self.shell.run(cmdlets, domain_controller=self.domain_controller)
        except Orphaned as exc:
            self._outcomes(numbers, NOT_SENT, str(exc))
            raise
        except ExchangeError as exc:
            self._outcomes(numbers, UNCERTAIN if exc.uncertain else FAILED, str(exc))
            if exc.uncertain:
                raise ExchangeError(
                    f"{exc} Uncertain: {_objects(plan)}. Run this again: it reads first and does what is left.",
                    uncertain=True,
                ) from None
            raise

    def read(self, cmdlet: Cmdlet) -> CmdletResult:
        """One read in the same shell, from the same domain controller."""
        answer = self.shell.run([cmdlet], domain_controller=self.domain_controller)
        answer.require([cmdlet])
        return answer.results[0]

    def check_read_back(self, change: Change, found: Mapping[str, Any], advice: str = "Run this again.") -> None:
        """ExchangeError where an object is not as it was written; ``found`` are its properties as they were read
        back."""
        wrong = differing(change.after, found)
        if wrong:
            self.record.refute(change.target, wrong)
            raise ExchangeError(
                f"{self.host}: {change.cmdlet.typed()} was accepted, but {', '.join(wrong)} did not read "
                f"back as written. {advice}"
            )

    def _intent(self, change: Change) -> str:
        return self.record.intent(
            change.object, change.target, change.cmdlet.typed(), change.before, change.after, change.beside,
            gives_back=change.gives_back,
        )  # fmt: skip

    def _outcomes(self, numbers: Sequence[str], result: str, detail: str) -> None:
        for number in numbers:
            self.record.outcome(number, result, detail)

    def _settle(self, plan: Plan, numbers: Sequence[str], cmdlets: Sequence[Cmdlet], answer: Answer) -> None:
        """Outcome of each write on disk; the first cmdlet that failed is raised."""
        results = list(zip(cmdlets, answer.results, strict=True))
        writes = [result for cmdlet, result in results if cmdlet.writes]
        failed = [pair for pair in results if pair[1].errors]
        changed = [cmdlet for cmdlet, result in results if result.ok and not cmdlet.as_expected(result)]
        for number, change, result in zip(numbers, plan.changes, writes, strict=True):
            self.record.outcome(number, *self._outcome(change.cmdlet, result, overtaken=bool(changed)))
        if changed and not failed:
            raise Overtaken(
                f"{self.host}: {changed[0].typed()} shows something else than a moment ago: somebody else is at "
                f"work there. Nothing was written. Find out who; then run this again."
            )
        if failed:
            # A write that failed says more than a read behind it.
            cmdlet, result = next((pair for pair in failed if pair[0].writes), failed[0])
            done = [change.object for change, result in zip(plan.changes, writes, strict=True) if result.ok]
            text = cmdlet_failure(self.host, cmdlet, result.errors[0])
            raise ExchangeError(
                f"{text} Done before it: {', '.join(done) or 'nothing'}. Run this again when it is mended."
            )

    def _outcome(self, cmdlet: Cmdlet, result: CmdletResult, *, overtaken: bool = False) -> tuple[str, str]:
        if result.ok:
            return DONE, ""
        if result.ran:
            return FAILED, cmdlet_failure(self.host, cmdlet, result.errors[0])
        return NOT_SENT, "what it rests on had changed" if overtaken else "a cmdlet before it failed"


def _objects(plan: Plan) -> str:
    """What a plan is about; of many objects some, and how many more there are."""
    return few(list(dict.fromkeys(change.object for change in plan.changes)), _NAMED)


def _cmdlets(plan: Plan, read_back: Callable[[Change], Cmdlet] | None, read_after: Sequence[Cmdlet]) -> list[Cmdlet]:
    cmdlets: list[Cmdlet] = []
    for change in plan.changes:
        cmdlets.append(change.cmdlet)
        if read_back is not None:
            cmdlets.append(read_back(change))
    return [*cmdlets, *read_after]
