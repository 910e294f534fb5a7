# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes into a variable with the value, as a line end or a blank; and how a tenant's variables stand together."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template
from ansible_collections.hybrid.exchange.plugins.filter.setting import setting
from ansible_collections.hybrid.exchange.plugins.filter.sign_in import sign_in
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.settings.settings import Judgement, Variables, judge
from ansible_collections.hybrid.exchange.plugins.module_utils._variables import PUBLIC
from ansible_collections.hybrid.exchange.plugins.plugin_utils._given import Templated, unreadable_in, value_of

ID = "11111111-aaaa-4bbb-8ccc-000000000001"
TENANT = {"hma_tenant_id": ID, "hma_tenant_domain": "contoso.onmicrosoft.com"}
APPLICATION = {"hma_client_id": "aaaaaaaa-0000-4000-8000-000000000001"}
SECRET = {**APPLICATION, "hma_client_secret": "s3cret"}


def judged(
    tenant: dict[str, Any] | None = None, server: dict[str, Any] | None = None, playbook: str = "enable_hma"
) -> Judgement:
    values = {"localhost": {}, "ex1": server or {}, "contoso": {**TENANT, **(tenant or {})}}
    return judge(PUBLIC, Variables(playbook, ("ex1",), ("contoso",), values))


@pytest.mark.parametrize("name", ["hma_client_secret", "hma_certificate_password", "hma_client_assertion"])
def test_a_secret_that_echo_encrypted(name: str) -> None:
    """Entra would only say that the secret is wrong."""
    (problem,) = judged({**APPLICATION, name: "s3cret\n"}).problems
    assert problem.startswith(f"{name} ends with a line end, which is no part of it: `echo` before ansible-vault")
    assert problem.endswith("(at contoso).")
    assert "s3cret" not in problem


def test_a_secret_that_was_copied_with_a_blank() -> None:
    (problem,) = judged({**APPLICATION, "hma_client_secret": "s3cret "}).problems
    assert problem == "hma_client_secret begins or ends with a blank (at contoso)."


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("hma_client_id", " aaaaaaaa-0000-4000-8000-000000000001", "begins or ends with a blank: ' aaaaaaaa"),
        ("hma_tenant_domain", "contoso.onmicrosoft.com\n", "ends with a line end"),
        ("hma_tenant_domain", "contoso.\u2028test", "another character in it that nobody sees: 'contoso.\\u2028test'"),
        ("hma_client_id", "a\tb", "use single quotes"),
        ("hma_ca_path", "/etc/ca.pem ", "begins or ends with a blank: '/etc/ca.pem '"),
    ],
)
def test_a_text_with_more_than_was_meant(name: str, value: str, said: str) -> None:
    (problem,) = judged({name: value}).problems
    assert problem.startswith(f"{name} ")
    assert said in problem


def test_a_password_may_begin_with_a_blank() -> None:
    account = {"exchange_user": "CORP\\hma", "exchange_password": " a b "}
    assert judged(server=account) == Judgement()
    assert judged(server={**account, "exchange_password": "a\n"}).problems


@pytest.mark.parametrize(
    ("name", "value"),
    [("hma_probe_ca_path", "/srv/ca.pem "), ("exchange_user", "CORP\\hma "), ("hma_server", "EX1\n")],
)
def test_a_way_out_is_not_stopped_by_what_is_behind_a_text(name: str, value: str) -> None:
    """As by what is behind the password of its connection: a file may be called so, and a server may still answer."""
    given = {**({"exchange_password": "s3cret"} if name == "exchange_user" else {}), name: value}
    (said,) = judged(server=given).problems
    found = judged(server=given, playbook="disable_hma")
    assert (found.problems, found.warnings) == ([], [said])


