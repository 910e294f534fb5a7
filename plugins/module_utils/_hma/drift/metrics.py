# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The news of a run as OpenMetrics text, for a collector that reads files (node_exporter's textfile).

Gauges only: they read alike in OpenMetrics and in the older text format of Prometheus, which that collector parses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ..base.printable import printable
from .news import News

_PREFIX: Final = "hma_watch"
# How a file of these metrics begins, by which a later run knows it for its own.
BEGIN: Final = f"# TYPE {_PREFIX}_"
_ESCAPED: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


@dataclass(frozen=True)
class Sample:
    """One value with its labels."""

    value: int
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Family:
    """A gauge: its name without the prefix, what it says, and its samples."""

    name: str
    help: str
    samples: Sequence[Sample]


def openmetrics(news: News) -> str:
    """The text, with the mark that it is complete."""
    organization = (("organization", news.organization),)
    return "".join(_family(item, organization) for item in _families(news)) + "# EOF\n"


def _families(news: News) -> Iterator[Family]:
    counts = news.counts
    yield Family("last_run_timestamp_seconds", "When the last run ended.", _times(news.finished))
    yield Family("last_good_timestamp_seconds", "When everything could be read last.", _times(news.last_good))
    yield Family("drift", "Things that changed since the last good reading.", _split(news))
    yield Family("unread", "Things that could not be read by the last run.", [Sample(len(news.gaps))])
    statuses = (("fail", counts.fail), ("warn", counts.warn), ("not_checked", counts.not_checked))
    yield Family("findings", "Findings by status.", [Sample(of, (("status", name),)) for name, of in statuses])
    ready = ((counts.servers_ready, "server"), (counts.tenants_ready, "tenant"))
    total = ((counts.servers, "server"), (counts.tenants, "tenant"))
    yield Family("ready", "Servers and tenants that are ready.", [Sample(of, (("kind", kind),)) for of, kind in ready])
    yield Family("known", "Servers and tenants there are.", [Sample(of, (("kind", kind),)) for of, kind in total])
    if news.modern_authentication is not None:
        on = [Sample(int(news.modern_authentication))]
        yield Family("modern_authentication", "Whether OAuth2ClientProfileEnabled is true.", on)
    labels = ((("check", item.check), ("object", item.object), ("status", item.status)) for item in news.open)
    yield Family("open", "A check that is not met.", [Sample(1, of) for of in dict.fromkeys(labels)])


def _split(news: News) -> list[Sample]:
    worse = sum(item.worse for item in news.differences)
    return [Sample(worse, (("worse", "true"),)), Sample(len(news.differences) - worse, (("worse", "false"),))]


def _times(text: str) -> list[Sample]:
    return [Sample(int(datetime.fromisoformat(text).timestamp()))] if text else []


def _family(family: Family, common: Iterable[tuple[str, str]]) -> str:
    """A family without a sample has no line: its type alone would say nothing."""
    if not family.samples:
        return ""
    name = f"{_PREFIX}_{family.name}"
    head = f"# TYPE {name} gauge\n# HELP {name} {family.help}\n"
    return head + "".join(f"{name}{_labels((*common, *item.labels))} {item.value}\n" for item in family.samples)


def _labels(labels: Iterable[tuple[str, str]]) -> str:
    return "{" + ",".join(f'{name}="{_text(value)}"' for name, value in labels) + "}"


def _text(value: str) -> str:
    return str(printable(value)).translate(_ESCAPED)
