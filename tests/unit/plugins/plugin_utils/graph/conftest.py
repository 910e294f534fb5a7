# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's Entra and Graph on a TLS port of their own, and a client whose pauses are noted instead of waited."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiohttp import web
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.client import GraphClient
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.tenant import Tenant
from cryptography import x509

from tests.lab.application_certificate import make_certificate
from tests.lab.entra import Entra
from tests.lab.journal import Faults, Journal
from tests.lab.odd import Elsewhere

TENANT = "11111111-aaaa-4bbb-8ccc-000000000001"
EXO = "00000002-0000-0ff1-ce00-000000000000"
EXO_ID = "aaaaaaaa-1111-4000-8000-000000000001"
SECRET = "sEcr3t~contoso&=%"
BUILT_IN = [EXO, f"{EXO}/outlook.office365.com", "https://outlook.office.com/", "https://outlook.office.com"]
CUSTOM = ["https://Mail.Contoso.test/", "http://intranet.contoso.test"]
WRITER, READER = "aaaaaaaa-0000-4000-8000-000000000001", "aaaaaaaa-0000-4000-8000-000000000002"
SIGNER, LATE = "aaaaaaaa-0000-4000-8000-000000000003", "aaaaaaaa-0000-4000-8000-000000000004"


def applications() -> list[dict[str, Any]]:
    return [
        {"client_id": WRITER, "secret": SECRET, "rights": ["Application.ReadWrite.All"]},
        {"client_id": READER, "secret": SECRET, "rights": ["Application.Read.All"]},
        {"client_id": SIGNER, "certificate": True, "rights": ["Application.ReadWrite.All"]},
        {"client_id": LATE, "certificate": "expired", "rights": ["Application.ReadWrite.All"]},
    ]


def contoso() -> dict[str, Any]:
    return {
        "id": TENANT,
        "domain": "contoso.test",
        "applications": applications(),
        "service_principals": [
            {"id": EXO_ID, "app_id": EXO, "display_name": "Office 365 Exchange Online", "names": [*CUSTOM, *BUILT_IN]},
            {
                "id": "aaaaaaaa-1111-4000-8000-000000000002",
                "app_id": "cccccccc-0000-4000-8000-000000000009",
                "display_name": "Old proxy",
                "names": ["https://taken.contoso.test/"],
            },
        ],
    }


class Stage:
    """One tenant behind TLS; ``sleeps`` are the pauses the client would have made."""

    def __init__(
        self, port: int, ca: Path, certificates: dict[str, Path], entra: Entra, journal: Journal, faults: Faults
    ) -> None:
        self.url = f"https://127.0.0.1:{port}"
        self.ca, self.certificates = ca, certificates
        self.entra, self.journal, self.faults = entra, journal, faults
        self.sleeps: list[float] = []

    def tenant(self, **options: Any) -> Tenant:
        given = {
            "tenant_id": TENANT, "client_id": WRITER, "client_secret": SECRET, "authority": self.url,
            "graph_endpoint": self.url, "ca_path": str(self.ca), "timeout": 5, **options,
        }  # fmt: skip
        return Tenant(**given)

    def client(self, **options: Any) -> GraphClient:
        return GraphClient(self.tenant(**options), sleep=self.sleeps.append)

    def signer(self, client_id: str = SIGNER, **options: Any) -> GraphClient:
        path = str(self.certificates[client_id])
        return self.client(**{"client_id": client_id, "client_secret": None, "certificate_path": path, **options})

    @property
    def names(self) -> list[str]:
        """What the directory holds now."""
        found: list[str] = self.entra.tenants[TENANT]["service_principals"][0]["names"]
        return found

    def fault(self, **fault: Any) -> None:
        self.faults.add({"at": "graph", "count": 1, **fault})

    def requests(self, *kinds: str) -> list[str]:
        """Each sign-in and Graph call in a word: token, GET, PATCH."""
        kinds = kinds or ("token", "graph")
        return [item.get("method", "token") for item in self.journal.entries if item["kind"] in kinds]


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def signing(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, x509.Certificate]]:
    folder = tmp_path_factory.mktemp("applications")
    return {client: make_certificate(client, folder, expired=client == LATE) for client in (SIGNER, LATE)}


@pytest.fixture
def stage(authority: trustme.CA, signing: dict[str, tuple[Path, x509.Certificate]], tmp_path: Path) -> Iterator[Stage]:
    journal, faults = Journal(), Faults()
    entra = Entra([contoso()], journal, faults)
    entra.certificates = {client: certificate for client, (_path, certificate) in signing.items()}
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    loop = asyncio.new_event_loop()
    app = web.Application()
    app.add_routes(entra.routes())
    runner, port = loop.run_until_complete(_listen(app, context))
    others = {
        name: loop.run_until_complete(_listen(Elsewhere(journal).app(), tls))
        for name, tls in (("elsewhere", context), ("elsewhere_http", None))
    }
    entra.elsewhere = {
        name: f"{'http' if '_' in name else 'https'}://127.0.0.1:{number}" for name, (_runner, number) in others.items()
    }
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    paths = {client: path for client, (path, _certificate) in signing.items()}
    yield Stage(port, tmp_path / "ca.pem", paths, entra, journal, faults)
    for started in (runner, *(other for other, _number in others.values())):
        asyncio.run_coroutine_threadsafe(started.cleanup(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


async def _listen(app: web.Application, context: ssl.SSLContext | None) -> tuple[web.AppRunner, int]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    return runner, int(runner.addresses[0][1])
