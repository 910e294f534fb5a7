# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Words that a recording may keep as they are: those of Exchange, Entra, HTTP and PowerShell. A word that is
not here is somebody's, and becomes a pseudonym.

Hosts do not look here but for the few that are Microsoft's own; a server may be called Default.
"""

from __future__ import annotations

from typing import Final

from ..base.comparison import fold

_EXCHANGE: Final = """
    Exchange Server Servers Microsoft Auth Certificate Default Web Site Back End Version Build Enterprise Standard
    Edition Evaluation Trial CoexistenceEnterprise EWS OAB mapi owa ecp Autodiscover Rpc PowerShell
    Microsoft-Server-ActiveSync nspi emsmdb calendar auth logon reason url aspx Exchange.asmx logon.aspx
    autodiscover.xml autodiscover.json Protocol RedirectCount Email Mailbox ClientAccess HubTransport
    UnifiedMessaging FrontendTransport Edge None Active Inactive Draining ServerWideOffline Monitoring
    RecoveryActionsEnabled ProvisioningRps ForwardSyncDaemon AutoDiscoverProxy Basic Ntlm Fba WindowsIntegrated
    LiveIdFba LiveIdBasic LiveIdNegotiate WSSecurity Certificate NegoEx OAuth Adfs Kerberos Negotiate Digest
    FullDomain UserName PrincipalName Misconfigured Forms Windows EvoSTS EvoSts ACS AzureAD MicrosoftACS Facebook
    LinkedIn ADFS AuthServer ServiceInstance ValidAuth Low Medium High Allow Block Off On Yes No True False Enabled
    Disabled Unlimited Public Private Global Unknown Authoritative InternalRelay ExternalRelay UserMailbox User
    Group MailUser UniversalSecurityGroup LinkedMailbox Organization Management View-Only Recipient Administrator
    Administrators Security Groups Users Domain Admins Configuration Sites Main Default-First-Site-Name CN OU DC
    First Administrative Online Office 365 Intra Connector FreeBusy MoveMailbox Mailtips MessageTracking
    OwaRedirection OnlineArchive SecureMail Centralized Photos Allowed Require None NoServiceNameCheck
    AllowDotlessSPN ProxyCoHosting CrossForest Site
"""
_WEB: Final = """
    http https Bearer NTLM realm client_id trusted_issuers token_types authorization_uri error invalid_token
    redirect_uri response_type response_mode form_post code id_token scope openid profile nonce state resource
    login_hint common organizations oauth2 v2.0 authorize token logon client_secret adfs ls wa wsignin1.0 wtrealm
    wctx rm app_asserted_user_v1 service_asserted_app_v1 metadata json 1 FederationMetadata 2007-06
    FederationMetadata.xml domains users value id isVerified $metadata v1.0 $skiptoken text html charset utf-8
    application servicePrincipals Application.ReadWrite.All Application.Read.All Application.ReadWrite.OwnedBy
    Directory.Read.All Directory.ReadWrite.All Domain.Read.All Domain.ReadWrite.All User.Read.All User.ReadWrite.All
    AuditLog.Read.All Authorization_RequestDenied Request_ResourceNotFound InvalidAuthenticationToken
    Request_UnsupportedQuery BadRequest Authentication_RequestFromNonPremiumTenantOrB2CTenant UnknownError
    TooManyRequests
"""
_POWERSHELL: Final = """
    FailureCategory Cmdlet AuthZ Cafe WSMan Server RequestId TimeStamp NotSpecified OpenError CloseError DeviceError
    DeadlockDetected InvalidArgument InvalidData InvalidOperation InvalidResult InvalidType MetadataError
    NotImplemented NotInstalled ObjectNotFound OperationStopped OperationTimeout SyntaxError ParserError
    PermissionDenied ResourceBusy ResourceExists ResourceUnavailable ReadError WriteError FromStdErr SecurityError
    ProtocolError ConnectionError AuthenticationError LimitsExceeded QuotaExceeded NotEnabled NamedParameterNotFound
    AmbiguousParameter AmbiguousParameterSet CannotConvertArgumentNoMessage ParameterBindingFailed
    ParameterArgumentTransformationError ParameterArgumentValidationError MissingMandatoryParameter PipelineStopped
    AccessDenied PSSessionOpenFailed NoSuchParameter Get-NoSuchCmdlet Get-AuthServer Get-Mailbox Get-User
    Get-ExchangeServer Get-ExchangeCertificate Get-WebServicesVirtualDirectory Get-RoleGroupMember unreachable
    timeout tls indeterminate winrm psrp psrp-exchange bytes text either exact Identity
