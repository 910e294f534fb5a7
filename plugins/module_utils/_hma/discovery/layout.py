# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The files of a folder that a fleet is run from: inventory, variables, the vault to fill in, ansible.cfg.

Names in an organization are text of others. Each gets into a file through ``yaml_quoted``, which is read back as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..base.command import Setting
from ..base.printable import printable
from ..base.quoting import yaml_quoted
from .fleet import SILENT, THROUGH, Fleet, FoundServer, FoundTenant, group_name

INVENTORY: Final = "inventory.yml"
CONFIGURATION: Final = "ansible.cfg"
VAULT: Final = "group_vars/all/vault.yml"
VAULT_EXAMPLE: Final = f"{VAULT}.example"
SILENT_GROUP: Final = "exchange_silent"
SERVERS_GROUP: Final = "exchange_servers"
TENANTS_GROUP: Final = "entra_tenants"
_PLAIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]*", re.ASCII)
_WORD: Final = re.compile(r"[^a-z0-9_]", re.ASCII)


@dataclass(frozen=True)
class Variable:
    """A public variable, as the files show it: which hosts have it, and what it means."""

    name: str
    scope: str
    type: str
    default: str
    meaning: str
    required: bool = False
    secret: bool = False


@dataclass(frozen=True)
class SignIn:
    """How the server was reached that was asked. ``variables`` hold no secret; ``secrets`` are names of variables.

    ``own``: what holds for the reader only, because it is reached by another name than its own.
    """

    variables: Mapping[str, Any]
    secrets: Sequence[str]
    own: Mapping[str, Any]


def files(fleet: Fleet, sign_in: SignIn, variables: Sequence[Variable]) -> dict[str, str]:
    """Each file by its path in the folder."""
    return {
        INVENTORY: inventory_text(fleet, sign_in),
        "group_vars/all/hma.yml": variables_text("the organization", _of(variables, "organization", "head")),
        f"group_vars/{SERVERS_GROUP}/hma.yml": variables_text("Exchange servers", _of(variables, "server")),
        f"group_vars/{TENANTS_GROUP}/hma.yml": variables_text("tenants", _of(variables, "tenant")),
        VAULT_EXAMPLE: vault_text(fleet, sign_in),
        CONFIGURATION: CONFIGURATION_TEXT,
    }


def _of(variables: Iterable[Variable], *scopes: str) -> list[Variable]:
    return [item for item in variables if item.scope in scopes]


CONFIGURATION_TEXT: Final = """\
# For commands that are typed in this folder. Ansible ignores this file where everybody may write to the folder.
[defaults]
inventory = inventory.yml
forks = 20
# A file with the vault's password, mode 0600, outside of this folder; without it add --ask-vault-pass to each command.
# vault_password_file = ~/.hma_vault_password
"""


def inventory_text(fleet: Fleet, sign_in: SignIn) -> str:
    """The inventory. Hosts are sorted, so that two of them compare line by line."""
    return "\n".join([*_head(fleet), *_servers(fleet, sign_in), *_groups(fleet), *_tenants(fleet), ""])


def _head(fleet: Fleet) -> Iterator[str]:
    yield f"# Made by hybrid.exchange.discover, which asked {_comment(fleet.reader)} and never overwrites this file."
    yield "# It is yours now: change it. Run discover again into this folder to see what is new or not there any more."
    if fleet.left_out:
        yield f"# Left out, for no client talks to them: {_comment(', '.join(fleet.left_out))}."
    for gap in fleet.unread:
        yield f"# Could not be read: {_comment(gap.reason)}"
    yield from ("---", "all:")
    tenant = fleet.default_tenant
    if tenant is not None and len(fleet.tenants) > 1:
        yield from ("  vars:", f"    {Setting('hma_default_tenant', tenant.domain).text}")
    elif tenant is None and len(fleet.tenants) > 1:
        yield from ("  vars: {}", "    # Clients are sent to one tenant. Choose it, and take the {} away above:")
        yield from (f"    # {Setting('hma_default_tenant', item.domain).text}" for item in fleet.tenants if item.domain)
    yield "  children:"


def _servers(fleet: Fleet, sign_in: SignIn) -> Iterator[str]:
    yield f"    {SERVERS_GROUP}:"
    if sign_in.variables or sign_in.secrets:
        yield "      vars:"
    yield from (f"        {name}: {yaml_quoted(value)}" for name, value in sorted(sign_in.variables.items()))
    yield from (f'        {name}: "{{{{ {secret_name(name)} }}}}"' for name in sorted(sign_in.secrets))
    yield "      hosts:" if fleet.servers else "      hosts: {}"
    for server in fleet.servers:
        yield from _server(fleet, server, sign_in)


def _server(fleet: Fleet, server: FoundServer, sign_in: SignIn) -> Iterator[str]:
    yield f"        {_key(server.fqdn)}:  # {_comment(about(server))}"
    if server.fqdn == fleet.reader:
        yield from (f"          {name}: {yaml_quoted(value)}" for name, value in sorted(sign_in.own.items()))
    if server.reach == THROUGH:
        own = {"ansible_host": fleet.reader, **sign_in.own, "hma_server": server.fqdn}
        yield from (f"          {name}: {yaml_quoted(value)}" for name, value in own.items())


