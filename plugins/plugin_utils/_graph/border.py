# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What of a sign-in msal may see: answers of the authority's own host, of the documented shape, and nothing
else.

The secret goes where ``openid-configuration`` says, so that answer decides who gets it. It has to name the host that
was asked, and this tenant.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import SplitResult, urlsplit

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import shown
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.clouds import CLOUDS

from .errors import Unusable
from .refusals import is_passing, retry_after
from .session import Answer, TenantSession

if TYPE_CHECKING:
    from .tenant import Tenant

# Between the first and the second question, and between that and the last.
_PAUSES: Final = (1.0, 5.0)
_LONGEST_PAUSE: Final = 20.0
_LONGEST_TEXT: Final = 500
_TEXTS: Final = ("error", "error_description", "correlation_id", "message")


class SignIn:
    """The HTTP client of msal's sign-in of an application."""

    def __init__(self, tenant: Tenant, session: TenantSession) -> None:
        self._tenant, self._session = tenant, session

    def get(self, url: str, **given: Any) -> Answer:
        """openid-configuration: msal asks for nothing else."""
        self._own(url, "openid-configuration")
        answer = _direct(self._asked(lambda: self._session.get(url, **given)), url)
        if 400 <= answer.status_code < 500:
            if not answer.json():
                raise Unusable(_strange(answer))
            return Answer(answer.status_code, answer.headers, self._tenant.redact(answer.text)[:_LONGEST_TEXT])
        configuration = answer.json() if answer.status_code == 200 else {}
        endpoint, issuer = configuration.get("token_endpoint"), configuration.get("issuer")
        if not isinstance(endpoint, str) or not isinstance(issuer, str):
            text = "openid-configuration names no token_endpoint and issuer"
            raise Unusable(
                f"{text} (HTTP {answer.status_code}). Does Entra answer at that address? Check hma_authority."
            )
        self._own(endpoint, "its token_endpoint")
        self._issued(issuer)
        return _again(answer, {"token_endpoint": endpoint, "issuer": issuer, "authorization_endpoint": endpoint})

    def post(self, url: str, **given: Any) -> Answer:
        """The request with the secret."""
        self._own(url, "the token endpoint")
        answer = self._asked(lambda: self._session.post(url, **given))
        return _token(self._clean(_direct(answer, url)), ("expires_in",))

    def _asked(self, ask: Callable[[], Answer]) -> Answer:
        """The first answer that stays one. Asking for a token changes nothing, and Entra says by 429, and by errors of
        its own, that it is to be asked again: a run has several sign-ins, the last ones after its writes."""
        for pause in _PAUSES:
            answer = ask()
            if not is_passing(answer):
                return answer
            self._session.pause(min(retry_after(answer) or pause, _LONGEST_PAUSE))
        return ask()

    def _clean(self, answer: Answer) -> Answer:
        """The answer as it is where it holds a token, else without the secrets that it may quote."""
        if answer.status_code == 200:
            return answer
        return _again(answer, self._tenant.without_secrets(answer.json()))

    def close(self) -> None:
        """The session is its owner's to close."""

    def _own(self, url: str, what: str) -> None:
        """Refuse a host that is not the authority's own."""
        parts = _parts(url)
        if parts is None or parts.scheme != "https" or _place(parts) not in self._hosts:
            text = f"{what} is {shown(url)}, which is not at {' or '.join(sorted(self._hosts))}: nothing is sent there."
            raise Unusable(f"{text} {_of_cloud(parts)}Check hma_cloud and hma_authority, and who answers there.")

    def _issued(self, issuer: str) -> None:
        """Refuse the configuration of another tenant or of another host."""
        parts = _parts(issuer)
        right = parts is not None and parts.scheme == "https" and _place(parts) in self._hosts
        if parts is None or not right or fold(parts.path).strip("/") != f"{fold(self._tenant.tenant_id)}/v2.0":
            raise Unusable(
                f"openid-configuration is of the issuer {shown(issuer)}, not of this tenant. Check "
                f"hma_tenant_id, hma_cloud and hma_authority."
            )

    @property
    def _hosts(self) -> frozenset[str]:
        """The authority's host; with it the others of the same cloud, where it is a cloud's."""
        asked = _place(urlsplit(self._tenant.sign_in_url))
        known = (frozenset(cloud.authorization_hosts) for cloud in CLOUDS.values())
        return next((hosts for hosts in known if asked in hosts), frozenset({asked}))


