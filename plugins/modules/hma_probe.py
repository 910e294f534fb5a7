#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one module with code of its own: it runs on any host with Python, so that the question is asked from where
clients are."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_probe
short_description: Prove from the outside that clients are offered modern authentication
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Sends an empty C(Authorization; Bearer) to the client-facing https of Exchange, as Outlook does, and judges the
    challenge that comes back. No account is used, nothing is changed.
  - One call asks many targets at once. Published names (O(client_urls), O(targets)) are asked where DNS says or
    O(connect_to) says; each server behind a balancer (O(servers)) is asked at its own address, with TLS server name and
    Host header of the public name. So a server that differs is found, and so is a device in front that strips or
    rewrites the challenge.
  - Only addresses that the options name are contacted. No redirect is followed, no proxy is used, and the sign-in page
    that a challenge names is not asked.
  - Runs on the host of the task; use C(delegate_to) to ask from another network, outside the firewall for instance.
  - What could not be asked is not taken for right; it is reported as not proven.
options:
  client_urls:
    description: Client URLs as M(hybrid.exchange.hma_info) read them. Their hosts are the published names.
    type: list
    elements: dict
    default: []
  servers:
    description: Servers to ask by their own address, under the names that O(client_urls) has for them.
    type: list
    elements: dict
    default: []
    suboptions:
      host:
        description: Inventory name, used in messages and, without O(servers[].connect_to), as the address.
        type: str
        required: true
      server:
        description: Name of the Exchange server as in O(client_urls).
        type: str
      connect_to:
        description: Address of the server, as V(10.0.0.11), V(ex1.corp.contoso.com:443) or V([2001:db8::1]:443).
        type: str
      ca_path:
        description: File with the authority of the server's certificate. Default is O(ca_path).
        type: path
      certificate_name:
        description: Name that the server's certificate has, where a balancer ends TLS and the servers have certificates
          of their own.
        type: str
      validate_certs:
        description: Whether the server's certificate is verified. Default is O(validate_certs).
        type: bool
  targets:
    description: Single targets, beside or instead of O(client_urls).
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Public name, as V(mail.contoso.com).
        type: str
        required: true
      protocols:
        description: What to ask. Default is everything.
        type: list
        elements: str
        choices: [mapi_nspi, mapi_emsmdb, ews, oab, autodiscover, activesync]
      connect_to:
        description: Address to connect to instead of the name.
        type: str
      host:
        description: Inventory name of the server that is meant.
        type: str
      server:
        description: Name of the server that is meant. Without it the target counts as a published name.
        type: str
      ca_path:
        description: File with the authority of the certificate. Default is O(ca_path).
        type: path
      certificate_name:
        description: Name that the certificate has, if not the public one.
        type: str
      validate_certs:
        description: Whether the certificate is verified. Default is O(validate_certs).
        type: bool
  published:
    description: Whether the names of O(client_urls) are asked as clients ask them, beside O(servers).
    type: bool
    default: true
  connect_to:
    description:
      - Published name to address, where DNS does not lead from here to where clients get.
      - An address is written as V(203.0.113.5), V(balancer.contoso.com:443) or V([2001:db8::1]:443).
    type: dict
    default: {}
  kinds:
    description: The kinds of virtual directory.
    type: list
    elements: str
    choices: [mapi, ews, oab, autodiscover, activesync]
    default: [mapi, ews, oab, autodiscover, activesync]
  extra_names:
    description: Further hosts that clients use; one that begins with C(autodiscover.) is asked for Autodiscover.
    type: list
    elements: str
    default: []
  ignored:
    description: Hosts that are not to be asked.
    type: list
    elements: dict
    default: []
    suboptions:
      host:
        description: The host.
        type: str
        required: true
      reason:
        description: Why.
        type: str
        required: true
  identities:
    description:
      - Addresses of mailboxes on premises, as V(user@contoso.com). Each target is asked without and then as each of
        them.
      - Newer builds name the authorization endpoint only where a mailbox is named. There is no default, because an
        address is personal data.
      - With them AutoDiscover v2 is asked too, and the host of the URL that it hands out must be among the names.
    type: list
    elements: str
    default: []
  autodiscover_v2:
    description: Whether AutoDiscover v2 is asked, where O(identities) are given and V(ready) is expected.
    type: bool
    default: true
  expected:
    description:
      - V(ready) means that clients are sent to Entra; V(not_offered) that they are not, before enabling and after
        disabling.
      - V(reachable) asks what can be true before the switch, whatever clients are offered then. The address answers,
        its certificate is right, the path is published, and Exchange answers itself, not a device in front of it. No
        mailbox is named.
    type: str
    choices: [ready, not_offered, reachable]
    default: ready
  parallel:
    description: How many targets are asked at the same time.
    type: int
    default: 20
  inventory:
    description:
      - What the run was started with (C(-i)), so that the playbooks in RV(findings) can be typed as they stand.
      - Nothing is read from it.
    type: list
    elements: str
    default: []
  unproven:
    description: Whether the task fails, or only warns, where something could not be asked. What is wrong always fails
      it.
    type: str
    choices: [fail, warn]
    default: fail
