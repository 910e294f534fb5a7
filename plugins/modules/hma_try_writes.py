#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_try_writes; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_try_writes
short_description: Try on one virtual directory what only a write shows
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Gives the front-end directory of a kind the settings again that it has, and reads it before and after. With
    O(out_of_use=true) it also switches OAuth off in it and on again, or on and off again where it was off.
  - It shows what Exchange changes beside what it is asked for, and whether it warns. Nobody needs it to use this
    collection. Each write is recorded as those of the other modules are, so that C(restore_hma) can take it back.
  - With O(out_of_use=true) it refuses while modern authentication is on, and, where OAuth would be taken, while
    Outlook on the web signs people in with OAuth only, or while an IntraOrganizationConnector is enabled (V(ews) and
    V(autodiscover)). Whatever goes wrong in between, OAuth is switched back.
  - The result has names in it. Set C(no_log) on the task, and give the result to M(hybrid.exchange.hma_recording). The
    playbook C(try_writes_on_one_directory) does both.
options:
  server:
    description: Name of the Exchange server where the connection goes to another one.
    type: str
  kind:
    description: The kind of the directory.
    type: str
    choices: [mapi, ews, oab, autodiscover]
    required: true
  out_of_use:
    description: Nobody uses the directory, so that OAuth may be switched in it for some seconds.
    type: bool
    default: false
extends_documentation_fragment:
  - hybrid.exchange._exchange
  - hybrid.exchange._record
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.both_groups
attributes:
  idempotent:
    support: none
"""

EXAMPLES = r"""
- name: Give the offline address book its own settings
  hybrid.exchange.hma_try_writes:
    kind: oab
  register: hma_try_result
  no_log: true
"""

RETURN = r"""
directory:
  description: The identity of the directory.
  returned: success
  type: str
trials:
  description: What was tried, each with C(id), C(kind), C(outcome), C(warnings) and the directory C(before) and
    C(after) it.
  returned: success
  type: list
  elements: dict
notes:
  description: What of the directory is not as it was, and no parameter can set.
  returned: success
  type: list
  elements: str
changes:
  description: The writes, in check mode those that would be made.
  returned: success
  type: list
  elements: dict
diff:
  description: What each write gives the directory, beside what it had before, with the command.
  returned: success
  type: list
  elements: dict
predicted:
  description: Whether RV(changes) are a prediction.
  returned: success
  type: bool
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_try_writes"])
    module.fail_json(
        msg="hma_try_writes runs as an action plugin on the control node; call it by its full name, "
        "hybrid.exchange.hma_try_writes."
    )


if __name__ == "__main__":
    main()
