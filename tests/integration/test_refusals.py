# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stops a run: one clear message each, a non-zero exit, no traceback, and not one write of step 5."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

from tests.integration.story import Play, Run, reports, step5
from tests.lab.client import LabClient


def refused(run: Run, lab: LabClient, message: str, *, report: bool = True) -> None:
    assert run.code != 0, run.output
    assert "Traceback" not in run.output
    assert message in run.text, run.output
    assert step5(lab) == []
    if report:
        found = reports(lab)[-1]
        assert found["summary"]["verdict"] in ("not_ready", "unknown"), found["summary"]
        assert found["run"]["stopped"]
        assert found["problems"] or found["summary"]["to_fix"] or found["summary"]["unchecked"]


def edited(lab: LabClient, host: str | None, **variables: Any) -> Path:
    """The lab's inventory with variables of one host (or of all) changed; None takes one away."""
    content = yaml.safe_load(lab.inventory.read_text("utf-8"))
    target = content["all"]["vars"]
    for group in content["all"]["children"].values():
        target = group["hosts"].get(host, target)
    for name, value in variables.items():
        target.pop(name, None)
        if value is not None:
            target[name] = value
    path = lab.folder / "edited.yml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def without(lab: LabClient, host: str) -> Path:
    content = yaml.safe_load(lab.inventory.read_text("utf-8"))
    for group in content["all"]["children"].values():
        group["hosts"].pop(host, None)
    path = lab.folder / "edited.yml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


@pytest.mark.matrix
def test_a_server_that_is_not_covered(lab: LabClient, play: Play) -> None:
    refused(
        play("enable_hma", inventory=without(lab, "ex2.corp.contoso.test")),
        lab,
        "ex2.corp.contoso.test is a client access server, but no host",
    )
    assert lab.writes() == []


@pytest.mark.matrix
@pytest.mark.scenario("powered_off")
def test_a_server_that_is_off(lab: LabClient, play: Play) -> None:
    refused(play("enable_hma"), lab, "HMA-COV-002 ex3.corp.contoso.test")
    assert lab.writes() == []


@pytest.mark.matrix
@pytest.mark.parametrize(
    ("host", "name", "after"),
    [
        pytest.param("EX1", "Get-OrganizationConfig", 0, id="organization", marks=pytest.mark.matrix),
        pytest.param("EX2", "Get-OabVirtualDirectory", 0, id="directories", marks=pytest.mark.long),
        pytest.param("EX4", "Get-AuthServer", 0, id="authserver", marks=pytest.mark.long),
        pytest.param("EX3", "Get-OabVirtualDirectory", 1, id="gate", marks=pytest.mark.long),
        pytest.param("EX4", "Get-ExchangeServer", 2, id="enable", marks=pytest.mark.long),
    ],
)
@pytest.mark.scenario("compliant")
def test_a_connection_that_breaks_at_a_read(lab: LabClient, play: Play, host: str, name: str, after: int) -> None:
    lab.fault(at="cmdlet", action="die_before", host=host, name=name, after=after)
    run = play("enable_hma")
    refused(run, lab, "connection")


def test_a_read_that_breaks_once_is_repeated(lab: LabClient, play: Play) -> None:
    lab.fault(at="cmdlet", action="die_before", name="Get-OabVirtualDirectory", host="EX2", count=1)
    assert play("prepare_vdirs").code == 0


@pytest.mark.matrix
@pytest.mark.scenario("two_organizations")
def test_two_organizations(lab: LabClient, play: Play) -> None:
    refused(play("enable_hma"), lab, "One run is one organization")
    assert lab.writes() == []


@pytest.mark.long
@pytest.mark.scenario("mapi_empty")
def test_an_empty_mapi_list(lab: LabClient, play: Play) -> None:
    refused(play("enable_hma"), lab, "IISAuthenticationMethods is empty")
    done = play("enable_hma", hma_vdir_mapi_empty="default")
    assert done.code == 0, done.output


