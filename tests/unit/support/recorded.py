# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WWW-Authenticate headers recorded in the wild and published; ids and names made neutral."""

from __future__ import annotations

_ID = 'client_id="00000002-0000-0ff1-ce00-000000000000"'
_TENANT = "11111111-aaaa-4bbb-8ccc-000000000001"
_TYPES = 'token_types="app_asserted_user_v1 service_asserted_app_v1"'

# ActiveSync, empty Bearer, a sample of Microsoft's documentation of 2018.
EAS_2018 = [
    f"Bearer {_ID}, "
    f'trusted_issuers="00000001-0000-0000-c000-000000000000@{_TENANT},'
    '00000004-0000-0ff1-ce00-000000000000@contoso.com", '
    f'{_TYPES}, authorization_uri="https://login.windows.net/common/oauth2/authorize"',
    'Basic realm="mail.contoso.com"',
]
# ActiveSync, Exchange 2019 CU14 with the update of April 2024, empty Bearer without a mailbox hint (a question to
# Microsoft, 2024).
EAS_BROKEN = [
    f'Bearer {_ID},trusted_issuers="00000001-0000-0000-c000-000000000000@{_TENANT}",{_TYPES},error="invalid_token"',
    'Basic realm="mail.dummy.uk"',
]
EAS_BROKEN_DIAGNOSTICS = (
    '4000000;reason="Flighting is not enabled for domain \'mail.dummy.uk\'.";error_category="oauth_not_available"'
)
# ActiveSync, Exchange SE with AD FS, empty Bearer and X-User-Identity.
EAS_ADFS = [
    f'Bearer {_ID},{_TYPES},authorization_uri="https://adfs.contoso.com/adfs/oauth2/authorize",issuer_kind="ADFS"',
    'Basic realm="mail.contoso.com"',
]
# The same server asked anonymously.
EAS_ANONYMOUS = ['Basic realm="mail.contoso.com"']
# ActiveSync, Exchange SE with HMA.
EAS_SE = [
    f'Bearer {_ID},trusted_issuers="00000001-0000-0000-c000-000000000000@{_TENANT}",{_TYPES},'
    'authorization_uri="https://login.windows.net/common/oauth2/authorize",issuer_kind="AzureAD"',
]
# EWS on premises (AD FS), empty Bearer.
EWS_ADFS = [f'Bearer {_ID},{_TYPES},error="invalid_token"', "Negotiate", "NTLM", 'Basic realm="mail.contoso.com"']
# EWS of Exchange Online: two schemes in one header.
EXO_FOLDED = [
    f'Bearer {_ID}, trusted_issuers="00000001-0000-0000-c000-000000000000@*", {_TYPES}, '
    'authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", '
    'error="invalid_token",Basic Realm=""'
]
