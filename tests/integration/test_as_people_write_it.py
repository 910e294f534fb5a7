# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An inventory as people write it: capitals, blanks behind commas, words for true and false, empty answers of a survey,
a server under a name of its own, and the control node as the host of the only tenant."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.integration.story import Play, reports
from tests.lab.client import LabClient


def written(lab: LabClient) -> Path:
    content = yaml.safe_load(lab.inventory.read_text("utf-8"))
    groups = content["all"]["children"]
    ((_host, server),) = groups["exchange_servers"]["hosts"].items()
    ((_name, tenant),) = groups["entra_tenants"]["hosts"].items()
    for name in ("hma_tenant_id", "hma_tenant_domain"):
        tenant[name] = tenant[name].upper()
    tenant |= {
        "hma_managed_identity": "no",
        "hma_certificate_path": "",
        "hma_validate_certs": "Yes",
        "hma_graph_endpoint": f"{tenant['hma_graph_endpoint']}/",
        "hma_authority": f"{tenant['hma_authority']}/",
    }
    groups["exchange_servers"]["hosts"] = {"EX-Eins": server}
    groups["entra_tenants"]["hosts"] = {"localhost": tenant}
    content["all"]["vars"] |= {
        "hma_spn_extra_names": "Autodiscover.Contoso.TEST., https://LEGACY.contoso.test/",
        "hma_default_tenant": tenant["hma_tenant_id"].lower(),
        "hma_identity_entra": "n",
        "hma_report_formats": "html, json, junit",
        "hma_oauth_mailbox": "",
        "hma_probe_from": "",
        "hma_replace_default_authserver": "",
    }
    path = lab.folder / "written.yml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_it_is_what_they_mean(lab: LabClient, play: Play) -> None:
    inventory = written(lab)
    run = play("enable_hma", inventory=inventory)
    assert run.code == 0, run.output
    (report,) = reports(lab)
    assert report["problems"] == []
    (names,) = [item["body"]["servicePrincipalNames"] for item in lab.writes() if "body" in item]
    assert {"https://legacy.contoso.test/", "https://autodiscover.contoso.test/"} <= set(names)
    for playbook in ("disable_hma", "restore_hma"):
        run = play(playbook, inventory=inventory, hma_restore_record=f"{lab.folder}/records/{report['run']['id']}")
        assert run.code == 0, run.output
    last = [item["body"]["servicePrincipalNames"] for item in lab.writes() if "body" in item][-1]
    assert "https://legacy.contoso.test/" not in last
