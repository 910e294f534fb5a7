# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The findings of a wave: what stops it, and who is left out of it, reason by reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ..base.command import Shell, playbook, variable_of_paths
from ..base.comparison import fold, folded
from ..base.display import few
from ..checks import waves
from ..checks.check import Finding
from ..exchange import authserver
from ..exchange.cmdlet import Cmdlet
from ..exchange.versions import has_authentication_policies
from .measurement import gaps
from .people import is_system
from .policy import Policy, named
from .wave import EXCEPTED, HAS_IT, IN, LAST, OUT, POLICIES, STOPS, Placed, Server, Wanted, Wave

_EXAMPLES: Final = 5
_OF_THE_LOGS: Final = (
    "Move it to modern authentication. Where it is an account of another forest, name it in hma_block_exceptions as "
    "the logs do, with a reason."
)
_OF_GROUPS: Final = "Put people into it, or take it out of the groups of the wave."
_OF_OTHERS: Final = (
    "Find out who made it the default. Where the policy of the waves may take its place, name it in "
    "hma_block_replace_policies."
)
_OF_EXCEPTIONS: Final = (
    "Name an account by its sign-in name, and one of another forest as the logs do; one that they do not have any more "
    "needs no exception: take it out of hma_block_exceptions."
)


def findings(
    wave: Wave, placed: Sequence[Placed], inventory: Sequence[str] = (), sign_ins: Sequence[str] = ()
) -> list[Finding]:
    """Everything that a wave says; ``placed`` are its people. The last two are what a command is typed with."""
    given = variable_of_paths("hma_block_sign_ins", sign_ins)
    first = playbook("block_legacy_auth", inventory, options=("-e", "hma_block_wave=0", *given))
    return [
        *_servers(wave),
        _modern(wave),
        *_measured(wave),
        *_named(wave),
        *_policies(wave, first),
        *_cut_off(wave, placed),
        *_left_out(wave, placed),
    ]


def _servers(wave: Wave) -> Iterator[Finding]:
    check = waves.SERVERS_APPLY
    for server in wave.known.servers:
        if server.build is None:
            fix = "Look at it with Get-ExchangeServer; a server whose version nobody can read is not built on."
            yield check.unread(server.name, f"its version is {server.version!r}.", fix, server=server.name)
            continue
        message = f"it is {server.build.label}, and ignores authentication policies."
        yield check.judge(
            server.name, has_authentication_policies(server.build), message, check.remedy, actual=server.build.label,
            expected="Exchange Server 2019 CU2 or later", server=server.name,
        )  # fmt: skip


def _is_entra(server: authserver.AuthServer) -> bool:
    """Whether people can sign in there at Entra."""
    return server.is_azure_ad and not _why_not(server)


def _why_not(server: authserver.AuthServer) -> str:
    """A disabled object is not trusted, and one without an address sends nobody anywhere."""
    return ", disabled" if server.enabled is False else "" if server.authorization_endpoint else ", without an address"


def _modern(wave: Wave) -> Finding:
    check, config = waves.MODERN_FIRST, wave.known.config
    defaults = authserver.defaults(wave.known.auth_servers)
    if config.oauth2_client_profile_enabled is not True:
        return check.failed(
            config.name, "OAuth2ClientProfileEnabled is not true: modern authentication is off.", check.remedy
        )
    if len(defaults) != 1 or not _is_entra(defaults[0]):
        names = ", ".join(f"'{item.name}' ({item.type}{_why_not(item)})" for item in defaults) or "none"
        message = f"the default authorization endpoint is {names}: people are not sent to Entra."
        fix = "Run enable_hma, which makes Entra the default. HMA and AD FS as the default exclude each other."
        return check.failed(config.name, message, fix)
    return check.passed(config.name)


def _measured(wave: Wave) -> Iterator[Finding]:
    check, wanted = waves.MEASURED, wave.wanted
    names = [server.name for server in wave.known.servers]
    wrong = _gaps(wave, names)
    for name, reason in wrong:
        yield check.failed(name, reason, check.remedy, server=name if name in names else None)
    excluded = list(_excluded(wave))
    yield from excluded
    if not wrong and not any(item.id == check.id for item in excluded):
        yield check.passed("every server", f"at least {wanted.days} days")


def _gaps(wave: Wave, servers: Sequence[str]) -> list[tuple[str, str]]:
    return gaps(wave.known.measurement, servers, wave.wanted.protocols, wave.wanted.days, wave.known.now)