extends_documentation_fragment:
  - hybrid.exchange._asking
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.info
  - hybrid.exchange._attributes.pure
attributes:
  action:
    description: It is a module, and runs on the host of the task.
    support: none
  async:
    description: Supports O(ignore:async).
    support: full
  check_mode:
    description: It only reads, and does so in check mode too.
    support: full
"""

EXAMPLES = r"""
- name: Ask one name, and the two servers behind it
  hybrid.exchange.hma_probe:
    targets:
      - name: mail.contoso.com
      - {name: mail.contoso.com, server: EX1, connect_to: ex1.corp.contoso.com}
      - {name: mail.contoso.com, server: EX2, connect_to: ex2.corp.contoso.com}
    identities: [hma.probe@contoso.com]
    deadline: 900
  delegate_to: localhost

- name: Ask from outside the firewall what clients there get
  hybrid.exchange.hma_probe:
    client_urls: "{{ found.organization.client_urls }}"
    identities: [hma.probe@contoso.com]
  delegate_to: jump.contoso.net

- name: Make sure that nothing is offered yet
  hybrid.exchange.hma_probe:
    client_urls: "{{ found.organization.client_urls }}"
    expected: not_offered
  delegate_to: localhost
"""

RETURN = r"""
probes:
  description: One row per target, protocol and identity.
  returned: always
  type: list
  elements: dict
  contains:
    target:
      description: The public name that was asked for.
      type: str
    address:
      description: Where it was asked.
      type: str
    host:
      description: Inventory name of the server, nothing for a published name.
      type: str
    server:
      description: The Exchange server, nothing for a published name.
      type: str
    protocol:
      description: V(mapi_nspi), V(mapi_emsmdb), V(ews), V(oab), V(autodiscover), V(activesync) or V(autodiscover_v2).
      type: str
    url:
      description: The URL.
      type: str
    identity:
      description: The mailbox that was named, or nothing.
      type: str
    verdict:
      description:
        - V(ready); V(not_offered), no Bearer; V(no_endpoint), Bearer without an authorization endpoint, so the
          organization flag is off or there is no default or more than one; V(adfs); V(other_endpoint), no sign-in host
          of the cloud; V(odd_endpoint), an authorization endpoint that is no plain https address; V(contradictory),
          several challenges or endpoints in one answer that do not say the same;
          V(other_bearer) and V(pre_authenticated), something in front answers; V(elsewhere), a redirect to Exchange
          Online; V(not_found); V(unregistered), AutoDiscover v2 hands out a host that is none of the names.
        - Not proven are V(indeterminate), with the reason; V(moved), the mailbox is elsewhere; V(tls), the certificate;
          V(handshake), TLS before any certificate; V(unreachable); V(timeout).
        - V(redirected) is Autodiscover that leads to another of the names; it is as good as what answers there.
      type: str
    state:
      description:
        - V(proven), V(refuted) or V(unproven), against O(expected).
        - Where the answers of a place prove it together, each of them says so; an answer without a mailbox may say
          nothing by itself.
      type: str
    reason:
      description: What was seen.
      type: str
    offered:
      description: The schemes of the challenge.
      type: list
      elements: str
    authorization_uri:
      description: Where clients are sent to.
      type: str
    trusted_issuers:
      description: Issuers of tokens between servers; a hint at the tenant, no condition.
      type: str
    issuer_kind:
      description: Kind of issuer, from builds that tell it.
      type: str
    handed_out:
      description: The URL that AutoDiscover v2 hands out, or where V(redirected) leads.
      type: str
    status:
      description: HTTP status.
      type: int
    elapsed_ms:
      description: How long the last question took.
      type: int
expected:
  description: The O(expected) that the rows were judged by.
  returned: always
  type: str
run_id:
  description: The O(run_id) that was given.
  returned: always
  type: str
findings:
  description: What the rows say, with C(id), C(status), C(object), C(message), C(fix), and as C(commands) what is typed
    for it.
  returned: always
  type: list
  elements: dict
summary:
  description: How many places are C(proven), C(refuted), C(unproven).
  returned: always
  type: dict
  sample: {"proven": 29, "refuted": 1, "unproven": 0}
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS
from ansible_collections.hybrid.exchange.plugins.module_utils._probe.module import run_module


def main() -> None:
    run_module(AnsibleModule(supports_check_mode=True, **SPECS["hma_probe"]))


if __name__ == "__main__":
    main()
