# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages to real receivers on this machine: a webhook and a mail server."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.messages import Mail
from ansible_collections.hybrid.exchange.plugins.plugin_utils._notify.mail import Mailbox, send
from ansible_collections.hybrid.exchange.plugins.plugin_utils._notify.webhook import NotSent, Webhook, post

from tests.unit.support.receivers import Authority, Received, authority, mail_server, webhook

SECRET = "/services/T0/B0/s3cret-path?sig=s3cret-sig"
MAIL = Mail("[hybrid.exchange] Contoso: 1 thing changed", ".\n.. a dot at the begin of a line\nÄ\n")


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("ca"))


def hook(received: Received, scheme: str = "http", **more: Any) -> Webhook:
    given = {"url": f"{scheme}://localhost:{received.port}{SECRET}", "ca_path": None, "proxy": None, "seconds": 5}
    return Webhook(**{**given, **more})


def box(received: Received, **more: Any) -> Mailbox:
    given = {
        "host": "localhost", "port": received.port, "tls": "none", "sender": "a@contoso.com",
        "to": ["b@contoso.com", "c@contoso.com"], "user": None, "password": None, "ca_path": None, "seconds": 5,
    }  # fmt: skip
    return Mailbox(**{**given, **more})


def test_a_webhook_gets_the_message_over_tls(trusted: Authority) -> None:
    with webhook(context=trusted.context) as received:
        post(hook(received, "https", ca_path=str(trusted.path)), {"name": "Ä"})
        assert received.posts == [(SECRET, {"name": "Ä"})]
        with pytest.raises(NotSent, match=r"not reached \(SSLError"):
            post(hook(received, "https"), {})


def test_a_proxy_with_a_short_name_and_no_scheme_gets_the_message() -> None:
    with webhook() as received:
        post(hook(received, url="http://hook.contoso.test/a", proxy=f"localhost:{received.port}"), {})
        assert received.posts == [("http://hook.contoso.test/a", {})]


@pytest.mark.parametrize("status", [302, 400, 403, 500])
def test_a_webhook_that_refuses_is_one_message_without_its_address(status: int) -> None:
    with webhook(status) as received, pytest.raises(NotSent) as refused:
        post(hook(received), {})
    assert f"localhost answered {status}" in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_a_redirect_is_not_followed() -> None:
    with webhook() as other, webhook(307, location=f"http://localhost:{other.port}/") as received:
        with pytest.raises(NotSent, match="answered 307"):
            post(hook(received), {})
        assert (len(received.posts), other.posts) == (1, [])


def test_an_answer_that_does_not_end_ends() -> None:
    begin = time.monotonic()
    with webhook(drip=0.1) as received, pytest.raises(NotSent, match="not reached") as refused:
        post(hook(received, seconds=1), {})
    assert time.monotonic() - begin < 4
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["", "s3cret", "ftp://x/s3cret", "https:///s3cret", "http://[s3cret", "https://\x00/s3cret"]
)
def test_what_is_no_address_is_one_message(url: str) -> None:
    with pytest.raises(NotSent) as refused:
        post(hook(Received(), url=url), {})
    assert "s3cret" not in str(refused.value)


def test_nobody_listens() -> None:
    with webhook() as received:
        pass
    with pytest.raises(NotSent, match=r"localhost was not reached") as refused:
        post(hook(received), {})
    assert "s3cret" not in str(refused.value)


def test_a_mail_arrives_as_it_was_written(trusted: Authority) -> None:
    with mail_server(context=trusted.context, user="ansible", password="pa55") as received:
        own = {"tls": "starttls", "user": "ansible", "password": "pa55", "ca_path": str(trusted.path)}
        send(box(received, **own), MAIL)
    (mail,) = received.mails
    assert (mail["Subject"], mail["To"]) == (MAIL.subject, "b@contoso.com, c@contoso.com")
    assert mail.get_content().replace("\r\n", "\n") == MAIL.text
    assert received.recipients == ["b@contoso.com", "c@contoso.com"]
    assert (received.signed_in, received.over_tls) == (["ansible"], [True])


def test_a_server_without_starttls_gets_no_mail_and_no_password() -> None:
    with mail_server() as received, pytest.raises(NotSent, match="STARTTLS"):
        send(box(received, tls="starttls"), MAIL)
    assert received.mails == []
    with mail_server() as received, pytest.raises(NotSent, match="over TLS only"):
        send(box(received, user="ansible", password="pa55"), MAIL)


def test_a_wrong_password_and_somebody_who_is_not_there(trusted: Authority) -> None:
    own = {"tls": "starttls", "user": "ansible", "password": "wr0ng-pa55", "ca_path": str(trusted.path)}
    with mail_server(context=trusted.context, user="ansible", password="pa55") as received:
        with pytest.raises(NotSent, match="refused user and password, 535") as refused:
            send(box(received, **own), MAIL)
        assert "wr0ng" not in str(refused.value)
    with mail_server(refused="c@contoso.com") as received:
        with pytest.raises(NotSent, match=r"refused c@contoso\.com; others got the mail"):
            send(box(received), MAIL)
        assert received.recipients == ["b@contoso.com"]


def test_a_name_makes_no_header(tmp_path: Path) -> None:
    with mail_server() as received, pytest.raises(NotSent, match="did not take the mail"):
        send(box(received), Mail("x\r\nBcc: evil@example.org", "text"))
    assert received.mails == []


def test_a_mail_server_that_drips_ends() -> None:
    begin = time.monotonic()
    with mail_server(drip=0.1) as received, pytest.raises(NotSent, match=r"timed out|did not end"):
        send(box(received, seconds=1), MAIL)
    assert time.monotonic() - begin < 4
