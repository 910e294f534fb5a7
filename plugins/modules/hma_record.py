#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_record; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_record
short_description: The record of a run, begun or read
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Without O(source), begins the record of a run, so that a folder that is full, not writable or not safe stops the run
    before anything is changed, in check mode too. Where the folder lies in a container's own file system, in the
    private folder of an execution environment or in memory, it is gone with the job; the first module that writes warns
    of that.
  - Beginning refuses while another run that may write to the same servers is at work, because two at once undo each
    other's work. A run that was killed or broken off is told in a warning. Two runs are of one organization where they
    share a name of O(servers).
  - With O(source), reads records and gives back what was changed, for M(hybrid.exchange.hma_restore) and
    M(hybrid.exchange.hma_spn). A record that ends anywhere (a run that was killed, a full disk) is understood.
options:
  source:
    description:
      - Records to read, each one the folder of a run, or exported job events of ansible-runner or AWX (a folder of
        V(*.json), or a file with one event, a list of them, the answer of AWX's API, or one event a line).
      - One file out of the folder of a run is refused, because what the other hosts wrote would stay.
      - Give all runs that are to be taken back, for example one that was killed and the one that finished its work.
        Their order is that of time.
    type: list
    elements: path
    default: []
  keep_names:
    description: Service principal names, or their hosts, that are not to be counted among what a run added, because
      others need them too.
    type: list
    elements: str
    default: []
  state:
    description:
      - V(started) begins the record, V(ended) writes its last line. No write of the run comes after it. A run without
        that line was killed or broken off, or is still at work.
      - V(listed) lists the runs in O(source), or in O(record_dir), and writes nothing. A folder above runs stands for
        all of them.
      - V(started) and V(ended) are used without O(source).
    type: str
    choices: [started, ended, listed]
    default: started
  facts:
    description:
      - With O(state=listed), what is there now, as the filter P(hybrid.exchange.run_facts#filter) gives it. Each run
        then says which of its writes still stand and what would go back.
      - With O(source) and any other state, the same. A record of another organization than the one that was read is
        refused then, and nothing else is done or returned.
    type: dict
  servers:
    description: Every name by which this run reaches the Exchange servers of its organization, inventory names, and
      addresses with their ports.
    type: list
    elements: str
    default: []
  writes:
    description: Whether the run may change something. One that only reads disturbs no other.
    type: bool
    default: true
extends_documentation_fragment:
  - hybrid.exchange._record
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.record_group
  - hybrid.exchange._attributes.info
  - hybrid.exchange._attributes.pure
"""

EXAMPLES = r"""
- name: Begin the record of a run
  hybrid.exchange.hma_record:
    record_dir: /var/lib/hma/records
    run_id: 20261124T2200-night

- name: End it
  hybrid.exchange.hma_record:
    record_dir: /var/lib/hma/records
    run_id: 20261124T2200-night
    state: ended

- name: Read what a killed run and its rerun changed
  hybrid.exchange.hma_record:
    source:
      - hma_records/20261124T220000Z-1234
      - hma_records/20261124T223000Z-5678
  register: read
"""

RETURN = r"""
runs:
  description:
    - The recorded runs, the newest first, each with C(run), C(folder), C(time), C(user), C(playbook), C(ended) (whether
      its record has an end), C(writes), C(trouble) (why its record cannot be read), C(counts) and C(standing).
    - C(standing) has per property that the run wrote C(object), C(name), C(now), C(back_to), C(reason) and C(state). It
      is V(stands) where a restore of this run would write it, V(in use) where it would once modern authentication is
      off, V(back), V(changed since) where it would be left alone, or V(not read).
  returned: when O(state=listed)
  type: list
  elements: dict
parents:
  description: Whether what was given are folders above runs.
  returned: when O(state=listed)
  type: bool
lines:
  description: The list as text, a line per run and below it what would go back.
  returned: when O(state=listed)
  type: list
  elements: str
run_id:
  description: Name of the run.
  returned: when O(source) is empty
  type: str
folder:
  description: Its folder.
  returned: when O(source) is empty
  type: str
history:
  description:
    - Every write that was recorded, in order of time. C(result) is V(done), V(failed), V(uncertain) (the connection
      broke), V(not_sent) (a write before it failed), or V(open) (the record ends before the outcome).
    - A write that failed, is uncertain or open may have taken effect; the state tells.
  returned: when O(source) is given
  type: list
  elements: dict
names:
  description: Per tenant id, the service principal names that the runs added.
  returned: when O(source) is given
  type: dict
reply_urls:
  description: Per tenant id the reply URLs that the runs added.
  returned: when O(source) is given
  type: dict
names_taken:
  description: Per tenant id, the service principal names that the runs took away.
  returned: when O(source) is given
  type: dict
damaged:
  description: Lines that are cut. The write of a cut intent was never sent; the outcome of a cut outcome is told by the
    state.
  returned: when O(source) is given
  type: list
  elements: str
unfinished:
  description: Tasks that were under way when the events of a job end, each with C(task) and C(host). What they wrote is
    in no event.
  returned: when O(source) is given
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_record"])
    module.fail_json(
        msg="hma_record runs as an action plugin on the control node; call it by its full name, "
        "hybrid.exchange.hma_record."
    )


if __name__ == "__main__":
    main()
