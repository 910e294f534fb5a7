# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. How ansible-playbook was called, as far as a command that is printed has to say it again.

What is carried on: every -i, --limit, --diff, the ways to sign in (-c, -u, -k, --private-key,
--connection-password-file), the vault, --forks, and -e. Of -e a value is shown only where its name is a public variable
that is no secret, or says how a connection is made; a file is named as it was given. What a play of one's own sets for
the playbook that it imports is carried on as -e: the command names the playbook, and nobody would set it. Tags are no
part of it: playbooks refuse them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import yaml
from ansible import constants, context
from ansible.errors import AnsibleError
from ansible.parsing.splitter import parse_kv
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.called import Called, Given, Hidden, How
from ansible_collections.hybrid.exchange.plugins.module_utils._variables import PUBLIC

# The playbooks that began in this process; its workers are forks, and have them too.
_BEGUN: Final[set[str]] = set()
# What the play of the last one sets, and no host has so: ``vars`` of import_playbook.
_OF_THE_PLAY: Final[dict[str, Any]] = {}
_PLAIN: Final = re.compile(r"[A-Za-z0-9_./:,@%+-]+")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CONNECTION: Final = re.compile(
    r"ansible_(connection|host|port|user|remote_user)"
    r"|ansible_(winrm|psrp)_(transport|scheme|auth|protocol|path|port|server_cert_validation|cert_validation|ca_cert"
    r"|kerberos_delegation|kerberos_mode|kinit_mode|message_encryption|negotiate_delegate|negotiate_service"
    r"|negotiate_hostname_override|(connection|operation|read|operation_timeout|read_timeout)(_timeout)?(_sec)?)"
)
# A user and a password in a URL, also in that of a proxy, which may begin with the user.
_USERINFO: Final = re.compile(r"(://|^[^\s:@]+:)\S.*@", re.DOTALL)
# What nobody could read stands for all of one -e.
_UNREAD: Final = "extra_vars"


def begun(playbook: str, of_the_play: Mapping[str, Any] | None = None) -> None:
    _BEGUN.add(playbook)
    _OF_THE_PLAY.clear()
    _OF_THE_PLAY.update(of_the_play or {})


def of_the_play() -> frozenset[str]:
    """The public variables that the play of the playbook that began last sets, and no host has so."""
    return frozenset(_OF_THE_PLAY)


def called(sources: Iterable[str]) -> Called:
    """The inventory of this run, with the rest of its command line."""
    given: Mapping[str, Any] = context.CLIARGS
    variables = [item for text in given.get("extra_vars") or () for item in _variables(str(text))]
    known = {name for item in variables for name in item.names}
    variables += [
        Given(frozenset({name}), _word(name, value)) for name, value in _OF_THE_PLAY.items() if name not in known
    ]
    how = How(
        frozenset(_BEGUN), tuple(_options(given)), tuple(variables), str(given.get("subset") or ""),
        bool(given.get("diff")),
    )  # fmt: skip
    return Called(sources, how)


def _options(given: Mapping[str, Any]) -> Iterator[str]:
    for name, option, usual in (
        ("connection", "-c", constants.DEFAULT_TRANSPORT),
        ("remote_user", "-u", constants.DEFAULT_REMOTE_USER),
        ("private_key_file", "--private-key", constants.DEFAULT_PRIVATE_KEY_FILE),
        ("connection_password_file", "--connection-password-file", constants.CONNECTION_PASSWORD_FILE),
        ("forks", "--forks", constants.DEFAULT_FORKS),
    ):
        value = given.get(name)
        if value and value != usual:
            yield from (option, str(value))
    yield from ("-k",) if given.get("ask_pass") else ()
    yield from ("--ask-vault-pass",) if given.get("ask_vault_pass") else ()
    for name, option in (("vault_ids", "--vault-id"), ("vault_password_files", "--vault-password-file")):
        for value in given.get(name) or ():
            yield from (option, str(value))


def _variables(text: str) -> Iterator[Given]:
    """What one -e gives: a file is one, and so is each variable."""
    if text.startswith("@"):
        yield Given(frozenset(), text)
        return
    values = _parsed(text)
    if values is None:
        yield Given(frozenset(), Hidden(_UNREAD, all_of_it=True))
        return
    for name, value in values.items():
        if _NAME.fullmatch(str(name)):
            yield Given(frozenset({str(name)}), _word(str(name), value))


def _parsed(text: str) -> Mapping[str, Any] | None:
    """As Ansible reads it: YAML, of which JSON is a part, or key=value."""
    try:
        found = yaml.safe_load(text) if text[:1] in ("[", "{") else parse_kv(text)
    except (yaml.YAMLError, AnsibleError, ValueError, RecursionError):
        return None
    return found if isinstance(found, Mapping) else None


def _word(name: str, value: Any) -> str | Hidden:
    if not _is_shown(name) or any(map(_USERINFO.search, _texts(value))):
        return Hidden(name, is_text=isinstance(value, str))
    written = json.dumps({name: value}, ensure_ascii=False, default=str)
    return f"{name}={value}" if isinstance(value, str) and _PLAIN.fullmatch(value) else written


def _texts(value: Any) -> Iterator[str]:
    """Each text in a value, the names of a mapping too."""
    if isinstance(value, (list, tuple, set, Mapping)):
        for item in (*value, *(value.values() if isinstance(value, Mapping) else ())):
            yield from _texts(item)
    else:
        yield str(value)


def _is_shown(name: str) -> bool:
    if name in PUBLIC:
        return not PUBLIC[name].shape.secret
    return _CONNECTION.fullmatch(name) is not None
