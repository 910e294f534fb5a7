# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything is back, or the sentence names what is not."""

from __future__ import annotations

from typing import Any

from ansible_collections.hybrid.exchange.plugins.filter.restored import restored
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.verdict import Ended, TenantBack, Write, judge

WRITES = [Write("1", "EX1\\EWS", False), Write("2", "tenant t servicePrincipalNames", True)]


def ended(**values: Any) -> Ended:
    return Ended(**{"left": (), "refused": (), "handled": frozenset({"1"}), "tenants": (), **values})


def test_back_as_it_was_is_said_only_of_everything() -> None:
    assert judge(WRITES, ended(), check=False).message == "What was recorded is back as it was before."
    checked = judge(WRITES, ended(), check=True)
    assert checked.message == "Check mode: nothing was changed. What was recorded would be back as it was before."
    left = judge(WRITES, ended(left=(("EX1\\EWS", "free/busy."), ("EX2\\EWS", "free/busy."))), check=False)
    assert (left.complete, left.message) == (
        True,
        "What was recorded is back as it was before, except: EX1\\EWS, EX2\\EWS: free/busy.",
    )


def test_what_is_not_back_is_named() -> None:
    refused = judge(WRITES, ended(refused=(("EX1\\EWS", "in use."),), left=(("EX2\\EWS", "free/busy."),)), check=True)
    assert not refused.complete
    assert (
        refused.message
        == "Check mode: nothing was changed. Not everything would go back. EX1\\EWS: in use.  Left on purpose: "
        "EX2\\EWS: free/busy."
    )
    missed = judge(WRITES, ended(handled=frozenset()), check=False)
    assert not missed.complete
    assert "Not reached: EX1\\EWS. Make its host reachable" in missed.message


def test_names() -> None:
    def of(tenant: TenantBack) -> tuple[bool, str]:
        verdict = judge(WRITES, ended(tenants=(tenant,)), check=False)
        return verdict.complete, verdict.message

    assert of(TenantBack("t", ("a",), ("b",), (), ("B",)))[0]
    assert of(TenantBack("t", ("a",), (), ("A",), None)) == (
        False,
        "Not everything went back. names of tenant t (a): Entra does not show the change yet, or "
        "hma_spn_mode does not write; run this again.",
    )
    assert "names of tenant t (b): why" in of(TenantBack("t", (), ("b",), None, (), "why"))[1]
    assert "and 2 more" in of(TenantBack("t", tuple("abcdefg")))[1]


def test_hosts_are_named_so_that_one_that_fell_out_is_missed() -> None:
    names = {"names": {"t": ["a"], "u": ["c"]}, "names_taken": {"t": ["b"]}}
    read = {"history": [{"id": "1", "object": "EX1\\EWS", "target": {"type": "directory"}}], **names}
    hosts = {
        "ex1": {
            "hma_restored_organization": {"left": [], "refused": [], "handled": []},
            "hma_restored_directories": {"handled": ["1"]},
        },
        "ex2": {},
        "contoso": {
            "hma_tenant_id": "T",
            "hma_restore_tenant_result": {"after": []},
            "hma_restore_tenant_back": {"after": ["b"]},
        },
    }
    found = restored(read, hosts, ["ex1", "ex2"], ["contoso"])
    assert not found["complete"]
    assert "names of tenant u (c): no host of the inventory stands for it." in found["message"]
    assert "tenant t" not in found["message"]
    assert restored({**read, "names": {"t": ["a"]}}, hosts, ["ex1", "ex2"], ["contoso"])["complete"]
    failed = {**hosts, "ex1": {"hma_restore_stop_result": {"failed": True, "msg": "EX1: no IIS."}}}
    assert "ex1: EX1: no IIS." in restored(read, failed, ["ex1", "ex2"], ["contoso"])["message"]
    # One part does not hide why another one failed.
    busy = {"hma_restore_stop_organization_result": {"failed": True, "msg": "EX1: it is busy."}}
    both = {**hosts, "ex1": {"hma_restore_stop_result": {"failed": True, "msg": "EX1: no IIS."}, **busy}}
    message = restored(read, both, ["ex1", "ex2"], ["contoso"])["message"]
    assert "EX1: no IIS." in message
    assert "EX1: it is busy." in message


def test_why_a_server_was_not_reached_is_said() -> None:
    read = {"history": [{"id": "1", "object": r"EX1\EWS", "target": {"type": "directory"}}], "names": {}}
    lost = {"unreachable": True, "msg": "the credentials were rejected"}
    hosts = {"ex1": {"hma_restored_directories": lost}, "localhost": {}}
    found = restored({**read, "names_taken": {}}, hosts, ["ex1"], [])
    assert not found["complete"]
    assert "ex1: the credentials were rejected" in found["message"]


def test_nothing_of_a_server_that_was_removed_is_left_to_go_back() -> None:
    """Nobody can make its host reachable again."""
    writes = [Write("1", "EX1\\EWS", False, "EX1"), Write("2", "EX9\\EWS", False, "EX9")]
    gone = judge(writes, ended(servers=frozenset({"ex1"})), check=False)
    assert (gone.complete, gone.message) == (
        True,
        "What was recorded is back as it was before, except: EX9\\EWS: the organization has no server EX9 any more, so "
        "that nothing of it is left to go back.",
    )
    for servers in (frozenset({"ex1", "ex9"}), frozenset[str]()):
        assert "Not reached: EX9\\EWS." in judge(writes, ended(servers=servers), check=False).message


def test_a_task_that_was_under_way_is_not_back() -> None:
    read = {"history": [], "names": {}, "names_taken": {}, "unfinished": [{"task": "Turn OAuth on", "host": "ex2"}]}
    found = restored(read, {"localhost": {}}, [], [])
    assert not found["complete"]
    assert "What the task 'Turn OAuth on' wrote on ex2: the events end while it was under way" in found["message"]
    assert not found["begun"]
