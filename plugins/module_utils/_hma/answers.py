# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. One answer as a row of the result, and in words: where it was asked, what was said, what to type next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from .probe import Verdict, weight
from .targets import Target

if TYPE_CHECKING:
    Row = Mapping[str, Any]  # Python 3.8 cannot make this alias

_AGAIN: Final = "ansible-playbook hybrid.exchange.verify_hma"
_FIXES: Final[Mapping[str, str]] = {
    "not_offered": "ansible-playbook hybrid.exchange.prepare_vdirs --limit {host}; if that changes nothing, recycle its application pools.",
    "no_endpoint": "Get-AuthServer | ft Name,Type,Enabled,IsDefaultAuthorizationEndpoint (exactly one); ansible-playbook hybrid.exchange.enable_hma.",
    "adfs": "Get-AuthServer | ft Name,Type,IsDefaultAuthorizationEndpoint; name the ADFS one in hma_replace_default_authserver and run enable_hma.",
    "other_endpoint": "Get-AuthServer | ft Name,AuthorizationEndpoint; if the host is right, name it in hma_probe_authorization_hosts.",
    "other_bearer": "Take pre-authentication off the path to {name} (pass-through for {protocol}).",
    "pre_authenticated": "Take pre-authentication off the path to {name} (pass-through for {protocol}).",
    "not_found": "Publish the path of {protocol} at {name}, or correct the URL of the virtual directory.",
    "unregistered": "Correct the URL that is handed out, or add the host to hma_spn_extra_names and run register_spns.",
    "indeterminate": f"See the reason; with hma_probe_identities set to a mailbox on premises: {_AGAIN}.",
    "moved": f"Name a mailbox on premises in hma_probe_identities; {_AGAIN}.",
    "tls": "Name the issuer in hma_probe_ca_path or the certificate's own name in hma_probe_certificate_name, or renew the certificate.",
    "unreachable": "Open https from where the probe runs, or set hma_probe_address ({address}), hma_probe_connect_to or hma_probe_from.",
    "timeout": "Open https from where the probe runs to {address}, or set hma_probe_from to a host that may reach it.",
    "ready": "Set-OrganizationConfig -OAuth2ClientProfileEnabled $false; servers take it up with a delay.",
}


def make_row(target: Target, identity: str | None, verdict: Verdict, status: int | None, elapsed_ms: int, expected: str) -> dict[str, Any]:
    """A result row, in the form the report takes."""
    return {
        "target": target.name,
        "address": target.where,
        "host": target.host or None,
        "server": target.server or None,
        "protocol": target.protocol,
        "url": f"https://{target.name}{target.path_for(identity)}",
        "identity": identity,
        "verdict": verdict.verdict,
        "state": weight(verdict.verdict, expected),
        "reason": verdict.reason,
        "offered": list(verdict.offered),
        "authorization_uri": verdict.authorization_uri,
        "trusted_issuers": verdict.trusted_issuers,
        "issuer_kind": verdict.issuer_kind,
        "handed_out": verdict.url,
        "status": status,
        "elapsed_ms": elapsed_ms,
    }


def told(row: Row) -> str:
    """One row in words: where it was asked, the verdict, the reason."""
    who = f" as {row['identity']}" if row["identity"] else ""
    return f"{row['verdict']} at {row['url']} ({row['address']}){who}: {row['reason']}"


def next_step(row: Row, protocols: str) -> str:
    """What to type or to change. Through a published name the servers are asked first."""
    if row["verdict"] == "not_offered" and not row["server"]:
        return "If HMA-PRB-001 names a server, mend that first; else let the device in front pass Authorization on."
    return _FIXES[row["verdict"]].format(host=row["host"], name=row["target"], protocol=protocols, address=row["address"])
