# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Going back over the lab's own organization: check mode knows what goes back before, and a part that fails does not
hide what was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import authserver
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.authentication_policies import LockedOut
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.authserver import AuthServer
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import (
    Cmdlet,
    CmdletResult,
    ErrorRecord,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.orgconfig import plan_organization
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.assignment import plan_people
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.policy import plan_default, plan_policy
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.history import Recorded
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.contract import Answer
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.endpoint import (
    done_or_as_before,
    seen_again,
    write_endpoint,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import ExchangeError, Overtaken
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.giving_back import Task, switch_off
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.policies import (
    read_policies,
    restore_organization_after_policies,
    restore_policies,
    write_people,
    write_policies,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.write import Writer
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record.reader import read_sources
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record.writer import Record

from tests.lab import scenario
from tests.unit.support.memory_shell import MemoryShell, organization_of

OFF = {"OAuth2ClientProfileEnabled": False}


class Refusing(MemoryShell):
    """An Exchange that says no to these cmdlets; ``meanwhile`` somebody else is at work, right before a list that
    writes."""

    refused: tuple[str, ...] = ()
    meanwhile: tuple[Cmdlet, ...] = ()

    def run(self, cmdlets: Sequence[Cmdlet], *, domain_controller: str | None = None) -> Answer:
        others, self.meanwhile = self.meanwhile, () if any(it.writes for it in cmdlets) else self.meanwhile
        for cmdlet in others if not self.meanwhile else ():
            super()._one(cmdlet)
        return super().run(cmdlets, domain_controller=domain_controller)

    def _one(self, cmdlet: Cmdlet) -> CmdletResult:
        if cmdlet.name in self.refused:
            return CmdletResult([], [ErrorRecord("x", "x", "x", "x", "not today")], [])
        return super()._one(cmdlet)


class House:
    """An organization whose people sign in with modern authentication, and the record of what is written to it."""

    def __init__(self, folder: Path) -> None:
        organization = organization_of(scenario.load("waves"))
        name = next(item["name"] for item in organization.servers.values() if "15.2" in item["version"])
        self.shell = Refusing(organization, name)
        self.record = Record(str(folder), "run", name, "hma_restore")
        self.writer = Writer(self.shell, self.record, name, None)

    @property
    def history(self) -> list[Recorded]:
        return read_sources([str(self.record.path.parent)]).changes

    def task(self, *, writes: bool = True) -> Task:
        task = Task.reading(self.shell, self.writer.host, writer=(lambda _answer: self.writer) if writes else None)
        # The policy of the scenario that was there before the runs.
        return replace(task, despite_policy="Block POP")

    def switched_on(self) -> None:
        """By the recorded run: it was off before."""
        config = replace(read_policies(self.shell).config, oauth2_client_profile_enabled=True)
        off = plan_organization(config, {"oauth2_client_profile_enabled": False})
        self.shell.run(off.cmdlets)
        config = replace(config, oauth2_client_profile_enabled=False)
        self.writer.write(plan_organization(config, {"oauth2_client_profile_enabled": True}))

    def waves(self) -> None:
        """As block_legacy_auth does it: a policy, a person, the default."""
        read = read_policies(self.shell, everybody=True)
        write_policies(self.writer, plan_policy(read.policies, "HMA only", {"Mapi": True}))
        read = read_policies(self.shell, everybody=True)
        alice = next(person for person in read.people if person.sign_in_name == "alice@contoso.test")
        write_people(self.writer, plan_people([alice], read.policies, "HMA only"))
        write_policies(self.writer, plan_default(read.config, read.policies, "HMA only"))


def test_check_mode_knows_that_the_policies_go_back_before_the_switch(tmp_path: Path) -> None:
    """The policy of the same records is still there in check mode, and gone when the switch is turned."""
    house = House(tmp_path)
    house.switched_on()
    house.waves()
    history, sent = house.history, list(house.shell.sent)
    look = restore_organization_after_policies(house.task(writes=False), history)
    assert [change.after for change in look.changes] == [OFF]
    assert house.shell.sent == sent
    restore_policies(house.task(), history)
    assert [change.after for change in restore_organization_after_policies(house.task(), history).changes] == [OFF]


def test_a_policy_that_does_not_go_back_is_in_the_way_in_check_mode_too(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.switched_on()
    history = house.history
    house.waves()
    # Without the record of the waves, and with it where somebody else has the policy meanwhile.
    with pytest.raises(LockedOut, match="HMA only"):
        restore_organization_after_policies(house.task(writes=False), history)
    read = read_policies(house.shell, everybody=True)
    bob = next(person for person in read.people if person.sign_in_name == "bob@contoso.test")
    house.shell.run(Plan(tuple(plan_people([bob], read.policies, "HMA only"))).cmdlets)
    for writes in (False, True):
        restore_policies(house.task(writes=writes), house.history)
        with pytest.raises(LockedOut, match="HMA only"):
            restore_organization_after_policies(house.task(writes=writes), house.history)


def test_off_is_off_where_only_the_endpoint_could_not_be_taken_back(tmp_path: Path) -> None:
    """The role of an account may have the one cmdlet and not the other; "not turned off" would be wrong, and twice."""
    house = House(tmp_path)
    house.shell.refused = ("Set-AuthServer",)
    for _again in range(2):
        done = switch_off(house.task(), None)
        assert not done.live
        assert [item.object for item in done.refused] == ["The default authorization endpoint"]
        assert "not today" in done.refused[0].reason
    assert [item.result for item in house.history] == ["done", "failed", "failed"]


def test_what_is_still_on_is_not_called_off(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.shell.refused = ("Set-OrganizationConfig",)
    with pytest.raises(ExchangeError, match="not today"):
        switch_off(house.task(), None)


def test_the_record_of_another_organization_switches_off_and_leaves_the_endpoint(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.switched_on()
    other = [replace(step, target={**step.target, "guid": "0" * 8, "name": "Fabrikam"}) for step in house.history]
    done = switch_off(house.task(), other)
    assert not done.live
    assert "The record is of the organization 'Fabrikam', and 'Contoso' answers." in done.refused[0].reason


SWITCH_ON = Cmdlet("Set-OrganizationConfig", {"OAuth2ClientProfileEnabled": True})


def domains(house: House) -> tuple[AuthServer, list[Recorded]]:
    """The AuthServer of a tenant with a domain more, by a recorded run."""
    result = house.shell.run([authserver.READ]).results[0]
    server = next(
        item for item in map(authserver.parse_authserver, result.properties(authserver.READ.name)) if item.default
    )
    house.writer.write(authserver.plan_trust(server, enabled=None, domain_names=["ours.test"]))
    return server, house.history


def test_the_restore_looks_again_in_the_shell_that_writes(tmp_path: Path) -> None:
    """Another controller switches on, or adds a domain, between its read and its write."""
    house = House(tmp_path)
    house.shell.run([replace(SWITCH_ON, parameters=OFF)])
    server, history = domains(house)
    later = Cmdlet(
        "Set-AuthServer", {"Identity": server.guid, "DomainName": [*server.domain_names, "ours.test", "later.test"]}
    )
    for others in (SWITCH_ON, later):
        house.shell.run([replace(SWITCH_ON, parameters=OFF)])
        house.shell.meanwhile, sent = (others,), list(house.shell.sent)
        with pytest.raises(Overtaken, match="somebody else is at work there"):
            restore_organization_after_policies(house.task(), history)
        assert house.shell.sent[len(sent) :] == [others.name]
    house.shell.run([replace(SWITCH_ON, parameters=OFF)])
    restore_organization_after_policies(house.task(), history)
    now = house.shell.run([authserver.READ]).results[0].properties(authserver.READ.name)
    own = next(item for item in now if item.label("Guid", "").lower() == server.guid)
    assert own.raw("DomainName") == [*server.domain_names, "later.test"]


def test_step_4_looks_again_too(tmp_path: Path) -> None:
    """The Hybrid Configuration Wizard adds a domain between the read of hma_authserver and its write."""
    house = House(tmp_path)
    seen = house.shell.run([authserver.READ]).results[0]
    servers = [authserver.parse_authserver(item) for item in seen.properties(authserver.READ.name)]
    server = next(item for item in servers if item.default)
    wizard = Cmdlet("Set-AuthServer", {"Identity": server.guid, "DomainName": [*server.domain_names, "wizard.test"]})
    plan = authserver.plan_trust(server, enabled=None, domain_names=["ours.test"])
    again = seen_again(plan.changes, seen)
    house.shell.meanwhile = (wizard,)
    with pytest.raises(ExchangeError, match="The default authorization endpoint is as it was"):
        write_endpoint(house.writer, plan, servers, read_before=again, read_after=[authserver.READ])
    assert house.shell.sent == ["Set-AuthServer"]
    assert [item.result for item in house.history] == ["not_sent"]


def test_a_plan_without_an_authserver_says_nothing_of_the_endpoint(tmp_path: Path) -> None:
    """Nobody read the AuthServers for it, so that the default there is was not made by somebody else meanwhile."""
    house = House(tmp_path)
    plan = plan_organization(read_policies(house.shell).config, {"mapi_http_enabled": False})
    with pytest.raises(ExchangeError, match=r"^No\.$"), done_or_as_before(house.writer, plan, []):
        raise ExchangeError("No.")


def test_what_somebody_else_cleared_is_not_put_back_where_nothing_was_written(tmp_path: Path) -> None:
    house = House(tmp_path)
    seen = house.shell.run([authserver.READ]).results[0]
    servers = [authserver.parse_authserver(item) for item in seen.properties(authserver.READ.name)]
    server = next(item for item in servers if item.default)
    trust = authserver.plan_trust(server, enabled=None, domain_names=["ours.test"])
    plan = Plan((*trust.changes, authserver.flag(server, False)))
    others = {"DomainName": ["theirs.test"], authserver.DEFAULT: False}
    house.shell.meanwhile = (Cmdlet("Set-AuthServer", {"Identity": server.guid, **others}),)
    again = seen_again(plan.changes, seen)
    with pytest.raises(ExchangeError, match="Somebody else changed the default authorization endpoint"):
        write_endpoint(house.writer, plan, servers, read_before=again, read_after=[authserver.READ])
    assert house.shell.sent == ["Set-AuthServer"]
