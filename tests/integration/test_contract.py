# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One contract over every way into Exchange: the same tasks give the same results, and each failure means the same."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.story import PATIENCE
from tests.lab.client import LabClient, running

EX1, EX2 = "ex1.corp.contoso.test", "ex2.corp.contoso.test"
# How a host's results name the way, and the lab's name for it.
TRANSPORTS = {"winrm": "ntlm", "psrp": "psrp", "psrp-exchange": "exchange"}
TENANT, OLD_TENANT = (f"{digit * 8}-aaaa-4bbb-8ccc-00000000000{digit}" for digit in "13")
OLD, NEW = "EvoSTS - old tenant", "EvoSTS"
Task = tuple[str, dict[str, Any]]
READS: list[Task] = [("hma_info", {"scope": scope}) for scope in ("host", "server", "organization")]
NOWHERE: Task = ("hma_info", {"scope": "server", "server": "nowhere"})
READS += [("hma_info", {"scope": "server", "server": EX2}), NOWHERE]
READS += [("hma_info", {"scope": scope, "read": "full"}) for scope in ("organization", "server")]
IDENTITIES: list[Task] = [
    ("hma_info", {"scope": "identity", "domains": ["contoso.test"], "page": page}) for page in (1, 1000)
]
READS += IDENTITIES
THERE: list[Task] = [
    ("hma_vdir_oauth", {"kinds": ["mapi", "activesync"]}),
    ("hma_vdir_oauth", {"kinds": ["ews"], "server": EX2}),
    ("hma_authserver", {"tenant_id": TENANT, "domain_names": ["contoso.onmicrosoft.com"]}),
    (
        "hma_authserver",
        {"tenant_id": TENANT, "default_authorization_endpoint": True, "replace_default_authserver": OLD},
    ),
    ("hma_orgconfig", {"oauth2_client_profile_enabled": True, "mapi_http_enabled": True}),
]
BACK: list[Task] = [
    ("hma_orgconfig", {"oauth2_client_profile_enabled": False}),
    (
        "hma_authserver",
        {"tenant_id": OLD_TENANT, "default_authorization_endpoint": True, "replace_default_authserver": NEW},
    ),
    ("hma_vdir_oauth", {"kinds": ["ews"], "server": EX2, "state": "absent"}),
    ("hma_vdir_oauth", {"kinds": ["mapi", "activesync"], "state": "absent"}),
]


def perform(lab: LabClient, folder: Path, tasks: list[Task], *arguments: str, **variables: Any) -> list[dict[str, Any]]:
    """Run tasks on EX1 and give back their results; a variable that is None is taken out of the inventory."""
    content = yaml.safe_load(lab.inventory.read_text("utf-8"))
    host = content["all"]["children"]["exchange_servers"]["hosts"][EX1]
    host.update(variables)
    for name in [name for name, value in variables.items() if value is None]:
        del host[name]
    (folder / "inventory.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    steps: list[dict[str, Any]] = []
    for number, (module, options) in enumerate(tasks):
        own = {"register": f"result{number}", "ignore_errors": True, "ignore_unreachable": True}
        named = options if module == "hma_info" else {"run_id": "contract", **options}
        steps += [
            {f"hybrid.exchange.{module}": named, **own},
            {"ansible.builtin.debug": {"msg": f"RESULT {{{{ result{number} | to_json }}}} RESULT"}},
        ]
    playbook = folder / "tasks.yml"
    playbook.write_text(yaml.safe_dump([{"hosts": EX1, "gather_facts": False, "tasks": steps}]), encoding="utf-8")
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "ANSIBLE_NOCOLOR": "1",
        "HOME": str(folder),
    }
    command = [
        str(Path(sys.executable).with_name("ansible-playbook")),
        "-i",
        str(folder / "inventory.yml"),
        str(playbook),
        *arguments,
    ]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120 * PATIENCE, check=False
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stdout + done.stderr
    found = [json.loads(json.loads(f'"{text}"')) for text in re.findall(r'"msg": "RESULT (.*) RESULT"', done.stdout)]
    assert len(found) == len(tasks), done.stdout + done.stderr
    return found


def without_time(value: Any) -> Any:
    """A result without what differs from one lab, and from one moment, to the next."""
    if isinstance(value, dict):
        made = {key: bool(value[key]) for key in ("thumbprint", "not_before", "not_after") if key in value}
        volatile = {"time", "transport", *(("id", "run", "pid", "started") if "pid" in value else ())}
        return {**{key: without_time(item) for key, item in value.items() if key not in volatile}, **made}
    return [without_time(item) for item in value] if isinstance(value, list) else value


