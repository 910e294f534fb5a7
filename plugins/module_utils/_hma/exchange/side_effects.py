# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What a Set may touch beside what it is asked for.

Nobody has recorded whether Set-MapiVirtualDirectory leaves the URLs alone, or which method lists -OAuthAuthentication
changes. So these properties are recorded before a write and compared after it; URLs that changed are given back at
once, and what no parameter can set is named when a directory is restored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ..base.comparison import same
from ..base.display import shown
from ..base.facts import plain
from .change import Change
from .cmdlet import Cmdlet
from .virtual_directories import KINDS, URLS, Directory, target

# After 2010 Set-AutodiscoverVirtualDirectory has no parameters for URLs, and clients do not read them there.
_WITHOUT_URLS: Final = frozenset({"autodiscover"})


def give_back(before: Directory, now: Directory) -> Change | None:
    """The write that gives a directory the URLs again that a Set took or rewrote; None where they are as they were."""
    was, found = before.urls, now.urls
    lost = [name for name in URLS if was[name] != found[name]]
    if not lost or now.kind in _WITHOUT_URLS:
        return None
    kind = KINDS[now.kind]
    # The page of MAPI wants the methods in each call that sets URLs.
    along = {name: plain(value) for name, value in now.settings.items()} if now.kind == "mapi" else {}
    after = {**along, **{name: was[name] for name in lost}}
    cmdlet = Cmdlet(f"Set-{kind.noun}", {"Identity": now.guid, **after, **kind.extra})
    before_it = {**along, **{name: found[name] for name in lost}}
    return Change(now.identity, target(now), before_it, after, cmdlet, gives_back=True)


def differences(recorded: Mapping[str, Any], now: Directory) -> Iterator[str]:
    """Each property that is not as it was recorded before a write, for people."""
    found = {**now.beside, **plain(now.settings)}
    for name, value in recorded.items():
        if name in found and not same(_listed(value), _listed(found[name])):
            yield f"{name} is {shown(found[name])}, and was {shown(value)} before the run"


def _listed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
