# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The clouds Microsoft Entra runs in: where to sign in, where Graph is (CSS-Exchange
Get-CloudServiceEndpoint)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

CHINA: Final = "china"


@dataclass(frozen=True)
class Cloud:
    """Hosts of one cloud; tokens of one are worth nothing in another."""

    authority: str
    graph: str
    exchange_online: str
    # Hosts of the authorization endpoint that clients are sent to; the authority itself always counts.
    authorization: tuple[str, ...] = ()

    @property
    def authorization_hosts(self) -> tuple[str, ...]:
        return (self.authority, *self.authorization)


CLOUDS: Final[dict[str, Cloud]] = {
    # Global, GCC too
    "global": Cloud("login.microsoftonline.com", "graph.microsoft.com", "outlook.office.com", ("login.windows.net",)),
    # USGovernmentL4, GCC High
    "usgov_l4": Cloud("login.microsoftonline.us", "graph.microsoft.us", "outlook.office365.us"),
    # USGovernmentL5, DoD
    "usgov_l5": Cloud("login.microsoftonline.us", "dod-graph.microsoft.us", "outlook-dod.office365.us"),
    # ChinaCloud, 21Vianet
    CHINA: Cloud(
        "login.partner.microsoftonline.cn",
        "microsoftgraph.chinacloudapi.cn",
        "partner.outlook.cn",
        ("login.chinacloudapi.cn",),
    ),
    # BleuCloud (France) and DelosCloud (Germany): Graph's page on this update does not list them (UNVERIFIED)
    "bleu": Cloud("login.sovcloud-identity.fr", "graph.svc.sovcloud.fr", "outlook.sovcloud.fr"),
    "delos": Cloud("login.sovcloud-identity.de", "graph.svc.sovcloud.de", "outlook.sovcloud.de"),
}
