# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Options and result of hma_assess."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SETTINGS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.command import Command
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.facts import Facts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.declared import declared
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.policy import (
    Decision,
)

from .base import FactsOptions, RecordOptions, Result
from .plain import plain


@dataclass(frozen=True, kw_only=True)
class Options(FactsOptions, RecordOptions):
    """Which gate judges which facts by which settings, and what fails the task."""

    gate: str
    organization: Mapping[str, Any] | None
    settings: Mapping[str, Any]
    read: str
    resolve: bool
    fail_on: str
    fail: bool

    @classmethod
    def from_options(cls, given: Mapping[str, Any]) -> Self:
        return super().from_options({**given, "settings": _settings(given)})

    @property
    def audit(self) -> bool:
        return self.gate == "audit"


@dataclass(frozen=True)
class Blocking(Facts):
    """What a failed task shows of a finding that stops; Ansible prints the whole result of such a task in one line."""

    id: str
    status: str
    object: str
    message: str
    fix: str
    commands: Sequence[Command]

    @classmethod
    def of(cls, finding: Finding) -> Blocking:
        return cls(**{item.name: getattr(finding, item.name) for item in fields(cls)})


@dataclass(frozen=True, kw_only=True)
class Assessment(Result):
    """The findings and what they come to; ``facts`` are the canonical document, in an audit that did not fail."""

    stops: bool
    findings: Sequence[Finding] | Sequence[Blocking]
    warnings: Sequence[str]
    overridden: Sequence[Decision]
    facts: Mapping[str, Any] | None
    default_tenant_id: str | None
    writer: str | None
    newer_reader: str | None


def _settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that are given; for the rest, what the public variables of the run say. Both have the types of the
    option."""
    own = {name: value for name, value in (given["settings"] or {}).items() if value is not None}
    variables = declared(given["facts"].get("settings") or {}, list(SETTINGS), given["gate"])
    judged = ArgumentSpecValidator(SETTINGS).validate(variables)
    if judged.error_messages:
        raise Refused(f"facts: settings: {'; '.join(judged.error_messages)}")
    return {**plain(judged.validated_parameters), **own}