@pytest.mark.parametrize(
    ("scenario", "message"),
    [
        pytest.param(
            "authserver_missing",
            "No AuthServer of Type AzureAD trusts tenant",
            marks=[pytest.mark.scenario("authserver_missing"), pytest.mark.matrix],
        ),
        pytest.param(
            "authserver_disabled",
            "AuthServer 'EvoSTS' is disabled",
            marks=[pytest.mark.scenario("authserver_disabled"), pytest.mark.long],
        ),
        pytest.param(
            "authserver_duplicate",
            "has 2 AuthServer objects",
            marks=[pytest.mark.scenario("authserver_duplicate"), pytest.mark.matrix],
        ),
        pytest.param("certificate_expired", "HMA-CERT-001", marks=pytest.mark.scenario("certificate_expired")),
        pytest.param("mapi_http_off", "HMA-MAPI-001", marks=[pytest.mark.scenario("mapi_http_off"), pytest.mark.long]),
        pytest.param("exchange2010", "HMA-ORG-002", marks=[pytest.mark.scenario("exchange2010"), pytest.mark.long]),
        pytest.param("single_label", "HMA-NAME-001", marks=[pytest.mark.scenario("single_label"), pytest.mark.long]),
    ],
)
def test_prerequisites(lab: LabClient, play: Play, scenario: str, message: str) -> None:
    refused(play("enable_hma"), lab, message)
    assert lab.writes() == []


@pytest.mark.matrix
def test_another_default_that_was_not_named(lab: LabClient, play: Play) -> None:
    run = play("enable_hma", inventory=edited(lab, None, hma_replace_default_authserver=None))
    refused(run, lab, "'EvoSTS - old tenant' (Type AzureAD, realm 33333333")
    assert lab.writes() == []


@pytest.mark.matrix
def test_default_tenant_missing(lab: LabClient, play: Play) -> None:
    refused(
        play("enable_hma", inventory=edited(lab, None, hma_default_tenant=None)),
        lab,
        "Set hma_default_tenant to the tenant id",
    )
    assert lab.writes() == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("--limit", "ex1*"),
        pytest.param(("--tags", "enable"), marks=pytest.mark.matrix),
        pytest.param(("--skip-tags", "vdir"), marks=pytest.mark.matrix),
        pytest.param(("-e", "awx_workflow_job_name=enable awx_job_template_name=enable"), marks=pytest.mark.matrix),
    ],
)
def test_a_run_that_is_incomplete_because(lab: LabClient, play: Play, arguments: tuple[str, ...]) -> None:
    refused(play("enable_hma", *arguments), lab, "enable_hma switches an organization on", report=False)
    assert lab.writes() == []


@pytest.mark.matrix
def test_tags_that_skip_what_always_runs(lab: LabClient, play: Play) -> None:
    run = play("enable_hma", "--skip-tags", "always")
    assert run.code != 0
    assert step5(lab) == []


@pytest.mark.long
@pytest.mark.scenario("graph_readonly")
def test_read_only_application(lab: LabClient, play: Play, tmp_path: Path) -> None:
    """Modes verify and handoff read only; what is missing stops step 5; the script adds what is missing."""
    refused(play("enable_hma"), lab, "HMA-SPN-001")
    assert [item for item in lab.writes() if item["kind"] == "graph"] == []
    script = (tmp_path / "hma_handoff" / "register-spns-22222222-aaaa-4bbb-8ccc-000000000002.ps1").read_text("utf-8")
    assert "'https://eas.contoso.test/'" in script
    assert "Update-MgServicePrincipal" in script
    refused(
        play("enable_hma", inventory=edited(lab, "contoso", hma_spn_mode="apply")), lab, "Application.ReadWrite.All"
    )


@pytest.mark.matrix
def test_graph_list_without_its_own_id(lab: LabClient, play: Play) -> None:
    lab.change(["tenants", 0, "service_principals", 0, "names"], ["https://mail.contoso.test/"])
    refused(play("enable_hma"), lab, "without its own application id")
    assert [item for item in lab.writes() if item["kind"] == "graph" and item["tenant"].startswith("1111")] == []


