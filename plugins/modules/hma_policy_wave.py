#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_policy_wave; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_policy_wave
short_description: Say who can do without legacy authentication, and who is in a wave
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Reads accounts, groups, policies and servers of the organization, the users of the tenants, and the file of measured
    sign-ins, and says of each person of a wave whether legacy authentication can be blocked for him, or why not.
  - Somebody can do without where his account is synchronized, he was seen with modern authentication on each protocol
    that is to be blocked, and nothing else was seen of him on these protocols in the last days.
  - A name of the logs is matched with sign-in names, C(DOMAIN\\account) and every mail address. One that is nobody's,
    or more than one account's, counts against whoever it may be.
  - Changes nothing. What stops the wave is in RV(findings) and RV(stops).
options:
  wave:
    description: V(0) for the policies themselves, V(last) for the organization's default, and any other text for the
      wave of O(people) and O(groups).
    type: str
    required: true
  policy:
    description: Name of the policy that blocks legacy authentication.
    type: str
    default: HMA only
  exceptions_policy:
    description: Name of the policy that blocks nothing, which each wave gives the exceptions before it blocks anything.
    type: str
    default: HMA exceptions
  protocols:
    description: The protocols to be blocked, by their names in the measurement. POP and IMAP are not measured, so that
      nobody can say who uses them.
    type: list
    elements: str
    choices: [mapi, ews, eas, autodiscover, oab, rpc]
    default: [mapi, ews, autodiscover, oab]
  people:
    description: Who is named for the wave.
    type: list
    elements: str
    default: []
  groups:
    description: Distribution groups and mail-enabled security groups whose members are in the wave; those of groups in
      them too.
    type: list
    elements: str
    default: []
  exceptions:
    description:
      - Accounts that keep legacy authentication. One of another forest, which is no account of this organization, is
        named as the logs name it; it gets no policy.
      - An account of this organization that such a name may mean as well is held back, until the logs have somebody of
        its domain as C(DOMAIN\account), O(domains) says what the domain of the name is, or the account is named too.
    type: list
    elements: dict
    default: []
    suboptions:
      name: {description: The account., type: str, required: true}
      reason: {description: Why it keeps it., type: str, required: true}
  replace_policies:
    description: Names of other policies that a wave may replace. Whoever has another policy is left out, and an
      exception that has one keeps it.
    type: list
    elements: str
    default: []
  servers_excluded:
    description: Names of servers that no client reaches any more. They need not be measured, and may be of any version;
      one that the measurement has sign-ins of stops the wave, and one that was not measured is named (HMA-POL-011).
    type: list
    elements: str
    default: []
  sign_ins:
    description: Files of measured sign-ins (C(docs/schemas/sign_ins.schema.json)), with names that are not masked, at
      most seven days old. Nobody else may be able to write them.
    type: list
    elements: path
    required: true
  days:
    description: For how many days each server has to be measured.
    type: int
    default: 14
  domains:
    description: By the NetBIOS name of a domain, its DNS name, where its first part is another one.
    type: dict
    default: {}
  tenants:
    description: How to sign in to each tenant, as the filter P(hybrid.exchange.sign_in#filter) gives it. Takes the
      application permission C(User.Read.All).
    type: list
    elements: dict
    default: []
requirements:
  - msal >= 1.32 and requests, for O(tenants)
extends_documentation_fragment:
  - hybrid.exchange._sign_in.tenants
  - hybrid.exchange._exchange
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.info
  - hybrid.exchange._attributes.exchange_group
"""

EXAMPLES = r"""
- name: Say who of a group can do without legacy authentication
  hybrid.exchange.hma_policy_wave:
    wave: "1"
    groups: [pilot@contoso.com]
    sign_ins: [hma_reports/20261124T220000Z-1234/sign_ins.json]
    tenants: ["{{ hostvars['contoso'] | hybrid.exchange.sign_in }}"]
"""

RETURN = r"""
lines:
  description: One line for each person who was asked about, and for each exception, with the place (V(in), V(has it),
    V(out), V(excepted) or V(stops)) and the reason.
  returned: success
  type: list
  elements: str
  sample: ["in: alice@contoso.com", "out: bob@contoso.com (was not seen with modern authentication on ews)"]
people:
  description: GUIDs of those who are in the wave and do not have the policy yet.
  returned: success
  type: list
  elements: str
exceptions:
  description: GUIDs of the exceptions that do not have their policy yet, and are given it first.
  returned: success
  type: list
  elements: str
counts:
  description: How many people are at each place; exceptions of another forest count as V(out).
  returned: success
  type: dict
findings:
  description: What was judged, as M(hybrid.exchange.hma_assess) returns it (HMA-POL-004 to HMA-POL-011).
  returned: success
  type: list
  elements: dict
stops:
  description: Whether the wave must not be run.
  returned: success
  type: bool
block_legacy:
  description: What the policy is to block, as O(hybrid.exchange.hma_auth_policy#module:block_legacy) takes it.
  returned: success
  type: dict
block_nothing:
  description: The same for the policy of the exceptions.
  returned: success
  type: dict
wave:
  description: The wave that was asked about.
  returned: success
  type: str
policy:
  description: The name of the policy.
  returned: success
  type: str
read:
  description: Who answered, over which transport, from which domain controller, and when.
  returned: success
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_policy_wave"])
    module.fail_json(
        msg="hma_policy_wave runs as an action plugin on the control node; call it by its full name, "
        "hybrid.exchange.hma_policy_wave."
    )


if __name__ == "__main__":
    main()
