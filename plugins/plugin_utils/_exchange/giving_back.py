# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Directories are taken back in one shell, whose last look says whether that was still right."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold, same
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import (
    authentication_policies,
    authserver,
    orgconfig,
    web_listing,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Change, Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet, CmdletResult, Unread
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.free_busy import (
    CONNECTORS,
    enabled_connectors,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import (
    KINDS,
    Directory,
    Kind,
    parse_directory,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record import restore
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.auth_servers import endpoints, read_servers
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.history import Recorded
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.restoration import (
    Kept,
    Restoration,
    reversed_change,
    takes_away,
)

from .._turns import Turns
from .directories import give_back_urls, parse_read_back, read_back
from .endpoint import seen_again
from .errors import ExchangeError
from .failures import cmdlet_failure
from .lockout import notice_lockout, notice_unseen, notice_web, refuse_lockout, refuse_web
from .shell import Answer, Shell
from .write import Writer

_ORGANIZATION: Final = (orgconfig.READ, authserver.READ)
# Switching off needs the first; where the others cannot be read it goes on without them, and says so.
_SWITCH: Final = (
    orgconfig.READ,
    replace(authserver.READ, on_error="continue"),
    authentication_policies.READ,
    authentication_policies.SERVERS,
    *web_listing.LISTED,
)

_NOBODY_WAITS: Final = Turns("", 0)


@dataclass(frozen=True)
class Task:
    """What the options say, the shell, and who writes in it: nobody in check mode."""

    shell: Shell
    writer: Callable[[Answer], Writer] | None
    host: str
    server: str | None
    despite_policy: str | None
    despite_unseen_policies: bool
    despite_connector: bool
    despite_owa: Sequence[str]
    predicted_off: bool
    # The servers that may be written to at the same time.
    turns: Turns = _NOBODY_WAITS

    @classmethod
    def reading(
        cls,
        shell: Shell,
        host: str,
        server: str | None = None,
        writer: Callable[[Answer], Writer] | None = None,
    ) -> Task:
        """A task that nobody has to say anything else of."""
        return cls(shell, writer, host, server, None, False, False, (), False)


def restore_organization(
    task: Task, history: Sequence[Recorded] | None, out_of_force: Collection[str] = ()
) -> Restoration:
    """Back to what it was before the recorded runs: switches, default endpoint, domains. ``out_of_force``: policies
    that block nobody by then."""
    steps = history or []
    answer = task.shell.run(_ORGANIZATION)
    answer.require(_ORGANIZATION)
    config = orgconfig.parse_unidentified(answer.results[0].only(orgconfig.READ.name))
    found = read_servers(answer.results[1].properties(authserver.READ.name), steps)
    done = restore.restore_organization(config, found.servers, steps, found.odd)
    done.refused += found.unread
    refuse_lockout(task.shell, done.plan, config, task.despite_policy, out_of_force)
    refuse_web(task.shell, done.plan, task.despite_owa)
    _write_organization(task, done, answer, last_look=_last_look(done.changes, answer.results))
    return done


def _last_look(changes: Sequence[Change], results: Sequence[CmdletResult]) -> list[Cmdlet]:
    """The reads that these writes rest on, for the shell that writes: the switch, and the AuthServers."""
    switch = {name: value for name, value in results[0].objects[0].items() if name == restore.FLAG}
    known = {name: value for name, value in switch.items() if not isinstance(value, Unread)}
    return [replace(orgconfig.READ, expected=known), *seen_again(changes, results[1])]


def switch_off(task: Task, history: Sequence[Recorded] | None) -> Restoration:
    """Off, with what one shell reads; the first write is in the second one."""
    answer = task.shell.run(_SWITCH)
    answer.require(_SWITCH)
    config = orgconfig.parse_organization_config(answer.results[0].only(orgconfig.READ.name))
    servers, unread = endpoints(answer.results[1].properties(authserver.READ.name))
    done = restore.switch_off(config, servers, history)
    done.refused += [*unread, *_unread_endpoint(answer.results[1])]
    policies, others, *web = answer.results[2:]
    if done.changes:
        done.warnings = notice_unseen(policies, others, despite=task.despite_unseen_policies)
    done.warnings += notice_lockout(task.shell, done.plan, config, policies, task.despite_policy)
    done.warnings += notice_web(done.plan, web_listing.parse_listing(web), task.despite_owa, live=config.may_be_on)
    try:
        _write_organization(task, done, answer)
    except ExchangeError as exc:
        _refuse_the_rest(task, done, exc)
    return done


def _refuse_the_rest(task: Task, done: Restoration, failed: ExchangeError) -> None:
    """What failed is left as it is, where modern authentication is off nevertheless; else the failure is raised."""
    if failed.uncertain or not _is_off(task.shell):
        raise failed
    done.live = False
    done.refuse("The default authorization endpoint", str(failed))


def _is_off(shell: Shell) -> bool:
    """Read anew, because the word of a write that failed does not say so; False where it cannot be read."""
    try:
        answer = shell.run([orgconfig.READ])
        answer.require([orgconfig.READ])
    except ExchangeError:
        return False
    return not orgconfig.may_be_on(answer.results[0].only(orgconfig.READ.name))


def _write_organization(task: Task, done: Restoration, answer: Answer, last_look: Sequence[Cmdlet] = ()) -> None:
    """Write and read back. ``live`` is then what was read, not what was planned."""
    if not done.changes or task.writer is None:
        return
    writer = task.writer(answer)
    after = _ORGANIZATION if answer.results[1].ok else _ORGANIZATION[:1]
    written = writer.write(done.plan, read_before=last_look, read_after=after)
    config = written.read_back[0].only(orgconfig.READ.name)
    _check_objects(
        writer,
        done.changes,
        [config, *(item for result in written.read_back[1:] for item in result.properties(authserver.READ.name))],
    )
    done.live = config.raw("OAuth2ClientProfileEnabled") is not False


def restore_server(task: Task, history: Sequence[Recorded] | None) -> Restoration:
    """The recorded directories of one server."""
    own = restore.of_server(history or [], task.server or task.shell.run([]).host.fqdn)
    if not own:
        return Restoration(live=False)
    answer, found, done = _planned(task, own)
    if done.changes and task.writer is not None:
        with task.turns.taken() as waited:
            if waited:
                # Its turn came after it was read: what is there now decides.
                answer, found, done = _planned(task, own)
            if done.changes:
                found.update(_write_directories(task.writer(answer), done, found))
    if task.writer is not None or not done.changes:
        restore.note_side_effects(done, found, own)
    return done


def _planned(
    task: Task, own: Mapping[str, Sequence[Recorded]]
) -> tuple[Answer, dict[str, Directory | None], Restoration]:
    """What is there of these directories, and what of it is to be taken back."""
    kinds = {guid: KINDS[steps[-1].target_text("kind")] for guid, steps in own.items()}
    always = [orgconfig.READ, CONNECTORS, *web_listing.LISTED]
    cmdlets = [*always, *(kind.get_one(guid) for guid, kind in kinds.items())]
    answer = task.shell.run(cmdlets)
    answer.require(cmdlets)
    live = orgconfig.may_be_on(answer.results[0].only(orgconfig.READ.name))
    reads = zip(kinds.items(), cmdlets[len(always) :], answer.results[len(always) :], strict=True)
    found = {guid: _directory(task.host, kind, cmdlet, result) for (guid, kind), cmdlet, result in reads}
    done = restore.restore_directories(
        found,
        own,
        live=live and not task.predicted_off,
        web=web_listing.in_use(web_listing.parse_listing(answer.results[2:4]), task.despite_owa),
        connectors=enabled_connectors(answer.results[1]),
        forced=task.despite_connector,
    )
    return answer, found, done


def _directory(host: str, kind: Kind, cmdlet: Cmdlet, result: CmdletResult) -> Directory | None:
    """The one object; None where it is not there any more. Any other trouble is trouble."""
    if result.errors and "objectnotfound" in fold(f"{result.errors[0].id} {result.errors[0].reason}"):
        return None
    if result.errors:
        raise ExchangeError(cmdlet_failure(host, cmdlet, result.errors[0]))
    return parse_directory(kind, result.only(cmdlet.name))


def _unread_endpoint(result: CmdletResult) -> list[Kept]:
    if not result.errors:
        return []
    text = f"the AuthServer objects could not be read, so that it is left as it is: {result.errors[0].message}"
    return [Kept("The default authorization endpoint", text)]


def _write_directories(
    writer: Writer, done: Restoration, before: Mapping[str, Directory | None]
) -> dict[str, Directory]:
    """Write and read back. Exchange writes nothing on a condition, so what was taken away while somebody switched on is
    given back."""
    changes = done.changes
    written = writer.write(Plan(tuple(changes)), read_back=read_back, read_after=[orgconfig.READ])
    *results, config = written.read_back
    taken = [change for change in changes if takes_away(change)]
    if taken and orgconfig.may_be_on(config.only(orgconfig.READ.name)):
        writer.write(Plan(tuple(reversed_change(change) for change in taken)), read_back=read_back)
        raise ExchangeError(
            f"{writer.host}: modern authentication was switched on while OAuth was being taken from "
            f"{', '.join(change.object for change in taken)}; "
            "it was given back. Find out who switched on; run disable_hma before this again."
        )
    directories = [parse_read_back(change, result) for change, result in zip(changes, results, strict=True)]
    known = {guid: item for guid, item in before.items() if item is not None}
    directories, notes = give_back_urls(writer, known, directories)
    done.warnings += notes
    for change, item in zip(changes, directories, strict=True):
        writer.check_read_back(change, item.settings if same(item.guid, change.target["guid"]) else {})
    return {fold(item.guid): item for item in directories}


def _check_objects(writer: Writer, changes: Sequence[Change], objects: Sequence[Properties]) -> None:
    """ExchangeError for the first object that is not as it was written."""
    by_guid = {fold(item.label("Guid", "")): item.found for item in objects}
    for change in changes:
        writer.check_read_back(change, by_guid.get(fold(change.target["guid"]), {}))
