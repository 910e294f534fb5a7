# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stories of answers that are none: the secret goes nowhere else, every exchange ends, and each is one message."""

from __future__ import annotations

import contextlib
import re
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.clouds import CLOUDS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import NamePlan
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.border import SignIn
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.client import GraphClient
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.errors import GraphError, NotFinished, Unusable
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.names import change_names
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.session import Answer
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.tenant import Tenant

if TYPE_CHECKING:
    from .conftest import Stage

TENANT = "11111111-aaaa-4bbb-8ccc-000000000001"
# What is asked for one missing name before it is written: two forms of it at two places, and two lists of the deleted.
ASKED = 6
EXO_ID = "aaaaaaaa-1111-4000-8000-000000000001"
SECRET = "sEcr3t~contoso&=%"
READER = "aaaaaaaa-0000-4000-8000-000000000002"
TOKEN = f"{{elsewhere}}/{TENANT}/oauth2/v2.0/token"
RIGHT = {"issuer": f"https://{{own}}/{TENANT}/v2.0", "token_endpoint": f"https://{{own}}/{TENANT}/oauth2/v2.0/token"}


def describe(stage: Stage, **options: Any) -> str:
    """The one message of a read that fails. It names the tenant, shows no secret, and nothing went anywhere else."""
    with pytest.raises(GraphError) as caught:
        stage.client(**options).exchange_online()
    text = str(caught.value)
    assert TENANT in text
    assert SECRET not in text
    assert len(text) < 1500
    assert stage.requests("elsewhere") == []
    return text


def at(stage: Stage, place: str, **fault: Any) -> None:
    """A fault of the lab; ``{own}`` is the authority's own address."""
    own = stage.url.removeprefix("https://")
    if "json" in fault:
        fault["json"] = {
            key: value.replace("{own}", own) if isinstance(value, str) else value
            for key, value in fault["json"].items()
        }
    stage.faults.add({"at": place, "count": 99, **fault})


@pytest.mark.parametrize("status", [302, 307, 308])
@pytest.mark.parametrize("target", [TOKEN, TOKEN.replace("elsewhere", "elsewhere_http"), "http://[", ""])
@pytest.mark.parametrize("place", ["token", "configuration"])
def test_a_redirect_of_sign_in_is_not_followed(stage: Stage, place: str, status: int, target: str) -> None:
    at(stage, place, status=status, headers={"Location": target})
    text = describe(stage)
    assert f"HTTP {status}" in text
    assert "is not followed" in text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"token_endpoint": TOKEN}, "its token_endpoint is"),
        ({"token_endpoint": TOKEN.replace("elsewhere", "elsewhere_http")}, "its token_endpoint is"),
        ({"token_endpoint": f"http://{{own}}/{TENANT}/oauth2/v2.0/token"}, "its token_endpoint is"),
        ({"token_endpoint": f"https://{{own}}@evil.example/{TENANT}/oauth2/v2.0/token"}, "its token_endpoint is"),
        ({"token_endpoint": "https://["}, "its token_endpoint is"),
        ({"token_endpoint": None}, "names no token_endpoint"),
        ({"token_endpoint": ["x"]}, "names no token_endpoint"),
        ({"issuer": "{elsewhere}/" + TENANT + "/v2.0"}, "is of the issuer"),
        ({"issuer": "https://{own}/22222222-aaaa-4bbb-8ccc-000000000002/v2.0"}, "is of the issuer"),
        ({"issuer": f"http://{{own}}/{TENANT}/v2.0"}, "is of the issuer"),
        ({"issuer": None}, "names no token_endpoint and issuer"),
    ],
    ids=str,
)
def test_a_configuration_that_points_elsewhere_is_refused(stage: Stage, changed: dict[str, Any], said: str) -> None:
    at(stage, "configuration", json={**RIGHT, **changed})
    assert said in describe(stage)
    assert stage.requests("token") == []


