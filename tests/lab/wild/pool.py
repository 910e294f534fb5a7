# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names, numbers and spellings that organizations of the field have, the plain one first."""

from __future__ import annotations

from typing import Final

# AdminDisplayVersion: what works first, then what is too old, or older than the articles.
VERSIONS: Final = (
    "Version 15.2 (Build 2562.17)", "Version 15.2 (Build 2562.29)", "Version 15.2 (Build 1748.10)",
    "Version 15.2 (Build 1544.4)", "Version 15.2 (Build 1544.11)", "Version 15.1 (Build 2507.6)",
    "Version 15.1 (Build 2507.61)", "Version 15.0 (Build 1497.2)",
)  # fmt: skip
OLD_VERSIONS: Final = (
    "Version 15.1 (Build 1261.35)",
    "Version 15.2 (Build 221.12)",
    "Version 14.3 (Build 123.4)",
    "Version 8.3 (Build 83.6)",
)
DOMAINS: Final = ("corp.contoso.test", "contoso.test", "a.b.c.corp.contoso.test", "CORP.Contoso.test")
PUBLIC: Final = ("mail.contoso.test", "Mail.Contoso.test", "outlook.contoso.test", "xn--mnchen-3ya.contoso.test")
INTERNAL: Final = ("mail.corp.contoso.test", "mail.contoso.test", "MAIL.corp.contoso.test")
ODD_URLS: Final = (
    "http://mail.contoso.test", "mail", "https://mail.contoso.test:8443", "https://mail.contoso.test.",
    "https://10.1.2.3", "https://mail_1.contoso.test",
)  # fmt: skip
SITES: Final = ("Main", "Zürich-Nord", "Branch Office 2")
HOSTILE: Final = (
    "EvoSTS - it's", "Evo'STS\" $(Stop-Computer); `x` %PATH%", "EvoSTS {{ 7 * 7 }}", "\u0415vo\u0405TS",
    "EvoSTS - \u202etxt", "EvoSTS\twith a tab", "-Confirm:$false", "EvoSTS #; rm -rf",
)  # fmt: skip
# Of an AuthServer's realm, with the tenant's id put in.
REALMS: Final = ("{id}", "{upper}", "{{{id}}}", "{domain}", "", "{id} ")
ISSUERS: Final = (
    "https://sts.windows.net/{id}/", "https://sts.windows.net/{id}", "https://sts.windows.net/{upper}/",
    "https://login.microsoftonline.com/{id}/v2.0", "",
)  # fmt: skip
ENDPOINTS: Final = (
    "https://login.windows.net/common/oauth2/authorize",
    "https://login.microsoftonline.com/common/oauth2/authorize",
    "https://login.windows.net/{id}/oauth2/authorize",
)
ODD_ENDPOINTS: Final = ("https://login.microsoftonline.us/common/oauth2/authorize", "http://login.windows.net/x", None)
METHODS: Final = (
    ("Ntlm", "OAuth", "Negotiate"), ("Ntlm", "Negotiate"), ("NTLM", "Negotiate", "OAUTH"), ("Basic", "Ntlm"),
    ("Negotiate",), ("OAuth",), (),
)  # fmt: skip
FOREIGN_NAMES: Final = (
    "https://legacy.contoso.test/", "http://intranet.contoso.test", "spn:weird", "https://MAIL.old.contoso.test",
    "https://sip.contoso.test/", "api://0d7b5a1e-0000-4000-8000-000000000042",
)  # fmt: skip
TENANTS: Final = (
    ("11111111-aaaa-4bbb-8ccc-000000000001", "contoso.onmicrosoft.com", "contoso", "contoso.test"),
    ("22222222-aaaa-4bbb-8ccc-000000000002", "fabrikam.onmicrosoft.com", "fabrikam", "fabrikam.test"),
    ("33333333-aaaa-4bbb-8ccc-000000000003", "tailspin.onmicrosoft.com", "tailspin", "tailspin.test"),
)
OLD_TENANT: Final = "99999999-aaaa-4bbb-8ccc-000000000009"
WAYS: Final = ("ntlm", "exchange", "psrp", "credssp", "ntlm-http")
