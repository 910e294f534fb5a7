# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. A message by mail, with the standard library: one connection that ends, and no password without TLS."""

from __future__ import annotations

import io
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.messages import Mail

from .._graph.bounded import Deadline, TimedReader
from .webhook import NotSent

STARTTLS, TLS = "starttls", "tls"
_PORTS: Final = {STARTTLS: 587, TLS: 465}


@dataclass(frozen=True, kw_only=True)
class Mailbox:
    """Where a mail goes in, who sends it and who gets it."""

    host: str
    port: int | None
    tls: str
    sender: str
    to: Sequence[str]
    user: str | None
    password: str | None = field(repr=False)
    ca_path: str | None
    seconds: int


class _Bounded:
    """Answers of a server are read until the deadline, however slowly they come."""

    deadline: Deadline

    def getreply(self: Any) -> Any:
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(TimedReader(self.sock, self.sock.makefile("rb"), self.deadline))
        return super().getreply()  # type: ignore[misc]


def send(mailbox: Mailbox, mail: Mail) -> None:
    """Hand it to the server, once for all who get it."""
    if mailbox.user and mailbox.tls not in (STARTTLS, TLS):
        raise NotSent("No mail was sent: a password goes over TLS only. Set hma_notify_mail_tls to starttls or tls.")
    try:
        message = _message(mailbox, mail)
        with _connected(mailbox) as server:
            if mailbox.user:
                server.login(mailbox.user, mailbox.password or "")
            refused = server.send_message(message)
    except (smtplib.SMTPException, OSError, ValueError) as exc:
        raise NotSent(
            f"The mail server {mailbox.host} did not take the mail ({_reason(exc)}). Look at hma_notify_mail_server, "
            "hma_notify_mail_tls, hma_notify_mail_from and hma_notify_mail_to."
        ) from None
    if refused:
        raise NotSent(f"The mail server {mailbox.host} refused {', '.join(sorted(refused))}; others got the mail.")


def _message(mailbox: Mailbox, mail: Mail) -> EmailMessage:
    """Headers refuse a line break, so that no name of a server makes a header of its own."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = mailbox.sender, ", ".join(mailbox.to), mail.subject
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="hybrid.exchange")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    return message


def _connected(mailbox: Mailbox) -> smtplib.SMTP:
    port = mailbox.port or _PORTS.get(mailbox.tls, 25)
    context = ssl.create_default_context(cafile=mailbox.ca_path)
    deadline = Deadline(mailbox.seconds)
    if mailbox.tls == TLS:
        kind = type("BoundedSSL", (_Bounded, smtplib.SMTP_SSL), {"deadline": deadline})
        secure: smtplib.SMTP = kind(mailbox.host, port, timeout=mailbox.seconds, context=context)
        return secure
    server: smtplib.SMTP = type("Bounded", (_Bounded, smtplib.SMTP), {"deadline": deadline})(
        mailbox.host, port, timeout=mailbox.seconds
    )
    if mailbox.tls == STARTTLS:
        server.starttls(context=context)
    return server


def _reason(exc: BaseException) -> str:
    """What the server said, in one line; of an answer that names a password nothing but its code."""
    if isinstance(exc, smtplib.SMTPAuthenticationError):
        return f"it refused user and password, {exc.smtp_code}"
    if isinstance(exc, smtplib.SMTPResponseException):
        text = exc.smtp_error.decode("utf-8", "replace") if isinstance(exc.smtp_error, bytes) else str(exc.smtp_error)
        return f"{exc.smtp_code} {' '.join(text.split())[:200]}"
    return f"{type(exc).__name__}: {' '.join(str(exc).split())[:200]}"
