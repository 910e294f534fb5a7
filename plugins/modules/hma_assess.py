#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_assess; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_assess
short_description: Judge what was read against the checks of Hybrid Modern Authentication
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Takes what M(hybrid.exchange.hma_info) and M(hybrid.exchange.hma_spn) read in this run and says what is in the way.
  - Fails when a gate is not passed. What was not read is never taken for right.
  - Each check has a stable id; C(docs/checks) of the collection describes each of them.
  - Uses no connection, and writes nothing but the record of a gate that O(settings.policy) overrides.
options:
  gate:
    description:
      - V(preflight) are the prerequisites, V(enable) what has to be true before step 5, V(verify) what has to be true
        after it.
      - V(tenants) is the part of the prerequisites that has to be true before names are registered, every tenant can be
        signed in to and read.
      - V(owa) is what has to be true before Outlook on the web and the admin center sign people in at Entra.
      - V(audit) is everything that can be judged from reading. It fails by O(fail_on), not by gates.
      - V(hosts) is whether each host is a server of its own and no tenant; it needs no facts of the organization.
      - V(names) is what registering names alone rests on, that the client URLs were read and the tenants are distinct.
      - V(none) judges nothing, it only gives RV(writer) and RV(newer_reader).
    type: str
    choices: [hosts, names, tenants, preflight, enable, verify, owa, audit, none]
    required: true
  facts:
    description:
      - What was found, as the filter P(hybrid.exchange.run_facts#filter) gives it from C(hostvars).
      - Where it is not given, the module looks up what this run found so far, in the variables of the hosts of
        O(servers_group) and O(tenants_group). With hundreds of servers that takes a fraction of the time.
      - C(servers) and C(tenants) are the hosts of the inventory, not those that survived. C(organization) that is empty
        says that nobody could read it.
      - Results of another run, and those that are missing, are no reading.
    type: dict
  organization:
    description: A later reading of the organization than the one in the facts, whose place it takes, as
      M(hybrid.exchange.hma_info) with scope V(organization) gives it.
    type: dict
  settings:
    description:
      - Settings of the organization. What is not given is as the public variables of the run say, which are in
        C(settings) of O(facts).
      - Of these, C(hma_policy) and C(hma_custom_checks) count for the gates that come before the first write and for
        the audit, never for V(enable).
    type: dict
    suboptions:
      default_tenant:
        description: Id, domain or inventory name of the tenant whose endpoint clients get. Needed when there are
          several.
        type: str
      replace_default_authserver:
        description: Exact name of another default endpoint that may be replaced.
        type: str
      servers_excluded:
        description: Dead objects of Active Directory that no host stands for.
        type: list
        elements: dict
        suboptions:
          name:
            description: Name or fully qualified name of the server.
            type: str
            required: true
          reason:
            description: Why. It is reported.
            type: str
            required: true
      spn_extra_names:
        description: Further hosts that clients use.
        type: list
        elements: str
      spn_ignored:
        description: Hosts that are not to be registered.
        type: list
        elements: dict
        suboptions:
          host:
            description: The host.
            type: str
            required: true
          reason:
            description: Why. It is reported.
            type: str
            required: true
      kinds:
        description: The kinds of virtual directory.
        type: list
        elements: str
        choices: [mapi, ews, oab, autodiscover, activesync]
      owa_admins:
        description: Sign-in names of at least two administrators who have to be proven, for O(gate=owa).
        type: list
        elements: str
      owa_single_admin:
        description: Whether one proven administrator is enough, for O(gate=owa).
        type: bool
      owa_webconfig_done:
        description: Whether somebody set the keys for linked mailboxes in C(web.config) on every server.
        type: bool
      owa_overrides:
        description: Whether a setting override that is needed is only looked for, or made by the run.
        type: str
        choices: [check, set]
      probe_authorization_hosts:
        description: Further hosts of the authorization endpoint that are right, beside those of the cloud.
        type: list
        elements: str
      unsynced_accepted:
        description: How many mailboxes may be left that cannot sign in to Entra; the gate passes up to this number.
        type: int
      policy:
        description:
          - >-
            Checks by id, each with some of C(enabled) (bool), C(gate) (bool), C(severity), C(on_bad) (V(fail) or
            V(warn)), C(not_checked) (V(leave) or V(fail)) and C(reason).
          - The key V(all) may say what becomes of C(not_checked).
          - Taking a gate out of the way needs a reason. It is reported and, in a run that writes, recorded.
          - An unknown id or key fails the task.
        type: dict
      custom_checks:
        description: Checks of your own over the facts, a JMESPath query each. Their schema is
          C(docs/schemas/facts.schema.json).
        type: list
        elements: dict
        suboptions:
          id:
            description: Its id, as CONTOSO-URL-001.
            type: str
            required: true
          title:
            description: What is right, in a sentence.
            type: str
            required: true
          severity:
            description: How bad it is.
            type: str
            choices: [high, medium, low, info]
            default: medium
          query:
            description: JMESPath over organization, servers, tenants and identity.
            type: str
            required: true
          expect:
            description:
              - V(empty), V(true), V(equals) or V(count); the last two compare with C(value).
              - A query that gives null is not checked. A misspelt name gives null too.
            type: raw
            required: true
          value:
            description: What V(equals) or V(count) compare with.
            type: raw
          why:
            description: Why it matters.
            type: str
          fix:
            description: What to do.
            type: str
      incomplete_because:
        description: Why this run does not cover the whole inventory; each reason stops the gate V(enable).
        type: list
        elements: str
  read:
    description: How the servers were read, for O(gate=audit). With V(fast) directories are judged by what Active
      Directory has.
    type: str
    choices: [fast, full]
    default: fast
  resolve:
    description: Whether DNS is asked for the autodiscover names of authoritative domains. Ten seconds at most, from the
      control node.
    type: bool
    default: false
  fail_on:
    description: Which status fails an audit.
    type: str
    choices: [fail, warn, never]
    default: fail
  fail:
    description:
      - Whether the task fails when a gate is not passed.
      - Ansible prints the whole result of a task that failed in one line. Such a result therefore has only what stops
        in RV(findings); with V(false) it has every finding, and RV(stops) says whether it stops.
    type: bool
    default: true
extends_documentation_fragment:
  - hybrid.exchange._facts
  - hybrid.exchange._record
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.record_group
  - hybrid.exchange._attributes.info
  - hybrid.exchange._attributes.pure
"""

EXAMPLES = r"""
- name: Judge the prerequisites
  hybrid.exchange.hma_assess:
    gate: preflight

- name: Judge facts of your own
  hybrid.exchange.hma_assess:
    gate: preflight
    facts:
      organization: "{{ found.organization }}"
      servers:
        ex1: {identified: "{{ identity }}"}
      tenants:
        contoso: {tenant_id: 11111111-aaaa-4bbb-8ccc-000000000001, tenant_domain: contoso.onmicrosoft.com}
    settings:
      servers_excluded:
        - {name: ex9.corp.contoso.com, reason: "was never removed, change 4711"}
"""

RETURN = r"""
findings:
  description:
    - What each check says of each object.
    - >-
      Keys are C(id), C(title), C(severity), C(gate), C(status) (V(pass), V(fail), V(warn), V(not_checked) or
      V(not_applicable)), C(object), C(message), C(expected), C(actual), C(why), C(fix), C(source), C(scope), C(server),
      C(tenant), C(doc), C(predicted) (passed in check mode because this run would make it so),
      C(unasked) (not checked only because the run was not asked to look)
      and C(commands), what is typed for it, each with its C(language) and C(text).
    - In a task that failed only those that stop, with C(id), C(status), C(object), C(message), C(fix) and C(commands).
  returned: always
  type: list
  elements: dict
facts:
  description: The canonical facts, all in one document.
  returned: when O(gate=audit)
  type: dict
stops:
  description: Whether a gate is not passed or, with O(gate=audit), whether O(fail_on) is met. The task fails then,
    unless O(fail=false).
  returned: always
  type: bool
overridden:
  description: Gates that O(settings.policy) let pass, each with C(id), C(reason) and C(overrides).
  returned: always
  type: list
  elements: dict
default_tenant_id:
  description: Id of the tenant whose endpoint clients get.
  returned: always
  type: str
newer_reader:
  description:
    - The host to read the organization on again. Its server is of a newer product than the one that was read, and
      only its shell has the cmdlets that came later. Null where there is none.
  returned: always
  type: str
writer:
  description: The host for organization-wide writes, reachable and of the highest build.
  returned: always
  type: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_assess"])
    module.fail_json(
        msg="hma_assess runs as an action plugin on the control node; call it by its full name, "
        "hybrid.exchange.hma_assess."
    )


if __name__ == "__main__":
    main()
