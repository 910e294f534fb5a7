# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""watch_hma, day after day: quiet, drift, what could not be read, the history it keeps, and who is told."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.integration.story import Begin, Play
from tests.integration.test_refusals import edited
from tests.integration.test_secrets import forms
from tests.lab.client import LabClient
from tests.unit.support.openmetrics import parse
from tests.unit.support.receivers import authority, mail_server, webhook

SCHEMA = jsonschema.Draft202012Validator(
    json.loads((Path(__file__).parents[2] / "docs" / "schemas" / "watch.schema.json").read_text("utf-8"))
)
QUIET, DRIFT, NOT_DONE = 0, 2, 4
WITHOUT_OAUTH = ("Set-MapiVirtualDirectory", {"IISAuthenticationMethods": ["Ntlm", "Negotiate"]})


def entries(folder: Path) -> list[dict[str, Any]]:
    """The runs of the history, the oldest first, each as the schema says and nobody else's to read."""
    found = []
    for path in sorted((folder / "hma_watch").glob("watch-*.json")):
        assert path.stat().st_mode & 0o777 == 0o600
        found.append(json.loads(path.read_text("utf-8")))
        SCHEMA.validate(found[-1])
    return found


def loses_oauth(lab: LabClient, server: str) -> None:
    cmdlet, values = WITHOUT_OAUTH
    lab.write(cmdlet, server, values)


@pytest.mark.scenario("single")
def test_a_directory_loses_oauth_overnight(lab: LabClient, play: Play, tmp_path: Path) -> None:
    first = play("watch_hma")
    assert first.code == QUIET, first.output
    assert first.screen[0].startswith("watch_hma: This is the first reading. Run ")

    loses_oauth(lab, "EX2")
    metrics = tmp_path / "hma.prom"
    drift = play("watch_hma", hma_notify_metrics_file=str(metrics))
    assert drift.code == DRIFT, drift.output
    screen = "\n".join(drift.screen)
    assert "1 thing changed since" in drift.screen[0]
    assert "lost OAuth" in screen
    assert "hardening script" in screen
    assert [item["kind"] for item in entries(tmp_path)[1]["drift"]] == ["changed"]
    assert list(parse(metrics.read_text("utf-8"))["hma_watch_drift"].samples.values()) == [1.0, 0.0]
    assert lab.writes() == []


@pytest.mark.matrix
@pytest.mark.scenario("compliant")
def test_drift_then_quiet_then_a_name_and_a_server(lab: LabClient, play: Play, tmp_path: Path) -> None:
    assert play("watch_hma").code == QUIET
    loses_oauth(lab, "EX1")
    assert play("watch_hma").code == DRIFT

    quiet = play("watch_hma")
    assert quiet.code == QUIET, quiet.output
    assert quiet.screen[0].startswith("watch_hma: Nothing new since ")
    assert len(quiet.screen) <= 5
    assert "HMA-VDIR" not in quiet.stdout, "A quiet run is quiet before its last screen, too."

    taken: list[str | int] = ["tenants", 0, "service_principals", 0, "names"]
    names = [name for name in lab.state()["tenants"][0]["service_principals"][0]["names"] if "eas." not in name]
    lab.change(taken, names)
    gone = play("watch_hma", hma_watch_fail_on="worse")
    assert gone.code == DRIFT, gone.output
    assert "registered lost https://eas.contoso.test/" in gone.text
    assert "whole list" in gone.text

    *_earlier, last = entries(tmp_path)
    assert ("names", "HMA-SPN-001") in [(item["area"], item["check"]) for item in last["drift"]]
    page = (tmp_path / "hma_watch" / "index.html").read_text("utf-8")
    assert len(re.findall(r"<circle", page)) == 4
    assert lab.writes() == []


