# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every check that prints something to type, with names that are script in one of the three languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.command import PowerShell, Setting, Shell
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.elements import Unread
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.printable import printable
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import gates
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.catalogue import CHECKS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inputs import Inputs
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inventory import ServerEntry
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.holders import PRINCIPAL, Holder
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import authentication_policies, authserver
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.organization import Organization
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe import findings
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.rows import Row
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.verdict import REFUTED, UNPROVEN, VERDICTS
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.unit.audit_story import Story
from tests.unit.test_checks import ADFS, FAULTS, auth, to
from tests.unit.typed import Typed, bash, powershell, yaml

SCRIPT = "x'; Remove-Mailbox -Identity * -Confirm:$false; '"
TEMPLATE = "{{ lookup('pipe', 'touch RAN') }}"
TEXT = st.one_of(
    st.sampled_from(
        [
            SCRIPT,
            TEMPLATE,
            "O'Brien",
            "\u2019; Remove-X; \u2018",
            "a\nRemove-X",
            "\x1b[2K",
            "\u202e",
            '"; $(reboot); "',
            "`reboot`",
            "-x",
        ]
    ),
    st.text(min_size=1).filter(lambda text: "\0" not in text),
)
# Checks whose command holds a name of the organization or of the inventory; those of the probe are below.
NAMED = {
    *(
        "HMA-AUTH-001",
        "HMA-AUTH-002",
        "HMA-AUTH-004",
        "HMA-AUTH-005",
        "HMA-AUTH-006",
        "HMA-AUTH-007",
        "HMA-POL-001",
        "HMA-POL-002",
    ),
    *("HMA-AUTH-008", "HMA-AUTH-009", "HMA-VDIR-003", "HMA-AUTH-010", "HMA-EAS-002", "HMA-NET-001"),
    *("HMA-VDIR-001", "HMA-VDIR-002", "HMA-MNT-001", "HMA-VDIR-004"),
}
# Those whose command holds none: a playbook, a number, a host name that has passed the domain's rules.
PLAIN = {
    *(
        "HMA-AUTH-003",
        "HMA-EWS-001",
        "HMA-FLAG-002",
        "HMA-ID-001",
        "HMA-ID-003",
        "HMA-MAPI-001",
        "HMA-OVR-001",
        "HMA-RUN-001",
    ),
    *("HMA-SPN-002", "HMA-SPN-005"),
    *("HMA-SPN-001", "HMA-SPN-003", "HMA-SPN-006", "HMA-TEN-005", "HMA-OWA-003", "HMA-OVR-002", "HMA-EAS-001"),
}
OTHER_DEFAULT = [*auth(0, default=False), *auth(2, default=True)]


@cache
def cases() -> list[tuple[str, Inputs]]:
    """Every fault of the catalogue's tests, each in an organization of its own, and the gate that judges it."""
    found = [("audit", Story(*changes).case()) for _check, _what, changes, _besides in FAULTS]
    found += [("preflight", Story(*OTHER_DEFAULT).case()), ("audit", Story(base="everything_wrong").case())]
    found += [("audit", replace(Story().case(), resolved={"autodiscover.fabrikam.test": True}))]
    found += [
        ("enable", Story().case(incomplete_because=["--limit ex1"])),
        ("audit", Story(*FAULTS[0][2], full=False).case()),
        ("preflight", with_holders(Story().case())),
    ]
    return found


def with_holders(inputs: Inputs) -> Inputs:
    """A name of the first tenant is missing and held by something that was deleted; the second could not be asked."""
    name = "https://o'neil.contoso.test/"
    holder = Holder(name, name, PRINCIPAL, "Gone", "an application", "an object", deleted=True)
    first, second = (replace(tenant, missing=[name]) for tenant in inputs.tenants)
    gaps = [Unread("holders", "HTTP 403")]
    return replace(inputs, tenants=[replace(first, holders=[holder]), replace(second, unread=gaps)])