def _excluded(wave: Wave) -> Iterator[Finding]:
    """An excluded server need not be measured. That is no longer true where people sign in, and else it is said."""
    for server in wave.known.excluded:
        seen = [item for item in wave.known.measurement.on(server.name, wave.wanted.days) if not is_system(item.person)]
        gap = next((reason for name, reason in _gaps(wave, [server.name]) if name == server.name), "")
        if seen:
            people, last = sorted({item.person for item in seen}), max(item.last for item in seen)
            message = (
                f"it is excluded (hma_servers_excluded), and people sign in there, last on {last:%Y-%m-%d}: "
                f"{few(people)}."
            )
            fix = "Take it out of hma_servers_excluded, and measure it as long as the others."
            yield waves.MEASURED.failed(server.name, message, fix, server=server.name)
        elif gap:
            unknown = f"and nobody knows who signs in there ({gap.rstrip('.')})."
            message = f"it is excluded (hma_servers_excluded), {unknown} {_open(server)}"
            yield waves.DOORS.failed(server.name, message, waves.DOORS.remedy, server=server.name)


def _open(server: Server) -> str:
    if server.build is not None and has_authentication_policies(server.build):
        return "Whoever uses legacy authentication there is cut off without a warning."
    return f"With {server.build.label if server.build else server.version} it may ignore what a policy blocks."


def _named(wave: Wave) -> Iterator[Finding]:
    check, unsure = waves.NAMED, wave.unsure()
    for name, people in unsure.items():
        several = f"is more than one account's: {few([item.title for item in people])}."
        excepted = name in wave.wanted.exceptions
        nobody = f"is no account's, by any name of it{', and the logs do not have it' if excepted else ''}."
        fix = _OF_EXCEPTIONS if excepted and not people else check.remedy
        yield check.failed(name, several if people else nobody, fix)
    for group, reason in wave.known.groups_unread.items():
        yield check.failed(group, reason, "Name a distribution group or a mail-enabled security group by its address.")
    if not unsure and not wave.known.groups_unread:
        yield check.passed("the inventory")


def _policies(wave: Wave, again: Shell) -> Iterator[Finding]:
    check, wanted = waves.POLICIES_READY, wave.wanted
    policy, exceptions = (named(wave.known.policies, name) for name in (wanted.policy, wanted.exceptions_policy))
    shut = [(item.name, reason, fix) for item in (policy, exceptions) if item for reason, fix in _shut(item)]
    if shut:
        for name, reason, fix in shut:
            yield check.failed(name, reason, fix)
        return
    if wanted.wave == POLICIES:
        yield check.passed(wanted.policy)
        return
    other = _default_of_others(wave)
    if other:
        yield check.failed(wave.known.default or "", other, _OF_OTHERS)
    wrong = [_differs(policy, wanted), _excepts(exceptions, wanted)]
    for name, reason in (pair for pair in wrong if pair[1]):
        yield check.failed(
            name, reason, "Run wave 0 first, which makes the policies as the inventory says.", commands=(again,)
        )
    if not other and not any(reason for _name, reason in wrong):
        yield check.passed(wanted.policy)


def _default_of_others(wave: Wave) -> str:
    """Why the default that is there may not be replaced; empty where it may. What it blocks beside (IMAP, say) would be
    open again for everybody who has no policy of their own."""
    wanted, now = wave.wanted, wave.known.default
    ours = folded([*wanted.replaces, wanted.policy, wanted.exceptions_policy])
    if wanted.wave != LAST or not now or fold(now) in ours:
        return ""
    policy = named(wave.known.policies, now)
    blocked = ", ".join(sorted(policy.blocks)) if policy else ""
    blocks = f" It blocks {blocked}." if blocked else ""
    return f"it is the organization's default, and hma_block_replace_policies does not name it.{blocks}"


def _shut(policy: Policy) -> Iterator[tuple[str, str]]:
    """What a policy blocks that no measurement speaks of, with its fix: whoever gets it would be cut off there."""
    modern, unmeasured = sorted(policy.blocks_modern), sorted(policy.blocks - frozenset(_ALL_MEASURED))
    if modern:
        message = f"it blocks modern authentication for {', '.join(modern)}: nobody who has it gets in there with that."
        yield message, f"Run {_opened(policy, 'Modern', modern)}, or name another policy."
    if unmeasured:
        message = f"it blocks {', '.join(unmeasured)}, and nobody measured who signs in there."
        yield message, f"Run {_opened(policy, 'Legacy', unmeasured)}, or name another policy."


def _opened(policy: Policy, kind: str, protocols: Sequence[str]) -> str:
    switches: dict[str, object] = {f"Block{kind}Auth{protocol}": False for protocol in protocols}
    return Cmdlet("Set-AuthenticationPolicy", {"Identity": policy.name, **switches}).typed()


