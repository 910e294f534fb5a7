#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_web_refresh; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_web_refresh
short_description: A server takes up its setting overrides, and restarts IIS
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Makes one server read its setting overrides again, and restarts W3SVC and WAS where O(restart_iis) says so.
  - A restart of IIS interrupts everybody on that server for a moment. It takes a connection to the server itself, winrm
    or psrp to the default endpoint.
options:
  server:
    description:
      - Name of another Exchange server, which reads its overrides through the one that this connection reaches.
      - IIS is restarted on the server of the connection only.
    type: str
  restart_iis:
    description: Whether IIS is restarted.
    type: bool
    default: false
extends_documentation_fragment:
  - hybrid.exchange._exchange
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.info
  - hybrid.exchange._attributes.exchange_group
attributes:
  idempotent:
    description: A restart is made each time it is asked for.
    support: none
"""

EXAMPLES = r"""
- name: Take up the overrides
  hybrid.exchange.hma_web_refresh:
    restart_iis: true
"""

RETURN = r"""
commands:
  description: What was sent, or would be, as an administrator types it in the Exchange Management Shell.
  returned: success
  type: list
  elements: str
  sample: ["Restart-Service -Name 'W3SVC','WAS' -Force"]
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_web_refresh"])
    module.fail_json(
        msg="hma_web_refresh runs as an action plugin on the control node; call it by its full name, "
        "hybrid.exchange.hma_web_refresh."
    )


if __name__ == "__main__":
    main()
