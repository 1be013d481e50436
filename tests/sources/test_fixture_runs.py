"""Run folders that the real SDKs wrote, against what W&B's own reader finds in them."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from journal.config import Config, Settings
from journal.sources.open_run import OpenRun
from journal.sources.wandb_folder import WandbFolders
from journal.sources.wandb_log import public_remote

RUNS = Path(__file__).parent.parent / "fixtures" / "runs"
EXPECTED: dict[str, dict[str, Any]] = json.loads((RUNS / "expected.json").read_text("utf-8"))

pytestmark = pytest.mark.usefixtures("_no_wandb_dir")


@pytest.fixture
def _no_wandb_dir(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WANDB_DIR", raising=False)


def folders() -> WandbFolders:
    return WandbFolders(Config(RUNS, Settings(runs=(".",)), RUNS / "journal.toml"))


def opened(log: str) -> OpenRun:
    source = folders()
    head = source.locate(str(RUNS / log))
    assert head is not None
    return source.open(head)


def spelt(value: Any) -> Any:
    """A value as the expectations spell it: odd numbers as texts."""
    if isinstance(value, dict):
        return {key: spelt(below) for key, below in value.items()}
    if isinstance(value, list):
        return [spelt(below) for below in value]
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):  # noqa: PLR0124 - NaN
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]
    return value


def as_floats(rows: list[list[Any]]) -> list[list[Any]]:
    """Expected rows with their values as the 64-bit floats that a column holds."""
    return [[step, value if isinstance(value, str) else float(value)] for step, value in rows]


def test_the_fixtures_are_of_both_eras() -> None:
    assert {log.split("/")[0].rpartition("-")[2].rsplit(".", 1)[0] for log in EXPECTED} >= {"0.16", "0.31"}


def test_every_run_is_listed_once_and_oldest_first() -> None:
    places = [head.place for head in folders().heads()]
    assert sorted(places) == sorted(str(Path(log).parent.as_posix()) for log in EXPECTED)
    stamps = [Path(place).name for place in places]
    assert stamps == sorted(stamps)


@pytest.mark.parametrize("log", EXPECTED)
def test_a_run_is_who_the_trackers_own_reader_says_it_is(log: str) -> None:
    expected, run = EXPECTED[log], opened(log).run
    for name in ("id", "entity", "project", "name", "commit"):
        assert getattr(run, name) == expected[name], name
    assert run.remote == public_remote(expected["remote"])
    assert run.started is not None
    assert run.started.timestamp() == pytest.approx(expected["started"], abs=2e-6)
    assert run.state.value == expected["state"]
    assert run.sdk is not None
    assert f"sdk-{run.sdk}/" in log


@pytest.mark.parametrize("log", EXPECTED)
def test_config_and_summary_are_those_of_the_trackers_own_reader(log: str) -> None:
    run = opened(log)
    assert spelt(run.config) == EXPECTED[log]["config"]
    assert spelt(run.summary) == EXPECTED[log]["summary"]


@pytest.mark.parametrize("log", EXPECTED)
def test_every_row_of_every_metric_is_that_of_the_trackers_own_reader(log: str) -> None:
    expected, run = EXPECTED[log], opened(log)
    found = {
        name: [[step, spelt(value)] for step, value in zip(column.steps, column.values, strict=True)]
        for name in run.metric_names
        if (column := run.column(name)) is not None
    }
    assert found == {name: as_floats(rows) for name, rows in expected["metrics"].items()}
    assert run.run.rows == expected["rows"]
    assert run.run.last_step == max(rows[-1][0] for rows in expected["metrics"].values())


@pytest.mark.parametrize("log", EXPECTED)
def test_a_run_says_which_bytes_it_was_read_from(log: str) -> None:
    origin = opened(log).origin
    content = (RUNS / log).read_bytes()
    assert (origin.path, origin.bytes, origin.sha256) == (log, len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("log", EXPECTED)
def test_a_run_listed_is_the_run_opened(log: str) -> None:
    source = folders()
    head = next(head for head in source.heads() if head.place == Path(log).parent.as_posix())
    run = source.open(head).run
    assert {name: getattr(run, name) for name in type(head).model_fields} == head.model_dump()


@pytest.mark.parametrize("log", EXPECTED)
def test_only_a_run_that_was_cut_short_has_problems(log: str) -> None:
    run = opened(log).run
    messages = [problem.message for problem in run.problems]
    ended = EXPECTED[log]["exit_code"] is not None
    assert messages == [] if ended else all("ends inside a record" in message for message in messages)
