# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sphinx configuration of the documentation site; `make docs` builds it."""

project = "hybrid.exchange"
copyright = "hybrid.exchange contributors"  # noqa: A001  # Sphinx's own name
html_title = "hybrid.exchange"
extensions = ["sphinx.ext.intersphinx", "sphinx_antsibull_ext", "myst_parser"]
# The reference pages of docs/ are Markdown, so that they can be read in the repository too; headings get anchors as there.
myst_heading_anchors = 3
# A file that only satisfies the build: it names the labels of Ansible's documentation that the module pages use, so that the
# site can be built strictly and without a network.
intersphinx_mapping = {"ansible_devel": ("https://docs.ansible.com/projects/ansible/devel/", "../ansible_devel.inv")}
default_role = "any"
nitpicky = True
highlight_language = "YAML+Jinja"
pygments_style = "ansible"
html_theme = "furo"
html_show_sphinx = False
html_use_index = False
html_copy_source = False
