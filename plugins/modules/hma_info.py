#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_info; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_info
short_description: Read an Exchange organization or server
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Reads what Hybrid Modern Authentication depends on. Changes nothing.
options:
  scope:
    description:
      - V(organization) reads servers, client URLs, AuthServer objects and configuration in one shell, with the same
        number of cmdlets however many servers there are.
      - V(server) reads the virtual directories of one server in full, IIS included.
      - V(host) asks who answers on this connection. It opens no Exchange shell, except where the connection is to
        Exchange's own endpoint.
      - >-
        V(identity) counts the mailboxes whose user principal name ends in none of O(domains), and the linked mailboxes.
        It takes one shell and two cmdlets that answer with these mailboxes only; where there are more than O(page), a
        second shell and 37 cmdlets, one per first character of the name. Names are looked at in the whole forest.
      - V(switch) reads whether modern authentication is on, and whether Outlook on the web or the admin center of a
        server signs people in with OAuth only, with three cmdlets.
      - V(oauth) lets Exchange sign in to Exchange Online as O(mailbox) with C(Test-OAuthConnectivity), which takes up
        to half a minute. Of its answer the result is read, and never C(Detail).
    type: str
    choices: [organization, server, host, identity, switch, oauth]
    required: true
  read:
    description:
      - V(fast) is what the chain needs.
      - >-
        V(full) with O(scope=organization) also reads setting overrides, partner applications, connectors, organization
        relationships, arbitration mailboxes and what ActiveSync does with devices (25 cmdlets instead of 18, in the
        same shell); with O(scope=server) also the server's certificates and component states (two more cmdlets).
    type: str
    choices: [fast, full]
    default: fast
  server:
    description:
      - Name of another Exchange server to work on, through the shell of the one that this connection reaches.
      - Default is the server that the connection reaches.
    type: str
  kinds:
    description: The kinds of virtual directory.
    type: list
    elements: str
    choices: [mapi, ews, oab, autodiscover, activesync]
    default: [mapi, ews, oab, autodiscover, activesync]
  directories:
    description:
      - With O(scope=host) over Exchange's own endpoint, where asking for the name takes a shell, this shell also reads
        what O(scope=server) reads, and returns that too. Elsewhere it does nothing.
    type: bool
    default: false
  domains:
    description: Domains that sign-in names may end in; needed when O(scope=identity).
    type: list
    elements: str
    default: []
  domains_from:
    description: What O(domains) are, for the finding.
    type: str
    choices: [verified, accepted, given]
    default: given
  page:
    description: How many mailboxes one cmdlet may return.
    type: int
    default: 1000
  tenants:
    description:
      - With O(scope=identity), the tenants whose users every user mailbox is compared with, each with how to sign in to
        it. All of an organization's tenants belong here, or people of the one that is left out are counted as missing.
      - This takes the application permission C(User.Read.All) in each, one request per 999 users, and one cmdlet more.
        Without the permission C(unread) of RV(identity) has the reason, and the other counts are made.
      - All names stay in the memory of the control node; counts and at most five examples are returned.
      - "A user counts as there when an account with the same user principal name is synchronized
      (C(onPremisesSyncEnabled)). Organizations
        with alternate sign-in names (where Entra's name is not the one on premises) cannot use it."
    type: list
    elements: dict
    default: []
  despite_owa:
    description: With O(scope=switch), names of servers whose Outlook on the web or admin center needs nothing, one that
      is dead for example.
    type: list
    elements: str
    default: []
  organization:
    description:
      - With O(scope=server) and O(read=full), the organization as O(scope=organization) returned it. Where it is given
        the server itself is asked, too, in the same shell, for the version of its files, for errors of MSExchange
        AuthAdmin in its event log, and for what it reaches in the internet. It asks the AuthMetadataUrl of each enabled
        AuthServer of Entra and the host of its AuthorizationEndpoint, through the InternetWebProxy that the
        organization has for it, without credentials, ten seconds each at most.
      - The filter P(hybrid.exchange.organization_for#filter) gives the part of it that one server needs. Ansible copies
        all that a task is given for each host, and the whole of it is large where there are many servers.
      - This takes a connection to Windows PowerShell (V(winrm), or V(psrp) to the default endpoint), to the server
        itself. Elsewhere C(unread) has the reason.
    type: dict
    default: {}
  known_as:
    description: The name that O(scope=host) gave for this server, by which its proxy is found in O(organization).
    type: str
  mailbox:
    description: With O(scope=oauth), the address of a mailbox on premises.
    type: str
  cloud:
    description: With O(scope=oauth), the cloud in which Exchange Online is asked.
    type: str
    choices: [global, usgov_l4, usgov_l5, china, bleu, delos]
    default: global
requirements:
  - msal >= 1.32 and requests, for O(tenants)
extends_documentation_fragment:
  - hybrid.exchange._sign_in.tenants
  - hybrid.exchange._exchange
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.exchange_group
  - hybrid.exchange._attributes.info
"""

EXAMPLES = r"""
- name: Count people whose sign-in name cannot work, and those who are in no tenant
  hybrid.exchange.hma_info:
    scope: identity
    domains: [contoso.com, fabrikam.com]
    tenants: "{{ groups['entra_tenants'] | map('extract', hostvars) | map('hybrid.exchange.sign_in') | list }}"

- name: Read the organization
  hybrid.exchange.hma_info:
    scope: organization
  register: found

- name: Read the virtual directories of a server that has no connection of its own
  hybrid.exchange.hma_info:
    scope: server
    server: ex5.corp.contoso.com
"""

RETURN = r"""
organization:
  description:
    - Canonical facts; their schema is C(docs/schemas/facts.schema.json) of the collection.
    - What could not be read is null; C(sections) says for each part how it was read, or why it was not.
    - An object that is not as documented is left out; C(unread) has its name, the field and the value.
  returned: when O(scope=organization)
  type: dict
  sample: {schema: 1, name: Contoso, servers: [], client_urls: [], auth_servers: [], sections: {}, unread: []}
switch:
  description: C(live) says whether modern authentication is on for the organization, as this server's domain controller
    sees it. C(web) says where Outlook on the web or the admin center signs people in with OAuth only, or null.
    C(connectors) are the IntraOrganizationConnectors of hybrid free/busy that are enabled.
  returned: when O(scope=switch)
  type: dict
  sample: {name: Contoso, guid: 6f1d3c1e-0000-4000-8000-000000000001, live: false, web: null, connectors: []}
directories:
  description: The front-end virtual directories, each with C(kind), C(identity), C(settings) and C(oauth).
  returned: when O(scope=server)
  type: list
  elements: dict
certificates:
  description: Thumbprint and validity of each certificate on the server; null where they could not be read.
  returned: when O(scope=server) and O(read=full)
  type: list
  elements: dict
components:
  description: State of the component ServerWideOffline, and of MapiProxy, EwsProxy, OabProxy, AutoDiscoverProxy and
    ActiveSyncProxy where one of them is not Active; null where they could not be read.
  returned: when O(scope=server) and O(read=full)
  type: dict
  sample: {ServerWideOffline: Active}
version:
  description: Version of the server's files with its updates; null where it could not be read.
  returned: when O(scope=server), O(read=full) and O(organization) is given
  type: str
  sample: 15.2.2562.53
events:
  description: Errors of MSExchange AuthAdmin in the event log of the last 24 hours, the newest first, at most 20; null
    where it could not be read.
  returned: when O(scope=server), O(read=full) and O(organization) is given
  type: list
  elements: dict
  sample: [{id: 2004, time: "2026-11-26T07:00:00Z", message: The metadata could not be fetched.}]
ways:
  description: What the server reaches, each with C(url), C(proxy), C(status) (0 where there was no answer) and
    C(reason), the name that .NET has for what went wrong; null where it could not be asked.
  returned: when O(scope=server), O(read=full) and O(organization) is given
  type: list
  elements: dict
oauth:
  description: The result (V(Success), V(Warning) or V(Error)), and the tasks that were no success.
  returned: when O(scope=oauth)
  type: dict
  sample: {mailbox: alice@contoso.com, result: Success, tasks: []}
identity:
  description:
    - Counts with a few examples, C(foreign) and C(linked); C(complete) is false where there are more than were counted.
    - C(foreign) has C(mail_in_domain), how many of them have a mail address in one of the domains, and with O(tenants)
      C(by_mail), how many are known in a tenant by it (alternate login ID).
    - With O(tenants) also C(missing), with the number of mailboxes that were compared, of accounts that exist in the
      cloud only, of those that are known by their mail address, and of those whose sign-in name is another than their
      mail address.
    - Both have C(disabled), how many more mailboxes have an account that is disabled; nobody signs in with it.
  returned: when O(scope=identity)
  type: dict
  sample:
    domains_from: verified
    domains: [contoso.com]
    foreign: {count: 0, complete: true, examples: []}
    linked: {count: 0, complete: true, examples: []}
unread:
  description: What could not be read of the server, with the reason.
  returned: when O(scope=server)
  type: list
  elements: dict
server:
  description: The server that was read.
  returned: when O(scope=server) or O(scope=host)
  type: str
  sample: ex1.corp.contoso.com
through:
  description: Whether O(server) was given.
  returned: when O(scope=server) or O(scope=host)
  type: bool
read:
  description: Who read it, over which transport (V(winrm), V(psrp) or V(psrp-exchange)), from which domain controller,
    when.
  returned: success
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_info"])
    module.fail_json(
        msg="hma_info runs as an action plugin on the control node; call it by its full name, hybrid.exchange.hma_info."
    )


if __name__ == "__main__":
    main()
