# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The least ansible-core: one number, and one clear line where it is not reached."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from ansible_collections.hybrid.exchange.plugins.plugin_utils import _action, _core
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import ModuleOptions, Result

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize("version", ["2.18.6", "2.19.0", "2.19.3", "2.9.27", "2.19.0rc2"])
def test_an_older_core_is_refused_with_the_command_that_mends_it(version: str) -> None:
    reason = str(_core.too_old(version))
    assert reason.startswith(f"hybrid.exchange needs ansible-core 2.19.4 or newer, and this is {version}.")
    assert reason.endswith("-m pip install 'ansible-core>=2.19.4'")
    assert "\n" not in reason


@pytest.mark.parametrize("version", ["2.19.4", "2.19.14", "2.20.0b1", "2.22.0.dev0", "3.0"])
def test_a_core_that_is_new_enough(version: str) -> None:
    assert _core.too_old(version) is None


def test_the_collection_requires_the_same_core() -> None:
    required = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text("utf-8"))["requires_ansible"]
    assert required == f">={'.'.join(map(str, _core.LEAST))}"


def test_it_is_the_first_thing_that_an_action_looks_at(monkeypatch: pytest.MonkeyPatch) -> None:
    class Never(HmaAction[ModuleOptions]):
        module = "hma_info"
        options = ModuleOptions

        def apply(self, options: ModuleOptions) -> Result:
            raise AssertionError(options)

    monkeypatch.setattr(_action, "too_old", lambda: _core.too_old("2.18.1"))
    action = Never.__new__(Never)
    action._task = SimpleNamespace(args={"exchange_password": "x"})
    result = action.run(None, {})
    assert result["failed"]
    assert "ansible-core 2.19.4 or newer, and this is 2.18.1." in result["msg"]
