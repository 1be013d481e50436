from collections.abc import Iterable
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.sources.wandb_folder.identity import FoundLog, LogIdentity
from journal.sources.wandb_folder.runs import FoundRun, found_runs
from journal.sources.wandb_folder.search import LogFile


def log(
    folder: str,
    run_id: str = "abc",
    *,
    project: str | None = "toy",
    entity: str | None = "lab",
    start: float | None = None,
    name: str | None = None,
    commit: str | None = None,
    parent: str | None = None,
) -> FoundLog:
    identity = LogIdentity(
        id=run_id,
        entity=entity,
        project=project,
        name=name,
        commit=commit,
        parent=parent,
        started=None if start is None else datetime.fromtimestamp(start, UTC),
    )
    return FoundLog(LogFile(f"/wandb/{folder}/run-{run_id}.wandb", sole=True), identity, size=1)


def runs_of(logs: Iterable[FoundLog]) -> list[FoundRun]:
    """The runs of logs of which none is another's copy."""
    return found_runs(logs, lambda _log, _other: False)


def folders(run: FoundRun) -> list[str]:
    return [found.file.folder.rpartition("/")[2] for found in run.logs]


def grouped(*logs: FoundLog) -> list[list[str]]:
    return [folders(run) for run in runs_of(logs)]


def test_logs_of_one_id_in_one_project_are_one_run_and_other_ids_are_others() -> None:
    assert grouped(log("a"), log("b", "other"), log("c")) == [["a", "c"], ["b"]]


def test_what_a_log_does_not_record_fits_any_run() -> None:
    assert grouped(log("a", entity=None), log("b", project=None), log("c"), log("d", project=None, entity=None)) == [
        ["a", "b", "c", "d"]
    ]


def test_logs_whose_projects_contradict_each_other_are_two_runs() -> None:
    assert grouped(log("a"), log("b", project="other"), log("c"), log("d", project="other")) == [["a", "c"], ["b", "d"]]
    assert grouped(log("a", entity="lab"), log("b", entity="home")) == [["a"], ["b"]]


def test_a_log_that_fits_two_runs_is_given_to_neither() -> None:
    unsaid, other = log("c", project=None, entity=None), log("b", project="other")
    assert grouped(log("a"), other, unsaid) == [["a"], ["b"], ["c"]]
    assert grouped(log("a"), other, unsaid, log("d", entity=None)) == [["a", "d"], ["b"], ["c"]]


def test_logs_are_put_in_the_order_of_their_starts_whatever_their_folders_are_called() -> None:
    early, late = "run-20260102_000000-abc", "run-20260101_000000-abc"
    assert grouped(log(late, start=2.5), log(early, start=2.25)) == [[early, late]]


def test_logs_of_one_start_are_put_in_the_order_of_their_folders_numbers() -> None:
    names = ["run-20260101_000000-abc", "run-20260101_000000-abc-2", "run-20260101_000000-abc-10"]
    assert grouped(*(log(name, start=1) for name in reversed(names))) == [names]


def test_the_folders_names_decide_where_a_log_does_not_say_when_it_was_begun() -> None:
    names = ["run-20260101_000000-abc", "run-20260101_000001-abc", "latest-run"]
    assert grouped(log(names[2], start=1), log(names[1]), log(names[0], start=3)) == [names]


def test_a_run_starts_with_its_first_log_and_is_called_and_placed_by_its_newest() -> None:
    (run,) = runs_of(
        [
            log("run-20260101_000000-abc", start=1, name="first", commit="a" * 40),
            log("run-20260102_000000-abc", start=2, name="second", commit="b" * 40),
            log("run-20260103_000000-abc", start=3, entity=None),
        ]
    )
    head = run.head(lambda path: path.removeprefix("/"))
    assert (head.name, head.commit, head.address) == ("second", "b" * 40, "lab/toy/abc")
    assert (head.place, head.segments) == ("wandb/run-20260103_000000-abc", 3)
    assert head.started == datetime.fromtimestamp(1, UTC)


def origins(run: FoundRun) -> list[str]:
    return [found.identity.id for found in run.before]


def test_a_fork_has_the_logs_of_its_whole_ancestry_before_its_own() -> None:
    runs = runs_of(
        [
            log("a", "child", parent="mother"),
            log("b", "mother", parent="grandmother", start=2),
            log("c", "mother", start=3),
            log("d", "grandmother"),
        ]
    )
    by_id = {run.id: run for run in runs}
    assert origins(by_id["child"]) == ["grandmother", "mother", "mother"]
    assert by_id["child"].head(str).segments == 4
    assert origins(by_id["mother"]) == ["grandmother"]
    assert origins(by_id["grandmother"]) == []


@pytest.mark.parametrize("parent", ["abc", "absent"])
def test_a_rewind_and_a_fork_of_an_absent_run_have_no_other_logs(parent: str) -> None:
    (run,) = runs_of([log("a", parent=parent)])
    assert run.before == ()


def test_runs_that_claim_to_be_forked_from_each_other_end_somewhere() -> None:
    one, two = runs_of([log("a", "one", parent="two"), log("b", "two", parent="one")])
    assert origins(one) == ["two"]
    assert origins(two) == ["one"]


def test_a_fork_leaves_the_run_of_its_own_project_and_none_where_it_could_be_either() -> None:
    parents = [log("a", "up"), log("b", "up", project="other")]
    near, far = log("c", "near", project="other", parent="up"), log("d", "far", project=None, parent="up")
    by_id = {run.id: run for run in runs_of([*parents, near, far])}
    assert [found.identity.project for found in by_id["near"].before] == ["other"]
    assert by_id["far"].before == ()


def test_of_copies_the_first_counts() -> None:
    logs = [log("a"), log("b"), log("c")]
    (run,) = found_runs(logs, lambda one, other: {one, other} == {logs[0], logs[2]})
    assert folders(run) == ["a", "b"]


WHERE = st.tuples(st.sampled_from([None, "lab", "home"]), st.sampled_from([None, "toy", "other"]))


@given(st.lists(WHERE, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_no_log_is_lost_and_none_is_joined_with_one_that_contradicts_it(
    where: list[tuple[str | None, str | None]], random: Random
) -> None:
    logs = [log(f"{number:02}", entity=entity, project=project) for number, (entity, project) in enumerate(where)]
    runs = runs_of(logs)
    assert sorted(name for run in runs for name in folders(run)) == [f"{number:02}" for number in range(len(where))]
    for run in runs:
        for one in zip(*((found.identity.entity, found.identity.project) for found in run.logs), strict=True):
            assert len({name for name in one if name is not None}) <= 1
    shuffled = random.sample(logs, len(logs))
    assert sorted(map(folders, runs_of(shuffled))) == sorted(map(folders, runs))
