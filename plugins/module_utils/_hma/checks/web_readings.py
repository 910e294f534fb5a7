# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What a run read of Outlook on the web and the admin center, and why it did not read the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..base.elements import Unread
from ..base.facts import Facts
from ..base.values import Properties
from ..entra.accounts import Account
from ..entra.spns import ClientUrl
from ..exchange.administrators import Administrators
from ..exchange.web_directories import WebDirectory
from .inventory import TaskResult, why_unread

Result = Mapping[str, Any]


@dataclass(frozen=True)
class ServerPages:
    """Both directories of a server, and the version of its files (None: not read, ``why`` says why)."""

    host: str
    server: str | None = None
    directories: tuple[WebDirectory, ...] = ()
    version: str | None = None
    unread: Sequence[Unread] = ()
    error: str | None = None

    @classmethod
    def from_result(cls, host: str, result: Result) -> ServerPages:
        """From the result of hma_web_info."""
        found = result.get("directories") or []
        return cls(
            host=host,
            server=result.get("server"),
            directories=tuple(WebDirectory.from_facts(Properties(item, f"{host}, directories")) for item in found),
            version=result.get("version"),
            unread=TaskResult(result).gaps,
            error=TaskResult(result).error,
        )

    def why(self, part: str) -> str:
        return self.error or why_unread(self.unread, part) or "it was not read in this run."


@dataclass(frozen=True)
class TenantReplies:
    """The reply URLs of a tenant: those it is to have and those it lacks; None where they were not read."""

    host: str
    wanted: Sequence[str] = ()
    reply_urls: Sequence[str] | None = None
    missing: Sequence[str] = ()
    problems: Sequence[Mapping[str, Any]] = ()
    error: str | None = None

    @classmethod
    def from_result(cls, host: str, result: Result) -> TenantReplies:
        """From the result of hma_reply_urls."""
        return cls(
            host=host,
            wanted=result.get("wanted") or (),
            reply_urls=result.get("after"),
            missing=result.get("missing") or (),
            problems=(result.get("found") or {}).get("problems") or (),
            error=TaskResult(result).error,
        )


@dataclass(frozen=True)
class PageLook(Facts):
    """Where a page of a server sends people, as the probe saw it."""

    kind: str
    url: str
    server: str
    state: str
    reason: str


@dataclass(frozen=True)
class WebReadings:
    """One entry per expected host. ``administrators`` is None where nobody read them, and ``error`` says why."""

    urls: tuple[ClientUrl, ...] = ()
    administrators: Administrators | None = None
    accounts: tuple[Account, ...] = ()
    alive: Sequence[str] = ()
    unread: Sequence[Unread] = ()
    error: str | None = "it was not read in this run."
    servers: tuple[ServerPages, ...] = ()
    tenants: tuple[TenantReplies, ...] = ()
    # Whether accounts were looked for in the tenants.
    asked: bool = False
    looks: tuple[PageLook, ...] = ()
    # Why the pages of a server could not be asked, by host.
    unasked: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_facts(cls, facts: Result) -> WebReadings:
        """From the facts of a run, as run_facts gives them."""
        result = facts.get("web") or {}
        found = result.get("web") or {}
        web = Properties(found, "facts: web")
        return cls(
            urls=tuple(map(ClientUrl.from_facts, web.children("urls"))) if found else (),
            administrators=Administrators.from_facts(web.child("administrators")) if found else None,
            accounts=tuple(map(Account.from_facts, web.children("accounts"))) if found else (),
            alive=found.get("alive") or (),
            unread=TaskResult(found).gaps,
            error=TaskResult(result).error,
            servers=_each(facts, "servers", ServerPages.from_result),
            tenants=_each(facts, "tenants", TenantReplies.from_result),
            asked=bool(found.get("asked")),
            looks=tuple(
                PageLook.from_facts(Properties(row, f"facts: pages of {host}"))
                for host, results in (facts.get("servers") or {}).items()
                for row in (results.get("look") or {}).get("pages") or ()
            ),
            unasked=dict(_unasked(facts)),
        )

    def why(self, part: str) -> str | None:
        """Why a part of the organization was not read, or None where it was."""
        return self.error or why_unread(self.unread, part)


def _unasked(facts: Result) -> Iterator[tuple[str, str]]:
    for host, results in (facts.get("servers") or {}).items():
        look = results.get("look") or {}
        why = TaskResult(look).error if look and "pages" not in look else None
        if why:
            yield host, why


def _each(facts: Result, kind: str, make: Any) -> Any:
    return tuple(make(host, results.get("web") or {}) for host, results in (facts.get(kind) or {}).items())
