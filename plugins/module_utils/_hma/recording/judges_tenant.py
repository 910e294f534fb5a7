# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What a recording says of Entra and Graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from .recorded import Recording, Tenant
from .seen import Seen, agreed

_FORBIDDEN: Final = 403


def _answer(name: str, odd: Callable[[Any], str]) -> Callable[[Recording], Seen | None]:
    """An answer that was given; what the application may not read says nothing."""

    def judge(recording: Recording) -> Seen | None:
        answers = [answer for tenant in recording.tenants if (answer := tenant.answer(name))]
        given = [answer for answer in answers if answer.status not in (None, _FORBIDDEN)]
        return agreed(odd(item.json) if item.status == 200 else f"HTTP {item.status}" for item in given)

    return judge


def _listed(*names: str) -> Callable[[Any], str]:
    def odd(json: Any) -> str:
        found = json.get("value") if isinstance(json, Mapping) else None
        if not isinstance(found, list) or not all(isinstance(item, Mapping) for item in found):
            return "no list of objects"
        lacking = {name for item in found for name in names if name not in item}
        return ", ".join(f"no {name}" for name in sorted(lacking))

    return odd


def _users(json: Any) -> str:
    wrong = _listed("userPrincipalName", "onPremisesSyncEnabled")(json)
    if wrong:
        return wrong
    said = [item["onPremisesSyncEnabled"] for item in json["value"]]
    return "" if all(value in (True, None) for value in said) else "onPremisesSyncEnabled is false"


def _claims(recording: Recording) -> Seen | None:
    return agreed(
        ", ".join(f"no {name}" for name in ("oid", "appid", "tid") if name not in tenant.claims)
        for tenant in recording.tenants
        if tenant.claims
    )


def _slash(recording: Recording) -> Seen | None:
    """Whether a registered reply URL is taken with the other form of its end, too."""
    positions = [said for tenant in recording.tenants if (said := _slash_of(tenant))]
    return Seen(" and ".join(sorted(set(positions)))) if positions else None


def _slash_of(tenant: Tenant) -> str:
    registered, other = tenant.reply("registered"), tenant.reply("other_end")
    if registered is None or other is None or None in (registered.status, other.status):
        return ""
    if registered.sentences:
        # What is refused although it is registered says nothing of the other form.
        return ""
    return "exact" if "redirect_mismatch" in other.sentences else "" if other.sentences else "either"


JUDGES: Final[Mapping[str, Callable[[Recording], Seen | None]]] = {
    "users": _answer("users", _users),
    "domains": _answer("domains", _listed("id", "isVerified")),
    "deleted": _answer("deleted", _listed("id")),
    "claims": _claims,
    "reply_url_slash": _slash,
}
