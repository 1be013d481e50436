from hashlib import sha256
from pathlib import Path

import pytest
from part_folders import part_folder
from run_folders import config_at, log_folder
from wandb_writer import frame, history, run

from conftest import RUNS
from journal.errors import CorruptLog, SourceUnavailable
from journal.model.run import RunState
from journal.sources.open_run import OpenRun
from journal.sources.wandb_folder.folders import WandbFolders


def opened(root: Path, run_id: str = "abc") -> OpenRun:
    """The one listed run of an id, whole."""
    source = WandbFolders(config_at(root))
    (head,) = [head for head in source.heads() if head.id == run_id]
    return source.open(head)


def part(root: Path, folder: Path) -> OpenRun:
    """What lies in one folder."""
    source = WandbFolders(config_at(root))
    head = source.locate(str(folder))
    assert head is not None
    return source.open(head)


def points(run: OpenRun, metric: str = "x") -> dict[int, float]:
    column = run.column(metric)
    assert column is not None
    return dict(zip(column.steps.to_list(), column.values.to_list(), strict=True))


def test_the_parts_of_a_run_are_one_history(tmp_path: Path) -> None:
    part_folder(tmp_path / "wandb", "abc", range(3), start=10, code=None)
    newest = part_folder(tmp_path / "wandb", "abc", range(3, 5), start=20, resume=True)
    run = opened(tmp_path)
    assert points(run) == {0: 10, 1: 11, 2: 12, 3: 23, 4: 24}
    assert (run.run.rows, run.run.last_step, run.state) == (5, 4, RunState.FINISHED)
    assert (run.run.place, run.run.segments) == (f"wandb/{newest.name}", 2)
    assert run.started is not None
    assert run.started.timestamp() == 10


def test_rows_that_were_overtaken_do_not_count(tmp_path: Path) -> None:
    part_folder(tmp_path / "wandb", "abc", range(4), start=10)
    part_folder(tmp_path / "wandb", "abc", range(2, 5), start=20, resume=True)
    run = opened(tmp_path)
    assert points(run) == {0: 10, 1: 11, 2: 22, 3: 23, 4: 24}
    assert run.run.rows == 5
    assert [(each.rows, each.kept, each.first_step, each.last_step) for each in run.segments] == [
        (4, 2, 0, 1),
        (3, 3, 2, 4),
    ]


def test_the_parts_are_named_with_their_own_bytes_state_and_part_in_the_whole(tmp_path: Path) -> None:
    first = part_folder(tmp_path / "wandb", "abc", range(3), start=10, code=None)
    second = part_folder(tmp_path / "wandb", "abc", range(3, 5), start=20, resume=True)
    one, two = opened(tmp_path).segments
    assert (one.place, one.state, one.note) == (f"wandb/{first.name}", RunState.CRASHED_OR_RUNNING, "begins at step 0")
    assert (two.place, two.state, two.note) == (f"wandb/{second.name}", RunState.FINISHED, "goes on at step 3")
    assert two.started is not None
    assert two.started.timestamp() == 20
    content = (first / "run-abc.wandb").read_bytes()
    assert (one.origin.bytes, one.origin.sha256) == (len(content), sha256(content).hexdigest())
    assert one.origin.path == f"wandb/{first.name}/run-abc.wandb"


def test_the_sum_of_several_logs_is_that_of_their_sums_line_by_line(tmp_path: Path) -> None:
    logs = [
        part_folder(tmp_path / "wandb", "abc", [0], start=10) / "run-abc.wandb",
        part_folder(tmp_path / "wandb", "abc", [1], start=20, resume=True) / "run-abc.wandb",
    ]
    sums = "".join(sha256(log.read_bytes()).hexdigest() + "\n" for log in logs)
    origin = opened(tmp_path).origin
    assert origin.sha256 == sha256(sums.encode()).hexdigest()
    assert origin.bytes == sum(log.stat().st_size for log in logs)
    assert (origin.kind, origin.path) == ("wandb-log", f"wandb/{logs[1].parent.name}/run-abc.wandb")


def test_the_rule_that_was_applied_is_stated_for_several_logs_only(tmp_path: Path) -> None:
    folder = part_folder(tmp_path / "wandb", "abc", [0], start=10)
    assert opened(tmp_path).run.rule is None
    part_folder(tmp_path / "wandb", "abc", [1], start=20, resume=True)
    assert opened(tmp_path).run.rule
    assert part(tmp_path, folder).run.rule is None


def test_a_later_part_overrules_the_config_and_the_summary_of_an_earlier_one(tmp_path: Path) -> None:
    first = part_folder(tmp_path / "wandb", "abc", [0], start=10, config={"lr": 1, "depth": 2}, name="first")
    part_folder(tmp_path / "wandb", "abc", [1], start=20, config={"lr": 3}, resume=True)
    (first / "files" / "wandb-summary.json").write_text('{"x": 9}')
    run = opened(tmp_path)
    assert (run.config, run.summary, run.name) == ({"lr": 3, "depth": 2}, {"x": 9}, "first")


