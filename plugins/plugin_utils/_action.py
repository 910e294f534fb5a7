# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The base of all actions: validate, make values plain, apply, let no secret out, and print nothing raw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.module_utils.common.parameters import remove_values
from ansible.plugins.action import ActionBase
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.plan import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.values import ParseError
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.visible import printable, visible

from ._exchange.errors import ExchangeError, Unreachable
from ._exchange.shell import Shell, open_shell
from ._graph.errors import GraphError
from ._place import warning
from ._record import Record, RecordError

Options = dict[str, Any]


class HmaAction(ActionBase):
    """One operation. A subclass names its module and says in ``apply`` what it does."""

    module: ClassVar[str]
    kept: Record | None = None

    def apply(self, options: Options) -> dict[str, Any]:
        """Do it (or, in check mode, predict it) and return the result."""
        raise NotImplementedError

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        self.host = str((task_vars or {}).get("inventory_hostname", "localhost"))
        self.inventory = [str(source) for source in (task_vars or {}).get("ansible_inventory_sources") or []]
        spec = SPECS[self.module]
        secrets = secrets_in(spec["argument_spec"], self._task.args)
        try:
            self._refuse_become(result)
            _validation, options = self.validate_argument_spec(**spec)
            # An option that came as text (JSON, key=value) is only now what it stands for.
            secrets += secrets_in(spec["argument_spec"], options)
            result.update(self.apply(plain(options)))
        except Unreachable as exc:
            if self.kept is None or not self.kept.changes:
                raise AnsibleConnectionFailure(visible(remove_values(str(exc), secrets))) from None
            # Out of reach after a write is a failure with a history, not a host that was never touched.
            result.update(failed=True, msg=f"{exc} Writes were made before it; run this again: it reads first.", uncertain=True)
        except ExchangeError as exc:
            result.update(failed=True, msg=str(exc), uncertain=exc.uncertain)
        except (Refused, ParseError, GraphError, RecordError) as exc:
            result.update(failed=True, msg=f"{self.host}: {exc}")
        except AnsibleActionFail as exc:
            # Raised, it would be shown as it is; returned, it is scrubbed.
            result.update(failed=True, msg=f"{self.module} on {self.host}: {exc}")
        if self.kept is not None:
            # The events of a job are a record too: AWX keeps them where an execution environment's files are gone.
            result["changes"] = self.kept.changes
            gone = warning(self.kept.path.parent)
            result.setdefault("warnings", []).extend([gone] if gone and self.kept.changes else [])
        scrubbed: dict[str, Any] = remove_values(result, secrets)
        return printable(scrubbed)

    def _refuse_become(self, result: dict[str, Any]) -> None:
        if not self._task.become:
            return
        if isinstance(self._task.get_ds(), Mapping) and "become" in self._task.get_ds():
            raise AnsibleActionFail("become has no meaning here: Exchange runs under exchange_user or the connection's user. Remove it from the task.")
        result.setdefault("warnings", []).append(f"{self.module}: become is ignored; Exchange runs under exchange_user or the connection's user.")

    def shell(self, options: Options) -> Shell:
        return open_shell(self._connection, host=self.host, exchange_user=options["exchange_user"], exchange_password=options["exchange_password"])

    def record(self, options: Options) -> Record:
        """The record of this task, one however often it is asked for."""
        if self.kept is None:
            self.kept = Record(options["record_dir"], options["run_id"], self.host, self.module)
        return self.kept

    @property
    def predicting(self) -> bool:
        return bool(self._task.check_mode)


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


def plain(value: Any) -> Any:
    """Built-in types all the way down: ansible-core's tagged ones break jmespath, pypsrp and json."""
    if isinstance(value, Mapping):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    # An int is no bool and str(value) of a tagged string is a plain one.
    if isinstance(value, bool):
        return bool(value)
    for kind in (int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value