@pytest.mark.parametrize("cloud", sorted(CLOUDS))
def test_each_cloud_signs_in_at_its_own_hosts_and_at_no_others(cloud: str) -> None:
    """Also where an authority is one of the cloud's other hosts; the host of another cloud is a stranger."""

    class Session:
        sent: list[str] = []  # noqa: RUF012

        def get(self, url: str, **_given: Any) -> Answer:
            host = CLOUDS[cloud].authorization_hosts[-1]
            return Answer(
                200,
                {},
                f'{{"token_endpoint": "https://{host}/{TENANT}/oauth2/v2.0/token", "issuer": '
                f'"https://{host}/{TENANT.upper()}/v2.0"}}',
            )

    for host in CLOUDS[cloud].authorization_hosts:
        asked = Tenant(TENANT, cloud=cloud, authority=f"https://{host}/")
        sign_in = SignIn(asked, Session())  # type: ignore[arg-type]
        found = sign_in.get(f"{asked.sign_in_url}/v2.0/x").json()
        assert found["token_endpoint"].startswith("https://login.")
    other = next(item for item in CLOUDS.values() if item.authority not in CLOUDS[cloud].authorization_hosts)
    stranger = Tenant(TENANT, authority=f"https://{other.authority}")
    with pytest.raises(Unusable, match="its token_endpoint is"):
        SignIn(stranger, Session()).get(f"{stranger.sign_in_url}/v2.0/x")  # type: ignore[arg-type]


ODD_TOKENS: list[dict[str, Any]] = [
    {"json": {"access_token": "x", "expires_in": None}},
    {"json": {"access_token": "x", "expires_in": "soon"}},
    {"json": {"access_token": "x", "expires_in": "²"}},
    {"json": {"access_token": "x", "expires_in": True}},
    {"json": {"access_token": "x", "expires_in": [1]}},
    {"json": {"access_token": "x\r\nX-Evil: 1", "expires_in": 3599}},
    {"json": {"access_token": "", "expires_in": 3599}},
    {"json": {"access_token": {"a": 1}, "expires_in": 3599}},
    {"json": {"token_type": "Bearer"}},
    {"body": "[]"},
    {"body": ""},
    {"body": "<html>Sign in to the proxy</html>"},
    {"body": '"text"'},
    {"nested": 100000},
    {"json": {"error": ["x"], "error_codes": 7}, "status": 400},
    {"json": {"error_codes": [None, {}], "error_description": {"a": 1}}, "status": 401},
    {"body": "null", "status": 400},
    {"json": {"error": "temporarily_unavailable", "error_description": "AADSTS90033: later"}, "status": 503},
    {"body": "<html>", "status": 502},
    {"body": "x", "status": 204},
]


@pytest.mark.parametrize("fault", ODD_TOKENS, ids=str)
def test_a_token_answer_of_another_shape_is_one_message(stage: Stage, fault: dict[str, Any]) -> None:
    at(stage, "token", **fault)
    text = describe(stage)
    assert re.search("HTTP|no reason given", text)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"json": {"value": []}}, "names no token_endpoint"),
        ({"body": "[]"}, "names no token_endpoint"),
        ({"nested": 100000}, "names no token_endpoint"),
        ({"body": "<html>", "status": 503}, "HTTP 503"),
        ({"filler": 2, "status": 404}, "hma_tenant_id"),
    ],
    ids=str,
)
def test_a_configuration_of_another_shape_is_one_message(stage: Stage, fault: dict[str, Any], said: str) -> None:
    at(stage, "configuration", **fault)
    assert said in describe(stage)


def test_what_else_a_token_answer_holds_is_not_looked_at(stage: Stage) -> None:
    """msal reads more than it is asked for, and stumbles over it."""
    client = stage.client()
    more = {"id_token": "x", "client_info": "!", "refresh_in": "x", "scope": 7, "refresh_token": 1}
    at(stage, "token", json={"access_token": "unknown", "expires_in": 3599, **more})
    with pytest.raises(GraphError, match="HTTP 401 InvalidAuthenticationToken"):
        client.exchange_online()


