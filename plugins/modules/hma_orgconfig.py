#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_orgconfig; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_orgconfig
short_description: The organization switches of modern authentication
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Sets the switches of C(Set-OrganizationConfig) that Hybrid Modern Authentication depends on. At least one has to be
    given.
options:
  oauth2_client_profile_enabled:
    description: Whether clients are offered modern authentication. Left alone when not given.
    type: bool
  mapi_http_enabled:
    description: Whether Outlook uses MAPI over HTTP, without which it never does modern authentication. Left alone when
      not given.
    type: bool
  despite_policy:
    description:
      - Name of an authentication policy that blocks legacy authentication and is in force (the organization's default,
        or assigned to somebody). Turning O(oauth2_client_profile_enabled) off is refused while there is one, because
        its users could not sign in at all, unless it is named here.
    type: str
  despite_owa:
    description:
      - Names of servers whose Outlook on the web (owa) or admin center (ecp) signs people in with OAuth only, and where
        nobody needs it, one that is dead for example. Turning O(oauth2_client_profile_enabled) off is refused while
        there is a server that is not named here, because nobody could sign in there, administrators included.
    type: list
    elements: str
    default: []
  default_authorization_endpoint_of:
    description:
      - Id of the tenant whose AuthServer becomes the default authorization endpoint in the same shell, before
        O(oauth2_client_profile_enabled) is set to V(true). Step 5 of C(enable_hma) is this, at most three writes.
      - Without it, O(oauth2_client_profile_enabled=true) is refused where there is not exactly one default
        authorization endpoint, enabled and of Type AzureAD.
    type: str
  replace_default_authserver:
    description: Exact name of another AuthServer that is the default authorization endpoint now and may be replaced.
    type: str
  judged:
    description:
      - The organization as a gate judged it, from M(hybrid.exchange.hma_info) with C(scope=organization). Flag,
        AuthServer objects and default endpoint are read again right before the write; where they are not as they were
        judged, nothing is written.
    type: dict
extends_documentation_fragment:
  - hybrid.exchange._exchange
  - hybrid.exchange._record
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.both_groups
"""

EXAMPLES = r"""
- name: Turn modern authentication on
  hybrid.exchange.hma_orgconfig:
    oauth2_client_profile_enabled: true

- name: Read the organization
  hybrid.exchange.hma_info:
    scope: organization
  register: read

- name: Make the tenant's AuthServer the default endpoint and turn modern authentication on, in one shell
  hybrid.exchange.hma_orgconfig:
    oauth2_client_profile_enabled: true
    default_authorization_endpoint_of: 11111111-aaaa-4bbb-8ccc-000000000001
    judged: "{{ read.organization }}"
"""

RETURN = r"""
before:
  description: Organization and switches as they were.
  returned: success
  type: dict
after:
  description: Organization and switches as they are, or in check mode as they would be.
  returned: success
  type: dict
commands:
  description: What was sent, or would be, as an administrator types it in the Exchange Management Shell.
  returned: success
  type: list
  elements: str
  sample: ["Set-OrganizationConfig -OAuth2ClientProfileEnabled $true -Confirm:$false"]
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
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_orgconfig"])
    module.fail_json(
        msg="hma_orgconfig runs as an action plugin on the control node; call it by its full name, "
        "hybrid.exchange.hma_orgconfig."
    )


if __name__ == "__main__":
    main()
