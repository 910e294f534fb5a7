# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Public variables are judged all at once: their types, their places, their names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.settings.narrowing import (
    Invocation,
    missing_part,
    refusal,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.settings.settings import (
    Judgement,
    Unreadable,
    Variables,
    judge,
    message,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.settings.shapes import Shape
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.settings.spelling import distance, slipped
from ansible_collections.hybrid.exchange.plugins.module_utils._variables import PUBLIC, with_roles

TENANT = {"hma_tenant_id": "11111111-aaaa-4bbb-8ccc-000000000001", "hma_tenant_domain": "contoso.onmicrosoft.com"}


def judged(
    server: dict[str, Any] | None = None,
    tenant: dict[str, Any] | None = None,
    *,
    other: dict[str, Any] | None = None,
    playbook: str = "enable_hma",
    extra: frozenset[str] = frozenset(),
    again: bool = False,
) -> Judgement:
    """Two servers (the second as the first, where ``other`` is not given) and a tenant."""
    first = server or {}
    values = {
        "localhost": {},
        "ex1": first,
        "ex2": first if other is None else other,
        "contoso": TENANT | (tenant or {}),
    }
    return judge(
        with_roles({"hma_verify_probe_deadline": {"type": "int"}, "hma_spn_run_id": {"type": "str"}}),
        Variables(
            playbook,
            ("ex1", "ex2"),
            ("contoso",),
            values,
            frozenset({"localhost", "ex1", "ex2", "contoso", "desk"}),
            extra,
            again,
        ),
    )


def test_nothing_is_wrong() -> None:
    assert judged() == Judgement()


def test_what_the_play_sets_for_every_host_is_kept_but_no_secret() -> None:
    values = {
        "localhost": {
            "hma_vdir_mapi_empty": "default",
            "hma_cloud": "bleu",
            "hma_server": "",
            "exchange_password": "secret",
        },
        "ex1": {"hma_vdir_mapi_empty": "refuse"},
    }
    names = frozenset(values["localhost"])
    of_play = judge(PUBLIC, Variables("enable_hma", ("ex1",), (), values, play=names))
    assert of_play.hosts == {"hma_vdir_mapi_empty": "default", "hma_cloud": "bleu"}
    assert judge(PUBLIC, Variables("enable_hma", ("ex1",), (), values)).hosts == {}


def test_what_the_play_sets_outranks_the_inventory() -> None:
    """As it does for the roles: one part of a run kept its records in one folder, and the other one in another."""
    values = {"localhost": {"hma_record_dir": "/of/the/play"}, "ex1": {"hma_record_dir": "/of/the/inventory"}}
    given = Variables("enable_hma", ("ex1",), (), values)
    assert judge(PUBLIC, given).organization["hma_record_dir"] == "/of/the/inventory"
    of_play = replace(given, play=frozenset({"hma_record_dir"}))
    assert judge(PUBLIC, of_play).organization["hma_record_dir"] == "/of/the/play"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("hma_watch_dir", "", "is '' (text); expected the path of a folder"),
        ("hma_record_dir", " ", "is ' ' (text); expected the path of a folder"),
        ("hma_report_dir", None, "has no value; expected the path of a folder"),
        ("hma_probe_deadline", "fifteen", "is 'fifteen' (text); expected a whole number from 0 to 86400"),
        ("hma_probe_deadline", -1, "is -1 (a number); expected a whole number from 0 to 86400"),
        ("hma_probe_deadline", True, "is true (true or false); expected a whole number"),
        ("hma_probe_deadline", "1.5", "expected a whole number"),
        ("hma_probe_deadline", None, "has no value; expected a whole number from 0 to 86400"),
        ("hma_probe_deadline", "１５", "expected a whole number"),
        ("hma_probe_timeout", 0, "expected a whole number from 1 to 3600"),
        ("hma_identity_page", "0", "expected a whole number from 1 to 100000"),
        ("hma_probe_enabled", "perhaps", "expected true or false"),
        ("hma_probe_enabled", 2, "expected true or false"),
        ("hma_probe_expected", "redy", "is 'redy' (text); expected one of ready, not_offered"),
        ("hma_probe_expected", "", "expected one of ready, not_offered"),
        ("hma_probe_connect_to", "mail=10.0.0.1", "expected a dictionary"),
        ("hma_probe_connect_to", ["mail"], "is ['mail'] (a list); expected a dictionary"),
        ("hma_probe_identities", "a@contoso.test", "is 'a@contoso.test' (text); expected a list of text"),
        ("hma_probe_from", "dsek", "is 'dsek'; expected localhost or a host of the inventory"),
        ("hma_spn_extra_names", {"a": 1}, "expected a list of text"),
        ("hma_spn_extra_names", ["a", 7], "item 2, is 7 (a number); expected text"),
        ("hma_vdir_kinds", ["mapi", "pop"], "item 2, is 'pop' (text); expected one of mapi"),
        ("hma_vdir_kinds", "mapi,pop", "item 2, is 'pop'"),
        ("hma_servers_excluded", [{"name": "EX1"}], "item 1, has no reason"),
        ("hma_servers_excluded", [{"name": "EX1", "raeson": "x", "reason": "x"}], "did you mean reason?"),
        ("hma_servers_excluded", ["EX1"], "item 1, is 'EX1' (text); expected a dictionary with name, reason"),
        (
            "hma_probe_address",
            "https://ex1",
            "expected an address, as host, host:port or [IPv6]:port, without https://",
        ),
        ("hma_probe_address", "ex1:99999", "expected an address"),
        ("hma_probe_connect_to", {"mail.contoso.com": 7}, ", 'mail.contoso.com', is 7 (a number); expected an address"),
        ("hma_probe_connect_to", {"mail.contoso.com": "a b"}, "is 'a b' (text); expected an address"),
        ("hma_probe_identities", ["somebody"], "item 1, is 'somebody' (text); expected the address of a mailbox"),
        (
            "hma_custom_checks",
            [{"id": "A-1", "title": "t", "query": "q", "expect": "true", "severity": "loud"}],
            "item 1, severity is 'loud'",
        ),
        ("hma_policy", [], "expected a dictionary"),
        ("hma_report_mode", 420, "is 420 (a number); expected octal digits in quotes, as '0640'"),
        ("hma_report_mode", "rw", "expected octal digits in quotes"),
        ("hma_report_name", "../x", "without a folder"),
        ("hma_report_name", "last\n", "without a folder"),
        ("hma_spn_run_id", "night\n", "in one line"),
        ("hma_restore_record", {"a": 1}, "expected a path or a list of paths"),
        ("hma_verify_probe_deadline", "fifteen", "expected a whole number"),
        ("exchange_user", 7, "expected text (in quotes)"),
    ],
)
def test_a_value_of_another_shape(name: str, value: Any, expected: str) -> None:
    shared = PUBLIC[name].shared if name in PUBLIC else False
    (problem,) = judged({name: value}, {name: value} if shared else {}).problems
    assert problem.startswith(name)
    assert expected in problem
    assert problem.endswith("(for every host)." if shared else "(at ex1, ex2).")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("hma_probe_deadline", "15"),
        ("hma_probe_deadline", 0),
        ("hma_probe_enabled", "no"),
        ("hma_probe_enabled", 1),
        ("hma_vdir_kinds", "mapi, ews"),
        ("hma_spn_extra_names", []),
        ("hma_policy", '{"HMA-SSL-001": {"enabled": false}}'),
        ("hma_default_tenant", None),
        ("hma_probe_ca_path", ""),
        ("hma_probe_from", "desk"),
        ("hma_report_mode", "0640"),
        ("hma_restore_record", ["a", "b"]),
        ("hma_restore_record", "a"),
    ],
)
def test_what_a_module_takes_is_taken(name: str, value: Any) -> None:
    assert judged({name: value}).problems == []


