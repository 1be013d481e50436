"""Databases that trackio itself wrote are read whole, exactly, and without a trace."""

from __future__ import annotations

import math
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from run_folders import config_at
from trackio_writer import CONFIG, written

from journal.errors import AmbiguousRun, CorruptLog, SourceUnavailable
from journal.model.run import RunState
from journal.sources.contract import ExpectedRun, SourceCase, SourceContract, tree
from journal.sources.registry import Sources
from journal.sources.trackio_runs.runs import TrackioRuns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from journal.sources.open_run import OpenRun


def copied(root: Path, *projects: str) -> Path:
    """Some of the written databases in the folder `runs` of a journal, with the files beside them."""
    (root / "runs").mkdir()
    for project in projects:
        for file in written().glob(f"{project}.*"):
            shutil.copy(file, root / "runs")
    return root / "runs"


def ids(root: Path) -> dict[str, str]:
    """The id of each run, by project and name."""
    return {f"{head.project}/{head.name}": head.id for head in TrackioRuns(config_at(root, "runs")).heads()}


def opened(root: Path, reference: str) -> OpenRun:
    source = TrackioRuns(config_at(root, "runs"))
    head = source.locate(reference)
    assert head is not None
    return source.open(head)


def points(run: OpenRun, metric: str) -> list[tuple[int, float]]:
    column = run.column(metric)
    assert column is not None
    return list(zip(column.steps.to_list(), column.values.to_list(), strict=True))


