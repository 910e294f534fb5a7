# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Count who signs in and how; see the module hma_sign_ins for its options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins import mailboxes
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.counting import Tally
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.coverage import Window
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.mailboxes import Mailboxes
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.measurement import (
    Measurement,
    Part,
    ServerCount,
    once,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.page import Result as Measured
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import Result
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.info import Reading
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.sign_ins import (
    Counted,
    MailboxesRead,
    Options,
    Written,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.shell import Answer
from ansible_collections.hybrid.exchange.plugins.plugin_utils._paths import local_path
from ansible_collections.hybrid.exchange.plugins.plugin_utils._progress import Waiting
from ansible_collections.hybrid.exchange.plugins.plugin_utils._sign_ins.counter import Counter
from ansible_collections.hybrid.exchange.plugins.plugin_utils._sign_ins.parts import Parts
from ansible_collections.hybrid.exchange.plugins.plugin_utils._sign_ins.results import with_pseudonyms, write_result

# A task ends 80 minutes after it began (the limits of a connection), with the last call in it.
_LONGEST: Final = 3600


class ActionModule(HmaAction[Options]):
    """Reads only, in and out of check mode; it writes files of the control node alone."""

    module = "hma_sign_ins"
    options = Options

    def apply(self, options: Options) -> Result:
        return _SCOPES[options.scope](self, options)

    def _server(self, options: Options) -> Counted:
        """Count on the server of this connection, or go on where it stopped."""
        _refuse_odd(options)
        if options.server:
            raise Refused(
                f"the logs of {options.server} are read on that server itself, and it is reached through another. "
                "Next: give it a connection of its own, without hma_server."
            )
        parts, kept = Parts(_folder(options)), None
        if options.go_on:
            kept = parts.of(self.host)
        else:
            # What an earlier run counted is not to be gone on with once this one has begun anew.
            parts.forget([self.host])
        if kept is not None and kept.tally.mark is None:
            return Counted.of(kept, parts.keep(self.host, kept, self.run_id), None)
        if kept is not None:
            # Of this run from now on: where the server is not reached, what it counted before is not lost.
            parts.keep(self.host, kept, self.run_id)
        window = kept.window if kept else Window.of(datetime.now(UTC), options.days)
        tally = kept.tally if kept else Tally(room=options.rows)
        last: list[tuple[Part, str, Answer]] = []
        waiting = Waiting(self.host, options.time_limit, soon=False)

        def keep(answer: Answer) -> None:
            part = Part(answer.host.name, window, options.time_limit, tally)
            last[:] = [(part, parts.keep(self.host, part, self.run_id), answer)]
            if tally.mark is not None:
                waiting.tell(f"{tally.lines} lines of the logs are counted, {tally.files_left} files are left")

        counter = Counter(self.host, window, options.time_limit, options.log_folder, keep)
        counter.count(self.shell(options), tally)
        part, path, answer = last[0]
        return Counted.of(part, path, Reading.of(self.host, answer))

    def _mailboxes(self, options: Options) -> MailboxesRead:
        """The names of all mailboxes: two shells, the second one only where the first page is full."""
        shell, first = self.shell(options), mailboxes.first_page(options.page)
        answer = shell.run([first])
        results = answer.results
        if not results[0].errors and mailboxes.is_full(results[0], options.page):
            pages = mailboxes.every_page(options.page)
            results = shell.run(pages, domain_controller=answer.domain_controller).results
        failed = next((result for result in results if result.errors), None)
        if failed is not None:
            raise Refused(f"the mailboxes were not read: {failed.errors[0].message}")
        if len(results) > 1 and any(mailboxes.is_full(result, options.page) for result in results):
            raise Refused(
                "the mailboxes were not read: there are too many of one first letter. Raise hma_identity_page."
            )
        found = mailboxes.parse(results)
        path = Parts(_folder(options)).keep_mailboxes(found, self.run_id)
        return MailboxesRead(count=len(found), part=path, read=Reading.of(self.host, answer))

    def _files(self, options: Options) -> Written:
        """One result of all servers. The parts go where nothing is left to go on with."""
        parts, now = Parts(_folder(options)), datetime.now(UTC)
        servers = once({host: self._count(parts, host, result or {}) for host, result in options.results.items()})
        run = options.run_id or self.run_id or f"{now:%Y%m%dT%H%M%SZ}"
        measured = Measurement(run, f"{now:%Y-%m-%dT%H:%M:%SZ}", False, servers)
        known = parts.mailboxes(self.run_id)
        reason = str(options.mailboxes.get("msg") or "") or None
        found = Measured.of(measured, None if known is None else Mailboxes(known), reason)
        if options.masked:
            found = with_pseudonyms(found, parts.key())
        files = write_result(_folder(options) / run, found)
        counted = ["part" in (result or {}) for result in options.results.values()]
        # Where some failed, a later run counts those, and not the others once more.
        unfinished = any(server.mark is not None for server in servers) or (any(counted) and not all(counted))
        parts.forget_mailboxes()
        if not unfinished:
            parts.forget(options.results)
        return Written.of(found, files, unfinished=unfinished)

    def _count(self, parts: Parts, host: str, result: Mapping[str, Any]) -> ServerCount:
        """What a host counted in this run; where it failed on the way, what it had until then, with the reason."""
        own = result if result.get("run_id") == self.run_id else {}
        part = parts.of(host, self.run_id) if own else None
        reason = str(own.get("msg") or "it was not asked.") if "part" not in own else None
        if part is None:
            return ServerCount.none(host, reason or "its counts are no longer there.")
        return part.count if reason is None else part.stopped(reason)


def _folder(options: Options) -> Path:
    return local_path(options.dir)


def _refuse_odd(options: Options) -> None:
    for name, value, most in (
        ("days", options.days, 366), ("time_limit", options.time_limit, _LONGEST), ("rows", options.rows, 10**6)
    ):  # fmt: skip
        if not 1 <= value <= most:
            raise Refused(f"{name} is {value}; expected 1 to {most}.")


_SCOPES: Final[Mapping[str, Callable[[ActionModule, Options], Result]]] = {
    "server": ActionModule._server,
    "mailboxes": ActionModule._mailboxes,
    "files": ActionModule._files,
}
