# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Which domains a tenant can have at all: Entra verifies a domain by a record in the public DNS.

The first accepted domain of an organization is the name of its Active Directory domain, which often is contoso.local.
"""

from __future__ import annotations

import re
from typing import Final

from ..base.comparison import fold

# What private networks end in: RFC 6762, appendix G, and what ICANN reserved for them in 2024 (internal).
_PRIVATE: Final = frozenset({"corp", "home", "internal", "intranet", "lan", "local", "localdomain", "private"})
# Letters that are not ASCII are for Entra to judge; an address, a URL or a wildcard is no domain.
_LABEL: Final = re.compile(r"[^\s.@:/\\*?#,;\"'{}<>()\[\]]+")


def is_domain(text: str) -> bool:
    """Whether a text is a domain that a tenant could have, as it is put on an AuthServer: contoso.com, and not
    @contoso.com."""
    return all(_LABEL.fullmatch(label) for label in text.split(".")) and can_be_verified(text)


def can_be_verified(domain: str) -> bool:
    """Whether a tenant could have this domain: not a name of one part, and none that only a private network has."""
    rest, dot, last = fold(domain).rpartition(".")
    return bool(rest and dot) and last not in _PRIVATE
