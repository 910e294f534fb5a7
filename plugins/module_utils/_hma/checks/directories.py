# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of the servers' directories: read in full where that was done, else as Active Directory has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ..base.command import Command, PowerShell, Setting
from ..base.comparison import fold, has
from ..exchange.client_urls import ListedDirectory
from ..exchange.server_objects import ExchangeServer
from ..exchange.virtual_directories import KINDS, MAPI_DEFAULT, OAUTH, Directory
from .check import PREDICTED, Check, Finding
from .inputs import Inputs
from .inventory import ServerEntry
from .references import ARTICLE, CMDLET, READ_SERVER_FULL
from .server_state import FULL_READ

if TYPE_CHECKING:
    from ..exchange.virtual_directories import Setting as Value

_REACH: Final = "Make the host reachable; then run this again."
_MEND: Final = "Mend what the reason names; then prepare the host again."
# In step 1 no host was prepared yet.
_MEND_FIRST: Final = "Mend what the reason names; then run this again."
_SHOWS: Final = "audit_hma with hma_audit_read: full only shows it."
_PREPARE: Final = "Turn OAuth on for these directories."
_UNFINISHED: Final = (
    "No directory of any kind is there: its setup did not end. Finish it (Setup.exe; /m:RecoverServer where "
    "the machine is new), or remove the server; a dead object goes to hma_servers_excluded with its reason."
)
_STOPS: Final = "step 3 stops at this server, unless hma_vdir_mapi_empty is default."


def directories(inputs: Inputs) -> list[Finding]:
    """Every kind on every server. A gate is passed by full reads only, or in check mode by what this run predicts."""
    if not inputs.full:
        return as_listed(inputs)
    return [finding for server in inputs.servers for finding in _of_host(inputs, server)]


def as_listed(inputs: Inputs) -> list[Finding]:
    """Every kind on every server, as Active Directory has it."""
    return [finding for server in inputs.judged_clients for finding in _by_directory(inputs, server)]


OAUTH_ON: Final = Check(
    "HMA-VDIR-001", "OAuth is on for every virtual directory of every server", "high", "server", gate=True,
    why="A directory without OAuth sends no Bearer challenge; behind a balancer some users are prompted. Hardening "
        "guides take OAuth away again.",
    read=f"{READ_SERVER_FULL}OAuthAuthentication, IISAuthenticationMethods. The fast read judges by the "
        f"authentication methods in Active Directory: of MAPI by InternalAuthenticationMethods, for its External list "
        f"is empty on real servers; of OAB by both lists. A MAPI list without OAuth is a gap in a fast read, for IIS "
        f"may have it.",
    remedy="ansible-playbook hybrid.exchange.prepare_vdirs --limit <host>", source=ARTICLE,
)  # fmt: skip


def _of_host(inputs: Inputs, server: ServerEntry) -> list[Finding]:
    check, host, name = OAUTH_ON, server.host, inputs.server_name(server)
    if server.error:
        return [check.unread(host, server.error, _REACH, server=name)]
    read = {item.kind: item for item in server.directories or []}
    prepare = (inputs.playbook("prepare_vdirs", host),)
    findings = []
    for kind in inputs.settings.kinds:
        if kind in read:
            findings += _of_directory(host, name, read[kind], kind in server.predicted, prepare)
        else:
            reason = server.why_unread(kind) or "the directory was not read."
            findings.append(
                check.unread(
                    f"{host} {kind}",
                    reason,
                    _MEND,
                    server=name,
                    commands=prepare,
                )
            )
    return findings


def _of_directory(
    host: str, name: str, directory: Directory, predicted: bool, prepare: tuple[Command, ...]
) -> list[Finding]:
    check, kind = OAUTH_ON, directory.kind
    where, actual = f"{host} {kind}", _shown(directory.settings)
    if directory.oauth:
        findings = [check.passed(where, expected=OAUTH, actual=actual, server=name)]
    elif predicted:
        findings = [check.predicted(where, PREDICTED, expected=OAUTH, actual=actual, server=name)]
    else:
        message = f"{directory.identity} does not offer OAuth."
        findings = [
            check.failed(where, message, _PREPARE, expected=OAUTH, actual=actual, server=name, commands=prepare)
        ]
    if kind == "mapi":
        findings.append(_emptied(where, name, directory, predicted))
        if findings[1].status == "fail":
            # One fault, one finding; the gate before enabling sees this one, which says how to mend it.
            findings = [findings[1]]
    return findings


