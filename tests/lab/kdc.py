# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The domain's Kerberos: an MIT KDC on the loopback in one folder. It needs no root and touches nothing in /etc.

Its users are those of a scenario, its services the scenario's servers. Programs: krb5-kdc, krb5-admin-server,
krb5-user.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

PROGRAMS: Final = ("krb5kdc", "kdb5_util", "kadmin.local", "kinit")
_SERVICES: Final = ("HTTP", "WSMAN", "host")
_PATH: Final = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin:/sbin:/bin"
_KDC_CONF: Final = """\
[kdcdefaults]
    kdc_listen = 127.0.0.1:{port}
    kdc_tcp_listen = 127.0.0.1:{port}
[realms]
    {realm} = {{
        database_name = {folder}/principal
        key_stash_file = {folder}/stash
        supported_enctypes = aes256-cts-hmac-sha1-96:normal
    }}
[logging]
    kdc = FILE:{folder}/kdc.log
"""
_KRB5_CONF: Final = """\
[libdefaults]
    default_realm = {realm}
    dns_lookup_kdc = false
    dns_lookup_realm = false
    dns_canonicalize_hostname = false
    rdns = false
    udp_preference_limit = 1
    kdc_timeout = 5
[realms]
    {realm} = {{
        kdc = 127.0.0.1:{port}
    }}
[domain_realm]
    .{domain} = {realm}
[logging]
    kdc = FILE:{folder}/kdc.log
"""


def missing() -> list[str]:
    """Programs that are not on this machine."""
    return [name for name in PROGRAMS if shutil.which(name, path=_PATH) is None]


class Realm:
    """A running KDC. ``client`` is the environment of who signs in, ``server`` that of the lab."""

    def __init__(self, folder: Path, organization: Mapping[str, Any]) -> None:
        self.folder = folder
        self.name = str(organization["domain"]).upper()
        self._organization = organization
        self.client = {"KRB5_CONFIG": str(folder / "krb5.conf")}
        self.server = {**self.client, "KRB5_KTNAME": f"FILE:{folder}/lab.keytab"}
        self._tools = {**self.server, "KRB5_KDC_PROFILE": str(folder / "kdc.conf"), "PATH": _PATH, "LC_ALL": "C"}

    def prepare(self) -> None:
        """Configuration, database, principals, keytab."""
        self.folder.mkdir(mode=0o700)
        values = {
            "realm": self.name,
            "domain": self._organization["domain"],
            "port": _free_port(),
            "folder": self.folder,
        }
        (self.folder / "kdc.conf").write_text(_KDC_CONF.format(**values), encoding="ascii")
        (self.folder / "krb5.conf").write_text(_KRB5_CONF.format(**values), encoding="ascii")
        self._run(["kdb5_util", "create", "-s", "-P", "lab", "-r", self.name])
        commands = []
        for user in self._organization["users"]:
            _domain, separator, name = user["name"].rpartition("\\")
            if separator:
                quoted = user["password"].replace('"', '""')
                commands.append(f'addprinc +requires_preauth -pw "{quoted}" {name}')
        for server in self._organization["servers"]:
            host = server.get("fqdn") or f"{server['name'].lower()}.{self._organization['domain']}"
            for service in _SERVICES:
                commands += [
                    f"addprinc -randkey {service}/{host}",
                    f"ktadd -k {self.folder}/lab.keytab {service}/{host}",
                ]
        self._run(["kadmin.local", "-r", self.name], "\n".join(commands) + "\n")

    @contextlib.contextmanager
    def running(self) -> Iterator[Realm]:
        process = subprocess.Popen(
            ["krb5kdc", "-n", "-r", self.name],
            env=self._tools, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            self._wait(process)
            yield self
        finally:
            process.terminate()
            process.wait(timeout=10)

    def ticket(self, user: str, password: str, cache: Path, *, forwardable: bool = False) -> dict[str, str]:
        """The environment of somebody who ran kinit."""
        environment = {**self.client, "KRB5CCNAME": f"FILE:{cache}"}
        self._run(["kinit", *(["-f"] if forwardable else []), f"{user}@{self.name}"], password + "\n", environment)
        return environment

    def _run(self, command: list[str], stdin: str = "", environment: Mapping[str, str] | None = None) -> None:
        env = {**self._tools, **(environment or {})}
        done = subprocess.run(command, env=env, input=stdin, capture_output=True, text=True, timeout=60, check=False)
        if done.returncode != 0 or "while" in done.stderr:
            raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        config = (self.folder / "krb5.conf").read_text(encoding="ascii")
        port = int(config.rpartition("127.0.0.1:")[2].split()[0])
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                return
            time.sleep(0.05)
        raise RuntimeError("The KDC did not start:\n" + (self.folder / "kdc.log").read_text(encoding="utf-8"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
