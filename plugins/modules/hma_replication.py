#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_replication; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_replication
short_description: Wait until every site's domain controller sees the same directories and AuthServer objects
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Asks which domain controller each client access server uses (C(Get-ExchangeServer -Status)), reads AuthServer
    objects and the authentication methods of the virtual directories from each of them, and looks again until all agree
    or O(deadline) has passed.
  - A server in a branch office works from its own site's domain controller. Switched on before that one has seen step
    4, it would send clients to an endpoint that it does not trust yet.
  - A domain controller that cannot be reached, and a server that does not say which it uses, are not checked; that is
    returned and warned about. Such servers are still read themselves before step 5.
options:
  deadline:
    description: Seconds to wait. V(0) looks once.
    type: int
    default: 1200
extends_documentation_fragment:
  - hybrid.exchange._exchange
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.exchange_group
  - hybrid.exchange._attributes.info
"""

EXAMPLES = r"""
- name: Wait for replication at most half an hour
  hybrid.exchange.hma_replication:
    deadline: 1800
"""

RETURN = r"""
controllers:
  description: Domain controllers that agree, with the servers that use them.
  returned: success
  type: list
  elements: dict
not_checked:
  description: Domain controllers and servers that could not be asked, with the reason.
  returned: success
  type: list
  elements: dict
waited:
  description: Seconds it took.
  returned: success
  type: float
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_replication"])
    module.fail_json(
        msg="hma_replication runs as an action plugin on the control node; call it by its full name, "
        "hybrid.exchange.hma_replication."
    )


if __name__ == "__main__":
    main()
