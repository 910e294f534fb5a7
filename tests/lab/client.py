# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab from a test's side: start, look, break, stop."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]


class LabClient:
    """A running lab, known by its folder. ``process`` is the lab's own, where this process started it."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes] | None = None) -> None:
        self.folder = folder
        self._process = process
        self.inventory = folder / "inventory.yml"
        self._control = json.loads((folder / "control").read_text(encoding="utf-8"))

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self._ask("state")
        return found

    def journal(self, *kinds: str) -> list[dict[str, Any]]:
        return [item for item in self._ask("journal") if not kinds or item["kind"] in kinds]

    def processor(self) -> float:
        """The seconds of a processor that the lab itself took so far."""
        return float(self._ask("processor"))

    def writes(self) -> list[dict[str, Any]]:
        return [item for item in self.journal("cmdlet", "graph") if item.get("write")]

    def fault(self, **fault: Any) -> None:
        self._ask("fault", fault)

    def change(self, at: list[str | int], to: Any) -> None:
        """Set one value of the running scenario (tenants; Exchange has copied its part)."""
        self._ask("change", {"at": at, "to": to})

    def write(self, cmdlet: str, identity: str, values: dict[str, Any]) -> None:
        """What another administrator does in between: a Set by a directory's server, or an object's name. It is in no
        journal."""
        self._ask("write", {"cmdlet": cmdlet, "identity": identity, "values": values})

    def add(self, kind: str, spec: dict[str, Any]) -> None:
        """An object that the Hybrid Configuration Wizard, or a person, makes in between: an AuthServer as a scenario
        writes it."""
        self._ask("add", {"kind": kind, "spec": spec})

    def remove(self, kind: str, name: str) -> None:
        """An object that somebody removes in between."""
        self._ask("remove", {"kind": kind, "name": name})

    def join(self, server: str, **values: Any) -> None:
        """Setup puts Exchange on a server of the scenario that had left; ``values`` are as a scenario writes a
        server."""
        self._ask("join", {"name": server, "values": values})

    def leave(self, server: str) -> None:
        """Setup takes Exchange from a server, whose Windows stays."""
        self._ask("leave", {"name": server})

    def install(self, server: str, version: str, file_version: str) -> None:
        """An update is installed on a server."""
        self._ask("install", {"name": server, "version": version, "file_version": file_version})

    def roll(self) -> None:
        """The next auth certificate takes the place of the current one."""
        self._ask("roll")

    def upload(self) -> None:
        """The applications that are to know the auth certificate get the current one."""
        self._ask("upload")

    def publish(self, *names: str) -> None:
        """The certificate of the published names gets further ones."""
        self._ask("publish", {"names": list(names)})

    def secrets(self) -> list[str]:
        """What the lab itself handed out or was shown: access tokens, client assertions."""
        found: list[str] = self._ask("secrets")
        return found

    def remedy(self) -> None:
        """No fault any more."""
        self._ask("remedy")

    def again(self) -> None:
        """Build the organizations anew from the scenario as it was changed."""
        self._ask("again")

    def advance(self, seconds: float) -> None:
        """Move the lab's clock on."""
        self._ask("advance", {"seconds": seconds})

    def settled(self, folder: Path) -> LabClient | None:
        """The same lab in another folder, as if just started there; None while something is still going on in it."""
        deadline = time.monotonic() + 1
        while not self._ask("settle", {"folder": str(folder)})["settled"]:
            if time.monotonic() > deadline:
                return None
            time.sleep(0.02)
        return LabClient(folder, self._process)

    def reset(self) -> None:
        self._ask("reset")

    def clear(self) -> None:
        self._ask("clear")

    def stop(self) -> None:
        self._ask("stop")
        if self._process is not None:
            self._process.communicate(timeout=10)
        deadline = time.monotonic() + 10
        while (self.folder / "ready").exists() and time.monotonic() < deadline:
            time.sleep(0.05)

    def _ask(self, what: str, body: Any = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - loopback, from our own file
            f"{self._control['url']}/{what}", json.dumps(body or {}).encode(), {"X-Lab-Token": self._control["token"]}
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as response:
            return json.load(response)


class NotStarted(RuntimeError):
    """A lab did not start. An ordinary error: it fails the story that asked, and the stories behind it run."""


def start(
    scenario: str, folder: Path, connection: str | None = None, engine: str | None = None, *, stays: bool = False
) -> LabClient:
    """Start a scenario in a process of its own and wait until everything listens.

    The lab ends when this process ends, however it ends: the lab holds the other end of a pipe. One that ``stays`` is
    for people.
    """
    way = [*(["--connection", connection] if connection else []), *(["--engine", engine] if engine else [])]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ready").unlink(missing_ok=True)
    with (folder / "lab.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.lab", "serve", "--scenario", scenario, "--dir", str(folder), *way,
                *([] if stays else ["--with-starter"])],
            cwd=_ROOT, stdin=subprocess.DEVNULL if stays else subprocess.PIPE, stdout=log, stderr=log,
            start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
    deadline = time.monotonic() + 30
    while not (folder / "ready").exists():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            process.communicate()
            raise NotStarted("The lab did not start:\n" + (folder / "lab.log").read_text(encoding="utf-8"))
        time.sleep(0.02)
    return LabClient(folder, None if stays else process)


@contextlib.contextmanager
def running(
    scenario: str, folder: Path, connection: str | None = None, engine: str | None = None
) -> Iterator[LabClient]:
    lab = start(scenario, folder, connection, engine)
    try:
        yield lab
    finally:
        lab.stop()


class Labs:
    """Running labs for story after story: a lab takes as long to start as a short playbook, and a moment to begin
    anew."""

    def __init__(self, most: int = 3) -> None:
        self._most = most
        # The one that rested longest first.
        self._resting: dict[tuple[str, str | None], LabClient] = {}

    @contextlib.contextmanager
    def running(self, scenario: str, folder: Path, connection: str | None = None) -> Iterator[LabClient]:
        """A lab in the state of its scenario, in this folder. One in which something is still going on is stopped, not
        used again."""
        key = (scenario, connection)
        rested = self._resting.pop(key, None)
        lab = rested.settled(folder) if rested is not None else None
        if rested is not None and lab is None:
            rested.stop()
        lab = lab or start(scenario, folder, connection)
        try:
            yield lab
        finally:
            self._rest(key, lab)

    def _rest(self, key: tuple[str, str | None], lab: LabClient) -> None:
        another = self._resting.pop(key, None)
        self._resting[key] = lab
        if another is None and len(self._resting) > self._most:
            another = self._resting.pop(next(iter(self._resting)))
        if another is not None:
            another.stop()

    def stop(self) -> None:
        while self._resting:
            self._resting.popitem()[1].stop()
