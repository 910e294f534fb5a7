#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_sign_ins; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_sign_ins
short_description: Count who signs in to Exchange and how, in the logs of its servers
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Counts the requests in the HttpProxy logs of a server, for each person, protocol, authentication type and family of
    clients. The server counts itself and gives back counts only; no line of a log leaves it.
  - Protocols are MAPI, Exchange Web Services, ActiveSync, Autodiscover, the offline address book and RPC over HTTP.
    Sign-ins by POP, IMAP, SMTP, Outlook on the web and remote PowerShell are not counted.
  - Counting runs below normal priority, file by file from the newest to the oldest, in calls of at most 45 seconds each
    of which holds at most 20000 rows in memory. Where O(time_limit) is over, the result says at which line of which
    file, and O(go_on) continues there.
  - The columns are found by the header of each file. A file with another header, or one that cannot be opened, is named
    in RV(incomplete_because), and the counts of the server are not complete.
  - What servers counted is personal data. It is kept in files that only their owner reads, below O(dir), and is never
    part of a result of a task.
  - That C(Bearer) is what Exchange writes for modern authentication, and what a family of clients can do, is inferred
    and not tried on every version.
options:
  scope:
    description:
      - V(server) counts on the server of the connection.
      - V(mailboxes) reads the names of all mailboxes, once for an organization.
      - V(files) makes one result of what all servers counted in this run. It runs on the control node.
    type: str
    choices: [server, mailboxes, files]
    required: true
  server:
    description: The name of another Exchange server. Its logs cannot be read through this connection, and that is the
      result.
    type: str
  days:
    description: How many days back is counted, 1 to 366. Exchange keeps its logs for a time of its own; the result says
      from when on there are any.
    type: int
    default: 14
  time_limit:
    description: How many seconds the server counts, 1 to 3600. The last call may take 45 seconds more.
    type: int
    default: 900
  log_folder:
    description: The folder on the server in which C(Mapi), C(Ews) and the others are. By default C(Logging\\HttpProxy)
      below the folder that Exchange is installed in.
    type: str
  rows:
    description: How many combinations of person, protocol, authentication type and client are kept of a server. The
      requests of further ones are counted, and the counts are not complete.
    type: int
    default: 200000
  page:
    description: For O(scope=mailboxes), how many mailboxes are read at a time.
    type: int
    default: 1000
  go_on:
    description: Go on where an earlier run stopped because of its time, with the days of that run, and count the
      servers that failed then. A server that was counted in full is not asked again.
    type: bool
    default: false
  masked:
    description: For O(scope=files), write pseudonyms instead of names. Their key is C(mask.key) in O(dir), so that a
      name has the same pseudonym in each result there.
    type: bool
    default: false
  dir:
    description: Folder of the control node for the results, each in a folder with the id of its run, and for what is
      kept until a result is complete (C(parts)).
    type: path
    default: hma_sign_ins
  results:
    description: For O(scope=files), per host of the inventory the registered result of O(scope=server).
    type: dict
    default: {}
  mailboxes:
    description: For O(scope=files), the registered result of O(scope=mailboxes); the reason where they were not read.
    type: dict
    default: {}
  run_id:
    description: Id of the run, in whose folder the result is. A playbook of this collection has one.
    type: str
extends_documentation_fragment:
  - hybrid.exchange._exchange
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.info
  - hybrid.exchange._attributes.exchange_group
"""

EXAMPLES = r"""
- name: Count the sign-ins of the last four weeks
  hybrid.exchange.hma_sign_ins:
    scope: server
    days: 28
    run_id: november
  register: counted

- name: Write them down, with pseudonyms
  hybrid.exchange.hma_sign_ins:
    scope: files
    masked: true
    results: "{{ {inventory_hostname: counted} }}"
    run_id: november
  delegate_to: localhost
"""

RETURN = r"""
server:
  description: For O(scope=server), the server that counted.
  returned: success
  type: str
  sample: EX1
complete:
  description: Whether everything that was asked for was counted; for O(scope=files), on every server.
  returned: success
  type: bool
incomplete_because:
  description: For O(scope=server), what the counts lack, and why. Null where they are complete.
  returned: success
  type: str
days:
  description: For O(scope=server) the whole days that were counted, for O(scope=files) those that every server has.
  returned: success
  type: int
people:
  description: For O(scope=server), how many names signed in.
  returned: success
  type: int
requests:
  description: For O(scope=server), how many requests were counted.
  returned: success
  type: int
part:
  description: For O(scope=server) and O(scope=mailboxes), the file on the control node in which the names are.
  returned: success
  type: str
count:
  description: For O(scope=mailboxes), how many mailboxes were read.
  returned: success
  type: int
files:
  description:
    - For O(scope=files), the paths of C(html), the page; of C(json), whose schema is
      C(docs/schemas/sign_ins.schema.json) of the collection, and of C(csv), the same as a table; of C(people) and
      C(people_csv), what follows for each person.
  returned: success
  type: dict
words:
  description: For O(scope=files), what was measured, in a few words.
  returned: success
  type: str
sentence:
  description: For O(scope=files), how many people there are of each kind, in a sentence.
  returned: success
  type: str
kinds:
  description: For O(scope=files), how many people there are of each kind.
  returned: success
  type: dict
incomplete:
  description: For O(scope=files), per server what its counts lack.
  returned: success
  type: list
  elements: str
unfinished:
  description: For O(scope=files), whether O(go_on) has something to go on with.
  returned: success
  type: bool
read:
  description: For O(scope=server) and O(scope=mailboxes), who answered, over which transport and when. Null where
    nothing was asked anew.
  returned: success
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_sign_ins"])
    module.fail_json(
        msg="hma_sign_ins runs as an action plugin on the control node; call it by its full name, "
        "hybrid.exchange.hma_sign_ins."
    )


if __name__ == "__main__":
    main()