GOOD = {"id": EXO_ID, "displayName": "x", "servicePrincipalNames": ["00000002-0000-0ff1-ce00-000000000000"]}


@pytest.mark.parametrize(
    "changed",
    [{"id": "../users"}, {"id": f"{EXO_ID}/../x"}, {"id": 7}, {"id": None}, {"servicePrincipalNames": None},
     {"servicePrincipalNames": ["a", 1]},
     {"servicePrincipalNames": {"a": 1}}, {"servicePrincipalNames": "a"}],
    ids=str,
)  # fmt: skip
def test_a_service_principal_of_another_shape_is_one_message(stage: Stage, changed: dict[str, Any]) -> None:
    at(stage, "graph", json={**GOOD, **changed})
    assert "Graph answered with no" in describe(stage)
    assert stage.requests("graph") == ["GET"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "7",
        "null",
        '{"value": {}}',
        '{"value": [1]}',
        '{"value": [null]}',
        '{"value": [[]]}',
        '{"value": "x"}',
    ],
)
def test_a_list_of_another_shape_is_one_message(stage: Stage, body: str) -> None:
    at(stage, "graph", body=body)
    for read in (GraphClient.verified_domains, GraphClient.users, lambda client: client.owners("x")):
        with pytest.raises(GraphError, match="Graph answered with no list"):
            read(stage.client())


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"value": [{"isVerified": True}]}, "no text .id."),
        ({"value": [{"id": 7, "isVerified": True}]}, "no text .id."),
        ({"value": [{"id": "a.test", "isVerified": True}], "@odata.nextLink": 7}, "next page is at another host"),
        ({"value": [], "@odata.nextLink": "{elsewhere}/v1.0/domains"}, "next page is at another host"),
        ({"value": [], "@odata.nextLink": "https://{own}.evil.example/v1.0/domains"}, "next page is at another host"),
        ({"value": [], "@odata.nextLink": "https://{own}/v1.0/domains?x"}, "the same page again"),
    ],
    ids=str,
)
def test_a_page_of_another_shape_or_place_is_one_message(stage: Stage, answer: dict[str, Any], said: str) -> None:
    at(stage, "graph", json=answer)
    with pytest.raises(GraphError, match=said):
        stage.client().verified_domains()
    assert stage.requests("elsewhere") == []


def test_a_user_without_a_name_is_one_message(stage: Stage) -> None:
    at(stage, "graph", json={"value": [{"userPrincipalName": None}]})
    with pytest.raises(GraphError, match=r"no text \(userPrincipalName\)"):
        stage.client().users()


@pytest.mark.parametrize(
    "value",
    ["²", "Thu, 21 Oct 1999 07:28:00 GMT", "Thu, 21 Oct 99999999 07:28:00 GMT", "-1", "1e9", "9" * 400, "", "٣"],
)
def test_a_retry_after_that_is_no_time_to_come_is_as_good_as_none(stage: Stage, value: str) -> None:
    at(stage, "graph", status=429, headers={"Retry-After": value} if value.isascii() else {}, body="{}")
    if not value.isascii():
        value = value.encode("utf-8").decode("latin-1")
    describe(stage)
    assert [int(pause) for pause in stage.sleeps] == [1, 2, 4, 8]


def test_errors_of_another_shape_are_one_message(stage: Stage) -> None:
    for body in (
        '{"error": 7}',
        '{"error": {"code": {}, "message": [], "details": 7}}',
        '{"error": {"details": [1, null]}}',
        '{"error": {"code": "\\u001b[2J", "message": "\\u202e\\u0007"}}',
    ):
        stage.faults.clear()
        at(stage, "graph", status=403, body=body)
        text = describe(stage)
        assert "HTTP 403" in text
        assert text.isprintable()


