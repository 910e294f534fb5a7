# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Reading for a recording over the host's own connection. What comes back has everybody's names in it: it goes
to the control node's memory, and is written nowhere (``_hma/recording/document.py``)."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.clouds import CLOUDS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import ClientUrl
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import (
    THIS_SERVER,
    Cmdlet,
    CmdletResult,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import KINDS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.targets import (
    PAGES,
    Server,
    behind,
    names_by_kind,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.web_pages import pages_of
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.answers import (
    ReadingAnswer,
    ServerAnswers,
    WebAnswer,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.questions import (
    Question,
    next_of_organization,
    of_organization,
    of_server,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.shapes import Shape
from ansible_collections.hybrid.exchange.plugins.module_utils._probe.client import Probe

from .._exchange.shell import Answer, Shell

_CONTROLLER: Final = "OriginatingServer"
_STATUS: Final = "CurrentConfigDomainController"


def read_server(shell: Shell, server: str | None, *, organization: bool) -> ServerAnswers:
    """What a server says of itself, and of the organization where it is asked for that."""
    questions = of_server(server or THIS_SERVER) + (of_organization() if organization else [])
    began = monotonic()
    answer = shell.run([question.cmdlet for question in questions])
    shell_time = int((monotonic() - began) * 1000) - sum(result.milliseconds or 0 for result in answer.results)
    readings = _readings(questions, answer)
    if organization:
        more = _more(readings, answer.host.name)
        readings += _readings(more, shell.run([question.cmdlet for question in more])) if more else []
    return ServerAnswers(
        name=answer.host.name,
        fqdn=answer.host.fqdn,
        transport=answer.transport,
        powershell=answer.host.powershell,
        shell_milliseconds=max(0, shell_time),
        readings=tuple(readings),
    )


def _readings(questions: Sequence[Question], answer: Answer) -> list[ReadingAnswer]:
    return [reading_of(one, result) for one, result in zip(questions, answer.results, strict=True)]


def reading_of(question: Question, result: CmdletResult) -> ReadingAnswer:
    """The answer to one question, with what of it may be kept."""
    return ReadingAnswer(
        id=question.id,
        cmdlet=question.cmdlet.name,
        keeps=question.keeps,
        milliseconds=result.milliseconds if result.ran else None,
        objects=question.kept(shapes_of(result, question.cmdlet)),
        errors=tuple(result.errors),
        warnings=tuple(result.warnings),
    )


def shapes_of(result: CmdletResult, cmdlet: Cmdlet) -> tuple[Shape, ...]:
    """The objects that a raw read gave."""
    return tuple(map(Shape.from_facts, result.properties(cmdlet.name)))


def _more(readings: Sequence[ReadingAnswer], own_name: str) -> list[Question]:
    """What can be asked only now."""
    found = {reading.id: reading.objects for reading in readings}
    servers = [item for item in found["servers"] if item.plain("IsClientAccessServer") is True]
    others = [item for item in servers if fold(str(item.plain("Name"))) != fold(own_name)]
    controllers = [item.plain(_CONTROLLER) for item in found["auth_servers"] + found["config"]]
    members = [item for item in found["members"] if "user" in fold(str(item.plain("RecipientType")))]
    return next_of_organization(
        next((str(name) for name in controllers if name), None),
        [str(item.plain("Name")) for item in others if item.plain(_STATUS)],
        [str(item.plain("Name")) for item in others if _STATUS in item.adapted and not item.plain(_STATUS)],
        next((str(item.plain("Guid")) for item in members), None),
    )


def read_challenges(readings: Sequence[ReadingAnswer], server: Server, timeout: float) -> tuple[WebAnswer, ...]:
    """What the server's own front end says to somebody without a token, at the server's own address. ``timeout``, in
    seconds, is for each question."""
    urls = [url for reading in readings if reading.id in (*KINDS, *PAGES) for url in _urls(reading)]
    kinds = [kind for kind in KINDS if any(url.kind == kind for url in urls)]
    targets = [*behind(server, urls, names_by_kind(urls, kinds), kinds), *pages_of(server, urls)]
    answers = Probe(CLOUDS["global"], (), timeout=timeout).ask_all(targets)
    return tuple(
        WebAnswer(
            target.protocol, target.name, answer.status, answer.failure,
            {name: list(values) for name, values in answer.headers.items()},
        )
        for target, answer in zip(targets, answers, strict=True)
    )  # fmt: skip


def _urls(reading: ReadingAnswer) -> list[ClientUrl]:
    return [
        ClientUrl(str(item.plain("Server")), reading.id, where, item.plain(name))
        for item in reading.objects
        for where, name in (("internal", "InternalUrl"), ("external", "ExternalUrl"))
        if isinstance(item.plain(name), str) and item.plain("Server")
    ]
