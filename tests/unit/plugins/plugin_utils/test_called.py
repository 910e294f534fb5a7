# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command that is printed means the same as the one that was typed: a shell and ansible-playbook's own parser read
it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from ansible import context
from ansible.cli.playbook import PlaybookCLI
from ansible.utils.context_objects import GlobalCLIArgs
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.command import playbook
from ansible_collections.hybrid.exchange.plugins.plugin_utils import _called

SECRET = "s3cret 'of' $HOME \"x\""
# What the last screen of a run has to say again, and where it stands when the arguments were read.
KEPT = ("inventory", "subset", "connection", "remote_user", "private_key_file", "ask_pass", "ask_vault_pass", "forks",
        "vault_ids", "vault_password_files", "connection_password_file", "diff", "check")  # fmt: skip


def parsed(words: Sequence[str]) -> dict[str, Any]:
    GlobalCLIArgs._Singleton__instance = None
    command = PlaybookCLI(["ansible-playbook", *words])
    command.parse()
    return dict(context.CLIARGS)


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = context.CLIARGS
    monkeypatch.setattr(_called, "_BEGUN", set())
    yield
    context.CLIARGS = before
    GlobalCLIArgs._Singleton__instance = None


def again(name: str = "prepare_vdirs", options: Sequence[str] = ()) -> str:
    return playbook(name, _called.called(str(source) for source in context.CLIARGS["inventory"]), options=options).text


def typed(text: str, **variables: str) -> list[str]:
    """The words that a shell makes of it."""
    script = text.replace("ansible-playbook", "printf '%s\\0'", 1)
    done = subprocess.run(["/bin/sh", "-c", script], env=variables, capture_output=True, text=True, check=True)
    return done.stdout.split("\0")[:-1]


@pytest.mark.parametrize(
    "words",
    [
        ["-i", "/srv/a", "-i", "/srv/my fleet/b", "-i", "ex1,"],
        ["-i", "/srv/a", "--limit", "ex1,ex 2:!ex3,localhost"],
        ["-i", "/srv/a", "-c", "psrp", "-u", "CORP\\hma", "-k", "-f", "40", "--private-key", "/k y"],
        ["-i", "/srv/a", "--ask-vault-pass"],
        ["-i", "/srv/a", "--vault-id", "dev@prompt", "--vault-id", "pro d@/v", "--vault-password-file", "/p w"],
        ["-i", "/srv/a", "-e", "@/srv/my vars.yml", "-e", "hma_serial=2 hma_servers_group=berlin"],
        ["-i", "/srv/a", "-e", '{"hma_owa_admins": ["a@x.test", "b\'s@x.test"], "hma_probe_deadline": 0}'],
        ["-i", "/srv/a", "-e", "{hma_policy: {HMA-X: {skip: 'it''s {{ ours }}'}}}"],
        ["-i", "/srv/a", "-e", "ansible_winrm_transport=kerberos"],
        ["-i", "/srv/a", "--check", "--diff"],
    ],
)  # fmt: skip
def test_what_is_printed_is_read_as_what_was_typed(words: list[str]) -> None:
    before = parsed(["hybrid.exchange.prepare_vdirs", *words])
    _called.begun("prepare_vdirs")
    command = again(options=("--check",) if "--check" in words else ())
    after = parsed(typed(command))
    assert {name: after[name] for name in KEPT} == {name: before[name] for name in KEPT}
    assert merged(after["extra_vars"]) == merged(before["extra_vars"])


def merged(texts: Sequence[str]) -> dict[str, Any]:
    """What Ansible makes of each -e."""
    found: dict[str, Any] = {}
    for text in texts:
        found |= {text: "file"} if text.startswith("@") else dict(_called._parsed(text) or {})
    return found


@pytest.mark.parametrize(
    "given",
    [
        "exchange_password='s3cret'",
        '{"ansible_password": "s3cret", "hma_serial": 2}',
        "pw=s3cret hma_servers_group=berlin",
        "hma_proxy=http://me:s3cret@proxy:3128",
        "hma_notify_webhook=https://hooks.test/s3cret",
        "{hma_client_secret: !vault s3cret}",
        '{"hma_client_secret": "s3cret"',
        "PATH=s3cret",
    ],
)
def test_a_secret_is_never_printed_and_never_replaced_by_a_placeholder(given: str) -> None:
    parsed(["hybrid.exchange.prepare_vdirs", "-i", "a,", "-e", given])
    command = again()
    assert "s3cret" not in command
    done = subprocess.run(["/bin/sh", "-c", command.replace("ansible-playbook", "echo", 1)], env={"PATH": "/bin"},
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode != 0 and done.stdout == "" and "its value is not shown" in done.stderr


def test_a_hidden_value_is_that_of_the_shell() -> None:
    parsed(["hybrid.exchange.prepare_vdirs", "-i", "a,", "-e", "exchange_password=x"])
    words = typed(again(), exchange_password=SECRET)
    assert f"exchange_password={SECRET}" in words


def test_what_nobody_can_read_is_given_again_as_it_was() -> None:
    text = "{hma_client_secret: !vault s3cret}"
    parsed(["hybrid.exchange.prepare_vdirs", "-i", "a,", "-e", text])
    assert parsed(typed(again(), extra_vars=text))["extra_vars"] == (text,)


def test_another_playbook_has_the_sign_in_and_not_what_was_meant_for_this_one() -> None:
    words = ["-l", "ex1", "-D", "-J", "-u", "me", "-e", "hma_probe_expected=not_offered hma_serial=2", "-e", "@/v.yml"]
    parsed(["hybrid.exchange.prepare_vdirs", "-i", "a,", *words])
    _called.begun("prepare_vdirs")
    command = again("restore_hma", ("--check", "-e", "hma_restore_record=R"))
    assert command == (
        "ansible-playbook hybrid.exchange.restore_hma -u me --ask-vault-pass -e hma_serial=2 -e @/v.yml --check "
        "-e hma_restore_record=R -i a,"
    )


def test_what_a_command_says_itself_is_not_said_twice_and_a_list_stays_no_restore() -> None:
    given = "hma_restore_record=/srv/old hma_restore_list=true hma_restore_keep_names=x"
    parsed(["hybrid.exchange.restore_hma", "-i", "a,", "-e", given])
    _called.begun("restore_hma")
    assert again("restore_hma", ("-e", '{"hma_restore_record": ["/srv/new 1"]}')).count("hma_restore_record") == 1
    assert "hma_restore_list" not in again("restore_hma") and "hma_restore_keep_names=x" in again("restore_hma")
