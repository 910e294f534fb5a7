# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Outlook on the web in the real PowerShell engine: its directories, role groups, users and overrides answer as the
lab's own do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet

from tests.integration.test_engine import judged, shell
from tests.lab.client import running
from tests.lab.engine import find

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(find() is None, reason="no PowerShell engine: set HMA_PWSH or put pwsh on the path"),
]
SHOWN = (
    "Name", "Identity", "Guid", "Server", "InternalUrl", "InternalAuthenticationMethods",
    "ExternalAuthenticationMethods", "AdfsAuthentication", "BasicAuthentication", "DigestAuthentication",
    "FormsAuthentication", "WindowsAuthentication", "OAuthAuthentication", "UserPrincipalName", "Sid",
    "RecipientType", "RecipientTypeDetails", "Members", "ComponentName", "SectionName", "Parameters", "Result",
)  # fmt: skip
OWA, ECP = "EX3\\owa (Default Web Site)", "EX3\\ecp (Default Web Site)"
OFF = {f"{name}Authentication": False for name in ("Adfs", "Basic", "Forms", "Digest")}
OVERRIDE = {"Name": "x", "Component": "OAuth", "Section": "S", "Parameters": ["Enabled=true"], "Reason": "y"}


def ask(name: str, **parameters: Any) -> Cmdlet:
    return Cmdlet(name, parameters, SHOWN, on_error="continue", pin=False)


ASKED = [
    ask("Get-OwaVirtualDirectory", Server="EX3"),
    ask("Get-EcpVirtualDirectory", ADPropertiesOnly=True),
    ask("Set-EcpVirtualDirectory", Identity=ECP, FormsAuthentication=False),
    ask("Set-OwaVirtualDirectory", Identity=OWA, FormsAuthentication=False, BasicAuthentication=True),
    ask("Set-OwaVirtualDirectory", Identity=OWA, **OFF, Confirm=False),
    ask("Set-EcpVirtualDirectory", Identity=ECP, **OFF, Confirm=False),
    ask("Set-OwaVirtualDirectory", Identity=OWA, OAuthAuthentication=True),
    ask("Set-EcpVirtualDirectory", Identity=ECP, OAuthAuthentication=True),
    ask("Set-OwaVirtualDirectory", Identity=OWA, OAuthAuthentication=True),
    ask("Set-OwaVirtualDirectory", Identity=OWA, OAuthAuthentication=True),
    ask("Get-OwaVirtualDirectory", Identity=OWA),
    ask("Get-EcpVirtualDirectory", Server="EX3"),
    ask("Get-RoleGroup"),
    ask("Get-RoleGroupMember", Identity="Organization Management", ResultSize="Unlimited"),
    ask("Get-RoleGroupMember", Identity="nobody"),
    ask("Get-User", Identity="corp.contoso.test/Users/Administrator"),
    ask("Get-User", Identity="alice@contoso.test"),
    ask("Get-User", Identity="nobody"),
    ask("Get-Group", Identity="Organization Management"),
    ask("New-SettingOverride", **OVERRIDE),
    ask("New-SettingOverride", **OVERRIDE),
    ask("Get-SettingOverride"),
    ask("Get-ExchangeDiagnosticInfo", Process="x", Component="VariantConfiguration", Argument="Refresh"),
    ask("Remove-SettingOverride", Identity="x", Confirm=False),
    ask("Remove-SettingOverride", Identity="x", Confirm=False),
]


@pytest.mark.matrix
def test_the_engine_and_the_lab_answer_the_same(tmp_path: Path) -> None:
    with (
        running("default", tmp_path / "python", engine="none") as python,
        running("default", tmp_path / "engine", engine="both") as engine,
    ):
        ours, theirs = (shell(lab, "ex3.corp.contoso.test")(ASKED) for lab in (python, engine))
    for cmdlet, own, other in zip(ASKED, ours.results, theirs.results, strict=True):
        assert judged(own) == judged(other), cmdlet.typed()
    # The wrong order, Forms with Basic, nobody, the same override twice.
    assert [not result.ok for result in ours.results].count(True) == 7
