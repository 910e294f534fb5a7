#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_spn; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_spn
short_description: Service principal names of Exchange Online in a tenant
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Registers the names that clients use for Exchange Server on the service principal of Office 365 Exchange Online in
    one Entra tenant, or takes them away again.
  - Microsoft Graph replaces the whole list with each write. The list is therefore read again right before the one
    write, whatever either read saw is kept, a list that looks damaged is not written to, and it is read back.
options:
  state:
    description:
      - V(present) adds names, V(absent) takes exactly the given ones away; Microsoft's own are never removed.
      - Entra does not know what Exchange offers, so that V(absent) takes a name away that clients ask for, too, while
        modern authentication is on; nobody gets a token for it then. Run C(disable_hma) first,
        or take away what recorded runs registered with C(restore_hma), which looks.
    type: str
    choices: [present, absent]
    default: present
  mode:
    description:
      - V(apply) writes, and needs the application permission Application.ReadWrite.All.
      - V(verify) only reads, and needs Application.Read.All.
      - V(handoff) reads, and writes a script for the team that owns Entra.
    type: str
    choices: [apply, verify, handoff]
    default: apply
  names:
    description:
      - Hosts, as V(mail.contoso.com).
      - With O(state=absent) names too, as V(https://mail.contoso.com). These are taken away as they are written, in
        whatever case.
    type: list
    elements: str
    default: []
  literal:
    description: Whether each of O(names) is taken as it is written, as the record of a run has it, and not as a host.
    type: bool
    default: false
  client_urls:
    description: Client URLs as M(hybrid.exchange.hma_info) returns them, each with C(server), C(kind), C(where),
      C(url).
    type: list
    elements: dict
    default: []
  extra_names:
    description: Further hosts that clients use.
    type: list
    elements: str
    default: []
  ignored:
    description: Hosts of O(client_urls) that are not to be registered.
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
  read_domains:
    description:
      - Whether the verified domains of the tenant are read too.
      - This takes the application permission C(Domain.Read.All); without it RV(unread) has the reason, and the task
        goes on.
    type: bool
    default: false
  application_id:
    description:
      - The dedicated hybrid application of this tenant. Where it is given, the thumbprints of the certificates that it
        knows are read too, and nothing else of it.
      - This takes the application permission C(Application.Read.All), and one request of a kind of which Graph answers
        150 in a minute.
    type: str
  handoff_dir:
    description: Folder for the script of O(mode=handoff).
    type: path
    default: hma_handoff
  verify_seconds:
    description: For how long to look for the names after the write. Replicas of Entra may lag.
    type: int
    default: 60
  prove_tokens:
    description:
      - Whether to ask the token endpoint for each registered name. Tokens are dropped unread and shown nowhere.
      - A name for which Entra answers C(AADSTS500011) is registered and not effective yet. In O(mode=apply) that is
        noted, in the other modes the task fails when it is still so after O(verify_seconds).
      - Not tried with a real tenant; that an application without permissions on Exchange Online is given a token there
        is inferred.
    type: bool
    default: false
  tenant:
    description:
      - The tenant and how to sign in to it, as the filter P(hybrid.exchange.sign_in#filter) gives it from the variables
        of a host.
      - It takes the place of O(tenant_id) and of the other options that sign in.
    type: dict
requirements:
  - msal >= 1.32
  - requests
extends_documentation_fragment:
  - hybrid.exchange._sign_in
  - hybrid.exchange._sign_in.tenant
  - hybrid.exchange._record
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.record_group
"""

EXAMPLES = r"""
- name: Register what clients use
  hybrid.exchange.hma_spn:
    tenant_id: 11111111-aaaa-4bbb-8ccc-000000000001
    client_id: aaaaaaaa-0000-4000-8000-000000000001
    certificate_path: /etc/hma/contoso.pem
    client_urls: "{{ found.organization.client_urls }}"
    extra_names: [autodiscover.fabrikam.com]
  delegate_to: localhost
"""

RETURN = r"""
wanted:
  description: The names that were asked for.
  returned: success
  type: list
  elements: str
  sample: ["https://mail.contoso.com/"]
application_certificates:
  description: The thumbprints of the certificates that O(application_id) knows, or null where they were not or could
    not be read.
  returned: success
  type: list
  elements: str
verified_domains:
  description: The verified domains of the tenant, or null where they were not or could not be read.
  returned: success
  type: list
  elements: str
unread:
  description: What was asked for and could not be read, with the reason.
  returned: success
  type: list
  elements: dict
read:
  description: Which tenant was read, from where, and when.
  returned: success
  type: dict
access:
  description:
    - What the application may do, as its access token says. Only where nothing is to be written.
    - C(permissions), or null where the token cannot be read; C(owner), whether the application owns the service
      principal, where that decides; C(has_role), whether it has a role of the directory, which may allow more.
  returned: success
  type: dict
  sample: {permissions: [Application.Read.All], owner: null, has_role: false}
enabled:
  description: Whether the service principal is enabled; null where Graph did not say, or where something was to be
    written.
  returned: success
  type: bool
holders:
  description:
    - Other objects of the tenant that hold a missing name, deleted ones too. Only where nothing is to be written; else
      a name that is held fails the task before the write.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: The missing name., type: str, returned: always}
    held: {description: 'The text that is held, with the slash or without.', type: str, returned: always}
    kind: {description: V(service principal) or V(application)., type: str, returned: always}
    display_name: {description: What the holder is called., type: str, returned: always}
    app_id: {description: Its application id., type: str, returned: always}
    id: {description: Its object id., type: str, returned: always}
    deleted: {description: Whether it was deleted and can still be restored., type: bool, returned: always}
missing:
  description: Names that are not there. In mode apply those that are not visible yet, in check mode those that would be
    added.
  returned: success
  type: list
  elements: str
names:
  description: Where each name comes from, which URLs give none and why, which hosts were ignored and why.
  returned: success
  type: dict
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
script:
  description: The script that was written in mode handoff.
  returned: success
  type: str
notes:
  description: What a person should know.
  returned: success
  type: list
  elements: str
findings:
  description: With O(prove_tokens), whether a token is issued for each registered name.
  returned: success
  type: list
  elements: dict
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
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_spn"])
    module.fail_json(
        msg="hma_spn runs as an action plugin on the control node; call it by its full name, hybrid.exchange.hma_spn."
    )


if __name__ == "__main__":
    main()
