# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to be true after any run, however it ended: one function for every story that breaks something."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.integration.story import lists_of, step5
from tests.lab.client import LabClient

_KINDS = ("vdir:mapi", "vdir:ews", "vdir:oab", "vdir:autodiscover", "vdir:activesync")
_METHODS = ("InternalAuthenticationMethods", "ExternalAuthenticationMethods")
State = dict[str, Any]


def holds(lab: LabClient, start: State, *, lost: Collection[str] = (), others: Collection[str] = ()) -> None:
    """``lost`` and ``others`` are values that the story's own fault took away, or added, in somebody else's name.

    1. Step 5 was not done unless every gate holds. 2. No name, method or domain is lost, and there is never more than
    one default endpoint. 3. The record explains every difference from the start, and every write that was sent was
    recorded before.
    """
    now = lab.state()
    if _on(now) and not _on(start):
        assert list(_gates(lab, now)) == []
    elif any(item["ok"] for item in step5(lab)):
        assert [text for text in _gates(lab, now) if "default endpoint" not in text] == []
    before, after = lists_of(start), lists_of(now)
    assert {
        where: values - after[where] - set(lost)
        for where, values in before.items()
        if values - after[where] - set(lost)
    } == {}
    assert sum(item["IsDefaultAuthorizationEndpoint"] for item in now["organizations"][0]["authserver"]) <= 1
    entries = recorded(lab)
    assert list(_unexplained(start, now, entries, set(lost) | set(others))) == []
    assert list(_unrecorded(lab, entries)) == []


def recorded(lab: LabClient) -> list[dict[str, Any]]:
    """The intents of all runs, read by these lines alone, not by the product; a line that is cut counts as none."""
    found = []
    for path in sorted((lab.folder / "records").glob("*/*.jsonl")):
        for line in path.read_text("utf-8", errors="replace").splitlines():
            entry = _entry(line)
            if entry.get("event") == "intent":
                found.append({**entry, "file": Path(path).name})
    return found


def _entry(line: str) -> dict[str, Any]:
    try:
        entry: dict[str, Any] = json.loads(line)
    except ValueError:
        return {}
    return entry


def _on(state: State) -> bool:
    return bool(state["organizations"][0]["config"][0]["OAuth2ClientProfileEnabled"])


def _gates(lab: LabClient, state: State) -> Iterator[str]:
    """What was wrong when step 5 was done, judged from the lab's state by the article, not by the product's code."""
    organization = state["organizations"][0]
    # An orphan that names no server is nobody's.
    excluded = {"EX9", None}
    hosts = set()
    for kind in _KINDS:
        for item in organization[kind]:
            if item["Server"] in excluded:
                continue
            hosts |= {urlsplit(item[key]).hostname for key in ("InternalUrl", "ExternalUrl") if item[key]}
            if not _oauth(kind, item):
                yield f"{item['Identity']} has no OAuth"
    hosts |= {
        urlsplit(item["AutoDiscoverServiceInternalUri"]).hostname
        for item in organization["server"]
        if item["AutoDiscoverServiceInternalUri"]
    }
    for tenant in state["tenants"]:
        names = {name.casefold() for principal in tenant["service_principals"][:1] for name in principal["names"]}
        yield from (
            f"{host} is not registered in {tenant['domain']}"
            for host in sorted(map(str, hosts))
            if f"https://{host}/".casefold() not in names
        )
        servers = [
            item
            for item in organization["authserver"]
            if item["Type"] == "AzureAD" and item["Realm"] == tenant["id"] and item["Enabled"]
        ]
        if len(servers) != 1 or tenant["domain"] not in servers[0]["DomainName"]:
            yield f"the AuthServer of {tenant['domain']} is not as it has to be"
    if sum(item["IsDefaultAuthorizationEndpoint"] for item in organization["authserver"]) != 1:
        yield "there is not exactly one default endpoint"


def _oauth(kind: str, item: Mapping[str, Any]) -> bool:
    if kind == "vdir:mapi":
        return "OAuth" in item["IISAuthenticationMethods"]
    if kind == "vdir:activesync":
        return all(not item[key] or "OAuth" in item[key] for key in _METHODS)
    return bool(item["OAuthAuthentication"])


def _unexplained(start: State, now: State, entries: list[dict[str, Any]], foreign: set[str]) -> Iterator[str]:
    """Differences that no intent tells of."""
    for one, other in zip(_objects(start), _objects(now), strict=True):
        (where, before), (_where, after) = one, other
        intents = [
            entry for entry in entries if str(entry["target"].get("guid") or entry["target"].get("tenant_id")) == where
        ]
        for key, value in after.items():
            if value == before.get(key) or key == "OriginatingServer":
                continue
            # The lists of a directory follow its OAuth: they are explained by whatever was written to it.
            own = [entry for entry in intents if key in entry["after"] or key in _METHODS]
            if isinstance(value, list):
                new = set(value) - set(before[key]) - foreign
                told = {
                    item
                    for entry in own
                    for values in entry["after"].values()
                    for item in (values if isinstance(values, list) else ["OAuth"])
                }
                if new - told:
                    yield f"{where} {key}: {sorted(new - told)}"
            elif value not in [entry["after"].get(key) for entry in own] and key not in foreign:
                yield f"{where} {key}: {value}"


def _objects(state: State) -> Iterator[tuple[str, dict[str, Any]]]:
    for organization in state["organizations"]:
        for kind in ("config", "authserver", *_KINDS):
            for item in organization[kind]:
                yield item["Guid"], item
    for tenant in state["tenants"]:
        yield tenant["id"], {"servicePrincipalNames": tenant["service_principals"][0]["names"]}


def _unrecorded(lab: LabClient, entries: list[dict[str, Any]]) -> Iterator[str]:
    """Writes that reached the lab without an intent of exactly that write."""
    for write in lab.writes():
        if write["kind"] == "graph":
            sent = write["body"]["servicePrincipalNames"]
            told = any(
                entry["after"].get("servicePrincipalNames") == sent
                and entry["target"].get("tenant_id") == write["tenant"]
                for entry in entries
            )
        else:
            values = {
                key: value
                for key, value in write["parameters"].items()
                if key not in ("Identity", "DomainController", "Force", "Confirm")
            }
            identity = write["parameters"].get("Identity")
            told = any(
                entry["after"] == values and (identity is None or entry["target"].get("guid") == identity)
                for entry in entries
            )
        if not told:
            yield f"{write['kind']} {write.get('name', '')} {write.get('parameters', write.get('body'))}"
