# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogue has to name each topic twice; a topic that is left out of its table would be a check without a page."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import catalogue


def test_every_topic_of_the_room_is_in_the_catalogue() -> None:
    room = catalogue.__name__.rpartition(".")[0]
    files = [path.stem for path in sorted(Path(str(catalogue.__file__)).parent.glob("*.py"))]
    topics = [import_module(f"{room}.{name}") for name in files if name not in ("catalogue", "__init__")]
    checks = [check for topic in topics for check in getattr(topic, "CHECKS", ())]
    known = [check for check in checks if not isinstance(check, str)]
    assert len(known) > 40
    assert {check.id for check in known} == set(catalogue.CHECKS)
