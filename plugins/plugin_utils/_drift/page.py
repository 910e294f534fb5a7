# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The page of the history: autoescape on, no script, and a policy that lets it ask nobody for anything."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.news import moment
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.page import Page
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

_HERE: Final = Path(__file__).parent


def render(page: Page) -> bytes:
    """The page as one HTML file. Every value passes through autoescape; only the own style sheet does not."""
    style = _own("watch.css")
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    shown = {item.name: getattr(page, item.name) for item in fields(page)}
    text: str = _template().render(**shown, moment=moment, style=Markup(style), policy=policy)  # noqa: S704
    return text.encode("utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("watch.html.j2")


@cache
def _own(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
