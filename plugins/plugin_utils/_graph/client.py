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

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.names import EXCHANGE_ONLINE

from .errors import GraphError, NotFinished
from .session import new_session
from .signin import acquire_token

if TYPE_CHECKING:
    import requests

    from .tenant import Tenant

_SELECT: Final = "id,appId,displayName,servicePrincipalNames,replyUrls"
_TRIES: Final = 5
# A tenant has at most some thousand domains; this is a limit against a server that never ends.
_PAGES: Final = 50
# Graph's largest page of users, and as much of a limit: two million users.
_USERS: Final = 999
_USER_PAGES: Final = 2000
_LONGEST_WAIT: Final = 60.0
# All pauses of one read together; a task that waits longer than this tells nobody anything.
_PATIENCE: Final = 120.0
_CONFLICTS: Final = frozenset({"Request_MultipleObjectsWithSameKeyValue", "ObjectConflict"})
_HINTS: Final[Mapping[str, str]] = {
    "InvalidAuthenticationToken": "The token is for another cloud or audience; check hma_cloud, hma_authority and hma_graph_endpoint.",
    "Authorization_RequestDenied": (
        "The application lacks a permission: Application.Read.All to read, Application.ReadWrite.All to write, Domain.Read.All for domains, "
        "User.Read.All for users, with admin consent. "
        "Without the write permission use hma_spn_mode: verify or handoff."
    ),
    "Request_ResourceNotFound": "Is this the right tenant and cloud, and does it have Exchange Online?",
    "Request_MultipleObjectsWithSameKeyValue": "Another service principal holds the name.",
    "HostNameNotOnVerifiedDomain": "Graph asks for a verified domain here; report it, it is not expected for these names.",
}


@dataclass(frozen=True)
class ServicePrincipal:
    """ "Office 365 Exchange Online" in one tenant, as one read showed it."""

    id: str
    display_name: str
    names: list[str]


