from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.model.run import Column, RunState
from journal.sources.wandb_folder.joining import Joined, Part, join, join_column, numbered_on
from journal.sources.wandb_log.records import BranchPoint

RUN = "abc"
MORNING = datetime(2026, 11, 20, 9, tzinfo=UTC)


def part(
    steps: Sequence[int],
    *,
    run: str = RUN,
    minute: int | None = None,
    resume: bool = False,
    branch: tuple[str, int] | None = None,
    state: RunState = RunState.FINISHED,
    times: Sequence[float | None] | None = None,
    numbered: bool = True,
) -> Part:
    """A part; `minute` says when after nine it was begun. Its rows have no times unless they are given."""
    return Part(
        id=run,
        started=None if minute is None else MORNING + timedelta(minutes=minute),
        resume=resume,
        branch=branch and BranchPoint(*branch),
        state=state,
        steps=pl.Series("step", steps, pl.Int64),
        times=pl.Series("time", [None] * len(steps) if times is None else times, pl.Float64),
        numbered=numbered,
    )


def writer(times: Sequence[float | None], minute: int | None = None) -> Part:
    """A part whose rows have no steps."""
    return part(range(len(times)), times=times, numbered=False, minute=minute)


def column(of: Part, rows: Sequence[int], values: Sequence[float]) -> Column:
    """A metric that these rows of a part have."""
    return Column(
        name="loss",
        steps=of.steps.gather(list(rows)),
        values=pl.Series("loss", values, pl.Float64),
        times=of.times.gather(list(rows)),
    )


def steps(joined: Joined) -> list[list[int | None]]:
    return [joint.steps.to_list() for joint in joined.joints]


def notes(joined: Joined) -> list[str]:
    return [joint.note for joint in joined.joints]


# One part


def test_one_part_is_the_run_as_it_stands() -> None:
    alone = part([3, 5, 9])
    joined = join(RUN, [alone])
    assert joined.joints[0].steps is alone.steps
    assert (notes(joined), joined.problems) == (["begins at step 3"], ())
    loss = column(alone, [0, 2], [4.0, 2.0])
    assert join_column(joined, [loss]) is loss


def test_one_writer_of_a_shared_run_is_counted_from_0_as_it_stands() -> None:
    alone = writer([1.0, 2.0])
    assert join(RUN, [alone]).joints[0].steps is alone.steps


# Parts that go on, go back and start over


def test_a_part_that_starts_further_on_goes_on() -> None:
    joined = join(RUN, [part([0, 1, 2]), part([3, 4]), part([10, 11], resume=True)])
    assert steps(joined) == [[0, 1, 2], [3, 4], [10, 11]]
    assert notes(joined) == ["begins at step 0", "goes on at step 3", "goes on at step 10"]
    assert joined.rule == "the parts are joined in the order in which they were begun"


@pytest.mark.parametrize("resume", [False, True])
def test_a_part_that_starts_in_the_midst_goes_on_from_a_checkpoint(resume: bool) -> None:
    joined = join(RUN, [part(range(6)), part([4, 5, 6], resume=resume)])
    assert steps(joined) == [[0, 1, 2, 3, None, None], [4, 5, 6]]
    assert notes(joined)[1] == "goes back to step 4: 2 rows before it are left out"
    assert "from its first step on, a later part counts" in joined.rule


def test_a_part_that_goes_back_takes_back_the_rows_beyond_its_own_last_one_too() -> None:
    assert steps(join(RUN, [part(range(4)), part([2])])) == [[0, 1, None, None], [2]]


def test_going_back_over_several_parts_counts_the_rows_of_all_of_them() -> None:
    joined = join(RUN, [part(range(30_000)), part([30_000, 30_001]), part([20_000])])
    assert notes(joined)[2] == "goes back to step 20000: 10,002 rows before it are left out"
    assert steps(joined)[1] == [None, None]


def test_a_row_that_was_left_out_stays_out() -> None:
    joined = join(RUN, [part(range(5)), part([3]), part([4, 5])])
    assert steps(joined) == [[0, 1, 2, None, None], [3], [4, 5]]


