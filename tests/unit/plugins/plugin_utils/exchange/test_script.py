# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The constant script in the real engine."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import THIS_SERVER, Cmdlet, Unread
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.bootstrap import (
    BOOTSTRAP,
    encoded_command,
    script,
)

from tests.unit.plugins.plugin_utils.exchange import engine as engine_module
from tests.unit.plugins.plugin_utils.exchange.engine import PWSH, Engine, needs_engine

SESSION = """
function global:Get-Echo {
    [CmdletBinding()] param($Identity, [string] $DomainController, [string[]] $List, [bool] $Flag, [int] $Number)
    $methods = New-Object System.Collections.ArrayList
    foreach ($item in $List) { [void]$methods.Add($item) }
    [pscustomobject]@{
        Identity = $Identity; List = $methods; Flag = $Flag; Number = $Number; Nothing = $null; Dc = $DomainController
        Guid = [guid]::Empty; Url = [uri]'https://mail.contoso.test/EWS'; Day = [DayOfWeek]::Monday
        Raw = [byte[]](1, 2, 3)
        When = [datetime]::new(2026, 1, 2, 3, 4, 5, [DateTimeKind]::Utc); OriginatingServer = 'dc1.contoso.test'
        Odd = [pscustomobject]@{ A = 1 }; Odds = @([pscustomobject]@{ A = 1 }, 'Negotiate')
        Nulls = @($null, 'Negotiate')
    }
}
function global:Get-Many { [CmdletBinding()] param() 1..3 | ForEach-Object { [pscustomobject]@{ Name = "n$_" } } }
function global:Get-None { [CmdletBinding()] param() }
function global:Set-Warned {
        [CmdletBinding(SupportsShouldProcess)] param([string] $DomainController)
        Write-Warning 'no settings have been modified'
    }
function global:Set-Refused {
        [CmdletBinding(SupportsShouldProcess)] param()
        Write-Error -Message 'not terminating' -ErrorId 'Refused'
    }
function global:Set-Thrown { [CmdletBinding(SupportsShouldProcess)] param() throw 'terminating' }
"""
HOSTILE = (
    "'; throw 'x' # $(throw 1) `n \"quoted\" \u2019smart\u2018 \u00e9\u4e2d\U0001f600 line1\nline2\r\n %PATH% & | < >"
)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    made = Engine(tmp_path)
    made.session(SESSION.replace("1..3 | ForEach-Object {", "foreach ($_ in 1..3) {"))
    return made


def echo(**parameters: object) -> Cmdlet:
    returns = ("Identity", "List", "Flag", "Number", "Nothing", "Guid", "Url", "Day", "Raw", "When", "Dc", "Missing")
    return Cmdlet("Get-Echo", parameters, returns)


