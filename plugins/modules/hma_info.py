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
      - V(organization) reads servers, client URLs, AuthServer objects and configuration in one shell, with the same number of
        cmdlets however many servers there are.
      - V(server) reads the virtual directories of one server in full, IIS included.
      - V(host) asks who answers on this connection, and opens no Exchange shell.
    type: str
    choices: [organization, server, host]
    required: true
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
extends_documentation_fragment:
  - hybrid.exchange._exchange
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.info
"""

EXAMPLES = r"""
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
  description: Canonical facts. What could not be read stands in C(unread) with its reason.
  returned: when O(scope=organization)
  type: dict
  sample: {schema: 1, name: Contoso, servers: [], client_urls: [], auth_servers: [], unread: []}
directories:
  description: The front-end virtual directories, each with C(kind), C(identity), C(settings) and C(oauth).
  returned: when O(scope=server)
  type: list
  elements: dict
unread:
  description: Kinds of directory that could not be read, with the reason.
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
  returned: when O(scope=host)
  type: bool
read:
  description: Who read it, from which domain controller, when.
  returned: success
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_info"])
    module.fail_json(msg="hma_info runs as an action plugin on the control node; call it by its full name, hybrid.exchange.hma_info.")


if __name__ == "__main__":
    main()
