# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who calls a listener: Basic, client certificate, NTLM, Kerberos, CredSSP. The listener asks once per request.

As with Windows a logon by NTLM, Kerberos or CredSSP belongs to one TCP connection: another connection is another
stranger. Over plain http every message is encrypted (AllowUnencrypted is false, as delivered). Over https the logon is
bound to the server's certificate; Windows refuses a client without channel binding where CbtHardeningLevel is Strict.
"""

from __future__ import annotations

import base64
import binascii
import os
import struct
from asyncio import BaseTransport
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol
from weakref import WeakKeyDictionary

import spnego
from aiohttp import web
from cryptography import x509
from spnego.channel_bindings import GssChannelBindings
from spnego.exceptions import SpnegoError

from .exchange import Organization, is_local
from .sealing import is_sealed, protocol_of, seal, unseal

_MUTUAL: Final = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
_SIGNATURE: Final = b"NTLMSSP\x00"


def _plain(response: web.Response) -> web.Response:
    return response


@dataclass(frozen=True)
class Caller:
    """An authenticated request: who, the readable body, and how the answer is sealed for this connection.

    ``passes_on``: Windows can use the logon for another server too, so there is no double hop.
    """

    user: str
    body: bytes
    seal: Callable[[web.Response], web.Response] = _plain
    method: str = "basic"
    passes_on: bool = False


class Authentication(Protocol):
    """What a listener needs: a caller, or the HTTP answer that goes on with the handshake or refuses."""

    secure: bool

    async def authenticate(self, request: web.Request, organization: Organization) -> Caller | web.Response: ...

    def challenge(self) -> web.Response: ...


@dataclass(frozen=True)
class Policy:
    """What a listener takes. ``domain``: whether Basic is for accounts of the domain too, which WinRM's is not."""

    offers: tuple[str, ...]
    secure: bool
    ntlm: bool = True
    domain: bool = False
    blank: bool = False


WINRM_HTTPS: Final = Policy(("Negotiate", "Kerberos", "CredSSP", 'Basic realm="WSMAN"'), secure=True)
WINRM_HTTP: Final = Policy(("Negotiate", "Kerberos", "CredSSP"), secure=False)
# The front end of Exchange: IIS's own methods are off, its Kerberos module takes tickets and nothing else.
EXCHANGE_HTTP: Final = Policy(("Negotiate",), secure=False, ntlm=False, blank=True)
# An endpoint whose owner switched Basic on (Set-PowerShellVirtualDirectory -BasicAuthentication $true).
EXCHANGE_BASIC: Final = Policy(('Basic realm="Exchange"',), secure=True, ntlm=False, domain=True)


class _Refused(Exception):
    """No logon. ``challenge`` goes back where the conversation is to go on."""

    def __init__(self, why: str, challenge: str | None = None) -> None:
        super().__init__(why)
        self.challenge = challenge


@dataclass
class _Connection:
    """What one TCP connection knows: a conversation under way, then a logon and the keys it left."""

    context: Any = None
    logon: Caller | None = None
    reply: dict[str, str] = field(default_factory=dict)


