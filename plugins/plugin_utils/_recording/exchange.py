# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Reading for a recording over the host's own connection. What comes back has everybody's names in it: it goes
to the control node's memory, and is written nowhere (``_hma/recording/document.py``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.clouds import CLOUDS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import ClientUrl
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import THIS_SERVER, CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import KINDS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.targets import (
    PAGES,
    Server,
    Target,
    Tls,
    behind,
    names_by_kind,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.web_pages import pages_of
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.questions import (
    Question,
    next_of_organization,
    of_organization,
    of_server,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._probe.client import Probe

from .._exchange.shell import Answer, Shell

_CONTROLLER: Final = "OriginatingServer"
_STATUS: Final = "CurrentConfigDomainController"


def read_server(shell: Shell, server: str | None, *, organization: bool) -> dict[str, Any]:
    """What a server says of itself, and of the organization where it is asked for that."""
    questions = of_server(server or THIS_SERVER) + (of_organization() if organization else [])
    began = monotonic()
    answer = shell.run([question.cmdlet for question in questions])
    shell_time = int((monotonic() - began) * 1000) - sum(result.milliseconds or 0 for result in answer.results)
    readings = _readings(questions, answer)
    if organization:
        more = _more(questions, answer)
        readings += _readings(more, shell.run([question.cmdlet for question in more])) if more else []
    return {
        "name": answer.host.name,
        "fqdn": answer.host.fqdn,
        "transport": answer.transport,
        "powershell": answer.host.powershell,
        "shell_milliseconds": max(0, shell_time),
        "readings": readings,
        "challenges": [],
        "trials": [],
    }


def _readings(questions: Sequence[Question], answer: Answer) -> list[dict[str, Any]]:
    return [reading_of(one, result) for one, result in zip(questions, answer.results, strict=True)]


def reading_of(question: Question, result: CmdletResult) -> dict[str, Any]:
    """The answer to one question, as the document takes it."""
    errors = [
        {
            "id": item.id,
            "category": item.category,
            "reason": item.reason,
            "target": item.target,
            "message": item.message,
        }
        for item in result.errors
    ]
    return {
        "id": question.id,
        "cmdlet": question.cmdlet.name,
        "keeps": question.keeps,
        "milliseconds": result.milliseconds if result.ran else None,
        "objects": question.kept(result.objects),
        "errors": errors,
        "warnings": list(result.warnings),
    }


def _more(questions: Sequence[Question], answer: Answer) -> list[Question]:
    """What can be asked only now."""
    found = {one.id: result.objects for one, result in zip(questions, answer.results, strict=True)}
    servers = [item for item in found["servers"] if value(item, "IsClientAccessServer") is True]
    own = fold(answer.host.name)
    others = [item for item in servers if fold(str(value(item, "Name"))) != own]
    controllers = [value(item, _CONTROLLER) for item in found["auth_servers"] + found["config"]]
    members = [item for item in found["members"] if "user" in fold(str(value(item, "RecipientType")))]
    return next_of_organization(
        next((str(name) for name in controllers if name), None),
        [str(value(item, "Name")) for item in others if value(item, _STATUS)],
        [str(value(item, "Name")) for item in others if _STATUS in item["adapted"] and not value(item, _STATUS)],
        next((str(value(item, "Guid")) for item in members), None),
    )


def value(item: Mapping[str, Any], name: str) -> Any:
    """A plain value of a raw object."""
    found = item["adapted"].get(name)
    return found.get("value") if isinstance(found, Mapping) else None


def read_challenges(
    readings: Sequence[Mapping[str, Any]], place: Mapping[str, Any], timeout: float
) -> list[dict[str, Any]]:
    """What the server's own front end says to somebody without a token, at the server's own address."""
    server = Server.from_options(place, Tls())
    urls = [url for reading in readings if reading["id"] in (*KINDS, *PAGES) for url in _urls(reading)]
    kinds = [kind for kind in KINDS if any(url.kind == kind for url in urls)]
    targets = [*behind(server, urls, names_by_kind(urls, kinds), kinds), *pages_of(server, urls)]
    answers = Probe(CLOUDS["global"], (), timeout=timeout).ask_all(targets)
    return [_challenge(target, answer) for target, answer in zip(targets, answers, strict=True)]


def _challenge(target: Target, answer: Any) -> dict[str, Any]:
    return {
        "protocol": target.protocol,
        "name": target.name,
        "status": answer.status,
        "failure": answer.failure,
        "headers": {name: list(values) for name, values in answer.headers.items()},
    }


def _urls(reading: Mapping[str, Any]) -> list[ClientUrl]:
    return [
        ClientUrl(str(value(item, "Server")), str(reading["id"]), where, value(item, name))
        for item in reading["objects"]
        for where, name in (("internal", "InternalUrl"), ("external", "ExternalUrl"))
        if isinstance(value(item, name), str) and value(item, "Server")
    ]
