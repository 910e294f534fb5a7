# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The dataclasses of options and results: they have what the specification and the documentation have."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest
import yaml
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SIGN_IN, SPECS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Account
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import Result, WritingResult

ROOT: Final = Path(__file__).parents[4]
PLUGINS: Final = "ansible_collections.hybrid.exchange.plugins"
ACTIONS: Final = sorted(path.stem for path in (ROOT / "plugins" / "action").glob("hma_*.py"))
# What the base adds to every result, and Ansible's own keys.
OF_EVERY_RESULT: Final = {"run_id", "uncertain", "changed", "failed", "msg", "warnings", "unreachable"}

# What ansible-core itself reads in a result: a value of ours would be taken for it, and since 2.21 (UnifiedTaskResult)
# it is made what the key is there, "finished" a Boolean.
OF_THE_CORE: Final = {
    *("ansible_facts", "ansible_job_id", "async_result", "attempts", "deprecations", "exception", "finished"),
    *("invocation", "module_stderr", "module_stdout", "notify", "rc", "results", "results_file", "retries", "started"),
    *("failed_when_result", "false_condition", "skip_reason", "skipped", "skipped_reason", "stats"),
}


def results_in(module: ModuleType) -> Iterator[type[Result]]:
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Result) and value not in (Result, WritingResult):
            yield value


def keys_of(result: type[Result]) -> set[str]:
    keys = {field.name for field in fields(result)}
    if issubclass(result, WritingResult):
        keys = (keys - {"account"}) | {field.name for field in fields(Account)}
    return keys - OF_EVERY_RESULT


@pytest.mark.parametrize("name", ACTIONS)
def test_every_option_is_a_field(name: str) -> None:
    options = importlib.import_module(f"{PLUGINS}.action.{name}").Options
    # A tenant's sign-in is one field, however it was given.
    given = set(SPECS[name]["argument_spec"]) - (set(SIGN_IN) if name == "hma_spn" else set())
    assert {field.name for field in fields(options)} >= given - {"exchange_user", "exchange_password", "run_id"}
    assert {field.name for field in fields(options)} <= given


@pytest.mark.parametrize("name", ACTIONS)
def test_every_key_of_a_result_is_documented(name: str) -> None:
    module = importlib.import_module(f"{PLUGINS}.action.{name}")
    documented: dict[str, Any] = yaml.safe_load(importlib.import_module(f"{PLUGINS}.modules.{name}").RETURN)
    found = set().union(*map(keys_of, results_in(module)))
    assert found == set(documented) - OF_EVERY_RESULT


@pytest.mark.parametrize("name", ACTIONS)
def test_no_key_of_a_result_is_one_of_the_core(name: str) -> None:
    documented = yaml.safe_load(importlib.import_module(f"{PLUGINS}.modules.{name}").RETURN)
    assert not OF_THE_CORE & set(documented)


def test_what_says_nothing_is_left_out() -> None:
    assert Result().returned() == {"changed": False}
    assert Result(failed=True, msg="why").returned() == {"changed": False, "failed": True, "msg": "why"}
