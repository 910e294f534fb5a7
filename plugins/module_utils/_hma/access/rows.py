# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The answers of a look at everything that a run needs: for each server, tenant and published name yes or no,
why, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ..base.errors import ParseError
from ..base.facts import Facts
from ..entra.permissions import READ_DOMAINS, READ_USERS, WRITE_NAMES, Access
from ..exchange.versions import Build, has_authentication_policies, parse_admin_display_version
from .answers import (
    NO,
    NOT_ASKED,
    NOT_NEEDED,
    UNKNOWN,
    YES,
    NamesAnswer,
    Place,
    ServerAnswer,
    TenantAnswer,
)
from .needs import OF_POLICIES, OF_THE_WEB, WRITE_TO_TENANTS, can_web, lacking, may_read, unseen_reads

SERVER, TENANT, NAME, INVENTORY = "server", "tenant", "name", "inventory"
_NEXT: Final = " Next: "
_ALL_NAMES: Final = "all of them"
_CORE: Final = "Windows PowerShell 5.1 or 4.0"
_GRANT: Final = "Grant it as an application permission, with admin consent."
_ROLE: Final = "Give the account the role group of the guide 'For the security team', or a built-in one."
_NEVER: Final = "Outlook on the web cannot use OAuth on this version of Exchange"
_NO_POLICIES: Final = "this version of Exchange has no authentication policies; a newer server writes them"


@dataclass(frozen=True)
class Row(Facts):
    """One question about one object. ``required``: whether the playbooks that were asked for take a yes. ``missing``:
    the cmdlets and parameters that the account does not see."""

    kind: str
    object: str
    question: str
    answer: str
    why: str = ""
    fix: str = ""
    required: bool = True
    missing: tuple[str, ...] = ()

    @property
    def stops(self) -> bool:
        return self.required and self.answer in (NO, UNKNOWN)


def complete(rows: Sequence[Row]) -> bool:
    return bool(rows) and not any(row.stops for row in rows)


def _said(host: str, text: str) -> tuple[str, str]:
    """A message of a failure: why, and what to do."""
    why, _next, fix = text.removeprefix(f"{host}: ").partition(_NEXT)
    fix = fix.strip()
    return " ".join(why.split()), f"{fix[:1].upper()}{fix[1:]}"


def inventory_rows(why: str, servers: Sequence[str], tenants: Sequence[str], limit: str = "") -> list[Row]:
    """What the first task of each playbook says of the variables (``why`` they stop it, or nothing), and an inventory
    without a host. A limit leaves hosts out that the inventory has."""
    said = " ".join(why.removeprefix("localhost: ").split())
    fix = "Every playbook would stop there: correct them." if why else ""
    kinds = [kind for kind, hosts in (("server", servers), ("tenant", tenants)) if not hosts]
    lacks = f"it has no {' and no '.join(kinds)}." if kinds else ""
    make = "Name each in its group, or let hybrid.exchange.discover write the inventory." if kinds else ""
    if limit and (servers or tenants):
        kinds, lacks, make = [], f"--limit {limit} was given: no other host was asked.", ""
    elif limit:
        lacks, make = f"--limit {limit} leaves no server and no tenant.", "Name a server or a tenant in it."
    return [
        Row(INVENTORY, "inventory", "variables", NO if why else YES, said, fix),
        Row(INVENTORY, "inventory", "hosts", NO if kinds else YES, lacks, make),
    ]


def server_rows(host: str, answer: ServerAnswer, playbooks: Sequence[str]) -> Iterator[Row]:
    """What is not reached is not asked for what is behind it."""
    why, fix = _said(host, answer.why)
    if not answer.sign_in:
        yield Row(SERVER, host, "sign-in", NO, why, fix or "Mend the variables of its connection, then ask again.")
        return
    yield from _place(host, answer)
    # Without a place nobody came as far as the port: the reason is that of the sign-in.
    if answer.place and not answer.reached:
        yield Row(SERVER, host, "sign-in", NOT_ASKED)
        return
    yield Row(SERVER, host, "sign-in", answer.sign_in, why, fix)
    if answer.sign_in != YES:
        return
    core = f"{answer.powershell or _CORE}, over {answer.transport or 'unknown'}"
    yield Row(SERVER, host, "PowerShell", YES, core)
    if answer.shell != YES:
        yield Row(SERVER, host, "Exchange shell", answer.shell or NO, why, fix)
        return
    yield Row(SERVER, host, "Exchange shell", YES, _hop(answer))
    yield from _playbooks(host, answer, playbooks)


def _hop(answer: ServerAnswer) -> str:
    direct = answer.transport == "psrp-exchange"
    return "no second sign-in is needed" if direct else "the second sign-in, from the server to Exchange, works"


def _place(host: str, answer: ServerAnswer) -> Iterator[Row]:
    """A server that was signed in to was reached, whatever a connection without its proxy says."""
    place = answer.place
    if place is None:
        return
    yield _resolved(SERVER, host, place, reached=answer.sign_in == YES)
    if answer.reached:
        yield Row(SERVER, host, "port", YES, place.address)
    elif place.resolves:
        fix = "Start it, open the port from this control node, or reach it through another server (hma_server)."
        yield Row(SERVER, host, "port", NO, f"{place.address}: {place.reason}", fix)


