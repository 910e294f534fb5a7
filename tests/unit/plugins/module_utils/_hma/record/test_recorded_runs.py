# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recorded runs beside what is there: what stands, what went back, and what somebody else changed."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.history import Recorded
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.listing import (
    BACK,
    CHANGED,
    IN_USE,
    NOT_READ,
    STANDS,
    ListedRun,
    Now,
    lines,
    standings,
)

GUID = "0A9B4951-0dba-5cd9-822a-4d0061744c38"
DIRECTORY = {"type": "directory", "kind": "ews", "server": "EX1", "guid": GUID, "identity": "EX1\\EWS"}
TRUST = {"type": "authserver", "guid": GUID, "name": "EvoSTS", "realm": "t"}
SWITCH = {"type": "organization", "guid": GUID, "name": "Contoso"}
TENANT = {"type": "names", "tenant_id": "T-1"}


def wrote(target: dict[str, Any], name: str, before: Any, after: Any) -> Recorded:
    return Recorded("0" * 16, "t", "r", "ex1", str(target["type"]), target, "", {name: before}, {name: after}, "done")


def now(live: bool = False, *, oauth: Any = True, domains: Any = (), flag: bool = True, names: Any = ()) -> Now:
    directory = {"guid": GUID.lower(), "settings": {"OAuthAuthentication": oauth, "IISAuthenticationMethods": oauth}}
    return Now.from_facts(
        {
            "organization": {
                "config": {"guid": GUID, "oauth2_client_profile_enabled": flag if live or flag else False},
                "auth_servers": [{"guid": GUID, "domain_names": list(domains), "default": False, "enabled": True}],
            },
            "servers": {"ex1": {"read": {"directories": [directory]}}, "ex2": {"read": {"failed": True}}},
            "tenants": {"contoso": {"tenant_id": "t-1", "read": {}, "identified": {"before": list(names)}}},
        }
    )


def states(step: Recorded, found: Now) -> list[str]:
    return [item.state for item in standings([step], found)]


@pytest.mark.parametrize(
    ("oauth", "flag", "state"), [(True, False, STANDS), (True, True, IN_USE), (False, True, BACK), (False, False, BACK)]
)
def test_a_directory(oauth: bool, flag: bool, state: str) -> None:
    step = wrote(DIRECTORY, "OAuthAuthentication", False, True)
    assert states(step, now(oauth=oauth, flag=flag)) == [state]


def test_a_list_that_somebody_else_changed_is_left_alone_and_says_why() -> None:
    step = wrote(DIRECTORY, "IISAuthenticationMethods", ["Ntlm"], ["Ntlm", "OAuth"])
    (found,) = standings([step], now(oauth=["Basic"]))
    assert found.state == CHANGED
    assert "Somebody changed it since" in found.reason


def test_domains_go_back_one_by_one() -> None:
    step = wrote(TRUST, "DomainName", ["a"], ["a", "b"])
    (found,) = standings([step], now(flag=False, domains=["a", "b", "later"]))
    assert (found.state, found.back_to) == (STANDS, ["a", "later"])
    assert found.text == "authserver: DomainName {a, b, later} -> {a, later}"
    assert states(step, now(domains=["a"])) == [BACK]


def test_the_switch_itself_is_never_in_use() -> None:
    step = wrote(SWITCH, "OAuth2ClientProfileEnabled", False, True)
    assert states(step, now(flag=True)) == [STANDS]
    assert states(step, now(flag=False)) == [BACK]


def test_names_of_a_tenant_by_what_was_added() -> None:
    step = wrote(TENANT, "servicePrincipalNames", ["https://a/"], ["https://a/", "https://b/"])
    (found,) = standings([step], now(names=["https://a/", "https://B/", "https://c/"]))
    assert (found.state, found.now, found.back_to) == (STANDS, ("https://B/",), ())
    assert states(step, now(names=["https://a/"])) == [BACK]


def test_what_was_not_read_says_so() -> None:
    assert states(wrote({**DIRECTORY, "guid": "x"}, "OAuthAuthentication", False, True), now()) == [NOT_READ]
    assert states(wrote(TRUST, "Enabled", False, True), Now.from_facts({})) == [NOT_READ]
    override = {"type": "setting_override", "name": "x"}
    assert states(wrote(override, "Parameters", [], ["a"]), now()) == [NOT_READ]


def test_two_writes_to_one_object_are_undone_the_latest_first() -> None:
    steps = [wrote(TRUST, "DomainName", [], ["a"]), wrote(TRUST, "DomainName", ["a"], ["a", "b"])]
    (found,) = standings(steps, now(flag=False, domains=["a", "b"]))
    assert found.back_to == []


def test_a_run_is_a_line_with_what_would_go_back_below_it() -> None:
    steps = [wrote(TRUST, "DomainName", [], ["a"])]
    run = ListedRun("R1", "/r/R1", "2026-11-26T14:00:00.1+00:00", "ann", "hybrid.exchange.enable_hma", False, 1,
                    standing=tuple(standings(steps, now(flag=False, domains=["a"]))))  # fmt: skip
    broken = ListedRun("R2", "/r/R2", "", "", "", False, 0, "it is no record.")
    assert lines([run, broken]) == [
        "R1  2026-11-26T14:00  ann  hybrid.exchange.enable_hma: 1 write, no end in its record (1 stands)",
        "    authserver: DomainName {a} -> {}",
        "R2: it is no record.",
    ]
