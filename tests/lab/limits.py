# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a WinRM service answers when it will not go on: its faults, its quotas as delivered, and those that a test asks
for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from .journal import Faults

# MaxShellsPerUser and IdleTimeout (seconds) of Windows Server 2012 and later, as delivered.
SHELLS_PER_USER: Final = 30
IDLE: Final = 7200.0


class Fault(Exception):
    """A WS-Management fault. ``wmi`` is the code that some faults carry beside the WSManFault, ``detail`` the end of a
    FaultDetail."""

    def __init__(
        self, code: int, subcode: str, text: str, *, sender: bool = True, wmi: int | None = None, detail: str = ""
    ) -> None:
        super().__init__(text)
        self.code, self.subcode, self.sender, self.wmi, self.detail = code, subcode, sender, wmi, detail


def timed_out() -> Fault:
    text = "The WS-Management service cannot complete the operation within the time specified in OperationTimeout.  "
    return Fault(2150858793, "w:TimedOut", text, sender=False)


def gone(what: str) -> Fault:
    text = (
        f"The WS-Management service cannot process the request because the request contained invalid selectors: "
        f"the {what} was not found. "
    )
    return Fault(2150858843, "w:InvalidSelectors", text, detail="UnexpectedSelectors")


def unknown_resource(uri: str) -> Fault:
    text = (
        f"The WS-Management service cannot process the request. The resource URI ({uri}) was not found in the "
        f"WS-Management catalog. "
    )
    return Fault(2150858811, "a:DestinationUnreachable", text, detail="InvalidResourceURI")


def too_many_shells(allowed: int = SHELLS_PER_USER) -> Fault:
    text = (
        f"The WS-Management service cannot process the request. This user is allowed a maximum number of "
        f"{allowed} concurrent shells, "
        "which has been exceeded. Close existing shells or raise the quota for this user. "
    )
    return Fault(2150859173, "w:QuotaLimit", text)


def too_many_operations() -> Fault:
    text = (
        "The WS-Management service cannot process the request. The maximum number of concurrent operations "
        "for this user has been exceeded. "
        "Close existing operations for this user, or raise the quota for this user. "
    )
    return Fault(2150859174, "w:QuotaLimit", text, wmi=2150859174)


def busy() -> Fault:
    return Fault(170, "w:InternalError", "The requested resource is in use. ", sender=False)


_KINDS: Final[dict[str, Callable[[], Fault]]] = {
    "busy": busy,
    "shells": too_many_shells,
    "operations": too_many_operations,
    "timeout": timed_out,
    "gone": lambda: gone("shell"),
}


def injected(faults: Faults, host: str, name: str) -> Fault | None:
    """The fault that is to happen to an action: {at: wsman, name: Receive, action: busy}."""
    return next(
        (fault() for action, fault in _KINDS.items() if faults.take("wsman", host=host, name=name, action=action)), None
    )
