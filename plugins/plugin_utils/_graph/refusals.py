# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What an answer of Graph that is no success means: whether it is final, how long to wait, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import shown
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.permissions import Need, denied

from .errors import CutShort
from .session import Answer

_LONGEST_WAIT: Final = 60.0
# "Wednesday, 21-Oct-26 07:28:00 GMT", the longest form of a date, and some room.
_LONGEST_DATE: Final = 40
# What says for certain that a write was refused. Anything else, a redirect or an acceptance without an end too, leaves
# it open.
_REFUSALS: Final = frozenset({400, 401, 403, 405, 406, 411, 412, 413, 414, 415, 422, 431})
_CONFLICTS: Final = frozenset({"Request_MultipleObjectsWithSameKeyValue", "ObjectConflict"})
_DENIED: Final = "Authorization_RequestDenied"
_UNAUTHENTICATED: Final = "InvalidAuthenticationToken"
_HINTS: Final[Mapping[str, str]] = {
    _UNAUTHENTICATED: (
        "The token is for another cloud or audience; check hma_cloud, hma_authority and hma_graph_endpoint."
    ),
    "Authorization_IdentityNotFound": (
        "The application has no service principal in this tenant; consent to it here, or check hma_tenant_id."
    ),
    "Request_ResourceNotFound": "Is this the right tenant and cloud, and does it have Exchange Online?",
    "Request_MultipleObjectsWithSameKeyValue": "Another object of the tenant holds the name.",
    "HostNameNotOnVerifiedDomain": (
        "Graph asks for a verified domain here; report it, it is not expected for these names."
    ),
    "CannotUpdateLockedServicePrincipalProperty": (
        "The property is locked (app instance property lock of the application's home tenant), so that no permission "
        "is enough: ask Microsoft support, and set hma_spn_mode: verify until it is open."
    ),
    "Directory_QuotaExceeded": "The directory takes no more of these; names that nobody uses can be taken away.",
}
# Graph says the same code of a token of another cloud and of one whose time is over; only its text, which is always
# English, tells them apart.
_EXPIRED: Final = ("token is expired", "token has expired", "lifetime validation failed")
_CLOCK: Final = (
    "The time of the token is over, though it was just made: set this machine's clock by the network's time."
)
_OTHER: Final = (
    "The answer is no JSON, as Graph's own are: it is from a proxy, a firewall or a gateway in between (at 500 and "
    "above perhaps Microsoft's). Check hma_proxy, and that this host may reach Graph."
)


def is_conflict(answer: Answer) -> bool:
    """Whether another object holds one of the names."""
    return bool(_CONFLICTS & codes(answer))


def is_refusal(answer: Answer) -> bool:
    """Whether it is certain that nothing was written.

    404: the object was read a moment ago, so a replica lags. Parallel writes come as 409, and as a 400 that only its
    text tells.
    """
    return answer.status_code in _REFUSALS and "concurrent requests" not in answer.text


def is_passing(answer: Answer) -> bool:
    """Whether asking again can help."""
    return answer.status_code == 429 or answer.status_code >= 500


def hint(answer: Answer, code: str, need: Need | None = None, granted: Sequence[str] | None = None) -> str:
    """What to do about an answer. ``need`` is what its request takes, ``granted`` what the token has."""
    if 300 <= answer.status_code < 400:
        return (
            f"It points to {shown(answer.headers.get('Location', 'nowhere'))}, which is not followed. Check "
            f"hma_graph_endpoint and hma_cloud."
        )
    if answer.text.strip() and not answer.json():
        return _OTHER
    if code == _DENIED:
        return denied(need, granted) if need else ""
    if code == _UNAUTHENTICATED and any(words in fold(answer.text) for words in _EXPIRED):
        return _CLOCK
    return next((_HINTS[name] for name in (code, *sorted(codes(answer))) if name in _HINTS), "")


def retry_after(answer: Answer) -> float | None:
    """How many seconds to wait: Graph says a number of them or a date, and urllib3 reads both. None where it says
    neither, and where the date is over by this machine's clock: our own pauses grow."""
    from urllib3.exceptions import InvalidHeader
    from urllib3.util.retry import Retry

    given = answer.headers.get("Retry-After", "").strip()
    if not given.isascii() or len(given) > _LONGEST_DATE:
        return None
    try:
        seconds = Retry().parse_retry_after(given)
    except (InvalidHeader, ValueError, OverflowError):
        return None
    return min(float(seconds), _LONGEST_WAIT) or None


def codes(answer: Answer) -> set[str]:
    """The codes of an error and of its details; Microsoft asks to branch on these, never on the message."""
    error = answer.json().get("error")
    if not isinstance(error, Mapping):
        return set()
    details = error.get("details")
    return {
        str(item.get("code"))
        for item in [error, *(details if isinstance(details, list) else [])]
        if isinstance(item, Mapping)
    }


def reason(exc: BaseException) -> str:
    if isinstance(exc, CutShort):
        return f"{exc}."
    if "CERTIFICATE_VERIFY_FAILED" in str(exc):
        return "its certificate is not trusted here; set hma_ca_path to the CA that issued it."
    return f"{type(exc).__name__}: check that this host may reach it (firewall, hma_proxy)."


def is_final(exc: BaseException) -> bool:
    """Whether asking again cannot help, because the certificate or the size of the answer stays what it is."""
    return "CERTIFICATE_VERIFY_FAILED" in str(exc) or (isinstance(exc, CutShort) and not exc.passing)
