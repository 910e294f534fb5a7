#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_recording; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_recording
short_description: Write what was read of an organization, without anybody's names
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Takes what M(hybrid.exchange.hma_recording_info) left in the variable C(hma_recording_read) of each host, and
    M(hybrid.exchange.hma_try_writes) in C(hma_try_result), takes the names out, compares it with what this collection
    assumes, and writes C(recording.json) and the page C(recording.md), which nobody else may read (mode 0600).
  - Hosts, domains, people, objects, GUIDs, addresses, thumbprints and security identifiers become pseudonyms of the
    same shape, the same one wherever the name stands. Free text, mailboxes and certificates are dropped. The file says
    itself what it keeps.
  - In check mode nothing is written, and the result holds what would be.
options:
  servers:
    description: The hosts of the inventory that stand for Exchange servers.
    type: list
    elements: str
    default: []
  tenants:
    description: The hosts of the inventory that stand for tenants.
    type: list
    elements: str
    default: []
  dir:
    description: Folder of recordings; each run has a folder in it.
    type: path
    default: hma_recordings
extends_documentation_fragment:
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.info
  - hybrid.exchange._attributes.pure
"""

EXAMPLES = r"""
- name: Write the recording
  hybrid.exchange.hma_recording:
    servers: "{{ groups['exchange_servers'] }}"
    tenants: "{{ groups['entra_tenants'] }}"
"""

RETURN = r"""
files:
  description: The paths of C(json) and C(page). Empty in check mode.
  returned: success
  type: dict
recording:
  description: In check mode, what C(recording.json) would hold.
  returned: success
  type: dict
page:
  description: In check mode, the lines of the page.
  returned: success
  type: list
  elements: str
counts:
  description: How many assumptions C(agrees), C(differs), are C(not_seen) and C(not_asked).
  returned: success
  type: dict
unread:
  description: The hosts that are not in it, or not all of them, each with the reason.
  returned: success
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_recording"])
    module.fail_json(
        msg="hma_recording runs as an action plugin on the control node; call it by its full name, "
        "hybrid.exchange.hma_recording."
    )


if __name__ == "__main__":
    main()
