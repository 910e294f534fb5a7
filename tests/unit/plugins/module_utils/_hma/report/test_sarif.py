# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SARIF: valid by the standard's schema, one alert per open finding, and nothing of others is a link or an argument."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.document import document
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.facts import Facts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.sarif import sarif
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.report_samples import ORIGIN, finding, fleet, report

_URI = {"type": "string", "format": "uri-reference", "pattern": "^[!-~]*$"}
_TEXT = {"type": "object", "additionalProperties": False, "required": ["text"],
         "properties": {"text": {"type": "string", "minLength": 1}}}  # fmt: skip
_LEVEL = {"enum": ["none", "note", "warning", "error"]}


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


def _list(items: Any, least: int = 0) -> dict[str, Any]:
    return {"type": "array", "minItems": least, "items": items}


_TIME = {"type": "string", "format": "date-time", "pattern": "^[0-9-]{10}T[0-9:.]+(Z|[+-][0-9:]{5})$"}
_LOCATION = _object(
    [],
    physicalLocation=_object(
        ["artifactLocation"],
        artifactLocation=_object(["uri"], uri=_URI),
        region=_object(["startLine"], startLine={"type": "integer", "minimum": 1}),
    ),
    logicalLocations=_list(
        _object([], name={"type": "string"}, fullyQualifiedName={"type": "string"}, kind={"type": "string"})
    ),
)
_RULE = _object(
    ["id"], id={"type": "string"}, shortDescription=_TEXT, fullDescription=_TEXT, help=_TEXT, helpUri=_URI,
    defaultConfiguration=_object([], level=_LEVEL),
    properties={"type": "object", "properties": {"tags": {**_list({"type": "string"}), "uniqueItems": True}}},
)  # fmt: skip
_RESULT = {
    **_object(
        ["message"], ruleId={"type": "string"}, ruleIndex={"type": "integer", "minimum": 0}, level=_LEVEL,
        kind={"enum": ["notApplicable", "pass", "fail", "review", "open", "informational"]}, message=_TEXT,
        locations=_list(_LOCATION, 1),
        partialFingerprints={"type": "object", "additionalProperties": {"type": "string"}},
        properties={"type": "object"},
    ),
    # The prose of the standard (3.27.10): whatever is no failure has no level.
    "if": {"properties": {"kind": {"const": "fail"}}},
    "else": {"properties": {"level": {"const": "none"}}},
}  # fmt: skip
# What of the schema of SARIF 2.1.0 holds for what this report has. HMA_SARIF_SCHEMA names the whole of it.
SCHEMA = _object(
    ["version", "runs"],
    **{"$schema": _URI},
    version={"const": "2.1.0"},
    runs=_list(
        _object(
            ["tool"],
            tool=_object(
                ["driver"],
                driver=_object(
                    ["name"], name={"type": "string"}, version={"type": "string"}, informationUri=_URI,
                    rules={**_list(_RULE), "uniqueItems": True},
                ),
            ),
            automationDetails=_object([], id={"type": "string"}),
            invocations=_list(
                _object(
                    ["executionSuccessful"], executionSuccessful={"type": "boolean"}, startTimeUtc=_TIME,
                    endTimeUtc=_TIME,
                    toolExecutionNotifications=_list(_object(["message"], level=_LEVEL, message=_TEXT)),
                )
            ),
            results=_list(_RESULT),
            columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        )
    ),
)  # fmt: skip
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
FINDINGS = [
    finding("fail", object="ex1 mapi"),
    finding("not_checked", object="ex2 mapi", message="no right"),
    finding("warn", object="ex3 mapi", severity="medium"),
    finding("pass", object="ex4 mapi"),
    finding("pass", object="ex5 mapi", predicted=True),
    finding("fail", id="HMA-SPN-001", severity="low", object="contoso", scope="tenant", source="an administrator"),
]


def written(findings: list[dict[str, Any]] | None = None, **more: Any) -> Any:
    found = json.loads(sarif(report(findings=FINDINGS if findings is None else findings, **more)))
    VALIDATOR.validate(found)
    return found["runs"][0]


def test_what_is_open_is_an_alert_and_what_is_right_is_none() -> None:
    run = written()
    said = [(item["properties"]["object"], item["kind"], item["level"]) for item in run["results"]]
    assert said == [
        ("ex1 mapi", "fail", "error"), ("contoso", "fail", "warning"), ("ex2 mapi", "open", "none"),
        ("ex3 mapi", "fail", "warning"), ("ex5 mapi", "fail", "note"),
    ]  # fmt: skip
    rules = [item["id"] for item in run["tool"]["driver"]["rules"]]
    assert rules == ["HMA-VDIR-001", "HMA-SPN-001"]
    assert all(rules[item["ruleIndex"]] == item["ruleId"] for item in run["results"])
    assert "helpUri" not in run["tool"]["driver"]["rules"][1]
    assert len({item["partialFingerprints"]["primaryLocationLineHash"] for item in run["results"]}) == 5
    assert run["results"][2]["message"]["text"] == "EX2 mapi: Not checked: no right"


def test_a_run_that_broke_was_not_successful() -> None:
    assert written()["invocations"][0]["executionSuccessful"] is True
    steps = [{"step": "Step 3", "results": {"ex1": {"failed": True, "msg": "lost"}}}]
    invocation = written(steps=steps)["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "Step 3 ex1: lost"
    assert "startTimeUtc" not in written(run={"id": "x", "started": "yesterday"})["invocations"][0]


def test_the_file_is_the_inventory_without_its_folder() -> None:
    origin = ORIGIN.__class__("0.1.0", ("/srv/my lab/inventory ü.yml",), ORIGIN.finished)
    found = json.loads(sarif(document(Facts.from_facts(fleet(findings=FINDINGS)), origin)))
    place = found["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert place == "inventory%20%C3%BC.yml"


@given(st.text(), st.text())
def test_whatever_the_text_it_is_valid_and_no_link(text: str, name: str) -> None:
    run = written([finding(id=name, title=text, why=text, fix=text, message=text, object=text, source=text)])
    message = run["results"][0]["message"]["text"]
    assert "](" not in message and "{" not in message


@pytest.mark.skipif(
    "HMA_SARIF_SCHEMA" not in os.environ,
    reason="NOT TESTED: the whole schema of SARIF is not here (sarif-schema-2.1.0.json of oasis-tcs/sarif-spec; name "
    "the file in HMA_SARIF_SCHEMA); the part of it that this report uses is tested",
)
def test_the_whole_schema_of_the_standard() -> None:
    schema = json.loads(Path(os.environ["HMA_SARIF_SCHEMA"]).read_text("utf-8"))
    for found in (report(findings=FINDINGS), report(servers=0, tenants=0, findings=[])):
        jsonschema.validators.validator_for(schema)(schema).validate(json.loads(sarif(found)))
