# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What a run left behind, typed once where the report begins. A part that is missing keeps no report from
being written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..base.command import LANGUAGES
from ..base.comparison import folded
from ..base.display import listed
from ..base.printable import printable
from .again import repeated
from .changes import Problem, ReportedChange, changes_of, problems_of
from .found import Found
from .readings import asked, error_text, server_read, tenant_read
from .text import STATUSES, CommandText, ReportFinding, ordered

# What an answer to the empty Bearer says of the question "are clients offered what they are to be offered?"
CHALLENGE: Final = {"proven": "pass", "refuted": "fail", "unproven": "not_checked"}
# What of a result is a fact; the rest is what Ansible adds.
_FACTS: Final = frozenset(
    {"read", "server", "through", "directories", "unread", "wanted", "missing", "before", "after", "names", "predicted",
     "notes", "msg", "unreachable", "failed"}
)  # fmt: skip


@dataclass(frozen=True)
class Run:
    """When, how and how far."""

    id: str
    started: str
    mode: str
    stopped: str
    playbook: str = ""
    # Why it stopped, where the step that did left a word.
    reason: str = ""
    # What has to be typed besides, to run the same once more.
    again: tuple[str, ...] = ()


@dataclass(frozen=True)
class KnownServer:
    """A server that clients talk to, as Active Directory has it."""

    name: str
    fqdn: str
    label: str


@dataclass(frozen=True)
class Organization:
    """The organization as it was read last; empty where it was not."""

    name: str
    guid: str
    modern_authentication: bool | None
    default_endpoints: tuple[str, ...]


@dataclass(frozen=True)
class DirectoryReading:
    """A virtual directory of a server as it was read last."""

    kind: str
    oauth: bool
    evidence: str


@dataclass(frozen=True)
class ServerReading:
    """What a host of the inventory said of its server, or why it said nothing."""

    host: str
    server: str
    directories: Mapping[str, DirectoryReading]
    gaps: Mapping[str, str]
    error: str
    # Whether this run asked it at all: a limit leaves hosts out. Whether the step that writes came to it.
    asked: bool = True
    written: bool = False


@dataclass(frozen=True)
class TenantReading:
    """The names a tenant is to have and those it lacks (``missing``, folded); None where they were not read."""

    host: str
    wanted: tuple[str, ...] | None
    missing: frozenset[str] | None
    sources: Mapping[str, tuple[str, ...]]
    ignored: Mapping[str, str]
    predicted: bool
    error: str
    asked: bool = True
    written: bool = False
    # Who registers names (hma_spn_mode), and the script that was written for them.
    mode: str = ""
    script: str = ""


@dataclass(frozen=True)
class Request:
    """What clients were answered: the fields of the report's ``probes``."""

    target: object
    address: object
    host: object
    server: object
    protocol: object
    url: object
    identity: object
    verdict: object
    reason: object
    authorization_uri: object
    trusted_issuers: object
    issuer_kind: object
    status: object
    elapsed_ms: object
    state: str


@dataclass(frozen=True)
class Facts:
    """All that the report is made from, every text of it printable. ``material`` is what the modules read, as they
    return it."""

    run: Run
    organization: Organization
    clients: tuple[KnownServer, ...]
    excluded: Mapping[str, str]
    servers: tuple[ServerReading, ...]
    tenants: tuple[TenantReading, ...]
    requests: tuple[Request, ...]
    findings: tuple[ReportFinding, ...]
    changes: tuple[ReportedChange, ...]
    problems: tuple[Problem, ...]
    material: Mapping[str, object]

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Facts:
        """``facts`` is what the filter run_facts gives."""
        found = Found(printable(facts))
        servers = {host: server_read(entry) for host, entry in found["servers"].items}
        tenants = {host: tenant_read(entry) for host, entry in found["tenants"].items}
        organization, steps = found["organization"], found["steps"].objects
        return cls(
            run=_run(found["run"], found["settings"]),
            organization=_organization(organization),
            clients=tuple(
                _known(item)
                for item in organization["servers"].objects
                if item["client_access"].value is not False and not item["edge"].flag
            ),
            excluded={
                item["name"].text: item["reason"].text for item in found["settings"]["hma_servers_excluded"].objects
            },
            servers=tuple(_server(host, read, found["servers"][host]) for host, read in servers.items()),
            tenants=tuple(_tenant(host, read, found["tenants"][host]) for host, read in tenants.items()),
            requests=tuple(_request(item) for item in asked(found)["probes"].objects),
            findings=latest(
                [_finding(item) for item in (*found["findings"].objects, *asked(found)["findings"].objects)]
            ),
            # The result of a task may be kept under two names.
            changes=tuple(dict.fromkeys(changes_of(steps))),
            problems=tuple(problems_of(steps)),
            material={
                "organization": organization.mapping,
                "servers": {host: _material(read) for host, read in servers.items()},
                "tenants": {host: _material(read) for host, read in tenants.items()},
            },
        )


