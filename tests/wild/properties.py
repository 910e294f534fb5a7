# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The eight properties of any organization, each looked at after a real playbook."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.integration.story import Run, lists_of, reports, sets
from tests.lab.client import LabClient
from tests.wild import article

SHELLS_PER_SERVER = 14
_METHODS = {"InternalAuthenticationMethods", "ExternalAuthenticationMethods"}
_REASONS = re.compile(r"(?:fatal|FAILED!|UNREACHABLE!|\[ERROR\])")
State = dict[str, Any]


def nothing_was_written(lab: LabClient, what: str) -> Iterator[str]:
    for item in lab.writes():
        yield f"{what} wrote {item.get('name', item.get('method'))} {item.get('parameters', '')}"


def prediction(check: State, done: State, same_end: bool) -> Iterator[str]:
    """1: what check mode shows is what the run writes; or both refuse, with the same findings."""
    if not same_end:
        yield f"check mode ended {check['summary']['verdict']}, the run {done['summary']['verdict']}"
    promised, written = _commands(check, "would_change"), _commands(done, "changed")
    if promised != written:
        yield f"predicted only {sorted(promised - written)}; written only {sorted(written - promised)}"


def each_write_is_reported(lab: LabClient, done: State) -> Iterator[str]:
    """1: no write to Exchange is left out of the report, one that gives something back neither."""
    sent = Counter(str(item["name"]).casefold() for item in lab.writes() if "name" in item)
    changes = (item for item in done["changes"] if item["status"] == "changed")
    told = Counter(command["text"].split()[0].casefold() for item in changes for command in item["commands"])
    if sent != told:
        yield f"only written: {dict(sent - told)}; only in the report: {dict(told - sent)}"


def refusal(check: State, done: State) -> Iterator[str]:
    one, other = _findings(check, "fail"), _findings(done, "fail")
    if one != other:
        yield f"the findings of two refusals differ: {sorted(one ^ other)}"


def nothing_is_lost(start: State, now: State) -> Iterator[str]:
    """3: no method, domain or name that was there is missing."""
    before, after = lists_of(start), lists_of(now)
    for where, values in before.items():
        if where.startswith("vdir:mapi") and where.endswith(tuple(_METHODS)):
            # A mirror of the list in IIS, which is what counts.
            continue
        if values - after.get(where, set()):
            yield f"lost of {where}: {sorted(values - after.get(where, set()))}"


def step_5_is_whole(start: State, now: State) -> Iterator[str]:
    was, is_on = (bool(state["organizations"][0]["config"][0]["OAuth2ClientProfileEnabled"]) for state in (start, now))
    defaults = [
        {item["Name"] for item in article.default_endpoints(state["organizations"][0])} for state in (start, now)
    ]
    if is_on and not was and len(defaults[1]) != 1:
        yield f"the switch is on with the default endpoints {sorted(defaults[1])}"
    if not is_on and not was and defaults[0] != defaults[1]:
        yield f"the switch stayed off, and the default endpoint went from {sorted(defaults[0])} to {defaults[1]}"


def one_story(reports_of: dict[str, State]) -> Iterator[str]:
    """5: what one playbook calls right no other one calls wrong."""
    judged: dict[tuple[str, str], dict[str, str]] = {}
    for name, report in reports_of.items():
        for item in report["findings"]:
            judged.setdefault((item["id"], _plain_object(item)), {})[name] = item["status"]
    for where, by_name in judged.items():
        if contradict(where, by_name):
            yield f"{where}: {by_name}"


def contradict(where: tuple[str, str], by_name: Mapping[str, str]) -> bool:
    """Whether one reading calls wrong what another one calls right. Active Directory does not know the list of IIS,
    which decides for MAPI: a fast read takes what it has for right, and calls nothing wrong by it."""
    if where[0] == "HMA-VDIR-001" and where[1].endswith(" mapi") and by_name.get("fast") == "pass":
        return False
    return {"pass", "fail"} <= set(by_name.values())


def came_back(start: State, now: State, told: str) -> Iterator[str]:
    """6: the first state again, or each difference named."""
    for where, key, before, after in differences(sets(start), sets(now)):
        if where not in told:
            yield f"{where} {key}: {_short(before)} is {_short(after)} now, and nobody says so"


def differences(start: State, now: State) -> Iterator[tuple[str, str, Any, Any]]:
    organization, later = start["organizations"][0], now["organizations"][0]
    for kind, objects in organization.items():
        if not isinstance(objects, list):
            continue
        by_guid = {item["Guid"]: item for item in later[kind]}
        for item in objects:
            for key, value in item.items():
                if by_guid[item["Guid"]].get(key) != value:
                    yield str(item.get("Identity") or item["Name"]), key, value, by_guid[item["Guid"]].get(key)
    for tenant, other in zip(start["tenants"], now["tenants"], strict=True):
        if tenant != other:
            yield tenant["domain"], "names", tenant["service_principals"], other["service_principals"]


def speaks_well(run: Run, what: str) -> Iterator[str]:
    """7: no traceback, no Python word; a failing play has a reason."""
    for bad in ("Traceback", "NoneType", "KeyError", "AttributeError", "object has no attribute", "is undefined"):
        if bad in run.output:
            yield f"{what} says {bad}: {_line_with(run.output, bad)}"
    if run.code not in (0, 2, 4):
        yield f"{what} ended with {run.code}"
    if run.code != 0 and not _REASONS.search(run.output):
        yield f"{what} ended with {run.code} and gives no reason"


def keeps_secrets(lab: LabClient, scenario: State, shown: str) -> Iterator[str]:
    left = shown + "".join(
        path.read_text("utf-8", errors="replace")
        for folder in (lab.folder / "records", lab.folder.parent / "hma_reports")
        for path in sorted(Path(folder).glob("*/*"))
    )
    secrets = [user["password"] for user in scenario["organizations"][0]["users"]]
    secrets += [item["secret"] for tenant in scenario["tenants"] for item in tenant["applications"] if "secret" in item]
    for secret in [*secrets, *lab.secrets(), "PRIVATE KEY"]:
        if secret in left or json.dumps(secret)[1:-1] in left:
            yield f"a secret is shown: {secret[:4]}..."


def keeps_the_budget(lab: LabClient) -> Iterator[str]:
    """8: no server is asked more often than the steps need."""
    counted: dict[str, int] = {}
    for item in lab.journal("shell"):
        counted[item["host"]] = counted.get(item["host"], 0) + 1
    tenants = len(lab.state()["tenants"])
    for host, number in counted.items():
        if number > SHELLS_PER_SERVER + 3 * tenants:
            yield f"{number} shells on {host}"


def last_report(lab: LabClient) -> State | None:
    found = reports(lab)
    return found[-1] if found else None


def _commands(report: State, status: str) -> set[tuple[str, str, str]]:
    return {(item["object"], item["command"], item["after"]) for item in report["changes"] if item["status"] == status}


def _findings(report: State, status: str) -> set[tuple[str, str]]:
    # What is seen from outside depends on the server that the balancer happens to choose.
    return {
        (item["id"], item["object"])
        for item in report["findings"]
        if item["status"] == status and not item["id"].startswith("HMA-PRB-")
    }


def _plain_object(item: State) -> str:
    """A fast audit names a server's directory by the server, a full one by its host."""
    return f"{item['server']} {item['object'].rpartition(' ')[2]}" if item["server"] else str(item["object"])


def _short(value: Any) -> str:
    return str(sorted(value) if isinstance(value, frozenset) else value)[:160]


def _line_with(text: str, word: str) -> str:
    return next((line[:300] for line in text.splitlines() if word in line), "")
