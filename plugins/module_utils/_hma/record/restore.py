# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Going back: what recorded runs changed, and only that, object by object, from what is there now.

Going back never switches modern authentication on, and while it is on nothing that it rests on is taken away. What is
there now decides that; a record only says what was ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from ..base.comparison import fold, same
from ..base.errors import Refused
from ..base.facts import plain
from ..exchange import authserver, free_busy, orgconfig, side_effects
from ..exchange.authserver import DEFAULT, AuthServer
from ..exchange.change import Change
from ..exchange.cmdlet import Cmdlet
from ..exchange.orgconfig import OrganizationConfig
from ..exchange.virtual_directories import KINDS, Directory, target
from .auth_servers import steps_of_auth_servers
from .by_hand import oauth_by_hand
from .history import Recorded
from .origin import Answering, of_another
from .restoration import DOMAINS, Kept, Restoration, by_guid, takes, takes_away, value_before

FLAG: Final = orgconfig.PROPERTIES["oauth2_client_profile_enabled"]
_IN_USE: Final = (
    "modern authentication is still on, and what its clients need is not taken away. Give the record of the "
    "run that turned it on "
    "together with this one (hma_restore_record takes a list), or run disable_hma first."
)
_LAG: Final = (
    " Where that is done already, this server's domain controller does not see it yet: run this again after "
    "replication."
)
_NAMELESS: Final = (
    "the Guid of the organization that answered could not be read, so that nobody knows whether it is the one of the "
    "record: look with Get-OrganizationConfig | Format-List Guid."
)
_TOGETHER: Final = (
    "the default endpoint goes back as a whole or not at all, and {others} cannot be taken back. Where Entra's is not "
    "to stay it: disable_hma without a record clears it."
)
_NEVER_ON: Final = (
    "modern authentication was on before the run. Going back never switches it on: run enable_hma, "
    "which looks at every server, tenant and AuthServer before it does."
)
_NEVER_ON_AD_FS: Final = (
    "modern authentication was on before the run, with AD FS ({names}) as the default endpoint. Going back never "
    "switches it on, and enable_hma would send clients to Entra. Where AD FS is right, switch it on by hand: "
    "Set-OrganizationConfig -OAuth2ClientProfileEnabled $true"
)
# The other way round nothing is taken away, but it would be live at once.
_ENDPOINT_IN_USE: Final = (
    "modern authentication is on, so that clients would be sent there at once{none}. Run disable_hma with this record, "
    "which switches off first and then makes it the default endpoint again; or run enable_hma."
)
_NONE_NOW: Final = "; now no AuthServer is the default endpoint, and they get no sign-in page"


def of_server(history: Iterable[Recorded], server: str) -> dict[str, list[Recorded]]:
    """The recorded writes to directories of a server, by the directory's GUID."""
    wanted = server.split(".")[0]
    return by_guid(step for step in history if step.is_of("directory") and same(step.target_text("server"), wanted))


def restore_directories(
    directories: Mapping[str, Directory | None],
    history: Mapping[str, Sequence[Recorded]],
    *,
    live: bool,
    web: str | None,
    connectors: Sequence[str],
    forced: bool,
) -> Restoration:
    """``live``: whether modern authentication is on, as the domain controller of this server sees it; ``web``: why
    Outlook on the web still needs it, or None."""
    done = Restoration(live)
    for guid, steps in history.items():
        done.handled += [step.id for step in steps]
        directory, title = directories.get(guid), steps[-1].object
        if directory is None:
            done.refuse(title, "it is no longer there; it was removed, or made anew, after the run.")
            continue
        try:
            change = restore_directory(directory, steps)
        except Refused as exc:
            done.refuse(title, f"{exc}{'' if live or web else oauth_by_hand(directory, steps)}")
            continue
        if change is None:
            continue
        taken = takes_away(change)
        if taken and live:
            done.refuse(title, _IN_USE + _LAG)
        elif taken and web:
            done.refuse(title, web)
        elif taken and directory.kind in free_busy.KINDS and connectors and not forced:
            done.left.append(Kept(title, _free_busy(connectors)))
        else:
            done.changes.append(change)
    return done


