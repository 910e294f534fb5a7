# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real PowerShell engine in the loop: it and the Python lab give the same answer to the same list of cmdlets."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import (
    THIS_SERVER,
    Cmdlet,
    CmdletResult,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.bootstrap import encoded_command, script
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.protocol import (
    Envelope,
    parse_envelope,
    request_for,
)
from pypsrp.complex_objects import GenericComplexObject
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan
from winrm.protocol import Protocol

from tests.lab.client import LabClient, running
from tests.lab.engine import find

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(find() is None, reason="no PowerShell engine: set HMA_PWSH or put pwsh on the path"),
]
EX1 = "ex1.corp.contoso.test"
ANY: tuple[str, ...] = (
    "Name",
    "Identity",
    "Guid",
    "Server",
    "Path",
    "InternalUrl",
    "ExternalUrl",
    "OAuthAuthentication",
    "IISAuthenticationMethods",
    "Type",
    "Enabled",
)
ANY += (
    "InternalAuthenticationMethods",
    "ExternalAuthenticationMethods",
    "DomainName",
    "Realm",
    "IsDefaultAuthorizationEndpoint",
    "ServerRole",
    "Fqdn",
)
ANY += (
    "AdminDisplayVersion",
    "AutoDiscoverServiceInternalUri",
    "SSLOffloading",
    "CurrentCertificateThumbprint",
    "Domains",
    "Features",
    "Missing",
)
Runner = Callable[[Sequence[Cmdlet]], Envelope]


def ask(name: str, *, pin: bool = False, **parameters: Any) -> Cmdlet:
    return Cmdlet(name, parameters, ANY, on_error="continue", pin=pin)


