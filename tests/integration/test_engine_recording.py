# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A recording through the real PowerShell engine: its binder, serializer and error records, and the script in it, give
the shape that the lab gives by itself.

Each lab makes a certificate of its own; the engine's stand-in of it has its bytes and no other property.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.questions import (
    of_organization,
    of_server,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.envelope import Envelope

from tests.integration.test_engine import shell
from tests.lab.client import running
from tests.lab.engine import find

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(find() is None, reason="no PowerShell engine: set HMA_PWSH or put pwsh on the path"),
]
# These hold the certificate, or its thumbprint.
OWN = ("Get-ExchangeCertificate", "Get-AuthConfig")
ASKED = [question.cmdlet for question in (*of_server(), *of_organization())]


def shape(answer: Envelope) -> list[Any]:
    """What was said, but for the time that it took and the sentences, which the engine words in its own way."""
    return [
        (result.objects, [(item.id, item.category, item.reason, item.target) for item in result.errors],
         len(result.warnings))
        for result in answer.results
    ]  # fmt: skip


@pytest.mark.matrix
def test_the_engine_and_the_lab_answer_in_the_same_shape(tmp_path: Path) -> None:
    with (
        running("default", tmp_path / "python", engine="none") as python,
        running("default", tmp_path / "engine", engine="both") as engine,
    ):
        ours, theirs = (shell(lab, "ex3.corp.contoso.test")(ASKED) for lab in (python, engine))
    for cmdlet, own, other in zip(ASKED, shape(ours), shape(theirs), strict=True):
        if cmdlet.name not in OWN:
            assert own == other, cmdlet.typed()
    certificates = [answer.results[names().index(OWN[0])].objects[0] for answer in (ours, theirs)]
    assert [item["adapted"]["RawData"]["type"] for item in certificates] == ["System.Byte[]"] * 2
    assert certificates[0]["types"] == certificates[1]["types"]
    assert all(result.milliseconds is not None for result in theirs.results)


def names() -> list[str]:
    return [cmdlet.name for cmdlet in ASKED]
