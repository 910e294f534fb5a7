# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of the servers' directories: read in full where that was done, else as Active Directory has them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from .case import Case, Entry, server_of
from .checks import CHECKS
from .command import Command, PowerShell, Setting
from .comparison import fold, has
from .directories import MAPI_DEFAULT, OAUTH
from .finding import Finding
from .judge_trust import PREDICTED
from .organization import why_unread

_REACH: Final = "Make the host reachable; then run this again."
_PREPARE: Final = "Set OAuth on the directories of this host."
_FULL: Final = "hma_audit_read: full reads the server itself."


def directories(case: Case) -> list[Finding]:
    """Every kind on every server. A gate is passed by full reads only, or in check mode by what this run predicts."""
    if not case.full:
        return [finding for server in case.judged_clients for finding in _by_directory(case, str(server["name"]))]
    return [finding for server in case.servers for finding in _of_host(case, server)]


def _of_host(case: Case, server: Entry) -> list[Finding]:
    check, host, name = CHECKS["HMA-VDIR-001"], str(server["host"]), case.server_name(server)
    if server.get("error"):
        return [check.unread(host, str(server["error"]), _REACH, server=name)]
    read = {item["kind"]: item for item in server.get("directories") or []}
    reasons = {item["what"]: item["reason"] for item in server.get("unread") or []}
    predicted = server.get("predicted") or ()
    prepare = (case.playbook("prepare_vdirs", host),)
    findings = []
    for kind in case.kinds:
        if kind in read:
            findings += _of_directory(host, name, read[kind], kind in predicted, prepare)
        else:
            reason = str(reasons.get(kind) or "the directory was not read.")
            findings.append(check.unread(f"{host} {kind}", reason, "See the message; then prepare the host again.", server=name, commands=prepare))
    return findings


def _of_directory(host: str, name: str, directory: Mapping[str, Any], predicted: bool, prepare: tuple[Command, ...]) -> list[Finding]:
    check, kind = CHECKS["HMA-VDIR-001"], str(directory["kind"])
    where, actual = f"{host} {kind}", _shown(directory["settings"])
    if directory["oauth"]:
        findings = [check.ok(where, expected=OAUTH, actual=actual, server=name)]
    elif predicted:
        findings = [check.predicted(where, PREDICTED, expected=OAUTH, actual=actual, server=name)]
    else:
        message = f"{directory['identity']} does not offer OAuth."
        findings = [check.bad(where, message, _PREPARE, expected=OAUTH, actual=actual, server=name, commands=prepare)]
    if kind == "mapi":
        findings.append(_emptied(where, name, directory, predicted))
        if findings[1].status == "fail":
            # One fault, one finding; the gate before enabling sees this one, which says how to mend it.
            findings = [findings[1]]
    return findings


def _emptied(where: str, name: str, directory: Mapping[str, Any], predicted: bool) -> Finding:
    check = CHECKS["HMA-VDIR-002"]
    methods = ", ".join(directory["settings"].get("IISAuthenticationMethods") or [])
    fix = "Set the methods by hand, or let prepare_vdirs set Exchange's default list, which takes the setting."
    write = PowerShell("Set-MapiVirtualDirectory", {"IISAuthenticationMethods": MAPI_DEFAULT}, (directory["identity"],))
    message = "IISAuthenticationMethods is empty, so Outlook has no way in over MAPI (KB 3191500)."
    if predicted and not methods:
        return check.predicted(where, PREDICTED, expected=", ".join(MAPI_DEFAULT), actual="empty", server=name)
    return check.judge(
        where, bool(methods), message, fix, expected=", ".join(MAPI_DEFAULT), actual=methods or "empty", server=name,
        commands=(write, Setting("hma_vdir_mapi_empty", "default")),
    )  # fmt: skip


