# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. A connection plugin of Ansible's own, opened outside of a task: what the inventory plugin asks through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ansible.errors import AnsibleError
from ansible.playbook.play_context import PlayContext
from ansible.plugins.loader import connection_loader
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused


@contextmanager
def connected(server: str, variables: Mapping[str, Any]) -> Iterator[Any]:
    """The plugin that ``ansible_connection`` names, with the variables of a host, closed at the end."""
    name = str(variables.get("ansible_connection") or "")
    if name.rpartition(".")[2] not in ("winrm", "psrp"):
        raise Refused(
            f"ansible_connection is {name or 'not set'}; an Exchange server is reached by winrm or psrp. Set it in "
            f"connection."
        )
    connection = connection_loader.get(name, PlayContext())
    try:
        connection.set_options(var_options=_options(connection, server, variables))
    except AnsibleError as exc:
        raise Refused(str(exc)) from None
    try:
        yield connection
    finally:
        connection.close()


def _options(connection: Any, server: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    """As a task gives them: what the plugin does not document is an extra, where it takes such."""
    prefix = f"ansible_{getattr(connection, 'extras_prefix', '')}_"
    extras = {key: value for key, value in variables.items() if key.startswith(prefix)}
    allowed = extras if getattr(connection, "allow_extras", False) else {}
    return {"inventory_hostname": server, **variables, "_extras": allowed}
