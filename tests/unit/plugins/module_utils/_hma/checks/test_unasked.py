# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is not known of a server: nobody asked for it, or it was asked for and is not there."""

from __future__ import annotations

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.elements import Reason, Unread
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inventory import ServerEntry
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.server_state import why_not_read

ASKED = ServerEntry("ex1", components={}, certificates=())


@pytest.mark.parametrize(
    ("server", "reason"),
    [
        (ServerEntry("ex1"), Reason("not asked for; hma_audit_read: full reads it.", unasked=True)),
        (ASKED, Reason("it was not read.")),
        (ServerEntry("ex1", components={}, unread=(Unread("ways", "No way."),)), Reason("No way.")),
        (ServerEntry("ex1", error="It is off."), Reason("It is off.")),
    ],
)
def test_a_full_read_is_never_said_not_to_have_been_asked_for(server: ServerEntry, reason: Reason) -> None:
    assert why_not_read(server, "ways")[0] == reason
