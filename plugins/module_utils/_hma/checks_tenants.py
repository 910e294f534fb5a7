# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Checks of the tenants: names of the service principal of Exchange Online."""

from __future__ import annotations

from typing import Final

from .finding import Check
from .sources import ARTICLE, GRAPH, NOT_STATED, TROUBLE

_GRAPH: Final = "Graph, service principal of Exchange Online (Application.Read.All)"
_REGISTER: Final = "ansible-playbook hybrid.exchange.register_spns"

CHECKS: Final[tuple[Check, ...]] = (
    Check(
        "HMA-TEN-003", "Every tenant can be signed in to and read", "high", "tenant", gate=True,
        why="A run that finds out in the middle has changed one tenant, or the servers, and leaves the rest undone.",
        read="The sign-in that the inventory describes, then Graph, service principal of Exchange Online (Application.Read.All).",
        mend="The message names the tenant and the reason: a wrong or expired secret, a certificate file, an id, a permission.", source=GRAPH,
    ),
    Check(
        "HMA-TEN-004", "The domain given for a tenant is one of its verified domains", "high", "tenant", gate=True,
        why="It is put on the AuthServer object of the tenant, and Exchange finds a user's tenant by it: another tenant's domain sends people there.",
        read="Graph, domains (Domain.Read.All), against hma_tenant_domain. Where they cannot be read the question does not arise.",
        mend="Set hma_tenant_domain to a verified domain of the tenant.", source=GRAPH,
    ),
    Check(
        "HMA-SPN-001", "Every client name is registered in every tenant", "high", "tenant", gate=True,
        why="Entra issues a token only for a registered name; otherwise clients see a blank window or CAA2000B (AADSTS500011).",
        read=f"{_GRAPH} against internal and external URLs, SCP and extra names.", mend=_REGISTER, source=TROUBLE,
    ),
    Check(
        "HMA-SPN-002", "No name on the service principal looks like ours and is used by no client URL", "low", "tenant", on_bad="warn",
        why="A name left behind does no harm to clients, but it is a name for which tokens are issued and which nobody watches.",
        read=f"{_GRAPH} against the accepted domains of Exchange.",
        mend="If no client uses it: hybrid.exchange.hma_spn with state: absent and names. If one does: hma_spn_extra_names.", source=NOT_STATED,
    ),
    Check(
        "HMA-SPN-003", "The autodiscover name of every domain that resolves is registered", "medium", "tenant", on_bad="warn",
        why="Outlook asks autodiscover.<domain> for every mail domain that resolves, whatever the URLs say.",
        read=f"Authoritative accepted domains, DNS as the control node sees it, {_GRAPH}.",
        mend="Add the host to hma_spn_extra_names, then register_spns.", source=ARTICLE,
    ),
    Check(
        "HMA-SPN-004", "The service principal still has its built-in names", "high", "tenant", on_bad="warn",
        why="A list that was replaced instead of extended (older guides do that) has lost names of other services of Exchange Online.",
        read=f"{_GRAPH}; the names expected were seen in one real tenant of the global cloud.",
        mend="Find them in an old export, or ask Microsoft support; this collection does not guess them.", source=f"{GRAPH}/serviceprincipal-update",
    ),
    Check(
        "HMA-SPN-005", "No name on the service principal is an http name", "low", "tenant", on_bad="warn",
        why="An http name was registered so that a client with an http URL gets a token; the URL is what should be mended.",
        read=f"{_GRAPH}.", mend="Correct the URL that needs it (HMA-NAME-002), then take the name away.", source=TROUBLE,
    ),
)  # fmt: skip
