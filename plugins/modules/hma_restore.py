#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_restore; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_restore
short_description: Take back what recorded runs changed in Exchange, and only that
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Compares what is there now with what the recorded runs left, and undoes their writes, the latest first. A write that
    failed, or whose outcome is not recorded, is undone if its result is there.
  - Never switches modern authentication on. While it is on, nothing that it rests on is taken away (OAuth of
    directories, the default authorization endpoint, AuthServer objects and their domains); what the organization is now
    decides that, not the record.
  - What is neither as a run left it nor as it was before is left alone and returned in RV(refused), with what was
    found.
  - Of a list of methods only OAuth is taken away; of the domains of an AuthServer only those that the runs added. The
    default authorization endpoint goes back on all objects that the runs changed, or on none.
  - Service principal names go back with M(hybrid.exchange.hma_spn), O(hybrid.exchange.hma_spn#module:state=absent).
options:
  scope:
    description:
      - V(switch) turns modern authentication off, then takes back the default authorization endpoint; without
        O(history) it clears it where an AuthServer of Type AzureAD has it. It needs the organization's configuration
        and the AuthServer objects. Whatever else cannot be read is a warning.
      - V(organization) takes back the switches of the organization and the AuthServer objects.
      - V(server) takes back the virtual directories of one server.
      - V(sign_in) takes back how people sign in to Outlook on the web and the admin center of one server. It never
        turns a method off, and never leaves a directory without one.
      - V(overrides) takes away the setting overrides that the runs made.
      - V(policies) takes back authentication policies in the reverse order of the waves. The default policy comes
        first, then the policies of people, then what the policies block.
    type: str
    choices: [switch, organization, server, sign_in, overrides, policies]
    required: true
  history:
    description: What was changed, from M(hybrid.exchange.hma_record). Required unless O(scope=switch).
    type: list
    elements: dict
  server:
    description: The server whose directories are meant, where the connection goes to another one.
    type: str
  despite_policy:
    description:
      - Name of an authentication policy that blocks legacy authentication and is in force. Turning modern
        authentication off is refused while there is one, because its users could not sign in at all, unless it is named
        here.
    type: str
  despite_unseen_policies:
    description:
      - With O(scope=switch), go on where this server's Exchange does not know authentication policies although the
        organization has servers that do. Otherwise that is refused, so that such a server can be asked first.
    type: bool
    default: false
  despite_connector:
    description:
      - Also take OAuth from the EWS and Autodiscover directories while an IntraOrganizationConnector is enabled. Hybrid
        free/busy stops working then.
    type: bool
    default: false
  despite_owa:
    description:
      - Names of servers whose Outlook on the web (owa) or admin center (ecp) signs people in with OAuth only, and where
        nobody needs it, one that is dead for example. Turning modern authentication off is refused while there is a
        server that is not named here, because nobody could sign in there, administrators included.
    type: list
    elements: str
    default: []
  predicted_off:
    description: Used with O(scope=server) in check mode, that this run would have turned modern authentication off by
      then.
    type: bool
    default: false
  throttle:
    description:
      - With O(scope=server), how many servers of one C(ansible-playbook) are written to at the same time; V(0) is all
        of them.
      - Unlike the task keyword C(throttle) it holds back writes only. A server that waited is read again when its turn
        comes, and planned anew.
    type: int
    default: 0
extends_documentation_fragment:
  - hybrid.exchange._exchange
  - hybrid.exchange._record
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.both_groups
"""

EXAMPLES = r"""
- name: Read the record
  hybrid.exchange.hma_record:
    source: [hma_records/20261124T220000Z-1234]
  register: read
  delegate_to: localhost

- name: Take back switches, default endpoint and domains
  hybrid.exchange.hma_restore:
    scope: organization
    history: "{{ read.history }}"

- name: Take back the directories of this server
  hybrid.exchange.hma_restore:
    scope: server
    history: "{{ read.history }}"
"""

RETURN = r"""
commands:
  description: What was sent, or would be, as an administrator types it in the Exchange Management Shell.
  returned: success
  type: list
  elements: str
way_out:
  description: The records of the runs that gave people the authentication policy for which this was refused, for
    restore_hma.
  returned: failure, where a policy stands in the way
  type: list
  elements: str
refused:
  description: Objects that were left alone because they are not as the runs left them, or are in use now, with what was
    found.
  returned: success
  type: list
  elements: dict
left:
  description: Objects that were left alone on purpose, with the reason and the option that says otherwise.
  returned: success
  type: list
  elements: dict
live:
  description: Whether modern authentication is on after this, as it was read back; in check mode, as it would be.
  returned: success
  type: bool
everywhere:
  description: Whether this was refused for what the organization or the record is, so that another server would refuse
    it as well, and nothing else can go back.
  returned: when it was refused
  type: bool
policies_unseen:
  description: It was refused because this server cannot show the authentication policies; another one may.
  returned: when it was refused for this reason
  type: bool
handled:
  description: Ids of the recorded writes that this call dealt with, whether it had to do anything or not.
  returned: success
  type: list
  elements: str
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
predicted:
  description: Whether this is check mode and something would be changed.
  returned: success
  type: bool
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
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_restore"])
    module.fail_json(
        msg="hma_restore runs as an action plugin on the control node; call it by its full name, "
        "hybrid.exchange.hma_restore."
    )


if __name__ == "__main__":
    main()
