# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What is watched: the settings and judgements of one report, and which of them this report could not read.

Everything stands in a part: what one request reads or does not read. A part that is missing was not read, and nothing
in it counts as taken away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ..base.comparison import fold
from ..base.display import listed
from ..entra.spns import is_built_in
from ..exchange import authserver, orgconfig, virtual_directories
from ..report.found import Found
from .state import (
    AUTH_SERVERS,
    FAIL,
    METHODS,
    NAMES,
    NOT_APPLICABLE,
    NOT_CHECKED,
    OPEN,
    PASS,
    SERVERS,
    SWITCHES,
    URLS,
    WARN,
    Checks,
    Counts,
    Gap,
    Judged,
    Part,
    Values,
    Watched,
)

_READ: Final = "read"
# The product's own names of what the modules read.
_AUTH_SERVER: Final = {
    name: authserver.PROPERTIES[name]
    for name in ("name", "enabled", "default", "type", "realm", "domain_names", "application_identifier")
}
_SWITCHES: Final = {
    **orgconfig.PROPERTIES,
    "default_authentication_policy": "DefaultAuthenticationPolicy",
    "ews_enabled": "EwsEnabled",
    "ews_application_access_policy": "EwsApplicationAccessPolicy",
    "download_domains": "EnableDownloadDomains",
}
_METHODS: Final = dict(zip(("internal_methods", "external_methods"), virtual_directories.METHODS, strict=True))
_URLS: Final = {"internal": "InternalUrl", "external": "ExternalUrl", "scp": "AutoDiscoverServiceInternalUri"}


@dataclass(frozen=True)
class Reading:
    """What a report says of the organization. ``depth`` is how far it looked: readings of one depth are compared."""

    run: str
    started: str
    finished: str
    depth: str
    guid: str
    organization: str
    modern_authentication: bool | None
    parts: Mapping[str, Part]
    checks: Checks
    counts: Counts
    gaps: tuple[Gap, ...] = ()
    # By server, the host of the inventory.
    hosts: Mapping[str, str] = field(default_factory=dict)

    def knows(self, part: str) -> bool:
        """Whether the host that a part is of is in the inventory still; a part that is of none always is."""
        kind, _blank, host = part.rpartition(" ")
        return not kind or host in self.hosts.values()

    def has_place(self, place: str) -> bool:
        return not place or fold(place).partition(".")[0] in self.hosts or fold(place) in self.hosts

    def host_of(self, place: str) -> str:
        """The host that stands for a server or a tenant; the empty text where none does."""
        return self.hosts.get(fold(place).partition(".")[0], "") or self.hosts.get(fold(place), "")


def reading(report: Mapping[str, Any]) -> Reading:
    """The reading of a report (docs/schemas/report.schema.json)."""
    found = Found(report)
    run, organization = found["run"], found["facts"]["organization"]
    on = found["organization"]["modern_authentication"].value
    return Reading(
        run=run["id"].text,
        started=run["started"].text,
        finished=run["finished"].text,
        depth=organization["read"]["depth"].text,
        guid=organization["guid"].text,
        organization=organization["name"].text,
        modern_authentication=on if isinstance(on, bool) else None,
        parts=dict(_parts(found["facts"], run["finished"].text)),
        checks=_checks(found["findings"].objects),
        counts=_counts(found["summary"]),
        gaps=tuple(_gaps(found)),
        hosts=dict(_hosts(found)),
    )


def _hosts(found: Found) -> Iterator[tuple[str, str]]:
    for row in found["tenants"].objects:
        yield fold(row["name"].text), row["name"].text
    for row in found["servers"].objects:
        yield fold(row["name"].text).partition(".")[0], row["host"].text


def _counts(summary: Found) -> Counts:
    of, servers, tenants = summary["findings"], summary["servers"], summary["tenants"]
    numbers = (of[FAIL], of[WARN], of[NOT_CHECKED], servers["ready"], servers["total"])
    values = (item.value for item in (*numbers, tenants["ready"], tenants["total"]))
    return Counts(*(value if isinstance(value, int) else 0 for value in values))


def _gaps(found: Found) -> Iterator[Gap]:
    """What broke, and who did not answer."""
    for problem in found["problems"].objects:
        yield Gap(problem["host"].text or problem["step"].text, problem["message"].text)
    for row in found["servers"].objects:
        if row["status"].text == NOT_CHECKED and row["reason"].flag:
            yield Gap(row["host"].text or row["name"].text, row["reason"].text)
    for row in found["tenants"].objects:
        if row["reason"].flag:
            yield Gap(row["name"].text, row["reason"].text)
    if not found["facts"]["organization"]["guid"].flag and not found["problems"].objects:
        yield Gap("the organization", "it was not read.")