BYTES, INTERIM = {"body": "{" + " " * 500, "every": 0.1}, {"interim": 0.1}
LENGTH = {"body": "x" * 500, "every": 0.1, "headers": {"Content-Length": "500"}}


@pytest.mark.parametrize(
    ("place", "fault"), [("configuration", INTERIM), ("token", BYTES), ("graph", INTERIM), ("graph", LENGTH)]
)
def test_an_answer_without_an_end_ends(stage: Stage, place: str, fault: dict[str, Any]) -> None:
    at(stage, place, **fault)
    began = time.monotonic()
    describe(stage, timeout=0.2)
    # Twice the timeout for an exchange; five tries where it is Graph's.
    assert time.monotonic() - began < (5 if place == "graph" else 1) * 0.4 + 3


class Proxy(socketserver.BaseRequestHandler):
    """CONNECT, and both directions after it; ``slow`` answers it with one byte after the other."""

    slow = False
    connected: list[str] = []  # noqa: RUF012

    def handle(self) -> None:
        request = self.request.recv(4096).decode("ascii")
        self.connected.append(request.split(" ")[1])
        if self.slow:
            while self.request.send(b"H"):
                time.sleep(0.1)
        host, port = self.connected[-1].split(":")
        with socket.create_connection((host, int(port))) as far:
            self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=self._copy, args=(far, self.request), daemon=True)
            back.start()
            self._copy(self.request, far)
            back.join(5)

    @staticmethod
    def _copy(one: socket.socket, other: socket.socket) -> None:
        # Either end may be closed by then.
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)


