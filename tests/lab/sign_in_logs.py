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
_FIRST_TICK: Final = 621355968000000000
_LAST_TICK: Final = 3155378975999999999


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
    total: dict[str, Any] = field(
        default_factory=lambda: {
            "mark_file": "", "mark_order": "", "mark_line": 0, "left": 0,
            **dict.fromkeys(("lines", "ignored", "refused", "odd"), 0),
        }
    )  # fmt: skip

    @property
    def folder(self) -> Path:
        return Path(self.given["Folder"]) if self.given["Folder"] else folder_of(self.disk)

    def objects(self) -> list[dict[str, Any]]:
        """What the script gives back; LookupError where there is no folder of logs."""
        for order, path, file, protocol in self._files():
            begin = 0
            if self.given["MarkFile"]:
                if path == self.given["MarkFile"]:
                    begin = int(self.given["MarkLine"])
                elif order <= self.given["MarkOrder"]:
                    continue
            self.files -= 1
            if self.files < 0 and not self.total["mark_file"]:
                self.total.update(mark_file=path, mark_order=order, mark_line=begin)
            if self.total["mark_file"]:
                self.total["left"] += 1
                continue
            self._file(order, path, file, protocol, begin)
        return [
            {"folder": str(self.folder), **self.total, "gaps": len(self.gaps)},
            *({"protocol": name, **seen, "days": sorted(seen["days"])} for name, seen in self.seen.items()),
            *self.gaps[:50],
            *({"row": "\t".join([*map(str, row), *key])} for key, row in self.rows.items()),
        ]

    def _files(self) -> list[tuple[str, str, Path, str]]:
        found, there = [], 0
        oldest = datetime.strptime(self.given["Since"], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC).timestamp()
        for pair in self.given["Protocols"]:
            name, protocol = pair.split("=")
            if not (self.folder / name).is_dir():
                continue
            there += 1
            if reason := self.trouble(name):
                self.gaps.append({"gap": name, "reason": reason})
                continue
            for file in (self.folder / name).iterdir():
                if file.suffix.upper() == ".LOG" and file.stat().st_mtime >= oldest:
                    order = f"{_LAST_TICK - _FIRST_TICK - file.stat().st_mtime_ns // 100:020d} {name}/{file.name}"
                    found.append((order, f"{name}/{file.name}", file, protocol))
        if not there:
            raise LookupError(f"There is no folder of logs in {self.folder}")
        return sorted(found)

    def _file(self, order: str, path: str, file: Path, protocol: str, begin: int) -> None:
        try:
            stopped = self._read(path, file, protocol, begin)
        except Unreadable as exc:
            self.gaps.append({"gap": path, "reason": str(exc)})
            return
        if stopped:
            self.total.update(mark_file=path, mark_order=order, mark_line=stopped, left=self.total["left"] + 1)

    def _read(self, path: str, file: Path, protocol: str, begin: int) -> int:
        """The line where it stopped for want of room, or 0."""
        if reason := self.trouble(path):
            raise Unreadable(reason)
        seen = self.seen.setdefault(protocol, {"first": "", "last": "", "files": 0, "days": set()})
        columns: list[str] = []
        for number, line in _records(file.read_text(encoding="utf-8-sig")):
            if line.startswith("#Fields:") or (not columns and line and not line.startswith("#")):
                columns = [name.strip() for name in line.removeprefix("#Fields:").split(",")]
                missing = [name for name in _NEEDED if name not in columns]
                if missing:
                    raise Unreadable(f"the header of the file is not known: it has no column {missing[0]}")
                continue
            if not line or line.startswith("#") or number <= begin:
                continue
            if line.count('"') % 2:
                self.total["odd"] += 1
                continue
            cells = dict(zip(columns, next(csv.reader([line], strict=False)), strict=False))
            if not self._line(cells, protocol, seen):
                return number - 1
        seen["files"] += 1
        return 0

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


def _records(text: str) -> Iterator[tuple[int, str]]:
    """Each record with the number of its first line; a quoted value may go on in the next line."""
    lines = text.replace("\r\n", "\n").split("\n")
    number = 0
    while number < len(lines):
        begin, line = number, lines[number]
        while line.count('"') % 2 and number + 1 < len(lines) and not line.startswith("#"):
            number += 1
            line = f"{line}\n{lines[number]}"
        number += 1
        yield begin + 1, line
