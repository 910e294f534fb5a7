# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The two setting overrides that the article asks for, and how a server takes them up.

Sources: HMA article, section on OWA and ECP; New-SettingOverride; Get-ExchangeDiagnosticInfo.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..base.comparison import same
from ..base.errors import Refused
from .change import Change, Plan
from .cmdlet import THIS_SERVER, Cmdlet
from .hybrid import SettingOverride

TARGET: Final = "setting_override"
PARAMETERS: Final = "Parameters"
_ON: Final = ("Enabled=true",)
# A server reads its overrides when it is told to; the cmdlet has no DomainController.
REFRESH: Final = Cmdlet(
    "Get-ExchangeDiagnosticInfo",
    {
        "Process": "Microsoft.Exchange.Directory.TopologyService", "Component": "VariantConfiguration",
        "Argument": "Refresh", "Server": THIS_SERVER,
    },
    (), pin=False,
)  # fmt: skip


@dataclass(frozen=True)
class Override:
    """An override of the article's, by its name there."""

    name: str
    section: str
    component: str = "OAuth"


OVERRIDES: Final[Mapping[str, Override]] = {
    "download_domains": Override("OWA HMA Download Domain Support", "OAuthIdentityCacheFixForDownloadDomains"),
    "resource_forest": Override("OWA HMA AFRF Support", "OwaHMAFixForAfRfScenarios"),
}


def plan_override(current: Sequence[SettingOverride], wanted: Override, *, present: bool) -> Plan:
    """One that is in force is enough, whoever made it and however it is called. Taken away is ours alone, by its
    name."""
    own = next((item for item in current if same(item.name, wanted.name)), None)
    if not present:
        return Plan((removal(own),)) if own else Plan()
    if any(item.is_on(wanted.component, wanted.section) for item in current):
        return Plan()
    if own is not None:
        did = "switched it off" if own.everywhere else "made it for some servers only"
        raise Refused(
            f"The setting override '{own.name}' is there and says {', '.join(own.parameters) or 'nothing'}. Somebody "
            f"{did}: look why, then Remove-SettingOverride, and run this again."
        )
    parameters = {
        "Name": wanted.name, "Component": wanted.component, "Section": wanted.section, PARAMETERS: list(_ON),
        "Reason": "Hybrid Modern Authentication for Outlook on the web",
    }  # fmt: skip
    cmdlet = Cmdlet("New-SettingOverride", parameters)
    return Plan((_change(wanted.name, wanted.component, wanted.section, (), _ON, cmdlet),))


def removal(own: SettingOverride) -> Change:
    """The write that takes an override away."""
    cmdlet = Cmdlet("Remove-SettingOverride", {"Identity": own.name})
    return _change(own.name, own.component, own.section, own.parameters, (), cmdlet)


def _change(
    name: str, component: str, section: str, before: Sequence[str], after: Sequence[str], cmdlet: Cmdlet
) -> Change:
    target = {"type": TARGET, "name": name, "component": component, "section": section}
    return Change(f"setting override '{name}'", target, {PARAMETERS: list(before)}, {PARAMETERS: list(after)}, cmdlet)
