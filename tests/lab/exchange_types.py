# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects as Exchange's own endpoint sends them: undecorated .NET type names, typed values, lists as
MultiValuedProperty.

Types of EWS, OWA, servers, the organization, certificates, component states, AuthConfig and the objects of hybrid are
those of recorded output (CSS-Exchange, read by ``from-clixml``); the others follow their pattern.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from psrpcore.types import PSByteArray, PSDateTime, PSGuid, PSList, PSNoteProperty, PSObject, PSUri

_CONFIGURATION: Final = "Microsoft.Exchange.Data.Directory.SystemConfiguration"
_MANAGEMENT: Final = "Microsoft.Exchange.Data.Directory.Management"
_AD_OBJECT: Final = [
    *("Microsoft.Exchange.Data.Directory.ADObject", "Microsoft.Exchange.Data.Directory.ADRawEntry"),
    *("Microsoft.Exchange.Data.ConfigurableObject", "System.Object"),
]
_DIRECTORY: Final = [
    *(
        f"{_CONFIGURATION}.{name}"
        for name in ("ExchangeVirtualDirectory", "ADVirtualDirectory", "ADConfigurationObject")
    ),
    *_AD_OBJECT,
]
_TYPES: Final[Mapping[str, list[str]]] = {
    "webservicesvirtualdirectory": [
        f"{_CONFIGURATION}.ADWebServicesVirtualDirectory",
        f"{_CONFIGURATION}.ADExchangeServiceVirtualDirectory",
        *_DIRECTORY,
    ],
    "mapivirtualdirectory": [f"{_CONFIGURATION}.ADMapiVirtualDirectory", *_DIRECTORY],
    "oabvirtualdirectory": [
        f"{_CONFIGURATION}.ADOabVirtualDirectory",
        f"{_CONFIGURATION}.ADExchangeServiceVirtualDirectory",
        *_DIRECTORY,
    ],
    "autodiscovervirtualdirectory": [
        f"{_CONFIGURATION}.ADAutodiscoverVirtualDirectory",
        f"{_CONFIGURATION}.ADExchangeServiceVirtualDirectory",
        *_DIRECTORY,
    ],
    **{
        f"{name.casefold()}virtualdirectory": [
            f"{_CONFIGURATION}.AD{name}VirtualDirectory",
            f"{_CONFIGURATION}.ExchangeWebAppVirtualDirectory",
            *_DIRECTORY,
        ]
        for name in ("Owa", "Ecp")
    },
    "activesyncvirtualdirectory": [f"{_CONFIGURATION}.ADMobileVirtualDirectory", *_DIRECTORY],
    "exchangeserver": [f"{_MANAGEMENT}.ExchangeServer", f"{_MANAGEMENT}.ADPresentationObject", *_AD_OBJECT],
    "authserver": [f"{_CONFIGURATION}.AuthServer", f"{_CONFIGURATION}.ADConfigurationObject", *_AD_OBJECT],
    # These as CSS-Exchange's recorded test data has them.
    "organizationconfig": [f"{_MANAGEMENT}.OrganizationConfig", f"{_MANAGEMENT}.ADPresentationObject", *_AD_OBJECT],
    "servercomponentstate": [
        f"{_MANAGEMENT}.ServerComponentStatePresentationObject",
        "Microsoft.Exchange.Data.ConfigurableObject",
        "System.Object",
    ],
    "exchangecertificate": [
        "Microsoft.Exchange.Management.SystemConfigurationTasks.ExchangeCertificate",
        "System.Security.Cryptography.X509Certificates.X509Certificate2",
        "System.Security.Cryptography.X509Certificates.X509Certificate",
        "System.Object",
    ],
    "settingoverride": [
        f"{_CONFIGURATION}.ConfigurationSettings.SettingOverride",
        f"{_CONFIGURATION}.ADConfigurationObject",
        *_AD_OBJECT,
    ],
    **{
        noun.casefold(): [f"{_CONFIGURATION}.{noun}", f"{_CONFIGURATION}.ADConfigurationObject", *_AD_OBJECT]
        for noun in ("AcceptedDomain", "AuthConfig", "HybridConfiguration", "PartnerApplication")
    },
}
_URIS: Final = frozenset(
    {
        *("InternalUrl", "ExternalUrl", "AutoDiscoverServiceInternalUri", "InternetWebProxy"),
        *("DiscoveryEndpoint", "TargetSharingEpr", "TargetAutodiscoverEpr"),
    }
)
_ASSEMBLY: Final = "Version=15.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35"
_STRING: Final = "System.String, mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089"
_ITEMS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("IISAuthenticationMethods", "InternalAuthenticationMethods", "ExternalAuthenticationMethods"),
        f"{_CONFIGURATION}.AuthenticationMethod, Microsoft.Exchange.Data.Directory, {_ASSEMBLY}",
    ),
    "DomainName": f"Microsoft.Exchange.Data.SmtpDomain, Microsoft.Exchange.Data, {_ASSEMBLY}",
    "Features": f"HybridFeature, Microsoft.Exchange.Data.Directory, {_ASSEMBLY}",
    "NetworkAddress": f"Microsoft.Exchange.Data.NetworkAddress, Microsoft.Exchange.Data, {_ASSEMBLY}",
    "MicrosoftExchangeRecipientEmailAddresses": (
        f"Microsoft.Exchange.Data.ProxyAddress, Microsoft.Exchange.Data, {_ASSEMBLY}"
    ),
    "Domains": f"Microsoft.Exchange.Data.AutoDiscoverSmtpDomain, Microsoft.Exchange.Data, {_ASSEMBLY}",
}


