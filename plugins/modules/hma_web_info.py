#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_web_info; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_web_info
short_description: Read what the sign-in of Outlook on the web and the admin center rests on
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Reads the URLs of the directories owa and ecp of all servers, who administers Exchange, and whether the named
    administrators can sign in at Entra; or both directories of one server in full, with the file version of its
    Exchange.
  - What could not be read is in C(unread) with its reason. It is never left out silently.
options:
  scope:
    description: What to read.
    type: str
    choices: [organization, server]
    required: true
  server:
    description:
      - With O(scope=server), the name of another Exchange server, which is read through the one that this connection
        reaches. Its file version is not read then.
    type: str
  administrators:
    description: Sign-in names of the people who are to be able to administer Exchange through Entra. Without any, all
      members of Organization Management are looked for in O(tenants).
    type: list
    elements: str
    default: []
  tenants:
    description: How to sign in to each tenant, as the filter P(hybrid.exchange.sign_in#filter) gives it. Takes the
      application permission C(User.Read.All).
    type: list
    elements: dict
    default: []
requirements:
  - msal >= 1.32 and requests, for O(tenants)
extends_documentation_fragment:
  - hybrid.exchange._sign_in.tenants
  - hybrid.exchange._exchange
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.info
  - hybrid.exchange._attributes.exchange_group
"""

EXAMPLES = r"""
- name: Read who administers Exchange
  hybrid.exchange.hma_web_info:
    scope: organization
    administrators: [alice@contoso.com, bob@contoso.com]
    tenants: ["{{ hostvars['contoso'] | hybrid.exchange.sign_in }}"]
"""

RETURN = r"""
web:
  description:
    - For O(scope=organization). C(urls), each with C(server), C(kind), C(where) and C(url); C(alive), the names of the
      servers that answer; C(administrators) with
      C(members) (C(name), C(sign_in_name), C(mail), C(sid)) and C(unread); C(accounts), those of O(administrators)
      that are there, by sign-in name or, with alternate login ID, by mail address
      (C(sign_in_name), C(tenant), C(enabled), C(synchronized), C(sid)); C(asked), whether they were looked
      for; C(unread).
  returned: success
  type: dict
directories:
  description: For O(scope=server), both directories.
  returned: success
  type: list
  elements: dict
version:
  description: For O(scope=server), the version of ExSetup.exe. Null where it could not be read.
  returned: success
  type: str
  sample: 15.2.1544.11
server:
  description: For O(scope=server), the server that was read.
  returned: success
  type: str
unread:
  description: For O(scope=server), what could not be read (C(what)), and why (C(reason)).
  returned: success
  type: list
  elements: dict
read:
  description: Who answered, over which transport, from which domain controller, and when.
  returned: success
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_web_info"])
    module.fail_json(
        msg="hma_web_info runs as an action plugin on the control node; call it by its full name, "
        "hybrid.exchange.hma_web_info."
    )


if __name__ == "__main__":
    main()
