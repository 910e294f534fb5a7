# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The PowerShell remoting endpoints with their real client, pypsrp."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from pypsrp.complex_objects import PSInvocationState
from pypsrp.exceptions import AuthenticationError, WSManFaultError
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan

from tests.lab.client import LabClient, running
from tests.unit.lab.pipelines import ended

EXCHANGE, POWERSHELL = ("PowerShell", "Microsoft.Exchange"), ("wsman", "Microsoft.PowerShell")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabClient]:
    with running("default", tmp_path_factory.mktemp("lab")) as started:
        yield started


@pytest.fixture(autouse=True)
def fresh(lab: LabClient) -> None:
    lab.reset()


def pool(
    lab: LabClient, where: tuple[str, str], host: str = "ex1", user: str = "CONTOSO\\hma", **options: Any
) -> RunspacePool:
    hosts = yaml.safe_load(lab.inventory.read_text("utf-8"))["all"]["children"]["exchange_servers"]["hosts"]
    users = {"CONTOSO\\viewer": "l00k-0nly", "CONTOSO\\nobody": "wr0ng"}
    # pypsrp's annotation leaves out that it may be a path.
    bundle: Any = str(lab.folder / "ca.pem")
    connection = WSMan(
        "127.0.0.1",
        port=hosts[f"{host}.corp.contoso.test"]["ansible_port"],
        path=where[0],
        auth="basic" if where is EXCHANGE else "negotiate",
        username=user,
        password=options.get("password", users.get(user, hosts["ex1.corp.contoso.test"]["ansible_password"])),
        cert_validation=bundle,
    )
    return RunspacePool(connection, configuration_name=options.get("configuration", where[1]))


def run(runspace: RunspacePool, cmdlet: str, **parameters: Any) -> PowerShell:
    pipeline = PowerShell(runspace)
    pipeline.add_cmdlet(cmdlet).add_parameters(parameters)
    pipeline.invoke()
    return ended(pipeline)


def test_objects_have_exchange_s_own_types(lab: LabClient) -> None:
    with pool(lab, EXCHANGE) as runspace:
        found = run(runspace, "Get-WebServicesVirtualDirectory", Server="EX1").output
    assert [str(item) for item in found] == ["EX1\\EWS (Default Web Site)"]
    assert found[0].types[0] == "Microsoft.Exchange.Data.Directory.SystemConfiguration.ADWebServicesVirtualDirectory"
    own = found[0].adapted_properties
    # What trips a client: a list is no list, and its text is the XML of one.
    assert own["InternalAuthenticationMethods"].property_sets == [
        "<LST><S>Ntlm</S><S>WindowsIntegrated</S><S>WSSecurity</S><S>OAuth</S></LST>"
    ]
    assert own["OAuthAuthentication"] is True
    assert own["InternalUrl"] == "https://mail.corp.contoso.test/EWS/Exchange.asmx"
    assert own["WhenChangedUTC"].startswith("2026-01-31T22:15:07")
    assert type(own["Guid"]).__name__ == "UUID"


def test_what_is_set_is_read_in_the_same_shell_and_in_another(lab: LabClient) -> None:
    with pool(lab, EXCHANGE) as runspace:
        warned = run(
            runspace, "Set-OabVirtualDirectory", Identity="EX1\\OAB (Default Web Site)", OAuthAuthentication=True
        )
        assert [item.message for item in warned.streams.warning] == [
            "The command completed successfully but no settings of 'EX1\\OAB (Default Web Site)' have been modified."
        ]
        run(
            runspace,
            "Set-MapiVirtualDirectory",
            Identity="EX1\\mapi (Default Web Site)",
            IISAuthenticationMethods=["Ntlm", "OAuth"],
        )
    with pool(lab, EXCHANGE, "ex2") as runspace:
        found = run(runspace, "Get-MapiVirtualDirectory", Server="EX1").output[0]
    assert found.adapted_properties["IISAuthenticationMethods"].property_sets == ["<LST><S>Ntlm</S><S>OAuth</S></LST>"]


def test_script_text_is_refused(lab: LabClient) -> None:
    with pool(lab, EXCHANGE) as runspace:
        pipeline = PowerShell(runspace)
        pipeline.add_script("Get-OrganizationConfig")
        pipeline.invoke()
    assert pipeline.state == PSInvocationState.FAILED
    assert pipeline.streams.error[0].fq_error == "ScriptsNotAllowed"
    assert "no-language mode" in str(pipeline.streams.error[0])


