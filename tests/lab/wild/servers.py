# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The servers of a drawn organization, their directories, and objects that are not as documented."""

from __future__ import annotations

from typing import Any

from . import pool
from .draw import Draw


def servers(draw: Draw, controllers: list[str]) -> list[dict[str, Any]]:
    """One to six client access servers, and perhaps an Edge server. At least the first one is well."""
    found = [_server(draw, number, controllers) for number in range(1, 2 + draw.number(0, 5) * draw.number(1, 2) // 2)]
    for key in ("power", "through", "maintenance"):
        found[0].pop(key, None)
    if found[0]["version"] in pool.OLD_VERSIONS:
        found[0]["version"] = pool.VERSIONS[0]
    if draw.chance(0.15):
        found.append({"name": "EDGE1", "version": pool.VERSIONS[2], "role": "Edge"})
    return found


def _server(draw: Draw, number: int, controllers: list[str]) -> dict[str, Any]:
    name = draw.odd(0.15, f"EX{number}", (f"ex-mail0{number}", f"SRV{number}EXCHANGE01"))
    internal = draw.odd(0.015, draw.pick(pool.INTERNAL), pool.ODD_URLS)
    found: dict[str, Any] = {
        "name": name, "inventory_name": f"{name.lower()}.lab",
        "version": draw.odd(0.03, draw.pick(pool.VERSIONS), pool.OLD_VERSIONS),
        "internal": internal, "external": draw.odd(0.015, draw.pick(pool.PUBLIC), (*pool.ODD_URLS, None)),
        "scp": draw.odd(0.1, "https://autodiscover.contoso.test/Autodiscover/Autodiscover.xml",
                        (None, "http://autodiscover.contoso.test/x.xml", "https://ex.corp.contoso.test/x.xml")),
        "site": draw.odd(0.2, "Main", pool.SITES), "dc": draw.pick(controllers),
        "directories": _directories(draw),
    }  # fmt: skip
    if draw.chance(0.1):
        found["ssl_offloading"] = True
    if draw.chance(0.08):
        found["maintenance"] = True
    if draw.chance(0.05):
        found["power"] = "off"
    elif draw.chance(0.08):
        found["through"] = None
    if draw.chance(0.05):
        found["auth_certificate"] = "missing"
    if draw.chance(0.1):
        found["proxy"] = "http://proxy.contoso.test:8080/"
    return found


def _directories(draw: Draw) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    if draw.chance(0.5):
        found["mapi"] = {"methods": list(draw.pick(pool.METHODS))}
        if draw.chance(0.4):
            found["mapi"].update(internal_methods=list(draw.pick(pool.METHODS)), external_methods=[])
    for kind in ("ews", "oab", "autodiscover"):
        if draw.chance(0.35):
            found[kind] = {"oauth": draw.chance(0.3)}
            if draw.chance(0.2):
                found[kind]["external_methods"] = ["WSSecurity"]
    if draw.chance(0.3):
        found["activesync"] = {
            "internal_methods": draw.pick([["Basic"], ["Basic", "OAuth"], [], ["Certificate"]]),
            "external_methods": draw.pick([["Basic"], [], ["OAuth"], ["Basic", "Certificate"]]),
        }
    if draw.chance(0.15):
        found.setdefault("oab", {}).update(internal="oab.corp.contoso.test", external="oab.contoso.test")
    if draw.chance(0.03):
        found.setdefault(draw.pick(["oab", "activesync"]), {})["missing"] = True
    if draw.chance(0.02):
        found.setdefault("ews", {})["site"] = "Clients"
    return found


def odd_objects(draw: Draw, first: str) -> list[dict[str, Any]]:
    """What is left behind, half made, or older than anybody remembers."""
    return draw.some(
        [
            {"class": "server", "name": "EX77", "hide": ["AdminDisplayVersion"]},
            {"class": "server", "name": "EX78", "set": {"IsClientAccessServer": None}},
            {
                "class": "server",
                "name": "OLD6",
                "set": {
                    "AdminDisplayVersion": "Version 6.5 (Build 7638.2: Service Pack 2)",
                    "ServerRole": "None",
                    "IsClientAccessServer": None,
                    "IsMailboxServer": None,
                },
            },
            {
                "class": "vdir:mapi",
                "name": "EX79\\mapi (Default Web Site)",
                "set": {"Server": None, "InternalUrl": "https://ex79.corp.contoso.test/mapi"},
            },
            {
                "class": "authserver",
                "name": "ADFS",
                "set": {
                    "Type": "ADFS",
                    "IssuerIdentifier": "http://adfs.contoso.test/adfs/services/trust",
                    "DomainName": "contoso.test",
                },
            },
            {
                "class": "vdir:oab",
                "name": f"{first.upper()}\\OAB (Default Web Site)",
                "set": {"Name": "OAB (default web site)"},
            },
            {"class": "vdir:ews", "name": f"{first.upper()}\\EWS (Clients)", "set": {"Server": first}},
        ],
        0.06,
    )
