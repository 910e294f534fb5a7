# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The pages: a template each, autoescape on, and a policy that lets them ask nobody for anything."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.document import Document
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.page import SYMBOLS, moment, view
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.sheet import sheet
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.page import Result
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.page import view as view_sign_ins
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_HERE: Final = Path(__file__).parent


def render(document: Document) -> bytes:
    """The report as one HTML file."""
    return _page("report.html.j2", _fields(view(document)), "report.js")


def render_sheet(document: Document, records: str) -> bytes:
    """The sheet for a change board, which runs nothing."""
    shown = {**_fields(sheet(document, records)), "symbols": SYMBOLS, "moment": moment}
    return _page("sheet.html.j2", shown, None, "sheet.css")


def render_sign_ins(found: Result) -> bytes:
    """The page of a measurement, by the same rules; it has no script."""
    return _page("sign_ins.html.j2", view_sign_ins(found), None)


def _page(template: str, shown: Mapping[str, Any], script_name: str | None, style_name: str = "report.css") -> bytes:
    """Every value passes through autoescape; only our own style and script do not."""
    style, script = _own(style_name), _own(script_name) if script_name else ""
    # Hashes, not 'unsafe-inline': what a value might smuggle in is neither styled nor run.
    scripts = f" script-src '{_hash(script)}';" if script else ""
    policy = (
        f"default-src 'none'; img-src data:; style-src '{_hash(style)}';{scripts} base-uri 'none'; form-action 'none'"
    )
    page: str = _template(template).render(**shown, style=Markup(style), script=Markup(script), policy=policy)  # noqa: S704
    return page.encode("utf-8")


def _fields(found: DataclassInstance) -> dict[str, Any]:
    return {item.name: getattr(found, item.name) for item in fields(found)}


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(name)


@cache
def _own(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