GOOD = [
    ask("Get-OrganizationConfig"),
    ask("Get-AuthServer"),
    ask("get-authserver", identity="evosts"),
    ask("Get-AuthServer", Ident="EvoSTS"),
    ask("Get-ExchangeServer", Identity=THIS_SERVER),
    ask("Get-ExchangeServer"),
    ask("Get-MapiVirtualDirectory", Server=THIS_SERVER, ADPropertiesOnly=True),
    ask("Get-MapiVirtualDirectory", Server=THIS_SERVER, ADPropertiesOnly=False),
    ask("Get-WebServicesVirtualDirectory", Server=EX1),
    ask("Get-OabVirtualDirectory"),
    ask("Get-ActiveSyncVirtualDirectory", Server="EX1"),
    ask("Get-ClientAccessService"),
    ask("Get-OutlookAnywhere", ADPropertiesOnly=True),
    ask("Get-AuthConfig"),
    ask("Get-HybridConfiguration"),
    ask("Get-AcceptedDomain"),
    ask(
        "Set-MapiVirtualDirectory", Identity="EX1\\mapi (Default Web Site)", IISAuthenticationMethods=["Ntlm", "OAuth"]
    ),
    ask("Set-MapiVirtualDirectory", Identity="EX1\\mapi (Default Web Site)", IISAuthenticationMethods="Negotiate"),
    ask("Get-MapiVirtualDirectory", Identity="EX1\\mapi (Default Web Site)"),
    ask(
        "Set-ActiveSyncVirtualDirectory",
        Identity="EX1\\Microsoft-Server-ActiveSync (Default Web Site)",
        InternalAuthenticationMethods=[],
    ),
    ask(
        "Set-ActiveSyncVirtualDirectory",
        Identity="EX1\\Microsoft-Server-ActiveSync (Default Web Site)",
        ExternalAuthenticationMethods=None,
    ),
    ask("Get-ActiveSyncVirtualDirectory", Server="EX1"),
    ask(
        "Set-WebServicesVirtualDirectory",
        Identity="EX1\\EWS (Default Web Site)",
        OAuthAuthentication=False,
        Force=True,
        Confirm=False,
    ),
    ask(
        "Set-WebServicesVirtualDirectory", Identity="EX1\\EWS (Default Web Site)", OAuthAuthentication=False, Force=True
    ),
    ask("Get-WebServicesVirtualDirectory", Identity="EX1\\EWS (Default Web Site)"),
    ask("Set-AuthServer", Identity="EvoSTS", DomainName=["a.test", "b.test"]),
    ask("Set-OrganizationConfig", OAuth2ClientProfileEnabled=True),
    ask("Set-OrganizationConfig", OAuth2ClientProfileEnabled=True),
    ask("Set-OrganizationConfig", OAuth2ClientProfileEnabled=False, Confirm=False),
    ask("Set-OrganizationConfig", OAuth2ClientProfileEnabled=1),
    ask("Set-OrganizationConfig", OAuth2ClientProfileEnabled=0),
    ask("Get-AuthServer", pin=True),
    ask("Get-AuthServer", Verbose=True),
    ask("Get-AuthServer", V=True),
    ask("Get-AuthServer", I="EvoSTS"),
    ask("Get-MapiVirtualDirectory", Server="EX1", ADPropertiesOnly=None),
    ask("Set-AuthServer", Identity="EvoSTS", DomainName=5),
    ask("Get-AuthServer", Identity="EvoSTS"),
    ask("Set-AuthServer", Identity="EvoSTS", DomainName=""),
    ask("Get-AuthServer", Identity="EvoSTS"),
    ask("Set-AuthServer", Identity="EvoSTS", AuthMetadataUrl=None),
    ask("Set-AuthServer", Identity="EvoSTS", Enabled=False, WhatIf=True),
    ask("Set-AuthServer", Identity="EvoSTS", Enabled=False, wi=True),
    ask("Get-AuthServer", Identity="EvoSTS"),
    ask("Set-OabVirtualDirectory", Identity="EX1\\OAB (Default Web Site)", PollInterval="5"),
    ask("Set-OabVirtualDirectory", Identity="EX1\\OAB (Default Web Site)", InternalUrl=None),
    ask("Get-AuthServer", ErrorAction="SilentlyContinue", Identity="EvoSTS"),
]
REFUSED = [
    ask("Get-Nonsense"),
    ask("Get-Process"),
    ask("Invoke-Expression", Command="1"),
    ask("Get-AuthServer", Nonsense=1),
    ask("Get-AuthServer", Identity="nobody"),
    ask("Set-AuthServer", Identity="EvoSTS", IsDef=True),
    ask("Get-AuthServer", Identity="EvoSTS", DomainController="nowhere.test"),
    ask("Get-MapiVirtualDirectory", Server="nowhere"),
    ask("Set-AuthServer", Identity="EvoSTS", Domain="a.test"),
    ask("Set-AuthServer", Identity="EvoSTS", E="a"),
    ask("Set-AuthServer", Identity="EvoSTS", Enabled="true"),
    ask("Set-AuthServer", Identity="EvoSTS", Enabled=None),
    ask("Set-AuthServer", Identity="EvoSTS", Enabled=["a"]),
    ask("Set-AuthServer", Identity=["EvoSTS", "ACS"], Enabled=True),
    ask("Set-AuthServer", Identity=None, Enabled=True),
    ask("Set-AuthServer", Identity="", Enabled=True),
    ask("Set-AuthServer", Enabled=True),
    ask("Set-AuthServer", Identity="EvoSTS", IsDefaultAuthorizationEndpoint=True, ApplicationIdentifier="y"),
    ask("Get-MapiVirtualDirectory", Identity="x", Server="EX1"),
    ask("Get-MapiVirtualDirectory", Server=None),
    ask("Get-MapiVirtualDirectory", Server=""),
    ask("Get-MapiVirtualDirectory", Server="EX1", ADPropertiesOnly="yes"),
    ask("Get-AuthServer", DomainController=""),
    ask("Get-AuthServer", DomainController=None),
    ask("Get-AuthServer", Identity=None),
    ask("Get-AuthServer", Identity=""),
    ask("Get-AuthServer", ErrorAction="Sometimes"),
    ask("Set-OrganizationConfig", OAuth2ClientProfileEnabled=True, Identity="x"),
    ask("Set-AuthServer", Identity=True, Enabled=True),
    ask("Set-AuthServer", Identity=["EvoSTS"], Enabled=True),
    ask("Set-AuthServer", Identity=[], Enabled=True),
    ask("Set-AuthServer", Identity=5, Enabled=True),
    ask("Set-AuthServer", Identity="EvoSTS", Enabled=[]),
    ask("Get-MapiVirtualDirectory", Server="EX1", ADPropertiesOnly=1),
    ask("Get-MapiVirtualDirectory", Server="EX1", ADPropertiesOnly=[]),
    ask("Get-OwaVirtualDirectory", Nonsense=1),
    ask("New-AuthServer", Name="", AuthMetadataUrl="https://x.test/"),
    ask("New-AuthServer", Name=None, AuthMetadataUrl="https://x.test/"),
    ask("New-AuthServer", Name="x"),
    ask("New-AuthServer"),
    ask("New-SettingOverride", Name="x", Component="c", Section="s", Reason="r", Parameters=None),
    ask("Get-ExchangeServer", Domain="a.test", Identity="EX1"),
    ask("Set-OabVirtualDirectory", Identity="EX1\\OAB (Default Web Site)", InternalUrl="not a url ["),
    ask("Set-OabVirtualDirectory", Identity="EX1\\OAB (Default Web Site)", PollInterval="often"),
]


