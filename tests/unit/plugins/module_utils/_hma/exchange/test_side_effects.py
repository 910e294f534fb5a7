# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Set touched beside what it was asked for: URLs go back at once, lists are named, wherever a switch stands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Change
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.side_effects import differences, give_back
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import (
    KINDS,
    Directory,
    parse_directory,
    plan_oauth,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.history import Recorded
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.restoration import Restoration
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.restore import (
    note_side_effects,
    restore_directory,
)

from tests.lab import scenario
from tests.lab.assumptions import SWITCHES
from tests.lab.binder import bind
from tests.lab.exchange import Organization

POSITIONS = [(name, position) for name, positions in SWITCHES.items() for position in positions]


class Server:
    """One server of the lab, asked in this process."""

    def __init__(self, kind: str, **positions: str) -> None:
        spec = scenario.load("everything")["organizations"][0]
        self._organization = Organization({**spec, "assumptions": positions}, lambda: 0.0)
        self._kind = KINDS[kind]

    def read(self) -> Directory:
        (found,) = self.run(self._kind.get("EX1"))
        return parse_directory(self._kind, Properties(found, "Get"))

    def run(self, cmdlet: Cmdlet) -> list[dict[str, Any]]:
        return self._organization.run("EX1", *bind(cmdlet.name, dict(cmdlet.sent), "2016", "full"))[0]

    def write(self, change: Change | None) -> Recorded:
        assert change is not None
        self.run(change.cmdlet)
        return Recorded(
            "0" * 16, "t", "r", "ex1", change.object, change.target, "", change.before, change.after, "done",
            change.beside,
        )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("position", POSITIONS, ids="-".join)
def test_there_and_back(kind: str, position: tuple[str, str]) -> None:
    """OAuth on, URLs as before; OAuth off, URLs as before, and each difference that is left has a name."""
    name, value = position
    server = Server(kind, **{name: value})
    start = server.read()
    planned = plan_oauth(start, present=True)
    if planned is None:
        assert start.oauth
        return
    steps = [server.write(planned)]
    touched = server.read()
    if (back := give_back(start, touched)) is not None:
        assert (name, kind) == ("mapi_urls", "mapi")
        steps.append(server.write(back))
    enabled = server.read()
    assert (enabled.oauth, enabled.urls) == (True, start.urls)
    assert give_back(start, enabled) is None

    undone = restore_directory(enabled, steps)
    steps_back = [server.write(undone)]
    if (back := give_back(enabled, server.read())) is not None:
        steps_back.append(server.write(back))
    end = server.read()
    assert (end.settings, end.urls) == (start.settings, start.urls)
    done = Restoration(live=False)
    note_side_effects(done, {end.guid: end}, {end.guid: steps})
    assert bool(done.left) == (end.methods != start.methods)


def test_urls_of_mapi_go_back_with_its_methods() -> None:
    """Its page wants the methods in each call that sets a URL."""
    server = Server("mapi", mapi_urls="server")
    start = server.read()
    server.write(plan_oauth(start, present=True))
    back = give_back(start, server.read())
    assert back is not None
    assert set(back.after) == {"IISAuthenticationMethods", "InternalUrl", "ExternalUrl"} == set(back.before)
    assert back.before["InternalUrl"] == "https://ex1.corp.contoso.test/mapi"
    assert back.after["InternalUrl"] == start.internal_url


def test_a_list_that_differs_is_named_and_an_odd_one_is_not_judged() -> None:
    start = Server("ews").read()
    now = replace(start, methods={"InternalAuthenticationMethods": ("Ntlm",)})
    assert list(differences(start.beside, now)) == [
        "InternalAuthenticationMethods is {Ntlm}, and was {Ntlm, WindowsIntegrated, WSSecurity} before the run"
    ]
    names = {"Name": "x (Default Web Site)", "Server": "EX1", "Identity": "x", "Guid": start.guid}
    values = {"InternalUrl": None, "OAuthAuthentication": True, "InternalAuthenticationMethods": [{"unread": "odd"}]}
    odd = {**names, **values}
    assert parse_directory(KINDS["ews"], Properties(odd, "Get")).methods == {}


def test_a_default_list_that_came_in_the_place_of_an_empty_one_is_named() -> None:
    """Only OAuth is taken out again: an empty list would let nobody in."""
    server = Server("mapi")
    server.run(Cmdlet("Set-MapiVirtualDirectory", {"Identity": server.read().guid, "IISAuthenticationMethods": []}))
    start = server.read()
    steps = [server.write(plan_oauth(start, present=True, mapi_empty="default"))]
    server.write(restore_directory(server.read(), steps))
    end, done = server.read(), Restoration(live=False)
    note_side_effects(done, {end.guid: end}, {end.guid: steps})
    assert end.settings["IISAuthenticationMethods"] == ("Ntlm", "Negotiate")
    assert "IISAuthenticationMethods is {Ntlm, Negotiate}, and was {} before the run" in done.left[0].reason