def _parts(facts: Found, now: str) -> Iterator[tuple[str, Part]]:
    organization = facts["organization"]
    for name, area, make in (
        ("servers", SERVERS, _servers),
        ("client_urls", URLS, _urls),
        ("directories", METHODS, _directories),
        ("web_directories", METHODS, _web_directories),
        ("auth_servers", AUTH_SERVERS, _auth_servers),
    ):
        section = organization["sections"][name]
        if section["state"].text == _READ or (section.value is None and organization[name].flag):
            odd = organization["unread"].objects
            # Where an object of the part could not be parsed, nobody knows which ones are left.
            if not any(item["what"].text == name for item in odd):
                yield name, Part(area, now, dict(make(organization[name].objects)))
    if organization["config"].flag:
        yield "config", Part(SWITCHES, now, {"config": _switches(organization)})
    for host, server in facts["servers"].items:
        if server["directories"].value is not None and not server["unread"].objects:
            yield f"directories of {host}", Part(METHODS, now, dict(_settings(server["directories"].objects)))
    for host, tenant in facts["tenants"].items:
        if tenant["before"].value is not None:
            yield f"names in {host}", Part(NAMES, now, {host: _names(host, tenant)})


def _servers(found: Iterable[Found]) -> Iterator[tuple[str, Watched]]:
    """An Edge server is none that clients talk to."""
    for item in found:
        if not item["edge"].flag:
            values = {"version": (item["label"].text,), "site": (item["site"].text,)}
            yield fold(item["name"].text), Watched(item["name"].text, item["name"].text, values)


def _urls(found: Iterable[Found]) -> Iterator[tuple[str, Watched]]:
    """One object per server and kind of directory; a server may have several directories of a kind."""
    urls: dict[tuple[str, str], dict[str, list[str]]] = {}
    for item in found:
        own = urls.setdefault((item["server"].text, item["kind"].text), {})
        own.setdefault(_URLS.get(item["where"].text, item["where"].text), []).append(item["url"].text)
    for (server, kind), values in urls.items():
        yield fold(f"{server} {kind}"), Watched(f"{server} {kind}", server, _values(values))


def _directories(found: Iterable[Found]) -> Iterator[tuple[str, Watched]]:
    for item in found:
        values = {known: item[name].texts for name, known in _METHODS.items() if name in item}
        yield fold(item["identity"].text), Watched(item["identity"].text, item["server"].text, values)


def _web_directories(found: Iterable[Found]) -> Iterator[tuple[str, Watched]]:
    for item in found:
        urls = {_URLS[of]: (item[f"{of}_url"].text,) for of in ("internal", "external") if item[f"{of}_url"].flag}
        values = {**urls, "methods": item["methods"].texts}
        yield fold(item["identity"].text), Watched(item["identity"].text, item["server"].text, values)


def _settings(found: Iterable[Found]) -> Iterator[tuple[str, Watched]]:
    """Directories as their server shows them, by the names of the product's properties."""
    for item in found:
        values = {name: _texts(value.value) for name, value in item["settings"].items}
        yield fold(item["identity"].text), Watched(item["identity"].text, item["server"].text, values)


def _auth_servers(found: Iterable[Found]) -> Iterator[tuple[str, Watched]]:
    for item in found:
        values = {known: _texts(item[name].value) for name, known in _AUTH_SERVER.items() if name in item}
        yield fold(item["guid"].text or item["name"].text), Watched(f"AuthServer {item['name'].text}", "", values)


def _switches(organization: Found) -> Watched:
    config = organization["config"]
    values = {known: _texts(config[name].value) for name, known in _SWITCHES.items() if name in config}
    return Watched(f"organization {organization['name'].text}", "", values)


def _names(host: str, tenant: Found) -> Watched:
    """The names that people registered; Microsoft changes its own."""
    registered = tenant["after"].texts or tenant["before"].texts
    return Watched(f"tenant {host}", host, {"registered": tuple(name for name in registered if not is_built_in(name))})


def _values(found: Mapping[str, Iterable[str]]) -> Values:
    return {name: tuple(sorted(values)) for name, values in found.items()}


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, (list, tuple)):
        return tuple(str(item) for item in value)
    return () if value is None else (listed(value),)


def _checks(findings: Iterable[Found]) -> dict[str, dict[str, Judged]]:
    """What every check said, by its id and object; the worst where it said more than one thing of an object."""
    found: dict[str, dict[str, Judged]] = {}
    for item in findings:
        own, status = found.setdefault(item["id"].text, {}), item["status"].text
        place = item["server"].text or item["tenant"].text
        commands = tuple((entry["language"].text, entry["text"].text) for entry in item["commands"].objects)
        texts = (item["title"].text, item["severity"].text, place, "", commands, item["message"].text, item["fix"].text)
        known = status if status in (*OPEN, NOT_CHECKED, NOT_APPLICABLE) else PASS
        own.setdefault(item["object"].text, Judged(known, *texts))
    return found
