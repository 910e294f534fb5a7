# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of Export-Clixml become a recording: the server's types and values, and nobody's name.

The files here are written by hand in the form that a management shell writes: types are named once in a file and
referred to by their number, enumerations and identities are objects, and each object has what the session added to it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.compared import NOT_SEEN
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.recorded import Recording

from tests.lab.exported import text_of
from tests.lab.importing import imported
from tests.lab.originals import found_in
from tests.unit.support.memory_shell import rows_of

DATA, SETTINGS = "Microsoft.Exchange.Data", "Microsoft.Exchange.Data.Directory.SystemConfiguration"
METHOD = f"{SETTINGS}.AuthenticationMethod"
OURS = ("TAILSPIN-7", "tailspin-7", "wingtip", "wingtip.example", "dc9", "0f2c6a5e-1111-4222-8333-444455556666")
BYTES = base64.b64encode(b"TAILSPIN-7.wingtip.example").decode("ascii")
ADDED = f"""<MS><S N="PSComputerName">tailspin-7.wingtip.example</S>
<G N="RunspaceId">0f2c6a5e-9999-4222-8333-444455556666</G><B N="PSShowComputerName">false</B>
<BA N="SerializationData">{BYTES}</BA></MS>"""


class File:
    """One file: the numbers of its types and objects run through all of it."""

    def __init__(self) -> None:
        self._types: dict[str, int] = {}
        self._objects = 0

    def text(self, *objects: str) -> str:
        space = "http://schemas.microsoft.com/powershell/2004/04"
        return f'<Objs Version="1.1.0.1" xmlns="{space}">{"".join(objects)}</Objs>'

    def shown(self, type_name: str, text: str, properties: Mapping[str, str]) -> str:
        """An object of a cmdlet's answer."""
        named = "".join(value.replace(" ", f' N="{name}" ', 1) for name, value in properties.items())
        return f"<Obj {self._begun(type_name)}<ToString>{text}</ToString><Props>{named}</Props>{ADDED}</Obj>"

    def methods(self, *names: str) -> str:
        listed = "".join(f"<Obj {self._begun(METHOD)}<ToString>{name}</ToString><I32>1</I32></Obj>" for name in names)
        return f"<Obj {self._begun(f'{DATA}.Directory.ADMultiValuedProperty`1[[{METHOD}]]')}<LST>{listed}</LST></Obj>"

    def identity(self, text: str) -> str:
        own = f'<Props><S N="Rdn">CN=TAILSPIN-7</S></Props><MS><BA N="SerializationData">{BYTES}</BA></MS>'
        return f"<Obj {self._begun(f'{DATA}.Directory.ADObjectId')}<ToString>{text}</ToString>{own}</Obj>"

    def addresses(self, *texts: str) -> str:
        listed = "".join(f"<S>{text}</S>" for text in texts)
        return f"<Obj {self._begun(f'{DATA}.ProxyAddressCollection')}<LST>{listed}</LST></Obj>"

    def _begun(self, type_name: str) -> str:
        self._objects += 1
        known = type_name in self._types
        number = self._types.setdefault(type_name, len(self._types))
        named = f"<T>{type_name}</T><T>System.Object</T>"
        types = f'<TNRef RefId="{number}" />' if known else f'<TN RefId="{number}">{named}</TN>'
        return f'RefId="{self._objects}">{types}'


def directory(name: str, noun: str, **more: str) -> str:
    file = File()
    shown = f"TAILSPIN-7\\{name} (Default Web Site)"
    return file.text(
        file.shown(
            f"{SETTINGS}.AD{noun}",
            shown,
            {
                "Name": f"<S >{name} (Default Web Site)</S>",
                "InternalAuthenticationMethods": file.methods("Ntlm", "WindowsIntegrated", "OAuth"),
                "ExternalAuthenticationMethods": file.methods("Ntlm", "OAuth"),
                "Server": file.identity("TAILSPIN-7"),
                "InternalUrl": f"<URI >https://mail.wingtip.example/{name}/</URI>",
                "ExternalUrl": "<Nil />",
                "Identity": file.identity(shown),
                "Guid": "<G >0f2c6a5e-1111-4222-8333-444455556666</G>",
                "WhenChanged": "<DT >2024-11-19T17:53:18-06:00</DT>",
                "MetabasePath": "<S >IIS://TAILSPIN-7.wingtip.example/W3SVC/1/ROOT</S>",
                **more,
            },
        )
    )


