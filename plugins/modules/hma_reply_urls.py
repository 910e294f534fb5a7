#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_reply_urls; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_reply_urls
short_description: Reply URLs of Exchange Online in a tenant
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Registers the URLs of Outlook on the web and of the Exchange admin center as reply URLs of Office 365 Exchange
    Online in one Entra tenant, or takes them away again. Without them Entra sends nobody back, and people see
    C(AADSTS50011).
  - Microsoft Graph replaces the whole list with each write. The list is therefore read again right before the one
    write, whatever either read saw is kept, and it is read back. Foreign entries keep their text and place.
  - Each URL is registered twice, as Microsoft's article has it, without a slash at the end, and with one, as Exchange
    asks. Nobody has recorded whether Entra takes both for one.
  - They have the case that the path has in Exchange, because Entra compares it. An application has at most 256 of them.
options:
  state:
    description:
      - V(present) adds, V(absent) takes exactly the given ones away; Microsoft's own are never removed.
      - Entra does not know how Exchange signs people in, so that V(absent) takes a URL away that Outlook on the web
        uses, too; Entra sends nobody back to it then. Run C(disable_owa_hma) first, or take
        away what recorded runs registered with C(restore_hma), which looks.
    type: str
    choices: [present, absent]
    default: present
  mode:
    description:
      - V(apply) writes, and needs the application permission Application.ReadWrite.All.
      - V(verify) only reads, and needs Application.Read.All.
    type: str
    choices: [apply, verify]
    default: apply
  urls:
    description: URLs of the directories owa and ecp, each with C(server), C(kind), C(where), C(url). Both spellings of
      each, with the slash at its end and without it, are meant.
    type: list
    elements: dict
    default: []
  reply_urls:
    description: Reply URLs as they are to be registered, or taken away; each with or without a slash at its end, as it
      is written.
    type: list
    elements: str
    default: []
  ignored:
    description: Hosts that hma_spn_ignored leaves out. A URL on one of them is a problem here; people sign in at it.
    type: list
    elements: dict
    default: []
    suboptions:
      host:
        description: The host.
        type: str
        required: true
      reason:
        description: Why. It is returned and reported.
        type: str
        required: true
  verify_seconds:
    description: For how long to look for the reply URLs after the write. Replicas of Entra may lag.
    type: int
    default: 60
  tenant:
    description: The tenant and how to sign in to it, as the filter P(hybrid.exchange.sign_in#filter) gives it from the
      variables of a host.
    required: true
    type: dict
requirements:
  - msal >= 1.32
  - requests
extends_documentation_fragment:
  - hybrid.exchange._sign_in.tenant
  - hybrid.exchange._record
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.record_group
"""

EXAMPLES = r"""
- name: Register where people sign in
  hybrid.exchange.hma_reply_urls:
    reply_urls: [https://mail.contoso.com/owa, https://mail.contoso.com/ecp]
    tenant: "{{ hostvars['contoso'] | hybrid.exchange.sign_in }}"
  delegate_to: localhost
"""

RETURN = r"""
wanted:
  description: The reply URLs that were asked for.
  returned: success
  type: list
  elements: str
  sample: ["https://mail.contoso.com/owa", "https://mail.contoso.com/owa/"]
found:
  description: Where each comes from, and which URLs give none and why.
  returned: success
  type: dict
read:
  description: Which tenant was read, from where, and when.
  returned: success
  type: dict
missing:
  description: Those that are not there. In mode apply those that are not visible yet, in check mode those that would be
    added.
  returned: success
  type: list
  elements: str
before:
  description: The whole list as it was.
  returned: success
  type: list
  elements: str
after:
  description: The whole list as it is, or in check mode as it would be.
  returned: success
  type: list
  elements: str
notes:
  description: What a person should know.
  returned: success
  type: list
  elements: str
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
  description: The list before and after, sorted.
  returned: success
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_reply_urls"])
    module.fail_json(
        msg="hma_reply_urls runs as an action plugin on the control node; call it by its full name, "
        "hybrid.exchange.hma_reply_urls."
    )


if __name__ == "__main__":
    main()