def test_the_variables_of_a_connection() -> None:
    given = {
        "ansible_password": "s3cret\n", "ansible_user": "hma ", "ansible_psrp_cert_validation": "ignore",
        "ansible_winrm_transport": "kerberos", "ansible_winrm_kinit_args": "-f ", "ansible_host": "ex1",
    }  # fmt: skip
    found = unreadable_in(given)
    assert set(found) == {"ansible_password", "ansible_user"}
    values: dict[str, Any] = {"localhost": {}, "ex1": {}}
    problems = judge(PUBLIC, Variables("prepare_vdirs", ("ex1",), (), values, connections={"ex1": found})).problems
    assert [problem.partition(",")[0] for problem in problems] == [
        "ansible_password ends with a line end",
        "ansible_user begins or ends with a blank: 'hma ' (at ex1).",
    ]
    assert "s3cret" not in repr(problems)


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({"ansible_winrm_transport": "kerberos"}, False),
        ({"ansible_user": "hma@CORP.TEST"}, False),
        ({"ansible_user": "CORP\\hma"}, True),
        ({"ansible_user": "hma@CORP.TEST", "ansible_winrm_transport": "ntlm"}, True),
        ({"ansible_winrm_transport": ["kerberos", "ntlm"]}, True),
        ({"ansible_connection": "psrp", "ansible_psrp_auth": "kerberos", "ansible_user": "hma@CORP.TEST"}, True),
    ],
)
def test_a_password_of_which_kinit_reads_one_line(more: dict[str, Any], refused: bool) -> None:
    """winrm puts a line end behind each password that it gives to kinit: one more was never in the way."""
    found = unreadable_in({"ansible_connection": "ansible.builtin.winrm", "ansible_password": "s3cret\n", **more})
    assert bool(found) is refused
    assert unreadable_in({"ansible_connection": "winrm", "ansible_password": "s3c\nret", **more})


@pytest.mark.parametrize(
    "name", ["hma_proxy", "hma_notify_proxy", "ansible_psrp_proxy", "ansible_winrm_proxy", "ansible_password"]
)
@pytest.mark.parametrize("value", ["http://svc:pa{{ss geheim@proxy:8080", "http://svc:pa{%geheim@proxy:8080"])
def test_a_template_that_fails_within_a_password(name: str, value: str) -> None:
    """Ansible's own message quotes the word at which it fails."""
    templar = Templar(loader=DataLoader(), variables={})
    found = value_of(Templated({name: trust_as_template(value)}, templar), name)
    assert "geheim" not in repr(found)
    assert "write !unsafe before it" in repr(found)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({**SECRET, "hma_certificate_path": "/c.pem"}, "hma_client_secret and hma_certificate_path are set together"),
        ({**SECRET, "hma_managed_identity": "yes"}, "hma_client_secret and hma_managed_identity are set together"),
        ({"hma_client_secret": "s3cret"}, "hma_client_secret is of an application, and hma_client_id"),
        ({**SECRET, "hma_client_id": ""}, "hma_client_secret is of an application, and hma_client_id"),
        ({**SECRET, "hma_client_id": ID.upper()}, "hma_client_id is the same as hma_tenant_id"),
    ],
)
def test_one_way_to_sign_in(given: dict[str, Any], said: str) -> None:
    (problem,) = judged(given).problems
    assert problem.startswith(said)
    assert judged(given, playbook="disable_hma").problems == []


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"hma_managed_identity": False},
        {"hma_managed_identity": "no"},
        {"hma_certificate_path": ""},
        {"hma_certificate_path": None, "hma_client_assertion": ""},
    ],
)
def test_what_is_empty_or_off_is_no_way_to_sign_in(more: dict[str, Any]) -> None:
    """As group_vars have it for all tenants, and host_vars take it back for one."""
    assert judged({**SECRET, **more}).problems == []
    found = ArgumentSpecValidator(**SPECS["hma_spn"]).validate({"tenant": sign_in({**TENANT, **SECRET, **more})})
    assert found.error_messages == []


@pytest.mark.parametrize(
    "proxy",
    ["http://proxy.contoso.test:8080", "proxy:8080", "http://u:p%23@10.0.0.1:3128/", "socks5h://proxy", "[::1]:80", ""],
)
def test_addresses_of_proxies(proxy: str) -> None:
    assert judged({"hma_proxy": proxy}).problems == []


@pytest.mark.parametrize(
    "proxy",
    [
        "http://u:geh#eim@proxy:80",
        "u:geh/eim@proxy:80",
        "https//proxy:80",
        "htp://proxy",
        "http://p x:80",
        "p:x",
        "http://CORP\\hma:geheim@proxy:80",
    ],
)
def test_what_is_no_address_of_a_proxy_and_may_hold_a_password(proxy: str) -> None:
    (other,) = judged(server={"hma_notify_proxy": proxy}).problems
    assert other.startswith("hma_notify_proxy is text (its value is not shown); expected the address of a proxy")
    (problem,) = judged({"hma_proxy": proxy}).problems
    assert problem.startswith("hma_proxy is text (its value is not shown); expected the address of a proxy, as http://")


