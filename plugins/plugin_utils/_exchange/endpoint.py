# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The default authorization endpoint as actions write it: it is as it was before where a plan does not get to
its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import authserver, enabling, orgconfig
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.authserver import AuthServer
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Change, Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet, CmdletResult, Unread

from .errors import ExchangeError, Overtaken
from .write import Writer, Written

_NONE_AGAIN: Final = "The default authorization endpoint was taken off again: there was none before."


def seen_again(changes: Iterable[Change], seen: CmdletResult) -> list[Cmdlet]:
    """For the shell that writes, the reads of the AuthServers of which more than the default endpoint is written: each
    has to be as it was seen. A list of domains is written as a whole, and somebody else, the Hybrid Configuration
    Wizard say, may have added one."""
    objects = {fold(str(item.get("Guid"))): item for item in seen.objects}
    found = [(objects[change.target["guid"]], change) for change in changes if change.target["guid"] in objects]
    return [_again(item, change) for item, change in found if set(change.after) - {authserver.DEFAULT}]


def _again(seen: Mapping[str, Any], change: Change) -> Cmdlet:
    # What nobody could read cannot be compared.
    known = {name: seen[name] for name in change.after if name in seen and not isinstance(seen[name], Unread)}
    return replace(authserver.READ, parameters={"Identity": change.target["guid"]}, expected=known)


def write_endpoint(
    writer: Writer,
    plan: Plan,
    servers: Sequence[AuthServer],
    *,
    read_after: Sequence[Cmdlet],
    read_before: Sequence[Cmdlet] = (),
) -> Written:
    """Send a plan that may change the default endpoint. ExchangeError says what became of the endpoint."""
    with done_or_as_before(writer, plan, servers):
        return writer.write(plan, read_before=read_before, read_after=read_after)


@contextmanager
def done_or_as_before(writer: Writer, plan: Plan, servers: Sequence[AuthServer]) -> Iterator[None]:
    """Around what sends a plan, and what looks whether it was done. Where that fails, the endpoint is put back as it
    was in ``servers``; ExchangeError says what became of it."""
    try:
        yield
    except ExchangeError as exc:
        if exc.uncertain or not any(change.target["type"] == "authserver" for change in plan.changes):
            raise
        # What somebody else did is not put back where nothing of the plan was written.
        sent = Plan() if isinstance(exc, Overtaken) else plan
        raise ExchangeError(f"{exc} {_what_became(writer, sent, servers)}") from None


def _what_became(writer: Writer, plan: Plan, servers: Sequence[AuthServer]) -> str:
    """The endpoint is put back. Where that fails too, both reasons are said."""
    try:
        return _put_back(writer, plan, servers)
    except ExchangeError as exc:
        return f"Whether the default authorization endpoint is as it was is not known: {exc}"


def _put_back(writer: Writer, plan: Plan, servers: Sequence[AuthServer]) -> str:
    """The endpoint that was cleared is the default again where the new one could not be set, and where the switch that
    it was set for stayed off."""
    now, odd = authserver.parse_authservers(writer.read(authserver.READ).properties(authserver.READ.name))
    unread = [gap.reason for gap in odd if gap.concerned]
    if unread:
        return f"Which endpoint is the default now could not be read: {' '.join(unread)}"
    if {item.guid for item in authserver.defaults(servers)} == {item.guid for item in authserver.defaults(now)}:
        return "The default authorization endpoint is as it was."
    if authserver.defaults(now) and not _stayed_off(writer, plan):
        return f"The default authorization endpoint is {_names(authserver.defaults(now))} now."
    back = enabling.plan_as_before(plan, servers, now)
    if not back.changes:
        there = _names(authserver.defaults(now)) or "none"
        return f"Somebody else changed the default authorization endpoint meanwhile; it is {there} now."
    writer.write(back, read_after=[authserver.READ])
    before = _names(authserver.defaults(servers))
    return f"{before} was made the default authorization endpoint again." if before else _NONE_AGAIN


def _stayed_off(writer: Writer, plan: Plan) -> bool:
    """Whether the plan was to switch modern authentication on as well, and it is off for certain."""
    if not any(change.target["type"] == "organization" for change in plan.changes):
        return False
    return not orgconfig.may_be_on(writer.read(orgconfig.READ).only(orgconfig.READ.name))


def _names(servers: Sequence[AuthServer]) -> str:
    return ", ".join(repr(item.name) for item in servers)


def check_written(writer: Writer, plan: Plan, now: Sequence[AuthServer]) -> None:
    """ExchangeError for the first AuthServer that is not as it was written."""
    servers = {item.guid: item for item in now}
    for change in plan.changes:
        if change.target["type"] == "authserver":
            server = servers.get(change.target["guid"])
            writer.check_read_back(change, {name: server.value(name) for name in change.after} if server else {})
