#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_setting_override; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_setting_override
short_description: Setting overrides that Outlook on the web needs with HMA
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Makes one of the two setting overrides of Microsoft's article, or takes it away again.
  - One that is in force is enough, whoever made it. One that somebody switched off is not switched on.
  - Servers take it up with M(hybrid.exchange.hma_web_refresh).
options:
  state:
    description: V(present) makes what is missing, V(absent) takes away what has the article's name.
    type: str
    choices: [present, absent]
    default: present
  overrides:
    description:
      - V(download_domains) lets attachments be opened where download domains are on
        (OAuthIdentityCacheFixForDownloadDomains).
      - V(resource_forest) is for linked mailboxes (OwaHMAFixForAfRfScenarios). Two keys in C(web.config) belong to it,
        which this collection does not write.
    type: list
    elements: str
    choices: [download_domains, resource_forest]
    required: true
extends_documentation_fragment:
  - hybrid.exchange._exchange
  - hybrid.exchange._record
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.both_groups
"""

EXAMPLES = r"""
- name: Attachments can be opened
  hybrid.exchange.hma_setting_override:
    overrides: [download_domains]
"""

RETURN = r"""
commands:
  description: What was sent, or would be, as an administrator types it in the Exchange Management Shell.
  returned: success
  type: list
  elements: str
  sample: ["Remove-SettingOverride -Identity 'OWA HMA AFRF Support' -Confirm:$false"]
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
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_setting_override"])
    module.fail_json(
        msg="hma_setting_override runs as an action plugin on the control node; call it by its full name, "
        "hybrid.exchange.hma_setting_override."
    )


if __name__ == "__main__":
    main()
