# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The few requests to Microsoft Graph that service principal names need."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import is_guid, shown
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.accounts import AccountState
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.permissions import need_of
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import EXCHANGE_ONLINE

from .claims import Claims, claims_of, names_of
from .errors import GraphError, NotFinished
from .refusals import hint, is_conflict, is_final, is_passing, is_refusal, reason, retry_after
from .session import Answer, new_session, nothing
from .signin import acquire_token

if TYPE_CHECKING:
    from .tenant import Tenant

_SELECT: Final = "id,appId,displayName,accountEnabled,servicePrincipalNames,replyUrls"
_TRIES: Final = 5
# A tenant has at most some thousand domains; this is a limit against a server that never ends.
_PAGES: Final = 50
# Graph's largest page of users, and as much of a limit: two million users.
_USERS: Final = 999
_USER_PAGES: Final = 2000
# All pauses of one read together; a task that waits longer than this tells nobody anything.
_PATIENCE: Final = 120.0


@dataclass(frozen=True)
class ServicePrincipal:
    """ "Office 365 Exchange Online" in one tenant, as one read showed it. ``enabled`` is None where Graph did not
    say."""

    id: str
    display_name: str
    names: list[str]
    enabled: bool | None = None
    # None where they were not a list of text; nothing but the sign-in of Outlook on the web needs them.
    reply_urls: list[str] | None = None


