# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. One answer as a row of the result, and in words: where it was asked, what was said, what to type next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..base.command import Columns, Command, PowerShell, look, playbook
from ..base.facts import Facts
from .targets import AUTODISCOVER_V2, Target
from .verdict import Verdict

_NOT_BEFORE: Final = "Take pre-authentication off the path to {name} (pass-through for {protocol})."
# verdict -> what to do, in words. What is typed for it stands in _COMMANDS, or is made for the row.
_FIXES: Final[Mapping[str, str]] = {
    "not_offered": "Turn OAuth on for the directories of this host; if that changes nothing, recycle its application "
    "pools.",
    "no_endpoint": "Look that exactly one AuthServer is the default authorization endpoint, then enable modern "
    "authentication.",
    "adfs": "Name the ADFS one in hma_replace_default_authserver and run enable_hma.",
    "other_endpoint": "If the host is right, name it in hma_probe_authorization_hosts.",
    "odd_endpoint": "Correct the address of the AuthServer that is the default authorization endpoint.",
    "contradictory": "Find out which device in front adds a challenge or an address of its own, and let it pass "
    "Exchange's "
    "answer on as it is.",
    "other_bearer": _NOT_BEFORE,
    "pre_authenticated": _NOT_BEFORE,
    "elsewhere": "Where the mailboxes are on premises, let {name} lead to a server here (DNS, or the device in front).",
    "redirected": "Mend what is found at the name it leads to.",
    "not_found": "Publish the path of {protocol} at {name}, or correct the URL of the virtual directory.",
    "unregistered": "Correct the URL that is handed out, or add the host to hma_spn_extra_names and run register_spns.",
    "indeterminate": "See the reason; with hma_probe_identities set to a mailbox on premises, verify again.",
    "moved": "Name a mailbox on premises in hma_probe_identities, then verify again.",
    "tls": "Name the issuer in hma_probe_ca_path or the certificate's own name in hma_probe_certificate_name, or "
    "renew the certificate.",
    "handshake": "The reason says what TLS found at {address}: switch TLS 1.2 or newer on, correct the port if it is "
    "none of https, and ask no client for a certificate.",
    "unreachable": "Open https from where the probe runs, or set hma_probe_address ({address}), "
    "hma_probe_connect_to or "
    "hma_probe_from.",
    "timeout": "Open https from where the probe runs to {address}, or set hma_probe_from to a host that may reach it.",
    "ready": "Switch modern authentication off; servers take it up with a delay.",
}
# A verdict of several causes: what to do by what the answer was.
_OUT_OF_SERVICE: Final = (
    "Look whether {place} is in maintenance, and whether Exchange's services and application pools run; then verify "
    "again."
)
_REFUSED: Final = (
    "Find out who refuses: a filter in front (its log), or IIS (IP addresses and domains, a client certificate that is "
    "required). Let clients in, and the place where the probe runs; then verify again."
)
_NO_HTTP: Final = "Find out what answers at {address}: it is no web server that Outlook could talk to."
_NO_VERSION_2: Final = (
    "Publish /autodiscover/autodiscover.json at {name} too, without a redirect, and name a mailbox on premises in "
    "hma_probe_identities; then verify again."
)
_PUBLIC_CERTIFICATE: Final = (
    "Clients refuse it too. Give {name} a certificate that has this name and is valid; where its issuer is one of your "
    "own, name the issuer in hma_probe_ca_path."
)
_LOOK: Final = look(
    "Get-AuthServer",
    "Format-Table",
    "Name",
    "Type",
    "Enabled",
    "IsDefaultAuthorizationEndpoint",
    "AuthorizationEndpoint",
)
_STATES: Final = PowerShell("Format-Table", values=(Columns(("Component", "State")),))
_COMMANDS: Final[Mapping[str, tuple[Command, ...]]] = {
    "adfs": (_LOOK,),
    "other_endpoint": (_LOOK,),
    "odd_endpoint": (_LOOK,),
    "ready": (PowerShell("Set-OrganizationConfig", {"OAuth2ClientProfileEnabled": False}),),
}


