# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Exchange warns of when an AuthServer is written is told, as it is of a virtual directory."""

from __future__ import annotations

from typing import Any

from ansible_collections.hybrid.exchange.plugins.action import hma_authserver
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import authserver
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Plan
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.write import Written

from tests.unit.audit_story import Story

WARNING = "The metadata document could not be fetched."


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