def _differs(policy: Policy | None, wanted: Wanted) -> tuple[str, str]:
    if policy is None:
        return wanted.policy, "there is no such policy."
    measured = frozenset(_ALL_MEASURED)
    missing, more = sorted(wanted.blocks - policy.blocks), sorted((policy.blocks & measured) - wanted.blocks)
    texts = [f"it does not block {', '.join(missing)}."] if missing else []
    texts += [f"it blocks {', '.join(more)}, which hma_block_protocols does not name."] if more else []
    return wanted.policy, " ".join(texts)


def _excepts(policy: Policy | None, wanted: Wanted) -> tuple[str, str]:
    if not wanted.exceptions:
        return wanted.exceptions_policy, ""
    if policy is None:
        return wanted.exceptions_policy, "there is no such policy."
    blocked = sorted(policy.blocks)
    return wanted.exceptions_policy, f"it blocks {', '.join(blocked)}: an exception is none." if blocked else ""


def _cut_off(wave: Wave, placed: Sequence[Placed]) -> Iterator[Finding]:
    check = waves.NOBODY_CUT_OFF
    found = list(_grouped(item for item in placed if item.place == STOPS))
    own = _runs_as(wave, placed)
    found += [own] if own else []
    for name, reason in found:
        yield check.failed(name, reason, check.remedy)
    strangers = wave.evidence.unexplained(wave.by_default())
    for item in strangers:
        message = f"is no account's, or more than one's, and signed in with {item.shown}."
        yield check.failed(f"{item.person} (of the logs)", message, _OF_THE_LOGS)
    if not found and not strangers:
        yield check.passed("the wave", f"{sum(item.place == IN for item in placed)} accounts")


def _runs_as(wave: Wave, placed: Sequence[Placed]) -> tuple[str, str] | None:
    """The account that runs this, where the wave would be for it and cannot be: whoever blocks others is not to be
    without mail first."""
    own = wave.known.forest.find(wave.known.runs_as) if wave.known.runs_as else ()
    place = next((item for item in placed if len(own) == 1 and item.person.guid == own[0].guid), None)
    if place is None:
        return None
    reason = wave.why_not(place.person, wave.wanted.protocols)
    concerned = place.place == IN or (place.place == OUT and place.reason == reason)
    return (place.person.title, f"is the account of this run, and {reason}.") if reason and concerned else None


def _left_out(wave: Wave, placed: Sequence[Placed]) -> Iterator[Finding]:
    check = waves.LEFT_OUT
    if wave.wanted.wave == POLICIES:
        return
    out = wave.shut_exceptions(placed)
    if wave.wanted.wave == LAST and not out:
        return
    if wave.wanted.wave != LAST:
        out += [item for item in placed if item.place == OUT]
    for name, reason in _grouped(out):
        yield check.failed(name, reason, check.remedy)
    empty = () if wave.wanted.wave == LAST else wave.known.groups_empty
    for group in empty:
        yield check.failed(group, "this group has no members: nobody is in the wave by it.", _OF_GROUPS)
    if not out and not empty:
        yield check.passed("the wave", f"{sum(item.place in (IN, HAS_IT) for item in placed)} accounts")


def _grouped(placed: Iterable[Placed]) -> Iterator[tuple[str, str]]:
    """People by the kind of their reason, a few of them by name: hundreds are one finding."""
    kinds: dict[str, list[Placed]] = {}
    for item in placed:
        kinds.setdefault(_kind(item.reason), []).append(item)
    for own in kinds.values():
        names = few([item.person.title for item in own], _EXAMPLES)
        example = f" (the first: {own[0].reason})" if len({item.reason for item in own}) > 1 else ""
        yield names, f"{own[0].reason if not example else _kind(own[0].reason) + example}."


def _kind(reason: str) -> str:
    """A reason without what is different for each person."""
    for begin in (
        "signed in with",
        "was not seen with modern authentication",
        "the logs have the name",
        "has the policy",
        "is an exception",
        "may be",
    ):
        if reason.startswith(begin):
            return {"signed in with": "signed in with legacy authentication"}.get(begin, begin)
    return reason


def counted(placed: Sequence[Placed], foreign: Sequence[str] = ()) -> dict[str, int]:
    """How many are at each place; ``foreign`` are the lines of accounts of another forest, who are out."""
    found = {place: sum(item.place == place for item in placed) for place in (IN, HAS_IT, OUT, EXCEPTED, STOPS)}
    return {**found, OUT: found[OUT] + len(foreign)}


def to_stop(found: Sequence[Finding]) -> bool:
    return any(item.blocks for item in found)


_ALL_MEASURED: Final = ("Mapi", "WebServices", "ActiveSync", "Autodiscover", "OfflineAddressBook", "Rpc")
