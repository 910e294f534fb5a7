# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to Exchange when it is slow, leads elsewhere, never ends, asks, or shows what is not known: one message each,
nothing half done."""

from __future__ import annotations

import http.server
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.story import Play
from tests.lab.client import LabClient, Labs

EX1 = "ex1.corp.contoso.test"
TIMEOUT = {
    "ntlm": "ansible_winrm_operation_timeout_sec",
    "psrp": "ansible_psrp_operation_timeout",
    "exchange": "ansible_psrp_operation_timeout",
}
WAYS = [pytest.param("ntlm", id="winrm"), pytest.param("exchange", id="psrp-exchange", marks=pytest.mark.long)]
BOTH = pytest.mark.parametrize("lab", WAYS, indirect=True)


@pytest.fixture
def lab(request: pytest.FixtureRequest, tmp_path: Path, labs: Labs) -> Iterator[LabClient]:
    with labs.running("default", tmp_path / "lab", request.param) as started:
        yield started


def alone(lab: LabClient, request: pytest.FixtureRequest, seconds: int = 20, **variables: Any) -> Path:
    """An inventory of EX1 alone, over a connection of this operation timeout."""
    content = yaml.safe_load(lab.inventory.read_text("utf-8"))
    servers = content["all"]["children"]["exchange_servers"]
    host = servers["hosts"][EX1]
    host.update({TIMEOUT[request.node.callspec.params["lab"]]: seconds, **variables})
    if "ansible_winrm_read_timeout_sec" in host:
        host["ansible_winrm_read_timeout_sec"] = seconds + 2
    else:
        host["ansible_psrp_read_timeout"] = seconds + 2
    servers["hosts"] = {EX1: host}
    path = lab.folder / "alone.yml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def requests_of(lab: LabClient) -> Counter[str]:
    return Counter(item["action"] for item in lab.journal("http") if item["status"] == 200)


@pytest.mark.matrix
@BOTH
def test_a_shell_that_opens_slower_than_the_operation_timeout(
    lab: LabClient, play: Play, request: pytest.FixtureRequest
) -> None:
    lab.fault(at="wsman", name="Create", action="slow", seconds=4, host="EX1", count=1)
    run = play("prepare_vdirs", inventory=alone(lab, request, 2))
    assert run.code == 0, run.output
    asked = requests_of(lab)
    assert asked["Create"] == asked["Delete"] > 0


@pytest.mark.long
@pytest.mark.parametrize(
    "lab", [pytest.param("exchange", id="psrp-exchange"), pytest.param("psrp", id="psrp")], indirect=True
)
def test_a_server_that_gives_up_sooner_and_opens_the_shell_late(
    lab: LabClient, play: Play, request: pytest.FixtureRequest
) -> None:
    """The first Create is answered with a timeout, and its shell is there two seconds later: it is deleted, another one
    was opened."""
    lab.fault(at="wsman", name="Create", action="slow", seconds=3, most=1, host="EX1", count=1)
    run = play("prepare_vdirs", inventory=alone(lab, request, 5))
    assert run.code == 0, run.output
    time.sleep(3)
    deleted = [item for item in lab.journal("http") if item["action"] == "Delete" and item["status"] == 200]
    created = [item for item in lab.journal("http") if item["action"] == "Create"]
    assert len(deleted) == len(created) > 1


@BOTH
def test_a_cmdlet_that_asks_is_given_its_answer_beforehand(
    lab: LabClient, play: Play, request: pytest.FixtureRequest
) -> None:
    """ShouldProcess is answered by -Confirm:$false on every Set, ShouldContinue by -Force where the cmdlet has it."""
    lab.fault(at="cmdlet", action="asks", unless="Confirm", name="Set-OabVirtualDirectory")
    lab.fault(at="cmdlet", action="asks", unless="Force", name="Set-WebServicesVirtualDirectory")
    run = play("prepare_vdirs", "--diff", inventory=alone(lab, request))
    assert run.code == 0, run.output
    assert lab.writes() != []
    assert {item["parameters"]["Confirm"] for item in lab.writes()} == {False}
    assert "-Confirm:$false" in run.text


@pytest.mark.matrix
@BOTH
def test_a_cmdlet_that_asks_all_the_same_says_what_it_asked(
    lab: LabClient, play: Play, request: pytest.FixtureRequest
) -> None:
    lab.fault(at="cmdlet", action="asks", name="Set-MapiVirtualDirectory", question="Really EX1\\mapi?")
    run = play("prepare_vdirs", inventory=alone(lab, request))
    assert run.code != 0
    assert "Set-MapiVirtualDirectory -Identity '" in run.text
    assert "the cmdlet asks for a confirmation, and nobody can answer here" in run.text
    assert "Traceback" not in run.output
    assert "NotImplementedError" not in run.output
    assert "Uncertain" not in run.output
    if request.node.callspec.params["lab"] == "exchange":
        assert "It asked: Confirm: Really EX1\\" in run.output.replace("\\\\", "\\")
    lab.remedy()
    again = play("prepare_vdirs", inventory=alone(lab, request))
    assert again.code == 0, again.output
    asked = requests_of(lab)
    assert asked["Create"] == asked["Delete"]


class Elsewhere(http.server.BaseHTTPRequestHandler):
    """The second listener: it must never be asked for anything."""

    def do_POST(self) -> None:
        self.server.heard.append(self.rfile.read(int(self.headers.get("Content-Length", "0"))))  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *_arguments: Any) -> None:
        """Nothing in the tests' output."""


