"""MLflow's folders of files, written by MLflow, read without it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from mlflow_expected import expected

from journal.config import CONFIG_NAME, Config, Settings
from journal.errors import CorruptLog, SourceUnavailable
from journal.sources.contract import SourceCase, SourceContract
from journal.sources.mlflow_runs.databases import MlflowDatabases
from journal.sources.mlflow_runs.folders import MlflowFolders

if TYPE_CHECKING:
    from pathlib import Path

    from mlflow_server import Written


class TestMlflowFolders(SourceContract):
    @pytest.fixture
    def case(self, tmp_path: Path, mlflow_written: Written) -> SourceCase:
        first, second, _ = expected(mlflow_written.run_folders)
        (long,) = mlflow_written.folder.glob(f"*/{first.id}")
        toy = tmp_path / "mlruns" / long.parent.name
        few = shutil.ignore_patterns("layers", "sha", "optimiser", "n*", "mlflow.user")
        for run in (first, second):
            shutil.copytree(long.parent / run.id, toy / run.id, ignore=few)
        shutil.copy(long.parent / "meta.yaml", toy)
        config = {"lr": 1e-05, "tags": {"best": "yes"}}
        first = replace(first, told={**first.told, "config": config})
        located = {f"mlruns/{toy.name}/{second.id}": second.id, str(toy / first.id): first.id}
        return SourceCase(MlflowFolders, tmp_path, ("mlruns",), (first, second), located=located)


@pytest.fixture
def folder(tmp_path: Path, mlflow_written: Written) -> Path:
    """The folder of the long run."""
    shutil.copytree(mlflow_written.folder, tmp_path / "mlruns")
    (found,) = (tmp_path / "mlruns").glob(f"*/{mlflow_written.run_folders['a long one']}")
    return found


def source(root: Path) -> MlflowFolders:
    return MlflowFolders(Config(root, Settings(runs=("mlruns",)), root / CONFIG_NAME))


def test_a_run_has_the_numbers_that_it_has_in_a_database(tmp_path: Path, folder: Path, mlflow_written: Written) -> None:
    head = source(tmp_path).locate(str(folder))
    assert head is not None
    run = source(tmp_path).open(head)
    settings = Settings(runs=(str(mlflow_written.database),))
    databases = MlflowDatabases(Config(tmp_path, settings, tmp_path / CONFIG_NAME))
    other = databases.open(next(databases.heads()))
    assert run.history(wall_time=True).equals(other.history(wall_time=True))
    assert (run.config, run.summary, run.code, run.rows) == (other.config, other.summary, other.code, other.rows)
    assert (head.project, head.remote) == ("toy", "https://git.lab.example/a/b.git")


def test_a_run_that_grows_is_known_again_and_half_a_line_is_no_value(tmp_path: Path, folder: Path) -> None:
    head = source(tmp_path).locate(str(folder))
    assert head is not None
    before = source(tmp_path).open(head)
    with (folder / "metrics" / "loss").open("a") as file:
        file.write("1800000000000 0.25 12\n1800000000000 0.125")
    now = source(tmp_path).open(head)
    assert (before.last_step, now.last_step) == (11, 12)
    assert now.grown_from(before.origin) is not None
    assert "lines that are no values at a step: 1" in [problem.message for problem in now.problems]


def test_lines_of_other_versions_are_read_and_what_is_no_value_is_counted(tmp_path: Path, folder: Path) -> None:
    shutil.rmtree(folder / "metrics")
    (folder / "metrics" / "deep").mkdir(parents=True)
    lines = ["5 0.5", "6 0.25 3 train abc", "x 1 1", "7 1", "8 one 1", "9", f"10 1 {10**20}"]
    (folder / "metrics" / "deep" / "loss").write_text("\n".join(lines) + "\n")
    head = source(tmp_path).locate(str(folder))
    assert head is not None
    run = source(tmp_path).open(head)
    assert run.history(["deep/loss"]).rows() == [(0, 1.0), (3, 0.25)]
    assert {problem.message: problem.count for problem in run.problems} == {
        "lines that are no values at a step: 4": 4,
        "values that a later one at the same step replaces: 1": 1,
    }


def test_what_is_kept_of_models_is_no_run(tmp_path: Path, folder: Path) -> None:
    for name in ("models/toy/version-1", f"artifacts/{folder.name}"):
        (folder / name).mkdir(parents=True)
        shutil.copy(folder / "meta.yaml", folder / name)
    assert len(list(source(tmp_path).heads())) == 3


def test_a_run_whose_description_is_damaged_is_told_of_when_it_is_named(tmp_path: Path, folder: Path) -> None:
    head = source(tmp_path).locate(str(folder))
    assert head is not None
    (folder / "meta.yaml").write_text("{")
    assert len(list(source(tmp_path).heads())) == 2
    with pytest.raises(CorruptLog, match=r"meta\.yaml cannot be understood"):
        source(tmp_path).locate(str(folder))
    with pytest.raises(CorruptLog, match="cannot be understood"):
        source(tmp_path).open(head)
    (folder / "meta.yaml").unlink()
    with pytest.raises(SourceUnavailable, match="gone"):
        source(tmp_path).open(head)