def latest(findings: list[ReportFinding]) -> tuple[ReportFinding, ...]:
    """The worst first. A check that several steps made of one object counts as the last one found it."""
    return tuple(ordered({(item.id, item.object): item for item in findings}.values()))


def _run(found: Found, settings: Found) -> Run:
    texts = {key: found[key].text for key in ("id", "started", "mode", "stopped", "playbook", "reason")}
    # A look that is repeated stays a look.
    check = ("--check",) if texts["mode"] == "check" else ()
    return Run(**texts, again=(*check, *repeated(found["playbook"].text, settings.mapping)))


def _reached(entry: Found) -> tuple[bool, bool]:
    asked_it = any(bool(entry[name].mapping) for name in ("identified", "read", "written"))
    return asked_it, bool(entry["written"].mapping) and not entry["written"]["skipped"].flag


def _organization(found: Found) -> Organization:
    on = found["config"]["oauth2_client_profile_enabled"].value
    endpoints = tuple(item["name"].text for item in found["auth_servers"].objects if item["default"].flag)
    return Organization(found["name"].text, found["guid"].text, on if isinstance(on, bool) else None, endpoints)


def _known(found: Found) -> KnownServer:
    return KnownServer(found["name"].text, found["fqdn"].text, found["label"].text)


def _server(host: str, read: Found, entry: Found) -> ServerReading:
    directories = {item["kind"].text: _directory(item) for item in read["directories"].objects}
    gaps = {item["what"].text: item["reason"].text for item in read["unread"].objects}
    error = "" if directories or gaps else error_text(read)
    return ServerReading(host, read["server"].text, directories, gaps, error, *_reached(entry))


def _directory(found: Found) -> DirectoryReading:
    evidence = "; ".join(f"{name}: {listed(value.value)}" for name, value in found["settings"].items)
    return DirectoryReading(found["kind"].text, found["oauth"].flag, evidence)


def _tenant(host: str, read: Found, entry: Found) -> TenantReading:
    wanted = read["wanted"].texts if "wanted" in read else None
    missing = folded(read["missing"].texts) if read["missing"].value is not None else None
    sources = {item["name"].text: item["sources"].texts for item in read["names"]["wanted"].objects}
    ignored = {item["host"].text: item["reason"].text for item in read["names"]["ignored"].objects}
    return TenantReading(
        host, wanted, missing, sources, ignored, read["predicted"].flag, error_text(read), *_reached(entry),
        mode=entry["spn_mode"].text, script=read["script"].text,
    )  # fmt: skip


def _request(found: Found) -> Request:
    values = {name: found[name].value for name in Request.__dataclass_fields__ if name != "state"}
    state = found["state"].text
    return Request(**values, state=state if state in CHALLENGE else "unproven")


def _finding(found: Found) -> ReportFinding:
    gate, status, scope = found["gate"].flag, found["status"].text, found["scope"].text
    if status not in STATUSES:
        status = "not_checked"
    if status == "pass" and found["predicted"].flag:
        status = "would_change"
    texts = {key: found[key].text for key in ("id", "title", "object", "message", "why", "fix", "source", "doc")}
    return ReportFinding(
        **texts,
        commands=_commands(found["commands"]),
        severity=found["severity"].text or ("high" if gate else "medium"),
        gate=gate,
        status=status,
        expected=found["expected"].evidence,
        actual=found["actual"].evidence,
        scope=scope if scope in ("server", "tenant") else "organization",
        server=found["server"].evidence,
        tenant=found["tenant"].evidence,
        unasked=found["unasked"].flag,
    )


def _commands(found: Found) -> tuple[CommandText, ...]:
    commands = (CommandText(item["language"].text, item["text"].text) for item in found.objects)
    return tuple(command for command in commands if command.language in LANGUAGES and command.text)


def _material(read: Found) -> dict[str, object]:
    """What a host answered, without what Ansible adds to a result."""
    return {key: value for key, value in read.mapping.items() if key in _FACTS}