@pytest.mark.parametrize(
    ("value", "right"),
    [(1, True), ("2", True), ("25%", True), ("0", False), ("all", False), (True, False), ([1, 2], False)],
)
def test_the_size_of_a_batch(value: Any, right: bool) -> None:
    assert (judged({"hma_serial": value}, extra=frozenset({"hma_serial"})).problems == []) is right


def test_all_faults_are_one_message_and_each_says_where() -> None:
    found = judged(
        {"hma_probe_deadline": "fifteen", "hma_probe_pause": "x"},
        {"hma_cloud": "moon"},
        other={"hma_probe_deadline": "fifteen", "hma_probe_pause": "x"},
    )
    text = message("enable_hma", found.problems)
    assert (
        text.splitlines()[0]
        == "enable_hma did not begin, and nothing was read or changed. What is to be mended first (3):"
    )
    assert (
        "- hma_cloud is 'moon' (text); expected one of global, usgov_l4, usgov_l5, china, bleu, delos (at contoso)."
        in text.splitlines()
    )


def test_an_extra_variable_is_told_once() -> None:
    wrong = {"hma_probe_deadline": "fifteen"}
    (problem,) = judged(wrong, wrong, extra=frozenset(wrong)).problems
    assert problem.endswith("(given with -e).")


def test_a_secret_is_never_shown() -> None:
    found = judged(tenant={"hma_client_secret": ["s3cret"], "hma_certificate_password": 12345})
    assert len(found.problems) == 2
    assert not any("s3cret" in text or "12345" in text for text in found.problems)
    assert "is a list (its value is not shown); expected text" in found.problems[1]


