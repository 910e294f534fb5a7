# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Quotas and timeouts of a server, met by the real clients."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from pypsrp.exceptions import WSManFaultError
from winrm.exceptions import WinRMOperationTimeoutError
from winrm.exceptions import WSManFaultError as WinRMFault

from tests.lab.authentication import WINRM_HTTPS, Caller, WindowsAuthentication
from tests.lab.client import LabClient, running
from tests.lab.exchange import Organization
from tests.lab.journal import Faults, Journal
from tests.lab.limits import SHELLS_PER_USER
from tests.lab.powershell import EXCHANGE_SHELLS, Server
from tests.lab.scenario import load
from tests.lab.winrm import CMD, open_cmd
from tests.lab.wsman import NS, SHELL, Fault, Listener, Message
from tests.unit.lab.test_psrp_lab import EXCHANGE, pool, run
from tests.unit.lab.test_winrm_lab import execute, protocol


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabClient]:
    with running("default", tmp_path_factory.mktemp("lab")) as started:
        yield started


@pytest.fixture(autouse=True)
def fresh(lab: LabClient) -> None:
    lab.reset()


def test_eighteen_exchange_shells_of_one_user(lab: LabClient) -> None:
    with contextlib.ExitStack() as shells:
        opened = [shells.enter_context(pool(lab, EXCHANGE)) for _number in range(EXCHANGE_SHELLS)]
        with (
            pytest.raises(WSManFaultError, match="exceeded the maximum number of connections allowed : 18"),
            pool(lab, EXCHANGE),
        ):
            pytest.fail("the nineteenth was opened")
        # Another user and another server have budgets of their own.
        with pool(lab, EXCHANGE, user="CONTOSO\\viewer"), pool(lab, EXCHANGE, "ex2"):
            pass
        opened[0].close()
        with pool(lab, EXCHANGE) as again:
            assert run(again, "Get-OrganizationConfig").output


def test_thirty_shells_of_one_user(lab: LabClient) -> None:
    client = protocol(lab)
    shells = [client.open_shell() for _number in range(SHELLS_PER_USER)]
    with pytest.raises(WinRMFault, match="maximum number of 30 concurrent shells") as caught:
        client.open_shell()
    assert caught.value.wsman_fault_code == 2150859173
    client.close_shell(shells[0])
    client.open_shell()


@pytest.mark.parametrize(
    ("action", "code"),
    [("busy", 170), ("shells", 2150859173), ("operations", 2150859174), ("gone", 2150858843)],
)
def test_faults_that_are_asked_for(lab: LabClient, action: str, code: int) -> None:
    lab.fault(at="wsman", action=action, name="Command", host="EX1", count=1)
    client = protocol(lab)
    shell = client.open_shell()
    with pytest.raises(WinRMFault) as caught:
        client.run_command(shell, "exit")
    assert caught.value.wsman_fault_code == code
    assert caught.value.wmierror_code == (code if action == "operations" else None)


def test_a_command_that_takes_longer_than_the_operation_timeout(lab: LabClient) -> None:
    lab.fault(at="command", action="slow", host="EX1", seconds=2.5, count=1)
    assert execute(lab, "exit", operation_timeout_sec=1)[2] == 1
    receives = [item["status"] for item in lab.journal("http") if item["action"] == "Receive"]
    assert receives[:2] == [500, 500]
    assert receives[-1] == 200


def test_powershell_waits_for_the_end_of_stdin(lab: LabClient) -> None:
    client = protocol(lab, operation_timeout_sec=1)
    shell = client.open_shell()
    command = client.run_command(shell, "PowerShell -EncodedCommand AAAA", console_mode_stdin=False)
    client.send_command_input(shell, command, b"{}")
    with pytest.raises(WinRMOperationTimeoutError):
        client.get_command_output_raw(shell, command)
    client.send_command_input(shell, command, b"\n", end=True)
    assert client.get_command_output_raw(shell, command)[2] == 1


def message(name: str, shell: str = "") -> Message:
    action = f"{NS['x']}/{name}" if name in ("Create", "Delete") else f"{SHELL}/{name}"
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NS.items())
    selector = f'<w:SelectorSet><w:Selector Name="ShellId">{shell}</w:Selector></w:SelectorSet>'
    text = (
        f"<s:Envelope "
        f"{spaces}><s:Header><a:Action>{action}</a:Action><w:ResourceURI>{CMD}</w:ResourceURI>{selector}</s:Header><s:Body/></s:Envelope>"
    )
    return Message.parse(text.encode("ascii"))


def test_a_shell_that_nobody_uses_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("tests.lab.wsman.time.monotonic", lambda: now[0])
    server = Server("EX1", Organization(load("default")["organizations"][0], lambda: now[0]), Journal(), Faults())
    listener = Listener(server, "/wsman", WindowsAuthentication(WINRM_HTTPS), {CMD: open_cmd})
    caller = Caller("localadmin", b"")

    async def story() -> list[Any]:
        await listener._act(message("Create"), caller)
        (shell,) = listener.shells
        now[0] = 7000.0
        await listener._act(message("Command", shell), caller)
        now[0] = 14000.0
        await listener._act(message("Command", shell), caller)
        now[0] = 21201.0
        with pytest.raises(Fault, match="the shell was not found") as caught:
            await listener._act(message("Command", shell), caller)
        return [caught.value.code, listener.shells]

    assert asyncio.run(story()) == [2150858843, {}]


def test_a_local_account_is_nobody_to_exchange(lab: LabClient) -> None:
    with (
        pytest.raises(WSManFaultError, match="Access is denied"),
        pool(lab, EXCHANGE, user="localadmin", password='l0c4l "admin"'),
    ):
        pytest.fail("a shell was opened")