def differing(one: Any, other: Any, where: str = "") -> list[str]:
    """Where two results differ, and how."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return [text for key in one for text in differing(one[key], other[key], f"{where}.{key}")]
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)) and len(one) == len(other):
        return [
            text
            for number, pair in enumerate(zip(one, other, strict=True))
            for text in differing(*pair, f"{where}[{number}]")
        ]
    return [] if one == other else [f"{where}: {one!r} is not {other!r}"]


def as_sets(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_sets(item) for key, item in value.items() if key != "OriginatingServer"}
    if isinstance(value, list):
        return frozenset(value) if all(isinstance(item, str) for item in value) else [as_sets(item) for item in value]
    return value


def story(lab: LabClient, folder: Path, transport: str) -> dict[str, Any]:
    """Look, predict, do, do again, undo: what came back of each, and that each did what it said."""
    before = as_sets(lab.state())
    reads = perform(lab, folder, READS)
    assert {item["read"]["transport"] for item in reads} == {transport}

    # Over Exchange's own endpoint who answers is itself a read, so the domain controller is known where nothing else
    # was found.
    for number in (0, READS.index(NOWHERE), *(READS.index(item) for item in IDENTITIES)):
        for read in (reads[number]["read"], reads[number].get("identity", {}).get("read", {})):
            read.pop("domain_controller", None)

    predicted = perform(lab, folder, THERE, "--check", "--diff")
    assert [(item["changed"], item["predicted"]) for item in predicted] == [(True, True)] * len(THERE)
    assert lab.writes() == []
    assert as_sets(lab.state()) == before

    applied = perform(lab, folder, THERE)
    assert [item["diff"] for item in applied] == [item["diff"] for item in predicted]
    assert [item["commands"] for item in applied] == [item["commands"] for item in predicted]
    assert len(lab.writes()) == sum(len(item["commands"]) for item in applied)
    writes = [(item["name"], item["parameters"]) for item in lab.writes()]

    lab.clear()
    again = perform(lab, folder, THERE)
    assert [(item["changed"], item["diff"]) for item in again] == [(False, [])] * len(THERE)
    assert lab.writes() == []

    undone = perform(lab, folder, BACK)
    assert [item["changed"] for item in undone] == [True] * len(BACK)
    back = as_sets(lab.state())
    for item in back["organizations"][0]["authserver"]:
        if item["Name"] == NEW:
            # Domains are added and stay.
            item["DomainName"] -= {"contoso.onmicrosoft.com"}
    assert back == before
    results = {"reads": reads, "predicted": predicted, "applied": applied, "again": again, "undone": undone}
    return {"writes": writes, **{key: without_time(value) for key, value in results.items()}}


@pytest.mark.matrix
def test_results_are_equal_but_for_the_transport_s_name(tmp_path: Path) -> None:
    outcomes = {}
    for transport, connection in TRANSPORTS.items():
        with running("default", tmp_path / connection, connection) as lab:
            folder = tmp_path / f"of-{connection}"
            folder.mkdir()
            outcomes[transport] = story(lab, folder, transport)
    for transport, outcome in outcomes.items():
        for part, expected in outcomes["winrm"].items():
            assert outcome[part] == expected, f"{transport}: {part}: {differing(outcome[part], expected)}"


@pytest.mark.parametrize("transport", ["psrp", "psrp-exchange"])
def test_shells_and_requests(transport: str, tmp_path: Path) -> None:
    """The cost of one changed server: over Exchange's own endpoint one shell for the read, the writes and the
    read-back."""
    with running("default", tmp_path / "lab", TRANSPORTS[transport]) as lab:
        perform(lab, tmp_path, [("hma_vdir_oauth", {})])
        cmdlets = [item["name"] for item in lab.journal("cmdlet")]
        requests = Counter(item["action"] for item in lab.journal("http"))
        assert requests["Create"] == requests["Delete"] == 1
        assert requests["Signal"] >= requests["Command"] - 1
        if transport == "psrp":
            assert (len(lab.journal("shell")), len(cmdlets)) == (2, 5 + 6)
        else:
            # One more: whose name is it?
            assert (len(lab.journal("shell")), len(cmdlets)) == (1, 1 + 5 + 6)
            assert cmdlets[0] == "Get-ExchangeServer"
        pinned = [item["parameters"] for item in lab.journal("cmdlet")[1:]]
        assert {item["DomainController"] for item in pinned} == {"dc1.corp.contoso.test"}


READ: Task = ("hma_info", {"scope": "organization"})
WRITE: Task = ("hma_orgconfig", {"oauth2_client_profile_enabled": True})
VIEWER = {"ansible_user": "CONTOSO\\viewer", "ansible_password": "l00k-0nly"}
NOBODY = {"ansible_user": "CONTOSO\\nobody", "ansible_password": "wr0ng"}
CA = {"winrm": "ansible_winrm_ca_trust_path", "psrp": "ansible_psrp_ca_cert", "psrp-exchange": "ansible_psrp_ca_cert"}
SCRIPTS, EXCHANGE, ALL = ("winrm", "psrp"), ("psrp-exchange",), tuple(TRANSPORTS)
NEGOTIATE = ("ansible_psrp_auth", "negotiate")
CONFIGURATION, SIGNED_IN_TO = "ansible_psrp_configuration_name", "ansible_psrp_negotiate_hostname_override"
NO_PARAMETER = {
    "name": "Set-OrganizationConfig",
    "id": "NamedParameterNotFound",
    "message": "A parameter cannot be found.",
}


@dataclass(frozen=True)
class Failure:
    """What is broken, what is asked, what has to come of it and what the message has to say."""

    outcome: str
    says: str = ""
    task: Task = READ
    faults: tuple[dict[str, Any], ...] = ()
    variables: tuple[tuple[str, Any], ...] = ()
    transports: tuple[str, ...] = ALL


def fault(**values: Any) -> tuple[dict[str, Any], ...]:
    return ({"host": "EX1", **values},)


FAILURES = {
    "401": Failure("unreachable", "was refused", faults=fault(at="http", action="401")),
    "stopped_pool": Failure("unreachable", "application pool is stopped", faults=fault(at="http", action="503")),
    "untrusted": Failure("unreachable", "its certificate is not trusted here", variables=(("CA", None),)),
    "refused": Failure("unreachable", "nothing listens there", variables=(("ansible_port", 9),)),
    "shell_quota": Failure("unreachable", "quota of shells", faults=fault(at="wsman", name="Create", action="shells")),
    "busy": Failure("unreachable", "too busy to answer", faults=fault(at="wsman", name="Create", action="busy")),
    "timeout": Failure("unreachable", "did not answer", faults=fault(at="wsman", name="Create", action="timeout")),
    "slow": Failure("ok", faults=fault(at="cmdlet", action="slow", name="Get-AuthConfig", seconds=3, count=1),
                    variables=(("TIMEOUT", 2),)),
    "shell_gone_once": Failure("ok", faults=fault(at="wsman", name="Command", action="gone", count=1)),
    "shell_gone": Failure("unreachable", "its shell is gone", faults=fault(at="wsman", name="Command", action="gone")),
    "breaks_once": Failure("ok", faults=fault(at="cmdlet", action="die_before", name="Get-AuthServer", count=1)),
    "breaks": Failure("unreachable", "connection failed", faults=fault(at="cmdlet", action="die_before",
                                                                       name="Get-AuthServer")),
    "breaks_before_the_write": Failure("uncertain", "Uncertain: ", WRITE, fault(at="cmdlet", action="die_before",
                                                                                name="Set-OrganizationConfig")),
    "breaks_after_the_write": Failure("uncertain", "Uncertain: ", WRITE, fault(at="cmdlet", action="die_after",
                                                                               name="Set-OrganizationConfig")),
    "noise": Failure("ok", faults=fault(at="output", action="noise"), transports=SCRIPTS),
    "cut_once": Failure("ok", faults=fault(at="output", action="truncate", count=1)),
    "cut": Failure("failed", "gave a cut answer", faults=fault(at="output", action="truncate"), transports=SCRIPTS),
    "cut_objects": Failure("unreachable", "its shell is gone", faults=fault(at="output", action="truncate"),
                           transports=EXCHANGE),
    "damaged_once": Failure("ok", faults=fault(at="output", action="damage", count=1), transports=EXCHANGE),
    "damaged": Failure("failed", "cannot be read", faults=fault(at="output", action="damage"), transports=EXCHANGE),
    "no_exchange": Failure("failed", "is this an Exchange server", faults=fault(
        at="session",
        message="HTTP status 404."), transports=SCRIPTS),
    "no_exchange_here": Failure("unreachable", "is it an Exchange server", variables=(("ansible_psrp_path", "Nothing"),
                                                                                      ), transports=EXCHANGE),
    "wrong_path": Failure("unreachable", "Microsoft.Exchange is at PowerShell", variables=((
        "ansible_psrp_path",
        "wsman"), NEGOTIATE), transports=EXCHANGE),
    "wrong_name": Failure("unreachable", "2150858811", variables=((CONFIGURATION, "Nothing"),), transports=("psrp",)),
    "no_role": Failure("failed", "the account has no Exchange role", variables=tuple(NOBODY.items())),
    "too_many_shells": Failure("failed", "too many Exchange shells", faults=fault(
        at="session",
        message="a maximum of 18 concurrent shells")),
    "hidden_cmdlet": Failure("failed", "the account's roles hide it", WRITE, variables=tuple(VIEWER.items())),
    "hidden_parameter": Failure("failed", "does not have the parameter", WRITE, fault(at="cmdlet", action="error",
                                                                                      **NO_PARAMETER)),
    "no_language": Failure("failed", "runs no script text", variables=((CONFIGURATION, "Restricted"),),
                           transports=("psrp",)),
    "powershell_7": Failure("failed", "needs Windows PowerShell 5.1", variables=((CONFIGURATION, "PowerShell.7"),),
                            transports=("psrp",)),
    "balancer": Failure(
        "failed", "is not the name of an Exchange server", WRITE, variables=((SIGNED_IN_TO, "mail.contoso.test"),),
        transports=EXCHANGE
    ),
    "short_name": Failure("failed", "knows ex1.corp.contoso.test", WRITE, variables=((SIGNED_IN_TO, "EX1"),),
                          transports=EXCHANGE),
    "other_user": Failure("failed", "remove exchange_user", (WRITE[0], {**WRITE[1], "exchange_user": "CONTOSO\\other"}),
                          transports=EXCHANGE),
    "same_user": Failure("ok", "", (READ[0], {**READ[1], "exchange_user": "contoso\\HMA"}), transports=EXCHANGE),
}  # fmt: skip
# What each failure means is judged without a connection (test_recorded_failures.py); that it comes over each transport
# is for the long run, but for one of each kind: refused at sign-in, not allowed, broken, cut, not Exchange.
QUICK = {
    ("winrm", "401"), ("winrm", "breaks_after_the_write"), ("psrp", "powershell_7"), ("psrp-exchange", "hidden_cmdlet"),
}  # fmt: skip
CASES = [
    pytest.param(
        transport, name, id=f"{transport}-{name}", marks=[] if (transport, name) in QUICK else [pytest.mark.matrix]
    )
    for transport in TRANSPORTS
    for name, case in FAILURES.items()
    if transport in case.transports
]


@pytest.fixture(scope="module")
def by_transport(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, LabClient]]:
    """Started where they are first asked for."""
    started: dict[str, LabClient] = {}
    yield started
    for lab in started.values():
        lab.stop()


@pytest.mark.parametrize(("transport", "name"), CASES)
def test_a_failure_means_the_same(
    transport: str,
    name: str,
    by_transport: dict[str, LabClient],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    case = FAILURES[name]
    if transport not in by_transport:
        from tests.lab.client import start

        by_transport[transport] = start("default", tmp_path_factory.mktemp(transport), TRANSPORTS[transport])
    lab = by_transport[transport]
    lab.reset()
    for one in case.faults:
        lab.fault(**one)
    aliases = {
        "CA": CA[transport],
        "TIMEOUT": "ansible_winrm_operation_timeout_sec" if transport == "winrm" else "ansible_psrp_operation_timeout",
    }
    variables = {aliases.get(key, key): value for key, value in case.variables}
    result = perform(lab, tmp_path, [case.task], **variables)[0]
    found = (
        "unreachable"
        if result.get("unreachable")
        else "uncertain"
        if result.get("uncertain")
        else "failed"
        if result.get("failed")
        else "ok"
    )
    assert found == case.outcome, result
    assert case.says in result.get("msg", ""), result
    assert result.get("msg", EX1).startswith(("Task failed: ", "ex1.corp"))
    sent = [item for item in lab.writes() if item["name"] == "Set-OrganizationConfig"]
    assert len(sent) <= 1
    if case.outcome != "uncertain":
        assert [item for item in sent if item["ok"]] == []
