# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that Export-Clixml wrote of what Exchange's cmdlets answered become a recording, without anybody's names.

Microsoft's CSS-Exchange has such files of real servers among its tests. A file is named as its cmdlet
(GetOwaVirtualDirectory.xml, or Get-OwaVirtualDirectory.xml); whatever follows the noun tells files of one cmdlet apart.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from .product import Exported, recording_of

_NAME: Final = re.compile(r"get-?([a-z]+)(?:[^a-z].*)?\.(?:cli)?xml", re.IGNORECASE)
_SPACE: Final = "{http://schemas.microsoft.com/powershell/2004/04}"
# In a document type or an entity alone: text is escaped.
_DECLARED: Final = (b"<!", "<!".encode("utf-16-le"))


def text_of(folder: Path, source: str) -> str:
    """The recording of a folder; on stderr, which file answers which question."""
    files = list(files_of(folder))
    if not files:
        raise SystemExit(
            f"{folder} has no file such as GetOwaVirtualDirectory.xml. Name a folder with files of Export-Clixml."
        )
    document, became = recording_of(source, files)
    for name, what in became.items():
        if what:
            print(f"{name}: {what}", file=sys.stderr)
    print(f"{list(became.values()).count('')} other files answer nothing that a recording asks.", file=sys.stderr)
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


def files_of(folder: Path) -> Iterator[Exported]:
    """The files of a folder that are answers of a cmdlet, by name."""
    for path in sorted(folder.glob("*")):
        match = _NAME.fullmatch(path.name)
        root = _root(path) if match else None
        if match and root is not None:
            yield Exported(path.name, f"Get-{match[1]}", root)


def _root(path: Path) -> ElementTree.Element | None:
    """The objects of a file, with plain names; None of XML that is something else."""
    data = path.read_bytes()
    if any(sign in data for sign in _DECLARED):
        raise SystemExit(f"{path} has a declaration or a comment, as Export-Clixml writes none. Leave the file out.")
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError:
        raise SystemExit(f"{path} is not whole XML. Write it again with Export-Clixml.") from None
    if root.tag != f"{_SPACE}Objs":
        return None
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SPACE)
    return root
