# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A write that was sent and never answered stands on the last screen, with what was sent and what looks."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.ending import Ending
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.found import Found
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.screen import LINES, WIDTH, screen
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.unsure import unsure_of

from tests.unit.report_samples import report

GUID = "a2c81bdd-8cd6-52db-9ac3-b50efca7090c"
OWN = f"-Identity '{GUID}' | Format-List"


def write(number: int, target: dict[str, str], after: dict[str, Any], cmdlet: str, result: str) -> dict[str, Any]:
    command = f"{cmdlet} -Identity 'x'"
    return {"id": f"{number:016x}", "object": f"Object {number}", "target": {"guid": GUID, **target},
            "after": after, "command": command, "result": result}  # fmt: skip


def steps(*changes: dict[str, Any]) -> list[Found]:
    result = {"failed": True, "msg": "the connection broke", "uncertain": True, "changes": list(changes)}
    return Found(
        [{"step": "Step 3", "results": {"ex1": result}}, {"step": "Again", "results": {"ex1": result}}]
    ).objects


@pytest.mark.parametrize(
    ("target", "after", "look"),
    [
        ({"type": "directory", "kind": "mapi"}, {"IISAuthenticationMethods": []},
         f"Get-MapiVirtualDirectory {OWN} IISAuthenticationMethods"),
        ({"type": "web_directory", "kind": "ecp"}, {"A": 1, "B": 2, "C": 3}, f"Get-EcpVirtualDirectory {OWN}"),
        ({"type": "organization"}, {"OAuth2ClientProfileEnabled": True},
         "Get-OrganizationConfig | Format-List OAuth2ClientProfileEnabled"),
        ({"type": "authentication_policy", "guid": "", "name": "HMA only"}, {"Exists": True},
         "Get-AuthenticationPolicy -Identity 'HMA only' | Format-List"),
        ({"type": "user"}, {"AuthenticationPolicy": "x"}, f"Get-User {OWN} AuthenticationPolicy"),
        ({"type": "names"}, {"servicePrincipalNames": []},
         "ansible-playbook hybrid.exchange.register_spns --check --diff -i inventory.yml"),
    ],
)  # fmt: skip
def test_each_type_of_object_has_its_look(target: dict[str, str], after: dict[str, Any], look: str) -> None:
    found = unsure_of(steps(write(1, target, after, "Set-X", "uncertain")), ["inventory.yml"])
    assert [(item.object, item.cmdlet) for item in found] == [("Object 1", "Set-X")]
    assert found[0].look is not None
    assert sorted(found[0].look.text.split()) == sorted(look.split())


def test_what_is_known_is_not_said_and_an_intent_without_an_outcome_is() -> None:
    own = {"type": "user"}
    results = ["done", "failed", "not_sent", "predicted", "open"]
    found = unsure_of(steps(*(write(at, own, {}, "Set-User", word) for at, word in enumerate(results))), [])
    assert [item.object for item in found] == ["Object 4"]
    assert unsure_of(steps(write(1, {"type": "other"}, {}, "Set-X", "uncertain")), [])[0].look is None


def test_the_screen_names_them_and_stays_a_screen() -> None:
    own = {"type": "directory", "kind": "ews"}
    lost = unsure_of(
        steps(
            *(write(at, {**own, "guid": f"{at}"}, {"OAuthAuthentication": True}, "Set-X", "open") for at in range(300))
        ),
        [],
    )
    lines = screen(report(servers=4), Ending(False, "Not ready", ("It broke.",)), "enable_hma", [], lost)
    place = next(at for at, line in enumerate(lines) if line.startswith("May have been written (300): Object 0, "))
    assert lines[place].endswith(" more, by Set-X. Begin to look with:")
    assert lines[place + 1 : place + 3] == tuple(
        f"   Get-WebServicesVirtualDirectory -Identity '{at}' | Format-List OAuthAuthentication" for at in (0, 1)
    )
    assert len(lines) <= LINES
    assert max(map(len, lines)) <= WIDTH
    assert not any("May have been" in line for line in screen(report(), Ending(True, "x", ()), "enable_hma", []))


def test_many_cmdlets_are_no_longer_line() -> None:
    kinds = ("Mapi", "WebServices", "Oab", "Autodiscover", "ActiveSync")
    writes = (
        write(at, {"type": "directory", "guid": f"{at}"}, {}, f"Set-{kind}VirtualDirectory", "open")
        for at, kind in enumerate(kinds)
    )
    lines = screen(report(), Ending(False, "x", ()), "prepare_vdirs", [], unsure_of(steps(*writes), []))
    [line] = [line for line in lines if line.startswith("May have been written (5): Object 0")]
    assert line.endswith(", by Set-MapiVirtualDirectory and 4 more.")
    assert max(map(len, lines)) <= WIDTH
