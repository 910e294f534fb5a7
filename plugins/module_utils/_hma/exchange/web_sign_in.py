# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. How people sign in to Outlook on the web and the Exchange admin center: the writes, in the documented order.

On the way in the other methods go off (OWA, then ECP), then OAuth comes on (ECP, then OWA). The way back is the mirror
of it. Every plan is made from what is there, so a run that was killed is finished by the next one.

Sources: HMA article, section on OWA and ECP; Set-OwaVirtualDirectory and Set-EcpVirtualDirectory (Forms on sets Basic
on and Digest and Windows off, Forms off and Basic on are two calls, AD FS goes off at OWA first and on at ECP first).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, cast

from .change import Change, Plan
from .cmdlet import Cmdlet
from .web_directories import (
    ADFS,
    BASIC,
    DIGEST,
    ECP,
    FORMS,
    NOUNS,
    OAUTH,
    OTHERS,
    OWA,
    WINDOWS,
    WebDirectory,
    WebSite,
    target,
)

Wanted = Mapping[str, Mapping[str, bool]]
# What Exchange's own cmdlets set beside what they are told to.
_FORMS_SETS: Final = {FORMS: True, BASIC: True, DIGEST: False, WINDOWS: False}
DEFAULT_NOTE: Final = (
    "{}: no earlier method is known, so forms come back, which is what Exchange has after its installation."
)


def plan_entra(site: WebSite) -> Plan:
    """Sign-in at Entra alone: nothing where it is so, the second half where a run was killed after the first."""
    off = [_set(item, dict.fromkeys(OTHERS, False)) for item in (site.owa, site.ecp) if _any_other(item)]
    on = [_set(item, {OAUTH: True}) for item in (site.ecp, site.owa) if not item.oauth]
    return Plan((*off, *on))


def plan_back(site: WebSite, wanted: Wanted) -> Plan:
    """OAuth off where it is to go, then the methods that are to come back. No method is taken away by this."""
    off = [
        _set(item, {OAUTH: False}) for item in (site.owa, site.ecp) if item.oauth and not wanted[item.kind].get(OAUTH)
    ]
    on = [change for item in (site.ecp, site.owa) for change in _methods(item, wanted[item.kind])]
    return Plan((*off, *on))


def plan_forms(site: WebSite) -> Plan:
    """The first half of the cure for a directory whose settings are right and without effect: forms, and no OAuth.

    IIS is restarted behind it; then ``plan_entra`` is the second half (public report on updates in place to SE).
    """
    forms = [_set(item, {FORMS: True}) for item in (site.ecp, site.owa) if not item.settings[FORMS]]
    off = [_set(item, {OAUTH: False}) for item in (site.owa, site.ecp) if item.oauth]
    return Plan((*forms, *off))


def with_a_way_in(directory: WebDirectory, wanted: Mapping[str, bool]) -> tuple[Mapping[str, bool], str]:
    """The same, or with forms where nobody would get in; and what a person should know of that.

    Windows authentication is a way in where it is on: it is not written, so that a wish for it opens nothing."""
    if wanted.get(OAUTH) or any(wanted.get(name) for name in OTHERS) or directory.settings[WINDOWS]:
        return wanted, ""
    return {**wanted, FORMS: True}, DEFAULT_NOTE.format(directory.identity)


def after(site: WebSite, plan: Plan) -> WebSite:
    """The directories as a plan leaves them, with what Exchange sets by itself."""
    found = {item.guid: item for item in site.both}
    for change in plan.changes:
        item = found[change.target["guid"]]
        # What a plan writes to these directories are their methods.
        found[item.guid] = replace(item, settings=_written(item.settings, cast("Mapping[str, bool]", change.after)))
    return WebSite(found[site.owa.guid], found[site.ecp.guid])


def _methods(directory: WebDirectory, wanted: Mapping[str, bool]) -> list[Change]:
    """Forms in a call of its own, then what it does not set."""
    now, changes = directory, []
    for names in ((FORMS,), (BASIC, DIGEST, ADFS)):
        missing = {name: True for name in names if wanted.get(name) and not now.settings[name]}
        if missing:
            changes.append(_set(now, missing))
            now = replace(now, settings=_written(now.settings, missing))
    return changes


def _written(settings: Mapping[str, bool], given: Mapping[str, bool]) -> dict[str, bool]:
    return {**settings, **(_FORMS_SETS if given.get(FORMS) else {}), **given}


def _any_other(directory: WebDirectory) -> bool:
    return any(directory.settings[name] for name in OTHERS)


def _set(directory: WebDirectory, values: Mapping[str, bool]) -> Change:
    cmdlet = Cmdlet(f"Set-{NOUNS[directory.kind]}", {"Identity": directory.guid, **values})
    # What Exchange sets by itself with forms belongs to the write: going back has to know it was not there before.
    written = _written(directory.settings, values)
    after = {name: value for name, value in written.items() if name in values or value != directory.settings[name]}
    before = {name: directory.settings[name] for name in after}
    return Change(directory.identity, target(directory), before, after, cmdlet)


__all__ = ["DEFAULT_NOTE", "ECP", "OWA", "Wanted", "after", "plan_back", "plan_entra", "plan_forms", "with_a_way_in"]
