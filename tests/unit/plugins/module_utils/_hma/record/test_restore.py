# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Going back: from any interruption of any writes the start is reached, and what is foreign is left alone."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import same
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import authentication_policies
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.authserver import (
    AuthServer,
    plan_default,
    plan_trust,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Change
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import CmdletResult, ErrorRecord
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.orgconfig import (
    OrganizationConfig,
    may_be_on,
    parse_unidentified,
    plan_organization,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import (
    Directory,
    plan_oauth,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.auth_servers import endpoints, read_servers
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.history import Recorded
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.names import names_back
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.restoration import Restoration
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.restore import (
    FLAG,
    of_server,
    restore_directories,
    restore_directory,
    restore_organization,
    switch_off,
)
from hypothesis import given
from hypothesis import strategies as st

NAMES = {"IsDefaultAuthorizationEndpoint": "default", "DomainName": "domain_names", "Enabled": "enabled"}


def recorded(change: Change, result: str = "done", run: str = "r") -> Recorded:
    return Recorded(
        "0" * 16,
        "t",
        run,
        "ex1",
        change.object,
        change.target,
        change.cmdlet.typed(),
        change.before,
        change.after,
        result,
    )


def server(name: str, **more: Any) -> AuthServer:
    values: dict[str, Any] = {
        "type": "AzureAD",
        "realm": None,
        "issuer": None,
        "enabled": True,
        "default": False,
        "domain_names": [],
    }
    return AuthServer(
        **{
            "name": name,
            "guid": f"guid-{name.lower()}",
            "application_identifier": None,
            "authorization_endpoint": None,
            **values,
            **more,
        }
    )


def directory(kind: str, **settings: Any) -> Directory:
    return Directory(kind, "EX1", f"{kind} (Default Web Site)", f"guid-{kind}", f"EX1\\{kind}", None, None, settings)


CONFIG = OrganizationConfig("Contoso", "guid-org", oauth2_client_profile_enabled=False, mapi_http_enabled=True)


def after(
    servers: Sequence[AuthServer], config: OrganizationConfig, change: Change
) -> tuple[list[AuthServer], OrganizationConfig]:
    """What is there when one write took place."""
    if change.target["type"] == "organization":
        keys = {"OAuth2ClientProfileEnabled": "oauth2_client_profile_enabled", "MapiHttpEnabled": "mapi_http_enabled"}
        switches: dict[str, Any] = {keys[name]: value for name, value in change.after.items()}
        return list(servers), replace(config, **switches)
    values: dict[str, Any] = {NAMES[name]: value for name, value in change.after.items()}
    return [replace(item, **values) if item.guid == change.target["guid"] else item for item in servers], config


def enabling(servers: Sequence[AuthServer], config: OrganizationConfig, default: bool) -> list[Change]:
    target = servers[0]
    changes = [*plan_trust(target, enabled=True, domain_names=["contoso.onmicrosoft.com"]).changes]
    others = [item.name for item in servers if item.default and item is not target]
    changes += (
        plan_default(
            servers, replace(target, enabled=True), default=True, replace=others[0] if others else None
        ).changes
        if default
        else ()
    )
    return [*changes, *plan_organization(config, {"oauth2_client_profile_enabled": True}).changes]


@given(
    st.booleans(), st.booleans(), st.sampled_from([None, "own", "other"]), st.integers(0, 5), st.booleans(),
    st.booleans(), st.booleans(),
)  # fmt: skip
def test_killed_anywhere_then_run_again_then_restored_is_the_start(
    enabled: bool, flag: bool, default: str | None, killed_after: int, told: bool, domain: bool, rerun: bool
) -> None:
    """A run is killed after some write (its outcome stored or not), perhaps run again to the end; both records are
    taken back."""
    start = [
        server(
            "EvoSTS",
            enabled=enabled,
            default=default == "own",
            domain_names=["contoso.onmicrosoft.com"] if domain else ["x.test"],
        ),
        server("old", default=default == "other"),
    ]
    config = replace(CONFIG, oauth2_client_profile_enabled=flag)
    servers, now, history = list(start), config, []
    for number, change in enumerate(enabling(servers, now, True)):
        took_place = number < killed_after
        history.append(recorded(change, "done" if took_place and told else "open", "first"))
        if took_place:
            servers, now = after(servers, now, change)
    if rerun:
        for change in enabling(servers, now, True):
            history.append(recorded(change, "done", "second"))
            servers, now = after(servers, now, change)
    there = (now, list(servers))
    done = restore_organization(now, servers, history)
    if now.oauth2_client_profile_enabled and flag:
        # It was on before the run: what is on stays on, and all that it rests on.
        assert not any(
            set(change.after) & {"OAuth2ClientProfileEnabled", "IsDefaultAuthorizationEndpoint"}
            for change in done.changes
        )
        for change in done.changes:
            servers, now = after(servers, now, change)
        assert (now, servers) == there
        return
    assert done.refused == []
    assert not done.live
    for change in done.changes:
        servers, now = after(servers, now, change)
        assert sum(item.default for item in servers) <= 1
    assert now == config
    assert [(item.default, item.enabled, set(item.domain_names)) for item in servers] == [
        (item.default, item.enabled, set(item.domain_names)) for item in start
    ]
    assert restore_organization(now, servers, history).changes == []


def test_off_goes_first_and_nothing_goes_on() -> None:
    servers = [server("EvoSTS", default=True)]
    on = replace(CONFIG, oauth2_client_profile_enabled=True)
    enabled = [
        recorded(plan_default([server("EvoSTS")], server("EvoSTS"), default=True).changes[0]),
        recorded(_flag(CONFIG, True)),
    ]
    assert [change.target["type"] for change in restore_organization(on, servers, enabled).changes] == [
        "organization",
        "authserver",
    ]
    disabled = [recorded(_flag(on, False)), recorded(plan_default(servers, servers[0], default=False).changes[0])]
    back = restore_organization(CONFIG, [server("EvoSTS")], disabled)
    assert [change.target["type"] for change in back.changes] == ["authserver"]
    assert [item.object for item in back.refused] == ["OAuth2ClientProfileEnabled of organization 'Contoso'"]
    assert "run enable_hma" in back.refused[0].reason
    # Switched on by enable_hma since: it is as it was before, and there is nothing to refuse.
    assert restore_organization(on, servers, disabled).refused == []


@given(
    st.booleans(),
    st.lists(st.sampled_from(["flag on", "flag off", "endpoint", "cleared", "domain"]), max_size=6),
    st.booleans(),
)
def test_whatever_is_recorded_it_is_never_switched_on_and_nothing_in_use_goes(
    on: bool, steps: list[str], default: bool
) -> None:
    config = replace(CONFIG, oauth2_client_profile_enabled=on)
    off, live = (replace(CONFIG, oauth2_client_profile_enabled=value) for value in (False, True))
    bare, held = server("EvoSTS", domain_names=["a.test"]), server("EvoSTS", default=True, domain_names=["a.test"])
    made = {
        "flag on": _flag(off, True), "flag off": _flag(live, False),
        "endpoint": plan_default([bare], bare, default=True).changes[0], "cleared": plan_default(
            [held], held,
            default=False).changes[0],
        "domain": plan_trust(replace(bare, domain_names=[]), enabled=None, domain_names=["a.test"]).changes[0],
    }  # fmt: skip
    servers = [held if default else bare]
    done = restore_organization(config, servers, [recorded(made[step]) for step in steps])
    assert not any(change.after.get("OAuth2ClientProfileEnabled") for change in done.changes)
    now = config
    for change in done.changes:
        servers, now = after(servers, now, change)
    assert done.live == now.oauth2_client_profile_enabled
    if done.live:
        assert servers == [held if default else bare]


@pytest.mark.parametrize("steps", ["mapi", "off"])
def test_a_flag_that_cannot_be_read_is_not_switched_on_by_going_back(steps: str) -> None:
    """It counts as on, which is no reason to write that it is."""
    unread, on = (replace(CONFIG, oauth2_client_profile_enabled=value) for value in (None, True))
    mapi = plan_organization(replace(CONFIG, mapi_http_enabled=False), {"mapi_http_enabled": True}).changes[0]
    done = restore_organization(unread, [], [recorded(mapi if steps == "mapi" else _flag(on, False))])
    assert done.live
    assert not any("OAuth2ClientProfileEnabled" in change.after for change in done.changes)


def test_mapi_over_http_stays_on_while_modern_authentication_is() -> None:
    on = replace(CONFIG, oauth2_client_profile_enabled=True, mapi_http_enabled=True)
    step = recorded(plan_organization(replace(on, mapi_http_enabled=False), {"mapi_http_enabled": True}).changes[0])
    done = restore_organization(on, [], [step])
    assert (done.changes, [item.object for item in done.refused]) == ([], ["MapiHttpEnabled of organization 'Contoso'"])
    assert [change.after for change in restore_organization(CONFIG, [], [step]).changes] == [{"MapiHttpEnabled": False}]


def _flag(config: OrganizationConfig, value: bool) -> Change:
    return plan_organization(config, {"oauth2_client_profile_enabled": value}).changes[0]


def swap() -> list[Recorded]:
    """A run that took the default endpoint from 'old' to 'EvoSTS'."""
    there = [server("EvoSTS"), server("old", default=True)]
    return [recorded(change) for change in plan_default(there, there[0], default=True, replace="old").changes]


def test_a_third_default_is_left_alone() -> None:
    now = [server("EvoSTS"), server("old"), server("adfs", type="ADFS", default=True)]
    done = restore_organization(CONFIG, now, swap())
    assert done.changes == []
    assert "'adfs' is the default authorization endpoint now" in done.refused[0].reason


def test_an_endpoint_goes_back_whole_or_not_at_all() -> None:
    """The object that was the default before is gone: the one that is it now keeps it, and that is said."""
    done = restore_organization(CONFIG, [server("EvoSTS", default=True)], swap())
    assert done.changes == []
    assert "no longer there" in done.refused[0].reason
    # What stays with it is named, too.
    assert done.refused[1].object == "IsDefaultAuthorizationEndpoint of AuthServer 'EvoSTS' (realm none)"
    assert (
        "goes back as a whole or not at all, and AuthServer 'old' (realm none) cannot be taken back"
        in done.refused[1].reason
    )
    off = switch_off(CONFIG, [server("EvoSTS", default=True)], swap())
    assert off.changes == []
    assert "no longer there" in off.refused[0].reason


def test_an_endpoint_that_a_killed_run_took_is_not_given_back_while_it_is_on_and_what_to_do_is_said() -> None:
    """The run was killed between its two writes: clients of AD FS get no sign-in page, and disable_hma is the way."""
    on = replace(CONFIG, oauth2_client_profile_enabled=True)
    now = [server("EvoSTS"), server("adfs", type="ADFS")]
    there = [now[0], replace(now[1], default=True)]
    killed = [recorded(plan_default(there, there[0], default=True, replace="adfs").changes[0])]
    done = restore_organization(on, now, killed)
    assert done.changes == []
    assert "now no AuthServer is the default endpoint" in done.refused[0].reason
    assert "Run disable_hma with this record" in done.refused[0].reason
    sent = [(change.target["name"], *change.after.values()) for change in switch_off(on, now, killed).changes]
    assert sent == [("Contoso", False), ("adfs", True)]


def test_a_flag_that_was_on_with_ad_fs_is_not_switched_on_by_enable_hma() -> None:
    on = replace(CONFIG, oauth2_client_profile_enabled=True)
    off = [recorded(change) for change in plan_organization(on, {"oauth2_client_profile_enabled": False}).changes]
    done = restore_organization(CONFIG, [server("adfs", type="ADFS", default=True)], off)
    assert done.changes == []
    assert "with AD FS ('adfs') as the default endpoint" in done.refused[0].reason
    assert "run enable_hma" in restore_organization(CONFIG, [server("EvoSTS", default=True)], off).refused[0].reason


def test_disabling_with_and_without_a_record() -> None:
    now, on = [server("EvoSTS", default=True), server("old")], replace(CONFIG, oauth2_client_profile_enabled=True)

    def sent(done: Restoration) -> list[tuple[Any, ...]]:
        return [(change.target["name"], *change.after.values()) for change in done.changes]

    assert sent(switch_off(on, now, None)) == [("Contoso", False), ("EvoSTS", False)]
    assert sent(switch_off(on, now, swap())) == [("Contoso", False), ("EvoSTS", False), ("old", True)]
    assert sent(switch_off(CONFIG, [server("adfs", type="ADFS", default=True)], None)) == []


def _objects(*found: dict[str, Any]) -> list[Properties]:
    return [Properties(item, "Get-AuthServer") for item in found]


def test_an_odd_authserver_does_not_stand_in_the_way_of_switching_off() -> None:
    good: dict[str, Any] = {
        "Name": "EvoSTS",
        "Guid": "6F1D3C1E-0000-4000-8000-000000000001",
        "Type": "AzureAD",
        "IsDefaultAuthorizationEndpoint": True,
        "DomainName": 5,
    }
    found, unread = endpoints(
        _objects(good, {**good, "Guid": None}, {"Name": "old", "IsDefaultAuthorizationEndpoint": False})
    )
    assert [(item.name, item.guid, item.default) for item in found] == [
        ("EvoSTS", "6f1d3c1e-0000-4000-8000-000000000001", True)
    ]
    assert [item.object for item in unread] == ["AuthServer 'EvoSTS'"]
    assert "could not be read" in unread[0].reason
    # A restore needs the whole of what it takes back, and no more of any other.
    assert [item.name for item in read_servers(_objects(good), []).servers] == ["EvoSTS"]


def test_an_odd_authserver_that_runs_wrote_to_keeps_no_other_object_from_going_back() -> None:
    odd_guid = "6f1d3c1e-0000-4000-8000-000000000001"
    odd = {"Name": "EvoSTS", "Guid": odd_guid, "Type": "AzureAD", "Enabled": True, "DomainName": 5,
           "IsDefaultAuthorizationEndpoint": False}  # fmt: skip
    trusted = recorded(
        plan_trust(server("EvoSTS", guid=odd_guid), enabled=True, domain_names=["contoso.test"]).changes[0]
    )
    other = recorded(plan_trust(server("other"), enabled=True, domain_names=["other.test"]).changes[0])
    history = [recorded(_flag(CONFIG, True)), trusted, other]
    found = read_servers(_objects(odd), history)
    servers = [*found.servers, server("other", domain_names=["other.test"])]
    done = restore_organization(replace(CONFIG, oauth2_client_profile_enabled=True), servers, history, found.odd)
    assert [(change.target["name"], change.after) for change in done.changes] == [
        ("Contoso", {FLAG: False}), ("other", {"DomainName": []})
    ]  # fmt: skip
    assert [item.object for item in done.refused] == ["AuthServer 'EvoSTS' (realm none)"]
    assert "DomainName is 5" in done.refused[0].reason
    assert len(done.handled) == len(history)


def test_an_organization_without_a_readable_guid_keeps_no_authserver_from_going_back() -> None:
    trusted = recorded(plan_trust(server("EvoSTS"), enabled=True, domain_names=["contoso.test"]).changes[0])
    found = Properties({"Name": "Contoso", "Guid": None, "OAuth2ClientProfileEnabled": False}, "Get-OrganizationConfig")
    servers = [server("EvoSTS", domain_names=["contoso.test"])]
    done = restore_organization(parse_unidentified(found), servers, [recorded(_flag(CONFIG, True)), trusted])
    assert [change.after for change in done.changes] == [{"DomainName": []}]
    assert "the Guid of the organization that answered could not be read" in done.refused[0].reason
    assert not may_be_on(found)
    assert may_be_on(Properties({}, "Get-OrganizationConfig"))


def test_another_organization_is_refused() -> None:
    done = restore_organization(replace(CONFIG, guid="other", name="Fabrikam"), [], [recorded(_flag(CONFIG, True))])
    assert done.changes == []
    assert "another organization than 'Fabrikam'" in done.refused[0].reason


def test_domains_that_others_added_stay() -> None:
    step = recorded(
        plan_trust(
            server("EvoSTS", domain_names=["a.test"]), enabled=None, domain_names=["contoso.onmicrosoft.com"]
        ).changes[0]
    )
    now = server("EvoSTS", domain_names=["a.test", "Contoso.OnMicrosoft.com", "later.test"])
    assert [change.after for change in restore_organization(CONFIG, [now], [step]).changes] == [
        {"DomainName": ["a.test", "later.test"]}
    ]


METHODS = st.lists(st.sampled_from(["Ntlm", "Negotiate", "Basic", "OAuth"]), unique=True, min_size=1)


DIRECTORIES = st.one_of(
    st.builds(lambda methods: directory("mapi", IISAuthenticationMethods=methods), METHODS),
    st.builds(lambda value: directory("ews", OAuthAuthentication=value), st.booleans()),
    st.builds(
        lambda own, far: directory("activesync", InternalAuthenticationMethods=own, ExternalAuthenticationMethods=far),
        METHODS,
        METHODS,
    ),
)


@given(DIRECTORIES, st.sampled_from(["done", "open", "uncertain"]), st.booleans())
def test_a_directory_is_as_it_was(start: Directory, result: str, took_place: bool) -> None:
    change = plan_oauth(start, present=True)
    if change is None:
        return
    written: dict[str, Any] = {**start.settings, **change.after}
    now = replace(start, settings=written) if took_place else start
    back = restore_directory(now, [recorded(change, result)])
    assert (back is not None) == took_place
    if back is not None:
        assert all(same(start.settings[name], value) for name, value in back.after.items())
        assert set(back.after) == set(change.after)


def oauth_step(kind: str, **before: Any) -> Recorded:
    change = plan_oauth(directory(kind, **before), present=True, mapi_empty="default")
    assert change is not None
    return recorded(change)


def test_methods_that_somebody_changed_since_are_left_alone() -> None:
    step = oauth_step("mapi", IISAuthenticationMethods=["Ntlm", "Negotiate"])
    with pytest.raises(
        Refused,
        match=r"is \{Negotiate, OAuth\}; the run r left \{Ntlm, Negotiate, OAuth\} \(before it: \{Ntlm, Negotiate\}\)",
    ):
        restore_directory(directory("mapi", IISAuthenticationMethods=["Negotiate", "OAuth"]), [step])


def test_an_empty_mapi_list_is_not_made_again() -> None:
    step = oauth_step("mapi", IISAuthenticationMethods=[])
    back = restore_directory(directory("mapi", IISAuthenticationMethods=["Ntlm", "OAuth", "Negotiate"]), [step])
    assert back is not None
    assert back.after == {"IISAuthenticationMethods": ["Ntlm", "Negotiate"]}


@pytest.mark.parametrize("result", ["done", "failed", "uncertain", "open"])
def test_the_state_decides_not_the_word_in_the_record(result: str) -> None:
    step = replace(oauth_step("ews", OAuthAuthentication=False), result=result)
    back = restore_directory(directory("ews", OAuthAuthentication=True), [step])
    assert back is not None
    assert back.after == {"OAuthAuthentication": False}
    assert restore_directory(directory("ews", OAuthAuthentication=False), [step]) is None


def test_a_write_that_was_never_sent_is_not_undone() -> None:
    step = replace(oauth_step("ews", OAuthAuthentication=False), result="not_sent")
    assert restore_directory(directory("ews", OAuthAuthentication=True), [step]) is None


@pytest.mark.parametrize(
    ("live", "connectors", "forced", "changed", "left", "refused"),
    [
        (False, [], False, 2, 0, 0),
        (True, [], False, 0, 0, 2),
        (True, ["HybridIOC"], True, 0, 0, 2),
        (False, ["HybridIOC"], False, 1, 1, 0),
        (False, ["HybridIOC"], True, 2, 0, 0),
    ],
)
def test_directories(live: bool, connectors: list[str], forced: bool, changed: int, left: int, refused: int) -> None:
    history = of_server(
        [oauth_step("ews", OAuthAuthentication=False), oauth_step("oab", OAuthAuthentication=False)],
        "ex1.corp.contoso.test",
    )
    found = {f"guid-{kind}": directory(kind, OAuthAuthentication=True) for kind in ("ews", "oab")}
    done = restore_directories(found, history, live=live, web=None, connectors=connectors, forced=forced)
    assert (len(done.changes), len(done.left), len(done.refused), len(done.handled)) == (changed, left, refused, 2)


def test_what_a_restore_took_comes_back_while_it_is_on() -> None:
    change = plan_oauth(directory("ews", OAuthAuthentication=True), present=False)
    assert change is not None
    found = {"guid-ews": directory("ews", OAuthAuthentication=False)}
    done = restore_directories(
        found, of_server([recorded(change)], "EX1"), live=True, web=None, connectors=["HybridIOC"], forced=False
    )
    assert [item.after for item in done.changes] == [{"OAuthAuthentication": True}]


def test_what_outlook_on_the_web_needs_is_not_taken_away() -> None:
    history = of_server([oauth_step("oab", OAuthAuthentication=False)], "EX1")
    found = {"guid-oab": directory("oab", OAuthAuthentication=True)}
    done = restore_directories(found, history, live=False, web="EX1 needs it.", connectors=[], forced=True)
    assert (done.changes, [item.reason for item in done.refused]) == ([], ["EX1 needs it."])


def test_a_directory_that_is_gone_is_said_and_another_server_is_not_touched() -> None:
    history = [oauth_step("ews", OAuthAuthentication=False)]
    done = restore_directories({}, of_server(history, "EX1"), live=False, web=None, connectors=[], forced=False)
    assert "no longer there" in done.refused[0].reason
    assert of_server(history, "ex11.corp.contoso.test") == {}


def names(before: list[str], added: list[str], result: str = "done", taken: Sequence[str] = ()) -> Recorded:
    states: list[Mapping[str, Any]] = [
        {"servicePrincipalNames": before}, {"servicePrincipalNames": [*(name for name in before if name not in taken),
                                                                      *added]},
    ]  # fmt: skip
    return Recorded(
        "0" * 16,
        "t",
        "r",
        "contoso",
        "names",
        {"type": "names", "tenant_id": "T"},
        "PATCH",
        states[0],
        states[1],
        result,
    )


def test_names_go_back_to_what_the_first_write_found() -> None:
    history = [
        names(["https://a/"], ["https://b/", "https://c/"], "open"),
        names(["https://a/"], ["https://failed/"], "failed"),
        names(["https://a/"], ["https://unsent/"], "not_sent"),
        names(["https://a/", "https://c/"], ["https://d/", "https://x.outlook.com/", "https://keep.test/"]),
        names(["https://a/", "https://b/", "https://c/", "https://d/"], [], taken=["https://b/"]),
    ]
    back = names_back(history, ["keep.test"])["t"]
    assert back.take == ("https://b/", "https://c/", "https://failed/", "https://d/")
    assert back.give == ()


def test_names_that_a_restore_took_come_back() -> None:
    history = [names(["https://a/", "https://b/"], [], taken=["https://b/"]), names(["https://a/"], ["https://b/"])]
    assert names_back(history)["t"].give == ("https://b/",)
    assert names_back(history)["t"].take == ()
    # A run and its restore together: as it was before the run.
    both = [names(["https://a/"], ["https://b/"]), names(["https://a/", "https://b/"], [], taken=["https://b/"])]
    assert (names_back(both)["t"].take, names_back(both)["t"].give) == (("https://b/",), ())


def test_ten_thousand_names_are_read_in_no_time() -> None:
    history = [names(["https://a/"], [f"https://n{number}.test/" for number in range(10_000)])]
    begun = time.process_time()
    assert len(names_back(history, ["n1.test"])["t"].take) == 9_999
    assert time.process_time() - begun < 2


def policy(name: str, **blocks: bool) -> dict[str, Any]:
    return {
        "Name": name,
        "DistinguishedName": f"CN={name},DC=corp",
        **{f"BlockLegacyAuth{key}": value for key, value in blocks.items()},
    }


def answer(*objects: dict[str, Any], error: tuple[str, str] | None = None) -> CmdletResult:
    return CmdletResult(list(objects), [ErrorRecord(error[0], "", "", "", error[1])] if error else [], [])


NOBODY, SOMEBODY, UNREAD = answer(), answer({"Name": "Ann"}), answer(error=("x", "denied"))


@pytest.mark.parametrize(
    ("users", "default", "despite", "message"),
    [
        (NOBODY, None, None, None),
        (NOBODY, "block legacy", None, "is the organization's default"),
        (NOBODY, "CN=Block legacy,DC=corp", None, "is the organization's default"),
        (SOMEBODY, None, None, r"is assigned \(to Ann for one\)"),
        (UNREAD, None, None, "could not be read"),
        (None, None, None, "could not be read"),
        (SOMEBODY, None, "Block LEGACY", None),
        (SOMEBODY, None, "another", 'hma_disable_despite_policy: "Block legacy"'),
    ],
)
def test_policies_in_force(
    users: CmdletResult | None, default: str | None, despite: str | None, message: str | None
) -> None:
    found = authentication_policies.blocking(
        answer(policy("Block legacy", Mapi=True, Pop=True), policy("Open", Mapi=False))
    )
    assert [(item.name, item.blocked) for item in found] == [("Block legacy", ("Mapi", "Pop"))]
    assigned = {"Block legacy": users} if users is not None else {}
    if message is None:
        authentication_policies.refuse_lockout(found, assigned, default=default, despite=despite)
        return
    with pytest.raises(Refused, match=message):
        authentication_policies.refuse_lockout(found, assigned, default=default, despite=despite)


def test_an_odd_policy_is_named_by_what_it_shows_and_counts_as_one_that_blocks() -> None:
    odd = {"Name": None, "Identity": "Odd", "DistinguishedName": 5, "BlockLegacyAuthMapi": "True"}
    (found,) = authentication_policies.blocking(answer(odd))
    assert (found.name, found.blocked, found.distinguished_name) == ("Odd", ("Mapi",), None)


def test_an_exchange_without_policies_and_one_that_does_not_say() -> None:
    assert authentication_policies.unreadable(answer(error=("CommandNotFoundException", "The term ..."))) is None
    assert "denied" in str(authentication_policies.unreadable(UNREAD))
    assert authentication_policies.blocking(answer(error=("CommandNotFoundException", "The term ..."))) == []
    with pytest.raises(Refused, match="could not be read"):
        authentication_policies.blocking(UNREAD)


def test_a_quote_in_a_policy_is_doubled_in_the_filter() -> None:
    found = authentication_policies.blocking(answer(policy("O'Brien", Mapi=True)))[0]
    assert found.users().parameters["Filter"] == "AuthenticationPolicy -eq 'CN=O''Brien,DC=corp'"


def test_a_flag_that_cannot_be_read_counts_as_on_and_goes_back_off() -> None:
    odd = replace(CONFIG, name="(without a readable name)", oauth2_client_profile_enabled=None, mapi_http_enabled=None)
    done = restore_organization(odd, [], [recorded(_flag(CONFIG, True))])
    assert [dict(change.after) for change in done.changes] == [{FLAG: False}]
    assert (done.live, done.refused) == (False, [])
    # What nothing recorded changed is not written, and modern authentication may be on.
    untouched = restore_organization(odd, [], [])
    assert (untouched.changes, untouched.live) == ([], True)


def test_another_switch_that_cannot_be_read_is_left_as_it_is() -> None:
    step = replace(recorded(_flag(CONFIG, True)), before={"MapiHttpEnabled": True}, after={"MapiHttpEnabled": False})
    done = restore_organization(replace(CONFIG, mapi_http_enabled=None), [], [step])
    assert done.changes == []
    assert [(item.object, item.reason) for item in done.refused] == [
        ("MapiHttpEnabled of organization 'Contoso'", "its value could not be read.")
    ]


@pytest.mark.parametrize(
    "keep",
    [
        "keep.test",
        "KEEP.test",
        "https://keep.test",
        "https://keep.test/",
        "https://keep.test/owa",
        "https://keep.test:443",
    ],
)
def test_a_name_that_others_need_stays_in_whatever_form_it_was_said(keep: str) -> None:
    history = [names([], ["https://keep.test/", "https://keep.test", "https://other.keep.test/", "id/keep.test"])]
    assert names_back(history, [keep])["t"].take == ("https://other.keep.test/", "id/keep.test")


@pytest.mark.parametrize(
    ("now", "live", "typed"),
    [
        (["Negotiate", "OAuth"], False, "-IISAuthenticationMethods @('Negotiate')"),
        (["Negotiate", "OAuth"], True, None),  # Clients use it.
        (["OAuth"], False, None),  # An empty list lets nobody in.
        (["Basic"], False, None),  # It is not there any more.
    ],
)
def test_what_somebody_changed_is_left_with_what_takes_oauth_alone_from_it(
    now: list[str], live: bool, typed: str | None
) -> None:
    change = plan_oauth(directory("mapi", IISAuthenticationMethods=["Ntlm", "Negotiate"]), present=True)
    assert change is not None
    found: dict[str, Directory | None] = {"guid-mapi": directory("mapi", IISAuthenticationMethods=now)}
    done = restore_directories(
        found, {"guid-mapi": [recorded(change)]}, live=live, web=None, connectors=[], forced=False
    )
    reason = done.refused[0].reason
    assert "Somebody changed it since: it is left alone." in reason
    assert ("by hand" in reason) is (typed is not None)
    assert (typed or "") in reason