@pytest.fixture
def elsewhere() -> Iterator[http.server.ThreadingHTTPServer]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    server.heard = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


REDIRECTED = [
    pytest.param("ntlm", 0, id="winrm-first"),
    *(pytest.param("ntlm", after, id=f"winrm-{after}", marks=pytest.mark.matrix) for after in (2, 4, 6)),
    *(pytest.param("exchange", after, id=f"psrp-exchange-{after}", marks=pytest.mark.matrix) for after in (0, 2, 4)),
    *(pytest.param("psrp", after, id=f"psrp-{after}", marks=pytest.mark.matrix) for after in (0, 4)),
]


@pytest.mark.parametrize(("lab", "after"), REDIRECTED, indirect=["lab"])
def test_a_redirect_is_told_and_nothing_arrives_there(
    lab: LabClient, play: Play, request: pytest.FixtureRequest, elsewhere: http.server.ThreadingHTTPServer, after: int
) -> None:
    """From https to plain http of another port; the request that is redirected holds a sign-in, or the script and the
    password."""
    lab.fault(
        at="http",
        action="redirect",
        host="EX1",
        status=307,
        to=f"http://127.0.0.1:{elsewhere.server_address[1]}/wsman",
        after=after,
    )
    run = play("prepare_vdirs", inventory=alone(lab, request, 3))
    assert run.code != 0
    assert f"answered with a redirect (307) to http://127.0.0.1:{elsewhere.server_address[1]}/wsman" in run.text
    assert "it was not followed" in run.text
    assert elsewhere.heard == []  # type: ignore[attr-defined]
    assert lab.writes() == []


@BOTH
@pytest.mark.matrix
def test_a_list_that_holds_something_unknown_is_not_written(
    lab: LabClient, play: Play, request: pytest.FixtureRequest
) -> None:
    lab.fault(at="output", action="odd", host="EX1")
    run = play("prepare_vdirs", inventory=alone(lab, request))
    assert run.code != 0
    assert "unreadable" in run.text
    assert "AuthenticationMethods is " in run.text
    assert [item for item in lab.writes() if item["name"] == "Set-MapiVirtualDirectory"] == []
    lab.remedy()
    assert play("prepare_vdirs", inventory=alone(lab, request)).code == 0


@pytest.mark.matrix
@pytest.mark.parametrize(
    "lab", [pytest.param("ntlm", id="winrm"), pytest.param("psrp", id="psrp", marks=pytest.mark.long)], indirect=True
)
def test_a_forged_answer_hides_nothing(lab: LabClient, play: Play, request: pytest.FixtureRequest) -> None:
    """A profile prints an answer of its own, in which everything is on, and a prompt right before the real one's
    marker."""
    lab.fault(at="output", action="forged", host="EX1")
    run = play("prepare_vdirs", inventory=alone(lab, request))
    assert run.code == 0, run.output
    assert len(lab.writes()) == 2
    assert play("prepare_vdirs", inventory=alone(lab, request)).changed == 0


# What is of HTTP alone is met by both libraries in tests/unit, too.
DRIP: dict[str, Any] = {"at": "http", "action": "drip"}
SILENT: dict[str, Any] = {"at": "wsman", "action": "timeout", "name": "Receive", "after": 1}
ENDLESS = [
    pytest.param("ntlm", DRIP, "sent its answer too slowly", id="winrm-drip"),
    pytest.param(
        "ntlm",
        {"at": "http", "action": "continue"},
        "sent its answer too slowly",
        id="winrm-continue",
        marks=pytest.mark.long,
    ),
    pytest.param(
        "ntlm", {"at": "http", "action": "gzip"}, "compressed answer", id="winrm-gzip", marks=pytest.mark.long
    ),
    pytest.param("ntlm", SILENT, "did not end in", id="winrm-silent"),
    pytest.param("exchange", DRIP, "sent its answer too slowly", id="psrp-exchange-drip"),
    pytest.param("exchange", SILENT, "did not end in", id="psrp-exchange-silent", marks=pytest.mark.long),
]


@pytest.mark.matrix
@pytest.mark.parametrize(("lab", "fault", "message"), ENDLESS, indirect=["lab"])
def test_what_never_ends_is_ended(
    lab: LabClient, play: Play, request: pytest.FixtureRequest, fault: dict[str, Any], message: str
) -> None:
    lab.fault(**{"host": "EX1", "after": 3, **fault})
    start = time.monotonic()
    run = play("prepare_vdirs", inventory=alone(lab, request, 1))
    assert run.code != 0
    assert message in run.text, run.output
    assert "Traceback" not in run.output
    assert time.monotonic() - start < 170