def test_a_part_that_starts_over_without_resuming_takes_the_place_of_the_run() -> None:
    joined = join(RUN, [part([0]), part([0, 1])])
    assert steps(joined) == [[None], [0, 1]]
    assert notes(joined)[1] == "starts over at step 0: 1 row before it is left out"
    assert "takes the place of all before it" in joined.rule


def test_a_resumed_part_that_counts_from_0_again_is_numbered_on() -> None:
    joined = join(RUN, [part(range(3)), part([0, 1, 7], resume=True), part([0, 1], resume=True)])
    assert steps(joined) == [[0, 1, 2], [3, 4, 7], [8, 9]]
    assert notes(joined)[2] == "counts from 0 again: numbered on from step 8"
    assert "numbered on from the last step" in joined.rule


def test_a_resumed_part_that_begins_with_the_runs_own_first_step_counts_again() -> None:
    joined = join(RUN, [part([50, 100]), part([50, 100, 150], resume=True)])
    assert steps(joined) == [[50, 100], [101, 102, 150]]


def test_a_resumed_part_with_nothing_before_it_stays_as_it_is() -> None:
    joined = join(RUN, [part([], resume=True), part([20, 21], resume=True)])
    assert steps(joined) == [[], [20, 21]]
    assert notes(joined) == ["holds no rows", "begins at step 20"]


def test_a_part_without_rows_changes_nothing() -> None:
    joined = join(RUN, [part([0, 1]), part([], state=RunState.FAILED), part([2])])
    assert steps(joined) == [[0, 1], [], [2]]
    assert notes(joined)[1] == "holds no rows"


def step_by_step(own: Sequence[int], start: int) -> list[int]:
    """What `wandb sync` does, row by row."""
    numbered = []
    for step in own:
        numbered.append(max(step, start))
        start = numbered[-1] + 1
    return numbered


@given(st.lists(st.integers(0, 50)), st.integers(0, 60))
def test_numbering_on_is_what_a_loop_over_the_rows_would_do(own: list[int], start: int) -> None:
    series = pl.Series("step", own, pl.Int64)
    numbered = numbered_on(series, start)
    assert numbered.to_list() == step_by_step(own, start)
    assert numbered.name == "step"
    assert numbered.dtype == pl.Int64


# Forks and rewinds


def test_a_fork_takes_over_the_rows_of_the_run_it_leaves() -> None:
    joined = join(RUN, [part(range(6), run="old"), part([4, 5], branch=("old", 3))])
    assert steps(joined) == [[0, 1, 2, 3, None, None], [4, 5]]
    assert notes(joined) == [
        "of run old: begins at step 0",
        "leaves run old after step 3: 2 rows before it are left out",
    ]
    assert joined.problems == ()
    assert "run it was forked from come first" in joined.rule


def test_a_fork_of_a_fork_takes_over_the_rows_of_both() -> None:
    parts = [part(range(6), run="old"), part([4, 5], run="mid", branch=("old", 3)), part([5], branch=("mid", 4))]
    assert steps(join(RUN, parts)) == [[0, 1, 2, 3, None, None], [4, None], [5]]


def test_a_fork_of_a_run_that_was_resumed_takes_over_what_was_joined() -> None:
    parts = [part(range(3), run="old"), part(range(3), run="old", resume=True), part([5], branch=("old", 4))]
    assert steps(join(RUN, parts)) == [[0, 1, 2], [3, 4, None], [5]]


def test_the_resumed_part_of_a_fork_goes_on_with_all_of_it() -> None:
    parts = [part(range(6), run="old"), part([4, 5], branch=("old", 3)), part([0, 1], resume=True)]
    assert steps(join(RUN, parts)) == [[0, 1, 2, 3, None, None], [4, 5], [6, 7]]


def test_what_the_left_run_did_after_the_fork_does_not_count() -> None:
    parts = [
        part(range(6), run="old", minute=0),
        part([2, 3], run="old", minute=2, branch=("old", 1)),
        part([4], minute=1, branch=("old", 3)),
    ]
    joined = join(RUN, parts)
    assert steps(joined) == [[0, 1, 2, 3, None, None], [None, None], [4]]
    assert notes(joined)[1] == "of run old: not part of this one"


