# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The answers of real servers that Microsoft's CSS-Exchange has among its tests: the product reads them, and the lab
agrees with them. Nothing of them is in this repository: HMA_CSS_EXCHANGE names a clone (docs/recording.md)."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import (
    certificates,
    hybrid,
    orgconfig,
    server_objects,
    server_state,
    virtual_directories,
    web_directories,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet, CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.compared import AGREES, DIFFERS
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.clixml import mark, properties, type_names
from pypsrp.serializer import Serializer

from tests.lab.exported import files_of, text_of
from tests.lab.importing import imported
from tests.lab.originals import found_in
from tests.unit.support.memory_shell import organization_of, recorded, rows_of

CLONE = os.environ.get("HMA_CSS_EXCHANGE", "")
pytestmark = pytest.mark.skipif(not CLONE, reason="no clone of CSS-Exchange: set HMA_CSS_EXCHANGE")
FOLDERS = {
    name: Path(CLONE) / "Diagnostics" / "HealthChecker" / "Tests" / "DataCollection" / name / "Exchange"
    for name in ("E16", "E19")
}
# Those of Microsoft's own applications, which everybody has.
PUBLIC = re.compile(r"0000000[0-9]-0000-0(?:000|ff1)-c[0e]00-0{12}|0{8}-.*")
EWS = virtual_directories.KINDS["ews"]
READS = (
    server_objects.SERVERS, orgconfig.READ, hybrid.HYBRID, hybrid.DOMAINS, hybrid.OVERRIDES, hybrid.PARTNERS,
    certificates.AUTH_CONFIG, *server_state.cmdlets("x"),
    Cmdlet("Get-WebServicesVirtualDirectory", {}, EWS.returns), web_directories.get("owa"),
)  # fmt: skip


@pytest.fixture(params=FOLDERS)
def folder(request: pytest.FixtureRequest) -> Path:
    return FOLDERS[request.param]


def read(folder: Path, cmdlet: Cmdlet) -> Iterator[Properties]:
    """What the product would have of a file, had it come over a connection."""
    for file in files_of(folder):
        if file.cmdlet == cmdlet.name:
            serializer: Any = Serializer()
            mark(serializer)
            serializer.tn = type_names(file.root)
            for item in file.root:
                yield Properties(properties(serializer.deserialize(item, clear=False), cmdlet.returns), file.name)


@pytest.mark.parametrize("cmdlet", READS, ids=lambda cmdlet: cmdlet.name)
def test_each_property_that_is_read_is_there_under_its_name(folder: Path, cmdlet: Cmdlet) -> None:
    for item in read(folder, cmdlet):
        assert set(item.found) == set(cmdlet.returns), item.where


def test_real_objects_are_parsed_without_a_gap(folder: Path) -> None:
    gaps: list[Any] = []
    (server,) = (server_objects.parse_server(item) for item in read(folder, server_objects.SERVERS))
    assert (server.client_access, server.edge) == (True, False)
    (config,) = {orgconfig.parse_organization_config(item).guid for item in read(folder, orgconfig.READ)}
    assert config
    for parse, cmdlet in (
        (hybrid.parse_hybrid, hybrid.HYBRID), (hybrid.parse_domains, hybrid.DOMAINS),
        (hybrid.parse_overrides, hybrid.OVERRIDES), (hybrid.parse_partners, hybrid.PARTNERS),
    ):  # fmt: skip
        parse(read(folder, cmdlet), gaps)
    (found,) = read(folder, Cmdlet("Get-WebServicesVirtualDirectory", {}, EWS.returns))
    assert virtual_directories.parse_directory(EWS, found).oauth
    results = [CmdletResult([item.found for item in read(folder, one)], [], []) for one in server_state.cmdlets("x")]
    state = server_state.parse(results)
    assert (bool(state.certificates), state.components) == (True, {"ServerWideOffline": "Active"})
    assert [*gaps, *state.unread] == []


def test_no_name_of_a_server_is_in_its_recording(folder: Path) -> None:
    raw = "".join(ElementTree.tostring(file.root, encoding="unicode") for file in files_of(folder))
    names = {name for name in re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", raw) if not PUBLIC.match(name)}
    names |= {*re.findall(r"\b[0-9A-F]{40}\b", raw), *re.findall(r"S-1-5-21-[0-9-]+", raw)}
    names |= set(re.findall(r"\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|local|lab|dom)\b", raw, re.IGNORECASE))
    assert len(names) > 50
    assert found_in(text_of(folder, "a clone"), sorted(names)) == []


def test_the_lab_agrees_and_says_the_same_of_what_it_imports(folder: Path) -> None:
    document = json.loads(text_of(folder, "a clone"))
    rows = rows_of(document)
    assert [row for row in rows.values() if row.result == DIFFERS] == []
    agreeing = {name for name, row in rows.items() if row.result == AGREES}
    assert len(agreeing) >= 5
    again = rows_of(recorded(organization_of(imported(document)[0])))
    assert {name: again[name].seen for name in agreeing} == {name: rows[name].seen for name in agreeing}
