# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The steps of a run, and the names of the registered variables that hold their results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

CONTROL_NODE: Final = "localhost"
SWITCH: Final = "Step 5, enable"
SWITCH_WRITES: Final = "Step 5, default authorization endpoint and modern authentication"
SERVERS: Final = "servers"
TENANTS: Final = "tenants"
# The result is kept on one host: the control node, or the server that the step ran on.
ONE: Final = "one"


@dataclass(frozen=True)
class Step:
    """A step of a run: its name in the report, and where its result is.

    ``shown``: the host that is named for it. ``back``: a step of a way back, whose end judges what failed in it.
    """

    name: str
    of: str
    result: str
    shown: str = ""
    back: bool = False


STEPS: Final = (
    Step("Reach the servers", SERVERS, "hma_host_read"),
    Step("Read the organization on the first server", ONE, "hma_first_read"),
    Step("Read the organization", ONE, "hma_organization_read", "organization"),
    Step("Step 1, who each host is", ONE, "hma_hosts_result"),
    Step("Step 1, the names to register", ONE, "hma_names_result"),
    Step("Step 1, prerequisites", ONE, "hma_preflight_result"),
    Step("Step 2, judge every tenant", ONE, "hma_tenants_result"),
    Step("Step 2, client URLs as service principal names", TENANTS, "hma_spn_result"),
    Step("Step 3, OAuth on the virtual directories", SERVERS, "hma_vdir_result"),
    Step("Step 4, server-to-server OAuth before it", ONE, "hma_oauth_before"),
    Step("Step 4, the EvoSTS AuthServer of each tenant", ONE, "hma_authserver_result"),
    Step("Step 4, server-to-server OAuth after it", ONE, "hma_oauth_after"),
    Step("Step 5, every domain controller sees the same", ONE, "hma_replication_result"),
    Step("Step 5, read every server again", SERVERS, "hma_gate_server"),
    Step("Step 5, read every tenant again", TENANTS, "hma_gate_tenant"),
    Step("Step 5, read the organization again", ONE, "hma_enable_organization"),
    Step("Step 5, judge", ONE, "hma_enable_gate"),
    Step(SWITCH_WRITES, ONE, "hma_enable_result"),
    Step("Step 6, read the organization back", ONE, "hma_verify_organization"),
    Step("Step 6, ask what clients are offered", ONE, "hma_verify_probe", CONTROL_NODE),
    Step("Step 6, verify", ONE, "hma_verify_result"),
    Step("Outlook on the web, read administrators and URLs", ONE, "hma_web_read", "administrators"),
    Step("Outlook on the web, read every server", SERVERS, "hma_web_server_read"),
    Step("Outlook on the web, read reply URLs", TENANTS, "hma_reply_urls_read"),
    Step("Outlook on the web, judge", ONE, "hma_owa_gate"),
    Step("Outlook on the web, reply URLs", TENANTS, "hma_reply_urls_result"),
    Step("Outlook on the web, overrides", ONE, "hma_owa_override_result"),
    Step("Outlook on the web, forms once more", SERVERS, "hma_owa_forms_result"),
    Step("Outlook on the web, sign-in at Entra", SERVERS, "hma_owa_result"),
    Step("Outlook on the web, where people are sent", SERVERS, "hma_owa_look"),
    Step("Outlook on the web, put back", SERVERS, "hma_owa_put_back"),
    Step("Measure, count on every server", SERVERS, "hma_sign_ins_read"),
    Step("Measure, write the result", ONE, "hma_sign_ins_result", CONTROL_NODE),
    Step("Waves, who is in it", ONE, "hma_wave_result"),
    Step("Waves, policy of the exceptions", ONE, "hma_wave_exceptions_policy"),
    Step("Waves, exceptions", ONE, "hma_wave_exceptions"),
    Step("Waves, policy", ONE, "hma_wave_policy"),
    Step("Waves, people", ONE, "hma_wave_people"),
    Step("Waves, the organization's default", ONE, "hma_wave_default"),
    Step("Switch off", SERVERS, "hma_disable_result", back=True),
    Step("Back: authentication policies", ONE, "hma_restored_policies", back=True),
    Step("Back: Outlook on the web and the admin center", SERVERS, "hma_restored_sign_in", back=True),
    Step("Back: setting overrides", ONE, "hma_restored_overrides", back=True),
    Step("Back: organization and AuthServer objects", ONE, "hma_restored_organization", back=True),
    Step("Back: organization, before it failed", ONE, "hma_restored_organization_part", back=True),
    # The result of the task itself is that of whichever part ran last.
    Step("Back: virtual directories", SERVERS, "hma_restored_directories", back=True),
    Step("Back: service principal names, given back", TENANTS, "hma_restore_tenant_back", back=True),
    Step("Back: service principal names, taken away", TENANTS, "hma_restore_tenant_result", back=True),
)