def test_a_fork_without_the_run_it_leaves_says_so() -> None:
    joined = join(RUN, [part([4, 5], branch=("old", 3))])
    assert steps(joined) == [[4, 5]]
    assert [problem.message for problem in joined.problems] == [
        "run abc was forked from run old at step 3, but the rows up to there are not at hand"
    ]


def test_a_fork_whose_first_attempt_logged_nothing_is_still_a_fork() -> None:
    parts = [part(range(6), run="old"), part([], branch=("old", 3)), part([4], resume=True)]
    assert steps(join(RUN, parts)) == [[0, 1, 2, 3, None, None], [], [4]]


def test_rows_of_a_fork_never_stand_where_the_left_run_does() -> None:
    parts = [part([0, 2], run="old"), part([0, 1], branch=("old", 3))]
    assert steps(join(RUN, parts)) == [[0, 2], [4, 5]]


def test_runs_that_say_they_were_forked_from_each_other_come_to_an_end() -> None:
    joined = join(RUN, [part([5, 6], run="old", branch=(RUN, 4)), part([6, 7], branch=("old", 5))])
    assert steps(joined) == [[5, None], [6, 7]]
    assert [problem.message[:28] for problem in joined.problems] == ["run old was forked from run "]


def test_a_run_that_nobody_left_is_no_part_of_this_one() -> None:
    joined = join(RUN, [part([0], run="other"), part([0, 1])])
    assert steps(joined) == [[None], [0, 1]]


def test_a_rewind_leaves_out_what_came_after() -> None:
    parts = [part(range(6)), part([3, 4], branch=(RUN, 2)), part([4], branch=(RUN, 3))]
    joined = join(RUN, parts)
    assert steps(joined) == [[0, 1, 2, None, None, None], [3, None], [4]]
    assert notes(joined)[1:] == [
        "goes back to step 2: 3 rows before it are left out",
        "goes back to step 3: 1 row before it is left out",
    ]
    assert "a rewind leaves out the rows after the step it goes back to" in joined.rule


def test_a_rewind_without_anything_before_it_says_so() -> None:
    joined = join(RUN, [part([3, 4], branch=(RUN, 2))])
    assert steps(joined) == [[3, 4]]
    assert [problem.message for problem in joined.problems] == [
        "run abc was taken back to its own step 2, but the rows up to there are not at hand"
    ]


# Shared runs


def test_writers_of_a_shared_run_are_merged_by_wall_time() -> None:
    joined = join(RUN, [writer([1.0, 3.0, 5.0]), writer([2.0, 3.0, 9.0])])
    assert steps(joined) == [[0, 2, 4], [1, 3, 5]]
    assert notes(joined) == ["one of 2 writers: rows are numbered by wall time, from step 0 on"] * 2
    assert "merged by wall time" in joined.rule


def test_a_row_without_a_time_stays_behind_the_one_before_it() -> None:
    assert steps(join(RUN, [writer([None, 2.0, None, 6.0]), writer([1.0, 3.0])])) == [[1, 2, 3, 5], [0, 4]]


def test_a_clock_that_was_set_back_does_not_change_the_order_of_a_writer() -> None:
    assert steps(join(RUN, [writer([5.0, 1.0, 6.0]), writer([2.0, 5.5])])) == [[1, 2, 4], [0, 3]]


def test_a_writer_without_times_comes_in_when_it_was_begun() -> None:
    nine = MORNING.timestamp()
    assert steps(join(RUN, [writer([nine, nine + 120]), writer([None, None], minute=1)])) == [[0, 3], [1, 2]]


def test_a_writer_without_times_or_start_comes_last() -> None:
    assert steps(join(RUN, [writer([None]), writer([1.0])])) == [[1], [0]]


