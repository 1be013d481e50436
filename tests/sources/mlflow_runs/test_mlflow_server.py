"""Runs on a tracking server, asked through MLflow's own client, against the same runs in its database."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from mlflow_expected import expected

from journal.config import CONFIG_NAME, Config, Online, Reach, Settings
from journal.errors import ConfigError, SourceUnavailable, UsageError
from journal.model.run_query import Condition, Operator
from journal.sources.contract import SourceCase, SourceContract, tree
from journal.sources.mlflow_runs.databases import MlflowDatabases
from journal.sources.mlflow_runs.server import MlflowServer

if TYPE_CHECKING:
    from pathlib import Path

    from mlflow_server import Serving

ONLINE, OFFLINE, REFRESH = Reach(online=True), Reach(online=False), Reach(online=True, refresh=True)


def config_of(root: Path, mlflow_served: Serving, reach: Reach, project: str | None = None) -> Config:
    settings = Settings(runs=("runs",), project=project, online=Online(mlflow=mlflow_served.address, timeout=30))
    return Config(root.resolve(), settings, root.resolve() / CONFIG_NAME, reach=reach)


@pytest.fixture(scope="module")
def fetched(tmp_path_factory: pytest.TempPathFactory, mlflow_served: Serving) -> MlflowServer:
    """A source that has fetched every run; what is set for another server must not be sent to this one."""
    root, home = tmp_path_factory.mktemp("fetched"), tmp_path_factory.mktemp("home")
    (root / CONFIG_NAME).touch()
    (home / ".netrc").write_text("default login ada password secret\n")
    (home / ".mlflow").mkdir()
    (home / ".mlflow" / "credentials").write_text(
        "[mlflow]\nmlflow_tracking_username=ada\nmlflow_tracking_password=p\n"
    )
    mlflow_served.asked()
    source = MlflowServer(config_of(root, mlflow_served, ONLINE))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("MLFLOW_TRACKING_URI", "https://mlflow.lab.example")
        patch.setenv("MLFLOW_TRACKING_TOKEN", "secret")
        source.expect([mlflow_served.runs[name] for name in ("a long one", "going", "killed", "deleted")])
        for name in ("a long one", "going", "killed"):
            (head,) = source.find(mlflow_served.runs[name])
            source.open(head)
    assert {asked["credentials"] for asked in mlflow_served.asked()} == {""}
    return source


def another(fetched: MlflowServer, config: Config) -> MlflowServer:
    """A new source that asks through the same client: to start another takes a second."""
    source = MlflowServer(config)
    source._client = fetched._required()
    return source


def copied(fetched: MlflowServer, root: Path) -> Path:
    """A journal with what was fetched."""
    shutil.copytree(fetched._config.root, root, dirs_exist_ok=True)
    return root


class TestMlflowServer(SourceContract):
    """What was fetched, where nobody may be asked."""

    @pytest.fixture
    def case(self, tmp_path: Path, mlflow_served: Serving, fetched: MlflowServer) -> SourceCase:
        def make(config: Config) -> MlflowServer:
            return MlflowServer(config_of(config.root, mlflow_served, OFFLINE))

        run = mlflow_served.runs["going"]
        located = {
            f"{mlflow_served.address}/#/experiments/1/runs/{run}": run,
            f"{mlflow_served.address}/#/runs/{run}?x=y": run,
            run: run,
        }
        return SourceCase(make, copied(fetched, tmp_path), ("runs",), expected(mlflow_served.runs), located=located)


@pytest.fixture
def database(tmp_path: Path, mlflow_served: Serving) -> MlflowDatabases:
    (tmp_path / "runs").mkdir()
    shutil.copy(mlflow_served.database, tmp_path / "runs" / "mlflow.db")
    return MlflowDatabases(config_of(tmp_path, mlflow_served, OFFLINE))


def test_a_run_is_the_same_to_the_last_digit_wherever_it_is_read(
    fetched: MlflowServer, database: MlflowDatabases, mlflow_served: Serving
) -> None:
    for head in database.heads():
        local = database.open(head)
        (found,) = fetched.find(head.id)
        online = fetched.open(found)
        assert local.history(wall_time=True).equals(online.history(wall_time=True))
        assert (local.origin.sha256, local.origin.bytes) == (online.origin.sha256, online.origin.bytes)
        assert (local.config, local.summary, local.state, local.rows) == (
            online.config, online.summary, online.state, online.rows,
        )  # fmt: skip
        assert (local.run.started, local.commit, local.name) == (online.run.started, online.commit, online.name)
        assert online.origin.host == mlflow_served.address.removeprefix("http://")
        assert online.origin.fetched is not None
        assert not local.origin.is_online


def test_histories_and_lists_of_several_pages_are_read_whole(fetched: MlflowServer, mlflow_served: Serving) -> None:
    source = another(fetched, config_of(fetched._config.root, mlflow_served, REFRESH))
    mlflow_served.asked()
    (head,) = source.find(mlflow_served.runs["a long one"])
    assert source.open(head).rows == 11
    asked = [each["path"].rpartition("/mlflow/")[2] for each in mlflow_served.asked()]
    assert asked.count("metrics/get-history") == 2 + 1 + 1
    assert len(list(source.search([], None, 100))) == 3


def test_a_run_that_has_ended_is_not_asked_for_again(fetched: MlflowServer, mlflow_served: Serving) -> None:
    source = another(fetched, config_of(fetched._config.root, mlflow_served, ONLINE))
    mlflow_served.asked()
    for head in source.heads():
        if head.id != mlflow_served.runs["going"]:
            assert source.find(head.id) == [head]
            opened = source.open(head)
            assert opened.files
    assert mlflow_served.asked() == []
    refreshing = another(fetched, config_of(fetched._config.root, mlflow_served, REFRESH))
    refreshing.open(next(refreshing.heads()))
    assert mlflow_served.asked() != []


def test_a_run_that_goes_on_is_fetched_anew_and_known_as_grown(
    fetched: MlflowServer, mlflow_served: Serving, tmp_path: Path
) -> None:
    root, run = copied(fetched, tmp_path), mlflow_served.runs["going"]
    source = another(fetched, config_of(root, mlflow_served, ONLINE))
    (head,) = source.find(run)
    before = source.open(head)
    assert before.files is None
    insert = "INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES ('loss', ?, ?, ?, 1, 0)"
    with closing(sqlite3.connect(mlflow_served.database)) as writer, writer:
        writer.execute(insert, (0.25, 1_800_000_000_000, run))
        writer.execute("UPDATE latest_metrics SET value = 0.25, step = 1 WHERE run_uuid = ?", [run])
    try:
        now = another(fetched, config_of(root, mlflow_served, ONLINE)).open(head)
        assert now.history().rows() == [(0, 1.5), (1, 0.25)]
        assert now.grown_from(before.origin) is not None
        offline = MlflowServer(config_of(root, mlflow_served, OFFLINE)).open(head)
        assert offline.origin == now.origin
    finally:
        with closing(sqlite3.connect(mlflow_served.database)) as writer, writer:
            writer.execute("DELETE FROM metrics WHERE run_uuid = ? AND step = 1", [run])
            writer.execute("UPDATE latest_metrics SET value = 1.5, step = 0 WHERE run_uuid = ?", [run])


def test_runs_are_found_by_name_address_url_and_beginning_of_the_id(
    fetched: MlflowServer, mlflow_served: Serving
) -> None:
    run = mlflow_served.runs["a long one"]
    page = f"{mlflow_served.address}/#/experiments/1/runs/{run}"
    for reference in ("a long one", run, f"toy/{run}", page, f"{page}/model-metrics", run[:12]):
        assert [head.id for head in fetched.find(reference) or fetched.alike(reference)] == [run], reference
    assert fetched.find(run)[0].place == page
    for reference in (
        "deleted",
        mlflow_served.runs["deleted"],
        "0" * 32,
        "it's",
        f"https://wandb.ai/a/b/runs/{run}",
        "./x",
        "",
    ):
        assert [*fetched.find(reference), *fetched.alike(reference)] == [], reference


def test_runs_that_meet_conditions_are_listed_the_newest_first(fetched: MlflowServer, mlflow_served: Serving) -> None:
    def listed(
        *conditions: tuple[str, str, str | float], project: str | None = None, most: int = 9
    ) -> list[str | None]:
        asked = [Condition(key=key, operator=Operator(operator), value=value) for key, operator, value in conditions]
        return [head.name for head in fetched.search(asked, project, most)]

    assert listed() == ["killed", "going", "a long one"]
    assert listed(most=2) == ["killed", "going"]
    assert listed(project="toy") == ["going", "a long one"]
    assert listed(project="lab/other") == listed(("state", "=", "failed")) == ["killed"]
    assert listed(("config.lr", "<", 0.1), ("summary.loss", "<", 1)) == ["a long one"]
    assert listed(("created", ">", "2023-11-14T22:13:20.123"), ("name", "~", "^g")) == ["going"]
    with pytest.raises(UsageError, match=r"has no experiment 'gone' \(it has Default, lab/other, toy\)"):
        listed(project="gone")
    assert mlflow_served.asked() != []


def test_offline_nobody_is_asked(fetched: MlflowServer, mlflow_served: Serving, tmp_path: Path) -> None:
    source = another(fetched, config_of(tmp_path, mlflow_served, OFFLINE))
    mlflow_served.asked()
    run = mlflow_served.runs["going"]
    source.expect([run])
    assert [*source.find(run), *source.alike("going")] == []
    assert source.watched() is not None
    with pytest.raises(SourceUnavailable, match="--offline was given"):
        list(source.search([], None, 1))
    (head,) = fetched.find(run)
    with pytest.raises(SourceUnavailable, match="was not fetched yet"):
        source.open(head)
    assert mlflow_served.asked() == []
    assert tree(tmp_path) == {}


def test_a_run_of_a_folder_is_compared_with_what_was_fetched_of_it(
    fetched: MlflowServer, database: MlflowDatabases, mlflow_served: Serving, tmp_path: Path
) -> None:
    mlflow_served.asked()
    heads = [head for head in database.heads() if head.id != mlflow_served.runs["going"]]
    for head in heads:
        other = fetched.same(head)
        assert other is not None
        assert other.origin.sha256 == database.open(head).origin.sha256
    assert fetched.same(heads[0].model_copy(update={"project": "another"})) is None
    assert fetched.same(heads[0].model_copy(update={"id": "0" * 32})) is None
    assert another(fetched, config_of(tmp_path, mlflow_served, ONLINE)).same(heads[0]) is None
    assert MlflowServer(config_of(fetched._config.root, mlflow_served, OFFLINE)).same(heads[0]) is None
    assert mlflow_served.asked() == []


def test_what_was_fetched_from_another_server_is_still_there(
    fetched: MlflowServer, mlflow_served: Serving, tmp_path: Path
) -> None:
    root = copied(fetched, tmp_path)
    settings = Settings(online=Online(mlflow="http://127.0.0.1:9"))
    source = MlflowServer(Config(root, settings, root / CONFIG_NAME, reach=REFRESH))
    mlflow_served.asked()
    for head in source.heads():
        opened = source.open(head)
        assert opened.origin.host == mlflow_served.address.removeprefix("http://")
    gone = head.model_copy(update={"id": "0" * 32})
    with pytest.raises(SourceUnavailable, match=r"was not fetched yet \(name its server in MLFLOW_TRACKING_URI"):
        source.open(gone)
    assert mlflow_served.asked() == []


def test_a_run_that_is_gone_from_the_server_is_told_of(
    fetched: MlflowServer, mlflow_served: Serving, tmp_path: Path
) -> None:
    source = another(fetched, config_of(tmp_path, mlflow_served, ONLINE))
    gone = fetched.find(mlflow_served.runs["going"])[0].model_copy(update={"id": mlflow_served.runs["deleted"]})
    with pytest.raises(SourceUnavailable, match="any more"):
        source.open(gone)


def test_outside_of_a_journal_nothing_is_kept(fetched: MlflowServer, mlflow_served: Serving, tmp_path: Path) -> None:
    source = another(fetched, config_of(tmp_path, mlflow_served, ONLINE))
    (head,) = source.find(mlflow_served.runs["a long one"])
    assert source.open(head).rows == 11
    assert tree(tmp_path) == {}


def test_the_server_is_the_configured_one_or_else_the_users_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def source(mlflow: str | None) -> MlflowServer:
        return MlflowServer(
            Config(tmp_path, Settings(online=Online(mlflow=mlflow)), tmp_path / CONFIG_NAME, reach=ONLINE)
        )

    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://ada:secret@mlflow.lab.example/x")
    assert source(None).places() == ("mlflow.lab.example",)
    assert source("http://other.example:5000").places() == ("other.example:5000",)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///mlflow.db")
    assert source("databricks").places() == ("an MLflow server",)
    assert source(None).places() == ()
    assert list(source(None).find("a" * 32)) == []
    with pytest.raises(ConfigError, match="'databricks' is no web address"):
        source("databricks").find("a" * 32)
    with pytest.raises(ConfigError, match="no MLflow server is known"):
        list(source(None).search([], None, 1))
