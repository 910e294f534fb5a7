# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The HTTP session for Entra and Graph: every request of msal's and of ours goes through it.

TLS and proxy are as the options say, whatever the environment says. No redirect is followed, because the request that
would be repeated elsewhere holds a secret. An exchange has a total time, and an answer a size.
"""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.settings.texts import proxy_url

from .bounded import Deadline, adapter
from .errors import CutShort, GraphError

try:
    import requests
    from urllib3.exceptions import HTTPError
except ImportError:
    HAS_REQUESTS = False
else:
    HAS_REQUESTS = True

if TYPE_CHECKING:
    from .tenant import Tenant

# A page of 999 users has some hundred kilobytes; so has a service principal with ten thousand names.
_LARGEST: Final = 16 << 20
_PIECE: Final = 64 << 10
# The total time of an exchange, as a multiple of the time that may pass without a byte.
_PATIENCE: Final = 2
_DEEPEST: Final = 50
_WINDOW: Final = 32 + zlib.MAX_WBITS  # zlib finds out by itself whether it is gzip or deflate


def nothing() -> None:
    """What is done before a request where nobody asked for anything."""


@dataclass(frozen=True)
class Answer:
    """An answer that was read to its end. msal takes it for a response of requests."""

    status_code: int
    headers: Mapping[str, str]
    text: str

    def raise_for_status(self) -> None:
        if self.status_code >= 400:
            raise OSError(f"HTTP {self.status_code}")

    def json(self) -> Mapping[str, Any]:
        """The object that the text is, or an empty one where it is anything else."""
        try:
            document = json.loads(self.text)
        except (ValueError, RecursionError):
            return {}
        return document if isinstance(document, Mapping) and not _too_deep(document) else {}


class TenantSession:
    """The requests to one tenant, one after the other. ``before_request`` may refuse each of them by an exception."""

    def __init__(self, tenant: Tenant, before_request: Callable[[], None] = nothing) -> None:
        self.before_request = before_request
        self.pause: Callable[[float], None] = time.sleep
        self._deadline = Deadline(tenant.timeout * _PATIENCE)
        self._options: dict[str, Any] = {
            "verify": (tenant.ca_path or True) if tenant.validate_certs else False,
            "proxies": dict.fromkeys(("https", "http"), proxy_url(tenant.proxy)) if tenant.proxy else {},
            "timeout": tenant.timeout,
        }
        # requests lets REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE and HTTPS_PROXY win over what a session says, and reads
        # .netrc; a value given with the request itself and trust_env off are what it respects.
        self._session = requests.Session()
        self._session.trust_env = False
        # Even where it does not follow, requests prepares the next request, and reads the entire body for that.
        self._session.get_redirect_target = lambda resp: None  # type: ignore[method-assign]
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, adapter(self._deadline))

    def get(self, url: str, **given: Any) -> Answer:
        return self.request("GET", url, **given)

    def post(self, url: str, **given: Any) -> Answer:
        return self.request("POST", url, **given)

    def close(self) -> None:
        self._session.close()

    def request(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, **given: Any) -> Answer:
        """One exchange. OSError where there is no complete answer: requests' own exceptions are OSErrors too."""
        self.before_request()
        self._deadline.start()
        asked = {**(headers or {}), "Accept-Encoding": "gzip"}
        response = self._session.request(
            method, url, headers=asked, allow_redirects=False, stream=True, **self._options, **given
        )
        try:
            data = _whole(response.raw)
        except HTTPError as exc:
            raise CutShort(
                f"the answer broke off or did not end within {self._deadline.seconds:.0f} s ({type(exc).__name__})",
                passing=True,
            ) from None
        finally:
            response.close()
        plain = _unpacked(data, response.headers.get("Content-Encoding", ""))
        return Answer(response.status_code, response.headers, plain.decode("utf-8", "replace"))


def new_session(tenant: Tenant, before_request: Callable[[], None] = nothing) -> TenantSession:
    """A session, or GraphError where the control node lacks what it takes."""
    if not HAS_REQUESTS:
        raise GraphError("The Python library requests is missing on the control node: pip install -r requirements.txt")
    if tenant.validate_certs and tenant.ca_path and not Path(tenant.ca_path).exists():
        raise GraphError(
            f"Tenant {tenant.tenant_id}: hma_ca_path {tenant.ca_path} does not exist. Name the file of the "
            f"CA on the control node."
        )
    return TenantSession(tenant, before_request)


def _whole(raw: Any) -> bytes:
    """The body as it was sent."""
    pieces, size = [], 0
    while piece := raw.read(_PIECE, decode_content=False):
        pieces.append(piece)
        size += len(piece)
        if size > _LARGEST:
            raise CutShort(f"the answer is larger than {_LARGEST >> 20} MiB")
    return b"".join(pieces)


def _unpacked(data: bytes, encoding: str) -> bytes:
    """The body without its compression. A megabyte can hold gigabytes of zeros, so what comes out has a size too."""
    if not data or encoding.strip() in ("", "identity"):
        return data
    try:
        plain = zlib.decompressobj(_WINDOW).decompress(data, _LARGEST + 1)
    except zlib.error:
        raise CutShort(f"the answer cannot be unpacked (Content-Encoding {encoding[:20]!r})") from None
    if len(plain) > _LARGEST:
        raise CutShort(f"the answer is larger than {_LARGEST >> 20} MiB once it is unpacked")
    return plain


def _too_deep(document: Any) -> bool:
    """Whether objects and lists stand in one another deeper than any answer of Entra or Graph."""
    level, depth = [document], 0
    while level:
        if depth > _DEEPEST:
            return True
        level = [inner for outer in level for inner in _inside(outer)]
        depth += 1
    return False


def _inside(outer: Any) -> list[Any]:
    values = outer.values() if isinstance(outer, dict) else outer
    return [inner for inner in values if isinstance(inner, (dict, list))]
