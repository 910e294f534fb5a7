# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options are built-in types by the time the domain sees them, and which of them are secrets is known at any depth."""

from __future__ import annotations

from typing import Any

from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template
from ansible_collections.hybrid.exchange.plugins.filter.sign_in_of import sign_in_of
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SIGN_IN, SPECS
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import plain, secrets_in


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


def test_secrets_of_suboptions_are_secrets() -> None:
    spec = SPECS["hma_info"]["argument_spec"]
    tenants = [{"tenant_id": "a", "client_secret": "first"}, {"tenant_id": "b", "certificate_password": "second", "client_assertion": "third"}, "no dictionary"]
    found = secrets_in(spec, {"scope": "identity", "exchange_password": "own", "tenants": tenants})
    assert sorted(found) == ["first", "own", "second", "third"]
    assert secrets_in(spec, {"tenants": None}) == []
    assert secrets_in({"one": {"options": SIGN_IN}}, {"one": {"client_secret": "deep"}}) == ["deep"]


def test_how_to_sign_in_comes_from_the_variables_of_each_tenant() -> None:
    hosts = {"contoso": {"hma_tenant_id": "a", "hma_client_secret": "s", "hma_tenant_domain": "contoso.test", "client_id": "not ours"}, "fabrikam": {}}
    assert sign_in_of(["fabrikam", "contoso"], hosts) == [{"tenant_id": ""}, {"tenant_id": "a", "client_secret": "s"}]
