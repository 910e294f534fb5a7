# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WWW-Authenticate: what was recorded in the wild, and any text at all."""

from __future__ import annotations

import string
import time

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.challenge import (
    Challenge,
    bearers,
    parse_challenges,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.support.recorded import EAS_2018, EAS_BROKEN, EWS_ADFS, EXO_FOLDED

TOKEN = st.text(string.ascii_letters + string.digits + "!#$%&'*+-.^_`|~", min_size=1)
TOKEN68 = st.builds(
    "{}{}".format,
    st.text(string.ascii_letters + string.digits + "-._~+/", min_size=1),
    st.sampled_from(["", "=", "=="]),
)
VALUE = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"))
PARAMETERS = st.dictionaries(TOKEN.map(str.lower), VALUE.map(lambda text: [text]), max_size=4)
CHALLENGE = st.one_of(
    st.builds(Challenge, TOKEN, PARAMETERS),
    st.builds(lambda scheme, token: Challenge(scheme, {}, token), TOKEN, TOKEN68),
)


def written(challenge: Challenge) -> str:
    """A challenge as a server writes it."""
    if challenge.token:
        return f"{challenge.scheme} {challenge.token}"
    pairs = []
    for name, value in challenge.parameters.items():
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        pairs.append(f'{name}="{escaped}"')
    return " ".join([challenge.scheme, ", ".join(pairs)]).strip()


@given(st.lists(CHALLENGE, max_size=5))
def test_what_is_written_is_read_in_one_header_or_in_several(challenges: list[Challenge]) -> None:
    lines = [written(item) for item in challenges]
    assert parse_challenges(lines) == challenges
    assert parse_challenges([", ".join(lines)]) == challenges
    assert parse_challenges([" ,, ".join(lines)]) == challenges


@given(st.lists(st.text()))
def test_any_text_gives_challenges_and_no_error(values: list[str]) -> None:
    assert all(item.scheme for item in parse_challenges(values))


@given(st.text(alphabet='Bearer ,="\\x\t', max_size=60))
def test_text_that_is_nearly_right_gives_no_error(value: str) -> None:
    assert all(" " not in item.scheme for item in parse_challenges([value]))


def test_two_schemes_folded_into_one_header_as_exchange_online_does() -> None:
    found = parse_challenges(EXO_FOLDED)
    assert [item.scheme for item in found] == ["Bearer", "Basic"]
    assert found[0].parameters["authorization_uri"] == "https://login.microsoftonline.com/common/oauth2/authorize"
    assert found[1].parameters == {"realm": ""}


def test_commas_in_quotes_part_nothing() -> None:
    found = parse_challenges(EAS_2018)
    assert [item.scheme for item in found] == ["Bearer", "Basic"]
    assert found[0].parameters["trusted_issuers"].count("@") == 2
    assert set(found[0].parameters) == {"client_id", "trusted_issuers", "token_types", "authorization_uri"}


def test_the_others_recorded() -> None:
    assert [item.scheme for item in parse_challenges(EWS_ADFS)] == ["Bearer", "Negotiate", "NTLM", "Basic"]
    (broken,) = bearers(parse_challenges(EAS_BROKEN))
    assert broken.parameters["error"] == "invalid_token"
    assert "authorization_uri" not in broken.parameters


@pytest.mark.parametrize(
    ("value", "schemes", "parameters"),
    [
        ("Negotiate YIIabc==", ["Negotiate"], {}),
        ("NTLM", ["NTLM"], {}),
        ("", [], {}),
        ("realm=nobody", [], {}),
        ('Basic realm="open', ["Basic"], {"realm": "open"}),
        (
            "Bearer authorization_uri=https://login.windows.net/c, error=x",
            ["Bearer"],
            {"authorization_uri": "https://login.windows.net/c", "error": "x"},
        ),
        ('Bearer error = "invalid_token"', ["Bearer"], {"error": "invalid_token"}),
        ('bearer REALM="a", realm="b"', ["bearer"], {"realm": "a"}),
        ('Basic realm="a \\"b\\", c"', ["Basic"], {"realm": 'a "b", c'}),
        ('@@ Bearer client_id="1"', ["Bearer"], {"client_id": "1"}),
        ("Bearer Basic", ["Bearer"], {}),
    ],
)
def test_forms(value: str, schemes: list[str], parameters: dict[str, str]) -> None:
    found = parse_challenges([value])
    assert [item.scheme for item in found] == schemes
    assert {key: text for item in found for key, text in item.parameters.items()} == parameters


@pytest.mark.parametrize(
    "value", ['a"' * 30000, "a" * 60000 + '"', 'x="' * 20000, "a " * 30000, "a=" * 30000, '"\\' * 30000]
)
def test_a_hostile_header_does_not_hold_the_probe(value: str) -> None:
    start = time.process_time()
    parse_challenges([value])
    assert time.process_time() - start < 2
