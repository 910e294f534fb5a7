# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What the module hma_web_probe does: the pages of one server, asked until they are as expected."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from .._bounds import out_of_bounds
from .._hma.base.errors import ParseError, Refused
from .._hma.base.printable import printable, printable_result
from .._hma.base.values import Properties
from .._hma.entra.clouds import CLOUDS
from .._hma.entra.spns import parse_client_urls
from .._hma.probe.targets import Server, Target, Tls
from .._hma.probe.verdict import PROVEN
from .._hma.probe.web_pages import PageRow, Registered, judge_page, pages_of, row_of
from .client import Probe


def run_module(module: AnsibleModule) -> None:
    """Ask, and end the module with what was proven."""
    for text in out_of_bounds("hma_web_probe", module.params):
        module.fail_json(msg=f"hma_web_probe: {text}")
    try:
        result = probe(module.params)
    except (ParseError, Refused) as exc:
        module.fail_json(msg=printable(f"hma_web_probe: {exc}"))
    result = printable_result(result)
    if result["failed"]:
        module.fail_json(**result)
    module.exit_json(**result)


def probe(options: Mapping[str, Any]) -> dict[str, Any]:
    """The result: a row per page, and whether every one of them is proven."""
    tls = Tls(options["ca_path"], validate_certs=options["validate_certs"])
    server = Server.from_options(options["server"], tls)
    if server.tls.ca_path and not os.path.exists(server.tls.ca_path):
        raise Refused(f"ca_path {server.tls.ca_path} does not exist on the host where the probe runs.")
    targets = pages_of(server, parse_client_urls(options["urls"]))
    if not targets:
        raise Refused(f"{server.host} has no URL of owa or ecp, so that nothing can be asked.")
    rows = _ask(targets, options)
    wrong = [row for row in rows if row.state != PROVEN]
    return {
        "changed": False,
        "failed": bool(wrong),
        **({"msg": " ".join(row.line for row in wrong)} if wrong else {}),
        "pages": printable([row.facts() for row in rows]),
        "run_id": options.get("run_id"),
    }


def _ask(targets: list[Target], options: Mapping[str, Any]) -> list[PageRow]:
    """Every page, again until all are as expected or the deadline has passed: settings take time."""
    asked = Probe(CLOUDS[options["cloud"]], (), timeout=options["timeout"], pause=options["pause"])
    end = asked.clock() + options["deadline"]
    while True:
        rows = _judged(asked, targets, options)
        if all(row.state == PROVEN for row in rows) or asked.clock() + asked.pause > end:
            return rows
        asked.sleep(asked.pause)


def _judged(asked: Probe, targets: list[Target], options: Mapping[str, Any]) -> list[PageRow]:
    tenants = [Properties(item, "registered") for item in options["registered"]]
    registered = [Registered(item.text("tenant"), tuple(item.texts("reply_urls"))) for item in tenants]
    rows = []
    for target, answer in zip(targets, asked.ask_all(targets)):  # noqa: B905 - strict is of Python 3.10
        verdict = judge_page(answer, target, asked.cloud, registered, options["authorization_hosts"])
        rows.append(row_of(target, answer, verdict, options["expected"]))
    return rows
