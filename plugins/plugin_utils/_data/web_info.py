# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Options and results of hma_web_info, one result for each scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.elements import Unread
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.facts import Facts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.accounts import Account
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import ClientUrl
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.administrators import Administrators
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.web_directories import WebDirectory

from .base import ExchangeOptions, Result
from .info import Reading


@dataclass(frozen=True, kw_only=True)
class Options(ExchangeOptions):
    """What is read, of which server, and whose accounts are looked for in which tenants."""

    scope: str
    server: str | None
    administrators: Sequence[str]
    tenants: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Web(Facts):
    """Where Outlook on the web and the admin center are published, and who administers Exchange."""

    urls: Sequence[ClientUrl]
    alive: Sequence[str]
    administrators: Administrators
    accounts: Sequence[Account]
    unread: Sequence[Unread]
    asked: bool


@dataclass(frozen=True, kw_only=True)
class OrganizationRead(Result):
    """The organization: the URLs of all servers, its administrators and their accounts."""

    read: Reading
    web: Web


@dataclass(frozen=True, kw_only=True)
class ServerRead(Result):
    """Both directories of a server, and the version of its files; None where that could not be read."""

    read: Reading
    server: str
    directories: Sequence[WebDirectory]
    version: str | None
    unread: Sequence[Mapping[str, str]]
