# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The names of protocols: in the file of measured sign-ins, among the options of a module, and in the switches
of a policy. Options are checked on every host, so that nothing is imported here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# Those whose logs are counted; POP and IMAP are not.
PROTOCOLS: Final[Mapping[str, str]] = {
    "mapi": "Mapi", "ews": "WebServices", "eas": "ActiveSync", "autodiscover": "Autodiscover",
    "oab": "OfflineAddressBook", "rpc": "Rpc",
}  # fmt: skip
OPTIONS: Final[Mapping[str, str]] = {
    "active_sync": "ActiveSync", "autodiscover": "Autodiscover", "imap": "Imap", "mapi": "Mapi",
    "offline_address_book": "OfflineAddressBook", "pop": "Pop", "rpc": "Rpc", "web_services": "WebServices",
}  # fmt: skip
