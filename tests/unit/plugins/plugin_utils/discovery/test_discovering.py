# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections that are tried, files that stay, and how a server was signed in to."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.discovery.fleet import Fleet
from ansible_collections.hybrid.exchange.plugins.plugin_utils._discovery.connection import connected
from ansible_collections.hybrid.exchange.plugins.plugin_utils._discovery.folder import Placed, known, place
from ansible_collections.hybrid.exchange.plugins.plugin_utils._discovery.places import place_of, places
from ansible_collections.hybrid.exchange.plugins.plugin_utils._discovery.screen import screen_of
from ansible_collections.hybrid.exchange.plugins.plugin_utils._discovery.sign_in import sign_in_of
from ansible_collections.hybrid.exchange.plugins.plugin_utils._files import new_file


class Connection:
    """A connection plugin, as far as it is asked for its options."""

    def __init__(self, transport: str = "winrm", **options: Any) -> None:
        self.transport, self._options = transport, {"remote_addr": "10.0.0.1", **options}

    def get_option(self, name: str) -> Any:
        return self._options.get(name)


class Socket:
    """An open connection."""

    def close(self) -> None:
        """Nothing was sent."""


def connect(place: tuple[str, int], timeout: float) -> Socket:
    raised = {
        "silent": TimeoutError(), "shut": ConnectionRefusedError(111, "Connection refused"),
        "unnamed": socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
        "unsure": socket.gaierror(socket.EAI_AGAIN, "Temporary failure"), "x" * 70: UnicodeError("label too long"),
    }  # fmt: skip
    if place[0] in raised:
        raise raised[place[0]]
    return Socket()


def test_what_becomes_of_a_connection() -> None:
    hosts = ("open", "silent", "shut", "unnamed", "unsure", "x" * 70)
    found = places({host: (host, 443) for host in hosts}, connect=connect)
    assert {host: (item.resolves, item.answers) for host, item in found.items()} == {
        "open": (True, True), "silent": (True, False), "shut": (True, False), "unnamed": (False, False),
        "unsure": (None, False), "x" * 70: (False, False),
    }  # fmt: skip
    assert found["silent"].reason == "no answer within 5 seconds"
    assert places({}) == {}
    odd = places({"x": ("127.0.0.1", 99999)})["x"]
    assert (odd.resolves, odd.answers, odd.reason) == (
        None, False, "99999 is no port: ansible_port is a number from 1 to 65535",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("connection", "port"),
    [
        (Connection(port=80), 80), (Connection(), 5986), (Connection(scheme="http"), 5985),
        (Connection("psrp"), 5986), (Connection("psrp", protocol="http"), 5985),
    ],
)  # fmt: skip
def test_the_port_is_that_of_the_plugin(connection: Connection, port: int) -> None:
    assert place_of(connection) == ("10.0.0.1", port)


def test_secrets_are_names_and_what_is_one_servers_own_stays_its_own() -> None:
    variables = {
        "ansible_connection": "psrp", "ansible_host": "10.0.0.1", "ansible_psrp_auth": "kerberos", "other": 1,
        "ansible_psrp_negotiate_hostname_override": "ex1", "ansible_user": "hma", "ansible_password": "s3cret",
    }  # fmt: skip
    shared = {"ansible_connection": "psrp", "ansible_psrp_auth": "kerberos", "ansible_user": "hma"}
    by_name = sign_in_of(Connection("psrp"), variables, None, by_its_name=True)
    assert (by_name.variables, by_name.secrets, by_name.own) == (shared, ["ansible_password"], {})
    other = sign_in_of(Connection("psrp"), variables, "CORP\\x", by_its_name=False)
    assert other.variables == {**shared, "exchange_user": "CORP\\x"}
    assert other.secrets == ["ansible_password", "exchange_password"]
    assert other.own == {"ansible_host": "10.0.0.1", "ansible_psrp_negotiate_hostname_override": "ex1"}


def test_a_proxy_with_a_password_is_a_secret() -> None:
    plain, secret = "http://proxy:8080", "http://hma:s3cret@proxy:8080"
    found = sign_in_of(Connection("psrp"), {"ansible_psrp_proxy": plain}, None, by_its_name=True)
    assert (found.variables["ansible_psrp_proxy"], found.secrets) == (plain, [])
    hidden = sign_in_of(
        Connection("psrp", remote_password="s3cret"), {"ansible_psrp_proxy": secret}, None, by_its_name=True
    )
    assert hidden.secrets == ["ansible_psrp_proxy", "ansible_password"]
    assert secret not in hidden.variables.values()


