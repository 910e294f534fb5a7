# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The kinds of change that a run makes, as a change board asks of them: who feels it and when, what may go
wrong, what proves it, and the way back. The texts are those of the guides *What will happen to my clients* and *Outlook
on the web*."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..exchange.change import NAMES, REPLY_URLS
from ..exchange.setting_overrides import TARGET as OVERRIDE
from ..exchange.web_directories import TARGET as WEB_DIRECTORY
from .changes import ReportedChange

_RESTORE: Final = "restore_hma"
_SWITCHED_OFF: Final = "Nobody: while modern authentication is off, no client is sent to Entra."


@dataclass(frozen=True)
class Part:
    """One kind of change. ``felt_off`` and ``felt_on``: who feels it while modern authentication is off, and on.
    ``wide``: the object is the organization's, whatever server writes it."""

    type: str
    what: str
    felt_off: str
    felt_on: str
    risk: str
    proof: str
    back: str = _RESTORE
    properties: frozenset[str] = frozenset()
    wide: bool = False

    def is_of(self, change: ReportedChange) -> bool:
        return self.type in ("", change.type) and (not self.properties or bool(self.properties & change.properties))


_SWITCH_FELT: Final = (
    "Everybody with a mailbox on premises, over one or two days: each client is sent to Entra's sign-in page when it "
    "next has to sign in, and Conditional Access applies from then on. POP, IMAP and clients that use Basic go on as "
    "before."
)
_SWITCH_RISK: Final = (
    "High: an account that is not synchronised gets no token, and a server that does not reach Entra rejects every "
    "token. The run refuses where a prerequisite is not met."
)
_SWITCH_PROOF: Final = (
    "Everything is read again right before. Both writes are read back; then every server and every published name is "
    "asked what it offers to clients."
)
PARTS: Final = (
    Part(
        NAMES, "Client names in Entra",
        "Nobody: a name that no client asks for has no effect.",
        "Clients that failed with AADSTS500011 succeed.",
        "Low: names are only added. A name that another application holds stops the run before it is written.",
        "The tenant's list is read back.",
    ),
    Part(
        "directory", "OAuth on the virtual directories",
        f"{_SWITCHED_OFF} Exchange may recycle an application pool: one reconnect.",
        "Clients of the directory, at once.",
        "Low: OAuth is one more method, and none is taken away.",
        "Each directory is read back on its server.",
    ),
    Part(
        "authserver", "AuthServer of each tenant",
        "No person. OAuth between servers (free/busy, archive) uses the list of domains at once.",
        "No person. OAuth between servers (free/busy, archive) uses the list of domains at once.",
        "Low: domains are only added.",
        "The AuthServer is read back, and every site's domain controller is waited for.",
        properties=frozenset({"DomainName"}), wide=True,
    ),
    Part(
        "", "The switch: default endpoint, and the flag of the organization",
        _SWITCH_FELT, _SWITCH_FELT, _SWITCH_RISK, _SWITCH_PROOF, "disable_hma",
        properties=frozenset({"IsDefaultAuthorizationEndpoint", "OAuth2ClientProfileEnabled"}), wide=True,
    ),
    Part(
        "organization", "MAPI over HTTP for the organization",
        "Outlook for Windows that uses RPC over HTTP goes over to MAPI over HTTP.",
        "Outlook for Windows that uses RPC over HTTP goes over to MAPI over HTTP.",
        "Medium: a proxy or a balancer has to let the path /mapi through.",
        "The organization is read back.",
        wide=True,
    ),
    Part(
        REPLY_URLS, "Reply URLs in Entra",
        "Nobody: a URL to which nobody is sent has no effect.",
        "Nobody: a URL to which nobody is sent has no effect.",
        "Low: URLs are only added.",
        "The tenant's list is read until it has them.",
    ),
    Part(
        OVERRIDE, "Setting overrides",
        "Nobody until a directory signs people in at Entra.",
        "Nobody until a directory signs people in at Entra. A restart of IIS only where hma_owa_restart_iis allows it.",
        "Low: an override is removed again by the way back.",
        "Each server is asked whether it has taken the override up.",
        "disable_owa_hma",
    ),
    Part(
        WEB_DIRECTORY, "Outlook on the web and the admin center",
        "Everybody who uses them, administrators too, server by server: they sign in at Entra. Sessions of the server "
        "may end.",
        "Everybody who uses them, administrators too, server by server: they sign in at Entra. Sessions of the server "
        "may end.",
        "High for accounts that are not synchronised: they cannot sign in there. Remote PowerShell stays.",
        "/owa/ and /ecp/ of each server are asked before the next one is changed; a server that fails is put back.",
        "disable_owa_hma",
    ),
)  # fmt: skip
_UNKNOWN: Final = "Not described: the report has each object."
OTHER: Final = Part("other", "Other changes", _UNKNOWN, _UNKNOWN, "Not rated.", "Each object is read back.")


def part_of(change: ReportedChange) -> Part:
    return next((part for part in PARTS if part.is_of(change)), OTHER)
