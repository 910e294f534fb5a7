# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the rows of a probe say together: findings, summary, and the lines for people."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.catalogue import CHECKS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe import findings, rows
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.targets import (
    AUTODETECT_RANGES,
    PROTOCOLS,
    Target,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.verdict import VERDICTS, Verdict


def row(
    server: str,
    verdict: str,
    *,
    protocol: str = "ews",
    identity: str | None = None,
    expected: str = "ready",
    uri: str = "https://login.windows.net/x",
) -> Any:
    target = Target(
        "mail.contoso.com",
        protocol,
        server or "mail.contoso.com",
        host=f"{server.lower()}.corp.contoso.com" if server else "",
        server=server,
    )
    return rows.make_row(
        target,
        identity,
        Verdict(verdict, f"because {verdict}.", uri if verdict == "ready" else None, offered=("NTLM",)),
        401,
        5,
        expected,
    )


def found(rows: list[Any], expected: str = "ready") -> dict[tuple[str, str], str]:
    return {(item.id, item.object): item.status for item in findings.findings(rows, expected)}


def test_one_lying_directory_is_named_and_the_next_command_told() -> None:
    rows = [row(f"EX{number}", "not_offered" if number == 17 else "ready", protocol="oab") for number in range(1, 41)]
    wrong = [item for item in findings.findings(rows, "ready") if item.status == "fail"]
    assert [(item.id, item.object, item.server) for item in wrong] == [("HMA-PRB-001", "EX17 oab", "EX17")]
    assert [item.text for item in wrong[0].commands] == [
        "ansible-playbook hybrid.exchange.prepare_vdirs --limit ex17.corp.contoso.com"
    ]
    assert "not_offered at https://mail.contoso.com/OAB/ (EX17:443)" in wrong[0].message
    assert wrong[0].actual == "not_offered: NTLM offered"
    assert len(findings.table(rows, "ready")) == 1


def test_a_server_that_is_off_is_one_line() -> None:
    rows = [row("EX1", "unreachable", protocol=protocol) for protocol in PROTOCOLS]
    assert found(rows) == {("HMA-PRB-001", f"EX1 {', '.join(PROTOCOLS)}"): "not_checked"}
    assert findings.summary(rows, "ready") == {"proven": 0, "refuted": 0, "unproven": 6}


def test_what_is_in_front_is_blamed_only_where_the_servers_are_right() -> None:
    hidden = [row("EX1", "ready"), row("EX2", "ready"), row("", "not_offered")]
    assert found(hidden)["HMA-PRB-003", "mail.contoso.com ews"] == "fail"
    # The balancer may have asked the server that is wrong: then that is the finding.
    assert ("HMA-PRB-003", "mail.contoso.com ews") not in found(
        [row("EX1", "ready"), row("EX2", "not_offered"), row("", "not_offered")]
    )
    assert ("HMA-PRB-003", "mail.contoso.com ews") not in found([row("EX1", "unreachable"), row("", "not_offered")])
    assert (
        found([row("EX1", "ready"), row("", "ready", uri="https://login.microsoftonline.com/x")])[
            "HMA-PRB-003", "mail.contoso.com ews"
        ]
        == "fail"
    )
    assert ("HMA-PRB-003", "mail.contoso.com ews") not in found([row("EX1", "ready"), row("", "ready")])


def test_a_build_that_wants_a_hint_is_ready_with_one() -> None:
    rows = [row("EX1", "indeterminate"), row("EX1", "ready", identity="a@contoso.com")]
    assert found(rows) == {("HMA-PRB-001", "EX1"): "pass"}


def test_a_pilot_is_reported_and_does_not_fail() -> None:
    rows = [
        row("EX1", "indeterminate"),
        row("EX1", "ready", identity="pilot@contoso.com"),
        row("EX1", "no_endpoint", identity="other@contoso.com"),
    ]
    assert found(rows) == {("HMA-PRB-001", "EX1"): "pass", ("HMA-PRB-004", "EX1 ews"): "warn"}
    pilot = next(item for item in findings.findings(rows, "ready") if item.id == "HMA-PRB-004")
    assert "pilot@contoso.com: ready; other@contoso.com: no_endpoint" in pilot.message


def test_a_balancer_in_front_of_one_lying_server_is_no_pilot() -> None:
    lying = row("", "not_offered", identity="a@contoso.com")
    mixed = [row("EX1", "ready"), row("EX2", "not_offered"), row("", "ready"), lying]
    assert found(mixed) == {
        ("HMA-PRB-001", "EX1"): "pass",
        ("HMA-PRB-001", "EX2 ews"): "fail",
        ("HMA-PRB-002", "mail.contoso.com ews"): "fail",
    }
    late = [row("EX1", "ready"), row("", "ready"), row("", "no_endpoint", identity="a@contoso.com")]
    assert "HMA-PRB-004" not in {name for name, _object in found(late)}
    assert "HMA-PRB-004" in {name for name, _object in found(late[1:])}


def test_the_answers_of_a_place_prove_it_together() -> None:
    rows = [row("EX1", "indeterminate"), row("EX1", "ready", identity="a@contoso.com"), row("EX2", "indeterminate")]
    assert [item.state for item in findings.settled(rows, "ready")] == ["proven", "proven", "unproven"]
    assert [item.state for item in rows] == ["unproven", "proven", "unproven"]


def test_off_has_to_be_off_for_all() -> None:
    rows = [
        row("EX1", "no_endpoint", expected="not_offered"),
        row("EX1", "ready", identity="a@contoso.com", expected="not_offered"),
    ]
    assert found(rows, "not_offered") == {("HMA-PRB-001", "EX1 ews"): "fail"}
    (off,) = findings.findings(rows, "not_offered")[0].commands
    assert off.text == "Set-OrganizationConfig -OAuth2ClientProfileEnabled $false"


def test_phones() -> None:
    right = findings.findings([row("", "ready", protocol="activesync")], "ready")[-1]
    assert (right.id, right.status, right.blocks) == ("HMA-PRB-007", "not_checked", False)
    assert all(item in right.fix for item in AUTODETECT_RANGES)
    assert findings.findings([row("", "not_offered", protocol="activesync")], "ready")[-1].status == "warn"


def test_every_verdict_has_a_next_step_and_is_documented() -> None:
    text = (Path(__file__).parents[6] / "docs" / "probe.md").read_text("utf-8")
    for verdict in VERDICTS:
        assert rows.next_step(row("EX1", verdict), "ews")
        assert f"| `{verdict}` |" in text
    assert set(re.findall(r"HMA-PRB-\d+", text)) == {name for name in CHECKS if name.startswith("HMA-PRB-")}
    assert all(item in text for item in AUTODETECT_RANGES)
