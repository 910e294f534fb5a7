# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The script for the team that owns Entra: it reads again, adds (or takes away) only, and shows what it
did."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.quoting import quoted
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import EXCHANGE_ONLINE

from .._files import replace_file
from .._paths import local_path
from .errors import GraphError

# Connect-MgGraph's own names of the clouds; the sovereign ones have none yet (UNVERIFIED).
_ENVIRONMENTS: Final = {"global": "Global", "usgov_l4": "USGov", "usgov_l5": "USGovDoD", "china": "China"}
# All of it is one block: what is pasted line by line would go on after a line that failed, in the session that was open
# before, which may be another tenant's.
_TEMPLATE: Final = """# Made by hybrid.exchange hma_spn for tenant {tenant}.
# Microsoft Graph PowerShell (Install-Module Microsoft.Graph.Applications); run by an Application Administrator.
# The list is read right before it is written, and names are only {verb}: nothing that is there by then is lost.
& {{
$ErrorActionPreference = 'Stop'
Connect-MgGraph -TenantId {tenant_quoted} -Environment '{environment}' -Scopes 'Application.ReadWrite.All'
if ((Get-MgContext).TenantId -ne {tenant_quoted}) {{
    throw 'Signed in to another tenant; nothing was written.'
}}
$names = @(
{names}
)
$principal = Get-MgServicePrincipal -Filter "appId eq '{app}'"
if (@($principal).Count -ne 1 -or $principal.ServicePrincipalNames -notcontains '{app}') {{
    throw 'The service principal did not read as expected; nothing was written.'
}}
$before = @($principal.ServicePrincipalNames)
{change}
if ($after.Count -eq $before.Count) {{ 'Nothing to do.' }} else {{
    Update-MgServicePrincipal -ServicePrincipalId $principal.Id -ServicePrincipalNames $after
    Compare-Object $before $after
}}
}}
"""
_CHANGES: Final = {
    # -contains takes 'straße' for 'strasse'; the directory does not.
    True: "$held = [System.Collections.Generic.HashSet[string]]::new([string[]]$before, "
    "[StringComparer]::OrdinalIgnoreCase)\n"
    "$after = $before + @($names | Where-Object { -not $held.Contains($_) })",
    False: "$taken = [System.Collections.Generic.HashSet[string]]::new([string[]]$names, "
    "[StringComparer]::OrdinalIgnoreCase)\n"
    "$after = @($before | Where-Object { -not $taken.Contains($_) })",
}


def write_script(folder: str, tenant_id: str, cloud: str, names: Sequence[str], *, present: bool) -> Path:
    """Write the script; names and ids have passed the domain's rules, and are quoted all the same."""
    if cloud not in _ENVIRONMENTS:
        raise GraphError(
            f"Tenant {tenant_id}: Microsoft Graph PowerShell has no environment for the cloud {cloud}; use "
            f"mode verify, or apply."
        )
    # One run may give names back and take others away: two scripts.
    path = local_path(folder) / f"{'register' if present else 'remove'}-spns-{tenant_id}.ps1"
    text = _TEMPLATE.format(
        tenant=tenant_id,
        tenant_quoted=quoted(tenant_id),
        verb="added" if present else "taken away",
        environment=_ENVIRONMENTS[cloud],
        app=EXCHANGE_ONLINE,
        names=",\n".join(f"    {quoted(name)}" for name in names),
        change=_CHANGES[present],
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        # Others run it, so they read it; whoever may write it decides what they run.
        replace_file(path, text.encode("utf-8"), 0o644)
    except OSError as exc:
        raise GraphError(
            f"The script {path} cannot be written ({exc.strerror}). Set hma_spn_handoff_dir to a folder of yours."
        ) from None
    return path
