# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that the lab knows of the product that is tested in it; without this file the lab is anybody's.

The one command line and the one script that a server of the lab runs, the script's meaning written again in Python,
the variables that an inventory of the product has, what its judges say of a recording, and how files become one.
Anything but exactly this command line and this script is refused.
"""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from .binder import ShellError
from .exchange_types import arrived

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from .authentication import Caller
    from .powershell import Server

_SOURCE: Final = Path(__file__).parents[2] / "plugins" / "plugin_utils" / "_exchange"
_MARK: Final = "hybrid.exchange 1"


# -- the script


def request_of(bootstrap: str, stdin: str) -> dict[str, Any] | None:
    """What the product asks for; None where the command line or the script is not its own."""
    request, _newline, script = stdin.partition("\n")
    scope: dict[str, Any] = {"__file__": str(_SOURCE / "bootstrap.py"), "__name__": "bootstrap"}
    exec(compile((_SOURCE / "bootstrap.py").read_text(encoding="utf-8"), "bootstrap.py", "exec"), scope)  # noqa: S102 - read for its constants
    # Over psrp the script arrives as lines, without its last newline.
    own = [scope["script"](logs=logs).splitlines() for logs in (False, True)]
    if bootstrap != scope["BOOTSTRAP"] or script.splitlines() not in own:
        return None
    found: dict[str, Any] = json.loads(request)
    return found


def envelope(answer: str, nonce: str = "") -> list[str]:
    """An answer between the marks that the script puts around it."""
    mark = f"{_MARK} {nonce}".rstrip()
    return [f"<<<{mark}", answer, f"{mark}>>>"]


def forged(lines: list[str]) -> list[str]:
    """What a profile prints that knows the script, but not this request: an answer in which everything is done and
    on."""
    answer = json.loads(lines[2])
    for result in answer["results"]:
        result["objects"] = [{**item, "OAuthAuthentication": True} for item in result["objects"]]
    text = json.dumps(answer)
    return [*envelope(text), *envelope(text, "0" * 32)]


class Script:
    """The script's meaning, on one server for one caller. ``core``: PowerShell 7 runs it."""

    def __init__(self, server: Server, caller: Caller, *, core: bool) -> None:
        self._server, self._caller, self._core = server, caller, core

    async def lines(self, request: dict[str, Any]) -> list[str]:
        """What it prints."""
        return ["", *envelope(json.dumps(await self._answer(request)), request["nonce"])]

    async def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        answer, credential = self._begun(request), request["credential"]
        if not request["commands"]:
            return answer
        await self._server.opening()
        if all(command.get("local") for command in request["commands"]):
            await self._commands(request["commands"], "", answer)
            return answer
        try:
            rights = self._server.second_hop(credential, self._caller)
        except ShellError as exc:
            return {**answer, "phase": "connect", "error": exc.record}
        try:
            await self._commands(request["commands"], rights, answer)
        finally:
            self._server.leave(credential["user"] if credential else self._caller.user)
        return answer

    def _begun(self, request: dict[str, Any]) -> dict[str, Any]:
        name = self._server.name
        host = {
            "name": name.upper(),
            "fqdn": self._server.organization.fqdn(name),
            "powershell": "7.4.6" if self._core else "5.1.17763.6414",
            "edition": "Core" if self._core else "Desktop",
        }
        controller = request["domain_controller"]
        return {
            "version": 1,
            "host": host,
            "phase": "done",
            "error": None,
            "domain_controller": controller,
            "results": [],
        }

    async def _commands(self, commands: list[dict[str, Any]], rights: str, answer: dict[str, Any]) -> None:
        for command in commands:
            result = await self._command(command, rights, answer)
            answer["results"].append(result)
            if not answer["domain_controller"] and result["objects"] and not command.get("raw"):
                answer["domain_controller"] = result["objects"][0].get("OriginatingServer")
            if result["errors"] and command["on_error"] == "stop":
                break
            if not _as_expected(result, command.get("expected")):
                break

    async def _local(self, command: dict[str, Any]) -> dict[str, Any]:
        """What the script does on the server itself."""
        name, given = command["name"], command["parameters"]
        if name == "Get-HttpProxySignIn":
            objects, errors = await self._server.count_sign_ins(given)
            return {"objects": objects, "errors": errors, "warnings": []}
        found = self._server.local(name, given)
        return {"objects": found.objects, "errors": found.errors, "warnings": []}

    async def _command(self, command: dict[str, Any], rights: str, answer: dict[str, Any]) -> dict[str, Any]:
        if command.get("local"):
            return await self._local(command)
        given = {
            key: self._server.name.upper() if value == {"this_server": True} else value
            for key, value in command["parameters"].items()
        }
        if command["pin"] and answer["domain_controller"] and "DomainController" not in given:
            given["DomainController"] = answer["domain_controller"]
        began = time.monotonic()
        found = await self._server.cmdlet(command["name"], given, rights)
        if command.get("raw"):
            taken = int((time.monotonic() - began) * 1000)
            objects = [arrived(command["name"], item) for item in found.objects]
            return {"objects": objects, "errors": found.errors, "warnings": found.warnings, "milliseconds": taken}
        wanted = [*command["returns"], "OriginatingServer"]
        objects = [{key: _plain(item[key]) for key in wanted if key in item} for item in found.objects]
        return {"objects": objects, "errors": found.errors, "warnings": found.warnings}


