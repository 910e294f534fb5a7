# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The report as JUnit XML: a suite for the organization, and one per server and tenant."""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree

from ..base.comparison import fold
from .changes import Problem
from .document import Document
from .text import ReportFinding

_SKIPPED: Final = {"not_checked": "not checked", "not_applicable": "not applicable"}


def junit(document: Document) -> bytes:
    """Fails are failures with expected, actual and fix; what was not checked is skipped with its reason; a broken step
    is an error."""
    root = ElementTree.Element("testsuites", name=f"Hybrid Modern Authentication {document.organization.name}".strip())
    suites = _Suites(root, document)
    for finding in document.findings:
        _case(suites.of(finding), finding)
    if document.problems:
        suite = suites.add("run")
        for problem in document.problems:
            _error(suite, problem)
    for suite in root:
        _total(suite, "skipped")
    # Jenkins' schema knows no ``skipped`` of them all together.
    _total(root)
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


class _Suites:
    """A suite for everything that was to be looked at, so that one without a finding is seen to have none."""

    def __init__(self, root: ElementTree.Element, document: Document) -> None:
        self._root, self._finished, self._organization = root, document.run.finished, document.organization.name
        self._suites: dict[tuple[str, str], ElementTree.Element] = {}
        # A finding may call a server by its inventory name, its name or its full name.
        self._servers = {
            fold(name): fold(row.host or row.name) for row in document.servers for name in (row.name, row.fqdn) if name
        }
        servers = [("server", row.host or row.name) for row in document.servers]
        for scope, name in [
            ("organization", self._organization),
            *servers,
            *(("tenant", item.name) for item in document.tenants),
        ]:
            self._suites[scope, fold(name)] = self.add(f"{scope} {name}")

    def add(self, name: str) -> ElementTree.Element:
        return ElementTree.SubElement(self._root, "testsuite", name=name.strip(), timestamp=self._finished)

    def of(self, finding: ReportFinding) -> ElementTree.Element:
        named = {"server": finding.server or "", "tenant": finding.tenant or ""}
        name = named.get(finding.scope, self._organization)
        folded = fold(name)
        key = finding.scope, self._servers.get(folded, folded) if finding.scope == "server" else folded
        if key not in self._suites:
            self._suites[key] = self.add(f"{finding.scope} {name}")
        return self._suites[key]


def _error(suite: ElementTree.Element, problem: Problem) -> None:
    case = ElementTree.SubElement(suite, "testcase", classname="run", name=f"{problem.step} {problem.host}".strip())
    ElementTree.SubElement(case, "error", message=_head(problem.message)).text = problem.message


def _case(suite: ElementTree.Element, finding: ReportFinding) -> None:
    case = ElementTree.SubElement(suite, "testcase", classname=finding.id, name=f"{finding.title} [{finding.object}]")
    if finding.status == "fail":
        ElementTree.SubElement(case, "failure", type=finding.severity, message=_head(finding.message)).text = _body(
            finding
        )
    elif finding.status in _SKIPPED:
        ElementTree.SubElement(case, "skipped", message=f"{_SKIPPED[finding.status]}: {finding.message}")
    elif finding.status == "warn":
        ElementTree.SubElement(case, "system-out").text = f"Warning\n{_body(finding)}"
    elif finding.message:
        ElementTree.SubElement(case, "system-out").text = finding.message


def _body(finding: ReportFinding) -> str:
    labelled = (
        ("", finding.message), ("Expected: ", finding.expected), ("Actual: ", finding.actual), ("Why: ", finding.why),
        ("Fix: ", finding.fix), ("Source: ", finding.source),
    )  # fmt: skip
    lines = [f"{label}{value}" for label, value in labelled if value]
    return "\n".join([*lines, *(f"Command: {command.text}" for command in finding.commands)])


def _head(text: str) -> str:
    return text.split("\n", 1)[0]


def _total(element: ElementTree.Element, *more: str) -> None:
    element.set("tests", str(len(element.findall(".//testcase"))))
    for kind, name in (("failure", "failures"), ("error", "errors"), *((kind, kind) for kind in more)):
        element.set(name, str(len(element.findall(f".//{kind}"))))
