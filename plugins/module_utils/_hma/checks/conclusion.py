# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. How a run ended, in the words of its last line: whether all of it is proven, and what to do where it is
not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..base.command import playbook

_NAMED: Final = (
    "The report and the first message above that says failed or unreachable name the reason and what to do next."
)
_SWITCH_RESULT: Final = "Step 5, default authorization endpoint and modern authentication"
_LATER: Final = (
    "Modern authentication is off and the default endpoint is taken back, but not every server answers so "
    "yet. Servers pick it up with a delay: "
    "run verify_hma with -e hma_probe_expected=not_offered in some minutes; at the latest an iisreset on "
    "that server does it."
)
_DONE: Final[Mapping[str, str]] = {
    "enable_hma": "Hybrid Modern Authentication is on.",
    "enable_owa_hma": "Everybody signs in to Outlook on the web and the admin center at Entra.",
    "disable_owa_hma": "Nobody needs Entra any more to sign in to Outlook on the web and the admin center.",
}
_CHECK: Final = "Check mode: nothing was changed."
_TO_DO_IT: Final = f"{_CHECK} What is marked changed above is done by the same command without --check."


@dataclass(frozen=True)
class Conclusion:
    complete: bool
    message: str


@dataclass(frozen=True)
class Ended:
    """What ``run_facts`` says of a run that came to its end."""

    facts: Mapping[str, Any]
    problems: int = 0
    inventory: Sequence[str] = ()

    @property
    def run(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.facts["run"]
        return found

    @property
    def checking(self) -> bool:
        return bool(self.run["mode"] == "check")

    @property
    def probe_message(self) -> str:
        return str(self.facts["probe"].get("msg") or "")

    @property
    def refuted(self) -> bool:
        return bool((self.facts["probe"].get("summary") or {}).get("refuted"))


def of_chain(ended: Ended) -> Conclusion:
    """The end of enable_hma and of the playbooks that are a part of it."""
    if ended.run["stopped"] or ended.problems:
        return Conclusion(False, _join(_what_is_not(ended), _stopped(ended), _NAMED, _way_back(ended)))
    writes = ended.run["playbook"] != "verify_hma"
    checked = _TO_DO_IT if writes else _CHECK
    done = checked if ended.checking else _DONE.get(ended.run["playbook"], "Done.")
    today = " today, before any change" if ended.checking and writes else ""
    offered = f"What clients are offered{today}: {ended.probe_message.splitlines()[0]}" if ended.probe_message else ""
    return Conclusion(True, _join(done, offered, f"Run {ended.run['id']}."))


def _enabling(ended: Ended) -> bool:
    return bool(ended.run["playbook"] == "enable_hma")


def _what_is_not(ended: Ended) -> str:
    if not _enabling(ended):
        return "This run is not complete."
    if ended.run["enabled"]:
        return "Hybrid Modern Authentication was enabled, but not all of it is proven."
    switches: Mapping[str, Any] = next(
        (item["results"] for item in ended.facts["steps"] if item["step"] == _SWITCH_RESULT), {}
    )
    if any(result.get("uncertain") for result in switches.values()):
        return "Whether Hybrid Modern Authentication was enabled is not known."
    return "Hybrid Modern Authentication was not enabled by this run."


def _stopped(ended: Ended) -> str:
    return f"It stopped at: {ended.run['stopped']}." if ended.run["stopped"] else ""


def _way_back(ended: Ended) -> str:
    if ended.run["playbook"] == "enable_owa_hma" and not ended.checking:
        return f"The way back: {playbook('disable_owa_hma', ended.inventory).text}"
    if not (_enabling(ended) and ended.run["enabled"]) or ended.checking:
        return ""
    return f"The way back: {playbook('disable_hma', ended.inventory).text}"


def of_audit(ended: Ended, judged: Mapping[str, Any]) -> Conclusion:
    """An audit passes by its policy, and where clients were asked, by what they are offered."""
    right = not ended.refuted or ended.facts["settings"].get("hma_audit_fail_on") == "never"
    message = str(judged.get("msg") or "Nothing was judged.")
    return Conclusion(
        not judged.get("stops", True) and right, message if right else f"{message}\n{ended.probe_message}"
    )


def of_disable(ended: Ended, trouble: str, not_asked: str) -> Conclusion:
    """``trouble``: why the endpoint is not taken back. ``not_asked``: why nobody knows what clients are offered."""
    if trouble:
        return Conclusion(False, trouble)
    if ended.run["stopped"] and not not_asked:
        return Conclusion(False, _join(_LATER, ended.probe_message))
    unproven = (
        f"What clients are offered is not proven, because the organization was not read: {not_asked}"
        if not_asked
        else ""
    )
    return Conclusion(
        True,
        _join(_TO_DO_IT if ended.checking else "Modern authentication is off.", unproven, f"Run {ended.run['id']}."),
    )


def _join(*parts: str) -> str:
    return " ".join(part for part in parts if part)