def test_what_was_given_at_the_terminal_is_a_variable_too() -> None:
    found = sign_in_of(Connection(remote_user="hma", remote_password="s3cret"), {}, None, by_its_name=True)
    assert found.variables == {"ansible_connection": "winrm", "ansible_user": "hma"}
    assert found.secrets == ["ansible_password"]
    assert sign_in_of(Connection(), {}, None, by_its_name=True).secrets == []


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    texts = {"inventory.yml": "all: {}\n", "group_vars/all/hma.yml": "---\n"}
    assert place(tmp_path / "f", texts, predicting=True).written == tuple(texts)
    assert not (tmp_path / "f").exists()
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "inventory.yml").write_text("mine")
    placed = place(tmp_path / "f", texts, predicting=False)
    assert (placed.written, placed.kept) == (("group_vars/all/hma.yml",), ("inventory.yml",))
    assert (tmp_path / "f" / "inventory.yml").read_text() == "mine"
    assert (tmp_path / "f" / "group_vars/all/hma.yml").stat().st_mode & 0o777 == 0o600
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="cannot be written: Not a directory"):
        place(tmp_path / "file" / "x", texts, predicting=False)


def test_a_link_to_nothing_stays(tmp_path: Path) -> None:
    """Its file may lie on a share that is not mounted at the moment."""
    link = tmp_path / "inventory.yml"
    link.symlink_to(tmp_path / "share" / "inventory.yml")
    assert place(tmp_path, {"inventory.yml": "one\n"}, predicting=False).kept == ("inventory.yml",)
    assert link.is_symlink()
    with pytest.raises(Refused, match="no inventory that can be read"):
        known(tmp_path)
    with pytest.raises(FileExistsError):
        new_file(link, b"one", 0o600)
    assert [path.name for path in tmp_path.iterdir()] == ["inventory.yml"]


def test_a_new_file_where_there_are_no_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_names: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    path = tmp_path / "a"
    new_file(path, b"one", 0o600)
    with pytest.raises(FileExistsError):
        new_file(path, b"two", 0o600)
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (b"one", [path])


@pytest.mark.parametrize("proxy", ["http://token@proxy:8080", "ansible:s3cret@proxy:8080", "http://a:s3/cret@proxy"])
def test_a_proxy_that_is_signed_in_to_is_a_secret_however_it_is_written(proxy: str) -> None:
    variables = {"ansible_connection": "psrp", "ansible_psrp_proxy": proxy}
    found = sign_in_of(Connection("psrp"), variables, None, by_its_name=True)
    assert found.secrets == ["ansible_psrp_proxy"]
    assert "ansible_psrp_proxy" not in found.variables


def test_the_password_of_the_vault_is_asked_for_where_there_is_one(tmp_path: Path) -> None:
    placed, fleet = Placed((), ("inventory.yml",)), Fleet("ex1", (), ())
    said = [screen_of(tmp_path, fleet, placed, None, predicting=False)[-1]]
    (tmp_path / "group_vars" / "all").mkdir(parents=True)
    (tmp_path / "group_vars" / "all" / "vault.yml").touch()
    said.append(screen_of(tmp_path, fleet, placed, None, predicting=False)[-1])
    assert ["--ask-vault-pass" in line for line in said] == [False, True]


def test_an_inventory_is_read_however_deep_its_groups_are(tmp_path: Path) -> None:
    assert known(tmp_path) is None
    (tmp_path / "inventory.yml").write_text(
        "all:\n  children:\n    site:\n      children:\n        exchange_servers:\n          hosts:\n            a:\n"
        "            b: {hma_server: c}\n    entra_tenants:\n      hosts:\n        t: {hma_tenant_id: '1'}\n"
    )
    found = known(tmp_path)
    assert found is not None
    assert (found.servers, found.tenants) == (("a", "c"), {"t": "1"})
    (tmp_path / "inventory.yml").write_text("all: [\n- {")
    with pytest.raises(Refused, match="is no inventory that can be read"):
        known(tmp_path)


def test_hosts_of_groups_that_somebody_made_are_known(tmp_path: Path) -> None:
    """Below exchange_servers, beside it, and with what no connection of this run can decrypt."""
    (tmp_path / "inventory.yml").write_text(
        "exchange_servers:\n  children:\n    berlin:\n    paris:\n      hosts:\n        ex[1:2].corp.contoso.com:\n"
        "berlin:\n  hosts:\n    b: {hma_server: ex3.corp.contoso.com}\n"
        "old_ones:\n  hosts:\n    ex4:\n      exchange_password: !vault |\n"
        "        $ANSIBLE_VAULT;1.1;AES256\n        3062\n"
        "partners:\n  hosts:\n    p: {hma_tenant_id: '7'}\n"
        "entra_tenants:\n  children:\n    mine:\n      hosts:\n        t:\n      vars: {hma_tenant_id: '1'}\n"
    )
    found = known(tmp_path)
    assert found is not None
    assert found.servers == tuple(f"ex{number}.corp.contoso.com" for number in (1, 2, 3))
    assert found.tenants == {"t": "1"}
    assert (found.elsewhere, found.tenants_elsewhere) == (("ex4", "p"), ("7",))


def test_only_ways_into_exchange_are_connected() -> None:
    with pytest.raises(Refused, match="ansible_connection is ssh;"), connected("ex1", {"ansible_connection": "ssh"}):
        raise AssertionError
    variables = {"ansible_connection": "winrm", "ansible_winrm_operation_timeout_sec": 7, "ansible_user": "hma"}
    with connected("ex1", variables) as connection:
        assert place_of(connection) == ("ex1", 5986)
        assert connection.get_option("_extras") == {"ansible_winrm_operation_timeout_sec": 7}
