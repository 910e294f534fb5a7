#!/usr/bin/python
# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hma_notify; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hma_notify
short_description: Tell people and collectors what a watch found
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Sends what M(hybrid.exchange.hma_drift) found to a webhook and by mail, and writes it as OpenMetrics text for a
    collector.
  - People are told when something changed, or could not be read any more (O(when)); the metrics are written by every
    run.
  - Names are text of others. In each shape they stand where no markup is read, and each stays in its line.
  - A place that does not take its message stands in the way of no other; the task fails when all were tried.
  - What a message that did not arrive had to say is kept beside the history (C(undelivered.json), mode 0600), and the
    next run tells it, by that way only.
options:
  drift:
    description: The result of M(hybrid.exchange.hma_drift).
    type: dict
    required: true
  when:
    description: When people are told, V(changed) or after every run (V(always)).
    type: str
    choices: [changed, always]
    default: changed
  webhook:
    description:
      - Address that gets the message by POST. Whoever knows it can write there, so it is a secret. No message shows
        more of it than its host.
      - No redirect is followed, and one exchange has to end within O(timeout).
    type: str
  format:
    description:
      - Shape of the message. V(json) is all of it for a program (C(schema) V(hybrid.exchange/watch-event)), V(teams) an
        adaptive card as the workflow I(Send webhook alerts to a channel) takes it, V(slack) blocks of an incoming
        webhook.
    type: str
    choices: [json, teams, slack]
    default: json
  ca_path:
    description: Certificate authorities for the webhook and the mail server. The usual ones by default.
    type: path
  proxy:
    description: Proxy for the webhook. The environment's is not used.
    type: str
  mail_to:
    description: Who gets a mail.
    type: list
    elements: str
    default: []
  mail_from:
    description: Its sender.
    type: str
  mail_server:
    description: The server that takes it, as C(host) or C(host:port). The port is 587, with TLS 465, without it 25.
    type: str
  mail_tls:
    description: How the connection is encrypted. With V(none) no O(mail_user) signs in.
    type: str
    choices: [starttls, tls, none]
    default: starttls
  mail_user:
    description: Who signs in at the mail server.
    type: str
  mail_password:
    description: The password of that account.
    type: str
  metrics_file:
    description:
      - File of OpenMetrics text, as C(/var/lib/node_exporter/hma.prom). It is written beside its place and moved there,
        with mode 0644. Gauges only, which the older text format of Prometheus reads alike.
      - A file that is there and holds something else is left as it is.
    type: path
  timeout:
    description: Seconds that an exchange with the webhook or the mail server may take.
    type: int
    default: 30
attributes:
  check_mode:
    details: In check mode nothing is sent and nothing is written.
extends_documentation_fragment:
  - hybrid.exchange._attributes
  - hybrid.exchange._attributes.info
  - hybrid.exchange._attributes.pure
requirements:
  - requests, for the webhook
notes:
  - C(changed) is always false. A message is no state that is kept.
  - Own routes need no module. The result of M(hybrid.exchange.hma_drift) may go to M(ansible.builtin.uri) or
    C(community.general.mail) as well.
"""

EXAMPLES = r"""
- name: Tell a channel of Teams, and a collector
  hybrid.exchange.hma_notify:
    drift: "{{ drift }}"
    webhook: "{{ vault_teams_webhook }}"
    format: teams
    metrics_file: /var/lib/node_exporter/hma.prom

- name: Send a mail after every run
  hybrid.exchange.hma_notify:
    drift: "{{ drift }}"
    when: always
    mail_to: [exchange-team@contoso.com]
    mail_from: ansible@contoso.com
    mail_server: smtp.contoso.com:587
    mail_user: ansible
    mail_password: "{{ vault_smtp_password }}"
"""

RETURN = r"""
sent:
  description: Where it was told, of V(webhook), V(mail) and V(metrics).
  returned: success
  type: list
  elements: str
not_sent:
  description: What did not arrive, each in one message.
  returned: always
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **SPECS["hma_notify"])
    module.fail_json(
        msg="hma_notify runs as an action plugin on the control node; call it by its full name, "
        "hybrid.exchange.hma_notify."
    )


if __name__ == "__main__":
    main()