def restore_directory(directory: Directory, steps: Sequence[Recorded]) -> Change | None:
    """The write that takes a directory back; None where it is as it was. Only OAuth is taken from a list, or given back
    to it."""
    kind = KINDS[directory.kind]
    before, after = {}, {}
    for name in kind.settings:
        now = directory.settings[name]
        value = value_before(directory.identity, name, now, steps)
        if not same(now, value):
            before[name], after[name] = plain(now), plain(value)
    if not after:
        return None
    cmdlet = Cmdlet(f"Set-{kind.noun}", {"Identity": directory.guid, **after, **kind.extra})
    return Change(directory.identity, target(directory), before, after, cmdlet, directory.beside)


def note_side_effects(
    done: Restoration, directories: Mapping[str, Directory | None], history: Mapping[str, Sequence[Recorded]]
) -> None:
    """Name what is not as it was before the first write, and what no write of ours took back."""
    held = {item.object for item in (*done.refused, *done.left)}
    for guid, steps in history.items():
        directory = directories.get(guid)
        if directory is None or steps[-1].object in held:
            continue
        first = {**steps[0].before, **steps[0].beside}
        for text in side_effects.differences(first, directory):
            reason = f"{text}. Only OAuth is taken from a list, or given back to it: the rest is left as it is."
            done.left.append(Kept(steps[-1].object, reason))


def restore_organization(
    config: OrganizationConfig,
    servers: Sequence[AuthServer],
    history: Sequence[Recorded],
    odd: Mapping[str, str] = MappingProxyType({}),
) -> Restoration:
    """Switches, then the default endpoint, then domains. Off goes first, as the article has it. ``odd``: AuthServers of
    which nothing but the default endpoint may be known, and why."""
    done = Restoration(config.may_be_on)
    done.changes = _switches(config, servers, history, done)
    known = [(server, steps) for server, steps in _known(servers, history, done, odd) if server.guid not in odd]
    done.changes += _default_endpoint(servers, history, done)
    done.changes += [change for server, steps in known if (change := _properties(server, steps, done))]
    return done


def switch_off(
    config: OrganizationConfig, servers: Sequence[AuthServer], history: Sequence[Recorded] | None
) -> Restoration:
    """The fast way back: off, then the default endpoint as it was before the recorded runs, or, with no record, none of
    Entra's."""
    done = Restoration(live=False)
    off = orgconfig.plan_organization(config, {"oauth2_client_profile_enabled": False})
    other = of_another(history or (), Answering(config.name, config.guid))
    if history is None:
        endpoint = [authserver.flag(server, False) for server in authserver.defaults(servers) if server.is_azure_ad]
    elif other:
        # Off is off, whatever record was given.
        done.refuse(
            "The default authorization endpoint", f"{other} Or run this without a record, which clears Entra's."
        )
        endpoint = []
    else:
        of_endpoint = [step for step in history if DEFAULT in step.after]
        _known(servers, of_endpoint, done)
        endpoint = _default_endpoint(servers, of_endpoint, done)
    done.changes = [*off.changes, *endpoint]
    return done


def _free_busy(connectors: Sequence[str]) -> str:
    names = ", ".join(connectors)
    return (
        f"IntraOrganizationConnector {names} is enabled: hybrid free/busy uses OAuth here "
        f"(hma_restore_despite_connector: true)."
    )


def _switches(
    config: OrganizationConfig, servers: Sequence[AuthServer], history: Sequence[Recorded], done: Restoration
) -> list[Change]:
    steps = [step for step in history if step.is_of("organization")]
    done.handled += [step.id for step in steps]
    own: list[Recorded] = []
    for guid, own_steps in by_guid(steps).items():
        if guid == config.guid:
            own = own_steps
        elif not config.guid:
            done.refuse(own_steps[-1].object, _NAMELESS)
        else:
            done.refuse(own_steps[-1].object, f"it is another organization than '{config.name}', which answered.")
    wanted = {key: _switch(config, key, own, done, _never_on(servers)) for key in orgconfig.PROPERTIES}
    return list(orgconfig.plan_organization(config, wanted).changes)


def _never_on(servers: Sequence[AuthServer]) -> str:
    """What to do about a flag that was on: enable_hma sends people to Entra, and with AD FS that is not what was."""
    names = ", ".join(f"'{server.name}'" for server in authserver.defaults(servers) if fold(server.type) == "adfs")
    return _NEVER_ON_AD_FS.format(names=names) if names else _NEVER_ON


