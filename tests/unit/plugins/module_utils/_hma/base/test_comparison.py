# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names compare without the case of ASCII letters and with everything else: here, and wherever the product compares."""

from __future__ import annotations

import ast
import re
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base import comparison
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import (
    fold,
    has,
    host_in,
    lacking,
    same,
    without,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import is_guid
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import (
    ClientUrl,
    client_names,
    extra_host,
    host_of,
    is_built_in,
    plan_names,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import authserver
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record import names, restoration
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.history import Recorded

PLUGINS = Path(__file__).parents[6] / "plugins"
# Pairs that Unicode takes for one, and the directory for two.
TWO = [
    ("https://mail.strasse.de/", "https://mail.straße.de/"),
    ("https://mail.stra\u017fse.de/", "https://mail.strasse.de/"),
    ("https://\u212aiosk.contoso.com/", "https://kiosk.contoso.com/"),
    ("https://o\ufb03ce.contoso.com/", "https://office.contoso.com/"),
    ("https://mail.\u0130zmir.com/", "https://mail.i\u0307zmir.com/"),
    ("https://MÜNCHEN.de/", "https://münchen.de/"),
]
# Text that is shown and not compared: a truth value, a status, a thumbprint in the form that Exchange writes.
SHOWN = re.compile(r"str\(.*\)\.lower\(\)|WORDS\[status\]\.lower\(\)|\.upper\(\)")


@pytest.mark.parametrize(("one", "other"), TWO)
def test_two_names_of_the_directory_are_two(one: str, other: str) -> None:
    assert one.casefold() == other.casefold() or one.lower() == other.lower()
    assert not same(one, other)
    assert not has([one], other)
    added, taken = plan_names([one], [other]), plan_names([one, other], [other], present=False)
    assert (added.after, added.changed) == ([one, other], [other])
    assert (taken.after, taken.changed) == ([one], [other])
    assert lacking([one], [other]) == [other]
    assert without([one, other], [other]) == [one]


def test_ascii_letters_have_no_case_and_nothing_else_changes() -> None:
    for code in range(sys.maxunicode + 1):
        letter = chr(code)
        assert fold(letter) == (letter.lower() if letter.isascii() else letter), unicodedata.name(letter, hex(code))
    assert same("HTTPS://Mail.Contoso.COM/", "https://mail.contoso.com/")
    assert same(["A", "b"], ("B", "a"))
    assert not same(["ß"], ["ss"])
    assert not same(True, "True")


def test_lists_of_names_keep_order_and_text() -> None:
    assert lacking(["A"], ["c", "a", "B", "C", "b"]) == ["c", "B"]
    assert without(["c", "a", "B", "C", "b"], ["A", "b"]) == ["c", "C"]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Mail.Contoso.com/EWS", "mail.contoso.com"),
        ("https://user:p%40ss@Mail.Contoso.com:443/", "mail.contoso.com"),
        ("https://[FD00::1]:443/", "fd00::1"),
        ("https://\u212aiosk.contoso.com", "\u212aiosk.contoso.com"),
        ("mail.contoso.com", ""),
    ],
)
def test_the_host_of_a_url(url: str, host: str) -> None:
    assert host_in(url) == host


@pytest.mark.parametrize(
    "url", ["https://\u212aiosk.contoso.com/", "https://mail.stra\u017fse.de/", "https://mail.straße.de/"]
)
def test_a_url_of_another_alphabet_is_not_taken_for_a_plain_one(url: str) -> None:
    _host, problem = host_of(url, "EX1 mapi external")
    assert problem is not None
    assert problem.code == "malformed"
    assert client_names([ClientUrl("EX1", "mapi", "external", url)]).wanted == {}
    with pytest.raises(ParseError, match="xn--"):
        extra_host(url)


