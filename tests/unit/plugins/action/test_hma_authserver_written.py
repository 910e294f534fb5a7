# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Exchange says when an AuthServer is written, and what it stores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.action import hma_authserver
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import authserver
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Plan
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import ExchangeError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.write import Writer, Written
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record.writer import Record

from tests.lab import scenario
from tests.unit.audit_story import Story
from tests.unit.support.memory_shell import Forgetful

WARNING = "The metadata document could not be fetched."


def test_a_new_endpoint_that_is_not_stored_leaves_the_old_one(tmp_path: Path) -> None:
    shell = Forgetful.of(scenario.load("default"))
    read = shell.run([authserver.READ]).results[0]
    servers, _odd = authserver.parse_authservers(read.properties(authserver.READ.name))
    (old,) = authserver.defaults(servers)
    target = next(item for item in servers if item.name == "EvoSTS")
    plan = authserver.plan_default(servers, target, default=True, replace=old.name)
    writer = Writer(shell, Record(str(tmp_path), "run", "ex1", "hma_authserver"), "ex1", None)
    with pytest.raises(ExchangeError, match=f"did not read back as written.*'{old.name}' was made the default"):
        hma_authserver._write(writer, plan, servers, target, read)
    now, _odd = authserver.parse_authservers(shell.run([authserver.READ]).results[0].properties(authserver.READ.name))
    assert [item.name for item in authserver.defaults(now)] == [old.name]


def test_what_exchange_warns_of_is_a_note() -> None:
    story = Story()
    (read,) = story.run(story.reader, [authserver.READ])
    servers, _odd = authserver.parse_authservers(read.properties(authserver.READ.name))

    class Warned:
        def write(self, plan: Plan, **_reads: Any) -> Written:
            return Written([read], [WARNING])

    writer: Any = Warned()
    after, warnings = hma_authserver._write(writer, Plan(), servers, servers[0], read)
    assert (after.guid, warnings) == (servers[0].guid, [WARNING])
