#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_access; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_access
short_description: Look whether everything can be reached and used that a run needs
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Looks at one server, at one tenant or at the published names, or makes one table of all answers.
  - What cannot be reached or used is an answer, with its reason and what to do, and fails no task. Nothing is changed
    in Exchange or in Entra.
  - Which playbooks an account may run is told by the cmdlets and parameters that C(Get-Command) lists in its Exchange
    shell, for roles hide what they do not have. That every Exchange shell lists them so is inferred from how a session
    is imported; where one does not, the answer is C(unknown). The write scope of a role cannot be seen before a write.
options:
  scope:
    description:
      - V(server) looks at the server of this connection, V(tenant) at O(tenant), V(names) at the names in
        O(client_urls).
      - V(table) puts the results together that other tasks registered as C(hma_access_read), and writes them as JSON.
    type: str
    choices: [server, tenant, names, table]
    required: true
  server:
    description: With O(scope=server), the name of another Exchange server that this connection stands for.
    type: str
  tenant:
    description: With O(scope=tenant), how to sign in to it, as the filter P(hybrid.exchange.sign_in#filter) gives it.
    type: dict
  client_urls:
    description: With O(scope=names), the URLs of an organization, as M(hybrid.exchange.hma_info) returns them.
    type: list
    elements: dict
    default: []
  connect_to:
    description: With O(scope=names), the address of a name where DNS does not know it, as V(host:port).
    type: dict
    default: {}
  servers:
    description: With O(scope=table), the hosts of the servers.
    type: list
    elements: str
    default: []
  tenants:
    description: With O(scope=table), the hosts of the tenants.
    type: list
    elements: str
    default: []
  names:
    description: With O(scope=table), the result of O(scope=names).
    type: dict
    default: {}
  settings:
    description: With O(scope=table), the result of M(hybrid.exchange.hma_settings).
    type: dict
    default: {}
  playbooks:
    description: The playbooks that the accounts are to be able to run. An answer that none of them needs is shown and
      counts for nothing.
    type: list
    elements: str
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
    default:
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
  dir:
    description: With O(scope=table), the folder below which C(access.json) is written, in a folder of the run.
    type: path
    default: hma_reports
requirements:
  - msal >= 1.32 and requests, for O(tenant)
extends_documentation_fragment:
  - hybrid.exchange._sign_in.tenant
  - hybrid.exchange._exchange
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.info
  - hybrid.exchange._attributes.exchange_group
"""

EXAMPLES = r"""
- name: Look at the server
  hybrid.exchange.hma_access:
    scope: server

- name: Look at a tenant
  hybrid.exchange.hma_access:
    scope: tenant
    tenant: "{{ hostvars['contoso'] | hybrid.exchange.sign_in }}"
"""

RETURN = r"""
place:
  description: For O(scope=server), what became of a connection to its port. Null where it has none.
  returned: success
  type: dict
sign_in:
  description: For O(scope=server), V(yes) or V(no).
  returned: success
  type: str
shell:
  description: For O(scope=server), whether the account got an Exchange shell.
  returned: success
  type: str
why:
  description: For O(scope=server) and O(scope=tenant), the reason of the first no.
  returned: success
  type: str
transport:
  description: For O(scope=server), how it was reached.
  returned: success
  type: str
powershell:
  description: For O(scope=server), the version of its PowerShell.
  returned: success
  type: str
version:
  description: For O(scope=server), the version of its Exchange, as Exchange shows it.
  returned: success
  type: str
commands:
  description: For O(scope=server), the cmdlets that the account sees of those that the playbooks use, each with its
    parameters. Null where the shell did not list them.
  returned: success
  type: dict
token:
  description: For O(scope=tenant), whether Entra issued a token.
  returned: success
  type: str
read:
  description: For O(scope=tenant), whether the service principal of Exchange Online was read.
  returned: success
  type: str
access:
  description: For O(scope=tenant), what the token says that the application may do.
  returned: success
  type: dict
domains:
  description: For O(scope=tenant), its verified domains. Null where they were not read.
  returned: success
  type: list
  elements: str
domains_why:
  description: For O(scope=tenant), why they were not.
  returned: success
  type: str
places:
  description: For O(scope=names), each name and what became of a connection to it.
  returned: success
  type: dict
complete:
  description: For O(scope=table), whether every answer that O(playbooks) need is a yes.
  returned: success
  type: bool
rows:
  description: For O(scope=table), the answers, each with C(kind), C(object), C(question), C(answer), C(why), C(fix) and
    C(required).
  returned: success
  type: list
  elements: dict
table:
  description: For O(scope=table), the answers as lines.
  returned: success
  type: list
  elements: str
screen:
  description: For O(scope=table), the last screen of the playbook.
  returned: success
  type: list
  elements: str
file:
  description: For O(scope=table), the file with the answers.
  returned: success
  type: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_access"])
    module.fail_json(
        msg="hma_access runs as an action plugin on the control node; call it by its full name, "
        "hybrid.exchange.hma_access."
    )


if __name__ == "__main__":
    main()
