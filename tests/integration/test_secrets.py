# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that a run leaves, at the highest verbosity, searched for every secret in every form it could have."""

from __future__ import annotations

import base64
import json
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

import pytest
import yaml

from tests.integration.story import Begin, ended
from tests.lab.client import LabClient, running

WRONG = "wr0ng-s3cret-wr0ng"
FAULTS: dict[str, dict[str, Any]] = {
    "success": {},
    "the connection dies": {"fault": {"at": "cmdlet", "action": "die_after", "name": "Get-AuthServer"}},
    "Exchange refuses a write": {
        "fault": {"at": "cmdlet", "action": "error", "name": "Set-OabVirtualDirectory", "message": "No."}
    },
    "the answer is cut": {"fault": {"at": "output", "action": "truncate"}},
    "401": {"fault": {"at": "http", "action": "401"}},
    "Graph refuses": {"fault": {"at": "graph", "status": 403, "code": "Authorization_RequestDenied"}},
    "Graph dies": {"fault": {"at": "graph", "method": "PATCH", "status": 500}},
    "a wrong secret": {"variables": {"hma_client_secret": WRONG}},
    "a wrong password": {"variables": {"ansible_password": WRONG, "exchange_password": WRONG}},
    "an account Exchange refuses": {"servers": {"exchange_user": "CONTOSO\\nobody", "exchange_password": WRONG}},
    "no record": {"extra": {"hma_record_dir": "/proc/nowhere"}},
}
# Of the longest secrets (a token, a key) a part is proof enough; of a short one all of it.
_PROOF = 48


def forms(secret: str) -> set[str]:
    """A secret in clear, escaped for JSON, Python, XML and URLs, and in base64 of UTF-8 and UTF-16, wherever in a
    longer text it begins."""
    part = secret[:_PROOF]
    found = {part, json.dumps(part)[1:-1], repr(part)[1:-1], escape(part), quote(part, safe=""), quote_plus(part)}
    found |= {json.dumps(text)[1:-1] for text in set(found)}
    for data in (part.encode(), part.encode("utf-16-le")):
        found |= {_base64_inside(data, offset) for offset in range(3)}
        found.add(data.hex())
    return {text for text in found if len(text) >= 6}


