# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each module alone: check predicts, apply does that, again changes nothing, and the way back brings the start back."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.story import PATIENCE, sets
from tests.lab.client import LabClient

EX1, EX2 = "ex1.corp.contoso.test", "ex2.corp.contoso.test"
TENANT = "11111111-aaaa-4bbb-8ccc-000000000001"
GRAPH = {
    name: f"{{{{ hma_{name} }}}}"
    for name in ("tenant_id", "client_id", "client_secret", "authority", "graph_endpoint", "ca_path")
}
STORIES: list[Any] = [
    pytest.param(EX1, "hma_vdir_oauth", {"kinds": ["mapi"]}, {"kinds": ["mapi"], "state": "absent"}, id="mapi"),
    pytest.param(EX2, "hma_vdir_oauth", {"kinds": ["ews"]}, {"kinds": ["ews"], "state": "absent"}, id="ews"),
    pytest.param(
        EX1,
        "hma_vdir_oauth",
        {"server": EX2, "kinds": ["ews"]},
        {"server": EX2, "kinds": ["ews"], "state": "absent"},
        id="through",
    ),
    pytest.param(
        EX1, "hma_vdir_oauth", {"kinds": ["activesync"]}, {"kinds": ["activesync"], "state": "absent"}, id="activesync"
    ),
    pytest.param(
        EX1,
        "hma_orgconfig",
        {"oauth2_client_profile_enabled": True},
        {"oauth2_client_profile_enabled": False},
        id="flag",
    ),
    pytest.param(EX1, "hma_orgconfig", {"mapi_http_enabled": False}, {"mapi_http_enabled": True}, id="mapi_http"),
    pytest.param(
        EX1,
        "hma_authserver",
        {
            "tenant_id": TENANT,
            "default_authorization_endpoint": True,
            "replace_default_authserver": "EvoSTS - old tenant",
        },
        {
            "tenant_id": TENANT.replace("1", "3"),
            "default_authorization_endpoint": True,
            "replace_default_authserver": "EvoSTS",
        },
        id="default_endpoint",
    ),
    pytest.param(
        EX1,
        "hma_authserver",
        {"tenant_id": TENANT, "enabled": False},
        {"tenant_id": TENANT, "enabled": True},
        id="enabled",
    ),
    pytest.param(
        "contoso",
        "hma_spn",
        {**GRAPH, "names": ["new.contoso.test", "mail.contoso.test"]},
        {**GRAPH, "names": ["new.contoso.test"], "state": "absent"},
        id="names",
    ),
]


