# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Options of every module that talks to Exchange."""

from __future__ import annotations


class ModuleDocFragment:
    """Who Exchange runs as."""

    DOCUMENTATION = r"""
options:
  exchange_user:
    description:
      - The account for the Exchange shell inside the server, as V(DOMAIN\\user).
      - Default is the connection's own user. It is needed where the connection has a ticket or a certificate instead of
        a password, because Windows does not pass those on to Exchange (double hop).
      - With P(ansible.builtin.psrp#connection) straight to Exchange's own endpoint the shell runs as the connection's
        user; another name here is refused.
    type: str
  exchange_password:
    description: Its password; both are set, or neither. Default is the connection's own.
    type: str
requirements:
  - A connection of type P(ansible.builtin.winrm#connection) or P(ansible.builtin.psrp#connection) to an Exchange
    server.
  - An Exchange role, View-Only Organization Management to read, Organization Management to change.
"""
