"""What the real SDK does when it is used naively: each trap for which the journal's own client is written as it is."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest

from conftest import RUNS
from journal import open_run
from wandb_server import ServerRun, WandbServer
from wandb_server_sdk import RealSdk, SdkError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from wandb_server import Faults

NAN = math.nan
SOON = {
    f"WANDB_X_{name}_RETRY_WAIT_{end}_SECONDS": "1" for name in ("GRAPHQL", "FILE_TRANSFER") for end in ("MIN", "MAX")
}


def _runs() -> list[ServerRun]:
    """Runs with a trap each."""
    sparse: list[dict[str, Any]] = [{"_step": 1000 * number, "loss": 1 / (number + 1)} for number in range(20)]
    return [
        ServerRun("long", rows=[{"loss": 1 / (step + 1)} for step in range(1200)], config={"lr": 0.1}),
        ServerRun("sparse", rows=sparse, name="every thousandth", tags=["slow"]),
        ServerRun("two", rows=[{"loss": 0.5}, {"loss": 0.25, "acc": 0.75}, {"acc": 0.875}]),
        ServerRun("odd", rows=[{"loss": NAN}, {"loss": math.inf}, {"loss": -math.inf}, {"n": {"a": 1}}]),
        ServerRun("mixed", rows=[{"loss": float(step), "n": {"a": step}} for step in range(10)], exported=6),
        ServerRun("split", rows=[{"loss": float(step)} for step in range(10)], exported=10, files_exported=3),
        ServerRun("exported", rows=[{"loss": NAN}, {"acc": 1.0, "phase": "warm"}, {"n": {"a": 2}}], exported=3),
        ServerRun("cached", rows=[{"loss": 1.0}, {"loss": 2.0}], exported=2),
        ServerRun("noted", rows=[{"loss": 1.0}], notes="as it was", tags=["slow"], config={"lr": 0.1}),
        ServerRun("failed", rows=[{"loss": 9.0}], state="failed", config={"lr": 0.2, "model": {"heads": 8}}),
        ServerRun.of_log(next((RUNS / "sdk-0.31.0" / "wandb").glob("*-nestd031"))),
    ]


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[WandbServer, RealSdk, Path]]:
    folder = tmp_path_factory.mktemp("sdk")
    with WandbServer(_runs()) as server, RealSdk(server.environment(folder, **SOON)) as sdk:
        yield server, sdk, folder
        assert "report" not in server.operations


@pytest.fixture
def server(held: tuple[WandbServer, RealSdk, Path]) -> Iterator[WandbServer]:
    server = held[0]
    assert "report" not in server.operations
    server.requests.clear()
    yield server
    server.faults.clear()


@pytest.fixture
def sdk(held: tuple[WandbServer, RealSdk, Path]) -> RealSdk:
    return held[1]


def _run(server: WandbServer, run_id: str) -> ServerRun:
    return server.answers.runs["lab", "notes", run_id]


def _scan(sdk: RealSdk, run_id: str, arguments: str = "use_cache=False") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sdk.ask(f"list(api.run('lab/notes/{run_id}').scan_history({arguments}))")
    return found


# --- naming and listing runs -----------------------------------------------------------------------------------------


def test_the_whole_address_of_a_run_is_refused(server: WandbServer, sdk: RealSdk) -> None:
    with pytest.raises(SdkError, match="Invalid path"):
        sdk.ask(f"api.run('{server.url}/lab/notes/runs/two')")
    assert server.operations in ([], ["GetDefaultEntity"])


def test_a_run_that_is_missing_and_a_project_that_is_missing_are_different_kinds_of_error(
    server: WandbServer, sdk: RealSdk
) -> None:
    with pytest.raises(SdkError, match="Could not find run") as run:
        sdk.ask("api.run('lab/notes/nobody')")
    with pytest.raises(SdkError, match="Could not find project") as project:
        sdk.ask("len(list(api.runs('lab/nothing')))")
    assert (run.value.kind, project.value.kind) == ("CommError", "ValueError")
    assert server.operations[-1] == "Runs"


def test_listing_runs_as_it_is_the_default_asks_once_more_for_each_run(server: WandbServer, sdk: RealSdk) -> None:
    lazy = sdk.ask("[run.config for run in api.runs('lab/notes', order='-created_at')]")
    assert len(lazy) == len(server.runs)
    assert server.operations == ["Runs"] + ["Run"] * len(server.runs)
    server.requests.clear()
    assert sorted(map(str, lazy)) == sorted(
        map(str, sdk.ask("[run.config for run in api.runs('lab/notes', lazy=False)]"))
    )
    assert server.operations == ["Runs"]


def test_runs_come_in_pages_and_none_is_lost_or_given_twice(server: WandbServer, sdk: RealSdk) -> None:
    ids = sdk.ask("[run.id for run in api.runs('lab/notes', per_page=3, lazy=False, order='+summary_metrics.loss')]")
    assert sorted(ids) == sorted(run.id for run in server.runs)
    assert [asked["cursor"] for asked in server.asked("Runs")] == [None, "3", "6", "9"]


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({"name": {"$in": ["two", "odd", "nobody"]}}, ["odd", "two"]),
        ({"display_name": {"$regex": "^every"}}, ["sparse"]),
        ({"displayName": "every thousandth"}, ["sparse"]),
        ({"tags": "slow"}, ["noted", "sparse"]),
        ({"$and": [{"tags": {"$in": ["slow"]}}, {"name": {"$ne": "noted"}}]}, ["sparse"]),
        ({"$or": [{"state": "failed"}, {"config.lr.value": {"$lt": 0.05}}]}, ["failed", "nestd031"]),
        ({"config.model.heads": {"$gte": 8}, "config.lr": {"$gt": 0.1}}, ["failed"]),
        ({"summary_metrics.loss": {"$gte": 9}}, ["failed", "mixed", "split"]),
        ({"config.lr": {"$exists": True}, "state": {"$nin": ["failed"]}}, ["long", "nestd031", "noted"]),
        ({"config.lr": {"$not": {"$exists": True}}, "name": {"$regex": "^t"}}, ["two"]),
    ],
)
def test_a_filter_means_what_it_means_in_mongo(
    server: WandbServer, sdk: RealSdk, filters: dict[str, Any], ids: list[str]
) -> None:
    found = sdk.ask(f"[run.id for run in api.runs('lab/notes', {filters!r})]")
    assert sorted(found) == ids
    assert json.loads(server.asked("Runs")[0]["filters"]) == filters


def test_a_list_of_runs_is_never_asked_for_again(server: WandbServer, sdk: RealSdk) -> None:
    asking = "[run.state for run in api.runs('lab/notes', {'name': 'two'}, lazy=False)]"
    assert sdk.ask(asking) == ["finished"]
    _run(server, "two").state = "crashed"
    assert sdk.ask(asking) == ["finished"]
    assert sdk.ask(f"[api.flush(), {asking}][1]") == ["crashed"]


# --- histories -------------------------------------------------------------------------------------------------------


def test_history_is_a_sample(server: WandbServer, sdk: RealSdk) -> None:
    assert len(sdk.ask("api.run('lab/notes/long').history(pandas=False)")) == 500
    assert len(sdk.ask("api.run('lab/notes/long').history(keys=['loss'], samples=7, pandas=False)")) == 7
    assert len(_scan(sdk, "long")) == 1200
    assert server.operations[:3] == ["Run", "RunFullHistory", "RunSampledHistory"]


def test_asking_for_two_metrics_drops_each_row_that_lacks_one(server: WandbServer, sdk: RealSdk) -> None:
    assert _scan(sdk, "two", "keys=['loss', 'acc'], use_cache=False") == [{"_step": 1, "loss": 0.25, "acc": 0.75}]
    assert [row["_step"] for row in _scan(sdk, "two", "keys=['acc'], use_cache=False")] == [1, 2]
    assert server.operations.count("SampledHistoryPage") == 2


def test_of_exported_rows_those_that_lack_a_metric_come_too_and_a_missing_cell_is_null(sdk: RealSdk) -> None:
    rows = _scan(sdk, "exported", "keys=['acc'], use_cache=False")
    assert [row["acc"] for row in rows] == [None, 1.0, None]


def test_a_page_is_so_many_steps_and_not_so_many_rows(server: WandbServer, sdk: RealSdk) -> None:
    assert len(_scan(sdk, "sparse")) == 20
    assert server.operations.count("HistoryPage") == 20
    server.requests.clear()
    assert len(_scan(sdk, "sparse", "use_cache=False, page_size=10**6")) == 20
    assert server.operations.count("HistoryPage") == 1


def test_numbers_that_json_does_not_know_are_texts_in_live_rows_and_numbers_in_exported_ones(sdk: RealSdk) -> None:
    assert [row.get("loss") for row in _scan(sdk, "odd")] == ["NaN", "Infinity", "-Infinity", None]
    loss = _scan(sdk, "exported")[0]["loss"]
    assert isinstance(loss, float)
    assert math.isnan(loss)


def test_nested_keys_are_nested_in_live_rows_and_joined_by_dots_in_exported_ones(sdk: RealSdk) -> None:
    rows = _scan(sdk, "mixed")
    assert rows[0]["n.a"] == 0
    assert rows[-1]["n"] == {"a": 9}


def test_texts_are_exported_too(sdk: RealSdk) -> None:
    assert [row["phase"] for row in _scan(sdk, "exported")] == [None, "warm", None]


def test_a_page_of_exported_and_live_rows_may_give_rows_twice(server: WandbServer, sdk: RealSdk) -> None:
    assert [row["_step"] for row in _scan(sdk, "mixed")] == list(range(10))
    server.faults.repeats = True
    assert [row["_step"] for row in _scan(sdk, "mixed")] == sorted([*range(10), *range(6)])
    (page, _) = server.asked("HistoryPage")
    assert (page["minStep"], page["maxStep"]) == (0, 10)  # the whole page is asked for, exported or not


def test_a_long_run_is_exported_to_several_files(server: WandbServer, sdk: RealSdk) -> None:
    assert [row["loss"] for row in _scan(sdk, "split")] == [float(step) for step in range(10)]
    assert server.operations.count("parquet") == 3


def test_what_was_fetched_once_is_believed_for_ever(server: WandbServer, sdk: RealSdk) -> None:
    assert [row["loss"] for row in _scan(sdk, "cached", "")] == [1.0, 2.0]
    _run(server, "cached").rows[0]["loss"] = 5.0
    assert [row["loss"] for row in _scan(sdk, "cached", "")] == [1.0, 2.0]
    assert [row["loss"] for row in _scan(sdk, "cached")] == [5.0, 2.0]


def test_a_scan_without_the_cache_leaves_a_file_in_it_all_the_same(
    held: tuple[WandbServer, RealSdk, Path], server: WandbServer, sdk: RealSdk
) -> None:
    assert len(_scan(sdk, "exported")) == 3
    assert server.operations.count("parquet") == 1
    assert [path.name for path in held[2].rglob("*exported*.parquet")] == ["lab_notes_exported_0.runhistory.parquet"]


def test_a_page_that_the_server_cuts_short_is_not_noticed(server: WandbServer, sdk: RealSdk) -> None:
    server.faults.page_cap = 100
    assert len(_scan(sdk, "long")) == 200
    assert sdk.ask("api.run('lab/notes/long').historyLineCount") == 1200


def test_rows_that_the_server_has_lost_are_not_noticed(server: WandbServer, sdk: RealSdk) -> None:
    run = _run(server, "two")
    run.lost = {1}
    assert [row["_step"] for row in _scan(sdk, "two")] == [0, 2]
    run.lost = set()
    assert sdk.ask("api.run('lab/notes/two').historyLineCount") == 3


def test_rows_that_come_while_a_history_is_read_are_not_in_it(server: WandbServer, sdk: RealSdk) -> None:
    run = server.add(ServerRun("growing", "lab", "other", rows=[{"loss": 1.0}], state="running"))
    server.faults.before = lambda operation: run.log({"loss": 0.5}) if operation == "HistoryPage" else None
    rows = sdk.ask("list(api.run('lab/other/growing').scan_history(use_cache=False))")
    assert ([row["_step"] for row in rows], len(run.rows)) == ([0], 2)


def test_a_run_that_is_gone_in_the_meantime_has_no_rows_and_is_no_error(server: WandbServer, sdk: RealSdk) -> None:
    server.faults.null("run", "RunHistoryKeys")
    assert _scan(sdk, "two") == []


def test_online_rows_are_those_of_the_local_log(sdk: RealSdk) -> None:
    local = open_run(next((RUNS / "sdk-0.31.0" / "wandb").glob("*-nestd031")))
    rows = _scan(sdk, "nestd031")
    column = local.column("train.loss")
    assert column is not None
    online = [(row["_step"], row["train"]["loss"]) for row in rows if "loss" in row.get("train", {})]
    numbers = [(step, float(value)) for step, value in online]
    assert numbers == list(zip(column.steps, column.values, strict=True))
    assert (len(rows), rows[-1]["_step"]) == (local.rows, local.last_step)


# --- writing ---------------------------------------------------------------------------------------------------------


def test_an_update_of_the_notes_sends_everything_else_of_the_run_too(server: WandbServer, sdk: RealSdk) -> None:
    sdk.ask("api.run('lab/notes/noted')")
    _run(server, "noted").tags = ["slow", "a colleague's"]
    sdk.ask("[setattr(api.run('lab/notes/noted'), 'notes', 'new'), api.run('lab/notes/noted').update()]")
    assert _run(server, "noted").notes == "new"
    assert _run(server, "noted").tags == ["slow"]  # the colleague's tag is gone
    assert "config" in server.changes[0]


# --- faults, as the SDK tells of them --------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "said"), [(401, "not logged in"), (403, "permission denied"), (404, "not found")])
def test_a_refusal_is_told_at_once(server: WandbServer, sdk: RealSdk, status: int, said: str) -> None:
    server.faults.status(status, "Run")
    with pytest.raises(SdkError, match=said) as raised:
        sdk.ask("[api.flush(), api.run('lab/notes/two')]")
    assert raised.value.kind == "CommError"
    assert server.operations == ["Run"]


def test_a_server_that_is_busy_is_asked_again(server: WandbServer, sdk: RealSdk) -> None:
    server.faults.status(429, "Run", times=2, retry_after=0)
    assert sdk.ask("[api.flush(), api.run('lab/notes/two').id][1]") == "two"
    assert server.operations == ["Run"] * 3


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (lambda faults: faults.drop("HistoryPage", keep=30), "unexpected EOF"),
        (lambda faults: faults.garbage("HistoryPage"), "invalid character"),
        (lambda faults: faults.errors("permission denied", "HistoryPage"), "input: permission denied"),
        (lambda faults: faults.drop("parquet", keep=100), "unexpected EOF"),
        (lambda faults: faults.status(403, "parquet"), "Corrupt footer"),  # the error page is taken for the file
    ],
)
def test_what_is_wrong_with_an_answer_is_told_in_words_only(
    server: WandbServer, sdk: RealSdk, fault: Callable[[Faults], None], said: str
) -> None:
    fault(server.faults)
    with pytest.raises(SdkError, match=said) as raised:
        _scan(sdk, "mixed")
    assert raised.value.kind in {"CommError", "WandbApiFailedError"}


def test_a_project_that_is_refused_is_no_error_of_the_kind_that_others_are(server: WandbServer, sdk: RealSdk) -> None:
    server.faults.status(403, "Runs")
    with pytest.raises(SdkError, match="permission denied") as raised:
        sdk.ask("[api.flush(), len(list(api.runs('lab/notes')))]")
    assert raised.value.kind == "WandbApiFailedError"
