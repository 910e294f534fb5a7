# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An organization over the years, one event after the other: each guide's commands are typed as they stand there, in
their order, and the last one again changes nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.invariant import holds
from tests.integration.story import Run
from tests.lab.client import LabClient
from tests.unit.guides import GUIDES, blocks

ON = "Hybrid Modern Authentication is on."
SERVERS = ("EX1", "EX2", "EX3", "EX4")
FABRIKAM = "EvoSTS - 5c8cd4ba-65ea-4b8d-a4f6-6b3a7e1b6b01"
AS_SETUP_LEAVES_IT: dict[str, Any] = {
    "mapi": {"methods": ["Ntlm", "Negotiate"]}, "ews": {"oauth": False}, "oab": {"oauth": False},
    "autodiscover": {"oauth": False},
}  # fmt: skip


class Guide:
    """The console lines of a page, typed one by one in a folder whose inventory.yml is the lab's own."""

    def __init__(self, name: str, lab: LabClient, folder: Path) -> None:
        self.lines = [line for block in blocks(GUIDES[name], "console") for line in block.splitlines()]
        self._folder = folder
        self._typed: set[int] = set()
        self.inventory = folder / "inventory.yml"
        self.inventory.write_text(lab.inventory.read_text("utf-8"), "utf-8")

    def edit(self, **variables: Any) -> dict[str, Any]:
        """Public variables of the inventory; the result is its hosts by group, to be written with ``keep``."""
        self._content = yaml.safe_load(self.inventory.read_text("utf-8"))
        self._content["all"]["vars"].update(variables)
        return {name: group["hosts"] for name, group in self._content["all"]["children"].items()}

    def keep(self) -> None:
        self.inventory.write_text(yaml.safe_dump(self._content), "utf-8")

    def types(self, number: int, *words: str) -> Run:
        """One line; ``words`` are what its reader is to recognise in it."""
        line = self.lines[number]
        self._typed.add(number)
        assert all(word in line for word in words), line
        done = subprocess.run(
            ["bash", "-c", line.replace("contoso.com", "contoso.test")],
            cwd=self._folder, capture_output=True, text=True, timeout=240, check=False, stdin=subprocess.DEVNULL,
            env={
                **os.environ, "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(self._folder),
                "ANSIBLE_NOCOLOR": "1", "ANSIBLE_LOCALHOST_WARNING": "False",
            },
        )  # fmt: skip
        return Run(done.returncode, done.stdout + done.stderr, done.stdout)

    def followed(self) -> None:
        """Every line of the page was typed."""
        assert self._typed == set(range(len(self.lines)))

    def ends(self, number: int, words: str, beginning: str, changed: int = 0) -> Run:
        """A line that ends well, with this beginning of its last screen."""
        run = self.types(number, words)
        assert run.code == 0, run.output
        assert run.screen[0].partition(": ")[2].startswith(beginning), run.output
        assert run.changed == changed, run.output
        return run


def findings(run: Run, check: str) -> bool:
    return check in " ".join(run.screen)


@pytest.mark.matrix
@pytest.mark.scenario("compliant")
def test_a_server_joins(lab: LabClient, tmp_path: Path) -> None:
    guide = Guide("server_joins", lab, tmp_path)
    lab.leave("EX4")
    lab.join("EX4", directories=AS_SETUP_LEAVES_IT)
    look = guide.ends(0, "--limit ex4", "Ready to run.", changed=1)
    assert findings(look, "EX4\\mapi")
    assert lab.writes() == []
    guide.ends(1, "--limit ex4", "OAuth is on for every virtual directory.", changed=1)
    assert {item["host"] for item in lab.writes()} == {"EX4"}
    guide.ends(2, "--check", ON)
    guide.ends(3, "verify_hma", ON)
    guide.ends(1, "--limit ex4", "OAuth is on for every virtual directory.")
    guide.followed()


