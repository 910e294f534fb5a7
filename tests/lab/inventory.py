# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory of a started scenario: what an administrator of this fleet would have written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from .exchange import is_local
from .product import organization_variables, server_variables, tenant_variables
from .web import names_of

if TYPE_CHECKING:
    from .server import Lab

HOST = "127.0.0.1"
# What a server's ``connection`` (or the scenario's, or the option's) may be; "-http" behind it leaves https.
CONNECTIONS = (
    "basic",
    "certificate",
    "credssp",
    "exchange",
    "kerberos",
    "ntlm",
    "psrp",
    "exchange-http",
    "credssp-http",
    "kerberos-http",
    "ntlm-http",
    "psrp-http",
)


def write(lab: Lab) -> None:
    folder = lab.folder
    servers = {
        spec["inventory_name"]: _server(lab, organization, spec)
        for organization in lab.organizations
        for spec in organization.servers.values()
        if "inventory_name" in spec
    }
    tenants = {tenant["inventory_name"]: _tenant(lab, tenant) for tenant in lab.scenario["tenants"]}
    for name, variables in lab.scenario.get("hosts", {}).items():
        (servers if name in servers else tenants)[name].update(variables)
    content = {
        "all": {
            "vars": {**_organization(lab), **lab.scenario.get("vars", {})},
            "children": {"exchange_servers": {"hosts": servers}, "entra_tenants": {"hosts": tenants}},
        }
    }
    path = folder / "inventory.yml"
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def _organization(lab: Lab) -> dict[str, Any]:
    places = {
        name: f"{HOST}:{lab.ports[f'balancer:{item.name}']}" for item in lab.organizations for name in names_of(item)
    }
    domain = lab.organizations[0].spec["accepted_domains"][0]
    return organization_variables(lab.folder / "records", lab.folder / "ca.pem", places, domain)


def _server(lab: Lab, organization: Any, spec: dict[str, Any]) -> dict[str, Any]:
    kind = spec.get("connection") or lab.connection or lab.scenario.get("connection", "ntlm")
    way, _dash, scheme = kind.partition("-")
    reached = spec.get("through", spec["name"])
    variables: dict[str, Any] = {
        "ansible_host": HOST,
        "ansible_port": lab.ports[f"{reached} http" if scheme else reached],
        **(_psrp(lab, organization, reached, way, scheme) if way in ("psrp", "exchange") else _winrm(lab, way, scheme)),
        **_who(lab, organization, spec, way, scheme),
    }
    through = organization.fqdn(spec["name"]) if "through" in spec else None
    return {**variables, **server_variables(f"{HOST}:{lab.ports['web:' + spec['name']]}", through)}


def _winrm(lab: Lab, way: str, scheme: str) -> dict[str, Any]:
    return {
        "ansible_connection": "winrm",
        "ansible_winrm_scheme": scheme or "https",
        "ansible_winrm_transport": way,
        "ansible_winrm_ca_trust_path": str(lab.folder / "ca.pem"),
        "ansible_winrm_operation_timeout_sec": 20,
        "ansible_winrm_read_timeout_sec": 30,
    }


def _psrp(lab: Lab, organization: Any, reached: str, way: str, scheme: str) -> dict[str, Any]:
    """Windows PowerShell, or straight to Exchange's own endpoint.

    The address is the loopback's, so the server's name is given as the one that is signed in to. Exchange over https
    with Basic (an endpoint whose owner switched it on) proves the clients; its front end as delivered takes Kerberos
    over http.
    """
    variables = {
        "ansible_connection": "psrp",
        "ansible_psrp_protocol": scheme or "https",
        "ansible_psrp_ca_cert": str(lab.folder / "ca.pem"),
    }
    if way == "psrp":
        return {**variables, "ansible_psrp_auth": "negotiate"}
    return {
        **variables,
        "ansible_psrp_path": "PowerShell",
        "ansible_psrp_configuration_name": "Microsoft.Exchange",
        "ansible_psrp_auth": "kerberos" if scheme else "basic",
        "ansible_psrp_negotiate_service": "HTTP",
        "ansible_psrp_negotiate_hostname_override": organization.fqdn(reached),
    }


def _who(lab: Lab, organization: Any, spec: dict[str, Any], way: str, scheme: str) -> dict[str, Any]:
    """The account of a way: WinRM's Basic and client certificates are for local ones, the others for the domain's."""
    local = way in ("basic", "certificate")
    user = next(item for item in organization.users.values() if is_local(item["name"]) is local)
    if (way, scheme) == ("exchange", "http"):
        return {"ansible_user": organization.principal(user["name"]), "ansible_password": user["password"]}
    if way == "kerberos":
        # The connection goes to the loopback, the ticket is for the server's name; kinit gets nothing of the
        # environment by itself.
        return {
            "ansible_user": organization.principal(user["name"]),
            "ansible_password": user["password"],
            "ansible_winrm_kerberos_hostname_override": organization.fqdn(spec.get("through", spec["name"])),
            "ansible_winrm_kinit_env_vars": ["KRB5_CONFIG"],
        }
    if way != "certificate":
        return {"ansible_user": user["name"], "ansible_password": user["password"]}
    certificate = lab.authority.issue_cert(common_name=user["name"])
    pem = lab.folder / f"{spec['name']}.pem"
    pem.touch(mode=0o600)
    certificate.private_key_and_cert_chain_pem.write_to_path(str(pem))
    return {"ansible_winrm_cert_pem": str(pem), "ansible_winrm_cert_key_pem": str(pem)}


def _tenant(lab: Lab, tenant: dict[str, Any]) -> dict[str, Any]:
    certificates = {client: path for client, (path, _certificate) in lab.certificates.items()}
    url = f"https://{HOST}:{lab.ports['entra']}"
    return {**tenant_variables(tenant, url, lab.folder / "ca.pem", certificates), **tenant.get("vars", {})}
