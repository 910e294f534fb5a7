#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_web_sign_in; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_web_sign_in
short_description: How people sign in to Outlook on the web and the admin center of an Exchange server
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - With O(state=entra) people sign in to Outlook on the web (owa) and the Exchange admin center (ecp) of one server at
    Microsoft Entra, and in no other way. Everybody, the administrators too. Run the playbook C(enable_owa_hma), which
    asks first whether two administrators can.
  - With O(state=methods) they sign in as before.
  - Both directories are written in one task, in the order that Exchange demands. First the other methods go off (owa,
    then ecp), then OAuth comes on (ecp, then owa); back it is the mirror of that. Between the halves nobody gets in.
  - It is planned from what is there, so that a run that was killed is finished by the next one.
  - Windows authentication is left as it is, as Microsoft's article leaves it. Remote PowerShell is another directory,
    and is not touched.
options:
  state:
    description:
      - V(entra) turns OAuth on and forms, Basic, Digest and AD FS authentication off. It is refused where modern
        authentication is off for the organization, or has no default authorization endpoint of Entra.
      - V(methods) turns OAuth off, and the methods on that the writes in O(history) turned off. Where no such write is
        given, and no method is on, forms come back.
      - V(forms) turns OAuth off and forms on, whatever was there. It is the first half of the cure for directories
        whose settings are right and without effect, which happens after an update in place to Exchange SE; IIS has to
        be restarted behind it, and V(entra) is the second half.
    type: str
    choices: [entra, methods, forms]
    default: entra
  server:
    description:
      - Name of another Exchange server to work on, through the shell of the one that this connection reaches.
      - Default is the server that the connection reaches.
    type: str
  history:
    description: Recorded writes, as M(hybrid.exchange.hma_record) returns them. For O(state=methods).
    type: list
    elements: dict
    default: []
extends_documentation_fragment:
  - hybrid.exchange._exchange
  - hybrid.exchange._record
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.both_groups
"""

EXAMPLES = r"""
- name: Sign in at Entra alone, on this server
  hybrid.exchange.hma_web_sign_in:

- name: Sign in as before the recorded run
  hybrid.exchange.hma_web_sign_in:
    state: methods
    history: "{{ read.history }}"
"""

RETURN = r"""
directories:
  description:
    - Both directories as they are now, or in check mode as they would be.
    - C(oauth_only) says whether nobody gets in there without Entra.
  returned: success
  type: list
  elements: dict
urls:
  description: Where both are published, each with C(server), C(kind), C(where) and C(url).
  returned: success
  type: list
  elements: dict
before:
  description: Both as they were.
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
  sample: ["Set-OwaVirtualDirectory -Identity 'a2c81bdd-8cd6-52db-9ac3-b50efca7090c' -OAuthAuthentication $true
  -Confirm:$false"]
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
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_web_sign_in"])
    module.fail_json(
        msg="hma_web_sign_in runs as an action plugin on the control node; call it by its full name, "
        "hybrid.exchange.hma_web_sign_in."
    )


if __name__ == "__main__":
    main()
