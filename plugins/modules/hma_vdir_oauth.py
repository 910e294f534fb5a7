#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_vdir_oauth; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_vdir_oauth
short_description: OAuth on the virtual directories of an Exchange server
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Turns OAuth on (or off) for the MAPI, EWS, OAB, Autodiscover and ActiveSync virtual directories of one server.
  - Every other authentication method stays as it is.
  - An ActiveSync list that is not set restricts nothing and is left alone; one that is set gets OAuth added.
options:
  state:
    description:
      - V(present) turns OAuth on, V(absent) off.
      - V(absent) is refused while modern authentication is on in the organization, in check mode too. That is read
        beforehand, and again in the shell that writes, right before the first write.
    type: str
    choices: [present, absent]
    default: present
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
  mapi_empty:
    description:
      - What to do where the list of MAPI methods is empty. OAuth alone would lock out every other client, so V(refuse)
        stops and prints the command; V(default) writes Ntlm, OAuth and Negotiate.
    type: str
    choices: [refuse, default]
    default: refuse
  despite_modern_authentication:
    description:
      - Take OAuth away with O(state=absent) although modern authentication is on, or whether it is cannot be read.
        Clients that come to this server cannot sign in to these directories then.
      - It says nothing of hybrid free/busy, which signs in to EWS and Autodiscover with OAuth where an
        IntraOrganizationConnector is enabled, and nothing of pages of Outlook on the web and the admin center that
        have OAuth alone; M(hybrid.exchange.hma_restore) looks at both, too.
    type: bool
    default: false
  read:
    description:
      - The result of M(hybrid.exchange.hma_info) with O(hybrid.exchange.hma_info#module:scope=host) for this server in
        the same run. Where it holds every directory and none of them is to be changed, the server is not asked again.
      - What is written never rests on it.
    type: dict
    default: {}
  throttle:
    description:
      - How many servers of one C(ansible-playbook) are written to at the same time; V(0) is all of them.
      - Unlike the task keyword C(throttle) it holds back writes only. Every server is read at once, and one that has
        nothing to change waits for nobody.
      - A server that waited is read again in the shell that writes, right before the first write, and is planned anew
        where it is not as it was.
    type: int
    default: 0
  throttle_group:
    description:
      - Servers of the same group wait for one another, those of different groups do not. Give each site its own, and
        O(throttle) counts per site.
    type: str
    default: ''
extends_documentation_fragment:
  - hybrid.exchange._exchange
  - hybrid.exchange._record
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.both_groups
"""

EXAMPLES = r"""
- name: OAuth on, on this server
  hybrid.exchange.hma_vdir_oauth:

- name: OAuth on, two servers of each site at the same time
  hybrid.exchange.hma_vdir_oauth:
    throttle: 2
    throttle_group: "{{ site }}"

- name: OAuth on for EWS of a server that is reached through this one
  hybrid.exchange.hma_vdir_oauth:
    server: ex5.corp.contoso.com
    kinds: [ews]

- name: OAuth off, after disable_hma
  hybrid.exchange.hma_vdir_oauth:
    state: absent
"""

RETURN = r"""
directories:
  description: The directories as they are now, or in check mode as they would be.
  returned: success
  type: list
  elements: dict
server:
  description: The server that was worked on.
  returned: success
  type: str
notes:
  description: What a person should know, such as warnings of Exchange.
  returned: success
  type: list
  elements: str
commands:
  description: What was sent, or would be, as an administrator types it in the Exchange Management Shell.
  returned: success
  type: list
  elements: str
  sample: ["Set-WebServicesVirtualDirectory -Identity 'a2c81bdd-8cd6-52db-9ac3-b50efca7090c' -OAuthAuthentication $true
  -Force -Confirm:$false"]
predicted:
  description: Whether this is check mode and something would be changed.
  returned: success
  type: bool
changes:
  description:
    - One entry per object that is written, or would be. In check mode each C(result) is V(predicted).
    - Otherwise this is the record of the run, which a restore reads, and C(result) says what became of the write.
    - Where the read-back shows something else than what was written, C(read_back) has it.
  returned: success, and on failure when something was written
  type: list
  elements: dict
  contains:
    id: {description: Ties the entry to the record of the run. Empty for a prediction., type: str, returned: always}
    object: {description: The object as a person names it., type: str, returned: always}
    target: {description: 'The object for a program: C(type), and its GUID or tenant id.', type: dict, returned: always}
    command: {description: What is sent., type: str, returned: always}
    before: {description: 'The properties that change, before.', type: dict, returned: always}
    after: {description: The same after., type: dict, returned: always}
    result:
      description: V(predicted), V(done), V(failed), V(uncertain), V(not_sent), or V(open) where the outcome was never
        written down.
      type: str
      returned: always
diff:
  description: Per object, its properties before and after.
  returned: success
  type: list
  elements: dict
uncertain:
  description: Whether the connection broke under a write, so that its outcome is not known. Run the task again, it
    reads first.
  returned: failure
  type: bool
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_vdir_oauth"])
    module.fail_json(
        msg="hma_vdir_oauth runs as an action plugin on the control node; call it by its full name, "
        "hybrid.exchange.hma_vdir_oauth."
    )


if __name__ == "__main__":
    main()