_OF_DIRECTORY: Final = frozenset({"InternalAuthenticationMethods", "ExternalAuthenticationMethods", "Features"})
# Lists that are a class of their own, made of MultiValuedProperty.
_COLLECTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "NetworkAddress": ("NetworkAddressCollection", "ProtocolAddressCollection"),
    "MicrosoftExchangeRecipientEmailAddresses": ("ProxyAddressCollection", "ProxyAddressBaseCollection"),
}


# Every object of the directory has these; nobody asks for them, and they must not be in the way.
_MORE: Final = {
    "IsValid": True,
    "ExchangeVersion": "0.20 (15.0.0.0)",
    "OrganizationId": "",
    "WhenChangedUTC": datetime(2026, 1, 31, 22, 15, 7, tzinfo=UTC),
}


# The oldest Exchange that reads an object, where it is another than 2013.
_VERSIONS: Final[Mapping[str, str]] = {
    "webservicesvirtualdirectory": "0.10 (14.0.100.0)", "owavirtualdirectory": "0.10 (14.0.100.0)",
    "exchangeserver": "0.1 (8.0.535.0)", "organizationconfig": "2.0 (15.0.0.0)",
}  # fmt: skip
# What is no object of the directory.
_OTHERS: Final[Mapping[str, Mapping[str, Any]]] = {"servercomponentstate": {"IsValid": True}, "exchangecertificate": {}}


def type_names(cmdlet: str) -> list[str]:
    """The .NET type of what a cmdlet returns, and its bases."""
    noun = cmdlet.split("-", 1)[-1]
    return list(_TYPES.get(noun.casefold(), [f"{_CONFIGURATION}.{noun}", *_AD_OBJECT]))


