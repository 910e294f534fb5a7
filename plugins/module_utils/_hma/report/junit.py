# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The report as JUnit XML: a suite for the organization, and one per server and tenant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from xml.etree import ElementTree

from ..base.comparison import fold

_SKIPPED: Final = {"not_checked": "not checked", "not_applicable": "not applicable"}


def junit(document: Mapping[str, Any]) -> bytes:
    """Fails are failures with expected, actual and fix; what was not checked is skipped with its reason; a broken step is an error."""
    run = document["run"]
    root = ElementTree.Element("testsuites", name=f"Hybrid Modern Authentication {document['organization']['name']}".strip())
    suites: dict[tuple[str, str], ElementTree.Element] = {}
    for scope, name in _expected(document):
        suites[scope, fold(name)] = ElementTree.SubElement(root, "testsuite", name=f"{scope} {name}".strip(), timestamp=run["finished"])
    aliases = _aliases(document)
    for finding in document["findings"]:
        name = str(finding[finding["scope"]] or "") if finding["scope"] != "organization" else document["organization"]["name"]
        key = finding["scope"], aliases.get((finding["scope"], fold(name)), fold(name))
        if key not in suites:
            suites[key] = ElementTree.SubElement(root, "testsuite", name=f"{finding['scope']} {name}".strip(), timestamp=run["finished"])
        _case(suites[key], finding)
    if document["problems"]:
        suite = ElementTree.SubElement(root, "testsuite", name="run", timestamp=run["finished"])
        for problem in document["problems"]:
            case = ElementTree.SubElement(suite, "testcase", classname="run", name=f"{problem['step']} {problem['host'] or ''}".strip())
            ElementTree.SubElement(case, "error", message=_head(problem["message"])).text = problem["message"]
    for suite in root:
        _total(suite)
    _total(root)
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _expected(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A suite for everything that was to be looked at, so that one without a finding is seen to have none."""
    servers = [("server", row["host"] or row["name"]) for row in document["servers"]]
    return [("organization", document["organization"]["name"]), *servers, *(("tenant", item["name"]) for item in document["tenants"])]


def _aliases(document: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """A finding may call a server by its inventory name, its name or its full name."""
    return {("server", fold(str(row[key]))): fold(str(row["host"] or row["name"])) for row in document["servers"] for key in ("name", "fqdn") if row[key]}


def _case(suite: ElementTree.Element, finding: Mapping[str, Any]) -> None:
    case = ElementTree.SubElement(suite, "testcase", classname=finding["id"], name=f"{finding['title']} [{finding['object']}]")
    if finding["status"] == "fail":
        ElementTree.SubElement(case, "failure", type=finding["severity"], message=_head(finding["message"])).text = _body(finding)
    elif finding["status"] in _SKIPPED:
        ElementTree.SubElement(case, "skipped", message=f"{_SKIPPED[finding['status']]}: {finding['message']}")
    elif finding["status"] == "warn":
        ElementTree.SubElement(case, "system-out").text = f"Warning\n{_body(finding)}"
    elif finding["message"]:
        ElementTree.SubElement(case, "system-out").text = finding["message"]


def _body(finding: Mapping[str, Any]) -> str:
    labels = (("message", ""), ("expected", "Expected: "), ("actual", "Actual: "), ("why", "Why: "), ("fix", "Fix: "), ("source", "Source: "))
    lines = [f"{label}{finding[key]}" for key, label in labels if finding[key]]
    return "\n".join([*lines, *(f"Command: {command['text']}" for command in finding["commands"])])


def _head(text: str) -> str:
    return text.split("\n", 1)[0]


def _total(element: ElementTree.Element) -> None:
    element.set("tests", str(len(element.findall(".//testcase"))))
    for kind, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        element.set(name, str(len(element.findall(f".//{kind}"))))