@pytest.mark.matrix
@pytest.mark.scenario("compliant")
def test_a_failed_read_is_neither_drift_nor_quiet(lab: LabClient, play: Play, tmp_path: Path) -> None:
    assert play("watch_hma").code == QUIET
    lost = play("watch_hma", inventory=edited(lab, "contoso", hma_client_secret="wr0ng-s3cret"))
    assert lost.code == NOT_DONE, lost.output
    assert "wr0ng-s3cret" not in lost.output
    assert "Not everything could be read" in lost.screen[0]
    assert "Once more:" in "\n".join(lost.screen)
    assert entries(tmp_path)[1]["drift"] == []
    assert {gap["what"] for gap in entries(tmp_path)[1]["unread"]} >= {"contoso"}
    again = play("watch_hma")
    assert again.code == QUIET, again.output


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_the_history_is_cut_and_a_broken_file_stands_in_nobodys_way(lab: LabClient, play: Play, tmp_path: Path) -> None:
    assert play("watch_hma").code == QUIET
    assert play("watch_hma").code == QUIET
    history = tmp_path / "hma_watch"
    (history / "watch-torn.json").write_text('{"schema": "hybrid.exc', "utf-8")
    (history / "notes.txt").write_text("mine", "utf-8")
    run = play("watch_hma", hma_watch_keep=2)
    assert run.code == QUIET, run.output
    assert "watch-torn.json of the history cannot be read" in run.text
    assert len(list(history.glob("watch-2*.json"))) == 2
    assert {"notes.txt", "watch-torn.json", "index.html"} <= {path.name for path in history.iterdir()}

    history.chmod(0o777)
    refused = play("watch_hma")
    assert refused.code == NOT_DONE, refused.output
    assert "writable by everyone" in "\n".join(refused.screen)


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_people_are_told_once_and_no_secret_is_printed(lab: LabClient, play: Play, tmp_path: Path) -> None:
    trusted, secret, password = authority(tmp_path), "/hook/s3cret-p4th?sig=s3cret-s1g", "s3cret-pa55"
    with (
        webhook(context=trusted.context) as hook,
        mail_server(context=trusted.context, user="ansible", password=password) as post,
    ):
        told = {
            "hma_notify_webhook": f"https://localhost:{hook.port}{secret}",
            "hma_notify_format": "teams",
            "hma_notify_ca_path": str(trusted.path),
            "hma_notify_mail_to": ["team@contoso.test"],
            "hma_notify_mail_from": "ansible@contoso.test",
            "hma_notify_mail_server": f"localhost:{post.port}",
            "hma_notify_mail_user": "ansible",
            "hma_notify_mail_password": password,
        }
        # As a vaulted group_vars file has them: no word of them is on a command line.
        inventory = edited(lab, None, **told)
        first = play("watch_hma", "-vvvvv", inventory=inventory)
        assert first.code == QUIET, first.output
        assert (hook.posts, post.mails) == ([], []), "Nothing changed, and nobody is told."

        loses_oauth(lab, "EX2")
        drift = play("watch_hma", "-vvvvv", inventory=inventory)
        assert drift.code == DRIFT, drift.output
        ((path, card),) = hook.posts
        (mail,) = post.mails
    assert path == secret
    assert card["attachments"][0]["content"]["type"] == "AdaptiveCard"
    assert "lost OAuth" in json.dumps(card)
    assert "1 thing changed since" in mail["Subject"]
    assert (post.signed_in, post.over_tls) == (["ansible"], [True])

    nobody = play("watch_hma", "-vvvvv", inventory=inventory, hma_notify_when="always")
    assert nobody.code == NOT_DONE, nobody.output
    assert "The webhook at localhost was not reached" in "\n".join(nobody.screen)
    left = [path.read_text("utf-8") for path in (tmp_path / "hma_watch").iterdir()]
    for run in (first, drift, nobody):
        for text in (run.output, *left):
            assert not any(form in text for word in (secret, password) for form in forms(word))


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_drift_that_nobody_was_told_is_told_when_the_webhook_answers_again(
    lab: LabClient, play: Play, tmp_path: Path
) -> None:
    assert play("watch_hma").code == QUIET
    loses_oauth(lab, "EX2")
    with webhook() as hook:
        address = f"http://localhost:{hook.port}/hook/s3cret"
    unheard = play("watch_hma", inventory=edited(lab, None, hma_notify_webhook=address))
    assert unheard.code == DRIFT, unheard.output
    assert "The webhook at localhost was not reached" in "\n".join(unheard.screen)

    with webhook() as hook:
        told = edited(lab, None, hma_notify_webhook=f"http://localhost:{hook.port}/hook/s3cret")
        later = play("watch_hma", inventory=told)
        assert later.code == QUIET, later.output
        ((_path, event),) = hook.posts
        assert "lost OAuth" in json.dumps(event)
        assert play("watch_hma", inventory=told).code == QUIET
        assert len(hook.posts) == 1
    assert not (tmp_path / "hma_watch" / "undelivered.json").exists()


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_drift_that_a_killed_run_kept_is_told_by_the_next_one(
    lab: LabClient, play: Play, begin: Begin, tmp_path: Path
) -> None:
    """Killed as soon as its file is there. One that was quicker than that has told already."""
    assert play("watch_hma").code == QUIET
    loses_oauth(lab, "EX2")
    with webhook() as hook:
        told = edited(lab, None, hma_notify_webhook=f"http://localhost:{hook.port}/hook/s3cret")
        process = begin("watch_hma", inventory=told)
        while process.poll() is None and len(list((tmp_path / "hma_watch").glob("watch-*.json"))) < 2:
            time.sleep(0.002)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        later = play("watch_hma", inventory=told)
        assert later.code == QUIET, later.output
        assert any("lost OAuth" in json.dumps(event) for _path, event in hook.posts)
        before = len(hook.posts)
        assert play("watch_hma", inventory=told).code == QUIET
        assert len(hook.posts) == before
    assert all(entry["told"] for entry in entries(tmp_path))


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_a_history_of_a_clock_that_went_ahead(lab: LabClient, play: Play, tmp_path: Path) -> None:
    assert play("watch_hma").code == QUIET
    (path,) = (tmp_path / "hma_watch").glob("watch-*.json")
    ahead = json.loads(path.read_text("utf-8")) | {"run": "20990101T000000Z-1", "finished": "2099-01-01T00:00:00+00:00"}
    path.unlink()
    other = path.with_name(f"watch-{ahead['run']}.json")
    other.write_text(json.dumps(ahead), "utf-8")
    other.chmod(0o600)
    loses_oauth(lab, "EX2")
    drift = play("watch_hma")
    assert drift.code == DRIFT, drift.output
    assert "The clock of this machine was set back" in " ".join(drift.screen)
    quiet = play("watch_hma")
    assert quiet.code == QUIET and "set back" not in quiet.text, quiet.output


@pytest.mark.scenario("single")
def test_a_number_without_an_end_is_refused_before_anything_is_read(lab: LabClient, play: Play, tmp_path: Path) -> None:
    run = play("watch_hma", hma_watch_days=10**12, hma_watch_keep="9" * 5000, hma_notify_mail_server="mail:99999")
    assert run.code != QUIET and "did not begin" in run.text, run.output
    assert "hma_watch_days is 1000000000000 (a number); expected a whole number from 0 to 36500" in run.text
    assert "hma_watch_keep is" in run.text and "hma_notify_mail_server is 'mail:99999'" in run.text
    assert "Traceback" not in run.output and lab.journal("cmdlet") == []
    assert not (tmp_path / "hma_watch").exists()
