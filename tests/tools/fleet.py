# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write docs/examples/fleet, as discover writes it for an organization of four servers: python -m tests.tools.fleet."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.discovery.fleet import (
    SILENT,
    THROUGH,
    Fleet,
    FoundServer,
    FoundTenant,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.discovery.layout import SignIn, files
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.versions import parse_admin_display_version
from ansible_collections.hybrid.exchange.plugins.plugin_utils._discovery.folder import public_variables

FOLDER: Final = Path(__file__).resolve().parents[2] / "docs" / "examples" / "fleet"
_DOMAIN: Final = "corp.contoso.com"
_HEAD: Final = """\
# Copyright (c) 2026 hybrid.exchange contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""
_SERVERS: Final = (
    ("EX1", "Version 15.1 (Build 2507.6)", "Berlin", ""),
    ("EX2", "Version 15.2 (Build 1544.4)", "Berlin", ""),
    ("EX3", "Version 15.2 (Build 1748.10)", "Paris", SILENT),
    ("EX4", "Version 15.2 (Build 2562.17)", "Paris", THROUGH),
)


def main() -> None:
    for name, text in made().items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def made() -> dict[str, str]:
    """Each file with its head."""
    sign_in = SignIn(
        {
            "ansible_connection": "winrm", "ansible_winrm_transport": "ntlm", "ansible_winrm_scheme": "https",
            "ansible_port": 5986, "ansible_user": "CORP\\hma-audit",
        },
        ["ansible_password"], {},
    )  # fmt: skip
    return {name: _HEAD + text for name, text in files(_fleet(), sign_in, public_variables()).items()}


def _fleet() -> Fleet:
    tenants = (
        FoundTenant(
            "contoso", "11111111-aaaa-4bbb-8ccc-000000000001", "contoso.onmicrosoft.com",
            ("contoso.onmicrosoft.com", "contoso.com"), "EvoSTS", True, "global",
        ),
        FoundTenant(
            "fabrikam", "22222222-aaaa-4bbb-8ccc-000000000002", "fabrikam.onmicrosoft.com",
            ("fabrikam.onmicrosoft.com",), "EvoSTS - 5c8cd4ba-65ea-4b8d-a4f6-6b3a7e1b6b01", False, "global",
        ),
    )  # fmt: skip
    return Fleet(f"ex1.{_DOMAIN}", tuple(_server(*row) for row in _SERVERS), tenants, (f"edge1.{_DOMAIN}",))


def _server(name: str, version: str, site: str, reach: str) -> FoundServer:
    build = parse_admin_display_version(version)
    return FoundServer(
        f"{name.lower()}.{_DOMAIN}", name, site, build.product, str(build), build.label, "Mailbox, ClientAccess",
        reach or "direct",
    )  # fmt: skip


if __name__ == "__main__":
    main()
