#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_settings; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_settings
short_description: Judge the public variables before anything is read or written
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - The first task of every playbook of this collection. Looks at each variable that begins with C(hma_), and at
    C(exchange_user) and C(exchange_password), of every host of the two groups, and stops with one message that names
    everything that is wrong.
  - Judged are the type of a value, its choices, the keys of dictionaries, whether a template or a vault gives a value,
    whether files that are named can be read, and whether a setting of the organization is the same for all servers.
  - A name that is one or two letters away from a known one stops the run; another unknown name is a warning.
  - It also says which library an inventory needs that the Python of Ansible does not have.
  - It reads the variables by itself and takes one task for all hosts. The values of secrets are in no message.
options:
  playbook:
    description: The playbook that runs. A playbook that signs in to no tenant does not look at the variables of
      tenants.
    type: str
    choices:
      - audit_hma
      - watch_hma
      - register_spns
      - prepare_vdirs
      - enable_hma
      - verify_hma
      - enable_owa_hma
      - disable_owa_hma
      - block_legacy_auth
      - disable_hma
      - restore_hma
      - record_organization
      - try_writes_on_one_directory
      - measure_sign_ins
    required: true
  servers:
    description: Names of the hosts that stand for Exchange servers.
    type: list
    elements: str
    default: []
  tenants:
    description: Names of the hosts that stand for tenants.
    type: list
    elements: str
    default: []
  hosts:
    description: Names of the hosts that a limit leaves.
    type: list
    elements: str
    default: []
  limit:
    description: The limit, if there is one. What it leaves has to be enough for the playbook.
    type: str
extends_documentation_fragment:
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.info
  - hybrid.exchange._attributes.pure
"""

EXAMPLES = r"""
- name: Judge the variables before a play of your own begins
  hybrid.exchange.hma_settings:
    playbook: enable_hma
    servers: "{{ groups['exchange_servers'] }}"
    tenants: "{{ groups['entra_tenants'] }}"
  run_once: true
"""

RETURN = r"""
playbook:
  description: The playbook that was judged.
  returned: success
  type: str
organization:
  description: The variables that hold for the whole organization and are set, by name.
  returned: success
  type: dict
hosts:
  description: The variables of servers and tenants that the play sets for all of them (C(vars) of C(import_playbook)),
    by name; no variable of a host shows them. Secrets are left out.
  returned: success
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_settings"])
    module.fail_json(
        msg="hma_settings runs as an action plugin on the control node; call it by its full name, "
        "hybrid.exchange.hma_settings."
    )


if __name__ == "__main__":
    main()
