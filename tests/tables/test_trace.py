from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.config import Config, load
from journal.document.document import parse
from journal.errors import BlockError
from journal.model.evidence import (
    BlockEvidence,
    CallEvidence,
    CellEvidence,
    CellState,
    Evidence,
    PredictionEvidence,
    RunEvidence,
    SegmentEvidence,
    Verdict,
)
from journal.model.run import Origin, RunState
from journal.sources.registry import Sources
from journal.tables.trace import Now, TracedCall, TracedCell, TracedFile, look, trace

if TYPE_CHECKING:
    from pathlib import Path

    from journal.model.entry import Entry

LOG = b"twelve bytes"
ENTRY = """---
title: One
created: 2026-02-21T19:01:15+08:00
runs: [{id: bunuc9ei, as: iga}, {id: fej59g91, as: ipa}]
---

## Results

<!-- journal:table matched
metrics: [loss]
-->
<!-- /journal:table -->

<!-- journal:table later
metrics: [loss]
-->
<!-- /journal:table -->
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    place = tmp_path / "lab"
    place.mkdir()
    (place / "journal.toml").write_text('runs = ["wandb", "../elsewhere"]\n')
    return place


def config_of(root: Path) -> Config:
    config = load(root)
    assert config is not None
    return config


def entry() -> Entry:
    return parse(ENTRY.encode(), "entries/2026-02-21-one.md").entry


def origin(path: str, raw: bytes = LOG) -> Origin:
    return Origin(kind="wandb-log", path=path, bytes=len(raw), sha256=hashlib.sha256(raw).hexdigest())


def run(name: str, *segments: str, **given: Any) -> RunEvidence:
    base = {"id": name, "state": RunState.FINISHED, "rows": 4, "origin": origin(f"wandb/{name}.wandb")}
    parts = tuple(SegmentEvidence(origin=origin(path), kept=2) for path in segments)
    return RunEvidence.model_validate(base | {"segments": parts or None} | given)


def call(handle: str, reference: str, value: float) -> CallEvidence:
    return CallEvidence(
        expression=f"last(loss)@{handle}", run=reference, metric="loss", statistic="last", window="all",
        state=CellState.VALUE, value=value, n=4, nonfinite=0,
    )  # fmt: skip


def cell(row: str, column: str, **given: Any) -> CellEvidence:
    return CellEvidence(row=row, column=column, **given)


def block(*cells: CellEvidence, runs: dict[str, str] | None = None) -> BlockEvidence:
    return BlockEvidence(kind="table", spec={}, sum="0" * 8, runs=runs or {}, cells=cells)


def evidence(**given: Any) -> Evidence:
    iga, ipa = call("iga", "bunuc9ei", 0.5), call("ipa", "fej59g91", 0.25)
    ratio = {"expression": "last(loss)@iga / last(loss)@ipa", "state": CellState.VALUE, "value": 2.0}
    cells = (
        cell("loss, smooth", "iga", **iga.model_dump()),
        cell("loss, smooth", "ipa", **ipa.model_dump()),
        cell("loss, smooth", "iga / ipa", **ratio, parts=(iga, ipa)),
    )
    cited = cell("iga", "", **iga.model_dump())
    prediction = PredictionEvidence(
        claim="it falls",
        expect="last(loss)@iga < 0.7",
        verdict=Verdict.CONFIRMED,
        value=0.5,
        threshold=0.7,
        parts=(iga,),
    )
    base: dict[str, Any] = {
        "entry": "2026-02-21-one",
        "blocks": {"matched": block(*cells), "runs": block()},
        "citations": {"iga last(loss)": block(cited)},
        "predictions": (prediction,),
        "runs": {"bunuc9ei": run("bunuc9ei"), "fej59g91": run("fej59g91")},
    }
    return Evidence.model_validate(base | given)


def traced(root: Path, *names: str, **given: Any) -> tuple[TracedCell, ...]:
    return trace(entry(), evidence(**given), config_of(root), *names)


def put(root: Path, path: str, raw: bytes = LOG) -> None:
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(raw)


# which cells


def test_every_number_of_the_entry_is_followed_blocks_first(root: Path) -> None:
    assert [(found.block, found.name) for found in traced(root)] == [
        ("matched", "loss, smooth, iga"),
        ("matched", "loss, smooth, ipa"),
        ("matched", "loss, smooth, iga / ipa"),
        ("values", "iga last(loss)"),
        ("predictions", "it falls"),
    ]


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("loss, smooth, iga", ["iga"]),
        (" loss,smooth ,iga", ["iga"]),
        ("loss, smooth", ["iga", "ipa", "iga / ipa"]),
        ("iga / ipa", ["iga / ipa"]),
        ("ipa", ["ipa"]),
    ],
)
def test_a_cell_is_named_by_row_by_column_or_by_both(root: Path, label: str, expected: list[str]) -> None:
    assert [found.cell.column for found in traced(root, "matched", label)] == expected


def test_cited_values_and_predictions_are_named_as_blocks(root: Path) -> None:
    (value,) = traced(root, "values", "iga last(loss)")
    assert (value.cell.value, value.parts[0].handle) == (0.5, "iga")
    assert value.alone is value.parts[0]
    (prediction,) = traced(root, "predictions", "it falls")
    assert prediction.prediction is not None
    assert prediction.prediction.verdict is Verdict.CONFIRMED
    assert prediction.alone is None
    assert [part.call.expression for part in prediction.parts] == ["last(loss)@iga"]


def test_a_block_may_be_called_values(root: Path) -> None:
    found = traced(
        root, "values", blocks={"values": block(cell("r", "c", **call("iga", "bunuc9ei", 1.0).model_dump()))}
    )
    assert [each.name for each in found] == ["r, c", "iga last(loss)"]


@pytest.mark.parametrize(
    ("names", "message", "hint"),
    [
        (("nope",), "there is no block 'nope' with numbers", "there are: matched; runs; values; predictions"),
        (("runs",), "block 'runs' shows no numbers", "others: matched; runs; values; predictions"),
        (("later",), "block 'later' has not been filled", "run `journal fill-results 2026-02-21-one`"),
        (
            ("matched", "loss"),
            "block 'matched' has no cell 'loss'",
            "there are: loss, smooth, iga; loss, smooth, ipa; loss, smooth, iga / ipa",
        ),
        (("predictions", "x"), "block 'predictions' has no cell 'x'", "there are: it falls"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(root: Path, names: tuple[str, ...], message: str, hint: str) -> None:
    with pytest.raises(BlockError) as caught:
        traced(root, *names)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_an_entry_that_was_never_filled_has_nothing_to_follow(root: Path) -> None:
    assert trace(entry(), Evidence(entry="2026-02-21-one"), config_of(root)) == ()
    with pytest.raises(BlockError, match="none is filled yet"):
        trace(entry(), Evidence(entry="2026-02-21-one"), config_of(root), "values")


# down to the bytes


def test_arithmetic_is_followed_through_each_of_its_calls(root: Path) -> None:
    put(root, "wandb/bunuc9ei.wandb")
    (ratio,) = traced(root, "matched", "iga / ipa")
    assert ratio.alone is None
    assert [(part.handle, part.run and part.run.id, part.now) for part in ratio.parts] == [
        ("iga", "bunuc9ei", Now.SAME),
        ("ipa", "fej59g91", Now.ABSENT),
    ]


def test_each_segment_has_its_own_file_and_the_worst_counts(root: Path) -> None:
    put(root, "wandb/one.wandb")
    put(root, "wandb/two.wandb", LOG + b"and more")
    runs = {"bunuc9ei": run("bunuc9ei", "wandb/one.wandb", "wandb/two.wandb")}
    (found,) = traced(root, "values", runs=runs)
    (part,) = found.parts
    assert [file.now for file in part.files] == [Now.SAME, Now.GROWN]
    assert part.now is Now.GROWN


def test_a_run_that_the_evidence_does_not_hold_has_no_files(root: Path) -> None:
    (found,) = traced(root, "values", runs={})
    (part,) = found.parts
    assert (part.run, part.files, part.now) == (None, (), None)


def test_a_run_read_anew_after_the_block_was_filled_is_told(root: Path) -> None:
    iga = cell("loss", "iga", **call("iga", "bunuc9ei", 0.5).model_dump())
    same = block(iga, runs={"bunuc9ei": run("bunuc9ei").origin.sha256})
    other = block(iga, runs={"bunuc9ei": "f" * 64})
    found = traced(root, blocks={"matched": same, "later": other})
    assert [each.parts[0].filled_from for each in found[:2]] == [None, "f" * 64]


TRACKIO = """
    CREATE TABLE metrics (id INTEGER PRIMARY KEY, timestamp TEXT, run_name TEXT, step INTEGER, metrics TEXT);
    INSERT INTO metrics VALUES (1, '2026-02-21T10:00:00+00:00', 'first', 0, '{"loss": 0.5}');
