# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What no output may hold is taken out of a result: the secrets of a task, wherever and however they stand in
it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

MASK: Final = "********"
# As a part of longer text a secret of one or two characters is everywhere: to mask it there would make every message
# unreadable and give the secret away by its places. It is masked where the value is nothing else.
_LEAST: Final = 3


def scrub(value: Any, secrets: Iterable[str]) -> Any:
    """The same value without the secrets: in text, in numbers and in the keys of dictionaries, all the way down."""
    forms = {form for secret in secrets for form in _forms(secret)}
    return _Scrubber(forms).clean(value) if forms else value


def _forms(secret: str) -> set[str]:
    """How a secret may stand in text: as it is, as Python shows it in a message, and as JSON has it."""
    return {secret, repr(secret)[1:-1], json.dumps(secret)[1:-1]} if secret else set()


class _Scrubber:
    """The longest secret goes first: a shorter one that is a part of it would leave the rest of it behind."""

    def __init__(self, secrets: set[str]) -> None:
        self._values = secrets
        parts = sorted((secret for secret in secrets if len(secret) >= _LEAST), key=len, reverse=True)
        self._parts = re.compile("|".join(map(re.escape, parts))) if parts else None

    def clean(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Mapping):
            return {self.clean(key): self.clean(element) for key, element in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self.clean(element) for element in value]
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            written = str(value)
            return value if self._text(written) == written else MASK
        return value

    def _text(self, text: str) -> str:
        if text in self._values:
            return MASK
        return self._parts.sub(MASK, text) if self._parts else text