@pytest.mark.parametrize(
    ("word", "meant"), [("y", True), ("T", True), ("On", True), (1, True), ("n", False), ("0", False)]
)
def test_true_and_false_are_what_a_module_takes_for_them(word: Any, meant: bool) -> None:
    """Ansible's filter bool makes false of y and t."""
    assert setting(word, "hma_audit_probe") is meant
    assert judged(server={"hma_audit_probe": word}).organization == {"hma_audit_probe": meant}


@pytest.mark.parametrize(
    "name", ["https://mail.contoso.test", "mail.contoso.test/", "mail.contoso.test:443", "mail.contoso.test.", ""]
)
def test_a_place_for_a_name_that_no_url_can_have(name: str) -> None:
    (problem,) = judged(server={"hma_probe_connect_to": {"mail.contoso.test": "10.0.0.1", name: "10.0.0.2"}}).problems
    assert problem.startswith(f"hma_probe_connect_to, the key {name!r}, is {name!r} (text); expected the host of a URL")


@pytest.mark.parametrize(
    ("name", "value"),
    [("hma_servers_excluded", '[{"name": "EX9", "reason": "off"}]'), ("hma_probe_identities", "['ann@contoso.test']")],
)
def test_a_list_behind_the_sign_of_equality(name: str, value: str) -> None:
    (problem,) = judged(server={name: value}).problems
    assert problem.startswith(f"{name} is a list that came as text, as -e name=[...] gives it; give it as JSON")


def test_no_kind_of_directory_at_all() -> None:
    """Nothing was written, and the gate before the switch said of each directory that it was not read."""
    (problem,) = judged(server={"hma_vdir_kinds": []}).problems
    assert problem.startswith("hma_vdir_kinds is [] (a list); expected a list of one of mapi, ews")


def test_a_variable_of_tenants_that_only_servers_have() -> None:
    """As in group_vars of the servers; the tenant was said to have no way to sign in."""
    found = judged(server={"hma_client_secret": "s3cret", "hma_ca_path": "/ca.pem"})
    assert found.problems == []
    assert found.warnings == [
        f"{name} is of a tenant, and no tenant has it (at ex1): set it for the hosts of the tenants' group."
        for name in ("hma_client_secret", "hma_ca_path")
    ]
    assert judged({"hma_ca_path": "/ca.pem"}, server={"hma_ca_path": "/ca.pem"}).warnings == []


def test_a_text_with_commas_is_one_list_for_everybody() -> None:
    names = {"hma_spn_extra_names": "a.contoso.test, b.contoso.test"}
    values: dict[str, Any] = {
        "localhost": {},
        "ex1": names,
        "contoso": {**TENANT, "hma_spn_extra_names": ["a.contoso.test", "b.contoso.test"]},
    }
    found = judge(PUBLIC, Variables("enable_hma", ("ex1",), ("contoso",), values))
    assert found.problems == []
    assert found.organization == {"hma_spn_extra_names": ["a.contoso.test", "b.contoso.test"]}
    assert setting("mapi, ews", "hma_vdir_kinds") == ["mapi", "ews"]


def test_an_empty_text_is_not_set() -> None:
    """A question of a controller that nobody answered: a policy without a name, and no protocol, are no answers."""
    given = {"hma_block_policy": "", "hma_block_protocols": "", "hma_oauth_mailbox": "", "hma_spn_extra_names": []}
    assert judged({"hma_spn_extra_names": []}, server=given).organization == {"hma_spn_extra_names": []}


def test_an_account_in_double_quotes() -> None:
    """ "CONTOSO\\nora" is two lines in YAML."""
    (problem,) = judged(server={"exchange_user": "CONTOSO\nora", "exchange_password": "s3cret"}).problems
    assert problem == (
        "exchange_user has a line end or another character in it that nobody sees: 'CONTOSO\\nora'. In double quotes "
        "YAML makes one of \\n and of \\t, as in CONTOSO\\name: use single quotes (at ex1)."
    )
