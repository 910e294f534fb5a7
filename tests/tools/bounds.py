# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bounds of requirements.txt and meta/runtime.yml, and what is installed of them.

Usage: python -m tests.tools.bounds lowest | names | installed
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)>=(?P<lowest>[0-9][0-9.]*)(?:,[^;]*)?")
_ANSIBLE = re.compile(r"^requires_ansible: \">=(?P<lowest>[0-9.]+)\"$", re.MULTILINE)


def requirements() -> dict[str, str]:
    """The lowest version of ansible-core and of everything in requirements.txt; each line must have a lower bound."""
    ansible = _ANSIBLE.search((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    if ansible is None:
        raise SystemExit('meta/runtime.yml: requires_ansible has to be ">=" and a version.')
    return {"ansible-core": ansible["lowest"], **parsed((ROOT / "requirements.txt").read_text(encoding="utf-8"))}


def parsed(text: str) -> dict[str, str]:
    """The lowest versions by name; a line without a lower bound is refused, for nobody tests what it allows."""
    bounds = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        match = _REQUIREMENT.fullmatch(line)
        if match is None:
            raise SystemExit(f"requirements.txt: {line!r} has no lower bound. Write name>=version.")
        bounds[match["name"]] = match["lowest"]
    return bounds


def lowest() -> list[str]:
    """What pip installs for the lowest of every bound."""
    return [f"{name}=={version}" for name, version in requirements().items()]


def names() -> list[str]:
    return list(requirements())


def installed() -> list[str]:
    return [f"{name} {version(name)}" for name in requirements()]


def main() -> None:
    print("\n".join({"lowest": lowest, "names": names, "installed": installed}[sys.argv[1]]()))


if __name__ == "__main__":
    main()
