#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_authserver; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_authserver
short_description: The EvoSTS AuthServer of a tenant
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Finds the AuthServer object of a tenant by its type and realm, never by its name, and sets what is asked for.
  - Domains are added, never taken away. ApplicationIdentifier and GraphBaseUrl (dedicated hybrid application) are not
    touched.
options:
  tenant_id:
    description: Id of the tenant, a GUID.
    type: str
    required: true
  enabled:
    description: Whether the object is enabled. Left alone when not given.
    type: bool
  domain_names:
    description:
      - Domains of the tenant that the object has to know. Server-to-server OAuth uses them at once.
      - Ignored, with a note, on Exchange 2013 and builds below 2016 CU18 and 2019 CU7, which have no such property.
    type: list
    elements: str
    default: []
  default_authorization_endpoint:
    description: Whether clients are sent to this object's endpoint to sign in. Left alone when not given.
    type: bool
  replace_default_authserver:
    description:
      - Exact name of the object that is the default endpoint now and may be replaced. Without it another default is
        refused.
      - The old one is cleared first and made the default again if the new one cannot be set.
    type: str
  refresh_metadata:
    description:
      - Whether Exchange fetches the metadata of the object's tenant, its signing keys above all, now
        (C(Set-AuthServer -RefreshAuthMetadata)). It does so by itself every eight hours.
      - It is a write each time, and changes no setting, so that there is nothing to restore. The task is C(changed).
    type: bool
    default: false
    version_added: 0.1.0
  despite_owa:
    description:
      - Names of servers whose Outlook on the web (owa) or admin center (ecp) signs people in with OAuth only, and where
        nobody needs it, one that is dead for example. Disabling the object, or leaving no default authorization
        endpoint, is refused while there is a server that is not named here, because nobody could sign in there,
        administrators included.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - hybrid.exchange._exchange
  - hybrid.exchange._record
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.both_groups
"""

EXAMPLES = r"""
- name: Make the AuthServer of a tenant the default authorization endpoint
  hybrid.exchange.hma_authserver:
    tenant_id: 11111111-aaaa-4bbb-8ccc-000000000001
    domain_names: [contoso.onmicrosoft.com]
    default_authorization_endpoint: true
"""

RETURN = r"""
auth_server:
  description: The object as it is now, or in check mode as it would be.
  returned: success
  type: dict
before:
  description: All AuthServer objects as they were.
  returned: success
  type: list
  elements: dict
notes:
  description: What a person should know.
  returned: success
  type: list
  elements: str
commands:
  description: What was sent, or would be, as an administrator types it in the Exchange Management Shell.
  returned: success
  type: list
  elements: str
  sample: ["Set-AuthServer -Identity 'b8605563-c5fe-509a-8b06-7b25f7e6661f' -IsDefaultAuthorizationEndpoint $true
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
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_authserver"])
    module.fail_json(
        msg="hma_authserver runs as an action plugin on the control node; call it by its full name, "
        "hybrid.exchange.hma_authserver."
    )


if __name__ == "__main__":
    main()
