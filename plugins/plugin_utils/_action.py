# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The base of all actions: validate, make values plain, apply, let no secret out, and print nothing raw."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Generic, TypeVar, cast

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.plugins.action import ActionBase
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS
from ansible_collections.hybrid.exchange.plugins.module_utils._bounds import out_of_bounds
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.printable import printable_result
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import OPEN, UNCERTAIN
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet

from ._alive import Orphaned, die_with_parent, refuse_orphan
from ._called import called
from ._core import too_old
from ._data.base import ExchangeOptions, ModuleOptions, RecordOptions, Result
from ._data.plain import plain, with_lists
from ._exchange.errors import ExchangeError, Unreachable
from ._exchange.shell import Answer, Shell, open_shell
from ._graph.errors import GraphError
from ._record.durability import warning
from ._record.writer import Record, RecordError
from ._scrub import scrub

# Where the files of this collection lie, whatever folder it was installed into.
_OURS: Final = "ansible_collections/hybrid/exchange/"
Given = TypeVar("Given", bound=ModuleOptions)


@dataclass(frozen=True)
class LivingShell:
    """A shell that sends nothing for a playbook that was killed."""

    shell: Shell

    def run(self, cmdlets: Sequence[Cmdlet], *, domain_controller: str | None = None) -> Answer:
        refuse_orphan()
        return self.shell.run(cmdlets, domain_controller=domain_controller)