def call(
    lab: LabClient,
    folder: Path,
    host: str,
    module: str,
    options: dict[str, Any],
    *arguments: str,
    keywords: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Run one task and give back its result."""
    task = {f"hybrid.exchange.{module}": options, "register": "result", "ignore_errors": True, **(keywords or {})}
    show = {"ansible.builtin.debug": {"msg": "RESULT {{ result | to_json }} RESULT"}}
    tenant = {"connection": "local"} if module == "hma_spn" else {}
    path = folder / "task.yml"
    path.write_text(
        yaml.safe_dump([{"hosts": host, "gather_facts": False, "tasks": [task, show], **tenant}]), encoding="utf-8"
    )
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "ANSIBLE_NOCOLOR": "1",
        "HOME": str(folder),
    }
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", str(lab.inventory), str(path), *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60 * PATIENCE, check=False
    )
    match = re.search(r'"msg": "RESULT (.*) RESULT"', done.stdout)
    assert match is not None, done.stdout + done.stderr
    result: dict[str, Any] = json.loads(json.loads(f'"{match[1]}"'))
    return result


def facts_of(result: dict[str, Any]) -> list[dict[str, Any]]:
    """What check mode and apply mode have to say alike of a change."""
    return [
        {key: change[key] for key in ("object", "target", "command", "before", "after")} for change in result["changes"]
    ]


@pytest.mark.parametrize(
    ("host", "module", "there", "back"),
    # One of each module; what else a module can be asked for stands in the long stories.
    [
        case if case.id in ("mapi", "flag", "default_endpoint", "names") else case._replace(marks=[pytest.mark.matrix])
        for case in STORIES
    ],
)
def test_story(
    lab: LabClient, tmp_path: Path, host: str, module: str, there: dict[str, Any], back: dict[str, Any]
) -> None:
    start = sets(lab.state())

    predicted = call(lab, tmp_path, host, module, there, "--check")
    assert predicted["changed"]
    assert predicted["predicted"]
    assert predicted["diff"]
    assert {change["result"] for change in predicted["changes"]} == {"predicted"}
    assert lab.writes() == []
    assert sets(lab.state()) == start

    applied = call(lab, tmp_path, host, module, there)
    assert applied["changed"]
    assert applied["diff"] == predicted["diff"]
    assert {change["result"] for change in applied["changes"]} == {"done"}
    assert facts_of(applied) == facts_of(predicted)
    assert applied.get("commands") == predicted.get("commands")
    assert len(lab.writes()) == len(applied.get("commands", ["PATCH"]))
    assert sets(lab.state()) != start

    lab.clear()
    again = call(lab, tmp_path, host, module, there)
    assert not again["changed"]
    assert again["diff"] == again["changes"] == []
    assert lab.writes() == []

    undone = call(lab, tmp_path, host, module, back)
    assert undone["changed"]
    assert sets(lab.state()) == start


def test_become_on_the_task_is_refused(lab: LabClient, tmp_path: Path) -> None:
    become = {"become": True, "become_method": "runas", "become_user": "SYSTEM"}
    result = call(lab, tmp_path, EX1, "hma_vdir_oauth", {}, keywords=become)
    assert result["failed"]
    assert "become has no meaning here" in result["msg"]
    assert lab.journal("shell") == []


def test_an_unknown_option_is_named(lab: LabClient, tmp_path: Path) -> None:
    result = call(lab, tmp_path, EX1, "hma_orgconfig", {"oauth2_client_profile_enabled": True, "nonsense": 1})
    assert result["failed"]
    assert "nonsense" in result["msg"]
    assert "hma_orgconfig on ex1.corp.contoso.test" in result["msg"]


def test_a_record_that_cannot_be_kept_stops_before_the_first_write(lab: LabClient, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")
    result = call(
        lab,
        tmp_path,
        EX1,
        "hma_orgconfig",
        {"oauth2_client_profile_enabled": True, "record_dir": str(tmp_path / "file")},
    )
    assert result["failed"]
    assert "Without it nothing is changed" in result["msg"]
    assert lab.writes() == []


@pytest.mark.matrix
def test_another_server_of_the_same_connection_is_read(lab: LabClient, tmp_path: Path) -> None:
    result = call(lab, tmp_path, EX1, "hma_info", {"scope": "server", "server": EX2})
    assert {item["identity"].split("\\")[0] for item in result["directories"]} == {"EX2"}
    assert [item["kind"] for item in result["directories"] if not item["oauth"]] == ["ews"]
    missing = call(lab, tmp_path, EX1, "hma_info", {"scope": "server", "server": "nowhere"})
    assert len(missing["unread"]) == 5
    assert missing["directories"] == []


def test_module_defaults_reach_the_group(lab: LabClient, tmp_path: Path) -> None:
    defaults = {
        "module_defaults": {
            "group/hybrid.exchange.exchange": {"exchange_user": "CONTOSO\\nobody", "exchange_password": "wr0ng"}
        }
    }
    result = call(lab, tmp_path, EX1, "hma_info", {"scope": "organization"}, keywords=defaults)
    assert result["failed"]
    assert "the account has no Exchange role" in result["msg"]


@pytest.mark.matrix
def test_secrets_of_tenants_stay_out_of_what_is_said_of_them(lab: LabClient, tmp_path: Path) -> None:
    """Given as a list or as text, right or wrong: what quotes the secret is scrubbed, and the counts that need no
    tenant are made."""
    hidden = "t0p-s3cret-0f-a-tenant"
    sign_in = {"tenant_id": f"typed {hidden} here", "client_id": "a", "client_secret": hidden}
    for given in ([sign_in], [json.dumps(sign_in)]):
        result = call(
            lab, tmp_path, EX1, "hma_info", {"scope": "identity", "domains": ["contoso.test"], "tenants": given}
        )
        assert hidden not in json.dumps(result)
        assert result["identity"]["missing"] is None
        assert [(item["what"], "hma_tenant_id is" in item["reason"]) for item in result["identity"]["unread"]] == [
            ("missing", True)
        ]
        assert result["identity"]["foreign"]["complete"]
    twice = {**sign_in, "managed_identity": True, "cloud": hidden}
    refused = call(
        lab, tmp_path, EX1, "hma_info", {"scope": "identity", "domains": ["contoso.test"], "tenants": [twice]}
    )
    assert refused["failed"]
    assert "found in tenants" in refused["msg"]
    assert hidden not in json.dumps(refused)
