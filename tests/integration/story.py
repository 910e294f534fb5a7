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


def sets(value: Any) -> Any:
    """A state with its lists of text as sets."""
    if isinstance(value, dict):
        return {key: sets(item) for key, item in value.items() if key != "OriginatingServer"}
    if isinstance(value, list):
        return frozenset(value) if all(isinstance(item, str) for item in value) else [sets(item) for item in value]
    return value


def records(lab: LabClient) -> list[str]:
    """The folders of the runs so far, the oldest first."""
    return [str(path) for path in sorted((lab.folder / "records").iterdir(), key=lambda path: path.stat().st_ctime)]


Play = Callable[..., Run]
STEP_5 = {"IsDefaultAuthorizationEndpoint", "OAuth2ClientProfileEnabled"}


def step5(lab: LabClient) -> list[dict[str, Any]]:
    """The writes of step 5."""
    return [item for item in lab.writes() if STEP_5 & set(item.get("parameters", {}))]
