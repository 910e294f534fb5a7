# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Going back: what recorded runs changed, and only that, object by object, from what is there now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from . import authserver, orgconfig
from .authserver import DEFAULT, AuthServer
from .cmdlet import Cmdlet
from .comparison import fold, folded, has, same, without
from .directories import KINDS, OAUTH, Directory, target
from .names import is_built_in
from .orgconfig import OrganizationConfig
from .plan import Change, Plan, Refused, shown
from .record import FAILED, Recorded

FLAG: Final = "OAuth2ClientProfileEnabled"
_DOMAINS: Final = "DomainName"
_ATTRIBUTES: Final = {DEFAULT: "default", _DOMAINS: "domain_names", "Enabled": "enabled"}
# Hybrid free/busy signs in to these two with OAuth.
_HYBRID: Final = frozenset({"ews", "autodiscover"})


@dataclass
class Restoration:
    """What will be sent, what is left as it is and why, and which recorded writes are thereby dealt with."""

    changes: list[Change] = field(default_factory=list)
    refused: list[dict[str, str]] = field(default_factory=list)
    left: list[dict[str, str]] = field(default_factory=list)
    handled: list[str] = field(default_factory=list)

    @property
    def plan(self) -> Plan:
        return Plan(tuple(self.changes))

    def refuse(self, what: str, reason: str) -> None:
        self.refused.append({"object": what, "reason": reason})


def of_server(history: Iterable[Recorded], server: str) -> dict[str, list[Recorded]]:
    """The recorded writes to directories of a server, by the directory's GUID."""
    wanted = fold(server.split(".")[0])
    return _by_guid(item for item in history if item.target["type"] == "directory" and fold(str(item.target.get("server"))) == wanted)


def restore_directories(
    found: Mapping[str, Directory | None], history: Mapping[str, Sequence[Recorded]], *, flag: tuple[bool, bool], connectors: Sequence[str], forced: bool
) -> Restoration:
    """``flag``: whether modern authentication is on, and whether a recorded run turned it on."""
    done = Restoration()
    for guid, steps in history.items():
        done.handled += [step.id for step in steps]
        directory, what = found.get(guid), steps[-1].object
        if directory is None:
            done.refuse(what, "it is no longer there; it was removed, or made anew, after the run.")
            continue
        try:
            change = restore_directory(directory, steps)
        except Refused as exc:
            done.refuse(what, str(exc))
            continue
        if change is None:
            continue
        if all(flag):
            text = (
                "modern authentication is still on, as this server's domain controller sees it: without OAuth here its clients would be cut off. "
                "Restore the organization first, or wait for replication; then run this again."
            )
            done.refuse(what, text)
        elif directory.kind in _HYBRID and directory.oauth and connectors and not forced:
            text = f"IntraOrganizationConnector {', '.join(connectors)} is enabled: hybrid free/busy uses OAuth here (hma_restore_despite_connector: true)."
            done.left.append({"object": what, "reason": text})
        else:
            done.changes.append(change)
    return done


def restore_directory(directory: Directory, steps: Sequence[Recorded]) -> Change | None:
    """The write that takes a directory back; None where it is as it was. Only OAuth is taken from (or given back to) a list."""
    kind = KINDS[directory.kind]
    before, after = {}, {}
    for name in kind.settings:
        now = directory.settings[name]
        value = unwind(directory.identity, name, now, steps)
        if not same(now, value):
            before[name], after[name] = (list(item) if isinstance(item, (list, tuple)) else item for item in (now, value))
    if not after:
        return None
    return Change(directory.identity, target(directory), before, after, Cmdlet(f"Set-{kind.noun}", {"Identity": directory.guid, **after, **kind.extra}))


def restore_organization(config: OrganizationConfig, servers: Sequence[AuthServer], history: Sequence[Recorded]) -> Restoration:
    """Switches, default endpoint, domains. Off goes first, as the article has it; on goes last, as enabling has it."""
    done = Restoration()
    switches = _switches(config, history, done)
    endpoint, rest = _auth_servers(servers, history, done)
    off = any(change.after.get(FLAG) is False for change in switches)
    done.changes = [*switches, *endpoint, *rest] if off else [*endpoint, *rest, *switches]
    return done


def restore_endpoint(servers: Sequence[AuthServer], history: Sequence[Recorded] | None) -> Restoration:
    """The default endpoint alone: what it was before the recorded runs, or, with no record, none of Entra's."""
    done = Restoration()
    if history is None:
        done.changes = [authserver.flag(item, False) for item in authserver.defaults(servers) if item.is_azure_ad]
    else:
        done.changes, _rest = _auth_servers(servers, [item for item in history if DEFAULT in item.after], done)
    return done


def names_added(history: Iterable[Recorded], keep: Sequence[str] = ()) -> dict[str, list[str]]:
    """Per tenant, the names that recorded runs added and did not take away again; Microsoft's own and ``keep`` left out."""
    found: dict[str, dict[str, None]] = {}
    kept = folded(keep)
    for step in history:
        if step.target["type"] != "names" or step.result == FAILED:
            continue
        names = found.setdefault(fold(str(step.target["tenant_id"])), {})
        before, after = (list(state.get("servicePrincipalNames", [])) for state in (step.before, step.after))
        for name in without(before, after):
            names.pop(name, None)
        for name in without(after, before):
            if not is_built_in(name) and not {fold(name), fold(name).removeprefix("https://").rstrip("/")} & kept:
                names[name] = None
    return {tenant: list(names) for tenant, names in found.items() if names}