@pytest.mark.matrix
@pytest.mark.scenario("compliant")
def test_a_server_leaves(lab: LabClient, tmp_path: Path) -> None:
    """Only EX4 has the name mapi.contoso.test."""
    guide = Guide("server_leaves", lab, tmp_path)
    lab.leave("EX4")
    forgotten = guide.types(0, "--check")
    assert forgotten.code != 0
    assert findings(forgotten, "HMA-COV-002 ex4.corp.contoso.test")
    assert "Where Exchange was taken from it, take its host out of the inventory." in " ".join(forgotten.screen)

    del guide.edit()["exchange_servers"]["ex4.corp.contoso.test"]
    guide.keep()
    guide.ends(0, "--check", ON)
    audit = guide.ends(1, "audit_hma", ON)
    assert "used by no client URL: https://mapi.contoso.test/" in audit.text, audit.output
    assert lab.writes() == []
    before = names(lab)
    shown = guide.types(2, "absent", "--check")
    assert shown.code == 0 and "https://mapi.contoso.test/" in shown.output, shown.output
    assert names(lab) == before
    taken = guide.types(3, "absent")
    assert taken.code == 0, taken.output
    assert before - names(lab) == {"https://mapi.contoso.test/"}
    assert "changed=false" in guide.types(3, "absent").output.replace('"', "").replace(": ", "=")
    again = guide.types(4, "register_spns")
    assert again.code == 0, again.output
    assert names(lab) == before
    guide.followed()


def names(lab: LabClient, tenant: int = 0) -> set[str]:
    return set(lab.state()["tenants"][tenant]["service_principals"][0]["names"])


@pytest.mark.matrix
@pytest.mark.scenario("compliant")
def test_a_namespace_moves(lab: LabClient, tmp_path: Path) -> None:
    guide, new = Guide("namespace_moves", lab, tmp_path), "mail2.contoso.test"
    places = yaml.safe_load(guide.inventory.read_text("utf-8"))["all"]["vars"]["hma_probe_connect_to"]
    guide.edit(hma_probe_connect_to={**places, new: next(iter(places.values()))})
    guide.keep()
    before = names(lab)
    guide.ends(0, "--check", "Ready to run.", changed=2)
    registered = guide.types(1, "register_spns")
    assert registered.code == 0, registered.output
    assert names(lab) - before == {f"https://{new}/"}

    lab.publish(new)
    for server in SERVERS:
        lab.write("Set-MapiVirtualDirectory", server, {"ExternalUrl": f"https://{new}/mapi"})
        lab.write("Set-WebServicesVirtualDirectory", server, {"ExternalUrl": f"https://{new}/EWS/Exchange.asmx"})
        lab.write("Set-OabVirtualDirectory", server, {"ExternalUrl": f"https://{new}/OAB"})
        lab.write(
            "Set-ActiveSyncVirtualDirectory", server, {"ExternalUrl": f"https://{new}/Microsoft-Server-ActiveSync"}
        )
    guide.ends(2, "--check", ON)
    guide.ends(3, "verify_hma", ON)

    shown = guide.types(4, "absent", "--check")
    assert shown.code == 0 and "mail.contoso.test" in shown.output, shown.output
    taken = guide.types(5, "absent")
    assert taken.code == 0, taken.output
    assert before - names(lab) == {"https://mail.contoso.test/"}
    guide.ends(6, "audit_hma", ON)
    guide.followed()


@pytest.mark.matrix
@pytest.mark.scenario("compliant")
def test_a_tenant_is_added(lab: LabClient, tmp_path: Path) -> None:
    """Its AuthServer is there and disabled; its names and its domain are not there yet."""
    lab.remove("authserver", FABRIKAM)
    spec = {"name": FABRIKAM, "tenant_id": "22222222-aaaa-4bbb-8ccc-000000000002", "domain_names": ["fabrikam.test"]}
    lab.add("authserver", {**spec, "enabled": False})
    own = [name for name in names(lab, 1) if "contoso.test" not in name]
    lab.change(["tenants", 1, "service_principals", 0, "names"], own)
    guide, contoso = Guide("tenant_added", lab, tmp_path), names(lab)
    disabled = guide.types(0, "--check")
    assert disabled.code != 0
    assert findings(disabled, "HMA-AUTH-001 fabrikam"), disabled.output
    assert f"Set-AuthServer '{FABRIKAM}' -Enabled $true" in disabled.text

    lab.write("Set-AuthServer", FABRIKAM, {"Enabled": True})
    start = lab.state()
    look = guide.types(0, "--check")
    assert look.code == 0 and "enable_hma: Ready to run." in look.screen[0], look.output
    assert lab.writes() == []
    done = guide.types(1, "enable_hma")
    assert done.code == 0, done.output
    assert names(lab) == contoso and names(lab, 1) > set(own)
    holds(lab, start)
    guide.ends(2, "verify_hma", ON)
    guide.ends(1, "enable_hma", ON)
    guide.followed()


