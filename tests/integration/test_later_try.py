from __future__ import annotations
import json, yaml
from pathlib import Path
import pytest
from tests.integration.story import Play
from tests.lab.client import LabClient

def show(name, run):
    with open("/tmp/g1-rb/later.txt","a") as f:
        f.write(f"\n######## {name}: code {run.code} changed {run.changed}\n" + "\n".join(run.screen if "PLAY RECAP" in run.stdout else run.output.splitlines()[-30:]) + "\n")

def inv(lab, drop=(), **more):
    c = yaml.safe_load(lab.inventory.read_text())
    for g in c["all"]["children"].values():
        for d in drop: g["hosts"].pop(d, None)
    c["all"]["vars"].update(more)
    p = lab.folder/"own.yml"; p.write_text(yaml.safe_dump(c)); return p

@pytest.mark.matrix
@pytest.mark.scenario("healthy")
def test_leave_join(lab, play, tmp_path):
    show("start verify", play("verify_hma"))
    lab.leave("EX4")
    show("left, still in inventory: enable check", play("enable_hma", "--check", "--diff"))
    show("left, still in inventory: audit", play("audit_hma", hma_audit_read="full"))
    without = inv(lab, drop=["ex4.corp.contoso.test"])
    show("left, not in inventory: enable check", play("enable_hma", "--check", "--diff", inventory=without))
    show("left: audit", play("audit_hma", inventory=without, hma_audit_read="full"))
    lab.join("EX4", internal="ex4.corp.contoso.test", external=None, scp="https://ex4.corp.contoso.test/Autodiscover/Autodiscover.xml", directories={"mapi": {"methods": ["Ntlm","Negotiate"]}, "ews": {"oauth": False}, "oab": {"oauth": False}, "autodiscover": {"oauth": False}})
    show("joined, not in inventory: watch", play("watch_hma", inventory=without))
    show("joined: prepare check", play("prepare_vdirs", "--check", "--diff", "--limit", "ex4.corp.contoso.test"))
    show("joined: prepare", play("prepare_vdirs", "--diff", "--limit", "ex4.corp.contoso.test"))
    show("joined: enable check", play("enable_hma", "--check", "--diff"))
    show("joined: enable", play("enable_hma", "--diff"))
    show("joined: verify", play("verify_hma"))
    show("joined: again", play("enable_hma", "--diff"))

@pytest.mark.matrix
@pytest.mark.scenario("healthy")
def test_cert(lab, play, tmp_path):
    show("cert start audit", play("audit_hma", hma_audit_read="full"))
    lab.change(["organizations",0,"next_certificate"], {"date": "2099-01-01T00:00:00Z"})
    lab.change(["organizations",0,"next_certificate_on"], ["EX1"])
    show("staged on EX1", play("audit_hma", hma_audit_read="full"))
    lab.change(["organizations",0,"next_certificate_on"], ["EX1","EX2","EX3","EX4"])
    show("staged everywhere", play("audit_hma", hma_audit_read="full"))
    lab.roll(); lab.change(["organizations",0,"next_certificate"], False)
    show("rolled, not in Entra", play("audit_hma", hma_audit_read="full"))
    show("rolled, not in Entra: verify", play("verify_hma"))
    lab.change(["tenants",0,"registrations",0,"key_credentials"], ["auth_certificate"]); lab.upload()
    show("uploaded", play("audit_hma", hma_audit_read="full"))

@pytest.mark.matrix
@pytest.mark.scenario("healthy")
def test_cu(lab, play, tmp_path):
    show("watch first", play("watch_hma", hma_audit_read="full"))
    lab.install("EX2", "Version 15.2 (Build 2570.1)", "15.02.2570.001")
    lab.write("Set-WebServicesVirtualDirectory", "EX2", {"OAuthAuthentication": False})
    lab.write("Set-OabVirtualDirectory", "EX2", {"OAuthAuthentication": False})
    show("cu: watch", play("watch_hma", hma_audit_read="full"))
    show("cu: prepare check", play("prepare_vdirs", "--check", "--diff", "--limit", "ex2.corp.contoso.test"))
    show("cu: prepare", play("prepare_vdirs", "--diff", "--limit", "ex2.corp.contoso.test"))
    show("cu: prepare again", play("prepare_vdirs", "--diff", "--limit", "ex2.corp.contoso.test"))
    show("cu: verify", play("verify_hma"))
    show("cu: watch", play("watch_hma", hma_audit_read="full"))

@pytest.mark.matrix
@pytest.mark.scenario("healthy")
def test_tenant(lab, play, tmp_path):
    name = "EvoSTS - 5c8cd4ba-65ea-4b8d-a4f6-6b3a7e1b6b01"
    lab.remove("authserver", name)
    one = inv(lab, drop=["fabrikam"])
    show("tenant: one", play("enable_hma", "--check", inventory=one))
    show("tenant: in inventory, wizard did not run", play("enable_hma", "--check", "--diff"))
    lab.add("authserver", {"name": name, "tenant_id": "22222222-aaaa-4bbb-8ccc-000000000002", "domain_names": ["fabrikam.test"], "enabled": False})
    show("tenant: disabled authserver", play("enable_hma", "--check", "--diff"))
    lab.write("Set-AuthServer", name, {"Enabled": True})
    names = [n for n in lab.state()["tenants"][1]["service_principals"][0]["names"] if "contoso.test" not in n]
    lab.change(["tenants",1,"service_principals",0,"names"], names)
    lab.change(["tenants",1,"applications",0,"rights"], ["Application.ReadWrite.All","Domain.Read.All"])
    lab.again
    show("tenant: register check", play("register_spns", "--check", "--diff"))
    show("tenant: enable check", play("enable_hma", "--check", "--diff"))
    show("tenant: enable", play("enable_hma", "--diff"))
    show("tenant: verify", play("verify_hma"))
    show("tenant: again", play("enable_hma", "--diff"))

@pytest.mark.matrix
@pytest.mark.scenario("healthy")
def test_namespace(lab, play, tmp_path):
    lab.change(["tenants",0,"applications",0,"rights"], ["Application.ReadWrite.All","Domain.Read.All"])
    lab.change(["tenants",1,"applications",0,"rights"], ["Application.ReadWrite.All","Domain.Read.All"])
    new = "owa2.contoso.test"
    c = yaml.safe_load(lab.inventory.read_text())
    places = c["all"]["vars"]["hma_probe_connect_to"]; places[new] = next(iter(places.values()))
    lab.inventory.write_text(yaml.safe_dump(c))
    show("name: register", play("register_spns", "--diff", hma_spn_extra_names=[new]))
    lab.publish(new)
    for ex in ("EX1","EX2","EX3","EX4"):
        lab.write("Set-MapiVirtualDirectory", ex, {"ExternalUrl": f"https://{new}/mapi"})
        lab.write("Set-WebServicesVirtualDirectory", ex, {"ExternalUrl": f"https://{new}/EWS/Exchange.asmx"})
        lab.write("Set-OabVirtualDirectory", ex, {"ExternalUrl": f"https://{new}/OAB"})
    show("name: enable check", play("enable_hma", "--check", "--diff"))
    show("name: verify", play("verify_hma"))
    show("name: audit", play("audit_hma", hma_audit_read="full"))
