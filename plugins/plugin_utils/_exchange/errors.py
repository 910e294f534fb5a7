# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The two ways in which Exchange can be out of reach or say no."""

from __future__ import annotations


class Unreachable(Exception):
    """The host could not be reached and nothing was written: Ansible's *unreachable*."""


class ExchangeError(Exception):
    """The host answered, but not as needed. ``uncertain``: a write was under way, its outcome is not known."""

    def __init__(self, message: str, *, uncertain: bool = False) -> None:
        super().__init__(message)
        self.uncertain = uncertain


class AnswerError(ExchangeError):
    """The answer did not arrive whole. A read may be asked again."""


class Overtaken(ExchangeError):
    """What a write rests on is not as it was when it was planned. Nothing was written."""


class NotLocal(ExchangeError):
    """This connection has Exchange's cmdlets and nothing of the server's own."""


def not_local(host: str, why: str) -> NotLocal:
    """``why`` is a sentence: what cannot be done here."""
    return NotLocal(f"{host}: {why} Next: reach this server by winrm, or by psrp to the default endpoint.")