"""
MLFLOW = """
    CREATE TABLE experiments (experiment_id INTEGER, name TEXT);
    CREATE TABLE runs (run_uuid TEXT, status TEXT, experiment_id INT);
    CREATE TABLE metrics (key TEXT, value FLOAT, timestamp BIGINT, run_uuid TEXT);
    CREATE TABLE params (key TEXT, value TEXT, run_uuid TEXT);
    CREATE TABLE tags (key TEXT, value TEXT, run_uuid TEXT);
    INSERT INTO experiments VALUES (0, 'toys');
    INSERT INTO runs VALUES ('0af3', 'FINISHED', 0);
    INSERT INTO metrics VALUES ('loss', 0.5, 1771669275000, '0af3');
"""


def mlflow_folder(place: Path) -> None:
    (place / "metrics").mkdir(parents=True)
    (place / "metrics" / "loss").write_text("1771669275000 0.5 0\n")
    (place / "meta.yaml").write_text("run_id: 0bf3\nexperiment_id: '0'\nstatus: 3\nstart_time: 1771669275000\n")


def database(file: Path, script: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executescript(script)


@pytest.mark.parametrize(
    ("kind", "reference"),
    [("trackio", "wandb/toy.db/first"), ("mlflow-db", "wandb/mlflow.db/0af3"), ("mlflow-folder", "wandb/0/0bf3")],
)
def test_what_was_read_out_of_a_database_or_of_many_files_is_not_compared(
    root: Path, kind: str, reference: str
) -> None:
    mlflow_folder(root / "wandb" / "0" / "0bf3")
    database(root / "wandb" / "toy.db", TRACKIO)
    database(root / "wandb" / "mlflow.db", MLFLOW)
    opened = Sources(config_of(root)).open(reference)
    assert (opened.origin.kind, opened.history().rows()) == (kind, [(0, 0.5)])
    found = traced(root, "values", runs={"bunuc9ei": run("bunuc9ei", origin=opened.origin)})
    assert [part.now for part in found[0].parts] == [Now.APART]


def test_each_file_is_read_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root, "wandb/bunuc9ei.wandb")
    asked: list[str] = []

    def counted(_: Config, path: str, *__: object) -> Now:
        asked.append(path)
        return Now.SAME

    monkeypatch.setattr("journal.tables.trace.look", counted)
    traced(root)
    assert sorted(asked) == ["wandb/bunuc9ei.wandb", "wandb/fej59g91.wandb"]


# the bytes as they are now


@given(st.binary(max_size=40), st.binary(max_size=10), st.integers(0, 40))
def test_a_file_is_the_same_has_grown_or_is_another(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes, more: bytes, cut: int
) -> None:
    root = tmp_path_factory.mktemp("lab")
    put(root, "journal.toml", b"")
    put(root, "wandb/log", raw + more)
    config, total = config_of(root), hashlib.sha256(raw).hexdigest()
    assert look(config, "wandb/log", len(raw), total) is (Now.GROWN if more else Now.SAME)
    put(root, "wandb/log", raw[:cut])
    assert look(config, "wandb/log", len(raw), total) is (Now.SAME if cut >= len(raw) else Now.OTHER)
    put(root, "wandb/log", b"\xff" + raw)
    if raw.strip(b"\xff"):
        assert look(config, "wandb/log", len(raw), total) is Now.OTHER


def told(root: Path, path: str) -> Now:
    return look(config_of(root), path, len(LOG), hashlib.sha256(LOG).hexdigest())


def test_a_file_outside_the_journal_is_looked_for_in_the_folders_of_runs(root: Path) -> None:
    assert told(root, "run-1/run-1.wandb") is Now.UNKNOWN
    put(root, "../elsewhere/run-1/run-1.wandb")
    assert told(root, "run-1/run-1.wandb") is Now.SAME
    assert told(root, "wandb/run-1/run-1.wandb") is Now.ABSENT
    put(root, "logs/other.csv")
    assert told(root, "logs/one.csv") is Now.ABSENT


def test_a_file_with_fewer_bytes_than_were_read_is_another(root: Path) -> None:
    put(root, "wandb/log")
    assert look(config_of(root), "wandb/log", len(LOG) + 1, hashlib.sha256(LOG).hexdigest()) is Now.OTHER


def test_a_path_that_leads_elsewhere_is_not_followed(root: Path, tmp_path: Path) -> None:
    put(root, "../secret")
    assert told(root, str(tmp_path / "secret")) is Now.UNKNOWN
    assert told(root, "wandb/../../secret") is Now.UNKNOWN


def test_a_folder_or_a_pipe_in_its_place_is_no_file(root: Path) -> None:
    (root / "wandb" / "log").mkdir(parents=True)
    os.mkfifo(root / "wandb" / "pipe")
    assert told(root, "wandb/log") is Now.ABSENT
    assert told(root, "wandb/pipe") is Now.ABSENT


def test_a_file_that_may_not_be_read_is_told_apart(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root, "wandb/log")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    config = config_of(root)
    monkeypatch.setattr("pathlib.Path.open", refuse)
    assert look(config, "wandb/log", len(LOG), "") is Now.UNREADABLE


def test_of_several_files_the_worst_counts() -> None:
    files = [TracedFile(origin(now.name), now) for now in Now]
    for number, now in enumerate(Now):
        assert TracedCall(call("iga", "bunuc9ei", 1.0), None, None, tuple(files[number:])).now is now


def test_a_run_keeps_what_was_known_of_it(root: Path) -> None:
    started = datetime(2026, 2, 21, 12, tzinfo=UTC)
    runs = {"bunuc9ei": run("bunuc9ei", commit="a" * 40, dirty=True, sdk="0.19.1", started=started)}
    (found,) = traced(root, "values", runs=runs)
    held = found.parts[0].run
    assert held is not None
    assert (held.commit, held.dirty, held.sdk, held.started) == ("a" * 40, True, "0.19.1", started)