"""
WORDS: Final = frozenset(fold(f"{_EXCHANGE} {_WEB} {_POWERSHELL}").split())
# Hosts of Microsoft's own clouds, by what they end in, with the labels before it where they are Microsoft's too.
_HOSTS: Final = """
    login.microsoftonline.com login.windows.net login.microsoftonline.us login.partner.microsoftonline.cn
    accounts.accesscontrol.windows.net login.live.com sts.windows.net graph.microsoft.com graph.microsoft.us
    dod-graph.microsoft.us microsoftgraph.chinacloudapi.cn outlook.office365.com outlook.office.com outlook.com
    outlook.office365.us webmail.apps.mil partner.outlook.cn outlook.cloud.microsoft outlook-sdf.cloud.microsoft
    mail.office365.com outlook-sdf.office.com outlook-sdf.office365.com outlook-tdf.office.com
    outlook-tdf-2.office.com ps.outlook.com ps.protection.outlook.com ps.compliance.protection.outlook.com
    sdfpilot.outlook.com autodiscover-s.outlook.com autodiscover.xml exchange.asmx logon.aspx autodiscover.json
"""
HOSTS: Final = frozenset(_HOSTS.split())
# What a tenant's own domain ends in.
SUFFIXES: Final = (
    ".mail.onmicrosoft.com", ".onmicrosoft.com", ".onmicrosoft.us", ".partner.onmschina.cn",
)  # fmt: skip
GUIDS: Final = frozenset(
    {
        "00000000-0000-0000-0000-000000000000",
        "00000001-0000-0000-c000-000000000000",
        "00000002-0000-0ff1-ce00-000000000000",
        "00000003-0000-0000-c000-000000000000",
        "00000003-0000-0ff1-ce00-000000000000",
        "00000004-0000-0ff1-ce00-000000000000",
        "0997a1d0-0d1d-4acb-b408-d5ca73121e90",
    }
)
# Of answers the names of these are kept; another one may hold the name of whoever made it.
_HEADERS: Final = """
    cache-control connection content-encoding content-length content-security-policy date expires keep-alive
    ms-diagnostics-public p3p pragma proxy-authenticate referrer-policy request-id server set-cookie
    strict-transport-security transfer-encoding vary via x-aspnet-version x-backend-begin x-backendhttpstatus x-beserver
    x-calculatedbetarget x-content-type-options x-diaginfo x-feefzinfo x-feproxyinfo x-feserver x-frame-options
    x-iids x-ms-appversion x-ms-version x-owa-diagnosticsinfo x-owa-version x-powered-by x-ua-compatible
"""
HEADERS: Final = frozenset(_HEADERS.split())
_CLAIMS: Final = """
    acct acr aio amr app_displayname appid appidacr aud azp azpacr cnf exp iat idp idtyp iss nbf oid platf puid rh
    roles scp sid sub tenant_ctry tenant_region_scope tid uti ver wids xms_aud_guid xms_ftd xms_idrel xms_rd
    xms_tcdt xms_tdbr xms_tenant_id
"""
CLAIMS: Final = frozenset(_CLAIMS.split())
# A sentence becomes the names of those that it holds; nothing else of it is kept. Those of PowerShell are in its public
# resources, those of Exchange in public reports.
SENTENCES: Final = (
    ("not_recognized.en", "is not recognized as "),
    ("not_recognized.de", "wurde nicht als name eines cmdlet"),
    ("not_recognized.fr", "n'est pas reconnu comme nom d'applet"),
    ("not_recognized.fr", "n\u2019est pas reconnu comme nom d\u2019applet"),
    ("not_recognized.ru", "не распознано как имя"),
    ("not_found", "couldn't be found"),
    ("certificate_operation", "the exchange certificate operation has failed"),
    ("rpc_unavailable", "is unavailable"),
    ("iis_unreachable", "wasn't able to connect to iis"),
    ("nothing_changed", "has been modified"),
    ("nothing_changed", "no settings of"),
    ("more_results", "more results available"),
    ("redirect_mismatch", "aadsts50011"),
    ("entra_error", "aadsts"),
    ("domain_controller", "domaincontroller"),
)
