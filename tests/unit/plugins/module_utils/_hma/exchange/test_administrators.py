# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who administers Exchange: groups in the group, groups that contain each other, and the built-in account."""

from __future__ import annotations

from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.administrators import (
    LEVELS,
    Administrators,
    Membership,
    named,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import (
    Cmdlet,
    CmdletResult,
    ErrorRecord,
)

NOT_THERE = ErrorRecord("[...ManagementObjectNotFoundException]", "", "ManagementObjectNotFoundException", "", "no")
SID = "S-1-5-21-1-2-3-"


def gave(*objects: dict[str, Any]) -> CmdletResult:
    return CmdletResult(list(objects), [], [])


def read(direct: list[dict[str, Any]], groups: dict[str, list[str]], users: dict[str, str]) -> Administrators:
    """``groups`` have members by identity, ``users`` the end of their identifier."""
    membership = Membership()
    membership.begin(gave(*direct))

    def answer(cmdlet: Cmdlet) -> CmdletResult:
        identity = cmdlet.parameters["Identity"]
        if cmdlet.name == "Get-Group" and identity in groups:
            return gave({"Name": identity, "Members": groups[identity]})
        if cmdlet.name == "Get-User" and identity in users:
            upn = "" if users[identity] == "500" else f"{identity}@contoso.test"
            return gave({"Name": identity, "UserPrincipalName": upn, "Sid": SID + users[identity]})
        return CmdletResult([], [NOT_THERE], [])

    rounds = 0
    while cmdlets := membership.next_cmdlets():
        membership.take([answer(cmdlet) for cmdlet in cmdlets])
        rounds += 1
    assert rounds <= LEVELS
    return membership.administrators()


def member(name: str, kind: str = "UserMailbox") -> dict[str, Any]:
    return {"Name": name, "Guid": name, "RecipientType": kind}


def test_members_of_groups_in_the_group_count() -> None:
    found = read(
        [member("alice"), member("admins", "Group"), member("root", "User")],
        {"admins": ["bob", "inner"], "inner": ["carol", "admins"]},
        {"alice": "1101", "bob": "1102", "carol": "1103", "root": "500"},
    )
    assert sorted(item.name for item in found.members) == ["alice", "bob", "carol", "root"]
    assert [item.name for item in found.members if item.built_in] == ["root"]
    assert found.unread == ()
    assert named(found.members, "BOB@contoso.test") is not None
    assert named(found.members, "") is None


def test_what_is_neither_user_nor_group_is_said() -> None:
    found = read([member("alice"), member("admins", "Group")], {"admins": ["ghost"]}, {"alice": "1101"})
    assert [item.name for item in found.members] == ["alice"]
    assert found.unread == ("ghost: no",)


def test_groups_that_are_nested_deeper_than_anybody_does_have_an_end() -> None:
    groups = {f"g{number}": [f"g{number + 1}"] for number in range(40)}
    found = read([member("g0", "Group")], groups, {})
    assert "deeper groups, than are read" in found.unread[-1]


def test_a_role_group_that_cannot_be_read() -> None:
    membership = Membership()
    membership.begin(CmdletResult([], [NOT_THERE], []))
    assert membership.next_cmdlets() == []
    assert membership.administrators().unread == ("Get-RoleGroupMember: no",)