def test_what_never_began_ends_the_pipeline_and_what_failed_is_a_record(lab: LabClient) -> None:
    with pool(lab, EXCHANGE) as runspace:
        unknown = run(runspace, "Get-Nonsense")
        parameter = run(runspace, "Get-AuthServer", Nonsense="x")
        missing = run(runspace, "Get-AuthServer", Identity="nobody")
    assert [item.state for item in (unknown, parameter, missing)] == [
        PSInvocationState.FAILED,
        PSInvocationState.FAILED,
        PSInvocationState.COMPLETED,
    ]
    assert unknown.streams.error[0].fq_error == "CommandNotFoundException"
    assert parameter.streams.error[0].fq_error == "NamedParameterNotFound,Get-AuthServer"
    assert missing.streams.error[0].reason == "ManagementObjectNotFoundException"
    assert not missing.had_errors


def test_roles_hide_cmdlets_per_user(lab: LabClient) -> None:
    with pool(lab, EXCHANGE, user="CONTOSO\\viewer") as runspace:
        assert run(runspace, "Get-OrganizationConfig").output
        assert (
            run(runspace, "Set-OrganizationConfig", OAuth2ClientProfileEnabled=True).streams.error[0].fq_error
            == "CommandNotFoundException"
        )
    with pytest.raises(WSManFaultError, match="isn't assigned to any management roles"):
        pool(lab, EXCHANGE, user="CONTOSO\\nobody").open()


def test_a_wrong_password(lab: LabClient) -> None:
    with pytest.raises(AuthenticationError):
        pool(lab, EXCHANGE, password="wrong").open()


@pytest.mark.parametrize("where", [("wsman", "Microsoft.Exchange"), ("PowerShell", "Microsoft.PowerShell")])
def test_a_configuration_is_at_its_own_path_only(lab: LabClient, where: tuple[str, str]) -> None:
    with pytest.raises(WSManFaultError) as caught:
        pool(lab, EXCHANGE if where[0] == "PowerShell" else POWERSHELL, configuration=where[1]).open()
    assert caught.value.code == 2150858811


def test_windows_powershell_runs_the_product_s_script_alone(lab: LabClient) -> None:
    with pool(lab, POWERSHELL) as runspace:
        pipeline = PowerShell(runspace)
        pipeline.add_script("Get-ChildItem")
        # pypsrp's annotation leaves lists out.
        lines: Any = ["{}", "x"]
        pipeline.invoke(lines)
    assert pipeline.output == []
    assert "no other script" in str(pipeline.streams.error[0])


def test_a_big_parameter_comes_in_fragments_and_a_big_answer_goes_in_pieces(lab: LabClient) -> None:
    with pool(lab, EXCHANGE) as runspace:
        long = [f"host{number}.contoso.test" for number in range(40000)]
        guid = run(runspace, "Get-AuthServer", Identity="EvoSTS").output[0].adapted_properties["Guid"]
        lab.clear()
        assert run(runspace, "Set-AuthServer", Identity=str(guid), DomainName=long).streams.error == []
        assert [item["action"] for item in lab.journal("http")].count("Send") > 1
        lab.clear()
        found = (
            run(runspace, "Get-AuthServer", Identity=str(guid))
            .output[0]
            .adapted_properties["DomainName"]
            .property_sets[0]
        )
        assert [item["action"] for item in lab.journal("http")].count("Receive") > 1
    assert found.count("<S>") == len(long)


def test_a_cmdlet_that_takes_longer_than_the_operation_timeout(lab: LabClient) -> None:
    lab.fault(at="cmdlet", action="slow", name="Get-AuthConfig", seconds=2, count=1)
    runspace = pool(lab, EXCHANGE)
    runspace.connection.operation_timeout = 1
    with runspace:
        assert len(run(runspace, "Get-AuthConfig").output) == 1
    assert 500 in {item["status"] for item in lab.journal("http")}


def test_a_deleted_shell_is_gone(lab: LabClient) -> None:
    runspace = pool(lab, EXCHANGE)
    runspace.open()
    lab.reset()
    with pytest.raises(WSManFaultError, match="invalid selectors"):
        run(runspace, "Get-AuthConfig")