@needs_engine
@pytest.mark.parametrize("version", ["5.1", "4.0"])
def test_syntax_of_windows_powershell(version: str, tmp_path: Path) -> None:
    bootstrap = tmp_path / "bootstrap.ps1"
    bootstrap.write_text(BOOTSTRAP, encoding="ascii")
    path = tmp_path / "script.ps1"
    path.write_text(script(), encoding="ascii")
    logs = tmp_path / "logs.ps1"
    logs.write_text(script(logs=True), encoding="ascii")
    for file in (bootstrap, path, logs):
        done = subprocess.run(
            [str(PWSH), "-CheckSyntax", str(file), "-Windows", version], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_command_line_fits_cmd_exe() -> None:
    assert len(encoded_command()) < 3000
    assert script().isascii()
    # The part that counts sign-ins is sent where it is asked for, and nowhere else.
    assert "function Get-HttpProxySignIn" in script(logs=True)
    assert "function Get-HttpProxySignIn" not in script()


@needs_engine
def test_values_arrive_and_come_back_as_they_are(engine: Engine) -> None:
    answer = engine.run([echo(Identity=HOSTILE, List=[HOSTILE], Flag=True, Number=7)])
    found = answer.results[0].objects[0]
    assert answer.phase == "done"
    assert found["Identity"] == HOSTILE
    assert found["List"] == [HOSTILE]
    assert found["Flag"] is True
    assert found["Number"] == 7
    assert found["Nothing"] is None
    assert found["Guid"] == "00000000-0000-0000-0000-000000000000"
    assert found["Url"] == "https://mail.contoso.test/EWS"
    assert found["Day"] == "Monday"
    assert found["Raw"] == "AQID"
    assert found["When"] == "2026-01-02T03:04:05Z"
    assert "Missing" not in found


@needs_engine
@pytest.mark.parametrize("items", [[], ["one"], ["one", "two"]])
def test_lists_stay_lists(engine: Engine, items: list[str]) -> None:
    assert engine.run([echo(Identity="x", List=items)]).results[0].objects[0]["List"] == items


@needs_engine
def test_an_object_without_a_text_is_no_empty_text(engine: Engine) -> None:
    found = engine.run([Cmdlet("Get-Echo", {"Identity": "x"}, ("Odd", "Odds", "Nulls"))]).results[0].objects[0]
    assert isinstance(found["Odd"], Unread)
    assert isinstance(found["Odds"], Unread)
    assert "an object without a text: " in found["Odds"].reason
    assert found["Nulls"] == [None, "Negotiate"]


@needs_engine
def test_the_parameters_of_a_command_are_their_names(engine: Engine) -> None:
    """As the engine's own Get-Command lists them in a remote shell without a language, which check_access rests on."""
    asked = Cmdlet(
        "Get-Command", {"Name": ("Get-Echo", "Set-NothingSuch")}, ("Name", "Parameters"), on_error="continue", pin=False
    )
    result = engine.run([asked]).results[0]
    assert [item["Name"] for item in result.objects] == ["Get-Echo"]
    assert {"Identity", "List", "Flag"} <= set(result.objects[0]["Parameters"])
    assert [error.target for error in result.errors] == ["Set-NothingSuch"]


@needs_engine
def test_what_was_printed_without_an_end_does_not_swallow_the_marker(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = engine_module._BEFORE
    monkeypatch.setattr(engine_module, "_BEFORE", before + "[Console]::Out.Write([string][char]0xfeff + 'PS C:\\> ')\n")
    assert engine.run([]).phase == "done"


@needs_engine
def test_none_one_and_many(engine: Engine) -> None:
    answer = engine.run([Cmdlet("Get-None", pin=False), Cmdlet("Get-Many", {}, ("Name",), pin=False)])
    assert [item.objects for item in answer.results] == [[], [{"Name": "n1"}, {"Name": "n2"}, {"Name": "n3"}]]


@needs_engine
def test_errors_and_warnings(engine: Engine) -> None:
    go_on = [
        Cmdlet(name, on_error="continue", pin=False)
        for name in ("Set-Refused", "Set-Thrown", "Get-Missing", "Set-Warned")
    ]
    refused, thrown, missing, warned = engine.run(go_on).results
    assert [error.message for error in refused.errors] == ["not terminating"]
    assert [error.message for error in thrown.errors] == ["terminating"]
    assert [error.reason for error in missing.errors] == ["CommandNotFoundException"]
    assert warned.errors == []
    assert warned.warnings == ["no settings have been modified"]


@needs_engine
def test_a_wrong_parameter_is_an_error_record(engine: Engine) -> None:
    result = engine.run([Cmdlet("Get-Echo", {"Nonsense": 1}, pin=False)]).results[0]
    assert "NamedParameterNotFound" in result.errors[0].id


@needs_engine
def test_the_list_stops_at_an_error_and_says_what_was_not_run(engine: Engine) -> None:
    answer = engine.run([Cmdlet("Get-None", pin=False), Cmdlet("Set-Thrown", pin=False), Cmdlet("Get-None", pin=False)])
    assert [item.ran for item in answer.results] == [True, True, False]


KINDS: list[tuple[str, object]] = [
    ("Identity", HOSTILE),
    ("List", ["Ntlm", "OAuth"]),
    ("Flag", True),
    ("Number", 7),
]


@needs_engine
@pytest.mark.parametrize("items", [[], ["Ntlm"], ["Ntlm", "OAuth"]])
def test_a_list_goes_on_behind_a_look_that_shows_what_it_expects(engine: Engine, items: list[str]) -> None:
    given = {**dict(KINDS), "List": items}
    shown = engine.run([echo(**given)]).results[0].objects[0]
    look = replace(echo(**given), expected={name: shown[name] for name in (*given, "Nothing")})
    assert [item.ran for item in engine.run([look, Cmdlet("Set-Warned", pin=False)]).results] == [True, True]


@needs_engine
@pytest.mark.parametrize(
    ("name", "other"),
    [("Identity", "é"), ("List", ["Ntlm"]), ("List", "Ntlm"), ("Flag", False), ("Number", 8), ("Nothing", "")],
)
def test_nothing_is_run_behind_a_look_that_shows_something_else(engine: Engine, name: str, other: object) -> None:
    look = replace(echo(**dict(KINDS)), expected={name: other})
    assert [item.ran for item in engine.run([look, Cmdlet("Set-Warned", pin=False)]).results] == [True, False]


@needs_engine
@pytest.mark.parametrize("read", ["Get-Many", "Get-None"])
def test_several_objects_or_none_are_not_the_one_that_a_look_expects(engine: Engine, read: str) -> None:
    look = Cmdlet(read, {}, ("Name",), pin=False, expected={})
    assert [item.ran for item in engine.run([look, Cmdlet("Set-Warned", pin=False)]).results] == [True, False]


@needs_engine
def test_the_domain_controller_of_the_first_read_serves_the_rest(engine: Engine) -> None:
    answer = engine.run([echo(Identity="a"), echo(Identity="b")])
    assert [item.objects[0]["Dc"] for item in answer.results] == ["", "dc1.contoso.test"]
    assert answer.domain_controller == "dc1.contoso.test"
    given = engine.run([echo(Identity="a")], domain_controller="dc2.contoso.test")
    assert given.results[0].objects[0]["Dc"] == "dc2.contoso.test"


@needs_engine
def test_this_server(engine: Engine) -> None:
    answer = engine.run([echo(Identity=THIS_SERVER)])
    assert answer.results[0].objects[0]["Identity"] == "EX1"
    assert answer.host is not None
    assert answer.host.name == "EX1"


@needs_engine
def test_a_request_of_300_kilobytes(engine: Engine) -> None:
    text = "x" * 300_000
    assert engine.run([echo(Identity=text)]).results[0].objects[0]["Identity"] == text


@needs_engine
@pytest.mark.parametrize("name", ["Get-None", "Set-Thrown", "Set-Refused", "Get-Missing"])
def test_the_session_is_closed_on_every_path(engine: Engine, name: str) -> None:
    engine.run([Cmdlet(name, pin=False)], credential={"user": "CONTOSO\\hma", "password": "Pa$$ w0rd'\""})
    assert engine.log == ["open Microsoft.Exchange http://EX1/PowerShell/ Kerberos CONTOSO\\hma/Pa$$ w0rd'\"", "closed"]


@needs_engine
def test_nothing_asked_opens_no_session(engine: Engine) -> None:
    answer = engine.run([])
    assert answer.phase == "done"
    assert engine.log == []


@needs_engine
def test_a_session_that_is_refused_is_told(engine: Engine) -> None:
    answer = engine.run([Cmdlet("Get-None")], HMA_TEST_REFUSE="1")
    assert answer.phase == "connect"
    assert answer.error is not None
    assert "Access is denied" in answer.error.message


@needs_engine
def test_a_request_that_is_none_says_nothing_of_it(engine: Engine) -> None:
    output = engine.output('{"version":1,"credential":{"password":"s3cret"},')
    assert '"phase":"request"' in output
    assert engine.log == []
