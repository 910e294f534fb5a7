# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Options of the modules that ask what clients are offered."""

from __future__ import annotations


class ModuleDocFragment:
    """How it is asked, how long, and which sign-in hosts are right."""

    DOCUMENTATION = r"""
options:
  cloud:
    description: The Microsoft cloud whose sign-in hosts are right.
    type: str
    choices: [global, usgov_l4, usgov_l5, china, bleu, delos]
    default: global
  authorization_hosts:
    description: Further hosts of the authorization endpoint that are right.
    type: list
    elements: str
    default: []
  ca_path:
    description: File with the certificate authorities to trust, on the host where the module runs. Default is that
      host's own.
    type: path
  validate_certs:
    description: Whether certificates are verified.
    type: bool
    default: true
  timeout:
    description: Seconds to wait for a connection, and again for an answer to its end, however slowly it comes.
    type: int
    default: 10
  deadline:
    description: For how many seconds what is not as expected yet is asked again. Settings reach a server with a delay.
    type: int
    default: 0
  pause:
    description: Seconds between two rounds.
    type: int
    default: 15
  run_id:
    description: Name of the run, given back in the result, so that whoever reads it later knows of which run it is.
    type: str
"""