def _as_expected(result: dict[str, Any], expected: Mapping[str, Any] | None) -> bool:
    """Whether the one object of a read has the properties that the request expects of it."""
    if expected is None:
        return True
    objects = result["objects"]
    return len(objects) == 1 and all(objects[0].get(name) == value for name, value in expected.items())


# -- recordings


@dataclass(frozen=True)
class Shown:
    """What a recording shows of an assumption, and what the lab does."""

    id: str
    behaviour: str
    expected: str
    seen: str

    @property
    def contradicts(self) -> bool:
        return self.seen != self.expected


def shown_by(document: Any) -> list[Shown]:
    """The assumptions of which a recording shows something; SystemExit where it is no recording."""
    with _collection():
        compared, recorded = (
            _part("module_utils._hma.recording.compared"),
            _part("module_utils._hma.recording.recorded"),
        )
        shipped = _part("plugin_utils._recording.assumptions")
        try:
            rows = compared.compare(recorded.Recording.of(document), shipped.assumptions())
        except ValueError as exc:
            raise SystemExit(str(exc)) from None
    return [Shown(row.id, row.behaviour, row.expected, row.seen) for row in rows if row.seen]


@dataclass(frozen=True)
class Exported:
    """A file of Export-Clixml: its name, the cmdlet whose answer it is, and its objects."""

    name: str
    cmdlet: str
    root: Element


_FROM_FILES: Final = (
    "Source: {}. These are files of Export-Clixml: types and values are the server's, but items of lists, enumerations "
    "and identities are not as a connection of this collection gets them; nothing was asked wrongly, nothing timed, "
    "no web site asked."
)


def recording_of(source: str, files: Iterable[Exported]) -> tuple[dict[str, Any], dict[str, str]]:
    """The recording that the files of one server make, and what became of each: nothing, where no question asks it.
    SystemExit where no server is named."""
    with _collection():
        readings: dict[str, Any] = {}
        became = {}
        for file in files:
            objects = _objects(file)
            question = _question(file.cmdlet, objects)
            if question is None:
                became[file.name] = ""
            elif question.id in readings:
                became[file.name] = f"left out: another file answers {question.id}"
            else:
                became[file.name] = f"answers {question.id}"
                readings[question.id] = _reading(question, objects)
        return _document(source, list(readings.values())).facts(), became


def _objects(file: Exported) -> list[dict[str, Any]]:
    """The objects of a file in the shape in which a raw read gives them. Types are numbered through the whole file."""
    try:
        return list(_deserialized(file.root))
    except (KeyError, ValueError) as exc:
        raise SystemExit(f"{file.name} is not as Export-Clixml writes it ({exc}). Leave it out.") from None


def _deserialized(root: Element) -> Iterator[dict[str, Any]]:
    clixml, raw = _part("plugin_utils._exchange.clixml"), _part("plugin_utils._exchange.raw")
    serializer: Any = importlib.import_module("pypsrp.serializer").Serializer()
    clixml.mark(serializer)
    serializer.tn = clixml.type_names(root)
    for item in root:
        found = serializer.deserialize(item, clear=False)
        # With -InputObject a list is one object.
        yield from map(raw.shape, found if isinstance(found, list) else [found])


def _question(cmdlet: str, objects: Sequence[Mapping[str, Any]]) -> Any:
    """The first question that asks this of a cmdlet, None where none does. Mailboxes are not recorded."""
    asked, shown = _part("module_utils._hma.recording.questions"), _shown(objects)
    for one in (*asked.of_server(), *asked.of_organization()):
        if one.cmdlet.name.casefold() == cmdlet.casefold() and shown == _SHOW & set(one.cmdlet.parameters):
            return one if one.keeps else None
    return None


_SHOW: Final = frozenset({"ADPropertiesOnly", "Status"})


def _shown(objects: Sequence[Mapping[str, Any]]) -> set[str]:
    """The parameters that show in an answer: without IIS a directory has no path; with its status a server has a domain
    controller."""
    found = set()
    for item in objects:
        values = {name: (value or {}).get("value") for name, value in item["adapted"].items()}
        found |= {"ADPropertiesOnly"} if values.get("Path", "none") in ("", None) else set()
        found |= {"Status"} if values.get("CurrentConfigDomainController") else set()
    return found


