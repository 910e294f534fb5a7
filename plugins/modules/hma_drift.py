#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_drift; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_drift
short_description: Compare what a run read with the last good reading
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Makes the report of a run, as M(hybrid.exchange.hma_report) does, and compares it with the last good reading of the
    same organization in a history that it keeps. Says what is new, what is gone, since when, and who may have done it.
  - Settings (methods and URLs of virtual directories, registered names, AuthServers, switches, servers) and the status
    of checks are compared, never texts. Only what both readings have is compared.
  - What could not be read is no difference. It is listed in RV(unread), and its last good reading is carried on,
    so that a change is seen when it is read again.
  - Readings of one depth (O(hybrid.exchange.hma_assess#module:read)) are compared with each other.
  - A run is kept before people are told what it found. M(hybrid.exchange.hma_notify) notes in the history that it was
    told; what was not, the next run hands on (RV(missed)).
  - The order of the history is that in which runs were kept, not that of their times, so that a clock that was set back
    makes no reading the first one (RV(clock)).
  - The history is one file per run (C(watch-RUN.json), mode 0600; schema C(docs/schemas/watch.schema.json)) and a page,
    C(index.html), with a trend line. Two runs at once wait for each other. A file that is broken is named and left
    where it is.
  - Who may have done it is a table of known causes. Nothing that is read shows who wrote a value; a cause that was
    concluded and is written down nowhere is marked INFERRED.
options:
  facts:
    description: What the run left behind, as the filter P(hybrid.exchange.run_facts#filter) gives it from C(hostvars).
      Where it is not given, the module looks it up in the variables of the hosts of O(servers_group) and
      O(tenants_group).
    type: dict
  dir:
    description: Folder of the history. It is made, with mode 0700, where it is missing; it has to be nobody else's, and
      a folder with an C(index.html) that this module did not write is refused.
    type: path
    default: hma_watch
  keep:
    description:
      - How many runs the history keeps. Only files that this module wrote are ever taken away, and never the one that
        the next run is compared with.
    type: int
    default: 200
  days:
    description: After how many days a run leaves the history; V(0) for never.
    type: int
    default: 400
  fail_on:
    description: What RV(fails) goes by, anything that is new, what is worse, or nothing. The task itself
      does not fail.
    type: str
    choices: [any, worse, never]
    default: any
  not_done:
    description:
      - Compares nothing, and ends as a host that was not reached does, with this reason. C(ansible-playbook) then ends
        with the exit code 4, which a scheduler tells from a task that failed.
    type: str
attributes:
  check_mode:
    details: In check mode it compares, and keeps nothing.
extends_documentation_fragment:
  - hybrid.exchange._facts
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.info
  - hybrid.exchange._attributes.pure
notes:
  - C(changed) is always false. A history is what runs say, not a state that is kept.
"""

EXAMPLES = r"""
- name: Compare with the last good reading
  hybrid.exchange.hma_drift:
    dir: /srv/hma/watch
    keep: 500
  register: drift

- name: Say what changed
  ansible.builtin.debug:
    msg: "{{ drift.drift | map(attribute='text') | list }}"
"""

RETURN = r"""
drift:
  description: What differs, the worst first.
  returned: success
  type: list
  elements: dict
  contains:
    kind:
      description: One of V(new), V(gone) and V(changed) of a setting, V(failed) and V(mended) of a check.
      type: str
      returned: always
    area:
      description:
        - One of V(servers), V(urls), V(methods), V(auth_servers), V(switches), V(names), or V(check) for what only a
          check sees.
      type: str
      returned: always
    title:
      description: The object.
      type: str
      returned: always
    place:
      description: Its server or tenant; empty for the organization's.
      type: str
      returned: always
    host:
      description: The host of the inventory that stands for the place; empty where none does.
      type: str
      returned: always
    setting:
      description: The property that changed.
      type: str
      returned: always
    before:
      description: Its values in the last good reading.
      type: list
      elements: str
      returned: always
    after:
      description: Its values now.
      type: list
      elements: str
      returned: always
    since:
      description: When it was last read as it was before.
      type: str
      returned: always
    check:
      description: Id of the check that sees it, where one does; C(checked) is its title.
      type: str
      returned: always
    status:
      description: What the check says now, V(fail) or V(warn). C(severity), C(fix) and C(commands) are those of its
        finding.
      type: str
      returned: always
    worse:
      description: Whether something is not right now that was.
      type: bool
      returned: always
    text:
      description: The difference in one sentence.
      type: str
      returned: always
      sample: "EX1\\mapi (Default Web Site): IISAuthenticationMethods lost OAuth (now: Ntlm, Negotiate)."
    cause:
      description: Who may have done it, with C(text), C(source) and C(inferred); null where no cause is known.
      type: dict
      returned: always
unread:
  description: What could not be read, each with C(what) and C(reason).
  returned: success
  type: list
  elements: dict
open:
  description: The checks that are not met, the oldest first, each with C(check), C(object), C(status), C(severity),
    C(title) and C(since).
  returned: success
  type: list
  elements: dict
since:
  description: When the reading ended that this one was compared with; empty where there was none.
  returned: success
  type: str
first:
  description: Whether there was nothing to compare with.
  returned: success
  type: bool
last_good:
  description: When everything could be read last.
  returned: success
  type: str
tell:
  description: Whether people are to be told, because something changed or could not be read any more.
  returned: success
  type: bool
fails:
  description: Whether what differs is what O(fail_on) names.
  returned: success
  type: bool
worse:
  description: Whether any of the differences makes something worse.
  returned: success
  type: bool
counts:
  description: Findings by status, and how many servers and tenants are ready.
  returned: success
  type: dict
organization:
  description: Name of the organization.
  returned: success
  type: str
modern_authentication:
  description: Whether modern authentication is on; null where that was not read.
  returned: success
  type: bool
run:
  description: Id of the run.
  returned: success
  type: str
ended:
  description: When the run was read.
  returned: success
  type: str
files:
  description: The paths of C(entry) and C(page), where they were kept.
  returned: success
  type: dict
removed:
  description: Files of the history that the retention took away.
  returned: success
  type: list
  elements: str
clock:
  description:
    - That the last reading ended later than this one, so that the clock of the control node was set back. This reading
      is compared with it nevertheless. Empty otherwise.
  returned: success
  type: str
missed:
  description:
    - What earlier runs found that were ended before M(hybrid.exchange.hma_notify) told it, with their C(runs),
      C(since) when they were compared, and their C(drift). M(hybrid.exchange.hma_notify) tells it with what is new, and
      notes it in the history.
  returned: success
  type: dict
unkept:
  description: Why this run could not be kept; empty where it was.
  returned: success
  type: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_drift"])
    module.fail_json(
        msg="hma_drift runs as an action plugin on the control node; call it by its full name, "
        "hybrid.exchange.hma_drift."
    )


if __name__ == "__main__":
    main()