def shell(lab: LabClient, host: str = EX1, rights: dict[str, str] | None = None) -> Runner:
    """Run lists of cmdlets in shells of a host, with the product's script and pywinrm."""
    own = yaml.safe_load(lab.inventory.read_text("utf-8"))["all"]["children"]["exchange_servers"]["hosts"][host]
    credential = rights or {"user": own["ansible_user"], "password": own["ansible_password"]}

    def run(cmdlets: Sequence[Cmdlet]) -> Envelope:
        client = Protocol(
            f"https://127.0.0.1:{own['ansible_port']}/wsman",
            own["ansible_winrm_transport"],
            own["ansible_user"],
            own["ansible_password"],
            ca_trust_path=str(lab.folder / "ca.pem"),
        )
        opened = client.open_shell(codepage=65001)
        command = client.run_command(opened, encoded_command(), console_mode_stdin=False)
        request = request_for(cmdlets, credential=credential, domain_controller=None)
        client.send_command_input(opened, command, f"{request.line}\n{script()}".encode("ascii"), end=True)
        stdout, stderr, code = client.get_command_output(opened, command)
        client.close_shell(opened)
        assert (stderr, code) == (b"", 0), stderr
        return parse_envelope(stdout.decode("ascii"), request)

    return run


@pytest.fixture(scope="module")
def labs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LabClient, LabClient]]:
    """The Python lab, and the same with the engine."""
    folder = tmp_path_factory.mktemp("labs")
    with (
        running("default", folder / "python", engine="none") as python,
        running("default", folder / "engine", engine="both") as engine,
    ):
        yield python, engine


@pytest.fixture(autouse=True)
def fresh(labs: tuple[LabClient, LabClient]) -> None:
    for lab in labs:
        lab.reset()


def judged(result: CmdletResult) -> dict[str, Any]:
    """What the product judges by: everything but the words and the target of an error."""
    errors = [{"id": error.id, "category": error.category, "reason": error.reason} for error in result.errors]
    # Each lab has an auth certificate of its own.
    objects = [
        {key: value for key, value in item.items() if key != "CurrentCertificateThumbprint"} for item in result.objects
    ]
    return {"objects": objects, "errors": errors, "warnings": result.warnings, "ran": result.ran}


@pytest.mark.matrix
@pytest.mark.parametrize(("wanted", "cmdlets"), [("good", GOOD), ("refused", REFUSED)], ids=["good", "refused"])
def test_the_script_in_the_engine_and_the_lab_answer_the_same(
    labs: tuple[LabClient, LabClient], wanted: str, cmdlets: list[Cmdlet]
) -> None:
    python, engine = (shell(lab)(cmdlets) for lab in labs)
    assert (python.phase, engine.phase) == ("done", "done")
    assert python.host == engine.host
    assert python.domain_controller == engine.domain_controller
    for cmdlet, ours, theirs in zip(cmdlets, python.results, engine.results, strict=True):
        assert judged(ours) == judged(theirs), cmdlet.typed()
    assert all(result.ok for result in engine.results) or wanted == "refused"


@contextlib.contextmanager
def exchange_pool(lab: LabClient, user: str = "", password: str = "") -> Iterator[RunspacePool]:
    """A runspace pool at Exchange's own endpoint of EX1."""
    own = yaml.safe_load(lab.inventory.read_text("utf-8"))["all"]["children"]["exchange_servers"]["hosts"][EX1]
    # pypsrp's annotation leaves out that it may be a path.
    bundle: Any = str(lab.folder / "ca.pem")
    connection = WSMan(
        "127.0.0.1", port=own["ansible_port"], path="PowerShell", auth="basic", username=user or own["ansible_user"],
        password=password or own["ansible_password"], cert_validation=bundle,
    )  # fmt: skip
    with RunspacePool(connection, configuration_name="Microsoft.Exchange") as pool:
        yield pool


def invoked(pool: RunspacePool, *pieces: tuple[str, dict[str, Any]], text: str = "") -> PowerShell:
    pipeline = PowerShell(pool)
    if text:
        pipeline.add_script(text)
    for name, parameters in pieces:
        pipeline.add_cmdlet(name).add_parameters(parameters)
    pipeline.invoke()
    return pipeline


def on_the_wire(pipeline: PowerShell) -> dict[str, Any]:
    """All that pypsrp saw of a pipeline but the words of its errors."""
    return {
        "state": pipeline.state,
        "errors": [(error.fq_error, error.category, error.reason) for error in pipeline.streams.error],
        "warnings": [warning.message for warning in pipeline.streams.warning],
        "objects": [_seen(item) for item in pipeline.output],
    }


def _seen(item: Any) -> Any:
    """A value with its type names; lists that pypsrp does not know are the texts of their raw XML."""
    if not isinstance(item, GenericComplexObject):
        return item
    found = {
        name: _seen(value)
        for name, value in item.adapted_properties.items()
        if name not in ("RawData", "CurrentCertificateThumbprint")
    }
    texts = [[node.text for node in ElementTree.fromstring(xml)] for xml in item.property_sets]
    return {
        "types": item.types,
        "text": item.to_string,
        "properties": found,
        "extended": dict(item.extended_properties),
        "lists": texts,
    }


