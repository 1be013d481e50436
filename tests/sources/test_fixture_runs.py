"""Run folders that the real SDKs wrote, against what W&B's own reader finds in them: every log, to the last digit."""

import hashlib
import json
import math
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from conftest import RUNS
from journal import open_run
from journal.config import Config, Settings
from journal.sources.open_run import OpenRun
from journal.sources.registry import Sources

# Each tells about the logs below its folder, by their paths from there.
TRUTHS = sorted(RUNS.rglob("expected.json"))
EXPECTED: dict[str, dict[str, Any]] = {
    str((file.parent / log).relative_to(RUNS)): told
    for file in TRUTHS
    for log, told in json.loads(file.read_text("utf-8")).items()
}
LOGGED: dict[str, list[list[Any]]] = json.loads((RUNS / "eras/logged.json").read_text("utf-8"))
ERAS = [log for log in EXPECTED if log.startswith("eras/")]
ALONE = [log for log in EXPECTED if not log.startswith("joined-")]
"""Logs of runs that lie in one folder each."""
GENERATIONS = {
    *("0.10.33", "0.11.2", "0.12.21", "0.13.11", "0.14.2", "0.15.12", "0.16.6", "0.17.3", "0.17.9", "0.18.7"),
    *("0.19.11", "0.20.1", "0.21.4", "0.22.3", "0.23.1", "0.25.1", "0.27.2", "0.29.0", "0.31.0"),
}


every_log = pytest.mark.parametrize("log", EXPECTED)


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of each log and its side files, far enough from one another not to be parts of one run."""
    root = tmp_path_factory.mktemp("apart")
    for place, log in enumerate(EXPECTED):
        folder = (RUNS / log).parent
        if folder.name == "odd":  # not a run folder
            (root / str(place)).mkdir()
            shutil.copy(RUNS / log, root / str(place))
        else:
            shutil.copytree(folder, root / str(place) / folder.name)
    return root


@pytest.fixture(scope="module")
def runs() -> dict[str, OpenRun]:
    """Runs that were opened already."""
    return {}


@pytest.fixture
def opened(log: str, apart: Path, runs: dict[str, OpenRun], monkeypatch: pytest.MonkeyPatch) -> OpenRun:
    """The run of one log, without the other parts of its run."""
    if log not in runs:
        monkeypatch.chdir(apart)
        (copy,) = (apart / str(list(EXPECTED).index(log))).rglob("*.wandb")
        runs[log] = open_run(copy)
    return runs[log]


def rows(run: OpenRun) -> dict[str, list[list[Any]]]:
    """Every metric's rows: steps and values, spelt."""
    found: dict[str, list[list[Any]]] = {}
    for name in run.metric_names:
        column = run.column(name)
        assert column is not None
        found[name] = [[step, spelt(value)] for step, value in zip(column.steps, column.values, strict=True)]
    return found


def spelt(value: Any) -> Any:
    """A value as the expectations spell it: odd numbers as texts."""
    if isinstance(value, dict):
        return {key: spelt(below) for key, below in value.items()}
    if isinstance(value, list):
        return [spelt(below) for below in value]
    if isinstance(value, float) and not math.isfinite(value):
        return json.dumps(value)
    return value


def exact(columns: dict[str, list[list[Any]]]) -> dict[str, list[tuple[int, str]]]:
    """Rows with their values as the digits of the 64-bit floats that a column holds; the zeros without signs."""
    return {
        name: [(step, value if isinstance(value, str) else repr(float(value) + 0.0)) for step, value in rows]
        for name, rows in columns.items()
    }


def sdk_of(log: str) -> str:
    """The version in the name of a fixture's folder; the newest where none stands in it."""
    return next((part for part in log.replace("/", "-").split("-") if re.fullmatch(r"\d+\.\d+\.\d+", part)), "0.31.0")


def test_no_log_among_the_fixtures_goes_untold() -> None:
    logs = [log for log in RUNS.rglob("*.wandb") if not log.parent.is_symlink()]
    assert sorted(str(log.relative_to(RUNS)) for log in logs) == sorted(EXPECTED)


def test_every_generation_of_the_sdk_has_written_a_log() -> None:
    assert {sdk_of(log) for log in ERAS} == GENERATIONS


def test_runs_of_one_folder_are_listed_once_and_oldest_first() -> None:
    config = Config(
        RUNS, Settings(runs=("sdk-0.16.6", "sdk-0.31.0", "eras", "blocks", "gallery")), RUNS / "journal.toml"
    )
    places = [head.place for head in Sources(config).heads()]
    assert sorted(places) == sorted(str(Path(log).parent) for log in ALONE)
    stamps = [Path(place).name.split("-")[2] for place in places]
    assert stamps == sorted(stamps)


@every_log
def test_a_run_is_who_the_trackers_own_reader_says_it_is(log: str, opened: OpenRun) -> None:
    expected, run = EXPECTED[log], opened.run
    for name in ("entity", "project", "name", "commit"):
        assert getattr(run, name) == expected[name], name
    assert run.id == (expected["id"] or Path(log).stem.removeprefix("run-"))
    assert (run.remote or "").replace("//", "//researcher:@") == (expected["remote"] or "")
    assert run.state.value == expected["state"]


