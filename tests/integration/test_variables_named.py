# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user wrote is what a message names: variables of every host, of its connection, and the rules for checks."""

from __future__ import annotations

import pytest
import yaml

from tests.integration.story import Play, step5
from tests.integration.test_settings_of_a_run import refused_at_once, set_at
from tests.lab.client import LabClient

WRONG = {
    "hma_policy": ["HMA-SSL-001"],
    "hma_servers_excluded": [{"nmae": "EX1", "reason": "gone"}],
    "hma_unsynced_accepted": {"count": 3},
    "hma_probe_connect_to": {"mail.contoso.test": "https://10.0.0.1"},
    "hma_probe_identities": ["somebody"],
    "hma_report_formats": None,
    "hma_probe_dealine": 7,
}


@pytest.mark.scenario("single")
def test_every_message_names_what_the_user_wrote(lab: LabClient, play: Play) -> None:
    """Real values of the inventory, which ansible-core tags; a connection whose template fails; all in one message."""
    inventory = set_at(lab, "all", **WRONG)
    content = yaml.safe_load(inventory.read_text("utf-8"))
    servers = content["all"]["children"]["exchange_servers"]
    (first,) = servers["hosts"]
    servers["hosts"][first]["ansible_password"] = "{{ vault_hma }}"
    inventory.write_text(yaml.safe_dump(content), encoding="utf-8")
    run = play("enable_hma", inventory=inventory)
    refused_at_once(
        run,
        lab,
        f"ansible_password cannot be read: 'vault_hma' is undefined (at {first}).",
        "hma_policy is ['HMA-SSL-001'] (a list); expected a dictionary (for every host).",
        "hma_servers_excluded, item 1, has 'nmae', which is not known there; did you mean name?",
        "hma_unsynced_accepted is {'count': 3} (a dictionary); expected a whole number from 0 to 10000000",
        "hma_probe_connect_to, 'mail.contoso.test', is 'https://10.0.0.1' (text); expected an address, as host",
        "hma_probe_identities, item 1, is 'somebody' (text); expected the address of a mailbox",
        "hma_report_formats has no value; expected a list of one of html, json, junit",
        "hma_probe_dealine is no variable of hybrid.exchange (for every host). Did you mean hma_probe_deadline?",
    )
    assert not [word for word in ("hma_preflight_", "_Ansible", "<class", "argument") if word in run.text]


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_rules_that_mean_nothing_are_refused_in_the_first_task(lab: LabClient, play: Play) -> None:
    """The gate of step 1 met them, after every server and tenant had been read."""
    run = play("enable_hma", hma_policy={"HMA-SSL-01": {"enabled": False}})
    refused_at_once(run, lab, "hma_policy: there is no check 'HMA-SSL-01'. Did you mean HMA-SSL-001?")


@pytest.mark.matrix
@pytest.mark.scenario("compliant")
def test_a_connection_without_a_password_does_not_stop_the_way_out(lab: LabClient, play: Play) -> None:
    """The first server could not be asked; another one switches off, and the first one is asked about by name."""
    first = next(iter(yaml.safe_load(lab.inventory.read_text("utf-8"))["all"]["children"]["exchange_servers"]["hosts"]))
    run = play("disable_hma", inventory=set_at(lab, first, ansible_password="{{ vault_hma }}"), hma_probe_deadline=0)
    assert "ansible_password cannot be read: 'vault_hma' is undefined" in run.text
    assert "Modern authentication is off." in run.text, run.output
    assert step5(lab)
    assert not lab.state()["organizations"][0]["config"][0]["OAuth2ClientProfileEnabled"]
