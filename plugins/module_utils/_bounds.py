# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. How small and how large the number of an option may be; public variables that end in one have the same.

An argument specification of Ansible has no word for it. Where Python, Exchange or a socket would refuse a number in the
middle of a run, it is refused before anything is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

_DAY: Final = 86400
_CENTURY: Final = 36500
_MANY: Final = 10_000_000
_TIMEOUT: Final = (1, 3600)
_WAIT: Final = (0, _DAY)

# By module and option, or suboption: the least and the most.
BOUNDS: Final[Mapping[str, tuple[int, int]]] = {
    "hma_info.page": (1, 100_000),
    "hma_restore.throttle": (0, 1000),
    "hma_vdir_oauth.throttle": (0, 1000),
    "hma_replication.deadline": _WAIT,
    "hma_spn.verify_seconds": _WAIT,
    "hma_reply_urls.verify_seconds": _WAIT,
    "hma_probe.timeout": _TIMEOUT,
    "hma_probe.deadline": _WAIT,
    "hma_probe.pause": (0, 3600),
    "hma_probe.parallel": (1, 1000),
    "hma_web_probe.timeout": _TIMEOUT,
    "hma_web_probe.deadline": _WAIT,
    "hma_web_probe.pause": (0, 3600),
    "hma_assess.settings.unsynced_accepted": (0, _MANY),
    "hma_sign_ins.days": (1, 3650),
    "hma_sign_ins.time_limit": _TIMEOUT,
    "hma_sign_ins.rows": (1, _MANY),
    "hma_sign_ins.page": (1, 100_000),
    "hma_user_policy.batch": (1, 100_000),
    "hma_policy_wave.days": (14, 3650),
    "hma_drift.keep": (1, 100_000),
    "hma_drift.days": (0, _CENTURY),
    "hma_notify.timeout": _TIMEOUT,
    "hma_recording_info.timeout": _TIMEOUT,
}

# The number that a variable of a role is handed to.
OF_ROLES: Final[Mapping[str, str]] = {
    "hma_owa_probe_deadline": "hma_web_probe.deadline",
    "hma_owa_probe_pause": "hma_web_probe.pause",
    "hma_preflight_unsynced_accepted": "hma_assess.settings.unsynced_accepted",
    "hma_restore_throttle": "hma_restore.throttle",
    "hma_vdir_throttle": "hma_vdir_oauth.throttle",
    "hma_verify_probe_deadline": "hma_probe.deadline",
    "hma_verify_probe_pause": "hma_probe.pause",
    "hma_verify_probe_timeout": "hma_probe.timeout",
}


def bounded(path: str, spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """The specification of an option with the bounds of its number."""
    if path not in BOUNDS:
        return spec
    least, most = BOUNDS[path]
    return {**spec, "least": least, "most": most}


def out_of_bounds(module: str, options: Mapping[str, Any]) -> Iterator[str]:
    """One sentence per option whose number is too small or too large."""
    for path, (least, most) in BOUNDS.items():
        own, *names = path.split(".")
        value: Any = options if own == module else None
        for name in names:
            value = value.get(name) if isinstance(value, Mapping) else None
        if isinstance(value, int) and not least <= value <= most:
            yield f"{'.'.join(names)} is {value}; expected a whole number from {least} to {most}."
