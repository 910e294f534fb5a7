# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every story needs: a finished run, and the writes that matter."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.lab.client import LabClient

_RECAP = re.compile(r"^(\S+)\s+: ok=(\d+)\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)", re.MULTILINE)


@dataclass
class Run:
    """A finished ansible-playbook."""

    code: int
    output: str

    @property
    def changed(self) -> int:
        return sum(int(match[3]) for match in _RECAP.finditer(self.output))

    @property
    def text(self) -> str:
        """The output in one line of single spaces: messages are wrapped and escaped by the callback."""
        return " ".join(self.output.replace("\\n", " ").split())


Play = Callable[..., Run]
STEP_5 = {"IsDefaultAuthorizationEndpoint", "OAuth2ClientProfileEnabled"}


def step5(lab: LabClient) -> list[dict[str, Any]]:
    """The writes of step 5."""
    return [item for item in lab.writes() if STEP_5 & set(item.get("parameters", {}))]
