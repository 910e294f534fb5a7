# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin exchange_servers: by ansible-inventory and in a play, from the server and from its cache."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.story import Play
from tests.integration.test_discover import EX1, in_dns, sign_in
from tests.lab.client import LabClient

PASSWORD = "HMA_TEST_PASSWORD"
MORE: dict[str, Any] = {
    "tenants": True,
    "strict": True,
    "keyed_groups": [{"prefix": "exchange", "key": "msexch_product"}, {"prefix": "site", "key": "msexch_site"}],
    "groups": {"old": "msexch_product == '2016'"},
    "compose": {"short_name": "msexch_name | lower"},
}


def source(lab: LabClient, folder: Path, **more: Any) -> Path:
    # Every server is reached by its own name, so that none signs in by another one.
    own = {name: value for name, value in sign_in(lab).items() if not name.endswith("_hostname_override")}
    connection = {**own, "ansible_password": f"{{{{ lookup('ansible.builtin.env', '{PASSWORD}') }}}}"}
    content = {"plugin": "hybrid.exchange.exchange_servers", "server": EX1, "connection": connection, **more}
    path = folder / "lab.exchange_servers.yml"
    path.write_text(yaml.safe_dump(content), "utf-8")
    return path


def environment(lab: LabClient, folder: Path) -> dict[str, str]:
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
        "ANSIBLE_NOCOLOR": "1",
        PASSWORD: sign_in(lab)["ansible_password"],
        **in_dns(lab),
    }


def listed(lab: LabClient, folder: Path, path: Path, **more: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("ansible-inventory")), "-i", str(path), "--list"]
    return subprocess.run(
        command, capture_output=True, text=True, env={**environment(lab, folder), **more}, check=False, timeout=120
    )


@pytest.mark.scenario("six_servers")
def test_servers_and_tenants_with_groups_and_from_the_cache(lab: LabClient, tmp_path: Path) -> None:
    cache = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path / "cache")}
    path = source(lab, tmp_path, **MORE, **cache)
    run = listed(lab, tmp_path, path)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    servers = [f"ex{number}.corp.contoso.test" for number in (1, 2, 3, 4, 5, 6, 9)]
    assert found["exchange_servers"]["hosts"] == servers
    assert found["entra_tenants"]["hosts"] == ["contoso", "fabrikam"]
    assert (found["old"]["hosts"], found["exchange_SE"]["hosts"]) == ([EX1], ["ex4.corp.contoso.test"])
    assert found["site_Main"]["hosts"] == servers
    # What an organization says of itself is no template, and is marked so.
    assert found["_meta"]["hostvars"][EX1]["msexch_name"] == {"__ansible_unsafe": "EX1"}
    variables = json.loads(run.stdout, object_hook=lambda item: item.get("__ansible_unsafe", item))["_meta"]["hostvars"]
    assert variables[EX1]["msexch_label"] == "Exchange Server 2016 CU23 (15.1.2507.6)"
    assert variables[EX1]["short_name"] == "ex1"
    assert variables["fabrikam"]["hma_tenant_domain"] == "fabrikam.onmicrosoft.com"
    assert sign_in(lab)["ansible_password"] not in run.stdout + run.stderr
    assert lab.writes() == []
    assert len(lab.journal("shell")) == 1

    again = listed(lab, tmp_path, path)
    assert json.loads(again.stdout) == found
    assert len(lab.journal("shell")) == 1
    assert not any(
        sign_in(lab)["ansible_password"] in file.read_text("utf-8") for file in (tmp_path / "cache").iterdir()
    )

    refused = listed(lab, tmp_path, source(lab, tmp_path), **{PASSWORD: "wr0ng-s3cret"})
    assert "name, password or ticket was refused" in " ".join(refused.stderr.split())
    assert "wr0ng-s3cret" not in refused.stderr + refused.stdout
    assert "Traceback" not in refused.stderr


@pytest.mark.matrix
@pytest.mark.parametrize(
    "way", [pytest.param(way, marks=pytest.mark.connection(way)) for way in ("psrp", "exchange", "ntlm-http")]
)
def test_a_play_runs_over_what_it_lists(lab: LabClient, play: Play, tmp_path: Path, way: str) -> None:
    path = source(lab, tmp_path, keyed_groups=MORE["keyed_groups"])
    text = (
        "- hosts: exchange_2019\n  gather_facts: false\n  tasks:\n"
        "    - hybrid.exchange.hma_info: {scope: host}\n      register: it\n"
        "    - ansible.builtin.assert: {that: it.server == inventory_hostname}\n"
    )
    (tmp_path / "play.yml").write_text(text, "utf-8")
    run = play(str(tmp_path / "play.yml"), inventory=path, env=environment(lab, tmp_path))
    assert run.code == 0, run.output
    assert run.output.count("All assertions passed") == 2


WRONG = {
    "connection": ({"connection": {"ansible_connection": "ssh"}}, "ansible_connection is ssh; an Exchange server is"),
    "template": ({"connection": {"ansible_connection": "winrm", "x": "{{ nobody }}"}}, "connection cannot be read"),
    "server": ({"server": None}, "server"),
}


# One of them is enough to see how a source is refused; the others are for the long run.
@pytest.mark.parametrize(
    ("changes", "message"),
    [pytest.param(*WRONG[name], id=name, marks=[] if name == "connection" else pytest.mark.matrix) for name in WRONG],
)
def test_a_source_that_is_wrong_is_one_message(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    content = {"plugin": "hybrid.exchange.exchange_servers", "server": EX1, "connection": {}, **changes}
    path = tmp_path / "exchange_servers.yml"
    path.write_text(yaml.safe_dump({key: value for key, value in content.items() if value is not None}), "utf-8")
    command = [str(Path(sys.executable).with_name("ansible-inventory")), "-i", str(path), "--list"]
    run = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "HOME": str(tmp_path), "ANSIBLE_NOCOLOR": "1"},
    )  # fmt: skip
    assert message in " ".join(run.stderr.split())
    assert "Traceback" not in run.stderr
