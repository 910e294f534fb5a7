# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stories of tenants that cannot be signed in to: noticed before anything is written anywhere, and no secret goes
elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from cryptography.hazmat.primitives import serialization

from tests.integration.story import Play, Run, in_long_run, reports
from tests.lab.client import LabClient

CONTOSO, FABRIKAM = "11111111-aaaa-4bbb-8ccc-000000000001", "22222222-aaaa-4bbb-8ccc-000000000002"
SECRET = "sEcr3t~contoso&=%"


class Vaulted(str):
    """Text that is encrypted, in the form of an inventory."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    pass


_Dumper.add_representer(Vaulted, lambda dumper, text: dumper.represent_scalar("!vault", str(text), style="|"))


def edited(lab: LabClient, host: str, **variables: Any) -> Path:
    """The lab's inventory with variables of one tenant changed; None takes one away."""
    content = yaml.safe_load(lab.inventory.read_text("utf-8"))
    own = content["all"]["children"]["entra_tenants"]["hosts"][host]
    own.update(variables)
    content["all"]["children"]["entra_tenants"]["hosts"][host] = {
        name: value for name, value in own.items() if value is not None
    }
    path = lab.folder / "edited.yml"
    path.write_text(yaml.dump(content, Dumper=_Dumper), encoding="utf-8")
    return path


def stopped(run: Run, lab: LabClient, *wanted: tuple[str, str, str]) -> None:
    """One finding (check, tenant, what it says) of each tenant that is broken; nothing written, to the other tenant
    neither."""
    assert run.code != 0, run.output
    assert "Traceback" not in run.output
    assert lab.writes() == []
    report = reports(lab)[-1]
    stopping = [item for item in report["findings"] if item["gate"] and item["status"] in ("fail", "not_checked")]
    assert [(item["id"], item["object"]) for item in stopping] == [(check, host) for check, host, _said in wanted], (
        stopping
    )
    for finding, (_check, _host, said) in zip(stopping, wanted, strict=True):
        assert said in finding["message"], finding
        assert said in run.text, run.output
        assert finding["fix"]
    assert SECRET not in run.output + repr(report)
    assert report["run"]["stopped"].startswith("Step ")


def _certificate_alone(lab: LabClient) -> Path:
    """The file that people get from the portal: the certificate, not the key."""
    text = next(lab.folder.glob("application-bbbb*.pem")).read_text("ascii")
    path = lab.folder / "certificate.pem"
    path.write_text(text[text.index("-----BEGIN CERTIFICATE") :], encoding="ascii")
    return path


def _locked_key(lab: LabClient) -> Path:
    """A key with a password that the inventory does not have."""
    data = next(lab.folder.glob("application-bbbb*.pem")).read_bytes()
    key: Any = serialization.load_pem_private_key(data, None)
    locked = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"a password"),
    )
    path = lab.folder / "locked.pem"
    path.write_bytes(locked + data[data.index(b"-----BEGIN CERTIFICATE") :])
    return path


def _vaulted(_lab: LabClient) -> Vaulted:
    secret = VaultSecret(b"a password that this run is not given")
    return Vaulted(VaultLib([("default", secret)]).encrypt("Of-fabrikam", secret).decode("ascii"))


# What the variables themselves say is refused before anything is read: no check, and no report.
BEFORE = ""
# host, variables (values may be made of the lab), the check that stops the run, what it says
CASES: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "wrong secret": ("contoso", {"hma_client_secret": "wr0ng-s3cret"}, "HMA-TEN-003", "AADSTS7000215"),
    "no credential": ("contoso", {"hma_client_secret": None}, "HMA-TEN-003", "no way to sign in"),
    "file missing": ("fabrikam", {"hma_certificate_path": "/nowhere.pem"}, BEFORE, "/nowhere.pem"),
    "file without key": (
        "fabrikam",
        {"hma_certificate_path": _certificate_alone},
        "HMA-TEN-003",
        "holds no private key",
    ),
    "file with password": (
        "fabrikam",
        {"hma_certificate_path": _locked_key},
        "HMA-TEN-003",
        "set hma_certificate_password",
    ),
    "placeholder": ("fabrikam", {"hma_tenant_id": "<tenant id>"}, "HMA-TEN-001", "hma_tenant_id is '<tenant id>'"),
    "another tenant's id": (
        "contoso",
        {"hma_tenant_id": "00000000-0000-0000-0000-000000000000"},
        "HMA-TEN-003",
        "AADSTS90002",
    ),
    "vault password missing": (
        "fabrikam",
        {"hma_certificate_path": None, "hma_client_secret": _vaulted},
        BEFORE,
        "hma_client_secret cannot be read",
    ),
    "undefined": ("contoso", {"hma_client_secret": "{{ nobody_defined_this }}"}, BEFORE, "nobody_defined_this"),
}


def broken(lab: LabClient, case: str) -> Path:
    host, variables, _check, _said = CASES[case]
    made = {name: value(lab) if isinstance(value, Callable) else value for name, value in variables.items()}  # type: ignore[arg-type]
    return edited(lab, host, **{name: str(value) if isinstance(value, Path) else value for name, value in made.items()})


def judged(run: Run, lab: LabClient, case: str) -> None:
    host, _variables, check, said = CASES[case]
    if check is not BEFORE:
        return stopped(run, lab, (check, host, said))
    assert run.code != 0, run.output
    assert said in run.text, run.output
    assert SECRET not in run.output
    assert lab.journal() == []
    return None


@pytest.mark.matrix
def test_a_tenant_that_cannot_be_signed_in_to_stops_step_1(lab: LabClient, play: Play) -> None:
    """The other tenant could be written to."""
    judged(play("enable_hma", inventory=broken(lab, "wrong secret")), lab, "wrong secret")


