# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What the module hma_probe does: options to questions, answers to a result."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from .._bounds import out_of_bounds
from .._hma.base.comparison import fold
from .._hma.base.errors import ParseError, Refused
from .._hma.base.printable import printable, printable_result
from .._hma.checks.probe import REACHABLE
from .._hma.entra.clouds import CLOUDS
from .._hma.entra.spns import extra_host, host_of, parse_client_urls
from .._hma.probe.findings import findings, settled, summary, table
from .._hma.probe.targets import (
    Server,
    Target,
    Tls,
    behind,
    by_server,
    checked_identity,
    explicit,
    names_by_kind,
    published,
    version_2,
)
from .._hma.probe.verdict import READY
from .client import Probe, Question


def run_module(module: AnsibleModule) -> None:
    """Ask, and end the module with what was proven."""
    for text in out_of_bounds("hma_probe", module.params):
        module.fail_json(msg=f"hma_probe: {text}")
    try:
        result = probe(module.params)
    except (ParseError, Refused) as exc:
        module.fail_json(msg=printable(f"hma_probe: {exc}"))
    result = printable_result(result)
    if result["failed"]:
        module.fail_json(**result)
    for line in result.pop("not_proven"):
        module.warn(printable(f"not proven: {line}"))
    for name in without_effect(module.params):
        text = f"hma_probe_connect_to has {name}, which no client URL has: nothing is asked at its address."
        module.warn(printable(text))
    module.exit_json(**result)


def probe(options: Mapping[str, Any]) -> dict[str, Any]:
    """The result: rows, findings, and whether the task fails."""
    expected = options["expected"]
    targets, names = plan(options)
    asked = Probe(
        CLOUDS[options["cloud"]],
        names,
        expected,
        options["authorization_hosts"],
        timeout=options["timeout"],
        deadline=options["deadline"],
        pause=options["pause"],
        parallel=max(1, options["parallel"]),
    )
    rows = asked.run(_questions(targets, options))
    counts, lines = summary(rows, expected), table(rows, expected, options["inventory"])
    text = (
        f"{sum(counts.values())} checks: {counts['proven']} as expected ({expected}), {counts['refuted']} not, "
        f"{counts['unproven']} not proven."
    )
    failed = bool(counts["refuted"] or (counts["unproven"] and options["unproven"] == "fail"))
    return {
        "changed": False,
        "failed": failed,
        "msg": "\n".join([text, *lines]),
        "probes": [row.facts() for row in settled(rows, expected)],
        "findings": [item.facts() for item in findings(rows, expected, options["inventory"], cloud=options["cloud"])],
        "expected": expected,
        "summary": counts,
        "not_proven": lines,
        "run_id": options.get("run_id"),
    }


def plan(options: Mapping[str, Any]) -> tuple[list[Target], list[str]]:
    """What to ask, and the names that AutoDiscover v2 may hand out."""
    tls = Tls(options["ca_path"], validate_certs=options["validate_certs"])
    urls = parse_client_urls(options["client_urls"])
    names = names_by_kind(urls, options["kinds"], options["extra_names"], options["ignored"])
    targets = published(names, options["connect_to"], tls) if options["published"] else []
    own = by_server(urls)
    for item in options["servers"]:
        server = Server.from_options(item, tls)
        of_server = [url for label in server.labels for url in own.get(label, ())]
        targets += behind(server, of_server, names, options["kinds"])
    for item in options["targets"]:
        targets += explicit(item, tls)
    if not targets:
        raise Refused(
            "nothing to ask: give client_urls, servers or targets. Are the URLs of all virtual directories unset?"
        )
    for path in {target.tls.ca_path for target in targets if target.tls.ca_path}:
        if not os.path.exists(path):
            raise Refused(f"ca_path {path} does not exist on the host where the probe runs.")
    return targets, sorted(
        {item.name for item in targets if not item.server} | {name for own in names.values() for name in own}
    )


def without_effect(options: Mapping[str, Any]) -> list[str]:
    """Names of connect_to that are those of no URL, a slip most likely: what was meant is asked where DNS leads."""
    hosts = {host_of(url.url, "")[0] for url in parse_client_urls(options["client_urls"])}
    known = hosts | {extra_host(text) for text in options["extra_names"]}
    return [name for name in options["connect_to"] if options["published"] and hosts and fold(name) not in known]


def _questions(targets: list[Target], options: Mapping[str, Any]) -> list[Question]:
    identities = [checked_identity(text) for text in dict.fromkeys(options["identities"])]
    if options["expected"] == REACHABLE:
        # What a mailbox is offered is not the question, and one that has moved would answer for another server.
        return [Question(target, None) for target in targets]
    asked = [Question(target, identity) for target in targets for identity in (None, *identities)]
    if options["autodiscover_v2"] and options["expected"] == READY:
        asked += [Question(target, identity) for target in version_2(targets) for identity in identities]
    return asked