def properties(cmdlet: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """All that an object shows."""
    noun = cmdlet.split("-", 1)[-1].casefold()
    more = {**_MORE, "ExchangeVersion": _VERSIONS.get(noun, _MORE["ExchangeVersion"])}
    return {**_OTHERS.get(noun, more), **{key: value for key, value in found.items() if key != "class"}}


def shown(cmdlet: str, found: Mapping[str, Any]) -> str:
    """What an object is as text: its identity, what .NET says of an object that has none, or, of a certificate, many
    lines."""
    if cmdlet.casefold() == "get-exchangecertificate":
        return "[Subject]\r\n  CN=Microsoft Exchange Server Auth Certificate\r\n\r\n[Issuer]\r\n"
    return str(found.get("Identity") or found.get("Name") or type_names(cmdlet)[0])


def kind(name: str, value: Any) -> str:
    """What a property is on the wire: list, uri, guid, bytes, datetime, or plain (text, Boolean, number, null)."""
    if isinstance(value, list):
        return "list"
    if isinstance(value, datetime):
        return "datetime"
    if not isinstance(value, str):
        return "plain"
    return "uri" if name in _URIS else {"Guid": "guid", "RawData": "bytes"}.get(name, "plain")


def list_types(name: str) -> list[str]:
    """The type names of a MultiValuedProperty, or of what is made of it."""
    item = f"[[{_ITEMS.get(name, _STRING)}]]"
    own = f"Microsoft.Exchange.Data.MultiValuedProperty`1{item}"
    names = [own, "Microsoft.Exchange.Data.MultiValuedPropertyBase", "System.Object"]
    if name in _OF_DIRECTORY:
        return [own.replace("Data.Multi", "Data.Directory.ADMulti"), *names]
    if name in _COLLECTIONS:
        first, base = _COLLECTIONS[name]
        return [f"Microsoft.Exchange.Data.{first}", f"Microsoft.Exchange.Data.{base}`1{item}", *names]
    return names


# psrpcore escapes control characters in properties and forgets the text of the object; PowerShell escapes both.
_CONTROL: Final = re.compile("[\x00-\x1f]")


def typed(cmdlet: str, found: Mapping[str, Any]) -> PSObject:
    """One object of a cmdlet's answer."""
    item = PSObject()
    item.PSObject.type_names = type_names(cmdlet)
    item.PSObject.to_string = _CONTROL.sub(lambda match: f"_x{ord(match[0]):04X}_", shown(cmdlet, found))
    for name, value in properties(cmdlet, found).items():
        item.PSObject.adapted_properties.append(PSNoteProperty(name, _VALUES[kind(name, value)](name, value)))
    return item


def _multi_valued(name: str, values: list[Any]) -> PSList:
    found = PSList(list(values))
    found.PSObject.type_names = list_types(name)
    return found


_VALUES: Final[Mapping[str, Callable[[str, Any], Any]]] = {
    "list": _multi_valued,
    "uri": lambda _name, value: PSUri(value),
    "guid": lambda _name, value: PSGuid(value),
    "bytes": lambda _name, value: PSByteArray(base64.b64decode(value)),
    "datetime": lambda _name, value: PSDateTime(*value.timetuple()[:6], tzinfo=UTC),
    "plain": lambda _name, value: value,
}


# -- the same, as New-PSSession of a client hands it over


_HANDED: Final[Mapping[str, str]] = {
    "uri": "System.Uri",
    "guid": "System.Guid",
    "bytes": "System.Byte[]",
    "datetime": "System.DateTime",
}


def arrived(cmdlet: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """An object at the client of a remote shell: rehydrated, so that the names of its types say Deserialized."""
    own = properties(cmdlet, found)
    return {
        "types": [f"Deserialized.{name}" for name in type_names(cmdlet)],
        "text": shown(cmdlet, found),
        "adapted": {name: _arrived(name, value) for name, value in own.items()},
        "extended": {},
    }


def _arrived(name: str, value: Any) -> dict[str, Any] | None:
    """Nothing, a list with the type of its items, or a value: built-in types stay what they are."""
    if value is None:
        return None
    what = kind(name, value)
    if what == "list":
        items = [{"type": "System.String", "value": str(item)} for item in value]
        return {"type": f"Deserialized.{list_types(name)[0]}", "items": items}
    if isinstance(value, datetime):
        return {"type": _HANDED[what], "value": value.strftime("%Y-%m-%dT%H:%M:%SZ")}
    if isinstance(value, bool):
        return {"type": "System.Boolean", "value": value}
    if isinstance(value, int):
        return {"type": "System.Int32", "value": value}
    if isinstance(value, dict):
        # An object without a text.
        return {"type": "Deserialized.System.Object", "value": None}
    return {"type": _HANDED.get(what, "System.String"), "value": value}
