# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Recorded runs beside what is there now: which of their writes still have effect, and what would go back.

Nothing is planned here, and no lock-out is judged: ``restore_hma --check`` of a run does that. What stands is decided
as a restore decides it, by the value that is there and not by the word in the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..base.comparison import fold, folded, lacking, same
from ..base.display import shown
from ..base.errors import Refused
from ..base.facts import plain
from .history import Recorded
from .restoration import takes, value_before

STANDS, IN_USE, BACK, CHANGED, NOT_READ = "stands", "in use", "back", "changed since", "not read"
# Those that a restore of the run would write.
_GOES: Final = frozenset({STANDS, IN_USE})
_AUTH_SERVER: Final = {"IsDefaultAuthorizationEndpoint": "default", "DomainName": "domain_names", "Enabled": "enabled"}
_SWITCHES: Final = {
    "OAuth2ClientProfileEnabled": "oauth2_client_profile_enabled",
    "MapiHttpEnabled": "mapi_http_enabled",
}
_LISTS: Final = {"names": "servicePrincipalNames", "reply_urls": "replyUrls"}


@dataclass(frozen=True)
class Standing:
    """A property that a run wrote: what is there now, what a restore would make of it, and how it stands."""

    object: str
    name: str
    state: str
    now: Any = None
    back_to: Any = None
    reason: str = ""

    @property
    def text(self) -> str:
        if self.state in _GOES:
            return f"{self.object}: {self.name} {shown(plain(self.now))} -> {shown(plain(self.back_to))}"
        return f"{self.object}: {self.name} {self.state}"

    def facts(self) -> dict[str, Any]:
        keys = ("object", "name", "state", "reason")
        return {
            **{key: getattr(self, key) for key in keys}, "now": plain(self.now), "back_to": plain(self.back_to),
            "text": self.text,
        }  # fmt: skip


@dataclass(frozen=True)
class Now:
    """The values that are there, by type and key of the object; ``live`` says whether modern authentication is on."""

    values: Mapping[tuple[str, str], Mapping[str, Any]]
    live: bool

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Now:
        """``facts`` is what the filter run_facts gives; what was not read is not in it."""
        organization = facts.get("organization") or {}
        config = organization.get("config") or {}
        values = dict(_organization(organization, config))
        for server in (facts.get("servers") or {}).values():
            values.update(_directories((server.get("read") or {}).get("directories") or []))
        for tenant in (facts.get("tenants") or {}).values():
            values.update(_tenant(tenant))
        # What could not be read counts as on, as everywhere on the way back.
        return cls(values, config.get("oauth2_client_profile_enabled") is not False)

    def of(self, step: Recorded) -> Mapping[str, Any] | None:
        return self.values.get((step.target["type"], _key(step)))


def _organization(organization: Mapping[str, Any], config: Mapping[str, Any]) -> Iterator[Any]:
    if config:
        key = ("organization", fold(str(config.get("guid") or "")))
        yield key, {name: config[own] for name, own in _SWITCHES.items() if config.get(own) is not None}
    for server in organization.get("auth_servers") or []:
        key = ("authserver", fold(str(server.get("guid") or "")))
        yield key, {name: server[own] for name, own in _AUTH_SERVER.items() if own in server}


def _directories(directories: Iterable[Mapping[str, Any]]) -> Iterator[Any]:
    for directory in directories:
        urls = {"InternalUrl": directory.get("internal_url"), "ExternalUrl": directory.get("external_url")}
        yield ("directory", fold(str(directory.get("guid") or ""))), {**urls, **(directory.get("settings") or {})}


def _tenant(tenant: Mapping[str, Any]) -> Iterator[Any]:
    read = tenant.get("read") or tenant.get("identified") or {}
    if read.get("before") is not None:
        names = read.get("after") or read["before"]
        yield ("names", fold(str(tenant.get("tenant_id") or ""))), {_LISTS["names"]: names}


def _key(step: Recorded) -> str:
    return fold(step.target_text("guid") or step.target_text("tenant_id") or step.target_text("name"))


def standings(history: Sequence[Recorded], now: Now) -> list[Standing]:
    """How each property stands that these writes changed, in the order in which they were written first."""
    groups: dict[tuple[str, str], list[Recorded]] = {}
    for step in history:
        groups.setdefault((step.target["type"], _key(step)), []).append(step)
    return [found for steps in groups.values() for found in _of_object(steps, now)]


def _of_object(steps: Sequence[Recorded], now: Now) -> Iterator[Standing]:
    values, title = now.of(steps[0]), steps[-1].object
    for name in dict.fromkeys(name for step in steps for name in step.after):
        if values is None or name not in values:
            yield Standing(title, name, NOT_READ)
        elif name in _LISTS.values():
            yield _of_list(title, name, values[name], steps)
        else:
            yield _of_value(title, name, values[name], [step for step in steps if name in step.after], now.live)


def _of_value(title: str, name: str, value: Any, steps: Sequence[Recorded], live: bool) -> Standing:
    try:
        back = value_before(title, name, value, steps)
    except Refused as exc:
        return Standing(title, name, CHANGED, value, reason=str(exc))
    if same(value, back):
        return Standing(title, name, BACK, value)
    # The switch itself is what makes the rest of it live.
    used = live and name not in _SWITCHES and takes(value, back)
    return Standing(title, name, IN_USE if used else STANDS, value, back)


def _of_list(title: str, name: str, value: Sequence[str], steps: Sequence[Recorded]) -> Standing:
    """Of a list of a tenant what the run added and is still there goes; what it took away and is not there comes."""
    added = [item for step in steps for item in lacking(step.before[name], step.after[name])]
    taken = [item for step in steps for item in lacking(step.after[name], step.before[name])]
    goes, comes = [item for item in value if folded([item]) <= folded(added)], lacking(value, taken)
    if not goes and not comes:
        return Standing(title, name, BACK, ())
    return Standing(title, name, STANDS, tuple(goes), tuple(comes))


@dataclass(frozen=True)
class ListedRun:
    """A recorded run. ``trouble``: why its record cannot be read; ``ended``: its record has an end."""

    run: str
    folder: str
    time: str
    user: str
    playbook: str
    ended: bool
    writes: int
    trouble: str = ""
    standing: tuple[Standing, ...] = ()

    @property
    def goes(self) -> list[Standing]:
        return [item for item in self.standing if item.state in _GOES]

    @property
    def counts(self) -> dict[str, int]:
        states = [item.state for item in self.standing]
        return {state: states.count(state) for state in (STANDS, IN_USE, BACK, CHANGED, NOT_READ) if state in states}

    @property
    def text(self) -> str:
        """The run in one line."""
        how = "" if self.ended else ", no end in its record"
        if self.trouble:
            return f"{self.run}: {self.trouble}"
        writes = f"{self.writes} {'write' if self.writes == 1 else 'writes'}"
        states = ", ".join(f"{number} {state}" for state, number in self.counts.items())
        what = f"{writes}{how} ({states})" if states else f"{writes}{how}"
        return f"{self.run}  {self.time[:16]}  {self.user}  {self.playbook}: {what}"

    def facts(self) -> dict[str, Any]:
        keys = ("run", "folder", "time", "user", "playbook", "ended", "writes", "trouble", "text")
        standing = [item.facts() for item in self.standing]
        return {**{key: getattr(self, key) for key in keys}, "counts": self.counts, "standing": standing}


def lines(runs: Iterable[ListedRun]) -> list[str]:
    """The list for a terminal: a line per run, and below it what would go back."""
    return [line for run in runs for line in (run.text, *(f"    {item.text}" for item in run.goes))]
