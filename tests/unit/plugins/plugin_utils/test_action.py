# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options are built-in types by the time the domain sees them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible.template import Templar
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import plain


def kinds(value: Any) -> set[type]:
    if isinstance(value, dict):
        return {type(value)} | {kind for pair in value.items() for item in pair for kind in kinds(item)}
    if isinstance(value, list):
        return {type(value)} | {kind for item in value for kind in kinds(item)}
    return {type(value)}


@pytest.fixture
def loaded() -> Any:
    """Values as a play has them: from a file, from a template, from a vault."""
    loader = DataLoader()
    secret = VaultSecret(b"vault password")
    loader.set_vault_secrets([("default", secret)])
    text = VaultLib([("default", secret)]).encrypt("sEcr3t", secret).decode("ascii")
    indented = "\n".join("  " + line for line in text.splitlines())
    return loader.load(f"text: mail.contoso.test\nnumber: 7\nflag: true\nlist: [a, {{b: c}}]\nnothing: null\nvault: !vault |\n{indented}\n")


def test_plain(loaded: Any) -> None:
    # As an action gets its arguments: every value has been through the templating engine, which decrypts.
    values = Templar(loader=DataLoader(), variables=loaded).template(loaded)
    assert kinds(plain(values)) == {dict, list, str, int, bool, type(None)}
    assert plain(values)["vault"] == "sEcr3t"
    assert plain(values)["flag"] is True
    assert plain(values)["number"] == 7