@pytest.mark.matrix
@pytest.mark.parametrize("cmdlets", [GOOD, REFUSED], ids=["good", "refused"])
def test_the_engine_s_endpoint_and_the_lab_s_look_the_same_to_pypsrp(
    labs: tuple[LabClient, LabClient], cmdlets: list[Cmdlet]
) -> None:
    with exchange_pool(labs[0]) as python, exchange_pool(labs[1]) as engine:
        for cmdlet in cmdlets:
            given = {name: "EX1" if value is THIS_SERVER else value for name, value in cmdlet.parameters.items()}
            ours, theirs = (on_the_wire(invoked(pool, (cmdlet.name, given))) for pool in (python, engine))
            assert ours == theirs, cmdlet.typed()


def test_exchange_s_endpoint_takes_no_script_and_hides_what_is_not_its_own(labs: tuple[LabClient, LabClient]) -> None:
    with exchange_pool(labs[0]) as python, exchange_pool(labs[1]) as engine:
        for text in ("1", "Get-AuthServer", "$env:HMA_LAB_TOKEN", "[System.IO.File]::ReadAllText('/etc/passwd')"):
            ours, theirs = (on_the_wire(invoked(pool, text=text)) for pool in (python, engine))
            assert ours == theirs
            assert theirs["errors"] != []
        for name in ("Send-Lab", "Invoke-Lab", "New-PSSession", "Get-Variable", "Get-Item", "/bin/sh"):
            assert [error.fq_error for error in invoked(engine, (name, {})).streams.error] == [
                "CommandNotFoundException"
            ], name


def test_rights_hide_cmdlets(labs: tuple[LabClient, LabClient]) -> None:
    for lab in labs:
        with exchange_pool(lab, "CONTOSO\\viewer", "l00k-0nly") as pool:
            assert len(invoked(pool, ("Get-AuthServer", {})).output) == 4
            change = ("Set-OrganizationConfig", {"OAuth2ClientProfileEnabled": True})
            assert [error.reason for error in invoked(pool, change).streams.error] == ["CommandNotFoundException"]


HOSTILE = [
    *(
        "'; throw 'x' #",
        "$(throw 1)",
        "${env:PATH}",
        "`n`0`$(1)",
        'a "quoted" b',
        "\u2018smart\u2019 \u201cquotes\u201d \u201a\u201b\u201e",
    ),
    *(
        "line1\nline2\r\n\ttab",
        "\u00e9\u4e2d\U0001f600",
        "_x000A_ _x005F_ _xD83D_",
        "%PATH% & | < > ^ ; --% -Confirm:$false @{a=1}",
    ),
    *(
        "<S>x</S>&amp;<![CDATA[",
        "\x00\x01\x1b[0m\x7f",
        " leading",
        "trailing ",
        "$null",
        "-Identity",
        "{0} {1}",
        "\\\\server\\share\\*?[a]",
    ),
    *("y" * 2048, "\ufeff\u200b\u202e", "\u2028\u2029\u0085"),
]


@pytest.mark.matrix
def test_hostile_text_arrives_as_it_is_sent(labs: tuple[LabClient, LabClient]) -> None:
    """In a string, in a list, in an identity; through the script and through PSRP; and as a name it is no command."""
    engine = labs[1]
    lists = [ask("Set-AuthServer", Identity="EvoSTS", DomainName=HOSTILE), ask("Get-AuthServer", Identity="EvoSTS")]
    read = shell(engine)(
        [*lists, *(ask("Get-AuthServer", Identity=text) for text in HOSTILE), *(ask(text) for text in HOSTILE)]
    ).results
    assert read[1].objects[0]["DomainName"] == HOSTILE
    assert [item.objects for item in read[2:]] == [[]] * (2 * len(HOSTILE))
    assert [item["parameters"]["Identity"] for item in engine.journal("cmdlet")[2:]] == HOSTILE
    assert all(item.errors for item in read[2:])
    engine.reset()
    with exchange_pool(engine) as pool:
        for text in HOSTILE:
            invoked(pool, ("Set-AuthServer", {"Identity": "EvoSTS", "DomainName": [text], "Name": text}))
            invoked(pool, ("Get-AuthServer", {"Identity": text}))
    sent = [item["parameters"] for item in engine.journal("cmdlet")]
    assert [item["DomainName"] for item in sent if "DomainName" in item] == [[text] for text in HOSTILE]
    assert [item["Name"] for item in sent if "Name" in item] == HOSTILE
    assert [item["Identity"] for item in sent if "Name" not in item] == HOSTILE
