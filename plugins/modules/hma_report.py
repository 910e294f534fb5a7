#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_report; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_report
short_description: Write the report of a run for people, programs and pipelines
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Takes what the other modules found and wrote in this run and makes of it one page for people (HTML), one document
    for programs (JSON) and one for pipelines (JUnit); of a run in check mode also a sheet for the change board.
  - Works offline, on the control node, and never fails because a value is missing. What could not be read is said to be
    not checked, with its reason.
  - The HTML is one file that loads nothing and sends nothing. The schema of the JSON is
    C(docs/schemas/report.schema.json) of the collection.
  - In JUnit the organization, each server and each tenant is a suite. What was not checked is skipped with its reason.
  - Characters that XML forbids, or that turn or hide text on a screen, are shown instead of written, in all of them.
options:
  facts:
    description:
      - What the run left behind, as the filter P(hybrid.exchange.run_facts#filter) gives it from C(hostvars). Anything
        in it may be missing.
      - Where it is not given, the module looks it up in the variables of the hosts of O(servers_group) and
        O(tenants_group). With hundreds of servers that takes a fraction of the time.
      - C(run) is the run, with C(id), C(started) (ISO 8601), C(mode) (V(check), V(apply) or V(audit)) and C(stopped),
        the reason where it stopped early.
      - C(organization) are the facts of M(hybrid.exchange.hma_info), scope V(organization), and C(settings) the
        settings of the organization, of which the report shows C(hma_servers_excluded).
      - C(servers) has per host of the inventory the registered results C(identified), C(read) and C(written),
        C(tenants) per tenant C(read) and C(written). Of these the last one that saw the directories, or the names,
        counts.
      - C(findings) are those of M(hybrid.exchange.hma_assess), in the order they were made, and C(probe) is the result
        of M(hybrid.exchange.hma_probe). Of several findings of one check for one object the last one counts.
      - C(steps) are the steps of the run, each with C(step), its name, and C(results), its registered result per host.
        What a step changed is told by C(changes) of the result, and where it failed by C(msg).
    type: dict
  formats:
    description:
      - What is written. V(html), V(json) and V(junit) are the report, V(sarif) what is open in it, as SARIF 2.1.0 for
        code-scanning dashboards.
      - V(csv_findings) and V(csv_changes) are tables for a spreadsheet. What such a program would take for a formula
        begins with an apostrophe there.
      - V(sheet) is one sheet for a change board, of two pages at most. It asks for what was not done yet, so that it is
        written of a run in check mode only. V(sheet_pdf) is the same as PDF, where the control node has a Chromium;
        where it has none, V(sheet) is written and a warning says so.
    type: list
    elements: str
    choices: [html, json, junit, sheet, sheet_pdf, csv_findings, csv_changes, sarif]
    default: [html, json, junit, sheet]
  dir:
    description: Folder of the reports. It is made, with mode 0700, where it is missing.
    type: path
    default: hma_reports
  name:
    description:
      - Folder below O(dir) that holds the files C(report.html), C(report.json), C(junit.xml), C(report.sarif),
        C(findings.csv), C(changes.csv), C(sheet.html) and C(sheet.pdf), as far as O(formats) names them.
      - The id of the run by default, so that every report is kept. A fixed name keeps the last one only.
    type: str
  mode:
    description:
      - Mode of the files, as octal text.
      - No secret is in a report, but it tells where an organization is weak, so nobody else may read it unless you say
        so.
    type: str
    default: '0600'
attributes:
  check_mode:
    details: The report is written in check mode too, because an audit or a prediction is a normal reason for one.
      Nothing else is touched.
extends_documentation_fragment:
  - hybrid.exchange._facts
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.info
  - hybrid.exchange._attributes.pure
notes:
  - C(changed) is always false. The report is what a run says, not a state that is kept.
"""

EXAMPLES = r"""
- name: Write the report
  hybrid.exchange.hma_report:
    dir: /srv/reports
    name: latest
    mode: '0644'
"""

RETURN = r"""
files:
  description: The path of each file written, by format.
  returned: success
  type: dict
  sample: {html: hma_reports/20261124T070000Z-1/report.html, json: hma_reports/20261124T070000Z-1/report.json}
summary:
  description:
    - The head of the report. Beside what is listed here it counts C(servers) and C(tenants) that are ready, C(findings)
      and C(changes) by status, fixes to make (C(to_fix)), checks that could not be made (C(unchecked)) and C(warnings).
  returned: success
  type: dict
  contains:
    sentence:
      description: The one line that has to be read.
      type: str
      returned: success
      sample: 3 of 4 servers and 1 of 2 tenants are ready; 2 fixes to make.
    verdict:
      description: One of V(ready), V(attention), V(would_change), V(not_proven), V(not_ready), V(unknown).
      type: str
      returned: success
problems:
  description: Where the run broke, each with C(host), C(step), C(message) and C(uncertain), where what was sent may or
    may not have been written.
  returned: success
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_report"])
    module.fail_json(
        msg="hma_report runs as an action plugin on the control node; call it by its full name, "
        "hybrid.exchange.hma_report."
    )


if __name__ == "__main__":
    main()