def test_a_run_that_becomes_a_shared_one_is_numbered_on() -> None:
    joined = join(RUN, [part([0, 10]), writer([1.0, 3.0]), part([]), writer([2.0])])
    assert steps(joined) == [[0, 10], [11, 13], [], [12]]


# Copies


def test_a_copy_that_was_made_while_the_log_was_written_counts_once() -> None:
    live = part([0, 1], minute=0, times=[1.0, 2.0], state=RunState.CRASHED_OR_RUNNING)
    whole = part([0, 1, 2], minute=0, times=[1.0, 2.0, 3.0])
    for parts, at in (([live, whole], 0), ([whole, live], 1)):
        joined = join(RUN, parts)
        assert steps(joined)[at] == [None, None]
        assert steps(joined)[1 - at] == [0, 1, 2]
        assert notes(joined)[at] == f"a copy of part {2 - at}"
        assert joined.state is RunState.FINISHED
        assert "a copy of a part counts once" in joined.rule


def test_of_equal_copies_the_one_that_knows_its_end_counts() -> None:
    live = part([0, 1], minute=0, state=RunState.CRASHED_OR_RUNNING)
    ended = replace(live, state=RunState.FAILED)
    joined = join(RUN, [live, ended, ended])
    assert steps(joined) == [[None, None], [0, 1], [None, None]]
    assert notes(joined)[2] == "a copy of part 2"
    assert joined.state is RunState.FAILED


def test_a_copy_of_an_early_part_is_no_rewind() -> None:
    first, second = part([0, 1], minute=0), part([2, 3], minute=1)
    assert steps(join(RUN, [first, second, first])) == [[0, 1], [2, 3], [None, None]]


@pytest.mark.parametrize(
    "other",
    [
        part([0, 1], minute=1, times=[1.0, 2.0]),
        part([0, 1], minute=0, times=[1.0, 2.5]),
        part([0, 2], minute=0, times=[1.0, 2.0]),
    ],
)
def test_parts_with_another_start_or_other_rows_are_no_copies(other: Part) -> None:
    joined = join(RUN, [part([0, 1], minute=0, times=[1.0, 2.0]), other])
    assert steps(joined) == [[None, None], other.steps.to_list()]
    assert notes(joined)[1].startswith("starts over")


def test_parts_of_which_no_time_at_all_is_known_are_no_copies() -> None:
    joined = join(RUN, [part([0, 1]), part([0, 1], resume=True)])
    assert steps(joined) == [[0, 1], [2, 3]]


# The state


def test_the_run_ended_as_its_last_part_did() -> None:
    parts = [part([0], state=RunState.FAILED), part([1]), part([], state=RunState.CRASHED_OR_RUNNING)]
    assert join(RUN, parts).state is RunState.CRASHED_OR_RUNNING
    assert join(RUN, parts[:2]).state is RunState.FINISHED
    assert join("other", parts).state is RunState.UNKNOWN


def test_a_shared_run_ended_as_its_first_writer_did() -> None:
    first, second = replace(writer([1.0]), state=RunState.FAILED), writer([2.0])
    assert join(RUN, [part([0]), first, second]).state is RunState.FAILED


# Columns


def test_a_column_is_joined_with_its_values_and_times() -> None:
    first, second = part(range(4), times=[1.0, None, 3.0, 4.0]), part([2, 3], times=[5.0, 6.0])
    joined = join(RUN, [first, second, part([4])])
    loss = join_column(joined, [column(first, [0, 1, 3], [9.0, 8.0, 7.0]), column(second, [1], [6.0]), None])
    assert loss is not None
    assert loss.name == "loss"
    assert loss.steps.to_list() == [0, 1, 3]
    assert loss.values.to_list() == [9.0, 8.0, 6.0]
    assert loss.times.to_list() == [1.0, None, 6.0]


def test_a_column_that_only_moves_keeps_its_values_and_times() -> None:
    second = part([0, 1], resume=True)
    loss = column(second, [1], [6.0])
    moved = join_column(join(RUN, [part(range(4)), second]), [None, loss])
    assert moved is not None
    assert moved.steps.to_list() == [5]
    assert moved.values is loss.values
    assert moved.times is loss.times