def test_a_required_variable() -> None:
    (problem,) = judged(tenant={"hma_tenant_id": ""}).problems
    assert problem.startswith("hma_tenant_id is ''")
    values = {"localhost": {}, "contoso": {"hma_tenant_id": TENANT["hma_tenant_id"]}}
    (missing,) = judge(PUBLIC, Variables("enable_hma", (), ("contoso",), values)).problems
    assert missing.startswith("hma_tenant_domain is not set")


def test_a_variable_that_has_no_value() -> None:
    (problem,) = judged(tenant={"hma_client_secret": Unreadable("'vault_contoso' is undefined")}).problems
    assert problem == "hma_client_secret cannot be read: 'vault_contoso' is undefined (at contoso)."


def test_a_setting_of_the_organization_is_one() -> None:
    (problem,) = judged({"hma_vdir_kinds": ["mapi"]}, other={"hma_vdir_kinds": ["ews"]}).problems
    assert "it is ['mapi'] at ex1 and ['ews'] at ex2" in problem
    (problem,) = judged({"hma_vdir_kinds": ["mapi"]}, other={}).problems
    assert "it is ['mapi'] at ex1 and not set at ex2" in problem
    assert judged({"hma_vdir_kinds": ["mapi"]}).problems == []
    # Names are registered with what the tenants' hosts say.
    (problem,) = judged({"hma_spn_extra_names": ["eas.contoso.test"]}).problems
    assert "it is ['eas.contoso.test'] at ex1 and not set at contoso" in problem
    long = ["x" * 200]
    assert len(judged({"hma_vdir_kinds": [*long, "a"]}, other={"hma_vdir_kinds": [*long, "b"]}).problems) >= 1


def test_what_a_server_has_of_its_own_may_differ() -> None:
    assert judged({"hma_probe_address": "a:1", "hma_server": "ex9"}, other={"hma_probe_address": "b:1"}).problems == []


def test_the_settings_of_the_organization_are_those_of_the_servers() -> None:
    values = {
        "localhost": {"hma_report_dir": "here", "hma_report_name": "night"},
        "ex1": {"hma_report_dir": "there", "hma_server": "EX9"},
    }
    found = judge(PUBLIC, Variables("audit_hma", ("ex1",), (), values))
    assert found.organization == {"hma_report_dir": "there", "hma_report_name": "night"}


def test_a_variable_for_the_head_of_a_play() -> None:
    (problem,) = judged({"hma_serial": "1"}).problems
    assert "give it with -e" in problem
    assert judged({"hma_serial": "1"}, extra=frozenset({"hma_serial"})).problems == []


@pytest.mark.parametrize(
    "name",
    ["hma_probe_dealdine", "hma_prob_deadline", "hma_probe_deadlin", "hma_probe_deadlines", "hma_Probe_deadline"],
)
def test_a_slip_of_a_finger_stops_the_run(name: str) -> None:
    (problem,) = judged({name: 7}).problems
    assert problem == f"{name} is no variable of hybrid.exchange (at ex1, ex2). Did you mean hma_probe_deadline?"