def _by_directory(case: Case, name: str) -> list[Finding]:
    """By the method lists of Active Directory, which are right without IIS; the flag of OAB is kept in IIS only."""
    check = CHECKS["HMA-VDIR-001"]
    found = {item["kind"]: item for item in case.organization["directories"] if fold(item["server"]) == fold(name)}
    host = server_of(case.servers, next(item for item in case.client_access if item["name"] == name))
    # Nothing is printed that is limited to a host the inventory does not have.
    prepare = (case.playbook("prepare_vdirs", str(host["host"])),) if host else ()
    fix = _PREPARE if host else "Give the server a host in the inventory (HMA-COV-001), then run prepare_vdirs."
    findings = []
    for kind in case.kinds:
        where = f"{name} {kind}"
        if kind not in found:
            findings.append(check.unread(where, "Active Directory shows no such directory, or it was not read.", _FULL, server=name))
            continue
        lists = [found[kind]["internal_methods"], found[kind]["external_methods"]]
        actual = "; ".join(", ".join(methods) or "empty" for methods in lists)
        right = all(has(methods, OAUTH) or (kind == "activesync" and not methods) for methods in lists)
        if kind == "oab":
            findings.append(check.unread(where, "OAB keeps OAuth in IIS only.", _FULL, server=name))
        else:
            message = f"{found[kind]['identity']} has no OAuth in Active Directory."
            findings.append(check.judge(where, right, message, fix, expected=OAUTH, actual=actual, server=name, commands=prepare))
    return findings


def states(case: Case) -> list[Finding]:
    """What only a full read of each server tells: its own copy of the auth certificate, and maintenance."""
    return [finding for server in case.servers for finding in (_certificate(case, server), _maintenance(case, server))]


def _certificate(case: Case, server: Entry) -> Finding:
    check, host, name = CHECKS["HMA-CERT-003"], str(server["host"]), case.server_name(server)
    wanted, there = case.organization["auth_certificate"], server.get("certificates")
    if wanted is None:
        return check.unread(host, why_unread(case.organization, "auth_certificate"), "Check the account's roles.", server=name)
    if server.get("error") or there is None:
        return check.unread(host, *_unread(server, "certificates"), server=name)
    thumbprint = str(wanted["thumbprint"])
    found = next((item for item in there if item["thumbprint"] == thumbprint), None)
    fix = "Export it where it is and import it here: Export-ExchangeCertificate -BinaryEncoded, Import-ExchangeCertificate -Server."
    odd = next((item["reason"] for item in server.get("unread") or [] if item["what"] == "certificates"), None)
    if found is None and odd:
        return check.unread(host, f"certificate {thumbprint} may be one that could not be read: {odd}", _FULL, server=name)
    if found is None:
        return check.bad(host, f"certificate {thumbprint} is not on {name}.", fix, expected=thumbprint, actual="not there", server=name)
    # The same thumbprint is the same certificate: whether it is still valid is judged once, for the organization.
    left = (datetime.fromisoformat(found["not_after"]) - case.now).days
    return check.ok(host, f"{left} days left", expected=thumbprint, actual=f"there, {left} days left", server=name)


def _maintenance(case: Case, server: Entry) -> Finding:
    check, host, name = CHECKS["HMA-MNT-001"], str(server["host"]), case.server_name(server)
    components = server.get("components")
    if server.get("error") or components is None:
        return check.unread(host, *_unread(server, "components"), server=name)
    state = str(components.get("ServerWideOffline", "unknown"))
    back = PowerShell("Set-ServerComponentState", {"Component": "ServerWideOffline", "State": "Active", "Requester": "Maintenance"}, (name,))
    fix, message = "When the work is done, take the server back into service.", f"ServerWideOffline is {state}."
    return check.judge(host, fold(state) == "active", message, fix, expected="Active", actual=state, server=name, commands=(back,))


def _unread(server: Entry, what: str) -> tuple[str, str]:
    reason = next((item["reason"] for item in server.get("unread") or [] if item["what"] == what), None)
    return str(server.get("error") or reason or "the server was not read in full."), _FULL


def _shown(settings: Mapping[str, Any]) -> str:
    def text(value: Any) -> str:
        return str(value).lower() if isinstance(value, bool) else ", ".join(value) or "empty"

    return "; ".join(f"{name}: {text(value)}" for name, value in settings.items())