def test_the_columns_of_writers_are_put_in_step_order() -> None:
    one, other = writer([1.0, 3.0]), writer([2.0])
    seen = join_column(join(RUN, [one, other]), [column(one, [0, 1], [1.0, 3.0]), column(other, [0], [2.0])])
    assert seen is not None
    assert (seen.steps.to_list(), seen.values.to_list(), seen.times.to_list()) == ([0, 1, 2], [1, 2, 3], [1, 2, 3])


def test_a_metric_of_rows_that_were_left_out_is_gone() -> None:
    first = part([0, 1])
    joined = join(RUN, [first, part([0])])
    assert join_column(joined, [column(first, [0, 1], [1.0, 2.0]), None]) is None
    assert join_column(joined, [None, None]) is None


# Whatever the parts


@st.composite
def any_part(draw: st.DrawFn, minute: int) -> Part:
    own = sorted(draw(st.sets(st.integers(0, 12), max_size=6)))
    numbered = draw(st.booleans())
    moments = st.one_of(st.none(), st.integers(0, 9).map(float))
    return part(
        own if numbered else range(len(own)),
        run=draw(st.sampled_from([RUN, RUN, RUN, "old"])),
        minute=draw(st.sampled_from([minute, 0, None])),
        resume=draw(st.booleans()),
        branch=draw(st.one_of(st.none(), st.none(), st.tuples(st.sampled_from([RUN, "old"]), st.integers(0, 12)))),
        times=draw(st.lists(moments, min_size=len(own), max_size=len(own))),
        numbered=numbered,
    )


any_parts = st.integers(1, 5).flatmap(lambda n: st.tuples(*(any_part(minute) for minute in range(n))))


def kept(joined: Joined) -> Iterator[tuple[int, int, int]]:
    """Every row that counts: its step in the run, its part and its place in that part."""
    for at, joint in enumerate(joined.joints):
        for row, step in enumerate(joint.steps.to_list()):
            if step is not None:
                yield step, at, row


@pytest.mark.untraced
@given(any_parts)
def test_no_step_stands_twice_and_no_part_changes_its_order(parts: tuple[Part, ...]) -> None:
    joined = join(RUN, parts)
    everything = [step for step, _, _ in kept(joined)]
    assert len(everything) == len(set(everything))
    for joint, own in zip(joined.joints, parts, strict=True):
        assert joint.steps.dtype == pl.Int64
        assert joint.steps.len() == own.steps.len()
        assert joint.own is own.steps
        assert joint.steps.drop_nulls().is_sorted()
        assert joint.note


@pytest.mark.untraced
@given(any_parts)
def test_the_rows_of_the_last_part_always_count(parts: tuple[Part, ...]) -> None:
    last = replace(parts[-1], id=RUN, started=MORNING + timedelta(days=1))
    assert join(RUN, [*parts[:-1], last]).joints[-1].steps.null_count() == 0


@pytest.mark.untraced
@given(any_parts, st.data())
def test_a_joined_column_has_exactly_the_rows_that_count_and_have_the_metric(
    parts: tuple[Part, ...], data: st.DataObject
) -> None:
    joined = join(RUN, parts)
    rows = [[row for row in range(each.steps.len()) if data.draw(st.booleans())] for each in parts]
    columns = [
        column(each, own, [at * 100 + row for row in own])
        for at, (each, own) in enumerate(zip(parts, rows, strict=True))
    ]
    result = join_column(joined, columns)
    expected = sorted((step, at, row) for step, at, row in kept(joined) if row in rows[at])
    if result is None:
        assert expected == []
        return
    assert result.steps.to_list() == [step for step, _, _ in expected]
    assert result.values.to_list() == [at * 100 + row for _, at, row in expected]
    assert result.times.to_list() == [parts[at].times[row] for _, at, row in expected]


@pytest.mark.untraced
@given(any_part(0))
def test_joining_one_part_is_the_identity(alone: Part) -> None:
    joined = join(RUN, [replace(alone, id=RUN, branch=None)])
    assert joined.joints[0].steps is alone.steps