def _reading(question: Any, objects: list[dict[str, Any]]) -> Any:
    result = _part("module_utils._hma.exchange.cmdlet").CmdletResult(objects, [], [])
    return _part("plugin_utils._recording.exchange").reading_of(question, result)


def _document(source: str, readings: Sequence[Any]) -> Any:
    answers, document = _part("module_utils._hma.recording.answers"), _part("module_utils._hma.recording.document")
    name, fqdn = _server(readings)
    server = answers.ServerAnswers(name, fqdn, "clixml", "", 0, tuple(readings))
    found = document.make_document(_part("module_utils._version").VERSION, [server], [], [name, fqdn])
    return replace(found, kept=(_FROM_FILES.format(source), *found.kept))


def _server(readings: Sequence[Any]) -> tuple[str, str]:
    """Who answered: the server of Get-ExchangeServer, or the one that a session wrote beside each object."""
    for reading in readings:
        for item in reading.objects if reading.cmdlet == "Get-ExchangeServer" else ():
            return str(item.plain("Name")), str(item.plain("Fqdn"))
    for reading in readings:
        for item in reading.objects:
            if item.extended.get("PSComputerName"):
                fqdn = str(item.extended["PSComputerName"].value)
                return fqdn.partition(".")[0], fqdn
    raise SystemExit(
        "No file says which server answered. Export Get-ExchangeServer to GetExchangeServer.xml beside them."
    )


def _part(name: str) -> Any:
    """A module of the collection, while it can be imported."""
    return importlib.import_module(f"ansible_collections.hybrid.exchange.plugins.{name}")


@contextmanager
def _collection() -> Iterator[None]:
    """The collection of this clone can be imported under its own name."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "ansible_collections" / "hybrid"
        place.mkdir(parents=True)
        (place / "exchange").symlink_to(_SOURCE.parents[2])
        sys.path.append(folder)
        try:
            yield
        finally:
            sys.path.remove(folder)


def _plain(value: Any) -> Any:
    """A dictionary is the list of its keys to the script."""
    return list(value) if isinstance(value, dict) else value


# -- the inventory


def organization_variables(records: Path, certificate: Path, places: Mapping[str, str], domain: str) -> dict[str, Any]:
    """The names resolve nowhere, so the way to the balancer is written down; the lab answers at once, so the wait is
    short."""
    return {
        "hma_record_dir": str(records),
        "hma_probe_connect_to": dict(places),
        "hma_probe_ca_path": str(certificate),
        "hma_probe_identities": [f"hma.probe@{domain}"],
        "hma_probe_deadline": 4,
        "hma_probe_pause": 1,
    }


def server_variables(address: str, through: str | None) -> dict[str, Any]:
    """``address`` is that of the server's web site, ``through`` the name of a server that is reached over another
    one."""
    return {"hma_probe_address": address, **({"hma_server": through} if through else {})}


def tenant_variables(
    tenant: Mapping[str, Any], url: str, authority: Path, certificates: Mapping[str, Path]
) -> dict[str, Any]:
    application = tenant["applications"][0]
    signed = tenant.get("use", "secret") == "certificate"
    return {
        "hma_tenant_id": tenant["id"],
        "hma_tenant_domain": tenant["domain"],
        "hma_client_id": application["client_id"],
        "hma_cloud": tenant.get("cloud", "global"),
        "hma_authority": url,
        "hma_graph_endpoint": url,
        "hma_ca_path": str(authority),
        **(
            {"hma_certificate_path": str(certificates[application["client_id"]])}
            if signed
            else {"hma_client_secret": application["secret"]}
        ),
        **({"hma_spn_mode": tenant["spn_mode"]} if "spn_mode" in tenant else {}),
    }


def variables_of_scenario(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What the administrator of a drawn organization decided: default_tenant, replaced, excluded, mapi_default."""
    # The lab acts at once, so that nothing is won by asking for longer.
    found: dict[str, Any] = {"hma_probe_deadline": 1}
    if "default_tenant" in wanted:
        found["hma_default_tenant"] = wanted["default_tenant"]
    # A name that is a template would have to be marked as unsafe, which a file of plain YAML cannot.
    if "{{" not in wanted.get("replaced", "{{"):
        found["hma_replace_default_authserver"] = wanted["replaced"]
    if wanted["excluded"]:
        found["hma_servers_excluded"] = [{"name": name, "reason": "as drawn"} for name in wanted["excluded"]]
    if wanted.get("mapi_default"):
        found["hma_vdir_mapi_empty"] = "default"
    return found