@pytest.mark.matrix
@pytest.mark.scenario("ticket_without_password")
def test_a_connection_without_password(lab: LabClient, play: Play) -> None:
    refused(play("enable_hma"), lab, "double hop")
    assert lab.writes() == []
    user = {"exchange_user": "CONTOSO\\hma", "exchange_password": 'Pa$$w0rd\'s "secret"'}
    done = play("enable_hma", **user)
    assert done.code == 0, done.output


@pytest.mark.parametrize(
    ("host", "variables", "message"),
    [
        ("contoso", {"hma_tenant_id": ""}, "hma_tenant_id is ''"),
        pytest.param(
            "contoso", {"hma_tenant_domain": "contoso"}, "hma_tenant_domain is 'contoso'", marks=pytest.mark.matrix
        ),
        pytest.param("contoso", {"hma_client_secret": "wr0ng-s3cret"}, "AADSTS7000215", marks=pytest.mark.matrix),
        pytest.param("contoso", {"hma_client_secret": None}, "no way to sign in", marks=pytest.mark.long),
        pytest.param("contoso", {"hma_cloud": "moon"}, "cloud", marks=pytest.mark.long),
        pytest.param("contoso", {"hma_ca_path": None}, "certificate is not trusted here", marks=pytest.mark.matrix),
        pytest.param("contoso", {"hma_validate_certs": "perhaps"}, "validate_certs", marks=pytest.mark.long),
        pytest.param(
            "fabrikam",
            {"hma_certificate_path": "/nowhere.pem"},
            "hma_certificate_path /nowhere.pem cannot be read",
            marks=pytest.mark.matrix,
        ),
        pytest.param(
            None,
            {"hma_spn_extra_names": ["http://mail.contoso.test/"]},
            "hma_spn_extra_names",
            marks=pytest.mark.matrix,
        ),
        pytest.param(None, {"hma_spn_extra_names": ["*.contoso.test"]}, "wildcard", marks=pytest.mark.long),
        pytest.param(
            None,
            {"hma_spn_extra_names": ["https://mail.contoso.test/EWS"]},
            "Write the host alone",
            marks=pytest.mark.matrix,
        ),
        pytest.param(None, {"hma_vdir_kinds": ["mapi", "pop"]}, "pop", marks=pytest.mark.long),
        pytest.param(None, {"hma_servers_excluded": [{"name": "EX1"}]}, "reason", marks=pytest.mark.long),
        pytest.param(
            "ex1.corp.contoso.test", {"ansible_password": "wr0ng-s3cret"}, "rejected", marks=pytest.mark.matrix
        ),
        pytest.param(
            "ex1.corp.contoso.test",
            {"ansible_winrm_ca_trust_path": "legacy_requests"},
            "not trusted here",
            marks=pytest.mark.matrix,
        ),
    ],
)
def test_bad_input(lab: LabClient, play: Play, host: str | None, variables: dict[str, Any], message: str) -> None:
    run = play(
        "enable_hma",
        "-vv",
        inventory=edited(lab, host, **variables),
        env={"REQUESTS_CA_BUNDLE": "", "CURL_CA_BUNDLE": ""},
    )
    # What the variables themselves say is refused before there is anything to report.
    refused(run, lab, message, report="did not begin" not in run.text)
    assert "wr0ng-s3cret" not in run.output
    # Who cannot sign in to one tenant writes nowhere, to the other one neither.
    assert host not in ("contoso", "fabrikam") or lab.writes() == []


@pytest.mark.matrix
@pytest.mark.scenario("certificate_of_the_application_expired")
def test_an_expired_certificate_of_the_application(lab: LabClient, play: Play) -> None:
    refused(play("enable_hma"), lab, "Make a new one, register it with the application")