def renamed(inputs: Inputs, more: str) -> Inputs:
    """The same case; whatever names an AuthServer, a policy, a directory, a server or a host of the inventory ends in
    this text."""
    organization = inputs.organization.facts()
    names = {
        str(item["name"])
        for section in ("auth_servers", "authentication_policies")
        for item in organization[section] or []
    }
    names |= {item.identity for server in inputs.servers for item in server.directories or []}
    listed = [*organization["directories"], *organization["other_directories"]]
    names |= {str(item["identity"]) for item in listed} | {item.host for item in inputs.servers}
    names |= {str(item["name"]) for item in organization["servers"]}

    def walk(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: item if key == "type" else walk(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [walk(item) for item in value]
        return f"{value}{more}" if isinstance(value, str) and value in names else value

    def walked(server: ServerEntry) -> ServerEntry:
        directories = [replace(item, identity=walk(item.identity)) for item in server.directories or []]
        return replace(
            server,
            host=walk(server.host),
            server=walk(server.server),
            directories=None if server.directories is None else directories,
        )

    read = Organization.from_facts(Properties(walk(organization), "organization"))
    return replace(inputs, read=read, servers=[walked(item) for item in inputs.servers], inventory=[f"inventory{more}"])


def judged(more: str) -> Iterator[Finding]:
    for gate, inputs in cases():
        yield from gates.judge(gate, renamed(inputs, more))


def read_back(command: Any, folder: Path) -> None:
    """The text, read by its language, is the data it was made of."""
    if isinstance(command, PowerShell):
        found = powershell(command.text)
        values = [item for item in command.values if isinstance(item, str)]
        wanted = {
            key: list(item) if isinstance(item, (list, tuple)) else item for key, item in command.parameters.items()
        }
        plain = {key: item if isinstance(item, (str, bool, int, list)) else False for key, item in wanted.items()}
        assert found[0] == Typed(command.name, values, plain)
        assert len(found) == (2 if command.then else 1)
    elif isinstance(command, Setting):
        assert yaml(command.text, folder) == {command.name: command.value}
        assert not (folder / "RAN").exists()
    else:
        assert isinstance(command, Shell)
        assert command.text.isprintable()


@given(text=TEXT)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(text=SCRIPT)
@example(text=TEMPLATE)
def test_no_name_becomes_a_command(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    commands = {command.text: command for item in judged(text) for command in item.commands}
    for command in commands.values():
        read_back(command, tmp_path)
    # All lines for the shell at once: one start of bash is enough.
    lines = [command for command in commands.values() if isinstance(command, Shell)]
    told = bash(" ".join(f"{line.text} --end" for line in lines))
    assert told == [word for line in lines for word in (*line.words, "--end")]


def test_each_check_that_prints_a_command_was_among_them() -> None:
    more = " of others"
    printed = {item.id: item.commands for item in judged(more) if item.commands}
    assert set(printed) == NAMED | PLAIN
    named = {
        item.id
        for item in judged(more)
        for command in item.commands
        if more in command.text.replace(f"'inventory{more}'", "")
    }
    assert named == NAMED


def test_only_what_asks_for_something_has_a_command_and_no_prose_holds_one() -> None:
    for item in judged(SCRIPT):
        assert not item.commands or item.status in ("fail", "warn", "not_checked")
        assert "Remove-Mailbox" not in item.fix
        assert "ansible-playbook" not in item.fix
        assert all(facts.keys() == {"language", "text"} for facts in item.facts()["commands"])


def test_no_playbook_is_limited_to_a_host_that_is_not_in_the_inventory() -> None:
    hosts = {server.host for _gate, inputs in cases() for server in inputs.servers}
    lines = [command.words for item in judged("") for command in item.commands if isinstance(command, Shell)]
    assert {words[words.index("--limit") + 1] for words in lines if "--limit" in words} <= hosts
    assert all(words[-2:] == ("-i", "inventory") for words in lines if words[0] == "ansible-playbook")


@pytest.mark.parametrize(
    "changes",
    [auth(2, default=True, name=SCRIPT), [to(["organizations", 0, "auth_servers", 2], {**ADFS, "name": TEMPLATE})]],
)
def test_the_refusal_of_another_default_can_be_typed(changes: list[dict[str, Any]], tmp_path: Path) -> None:
    inputs = Story(*auth(0, default=False), *changes).case()
    other = authserver.defaults(inputs.trust)[0]
    with pytest.raises(Refused) as refused:
        authserver.plan_default(inputs.trust, inputs.trust[0], default=True)
    line = "hma_replace_default_authserver:" + str(refused.value).partition("hma_replace_default_authserver:")[2]
    assert yaml(line, tmp_path) == {"hma_replace_default_authserver": other.name}
    twins = [replace(inputs.trust[0], default=False), *(replace(other, guid=guid, default=True) for guid in ("a", "b"))]
    with pytest.raises(Refused) as refused:
        authserver.plan_default(twins, twins[0], default=True)
    first = str(refused.value).partition("not wanted: ")[2]
    assert first == "; ".join([PowerShell("Set-AuthServer", {authserver.DEFAULT: False}, (other.name,)).text] * 2)


@pytest.mark.parametrize("name", [SCRIPT, TEMPLATE, "O'Brien"])
def test_the_refusal_of_a_policy_can_be_typed(name: str, tmp_path: Path) -> None:
    policy = authentication_policies.LegacyBlock(name, frozenset({name.casefold()}), None, ("Mapi", "Pop"))
    with pytest.raises(Refused) as refused:
        authentication_policies.refuse_lockout([policy], {name: CmdletResult([], [], [])}, default=name, despite=None)
    text = str(refused.value)
    assert yaml("hma_disable_despite_policy:" + text.partition("hma_disable_despite_policy:")[2], tmp_path) == {
        "hma_disable_despite_policy": name
    }
    command = text.partition("Unblock first: ")[2].partition(" ; or")[0]
    assert powershell(command) == [
        Typed("Set-AuthenticationPolicy", [name], {"BlockLegacyAuthMapi": False, "BlockLegacyAuthPop": False})
    ]


def row(verdict: str, host: str, server: str) -> Row:
    return Row(
        target="mail.contoso.test", address="10.0.0.1:443", host=host, server=server, protocol="ews",
        url="https://mail.contoso.test/ews",
        identity=None, verdict=verdict, state=UNPROVEN if VERDICTS[verdict] == UNPROVEN else REFUTED, reason="because",
    )  # fmt: skip


@given(text=TEXT)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_name_becomes_a_command_in_what_the_probe_says(text: str, tmp_path: Path) -> None:
    rows = [row(verdict, f"ex1{text}", f"{verdict}{text}") for verdict in VERDICTS]
    for item in findings.findings(rows, "ready", [f"inventory{text}"]):
        for command in item.commands:
            read_back(command, tmp_path)
    lines = [
        command for item in findings.findings(rows, "ready") for command in item.commands if isinstance(command, Shell)
    ]
    assert ("ansible-playbook", "hybrid.exchange.prepare_vdirs", "--limit", f"ex1{text}") in {
        line.words for line in lines
    }
    assert bash(" ".join(line.text for line in lines)) == [word for line in lines for word in line.words]


def test_what_the_page_shows_to_copy_comes_from_the_commands_alone() -> None:
    for check in CHECKS.values():
        found = check.failed("x", SCRIPT, SCRIPT).facts()
        assert found["commands"] == []
        assert printable(found)["fix"] == SCRIPT
