#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module hma_web_probe; it runs on any host with Python 3.8 or newer."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_web_probe
short_description: Ask Outlook on the web and the admin center of a server where people sign in
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Asks the pages C(/owa/) and C(/ecp/) of one server as somebody who has not signed in, at the server's own address,
    with TLS server name and Host header of the public name.
  - With O(expected=entra) each has to send people to Entra's sign-in host of the cloud, for the application Office 365
    Exchange Online, and back to a reply URL that is registered in every tenant of O(registered).
  - With O(expected=methods) each has to let people sign in without Entra.
  - Only the address of the server is contacted. No redirect is followed, no proxy is used, and no account is needed.
  - Runs on the host of the task; use C(delegate_to) to ask from another network.
options:
  server:
    description: The server.
    type: dict
    required: true
    suboptions:
      host:
        description: Inventory name, used in messages and, without O(server.connect_to), as the address.
        type: str
        required: true
      server:
        description: Name of the Exchange server as in O(urls).
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
  urls:
    description: URLs of owa and ecp, each with C(server), C(kind), C(where), C(url). Their hosts are what is asked for.
    type: list
    elements: dict
    required: true
  registered:
    description: Per tenant the C(tenant) and its C(reply_urls), as M(hybrid.exchange.hma_reply_urls) read them.
    type: list
    elements: dict
    default: []
  expected:
    description: What is right, V(entra), or V(methods) as before.
    type: str
    choices: [entra, methods]
    default: entra
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
requirements:
  - Python 3.8 or newer on the host of the task
"""

EXAMPLES = r"""
- name: People are sent to Entra
  hybrid.exchange.hma_web_probe:
    server: {host: ex1.corp.contoso.com, server: EX1, connect_to: 10.0.0.11}
    urls:
      - {server: EX1, kind: owa, where: external, url: https://mail.contoso.com/owa}
      - {server: EX1, kind: ecp, where: external, url: https://mail.contoso.com/ecp}
    registered:
      - {tenant: contoso, reply_urls: [https://mail.contoso.com/owa, https://mail.contoso.com/ecp]}
  delegate_to: localhost
"""

RETURN = r"""
pages:
  description: One entry per page and name.
  returned: always
  type: list
  elements: dict
  contains:
    kind:
      description: V(owa) or V(ecp).
      type: str
    url:
      description: What was asked for.
      type: str
    address:
      description: Where.
      type: str
    server:
      description: Of which server.
      type: str
    verdict:
      description: V(ready), V(forms), V(adfs), V(iis), V(no_effect), V(unregistered), V(other), V(tls), V(timeout),
        V(unreachable) or V(indeterminate).
      type: str
    state:
      description: V(proven), V(refuted) or V(unproven), for what is expected.
      type: str
    reason:
      description: Why, in words.
      type: str
    redirect_uri:
      description: Where Entra would send people back to.
      type: str
    status:
      description: HTTP status.
      type: int
run_id:
  description: The O(run_id) that was given.
  returned: always
  type: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS
from ansible_collections.hybrid.exchange.plugins.module_utils._probe.web_pages import run_module


def main() -> None:
    run_module(AnsibleModule(supports_check_mode=True, **SPECS["hma_web_probe"]))


if __name__ == "__main__":
    main()