@pytest.mark.parametrize("log", [log for log in EXPECTED if EXPECTED[log]["id"]])
def test_a_log_tells_when_its_run_started_and_which_sdk_wrote_it(log: str, opened: OpenRun) -> None:
    run = opened.run
    assert run.started is not None
    assert run.started.timestamp() == pytest.approx(EXPECTED[log]["started"], abs=2e-6)
    assert run.sdk == sdk_of(log)


@every_log
def test_config_and_summary_are_those_of_the_trackers_own_reader(log: str, opened: OpenRun) -> None:
    assert spelt(opened.config) == EXPECTED[log]["config"]
    assert spelt(opened.summary) == EXPECTED[log]["summary"]


@every_log
def test_every_row_of_every_metric_is_that_of_the_trackers_own_reader(log: str, opened: OpenRun) -> None:
    expected = EXPECTED[log]
    assert exact(rows(opened)) == exact(expected["metrics"])
    assert opened.run.rows == expected["rows"]
    assert opened.last_step == max((step for step, _ in expected["times"]), default=None)


@pytest.mark.parametrize("log", ERAS)
@pytest.mark.usefixtures("log")
def test_every_generation_logged_the_same_numbers(opened: OpenRun) -> None:
    assert exact(rows(opened)) == exact(LOGGED)


@pytest.mark.parametrize("log", ERAS)
@pytest.mark.usefixtures("log")
def test_a_negative_zero_keeps_its_sign(opened: OpenRun) -> None:
    column = opened.column("wide")
    assert column is not None
    zeros = [value for value in column.values if value == 0]
    assert [math.copysign(1, value) for value in zeros] == [-1.0] * 10


@every_log
def test_every_value_has_the_wall_time_of_its_row(log: str, opened: OpenRun) -> None:
    times = dict(EXPECTED[log]["times"])
    assert len(times) == EXPECTED[log]["rows"]
    for name in opened.metric_names:
        column = opened.column(name)
        assert column is not None
        assert column.times.to_list() == [times[step] for step in column.steps], name


@every_log
def test_the_metrics_in_brief_count_the_same_rows(log: str, opened: OpenRun) -> None:
    expected = EXPECTED[log]["metrics"]
    assert [metric.name for metric in opened.metrics] == sorted(expected)
    for metric in opened.metrics:
        column = expected[metric.name]
        odd = sum(isinstance(value, str) for _, value in column)
        assert (metric.n, metric.nonfinite) == (len(column) - odd, odd), metric.name
        assert (metric.first_step, metric.last_step) == (column[0][0], column[-1][0]), metric.name


@every_log
def test_a_history_has_a_line_for_each_step_at_which_a_metric_was_logged(log: str, opened: OpenRun) -> None:
    expected = EXPECTED[log]["metrics"]
    frame = opened.history()
    assert frame.columns == ["_step", *sorted(expected)]
    assert frame["_step"].to_list() == sorted({step for column in expected.values() for step, _ in column})
    assert {name: len(column) for name, column in expected.items()} == {
        name: frame.height - frame[name].null_count() for name in expected
    }


@every_log
def test_a_run_says_which_bytes_it_was_read_from(log: str, opened: OpenRun) -> None:
    origin, content = opened.origin, (RUNS / log).read_bytes()
    assert (origin.bytes, origin.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert Path(origin.path).name == Path(log).name


@every_log
def test_whole_numbers_that_a_float_cannot_hold_are_counted(log: str, opened: OpenRun) -> None:
    rounded = {
        name: count
        for name, column in EXPECTED[log]["metrics"].items()
        if (count := sum(isinstance(value, int) and int(float(value)) != value for _, value in column))
    }
    assert {metric.name: metric.rounded for metric in opened.metrics if metric.rounded} == rounded


@every_log
def test_only_a_run_that_was_cut_short_has_problems(log: str, opened: OpenRun) -> None:
    messages = [problem.message for problem in opened.problems]
    ended = EXPECTED[log]["exit_code"] is not None
    assert messages == [] if ended else all("ends inside a record" in message for message in messages)


@pytest.mark.parametrize("log", ALONE)
def test_a_run_is_the_same_by_its_folder_and_by_its_log(log: str) -> None:
    by_folder, by_log = open_run((RUNS / log).parent), open_run(RUNS / log)
    assert by_folder.run == by_log.run
    assert exact(rows(by_folder)) == exact(rows(by_log)) == exact(EXPECTED[log]["metrics"])


@pytest.mark.parametrize("link", sorted(str(link.relative_to(RUNS)) for link in RUNS.glob("eras/*/wandb/latest-run")))
def test_the_link_to_the_latest_run_opens_that_run(link: str) -> None:
    assert open_run(RUNS / link).id == open_run((RUNS / link).resolve()).id
