#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_auth_policy; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_auth_policy
short_description: An authentication policy, and whether it is the organization's default
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Makes one authentication policy, or changes what it blocks, and makes it the organization's default or no longer it.
  - Legacy authentication is Basic, Digest, NTLM and Kerberos alike. Whoever has a policy that blocks it gets into his
    mailbox with modern authentication alone. Outlook on the web, the admin center, PowerShell and SMTP are not covered.
  - Needs Exchange 2019 CU2 or later. Older servers of the organization ignore policies.
  - Refused where the policy blocks modern authentication for the same protocol, and where people would get it, or have
    it already, while modern authentication is off.
  - M(hybrid.exchange.hma_policy_wave) says who can do without legacy authentication. This module does not ask that.
options:
  name:
    description: Name of the policy. One that is not there is made.
    type: str
    required: true
  block_legacy:
    description: By protocol, whether legacy authentication is blocked. A protocol that is not named is left as it
      is; in a new policy nothing else is blocked.
    type: dict
    suboptions:
      active_sync:
        description: Exchange ActiveSync, the mail of phones. Programs that use Basic keep it until their profile is
          made anew, so this one comes last.
        type: bool
      autodiscover:
        description: Autodiscover.
        type: bool
      imap:
        description: IMAP4.
        type: bool
      mapi:
        description: MAPI over HTTP, Outlook for Windows.
        type: bool
      offline_address_book:
        description: The offline address book.
        type: bool
      pop:
        description: POP3.
        type: bool
      rpc:
        description: RPC over HTTP, Outlook Anywhere.
        type: bool
      web_services:
        description: Exchange Web Services, Outlook for Mac and programs.
        type: bool
  default:
    description: V(true) makes it the policy of everybody who has none of his own. V(false) takes that away again where
      it is this policy. Without a value the default is left as it is.
    type: bool
extends_documentation_fragment:
  - hybrid.exchange._exchange
  - hybrid.exchange._record
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.both_groups
"""

EXAMPLES = r"""
- name: Make the policy of the first wave
  hybrid.exchange.hma_auth_policy:
    name: HMA only
    block_legacy:
      mapi: true
      web_services: true
      autodiscover: true
      offline_address_book: true

- name: Make it the policy of everybody who has none
  hybrid.exchange.hma_auth_policy:
    name: HMA only
    default: true
"""

RETURN = r"""
commands:
  description: What was sent, or would be, as an administrator types it in the Exchange Management Shell.
  returned: success
  type: list
  elements: str
  sample: ["New-AuthenticationPolicy -Name 'HMA only' -BlockLegacyAuthMapi"]
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
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_auth_policy"])
    module.fail_json(
        msg="hma_auth_policy runs as an action plugin on the control node; call it by its full name, "
        "hybrid.exchange.hma_auth_policy."
    )


if __name__ == "__main__":
    main()