def _switch(
    config: OrganizationConfig, key: str, steps: Sequence[Recorded], done: Restoration, never_on: str
) -> bool | None:
    """What a switch is set to; None where it stays. The flag, which comes first, says what is in use from then on."""
    name, is_flag = orgconfig.PROPERTIES[key], orgconfig.PROPERTIES[key] == FLAG
    title = f"{name} of organization '{config.name}'"
    now: bool | None = config.may_be_on if is_flag else getattr(config, key)
    if now is None:
        if any(name in step.after for step in steps):
            done.refuse(title, "its value could not be read.")
        return None
    value = bool(value_before(config.name, name, now, steps))
    if is_flag:
        done.live = now and value
        if value and not now:
            done.refuse(title, never_on)
        # It is only ever written to switch off: a flag that could not be read, and counts as on, is not switched on for
        # that.
        return None if value else False
    if done.live and takes(now, value):
        done.refuse(title, _IN_USE)
        return None
    return value


def _default_endpoint(servers: Sequence[AuthServer], history: Sequence[Recorded], done: Restoration) -> list[Change]:
    """Of the default endpoint all goes back or nothing: with an object that is no longer there, nothing does."""
    by_id = {server.guid: server for server in servers}
    own = steps_of_auth_servers(step for step in history if DEFAULT in step.after)
    wanted = {
        guid: bool(value_before(by_id[guid].name, DEFAULT, by_id[guid].default, steps))
        for guid, steps in own.items()
        if guid in by_id
    }
    lost = [steps[-1].object for guid, steps in own.items() if guid not in by_id]
    if not lost:
        return _endpoint(servers, wanted, done)
    for guid in (guid for guid, value in wanted.items() if by_id[guid].default is not value):
        done.refuse(f"{DEFAULT} of {authserver.title(by_id[guid])}", _TOGETHER.format(others=", ".join(lost)))
    return []


def _known(
    servers: Sequence[AuthServer],
    history: Sequence[Recorded],
    done: Restoration,
    odd: Mapping[str, str] = MappingProxyType({}),
) -> list[tuple[AuthServer, list[Recorded]]]:
    """Each recorded AuthServer with what was recorded of it; what is no longer there, or is odd, is said."""
    by_id = {server.guid: server for server in servers}
    known = []
    for guid, steps in steps_of_auth_servers(history).items():
        done.handled += [step.id for step in steps]
        if guid in odd:
            done.refuse(steps[-1].object, f"it could not be read, so that it is left as it is: {odd[guid]}")
        elif guid in by_id:
            known.append((by_id[guid], steps))
        else:
            done.refuse(
                steps[-1].object,
                "it is no longer there; the Hybrid Configuration Wizard, or a person, removed it after the run.",
            )
    return known


def _properties(server: AuthServer, steps: Sequence[Recorded], done: Restoration) -> Change | None:
    before, after = {}, {}
    for name in (DOMAINS, "Enabled"):
        now = server.value(name)
        value = value_before(server.name, name, now, steps)
        if done.live and takes(now, value):
            done.refuse(f"{name} of {authserver.title(server)}", _IN_USE)
        elif not same(now, value):
            before[name], after[name] = now, value
    if not after:
        return None
    cmdlet = Cmdlet("Set-AuthServer", {"Identity": server.guid, **after})
    return Change(authserver.title(server), authserver.target(server), before, after, cmdlet)


def _endpoint(servers: Sequence[AuthServer], wanted: Mapping[str, bool], done: Restoration) -> list[Change]:
    """Cleared before set. Refused where another object has become the default since.

    While modern authentication is on the endpoint stays: without one clients are cut off, and a new one would switch on
    what nobody has looked at.
    """
    changing = [server for server in servers if server.guid in wanted and wanted[server.guid] != server.default]
    if done.live:
        none = "" if authserver.defaults(servers) else _NONE_NOW
        for server in changing:
            reason = _ENDPOINT_IN_USE.format(none=none) if wanted[server.guid] else _IN_USE
            done.refuse(f"{DEFAULT} of {authserver.title(server)}", reason)
        return []
    later = [server for server in servers if server.default and server not in changing]
    back = [server for server in changing if wanted[server.guid]]
    if back and (later or len(back) > 1):
        names = ", ".join(f"'{server.name}'" for server in [*later, *back[1:]])
        text = f"{names} is the default authorization endpoint now, which is not what the run left. It is left alone."
        done.refuse(authserver.title(back[0]), text)
        return []
    return [
        authserver.flag(server, wanted[server.guid])
        for server in sorted(changing, key=lambda server: wanted[server.guid])
    ]
