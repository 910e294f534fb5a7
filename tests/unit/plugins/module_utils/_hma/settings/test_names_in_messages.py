# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every public variable with every kind of wrong value: the message names what the user wrote, and what is right."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.settings.settings import (
    HEAD,
    TENANT,
    Unreadable,
    Variables,
    judge,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._variables import PUBLIC, with_roles

VALUES: dict[str, Any] = {
    "list": [["x"]],
    "dictionary": {"a": {"b": 1}},
    "number": 3.5,
    "true": True,
    "nothing": None,
    "unreadable": Unreadable("'nope' is undefined"),
}
# Names of a role's variable, of Python's types and of ansible-core's.
JARGON = ("hma_preflight_", "_Ansible", "<class", "NoneType", "dictionary requested", "is nothing", "argument")


def judged(name: str, value: Any, playbook: str = "enable_hma", **more: Any) -> tuple[list[str], list[str]]:
    own = {name: value}
    tenant = {"hma_tenant_id": "11111111-aaaa-4bbb-8ccc-000000000001", "hma_tenant_domain": "contoso.onmicrosoft.com"}
    values = {"localhost": {}, "ex1": own, "contoso": tenant | (own if name not in PUBLIC or shares(name) else {})}
    found = judge(with_roles({}), Variables(playbook, ("ex1",), ("contoso",), values, **more))
    return found.problems, found.warnings


def shares(name: str) -> bool:
    return PUBLIC[name].shared or PUBLIC[name].scope == TENANT


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_a_wrong_value_is_named_as_it_was_written(name: str, kind: str) -> None:
    setting, value = PUBLIC[name], VALUES[kind]
    extra = frozenset({name}) if setting.scope == HEAD else frozenset()
    problems, _warnings = judged(name, value, extra=extra)
    for problem in problems:
        assert problem.startswith(name), problem
        assert "expected " in problem or "cannot be read: 'nope' is undefined" in problem
        assert not [word for word in JARGON if word in problem], problem
    if kind in ("list", "number", "unreadable") and setting.shape.kind != "list":
        assert len(problems) == 1, problems


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("hma_tenat_id", "hma_tenant_id"),
        ("HMA_TENANT_ID", "hma_tenant_id"),
        ("hma_probe_conect_to", "hma_probe_connect_to"),
        ("hma_certificate_pasword", "hma_certificate_password"),
    ],
)
def test_a_slip_of_a_name_stops_the_run_and_is_corrected(name: str, meant: str) -> None:
    problems, _warnings = judged(name, "x")
    assert len(problems) == 1
    assert f"{name} is no variable of hybrid.exchange (" in problems[0]
    assert problems[0].endswith(f"Did you mean {meant}?")
    assert judged(name, "x", "disable_hma")[0] == [], "the way out is not stopped by a name"


def test_a_slip_of_an_account_is_a_warning_because_the_name_may_be_somebody_elses() -> None:
    problems, warnings = judged("exchange_pasword", "x")
    assert problems == []
    assert warnings[0].endswith("Did you mean exchange_password?")
    assert judged("exchange_farm", "x") == ([], [])


def test_a_connection_whose_template_fails_is_named_before_anything_is_read() -> None:
    """Ansible dropped the host in the middle of the run, and the run said that no server answered."""
    broken = {"ex1": {"ansible_password": Unreadable("'vault_hma' is undefined")}}
    problems, _warnings = judged("hma_server", "ex1", connections=broken)
    assert problems == ["ansible_password cannot be read: 'vault_hma' is undefined (at ex1)."]
    assert judged("hma_server", "ex1", "disable_hma", connections=broken)[0] == [], "another server may do it"
