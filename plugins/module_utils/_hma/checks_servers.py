# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Checks of the servers: coverage, builds, directories, certificates."""

from __future__ import annotations

from typing import Final

from .finding import Check
from .sources import ARTICLE, CMDLET, CSS, LEARN, LIFECYCLE, NOT_STATED, OVERVIEW

_ORG: Final = "Organization read (View-Only Organization Management): "
_SERVER: Final = "Full read of each server (hma_audit_read: full; View-Only Organization Management): "
_PREPARE: Final = "ansible-playbook hybrid.exchange.prepare_vdirs --limit <host>"

CHECKS: Final[tuple[Check, ...]] = (
    Check(
        "HMA-ORG-001", "Every server's build can do HMA", "high", "server", gate=True,
        why="A server below the floor (2013 CU19, 2016 CU8, 2019 CU1) cannot do HMA, and partial HMA is not supported.",
        read=f"{_ORG}Get-ExchangeServer, AdminDisplayVersion.", mend="Update or decommission it.", source=OVERVIEW,
    ),
    Check(
        "HMA-ORG-002", "No Exchange 2010 or older server is left", "high", "server", gate=True,
        why="With Exchange 2010 in the organization HMA cannot be enabled, and the Hybrid Configuration Wizard makes no AuthServer.",
        read=f"{_ORG}Get-ExchangeServer, AdminDisplayVersion.", mend="Decommission it.", source=OVERVIEW,
    ),
    Check(
        "HMA-LIFE-001", "Every server is in support", "medium", "server", on_bad="warn",
        why="A server out of support gets no security updates; it does not keep HMA from working.",
        read=f"{_ORG}Get-ExchangeServer, AdminDisplayVersion.", mend="Plan the move to Exchange Server SE.", source=LIFECYCLE,
    ),
    Check(
        "HMA-LIFE-002", "All servers of one product have one build", "low", "organization", on_bad="warn",
        why="Servers behind one name should behave alike; mixed builds make a failure look random.",
        read=f"{_ORG}Get-ExchangeServer, AdminDisplayVersion (cumulative update; security updates do not show).",
        mend="Bring them to the same update.", source=NOT_STATED,
    ),
    Check(
        "HMA-COV-001", "Every client access server of the organization is covered", "high", "server", gate=True,
        why="A server this run does not know keeps its old settings; its users are prompted.",
        read=f"{_ORG}Get-ExchangeServer against the inventory.",
        mend="Add it to exchange_servers, reach it through another server (hma_server), or exclude the dead object with its reason.", source=ARTICLE,
    ),
    Check(
        "HMA-COV-002", "Every host of the inventory is a server of this organization", "high", "server", gate=True,
        why="One run is one organization; a host that does not answer, or is another organization's, cannot be proven.",
        read="Each host of exchange_servers says who it is (Remote Management Users).",
        mend="Make the host reachable. A dead server: take its host out of the inventory and exclude it with a reason. One inventory per organization.",
        source=NOT_STATED,
    ),
    Check(
        "HMA-COV-003", "Every client access server was read right before enabling", "high", "server", gate=True,
        why="What was true an hour ago is no proof.",
        read="The full reads of this run.", mend="Make the host reachable and run enable_hma again.", source=NOT_STATED,
    ),
    Check(
        "HMA-COV-004", "Every host of the inventory is another server, and no tenant", "high", "server", gate=True,
        why="One server under two names is written to by two workers at once, is counted twice, and hides the server that the second name was meant for.",
        read="Each host of exchange_servers says who it is (Remote Management Users), or hma_server does; the groups of the inventory.",
        mend="Keep one inventory name per server, and a host in one of the two groups.", source=NOT_STATED,
    ),
    Check(
        "HMA-VDIR-001", "OAuth is on for every virtual directory of every server", "high", "server", gate=True,
        why="A directory without OAuth sends no Bearer challenge; behind a balancer some users are prompted. Hardening guides take OAuth away again.",
        read=f"{_SERVER}OAuthAuthentication, IISAuthenticationMethods. The fast read judges by the authentication methods in Active Directory.",
        mend=_PREPARE, source=ARTICLE,
    ),
    Check(
        "HMA-VDIR-002", "No MAPI directory has an empty list of methods", "high", "server", gate=True,
        why="The Exchange admin center empties IISAuthenticationMethods when it edits URLs (KB 3191500); Outlook then has no way in.",
        read=f"{_SERVER}Get-MapiVirtualDirectory, IISAuthenticationMethods.",
        mend="Set-MapiVirtualDirectory '<directory>' -IISAuthenticationMethods Ntlm,OAuth,Negotiate, or hma_vdir_mapi_empty: default.",
        source=f"{CMDLET}/set-mapivirtualdirectory",
    ),
    Check(
        "HMA-CERT-003", "The auth certificate is on every server", "high", "server",
        why="A server without it rejects tokens and cannot sign its own.",
        read=f"{_SERVER}Get-ExchangeCertificate -Server against Get-AuthConfig.",
        mend="Export it from a server that has it and import it: Export-ExchangeCertificate, Import-ExchangeCertificate.",
        source=f"{CSS}/Admin/MonitorExchangeAuthCertificate/",
    ),
    Check(
        "HMA-MNT-001", "No server is in maintenance", "low", "server", on_bad="warn",
        why="A server in maintenance answers no client: a probe of it proves nothing until it is back.",
        read=f"{_SERVER}Get-ServerComponentState, ServerWideOffline.",
        mend="Set-ServerComponentState '<server>' -Component ServerWideOffline -State Active -Requester Maintenance when the work is done.",
        source=f"{CMDLET}/get-servercomponentstate",
    ),
    Check(
        "HMA-SSL-001", "SSL offloading is off", "low", "server", on_bad="warn",
        why="HMA does not work with TLS offloading. The property covers Outlook Anywhere only, which HMA never uses: a hint, no proof.",
        read=f"{_ORG}Get-OutlookAnywhere, SSLOffloading.",
        mend="Make sure the load balancer does not offload TLS; bridging is fine.", source=ARTICLE,
    ),
    Check(
        "HMA-PROXY-001", "InternetWebProxy is an http URL", "medium", "server", on_bad="warn",
        why="Servers fetch Entra's signing keys from the internet. A proxy that is not written as http:// is not used.",
        read=f"{_ORG}Get-ExchangeServer, InternetWebProxy.",
        mend="Set-ExchangeServer '<server>' -InternetWebProxy http://proxy:port", source=f"{CSS}/Diagnostics/HealthChecker/InternetWebProxyCheck/",
    ),
    Check(
        "HMA-NAME-001", "Every client URL gives a name that can be registered", "high", "server", gate=True,
        why="Clients ask Entra for a token for the host of the URL; a name that cannot be registered is asked for in vain (AADSTS500011).",
        read=f"{_ORG}URLs of the virtual directories and AutoDiscoverServiceInternalUri.",
        mend="Correct the URL, or list its host in hma_spn_ignored with the reason.", source=ARTICLE,
    ),
    Check(
        "HMA-NAME-002", "No client URL is http", "medium", "server", on_bad="warn",
        why="Clients may ask for the http name, which is not registered (AADSTS500011 with http://).",
        read=f"{_ORG}URLs of the virtual directories and AutoDiscoverServiceInternalUri.",
        mend="Correct the URL to https.", source=f"{LEARN}/exchange/troubleshoot/administration/outlook-does-not-connect-with-modern-authentication",
    ),
    Check(
        "HMA-NAME-003", "The client URLs of every server were read", "high", "organization", gate=True,
        why="A URL that was not read gives a name that nobody registers.",
        read=f"{_ORG}Get-*VirtualDirectory -ADPropertiesOnly, Get-ClientAccessService.", mend="Check the account's roles.", source=ARTICLE,
    ),
)  # fmt: skip
