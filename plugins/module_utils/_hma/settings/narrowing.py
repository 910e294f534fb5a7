# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Options that make a run do a part of its work: a limit, tags, a task to start at, a slice of a job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ..base.quoting import shell_quoted

PLAYBOOKS: Final = (
    "audit_hma",
    "watch_hma",
    "register_spns",
    "prepare_vdirs",
    "enable_hma",
    "verify_hma",
    "enable_owa_hma",
    "disable_owa_hma",
    "block_legacy_auth",
    "disable_hma",
    "restore_hma",
    "record_organization",
    "try_writes_on_one_directory",
    "measure_sign_ins",
)
CONTROL_NODE: Final = "localhost"
# These do their work on some servers or tenants as well as on all.
_MAY_BE_LIMITED: Final = frozenset({"prepare_vdirs", "register_spns", "disable_owa_hma", "record_organization"})
_REASONS: Final = {
    "enable_hma": (
        "enable_hma switches an organization on, with every server and tenant. For a part of the work run "
        "register_spns or prepare_vdirs."
    ),
    "verify_hma": "verify_hma proves an organization, with every server and tenant.",
    "audit_hma": "audit_hma judges an organization, with every server and tenant.",
    "measure_sign_ins": "measure_sign_ins counts on every server: each of them has a part of everybody's sign-ins.",
    "watch_hma": "watch_hma compares an organization, with every server and tenant.",
    "enable_owa_hma": "enable_owa_hma changes how people sign in on every server, one after the other.",
    "block_legacy_auth": (
        "block_legacy_auth proves an organization, with every server and tenant, before anybody is blocked."
    ),
    "disable_hma": "disable_hma switches an organization off, with every server.",
    "restore_hma": (
        "restore_hma takes back what the record holds; give it the record of the run that is to be taken back."
    ),
}
_SLICED: Final = (
    " A workflow template must not have the same name as the job template of {playbook} in it: that is how AWX "
    "names the slices of a job."
)


@dataclass(frozen=True)
class Invocation:
    """How a playbook was called. ``sliced``: AWX runs it as one of the slices of a job."""

    limit: str = ""
    tags: tuple[str, ...] = ()
    skip_tags: tuple[str, ...] = ()
    start_at_task: str = ""
    step: bool = False
    sliced: bool = False

    @property
    def omissions(self) -> list[str]:
        """The options that leave tasks out."""
        options = [f"--tags {','.join(self.tags)}"] if self.tags not in ((), ("all",)) else []
        options += [f"--skip-tags {','.join(self.skip_tags)}"] if self.skip_tags else []
        options += [f"--start-at-task {self.start_at_task!r}"] if self.start_at_task else []
        return options + (["--step"] if self.step else [])

    @property
    def parts(self) -> list[str]:
        """The options that leave hosts out."""
        return ([f"--limit {self.limit}"] if self.limit else []) + (["job slicing"] if self.sliced else [])


def refusal(playbook: str, invocation: Invocation, hosts: Sequence[str]) -> str | None:
    """Why a playbook does not run when it is called like this; ``hosts`` are all of the inventory."""
    may_be_limited = playbook in _MAY_BE_LIMITED
    unwanted = invocation.omissions + ([] if may_be_limited else invocation.parts)
    if unwanted:
        sliced = _SLICED.format(playbook=playbook) if "job slicing" in unwanted else ""
        reason = _REASONS.get(playbook, f"{playbook} leaves none of its tasks out.")
        return (
            f"{playbook} does not run with {' and '.join(unwanted)}, and nothing was read or changed. {reason}{sliced}"
        )
    if invocation.limit and not hosts:
        return (
            f"{playbook} has no host: the inventory is empty, so that --limit {invocation.limit} names nothing. "
            f"Give the inventory with -i."
        )
    return None


def missing_part(playbook: str, servers: Sequence[str], tenants: Sequence[str], hosts: Sequence[str]) -> str | None:
    """Why ``hosts``, which a limit left of a run, are too few: one server reads the organization, and one host is
    worked on."""
    if CONTROL_NODE not in hosts:
        return (
            f"--limit leaves the control node out, where {playbook} begins and ends. Name the hosts one by one, "
            f"localhost among them, without & and !."
        )
    named = [host for host in hosts if host != CONTROL_NODE]
    if servers and not any(host in servers for host in named):
        return f"--limit leaves no Exchange server, and {playbook} needs one. Add it: {_limit(*named, servers[0])}"
    if playbook == "register_spns" and tenants and not any(host in tenants for host in named):
        return f"--limit leaves no tenant to register names in. Add one: {_limit(*named, tenants[0])}"
    return None


def _limit(*hosts: str) -> str:
    return f"--limit {shell_quoted(','.join(hosts))}"
