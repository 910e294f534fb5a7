# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nobody has recorded of a real server: the product is right in every position of every switch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.integration.story import Play, in_long_run, records, reports, sets
from tests.lab import scenario
from tests.lab.assumptions import SWITCHES
from tests.lab.client import LabClient, Labs
from tests.lab.reply_urls import fits

TURNED = [(name, position) for name, positions in SWITCHES.items() for position in positions[1:]]


@pytest.fixture
def turned(request: pytest.FixtureRequest, tmp_path: Path, labs: Labs) -> Iterator[LabClient]:
    """The two servers of ``everything``, with a switch of the lab in another position."""
    name, position = request.param
    marker = request.node.get_closest_marker("scenario")
    found = scenario.load(marker.args[0] if marker else "everything")
    found["organizations"][0]["assumptions"] = {name: position}
    path = tmp_path / "scenario.yml"
    path.write_text(yaml.safe_dump(found, sort_keys=False, allow_unicode=True), encoding="utf-8")
    with labs.running(str(path), tmp_path / "lab") as lab:
        yield lab


@pytest.fixture
def lab(turned: LabClient) -> LabClient:
    return turned


def rewritten(name: str, position: str) -> bool:
    return name == "mapi_urls" and position != "kept"


@pytest.mark.matrix
@pytest.mark.parametrize(
    ("turned", "switch"),
    in_long_run([pytest.param(one, one, id="-".join(one)) for one in TURNED], *("-".join(one) for one in TURNED[4:])),
    indirect=["turned"],
)
def test_there_and_back(turned: LabClient, play: Play, switch: tuple[str, str]) -> None:
    """On, on again without a write, both audits of one mind, off, and everything as it was."""
    lab = turned
    start = sets(lab.state())
    run = play("enable_hma")
    assert run.code == 0, run.output
    enabled = sets(lab.state())
    for before, after in zip(
        start["organizations"][0]["vdir:mapi"], enabled["organizations"][0]["vdir:mapi"], strict=True
    ):
        assert [before[key] for key in ("InternalUrl", "ExternalUrl")] == [
            after[key] for key in ("InternalUrl", "ExternalUrl")
        ]
    assert ("they were given back" in run.text) == rewritten(*switch)
    lab.clear()
    again = play("enable_hma")
    assert (again.code, again.changed, lab.writes()) == (0, 0, []), again.output
    back = play("restore_hma", hma_restore_record=records(lab), hma_restore_despite_connector=True)
    assert back.code == 0, back.output
    assert sets(lab.state()) == start


@pytest.mark.matrix
@pytest.mark.parametrize("turned", [("mapi_urls", "emptied")], indirect=True)
def test_urls_that_a_set_took_are_given_back_at_once(turned: LabClient, play: Play) -> None:
    lab = turned
    start = lab.state()["organizations"][0]["vdir:mapi"]
    run = play("prepare_vdirs")
    assert run.code == 0, run.output
    assert "Exchange changed its URLs with its methods; they were given back" in run.text
    now = lab.state()["organizations"][0]["vdir:mapi"]
    assert [(item["InternalUrl"], item["ExternalUrl"]) for item in now] == [
        (item["InternalUrl"], item["ExternalUrl"]) for item in start
    ]


PAGES = ("https://mail.contoso.test/owa", "https://mail.contoso.test/ecp")


def sent_back(lab: LabClient, position: str) -> set[bool]:
    """Whether each tenant sends people back to each page as Exchange asks, and as the article has it."""
    lists = [tenant["service_principals"][0]["reply_urls"] for tenant in lab.state()["tenants"]]
    return {fits(f"{page}{end}", urls, position) for urls in lists for page in PAGES for end in ("", "/")}


@pytest.mark.matrix
@pytest.mark.scenario("owa_ready")
@pytest.mark.parametrize(
    ("turned", "position"),
    [pytest.param(("reply_url_slash", position), position, id=position) for position in SWITCHES["reply_url_slash"]],
    indirect=["turned"],
)
def test_entra_sends_people_back_whether_the_slash_counts_or_not(turned: LabClient, play: Play, position: str) -> None:
    """One tenant has a page already, as the article registers it by hand; that one stays when the run is taken back."""
    lab = turned
    there = lab.state()["tenants"][0]["service_principals"][0]["reply_urls"]
    lab.change(["tenants", 0, "service_principals", 0, "reply_urls"], [*there, PAGES[0]])
    lab.again()
    start = sets(lab.state())
    look = play("enable_owa_hma", "--check", "--diff")
    assert look.code == 0, look.output
    assert f"+ {PAGES[1]}, {PAGES[1]}/" in look.text
    assert sets(lab.state()) == start
    run = play("enable_owa_hma")
    assert run.code == 0, run.output
    assert sent_back(lab, position) == {True}
    record = records(lab)[-1:]
    lab.clear()
    again = play("enable_owa_hma")
    assert (again.code, again.changed, lab.writes()) == (0, 0, []), again.output
    assert play("audit_hma", hma_audit_fail_on="never").code == 0
    found = [item["status"] for item in reports(lab)[-1]["findings"] if item["id"] == "HMA-OWA-002"]
    assert found == ["pass"] * len(lab.state()["tenants"])
    back = play("restore_hma", hma_restore_record=record)
    assert back.code == 0, back.output
    assert sets(lab.state()) == start
