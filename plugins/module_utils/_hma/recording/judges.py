# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What a recording says of an assumption: one judge each, by the name that docs/assumptions.yml has for it.

A judge gives a position, or None where there was nothing to see it by. YES is that it is as assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from . import judges_objects, judges_tenant, judges_web
from .judges_objects import METHODS
from .recorded import Reading, Recording, Trial
from .seen import YES, Seen, agreed

Judge = Callable[[Recording], "Seen | None"]
_FLAGS: Final = ("ews", "oab", "autodiscover")


def _first(readings: Iterable[Reading]) -> Reading | None:
    return next((reading for reading in readings if reading.milliseconds is not None), None)


# -- what objects show


def _ad_only(recording: Recording) -> Seen | None:
    found = [
        item.adapted["OAuthAuthentication"]
        for item in recording.objects(*(f"ad_{kind}" for kind in _FLAGS))
        if "OAuthAuthentication" in item.adapted
    ]
    if not found:
        return None
    said = {"nothing" if value is None else "wrong" if value.value is False else "true" for value in found}
    return Seen(" and ".join(sorted(said)), f"{len(found)} directories")


def _oab(recording: Recording) -> Seen | None:
    lists = [item.plain("InternalAuthenticationMethods") for item in recording.objects("oab")]
    return agreed("" if "WindowsIntegrated" in (one or []) else "without it" for one in lists)


def _article(recording: Recording) -> Seen | None:
    found = [
        item
        for item in recording.objects("owa")
        if item.plain("OAuthAuthentication") is True and item.plain("FormsAuthentication") is False
    ]
    return agreed(
        ""
        if item.plain(METHODS[0]) == ["OAuth"] and item.plain(METHODS[1]) == ["Fba"]
        else f"{item.plain(METHODS[0])} and {item.plain(METHODS[1])}"
        for item in found
    )


def _having(*names: str, of: tuple[str, ...]) -> Judge:
    """Every object has a value for each of the properties."""
    return lambda recording: agreed(
        ", ".join(f"no {name}" for name in names if item.adapted.get(name) is None) for item in recording.objects(*of)
    )


def _status(recording: Recording) -> Seen | None:
    """With its status a server shows it; without, the property is there and empty."""
    found = list(recording.objects("servers"))
    if not found:
        return None
    has = [item for item in found if item.plain("CurrentConfigDomainController")]
    without = [item for item in recording.objects("server") if item.plain("CurrentConfigDomainController")]
    return agreed(["without -Status too" if without else "" if has else "no server shows it"])


def _certificates(recording: Recording) -> Seen | None:
    return agreed(
        "no RawData"
        if item.adapted.get("RawData") is None
        else "Thumbprint too"
        if item.adapted.get("Thumbprint") is not None
        else ""
        for item in recording.objects("certificates")
    )


def _components(recording: Recording) -> Seen | None:
    states = [
        item.plain("State")
        for item in recording.objects("components")
        if item.plain("Component") == "ServerWideOffline"
    ]
    return agreed("" if state in ("Active", "Inactive") else f"it is {state}" for state in states)


def _policies(recording: Recording) -> Seen | None:
    return agreed(
        "" if "BlockLegacyAuthMapi" in item.adapted else "no BlockLegacyAuthMapi"
        for item in recording.objects("policies")
    )


def _members(recording: Recording) -> Seen | None:
    members, users = list(recording.objects("members")), list(recording.objects("member"))
    if not members or not users:
        return None
    shown = {name for item in members for name in ("UserPrincipalName", "Sid") if item.adapted.get(name) is not None}
    lacking = {name for item in users for name in ("UserPrincipalName", "Sid") if name not in item.adapted}
    return agreed([", ".join([*(f"members show {n}" for n in shown), *(f"users show no {n}" for n in lacking)])])


def _metadata(recording: Recording) -> Seen | None:
    urls = [str(item.plain("AuthMetadataUrl") or "") for item in recording.objects("auth_servers")]
    named = [url for url in urls if "onmicrosoft" in url]
    return agreed([""]) if named else None


# -- errors


def _error(name: str, *parts: str) -> Judge:
    """The first error to a question has one of these in its id or class."""

    def judge(recording: Recording) -> Seen | None:
        reading = _first(recording.readings(name))
        if reading is None:
            return None
        if not reading.errors:
            return Seen("no error")
        failure = reading.errors[0]
        right = any(part in f"{failure.id} {failure.reason}" for part in parts)
        return agreed(["" if right else f"{failure.reason or failure.id}"])

    return judge


def _both(*judges: Judge) -> Judge:
    def judge(recording: Recording) -> Seen | None:
        seen = [found for one in judges if (found := one(recording)) is not None]
        return next((one for one in seen if one.position != YES), seen[0] if seen else None)

    return judge


def _works(name: str) -> Judge:
    def judge(recording: Recording) -> Seen | None:
        reading = _first(recording.readings(name))
        return None if reading is None else agreed([reading.errors[0].reason if reading.errors else ""])

    return judge


