# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is killed between the keeping and the telling: the next one tells, and a third does not tell again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from ansible_collections.hybrid.exchange.plugins.action import hma_notify
from ansible_collections.hybrid.exchange.plugins.action.hma_drift import Options, _kept
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.reading import reading
from ansible_collections.hybrid.exchange.plugins.plugin_utils._drift import history
from ansible_collections.hybrid.exchange.plugins.plugin_utils._drift.look import Look

from tests.unit.watch_samples import World, directory, report

Message = dict[str, Any]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """What the webhook got."""
    found: list[Message] = []
    monkeypatch.setattr(hma_notify, "post", lambda _webhook, content: found.append(dict(content)))
    return found


def keeps(world: World, number: int, folder: Path) -> Message:
    """hma_drift on what the organization is now; the number makes the time."""
    world.report["run"] = report(number)["run"]
    look = Look.at(history.read(folder), reading(world.report))
    given = Options(
        facts={}, servers_group="", tenants_group="", dir=str(folder), keep=9, days=0, fail_on="any", not_done=None
    )
    return _kept(look, folder, given, datetime(2026, 11, 27, tzinfo=UTC)).returned()


def tells(drift: Message) -> None:
    given = hma_notify.Options(
        drift=drift, when="changed", webhook="https://x/s3cret", format="json", ca_path=None, proxy=None, mail_to=[],
        mail_from=None, mail_server=None, mail_tls="none", mail_user=None, mail_password=None, metrics_file=None,
        timeout=1,
    )  # fmt: skip
    told = hma_notify.ActionModule.apply(cast("Any", SimpleNamespace(predicting=False)), given)
    assert not told.failed, told.msg


def drifts(world: World) -> None:
    world.organization["directories"] = [directory("mapi", methods=("Ntlm",))]


def test_what_a_killed_run_found_is_told_by_the_next_one_and_once(tmp_path: Path, sent: list[Message]) -> None:
    world = World()
    tells(keeps(world, 1, tmp_path))
    drifts(world)
    keeps(world, 2, tmp_path)  # And here it is killed.
    quiet = keeps(world, 3, tmp_path)
    assert (quiet["drift"], quiet["tell"]) == ([], True)
    tells(quiet)
    ((message),) = sent
    assert "lost OAuth" in message["drift"][0]["text"]
    assert message["since"] == report(1)["run"]["finished"]
    tells(keeps(world, 4, tmp_path))
    assert len(sent) == 1
    assert [entry.told for entry in history.read(tmp_path).entries] == [True] * 4


def test_a_run_that_is_killed_while_it_tells_tells_again_and_each_thing_once(
    tmp_path: Path, sent: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_given: Any) -> None:
        raise KeyboardInterrupt

    world = World()
    tells(keeps(world, 1, tmp_path))
    drifts(world)
    with monkeypatch.context() as cut:
        cut.setattr(hma_notify, "post", killed)
        with pytest.raises(KeyboardInterrupt):
            tells(keeps(world, 2, tmp_path))
    tells(keeps(world, 3, tmp_path))
    ((message),) = sent
    assert len(message["drift"]) == 1
    assert {path.name for path in tmp_path.iterdir() if path.suffix == ".json"} == {
        history.name_of(report(number)["run"]["id"]) for number in (1, 2, 3)
    }


def test_what_could_not_be_read_by_a_killed_run_is_told_while_it_lasts(tmp_path: Path, sent: list[Message]) -> None:
    world = World()
    tells(keeps(world, 1, tmp_path))
    world.report["problems"] = [{"host": "contoso", "step": "Sign in", "message": "no token"}]
    assert keeps(world, 2, tmp_path)["tell"]
    tells(keeps(world, 3, tmp_path))
    assert len(sent) == 1
    tells(keeps(world, 4, tmp_path))
    assert len(sent) == 1


def test_a_clock_that_was_set_back_is_said_once(tmp_path: Path, sent: list[Message]) -> None:
    world = World()
    tells(keeps(world, 9, tmp_path))
    drifts(world)
    found = keeps(world, 2, tmp_path)
    assert not found["first"] and found["drift"]
    assert "The clock of this machine was set back" in found["clock"]
    tells(found)
    assert sent[0]["clock"] == found["clock"]
    later = keeps(world, 3, tmp_path)
    assert (later["clock"], later["drift"], later["tell"]) == ("", [], False)
