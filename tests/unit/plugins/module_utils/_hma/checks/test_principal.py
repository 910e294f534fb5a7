# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that nobody uses: never one that a client asks for, and what is typed takes away what is there."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import names, principal
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inputs import Inputs
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import ClientUrl, client_names

from tests.unit.audit_story import Story

OLD = "https://legacy.contoso.test/"


def case(*registered: str, urls: tuple[str, ...] = (), **tenant: Any) -> Inputs:
    """A healthy organization whose first tenant has these names besides, and whose EX1 has these URLs besides."""
    inputs = Story().case()
    first, second = inputs.tenants
    more = [ClientUrl("EX1", "ews", "external", url) for url in urls]
    organization = replace(inputs.organization, client_urls=(*inputs.organization.client_urls, *more))
    return replace(
        inputs,
        read=organization,
        names=client_names(organization.client_urls),
        tenants=[replace(first, names=[*(first.names or ()), *registered], **tenant), second],
        inventory=["inventory.yml"],
    )


def found(inputs: Inputs, check: str) -> Finding:
    return next(item for item in principal.tenant_names(inputs) if item.id == check)


def typed(finding: Finding) -> dict[str, Any]:
    (command,) = finding.commands
    words = shlex.split(command.text)
    assert words[0] == "ansible" and words[-2:] == ["--check", "--diff"]
    arguments: dict[str, Any] = json.loads(words[words.index("-a") + 1])
    return arguments


@pytest.mark.parametrize(
    ("registered", "more"),
    [
        ("https://autodiscover.contoso.test/", {}),
        ("https://autodiscover.contoso.test", {}),
        (OLD, {"wanted": [OLD]}),
        (OLD, {"urls": ("https://legacy.contoso.test:444/EWS/Exchange.asmx",)}),
        ("https://legacy.contoso.test:444/", {"urls": ("https://legacy.contoso.test:444/EWS/Exchange.asmx",)}),
        (OLD, {"urls": ("http://LEGACY.contoso.test./EWS/Exchange.asmx",)}),
    ],
)
def test_a_name_that_a_client_comes_by_is_not_called_unused(registered: str, more: dict[str, Any]) -> None:
    """Outlook asks for autodiscover.<domain> by itself; a tenant has variables of its own; and a URL that gives no name
    sends clients all the same."""
    assert found(case(registered, **more), "HMA-SPN-002").status == "pass"


@pytest.mark.parametrize("name", [OLD, OLD.rstrip("/"), "https://legacy.contoso.test:444/"])
def test_an_unused_name_is_typed_as_it_is_written(name: str) -> None:
    finding = found(case(name), "HMA-SPN-002")
    assert (finding.status, finding.actual) == ("warn", name)
    assert typed(finding)["names"] == [name]
    assert typed(finding)["state"] == "absent"


def test_thousands_of_names_are_typed_in_commands_that_a_shell_takes() -> None:
    """One argument of a command may have 128 KiB: all of them in one is "Argument list too long"."""
    unused = [f"https://{'x' * 200}{number}.contoso.test/" for number in range(1000)]
    commands = found(case(*unused), "HMA-SPN-002").commands
    words = [shlex.split(command.text) for command in commands]
    arguments = [found[found.index("-a") + 1] for found in words]
    assert [name for text in arguments for name in json.loads(text)["names"]] == unused
    assert max(len(word) for found in words for word in found) < 128 * 1024


def test_an_http_name_can_be_taken_away() -> None:
    assert typed(found(case("http://legacy.contoso.test"), "HMA-SPN-005"))["names"] == ["http://legacy.contoso.test"]


def test_what_ansible_would_evaluate_is_in_no_command() -> None:
    finding = found(case("https://{{lookup('pipe','id')}}.contoso.test/"), "HMA-SPN-002")
    assert (finding.status, finding.commands) == ("warn", ())


@pytest.mark.parametrize(
    ("url", "check"),
    [("https://mail.contoso.test:444/", "HMA-NAME-001"), ("http://mail.contoso.test/", "HMA-NAME-002")],
)
def test_a_host_that_other_urls_use_is_not_to_be_ignored(url: str, check: str) -> None:
    """An entry in hma_spn_ignored leaves out every URL of its host."""
    (finding,) = [item for item in names.urls(case(urls=(url,))) if item.id == check]
    assert "Do not list its host in hma_spn_ignored" in finding.fix
    (alone,) = [item for item in names.urls(case(urls=(url.replace("mail", "other"),))) if item.id == check]
    assert "or list its host in hma_spn_ignored" in alone.fix


@pytest.mark.parametrize("host", ["autodiscover-s.outlook.com", "Outlook.Office365.com"])
def test_a_name_of_microsofts_is_not_registered_for_exchange_server(host: str) -> None:
    inputs = case(urls=(f"https://{host}/autodiscover/autodiscover.xml",))
    assert list(inputs.names.wanted) == list(case().names.wanted)
    (finding,) = [item for item in names.urls(inputs) if item.id == "HMA-NAME-002"]
    assert (finding.status, finding.server, finding.blocks) == ("warn", "EX1", False)
    assert "a host of Microsoft's own" in finding.message
    assert "mailboxes of these clients are in Exchange Online" in finding.fix