def full(name: str, noun: str) -> str:
    return directory(name, noun, OAuthAuthentication="<B >true</B>", Path="<S >C:\\Exchange\\HttpProxy</S>")


def directory_only(name: str, noun: str) -> str:
    return directory(name, noun, OAuthAuthentication="<B >false</B>", Path="<S ></S>")


def server(controller: str) -> str:
    file = File()
    own = {
        "Name": "<S >TAILSPIN-7</S>", "Fqdn": "<S >tailspin-7.wingtip.example</S>",
        "AdminDisplayVersion": file.identity("Version 15.2 (Build 1118.7)"),
        "IsEdgeServer": "<B >false</B>", "IsClientAccessServer": "<B >true</B>",
        "CurrentConfigDomainController": f"<S >{controller}</S>",
    }  # fmt: skip
    return file.text(file.shown(f"{DATA}.Directory.Management.ExchangeServer", "TAILSPIN-7", own))


def config() -> str:
    file = File()
    own = {
        "Name": "<S >Wingtip</S>", "MapiHttpEnabled": "<B >true</B>", "OAuth2ClientProfileEnabled": "<B >false</B>",
        "MicrosoftExchangeRecipientEmailAddresses": file.addresses("SMTP:exchange@wingtip.example"),
        "OriginatingServer": "<S >dc9.wingtip.example</S>",
    }  # fmt: skip
    return file.text(file.shown(f"{DATA}.Directory.Management.OrganizationConfig", "Wingtip", own))


def person() -> str:
    file = File()
    own = {"Name": "<S >Ada</S>", "RecipientType": "<S >UserMailbox</S>", "Phone": "<S >+1 425 555 0123</S>"}
    return file.text(file.shown(f"{DATA}.Directory.Management.ReducedRecipient", "Ada", own))


FILES = {
    "GetExchangeServer.xml": server("dc9.wingtip.example"),
    "GetOrganizationConfig.xml": config(),
    "GetWebServicesVirtualDirectory.xml": full("EWS", "WebServicesVirtualDirectory"),
    "GetOwaVirtualDirectory.xml": directory_only("owa", "OwaVirtualDirectory"),
    "Get-OwaVirtualDirectory1.clixml": full("owa", "OwaVirtualDirectory"),
    "GetOwaVirtualDirectory2.xml": full("owa", "OwaVirtualDirectory"),
    "GetRoleGroupMember.xml": person(),
    "GetMailbox.xml": person(),
    "GetWebSiteSettings.xml": "<settings/>",
    "Notes.txt": "no file of a cmdlet",
}


def folder_of(tmp_path: Path, files: Mapping[str, str]) -> Path:
    """Export-Clixml of Windows PowerShell writes UTF-16."""
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-16" if name.startswith("Get-") else "utf-8-sig")
    return tmp_path


@pytest.fixture
def document(tmp_path: Path) -> Any:
    return json.loads(text_of(folder_of(tmp_path, FILES), "these tests"))


def objects(document: Any, name: str) -> list[dict[str, Any]]:
    readings = {one["id"]: one for one in document["servers"][0]["readings"]}
    found: list[dict[str, Any]] = readings[name]["objects"]
    return found


def test_each_file_answers_the_question_that_its_objects_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text_of(folder_of(tmp_path, FILES), "these tests")
    said = capsys.readouterr().err
    for line in (
        "GetOwaVirtualDirectory.xml: answers ad_owa", "Get-OwaVirtualDirectory1.clixml: answers owa",
        "GetOwaVirtualDirectory2.xml: left out: another file answers owa", "GetExchangeServer.xml: answers servers",
        "GetWebServicesVirtualDirectory.xml: answers ews", "GetRoleGroupMember.xml: answers members",
        "1 other files answer nothing that a recording asks.",
    ):  # fmt: skip
        assert line in said.splitlines()


