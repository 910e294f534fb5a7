# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What Entra refuses a sign-in with, by the number of its code, and what to do about it.

Hints only: Microsoft says that codes may change. The text of the answer always stands before them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

UNKNOWN_RESOURCE: Final = 500011
UNKNOWN_TENANT: Final = 90002
_CODE: Final = re.compile(r"AADSTS([0-9]{4,9})", re.ASCII)
_ENABLED: Final = "(Entra admin center, Enterprise applications, Properties, Enabled for users to sign-in)"
_FEDERATED: Final = "(App registrations, Certificates & secrets, Federated credentials)"
_OTHER_CLOUD: Final = (
    "The tenant is in another cloud (GCC High and DoD sign in at login.microsoftonline.us); set hma_cloud to it."
)
_NO_CREDENTIAL: Final = (
    "Entra got no secret and no certificate of the application; set one of hma_client_secret, hma_certificate_path, "
    "hma_client_assertion, and look that the application is no public client."
)
_NEXT_STEPS: Final[Mapping[int, str]] = {
    7000215: "The secret is wrong; check that its value was given, not its id, and that it has not expired.",
    7000222: "The secret has expired; make a new one, or use a certificate.",
    **dict.fromkeys((7000216, 7000218), _NO_CREDENTIAL),
    700025: "Entra takes the application for a public client, which has no secret and no certificate; check "
    "hma_client_id, and that the application is registered as a confidential one (App registrations, Authentication).",
    700038: "hma_client_id is the id of no application; take it from App registrations, Application (client) ID.",
    7000112: f"The application is disabled in this tenant; enable it {_ENABLED}.",
    7000229: "The application has no service principal in this tenant; consent to it here, or check hma_tenant_id.",
    700016: "The application is not known in this tenant; check hma_client_id and hma_tenant_id, and that it was "
    "consented to here.",
    700024: "This machine's clock is off, or hma_client_assertion has expired; set the clock by the network's time.",
    700027: "The certificate is not the one registered with the application, or it has expired.",
    1000502: "The certificate of the application is outside its validity; make a new one, register it with the "
    "application, and name it in hma_certificate_path.",
    700211: f"No federated credential of the application has the issuer of hma_client_assertion {_FEDERATED}.",
    700212: f"No federated credential of the application has the audience of hma_client_assertion {_FEDERATED}; it is "
    "api://AzureADTokenExchange as a rule.",
    700213: f"No federated credential of the application has the subject of hma_client_assertion {_FEDERATED}; correct "
    "the one or the other.",
    53003: "A Conditional Access policy for workload identities blocks the application; look at its sign-ins (Entra "
    "admin center, Sign-in logs, Service principal sign-ins), and run this from where the policy allows it.",
    500014: "The service principal of what was asked for is disabled in this tenant, or its licence has ended; enable "
    f"it {_ENABLED}.",
    500011: "Graph is not known there; check hma_cloud and hma_graph_endpoint.",
    90002: "The tenant does not exist in this cloud; check hma_tenant_id and hma_cloud.",
    900023: "hma_tenant_id is the id of no tenant; take it from the Entra admin center, Overview.",
    900382: _OTHER_CLOUD,
    900432: _OTHER_CLOUD,
    90033: "Entra is busy; run this again in some minutes.",
}


def next_step(codes: Iterable[object]) -> str:
    """What to do about the first code that is known."""
    return next((_NEXT_STEPS[code] for code in codes if isinstance(code, int) and code in _NEXT_STEPS), "")


def codes_in(text: str) -> list[int]:
    """The codes that a text names, where no answer holds them as numbers."""
    return [int(number) for number in _CODE.findall(text)]
