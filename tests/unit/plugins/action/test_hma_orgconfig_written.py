# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Exchange stores of step 5: all of it, or nothing."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.action import hma_orgconfig
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import authserver, enabling, orgconfig
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.endpoint import write_endpoint
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import ExchangeError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.write import Writer
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record.writer import Record

from tests.lab import scenario
from tests.unit.support.memory_shell import Forgetful

READS = [orgconfig.READ, authserver.READ]


def test_an_endpoint_that_is_not_stored_leaves_the_old_one_and_no_switch(tmp_path: Path) -> None:
    shell = Forgetful.of(scenario.load("default"))
    before = hma_orgconfig._State.of(shell.run(READS).results)
    (old,) = authserver.defaults(before.servers)
    tenant_id = str(next(item for item in before.servers if item.name == "EvoSTS").tenant_id)
    plan = enabling.plan_enable(before.config, before.servers, tenant_id, old.name)
    writer = Writer(shell, Record(str(tmp_path), "run", "ex1", "hma_orgconfig"), "ex1", None)
    now = hma_orgconfig._State.of(write_endpoint(writer, plan, before.servers, read_after=READS).read_back)
    options: Any = SimpleNamespace(on=True, default_authorization_endpoint_of=tenant_id)
    with pytest.raises(ExchangeError, match=f"it was switched off again.*'{old.name}' was made the default"):
        hma_orgconfig._check(writer, plan, before, now, options)
    after = hma_orgconfig._State.of(shell.run(READS).results)
    assert not after.config.may_be_on
    assert [item.name for item in authserver.defaults(after.servers)] == [old.name]