@dataclass(frozen=True)
class Row(Facts):
    """One answer, judged. ``passing``: the same question may get another answer later; it is no fact of the result."""

    target: str
    address: str
    host: str | None
    server: str | None
    protocol: str
    url: str
    identity: str | None
    verdict: str
    state: str
    reason: str
    offered: tuple[str, ...] = ()
    authorization_uri: str | None = None
    trusted_issuers: str | None = None
    issuer_kind: str | None = None
    handed_out: str | None = None
    status: int | None = None
    elapsed_ms: int = 0
    passing: bool = False

    @property
    def place(self) -> str:
        return self.server or self.target

    @property
    def offers(self) -> str:
        """The schemes that the answer offers, for people."""
        return ", ".join(self.offered) or "nothing"

    def facts(self) -> dict[str, Any]:
        """The row as the result of hma_probe, and the report, have it."""
        return {name: value for name, value in super().facts().items() if name != "passing"}


def make_row(
    target: Target, identity: str | None, verdict: Verdict, status: int | None, elapsed_ms: int, expected: str
) -> Row:
    """The row of one question and what came back."""
    return Row(
        target=target.name,
        address=target.where,
        host=target.host or None,
        server=target.server or None,
        protocol=target.protocol,
        url=f"https://{target.name}{target.path_for(identity)}",
        identity=identity,
        verdict=verdict.verdict,
        state=verdict.weight(expected),
        reason=verdict.reason,
        offered=verdict.offered,
        authorization_uri=verdict.authorization_uri,
        trusted_issuers=verdict.trusted_issuers,
        issuer_kind=verdict.issuer_kind,
        handed_out=verdict.url,
        status=status,
        elapsed_ms=elapsed_ms,
        passing=verdict.passing,
    )


def describe(row: Row) -> str:
    """One row in words: where it was asked, the verdict, the reason."""
    who = f" as {row.identity}" if row.identity else ""
    return f"{row.verdict} at {row.url} ({row.address}){who}: {row.reason}"


def next_step(row: Row, protocols: str, inventory: Sequence[str] = ()) -> tuple[str, tuple[Command, ...]]:
    """What to change, and what to type for it. Through a published name the servers are asked first."""
    verdict = row.verdict
    if verdict == "not_offered" and not row.server:
        return "If HMA-PRB-001 names a server, mend that first; else let the device in front pass Authorization on.", ()
    text = _by_answer(row) or _FIXES[verdict]
    fix = text.format(host=row.host, name=row.target, protocol=protocols, address=row.address, place=row.place)
    return fix, _commands(row, inventory)


def _by_answer(row: Row) -> str | None:
    """What to do, where the verdict does not say it but what was answered, or where."""
    if row.verdict == "tls" and not row.server:
        return _PUBLIC_CERTIFICATE
    if row.verdict != "indeterminate" or row.status == 401:
        return None
    if row.protocol == AUTODISCOVER_V2:
        return _NO_VERSION_2
    if row.status is None:
        return _NO_HTTP
    return _OUT_OF_SERVICE if row.status >= 500 else _REFUSED


def _commands(row: Row, inventory: Sequence[str]) -> tuple[Command, ...]:
    verdict = row.verdict
    if verdict == "not_offered":
        return (playbook("prepare_vdirs", inventory, limit=row.host),)
    if verdict == "indeterminate" and row.server and (row.status or 0) >= 500:
        return PowerShell("Get-ServerComponentState", {}, (row.server,), _STATES), playbook("verify_hma", inventory)
    if verdict == "no_endpoint":
        return _LOOK, playbook("enable_hma", inventory)
    if verdict in ("indeterminate", "moved"):
        return (playbook("verify_hma", inventory),)
    return _COMMANDS.get(verdict, ())
