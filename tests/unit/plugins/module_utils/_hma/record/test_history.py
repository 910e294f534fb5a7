# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a record: whole, cut anywhere, damaged in the middle, several at once, and as job events."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import RecordUnreadable
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.events import read_events
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.history import change_of, merged, read_lines
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.schema import RECORD
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record import durability, reader
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record.reader import read_sources
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record.writer import Record, RecordError
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).parents[6]
GUID = "6f1d3c1e-0000-4000-8000-000000000001"
FLAG = {"type": "organization", "guid": GUID, "name": "Contoso"}
OFF, ON = {"OAuth2ClientProfileEnabled": False}, {"OAuth2ClientProfileEnabled": True}


def written(folder: Path, *results: str, run: str = "run", host: str = "ex1") -> Record:
    record = Record(str(folder), run, host, "hma_orgconfig")
    record.start()
    for result in results:
        number = record.intent("Organization 'Contoso'", FLAG, "Set-OrganizationConfig ...", OFF, ON)
        if result != "open":
            record.outcome(number, result, "detail")
    return record


def test_what_is_written_is_as_the_schema_says_and_reads_back(tmp_path: Path) -> None:
    record = written(tmp_path, "done", "failed", "uncertain", "not_sent", "open")
    record.decision("HMA-SRV-001", "tested", ["EX1"])
    lines = record.path.read_text("utf-8").splitlines()
    schema = json.loads((ROOT / "docs" / "schemas" / "record.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    for line in lines:
        jsonschema.validate(json.loads(line), schema, jsonschema.Draft202012Validator)
    results = [change.result for change in read_sources([str(record.path.parent)]).changes]
    assert results == ["done", "failed", "uncertain", "not_sent", "open"]
    assert oct(record.path.stat().st_mode & 0o777) == "0o600"
    assert oct(record.path.parent.stat().st_mode & 0o777) == "0o700"


def test_the_schema_refuses_what_is_no_entry(tmp_path: Path) -> None:
    schema = json.loads((ROOT / "docs" / "schemas" / "record.schema.json").read_text("utf-8"))
    assert schema == RECORD
    good = json.loads(written(tmp_path, "done").path.read_text("utf-8").splitlines()[1])
    for wrong in (
        {"schema": 2},
        {"event": "maybe"},
        {"id": "x"},
        {"target": {"type": "mailbox"}},
        {"before": {"Flag": 1}},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**good, **wrong}, schema, jsonschema.Draft202012Validator)


@given(st.data())
def test_a_record_may_end_anywhere(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Cut at any byte: no intent that was stored whole is lost, none is made up, and a cut outcome leaves the state to
    tell."""
    whole = written(tmp_path_factory.mktemp("record"), "done", "uncertain", "done").path.read_text("utf-8")
    end = data.draw(st.integers(0, len(whole)))
    history = read_lines({"ex1.jsonl": whole[:end].split("\n")})
    lines = [json.loads(line) for line in whole[:end].split("\n") if line.endswith("}") and _whole(line)]
    assert [item.id for item in history.changes] == [line["id"] for line in lines if line["event"] == "intent"]
    outcomes = {line["id"]: line["result"] for line in lines if line["event"] == "outcome"}
    assert [item.result for item in history.changes] == [outcomes.get(item.id, "open") for item in history.changes]
    assert len(history.damaged) <= 1


def _whole(line: str) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def test_what_is_appended_to_a_cut_line_stands_alone(tmp_path: Path) -> None:
    record = written(tmp_path, "done")
    with record.path.open("ab") as handle:
        handle.write(b'{"schema": 1, "event": "inte')
    written(tmp_path, "done")
    history = read_sources([str(record.path.parent)])
    assert [item.result for item in history.changes] == ["done", "done"]
    assert history.damaged == [f"{record.path}, line 4"]


def test_two_runs_are_one_history_in_order_of_time(tmp_path: Path) -> None:
    written(tmp_path, "open", run="b-first")
    written(tmp_path, "done", run="a-second")
    history = read_sources([str(tmp_path / "a-second"), str(tmp_path / "b-first")])
    assert [(item.run, item.result) for item in history.changes] == [("b-first", "open"), ("a-second", "done")]


def test_a_clock_that_is_set_back_does_not_turn_a_file_around(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in written(tmp_path, "done", "done").path.read_text("utf-8").splitlines()]
    lines[3]["time"] = "2001-01-01T00:00:00.000+00:00"
    history = read_lines({"ex1": [json.dumps(line) for line in lines]})
    assert [item.id for item in history.changes] == [lines[1]["id"], lines[3]["id"]]


def event(result: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "uuid": "u",
        "event": "runner_on_ok",
        "event_data": {"host": "ex1", "task_action": "hybrid.exchange.hma_orgconfig", "res": result},
        **more,
    }


@pytest.mark.parametrize(
    "form", ["folder", "job_events", "list", "awx", "lines", "jsonl", "folder of jsonl", "with a mark"]
)
def test_job_events_are_a_record_too(tmp_path: Path, form: str) -> None:
    changes = written(tmp_path / "record", "done", "uncertain").changes
    loop = event({"results": [{"changes": changes[:1]}, {"changed": False}]})
    events = [
        {"event": "playbook_on_start", "event_data": {}},
        event({"changes": changes}),
        loop,
        event({"msg": "no changes"}),
    ]
    path = tmp_path / "events"
    if form in ("folder", "job_events"):
        folder = path / form if form == "job_events" else path
        folder.mkdir(parents=True)
        for number, item in enumerate(events):
            (folder / f"{number}-uuid.json").write_text(json.dumps(item), encoding="utf-8")
    else:
        path = path.with_suffix(".jsonl" if "jsonl" in form else ".json")
        lines = "\n".join(map(json.dumps, events))
        whole = {
            "list": json.dumps(events),
            "awx": json.dumps({"count": 4, "results": events}),
            "with a mark": f"\ufeff{lines}",
        }
        path.write_text(whole.get(form, lines), encoding="utf-8")
        if form == "folder of jsonl":
            (tmp_path / "job").mkdir()
            path = path.rename(tmp_path / "job" / "events.jsonl").parent
    found = read_sources([str(path)]).changes
    assert [(item.id, item.result) for item in found] == [(changes[0]["id"], "done"), (changes[1]["id"], "uncertain")]


def test_record_and_events_of_the_same_run_tell_each_write_once(tmp_path: Path) -> None:
    record = written(tmp_path, "done")
    cut = record.path.read_text("utf-8").splitlines()[:2]
    history = merged([read_lines({"ex1": cut}), read_events([event({"changes": record.changes})])])
    assert [item.result for item in history.changes] == ["done"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"schema": 2}, {"target": {"type": "mailbox"}}, {"target": {"type": "directory", "kind": "pop"}},
        {"before": {"other": True}},
        {"after": {"OAuth2ClientProfileEnabled": {"a": 1}}}, {"target": "x"}, {"id": None, "target": None},
    ],
)  # fmt: skip
def test_an_entry_that_is_not_ours_is_refused_not_guessed(tmp_path: Path, wrong: dict[str, Any]) -> None:
    entry = {**json.loads(written(tmp_path, "done").path.read_text("utf-8").splitlines()[1]), **wrong}
    with pytest.raises(RecordUnreadable, match="ex1, line 1"):
        read_lines({"ex1": [json.dumps(entry)]})


def test_facts_and_back(tmp_path: Path) -> None:
    change = read_sources([str(written(tmp_path, "uncertain").path.parent)]).changes[0]
    assert change_of(change.facts()) == change


@pytest.mark.parametrize("text", ["nowhere", "empty", "events.json"])
def test_no_record_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "events.json").write_text("[]", encoding="ascii")
    with pytest.raises(RecordUnreadable, match=text):
        read_sources([str(tmp_path / text)])


def test_what_was_meant_is_said_where_it_can_be_seen(tmp_path: Path) -> None:
    for run in ("20261126T1", "20261127T1"):
        written(tmp_path, "done", run=run)
    with pytest.raises(RecordUnreadable, match=f"a folder above runs: name one of them, as {tmp_path}/20261127T1"):
        read_sources([str(tmp_path)])
    with pytest.raises(RecordUnreadable, match=r"hma_restore_list=true lists the runs\. A path with a blank in it"):
        read_sources([str(tmp_path / "RUN_ID")])


def test_a_run_that_changed_nothing_is_a_record(tmp_path: Path) -> None:
    assert read_sources([str(written(tmp_path).path.parent)]).changes == []


def test_unsafe_folders(tmp_path: Path) -> None:
    def open_to_all(path: Path) -> None:
        path.mkdir()
        path.chmod(0o777)

    def symbolic_link(path: Path) -> None:
        (tmp_path / "elsewhere").mkdir()
        path.symlink_to(tmp_path / "elsewhere")

    def a_file(path: Path) -> None:
        path.write_text("", encoding="ascii")

    def file_is_a_link(path: Path) -> None:
        path.mkdir()
        (path / "ex1.jsonl").symlink_to(tmp_path / "target")

    for name, prepare in {
        "open to all": open_to_all,
        "symbolic link": symbolic_link,
        "a file": a_file,
        "file is a link": file_is_a_link,
    }.items():
        prepare(tmp_path / name.replace(" ", "_"))
        with pytest.raises(RecordError, match="record"):
            written(tmp_path, "done", run=name.replace(" ", "_"))
    assert not (tmp_path / "target").exists()


def test_check_mode_sees_a_place_that_cannot_keep_the_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked without writing, and refused in the words of the run."""

    def looked(place: Path) -> str:
        try:
            Record(str(place), "run", "localhost", "hma_record").look()
        except RecordError as exc:
            return str(exc)
        return ""

    assert [looked(place) for place in (tmp_path, tmp_path / "not" / "there")] == ["", ""]
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("", encoding="ascii")
    assert "Not a directory). Without it nothing is changed" in looked(tmp_path / "file" / "records")
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    assert "is writable by everyone" in looked(tmp_path / "open")
    # Root may write wherever the file system lets anybody.
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    assert "(Permission denied)" in looked(tmp_path)
    monkeypatch.undo()
    full = os.statvfs_result([4096, 4096, 10, 0, 0, 10, 5, 5, 0, 255])
    monkeypatch.setattr(os, "statvfs", lambda _path: full)
    assert "(No space left on device)" in looked(tmp_path)


def test_a_full_disk_stops_before_the_write_and_says_after_it_that_it_was_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """/dev/full stands for the disk: every write to it is ENOSPC, from the kernel itself."""
    record = Record(str(tmp_path), "run", "ex1", "hma_orgconfig")
    number = record.intent("Organization 'Contoso'", FLAG, "Set-OrganizationConfig", OFF, ON)
    record.path = Path("/dev/full")
    # /dev is not ours, and not what is tested.
    monkeypatch.setattr(record, "_folder", lambda: None)
    monkeypatch.setattr(record, "_refuse", lambda refusal: None)
    with pytest.raises(RecordError, match=r"No space left on device.*Without it nothing is changed"):
        record.intent("Organization 'Contoso'", FLAG, "Set-OrganizationConfig", OFF, ON)
    with pytest.raises(RecordError, match=r"The write it was about was done, and its intent is recorded"):
        record.outcome(number, "done")
    assert [change["result"] for change in record.changes] == ["done"]


def machine(root: Path, *mounts: tuple[str, str], markers: tuple[str, ...] = ()) -> Path:
    (root / "proc" / "self").mkdir(parents=True)
    lines = [f"{number} 1 0:1 / {point} rw - {kind} none rw" for number, (point, kind) in enumerate(mounts)]
    (root / "proc" / "self" / "mountinfo").write_text("\n".join(lines) + "\n", encoding="ascii")
    for marker in markers:
        (root / marker).parent.mkdir(parents=True, exist_ok=True)
        (root / marker).touch()
    return root


PODMAN = ("run/.containerenv",)


@pytest.mark.parametrize(
    ("folder", "mounts", "markers", "environment", "reason"),
    [
        pytest.param("/srv/records", [("/", "ext4")], (), {}, None, id="host"),
        pytest.param("/srv/records", [("/", "overlay")], PODMAN, {}, "container's own file system", id="podman"),
        pytest.param(
            "/srv/records", [("/", "overlay")], (".dockerenv",), {}, "container's own file system", id="docker"
        ),
        pytest.param(
            "/srv/records",
            [("/", "overlay")],
            (),
            {"KUBERNETES_SERVICE_HOST": "10.0.0.1"},
            "container's own file system",
            id="pod",
        ),
        pytest.param("/srv/records", [("/", "overlay"), ("/srv", "ext4")], PODMAN, {}, None, id="volume"),
        pytest.param(
            "/runner/project/records",
            [("/", "overlay"), ("/runner", "xfs")],
            PODMAN,
            {},
            "job's own /runner",
            id="execution environment",
        ),
        pytest.param(
            "/runner/records",
            [("/", "overlay"), ("/runner", "xfs"), ("/runner/records", "nfs4")],
            PODMAN,
            {},
            None,
            id="mounted in /runner",
        ),
        pytest.param("/runners/records", [("/", "overlay"), ("/runners", "xfs")], PODMAN, {}, None, id="another name"),
        pytest.param("/dev/shm/records", [("/", "ext4"), ("/dev/shm", "tmpfs")], (), {}, "in memory", id="memory"),  # noqa: S108
        pytest.param(
            "/mnt/a b/r",
            [("/", "ext4"), ("/mnt/a\\040b", "tmpfs")],
            (),
            {},
            "in memory",
            id="a space in the mount point",
        ),
    ],
)
def test_a_place_that_will_not_outlive_the_job(
    tmp_path: Path,
    folder: str,
    mounts: list[tuple[str, str]],
    markers: tuple[str, ...],
    environment: dict[str, str],
    reason: str | None,
) -> None:
    found = durability.will_not_outlive(
        Path(folder), root=machine(tmp_path, *mounts, markers=markers), environment=environment
    )
    assert (found is None) if reason is None else (found is not None and reason in found)


def test_without_proc_nothing_is_claimed(tmp_path: Path) -> None:
    assert durability.will_not_outlive(Path("/srv"), root=tmp_path, environment={}) is None


# -- records that somebody edited

WRONG: dict[str, Any] = {
    "no object": [1], "a number": 5, "schema as text": {"schema": "1"}, "schema true": {"schema": True},
    "time as a list": {"time": ["2026"]},
    "time in words": {"time": "yesterday"}, "id as a list": {"id": ["a"]},
    "id with a line end": {"id": "0123456789abcdef\n"},
    "an unknown event": {"event": "wish"}, "target as text": {"target": "EX1"},
    "kind as a list": {"target": {"type": ["directory"]}},
    "no guid": {"target": {"type": "organization", "name": "x"}}, "a star for a guid": {"target": {**FLAG,
                                                                                                   "guid": "*"}},
    "names without tenant": {"target": {"type": "names"}},
    "a switch as text": {"before": {"OAuth2ClientProfileEnabled": "no"}},
    "a list of pairs": {"before": [["a", "b"]]}, "no after": {"after": None}, "half a pair": {"object": "\ud800"},
    "domains as a switch": {
        "target": {"type": "authserver", "guid": GUID, "name": "x", "realm": ""}, "before": {"DomainName": True},
        "after": {"DomainName": True},
    },
    "a property of another object": {"before": {"Enabled": True}, "after": {"Enabled": True}},
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_an_edited_record_is_one_message_with_file_and_line(tmp_path: Path, wrong: Any) -> None:
    record = written(tmp_path, "done")
    lines = record.path.read_text("utf-8").splitlines()
    lines[1] = json.dumps({**json.loads(lines[1]), **wrong} if isinstance(wrong, dict) else wrong)
    record.path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(RecordUnreadable) as refused:
        read_sources([str(record.path.parent)])
    assert str(refused.value).startswith(f"{record.path}, line 2: ")


def test_a_line_that_is_nested_deeply_and_an_id_that_occurs_twice(tmp_path: Path) -> None:
    record = written(tmp_path, "done")
    lines = record.path.read_text("utf-8").splitlines()
    for more, message in ((["[" * 100_000 + "]" * 100_000], "nested too deeply"), ([lines[1]], "is another write's")):
        record.path.write_text("\n".join([*lines, *more]), encoding="utf-8")
        with pytest.raises(RecordUnreadable, match=message):
            read_sources([str(record.path.parent)])
    path = tmp_path / "deep.json"
    path.write_text("[" * 100_000 + "]" * 100_000, encoding="utf-8")
    with pytest.raises(RecordUnreadable, match="nested too deeply"):
        read_sources([str(path)])


def test_what_records_said_before_there_was_a_word_for_it(tmp_path: Path) -> None:
    record = written(tmp_path, "open")
    record.outcome(record.changes[0]["id"], "failed", "not sent: a cmdlet before it failed")
    assert [change.result for change in read_sources([str(record.path.parent)]).changes] == ["not_sent"]


# -- lines that are missing, or stored in another form


def stored(tmp_path: Path, data: bytes) -> str:
    """The record of a run with one write, whose file holds these bytes instead."""
    record = written(tmp_path, "done")
    record.path.write_bytes(data)
    return str(record.path.parent)


@pytest.mark.parametrize(
    "spoil",
    [
        gzip.compress,
        lambda data: b"$ANSIBLE_VAULT;1.1;AES256\n" + data.hex().encode(),
        lambda data: data.decode().encode("utf-16-le"),
        lambda data: json.dumps([json.loads(line) for line in data.splitlines()], indent=2).encode(),
        lambda data: b"ex1.jsonl:" + data,
        lambda data: data.replace(b'{"schema": 1,', b'{ "schema" : 1 '),
    ],
    ids=["packed", "vault", "utf-16 without a mark", "pretty printed", "by grep", "edited"],
)
def test_a_record_in_another_form_is_not_taken_for_one_that_was_cut(
    tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    """Every line of it would count as torn, and "what was recorded is back" be said of nothing."""
    folder = stored(tmp_path, spoil(written(tmp_path / "first", "done").path.read_bytes()))
    with pytest.raises(RecordUnreadable, match="Nothing is taken back from it"):
        read_sources([folder])


def test_what_powershell_and_windows_make_of_a_record_is_read(tmp_path: Path) -> None:
    data = written(tmp_path / "first", "done").path.read_text("utf-8")
    for number, form in enumerate((data.encode("utf-16"), data.replace("\n", "\r\n").encode("utf-8-sig"))):
        assert len(read_sources([stored(tmp_path / str(number), form)]).changes) == 1


def test_zeros_that_a_disk_without_power_left_are_a_torn_line(tmp_path: Path) -> None:
    data = written(tmp_path / "first", "done").path.read_bytes()
    history = read_sources([stored(tmp_path, data + b"\0" * 40)])
    assert (len(history.changes), len(history.damaged)) == (1, 1)


def test_an_outcome_without_its_intent_says_that_lines_are_missing(tmp_path: Path) -> None:
    lines = written(tmp_path / "first", "done", "done").path.read_bytes().splitlines(keepends=True)
    with pytest.raises(RecordUnreadable, match=r"line 2: the outcome of the write .* lines of it are missing"):
        read_sources([stored(tmp_path, b"".join([lines[0], *lines[2:]]))])


def test_what_a_form_leaves_behind_a_path_is_no_part_of_it(tmp_path: Path) -> None:
    folder = written(tmp_path, "done").path.parent
    assert len(read_sources([f" {folder} \r\n"]).changes) == 1


def test_one_file_of_a_record_is_not_the_record(tmp_path: Path) -> None:
    control = written(tmp_path, host="localhost")
    written(tmp_path, "done", host="ex1")
    for file in (control.path, control.path.with_name("ex1.jsonl")):
        with pytest.raises(RecordUnreadable, match=f"is one file of a record.*Give the folder: {control.path.parent}"):
            read_sources([str(file)])
    alone = written(tmp_path / "alone", "done")
    assert len(read_sources([str(alone.path)]).changes) == 1


def test_the_file_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = written(tmp_path, "done")

    def denied(path: Path) -> tuple[bytes, str | None]:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(reader, "read_safely", denied)
    with pytest.raises(RecordUnreadable, match=rf"^{record.path} cannot be read \(Permission denied\)"):
        read_sources([str(record.path.parent)])


# -- whose the files are


def test_nothing_that_others_may_write_to_is_made_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        record = written(tmp_path / "deep" / "records", "done")
    finally:
        os.umask(before)
    for path in (record.path, record.path.parent, record.path.parents[1], record.path.parents[2]):
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (lambda record: record.path.chmod(0o666), "writable by everyone"),
        (lambda record: record.path.parent.chmod(0o777), "writable by everyone"),
        (
            lambda record: record.path.parents[1].chmod(0o777),
            "in which the record folder run is, is writable by everyone",
        ),
        (
            lambda record: record.path.rename(record.path.with_suffix(".x")).replace(record.path.parents[2] / "x"),
            "symbolic link",
        ),
    ],
    ids=["file", "folder", "above", "link"],
)
def test_what_others_could_have_put_there_is_neither_written_to_nor_restored_from(
    tmp_path: Path, prepare: Any, message: str
) -> None:
    record = written(tmp_path / "above" / "records", "done")
    text = record.path.read_text("utf-8")
    prepare(record)
    if message == "symbolic link":
        record.path.symlink_to(record.path.parents[2] / "x")
    with pytest.raises(RecordError, match=message if "link" not in message else "levels of symbolic links"):
        record.intent("Organization 'Contoso'", FLAG, "Set-OrganizationConfig", OFF, ON)
    assert record.path.read_text("utf-8") == text
    with pytest.raises(RecordUnreadable, match=message):
        read_sources([str(record.path.parent)])


def test_the_record_of_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root can give a file away; anybody else is here another one than the file's owner."""
    record = written(tmp_path, "done")
    if os.geteuid() == 0:
        os.chown(record.path, 4711, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 4711)
    with pytest.raises(RecordError, match="belongs to user"):
        record.outcome(record.changes[0]["id"], "done")
    with pytest.raises(RecordUnreadable, match="belongs to user"):
        read_sources([str(record.path.parent)])


def test_a_pipe_is_no_record_and_nothing_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "events.json")
    with pytest.raises(RecordUnreadable, match="no regular file"):
        read_sources([str(tmp_path / "events.json")])


@pytest.mark.parametrize("run", ["run\n", "../run", "", "a/b", "-x"])
def test_a_run_id_is_the_name_of_a_folder_and_nothing_else(tmp_path: Path, run: str) -> None:
    if run:
        with pytest.raises(RecordError, match="letters, digits, dot, dash and underscore only"):
            Record(str(tmp_path), run, "ex1", "hma_orgconfig")
    else:
        assert "\n" not in Record(str(tmp_path), run, "ex1", "hma_orgconfig").run_id


# -- all of a job's events, or none


def awx(number: int, total: int, size: int, changes: list[Any], job: int = 7) -> dict[str, Any]:
    """A page as AWX answers it (drf: the first page's number is left out of the address of it)."""

    def at(page: int) -> str | None:
        if not 1 <= page <= -(-total // size):
            return None
        return (
            f"/api/v2/jobs/{job}/job_events/?event__contains=runner"
            + (f"&page={page}" if page > 1 else "")
            + f"&page_size={size}"
        )

    first = (number - 1) * size
    events = [
        {**event({"changes": changes if index == 0 else []}), "id": index}
        for index in range(first, min(first + size, total))
    ]
    return {"count": total, "next": at(number + 1), "previous": at(number - 1), "results": events}


def pages(folder: Path, *found: dict[str, Any]) -> list[str]:
    paths = [folder / f"page{number}.json" for number in range(len(found))]
    for path, page in zip(paths, found, strict=True):
        path.write_text(json.dumps(page), encoding="utf-8")
    return [str(path) for path in paths]


def test_every_page_of_awx_or_none(tmp_path: Path) -> None:
    changes = written(tmp_path / "record", "done").changes
    given = pages(tmp_path, *(awx(number, 5, 2, changes) for number in (1, 2, 3)))
    assert len(read_sources(given).changes) == 1
    assert len(read_sources([given[2], given[0], given[1]]).changes) == 1
    for part in ([given[0]], [given[2]], given[:2], given[1:], [given[0], given[0]]):
        with pytest.raises(RecordUnreadable, match=r"page\d.json.* of 5 events of the job are here"):
            read_sources(part)
    # Two jobs, one of them not whole.
    other = pages(tmp_path / "record", awx(1, 4, 2, changes, job=8))
    with pytest.raises(RecordUnreadable, match="2 of 4 events"):
        read_sources([*given, *other])
    folder = tmp_path / "pages"
    folder.mkdir()
    pages(folder, *(awx(number, 5, 2, changes) for number in (1, 3)))
    with pytest.raises(RecordUnreadable, match="3 of 5 events"):
        read_sources([str(folder)])


def test_a_page_without_a_count(tmp_path: Path) -> None:
    page = {**awx(1, 4, 2, written(tmp_path / "record", "done").changes), "count": None}
    with pytest.raises(RecordUnreadable, match="another page follows"):
        read_sources(pages(tmp_path, page))


@pytest.mark.parametrize("result", [{}, None, {"censored": "the output has been hidden"}])
def test_a_task_of_ours_without_its_result_is_not_taken_for_one_that_wrote_nothing(result: Any) -> None:
    with pytest.raises(
        RecordUnreadable, match=r"the result of the task 'hybrid\.exchange\.hma_orgconfig' on ex1 is not in it"
    ):
        read_events([event(result)])


def of_task(name: str, host: str, **result: Any) -> dict[str, Any]:
    """An event of a task of ours, as AWX numbers it."""
    data = {"host": host, "task": "Turn OAuth on", "task_uuid": "7", "task_action": "hybrid.exchange.hma_vdir_oauth"}
    return {"event": name, "event_data": {**data, **({"res": result} if result else {})}}


def test_a_task_that_was_under_way_when_its_job_was_killed_is_named() -> None:
    """Its writes are in no event: that everything is back cannot be said."""
    begun = [of_task("runner_on_start", host) for host in ("ex1", "ex2", "ex3")]
    ended = [of_task("runner_on_ok", "ex1", changed=False), of_task("runner_on_unreachable", "ex3", unreachable=True)]
    for events in ([*begun, *ended], [*ended, *begun]):
        assert [(task.task, task.host) for task in read_events(events).unfinished] == [("Turn OAuth on", "ex2")]
    other = {"event": "runner_on_start", "event_data": {"host": "ex1", "task": "x", "task_action": "debug"}}
    item = of_task("runner_item_on_ok", "ex1", changed=False)
    assert read_events([other]).unfinished == []
    assert len(read_events([begun[0], item]).unfinished) == 1


def test_the_events_of_a_job_that_was_killed_in_its_first_write_are_a_record(tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    path.write_text(json.dumps([of_task("runner_on_start", "ex2")]), encoding="utf-8")
    assert [task.host for task in read_sources([str(path)]).unfinished] == ["ex2"]


def test_a_task_may_end_on_another_page_of_its_job(tmp_path: Path) -> None:
    """The file of every page is given as a list, as the message about a missing one says."""
    changes = written(tmp_path / "record", "done").changes
    begun = [of_task("runner_on_start", host) for host in ("ex1", "ex2")]
    first = {"count": 3, "next": "/api/v2/jobs/1/job_events/?page=2", "previous": None, "results": begun}
    last = {
        "count": 3,
        "next": None,
        "previous": "/api/v2/jobs/1/job_events/?page=1",
        "results": [of_task("runner_on_ok", "ex1", changed=True, changes=changes)],
    }
    files = pages(tmp_path, first, last)
    for order in (files, files[::-1]):
        read = read_sources(order)
        assert len(read.changes) == 1
        assert [task.host for task in read.unfinished] == ["ex2"]


def test_changes_of_other_modules_are_not_ours() -> None:
    for other in (True, {"target": "x"}, [{"target": "x"}], ["text"], "text", None):
        assert (
            read_events(
                [{"event": "runner_on_ok", "event_data": {"task_action": "other.module", "res": {"changes": other}}}]
            ).changes
            == []
        )
    assert read_events([None, 5, "text", {"event_data": []}, {"event_data": {"res": [1]}}]).changes == []
    assert read_events([{"event": [], "event_data": {"task_action": []}}]).changes == []