@pytest.mark.matrix
@pytest.mark.parametrize("arguments", [[], ["--check"]], ids=["apply", "check"])
@pytest.mark.parametrize("case", in_long_run(CASES, *list(CASES)[3:]))
def test_every_tenant_that_cannot_be_signed_in_to_stops_every_playbook_that_writes_names(
    lab: LabClient, play: Play, case: str, arguments: list[str]
) -> None:
    inventory = broken(lab, case)
    # A name is missing in the other tenant, so that there is something to write.
    for playbook in ("enable_hma", "register_spns"):
        judged(play(playbook, *arguments, inventory=inventory), lab, case)


@pytest.mark.long
@pytest.mark.connection("exchange")
@pytest.mark.parametrize("case", ["wrong secret", "vault password missing"])
def test_it_is_the_same_where_exchange_itself_is_the_endpoint(lab: LabClient, play: Play, case: str) -> None:
    judged(play("enable_hma", inventory=broken(lab, case)), lab, case)


@pytest.mark.matrix
def test_names_are_registered_nowhere_before_every_tenant_is_read(lab: LabClient, play: Play) -> None:
    """The tenant that is broken answers after the other one; and what it is asked for is a read that it refuses."""
    lab.change(["tenants", 1, "applications", 0, "rights"], [])
    stopped(play("register_spns"), lab, ("HMA-TEN-003", "fabrikam", "Application.Read.All"))
    lab.change(["tenants", 1, "applications", 0, "rights"], ["Application.ReadWrite.All"])
    assert play("register_spns").code == 0
    assert {item["tenant"] for item in lab.writes()} == {CONTOSO, FABRIKAM}


@pytest.mark.matrix
def test_a_domain_that_is_another_tenants_stops_step_1(lab: LabClient, play: Play) -> None:
    for number, domain in enumerate(("contoso.onmicrosoft.com", "fabrikam.onmicrosoft.com")):
        lab.change(["tenants", number, "applications", 0, "rights"], ["Application.ReadWrite.All", "Domain.Read.All"])
        lab.change(["tenants", number, "verified_domains"], [domain])
    # Sign-in names are then compared with these domains, and that is another story.
    run = play(
        "enable_hma", inventory=edited(lab, "fabrikam", hma_tenant_domain="contoso.test"), hma_unsynced_accepted=99
    )
    # It is on the other tenant's AuthServer, which is a finding of its own.
    stopped(
        run,
        lab,
        ("HMA-AUTH-007", "contoso.test", "contoso.test is"),
        ("HMA-TEN-004", "fabrikam", "no verified domain of tenant 22222222"),
    )


@pytest.mark.matrix
def test_a_redirect_of_sign_in_takes_the_secret_nowhere(lab: LabClient, play: Play) -> None:
    """The other address answers as Entra would: whoever went there would be served, and counted."""
    lab.fault(
        at="token", tenant=CONTOSO, status=307, headers={"Location": f"{{elsewhere_http}}/{CONTOSO}/oauth2/v2.0/token"}
    )
    elsewhere = {
        "token_endpoint": f"{{elsewhere}}/{FABRIKAM}/oauth2/v2.0/token",
        "issuer": f"{{elsewhere}}/{FABRIKAM}/v2.0",
    }
    lab.fault(at="configuration", tenant=FABRIKAM, json=elsewhere)
    redirected, named = (
        ("HMA-TEN-003", "contoso", "That is not followed"),
        ("HMA-TEN-003", "fabrikam", "nothing is sent there"),
    )
    stopped(play("register_spns"), lab, redirected, named)
    assert lab.journal("elsewhere") == []
    assert SECRET not in repr(lab.journal())


@pytest.mark.matrix
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("to", ["{elsewhere}", "{elsewhere_http}"])
@pytest.mark.parametrize("place", ["token", "configuration", "graph"])
def test_no_redirect_takes_anything_anywhere(lab: LabClient, play: Play, place: str, to: str, status: int) -> None:
    lab.fault(at=place, tenant=CONTOSO, status=status, headers={"Location": f"{to}/{CONTOSO}/oauth2/v2.0/token"})
    said = "which is not followed" if place == "graph" else "That is not followed"
    stopped(play("register_spns"), lab, ("HMA-TEN-003", "contoso", said))
    assert lab.journal("elsewhere") == []


@pytest.mark.matrix
def test_a_name_that_unicode_takes_for_ours_is_not_ours(lab: LabClient, play: Play) -> None:
    """It is registered beside ours, which is then the only one that is ours."""
    twin, ours = "https://mail.straße.de/", "https://mail.strasse.de/"
    names: list[str | int] = ["tenants", 0, "service_principals", 0, "names"]
    lab.change(names, [*lab.state()["tenants"][0]["service_principals"][0]["names"], twin])
    assert play("register_spns", hma_spn_extra_names=["mail.strasse.de"]).code == 0
    assert {twin, ours} <= set(lab.state()["tenants"][0]["service_principals"][0]["names"])


@pytest.mark.matrix
def test_taking_our_name_away_leaves_the_one_that_unicode_takes_for_it(lab: LabClient, play: Play) -> None:
    twin, ours = "https://mail.straße.de/", "https://mail.strasse.de/"
    names: list[str | int] = ["tenants", 0, "service_principals", 0, "names"]
    assert play("register_spns", hma_spn_extra_names=["mail.strasse.de"]).code == 0
    lab.change(names, [*lab.state()["tenants"][0]["service_principals"][0]["names"], twin])
    record = next((lab.folder / "records").iterdir())
    assert play("restore_hma", hma_restore_record=str(record)).code == 0
    there = lab.state()["tenants"][0]["service_principals"][0]["names"]
    assert twin in there
    assert ours not in there