def turned_on(history: Iterable[Recorded]) -> bool:
    """Whether modern authentication was off before the recorded runs."""
    flags = [step for step in history if step.target["type"] == "organization" and FLAG in step.after and step.result != FAILED]
    return bool(flags) and flags[0].before.get(FLAG) is False


def unwind(what: str, name: str, now: Any, steps: Sequence[Recorded]) -> Any:
    """The value before the first step, from the value now: each step that took place is undone, the latest first.

    A step with no known outcome took place if its result is what is there. Refused where what is there is neither.
    """
    value = now
    for step in reversed(steps):
        if name not in step.after or step.result == FAILED:
            continue
        if name == _DOMAINS:
            value = _without(value, step.before[name], step.after[name])
        elif same(value, step.after[name]):
            value = _undone(value, step.before[name])
        elif not same(value, step.before[name]):
            raise Refused(
                f"{name} of {what} is {shown(now)}; the run {step.run} left {shown(step.after[name])} (before it: {shown(step.before[name])}). "
                "Somebody changed it since: it is left alone."
            )
    return value


def unlike(change: Change, now: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Names of the properties that do not read back as planned; ``now`` holds the objects by GUID."""
    found = now.get(fold(str(change.target["guid"])), {})
    return [name for name, value in change.after.items() if name not in found or not same(_listed(found[name], value), value)]


def _listed(found: Any, like: Any) -> Any:
    """An unset list is an empty one."""
    return [] if found is None and isinstance(like, (list, tuple)) else found


def _undone(value: Any, before: Any) -> Any:
    """Of a list of methods only OAuth goes, or comes back: an emptied MAPI list, for one, would let nobody in."""
    if not isinstance(value, (list, tuple)):
        return before
    rest = [method for method in value if fold(method) != fold(OAUTH)]
    return [*rest, OAUTH] if has(before, OAUTH) else rest


def _without(value: Sequence[str], before: Sequence[str], after: Sequence[str]) -> list[str]:
    added = folded(after) - folded(before)
    lost = without(before, [*after, *value])
    return [*without(value, added), *lost]


def _by_guid(history: Iterable[Recorded]) -> dict[str, list[Recorded]]:
    found: dict[str, list[Recorded]] = {}
    for item in history:
        found.setdefault(fold(str(item.target.get("guid", ""))), []).append(item)
    return found


def _switches(config: OrganizationConfig, history: Sequence[Recorded], done: Restoration) -> list[Change]:
    steps = [item for item in history if item.target["type"] == "organization"]
    for guid, items in _by_guid(steps).items():
        if guid != config.guid:
            done.refuse(items[-1].object, f"it is another organization than '{config.name}', which answered.")
    own = [item for item in steps if item.target.get("guid") == config.guid]
    done.handled += [item.id for item in steps]
    wanted = {key: bool(unwind(config.name, name, config.facts()[key], own)) for key, name in orgconfig.PROPERTIES.items()}
    return list(orgconfig.plan_organization(config, wanted).changes)


def _auth_servers(servers: Sequence[AuthServer], history: Sequence[Recorded], done: Restoration) -> tuple[list[Change], list[Change]]:
    """The default endpoint, which goes back whole or not at all, and the rest."""
    by_guid = {item.guid: item for item in servers}
    wanted: dict[str, bool] = {}
    rest: list[Change] = []
    trouble = False
    for guid, steps in _by_guid(item for item in history if item.target["type"] == "authserver").items():
        done.handled += [item.id for item in steps]
        server = by_guid.get(guid)
        if server is None:
            done.refuse(steps[-1].object, "it is no longer there; the Hybrid Configuration Wizard, or a person, removed it after the run.")
            trouble = trouble or any(DEFAULT in step.after for step in steps)
            continue
        wanted[guid] = bool(unwind(server.name, DEFAULT, server.default, steps))
        change = _properties(server, steps)
        rest += [change] if change else []
    return ([] if trouble else _endpoint(servers, wanted, done)), rest


def _properties(server: AuthServer, steps: Sequence[Recorded]) -> Change | None:
    before, after = {}, {}
    for name in (_DOMAINS, "Enabled"):
        now = getattr(server, _ATTRIBUTES[name])
        value = unwind(server.name, name, now, steps)
        if not same(now, value):
            before[name], after[name] = now, value
    if not after:
        return None
    return Change(authserver.title(server), authserver.target(server), before, after, Cmdlet("Set-AuthServer", {"Identity": server.guid, **after}))


def _endpoint(servers: Sequence[AuthServer], wanted: Mapping[str, bool], done: Restoration) -> list[Change]:
    """Cleared before set. Refused whole where another object has become the default since."""
    changing = [item for item in servers if item.guid in wanted and wanted[item.guid] != item.default]
    later = [item for item in servers if item.default and item not in changing]
    back = [item for item in changing if wanted[item.guid]]
    if back and (later or len(back) > 1):
        names = ", ".join(f"'{item.name}'" for item in [*later, *back[1:]])
        done.refuse(authserver.title(back[0]), f"{names} is the default authorization endpoint now, which is not what the run left. It is left alone.")
        return []
    return [authserver.flag(item, wanted[item.guid]) for item in sorted(changing, key=lambda item: wanted[item.guid])]