@pytest.mark.long
def test_values_from_a_vault(lab: LabClient, play: Play, tmp_path: Path) -> None:
    secret = VaultSecret(b"vault password")
    (tmp_path / "password").write_bytes(b"vault password")
    lines = ["---"]
    for name, value in (("hma_client_secret", "sEcr3t~contoso&=%"), ("hma_tenant_domain", "contoso.onmicrosoft.com")):
        text = VaultLib([("default", secret)]).encrypt(value, secret).decode("ascii")
        lines += [f"{name}: !vault |", *(f"  {line}" for line in text.splitlines())]
    (tmp_path / "vaulted.yml").write_text("\n".join(lines) + "\n", encoding="ascii")
    inventory = edited(lab, "contoso", hma_client_secret=None, hma_tenant_domain=None)
    content = yaml.safe_load(inventory.read_text("utf-8"))
    del content["all"]["children"]["entra_tenants"]["hosts"]["fabrikam"]
    inventory.write_text(yaml.safe_dump(content), encoding="utf-8")
    arguments = ["-vvvvv", "--vault-password-file", str(tmp_path / "password"), "-e", f"@{tmp_path / 'vaulted.yml'}"]
    run = play("enable_hma", *arguments, inventory=inventory)
    assert run.code == 0, run.output[-3000:]
    assert "sEcr3t~contoso&=%" not in run.output
    run = play("enable_hma", *arguments[:1], *arguments[3:], inventory=inventory)
    assert run.code != 0


@pytest.mark.matrix
def test_a_wrong_secret_is_shown_nowhere(lab: LabClient, play: Play) -> None:
    """Not by us, and not by the connection plugin or msal either, however much they are asked to say."""
    run = play("enable_hma", "-vvvvv", inventory=edited(lab, "contoso", hma_client_secret="wr0ng-s3cret"))
    assert run.code != 0
    assert "wr0ng-s3cret" not in run.output
    assert "sEcr3t~contoso&=%" not in run.output


@pytest.mark.matrix
def test_exchange_refuses_the_account(lab: LabClient, play: Play) -> None:
    run = play("enable_hma", exchange_user="CONTOSO\\nobody", exchange_password="wr0ng-s3cret")
    refused(run, lab, "check exchange_user and exchange_password")
    assert "wr0ng-s3cret" not in run.output


@pytest.mark.matrix
def test_environment_does_not_win(lab: LabClient, play: Play) -> None:
    """TLS and proxy come from the options; what the shell happens to export changes nothing for Entra and Graph."""
    bundle = str(lab.folder / "nothing.pem")
    Path(bundle).write_text("", encoding="ascii")
    run = play(
        "register_spns",
        env={"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "", "no_proxy": "", "CURL_CA_BUNDLE": ""},
        inventory=_no_winrm_proxy(lab),
    )
    assert run.code == 0, run.output


def _no_winrm_proxy(lab: LabClient) -> Path:
    content = yaml.safe_load(lab.inventory.read_text("utf-8"))
    for host in content["all"]["children"]["exchange_servers"]["hosts"].values():
        host["ansible_winrm_proxy"] = ""
    path = lab.folder / "edited.yml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


@pytest.mark.matrix
def test_become_on_the_task_and_from_the_configuration(lab: LabClient, play: Play) -> None:
    run = play(
        "prepare_vdirs",
        env={"ANSIBLE_BECOME": "true", "ANSIBLE_BECOME_METHOD": "runas", "ANSIBLE_BECOME_USER": "SYSTEM"},
    )
    assert run.code == 0, run.output
    assert "become is ignored" in run.text


PLAYBOOKS = ("register_spns", "verify_hma", "prepare_vdirs", "disable_hma", "audit_hma")


@pytest.mark.parametrize(
    "playbook", ["enable_hma", "restore_hma", *(pytest.param(name, marks=pytest.mark.matrix) for name in PLAYBOOKS)]
)
def test_an_inventory_without_the_groups(lab: LabClient, play: Play, playbook: str) -> None:
    """The inventory is of another purpose, or its groups have other names."""
    path = lab.folder / "other.yml"
    path.write_text("all: {hosts: {ex1.corp.contoso.test: }}\n", encoding="utf-8")
    record = {"hma_restore_record": "hma_records/RUN_ID"} if playbook == "restore_hma" else {}
    run = play(playbook, inventory=path, **record)
    assert run.code != 0
    assert "Traceback" not in run.output
    assert "has no attribute" not in run.output
    wanted = (
        "the inventory has no host in the group of the Exchange servers"
        if playbook == "audit_hma"
        else "0 hosts in the group exchange_servers"
    )
    assert wanted in run.text, run.output
    assert lab.journal() == []
