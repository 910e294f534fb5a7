# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the constant script asks of the server itself, in the real engine: its event log, and its way out."""

from __future__ import annotations

import http.server
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import server_files
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet, CmdletResult

from tests.unit.plugins.plugin_utils.exchange import engine as engine_module
from tests.unit.plugins.plugin_utils.exchange.engine import Engine, needs_engine

# Windows has the cmdlet; what it is given is kept in the texts of the events.
LOG = """
function Get-WinEvent {
    param([hashtable] $FilterHashtable, [int] $MaxEvents)
    if ($env:HMA_TEST_EVENTS -eq 'none') {
        Write-Error -Message 'No events were found.' -ErrorId 'NoMatchingEventsFound' -ErrorAction Stop
    }
    if ($env:HMA_TEST_EVENTS -eq 'denied') {
        Write-Error -Message 'Attempted to perform an unauthorized operation.' -ErrorId 'Denied' -ErrorAction Stop
    }
    $filter = $FilterHashtable
    $text = "$($filter.LogName) $($filter.ProviderName) $($filter.Level -join ',') $MaxEvents"
    $time = [datetime]::new(2026, 1, 2, 3, 4, 5, [DateTimeKind]::Utc)
    [pscustomobject]@{ Id = 2004; TimeCreated = $time; Message = $text }
}
"""


class Site(http.server.BaseHTTPRequestHandler):
    """A redirect for one path, and 200 for any other; what was asked is kept."""

    asked: list[dict[str, str]]

    def do_GET(self) -> None:
        self.asked.append({"path": self.path, **{key.lower(): value for key, value in self.headers.items()}})
        self.send_response(302 if self.path == "/moved" else 200)
        self.send_header("Location", "https://elsewhere.contoso.test/")
        self.end_headers()

    def do_CONNECT(self) -> None:
        self.asked.append({"path": self.path, **{key.lower(): value for key, value in self.headers.items()}})
        self.send_response(407)
        self.send_header("Proxy-Authenticate", "Negotiate")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""


def serve(context: ssl.SSLContext | None) -> Iterator[http.server.ThreadingHTTPServer]:
    Site.asked = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def site(authority: trustme.CA) -> Iterator[http.server.ThreadingHTTPServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    yield from serve(context)


@pytest.fixture
def proxy() -> Iterator[http.server.ThreadingHTTPServer]:
    yield from serve(None)


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setattr(engine_module, "_BEFORE", engine_module._BEFORE + LOG)
    return Engine(tmp_path)


def one(engine: Engine, cmdlet: Cmdlet, **environment: str) -> CmdletResult:
    return engine.run([cmdlet], None, None, **environment).results[0]


def status(engine: Engine, url: str, proxy: str | None = None, **environment: str) -> tuple[int, str | None]:
    asked = server_files.ask(url, proxy)
    found = server_files.parse_way(asked, one(engine, asked, **environment))
    return found.status, found.reason


@needs_engine
def test_the_event_log_is_asked_for_one_source_and_for_errors(engine: Engine) -> None:
    (event,) = server_files.parse_events(one(engine, server_files.EVENTS))
    assert (event.id, event.time) == (2004, "2026-01-02T03:04:05Z")
    assert event.message == "Application MSExchange AuthAdmin 1,2 20"
    assert engine.log == []


@needs_engine
def test_no_events_are_an_answer_and_a_log_that_is_shut_is_an_error(engine: Engine) -> None:
    assert one(engine, server_files.EVENTS, HMA_TEST_EVENTS="none") == CmdletResult([], [], [])
    denied = one(engine, server_files.EVENTS, HMA_TEST_EVENTS="denied")
    assert [error.message for error in denied.errors] == ["Attempted to perform an unauthorized operation."]


@needs_engine
def test_a_way_out_is_asked_without_credentials_and_goes_no_further(
    engine: Engine, site: http.server.ThreadingHTTPServer, authority: trustme.CA, tmp_path: Path
) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    trusted = {"SSL_CERT_FILE": str(tmp_path / "ca.pem")}
    url = f"https://localhost:{site.server_port}"
    assert status(engine, f"{url}/common", **trusted) == (200, None)
    assert status(engine, f"{url}/moved", **trusted) == (302, None)
    assert [item["path"] for item in Site.asked] == ["/common", "/moved"]
    assert not any("authorization" in item for item in Site.asked)
    # A certificate that this server does not trust is no answer.
    assert status(engine, f"{url}/common")[0] == 0


@needs_engine
def test_a_proxy_that_asks_for_credentials_gets_none(
    engine: Engine, proxy: http.server.ThreadingHTTPServer
) -> None:  # fmt: skip
    found = status(engine, "https://login.contoso.test/common", f"http://127.0.0.1:{proxy.server_port}")
    assert found[0] in (0, 407)
    assert [item["path"] for item in Site.asked] == ["login.contoso.test:443"]
    assert "proxy-authorization" not in Site.asked[0]


@needs_engine
def test_what_is_not_there_and_what_is_not_asked(engine: Engine) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    # .NET Framework says ConnectFailure here, the engine's .NET has no word for it.
    answer, reason = status(engine, f"https://127.0.0.1:{port}/")
    assert answer == 0
    assert reason in ("ConnectFailure", "UnknownError")
    plain = one(engine, server_files.ask("http://127.0.0.1/", None))
    assert [error.message for error in plain.errors] == ["The script asks https addresses only."]
    other = one(engine, Cmdlet("Remove-Item", {"Path": "C:\\"}, on_error="continue", local=True))
    assert [error.message for error in other.errors] == ["The script does not run this command."]
