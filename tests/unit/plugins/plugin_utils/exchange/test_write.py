# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the record says of a plan whose writes never left."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.orgconfig import (
    OrganizationConfig,
    plan_organization,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._alive import Orphaned
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange import write

CONFIG = OrganizationConfig(
    "Contoso", "37e46587-7875-5afd-aeaf-5a27743e41f5", oauth2_client_profile_enabled=True, mapi_http_enabled=True
)


class Kept:
    """A record that keeps what it is given, and a shell that must not be reached."""

    def __init__(self) -> None:
        self.outcomes: list[tuple[str, str]] = []

    def intent(self, *_args: Any, **_more: Any) -> str:
        return "0" * 16

    def outcome(self, _number: str, result: str, detail: str = "") -> None:
        self.outcomes.append((result, detail))

    def run(self, *_args: Any, **_more: Any) -> Any:
        raise AssertionError("a worker whose playbook has ended sent something")


def test_a_write_of_a_worker_without_its_playbook_is_recorded_as_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def orphaned() -> None:
        raise Orphaned("The playbook has ended.")

    monkeypatch.setattr(write, "refuse_orphan", orphaned)
    kept = Kept()
    plan = Plan(plan_organization(CONFIG, {"oauth2_client_profile_enabled": False}).changes)
    with pytest.raises(Orphaned):
        write.Writer(kept, kept, "ex1", None).write(plan)  # type: ignore[arg-type]
    assert kept.outcomes == [("not_sent", "The playbook has ended.")]