@pytest.mark.matrix
@pytest.mark.scenario("healthy")
def test_the_auth_certificate_is_renewed(lab: LabClient, tmp_path: Path) -> None:
    guide = Guide("certificate_renewed", lab, tmp_path)
    lab.change(["organizations", 0, "next_certificate"], {"date": "2099-01-01T00:00:00Z"})
    lab.change(["organizations", 0, "next_certificate_on"], ["EX1", "EX2", "EX3"])
    staged = guide.ends(0, "hma_audit_read=full", ON)
    assert findings(staged, "HMA-CERT-004"), staged.output

    # Its day: it is on every server by now, and nobody took it to Entra.
    lab.change(["organizations", 0, "next_certificate_on"], list(SERVERS))
    lab.roll()
    lab.change(["organizations", 0, "next_certificate"], False)
    rolled = guide.ends(0, "hma_audit_read=full", ON)
    assert findings(rolled, "HMA-CERT-004"), rolled.output
    guide.ends(1, "verify_hma", ON)

    lab.change(["tenants", 0, "registrations", 0, "key_credentials"], ["auth_certificate"])
    lab.upload()
    known = guide.ends(0, "hma_audit_read=full", ON)
    assert "HMA-CERT" not in " ".join(known.screen)
    guide.ends(2, "enable_hma", ON)
    assert guide.types(3, "register_spns", "--check").code == 0
    assert lab.writes() == []
    guide.followed()


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_an_update_that_sets_a_list_back_is_mended_on_its_server(lab: LabClient, tmp_path: Path) -> None:
    """While modern authentication is off, too."""
    guide = Guide("update_installed", lab, tmp_path)
    lab.install("EX2", "Version 15.2 (Build 2562.17)", "15.02.2562.053")
    lab.write("Set-MapiVirtualDirectory", "EX2", {"IISAuthenticationMethods": ["Ntlm", "Negotiate"]})
    guide.ends(2, "--limit ex2", "OAuth is on for every virtual directory.", changed=1)
    guide.ends(2, "--limit ex2", "OAuth is on for every virtual directory.")


@pytest.mark.matrix
@pytest.mark.scenario("healthy")
def test_an_update_is_installed(lab: LabClient, tmp_path: Path) -> None:
    guide = Guide("update_installed", lab, tmp_path)
    guide.ends(0, "watch_hma", "This is the first reading.")
    lab.install("EX2", "Version 15.2 (Build 2570.5)", "15.02.2570.005")
    lab.write("Set-MapiVirtualDirectory", "EX2", {"IISAuthenticationMethods": ["Ntlm", "Negotiate"]})
    lab.write("Set-OabVirtualDirectory", "EX2", {"OAuthAuthentication": False})
    look = guide.ends(1, "--limit ex2", "Ready to run.", changed=1)
    assert findings(look, "EX2\\OAB"), look.output
    guide.ends(2, "--limit ex2", "OAuth is on for every virtual directory.", changed=1)
    guide.ends(3, "verify_hma", ON)
    drift = guide.types(4, "watch_hma")
    screen = " ".join(drift.screen)
    assert drift.code == 2, drift.output
    assert "2570" in screen and "OAuth" not in screen, screen
    quiet = guide.types(4, "watch_hma")
    assert quiet.code == 0 and "Nothing new since" in quiet.screen[0], quiet.output
    guide.followed()
