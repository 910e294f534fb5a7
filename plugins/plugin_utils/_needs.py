# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What a run needs on the control node: the files that variables name, and libraries."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Collection, Iterator, Mapping
from importlib.util import find_spec
from typing import Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.settings.settings import (
    WITHOUT_TENANTS,
    Variables,
    place,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._variables import PUBLIC

from ._paths import local_path

_FILES: Final = ("hma_certificate_path", "hma_ca_path", "hma_probe_ca_path")
# The variable that says how a connection signs in.
SIGN_IN_OF: Final = {"winrm": "ansible_winrm_transport", "psrp": "ansible_psrp_auth"}
# What a connection imports, and the name it is installed by; more for some ways to sign in.
_CONNECTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "winrm": {"winrm": "pywinrm"},
    "psrp": {"pypsrp": "pypsrp"},
}
_SIGN_INS: Final[Mapping[tuple[str, str], Mapping[str, str]]] = {
    ("winrm", "kerberos"): {"kerberos": "pykerberos"},
    ("winrm", "credssp"): {"requests_credssp": "requests-credssp"},
    ("psrp", "kerberos"): {"gssapi": "gssapi", "krb5": "krb5"},
    ("psrp", "credssp"): {"requests_credssp": "requests-credssp"},
}


# These ask what clients are offered, from the control node where nothing else is said.
_ASKING: Final = frozenset({"enable_hma", "verify_hma", "enable_owa_hma", "block_legacy_auth"})


def _asked_elsewhere(variables: Variables) -> bool:
    """Whether another host than the control node asks what clients are offered."""
    return any((values.get("hma_probe_from") or "localhost") != "localhost" for values in variables.values.values())


def misled_control_node(variables: Variables, connection: str) -> Iterator[tuple[str, bool]]:
    """Where localhost is in the inventory and has its connection from a group of the servers: what to do, and whether
    it stops the playbook."""
    elsewhere = _asked_elsewhere(variables)
    if connection in _CONNECTIONS and not elsewhere:
        text = (
            f"ansible_connection of localhost is {connection}, which it has from a group: the control node could not "
            f"ask what clients are offered. Give localhost ansible_connection: local in the inventory, or set it for "
            f"the group of the servers and not for all."
        )
        yield text, variables.playbook in _ASKING


def unreadable_files(variables: Variables) -> Iterator[str]:
    """One line for each file that a variable names and that cannot be read here."""
    elsewhere = _asked_elsewhere(variables)
    for name in _FILES:
        # The authorities of the probe are on the host that asks.
        if PUBLIC[name].stops(variables.playbook) and not (elsewhere and name == "hma_probe_ca_path"):
            yield from _unreadable(name, variables)


def _unreadable(name: str, variables: Variables) -> Iterator[str]:
    hosts: dict[str, list[str]] = {}
    for host, values in variables.values.items():
        if isinstance(values.get(name), str) and values[name]:
            hosts.setdefault(values[name], []).append(host)
    for path, having in hosts.items():
        if reason := _reason(os.path.expandvars(path)):
            yield f"{name} {path} cannot be read: {reason} ({place(name, having, variables)})."


def _reason(text: str) -> str | None:
    try:
        path = local_path(text)
        path.stat()
    except (OSError, ValueError, Refused) as exc:
        return getattr(exc, "strerror", None) or str(exc)
    return None if os.access(path, os.R_OK) else "Permission denied"


def missing_libraries(variables: Variables, connections: Collection[tuple[str, str]]) -> Iterator[str]:
    """One line, with the command that mends it, for each library that this Python does not have; ``connections`` are
    kinds, each with how it signs in."""
    needed: dict[str, str] = {}
    for kind, sign_in in sorted(connections):
        needed |= {**_CONNECTIONS.get(kind, {}), **_SIGN_INS.get((kind, sign_in), {})}
    if variables.tenants and variables.playbook not in WITHOUT_TENANTS:
        needed |= {"msal": "msal", "requests": "requests"}
    if any(values.get("hma_custom_checks") for values in variables.values.values()):
        needed["jmespath"] = "jmespath"
    for module, name in needed.items():
        if find_spec(module) is None:
            yield f"The Python of Ansible has no {name}: {shlex.quote(sys.executable)} -m pip install {name}"
