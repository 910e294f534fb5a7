# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sealed messages: what one side seals the other opens, and nothing else is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import spnego
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypsrp.encryption import WinRMEncryption

from tests.lab.sealing import SPNEGO, is_sealed, protocol_of, seal, unseal

Pair = tuple[Any, Any]


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pair:
    """Client and server after an NTLM handshake."""
    (tmp_path / "users").write_text("D:u:p\n", encoding="ascii")
    monkeypatch.setenv("NTLM_USER_FILE", str(tmp_path / "users"))
    use = spnego.NegotiateOptions.use_ntlm
    client = spnego.client("D\\u", "p", protocol="ntlm", options=use)
    server = spnego.server(protocol="ntlm", options=use)
    token = None
    while not (client.complete and server.complete):
        token = client.step(token)
        token = server.step(token) if token else None
    return client, server


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(), st.binary(), st.booleans())
def test_a_request_and_its_answer(pair: Pair, request_text: bytes, answer_text: bytes, blank: bool) -> None:
    client, server = WinRMEncryption(pair[0], WinRMEncryption.SPNEGO), pair[1]
    kind, body = client.wrap_message(request_text)
    assert is_sealed(f'{kind};protocol="{SPNEGO}"')
    assert unseal(server, body) == request_text
    content_type, sealed = seal(server, answer_text, SPNEGO, blank=blank)
    assert protocol_of(content_type) == SPNEGO
    assert client.unwrap_message(sealed, "Encrypted Boundary") == answer_text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary() | st.binary().map(lambda data: b"--Encrypted Boundary\r\n" + data + b"--Encrypted Boundary--\r\n"))
def test_what_is_no_sealed_message(pair: Pair, body: bytes) -> None:
    with pytest.raises(ValueError, match="not an encrypted message"):
        unseal(pair[1], body)
