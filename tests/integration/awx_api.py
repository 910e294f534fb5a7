# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for the API of AWX: it keeps what is created, knows what is attached to what, and refuses a wrong id."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

LISTS = (
    "organizations", "projects", "inventories", "execution_environments", "credential_types", "credentials",
    "job_templates", "workflow_job_templates", "workflow_job_template_nodes", "workflow_approval_templates",
    "unified_job_templates", "schedules",
)  # fmt: skip
# Which list a field of another object names an id of.
REFERENCES = {
    "organization": "organizations", "project": "projects", "inventory": "inventories",
    "execution_environment": "execution_environments", "credential_type": "credential_types",
    "workflow_job_template": "workflow_job_templates", "unified_job_template": "unified_job_templates",
}  # fmt: skip
UNIFIED = ("job_templates", "workflow_job_templates", "workflow_approval_templates", "projects")
Object = dict[str, Any]


class Refusal(Exception):
    """What AWX would answer with 400."""


@dataclass
class Controller:
    """The objects by list and id, and the lists that are attached to an object."""

    objects: dict[str, dict[int, Object]] = field(default_factory=lambda: {name: {} for name in LISTS})
    attached: dict[tuple[str, int, str], list[int]] = field(default_factory=dict)
    writes: list[tuple[str, str]] = field(default_factory=list)

    def add(self, kind: str, values: Object) -> Object:
        for name, value in values.items():
            if name in REFERENCES and value not in (None, "") and self.found(REFERENCES[name], int(value)) is None:
                raise Refusal(f"{name}: there is no {value} in {REFERENCES[name]}")
        number = sum(len(known) for known in self.objects.values()) + 1
        url = f"/api/v2/{kind}/{number}/"
        made = {**values, "id": number, "url": url, "type": kind.rstrip("s"), "related": {}, "summary_fields": {}}
        self.objects[kind][number] = made
        return made

    def found(self, kind: str, number: int) -> Object | None:
        kinds = UNIFIED if kind == "unified_job_templates" else (kind,)
        return next((self.objects[name][number] for name in kinds if number in self.objects[name]), None)

    def chosen(self, kind: str, query: dict[str, str]) -> list[Object]:
        kinds = UNIFIED if kind == "unified_job_templates" else (kind,)
        known = [item for name in kinds for item in self.objects[name].values()]
        return [item for item in known if all(_fits(item, name, value) for name, value in query.items())]

    def named(self, kind: str, name: str) -> Object:
        (found,) = [item for item in self.objects[kind].values() if item.get("name") == name]
        return found

    def of(self, kind: str, number: int, what: str) -> list[Object]:
        """What is attached to an object."""
        target = "workflow_job_template_nodes" if what.endswith("_nodes") else what
        found = [self.found(target, other) for other in self.attached.get((kind, number, what), [])]
        return [item for item in found if item is not None]


def _fits(item: Object, name: str, value: str) -> bool:
    if name in ("page_size", "order_by"):
        return True
    if name.startswith("or__"):
        return True
    key = name.removesuffix("__iexact").removesuffix("__exact")
    return str(item.get(key)) == value


def answered(controller: Controller, method: str, path: str, body: Object) -> tuple[int, Any]:
    """The status and the body of an answer."""
    parts = urlsplit(path)
    words = [unquote(word) for word in parts.path.strip("/").split("/")][2:]
    if not words or words[0] in ("ping", "config", "me"):
        return 200, {"version": "24.6.1", "results": [], "count": 0}
    kind = words[0]
    if kind not in LISTS:
        return 404, {"detail": f"no {kind} in the stand-in"}
    if len(words) == 1:
        if method == "POST":
            controller.writes.append((method, kind))
            return 201, controller.add(kind, body)
        return 200, _page(controller.chosen(kind, dict(parse_qsl(parts.query))))
    number = int(words[1]) if words[1].isdigit() else 0
    item = controller.found(kind, number)
    if item is None:
        return 404, {"detail": "Not found."}
    return _of_object(controller, method, kind, item, words[2:], body)


def _of_object(
    controller: Controller, method: str, kind: str, item: Object, words: list[str], body: Object
) -> tuple[int, Any]:
    if not words:
        if method == "PATCH":
            controller.writes.append((method, kind))
            item.update(body)
        return 200, item
    (what,) = words
    if what == "create_approval_template":
        made = controller.add("workflow_approval_templates", body)
        item["unified_job_template"] = made["id"]
        controller.writes.append((method, what))
        return 201, made
    if method == "POST":
        controller.writes.append((method, f"{kind}/{what}"))
        known = controller.attached.setdefault((kind, item["id"], what), [])
        known.remove(body["id"]) if body.get("disassociate") else known.append(body["id"])
        return 204, {}
    return 200, _page(controller.of(kind, item["id"], what))


def _page(found: list[Object]) -> Object:
    return {"count": len(found), "next": None, "previous": None, "results": found}


@contextmanager
def serving(controller: Controller) -> Iterator[str]:
    """The address at which the stand-in answers."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            try:
                status, found = answered(controller, self.command, self.path, body)
            except Refusal as exc:
                status, found = 400, {"detail": str(exc)}
            content = b"" if status == 204 else json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("X-API-Product-Name", "AWX")
            self.send_header("X-API-Product-Version", "24.6.1")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_DELETE = _answer

        def log_message(self, format: str, *arguments: Any) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)
