# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. A cmdlet that asks: nobody is there to answer, so what it asked is kept for the message, and it is
stopped."""

from __future__ import annotations

from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import ErrorRecord

# What a host can be asked for (PSHostUserInterface); pypsrp has no answer to any of these.
_QUESTIONS: Final = (
    "PromptForChoice",
    "Prompt",
    "PromptForCredential1",
    "PromptForCredential2",
    "ReadLine",
    "ReadLineAsSecureString",
)
_SHOWN: Final = 300
# In the record's id, for the table of hints.
ASKED: Final = "CmdletAsked"


class Asked(Exception):
    """The server asks. The text is its question."""


def listen(runspace: Any) -> None:
    """Let the host of a pypsrp runspace say what it was asked; its own methods only say that they are not
    implemented."""
    ui = getattr(getattr(runspace, "host", None), "ui", None)
    for name in _QUESTIONS if ui is not None else ():
        setattr(ui, name, _raise)


def record(question: str) -> ErrorRecord:
    """The error of a cmdlet that was stopped at its question."""
    return ErrorRecord(ASKED, "OperationStopped", "PromptException", "", f"It asked: {question or 'something'}")


def _raise(_runspace: Any, _pipeline: Any, *given: Any) -> None:
    """Caption and message are text; what follows them are the answers to choose from."""
    words = [" ".join(item.split()) for item in given if isinstance(item, str) and item.strip()]
    text = "".join(char if char.isprintable() else "?" for char in ": ".join(words))
    raise Asked(text[:_SHOWN])
