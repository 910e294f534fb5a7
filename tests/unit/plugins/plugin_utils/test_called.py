# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command that is printed means the same as the one that was typed: a shell and ansible-playbook's own parser read
it."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from ansible import context
from ansible.cli.playbook import PlaybookCLI
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template
from ansible.utils.context_objects import GlobalCLIArgs
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.command import playbook, with_the_rest
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
    monkeypatch.setattr(_called, "_OF_THE_PLAY", {})
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
        "hma_proxy=me:s3cret@proxy:3128",
        '{"hma_proxy": "http://me:a s3cret/\\"x@proxy:3128"}',
        '{"hma_probe_connect_to": {"mail": ["http://me:s3cret@x"]}}',
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


@pytest.mark.parametrize("value", [SECRET, "two words", "\\n {{ x }}", "# 'no end", "a\nb", '{"a": 1}'])
@pytest.mark.parametrize("name", ["exchange_password", "path", "PATH"])
def test_a_hidden_value_is_that_of_the_shell_letter_by_letter(name: str, value: str) -> None:
    parsed(["hybrid.exchange.prepare_vdirs", "-i", "a,", "-e", json.dumps({name: "x"})])
    assert as_ansible_reads(again(), name, value) == value


def test_a_hidden_value_that_is_no_text_is_written_as_yaml() -> None:
    parsed(["hybrid.exchange.prepare_vdirs", "-i", "a,", "-e", '{"my_logins": {"user": "x"}}'])
    assert as_ansible_reads(again(), "my_logins", "{user: y}") == {"user": "y"}


def as_ansible_reads(text: str, name: str, value: str) -> Any:
    """What the variable is in a run of that command, where the shell's own variable has that value."""
    own = name if "_" in name else f"given_{name}"
    # The shell's own variables are none of the environment.
    show = "import os, sys, json; print(json.dumps([sys.argv[1:], dict(os.environ)]))"
    script = f'{own}="$1"; {text}'.replace(
        " ansible-playbook", f" {shlex.quote(sys.executable)} -c {shlex.quote(show)}"
    )
    done = subprocess.run(["/bin/sh", "-c", script, "sh", value], env={}, capture_output=True, text=True, check=True)
    words, environment = json.loads(done.stdout)
    assert value not in " ".join(words)
    given = merged(parsed(words)["extra_vars"])[name]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(own, environment[own])
        return Templar(loader=DataLoader()).template(trust_as_template(given))


def test_a_command_of_a_hidden_value_prints_itself_again() -> None:
    parsed(["hybrid.exchange.prepare_vdirs", "-i", "a,", "-e", "exchange_password=x", "-e", "exchange_password=y"])
    first = again()
    parsed(typed(first, exchange_password="x"))
    assert again() == first and first.startswith("exchange_password=") and first.count(":?") == 1


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


def test_a_command_that_names_the_inventory_alone_gets_the_rest() -> None:
    parsed(["hybrid.exchange.verify_hma", "-i", "/a b", "--ask-vault-pass", "-e", "hma_serial=2"])
    inventory = _called.called(["/a b"])
    short = playbook("prepare_vdirs", ["/a b"], limit="ex1", options=("--check",)).text
    made = with_the_rest(short, inventory)
    assert made == (
        "ansible-playbook hybrid.exchange.prepare_vdirs --limit ex1 --ask-vault-pass -e hma_serial=2 --check -i '/a b'"
    )
    for kept in (made, "ansible ex1 -m ping", "Get-X 'it", "", short.replace("/a b", "/c"), f"{short} -e x=1"):
        assert with_the_rest(kept, inventory) == kept
    assert with_the_rest(short, ["/a b"]) == short
