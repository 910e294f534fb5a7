# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet that a server shows, and the files of its folder: read back as YAML, whatever the names are."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.discovery.comparing import Known, fleet_change, lines
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.discovery.fleet import (
    DIRECT,
    SILENT,
    THROUGH,
    Fleet,
    FoundServer,
    FoundTenant,
    group_name,
    parse_alive,
    parse_fleet,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.discovery.layout import (
    SignIn,
    files,
    inventory_text,
    lines_to_add,
    vault_text,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import CmdletResult, ErrorRecord
from ansible_collections.hybrid.exchange.plugins.plugin_utils._discovery.folder import public_variables

from tests.tools import fleet as example
from tests.tools import variables

ID = "11111111-aaaa-4bbb-8ccc-00000000000"
SIGN_IN = SignIn({"ansible_connection": "psrp", "ansible_user": "CORP\\hma {{ 1 }}"}, ["ansible_password"], {})
NASTY = 'b"ad: {{ lookup(1) }}\n- x: #'


def server(name: str, **more: Any) -> dict[str, Any]:
    return {
        "Name": name, "Fqdn": f"{name}.Corp.contoso.com", "Guid": f"{ID}1",
        "AdminDisplayVersion": "Version 15.2 (Build 1544.4)", "ServerRole": "Mailbox, ClientAccess",
        "Site": "corp.contoso.com/Configuration/Sites/Paris", "IsEdgeServer": False, "IsClientAccessServer": True,
        "IsMailboxServer": True, "InternetWebProxy": None, **more,
    }  # fmt: skip


def trust(number: int, *domains: str, **more: Any) -> dict[str, Any]:
    return {
        "Name": f"EvoSTS {number}", "Guid": f"{ID}{number}", "Type": "AzureAD", "Realm": f"{ID}{number}",
        "IssuerIdentifier": "", "Enabled": True, "IsDefaultAuthorizationEndpoint": False, "DomainName": list(domains),
        "ApplicationIdentifier": None, "AuthorizationEndpoint": "https://login.windows.net/common/oauth2/authorize",
        "AuthMetadataUrl": None, **more,
    }  # fmt: skip


def parsed(servers: list[dict[str, Any]], trusts: list[dict[str, Any]]) -> Fleet:
    return parse_fleet("ex1.corp.contoso.com", [CmdletResult(servers, [], []), CmdletResult(trusts, [], [])])


def test_servers_that_clients_talk_to_are_the_fleet_and_an_odd_one_is_said() -> None:
    found = parsed(
        [
            server("EX2"), server("EX1"), server("EDGE1", IsEdgeServer=True, IsClientAccessServer=False),
            server("MBX1", IsClientAccessServer=False), server("EX3", AdminDisplayVersion="odd"),
        ],
        [],
    )  # fmt: skip
    assert [item.fqdn for item in found.servers] == ["ex1.corp.contoso.com", "ex2.corp.contoso.com"]
    assert (found.servers[0].site, found.servers[0].product) == ("Paris", "2019")
    assert found.left_out == ("EDGE1.Corp.contoso.com", "MBX1.Corp.contoso.com")
    assert [gap.object for gap in found.unread] == ["EX3"]


def test_a_server_is_reached_by_itself_or_through_another_or_not_at_all() -> None:
    found = parsed([server(name) for name in ("EX1", "EX2", "EX3", "EX4")], [])
    answering = {"ex2.corp.contoso.com"}
    reached = found.reached(answering, {"ex1", "ex3"})
    assert [item.reach for item in reached.servers] == [DIRECT, DIRECT, THROUGH, SILENT]
    # Where nobody could ask Exchange, nothing is known of those whose port does not answer.
    assert [item.reach for item in found.reached(answering, None).servers] == [DIRECT, DIRECT, SILENT, SILENT]


def test_who_answers_to_exchange_names_a_domain_controller() -> None:
    answer = CmdletResult(
        [{"Name": name, "CurrentConfigDomainController": used} for name, used in (("EX1", "dc1"), ("EX2", None))],
        [], [],
    )  # fmt: skip
    assert parse_alive(answer) == frozenset({"ex1"})
    assert parse_alive(CmdletResult([], [ErrorRecord("x", "x", "x", "", "x")], [])) is None


def test_tenants_come_from_enabled_authservers_of_entra() -> None:
    found = parsed(
        [],
        [
            trust(1, "contoso.com", "Contoso.onmicrosoft.com", IsDefaultAuthorizationEndpoint=True),
            trust(2, "contoso.net"),
            trust(3),
            trust(4, "off.com", Enabled=False),
            trust(5, "acs.com", Type="MicrosoftACS"),
            trust(7, "contoso.org"),
            trust(6, "gov.com", AuthorizationEndpoint="https://login.microsoftonline.us/common/oauth2/authorize"),
        ],
    )
    assert [(item.host, item.domain) for item in found.tenants] == [
        ("contoso", "Contoso.onmicrosoft.com"), ("contoso_11111111", "contoso.net"), ("tenant_11111111", ""),
        (f"contoso_{ID}7".replace("-", "_"), "contoso.org"), ("gov", "gov.com"),
    ]  # fmt: skip
    assert [item.cloud for item in found.tenants] == ["global", "global", "global", "global", ""]
    assert found.default_tenant == found.tenants[0]
    inventory = yaml.safe_load(inventory_text(found, SignIn({}, [], {})))["all"]
    assert inventory["vars"] == {"hma_default_tenant": "Contoso.onmicrosoft.com"}
    assert list(inventory["children"]["entra_tenants"]["hosts"]) == [item.host for item in found.tenants if item.domain]


def test_text_of_others_is_a_value_and_nothing_else() -> None:
    odd = FoundServer(NASTY, NASTY, NASTY, "2019", "15.2.1.1", NASTY, NASTY, THROUGH)
    tenant = FoundTenant("t", NASTY, NASTY, (NASTY,), NASTY, False, "global")
    fleet = Fleet(NASTY, (odd,), (tenant,), (NASTY,))

    class Loader(yaml.SafeLoader):
        """YAML of Ansible, as far as !unsafe goes."""

    Loader.add_constructor("!unsafe", lambda loader, node: str(node.value))
    content = yaml.load(inventory_text(fleet, SIGN_IN), Loader)["all"]["children"]  # noqa: S506 - a safe loader
    assert content["exchange_servers"]["hosts"] == {NASTY: {"ansible_host": NASTY, "hma_server": NASTY}}
    assert content["exchange_servers"]["vars"]["ansible_user"] == SIGN_IN.variables["ansible_user"]
    assert content["entra_tenants"]["hosts"]["t"]["hma_tenant_domain"] == NASTY
    assert "!unsafe" in inventory_text(fleet, SIGN_IN)
    assert yaml.load(vault_text(fleet, SIGN_IN), Loader) == {  # noqa: S506 - a safe loader
        "vault_ansible_password": "", "vault_t_client_id": "", "vault_t_client_secret": "",
    }  # fmt: skip


def test_a_reader_that_is_reached_by_another_name_keeps_it_and_lends_it() -> None:
    fleet = parsed([server("EX1"), server("EX2")], []).reached((), {"ex2"})
    hosts = yaml.safe_load(inventory_text(fleet, SignIn({}, [], {"ansible_host": "10.0.0.1"})))["all"]["children"][
        "exchange_servers"
    ]["hosts"]
    assert hosts["ex1.corp.contoso.com"] == {"ansible_host": "10.0.0.1"}
    assert hosts["ex2.corp.contoso.com"] == {"ansible_host": "10.0.0.1", "hma_server": "ex2.corp.contoso.com"}


def test_what_changed_is_named_by_the_directorys_comparison() -> None:
    fleet = parsed([server("EX1"), server("EX2")], [trust(1, "contoso.com"), trust(2)])
    same = Known(("EX1.corp.contoso.com", "ex2"), {"mine": f"{ID}1".upper()})
    assert not fleet_change(same, fleet).found
    other = fleet_change(Known(("ex1.corp.contoso.com", "ex9.corp.contoso.com"), {"old": f"{ID}7"}), fleet)
    assert (other.new_servers, other.gone_servers) == (("ex2.corp.contoso.com",), ("ex9.corp.contoso.com",))
    assert (other.new_tenants, other.gone_tenants) == (("contoso",), ("old",))
    assert len(other.sentences) == 4
    by_hand = Known(("ex1.corp.contoso.com",), {}, ("EX2", "jump"), (f"{ID}1".upper(),))
    found = fleet_change(by_hand, fleet)
    assert (found.found, found.elsewhere) == (False, ("ex2.corp.contoso.com",))
    assert found.sentences == ("In the inventory, but in no group below exchange_servers: ex2.corp.contoso.com.",)
    assert lines_to_add(fleet, SIGN_IN, other.new_servers, ())[0].startswith(
        "        ex2.corp.contoso.com:  # Exchange"
    )
    assert lines(["b", "a"], ["t"]) == ["a", "b", "tenant t"]


@pytest.mark.parametrize(
    ("text", "name"), [("Default-First-Site", "s_default_first_site"), ("", "s_unknown"), ("Ä", "s_unknown")]
)
def test_a_group_has_a_name_that_ansible_takes(text: str, name: str) -> None:
    assert group_name("s", text) == name


def test_the_variables_are_those_of_the_table_each_in_one_file() -> None:
    known = public_variables()
    assert [item.name for item in known] == [
        item["name"] for section in variables.specification() for item in section["variables"]
    ]
    assert variables.OURS.read_text("utf-8") == variables.ours(variables.specification()), "run: make variables"
    texts = files(Fleet("x", (), ()), SIGN_IN, known)
    for item in known:
        assert sum(f"\n# {item.name}:\n" in text for text in texts.values()) == 1, item.name
    assert all(yaml.safe_load(text) is None for name, text in texts.items() if name.endswith("hma.yml"))


def test_the_example_folder_is_what_is_written() -> None:
    found = {
        path.relative_to(example.FOLDER).as_posix(): path.read_text("utf-8")
        for path in example.FOLDER.rglob("*") if path.is_file()
    }  # fmt: skip
    assert found == example.made(), "run: make variables"
