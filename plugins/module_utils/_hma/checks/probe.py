# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Checks of what clients are offered, asked from the outside."""

from __future__ import annotations

from typing import Final

from .check import Check
from .references import ARTICLE, NOT_STATED, TROUBLE

# What is expected before the switch: nothing can be offered yet, so the way to Exchange is all that can be asked.
REACHABLE: Final = "reachable"
_PROBE: Final = "hma_probe: an empty Bearer to the client-facing https, no account"

CHECKS: Final[tuple[Check, ...]] = (
    Check(
        "HMA-PRB-001", "Every server offers clients modern authentication", "high", "server", gate=True,
        why="Behind a balancer one server that does not offer Bearer prompts some users, at random.",
        read=f"{_PROBE}, at each server's own address under the public name.",
        remedy="ansible-playbook hybrid.exchange.prepare_vdirs --limit <host>, then hybrid.exchange.verify_hma.",
        source=ARTICLE,
    ),
    Check(
        "HMA-PRB-002", "Every published name offers clients modern authentication", "high", "organization", gate=True,
        why="What clients get is what the published name answers, with everything that stands in front of Exchange.",
        read=f"{_PROBE}, where DNS or hma_probe_connect_to leads.",
        remedy="See what stands in front of Exchange; then hybrid.exchange.verify_hma.",
        source=ARTICLE,
    ),
    Check(
        "HMA-PRB-003", "What stands in front of Exchange passes the challenge on", "high", "organization", gate=True,
        why="A balancer or gateway that strips Authorization, rewrites the challenge or offloads TLS takes Bearer "
            "away from clients.",
        read=f"{_PROBE}: the answer through the name against the servers' own.",
        remedy="Pass Authorization and WWW-Authenticate through for MAPI, EWS, OAB, Autodiscover and ActiveSync; "
            "re-encrypt to the servers.",
        source=ARTICLE,
    ),
    Check(
        "HMA-PRB-004", "Every identity is offered the same", "info", "organization", on_bad="warn",
        why="An authentication policy blocks modern authentication for some: right in a pilot, a surprise otherwise.",
        read=f"{_PROBE}, once for each of hma_probe_identities.",
        remedy="Get-AuthenticationPolicy | fl Name,BlockModernAuth*; end the pilot when it is over.", source=NOT_STATED,
    ),
    Check(
        "HMA-PRB-005", "AutoDiscover v2 hands out registered names", "high", "organization", gate=True,
        why="Outlook for iOS and Android asks it first, and then asks Entra for a token for the host it was given.",
        read="hma_probe: autodiscover.json of every published Autodiscover name, for each of hma_probe_identities.",
        remedy="Correct the URL of the directory, or add its host to hma_spn_extra_names and run register_spns.",
        source=TROUBLE,
    ),
    Check(
        "HMA-PRB-006", "Entra issues a token for every registered name", "high", "tenant", gate=True,
        why="A name can stand on the service principal and not be effective yet; clients then get AADSTS500011.",
        read="The token endpoint is asked for each name (hma_spn, prove_tokens); tokens are dropped unread.",
        remedy="Wait and run hybrid.exchange.verify_hma again.", source=TROUBLE,
    ),
    Check(
        "HMA-PRB-007", "Outlook for iOS and Android can find the organization", "info", "organization", on_bad="warn",
        why="Microsoft's AutoDetect service reaches Exchange from its own addresses; where they are filtered, phones "
            "offer Basic or IMAP.",
        read="ActiveSync and AutoDiscover v2 through the published names, from where the probe runs; Microsoft's own "
            "way in cannot be tried from here. For a tenant of 21Vianet (hma_cloud: china) it is not known whether "
            "the service serves it, and nothing is judged.",
        remedy="Let Microsoft's ranges reach TCP 443 of the published names without inspection; see docs/probe.md.",
        source=ARTICLE,
    ),
)  # fmt: skip