class WindowsAuthentication:
    """Before one listener. ``hostname`` is the name in its service principal names, ``certificate`` that of its
    https."""

    def __init__(
        self, policy: Policy, *, hostname: str = "unspecified", certificate: x509.Certificate | None = None
    ) -> None:
        self._policy, self._hostname = policy, hostname
        self.secure = policy.secure
        self._bindings = _bindings(certificate) if certificate is not None else None
        self._connections: WeakKeyDictionary[BaseTransport, _Connection] = WeakKeyDictionary()

    def challenge(self) -> web.Response:
        return _unauthorized(self._policy.offers)

    async def authenticate(self, request: web.Request, organization: Organization) -> Caller | web.Response:
        body = await request.read()
        if request.transport is None:
            return web.Response(status=400)
        connection = self._connections.setdefault(request.transport, _Connection())
        connection.reply = {}
        try:
            logon = self._logon(request, connection, organization)
        except _Refused as exc:
            return _unauthorized([exc.challenge] if exc.challenge else self._policy.offers)
        if not body:
            # Clients set a connection up with an empty request before they encrypt the first message.
            return web.Response(status=200, headers=connection.reply)
        return self._open(request.headers.get("Content-Type", ""), body, connection, logon)

    def _open(self, content_type: str, body: bytes, connection: _Connection, logon: Caller) -> Caller | web.Response:
        if not is_sealed(content_type):
            if not self._policy.secure:
                # As reported of Windows: 500 without a body, the reason stands in the server's event log.
                return web.Response(status=500)
            return Caller(logon.user, body, self._with(connection.reply), logon.method, logon.passes_on)
        if connection.context is None:
            return web.Response(status=400)
        try:
            message = unseal(connection.context, body)
        except (SpnegoError, ValueError, struct.error):
            return web.Response(status=400)
        return Caller(
            logon.user, message, self._sealing(connection, protocol_of(content_type)), logon.method, logon.passes_on
        )

    @staticmethod
    def _with(headers: Mapping[str, str]) -> Callable[[web.Response], web.Response]:
        def finish(response: web.Response) -> web.Response:
            response.headers.update(headers)
            return response

        return finish

    def _sealing(self, connection: _Connection, protocol: str) -> Callable[[web.Response], web.Response]:
        reply = dict(connection.reply)

        def finish(response: web.Response) -> web.Response:
            content = response.body if isinstance(response.body, bytes) else b""
            kind, body = seal(connection.context, content, protocol, blank=self._policy.blank)
            return web.Response(status=response.status, body=body, headers={"Content-Type": kind, **reply})

        return finish

    # -- who it is

    def _logon(self, request: web.Request, connection: _Connection, organization: Organization) -> Caller:
        header = request.headers.get("Authorization", "")
        scheme, _space, rest = header.partition(" ")
        if header == _MUTUAL:
            return self._certificate(request, organization)
        if scheme.casefold() == "basic":
            return self._basic(rest, organization)
        if scheme in ("Negotiate", "NTLM", "Kerberos", "CredSSP"):
            connection.logon = self._step(connection, scheme, rest, organization)
        if connection.logon is None:
            raise _Refused("nobody logged on over this connection")
        return connection.logon

    def _basic(self, rest: str, organization: Organization) -> Caller:
        if not any(offer.startswith("Basic") for offer in self._policy.offers):
            raise _Refused("no Basic here")
        try:
            name, _colon, password = base64.b64decode(rest, validate=True).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeDecodeError) as exc:
            raise _Refused("no Basic credentials") from exc
        if not self._policy.domain and not is_local(name):
            raise _Refused("WinRM's Basic is for local accounts")
        return Caller(_account(organization, name, password), b"", method="basic")

    def _certificate(self, request: web.Request, organization: Organization) -> Caller:
        """The local user that a client certificate is mapped to: its common name."""
        certificate = request.get_extra_info("peercert") or {}
        names = [
            value
            for part in certificate.get("subject", ())
            for key, value in part
            if key == "commonName" and is_local(value)
        ]
        if not names:
            raise _Refused("no client certificate")
        return Caller(_account(organization, names[0], None), b"", method="certificate")

    def _step(self, connection: _Connection, scheme: str, rest: str, organization: Organization) -> Caller:
        """One step of a conversation, which ends with the logon of the connection."""
        try:
            token = base64.b64decode(rest, validate=True)
            if connection.context is None or connection.context.complete:
                connection.context = self._context(scheme, token)
            answer = connection.context.step(token)
            logon = _finished(connection.context, scheme, organization) if connection.context.complete else None
        except (SpnegoError, _Refused, ValueError, struct.error, AttributeError) as exc:
            # pyspnego does not wrap what a torn token raises, and asks gssapi for the flags of a context that it just
            # refused.
            connection.context = connection.logon = None
            raise _Refused(str(exc)) from exc
        reply = f"{scheme} {base64.b64encode(answer).decode('ascii')}" if answer else scheme
        if logon is None:
            raise _Refused("to be continued", reply)
        connection.reply = {"WWW-Authenticate": reply} if answer else {}
        return logon

    def _context(self, scheme: str, token: bytes) -> Any:
        if scheme not in self._policy.offers and scheme != "NTLM":
            raise ValueError(f"{scheme} is not offered")
        if _SIGNATURE in token and not self._policy.ntlm:
            raise ValueError("no NTLM here")
        if scheme == "CredSSP":
            # The logon within is bound to the key of CredSSP's own TLS; no channel binding comes with it.
            return spnego.server(hostname=self._hostname, service="HTTP", protocol="credssp")
        bare = token.startswith(_SIGNATURE)
        return spnego.server(
            hostname=self._hostname,
            service="HTTP",
            protocol="ntlm" if bare else "negotiate",
            channel_bindings=self._bindings,
            options=spnego.NegotiateOptions.use_ntlm if bare else spnego.NegotiateOptions.use_negotiate,
        )


def _finished(context: Any, scheme: str, organization: Organization) -> Caller:
    user = str(context.client_principal)
    if scheme == "CredSSP":
        credential = context.get_extra_info("client_credential")
        return Caller(_account(organization, user, credential.password), b"", method="credssp", passes_on=True)
    protocol = str(context.negotiated_protocol or "ntlm")
    delegated = protocol == "kerberos" and bool(context.context_attr & spnego.ContextReq.delegate)
    return Caller(_account(organization, user, None), b"", method=protocol, passes_on=delegated)


def _account(organization: Organization, name: str, password: str | None) -> str:
    found = organization.user(name, password)
    if found is None:
        raise _Refused(f"no account {name} with this password")
    return str(found["name"])


def _unauthorized(offers: tuple[str, ...] | list[str]) -> web.Response:
    response = web.Response(status=401)
    for offer in offers:
        response.headers.add("WWW-Authenticate", offer)
    return response


def _bindings(certificate: x509.Certificate) -> GssChannelBindings:
    """RFC 5929, tls-server-end-point: the certificate's hash by the algorithm of its signature."""
    algorithm = certificate.signature_hash_algorithm
    if algorithm is None or algorithm.name in ("md5", "sha1"):
        raise ValueError("the lab's certificates are signed with SHA-256 or better")
    return GssChannelBindings(application_data=b"tls-server-end-point:" + certificate.fingerprint(algorithm))


def ntlm_users(path: Path, organizations: list[Organization]) -> None:
    """Write the accounts where pyspnego's NTLM looks for them: DOMAIN:user:password, a UPN without a domain."""
    lines = []
    for organization in organizations:
        for name, user in organization.logon_names.items():
            domain, _backslash, account = name.rpartition("\\")
            password = user["password"]
            if set(":\r\n") & set(name + password):
                raise SystemExit(f"scenario: user {name}: no colon and no line break in a name or password")
            lines.append(f"{domain}:{account}:{password}\n")
    path.touch(mode=0o600)
    path.write_text("".join(lines), encoding="utf-8")
    os.environ["NTLM_USER_FILE"] = str(path)