def test_types_and_values_are_those_of_the_file(document: Any) -> None:
    (ews,) = objects(document, "ews")
    assert ews["types"] == [f"{SETTINGS}.ADWebServicesVirtualDirectory", "System.Object"]
    assert ews["text"] == "Identity"
    listed = ews["adapted"]["InternalAuthenticationMethods"]
    assert listed["type"].startswith(f"{DATA}.Directory.ADMultiValuedProperty`1")
    assert listed["items"] == [{"type": METHOD, "value": name} for name in ("Ntlm", "WindowsIntegrated", "OAuth")]
    assert ews["adapted"]["ExternalUrl"] is None
    assert ews["adapted"]["InternalUrl"]["type"] == "System.Uri"
    assert ews["adapted"]["InternalUrl"]["value"].endswith("/EWS/")
    assert ews["adapted"]["OAuthAuthentication"] == {"type": "System.Boolean", "value": True}
    assert ews["extended"]["SerializationData"] == {"type": "System.Byte[]", "value": "(27 bytes)"}
    assert objects(document, "ad_owa")[0]["adapted"]["OAuthAuthentication"]["value"] is False


def test_it_says_where_it_comes_from_and_what_it_cannot_say(document: Any) -> None:
    recording = Recording.of(document)
    assert recording.of_files
    assert recording.kept[0].startswith("Source: these tests. These are files of Export-Clixml")
    rows = rows_of(document)
    assert rows["its-objects-undecorated-type-names-everything"].seen == "yes"
    assert rows["get-exchangeserver-status-adds-currentconfigdomaincontroller"].seen == "yes"
    for name in ("items-of-its-lists-enumerations-and", "a-list-without-an-element-arrives"):
        assert (rows[name].result, rows[name].detail) == (NOT_SEEN, "files do not show how it travels")


def test_no_name_is_in_it(document: Any) -> None:
    text = json.dumps(document)
    assert found_in(text, [*OURS, "Ada", BYTES]) == []
    assert "2024" not in text
    (member,) = objects(document, "members")
    assert sorted(member["adapted"]) == ["Name", "RecipientType"]


def test_it_becomes_a_scenario(document: Any) -> None:
    made, _shown = imported(document)
    (found,) = made["organizations"][0]["servers"]
    assert found["version"] == "Version 15.2 (Build 1118.7)"
    assert found["directories"]["ews"]["internal_methods"] == ["Ntlm", "WindowsIntegrated", "OAuth"]
    assert found["directories"]["owa"]["oauth"] is True


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"Notes.txt": ""}, "no file such as GetOwaVirtualDirectory.xml"),
        ({"GetExchangeServer.xml": server("dc9")[:-9]}, "GetExchangeServer.xml is not whole XML"),
        ({"GetExchangeServer.xml": f"<!DOCTYPE x>{server('dc9')}"}, "a declaration or a comment"),
        ({"GetExchangeServer.xml": server("dc9").replace("0f2c6a5e-9999", "x")}, "not as Export-Clixml writes it"),
        (
            {"GetOrganizationConfig.xml": config().replace("PSComputerName", "Elsewhere")},
            "Export Get-ExchangeServer to GetExchangeServer.xml",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_message(tmp_path: Path, files: Mapping[str, str], message: str) -> None:
    with pytest.raises(SystemExit, match=message):
        text_of(folder_of(tmp_path, files), "")


def test_a_server_is_known_by_its_session_where_no_file_has_it(tmp_path: Path) -> None:
    document = json.loads(text_of(folder_of(tmp_path, {"GetOrganizationConfig.xml": config()}), ""))
    assert document["servers"][0]["fqdn"] == "name1.name2.name3"


def test_an_answer_without_its_status_is_no_status(tmp_path: Path) -> None:
    """Without it no server is taken for one that is off."""
    document = json.loads(text_of(folder_of(tmp_path, {"GetExchangeServer.xml": server("")}), ""))
    assert [one["id"] for one in document["servers"][0]["readings"]] == ["server"]
    (found,) = imported(document)[0]["organizations"][0]["servers"]
    assert "power" not in found
