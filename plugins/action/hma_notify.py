# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell people and collectors what a run of the watch found; see the module hma_notify for its options."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import shown
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift import messages
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.metrics import BEGIN, openmetrics
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.news import News, news_of
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.targets import split_address
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import ModuleOptions, Result
from ansible_collections.hybrid.exchange.plugins.plugin_utils._drift import history
from ansible_collections.hybrid.exchange.plugins.plugin_utils._files import replace_file
from ansible_collections.hybrid.exchange.plugins.plugin_utils._notify import undelivered
from ansible_collections.hybrid.exchange.plugins.plugin_utils._notify.mail import Mailbox, send
from ansible_collections.hybrid.exchange.plugins.plugin_utils._notify.undelivered import Undelivered
from ansible_collections.hybrid.exchange.plugins.plugin_utils._notify.webhook import NotSent, Webhook, post
from ansible_collections.hybrid.exchange.plugins.plugin_utils._paths import local_path

# A collector runs as somebody else.
_MODE: Final = 0o644


@dataclass(frozen=True, kw_only=True)
class Options(ModuleOptions):
    """The result of hma_drift, when people are told, and where."""

    drift: Mapping[str, Any]
    when: str
    webhook: str | None = field(repr=False)
    format: str
    ca_path: str | None
    proxy: str | None = field(repr=False)
    mail_to: Sequence[str]
    mail_from: str | None
    mail_server: str | None
    mail_tls: str
    mail_user: str | None
    mail_password: str | None = field(repr=False)
    metrics_file: str | None
    timeout: int


@dataclass(frozen=True, kw_only=True)
class Told(Result):
    """Where it was told, and what did not arrive."""

    sent: Sequence[str]
    not_sent: Sequence[str]


class ActionModule(HmaAction[Options]):
    """One place that does not take its message stands in the way of no other. In check mode nothing is sent."""

    module = "hma_notify"
    options = Options

    def apply(self, options: Options) -> Told:
        news = news_of(options.drift)
        if self.predicting:
            return Told(sent=(), not_sent=())
        place = undelivered.place_of(news)
        found = Undelivered(news.missed.since, news.missed.differences).before(news) if news.missed.runs else news
        people = _people(options, found, undelivered.read(place))
        # Before the first message: of a run that is killed, the next one tells.
        trouble = _kept(place, people)
        sent = []
        for name, tell in _ways(options, news, people).items():
            try:
                tell()
                sent.append(name)
            except NotSent as exc:
                trouble.append(str(exc))
        left = {name: item for name, item in people.items() if name not in sent}
        unkept = _kept(place, left)
        # What is neither sent nor kept is told by the next run, which finds it in the history.
        trouble += unkept or _noted(place, news)
        return Told(sent=sent, not_sent=trouble, failed=bool(trouble), msg=" ".join(dict.fromkeys(trouble)))


def _people(options: Options, news: News, left: Mapping[str, Undelivered]) -> dict[str, News]:
    """What each way has to tell: what changed, and what did not arrive when it did."""
    names = [name for name, given in (("webhook", options.webhook), ("mail", options.mail_to)) if given]
    found = {name: left[name].before(news) if name in left else news for name in names}
    return {name: item for name, item in found.items() if item.tell or options.when == "always"}


def _kept(place: Path | None, people: Mapping[str, News]) -> list[str]:
    try:
        undelivered.keep(place, {name: Undelivered.of(item) for name, item in people.items() if item.tell})
    except NotSent as exc:
        return [str(exc)]
    return []


def _noted(place: Path | None, news: News) -> list[str]:
    """The history says of this run, and of those that were killed before it, that it was told."""
    try:
        if place:
            history.note_told(place.parent, [news.run, *news.missed.runs])
    except Refused as exc:
        return [str(exc)]
    return []


def _ways(options: Options, news: News, people: Mapping[str, News]) -> dict[str, Callable[[], None]]:
    """A collector wants every run; people want what changed."""
    ways: dict[str, Callable[[], None]] = {}
    if options.metrics_file:
        ways["metrics"] = lambda: _collect(local_path(str(options.metrics_file)), openmetrics(news))
    if "webhook" in people:
        ways["webhook"] = lambda: post(_webhook(options), messages.FORMATS[options.format](people["webhook"]))
    if "mail" in people:
        ways["mail"] = lambda: send(_mailbox(options), messages.mail(people["mail"]))
    return ways


def _collect(path: Path, text: str) -> None:
    try:
        if path.exists() and not _is_ours(path):
            raise NotSent(
                f"The metrics were not written: {path} is there and holds something else. Set hma_notify_metrics_file "
                "to a file of its own."
            )
        replace_file(path, text.encode("utf-8"), _MODE)
    except OSError as exc:
        raise NotSent(
            f"The metrics {path} cannot be written ({exc.strerror}). Set hma_notify_metrics_file to a file in a folder "
            "that is there and may be written."
        ) from None


def _is_ours(path: Path) -> bool:
    """Whether nothing is lost with the file: it is empty, or has the metrics of a run before."""
    with path.open("rb") as file:
        begin = file.read(len(BEGIN)).decode("utf-8", "replace")
    return begin in ("", BEGIN)


def _webhook(options: Options) -> Webhook:
    return Webhook(url=str(options.webhook), ca_path=options.ca_path, proxy=options.proxy, seconds=options.timeout)


def _mailbox(options: Options) -> Mailbox:
    if not options.mail_server or not options.mail_from:
        raise NotSent("No mail was sent: hma_notify_mail_server and hma_notify_mail_from say by whom and from whom.")
    try:
        # 0: the port is that of the kind of TLS.
        host, port = split_address(options.mail_server, default=0)
    except ParseError:
        raise NotSent(
            f"No mail was sent: hma_notify_mail_server is {shown(options.mail_server)}; expected host, host:port or "
            "[IPv6]:port, with a port from 1 to 65535."
        ) from None
    return Mailbox(
        host=host, port=port or None, tls=options.mail_tls, sender=options.mail_from,
        to=options.mail_to, user=options.mail_user, password=options.mail_password, ca_path=options.ca_path,
        seconds=options.timeout,
    )  # fmt: skip
