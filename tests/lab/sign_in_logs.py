# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HttpProxy logs of a simulated server: files in its folder, and what the product's script counts in them.

The columns are those of a log of Exchange 2019 that was published (build 15.1.2375.7, 2023-01); files begin with the
lines #Software to #Fields, or with the bare names of the columns, as others show them. Who writes a log closes a file
each hour and at 10 MB.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

HEADER: Final = (
    "DateTime,RequestId,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,ClientRequestId,Protocol,UrlHost,"
    "UrlStem,ProtocolAction,AuthenticationType,IsAuthenticated,AuthenticatedUser,Organization,AnchorMailbox,UserAgent,"
    "ClientIpAddress,ServerHostName,HttpStatus,BackEndStatus,ErrorCode,Method,ProxyAction,TargetServer,"
    "TargetServerVersion,RoutingType,RoutingHint,BackEndCookie,ServerLocatorHost,ServerLocatorLatency,RequestBytes,"
    "ResponseBytes,TargetOutstandingRequests,AuthModulePerfContext,HttpPipelineLatency,CalculateTargetBackEndLatency,"
    "GlsLatencyBreakup,TotalGlsLatency,AccountForestLatencyBreakup,TotalAccountForestLatency,"
    "ResourceForestLatencyBreakup,TotalResourceForestLatency,ADLatency,SharedCacheLatencyBreakup,"
    "TotalSharedCacheLatency,ActivityContextLifeTime,ModuleToHandlerSwitchingLatency,ClientReqStreamLatency,"
    "BackendReqInitLatency,BackendReqStreamLatency,BackendProcessingLatency,BackendRespInitLatency,"
    "BackendRespStreamLatency,ClientRespStreamLatency,KerberosAuthHeaderLatency,HandlerCompletionLatency,"
    "RequestHandlerLatency,HandlerToModuleSwitchingLatency,ProxyTime,CoreLatency,RoutingLatency,HttpProxyOverhead,"
    "TotalRequestTime,RouteRefresherLatency,UrlQuery,BackEndGenericInfo,GenericInfo,GenericErrors,EdgeTraceId,"
    "DatabaseGuid,UserADObjectGuid,PartitionEndpointLookupLatency,RoutingStatus"
)
FIELDS: Final = HEADER.split(",")
OUTLOOK: Final = "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)"
# For how long a log may still be written to, as the script sees it.
_FRESH: Final = 86400


