#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_discover; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_discover
short_description: Write what a fleet is run from, as one Exchange server shows its organization
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Asks one Exchange server for all servers and for the AuthServers, and writes a folder with C(inventory.yml) (each
    client access server by its full name, in groups by site and version; the tenants), C(group_vars) with every
    public variable as a comment, C(group_vars/all/vault.yml.example) for the secrets, and C(ansible.cfg).
  - Edge servers and those without the client access role are left out.
  - Each server is connected to from the control node, at the port of the server that was asked; nothing is sent. One
    that does not answer there, and answers to Exchange (C(Get-ExchangeServer -Status)), is handled through the
    server that was asked (C(hma_server)). One that answers to neither is in the group C(exchange_silent) too.
  - A file that is there is never overwritten. Where C(inventory.yml) is there, the module shows what is new in the
    organization and what is not there any more.
  - No secret is written. Where the connection has one, the inventory names a variable of the vault.
options:
  dir:
    description: The folder on the control node.
    type: path
    default: fleet
extends_documentation_fragment:
  - hybrid.exchange._exchange
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.exchange_group
"""

EXAMPLES = r"""
- name: Write the folder of the fleet
  hybrid.exchange.hma_discover:
    dir: fleet
"""

RETURN = r"""
dir:
  description: The folder.
  returned: success
  type: str
fleet:
  description:
    - C(reader), the server that was asked; C(servers), each with C(fqdn), C(name), C(site), C(product), C(version),
      C(label), C(roles) and C(reach) (direct, through or silent); C(tenants), each with C(host), C(tenant_id),
      C(domain), C(domains), C(auth_server), C(default) and C(cloud); C(left_out); C(unread).
  returned: success
  type: dict
written:
  description: The files that were written, or in check mode would be.
  returned: success
  type: list
  elements: str
kept:
  description: The files that were there already.
  returned: success
  type: list
  elements: str
drift:
  description:
    - C(new_servers), C(gone_servers), C(new_tenants) and C(gone_tenants), by the inventory that was there, with all
      groups in it. C(elsewhere) are servers that it has in no group below C(exchange_servers), which are not new.
    - Null where there was none.
  returned: success
  type: dict
to_add:
  description: The lines of an inventory for what is new.
  returned: success
  type: list
  elements: str
compared:
  description: The names in the inventory that was there, and those in the organization, as the lines of a diff.
  returned: success
  type: list
  elements: str
screen:
  description: The last screen of the playbook.
  returned: success
  type: list
  elements: str
read:
  description: Who answered, over which transport, from which domain controller, and when.
  returned: success
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_discover"])
    module.fail_json(
        msg="hma_discover runs as an action plugin on the control node; call it by its full name, "
        "hybrid.exchange.hma_discover."
    )


if __name__ == "__main__":
    main()
