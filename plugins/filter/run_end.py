# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a run ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.attempts import switch_attempts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inventory import of_run
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.ending import (
    WatchEnd,
    of_watch,
    without_its_own,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.news import news_of
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.origin import known_servers
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.document import Document, Origin, document
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.ending import (
    RECORDING,
    TRYING,
    Ended,
    Ending,
    of_audit,
    of_chain,
    of_disable,
    of_list,
    of_owa_off,
    of_restore,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.ending_measurement import NAME as MEASURE
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.ending_measurement import files_of, of_measure
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.ending_recording import (
    Recorded,
    of_recording,
    of_trial,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.facts import Facts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.found import Found
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.screen import one_line, screen
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.unsure import unsure_of
from ansible_collections.hybrid.exchange.plugins.module_utils._version import VERSION
from ansible_collections.hybrid.exchange.plugins.plugin_utils._called import called

from .has_report import has_report
from .restored import restored
from .run_facts import facts as facts_of_run

DOCUMENTATION = r"""
name: run_end
short_description: How a run ended
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Says whether all of a run is proven, and in one message what is not and what to do. It goes by what the filter
    P(hybrid.exchange.run_facts#filter) gives of the same hosts.
  - What proves a run depends on its playbook, which C(run) of the facts names.
positional: servers, tenants, inventory
options:
  inventory:
    description: The C(ansible_inventory_sources) of the run; the command that is the way back names them.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - hybrid.exchange._facts.hosts
"""

EXAMPLES = r"""
- name: Say how it ended
  ansible.builtin.debug:
    msg: "{{ (hostvars | hybrid.exchange.run_end('exchange_servers', 'entra_tenants')).message }}"
"""

RETURN = r"""
_value:
  description:
    - C(complete) says whether everything that the playbook is for is proven, C(message) what is not.
    - C(not_done) says why a run of C(watch_hma) could not do its work, which is neither quiet nor drift.
    - C(reports) says whether the playbook writes a report, C(screen) holds the lines of the last screen, and
      C(artifact) the head of the report with the paths of its files.
  type: dict
"""

Variables = Mapping[str, Any]


def end_of_run(
    hostvars: Variables, servers: str | Iterable[str], tenants: str | Iterable[str], inventory: Sequence[str] = ()
) -> dict[str, Any]:
    return run_end(facts_of_run(hostvars, servers, tenants), hostvars, inventory)


def run_end(facts: Mapping[str, Any], hostvars: Variables, inventory: Sequence[str] = ()) -> dict[str, Any]:
    run, control = facts["run"]["id"], hostvars["localhost"]
    made = document(Facts.from_facts(facts), Origin(VERSION, called(map(str, inventory)), ""))
    record = of_run(control.get("hma_started", {}), run).get("folder")
    ended = Ended(made, facts, str(record or ""))
    watched = _watched(ended, hostvars) if ended.name == "watch_hma" else None
    end = watched.ending if watched else _ENDS.get(ended.name, _of_chain)(ended, hostvars)
    if control.get("ansible_limit"):
        end = replace(end, says=(*end.says, f"With --limit {control['ansible_limit']} it holds for no other host."))
    named = end.next is not None and ended.record in end.next.command.text
    unsure = unsure_of(Found(facts["steps"]).objects, ended.inventory)
    history = str((_result(control, "hma_drift_result", run).get("files") or {}).get("page") or "")
    report = _result(control, "hma_report_result", run)
    files = _files(report, "" if named else ended.record, made.changes, history)
    if ended.name == MEASURE:
        files = files_of(Found(_result(control, "hma_sign_ins_result", run)))
    return {
        "complete": end.complete,
        "not_done": watched.not_done if watched else "",
        "message": f"{end.message} Run {run}.",
        "reports": has_report(ended.name),
        "screen": list(screen(without_its_own(made, watched) if watched else made, end, ended.name, files, unsure)),
        "artifact": _artifact(made, report.get("files") or {}),
    }


def _artifact(made: Document, files: Mapping[str, Any]) -> dict[str, Any]:
    """The head of the report and where its files are, for the artifacts of a job."""
    head = made.as_json()
    run = {name: head["run"][name] for name in ("id", "playbook", "mode", "started", "stopped")}
    return {"run": run, "summary": head["summary"], "files": dict(files)}


def _files(report: Mapping[str, Any], record: str, changes: Sequence[Any], history: str) -> list[tuple[str, str]]:
    """The report that people read, or why there is none; the sheet; where something was written, the record of it; the
    history of a watch."""
    written = report.get("files") or {}
    page = next((str(written[kind]) for kind in ("html", "json", "junit") if kind in written), "")
    if report.get("failed"):
        page = one_line(f"none. {report.get('msg')}", "Report")
    wrote = any(item.status != "would_change" for item in changes)
    sheet = next((str(written[kind]) for kind in ("sheet", "sheet_pdf") if kind in written), "")
    return [
        ("Report", page),
        ("For the change board", sheet),
        ("Record", record if wrote else ""),
        ("History", history),
    ]


def _result(control: Variables, name: str, run: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = of_run(control.get(name, {}), run)
    return found


def _watched(ended: Ended, hostvars: Variables) -> WatchEnd:
    """What was compared; a history that cannot be kept, and a message that did not arrive, is no quiet run."""
    run, control = ended.run["id"], hostvars["localhost"]
    compared, told = (_result(control, name, run) for name in ("hma_drift_result", "hma_notify_result"))
    lost = "" if "drift" in compared else str(compared.get("msg") or "")
    trouble = [text for text in (lost, str(compared.get("unkept") or ""), str(told.get("msg") or "")) if text]
    news = news_of(compared) if "drift" in compared else None
    return of_watch(news, trouble, bool(compared.get("fails")), ended.inventory)


def _of_chain(ended: Ended, _hostvars: Variables) -> Ending:
    return of_chain(ended)


def _audited(ended: Ended, hostvars: Variables) -> Ending:
    return of_audit(ended, of_run(hostvars["localhost"].get("hma_audit_result", {}), ended.run["id"]))


def _disabled(ended: Ended, hostvars: Variables) -> Ending:
    """The server that switched off says what else it could not do, and why the organization was not read from it."""
    attempts = switch_attempts(hostvars, list(ended.facts["servers"]))
    if not attempts["off_on"]:
        reason = " ".join(attempts["reasons"]) or ended.document.run.stopped
        return of_disable(ended, False, reason, "", _way_out(ended, hostvars))
    server = hostvars[attempts["off_on"][0]]
    trouble, read = (
        of_run(server.get(name, {}), ended.run["id"]) for name in ("hma_off_result", "hma_organization_read")
    )
    stopped = str(ended.run["reason"] or ended.run["stopped"])
    unread = str(_result(hostvars["localhost"], "hma_history_read", ended.run["id"]).get("msg") or "")
    return of_disable(ended, True, str(trouble.get("msg") or ""), str(read.get("msg") or stopped), unread=unread)


def _way_out(ended: Ended, hostvars: Variables) -> list[str]:
    """The runs whose policies block what people would need, as the servers that refused found them."""
    results = (of_run(hostvars[host].get("hma_disable_result", {}), ended.run["id"]) for host in ended.facts["servers"])
    return list(dict.fromkeys(str(run) for result in results for run in result.get("way_out") or []))


def _restored(ended: Ended, hostvars: Variables) -> Ending:
    listed = _result(hostvars["localhost"], "hma_runs_result", ended.run["id"])
    if "runs" in listed:
        return of_list(ended, Found(listed["runs"]).objects)
    read = hostvars["localhost"]["hma_history_read"]
    sources = _sources(ended.facts["settings"])
    servers, tenants = list(ended.facts["servers"]), list(ended.facts["tenants"])
    known = known_servers(ended.facts["organization"])
    found = restored(read, hostvars, servers, tenants, ended.checking, known)
    if ended.run["stopped"]:
        reason = f"It stopped at: {ended.run['stopped']}. {ended.run['reason']}".strip()
        # Where it stopped before anything of it, that nothing went back is not another reason.
        return of_restore(ended, False, f"{reason} {found['message'] if found['begun'] else ''}".strip(), sources)
    return of_restore(ended, found["complete"], found["message"], sources)


def _sources(settings: Mapping[str, Any]) -> list[str]:
    given = settings.get("hma_restore_record") or []
    return [str(item) for item in (given if isinstance(given, list) else [given])]


def _recorded(hostvars: Variables, ended: Ended) -> Recorded:
    found = of_run(hostvars["localhost"].get("hma_recording_result", {}), ended.run["id"])
    return Recorded(
        str(found.get("msg") or ""),
        bool(found.get("counts")),
        tuple(map(str, found.get("unread") or [])),
        {str(kind): str(path) for kind, path in (found.get("files") or {}).items()},
    )


def _tried(ended: Ended, hostvars: Variables) -> Ending:
    settings = ended.facts["settings"]
    host = str(settings.get("hma_try_server") or "")
    found = of_run(hostvars[host].get("hma_try_result", {}), ended.run["id"]) if host in hostvars else {}
    reason = str(found.get("msg") or ended.run["reason"] or ended.run["stopped"] or "it was not reached.")
    failed = bool(found.get("failed") or found.get("unreachable") or "directory" not in found)
    notes = (reason,) if failed else tuple(map(str, found.get("notes") or []))
    return of_trial(ended, _recorded(hostvars, ended), failed=failed, notes=notes, given=settings)


_ENDS: Mapping[str, Callable[[Ended, Variables], Ending]] = {
    RECORDING: lambda ended, hostvars: of_recording(ended, _recorded(hostvars, ended)),
    TRYING: _tried,
    "audit_hma": _audited,
    "disable_hma": _disabled,
    "disable_owa_hma": lambda ended, _hostvars: of_owa_off(ended),
    "restore_hma": _restored,
    MEASURE: lambda ended, hostvars: of_measure(
        ended, Found(_result(hostvars["localhost"], "hma_sign_ins_result", ended.run["id"]))
    ),
}


class FilterModule:
    """Filters of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"run_end": end_of_run}
