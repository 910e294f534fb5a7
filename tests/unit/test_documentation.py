# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be set is documented, and what is documented is read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SETTINGS, SIGN_IN, SPECS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.settings.narrowing import PLAYBOOKS
from ansible_collections.hybrid.exchange.plugins.module_utils._variables import PUBLIC, option_of
from ansible_collections.hybrid.exchange.plugins.module_utils._version import VERSION

from tests.tools import variables

ROOT = Path(__file__).parents[2]
VARIABLES = [item for section in variables.specification() for item in section["variables"]]
RUN_FACTS = (ROOT / "plugins" / "module_utils" / "_hma" / "checks" / "run_facts.py").read_text("utf-8")
# These come before there is an organization to judge: they refuse nothing, and write no report.
DAY_ONE = ("check_access", "discover")
NARROWED = sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml") if path.stem not in DAY_ONE)
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir())


def test_public_variables() -> None:
    documented = {item["name"] for item in VARIABLES}
    sources = [*(ROOT / "playbooks").rglob("*.yml"), *(ROOT / "roles").rglob("*.yml")]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    read = set(re.findall(r"(?:\.|\b)((?:hma|exchange)_\w+) \| default\(", text))
    # What the filters read of each host, and how a tenant is signed in to.
    read |= set(re.findall(r'(?:own|declared|of_host\(host\))\.get\("(hma_\w+)"', RUN_FACTS)) | set(
        re.findall(r'"(hma_probe_address|hma_server)"', RUN_FACTS)
    )
    read |= {f"hma_{name}" for name in SIGN_IN} - {"hma_tenant_id"} | {
        f"hma_{name}" for name in SETTINGS if name != "incomplete_because"
    } - {"hma_kinds"}
    private = {name for name in read if name.endswith(("_result", "_read", "_run", "_done"))}
    own = {
        name
        for role in ROLES
        for name in yaml.safe_load((ROOT / "roles" / role / "defaults" / "main.yml").read_text("utf-8"))
    }
    assert read - private <= documented
    assert documented <= read | own


def test_the_page_of_variables_is_made_from_their_table() -> None:
    made = variables.page(variables.specification())
    assert (ROOT / "docs" / "variables.md").read_text("utf-8") == made, (
        "Edit docs/variables.yml, then run: make variables"
    )


@pytest.mark.parametrize("item", [item for item in VARIABLES if "option" in item], ids=lambda item: item["name"])
def test_a_variable_is_what_the_option_is_that_it_ends_in(item: dict[str, Any]) -> None:
    option = option_of(item["option"])
    assert item["type"] == option["type"]
    assert item.get("choices") == option.get("choices")
    assert item.get("secret", False) == option.get("no_log", False)


def test_the_table_of_variables_is_the_one_that_is_judged() -> None:
    assert list(PUBLIC) == [item["name"] for item in VARIABLES]


@pytest.mark.parametrize("item", VARIABLES, ids=lambda item: item["name"])
def test_a_variable_is_judged_as_it_is_documented(item: dict[str, Any]) -> None:
    shape = PUBLIC[item["name"]].shape
    of_items = shape.element.choices if shape.element else ()
    assert {"paths": "path or list", "raw": "str"}.get(shape.kind, shape.kind) == item["type"]
    assert list(shape.choices or of_items) == item.get("choices", [])
    assert (shape.secret, shape.required) == (item.get("secret", False), item.get("required", False))
    if "elements" in item:
        assert shape.element is not None and shape.element.fields is not None
        assert list(shape.element.fields) == item["elements"].strip("{}").split(", ")


def test_every_play_says_its_strategy_and_that_one_host_is_not_all() -> None:
    """Where a configuration says any_errors_fatal, a host that was not reached, and whose reason a finding tells, ended
    the run: before its report, and with 0 for its code."""
    plays = [
        play
        for path in (ROOT / "playbooks").rglob("*.yml")
        for play in yaml.safe_load(path.read_text("utf-8"))
        if "hosts" in play
    ]
    assert len(plays) > 20
    assert [play["name"] for play in plays if play.get("strategy") != "ansible.builtin.linear"] == []
    assert [play["name"] for play in plays if play.get("any_errors_fatal") is not False] == []


@pytest.mark.parametrize("name", NARROWED)
def test_every_playbook_begins_with_the_same_play(name: str) -> None:
    assert name in PLAYBOOKS
    first = yaml.safe_load((ROOT / "playbooks" / f"{name}.yml").read_text("utf-8"))[0]
    assert (first["ansible.builtin.import_playbook"], first["vars"]) == (
        "steps/refuse_partial_run.yml",
        {"hma_playbook": name},
    )


@pytest.mark.parametrize("name", DAY_ONE)
def test_a_playbook_of_the_first_day_begins_without_a_gate(name: str) -> None:
    first = yaml.safe_load((ROOT / "playbooks" / f"{name}.yml").read_text("utf-8"))[0]
    assert (first["ansible.builtin.import_playbook"], first["vars"]) == (
        "steps/begin_day_one.yml",
        {"hma_playbook": name},
    )


@pytest.mark.parametrize("role", ROLES)
def test_roles_agree_with_their_specification_and_readme(role: str) -> None:
    folder = ROOT / "roles" / role
    defaults = yaml.safe_load((folder / "defaults" / "main.yml").read_text("utf-8"))
    options = yaml.safe_load((folder / "meta" / "argument_specs.yml").read_text("utf-8"))["argument_specs"]["main"][
        "options"
    ]
    required = {name for name, option in options.items() if option.get("required")}
    assert set(options) == set(defaults) | required
    assert all(name.startswith(f"{role}_") for name in options)
    readme = (folder / "README.md").read_text("utf-8")
    assert all(f"`{name}`" in readme for name in options)


def test_the_version_is_one() -> None:
    assert yaml.safe_load((ROOT / "galaxy.yml").read_text("utf-8"))["version"] == VERSION


@pytest.mark.parametrize(
    ("group", "options"), [("hma", {"record_dir", "run_id"}), ("exchange", {"exchange_user", "exchange_password"})]
)
def test_an_action_group_holds_the_modules_that_take_its_options(group: str, options: set[str]) -> None:
    """A default that one module of a group does not know breaks every play that has the module and the default."""
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text("utf-8"))
    assert set(runtime["action_groups"]) == {"hma", "exchange"}
    assert sorted(runtime["action_groups"][group]) == sorted(
        name for name, spec in SPECS.items() if options <= set(spec["argument_spec"])
    )


def test_every_module_has_its_files() -> None:
    # These run where the question is asked from, so they are modules of their own and no actions.
    for folder, without in (("action", {"hma_probe", "hma_web_probe"}), ("modules", set())):
        assert {path.stem for path in (ROOT / "plugins" / folder).glob("*.py")} == set(SPECS) - without