def _refused(name: str) -> Judge:
    def judge(recording: Recording) -> Seen | None:
        reading = _first(recording.readings(name))
        return None if reading is None else agreed(["" if reading.errors else "it is not refused"])

    return judge


def _empty_identity(recording: Recording) -> Seen | None:
    empty, every = _first(recording.readings("empty_identity")), _first(recording.readings("auth_servers"))
    if empty is None or every is None or not every.count:
        return None
    if empty.errors:
        return Seen("an error", empty.errors[0].reason)
    return agreed(["" if empty.count == every.count else f"{empty.count} of {every.count}"])


def _result_size(recording: Recording) -> Seen | None:
    reading = _first(recording.readings("one_mailbox"))
    if reading is None or (not reading.count and not reading.errors):
        return None
    if reading.errors:
        return Seen("an error", reading.errors[0].reason)
    return agreed([""]) if reading.warnings else None


def _language(recording: Recording) -> Seen | None:
    reading = _first(recording.readings("unknown_cmdlet"))
    if reading is None or not reading.errors:
        return None
    named = [name.rpartition(".")[2] for name in reading.errors[0].sentences if name.startswith("not_recognized.")]
    return Seen(named[0] if named else "another")


def _of_one_off(recording: Recording, name: str) -> tuple[str, ...] | None:
    """What is said of a server that does not answer; an object without a server is none."""
    reading = _first(recording.readings(name))
    if reading is None or not reading.errors or "not_found" in reading.errors[0].sentences:
        return None
    return reading.errors[0].sentences


def _server_off(recording: Recording) -> Seen | None:
    said = _of_one_off(recording, "off_certificates")
    if said is None:
        return None
    position = "exchange" if "certificate_operation" in said else "rpc" if "rpc_unavailable" in said else "another"
    return Seen(position)


def _iis_off(recording: Recording) -> Seen | None:
    said = _of_one_off(recording, "off_iis")
    return None if said is None else agreed(["" if "iis_unreachable" in said else "another sentence"])


# -- trials


@dataclass(frozen=True)
class _Tried:
    """A property of a directory before and after a trial."""

    trial: Trial

    def changed(self, name: str) -> bool:
        return [item.plain(name) for item in self.trial.before] != [item.plain(name) for item in self.trial.after]


def _trials(recording: Recording, name: str, *kinds: str) -> list[_Tried]:
    every = [trial for server in recording.servers for trial in server.trials]
    return [
        _Tried(trial)
        for trial in every
        if trial.id == name and trial.outcome == "done" and (not kinds or trial.kind in kinds)
    ]


def _touched(*kinds: str) -> Judge:
    """Which method lists changed with OAuth, over there and back: a list that has no OAuth cannot lose it."""

    def judge(recording: Recording) -> Seen | None:
        said = set()
        for kind in kinds:
            tried = _trials(recording, "oauth", kind)
            if tried:
                said.add(tuple(any(one.changed(name) for one in tried) for name in METHODS[:2]))
        words = {(True, True): "both", (True, False): "internal", (False, True): "external", (False, False): "neither"}
        return Seen(" and ".join(sorted(words[one[0], one[1]] for one in said))) if said else None

    return judge


def _mapi_urls(recording: Recording) -> Seen | None:
    tried = _trials(recording, "oauth", "mapi")
    if not tried:
        return None
    names = ("InternalUrl", "ExternalUrl")
    changed = [(one, name) for one in tried for name in names if one.changed(name)]
    if not changed:
        return Seen("kept")
    left = [item.plain(name) for one, name in changed for item in one.trial.after]
    return Seen("server" if any(left) else "emptied")


def _unchanged(recording: Recording) -> Seen | None:
    # A Set that did change something has nothing to warn of.
    tried = [one for one in _trials(recording, "unchanged") if one.trial.before == one.trial.after]
    said = {"warns" if one.trial.warnings else "silent" for one in tried}
    return Seen(" and ".join(sorted(said))) if said else None


JUDGES: Final[Mapping[str, Judge]] = {
    **judges_objects.JUDGES, "ad_only": _ad_only, "oab": _oab,
    "article": _article, "controller": _having("OriginatingServer", of=("auth_servers", "config")), "status": _status,
    "certificates": _certificates, "components": _components, "policies": _policies, "members": _members,
    "metadata": _metadata, "empty_identity": _empty_identity,
    "unknown_identity": _error("unknown_identity", "ManagementObjectNotFoundException"),
    "pipeline_end": _both(
        _error("unknown_parameter", "NamedParameterNotFound"), _error("unknown_cmdlet", "CommandNotFoundException")
    ),
    "other_certificates": _works("other_certificates"), "opath": _works("filtered_mailboxes"),
    "mailbox_scope": _refused("mailbox_at_controller"), "result_size": _result_size, "language": _language,
    "server_off": _server_off, "iis_off": _iis_off, **judges_web.JUDGES, **judges_tenant.JUDGES,
    "oauth_touches": _touched("ews", "oab", "autodiscover"), "mapi_touches": _touched("mapi"), "mapi_urls": _mapi_urls,
    "unchanged": _unchanged,
}  # fmt: skip
