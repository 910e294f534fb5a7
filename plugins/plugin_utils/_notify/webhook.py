# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. A message to a webhook: its address is a secret, so no reason that is shown has more of it than its host."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import host_in
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.settings.texts import proxy_url

from .._graph.bounded import Deadline, adapter

_LOOK: Final = "Look at hma_notify_webhook, hma_notify_proxy and hma_notify_ca_path."


class NotSent(Exception):
    """A message that did not arrive; the message says where, why, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """Where a message goes. ``seconds`` is the time of the exchange, from its begin to its end."""

    url: str = field(repr=False)
    ca_path: str | None
    proxy: str | None = field(repr=False)
    seconds: int


def post(webhook: Webhook, content: Mapping[str, Any]) -> None:
    """Send it once. A redirect is not followed: whoever it leads to would get the message."""
    try:
        import requests
    except ImportError:
        raise NotSent("The webhook was not called: the Python of Ansible has no requests. Install it.") from None
    where = _place(webhook.url)
    deadline = Deadline(webhook.seconds)
    with requests.Session() as session:
        # Neither ~/.netrc nor the variables of a shell have a say in where a secret address is sent.
        session.trust_env = False
        bounded = adapter(deadline)
        session.mount("https://", bounded)
        session.mount("http://", bounded)
        try:
            with session.post(
                webhook.url,
                data=json.dumps(content, ensure_ascii=False).encode("utf-8"),
                headers={"Content-Type": "application/json"},
                timeout=webhook.seconds,
                allow_redirects=False,
                verify=webhook.ca_path or True,
                proxies=dict.fromkeys(("https", "http"), proxy_url(webhook.proxy)) if webhook.proxy else {},
                # What it says beside its status is not read.
                stream=True,
            ) as answer:
                status = answer.status_code
        except (requests.RequestException, OSError, ValueError) as exc:
            raise NotSent(f"The webhook at {where} was not reached ({_reason(exc)}). {_LOOK}") from None
    if not 200 <= status < 300:
        raise NotSent(f"The webhook at {where} answered {status}, so that nobody got the message. {_LOOK}")


def _place(url: str) -> str:
    """The host of a secret address; what stands behind it is what makes it secret."""
    try:
        parts = urlsplit(url)
        host = host_in(url) if parts.scheme in ("http", "https") else ""
    except ValueError:
        host = ""
    if not host:
        raise NotSent("hma_notify_webhook is no address of https or http (its value is not shown).")
    return host


def _reason(exc: BaseException) -> str:
    """The kind of the fault. Its text may have the address in it."""
    names: list[str] = []
    seen: BaseException | None = exc
    while seen is not None and len(names) < 4:
        names.append(type(seen).__name__)
        seen = seen.__cause__ or seen.__context__
    return ", ".join(dict.fromkeys(names))