class MachineSignIn:
    """The HTTP client of msal's managed identity: the platform says where its metadata is, often over plain http."""

    def __init__(self, session: TenantSession) -> None:
        self._session = session

    def get(self, url: str, **given: Any) -> Answer:
        return self._checked(self._session.get(url, **given), url)

    def post(self, url: str, **given: Any) -> Answer:
        return self._checked(self._session.post(url, **given), url)

    def close(self) -> None:
        """The session is its owner's to close."""

    def _checked(self, answer: Answer, url: str) -> Answer:
        # Azure Arc answers 401 first, with an empty body and a challenge in a header.
        if answer.status_code == 401 and not answer.text:
            return answer
        return _token(_direct(answer, url), ("expires_in", "expires_on"))


def _of_cloud(parts: SplitResult | None) -> str:
    """Entra sends a tenant of another cloud to its own sign-in; that cloud is the one to set."""
    place = _place(parts) if parts is not None else ""
    clouds = [name for name, cloud in CLOUDS.items() if place in cloud.authorization_hosts]
    return f"That is the sign-in of another cloud: set hma_cloud to {' or '.join(clouds)}. " if clouds else ""


def _direct(answer: Answer, url: str) -> Answer:
    """Refuse a redirect: what was sent holds a secret, and is for the host that was asked."""
    if 300 <= answer.status_code < 400:
        target = _parts(answer.headers.get("Location", ""))
        place = f"{target.scheme}://{target.netloc}" if target is not None and target.netloc else "another address"
        asked = urlsplit(url).netloc
        raise Unusable(
            f"HTTP {answer.status_code}: {asked} redirects to {shown(place)}. That is not followed; find out "
            f"who answers for {asked} here."
        )
    return answer


def _token(answer: Answer, lifetimes: tuple[str, ...]) -> Answer:
    """The answer with what is known of a token or of a refusal, and nothing else."""
    body = answer.json()
    if not body:
        raise Unusable(_strange(answer))
    if answer.status_code >= 500:
        refusal = _refusal(body)
        raise Unusable(
            f"HTTP {answer.status_code} "
            f"{refusal.get('error_description') or refusal.get('message') or refusal['error']}"
        )
    if answer.status_code != 200:
        return _again(answer, _refusal(body))
    lifetime = next((name for name in lifetimes if _seconds(body.get(name)) is not None), None)
    if not _printable(body.get("access_token")) or lifetime is None:
        raise Unusable(f"HTTP 200 without a token and its lifetime ({', '.join(sorted(map(str, body)))[:200]}).")
    return _again(
        answer, {"access_token": body["access_token"], lifetime: _seconds(body[lifetime]), "token_type": "Bearer"}
    )


def _strange(answer: Answer) -> str:
    return (
        f"HTTP {answer.status_code} without a JSON object. Something other than Entra answers there (a proxy, a "
        f"sign-in page): check hma_proxy, and that this host may reach it."
    )


def _refusal(body: Mapping[str, Any]) -> dict[str, Any]:
    texts = {name: body[name][:_LONGEST_TEXT] for name in _TEXTS if isinstance(body.get(name), str)}
    codes = body.get("error_codes")
    numbers = [code for code in codes if isinstance(code, int)] if isinstance(codes, list) else []
    return {"error": "no reason given", **texts, "error_codes": numbers}


def _seconds(value: Any) -> int | None:
    """A number of seconds, which the metadata services write as text."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**11 else None


def _printable(value: Any) -> bool:
    """Whether a token can stand in a header."""
    return isinstance(value, str) and value != "" and value.isascii() and value.isprintable() and " " not in value


def _again(answer: Answer, body: Mapping[str, Any]) -> Answer:
    return Answer(answer.status_code, answer.headers, json.dumps(body))


def _place(parts: SplitResult) -> str:
    """Host and port of an https address; a user before them makes it another one."""
    return fold(parts.netloc).removesuffix(":443")


def _parts(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None
