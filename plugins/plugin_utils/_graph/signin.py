# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Signing in to a tenant with msal; one application object per tenant, no token leaves this package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.sign_in_codes import (
    UNKNOWN_RESOURCE,
    UNKNOWN_TENANT,
    codes_in,
    next_step,
)

from .._paths import local_path
from .border import MachineSignIn, SignIn
from .errors import GraphError, Unusable
from .session import TenantSession, new_session

_MISSING = ""
try:
    import msal
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.serialization import pkcs12
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
    except ValueError as exc:
        # msal's constructor says nothing of an unknown tenant; the answer of Entra is in the context.
        text = str(exc.__context__ or exc)
        step = next_step([*codes_in(text), UNKNOWN_TENANT])
        hint = "Does this machine have that identity?" if tenant.managed_identity else step
        raise GraphError(tenant.redact(f"{where} failed: {text}. {hint}")) from None
    except Unusable as exc:
        raise GraphError(tenant.redact(f"{where} failed: {exc}")) from None
    except (OSError, msal.exceptions.MsalServiceError) as exc:
        # requests' exceptions are OSErrors.
        raise GraphError(tenant.redact(f"{where} failed: {_reason(tenant, exc)}")) from None


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
        return _certificate(tenant, local_path(tenant.certificate_path))
    raise GraphError(
        f"Tenant {tenant.tenant_id}: no way to sign in. Set one of hma_client_secret, hma_certificate_path, "
        f"hma_client_assertion, hma_managed_identity."
    )


def _certificate(tenant: Tenant, path: Path) -> dict[str, str]:
    """Key and thumbprint of a PEM or PFX file, checked here: msal's own errors name neither file nor reason."""
    password = (tenant.certificate_password or "").encode() or None
    try:
        data = path.read_bytes()
        if fold(path.suffix) in (".pfx", ".p12"):
            key, certificate, _chain = pkcs12.load_key_and_certificates(data, password)
        else:
            key, certificate = serialization.load_pem_private_key(data, password), x509.load_pem_x509_certificate(data)
    except OSError as exc:
        raise GraphError(
            f"Tenant {tenant.tenant_id}: hma_certificate_path {path} cannot be read: {exc.strerror}."
        ) from None
    except (ValueError, TypeError):
        raise GraphError(
            f"Tenant {tenant.tenant_id}: hma_certificate_path {path} holds no certificate with its private "
            f"key, or hma_certificate_password is wrong."
        ) from None
    if key is None or certificate is None:
        raise GraphError(
            f"Tenant {tenant.tenant_id}: hma_certificate_path {path} lacks the certificate or the private key."
        )
    if key.public_key() != certificate.public_key():
        raise GraphError(
            f"Tenant {tenant.tenant_id}: the private key in {path} is not the one of the certificate in it."
        )
    if certificate.not_valid_after_utc < datetime.now(UTC):
        raise GraphError(
            f"Tenant {tenant.tenant_id}: the certificate in {path} expired on "
            f"{certificate.not_valid_after_utc:%Y-%m-%d}. "
            "Make a new one, register it with the application, and name it in hma_certificate_path."
        )
    plain = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        "private_key": plain.decode("ascii"),
        "thumbprint": certificate.fingerprint(hashes.SHA1()).hex(),  # noqa: S303 - identifies, does not protect
        "public_certificate": certificate.public_bytes(serialization.Encoding.PEM).decode("ascii"),
    }


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
    return f"{type(exc).__name__}: {text[:300]}. Check that this host may reach it (firewall, hma_proxy)."
