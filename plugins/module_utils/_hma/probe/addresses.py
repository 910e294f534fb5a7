# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Hosts in what was answered: read only where no two programs can see two of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from ..base.comparison import fold
from ..base.values import shown
from ..entra.clouds import Cloud
from ..entra.spns import is_built_in

# "https", a DNS name or an address of four numbers, at most port 443, then ASCII without quotes, spaces and
# backslashes.
_HTTPS: Final = re.compile(
    r"[Hh][Tt][Tt][Pp][Ss]://([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::443)?(?:[/?#][!#-\[\]-~]*)?"
)
REDIRECTED, ELSEWHERE, BEFORE = "redirected", "elsewhere", "pre_authenticated"
_AUTODISCOVER: Final = "/autodiscover/autodiscover.xml"


def is_online(host: str, cloud: Cloud) -> bool:
    """Whether a host is Exchange Online's in this cloud."""
    return bool(host) and (host == cloud.exchange_online or is_built_in(f"https://{host}/"))


def host_of_https(url: str) -> str:
    """The host of an https URL in lower case, where no two programs can see another one in it; nothing for anything
    else.

    No user, no backslash, no port but 443, nothing but printable ASCII: browsers, Outlook and Python differ in all of
    these.
    """
    found = _HTTPS.fullmatch(url)
    return fold(found[1]) if found else ""


def judge_redirect(status: int, place: str, cloud: Cloud, follows: Sequence[str]) -> tuple[str, str]:
    """The verdict on a redirect, and its reason. ``follows`` are the published names that Outlook follows it to: those
    of Autodiscover, where Autodiscover was asked."""
    host = host_of_https(place)
    if is_online(host, cloud) and not host.startswith("login."):
        return ELSEWHERE, f"{status} to {shown(host)}: this name leads to Exchange Online, and to no server here."
    if host in {fold(name) for name in follows} and fold(urlsplit(place).path) == _AUTODISCOVER:
        return REDIRECTED, f"{status} to {shown(host)}, which Outlook follows for Autodiscover; what counts is there."
    return BEFORE, f"{status} to {shown(host or place)} before Exchange was asked; it was not followed."
