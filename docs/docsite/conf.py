# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sphinx configuration of the documentation site; `make docs` builds it."""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

project = "hybrid.exchange"
copyright = "hybrid.exchange contributors"  # Sphinx's own name
html_title = "hybrid.exchange"
extensions = ["sphinx_antsibull_ext", "myst_parser"]
# The reference pages of docs/ are Markdown, so that they can be read in the repository too; headings get anchors as
# there.
myst_heading_anchors = 3
default_role = "any"
nitpicky = True
highlight_language = "YAML+Jinja"
pygments_style = "ansible"
html_theme = "furo"
html_show_sphinx = False
html_use_index = False
html_copy_source = False

# What the pages of modules and roles refer to in Ansible's own documentation. The address follows from the label, so
# the build needs neither a network nor an inventory; a label of this site that is wrong still fails it.
ANSIBLE = "https://docs.ansible.com/projects/ansible/latest/"
ANSIBLE_PAGES = {
    "action_plugins": "plugins/action.html",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "common_return_values": "reference_appendices/common_return_values.html",
}
# Environment variables of Ansible's own options, which a page of an inventory plugin shows because it inherits them.
ENVIRONMENT = re.compile(r"ANSIBLE_[A-Z_]+")
BUILTIN = re.compile(r"ansible_collections\.ansible\.builtin\.(\w+)")


def ansible_page(label: str) -> str | None:
    """The page of Ansible's documentation that a label names."""
    builtin = BUILTIN.fullmatch(label)
    if ENVIRONMENT.fullmatch(label):
        return f"reference_appendices/config.html#envvar-{label}"
    return f"collections/ansible/builtin/{builtin[1]}.html" if builtin else ANSIBLE_PAGES.get(label)


def ansible_reference(_app: Sphinx, _env: Any, node: Any, text: nodes.Node) -> nodes.Node | None:
    """The link for a label that this site does not have, where Ansible's documentation has it."""
    page = ansible_page(str(node["reftarget"]))
    return nodes.reference("", "", text, internal=False, refuri=ANSIBLE + page) if page else None


def setup(app: Sphinx) -> None:
    app.connect("missing-reference", ansible_reference)
