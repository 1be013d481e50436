"""MLflow's databases, written by MLflow, read without it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from mlflow_expected import expected

from journal.config import CONFIG_NAME, Config, Settings
from journal.errors import AmbiguousRun, CorruptLog, SourceUnavailable
from journal.sources.contract import SourceCase, SourceContract, tree
from journal.sources.mlflow_runs.databases import MlflowDatabases
from mlflow_server import COMMIT, Written

if TYPE_CHECKING:
    from pathlib import Path


class TestMlflowDatabases(SourceContract):
    @pytest.fixture
    def case(self, tmp_path: Path, mlflow_written: Written) -> SourceCase:
        (tmp_path / "runs" / "deep").mkdir(parents=True)
        database = tmp_path / "runs" / "deep" / "mlflow.db"
        small_copy(mlflow_written.database, database)
        with closing(sqlite3.connect(tmp_path / "runs" / "foreign.db")) as foreign:
            foreign.execute("CREATE TABLE runs (run_uuid TEXT)")
        going = mlflow_written.runs["going"]
        located = {f"runs/deep/mlflow.db/{going}": going, f"{database}/{going}": going}
        return SourceCase(MlflowDatabases, tmp_path, ("runs",), expected(mlflow_written.runs), located=located)


def small_copy(database: Path, copy: Path) -> None:
    """A database with all that is in another, and without the room that is free in it and the indices of its tables."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA page_size = 512")
        connection.execute("VACUUM INTO ?", [str(copy)])


@pytest.fixture
def database(tmp_path: Path, mlflow_written: Written) -> Path:
    (tmp_path / "runs").mkdir()
    copy = tmp_path / "runs" / "mlflow.db"
    shutil.copy(mlflow_written.database, copy)
    return copy


def source(root: Path, *folders: str) -> MlflowDatabases:
    return MlflowDatabases(Config(root, Settings(runs=folders or ("runs",)), root / CONFIG_NAME))


def test_times_are_those_that_were_logged(tmp_path: Path, database: Path, mlflow_written: Written) -> None:
    assert database.is_file()
    (head, *_) = source(tmp_path).heads()
    column = source(tmp_path).open(head).column("loss")
    assert column is not None
    assert column.times.to_list() == [(1700000000123 + wall) / 1000 for wall in (0, 1, 2, 4, 5)]
    assert (head.project, head.remote) == ("toy", "https://git.lab.example/a/b.git")
    assert head.id == mlflow_written.runs["a long one"]