def test_the_config_of_a_part_that_was_replaced_is_gone_with_its_rows(tmp_path: Path) -> None:
    part_folder(tmp_path / "wandb", "abc", [0, 1], start=10, config={"lr": 1, "old": True})
    part_folder(tmp_path / "wandb", "abc", [0], start=20, config={"lr": 3})
    run = opened(tmp_path)
    assert run.config == {"lr": 3}
    assert points(run) == {0: 20}


def test_metrics_are_those_with_a_row_that_counts(tmp_path: Path) -> None:
    part_folder(tmp_path / "wandb", "abc", [0, 1], start=10, metric="old")
    part_folder(tmp_path / "wandb", "abc", [0], start=20, metric="new")
    run = opened(tmp_path)
    assert run.metric_names == ("new",)
    assert run.column("old") is None
    assert [metric.name for metric in run.metrics] == ["new"]


def test_metrics_of_any_part_are_metrics_of_the_run(tmp_path: Path) -> None:
    part_folder(tmp_path / "wandb", "abc", range(3), start=10, metric="b")
    part_folder(tmp_path / "wandb", "abc", [2, 3], start=20, metric="a", resume=True)
    run = opened(tmp_path)
    assert run.metric_names == ("a", "b")
    assert (points(run, "a"), points(run, "b")) == ({2: 22, 3: 23}, {0: 10, 1: 11})
    assert run.history().rows() == [(0, None, 10), (1, None, 11), (2, 22, None), (3, 23, None)]


def test_a_fork_begins_with_the_rows_of_the_run_it_left(tmp_path: Path) -> None:
    part_folder(tmp_path / "wandb", "up", range(5), start=10, config={"lr": 1})
    part_folder(tmp_path / "wandb", "mid", [3, 4], start=20, branch=("up", 2))
    part_folder(tmp_path / "wandb", "abc", [4, 5], start=30, config={"lr": 7}, branch=("mid", 3))
    run = opened(tmp_path)
    assert points(run) == {0: 10, 1: 11, 2: 12, 3: 23, 4: 34, 5: 35}
    assert (run.id, run.config, run.run.segments) == ("abc", {"lr": 7}, 3)
    assert [each.kept for each in run.segments] == [3, 1, 2]
    assert run.started is not None
    assert run.started.timestamp() == 30


def test_a_fork_or_rewind_that_is_asked_for_alone_says_what_it_leaves_and_misses_nothing(tmp_path: Path) -> None:
    part_folder(tmp_path / "wandb", "up", range(5), start=10)
    fork = part_folder(tmp_path / "wandb", "abc", [3, 4], start=20, branch=("up", 2))
    rewind = part_folder(tmp_path / "wandb", "abc", [4], start=30, branch=("abc", 3))
    alone = part(tmp_path, fork)
    assert points(alone) == {3: 23, 4: 24}
    assert (alone.run.rule, alone.problems) == ("this part alone, which leaves run up after step 2", ())
    alone = part(tmp_path, rewind)
    assert points(alone) == {4: 34}
    assert (alone.run.rule, alone.problems) == ("this part alone, which goes back to step 3", ())


def test_a_fork_of_a_run_that_is_not_there_says_so(tmp_path: Path) -> None:
    part_folder(tmp_path / "wandb", "abc", [4, 5], start=10, branch=("gone", 3))
    run = opened(tmp_path)
    assert points(run) == {4: 14, 5: 15}
    assert ["gone" in problem.message for problem in run.problems] == [True]
    assert run.run.segments == 1


def test_a_rewind_takes_back_the_runs_own_rows(tmp_path: Path) -> None:
    part_folder(tmp_path / "wandb", "abc", range(5), start=10)
    part_folder(tmp_path / "wandb", "abc", [3], start=20, branch=("abc", 2))
    assert points(opened(tmp_path)) == {0: 10, 1: 11, 2: 12, 3: 23}


def test_problems_of_several_logs_name_the_folder(tmp_path: Path) -> None:
    part_folder(tmp_path / "wandb", "abc", [0], start=10)
    folder = part_folder(tmp_path / "wandb", "abc", [1], start=20, resume=True)
    (folder / "files" / "wandb-summary.json").write_text("{")
    broken = "files/wandb-summary.json cannot be understood"
    assert [problem.message for problem in opened(tmp_path).problems] == [f"wandb/{folder.name}: {broken}"]
    assert [problem.message for problem in part(tmp_path, folder).problems] == [broken]