def _resolved(kind: str, host: str, place: Place, *, reached: bool) -> Row:
    if place.resolves or reached:
        return Row(kind, host, "name", YES, place.host)
    other = "set ansible_host" if kind == SERVER else "give its address in hma_probe_connect_to"
    fix = f"Correct the name or the DNS of this control node, or {other}."
    answer = UNKNOWN if place.resolves is None else NO
    return Row(kind, host, "name", answer, f"{place.host}: {place.reason}", fix)


def _playbooks(host: str, answer: ServerAnswer, playbooks: Sequence[str]) -> Iterator[Row]:
    seen, build = answer.commands, _build(answer.version)
    if not seen:
        why, fix = "the shell did not list its cmdlets.", "Run the playbook with --check: it says what is missing."
        yield from (Row(SERVER, host, name, UNKNOWN, why, fix) for name in playbooks)
        return
    gaps = unseen_reads(seen)
    for name in playbooks:
        if name in OF_THE_WEB and build is not None and not can_web(build):
            yield Row(SERVER, host, name, NOT_NEEDED, _NEVER, required=False)
            continue
        if name in OF_POLICIES and build is not None and not has_authentication_policies(build):
            yield Row(SERVER, host, name, NOT_NEEDED, _NO_POLICIES, required=False)
            continue
        missing = lacking(name, seen, build)
        if missing:
            yield Row(SERVER, host, name, NO, hidden(missing), _ROLE, missing=tuple(missing))
            continue
        note = f"without {', '.join(gaps)}, which it would name as not checked" if gaps and name == "audit_hma" else ""
        yield Row(SERVER, host, name, YES, note)


def hidden(missing: Sequence[str]) -> str:
    return f"the account does not see {', '.join(missing)}."


def _build(version: str) -> Build | None:
    try:
        return parse_admin_display_version(version)
    except ParseError:
        return None


def tenant_rows(host: str, answer: TenantAnswer, playbooks: Sequence[str], *, mode: str, users: bool) -> list[Row]:
    """``mode`` is its hma_spn_mode; ``users``: whether the run reads the people of the tenant."""
    why, fix = _said(host, answer.why)
    if answer.token != YES:
        return [Row(TENANT, host, "token", NO, why, fix)]
    rows = [Row(TENANT, host, "token", YES)]
    rows += [Row(TENANT, host, "read", answer.read or NOT_ASKED, *((why, fix) if answer.read != YES else ("", "")))]
    access = answer.access or Access(None)
    return [*rows, _write(host, access, playbooks, mode), *_permissions(host, access, answer, users)]


def _write(host: str, access: Access, playbooks: Sequence[str], mode: str) -> Row:
    if mode != "apply":
        return Row(TENANT, host, "write", NOT_NEEDED, f"hma_spn_mode is {mode}", required=False)
    required = any(name in WRITE_TO_TENANTS for name in playbooks)
    may = access.may_write
    if may is False:
        fix = f"{_GRANT} {WRITE_NAMES.otherwise}"
        return Row(TENANT, host, "write", NO, access.why_not, fix, required)
    # With a role of the directory it is Graph that decides, and it does so before anything is written.
    why = "" if may else "the token does not say it; the first write will tell"
    return Row(TENANT, host, "write", YES if may else UNKNOWN, why, required=required and may is not None)


def _permissions(host: str, access: Access, answer: TenantAnswer, users: bool) -> Iterator[Row]:
    may = may_read(access)
    lacks = answer.domains_why or f"the token lacks {READ_DOMAINS.least}."
    read = bool(answer.domains)
    yield Row(
        TENANT, host, "domains", YES if read else NO, "" if read else lacks,
        "" if read else f"{_GRANT} Without it the accepted domains of Exchange are compared instead.", required=False,
    )  # fmt: skip
    if not users:
        yield Row(TENANT, host, "users", NOT_NEEDED, "only with hma_identity_entra", required=False)
        return
    right = may["users"] is not False
    why = "" if right else f"the token lacks {READ_USERS.least}."
    yield Row(TENANT, host, "users", YES if right else NO, why, "" if right else f"{_GRANT} {READ_USERS.otherwise}")


def name_rows(answer: NamesAnswer) -> Iterator[Row]:
    """Each published name with what became of a connection to it."""
    if not answer.places:
        yield _no_names(answer)
        return
    for name, place in answer.places.items():
        yield _resolved(NAME, name, place, reached=place.answers)
        if place.answers:
            yield Row(NAME, name, "443", YES)
        elif place.resolves:
            fix = "Open it from this control node, or ask from elsewhere (hma_probe_from)."
            yield Row(NAME, name, "443", NO, f"{place.address}: {place.reason}", fix)


def _no_names(answer: NamesAnswer) -> Row:
    if answer.elsewhere:
        why = "hma_probe_from names the host that asks them"
        return Row(NAME, _ALL_NAMES, "name", NOT_ASKED, why, required=False)
    fix = "Mend what is in the way of the servers first, then ask again."
    return Row(NAME, _ALL_NAMES, "name", UNKNOWN, answer.why, fix)


def objects_of(rows: Iterable[Row], kind: str) -> list[str]:
    return list(dict.fromkeys(row.object for row in rows if row.kind == kind))
