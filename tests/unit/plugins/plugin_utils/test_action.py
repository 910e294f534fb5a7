# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options are built-in types by the time the domain sees them, and which of them are secrets is known at any depth."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template
from ansible_collections.hybrid.exchange.plugins.filter.sign_in import sign_in
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SIGN_IN, SPECS
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction, secrets_in
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import ModuleOptions, Result
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.plain import plain, with_lists
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import ExchangeError, Unreachable


def kinds(value: Any) -> set[type]:
    if isinstance(value, dict):
        return {type(value)} | {kind for pair in value.items() for item in pair for kind in kinds(item)}
    if isinstance(value, list):
        return {type(value)} | {kind for item in value for kind in kinds(item)}
    return {type(value)}


def test_plain() -> None:
    # As a play has them: from a file, and through the templating engine. Vaults are a story of their own.
    loaded = DataLoader().load("text: mail.contoso.test\nnumber: 7\nflag: true\nlist: [a, {b: c}]\nnothing: null\n")
    asked = {name: trust_as_template(f"{{{{ {name} }}}}") for name in loaded}
    values = Templar(loader=DataLoader(), variables=loaded).template(asked)
    assert kinds(plain(values)) == {dict, list, str, int, bool, type(None)}
    assert plain(values)["flag"] is True
    assert plain(values)["number"] == 7


def test_a_text_with_commas_is_the_list_that_people_mean() -> None:
    """Ansible leaves the blank in: "html, json" was refused at the end of a run, whose first task had taken it."""
    spec = SPECS["hma_assess"]["argument_spec"]
    given = {
        "gate": "none",
        "settings": {"spn_extra_names": "a.test, b.test,", "kinds": ["mapi"], "policy": {"a, b": "c, d"}},
    }
    lists = {"spn_extra_names": ["a.test", "b.test"], "kinds": ["mapi"], "policy": {"a, b": "c, d"}}
    assert with_lists(spec, given) == {"gate": "none", "settings": lists}
    spec = SPECS["hma_report"]["argument_spec"]
    assert with_lists(spec, {"formats": "html, json", "dir": "a, b"}) == {"formats": ["html", "json"], "dir": "a, b"}
    assert with_lists(SPECS["hma_spn"]["argument_spec"], {"ignored": "", "names": ""}) == {"ignored": [], "names": []}
    tenants = [{"tenant_id": "a"}, "no dictionary"]
    assert with_lists(SPECS["hma_info"]["argument_spec"], {"tenants": tenants, "domains": ""}) == {
        "tenants": tenants,
        "domains": [],
    }


def test_secrets_of_suboptions_are_secrets() -> None:
    spec = SPECS["hma_info"]["argument_spec"]
    tenants = [
        {"tenant_id": "a", "client_secret": "first"},
        {"tenant_id": "b", "certificate_password": "second", "client_assertion": "third"},
        "no dictionary",
    ]
    found = secrets_in(spec, {"scope": "identity", "exchange_password": "own", "tenants": tenants})
    assert sorted(found) == ["first", "own", "second", "third"]
    assert secrets_in(spec, {"tenants": None}) == []
    assert secrets_in({"one": {"options": SIGN_IN}}, {"one": {"client_secret": "deep"}}) == ["deep"]


def test_how_to_sign_in_comes_from_the_variables_of_each_tenant() -> None:
    hosts = {
        "contoso": {
            "hma_tenant_id": "a",
            "hma_client_secret": "s",
            "hma_tenant_domain": "contoso.test",
            "client_id": "not ours",
        },
        "fabrikam": {},
    }
    assert [sign_in(hosts[host]) for host in ("fabrikam", "contoso")] == [
        {"tenant_id": ""},
        {"tenant_id": "a", "client_secret": "s"},
    ]


ODD = "EvoSTS\x1b[2J\x9b31m\u202e\u2066\r\x00x"


@dataclass(frozen=True, kw_only=True)
class Given(Result):
    """A result with any keys."""

    keys: dict[str, Any]

    def returned(self) -> dict[str, Any]:
        return dict(self.keys)


class Says(HmaAction[ModuleOptions]):
    """An action that gives back, or raises, what it is made with."""

    module = "hma_report"
    options = ModuleOptions

    def __init__(self, outcome: Any) -> None:
        task = SimpleNamespace(
            args={},
            become=False,
            check_mode=False,
            async_val=0,
            diff=False,
            delegate_to=None,
            action="hma_report",
            get_ds=dict,
        )
        self._task, self._connection, self._outcome = (
            task,
            SimpleNamespace(_shell=SimpleNamespace(tmpdir=None)),
            outcome,
        )

    def validate_argument_spec(self, **_spec: Any) -> Any:
        return None, {}

    def apply(self, options: ModuleOptions) -> Result:
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return Given(keys=self._outcome)


def test_what_ansible_prints_of_a_result_can_be_printed_and_data_stays_exact() -> None:
    printed = {
        "msg": ODD,
        "warnings": [ODD],
        "notes": [ODD],
        "diff": [{"before_header": ODD, "after_header": ODD, "before": f"{ODD}\n", "after": ""}],
    }
    found = Says({**printed, "names": [ODD], "directories": [{"identity": ODD}], "findings": [{"message": ODD}]}).run(
        None, {}
    )
    assert (found["names"], found["directories"]) == ([ODD], [{"identity": ODD}])
    assert "<U+202E>" in found["findings"][0]["message"]
    for key in printed:
        text = str(found[key] if isinstance(found[key], str) else list(found[key]))
        assert not {"\x1b", "\x9b", "\u202e", "\u2066", "\x00"} & set(found["msg"])
        assert "\\x1b" not in text, key
        assert "<U+202E>" in text, key
    assert found["diff"][0]["before"].endswith("x\n")


@pytest.mark.parametrize("failure", [ExchangeError(ODD), Unreachable(ODD)])
def test_a_failure_is_printable_too(failure: Exception) -> None:
    try:
        said = Says(failure).run(None, {})["msg"]
    except AnsibleConnectionFailure as exc:
        said = str(exc)
    assert said.isprintable()
    assert "\u241b[2J" in said