class HmaAction(ActionBase, Generic[Given]):
    """One operation. A subclass names its module and the class of its options, and says in ``apply`` what it does."""

    module: ClassVar[str]
    options: ClassVar[type[ModuleOptions]]
    _record: Record | None = None
    run_id: str | None = None

    def apply(self, options: Given) -> Result:
        """Do it (or, in check mode, predict it) and return the result."""
        raise NotImplementedError

    def completed(self, options: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
        """The options with what the task itself looks up in the variables of the run."""
        return dict(options)

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        reason = too_old()
        if reason:
            return {"failed": True, "msg": reason}
        result: dict[str, Any] = super().run(tmp, task_vars)
        self.host = str((task_vars or {}).get("inventory_hostname", "localhost"))
        self.inventory = called(map(str, (task_vars or {}).get("ansible_inventory_sources") or []))
        self.run_id = run_of(task_vars or {}) or (
            str(self._task.args["run_id"]) if self._task.args.get("run_id") else None
        )
        secrets = secrets_in(SPECS[self.module]["argument_spec"], self._task.args)
        result["run_id"] = self.run_id
        try:
            self._applied(result, secrets, task_vars or {})
        except AnsibleActionFail as exc:
            # Raised, it would be shown as it is; returned, it is scrubbed.
            result.update(failed=True, msg=f"{self.module} on {self.host}: {exc}")
        except AnsibleError as exc:
            # ansible-core's own, an option that cannot be templated, say: it explains them better.
            self._close(exc)
            raise
        except (
            Exception
        ) as exc:  # the last handler: a fault of this collection is one message too, and it closes the record
            result.update(failed=True, msg=unforeseen(self.module, self.host, exc), uncertain=self._close(exc))
        self._add_changes(result)
        scrubbed: dict[str, Any] = scrub(result, secrets)
        return printable_result(scrubbed)

    def _applied(self, result: dict[str, Any], secrets: list[str], variables: Mapping[str, Any]) -> None:
        """Do it; what is foreseen to go wrong becomes a result with one message."""
        try:
            die_with_parent()
            self._refuse_become(result)
            self._task.args = with_lists(SPECS[self.module]["argument_spec"], self._task.args)
            _validation, options = self.validate_argument_spec(**SPECS[self.module])
            # An option that came as text (JSON, key=value) is only now what it stands for.
            secrets += secrets_in(SPECS[self.module]["argument_spec"], options)
            wrong = list(out_of_bounds(self.module, options))
            if wrong:
                raise AnsibleActionFail(" ".join(wrong))
            given = cast("Given", self.options.from_options(plain(self.completed(options, variables))))
            result.update(self.apply(given).returned())
        except Unreachable as exc:
            if self._record is None or not self._record.changes:
                # Returned, not raised: the result says of which run it is, and is scrubbed.
                result.update(unreachable=True, msg=str(exc))
                return
            # Out of reach after a write is a failure with a history, not a host that was never touched.
            result.update(
                failed=True, msg=f"{exc} Writes were made before it; run this again: it reads first.", uncertain=True
            )
        except ExchangeError as exc:
            result.update(failed=True, msg=str(exc), uncertain=exc.uncertain)
        except (Refused, ParseError, GraphError, RecordError, Orphaned) as exc:
            result.update(failed=True, msg=f"{self.host}: {exc}")

    def _close(self, exc: Exception) -> bool:
        """Nobody knows what became of the writes that were under way: the record says so of each. Whether there were
        any."""
        if self._record is None:
            return False
        under_way = [change["id"] for change in self._record.changes if change["result"] == OPEN]
        for number in under_way:
            # A record that cannot be written leaves the intent without an outcome, which readers take for the same.
            with contextlib.suppress(RecordError):
                self._record.outcome(
                    number, UNCERTAIN, f"{type(exc).__name__} in the collection; what became of it is not known"
                )
        return bool(under_way)

    def _add_changes(self, result: dict[str, Any]) -> None:
        """The events of a job are a record too: AWX keeps them where the files of an execution environment are
        deleted."""
        if self._record is None:
            return
        # What was written, and what became of it, takes the place of what was planned.
        result["changes"] = self._record.changes
        lost = warning(self._record.path.parent)
        result.setdefault("warnings", []).extend([lost] if lost and self._record.changes else [])

    def _refuse_become(self, result: dict[str, Any]) -> None:
        if not self._task.become:
            return
        if isinstance(self._task.get_ds(), Mapping) and "become" in self._task.get_ds():
            raise AnsibleActionFail(
                "become has no meaning here: Exchange runs under exchange_user or the connection's user. "
                "Remove it from the task."
            )
        result.setdefault("warnings", []).append(
            f"{self.module}: become is ignored; Exchange runs under exchange_user or the connection's user."
        )

    def shell(self, options: ExchangeOptions) -> Shell:
        user, password = options.exchange_user, options.exchange_password
        return LivingShell(open_shell(self._connection, host=self.host, exchange_user=user, exchange_password=password))

    def record(self, options: RecordOptions) -> Record:
        """The record of this task, one however often it is asked for."""
        if self._record is None:
            self._record = Record(options.record_dir, options.run_id, self.host, self.module)
        return self._record

    @property
    def predicting(self) -> bool:
        return bool(self._task.check_mode)


def run_of(task_vars: Mapping[str, Any]) -> str | None:
    """The run that this task is part of, as the first play of each playbook names it (steps/start.yml); None in other
    plays."""
    hosts = task_vars.get("hostvars")
    started = hosts["localhost"].get("hma_started_run") if isinstance(hosts, Mapping) and "localhost" in hosts else None
    return str(started) if started else None


def unforeseen(module: str, host: str, exc: Exception) -> str:
    """One message for what nobody foresaw: where in this collection it happened, and that it is ours to mend."""
    frames = [frame for frame in traceback.extract_tb(exc.__traceback__) if _OURS in frame.filename]
    place = f"{frames[-1].filename.rpartition(_OURS)[2]}:{frames[-1].lineno}" if frames else "outside of the collection"
    text = " ".join(str(exc).split())[:300]
    return (
        f"{module} on {host}: {type(exc).__name__} at {place} ({text or 'no message'}). This is a bug of the "
        f"collection, not of your organization: "
        "report it with this message. Run this again when it is mended: it reads first and does what is left."
    )


def secrets_in(spec: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    """The values of options that are not to be logged, those of suboptions too."""
    found = []
    for name, option in spec.items():
        value = given.get(name)
        if option.get("no_log") and value:
            found.append(str(value))
        for item in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(item, Mapping) and "options" in option:
                found += secrets_in(option["options"], item)
    return found
