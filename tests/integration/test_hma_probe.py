# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe against Exchange's client-facing https: each verdict, what stands in front, a fleet, and whom it speaks
to."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._probe.module import probe

from tests.lab.client import LabClient, running

IDENTITY = "hma.probe@contoso.test"
EWS = [{"name": "mail.contoso.test", "protocols": ["ews"]}]
Asked = dict[str, Any]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabClient]:
    with running("compliant", tmp_path_factory.mktemp("lab")) as found:
        yield found


@pytest.fixture
def site(started: LabClient) -> LabClient:
    """The compliant organization, as it was at the start."""
    started.reset()
    return started


@pytest.fixture
def spoken_to(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Every address that is connected to, and every name that is looked up."""
    found: list[tuple[str, int]] = []
    connect = socket.create_connection

    def guarded(address: tuple[str, int], *arguments: Any, **more: Any) -> socket.socket:
        found.append(address)
        return connect(address, *arguments, **more)

    monkeypatch.setattr(socket, "create_connection", guarded)
    return found


def addresses(lab: LabClient, spoken_to: list[tuple[str, int]]) -> set[str]:
    """Where the probe connected to; the tests themselves speak to the lab's control port."""
    control = json.loads((lab.folder / "control").read_text("utf-8"))["url"].removeprefix("http://")
    return {f"{host}:{port}" for host, port in spoken_to} - {control}


def variables(lab: LabClient) -> dict[str, Any]:
    content = yaml.safe_load(lab.inventory.read_text("utf-8"))
    hosts = content["all"]["children"]["exchange_servers"]["hosts"]
    return {**content["all"]["vars"], "places": {name: host["hma_probe_address"] for name, host in hosts.items()}}


def urls(lab: LabClient) -> list[dict[str, Any]]:
    """Client URLs as hma_info reads them."""
    state = lab.state()["organizations"][0]
    found = [
        {"server": item["Server"], "kind": kind, "where": where, "url": item[field]}
        for kind in ("mapi", "ews", "oab", "activesync")
        for item in state[f"vdir:{kind}"]
        for where, field in (("internal", "InternalUrl"), ("external", "ExternalUrl"))
    ]
    scp = [
        {"server": item["Name"], "kind": "autodiscover", "where": "scp", "url": item["AutoDiscoverServiceInternalUri"]}
        for item in state["server"]
    ]
    return [item for item in found + scp if item["url"]]


def ask(lab: LabClient, **options: Any) -> Asked:
    """One call of the module, with its defaults and the lab's addresses."""
    own = variables(lab)
    given = {name: option.get("default") for name, option in SPECS["hma_probe"]["argument_spec"].items()}
    given |= {
        "connect_to": own["hma_probe_connect_to"],
        "ca_path": own["hma_probe_ca_path"],
        "identities": [IDENTITY],
        "timeout": 5,
        **options,
    }
    given["targets"] = [
        {"connect_to": own["hma_probe_connect_to"][target["name"]], **target} for target in given["targets"]
    ]
    return probe(given)


def servers(lab: LabClient, **more: Any) -> list[dict[str, Any]]:
    return [
        {"host": host, "server": host, "connect_to": address, **more}
        for host, address in variables(lab)["places"].items()
    ]


def bad(result: Asked) -> dict[str, str]:
    return {
        f"{item['id']} {item['object']}": item["status"]
        for item in result["findings"]
        if item["status"] != "pass" and item["id"] != "HMA-PRB-007"
    }


def verdict(result: Asked, identity: str | None = IDENTITY) -> str:
    """The verdict of the only target, asked as one identity."""
    (found,) = [row for row in result["probes"] if row["identity"] == identity]
    return str(found["verdict"])


def test_everything_is_right_and_only_configured_places_are_spoken_to(
    site: LabClient, spoken_to: list[tuple[str, int]]
) -> None:
    result = ask(site, client_urls=urls(site), servers=servers(site))
    assert not result["failed"], result["msg"]
    assert result["summary"] == {"proven": 42, "refuted": 0, "unproven": 0}
    assert bad(result) == {}
    own = variables(site)
    allowed = {*own["hma_probe_connect_to"].values(), *own["places"].values()}
    assert addresses(site, spoken_to) == allowed
    entries = site.journal("web")
    assert {entry["host"] for entry in entries} == {"EX1", "EX2", "EX3", "EX4"}
    for entry in entries:
        # The public name in SNI and in Host, and nothing that a user's client would add.
        assert entry["sni"] == entry["name"]
        assert entry["name"] in own["hma_probe_connect_to"]
        assert not {"Cookie", "Content-Type"} & set(entry["sent"])
        assert entry["bearer"] == ("autodiscover.json" not in entry["path"])
    assert {entry["identity"] for entry in entries if entry["bearer"]} == {None, IDENTITY}
    assert all(row["issuer_kind"] in (None, "AzureAD") for row in result["probes"])
    assert {
        row["authorization_uri"]
        for row in result["probes"]
        if row["verdict"] == "ready" and row["protocol"] != "autodiscover_v2"
    } == {"https://login.windows.net/common/oauth2/authorize"}


def test_a_newer_build_without_a_mailbox_is_not_proven(site: LabClient) -> None:
    (new,) = [item for item in servers(site) if item["host"].startswith("ex4")]
    result = ask(site, client_urls=urls(site), servers=[new], published=False, identities=[])
    assert {row["verdict"] for row in result["probes"]} == {"indeterminate"}
    assert result["failed"]
    assert "hma_probe_identities" in result["msg"]
    assert not ask(site, client_urls=urls(site), servers=[new], published=False, identities=[], unproven="warn")[
        "failed"
    ]


@pytest.mark.parametrize(
    ("at", "fault", "wanted"),
    [
        ("web", {"action": "lie"}, "not_offered"),
        ("balancer", {"action": "strip"}, "not_offered"),
        ("balancer", {"action": "offload"}, "not_offered"),
        ("balancer", {"action": "anonymous"}, "pre_authenticated"),
        ("balancer", {"action": "redirect", "to": "https://portal.contoso.test/my.policy"}, "pre_authenticated"),
        ("balancer", {"action": "rewrite", "to": "sts.contoso.test"}, "other_endpoint"),
        ("web", {"action": "moved"}, "moved"),
        ("web", {"action": "status", "status": 404}, "not_found"),
        ("web", {"action": "status", "status": 503}, "indeterminate"),
        ("web", {"action": "drop"}, "unreachable"),
        ("web", {"action": "slow", "seconds": 3}, "timeout"),
        ("web", {"action": "header", "value": 'Bearer realm="gateway"'}, "other_bearer"),
    ],
    ids=lambda value: value["action"] if isinstance(value, dict) else value,
)
def test_each_verdict(
    site: LabClient, spoken_to: list[tuple[str, int]], at: str, fault: dict[str, Any], wanted: str
) -> None:
    site.fault(at=at, **fault)
    result = ask(site, targets=EWS, timeout=1)
    assert verdict(result) == wanted
    assert result["failed"]
    assert addresses(site, spoken_to) == {variables(site)["hma_probe_connect_to"]["mail.contoso.test"]}


@pytest.mark.parametrize(
    ("steps", "wanted", "text"),
    [
        pytest.param([{"at": ["config", "OAuth2ClientProfileEnabled"], "to": False}], "no_endpoint",
                     "off for the organization", id="flag off"),
        pytest.param([{"at": ["auth_servers", 2, "default"], "to": True}], "no_endpoint", "more than one",
                     id="two defaults"),
        pytest.param([{"at": ["auth_servers", 0, "default"], "to": False}], "no_endpoint", "no default",
                     id="no default"),
        pytest.param(
            [
                {"at": ["auth_servers", 0, "default"], "to": False},
                {
                    "at": ["auth_servers"],
                    "append": {"name": "ADFS", "type": "ADFS", "default": True, "endpoint": "https://adfs.contoso.test/adfs/oauth2/authorize"},
                },
            ],
            "adfs", "adfs.contoso.test", id="AD FS",
        ),
        pytest.param([{"at": ["servers"], "keep": [3]}, {"at": ["modern_auth_blocked"], "to": [IDENTITY]}],
                     "no_endpoint", "policy", id="blocked"),
    ],
)  # fmt: skip
def test_the_configuration_is_what_is_told(tmp_path: Path, steps: list[dict[str, Any]], wanted: str, text: str) -> None:
    with running(_scenario(tmp_path, steps), tmp_path / "lab") as lab:
        result = ask(lab, targets=EWS)
        assert verdict(result) == wanted
        assert text in result["msg"]
        assert ask(lab, targets=EWS, expected="not_offered")["failed"] == (wanted == "adfs")


def _scenario(folder: Path, steps: list[dict[str, Any]], base: str = "compliant") -> str:
    path = folder / "scenario.yml"
    changes = [{**step, "at": ["organizations", 0, *step["at"]]} for step in steps]
    path.write_text(yaml.safe_dump({"about": "A variation.", "base": base, "changes": changes}), encoding="utf-8")
    return str(path)


def test_certificates(tmp_path: Path) -> None:
    kinds = ["right", "wrong", "expired", "untrusted"]
    steps = [{"at": ["servers", index, "web"], "to": {"certificate": kind}} for index, kind in enumerate(kinds)]
    steps += [{"at": ["servers", 3, "web"], "to": {"certificate": "own"}}]
    with running(_scenario(tmp_path, steps[:4]), tmp_path / "first") as lab:
        result = ask(lab, client_urls=urls(lab), servers=servers(lab), published=False, kinds=["ews"])
        told = {row["server"]: (row["verdict"], row["reason"]) for row in result["probes"] if row["identity"]}
        assert {server: verdict for server, (verdict, _reason) in told.items()} == {
            "EX1": "ready",
            "EX2": "tls",
            "EX3": "tls",
            "EX4": "tls",
        }
        assert "mail.corp.contoso.test" in told["EX2"][1]
        assert "expired" in told["EX3"][1]
        # Not one request went where the certificate was not right.
        assert {entry["host"] for entry in lab.journal("web")} == {"EX1"}
        off = ask(
            lab, client_urls=urls(lab), servers=servers(lab, validate_certs=False), published=False, kinds=["ews"]
        )
        assert off["summary"]["proven"] == 4
    with running(_scenario(tmp_path, steps[4:]), tmp_path / "second") as lab:
        (own,) = [item for item in servers(lab) if item["host"].startswith("ex4")]
        plain = ask(lab, client_urls=urls(lab), servers=[own], published=False)
        assert plain["summary"] == {"proven": 0, "refuted": 0, "unproven": 6}
        other = ask(
            lab, client_urls=urls(lab), servers=[{**own, "certificate_name": "ex9.corp.contoso.test"}], published=False
        )
        assert "the certificate is not valid for 'ex9.corp.contoso.test'" in other["msg"]
        assert lab.journal("web") == []
        named = ask(
            lab, client_urls=urls(lab), servers=[{**own, "certificate_name": "ex4.corp.contoso.test"}], published=False
        )
        assert not named["failed"], named["msg"]
        assert {entry["sni"] for entry in lab.journal("web")} == {entry["name"] for entry in lab.journal("web")}


@pytest.mark.parametrize(
    "fault",
    [{"action": "strip"}, {"action": "offload"}, {"action": "rewrite", "to": "login.microsoftonline.com"}],
    ids=lambda item: item["action"],
)
def test_what_stands_in_front_is_told_from_the_servers(site: LabClient, fault: dict[str, Any]) -> None:
    site.fault(at="balancer", name="mail.contoso.test", **fault)
    result = ask(site, client_urls=urls(site), servers=servers(site), kinds=["ews"])
    wrong = bad(result)
    assert wrong.pop("HMA-PRB-003 mail.contoso.test ews") == "fail"
    assert set(wrong) <= {"HMA-PRB-002 mail.contoso.test ews"}
    text = next(item["message"] for item in result["findings"] if item["id"] == "HMA-PRB-003")
    assert "asked directly, EX1, EX2, EX3, EX4 offer Bearer with https://login.windows.net" in text


@pytest.mark.matrix
def test_one_lying_directory_of_forty_servers_is_found_and_named(tmp_path: Path) -> None:
    common = {
        "version": "Version 15.2 (Build 1748.10)",
        "internal": "mail.corp.contoso.test",
        "external": "mail.contoso.test",
    }
    common["scp"] = "https://autodiscover.contoso.test/Autodiscover/Autodiscover.xml"
    fleet = [
        {"name": f"MBX{number:02}", "inventory_name": f"mbx{number:02}.corp.contoso.test", **common}
        for number in range(1, 41)
    ]
    with running(_scenario(tmp_path, [{"at": ["servers"], "to": fleet}]), tmp_path / "lab") as lab:
        lab.fault(at="web", host="MBX17", directory="oab", action="lie")
        result = ask(lab, client_urls=urls(lab), servers=servers(lab), published=False)
        assert result["failed"]
        assert bad(result) == {"HMA-PRB-001 MBX17 oab": "fail"}
        assert result["summary"] == {"proven": 239, "refuted": 1, "unproven": 0}
        assert "MBX17 oab: not_offered" in result["msg"]
        assert "ansible-playbook hybrid.exchange.prepare_vdirs --limit mbx17.corp.contoso.test" in result["msg"]
        assert len(result["msg"].splitlines()) == 2


def test_a_hundred_targets_are_asked_at_once(site: LabClient) -> None:
    site.fault(at="web", action="slow", seconds=0.05)
    places = list(variables(site)["places"].values())
    targets = [
        {"name": "mail.contoso.test", "server": f"S{number}", "protocols": ["ews"], "connect_to": places[number % 4]}
        for number in range(100)
    ]
    start = time.monotonic()
    result = ask(site, targets=targets, identities=[IDENTITY])
    assert time.monotonic() - start < 10
    assert result["summary"] == {"proven": 100, "refuted": 0, "unproven": 0}
    assert len(site.journal("web")) == 200


def test_a_pilot_is_reported_by_identity(tmp_path: Path) -> None:
    with running(
        _scenario(tmp_path, [{"at": ["modern_auth_blocked"], "to": ["other@contoso.test"]}]), tmp_path / "lab"
    ) as lab:
        result = ask(lab, targets=EWS, identities=[IDENTITY, "other@contoso.test"])
        assert not result["failed"]
        assert bad(result) == {"HMA-PRB-004 mail.contoso.test ews": "warn"}
        assert f"{IDENTITY}: ready; other@contoso.test: no_endpoint" in next(
            item["message"] for item in result["findings"] if item["id"] == "HMA-PRB-004"
        )


def test_autodiscover_v2_hands_out_a_name_that_is_not_ours(tmp_path: Path, spoken_to: list[tuple[str, int]]) -> None:
    steps = [
        {"at": ["servers", index, "directories", "activesync"], "to": {"external": "phones.contoso.test"}}
        for index in range(4)
    ]
    with running(_scenario(tmp_path, steps), tmp_path / "lab") as lab:
        target = [{"name": "autodiscover.contoso.test", "protocols": ["autodiscover"]}]
        result = ask(lab, targets=target, extra_names=["mail.contoso.test"])
        assert result["failed"]
        handed = {
            row["url"].split("=")[1].split("&")[0]: row["verdict"]
            for row in result["probes"]
            if row["protocol"] == "autodiscover_v2"
        }
        assert handed == {"ActiveSync": "unregistered", "EWS": "unregistered"}
        assert "phones.contoso.test is none of the names" in result["msg"]
        # Handed out, and not asked: the configuration does not name it.
        assert {entry["name"] for entry in lab.journal("web")} == {"autodiscover.contoso.test"}
        whole = ask(lab, client_urls=urls(lab), servers=[])
        assert whole["summary"]["refuted"] == 0
        moved = ask(lab, targets=target, identities=["user@elsewhere.test"])
        assert {row["verdict"] for row in moved["probes"] if row["protocol"] == "autodiscover_v2"} == {"moved"}


def test_settings_that_take_time_are_waited_for(site: LabClient) -> None:
    site.fault(at="web", host="EX2", action="lie", count=2)
    asked = [
        {
            "name": "mail.contoso.test",
            "server": "EX2",
            "protocols": ["ews"],
            "connect_to": variables(site)["places"]["ex2.corp.contoso.test"],
        }
    ]
    assert ask(site, targets=asked)["failed"]
    site.reset()
    site.fault(at="web", host="EX2", action="lie", count=4)
    result = ask(site, targets=asked, deadline=20, pause=1)
    assert not result["failed"], result["msg"]
    assert len(site.journal("web")) == 6


def test_what_no_waiting_changes_is_not_waited_for(site: LabClient) -> None:
    start = time.monotonic()
    result = ask(
        site,
        targets=[{"name": "mail.contoso.test", "protocols": ["ews"], "connect_to": "127.0.0.1:1"}],
        deadline=60,
        pause=1,
    )
    assert time.monotonic() - start < 10
    assert {row["verdict"] for row in result["probes"]} == {"unreachable"}


def test_nothing_to_ask_and_a_missing_ca(site: LabClient) -> None:
    with pytest.raises(Refused, match="nothing to ask"):
        ask(site)
    with pytest.raises(Refused, match="does not exist on the host where the probe runs"):
        ask(site, targets=EWS, ca_path="/nowhere/ca.pem")
