# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""There is always a way in for two administrators: what has to be true of the lab after every step, however it ended.

Written from the facts about Exchange and Entra alone; nothing of the product is imported, and no word of it is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

APP = "00000002-0000-0ff1-ce00-000000000000"
METHODS = ("BasicAuthentication", "FormsAuthentication", "AdfsAuthentication", "DigestAuthentication",
           "WindowsAuthentication")  # fmt: skip
State = dict[str, Any]


def ways(state: State, admins: list[str]) -> list[str]:
    """The servers at which two administrators get into the admin center, and how."""
    return [
        f"{item['Server']} {way}"
        for item in state["organizations"][0]["vdir:ecp"]
        if (way := way_into(state, item, admins)) is not None
    ]


def way_into(state: State, directory: State, admins: list[str]) -> str | None:
    """How two people get in at a directory, or None where they do not."""
    methods = [name for name in METHODS if directory[name]]
    if methods:
        # An account on premises is enough.
        return methods[0]
    if not directory["OAuthAuthentication"] or not entra_is_there(state):
        return None
    wanted = [url for url in (directory["InternalUrl"], directory["ExternalUrl"]) if url]
    back = all(sent_back(tenant, url) for tenant in state["tenants"] for url in wanted)
    return "Entra" if back and len(can_sign_in(state, admins)) > 1 else None


def entra_is_there(state: State) -> bool:
    """Whether Exchange sends anybody to Entra: the switch is on, with one endpoint."""
    organization = state["organizations"][0]
    endpoints = [item for item in organization["authserver"] if item["IsDefaultAuthorizationEndpoint"]]
    return bool(organization["config"][0]["OAuth2ClientProfileEnabled"]) and len(endpoints) == 1


def sent_back(tenant: State, url: str) -> bool:
    """Whether Entra sends people back to a page: host in any case, path letter by letter, a slash at its end or not."""
    principal = next(item for item in tenant["service_principals"] if item["app_id"] == APP)
    return _key(url) in {_key(found) for found in principal["reply_urls"]}


def can_sign_in(state: State, admins: list[str]) -> list[str]:
    """Of these people, who has an account in Entra that is enabled and synchronized."""
    users = [user for tenant in state["tenants"] for user in tenant.get("users", [])]
    return [
        name
        for name in admins
        if any(
            user["upn"] == name and user.get("enabled", True) and user.get("synced", True) and "sid" not in user
            for user in users
        )
    ]


def shut(state: State) -> Iterator[str]:
    """Directories at which nobody gets in by any method: there is at most the server that is being changed."""
    for kind in ("owa", "ecp"):
        for item in state["organizations"][0][f"vdir:{kind}"]:
            if not item["OAuthAuthentication"] and not any(item[name] for name in METHODS):
                yield f"{item['Server']} {kind}"


def servers(state: State) -> list[str]:
    return [str(item["Server"]) for item in state["organizations"][0]["vdir:ecp"]]


def holds(state: State, admins: list[str], *, all_servers: bool) -> None:
    """``all_servers``: after a run that came to its end. A run that was killed may leave the one server it was at."""
    found = {text.split(" ")[0] for text in ways(state, admins)}
    missing = [name for name in servers(state) if name not in found]
    assert len(missing) <= (0 if all_servers else 1), f"no way in at {', '.join(missing)}"
    assert found, "two administrators get in nowhere"
    if all_servers:
        assert list(shut(state)) == []


def _key(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower(), parts.path.rstrip("/")