class GraphClient:
    """Requests to one tenant. Reads are repeated on throttling and server errors; a write is never.

    ``before_request`` is called before each request, a sign-in too, and may refuse it by an exception.
    """

    def __init__(
        self,
        tenant: Tenant,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        before_request: Callable[[], None] = nothing,
    ) -> None:
        self._tenant = tenant
        self._session = new_session(tenant, before_request)
        self._session.pause = sleep
        self._sleep, self._clock = sleep, clock
        self._token: str | None = None

    def exchange_online(self) -> ServicePrincipal:
        path = f"servicePrincipals(appId='{EXCHANGE_ONLINE}')"
        principal = self._read(path, {"$select": _SELECT})
        names, principal_id = principal.get("servicePrincipalNames"), principal.get("id")
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            # Of a long list the first names say nothing; what is no text in it does.
            wrong = [name for name in names if not isinstance(name, str)] if isinstance(names, list) else names
            raise self._odd(path, "no list of text (servicePrincipalNames)", wrong)
        # It becomes part of the path that is written to.
        if not isinstance(principal_id, str) or not is_guid(principal_id):
            raise self._odd(path, "no service principal (id)", principal_id)
        enabled = principal.get("accountEnabled")
        return ServicePrincipal(
            principal_id,
            str(principal.get("displayName")),
            list(names),
            enabled if isinstance(enabled, bool) else None,
            _texts(principal.get("replyUrls")),
        )

    def claims(self) -> Claims:
        """What the token says of itself; a sign-in where there was none."""
        if self._token is None:
            self._token = acquire_token(self._tenant, self._session)
        return claims_of(self._token)

    def claim_names(self) -> list[str]:
        """Which claims the token has; a sign-in where there was none."""
        self.claims()
        return names_of(self._token or "")

    def answer(self, path: str, query: Mapping[str, str]) -> Answer:
        """The answer to one read as it came, whatever its status. OSError where there is none."""
        return self._send("GET", path, params=query)

    def sign_in_page(self, query: Mapping[str, str]) -> Answer:
        """What Entra says to somebody who has not signed in. Nothing of this application's goes with it."""
        url = f"{self._tenant.sign_in_url}/oauth2/authorize"
        return self._session.request("GET", url, params=query)

    def owners(self, principal_id: str) -> list[str]:
        """The ids of the objects that own a service principal."""
        path = f"servicePrincipals/{principal_id}/owners"
        return [self._text("owners", owner, "id") for owner in self.listed(path, {"$select": "id"}, _PAGES)]

    def verified_domains(self) -> list[str]:
        """The domains people of this tenant can sign in with; takes Domain.Read.All, which nothing else here needs."""
        listed = self.listed("domains", {"$select": "id,isVerified"}, _PAGES)
        return [self._text("domains", domain, "id") for domain in listed if domain.get("isVerified") is True]

    def users(self) -> dict[str, AccountState]:
        """The sign-in names of all users, folded, and what their account is; takes User.Read.All."""
        query = {"$select": "userPrincipalName,onPremisesSyncEnabled,accountEnabled", "$top": str(_USERS)}
        listed = self.listed("users", query, _USER_PAGES)
        return {fold(self._text("users", user, "userPrincipalName")): _state(user) for user in listed}

    def object_or_nothing(self, path: str, select: str) -> Mapping[str, Any] | None:
        """One object, or None where there is none."""
        return self._read(path, {"$select": select}, missing=True) or None

    def listed(self, what: str, query: Mapping[str, str], pages: int) -> Iterator[Mapping[str, Any]]:
        """Every object of a list, page by page. The token goes to the host it is for and to no other."""
        path, base = what, f"{self._tenant.graph_url}/v1.0/"
        for _page in range(pages):
            answer = self._read(path, query)
            objects = answer.get("value")
            # Half a list, taken for all of it, would say of people that they are not there.
            if not isinstance(objects, list) or not all(isinstance(one, Mapping) for one in objects):
                raise self._odd(what, "no list (value)", objects)
            yield from objects
            following = answer.get("@odata.nextLink")
            if following is None:
                return
            if not isinstance(following, str) or not following.startswith(base):
                where = f"{self.where}: GET {what}: the next page is at another host"
                raise GraphError(f"{where} ({shown(self._clean(following))}); it is not asked.")
            if following == base + path:
                raise GraphError(f"{self.where}: GET {what}: the next page is the same page again.")
            path, query = following.removeprefix(base), {}
        raise GraphError(f"{self.where}: GET {what}: more than {pages} pages.")

    def shown(self, text: str) -> str:
        """Text of others in a message: without this tenant's secrets, and printable."""
        return self._tenant.redact(text, self._token)

    def replace(self, principal_id: str, property: str, values: list[str]) -> None:
        """One PATCH with the complete list: Graph has no addition. NotFinished where the outcome is not known."""
        what = f"PATCH servicePrincipals/{principal_id}"
        try:
            answer = self._send("PATCH", f"servicePrincipals/{principal_id}", json={property: values})
        except OSError as exc:
            raise NotFinished(f"{self.where}: {what}: {reason(exc)} Whether it took effect is not known.") from None
        if answer.status_code in (200, 204):
            if answer.text.strip() and not answer.json():
                strange = (
                    "without a JSON object: does something other than Graph answer there (a proxy, a sign-in page)?"
                )
                raise NotFinished(f"{self.where}: {what}: HTTP {answer.status_code} {strange}")
            return
        text = self._explained(what, answer)
        if is_conflict(answer):
            raise GraphError(text, conflict=True)
        if not is_refusal(answer):
            raise NotFinished(text, retry_after=retry_after(answer))
        raise GraphError(text, invalid=answer.status_code == 400)

    @property
    def where(self) -> str:
        return f"Tenant {self._tenant.tenant_id} at {self._tenant.graph_url}"

    def _text(self, what: str, found: Mapping[str, Any], key: str) -> str:
        value = found.get(key)
        if not isinstance(value, str) or not value:
            raise self._odd(what, f"no text ({key})", value)
        return value

    def _odd(self, what: str, why: str, value: Any) -> GraphError:
        text = f"{self.where}: GET {what}: Graph answered with {why}: {shown(self._clean(value))}."
        return GraphError(
            self._tenant.redact(
                f"{text} Does something other than Graph answer there (hma_graph_endpoint, hma_proxy)?", self._token
            )
        )

    def _read(self, path: str, query: Mapping[str, str], *, missing: bool = False) -> Mapping[str, Any]:
        """An object; an empty one where it is ``missing`` and may be."""
        # Where a page begins (its query) says nothing to a reader.
        what, began, waited = f"GET {path.partition('?')[0]}", self._clock(), 0.0
        for attempt in range(_TRIES):
            wait: float | None = None
            try:
                answer = self._send("GET", path, params=query)
            except OSError as exc:
                text, again = (
                    self._tenant.redact(f"{self.where}: {what} failed: {reason(exc)}", self._token),
                    not is_final(exc),
                )
            else:
                if answer.status_code == 200:
                    return answer.json()
                # A proxy's own page says nothing of an object of Graph's.
                if missing and answer.status_code == 404 and answer.json():
                    return {}
                text, again, wait = self._explained(what, answer), is_passing(answer), retry_after(answer)
            if wait is None:
                wait = 2.0**attempt + random.random()  # noqa: S311 - jitter, not a secret
            spent = max(waited, self._clock() - began)
            if not again or attempt == _TRIES - 1 or spent + wait > _PATIENCE:
                break
            self._sleep(wait)
            waited += wait
        raise GraphError(text)

    def _send(self, method: str, path: str, **options: Any) -> Answer:
        answer = self._once(method, path, options)
        if answer.status_code == 401:
            # A token that was just made can be too old for a clock that is off; one new one, then it is said.
            # A refused token means a write was not looked at either.
            self._token = None
            answer = self._once(method, path, options)
        return answer

    def _once(self, method: str, path: str, options: Mapping[str, Any]) -> Answer:
        if self._token is None:
            self._token = acquire_token(self._tenant, self._session)
        headers = {"Authorization": f"Bearer {self._token}", "client-request-id": str(uuid.uuid4())}
        return self._session.request(method, f"{self._tenant.graph_url}/v1.0/{path}", headers=headers, **options)

    def _clean(self, value: Any) -> Any:
        return self._tenant.without_secrets(value, self._token)

    def _explained(self, what: str, answer: Answer) -> str:
        error = self._clean(answer.json().get("error"))
        error = error if isinstance(error, Mapping) else {}
        code, message = str(error.get("code", ""))[:100], str(error.get("message", ""))[:300]
        ids = ", ".join(
            f"{key} {answer.headers[key][:60]}"
            for key in ("request-id", "client-request-id")
            if answer.headers.get(key)
        )
        text = f"{self.where}: {what}: HTTP {answer.status_code} {code} {message} ({ids or 'no request id'})."
        method, _space, path = what.partition(" ")
        granted = claims_of(self._token).permissions if self._token else None
        advice = hint(answer, code, need_of(method, path), granted)
        return self._tenant.redact(f"{text} {advice}".rstrip(), self._token)


def _texts(value: Any) -> list[str] | None:
    return list(value) if isinstance(value, list) and all(isinstance(item, str) for item in value) else None


def _state(user: Mapping[str, Any]) -> AccountState:
    """Null, not false, is what Graph shows of an account that was never synchronized."""
    if user.get("onPremisesSyncEnabled") is not True:
        return AccountState.CLOUD
    return AccountState.BLOCKED if user.get("accountEnabled") is False else AccountState.SYNCHRONIZED
