# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last handler: whatever nobody foresaw is one message, closes the record, and shows no secret."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.plugin_utils import _action
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction, run_of
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import ExchangeOptions, RecordOptions, Result

SECRET = "Pa$$w0rd's"


@dataclass(frozen=True, kw_only=True)
class Few(ExchangeOptions, RecordOptions):
    """The options that the faulty action looks at."""


class Breaking(HmaAction[Few]):
    """An action with a fault in it."""

    module = "hma_orgconfig"
    options = Few
    fault: Any = None
    intent = False

    def apply(self, options: Few) -> Result:
        if self.intent:
            self.record(options).intent(
                "Organization", {"type": "organization", "guid": "g", "name": "n"}, "Set-X", {"A": True}, {"A": False}
            )
        if self.fault is RecursionError:
            return self.apply(options)
        if self.fault is not None:
            raise self.fault(f"no such thing: {options.exchange_password}")
        nothing: dict[str, Any] = {}
        Properties(nothing["nowhere"], "here").text("Name")
        return Result()


def breaking(tmp_path: Path, fault: Any, *, intent: bool = False) -> Breaking:
    args = {
        "oauth2_client_profile_enabled": True,
        "exchange_user": None,
        "exchange_password": SECRET,
        "record_dir": str(tmp_path),
        "run_id": "r",
    }
    task = SimpleNamespace(args=args, become=False, check_mode=False, async_val=0, diff=False)
    action = Breaking.__new__(Breaking)
    action._task, action._connection, action._templar = task, SimpleNamespace(_shell=SimpleNamespace(tmpdir=None)), None
    action._supports_check_mode, action._supports_async, action.fault, action.intent = True, False, fault, intent
    action.validate_argument_spec = lambda **_spec: (None, {**args, "despite_policy": None})
    return action


@pytest.mark.parametrize("fault", [RecursionError, OverflowError, KeyError, None])
def test_one_message_that_names_the_place(tmp_path: Path, fault: Any) -> None:
    result = breaking(tmp_path, fault).run(None, {"inventory_hostname": "ex1"})
    assert result["failed"] is True
    assert result["uncertain"] is False
    assert (f"hma_orgconfig on ex1: {(fault or KeyError).__name__} at ") in result["msg"]
    assert "This is a bug of the collection" in result["msg"]
    assert SECRET not in str(result)


def test_the_place_is_in_our_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_action, "_OURS", f"{Path(__file__).parent.name}/")
    assert "KeyError at test_last_handler.py:" in breaking(tmp_path, KeyError).run(None, {})["msg"]


def test_a_write_under_way_is_uncertain_in_result_and_record(tmp_path: Path) -> None:
    result = breaking(tmp_path, ValueError, intent=True).run(None, {"inventory_hostname": "ex1"})
    assert result["uncertain"] is True
    assert [change["result"] for change in result["changes"]] == ["uncertain"]
    assert '"result": "uncertain"' in (tmp_path / "r" / "ex1.jsonl").read_text("utf-8")


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit])
def test_an_end_from_outside_is_no_fault(tmp_path: Path, end: type[BaseException]) -> None:
    with pytest.raises(end):
        breaking(tmp_path, end).run(None, {})


def test_each_result_names_its_run(tmp_path: Path) -> None:
    hostvars = {"localhost": {"hma_started_run": "20261126-1"}}
    assert breaking(tmp_path, KeyError).run(None, {"hostvars": hostvars})["run_id"] == "20261126-1"
    assert breaking(tmp_path, KeyError).run(None, {})["run_id"] == "r"
    assert run_of({"hostvars": {"localhost": {}}}) is None