MAPI_NOT_EMPTY: Final = Check(
    "HMA-VDIR-002", "No MAPI directory has an empty list of methods", "high", "server", gate=True,
    why="The Exchange admin center empties IISAuthenticationMethods when it edits URLs (KB 3191500); Outlook then has "
        "no way in.",
    read=f"{READ_SERVER_FULL}Get-MapiVirtualDirectory, IISAuthenticationMethods. In a fast read an empty "
        f"InternalAuthenticationMethods in Active Directory is a gap, for IIS may have a list.",
    remedy="Set-MapiVirtualDirectory '<directory>' -IISAuthenticationMethods Ntlm,OAuth,Negotiate, or "
        "hma_vdir_mapi_empty: default.",
    source=f"{CMDLET}/set-mapivirtualdirectory",
)  # fmt: skip


def _emptied(where: str, name: str, directory: Directory, predicted: bool) -> Finding:
    methods, expected = _shown_list(directory, "IISAuthenticationMethods"), ", ".join(MAPI_DEFAULT)
    if predicted and not methods:
        return MAPI_NOT_EMPTY.predicted(where, PREDICTED, expected=expected, actual="empty", server=name)
    fix = "Set the methods by hand, or let prepare_vdirs set Exchange's default list, which takes the setting."
    write = PowerShell("Set-MapiVirtualDirectory", {"IISAuthenticationMethods": MAPI_DEFAULT}, (directory.identity,))
    message = "IISAuthenticationMethods is empty, so Outlook has no way in over MAPI (KB 3191500)."
    return MAPI_NOT_EMPTY.judge(
        where, bool(methods), message, fix, expected=expected, actual=methods or "empty", server=name,
        commands=(write, Setting("hma_vdir_mapi_empty", "default")),
    )  # fmt: skip


def _by_directory(inputs: Inputs, server: ExchangeServer) -> list[Finding]:
    """By the method lists of Active Directory, which are right without IIS."""
    host = inputs.host_of(server)
    # Nothing is printed that is limited to a host the inventory does not have.
    prepare = (inputs.playbook("prepare_vdirs", host.host),) if host else ()
    fix = _PREPARE if host else "Give the server a host in the inventory (HMA-COV-001), then run prepare_vdirs."
    findings = []
    for kind in inputs.settings.kinds:
        own = [item for item in inputs.listed_of(server) if item.kind == kind]
        if len(own) == 1:
            findings += _of_listed(own[0], server.name, fix, prepare)
        elif _unread_kind(inputs, server, kind):
            reason = "it was not read: HMA-NAME-003 or HMA-READ-002 says why."
            findings.append(OAUTH_ON.unread(f"{server.name} {kind}", reason, FULL_READ, server=server.name))
        else:
            findings.append(_not_one(inputs, server, server.name, kind, own))
    return findings


def _of_listed(directory: ListedDirectory, server: str, fix: str, prepare: tuple[Command, ...]) -> list[Finding]:
    where, actual = f"{server} {directory.kind}", listed_methods(directory)
    if directory.kind == "mapi" and not offers_oauth(directory):
        return [_open(directory, server, prepare)]
    message = f"{directory.identity} has no OAuth in Active Directory."
    return [
        OAUTH_ON.judge(
            where, offers_oauth(directory), message, fix, expected=OAUTH, actual=actual, server=server, commands=prepare
        )
    ]


def _open(directory: ListedDirectory, server: str, prepare: tuple[Command, ...]) -> Finding:
    """IIS has the list that counts, and the two may differ: what Active Directory lacks may be in IIS. A fast read that
    called it wrong would go on doing so after prepare_vdirs, which finds nothing to change."""
    check = OAUTH_ON if directory.internal_methods else MAPI_NOT_EMPTY
    reason = f"{_listed(directory)}; the list of IIS, which decides, was not read."
    fix = f"prepare_vdirs reads it and adds OAuth where it is missing. {_SHOWS}"
    return check.unread(
        f"{server} mapi", reason, fix, expected=OAUTH, actual=listed_methods(directory), server=server, commands=prepare
    )


def _listed(directory: ListedDirectory) -> str:
    methods = ", ".join(directory.internal_methods) or "no method"
    return f"Active Directory shows {methods} for {directory.identity}"


