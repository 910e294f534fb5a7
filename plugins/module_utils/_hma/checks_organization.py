# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Checks of the organization: configuration, AuthServer objects, policies, hybrid."""

from __future__ import annotations

from typing import Final

from .finding import Check
from .sources import ARTICLE, CMDLET, CSS, NOT_STATED, OVERVIEW

_ORG: Final = "Organization read (View-Only Organization Management): "
_FULL: Final = "Organization read in full (hma_audit_read: full; View-Only Organization Management): "

CHECKS: Final[tuple[Check, ...]] = (
    Check(
        "HMA-READ-001", "The organization was read", "high", "organization", gate=True,
        why="What was not read cannot be judged; a report that hides that is worse than none.",
        read="Organization read (View-Only Organization Management).", mend="Make one Exchange server reachable, with an account that has the role.",
        source=NOT_STATED,
    ),
    Check(
        "HMA-READ-002", "Every server, directory and AuthServer object could be read", "high", "organization", gate=True,
        why="An object that is not as documented (an unfinished setup, a server that was never removed) may be one that clients reach; it is not guessed.",
        read=f"{_ORG}Get-ExchangeServer, Get-*VirtualDirectory -ADPropertiesOnly, Get-AuthServer, Get-OrganizationConfig.",
        mend="Mend or remove the object; a dead server goes to hma_servers_excluded with its reason, and its objects with it.", source=NOT_STATED,
    ),
    Check(
        "HMA-READ-003", "Every object that warnings rest on could be read", "medium", "organization", on_bad="warn",
        why="What was not read is in no list: a policy, a connector or a domain that a warning should speak of may be missing from it.",
        read=f"{_FULL}Get-AuthenticationPolicy, Get-AcceptedDomain, Get-HybridConfiguration and the like.",
        mend="Mend or remove the object.", source=NOT_STATED,
    ),
    Check(
        "HMA-RUN-001", "The run covers the whole inventory", "high", "organization", gate=True,
        why="HMA on a part of the servers is not supported: users are prompted at random, depending on the server that answers.",
        read="The run itself: --limit, tags, slices.", mend="Run enable_hma once, over the whole inventory.", source=ARTICLE,
    ),
    Check(
        "HMA-MAPI-001", "MAPI over HTTP is on", "high", "organization", gate=True,
        why="Outlook Anywhere, POP and IMAP never do modern authentication; without MAPI over HTTP Outlook stays on NTLM.",
        read=f"{_ORG}Get-OrganizationConfig, MapiHttpEnabled.",
        mend="Set-OrganizationConfig -MapiHttpEnabled $true, wait until Outlook has followed (a day), then run this again.", source=ARTICLE,
    ),
    Check(
        "HMA-FLAG-001", "Directories are changed while modern authentication is off", "low", "organization", on_bad="warn",
        why="While the organization flag is on, each write to a directory or AuthServer reaches clients at once.",
        read=f"{_ORG}Get-OrganizationConfig, OAuth2ClientProfileEnabled.", mend="Run in a maintenance window.", source=NOT_STATED,
    ),
    Check(
        "HMA-FLAG-002", "Modern authentication is on for the organization", "high", "organization", gate=True,
        why="Without the flag no server offers Bearer, whatever the directories and tenants say.",
        read=f"{_ORG}Get-OrganizationConfig, OAuth2ClientProfileEnabled.", mend="ansible-playbook hybrid.exchange.enable_hma", source=ARTICLE,
    ),
    Check(
        "HMA-CERT-001", "The auth certificate is valid", "high", "organization", gate=True,
        why="OAuth between the servers and with Entra is signed with it; when it expires, OWA, ECP, free/busy and OAuth fail together.",
        read=f"{_ORG}Get-AuthConfig and Get-ExchangeCertificate of the server that was read.",
        mend="Run MonitorExchangeAuthCertificate.ps1 (CSS-Exchange), then the Hybrid Configuration Wizard again.",
        source=f"{CSS}/Admin/MonitorExchangeAuthCertificate/",
    ),
    Check(
        "HMA-CERT-002", "The auth certificate has more than 60 days left", "medium", "organization", on_bad="warn",
        why="Rotation takes preparation: a next certificate has to be staged and the Hybrid Configuration Wizard has to run again.",
        read=f"{_ORG}Get-AuthConfig and Get-ExchangeCertificate of the server that was read.",
        mend="Stage a next certificate with MonitorExchangeAuthCertificate.ps1 (CSS-Exchange).",
        source=f"{CSS}/Admin/MonitorExchangeAuthCertificate/",
    ),
    Check(
        "HMA-AUTH-001", "One enabled EvoSTS AuthServer per tenant", "high", "tenant", gate=True,
        why="It is how Exchange trusts the tenant's tokens. Missing or disabled, no token is accepted; twice, nobody knows which one is used.",
        read=f"{_ORG}Get-AuthServer, by Type AzureAD and Realm, never by name.",
        mend="Missing: run the Hybrid Configuration Wizard for the tenant. Twice: keep one. Disabled: Set-AuthServer -Enabled $true.", source=ARTICLE,
    ),
    Check(
        "HMA-AUTH-002", "Another default authorization endpoint is replaced by name only", "high", "organization", gate=True,
        why="Clients sign in there now; sending them elsewhere is a decision, not a detail.",
        read=f"{_ORG}Get-AuthServer, IsDefaultAuthorizationEndpoint.",
        mend="Set hma_replace_default_authserver to the exact name of the one that may be replaced.", source=f"{CMDLET}/set-authserver",
    ),
    Check(
        "HMA-AUTH-003", "The AuthServer of every tenant knows its domain", "high", "tenant", gate=True,
        why="With several tenants Exchange finds the tenant of a user by DomainName; without the domain the lookup fails.",
        read=f"{_ORG}Get-AuthServer, DomainName.", mend="ansible-playbook hybrid.exchange.enable_hma (step 4 merges the domain).", source=ARTICLE,
    ),
    Check(
        "HMA-AUTH-004", "The tenant's AuthServer is the default authorization endpoint", "high", "organization", gate=True,
        why="Its address is what clients are told in the Bearer challenge; without a default there is no authorization_uri.",
        read=f"{_ORG}Get-AuthServer, IsDefaultAuthorizationEndpoint.", mend="ansible-playbook hybrid.exchange.enable_hma", source=ARTICLE,
    ),
    Check(
        "HMA-AUTH-005", "No more than one AuthServer is the default authorization endpoint", "high", "organization", gate=True,
        why="With two defaults the Bearer challenge carries no authorization_uri at all, so clients show no sign-in page.",
        read=f"{_ORG}Get-AuthServer, IsDefaultAuthorizationEndpoint.",
        mend="Set-AuthServer '<name>' -IsDefaultAuthorizationEndpoint $false on those that are not wanted.", source=ARTICLE,
    ),
    Check(
        "HMA-AUTH-006", "AD FS is not the default authorization endpoint", "high", "organization", gate=True,
        why="With AD FS as default, clients are sent to AD FS and not to Entra: that is AD FS authentication, not HMA.",
        read=f"{_ORG}Get-AuthServer, Type ADFS with IsDefaultAuthorizationEndpoint.",
        mend="Decide with the people who run AD FS; then set hma_replace_default_authserver to its name and run enable_hma.", source=f"{CMDLET}/set-authserver",
    ),
    Check(
        "HMA-AUTH-007", "A domain is on one AuthServer", "high", "organization", gate=True,
        why="Exchange finds the tenant of a user by DomainName. With a domain on two objects it is not known which tenant's tokens it accepts.",
        read=f"{_ORG}Get-AuthServer, DomainName of the enabled ones of Type AzureAD, against hma_tenant_domain of every tenant.",
        mend="Take the domain off the AuthServer whose tenant has not verified it: Set-AuthServer '<name>' -DomainName <the others>.", source=NOT_STATED,
    ),
    Check(
        "HMA-TEN-001", "The tenants are told apart and lie in one cloud", "high", "organization", gate=True,
        why="Several tenants are supported, several clouds are not; a tenant without id or domain cannot be told from another.",
        read="The inventory: hma_tenant_id, hma_tenant_domain, hma_cloud.", mend="Correct the inventory.", source=ARTICLE,
    ),
    Check(
        "HMA-TEN-002", "The tenant whose sign-in page clients get is named", "high", "organization", gate=True,
        why="Only one AuthServer can be the default; with several tenants somebody has to say whose.",
        read="The inventory: hma_default_tenant.", mend="Set hma_default_tenant to the tenant id, domain or inventory name.", source=ARTICLE,
    ),
    Check(
        "HMA-APP-001", "Dedicated hybrid application is left alone", "info", "organization", on_bad="warn",
        why="It uses the same AuthServer object: ApplicationIdentifier and its domains have to survive.",
        read=f"{_ORG}Get-AuthServer, ApplicationIdentifier.", mend="Nothing: this collection never touches it.",
        source=f"{CSS}/Hybrid/ConfigureExchangeHybridApplication/",
    ),
    Check(
        "HMA-POL-001", "No authentication policy blocks modern authentication", "high", "organization",
        why="Users under a policy with BlockModernAuth* get no challenge and stay on the old methods.",
        read=f"{_ORG}Get-AuthenticationPolicy (2019 CU13 and later), DefaultAuthenticationPolicy of Get-OrganizationConfig.",
        mend="Set-AuthenticationPolicy '<policy>' -BlockModernAuthMapi:$false (and the like).", source=f"{CMDLET}/set-authenticationpolicy",
    ),
    Check(
        "HMA-POL-002", "Legacy authentication is not blocked before modern authentication works", "high", "organization",
        why="A policy that blocks legacy authentication leaves its users no way in until HMA works.",
        read=f"{_ORG}Get-AuthenticationPolicy, DefaultAuthenticationPolicy and OAuth2ClientProfileEnabled.",
        mend="Set-AuthenticationPolicy '<policy>' -BlockLegacyAuthMapi:$false (and the like) until HMA is proven.", source=f"{CMDLET}/set-authenticationpolicy",
    ),
    Check(
        "HMA-POL-003", "Pilot by authentication policy", "info", "organization", on_bad="warn",
        why="The default policy blocks modern authentication and another policy does not: users of the second are the pilot. That is a plan, not a fault.",
        read=f"{_ORG}Get-AuthenticationPolicy, DefaultAuthenticationPolicy.",
        mend="When the pilot ends, unblock the default policy.", source=f"{CMDLET}/set-authenticationpolicy",
    ),
    Check(
        "HMA-EWS-001", "EWS is open to the clients that sign in with HMA", "medium", "organization", on_bad="warn",
        why="EwsEnabled off, or an allow list, refuses clients although their token is good; it looks like a failure of HMA.",
        read=f"{_ORG}Get-OrganizationConfig, EwsEnabled, EwsApplicationAccessPolicy, EwsAllowList.",
        mend="Check the list against the clients in use: Get-OrganizationConfig | Format-List Ews*", source=f"{CMDLET}/set-organizationconfig",
    ),
    Check(
        "HMA-OVR-001", "Download domains have the override that modern authentication needs", "medium", "organization", on_bad="warn",
        why="With EnableDownloadDomains and without the override OAuthIdentityCacheFixForDownloadDomains, attachments fail in OWA after HMA for OWA.",
        read=f"{_FULL}Get-OrganizationConfig, EnableDownloadDomains, and Get-SettingOverride.",
        mend="New-SettingOverride -Component OAuth -Section OAuthIdentityCacheFixForDownloadDomains -Parameters @('Enabled=true') ...; "
        "refresh the configuration, restart W3SVC and WAS.",
        source=ARTICLE,
    ),
    Check(
        "HMA-HYB-001", "The organization is in hybrid with Exchange Online", "medium", "organization", on_bad="warn",
        why="HMA builds on what the Hybrid Configuration Wizard makes: AuthServer objects, OAuth between both sides, directory synchronization.",
        read=f"{_ORG}Get-HybridConfiguration.", mend="Run the Hybrid Configuration Wizard (full classic hybrid).", source=ARTICLE,
    ),
    Check(
        "HMA-HYB-002", "Nothing points to the Hybrid Agent", "high", "organization", on_bad="warn",
        why="HMA does not work with modern hybrid (Hybrid Agent); classic hybrid is needed.",
        read=f"{_FULL}addresses at msappproxy.net in Get-IntraOrganizationConnector, Get-OrganizationRelationship and client URLs. "
        "No on-premises read can prove that there is no agent; look at Get-MigrationEndpoint in Exchange Online too.",
        mend="Run the Hybrid Configuration Wizard again and choose classic hybrid.", source=OVERVIEW,
    ),
    Check(
        "HMA-HYB-003", "Exchange Online is a partner application and a connector is on", "medium", "organization", on_bad="warn",
        why="They carry OAuth between both sides (free/busy, archives); where they are off, hybrid was never finished.",
        read=f"{_FULL}Get-PartnerApplication 00000002-0000-0ff1-ce00-000000000000 and Get-IntraOrganizationConnector.",
        mend="Run the Hybrid Configuration Wizard again.", source=f"{CSS}/Diagnostics/HealthChecker/",
    ),
    Check(
        "HMA-ID-001", "Everyone's sign-in name ends in a domain of the tenant", "high", "organization", gate=True,
        why="After HMA people sign in to Entra with their user principal name. With contoso.local they cannot: the Monday-morning outage.",
        read="Get-Mailbox with a filter (View-Only Recipients, part of View-Only Organization Management); the tenant's verified domains (Domain.Read.All).",
        mend="Change the names: Set-ADUser -UserPrincipalName. Accepting a number: hma_unsynced_accepted.", source=ARTICLE,
    ),
    Check(
        "HMA-ID-002", "No mailbox is a linked mailbox", "medium", "organization", on_bad="warn",
        why="People of linked mailboxes sign in with an account of another forest; HMA needs that account in the tenant, and an override on the servers.",
        read="Get-Mailbox -RecipientTypeDetails LinkedMailbox (View-Only Recipients).",
        mend="See the article on resource forests: override OwaHMAFixForAfRfScenarios and two keys in web.config.", source=ARTICLE,
    ),
    Check(
        "HMA-ID-003", "Everyone with a mailbox is in the directory of a tenant", "high", "organization", gate=True,
        why="A right sign-in name does not help who is not synchronized: Entra does not know the account, and after HMA nobody gets into its mailbox.",
        read="With hma_identity_entra only (it reads all users): Graph, GET /users (User.Read.All), compared with Get-Mailbox (View-Only Recipients).",
        mend="Bring the accounts into the scope of directory synchronization. Accepting a number: hma_unsynced_accepted, which counts them with HMA-ID-001's.",
        source="https://learn.microsoft.com/graph/api/user-list",
    ),
    Check(
        "HMA-ID-004", "The verified domains of every tenant were read", "medium", "tenant", on_bad="warn",
        why="Without them sign-in names are compared with the accepted domains of Exchange, which need not be verified in the tenant.",
        read="Graph, GET /domains (Domain.Read.All).", mend="Give the application Domain.Read.All.", source="https://learn.microsoft.com/graph/api/domain-list",
    ),
)  # fmt: skip
