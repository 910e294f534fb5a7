# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of the servers' directories: read in full where that was done, else as Active Directory has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from ..base.command import Command, PowerShell, Setting
from ..base.comparison import fold, has
from ..exchange.server_objects import ExchangeServer
from ..exchange.virtual_directories import MAPI_DEFAULT, OAUTH, Directory
from .check import PREDICTED, Check, Finding
from .inputs import Inputs, server_of
from .inventory import ServerEntry
from .references import ARTICLE, CMDLET, READ_SERVER_FULL
from .server_state import FULL_READ

if TYPE_CHECKING:
    from ..exchange.virtual_directories import Setting as Value

_REACH: Final = "Make the host reachable; then run this again."
_PREPARE: Final = "Set OAuth on the directories of this host."


def directories(inputs: Inputs) -> list[Finding]:
    """Every kind on every server. A gate is passed by full reads only, or in check mode by what this run predicts."""
    if not inputs.full:
        return [finding for server in inputs.judged_clients for finding in _by_directory(inputs, server)]
    return [finding for server in inputs.servers for finding in _of_host(inputs, server)]


OAUTH_ON: Final = Check(
    "HMA-VDIR-001", "OAuth is on for every virtual directory of every server", "high", "server", gate=True,
    why="A directory without OAuth sends no Bearer challenge; behind a balancer some users are prompted. Hardening "
        "guides take OAuth away again.",
    read=f"{READ_SERVER_FULL}OAuthAuthentication, IISAuthenticationMethods. The fast read judges by the "
        f"authentication methods in Active Directory.",
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
                    "Mend what the reason names; then prepare the host again.",
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
    read=f"{READ_SERVER_FULL}Get-MapiVirtualDirectory, IISAuthenticationMethods.",
    remedy="Set-MapiVirtualDirectory '<directory>' -IISAuthenticationMethods Ntlm,OAuth,Negotiate, or "
        "hma_vdir_mapi_empty: default.",
    source=f"{CMDLET}/set-mapivirtualdirectory",
)  # fmt: skip


def _emptied(where: str, name: str, directory: Directory, predicted: bool) -> Finding:
    check = MAPI_NOT_EMPTY
    methods = _shown_list(directory, "IISAuthenticationMethods")
    fix = "Set the methods by hand, or let prepare_vdirs set Exchange's default list, which takes the setting."
    write = PowerShell("Set-MapiVirtualDirectory", {"IISAuthenticationMethods": MAPI_DEFAULT}, (directory.identity,))
    message = "IISAuthenticationMethods is empty, so Outlook has no way in over MAPI (KB 3191500)."
    if predicted and not methods:
        return check.predicted(where, PREDICTED, expected=", ".join(MAPI_DEFAULT), actual="empty", server=name)
    return check.judge(
        where, bool(methods), message, fix, expected=", ".join(MAPI_DEFAULT), actual=methods or "empty", server=name,
        commands=(write, Setting("hma_vdir_mapi_empty", "default")),
    )  # fmt: skip


def _by_directory(inputs: Inputs, server: ExchangeServer) -> list[Finding]:
    """By the method lists of Active Directory, which are right without IIS; the flag of OAB is kept in IIS only."""
    check, name = OAUTH_ON, server.name
    found = {item.kind: item for item in inputs.organization.directories if fold(item.server) == fold(name)}
    host = server_of(inputs.servers, server)
    # Nothing is printed that is limited to a host the inventory does not have.
    prepare = (inputs.playbook("prepare_vdirs", host.host),) if host else ()
    fix = _PREPARE if host else "Give the server a host in the inventory (HMA-COV-001), then run prepare_vdirs."
    findings = []
    for kind in inputs.settings.kinds:
        where = f"{name} {kind}"
        if kind not in found:
            findings.append(
                check.unread(
                    where, "Active Directory shows no such directory, or it was not read.", FULL_READ, server=name
                )
            )
            continue
        lists = [found[kind].internal_methods, found[kind].external_methods]
        actual = "; ".join(", ".join(methods) or "empty" for methods in lists)
        right = all(has(methods, OAUTH) or (kind == "activesync" and not methods) for methods in lists)
        if kind == "oab":
            findings.append(check.unread(where, "OAB keeps OAuth in IIS only.", FULL_READ, server=name))
        else:
            message = f"{found[kind].identity} has no OAuth in Active Directory."
            findings.append(
                check.judge(where, right, message, fix, expected=OAUTH, actual=actual, server=name, commands=prepare)
            )
    return findings


def _shown(settings: Mapping[str, Value]) -> str:
    def text(value: Value) -> str:
        return str(value).lower() if isinstance(value, bool) else ", ".join(value) or "empty"

    return "; ".join(f"{name}: {text(value)}" for name, value in settings.items())


def _shown_list(directory: Directory, name: str) -> str:
    value = directory.settings.get(name) or ()
    return "" if isinstance(value, bool) else ", ".join(value)


CHECKS: Final = (OAUTH_ON, MAPI_NOT_EMPTY)
