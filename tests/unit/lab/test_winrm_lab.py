# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The WinRM listener with its real client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import winrm.exceptions
import yaml
from winrm.protocol import Protocol

from tests.lab.client import LabClient, running


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabClient]:
    with running("default", tmp_path_factory.mktemp("lab")) as started:
        yield started


def protocol(lab: LabClient, **options: Any) -> Protocol:
    host = yaml.safe_load(lab.inventory.read_text("utf-8"))["all"]["children"]["exchange_servers"]["hosts"][
        "ex1.corp.contoso.test"
    ]
    return Protocol(
        endpoint=f"https://127.0.0.1:{host['ansible_port']}/wsman",
        transport=options.get("transport", "ntlm"),
        username=options.get("user", host["ansible_user"]),
        password=options.get("password", host["ansible_password"]),
        ca_trust_path=str(lab.folder / "ca.pem"),
        operation_timeout_sec=options.get("operation_timeout_sec", 20),
    )


def execute(lab: LabClient, command: str, stdin: bytes = b"", **options: Any) -> tuple[bytes, bytes, int]:
    client = protocol(lab, **options)
    shell = client.open_shell(codepage=65001)
    identity = client.run_command(shell, command, console_mode_stdin=not stdin)
    if stdin:
        client.send_command_input(shell, identity, stdin, end=True)
    try:
        return client.get_command_output(shell, identity)
    finally:
        client.cleanup_command(shell, identity)
        client.close_shell(shell)


def test_only_the_product_s_own_script_is_run(lab: LabClient) -> None:
    stdout, stderr, code = execute(lab, "PowerShell -EncodedCommand AAAA", b"{}")
    assert (stdout, code) == (b"", 1)
    assert b"no other script" in stderr
    assert lab.journal("shell") == []


def test_a_command_line_that_is_too_long(lab: LabClient) -> None:
    assert execute(lab, "x" * 8192)[1:] == (b"The command line is too long.\r\n", 1)


def test_a_wrong_password(lab: LabClient) -> None:
    with pytest.raises(winrm.exceptions.InvalidCredentialsError):
        protocol(lab, password="wrong").open_shell()


def test_a_shell_that_is_gone(lab: LabClient) -> None:
    client = protocol(lab)
    with pytest.raises(winrm.exceptions.WSManFaultError, match="invalid selectors"):
        client.run_command("00000000-0000-0000-0000-000000000000", "x")


def test_credentials_are_for_their_owner_alone(lab: LabClient) -> None:
    for path in (lab.inventory, lab.folder / "control", *Path(lab.folder).glob("application-*.pem")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_every_request_is_in_the_journal(lab: LabClient) -> None:
    lab.clear()
    execute(lab, "PowerShell -EncodedCommand AAAA", b"{}")
    assert [item["action"] for item in lab.journal("http") if item["action"]] == [
        "Create",
        "Command",
        "Send",
        "Receive",
        "Signal",
        "Delete",
    ]
    assert {(item["host"], item["path"], item["status"]) for item in lab.journal("http") if item["action"]} == {
        ("EX1", "/wsman", 200)
    }
