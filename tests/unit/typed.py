# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a shell makes of a text that is typed: readers of our own for PowerShell, POSIX shell and YAML, which know no
mercy."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

_NAME = re.compile(r"[A-Z][a-z]+-[A-Z]\w*")
_PARAMETER = re.compile(r"-([A-Za-z]\w*)(:\$false)?")
_QUOTES = "'\u2018\u2019\u201a\u201b"
_FIXED = {"$true": True, "$false": False, "$null": None, "$env:COMPUTERNAME": "$env:COMPUTERNAME"}


@dataclass
class Typed:
    """One cmdlet of a pipeline, as PowerShell reads it."""

    name: str
    values: list[Any] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)


class PowerShellReader:
    """The few forms that are written; anything else, a second statement above all, is an error."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def pipeline(self) -> list[Typed]:
        found = [self.command()]
        while self.take(" | "):
            found.append(self.command())
        assert self.at == len(self.text), f"more than one command: {self.text[self.at :]!r}"
        return found

    def command(self) -> Typed:
        found = Typed(self.match(_NAME)[0])
        while not self.text.startswith(" | ", self.at) and self.take(" "):
            parameter = _PARAMETER.match(self.text, self.at)
            if parameter is None:
                found.values.append(self.value())
                continue
            self.at = parameter.end()
            follows = (
                not parameter[2]
                and self.text[self.at : self.at + 2].strip()
                and self.text[self.at + 1 : self.at + 2] not in "-|"
            )
            if follows:
                self.expect(" ")
            found.parameters[parameter[1]] = self.value() if follows else not parameter[2]
        return found

    def value(self) -> Any:
        for word, value in _FIXED.items():
            if self.take(word):
                return value
        if self.take("@("):
            return self.listed()
        if self.take("("):
            return self.sum()
        if self.text[self.at] in _QUOTES:
            return self.string()
        word = self.match(re.compile(r"-?\d+|[A-Za-z]\w*\*?(?:,[A-Za-z]\w*\*?)*"))[0]
        return int(word) if word.lstrip("-").isdigit() else word

    def listed(self) -> list[Any]:
        items = [self.value()]
        while self.take(", "):
            items.append(self.value())
        self.expect(")")
        return items

    def sum(self) -> str:
        """A string on the left, then strings and characters by their number: .NET's strings are UTF-16."""
        assert self.text[self.at] in _QUOTES
        data = self.string().encode("utf-16-le", "surrogatepass")
        while self.take(" + "):
            number = re.compile(r"\[char\]0x([0-9A-F]{1,4})(?= |\))").match(self.text, self.at)
            if number is None:
                data += self.string().encode("utf-16-le", "surrogatepass")
                continue
            self.at = number.end()
            data += int(number[1], 16).to_bytes(2, "little")
        self.expect(")")
        return data.decode("utf-16-le", "surrogatepass")

    def string(self) -> str:
        """Any of the five quotes opens, ends and doubles a string; what a console acts upon may not stand in one."""
        assert self.text[self.at] in _QUOTES, self.text[self.at :]
        self.at += 1
        found = ""
        while True:
            character = self.text[self.at]
            self.at += 1
            assert character.isprintable(), f"{character!r} reaches the console"
            if character in _QUOTES:
                if self.at == len(self.text) or self.text[self.at] not in _QUOTES:
                    return found
                self.at += 1
            found += character

    def take(self, text: str) -> bool:
        there = self.text.startswith(text, self.at)
        self.at += len(text) if there else 0
        return there

    def expect(self, text: str) -> None:
        assert self.take(text), f"{text!r} expected: {self.text[self.at :]!r}"

    def match(self, pattern: re.Pattern[str]) -> re.Match[str]:
        found = pattern.match(self.text, self.at)
        assert found is not None, self.text[self.at :]
        self.at = found.end()
        return found


def powershell(text: str) -> list[Typed]:
    return PowerShellReader(text).pipeline()


def bash(text: str) -> list[str]:
    """The words that a shell makes of a line, without running what it names."""
    assert text.isprintable()
    done = subprocess.run(["bash", "-c", f"printf '%s\\0' {text}"], capture_output=True, check=True, timeout=30)
    return done.stdout.decode("utf-8").split("\0")[:-1]


def yaml(text: str, folder: Path) -> dict[str, Any]:
    """What a playbook gets where it uses the variables of the file: loaded as group_vars are, and templated."""
    assert text.isprintable()
    path = folder / "vars.yml"
    path.write_text(f"---\n{text}\n", encoding="utf-8")
    loader = DataLoader()
    found = loader.load_from_file(str(path), cache="none", trusted_as_template=True)
    templar = Templar(loader=loader, variables=found)
    return {name: templar.template(value) for name, value in found.items()}
