# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The file of measured sign-ins (docs/schemas/sign_ins.schema.json): who signed in where and how, for how long
it was measured, and whether that is enough to block anybody by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from ..base.comparison import fold
from ..base.days import spans
from ..base.errors import Refused
from ..base.json_schema import mismatch
from .names import PROTOCOLS

MODERN: Final = "modern"
ANONYMOUS: Final = "anonymous"
# How old a measurement may be: what people did since then is not in it.
FRESH: Final = timedelta(days=7)
_VERSION: Final = 2
_TEXT: Final = {"type": "string"}
_TIME: Final = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$"}
_TIME_OR_NULL: Final = {"anyOf": [_TIME, {"type": "null"}]}
_PROTOCOL: Final = {"enum": list(PROTOCOLS)}
_DAY: Final = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}
_DAY_OR_NULL: Final = {"anyOf": [_DAY, {"type": "null"}]}
_COVERAGE: Final = {
    "from": _TIME_OR_NULL, "to": _TIME_OR_NULL, "days": {"type": "integer"},
    "missing": {"type": "array", "items": _DAY}, "not_measured_since": _DAY_OR_NULL,
}  # fmt: skip
_OF_PROTOCOL: Final = {"type": "object", "required": list(_COVERAGE), "properties": _COVERAGE}
_SERVER: Final = {
    "server": {"type": "string", "minLength": 1}, "from": _TIME_OR_NULL, "to": _TIME_OR_NULL,
    "days": {"type": "integer"}, "complete": {"type": "boolean"},
    "incomplete_because": {"anyOf": [_TEXT, {"type": "null"}]}, "unread": {"anyOf": [_TEXT, {"type": "null"}]},
    "protocols": {"type": "array", "items": _PROTOCOL},
    "coverage": {
        "type": "object", "properties": dict.fromkeys(PROTOCOLS, _OF_PROTOCOL), "additionalProperties": _OF_PROTOCOL,
    },
}  # fmt: skip
_SIGN_IN: Final = {
    "server": _TEXT, "person": _TEXT, "protocol": _PROTOCOL,
    "authentication": {"enum": [MODERN, "legacy", ANONYMOUS, "unknown"]}, "type": _TEXT, "client": _TEXT,
    "requests": {"type": "integer"}, "first": _TIME, "last": _TIME,
}  # fmt: skip
_FILE: Final = {
    "schema_version": {"const": _VERSION}, "run": _TEXT, "collected": _TIME, "masked": {"type": "boolean"},
    "servers": {"type": "array", "items": {"type": "object", "required": list(_SERVER), "properties": _SERVER}},
    "sign_ins": {"type": "array", "items": {"type": "object", "required": list(_SIGN_IN), "properties": _SIGN_IN}},
}  # fmt: skip
SIGN_INS: Final[Mapping[str, Any]] = {"type": "object", "required": list(_FILE), "properties": _FILE}
_AGAIN: Final = "Measure again with measure_sign_ins, and give the file that it writes."


@dataclass(frozen=True)
class MeasuredProtocol:
    """How many days up to the end of the measurement have logs, and which have none; ``ended``: the first day after the
    last log, None where they go on."""

    days: int
    missing: tuple[str, ...] = ()
    ended: str | None = None


@dataclass(frozen=True)
class MeasuredServer:
    """Until when a server was measured, and how long each protocol. ``unread``: what of its logs is not in the
    counts; empty where all is."""

    server: str
    until: datetime | None
    unread: str
    protocols: Mapping[str, MeasuredProtocol]


@dataclass(frozen=True)
class SignIn:
    """How somebody signed in, as the log names the person; ``last`` is when that was last seen."""

    person: str
    protocol: str
    authentication: str
    type: str
    client: str
    last: datetime
    server: str = ""

    @property
    def shown(self) -> str:
        by = f" by {self.client}" if self.client else ""
        return f"{self.type or self.authentication} on {self.protocol}{by}, last on {self.last:%Y-%m-%d}"


@dataclass(frozen=True)
class MeasuredSignIns:
    """One or more files as one; ``collected`` is when the oldest of them was written."""

    collected: datetime
    servers: tuple[MeasuredServer, ...]
    sign_ins: tuple[SignIn, ...]

    def on(self, server: str, days: int) -> tuple[SignIn, ...]:
        """What was seen on one server in the last days, by anybody who has a name."""
        own = _without_domain(server)
        return tuple(item for item in self.since(days) if _without_domain(item.server) == own)

    def has_name(self, name: str) -> bool:
        """Whether the logs have this name."""
        return any(item.person and fold(item.person) == fold(name.strip()) for item in self.sign_ins)

    def since(self, days: int) -> tuple[SignIn, ...]:
        """What was seen in the last days that were measured, by anybody who has a name."""
        ends = [server.until for server in self.servers if server.until is not None]
        begin = min(ends, default=self.collected) - timedelta(days=days)
        named = (item for item in self.sign_ins if item.person and item.authentication != ANONYMOUS)
        return tuple(item for item in named if item.last >= begin)


