# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. OAuth between Exchange and Exchange Online, tried for one mailbox: Test-OAuthConnectivity.

Of its answer the result and the name of each task are taken. Detail is never asked for: it shows the exchange with the
other side, headers included.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..base.comparison import same
from ..base.errors import Refused
from ..base.facts import Facts
from .cmdlet import Cmdlet, CmdletResult

NAME: Final = "Test-OAuthConnectivity"
_GLOBAL: Final = "https://outlook.office365.com/ews/exchange.asmx"
# Where Exchange Online's web services are (Microsoft's pages on endpoints of the clouds); the others as entra/clouds.
_HOSTS: Final = {
    "usgov_l4": "outlook.office365.us",
    "usgov_l5": "outlook-dod.office365.us",
    "china": "partner.outlook.cn",
    "bleu": "outlook.sovcloud.fr",
    "delos": "outlook.sovcloud.de",
}


@dataclass(frozen=True)
class OAuthTest(Facts):
    """What came of one try: Success, Warning or Error, and the tasks that were not a success."""

    mailbox: str
    result: str
    tasks: list[str]

    @property
    def works(self) -> bool:
        return same(self.result, "Success")


def test(mailbox: str, cloud: str) -> Cmdlet:
    """It takes no domain controller."""
    host = _HOSTS.get(cloud)
    url = f"https://{host}/ews/exchange.asmx" if host else _GLOBAL
    return Cmdlet(NAME, {"Service": "EWS", "TargetUri": url, "Mailbox": mailbox}, ("Task", "ResultType"), pin=False)


def parse_test(mailbox: str, result: CmdletResult) -> OAuthTest:
    """The worst of the tasks; Refused where there is none."""
    found = [(task.label("Task", "a task without a name"), task.text("ResultType")) for task in result.properties(NAME)]
    if not found:
        raise Refused(f"{NAME} returned nothing for {mailbox}.")
    wrong = [(name, kind) for name, kind in found if not same(kind, "Success")]
    worst = next((kind for _name, kind in wrong if same(kind, "Error")), wrong[0][1] if wrong else "Success")
    return OAuthTest(mailbox, worst, [name for name, _kind in wrong])
