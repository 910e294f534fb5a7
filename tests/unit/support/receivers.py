# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Receivers on this machine: a webhook and a mail server, both strict, and slow or hostile where a test asks."""

from __future__ import annotations

import base64
import json
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme


@dataclass
class Received:
    """What arrived, in order."""

    port: int = 0
    posts: list[tuple[str, Any]] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)
    over_tls: list[bool] = field(default_factory=list)


@dataclass(frozen=True)
class Authority:
    """A certificate authority, and a server context with a certificate of it for localhost."""

    path: Path
    context: ssl.SSLContext


def authority(folder: Path) -> Authority:
    ca, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("localhost").configure_cert(context)
    path = folder / "ca.pem"
    ca.cert_pem.write_to_path(path)
    return Authority(path, context)


@contextmanager
def webhook(
    status: int = 200, *, context: ssl.SSLContext | None = None, location: str = "", drip: float = 0
) -> Iterator[Received]:
    """``location``: it answers with a redirect; ``drip``: seconds between the bytes of an answer that does not end."""
    received = Received()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/json"
            received.posts.append((self.path, json.loads(body)))
            _drip(self.wfile.write, drip)
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    received.port = server.server_address[1]
    with _served(server):
        yield received


def _drip(write: Callable[[bytes], Any], pause: float) -> None:
    for _number in range(200 if pause else 0):
        try:
            write(b".")
        except OSError:
            return
        time.sleep(pause)


class _Mail(socketserver.StreamRequestHandler):
    """One connection (RFC 5321). STARTTLS is offered where there is a ``context``, and a sign-in over TLS alone."""

    received: Received
    context: ssl.SSLContext | None
    user: str
    password: str
    refused: str
    drip: float
    tls = False

    def handle(self) -> None:
        if self.drip:
            _drip(self.wfile.write, self.drip)
            return
        self.say("220 mail.test ESMTP")
        while line := self.rfile.readline().decode("utf-8").rstrip("\r\n"):
            verb, _space, rest = line.partition(" ")
            if verb.upper() == "QUIT":
                self.say("221 bye")
                return
            getattr(self, f"on_{verb.lower()}", self.unknown)(rest)

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def unknown(self, _rest: str) -> None:
        self.say("502 not here")

    def on_ehlo(self, _rest: str) -> None:
        offered = ["STARTTLS"] if self.context and not self.tls else []
        offered += ["AUTH PLAIN"] if self.user and self.tls else []
        lines = ["mail.test", *offered]
        for place, line in enumerate(lines):
            self.say(f"250{'-' if place < len(lines) - 1 else ' '}{line}")

    def on_starttls(self, _rest: str) -> None:
        assert self.context is not None
        self.say("220 go on")
        self.request: socket.socket = self.context.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", buffering=0)  # type: ignore[assignment]
        self.tls = True

    def on_auth(self, rest: str) -> None:
        _nothing, name, secret = base64.b64decode(rest.partition(" ")[2]).decode("utf-8").split("\0")
        if (name, secret) != (self.user, self.password):
            self.say("535 5.7.8 no")
            return
        self.received.signed_in.append(name)
        self.say("235 yes")

    def on_mail(self, _rest: str) -> None:
        self.say("250 ok")

    def on_rcpt(self, rest: str) -> None:
        name = rest.partition("<")[2].partition(">")[0]
        if name == self.refused:
            self.say("550 nobody of that name")
            return
        self.received.recipients.append(name)
        self.say("250 ok")

    def on_data(self, _rest: str) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.received.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))
        self.received.over_tls.append(self.tls)
        self.say("250 taken")

    def on_rset(self, _rest: str) -> None:
        self.say("250 ok")


@contextmanager
def mail_server(
    *, context: ssl.SSLContext | None = None, user: str = "", password: str = "", refused: str = "", drip: float = 0
) -> Iterator[Received]:
    received = Received()
    own = {"received": received, "context": context, "user": user, "password": password, "refused": refused,
           "drip": drip}  # fmt: skip
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), type("Mail", (_Mail,), own))
    server.daemon_threads = True
    received.port = server.server_address[1]
    with _served(server):
        yield received


@contextmanager
def _served(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