def parse(found: Any, where: str) -> MeasuredSignIns:
    """The measurement of a file; Refused where it is none, or names nobody."""
    version = found.get("schema_version") if isinstance(found, Mapping) else None
    if version == 1:
        raise Refused(
            f"{where}: an earlier version of measure_sign_ins wrote it, which did not say on which days each protocol "
            f"has logs. {_AGAIN}"
        )
    wrong = mismatch(found, SIGN_INS)
    if wrong is not None:
        raise Refused(f"{where}: {wrong} It is no file of sign-ins of this version. {_AGAIN}")
    if found["masked"]:
        raise Refused(
            f"{where}: the names in it are masked, so that nobody knows whose sign-ins these are. Measure again "
            f"without masking, and give the file that measure_sign_ins writes."
        )
    return MeasuredSignIns(
        _time(found["collected"]),
        tuple(map(_server, found["servers"])),
        tuple(map(_sign_in, found["sign_ins"])),
    )


def merged(measurements: Sequence[MeasuredSignIns]) -> MeasuredSignIns:
    """Several files as one. Refused where there is none, or where two of them are of one server."""
    if not measurements:
        raise Refused(f"No file of sign-ins is given (hma_block_sign_ins). {_AGAIN}")
    servers = [server for item in measurements for server in item.servers]
    names = [fold(server.server) for server in servers]
    twice = sorted({name.upper() for name in names if names.count(name) > 1})
    if twice:
        raise Refused(f"{', '.join(twice)} is in more than one file of sign-ins. Give the newest file alone.")
    return MeasuredSignIns(
        min(item.collected for item in measurements),
        tuple(servers),
        tuple(sign_in for item in measurements for sign_in in item.sign_ins),
    )


def gaps(
    measurement: MeasuredSignIns, servers: Iterable[str], protocols: Sequence[str], days: int, now: datetime
) -> list[tuple[str, str]]:
    """Of each server, why its measurement is not enough; and why all of it is not."""
    found = [("the measurement", reason)] if (reason := _stale(measurement.collected, now)) else []
    known = {_without_domain(server.server): server for server in measurement.servers}
    for name in servers:
        reason = _gap(known.get(_without_domain(name)), protocols, days, now)
        found += [(name, reason)] if reason else []
    return found


def _without_domain(server: str) -> str:
    """A server's own name, folded, whether it is written with its domain or not."""
    return fold(server.split(".")[0])


def _stale(collected: datetime, now: datetime) -> str:
    if collected > now + timedelta(hours=1):
        return f"it was written on {collected:%Y-%m-%d %H:%M}Z, which is in the future by this clock."
    if now - collected <= FRESH:
        return ""
    return (
        f"it was written on {collected:%Y-%m-%d}; what people did since then is not in it (at most {FRESH.days} days)."
    )


def _gap(server: MeasuredServer | None, protocols: Sequence[str], days: int, now: datetime) -> str:
    if server is None:
        return "it is not in the file: its sign-ins were not measured."
    if server.unread:
        return f"its logs were not counted completely: {server.unread}."
    if server.until is not None and now - server.until > FRESH:
        # A measurement that went on later is written later, and counts no more than it began with.
        return f"it was measured until {server.until:%Y-%m-%d}; what people did since then is not in it."
    short: dict[str, list[str]] = {}
    for name in protocols:
        if reason := _short(server.protocols.get(name), days):
            short.setdefault(reason, []).append(name)
    return " ".join(f"{', '.join(names)} {reason}" for reason, names in short.items())


def _short(protocol: MeasuredProtocol | None, days: int) -> str:
    """Why the logs of a protocol say too little to block anybody there."""
    if protocol is None:
        return "has no logs there."
    if protocol.ended is not None:
        return f"was not measured since {protocol.ended}: its logs end the day before."
    if protocol.days >= days:
        return ""
    missing = f"; no log has a line of {spans(protocol.missing)}" if protocol.missing else ""
    return f"was measured for {protocol.days} days{missing}; {days} are asked for (hma_block_days)."


def _server(found: Mapping[str, Any]) -> MeasuredServer:
    return MeasuredServer(
        found["server"],
        None if found["to"] is None else _time(found["to"]),
        str(found["unread"] or "").rstrip("."),
        {name: _protocol(coverage) for name, coverage in found["coverage"].items()},
    )


def _protocol(found: Mapping[str, Any]) -> MeasuredProtocol:
    missing = tuple(map(_day, found["missing"]))
    return MeasuredProtocol(found["days"] if found["from"] else 0, missing, found["not_measured_since"])


def _sign_in(found: Mapping[str, Any]) -> SignIn:
    texts = {key: found[key] for key in ("server", "person", "protocol", "authentication", "type", "client")}
    return SignIn(**texts, last=_time(found["last"]))


def _day(text: str) -> str:
    """A day of the schema, as it is written; Refused as a time is."""
    _time(text)
    return text


def _time(text: str) -> datetime:
    """A time of the schema. One that only looks like one (month 13) is none."""
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise Refused(f"{text!r} is no time, so that the file of sign-ins was edited. {_AGAIN}") from None
