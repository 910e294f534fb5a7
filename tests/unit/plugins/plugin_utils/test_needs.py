# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A library that a run needs and that is missing is named with the command that installs it, and only then."""

from __future__ import annotations

import sys
from collections.abc import Collection

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.settings.settings import Variables
from ansible_collections.hybrid.exchange.plugins.plugin_utils import _needs


def missing(
    monkeypatch: pytest.MonkeyPatch,
    connections: Collection[tuple[str, str]],
    playbook: str = "enable_hma",
    **server: object,
) -> list[str]:
    """What an empty Python lacks for a server and a tenant."""
    monkeypatch.setattr(_needs, "find_spec", lambda name: None)
    variables = Variables(playbook, ("ex1",), ("contoso",), {"ex1": server, "contoso": {}})
    return list(_needs.missing_libraries(variables, connections))


@pytest.mark.parametrize(
    ("connection", "names"),
    [
        (("winrm", "ntlm"), ["pywinrm"]),
        (("winrm", "kerberos"), ["pywinrm", "pykerberos"]),
        (("psrp", "kerberos"), ["pypsrp", "gssapi", "krb5"]),
        (("psrp", "credssp"), ["pypsrp", "requests-credssp"]),
        (("ssh", ""), []),
    ],
    ids=str,
)
def test_only_what_the_inventory_needs(
    monkeypatch: pytest.MonkeyPatch, connection: tuple[str, str], names: list[str]
) -> None:
    told = missing(monkeypatch, {connection}, "prepare_vdirs")
    assert [line.rpartition(" pip install ")[2] for line in told] == names, "a playbook without tenants needs no msal"
    tenants = missing(monkeypatch, {connection})
    assert [line.rpartition(" pip install ")[2] for line in tenants] == [*names, "msal", "requests"]
    assert all(f"{sys.executable} -m pip install " in line for line in tenants), "the Python that Ansible runs in"


def test_custom_checks_need_jmespath(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = missing(monkeypatch, (), "prepare_vdirs", hma_custom_checks=[{"id": "A-1"}])
    assert line.endswith("pip install jmespath")


@pytest.mark.parametrize(("playbook", "stops"), [("enable_hma", True), ("audit_hma", False), ("disable_hma", False)])
def test_a_control_node_that_has_the_connection_of_the_servers(playbook: str, stops: bool) -> None:
    """all: vars: ansible_connection: winrm, and localhost is in the inventory: winrm asked for a user, in step 6."""
    variables = Variables(playbook, ("ex1",), (), {"ex1": {}})
    ((text, stopping),) = _needs.misled_control_node(variables, "winrm")
    assert stopping is stops
    assert "Give localhost ansible_connection: local" in text
    assert list(_needs.misled_control_node(variables, "local")) == []
    assert list(_needs.misled_control_node(Variables(playbook, (), (), {"a": {"hma_probe_from": "b"}}), "psrp")) == []
