# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Signing in to a tenant with msal; one application object per tenant, no token leaves this package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.sign_in_codes import (
    UNKNOWN_RESOURCE,
    UNKNOWN_TENANT,
    codes_in,
    next_step,
)

from .border import MachineSignIn, SignIn
from .certificate_file import FileRefused, read_certificate
from .errors import GraphError, Unusable
from .session import TenantSession, new_session

_MISSING = ""
try:
    import cryptography  # noqa: F401 - certificate_file.py needs it # pylint: disable=unused-import
    import msal
    from msal.exceptions import MsalServiceError
except ImportError as exc:
    _MISSING = (exc.name or "msal").partition(".")[0]

if TYPE_CHECKING:
    from .tenant import Tenant


def acquire_token(tenant: Tenant, session: TenantSession) -> str:
    """A token for Graph; GraphError says what Entra answered and what to do."""
    where, answer = _answer(tenant, session, tenant.graph_url)
    token = answer.get("access_token")
    if not isinstance(token, str):
        raise GraphError(tenant.redact(f"{where} was refused: {_refusal(answer)}"))
    return token


def why_no_token(tenant: Tenant, session: TenantSession, name: str) -> str | None:
    """Nothing where Entra issues a token for this service principal name, else its AADSTS500011. The token is dropped
    unread."""
    where, answer = _answer(tenant, session, name)
    if isinstance(answer.get("access_token"), str):
        return None
    if UNKNOWN_RESOURCE in (answer.get("error_codes") or []):
        return tenant.redact(str(answer.get("error_description") or f"AADSTS{UNKNOWN_RESOURCE}").splitlines()[0])
    raise GraphError(tenant.redact(f"{where} was refused for {name}: {_refusal(answer)}"))


def _answer(tenant: Tenant, session: TenantSession, resource: str) -> tuple[str, Mapping[str, Any]]:
    """What was tried, and what Entra answered."""
    if _MISSING:
        raise GraphError(
            f"The Python library {_MISSING} is missing on the control node: pip install -r requirements.txt"
        )
    where = (
        f"Tenant {tenant.tenant_id}: sign-in of {tenant.client_id or 'the managed identity'} at {tenant.sign_in_url}"
    )
    try:
        return where, _ask(tenant, session, _credential(tenant) if not tenant.managed_identity else None, resource)
    except (OSError, ValueError, MsalServiceError) as exc:
        raise GraphError(tenant.redact(f"{where} failed: {_failure(tenant, exc)}")) from None
    except Unusable as exc:
        raise GraphError(tenant.redact(f"{where} failed: {exc}")) from None


def _failure(tenant: Tenant, exc: Exception) -> str:
    """Why there is no answer of Entra, and what to do. msal says of whatever happened at the authority that it is
    unknown; what it was is in the context."""
    # requests' exceptions are OSErrors, and those about an address are ValueErrors as well.
    is_msals = isinstance(exc, ValueError) and not isinstance(exc, OSError)
    cause = exc.__context__ or exc if is_msals else exc
    if isinstance(cause, OSError) or not is_msals:
        return _reason(tenant, cause)
    step = next_step([*codes_in(str(cause)), UNKNOWN_TENANT])
    return f"{cause}. {'Does this machine have that identity?' if tenant.managed_identity else step}"


def _ask(tenant: Tenant, session: TenantSession, credential: Any, resource: str) -> Mapping[str, Any]:
    if tenant.managed_identity:
        identity = (
            msal.UserAssignedManagedIdentity(client_id=tenant.client_id)
            if tenant.client_id
            else msal.SystemAssignedManagedIdentity()
        )
        # The machine's own metadata address; a proxy is for the way out.
        client = msal.ManagedIdentityClient(
            identity, http_client=MachineSignIn(new_session(replace(tenant, proxy=None), session.before_request))
        )
        answer: Mapping[str, Any] = client.acquire_token_for_client(resource=resource)
        return answer
    # Our table of clouds (or the option) is the allow-list: discovery would ask a host that nobody configured.
    # A new application each time: msal remembers a refusal for a minute and would answer from memory.
    app = msal.ConfidentialClientApplication(
        tenant.client_id,
        authority=tenant.sign_in_url,
        client_credential=credential,
        http_client=SignIn(tenant, session),
        instance_discovery=False,
    )
    # A name ends with its slash, so its scope has two: https://mail.contoso.com//.default is the resource with the
    # slash.
    found: Mapping[str, Any] = app.acquire_token_for_client(scopes=[f"{resource}/.default"])
    return found


def _credential(tenant: Tenant) -> Any:
    if tenant.client_secret:
        return tenant.client_secret
    if tenant.client_assertion:
        return {"client_assertion": lambda: tenant.client_assertion}
    if tenant.certificate_path:
        try:
            return read_certificate(tenant)
        except FileRefused as exc:
            raise GraphError(f"Tenant {tenant.tenant_id}: {exc}") from None
    raise GraphError(
        f"Tenant {tenant.tenant_id}: no way to sign in. Set one of hma_client_secret, hma_certificate_path, "
        f"hma_client_assertion, hma_managed_identity."
    )


def _refusal(answer: Mapping[str, Any]) -> str:
    text = str(answer.get("error_description") or answer.get("error") or "no reason given").splitlines()[0]
    step = next_step([*(answer.get("error_codes") or []), *codes_in(text)])
    return f"{text} (correlation id {answer.get('correlation_id', 'none')}). {step}".rstrip()


def _reason(tenant: Tenant, exc: BaseException) -> str:
    text = tenant.redact(str(exc))
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return (
            "its certificate is not trusted here. Set hma_ca_path to the CA that issued it (a proxy that opens "
            "TLS, perhaps)."
        )
    if "SOCKS" in text:
        return f"{text[:300]} For a proxy of that kind install PySocks, or set hma_proxy to one that speaks HTTP."
    return f"{type(exc).__name__}: {text[:300].rstrip('.')}. Check that this host may reach it (firewall, hma_proxy)."