@pytest.fixture
def proxy() -> Iterator[str]:
    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, _request: Any, _address: Any) -> None:
            """A client that goes away is what the story is about."""

    Proxy.connected.clear()
    with Server(("127.0.0.1", 0), Proxy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


def test_a_proxy_is_gone_through_and_what_comes_through_it_ends_too(stage: Stage, proxy: str) -> None:
    client = stage.client(proxy=proxy, timeout=2)
    assert client.exchange_online().names == stage.names
    # As people write it whose proxy has a short name; requests takes that for a scheme.
    short = proxy.replace("http://127.0.0.1", "localhost")
    assert stage.client(proxy=short, timeout=2).exchange_online().names == stage.names
    assert set(Proxy.connected) == {stage.url.removeprefix("https://")}
    at(stage, "graph", interim=0.1)
    began = time.monotonic()
    assert "ReadTimeout" in describe(stage, proxy=proxy, timeout=0.3)
    assert time.monotonic() - began < 5 * 0.6 + 4


def test_a_proxy_that_answers_without_an_end_ends(stage: Stage, proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Proxy, "slow", True)
    began = time.monotonic()
    assert "hma_proxy" in describe(stage, proxy=proxy, timeout=0.3)
    assert time.monotonic() - began < 5


def test_a_write_without_an_end_leaves_the_outcome_open(stage: Stage) -> None:
    client = stage.client(timeout=0.5)
    client.exchange_online()
    at(stage, "graph", method="PATCH", body="x" * 500, every=0.2)
    with pytest.raises(NotFinished, match="did not end"):
        client.replace(EXO_ID, "servicePrincipalNames", stage.names)


@pytest.mark.parametrize("fault", [{"zeros": 30}, {"filler": 20}], ids=["bomb", "large"])
@pytest.mark.parametrize("place", ["configuration", "token", "graph"])
def test_an_answer_that_is_too_large_is_cut_short_once(stage: Stage, place: str, fault: dict[str, Any]) -> None:
    at(stage, place, **fault)
    assert "larger than 16 MiB" in describe(stage)
    assert len(stage.requests(place)) == 1


def test_an_answer_that_is_packed_is_read_and_one_in_an_unknown_way_is_said(stage: Stage) -> None:
    at(stage, "graph", zeros=0)
    assert "no list of text" in describe(stage)
    stage.faults.clear()
    at(stage, "graph", body="{}", headers={"Content-Encoding": "br"})
    assert "cannot be unpacked" in describe(stage)


def test_all_the_waiting_of_a_read_together_has_an_end(stage: Stage) -> None:
    """Slow answers count as well as the pauses between them."""
    now = [0.0]

    def slow() -> float:
        now[0] += 50
        return now[0]

    stage.fault(method="GET", status=503, count=99)
    client = GraphClient(stage.tenant(), sleep=stage.sleeps.append, clock=slow)
    with pytest.raises(GraphError, match="HTTP 503"):
        client.exchange_online()
    assert stage.requests("graph") == ["GET", "GET", "GET"]


@pytest.mark.parametrize("status", [202, 302, 307, 308, 408])
def test_a_write_that_is_neither_done_nor_refused_is_read_before_it_is_judged(stage: Stage, status: int) -> None:
    """Accepted, or redirected: it may have taken effect. It did, so it is a change."""
    outcomes: list[tuple[bool | None, str]] = []
    stage.fault(method="PATCH", status=status, apply_first=True)
    new = "https://new.contoso.test/"
    done = change_names(
        stage.client(), [new], present=True, on_intent=lambda _plan: None, on_outcome=lambda right,
        text: outcomes.append((right, text)),
        sleep=stage.sleeps.append,
    )  # fmt: skip
    assert done.after[-1] == new
    assert outcomes[-1][0] is True
    assert f"HTTP {status}" in outcomes[-1][1]


class Gone(Exception):
    """What a worker is told whose playbook was killed."""


def test_nothing_is_sent_once_the_playbook_has_gone(stage: Stage) -> None:
    """A worker that waits for Retry-After looks before its next request; the intent then stays open, and nothing was
    written."""
    alive = [True]

    def before_request() -> None:
        if not alive[0]:
            raise Gone

    def sleep(_seconds: float) -> None:
        alive[0] = False

    stage.fault(method="PATCH", status=429, retry_after=30)
    client = GraphClient(stage.tenant(), before_request=before_request)
    before, intents = list(stage.names), list[NamePlan]()
    with pytest.raises(Gone):
        change_names(
            client,
            ["https://new.contoso.test/"],
            present=True,
            on_intent=intents.append,
            on_outcome=lambda *_: None,
            sleep=sleep,
        )
    assert stage.names == before
    assert stage.requests() == ["token", "GET", *["GET"] * ASKED, "GET", "PATCH"]


@pytest.mark.parametrize("name", ["authority", "graph_endpoint"])
@pytest.mark.parametrize(
    "url",
    [
        "http://login.contoso.test",
        "login.contoso.test",
        "https://",
        "https://a@b.test",
        "https://b.test\\@c.test",
        "https://b.test?x",
        "https://[",
    ],
)
def test_an_address_that_is_not_https_and_a_host_is_refused(name: str, url: str) -> None:
    with pytest.raises(Refused, match=f"hma_{name} is "):
        Tenant.of({"tenant_id": TENANT, name: url})


class Counted(str):
    """A name that counts how often it is compared with another one."""

    __slots__ = ()
    compared = 0

    def __eq__(self, other: object) -> bool:
        type(self).compared += 1
        return str(self) == other

    __hash__ = str.__hash__


def test_ten_thousand_names_are_not_compared_each_with_each(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"https://mail{number}.contoso.test/" for number in range(10000)]
    stage.names.extend(names)
    real = GraphClient.exchange_online

    def read(client: GraphClient) -> Any:
        found = real(client)
        return type(found)(found.id, found.display_name, [Counted(name) for name in found.names])

    monkeypatch.setattr(GraphClient, "exchange_online", read)
    done = change_names(
        stage.client(),
        names,
        present=False,
        on_intent=lambda _plan: None,
        on_outcome=lambda *_: None,
        sleep=stage.sleeps.append,
    )
    assert len(done.plan.changed) == 10000
    assert Counted.compared < 20 * 10000
