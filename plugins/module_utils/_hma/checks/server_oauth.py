# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judge of OAuth between Exchange and Exchange Online: what step 4 did to it, for one mailbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from ..base.values import Properties
from ..exchange.server_oauth import OAuthTest
from .check import Check, Finding
from .inventory import TaskResult
from .references import CMDLET

if TYPE_CHECKING:
    from .inputs import Inputs

STILL_WORKS: Final = Check(
    "HMA-OAUTH-001", "Server-to-server OAuth works", "medium", "organization", on_bad="warn",
    why="Step 4 adds domains to the AuthServer, and server-to-server OAuth (free/busy, archives) uses them at once. "
        "Where it worked before that step and does not after it, the step broke it.",
    read="With hma_oauth_mailbox only: Test-OAuthConnectivity -Service EWS with this mailbox on premises, by "
        "enable_hma right before and right after step 4, and by audit_hma. Its result is read, never Detail.",
    remedy="Test-OAuthConnectivity -Service EWS -TargetUri https://outlook.office365.com/ews/exchange.asmx -Mailbox "
        "<mailbox> | Format-List shows why. Where step 4 broke it: restore_hma takes the domains back.",
    source=f"{CMDLET}/test-oauthconnectivity",
)  # fmt: skip
_LOOK: Final = "Let Test-OAuthConnectivity show its Detail for this mailbox; HMA itself does not rest on it."
_BACK: Final = "Take step 4 back with restore_hma and the record of this run, and look at DomainName of the AuthServer."


@dataclass(frozen=True)
class Tried:
    """One try: its result, or why there is none; neither where nobody asked for it."""

    test: OAuthTest | None = None
    error: str | None = None

    @classmethod
    def from_result(cls, result: Mapping[str, Any]) -> Tried:
        """From the result of hma_info, scope oauth."""
        if not result or result.get("skipped"):
            return cls()
        found = result.get("oauth")
        if found:
            return cls(OAuthTest.from_facts(Properties(found, "facts: oauth")))
        return cls(error=TaskResult(result).error or "it was not tried.")


@dataclass(frozen=True)
class Tries:
    """Before step 4 and after it; ``before`` alone where a playbook has no step 4."""

    before: Tried = Tried()
    after: Tried = Tried()

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Tries:
        found = facts.get("oauth") or {}
        return cls(*(Tried.from_result(found.get(when) or {}) for when in ("before", "after")))


def works(inputs: Inputs) -> list[Finding]:
    check, before, after = STILL_WORKS, inputs.oauth.before, inputs.oauth.after
    last = after if after.test or after.error else before
    if last.error:
        return [check.unread(inputs.name, last.error, "Mend what the reason names; then run this again.")]
    if last.test is None:
        return [check.not_applicable(inputs.name, "no mailbox was named for it (hma_oauth_mailbox).")]
    expected, actual = "Success", last.test.result
    if last.test.works:
        return [check.passed(inputs.name, f"for {last.test.mailbox}", expected=expected, actual=actual)]
    tasks = "; ".join(last.test.tasks)
    broke = last is after and before.test is not None and before.test.works
    if broke:
        message = f"for {last.test.mailbox} it worked before step 4 and does not after it: {actual} ({tasks})."
        found = check.failed(inputs.name, message, _BACK, expected=expected, actual=actual)
        return [replace(found, status="fail", gate=True)]
    known = " as before step 4" if last is after and before.test is not None else ""
    message = f"for {last.test.mailbox} it does not work{known}: {actual} ({tasks})."
    return [check.failed(inputs.name, message, _LOOK, expected=expected, actual=actual)]


CHECKS: Final = (STILL_WORKS,)