def _base64_inside(data: bytes, offset: int) -> str:
    """The characters of a base64 text that ``data`` alone decides, when it begins ``offset`` bytes after a multiple of
    three."""
    text = base64.b64encode(b"\0" * offset + data).decode("ascii")
    return text[-(-offset * 8 // 6) : (offset + len(data)) * 8 // 6]


def test_the_search_finds_a_secret_wherever_it_begins() -> None:
    for before in ("", "u:", "us:", "user:", "CONTOSO\\hma:"):
        for encoding in ("utf-8", "utf-16-le"):
            hidden = base64.b64encode((before + "Pa$$w0rd's" + "tail").encode(encoding)).decode("ascii")
            assert any(form in hidden for form in forms("Pa$$w0rd's")), (before, encoding)
    assert not any(form in "a harmless line of a log, cGFzc3dvcmQ=" for form in forms("Pa$$w0rd's"))


def secrets_of(lab: LabClient) -> dict[str, str]:
    """Every secret of the scenario by what it is: of the inventory, of the files it names, and what was handed out on
    the way."""
    content = yaml.safe_load(lab.inventory.read_text("utf-8"))
    found: dict[str, str] = {"a wrong secret": WRONG}
    for group in content["all"]["children"].values():
        for host, variables in group["hosts"].items():
            for name in ("ansible_password", "exchange_password", "hma_client_secret"):
                if name in variables:
                    found[f"{name} of {host}"] = variables[name]
            for name in ("hma_certificate_path", "ansible_winrm_cert_key_pem"):
                if name in variables:
                    key = re.search(
                        r"PRIVATE KEY-----\n(.*?)\n-----END", Path(variables[name]).read_text("ascii"), re.DOTALL
                    )
                    assert key is not None
                    # The first line of a key is the same for all of its kind.
                    found[f"private key of {host}"] = key[1].splitlines()[2]
    return {
        **found,
        **{f"token or assertion {number}": secret[-_PROOF:] for number, secret in enumerate(lab.secrets())},
    }


class Watch:
    """What can be seen while a run is under way: arguments and environments are what /proc shows, and temporary
    files."""

    def __init__(self, group: int, folders: list[Path]) -> None:
        self.seen: set[str] = set()
        self._group, self._folders = group, folders

    def look(self) -> None:
        for process in Path("/proc").glob("[0-9]*"):
            try:
                fields = (process / "stat").read_text("ascii", errors="replace").rpartition(")")[2].split()
                if int(fields[2]) == self._group:
                    self.seen.add((process / "cmdline").read_text("utf-8", errors="replace"))
            except (OSError, IndexError):
                continue  # it ended while we looked
        for folder in (str(folder) for top in self._folders for folder, _folders, _files in os.walk(top)):
            self._read(Path(folder))

    def _read(self, folder: Path) -> None:
        """The files of a folder, which may be gone while we look."""
        try:
            for path in folder.iterdir():
                if path.is_file():
                    self.seen.add(path.read_text("utf-8", errors="replace"))
        except OSError:
            return


@contextmanager
def watching(group: int, folders: list[Path]) -> Iterator[Watch]:
    watch, over = Watch(group, folders), threading.Event()

    def work() -> None:
        while not over.is_set():
            watch.look()
            time.sleep(0.1)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield watch
    finally:
        over.set()
        thread.join()


def left_by(lab: LabClient, begin: Begin, folder: Path, case: dict[str, Any]) -> dict[str, str]:
    """Everything one run left, by where it was found."""
    inventory = lab.inventory
    if "variables" in case or "servers" in case:
        content = yaml.safe_load(inventory.read_text("utf-8"))
        for group in content["all"]["children"].values():
            for variables in group["hosts"].values():
                variables.update(
                    {name: value for name, value in case.get("variables", {}).items() if name in variables}
                )
        for variables in content["all"]["children"]["exchange_servers"]["hosts"].values():
            variables.update(case.get("servers", {}))
        inventory = lab.folder / "wrong.yml"
        inventory.write_text(yaml.safe_dump(content), encoding="utf-8")
    if "fault" in case:
        lab.fault(**case["fault"])
    log = folder / "ansible.log"
    log.unlink(missing_ok=True)
    process = begin(
        "enable_hma",
        "-vvvvv",
        "--diff",
        inventory=inventory,
        env={"ANSIBLE_LOG_PATH": str(log)},
        **case.get("extra", {}),
    )
    with watching(process.pid, [folder / "tmp", folder / "home"]) as watch:
        run = ended(process)
    places = [lab.folder / "records", *(path for path in folder.iterdir() if path.name.startswith("hma_"))]
    written = {
        str(path): path.read_text("utf-8", errors="replace")
        for place in places
        for path in place.rglob("*")
        if path.is_file()
    }
    return {
        "stdout and stderr": run.output,
        "log": log.read_text("utf-8"),
        "while it ran": "\n".join(watch.seen),
        **written,
    }


def search(lab: LabClient, begin: Begin, folder: Path, case: str) -> list[str]:
    left = left_by(lab, begin, folder, FAULTS[case])
    assert len(left["log"]) > 1000
    assert "ansible-playbook" in left["while it ran"]
    if case != "success":
        assert "failed=1" in left["stdout and stderr"] or "unreachable=1" in left["stdout and stderr"], left[
            "stdout and stderr"
        ][-2000:]
    wanted = {(what, form) for what, secret in secrets_of(lab).items() for form in forms(secret)}
    return sorted(f"{what} in {where}: {form}" for what, form in wanted for where, text in left.items() if form in text)


@pytest.mark.matrix
def test_no_secret_in_what_a_run_leaves(lab: LabClient, begin: Begin, tmp_path: Path) -> None:
    assert search(lab, begin, tmp_path, "success") == []


@pytest.mark.matrix
@pytest.mark.parametrize("case", FAULTS)
@pytest.mark.parametrize(
    "connection", ["basic", "certificate", "credssp", "ntlm", "ntlm-http", "psrp", "psrp-http", "exchange"]
)
def test_no_secret_over_any_transport_in_any_failure(
    connection: str, case: str, begin: Begin, lab: LabClient, tmp_path: Path
) -> None:
    assert search(lab, begin, tmp_path, case) == []


@pytest.fixture
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LabClient]:
    connection = getattr(request.node, "callspec", None) and request.node.callspec.params.get("connection")
    with running("default", tmp_path / "lab", connection or None) as started:
        yield started