def about(server: FoundServer) -> str:
    """A server in one line: what it is, where, and how it is reached where that is not as usual."""
    how = {
        THROUGH: "; its port does not answer here, so it is reached through another one",
        SILENT: "; IT DOES NOT ANSWER: start it, or leave it out by hma_servers_excluded",
    }
    return f"{server.label}, site {server.site or 'unknown'}{how.get(server.reach, '')}"


def _groups(fleet: Fleet) -> Iterator[str]:
    """The servers by site and by version, for --limit; and those that do not answer."""
    groups: dict[str, list[str]] = {}
    for server in fleet.servers:
        names = [group_name("exchange_site", server.site), group_name("exchange", server.product)]
        for name in [*names, *([SILENT_GROUP] if server.reach == SILENT else [])]:
            groups.setdefault(name, []).append(server.fqdn)
    for name, hosts in sorted(groups.items()):
        yield from (f"    {name}:", "      hosts:", *(f"        {_key(host)}:" for host in hosts))


def _tenants(fleet: Fleet) -> Iterator[str]:
    known = [tenant for tenant in fleet.tenants if tenant.domain]
    yield f"    {TENANTS_GROUP}:"
    yield "      hosts:" if known else "      hosts: {}"
    for tenant in fleet.tenants:
        lines = _tenant(tenant)
        yield from lines if tenant.domain else (f"        # {line[8:]}" for line in lines)


def _tenant(tenant: FoundTenant) -> Iterator[str]:
    """A tenant without a domain is a comment: no playbook guesses one, and each needs it."""
    yield f"        {_key(tenant.host)}:  # {_comment(_about_tenant(tenant))}"
    yield f"          hma_tenant_id: {yaml_quoted(tenant.tenant_id)}"
    yield f"          hma_tenant_domain: {yaml_quoted(tenant.domain)}"
    if tenant.cloud != "global":
        choice = "usgov_l4 or usgov_l5: choose one" if not tenant.cloud else ""
        yield f"          hma_cloud: {tenant.cloud or 'usgov_l4'}{f'  # {choice}' if choice else ''}"
    yield f'          hma_client_id: "{{{{ {tenant_secret(tenant, "client_id")} }}}}"'
    yield f'          hma_client_secret: "{{{{ {tenant_secret(tenant, "client_secret")} }}}}"'
    yield "          # With a certificate, which is better, instead of the line above:"
    yield f"          # hma_certificate_path: {tenant.host}.pem"


def _about_tenant(tenant: FoundTenant) -> str:
    trust = f"AuthServer '{tenant.auth_server}'"
    if not tenant.domain:
        return f"{trust} names no domain: give hma_tenant_domain, and take the # away; or remove that AuthServer"
    more = "" if tenant.initial else "; the tenant's domain of onmicrosoft.com is not among its names"
    return f"{trust} ({', '.join(tenant.domains)}){more}"


def vault_text(fleet: Fleet, sign_in: SignIn) -> str:
    """The secrets that are still to be given, for a file that ansible-vault encrypts."""
    names = [secret_name(name) for name in sorted(sign_in.secrets)]
    for tenant in (item for item in fleet.tenants if item.domain):
        names += [tenant_secret(tenant, kind) for kind in ("client_id", "client_secret")]
    return "\n".join([_VAULT_HEAD, *(f'{name}: ""' for name in names), ""])


_VAULT_HEAD: Final = f"""\
# Copy this file to {VAULT}, fill it in there, and encrypt it:
#   ansible-vault encrypt {VAULT}
# Later: ansible-vault edit {VAULT}. Ansible reads the copy by itself, and never this example.
---"""


def variables_text(what: str, variables: Sequence[Variable]) -> str:
    """Every public variable of a kind of host, each commented: to use one, take the # away."""
    lines = [f"# Every variable that {what} may have. To set one, take the # away from its line.", "---"]
    for item in variables:
        kind = f"{item.type}, secret: in the vault" if item.secret else item.type
        wanted = "required, see the inventory" if item.required else f"default {item.default or 'none'}"
        lines += ["", f"# {_comment(item.meaning)} ({kind}; {wanted})", f"# {item.name}:"]
    return "\n".join([*lines, ""])


def secret_name(name: str) -> str:
    """The variable of the vault that stands for a secret of the connection."""
    return f"vault_{name}"


def tenant_secret(tenant: FoundTenant, kind: str) -> str:
    return f"vault_{_WORD.sub('_', tenant.host)}_{kind}"


def _key(name: str) -> str:
    """A key of YAML. Nearly every name of a host is one as it stands."""
    return name if _PLAIN.fullmatch(name) and not name.replace(".", "").isdigit() else yaml_quoted(name)


def _comment(text: str) -> str:
    """Text of others in a comment: no line of it is one of the file."""
    return " ".join(str(printable(text)).split())


def lines_to_add(fleet: Fleet, sign_in: SignIn, servers: Sequence[str], tenants: Sequence[str]) -> list[str]:
    """The lines of new hosts, as they stand below ``hosts`` of their groups."""
    found = [line for item in fleet.servers if item.fqdn in servers for line in _server(fleet, item, sign_in)]
    return found + [line for item in fleet.tenants if item.host in tenants for line in _tenant(item)]