def test_a_letter_that_looks_like_one_of_a_scheme_a_host_of_microsoft_or_an_id_is_none() -> None:
    with pytest.raises(ParseError, match="Write the host alone"):
        extra_host("http\u017f://mail.contoso.com/")
    assert not is_built_in("https://outloo\u212a.com/")
    assert is_built_in("https://OUTLOOK.com/")
    assert not is_guid("\uff11" * 8 + "-aaaa-4bbb-8ccc-000000000001")


@pytest.mark.parametrize("path", sorted(PLUGINS.rglob("*.py")), ids=lambda path: str(path.relative_to(PLUGINS)))
def test_nothing_compares_by_unicode(path: Path) -> None:
    """casefold, lower and upper know more letters than the directory, and so do urlsplit().hostname and IGNORECASE
    alone."""
    if path.name == "comparison.py":
        return
    source = path.read_text("utf-8")
    for node in ast.walk(ast.parse(source)):
        line = source.splitlines()[getattr(node, "lineno", 1) - 1]
        if isinstance(node, ast.Attribute):
            assert node.attr not in ("casefold", "hostname"), line
            assert node.attr not in ("lower", "upper", "swapcase") or SHOWN.search(line), line
            assert node.attr != "IGNORECASE" or "re.ASCII" in line, line


class Counted:
    """How often a name is folded: what is linear folds each a few times, what is quadratic every one for every one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folds = 0
        real = comparison.fold

        def counting(text: str) -> str:
            self.folds += 1
            return real(text)

        for module in (comparison, authserver, sys.modules[plan_names.__module__]):
            monkeypatch.setattr(module, "fold", counting)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(monkeypatch)


MANY = [f"https://mail{number}.contoso.com/" for number in range(3000)]


def test_many_names_are_planned_at_once(counted: Counted) -> None:
    assert len(plan_names(MANY, [name.upper() for name in MANY]).changed) == 0
    assert len(plan_names(MANY, MANY, present=False).changed) == len(MANY)
    assert counted.folds < 10 * len(MANY)


def test_many_domains_are_merged_at_once(counted: Counted) -> None:
    server = _auth_server([f"old{number}.contoso.com" for number in range(3000)])
    plan = authserver.plan_trust(
        server, enabled=None, domain_names=[f"new{number}.contoso.com" for number in range(3000)]
    )
    after = plan.changes[0].after["DomainName"]
    assert isinstance(after, (list, tuple))
    assert len(after) == 6000
    assert counted.folds < 10 * 6000


def test_many_names_are_taken_back_at_once(counted: Counted) -> None:
    step = _recorded({"type": "names", "tenant_id": "T"}, "servicePrincipalNames", [], MANY)
    assert len(names.names_back([step])["t"].take) == len(MANY)
    domains = _recorded({"type": "authserver", "guid": "g"}, "DomainName", MANY[:1000], MANY)
    assert restoration.value_before("x", "DomainName", MANY, [domains]) == MANY[:1000]
    assert counted.folds < 20 * len(MANY)


def _auth_server(domains: list[str]) -> authserver.AuthServer:
    values: dict[str, Any] = {
        "name": "EvoSTS",
        "guid": "g",
        "type": "AzureAD",
        "domain_names": domains,
        "enabled": True,
    }
    given: dict[str, Any] = {name: values.get(name) for name in authserver.AuthServer.__dataclass_fields__}
    return authserver.AuthServer(**given)


def _recorded(target: dict[str, str], name: str, before: list[str], after: list[str]) -> Recorded:
    values: dict[str, Any] = {
        "target": target,
        "before": {name: before},
        "after": {name: after},
        "result": "done",
        "run": "r",
    }
    return Recorded(**{field: values.get(field, "") for field in Recorded.__dataclass_fields__})


def test_same_is_what_exchange_means() -> None:
    assert same(["Ntlm", "OAuth"], ("oauth", "NTLM"))
    assert not same(["Ntlm"], ["Ntlm", "OAuth"])
    assert same("A", "a")
    assert not same(True, False)
