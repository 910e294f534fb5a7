# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What servers counted, on the control node: a part of each, until the result is written.

Names of people are in these files and in no result of a task: results are printed, logged and kept by AWX.
"""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.mailboxes import Mailbox
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.measurement import Part
from ansible_collections.hybrid.exchange.plugins.plugin_utils._report.files import ReportError, write_files

_MODE: Final = 0o600
_SETTING: Final = "hma_measure_dir"
_KEY: Final = "mask.key"
_KEY_BYTES: Final = 32
_MAILBOXES: Final = "mailboxes"


@dataclass(frozen=True)
class Parts:
    """The working files in a folder of measurements."""

    folder: Path

    def keep(self, host: str, part: Part, run: str | None) -> str:
        """The path of the part of a host of the inventory."""
        return self._write(_name(host), {"run": run, **part.facts()})

    def of(self, host: str, run: str | None = None) -> Part | None:
        """The part of a host, of this run where one is named; None where there is none."""
        found = self._read(_name(host))
        if found is None or (run is not None and found.raw("run") != run):
            return None
        try:
            return Part.from_facts(found)
        except (ParseError, ValueError):
            # Nobody writes into one: it is of a version that kept something else.
            raise _unreadable(self._path(_name(host)), "another version of the collection kept it") from None

    def keep_mailboxes(self, mailboxes: Iterable[Mailbox], run: str | None) -> str:
        return self._write(_MAILBOXES, {"run": run, "mailboxes": [item.facts() for item in mailboxes]})

    def mailboxes(self, run: str | None) -> list[Mailbox] | None:
        """Those that this run read."""
        found = self._read(_MAILBOXES)
        if found is None or found.raw("run") != run:
            return None
        return [Mailbox.from_facts(item) for item in found.children("mailboxes")]

    def forget(self, hosts: Iterable[str]) -> None:
        """Take the parts away: everything in them is in the result."""
        for name in map(_name, hosts):
            self._path(name).unlink(missing_ok=True)

    def forget_mailboxes(self) -> None:
        self._path(_MAILBOXES).unlink(missing_ok=True)

    def key(self) -> bytes:
        """The key of the pseudonyms, made where there is none: who has it can try names out."""
        path = self.folder / _KEY
        with contextlib.suppress(FileNotFoundError):
            key = path.read_bytes()
            if len(key) != _KEY_BYTES:
                raise Refused(f"{path} is no key of pseudonyms. Take the file away: the next run makes a new one.")
            return key
        key = secrets.token_bytes(_KEY_BYTES)
        write(self.folder, {_KEY: key})
        return key

    def _path(self, name: str) -> Path:
        return self.folder / "parts" / f"{name}.json"

    def _write(self, name: str, content: dict[str, Any]) -> str:
        text = json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode("ascii")
        return write(self.folder / "parts", {f"{name}.json": text})[f"{name}.json"]

    def _read(self, name: str) -> Properties | None:
        path = self._path(name)
        try:
            found = json.loads(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as exc:
            reason = getattr(exc, "strerror", None) or "it is no JSON"
            raise _unreadable(path, reason) from None
        if not isinstance(found, dict):
            raise _unreadable(path, "it is no object of JSON")
        return Properties(found, str(path))


def write(folder: Path, contents: dict[str, bytes]) -> dict[str, str]:
    """Files that only their owner reads."""
    try:
        return write_files(folder, contents, mode=_MODE, setting=_SETTING)
    except ReportError as exc:
        raise Refused(str(exc)) from None


def _unreadable(path: Path, reason: str) -> ParseError:
    return ParseError(f"{path} cannot be read: {reason}. Take the file away, and measure again.")


def _name(host: str) -> str:
    """The name of a host as the name of a file, whatever characters it has."""
    return f"server-{quote(host, safe='')}"
