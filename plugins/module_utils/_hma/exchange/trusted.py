# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Which AuthServer is a tenant's: by type, and by realm or issuer; and what to do where there is not exactly
one that names this tenant alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..base.command import PowerShell, texts
from ..base.comparison import fold
from ..base.errors import Refused
from . import authserver
from .authserver import AuthServer
from .hybrid import WIZARD_UPLOADS

_ACS: Final = "microsoftacs"
MEND_CONTRADICTION: Final = (
    "Exchange takes both from the metadata at AuthMetadataUrl: look whose it is. Read it anew with Set-AuthServer "
    "-RefreshAuthMetadata; where they still differ, remove the object and run the Hybrid Configuration Wizard for the "
    f"tenant. {WIZARD_UPLOADS}"
)


def of_tenant(servers: Sequence[AuthServer], tenant_id: str) -> AuthServer:
    """The AuthServer of a tenant; Refused says why there is not exactly one."""
    matches = trusting(servers, tenant_id)
    if not matches:
        raise Refused(f"{why_none(servers, tenant_id)} {how_to_make(servers, tenant_id)}")
    if len(matches) > 1:
        compare = "Get-AuthServer | Format-List compares them."
        raise Refused(f"{why_several(matches, tenant_id)} {keep_one(matches)} {compare}")
    if contradiction := why_contradictory(matches[0]):
        raise Refused(f"{contradiction} {MEND_CONTRADICTION}")
    return matches[0]


def trusting(servers: Sequence[AuthServer], tenant_id: str) -> list[AuthServer]:
    """The objects by which Exchange trusts a tenant, by type and by realm or issuer, in any spelling: the one place
    that looks for them. A disabled leftover beside an enabled one is no ambiguity: Exchange does not trust it."""
    matches = [other for other in servers if other.is_azure_ad and fold(tenant_id) in other.tenant_ids]
    return [other for other in matches if other.enabled] or matches


def why_none(servers: Sequence[AuthServer], tenant_id: str) -> str:
    """Why a tenant has no object, with the objects that are there: one of them may be meant for it."""
    seen = "; ".join(map(authserver.described, servers)) or "none"
    return f"No AuthServer of Type AzureAD trusts tenant {tenant_id}. The AuthServer objects are: {seen}."


def how_to_make(servers: Sequence[AuthServer], tenant_id: str) -> str:
    """What to do about it: an object that was made by hand with another Type has to go first."""
    wrong = [f"'{item.name}'" for item in servers if not item.is_azure_ad and _meant_for(item, tenant_id)]
    remove = f"Remove {' and '.join(wrong)}: no parameter of Set-AuthServer changes a Type. Then run"
    first = remove if wrong else _read_anew(servers)
    return (
        f"{first} the Hybrid Configuration Wizard (full hybrid, OAuth included) for this tenant; this collection does "
        f"not make one up. {WIZARD_UPLOADS}"
    )


def _read_anew(servers: Sequence[AuthServer]) -> str:
    """An object that names no tenant may be this one's, made by hand by a domain, or of the metadata for everybody."""
    nameless = [item.name for item in servers if item.is_azure_ad and item.enabled and not item.tenant_ids]
    if not nameless:
        return "Run"
    names = " and ".join(f"'{name}'" for name in nameless)
    again = "; ".join(texts(PowerShell("Set-AuthServer", {"RefreshAuthMetadata": True}, (name,)) for name in nameless))
    return (
        f"{names} names no tenant, neither by Realm nor by issuer: where its AuthMetadataUrl is this tenant's, read it "
        f"anew ({again}); otherwise run"
    )


def why_several(matches: Sequence[AuthServer], tenant_id: str) -> str:
    names = "; ".join(map(authserver.described, matches))
    return f"Tenant {tenant_id} has {len(matches)} AuthServer objects: {names}."


def keep_one(matches: Sequence[AuthServer]) -> str:
    """What to do about several objects of a tenant: they are enabled all of them, or none is."""
    if any(item.enabled for item in matches):
        return "Keep one: remove or disable the other, then run this again."
    return "All of them are disabled. Find out why, enable the one that is right, then run this again."


def why_contradictory(server: AuthServer) -> str:
    """Why nobody knows whose tokens Exchange takes by an object; empty where that is known."""
    if len(server.tenant_ids) < 2:
        return ""
    return (
        f"AuthServer {authserver.described(server)} names two tenants: its Realm is one, its issuer is another's. "
        "Exchange may refuse the tokens of both."
    )


def _meant_for(server: AuthServer, tenant_id: str) -> bool:
    """Whether an object of another type was made for a tenant. ACS has its realm too, and is as it should be."""
    return server.tenant_id == fold(tenant_id) and fold(server.type) != _ACS
