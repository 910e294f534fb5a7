# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drawn organizations in this process; a thousand times as many: python -m tests.wild.in_memory 1-20000."""

from __future__ import annotations

import json
import os
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import gates
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.lab import wild
from tests.wild import article
from tests.wild.in_memory import violations
from tests.wild.seeds import chosen, known
from tests.wild.world import World

EXAMPLES = int(os.environ.get("HMA_WILD_EXAMPLES", "15"))


@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), print_blob=False
)
@given(st.randoms(use_true_random=False), st.integers(0, 12))
def test_of_a_drawn_organization_every_property_holds(source: Random, killed_after: int) -> None:
    """What fails is made smaller, until the organization is the plainest one that still fails."""
    found = wild.scenario(source)
    wrong = [text for text in violations(found, killed_after) if not known([text])]
    assert wrong == [], json.dumps(found, indent=1)


def test_a_seed_draws_the_same_organization_each_time() -> None:
    assert wild.of_seed(7) == wild.of_seed(7)
    assert wild.of_seed(7) != wild.of_seed(8)
    # Whoever changes what is drawn changes every seed, and the expected failures with them.
    assert [len(wild.of_seed(seed)["organizations"][0]["servers"]) for seed in range(1, 9)] == [6, 4, 2, 1, 5, 3, 1, 3]


@pytest.mark.parametrize(
    ("seeds", "commit", "number"),
    [("1-3,9", "", 4), ("7", "abc", 1), ("", "", 25), ("", "abc", 35), ("fixed", "abc", 25), ("commit", "abc", 10)],
)
def test_which_seeds_are_run(seeds: str, commit: str, number: int) -> None:
    assert len(set(chosen(seeds, commit))) == number
    assert chosen(seeds, commit) == chosen(seeds, commit)


def test_a_fault_that_is_not_known_is_not_hidden_by_one_that_is() -> None:
    one = "promise: step 1 found nothing in the way, then: IISAuthenticationMethods is empty"
    assert known([one])
    assert known([one, "enable says Traceback"]) == []


@pytest.mark.parametrize("realm", ["{0}", "{{{0}}}", "contoso.test"])
def test_the_invariant_knows_the_tenant_of_a_realm_in_every_spelling(realm: str) -> None:
    """Seed 13622: a realm in braces, and no issuer beside it."""
    tenant = "11111111-aaaa-4bbb-8ccc-000000000001"
    issuer = "" if "{" in realm else f"https://sts.windows.net/{tenant}/"
    assert article.trusted_tenant({"Realm": realm.format(tenant.upper()), "IssuerIdentifier": issuer}) == tenant


MENDED = [
    ("seed_4", "several tenants, and every server too old for DomainName"),
    ("seed_8", "a directory that is missing"),
    ("seed_63", "a MAPI list that is empty in Active Directory and in IIS"),
    ("seed_1411", "the only server with a connection of its own is too old for DomainName"),
]
STOPPED = {
    "seed_4": {("HMA-AUTH-003", "contoso"), ("HMA-AUTH-003", "fabrikam")},
    "seed_8": {("HMA-VDIR-001", "ex1.lab oab")},
    "seed_63": {("HMA-AUTH-008", "EvoSts - 0c8cd4ba-65ea-4b8d-a4f6-6b3a7e1b6b01")},
    "seed_1411": {("HMA-AUTH-003", "contoso")},
}


@pytest.mark.parametrize("name", [pytest.param(name, id=f"{name}: {what}") for name, what in MENDED])
def test_what_step_1_says_before_names_are_registered(name: str) -> None:
    found = _found(name)
    world = World(found)
    findings = gates.judge("preflight", world.step_1(world.case()))
    assert {(item.id, item.object) for item in findings if item.blocks} == STOPPED[name]
    assert list(violations(found, 0)) == []


def test_a_list_that_is_empty_in_active_directory_alone_stops_nothing() -> None:
    """EX1 of this organization has one in IIS."""
    world = World(_found("seed_1411"))
    warned = [item for item in gates.judge("preflight", world.step_1(world.case())) if item.id == "HMA-VDIR-002"]
    assert [(item.object, item.status, item.blocks) for item in warned] == [("ex1.lab mapi", "warn", False)]
    assert "unless hma_vdir_mapi_empty is default" in warned[0].message
    assert list(world.prepare(world.case())) == []


@pytest.mark.parametrize("name", ["seed_46", "seed_1411"])
def test_over_exchange_s_own_endpoint_step_1_knows_the_list_of_iis(name: str) -> None:
    """What is empty there stops it, whatever Active Directory shows; and nothing is said where it is not."""
    found = {**_found(name), "connection": "exchange"}
    world = World(found)
    case = world.step_1(world.case())
    said = [item for item in gates.judge("preflight", case) if item.id == "HMA-VDIR-002"]
    empty = {"seed_46": [("ex-mail01.lab mapi", True)], "seed_1411": []}
    assert [(item.object, item.blocks) for item in said] == empty[name]
    assert [one for one in violations(found, 0) if "IISAuthenticationMethods" in one] == []


FOUND = [
    ("seed_36", "HMA-CERT-003", "a certificate that is missing on another server is seen right before the switch"),
    ("seed_2660", "has no OAuthAuthentication", "a directory that stands in Active Directory alone is seen in step 3"),
    ("seed_46", "IISAuthenticationMethods is empty", "over WinRM a list that is empty in IIS alone is seen in step 3"),
]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param(name, text, id=name, marks=pytest.mark.xfail(reason=reason, strict=True))
        for name, text, reason in FOUND
    ],
)
def test_what_drawn_organizations_found(name: str, text: str) -> None:
    """Each is a fault that is known: whoever mends it takes its row, and its line of expected.yml, out."""
    assert [one for one in violations(_found(name), 0) if text in one] == []


def _found(name: str) -> dict[str, Any]:
    path = Path(__file__).parents[1] / "wild" / "found" / f"{name}.yml"
    found: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return found
