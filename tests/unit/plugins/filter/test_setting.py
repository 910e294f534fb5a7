# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A role by itself names the variable that the inventory has, as the playbooks do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.hybrid.exchange.plugins.filter.setting import setting
from ansible_collections.hybrid.exchange.plugins.module_utils._variables import PUBLIC

ROOT = Path(__file__).parents[4]
# The roles of the ways out: what these do not read must not stand in their way, also not in the probe behind it.
WAY_OUT = ("hma_disable", "hma_verify", "hma_owa")
_FED = re.compile(r"\{\{ (hma_\w+) \| default\(([^{}]*?)\)(.*?) \}\}")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("hma_policy", "zz", "hma_policy is 'zz' (text); expected a dictionary."),
        ("hma_probe_enabled", ["zz"], "hma_probe_enabled is ['zz'] (a list); expected true or false."),
        ("hma_probe_connect_to", {"mail.contoso.com": "https://x"}, "hma_probe_connect_to, 'mail.contoso.com', is"),
    ],
)
def test_a_wrong_value_is_named(name: str, value: Any, message: str) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        setting(value, name)
    assert str(caught.value).startswith(message)


def test_a_right_value_is_given_back_as_it_is() -> None:
    rules = {"HMA-SSL-001": {"enabled": False}}
    assert setting(rules, "hma_policy") is rules
    assert setting("15", "hma_probe_timeout") == "15"


@pytest.mark.parametrize("path", sorted(ROOT.glob("roles/*/defaults/main.yml")), ids=lambda path: path.parts[-3])
def test_every_default_that_a_public_variable_feeds_is_judged(path: Path) -> None:
    defaults = yaml.safe_load(path.read_text("utf-8"))
    found = [_FED.fullmatch(" ".join(value.split())) for value in defaults.values() if isinstance(value, str)]
    fed = {match[1]: match[3] for match in found if match and match[1] in PUBLIC}
    for name, rest in fed.items():
        judged = path.parts[-3] not in WAY_OUT or PUBLIC[name].way_out
        assert rest == (f" | hybrid.exchange.setting('{name}')" if judged else ""), name