def write(database: Path, statement: str, *rows: Sequence[Any]) -> None:
    """Change a database as trackio would."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.executemany(statement, rows or [()])


def old_database(file: Path) -> None:
    """A database as trackio wrote it before 0.24, when runs had no ids."""
    write(
        file, "CREATE TABLE metrics (id INTEGER PRIMARY KEY, timestamp TEXT, run_name TEXT, step INTEGER, metrics TEXT)"
    )
    write(file, "CREATE TABLE configs (id INTEGER PRIMARY KEY, run_name TEXT, config TEXT, created_at TEXT)")
    insert = "INSERT INTO metrics (timestamp, run_name, step, metrics) VALUES (?, ?, ?, ?)"
    write(file, insert, *(("2025-08-01T10:00:00+00:00", "a/b run", step, f'{{"loss":{step}.5}}') for step in range(3)))
    write(file, "INSERT INTO configs (run_name, config) VALUES (?, ?)", ("a/b run", '{"lr": 0.5, "_Group": null}'))


class TestTrackioRuns(SourceContract):
    @pytest.fixture
    def case(self, tmp_path: Path) -> SourceCase:
        runs = copied(tmp_path, "toy", "live")
        old_database(runs / "aged.db")
        known = ids(tmp_path)
        warm = {
            "loss": [(0, 0.1), (7, math.nan), (9, -0.0)],
            "grad.norm": [(0, float(1 << 60))],
            "epoch": [(0, 0.0)],
            "acc": [(7, math.inf)],
        }
        told = {"config": CONFIG, "name": "warm-up", "state": RunState.UNKNOWN, "last_step": 9, "rows": 3}
        second = {"loss": [(0, 0.25)], "big": [(1, float(1 << 60))]}
        return SourceCase(
            TrackioRuns,
            tmp_path,
            ("runs",),
            (
                ExpectedRun("a/b run", {"loss": [(0, 0.5), (1, 1.5), (2, 2.5)]}, {"config": {"lr": 0.5}}),
                ExpectedRun(known["live/going"], {"loss": [(5, 1.0), (6, 2.0)]}),
                ExpectedRun(known["toy/warm-up"], warm, told, problems=True),
                ExpectedRun(known["toy/second"], second, {"name": "second"}, problems=True),
            ),
            located={
                "runs/live.db": known["live/going"],
                "runs/toy.db/second": known["toy/second"],
                f"runs/toy.db/{known['toy/warm-up']}": known["toy/warm-up"],
                str(runs / "aged.db"): "a/b run",
            },
        )


def test_what_is_replaced_left_out_or_rounded_is_told(tmp_path: Path) -> None:
    copied(tmp_path, "toy")
    second = opened(tmp_path, "runs/toy.db/second")
    assert [problem.message for problem in second.problems] == ["values that a later one at the same step replaces: 1"]
    assert {metric.name: metric.rounded for metric in second.metrics} == {"big": 1, "loss": 0}
    (segment,) = second.segments
    assert (segment.rows, segment.kept) == (3, 2)
    warm = opened(tmp_path, "runs/toy.db/warm-up")
    assert [problem.message for problem in warm.problems] == [
        "values called '_step', which is no metric's name, left out: 1"
    ]


def test_times_and_the_start_are_those_that_trackio_stored(tmp_path: Path) -> None:
    copied(tmp_path, "toy")
    run = opened(tmp_path, "runs/toy.db/warm-up")
    column = run.column("loss")
    assert column is not None
    assert run.started is not None
    assert abs(run.started.timestamp() - column.times[0]) < 60
    assert column.times.is_sorted()


def test_rows_that_go_back_as_after_a_restart_replace_what_stood_there(tmp_path: Path) -> None:
    runs = copied(tmp_path)
    old_database(runs / "aged.db")
    insert = "INSERT INTO metrics (timestamp, run_name, step, metrics) VALUES ('2025-08-01', 'a/b run', ?, ?)"
    write(runs / "aged.db", insert, (1, '{"loss": 7}'))
    run = opened(tmp_path, "runs/aged.db")
    assert points(run, "loss") == [(0, 0.5), (1, 7.0)]
    assert [(problem.message, problem.offset) for problem in run.problems] == [
        ("steps that go back as after a restart, from where on the later rows count: 1", None)
    ]


def test_rows_that_cannot_be_read_and_media_are_no_metrics(tmp_path: Path) -> None:
    runs = copied(tmp_path)
    old_database(runs / "aged.db")
    insert = "INSERT INTO metrics (timestamp, run_name, step, metrics) VALUES ('when', 'a/b run', ?, ?)"
    image = '{"image": {"_type": "trackio.image", "size": 3}, "deep": {"x": {"y": "-Infinity"}}, "list": [1]}'
    write(runs / "aged.db", insert, (7, "no json"), ("no step", "{}"), (8, "[1]"), (9, image))
    run = opened(tmp_path, "runs/aged.db")
    assert run.metric_names == ("deep.x.y", "loss")
    assert points(run, "deep.x.y") == [(9, -math.inf)]
    assert run.history("deep.x.y", wall_time=True)["_timestamp"].to_list() == [None]
    assert [problem.message for problem in run.problems] == [
        "rows without a step or without metrics that can be read, left out: 3"
    ]


def test_what_other_runs_of_the_database_do_changes_no_sum(tmp_path: Path) -> None:
    runs = copied(tmp_path, "toy")
    before = opened(tmp_path, "runs/toy.db/second").origin
    insert = "INSERT INTO metrics (run_id, timestamp, run_name, step, metrics) VALUES (?, ?, ?, ?, ?)"
    known = ids(tmp_path)
    row = ("2026-01-01T00:00:00+00:00", "x", 99, b'{"loss":1}')
    write(runs / "toy.db", insert, (known["toy/warm-up"], *row))
    assert opened(tmp_path, "runs/toy.db/second").origin == before
    write(runs / "toy.db", insert, (known["toy/second"], *row))
    grown = opened(tmp_path, f"runs/toy.db/{known['toy/second']}")
    assert grown.origin.bytes > before.bytes
    assert grown.grown_from(before) is not None
    write(runs / "toy.db", "UPDATE metrics SET step = 5 WHERE run_name = 'second' AND step = 0")
    assert opened(tmp_path, f"runs/toy.db/{known['toy/second']}").grown_from(before) is None


def test_a_database_of_several_runs_asks_which_one_is_meant(tmp_path: Path) -> None:
    copied(tmp_path, "toy")
    known = ids(tmp_path)
    with pytest.raises(AmbiguousRun, match="holds 2 runs") as caught:
        opened(tmp_path, "runs/toy.db")
    assert all(run_id in str(caught.value) for run_id in known.values())
    assert TrackioRuns(config_at(tmp_path, "runs")).locate("runs/toy.db/third") is None


def test_trackios_own_folder_is_looked_into_only_if_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copied(tmp_path, "toy")
    (tmp_path / "below").mkdir()
    shutil.copytree(home, home / "below")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    config = config_at(tmp_path, "elsewhere")
    assert list(TrackioRuns(config).heads()) == []
    monkeypatch.setenv("TRACKIO_DIR", str(home))
    assert sorted({head.place.rpartition("/")[0] for head in TrackioRuns(config).heads()}) == ["runs/toy.db"]
    assert TrackioRuns(config).places() == ("elsewhere", "runs")


def test_runs_are_found_by_id_name_and_project(tmp_path: Path) -> None:
    copied(tmp_path, "toy")
    known = ids(tmp_path)
    sources = Sources(config_at(tmp_path, "runs"))
    run_id = known["toy/second"]
    for reference in ("second", run_id, run_id[:8], f"toy/{run_id}", "runs/toy.db/second"):
        assert sources.open(reference).id == run_id
    assert sources.find("second").address == f"toy/{run_id}"


def test_databases_of_others_are_no_runs_and_a_damaged_one_is_told(tmp_path: Path) -> None:
    runs = copied(tmp_path, "toy")
    write(runs / "other.db", "CREATE TABLE metrics (key TEXT, value REAL)")
    (runs / "text.db").write_text("no database")
    sound = (runs / "toy.db").read_bytes()
    (runs / "worse.db").write_bytes(sound[:5000])
    foreign = (runs / "other.db").read_bytes().replace(b"TABLE metrics", b"TABLE (etrics")
    (runs / "damaged.db").write_bytes(foreign)
    source = TrackioRuns(config_at(tmp_path, "runs"))
    heads = source.heads()
    assert [next(heads).project, next(heads).project] == ["toy", "toy"]
    with pytest.raises(SourceUnavailable, match=r"worse\.db"):
        next(heads)
    for name in ("worse", "damaged"):
        with pytest.raises(CorruptLog, match="cannot be read"):
            source.locate(f"runs/{name}.db")


@pytest.mark.parametrize("name", ["toy.db", "mlflow.db"])
def test_a_damaged_database_is_told_once_and_hides_no_run(name: str, tmp_path: Path) -> None:
    runs = copied(tmp_path, "toy")
    sound = (runs / "toy.db").read_bytes()
    (runs / "toy.db").rename(runs / "well.db")
    (runs / name).write_bytes(sound[:-4096])
    sources = Sources(config_at(tmp_path, "runs"))
    assert [head.project for head in sources.heads()] == ["well", "well"]
    assert [error.path for error in sources.unreached] == [runs / name]


def test_a_database_that_is_being_written_to_is_left_as_it_is(tmp_path: Path) -> None:
    runs = copied(tmp_path, "live")
    assert (runs / "live.db-wal").stat().st_size > 0
    (runs / "live.db-shm").unlink()
    before = tree(tmp_path)
    assert points(opened(tmp_path, "runs/live.db"), "loss") == [(5, 1.0), (6, 2.0)]
    assert tree(tmp_path) == before