def offers_oauth(directory: ListedDirectory) -> bool:
    """Whether a directory as Active Directory has it offers OAuth. What a Set does to the External list is open, and of
    MAPI it is empty on real servers: the internal list tells. An ActiveSync list that is unset restricts nothing."""
    if directory.kind == "activesync":
        lists = (directory.internal_methods, directory.external_methods)
        return all(has(methods, OAUTH) or not methods for methods in lists)
    return has(directory.internal_methods, OAUTH)


def listed_methods(directory: ListedDirectory) -> str:
    """Both lists of Active Directory, for people."""
    return "; ".join(
        f"{place}: {', '.join(methods) or 'empty'}"
        for place, methods in (("internal", directory.internal_methods), ("external", directory.external_methods))
    )


def before_step_3(inputs: Inputs) -> list[Finding]:
    """Before anything is written: what step 3 refuses on a server of a host, as far as Active Directory shows it, and
    IIS where asking who the server is took an Exchange shell. A server without a host is not prepared, and what was
    not read says so itself."""
    return [
        finding
        for server in inputs.judged_clients
        for host in inputs.answered(server)[:1]
        for kind in inputs.settings.kinds
        if not _unread_kind(inputs, server, kind)
        for finding in _of_kind(inputs, server, host, kind)
    ]


def _of_kind(inputs: Inputs, server: ExchangeServer, host: ServerEntry, kind: str) -> list[Finding]:
    own = [item for item in inputs.listed_of(server) if item.kind == kind]
    if len(own) != 1:
        return [_not_one(inputs, server, host.host, kind, own)]
    if reason := host.why_unread(kind):
        return [OAUTH_ON.unread(f"{host.host} {kind}", reason, _MEND_FIRST, server=server.name)]
    if kind != "mapi" or host.fills_mapi:
        return []
    read = next((item for item in host.directories or () if item.kind == kind), None)
    if read is None:
        return [_may_be_empty(own[0], host.host)] if not own[0].internal_methods else []
    return [_is_empty(read, host.host, server.name)] if not read.settings["IISAuthenticationMethods"] else []


def _unread_kind(inputs: Inputs, server: ExchangeServer, kind: str) -> bool:
    gaps = (gap for gap in inputs.organization.unread if gap.what == f"client_urls.{kind}")
    return any(gap.object is None or fold(gap.server or server.name) == fold(server.name) for gap in gaps)


def _not_one(inputs: Inputs, server: ExchangeServer, host: str, kind: str, own: Sequence[ListedDirectory]) -> Finding:
    noun, where, names = KINDS[kind].noun, f"{host} {kind}", ", ".join(item.identity for item in own)
    reason = f"Get-{noun} shows {names or 'none'} of {server.name} on the Default Web Site; step 3 needs exactly one."
    fix = (
        f"Make the directory (New-{noun}), or remove the one too many; or take {kind} out of hma_vdir_kinds, and "
        f"clients of this kind go without."
    )
    if not inputs.listed_of(server):
        fix = _UNFINISHED
    return OAUTH_ON.unread(where, reason, fix, expected="one", actual=names or "none", server=server.name)


def _may_be_empty(directory: ListedDirectory, host: str) -> Finding:
    """A warning: IIS may have a list, and then step 3 refuses nothing."""
    message = f"{_listed(directory)}. Where IISAuthenticationMethods is empty as well (KB 3191500), {_STOPS}"
    show = PowerShell(
        "Get-MapiVirtualDirectory", {}, (directory.identity,), PowerShell("Format-List", values=("IISAuth*",))
    )
    warning = MAPI_NOT_EMPTY.failed(
        f"{host} mapi", message, "Look at the list of IIS, and decide on its methods.",
        expected=", ".join(MAPI_DEFAULT), actual=listed_methods(directory), server=directory.server, commands=(show,),
    )  # fmt: skip
    return replace(warning, status="warn", gate=False)


def _is_empty(directory: Directory, host: str, server: str) -> Finding:
    found = _emptied(f"{host} mapi", server, directory, predicted=False)
    return replace(found, message=f"{directory.identity}: IISAuthenticationMethods is empty (KB 3191500), so {_STOPS}")


def _shown(settings: Mapping[str, Value]) -> str:
    def text(value: Value) -> str:
        return str(value).lower() if isinstance(value, bool) else ", ".join(value) or "empty"

    return "; ".join(f"{name}: {text(value)}" for name, value in settings.items())


def _shown_list(directory: Directory, name: str) -> str:
    value = directory.settings.get(name) or ()
    return "" if isinstance(value, bool) else ", ".join(value)


CHECKS: Final = (OAUTH_ON, MAPI_NOT_EMPTY)