class GraphClient:
    """Requests to one tenant. Reads are repeated on throttling and server errors; a write is never."""

    def __init__(self, tenant: Tenant, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._tenant = tenant
        self._session = new_session(tenant)
        self._sleep = sleep
        self._token: str | None = None

    def exchange_online(self) -> ServicePrincipal:
        found = self._read(f"servicePrincipals(appId='{EXCHANGE_ONLINE}')", {"$select": _SELECT})
        names = found.get("servicePrincipalNames")
        if not isinstance(found.get("id"), str) or not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise GraphError(f"{self.where}: Graph answered with no service principal (id, servicePrincipalNames).")
        return ServicePrincipal(found["id"], str(found.get("displayName")), list(names))

    def verified_domains(self) -> list[str]:
        """The domains people of this tenant can sign in with; takes Domain.Read.All, which nothing else here needs."""
        return [str(item["id"]) for item in self._listed("domains", {"$select": "id,isVerified"}, _PAGES) if item.get("isVerified") is True]

    def users(self) -> dict[str, bool]:
        """The sign-in names of all users, case-folded, and whether their account is synchronized; takes User.Read.All."""
        query = {"$select": "userPrincipalName,onPremisesSyncEnabled", "$top": str(_USERS)}
        listed = self._listed("users", query, _USER_PAGES)
        return {str(item.get("userPrincipalName")).casefold(): item.get("onPremisesSyncEnabled") is True for item in listed}

    def _listed(self, what: str, query: Mapping[str, str], pages: int) -> Iterator[Mapping[str, Any]]:
        """Every object of a list, page by page. The token goes to the host it is for and to no other."""
        path, base = what, f"{self._tenant.graph_url}/v1.0/"
        for _page in range(pages):
            answer = self._read(path, query)
            found = answer.get("value")
            if not isinstance(found, list):
                # Half a list read as a whole one would say of people that they are not there.
                raise GraphError(f"{self.where}: GET {what}: Graph answered with no list (value).")
            yield from found
            following = str(answer.get("@odata.nextLink") or "")
            if not following:
                return
            if not following.startswith(base):
                raise GraphError(f"{self.where}: GET {what}: the next page is at another host; it is not asked.")
            path, query = following.removeprefix(base), {}
        raise GraphError(f"{self.where}: GET {what}: more than {pages} pages.")

    def holder_of(self, name: str) -> str | None:
        """Display name and application id of the service principal that has a name; Graph compares slash-exactly."""
        quoted = name.replace("'", "''")
        query = {"$filter": f"servicePrincipalNames/any(n:n eq '{quoted}')", "$select": "id,appId,displayName"}
        found = self._read("servicePrincipals", query).get("value") or []
        return f"{found[0].get('displayName')} ({found[0].get('appId')})" if found else None

    def replace_names(self, principal_id: str, names: list[str]) -> None:
        """One PATCH with the whole list: Graph knows no addition. NotFinished where the outcome is not known."""
        what = f"PATCH servicePrincipals/{principal_id}"
        try:
            response = self._send("PATCH", f"servicePrincipals/{principal_id}", json={"servicePrincipalNames": names})
        except OSError as exc:
            raise NotFinished(f"{self.where}: {what}: {type(exc).__name__}; whether it took effect is not known.") from None
        if response.status_code in (200, 204):
            return
        text = self._explained(what, response)
        if _CONFLICTS & _codes(response):
            raise GraphError(text, conflict=True)
        # 404: the object was read a moment ago, so a replica lags. Parallel writes come as 409, and as a 400 that only its text tells.
        if response.status_code in (404, 409, 429) or response.status_code >= 500 or "concurrent requests" in response.text:
            raise NotFinished(text, retry_after=_retry_after(response))
        raise GraphError(text)

    @property
    def where(self) -> str:
        return f"Tenant {self._tenant.tenant_id} at {self._tenant.graph_url}"

    def _read(self, path: str, query: Mapping[str, str]) -> Mapping[str, Any]:
        waited = 0.0
        # Where a page begins (its query) says nothing to a reader.
        what = f"GET {path.partition('?')[0]}"
        for attempt in range(_TRIES):
            wait: float | None = None
            try:
                response = self._send("GET", path, params=query)
            except OSError as exc:
                text = f"{self.where}: {what} failed: {_reason(exc)}"
                final = "CERTIFICATE_VERIFY_FAILED" in str(exc)
            else:
                if response.status_code == 200:
                    return _body(response)
                text = self._explained(what, response)
                final = response.status_code != 429 and response.status_code < 500
                wait = _retry_after(response)
            if wait is None:
                wait = 2.0**attempt + random.random()  # noqa: S311 - jitter, not a secret
            if final or attempt == _TRIES - 1 or waited + wait > _PATIENCE:
                break
            self._sleep(wait)
            waited += wait
        raise GraphError(text)

    def _send(self, method: str, path: str, **options: Any) -> requests.Response:
        response = self._once(method, path, options)
        if response.status_code == 401:
            # A token that was just made can be too old for a clock that is off; one new one, then it is said.
            # A refused token means a write was not looked at either.
            self._token = None
            response = self._once(method, path, options)
        return response

    def _once(self, method: str, path: str, options: Mapping[str, Any]) -> requests.Response:
        if self._token is None:
            self._token = acquire_token(self._tenant, self._session)
        headers = {"Authorization": f"Bearer {self._token}", "client-request-id": str(uuid.uuid4())}
        url = f"{self._tenant.graph_url}/v1.0/{path}"
        return self._session.request(method, url, headers=headers, allow_redirects=False, **options)

    def _explained(self, what: str, response: requests.Response) -> str:
        error = _body(response).get("error")
        error = error if isinstance(error, Mapping) else {}
        code, message = str(error.get("code", "")), str(error.get("message", ""))[:300]
        ids = ", ".join(f"{key} {response.headers[key]}" for key in ("request-id", "client-request-id") if response.headers.get(key))
        text = f"{self.where}: {what}: HTTP {response.status_code} {code} {message} ({ids or 'no request id'})."
        return self._tenant.redact(f"{text} {_HINTS.get(code, '')}".rstrip(), self._token)


def _retry_after(response: requests.Response) -> float | None:
    given = response.headers.get("Retry-After", "")
    return min(float(given), _LONGEST_WAIT) if given.isdigit() else None


def _codes(response: requests.Response) -> set[str]:
    """The codes of an error and of its details; Microsoft asks to branch on these, never on the message."""
    error = _body(response).get("error")
    if not isinstance(error, Mapping):
        return set()
    details = error.get("details")
    return {str(item.get("code")) for item in [error, *(details if isinstance(details, list) else [])] if isinstance(item, Mapping)}


def _body(response: requests.Response) -> Mapping[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, Mapping) else {}


def _reason(exc: BaseException) -> str:
    if "CERTIFICATE_VERIFY_FAILED" in str(exc):
        return "its certificate is not trusted here; set hma_ca_path to the CA that issued it."
    return f"{type(exc).__name__}: check that this host may reach it (firewall, hma_proxy)."
