#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_recording_info; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_recording_info
short_description: Read a server or a tenant in the shape in which it answers
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Makes each read that settles an assumption of this collection, and returns types, properties, errors and times as
    they arrive. It writes nothing and asks for no mailbox by name.
  - The result has everybody's names in it. Set C(no_log) on the task, and give the result to
    M(hybrid.exchange.hma_recording), which takes the names out. The playbook C(record_organization) does both.
options:
  scope:
    description: What to read.
    type: str
    choices: [server, tenant]
    required: true
  server:
    description: Name of the Exchange server that is read where the connection goes to another one.
    type: str
  organization:
    description: Whether the organization is read from this server too.
    type: bool
    default: false
  place:
    description: Where the server's own web site is asked what it offers to somebody without a token. It is not asked
      without it.
    type: dict
    suboptions:
      host:
        description: The host of the inventory.
        type: str
        required: true
      server:
        description: Name of the server.
        type: str
      connect_to:
        description: Its address, as host, host:port or [IPv6]:port.
        type: str
      ca_path:
        description: File of the certificate authorities of its certificate.
        type: path
      certificate_name:
        description: The name of its certificate, where that is not the one that clients use.
        type: str
      validate_certs:
        description: Whether its certificate is checked.
        type: bool
  timeout:
    description: Seconds for one answer of the web site.
    type: int
    default: 10
  tenant:
    description: How to sign in, as the filter P(hybrid.exchange.sign_in#filter) gives it. C(Application.Read.All)
      is enough; what C(Domain.Read.All) and C(User.Read.All) show is left out without them.
    type: dict
requirements:
  - msal >= 1.32 and requests, for O(scope=tenant)
extends_documentation_fragment:
  - hybrid.exchange._sign_in.tenant
  - hybrid.exchange._exchange
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.info
  - hybrid.exchange._attributes.exchange_group
"""

EXAMPLES = r"""
- name: Read a server for a recording
  hybrid.exchange.hma_recording_info:
    scope: server
    organization: true
  register: hma_recording_read
  no_log: true
"""

RETURN = r"""
reading:
  description: For O(scope=server) C(readings), C(challenges), who answered and how long a shell took; for
    O(scope=tenant) C(answers), C(claims), C(permissions) and C(replies).
  returned: success
  type: dict
unread:
  description: Why the web site could not be asked. Empty where it was.
  returned: success
  type: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_recording_info"])
    module.fail_json(
        msg="hma_recording_info runs as an action plugin on the control node; call it by its full name, "
        "hybrid.exchange.hma_recording_info."
    )


if __name__ == "__main__":
    main()