@dataclass
class Request:
    """One line of a log."""

    person: str
    type: str = "Bearer"
    agent: str = OUTLOOK
    status: str = "200"
    at: datetime | None = None
    extra: Mapping[str, str] = field(default_factory=dict)

    def cells(self, protocol: str, when: datetime) -> list[str]:
        own = self.at or when
        given = {
            "DateTime": own.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{own.microsecond // 1000:03d}Z",
            "Protocol": protocol,
            "UrlHost": "mail.contoso.test",
            "UrlStem": f"/{protocol.lower()}/",
            "AuthenticationType": self.type,
            "IsAuthenticated": "true" if self.person else "false",
            "AuthenticatedUser": self.person,
            "UserAgent": self.agent,
            "HttpStatus": self.status,
            "GenericInfo": "BeginRequest=2026-11-26T20:00:00.000Z;CorrelationID=<empty>;",
            **self.extra,
        }
        return [given.get(name, "") for name in FIELDS]


def folder_of(disk: Path) -> Path:
    """Where the logs are on a server whose Exchange is installed in this folder."""
    return disk / "Logging" / "HttpProxy"


def text_of(protocol: str, when: datetime, requests: Iterable[Request], *, bare: bool = False) -> str:
    """A whole file; ``bare``: with the names of the columns alone above the lines."""
    head = [
        "#Software: Microsoft Exchange Server",
        "#Version: 15.02.1544.011",
        "#Log-type: HttpProxy Logs",
        f"#Date: {when.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}",
        f"#Fields: {HEADER}",
    ]
    found = io.StringIO()
    writer = csv.writer(found, lineterminator="\r\n")
    for request in requests:
        writer.writerow(request.cells(protocol, when))
    return "\r\n".join([*([HEADER] if bare else head), found.getvalue()])


def write_file(path: Path, text: str, when: datetime) -> Path:
    """A log that was written last at this time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\xef\xbb\xbf" + text.encode("utf-8"))
    os.utime(path, (when.timestamp(), when.timestamp()))
    return path


def write_log(disk: Path, protocol: str, when: datetime, requests: Iterable[Request], *, number: int = 1) -> Path:
    """One file, of the hour of this time."""
    name = f"HttpProxy_{when.astimezone(UTC):%Y%m%d%H}-{number}.LOG"
    return write_file(folder_of(disk) / protocol / name, text_of(protocol, when, requests), when)


class Unreadable(Exception):
    """A file that the system does not give; the message is Windows' own."""


@dataclass(order=True)
class Log:
    """A file in the order of the script: the newest first, then by name."""

    age: int
    path: str
    file: Path = field(compare=False)
    protocol: str = field(compare=False)
    fresh: bool = field(compare=False)

    @property
    def written(self) -> str:
        return datetime.fromtimestamp(self.file.stat().st_mtime, UTC).strftime(_TIME)


@dataclass
class Count:
    """What one call of the script counts, in Python. ``trouble``: why a path below the folder cannot be read;
    ``files``: how many there is time for."""

    disk: Path
    given: Mapping[str, Any]
    trouble: Callable[[str], str]
    files: int
    rows: dict[tuple[str, str, str, str], list[Any]] = field(default_factory=dict)
    seen: dict[str, dict[str, Any]] = field(default_factory=dict)
    gaps: list[dict[str, str]] = field(default_factory=list)
    progress: list[dict[str, Any]] = field(default_factory=list)
    total: dict[str, Any] = field(
        default_factory=lambda: {
            "mark_file": "", "mark_time": "", "mark_line": 0, "left": 0,
            **dict.fromkeys(("lines", "ignored", "refused", "odd"), 0),
        }
    )  # fmt: skip

    @property
    def folder(self) -> Path:
        return Path(self.given["Folder"]) if self.given["Folder"] else folder_of(self.disk)

    def objects(self) -> list[dict[str, Any]]:
        """What the script gives back; LookupError where there is no folder of logs."""
        known = dict(map(_known, self.given["Counted"]))
        for log in self._files():
            begin, size = known.get(log.path, (0, -1))
            if size == log.file.stat().st_size:
                continue
            self.files -= 1
            if self.files < 0 and not self.total["mark_file"]:
                self._stop(log, begin)
            if self.total["mark_file"]:
                self.total["left"] += 1
            else:
                self._file(log, begin, size)
        return [
            *self.progress,
            {"folder": str(self.folder), **self.total, "gaps": len(self.gaps)},
            *({"protocol": name, **seen, "days": sorted(seen["days"])} for name, seen in self.seen.items()),
            *self.gaps[:50],
            *({"row": "\t".join([*map(str, row), *key])} for key, row in self.rows.items()),
        ]

    def _stop(self, log: Log, line: int) -> None:
        self.total.update(mark_file=log.path, mark_time=log.written, mark_line=line)

    def _files(self) -> list[Log]:
        found, there = [], 0
        oldest, newest = (
            datetime.strptime(self.given[name], _TIME).replace(tzinfo=UTC).timestamp() for name in ("Since", "Until")
        )
        for pair in self.given["Protocols"]:
            name, protocol = pair.split("=")
            if not (self.folder / name).is_dir():
                continue
            there += 1
            if reason := self.trouble(name):
                self.gaps.append({"gap": name, "reason": reason})
                continue
            for file in (self.folder / name).iterdir():
                written = file.stat()
                if file.suffix.upper() == ".LOG" and written.st_mtime >= oldest:
                    fresh = written.st_mtime >= newest - _FRESH
                    found.append(Log(-written.st_mtime_ns, f"{name}/{file.name}", file, protocol, fresh))
        if not there:
            raise LookupError(f"There is no folder of logs in {self.folder}")
        return sorted(found)

    def _file(self, log: Log, begin: int, before: int) -> None:
        """Count a file; what was counted of it is kept whatever ends the reading."""
        counted, size = begin, -1
        try:
            for counted, more in self._read(log, begin):
                if not more:
                    self._stop(log, counted)
                    self.total["left"] += 1
                    break
            else:
                size = log.file.stat().st_size
        except Unreadable as exc:
            self.gaps.append({"gap": log.path, "reason": str(exc)})
        if (counted, size) != (begin, before):
            self.progress.append({"file": log.path, "counted": counted, "size": size})

    def _read(self, log: Log, begin: int) -> Iterator[tuple[int, bool]]:
        """Line by line, how many are counted; False with the last one where there is no room for the next."""
        if reason := self.trouble(log.path):
            raise Unreadable(reason)
        seen = self.seen.setdefault(log.protocol, {"first": "", "last": "", "days": set()})
        columns: list[str] = []
        records = list(_records(log.file.read_text(encoding="utf-8-sig"), fresh=log.fresh))
        for first, last, line in records:
            if line.startswith("#Fields:") or (not columns and line and not line.startswith("#")):
                columns = [name.strip() for name in line.removeprefix("#Fields:").split(",")]
                missing = [name for name in _NEEDED if name not in columns]
                if missing:
                    raise Unreadable(f"the header of the file is not known: it has no column {missing[0]}")
            elif line and not line.startswith("#") and first > begin and not self._counted(line, columns, log, seen):
                yield max(begin, first - 1), False
                return
            yield max(begin, last), True
        if records and not columns:
            raise Unreadable("the file has no header")

    def _counted(self, line: str, columns: list[str], log: Log, seen: dict[str, Any]) -> bool:
        """False where there is no room for its row."""
        if line.count('"') % 2:
            self.total["odd"] += 1
            return True
        cells = dict(zip(columns, next(csv.reader([line], strict=False)), strict=False))
        return self._line(cells, log.protocol, seen)

    def _line(self, cells: Mapping[str, str], protocol: str, seen: dict[str, Any]) -> bool:
        """False where there is no room for its row."""
        stamp = cells.get("DateTime", "")
        if len(stamp) < 20 or stamp[10] != "T" or stamp[4] != "-" or not set(_NEEDED) <= set(cells):
            self.total["odd"] += 1
            return True
        time, person, kind = stamp[:19], cells["AuthenticatedUser"], cells["AuthenticationType"]
        if not self.given["Since"] <= time < self.given["Until"]:
            return True
        self.total["lines"] += 1
        seen["first"] = min(filter(None, (seen["first"], time)))
        seen["last"] = max(seen["last"], time)
        seen["days"].add(time[:10])
        account = person.rpartition("\\")[2]
        if person and (account.lower().startswith(("healthmailbox", "systemmailbox")) or account.endswith("$")):
            self.total["ignored"] += 1
            return True
        if person and cells["HttpStatus"] == "401":
            self.total["refused"] += 1
            return True
        if cells["IsAuthenticated"].lower() != "true":
            person = kind = ""
        key = (protocol, kind.replace("\t", " "), self._family(cells["UserAgent"]), person)
        if key not in self.rows and len(self.rows) >= self.given["Rows"]:
            self.total["lines"] -= 1
            return False
        first, last, count = self.rows.get(key, [time, time, 0])
        self.rows[key] = [min(first, time), max(last, time), count + 1]
        return True

    def _family(self, agent: str) -> str:
        pairs = (pair.rpartition("=") for pair in self.given["Clients"])
        return next((name for text, _sign, name in pairs if text.lower() in agent.lower()), "")


_NEEDED: Final = ("DateTime", "AuthenticationType", "IsAuthenticated", "AuthenticatedUser", "UserAgent", "HttpStatus")
_TIME: Final = "%Y-%m-%dT%H:%M:%S"


def _known(text: str) -> tuple[str, tuple[int, int]]:
    lines, size, path = text.split("|", 2)
    return path, (int(lines), int(size))


def _records(text: str, *, fresh: bool) -> Iterator[tuple[int, int, str]]:
    """Each record with the numbers of its first and its last line; a quoted value may go on in the next line. The last
    one of a fresh file that has no end yet is still being written."""
    lines = text.split("\n")
    ended = not lines[-1]
    if ended:
        lines.pop()
    number = 0
    while number < len(lines):
        begin, line = number, lines[number]
        while line.count('"') % 2 and number + 1 < len(lines) and not line.startswith("#"):
            number += 1
            line = f"{line}\n{lines[number]}"
        number += 1
        if fresh and number == len(lines) and (not ended or (line.count('"') % 2 and not line.startswith("#"))):
            return
        yield begin + 1, number, line