def test_another_name_is_a_warning() -> None:
    found = judged({"hma_admin_password": "x", "hma_probe_deadline_seconds": 7, "exchange_version": "2019"})
    assert found.problems == []
    assert len(found.warnings) == 2
    assert not any("'x'" in text for text in found.warnings)
    assert "Did you mean hma_probe_deadline?" in found.warnings[1]
    assert judged({"hma_vdir_result": {}}, again=True) == Judgement()


def test_the_way_out_needs_least() -> None:
    """disable_hma stops at what it reads itself; the rest it only names."""
    odd = {"hma_policy": 7, "hma_cloud": "moon", "hma_probe_deadlin": 1, "hma_vdir_kinds": ["mapi"]}
    found = judged(odd, playbook="disable_hma")
    assert found.problems == []
    assert len(found.warnings) >= 3
    assert len(judged({"hma_probe_deadline": "fifteen"}, playbook="disable_hma").problems) == 1


def test_distance() -> None:
    assert [distance(*pair) for pair in (("ab", "ab"), ("ab", "ba"), ("ab", "b"), ("ab", "xb"), ("", "ab"))] == [
        0,
        1,
        1,
        1,
        2,
    ]
    assert slipped("hma_record_dri", ["hma_record_dir", "hma_report_dir"]) == "hma_record_dir"
    assert slipped("hma_unlike", PUBLIC) is None


def test_every_option_has_a_shape() -> None:
    for setting in PUBLIC.values():
        assert setting.shape.expected, setting.name
        assert list(Shape.faults(setting.shape, object()))


@pytest.mark.parametrize("playbook", ["enable_hma", "verify_hma", "audit_hma", "disable_hma", "restore_hma"])
@pytest.mark.parametrize(
    ("invocation", "named"),
    [
        (Invocation(limit="ex1"), "--limit ex1"),
        (Invocation(tags=("a", "b")), "--tags a,b"),
        (Invocation(tags=("all",), skip_tags=("always",)), "--skip-tags always"),
        (Invocation(start_at_task="Enable"), "--start-at-task 'Enable'"),
        (Invocation(step=True), "--step"),
        (Invocation(sliced=True), "job slicing"),
    ],
)
def test_what_narrows_a_whole_organization(playbook: str, invocation: Invocation, named: str) -> None:
    text = refusal(playbook, invocation, ["ex1"])
    assert text is not None and text.startswith(
        f"{playbook} does not run with {named}, and nothing was read or changed."
    )


def test_what_may_be_incomplete_because() -> None:
    for playbook in ("prepare_vdirs", "register_spns"):
        assert refusal(playbook, Invocation(limit="ex1", sliced=True, tags=("all",)), ["ex1"]) is None
        assert refusal(playbook, Invocation(limit="ex1"), []) is not None
        assert refusal(playbook, Invocation(tags=("hma",)), ["ex1"]) is not None
    assert refusal("enable_hma", Invocation(tags=("all",)), ["ex1"]) is None
    assert missing_part("prepare_vdirs", ["ex1"], ["a"], ["localhost", "ex1"]) is None
    assert missing_part("prepare_vdirs", ["ex1"], ["a"], ["ex1"]) is not None
    assert missing_part("register_spns", ["ex 1"], ["a"], ["localhost", "a"]) is not None
    assert "--limit 'a,ex 1'" in str(missing_part("register_spns", ["ex 1"], ["a"], ["localhost", "a"]))


def test_a_secret_of_the_organization_is_in_no_result_and_no_message() -> None:
    """The result of hma_settings is registered, and shown with -v."""
    found = judged({"hma_notify_webhook": "https://x/s3cret", "hma_notify_format": "teams"})
    assert found.problems == []
    assert found.organization == {"hma_notify_format": "teams"}
    apart = judged({"hma_notify_webhook": "https://x/s3cret"}, other={"hma_notify_webhook": "https://y/s3cret"})
    (problem,) = apart.problems
    assert "hma_notify_webhook is one setting of the organization" in problem
    assert "s3cret" not in problem