def test_the_last_values_are_the_summary_that_mlflow_keeps(tmp_path: Path, database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        told = dict(connection.execute("SELECT key, value FROM latest_metrics WHERE key != 'going' AND step != 0"))
    run = source(tmp_path).open(next(source(tmp_path).heads()))
    assert {name: column.values[-1] for name in run.metric_names if (column := run.column(name))} == told


def test_a_database_that_is_being_written_to_is_read_as_of_its_last_commit(tmp_path: Path, database: Path) -> None:
    run = next(source(tmp_path).heads())
    before = source(tmp_path).open(run).origin
    with closing(sqlite3.connect(database, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        row = "INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, 0)"
        writer.execute(row, ("loss", 0.125, 1, run.id, 99))
        writer.execute("BEGIN")
        writer.execute(row, ("loss", 0.5, 2, run.id, 100))
        files = tree(database.parent)
        opened = source(tmp_path).open(run)
        assert tree(database.parent) == files
        assert opened.last_step == 99
        assert opened.origin.bytes > before.bytes
        grown = opened.grown_from(before)
        assert grown is not None
        assert opened.files is not None
        assert {file.name for file in opened.files} >= {"mlflow.db", "mlflow.db-wal"}


def test_a_run_whose_values_were_changed_has_not_grown(tmp_path: Path, database: Path) -> None:
    run = next(source(tmp_path).heads())
    before = source(tmp_path).open(run).origin
    with closing(sqlite3.connect(database)) as writer, writer:
        writer.execute("UPDATE metrics SET value = 0.2 WHERE value = 0.1")
    assert source(tmp_path).open(run).grown_from(before) is None


def test_other_runs_of_the_database_do_not_change_the_origin(
    tmp_path: Path, database: Path, mlflow_written: Written
) -> None:
    run = next(source(tmp_path).heads())
    before = source(tmp_path).open(run).origin
    with closing(sqlite3.connect(database)) as writer, writer:
        writer.execute("DELETE FROM metrics WHERE run_uuid = ?", [mlflow_written.runs["going"]])
    assert source(tmp_path).open(run).origin == before
    assert before.path == f"runs/mlflow.db/{run.id}"


def test_a_database_of_a_first_version_is_read(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "old.db")) as old, old:
        old.executescript("""
            CREATE TABLE experiments (experiment_id INTEGER, name TEXT, lifecycle_stage TEXT);
            CREATE TABLE runs (run_uuid TEXT, status TEXT, start_time INT, source_version TEXT, experiment_id INT);
            CREATE TABLE metrics (key TEXT, value FLOAT, timestamp BIGINT, run_uuid TEXT);
            CREATE TABLE params (key TEXT, value TEXT, run_uuid TEXT);
            CREATE TABLE tags (key TEXT, value TEXT, run_uuid TEXT);
            INSERT INTO experiments VALUES (0, 'first', 'active'), (1, 'gone', 'deleted');
            INSERT INTO metrics VALUES ('loss', 0.5, 1700000000000, 'abc');
            INSERT INTO metrics VALUES ('loss', 'no number', 1700000000001, 'abc');
            INSERT INTO tags VALUES ('mlflow.runName', 'by tag', 'abc');
        """)
        old.executemany(
            "INSERT INTO runs VALUES (?, 'FINISHED', 0, ?, ?)", [("abc", COMMIT, 0), ("def", "", 1), ("../x", "", 0)]
        )
    (head,) = source(tmp_path, ".").heads()
    run = source(tmp_path, ".").open(head)
    assert (head.id, head.project, head.name, head.commit) == ("abc", "first", "by tag", COMMIT)
    assert run.history().rows() == [(0, 0.5)]
    assert [(problem.message, problem.count) for problem in run.problems] == [
        ("values that are no numbers at a step: 1", 1)
    ]


def test_a_database_can_be_named_itself_among_the_folders(tmp_path: Path, database: Path) -> None:
    below = source(tmp_path)
    named = source(tmp_path, f"runs/{database.name}")
    assert list(named.heads()) == list(below.heads())
    assert set(named.watched()) >= {database}


def test_a_damaged_database_of_mlflow_is_told_of_and_a_foreign_one_is_not(tmp_path: Path, database: Path) -> None:
    sound = database.read_bytes()
    database.write_bytes(sound[:5000])
    (tmp_path / "runs" / "other.db").write_bytes(b"SQLite format 3\0" + b"CREATE TABLE measured (value REAL)" * 200)
    with pytest.raises(SourceUnavailable, match="cannot be read"):
        list(source(tmp_path).heads())
    with pytest.raises(CorruptLog):
        source(tmp_path).locate("runs/mlflow.db")
    database.unlink()
    assert list(source(tmp_path).heads()) == []
    (tmp_path / "runs" / "lab.db").write_bytes(sound[: len(sound) // 2])
    with pytest.raises(SourceUnavailable, match=r"lab\.db"):
        list(source(tmp_path).heads())


def test_damage_in_the_schema_that_is_no_utf_8_is_an_error_of_ours(tmp_path: Path, database: Path) -> None:
    database.write_bytes(database.read_bytes().replace(b"CREATE TABLE", b"\xe7REATE TABLE"))
    with pytest.raises(CorruptLog, match="cannot be read"):
        source(tmp_path).locate("runs/mlflow.db/0")


def test_a_database_of_several_runs_is_no_run_reference(tmp_path: Path, database: Path) -> None:
    with pytest.raises(AmbiguousRun, match="holds 3 runs"):
        source(tmp_path).locate(str(database))
    assert source(tmp_path).locate("runs/mlflow.db/0000") is None


def test_the_only_run_of_a_database_is_meant_by_it(tmp_path: Path, database: Path, mlflow_written: Written) -> None:
    with closing(sqlite3.connect(database)) as writer, writer:
        writer.execute("UPDATE runs SET lifecycle_stage = 'deleted' WHERE name != 'killed'")
    head = source(tmp_path).locate("runs/mlflow.db")
    assert head is not None
    assert head.id == mlflow_written.runs["killed"]


def test_a_run_that_was_deleted_since_it_was_listed_is_gone(tmp_path: Path, database: Path) -> None:
    run = next(source(tmp_path).heads())
    with closing(sqlite3.connect(database)) as writer, writer:
        writer.execute("UPDATE runs SET lifecycle_stage = 'deleted'")
    with pytest.raises(SourceUnavailable, match="no longer"):
        source(tmp_path).open(run)


def test_links_to_databases_are_not_followed(tmp_path: Path, database: Path) -> None:
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "mlflow.db").symlink_to(database)
    assert list(source(tmp_path, "linked").heads()) == []
