# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Exchange servers of an organization as an inventory."""

from __future__ import annotations

DOCUMENTATION = r"""
name: exchange_servers
short_description: The Exchange servers of an organization as an inventory
version_added: 0.1.0
author:
  - hybrid.exchange contributors (@hybrid-exchange)
description:
  - Asks one Exchange server for all of them, and makes a host of each that clients talk to, by its full name. Edge
    servers and those without the client access role are left out.
  - The server is asked through P(ansible.builtin.winrm#connection) or P(ansible.builtin.psrp#connection). What
    O(connection) holds becomes variables of the group too, so that the hosts are reached in the same way.
  - The name of the source file ends with C(exchange_servers.yml) or C(exchange_servers.yaml).
  - Each server has C(msexch_name), C(msexch_site), C(msexch_product) (2016, 2019, SE, ...), C(msexch_version),
    C(msexch_label) and C(msexch_roles); O(compose), O(groups) and O(keyed_groups) are for the servers.
  - Whether a server answers is not asked; the playbook C(hybrid.exchange.discover) does that, and writes an inventory
    that is yours to change.
options:
  plugin:
    description: The name of this plugin.
    type: str
    required: true
    choices: [hybrid.exchange.exchange_servers]
  server:
    description: The server to ask, by its full name.
    type: str
    required: true
  connection:
    description:
      - How it is reached, as variables of a host; C(ansible_connection) is one of them. C(exchange_user) and
        C(exchange_password) can be among them.
      - A value may be a template, as of a lookup or of a file of the vault. C(ansible-inventory) shows it as it stands
        here.
    type: dict
    required: true
  group:
    description: The group of the servers.
    type: str
    default: exchange_servers
  tenants:
    description:
      - Whether the tenants that Exchange trusts by an AuthServer become hosts too, with C(hma_tenant_id) and
        C(hma_tenant_domain). How to sign in to them stands in C(host_vars) or C(group_vars).
      - One whose AuthServer names no domain is left out.
    type: bool
    default: false
  tenants_group:
    description: The group of the tenants.
    type: str
    default: entra_tenants
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
requirements:
  - pywinrm or pypsrp, for the connection
  - An Exchange role, View-Only Organization Management is enough
"""

EXAMPLES = r"""
# fleet.exchange_servers.yml
plugin: hybrid.exchange.exchange_servers
server: ex1.corp.contoso.com
connection:
  ansible_connection: psrp
  ansible_psrp_protocol: http
  ansible_port: 80
  ansible_psrp_path: PowerShell
  ansible_psrp_configuration_name: Microsoft.Exchange
  ansible_psrp_auth: kerberos
  ansible_psrp_negotiate_service: HTTP
  ansible_user: hma-audit@CORP.CONTOSO.COM
  ansible_password: "{{ lookup('ansible.builtin.env', 'HMA_AUDIT_PASSWORD') }}"
tenants: true
keyed_groups:
  - prefix: site
    key: msexch_site
  - prefix: exchange
    key: msexch_product
groups:
  needs_update: msexch_product in ['2013', '2016']
compose:
  hma_probe_certificate_name: "'mail.' ~ (inventory_hostname | split('.', 1) | last)"
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/hma
cache_timeout: 3600
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.facts import plain as facts_of
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.plain import plain
from ansible_collections.hybrid.exchange.plugins.plugin_utils._discovery.asking import ask
from ansible_collections.hybrid.exchange.plugins.plugin_utils._discovery.connection import connected
from ansible_collections.hybrid.exchange.plugins.plugin_utils._discovery.sign_in import is_secret
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import ExchangeError, Unreachable
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.shell import open_shell
from ansible_collections.hybrid.exchange.plugins.plugin_utils._scrub import scrub

_NO_VALUE: Final = (
    "a template or a vaulted value of it gives no value. Look at its lookups, and give the password of the vault "
    "(--ask-vault-pass, or ANSIBLE_VAULT_PASSWORD_FILE)."
)
_OWN: Final = ("name", "site", "product", "version", "label", "roles")


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """One server is asked, or the cache."""

    NAME = "hybrid.exchange.exchange_servers"

    def verify_file(self, path: str) -> bool:
        return bool(super().verify_file(path)) and path.endswith(("exchange_servers.yml", "exchange_servers.yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        fleet = self._remembered(path, cache)
        self._add_servers(fleet["servers"])
        if self.get_option("tenants"):
            self._add_tenants(fleet["tenants"])

    def _remembered(self, path: str, cache: bool) -> Mapping[str, Any]:
        """What the cache holds, where it is to be used and does; else what the server says, for the cache too."""
        key = self.get_cache_key(path)
        if not self.get_option("cache"):
            return self._asked(path)
        if cache and key in self._cache:
            found: Mapping[str, Any] = self._cache[key]
            return found
        self._cache[key] = self._asked(path)
        return dict(self._cache[key])

    def _asked(self, path: str) -> dict[str, Any]:
        server, variables = str(self.get_option("server")), self._variables(path)
        password = variables.get("exchange_password")
        try:
            with connected(server, variables) as connection:
                shell = open_shell(
                    connection, host=server, exchange_user=variables.get("exchange_user"), exchange_password=password
                )
                fleet = ask(shell, status=False).fleet
        except (Unreachable, ExchangeError, Refused, ParseError) as exc:
            secrets = [str(value) for name, value in variables.items() if value and is_secret(name, value)]
            raise AnsibleParserError(f"{path}: {scrub({'msg': str(exc)}, secrets)['msg']}") from None
        for gap in fleet.unread:
            self.display.warning(f"{path}: {gap.reason}")
        return {"servers": facts_of(fleet.servers), "tenants": facts_of(fleet.tenants)}

    def _variables(self, path: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = plain(self.templar.template(self.get_option("connection")))
        except AnsibleError as exc:
            # Its text may quote a value, and the value may be a secret.
            first = (str(exc).splitlines() or [""])[0] if "undefined" in str(exc) else _NO_VALUE
            raise AnsibleParserError(f"{path}: connection cannot be read: {first}") from None
        return found

    def _add_servers(self, servers: Iterable[Mapping[str, Any]]) -> None:
        group = self.inventory.add_group(str(self.get_option("group")))
        for name, value in self.get_option("connection").items():
            # As it stands in the source: a template is one of the group's variables, and no secret is looked up here.
            self.inventory.set_variable(group, name, value)
        for server in servers:
            host, variables = str(server["fqdn"]), {f"msexch_{name}": server[name] for name in _OWN}
            self._add(host, group, variables)
            self._construct(host, variables)

    def _add_tenants(self, tenants: Iterable[Mapping[str, Any]]) -> None:
        group = self.inventory.add_group(str(self.get_option("tenants_group")))
        for tenant in tenants:
            if tenant["domain"]:
                variables = {"hma_tenant_id": tenant["tenant_id"], "hma_tenant_domain": tenant["domain"]}
                self._add(str(tenant["host"]), group, variables)

    def _add(self, host: str, group: str, variables: Mapping[str, Any]) -> None:
        self.inventory.add_host(host, group)
        for name, value in variables.items():
            self.inventory.set_variable(host, name, value)

    def _construct(self, host: str, variables: Mapping[str, Any]) -> None:
        """What constructed inventories make of a host."""
        strict, known = self.get_option("strict"), {"inventory_hostname": host, **variables}
        self._set_composite_vars(self.get_option("compose"), known, host, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), known, host, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), known, host, strict=strict)
