#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_user_policy; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_user_policy
short_description: Give an authentication policy to many people
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Reads every account, writes those alone that do not have the policy, in batches of one shell each, and reads
    everybody back. The earlier policy of each is in the record.
  - A run that was killed or cut off is run again. It reads first and does what is left.
  - A person who cannot be written stands in nobody's way. The others get their policy, and the task fails with that
    name.
  - Refused while modern authentication is off and the policy blocks the rest, and where a name is no account, or more
    than one.
options:
  people:
    description: Sign-in names, mail addresses, names of the form C(DOMAIN\\account), GUIDs or distinguished names.
    type: list
    elements: str
    required: true
  policy:
    description: Name of the policy. Empty takes the policy of each away, so that the organization's default counts.
    type: str
    default: ""
  replaces:
    description:
      - Names of policies whose place it may take. Where somebody has another one, nothing is written to anybody, and
        the task fails with the names. It is looked at in the shell that writes.
      - Without it any policy may be replaced.
    type: list
    elements: str
  batch:
    description: How many people are written in one shell. What became of a batch is on disk before the next one begins.
    type: int
    default: 250
extends_documentation_fragment:
  - hybrid.exchange._exchange
  - hybrid.exchange._record
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.both_groups
"""

EXAMPLES = r"""
- name: Give the first people their policy
  hybrid.exchange.hma_user_policy:
    policy: HMA only
    people: [alice@contoso.com, bob@contoso.com]
"""

RETURN = r"""
named:
  description: How many accounts were named.
  returned: success
  type: int
had_it:
  description: How many of them had the policy already.
  returned: success
  type: int
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
  description: Per person, the policy before and after.
  returned: success, with C(--diff)
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
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_user_policy"])
    module.fail_json(
        msg="hma_user_policy runs as an action plugin on the control node; call it by its full name, "
        "hybrid.exchange.hma_user_policy."
    )


if __name__ == "__main__":
    main()