def test_a_part_that_cannot_be_read_takes_nothing_else_away(tmp_path: Path) -> None:
    part_folder(tmp_path / "wandb", "abc", [0], start=10)
    folder = log_folder(tmp_path / "wandb", "abc", frame([run("abc")])[:7] + b"\1" * 5000, day=2)
    found = opened(tmp_path)
    assert points(found) == {0: 10}
    assert found.run.segments == 2
    (problem,) = found.problems
    assert problem.message.startswith(f"wandb/{folder.name}: nothing of the log can be read")


def test_a_run_of_which_no_part_can_be_read_is_corrupt(tmp_path: Path) -> None:
    for day in (1, 2):
        log_folder(tmp_path / "wandb", "abc", frame([run("abc")])[:7] + b"\1" * 5000 * day, day=day)
    with pytest.raises(CorruptLog) as caught:
        _ = opened(tmp_path).run
    assert caught.value.path == "wandb/offline-run-20260102_120000-abc/run-abc.wandb"


def test_a_part_that_is_gone_makes_the_run_unavailable(tmp_path: Path) -> None:
    part_folder(tmp_path / "wandb", "abc", [0], start=10)
    folder = part_folder(tmp_path / "wandb", "abc", [1], start=20, resume=True)
    source = WandbFolders(config_at(tmp_path))
    (head,) = source.heads()
    (folder / "run-abc.wandb").unlink()
    with pytest.raises(SourceUnavailable):
        source.open(head)


def test_rows_without_steps_of_several_writers_are_merged_by_their_times(tmp_path: Path) -> None:
    for day, seconds in ((1, (100.0, 130.0)), (2, (110.0, 120.0))):
        rows = [history({"x": float(second), "_timestamp": second}) for second in seconds]
        log_folder(tmp_path / "wandb", "abc", frame([run("abc", started=float(day)), *rows]), day=day)
    assert points(opened(tmp_path)) == {0: 100, 1: 110, 2: 120, 3: 130}


# Of each part of a run that the real SDK wrote: rows logged, and the first and last step of those that count.
SDK_RUNS: dict[str, list[tuple[int, int | None, int | None]]] = {
    "resume/zero031": [(20, 0, 19), (15, 20, 34), (10, 35, 44)],
    "resume/goon031": [(20, 0, 19), (12, 20, 31)],
    "resume/back031": [(20, 0, 14), (17, 15, 31)],
    "resume/leap031": [(20, 0, 19), (10, 30, 39)],
    "resume/kill031": [(20, 0, 14), (17, 15, 31)],
    "online/onlin031": [(20, 0, 19), (10, 20, 29)],
    "rewind/rewin031": [(12, 0, 5), (4, 6, 7), (7, 8, 14)],
    "fork/child031": [(12, 0, 7), (6, 8, 13)],
    "fork/grand031": [(12, 0, 7), (6, 8, 10), (4, 11, 14)],
    "fork/orpha031": [(5, 4, 8)],
    "collision/colli031": [(6, 0, 5), (12, 6, 17)],
    "collision/twice031": [(12, None, None), (8, 0, 7)],
}


@pytest.mark.parametrize("name", SDK_RUNS)
def test_runs_that_the_sdk_wrote_in_several_folders_are_joined(name: str) -> None:
    folder, _, run_id = name.partition("/")
    source = WandbFolders(config_at(RUNS / "joined-0.31.0" / folder))
    (head,) = [head for head in source.heads() if head.id == run_id]
    run = source.open(head)
    assert head.segments == len(run.segments) == run.run.segments
    assert [(each.rows, each.first_step, each.last_step) for each in run.segments] == SDK_RUNS[name]
    last = [step for _, _, step in SDK_RUNS[name] if step is not None][-1]
    assert (run.run.last_step, run.run.address) == (last, f"attention-lab/sigma-floor/{run_id}")
    assert run.run.rule
    column = run.column("part")
    assert column is not None
    assert column.steps.len() == run.run.rows == sum(each.kept for each in run.segments)
    assert column.values.is_sorted()  # each part logged its number


def test_two_writers_of_a_run_in_shared_mode_are_one_run() -> None:
    source = WandbFolders(config_at(RUNS / "joined-0.31.0" / "shared"))
    (head,) = source.heads()
    run = source.open(head)
    assert (run.run.segments, run.run.rows, run.state) == (2, 21, RunState.FINISHED)
    assert {"writer1/loss", "writer2/loss"} <= set(run.metric_names)
    assert run.history(["part"])["_step"].to_list() == list(range(21))


def test_run_folders_that_are_not_what_they_seem_are_each_found_once() -> None:
    source = WandbFolders(config_at(RUNS / "joined-0.31.0" / "odd", "."))
    found = {head.id: head.place for head in source.heads()}
    assert sorted(found) == sorted(
        ["käse 1-2", "x--1", "empty031", "head031", "twin031", "lates031", "renam031", "only031"]
    )
    assert found["renam031"] == "best model.wandb"
    assert found["only031"] == "moved/wandb/latest-run"
    assert found["lates031"].startswith("wandb/offline-run-")
