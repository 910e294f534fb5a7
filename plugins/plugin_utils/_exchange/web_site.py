# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Both web directories of a server in one shell: read, written as a plan, and read back together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import (
    authserver,
    enabling,
    orgconfig,
    web_directories,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import (
    THIS_SERVER,
    Cmdlet,
    CmdletResult,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.web_directories import (
    ECP,
    OWA,
    WebDirectory,
    WebSite,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record import sign_in
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.history import Recorded
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.restoration import Restoration

from .errors import ExchangeError
from .failures import cmdlet_failure
from .giving_back import Task
from .shell import Answer
from .write import Writer

_SAFE: Final = (orgconfig.READ, authserver.READ)
_NOBODY: Final = "With it off nobody would get into Outlook on the web or the admin center of this server."


@dataclass(frozen=True)
class Found:
    """What one shell showed of a server: both directories, and who answered."""

    site: WebSite
    server: str
    answer: Answer


def read_site(task: Task, *, safe: bool = False) -> Found:
    """Both directories. ``safe``: Refused where modern authentication is not on, which sign-in at Entra rests on."""
    gets = [web_directories.get(kind, task.server or THIS_SERVER) for kind in (OWA, ECP)]
    cmdlets = [*gets, *(_SAFE if safe else ())]
    answer = task.shell.run(cmdlets)
    answer.require(cmdlets)
    found = _directories(task.host, gets, answer.results[:2])
    if safe:
        refuse_unsafe(answer.results[2:])
    return Found(WebSite(*found), task.server or answer.host.fqdn, answer)


def write_site(task: Task, found: Found, plan: Plan, *, safe: bool = False) -> tuple[WebSite, list[str]]:
    """The directories as they read back, and what Exchange warned. In check mode there is no writer, and no call."""
    if task.writer is None:
        raise ValueError("nothing is written in check mode")
    writer = task.writer(found.answer)
    gets = [web_directories.get_one(item.kind, item.guid) for item in found.site.both]
    written = writer.write(plan, read_after=[*gets, *(_SAFE if safe else ())])
    site = WebSite(*_read_back(gets, written.read_back[:2]))
    _check(writer, plan, site)
    if safe:
        refuse_unsafe(written.read_back[2:])
    return site, written.warnings


def restore_sign_in(task: Task, history: Sequence[Recorded] | None) -> Restoration:
    """What recorded runs changed at owa and ecp of one server."""
    own = sign_in.of_server(history or [], task.server or task.shell.run([]).host.fqdn)
    if not own:
        return Restoration(live=False)
    found = read_site(task)
    done = sign_in.restore(found.site, own)
    if done.changes and task.writer is not None:
        now, warnings = write_site(task, found, done.plan)
        done.live = now.oauth_only
        done.warnings += warnings
    return done


def refuse_unsafe(results: Sequence[CmdletResult]) -> None:
    """Refused unless modern authentication is on, with one endpoint of Entra to send people to."""
    config = orgconfig.parse_organization_config(results[0].only(orgconfig.READ.name))
    if not config.oauth2_client_profile_enabled:
        raise Refused(f"OAuth2ClientProfileEnabled is not true. {_NOBODY} Run enable_hma first.")
    servers, odd = authserver.parse_authservers(results[1].properties(authserver.READ.name))
    authserver.require_all(odd)
    wrong = enabling.wrong_endpoint(servers)
    if wrong:
        raise Refused(f"{wrong} {_NOBODY} Run verify_hma, and mend what it finds.")


def _directories(host: str, gets: Sequence[Cmdlet], results: Sequence[CmdletResult]) -> list[WebDirectory]:
    """owa and ecp. All that is wrong is said at once, before anything is written to this server."""
    found, wrong = [], []
    for kind, cmdlet, result in zip((OWA, ECP), gets, results, strict=True):
        try:
            if result.errors:
                raise ExchangeError(cmdlet_failure(host, cmdlet, result.errors[0]))
            found.append(web_directories.front_end(kind, result))
        except (Refused, ParseError) as exc:
            wrong.append(str(exc))
    if wrong:
        raise Refused(" ".join(wrong))
    return found


def _read_back(gets: Sequence[Cmdlet], results: Sequence[CmdletResult]) -> list[WebDirectory]:
    return [
        web_directories.parse_web_directory(kind, result.only(cmdlet.name))
        for kind, cmdlet, result in zip((OWA, ECP), gets, results, strict=True)
    ]


def _check(writer: Writer, plan: Plan, site: WebSite) -> None:
    """ExchangeError for the first write whose last word is not what is there. What Exchange sets by itself with a
    write is recorded, and is no reason to call it failed."""
    settings = {item.guid: item.settings for item in site.both}
    for number, change in enumerate(plan.changes):
        later = {
            name
            for other in plan.changes[number + 1 :]
            if other.target["guid"] == change.target["guid"]
            for name in other.after
        }
        found = dict(settings.get(change.target["guid"], {}))
        given = {name: value for name, value in change.after.items() if name in change.cmdlet.parameters}
        change = replace(change, after=given)
        writer.check_read_back(change, {**found, **{name: change.after[name] for name in later & set(change.after)}})
