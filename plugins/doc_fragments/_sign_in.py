# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How to sign in to a tenant: as options of a module, and as suboptions of a tenant that is one dictionary."""

from __future__ import annotations

import textwrap

_REST = """
client_id:
  description: Id of the application that signs in, or of a user-assigned managed identity.
  type: str
client_secret:
  description: Secret of the application. A certificate is the better way.
  type: str
certificate_path:
  description: File with certificate and private key of the application, PEM or PFX, on the control node.
  type: path
certificate_password:
  description: Password of that file.
  type: str
client_assertion:
  description: A signed assertion from a workload identity provider.
  type: str
managed_identity:
  description: Whether to sign in as the managed identity of the control node.
  type: bool
  default: false
cloud:
  description: The Microsoft cloud the tenant is in.
  type: str
  choices: [global, usgov_l4, usgov_l5, china, bleu, delos]
  default: global
authority:
  description:
    - Address to sign in at, without the tenant, with https. Default is the cloud's.
    - A redirect is not followed, and a token endpoint or issuer at another host is refused.
  type: str
graph_endpoint:
  description: Address of Microsoft Graph, with https. Default is the cloud's. A redirect is not followed.
  type: str
validate_certs:
  description: Whether certificates of Entra and Graph are verified.
  type: bool
  default: true
ca_path:
  description: File with the certificate authorities to trust. Variables of the environment do not override it.
  type: path
proxy:
  description: Proxy for Entra and Graph, as V(http://proxy.contoso.com:8080). Variables of the environment are
    not used.
  type: str
"""
_ID = """
tenant_id:
  description: Id of the tenant, a GUID.
  type: str
  required: true
"""


def _suboptions(option: str) -> str:
    return f"options:\n  {option}:\n    suboptions:\n{textwrap.indent(_ID + _REST, ' ' * 6)}"


class ModuleDocFragment:
    """DOCUMENTATION has the options of a module, TENANT and TENANTS the suboptions of an option of that name."""

    # Annotated, because ansible-test takes each plain assignment here for YAML as it stands.
    DOCUMENTATION: str = f"""
options:
  tenant_id:
    description: Id of the tenant, a GUID. This option and the others that sign in, or O(tenant).
    type: str
{textwrap.indent(_REST, "  ")}"""
    TENANT: str = _suboptions("tenant")
    TENANTS: str = _suboptions("tenants")
