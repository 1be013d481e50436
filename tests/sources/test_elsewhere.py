"""How a run stands to the same run elsewhere is told in words, and only where something is otherwise."""

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import RUNS
from journal import open_run
from journal.model.run import RunState
from journal.sources.elsewhere import Gist, differences, gist_of
from journal.sources.open_run import OpenRun

HERE = Gist(
    rows=100,
    first_step=0,
    last_step=99,
    state=RunState.FINISHED,
    counts={"loss": 100, "val/acc": 10},
    summary={"loss": 0.25, "acc": {"max": 0.9}, "note": "text"},
)


def told(**otherwise: Any) -> list[str]:
    """What is said where the same run is otherwise on the server."""
    return list(differences(HERE, replace(HERE, **otherwise), "on the server"))


NAMES = st.text("ab._", max_size=3)
LEAVES = st.one_of(
    st.floats(), st.integers(), st.booleans(), st.none(), st.sampled_from(["text", "NaN", "-Infinity", "1"])
)
SUMMARIES = st.dictionaries(
    NAMES | st.just("_type"), st.recursive(LEAVES, lambda below: st.dictionaries(NAMES, below, max_size=3)), max_size=3
)
GISTS = st.builds(
    Gist,
    rows=st.integers(0, 3),
    first_step=st.none() | st.integers(0, 3),
    last_step=st.none() | st.integers(0, 3),
    state=st.sampled_from(RunState),
    counts=st.none() | st.dictionaries(NAMES, st.integers(0, 2), max_size=5),
    summary=SUMMARIES,
)


@given(GISTS)
def test_nothing_is_otherwise_than_itself(gist: Gist) -> None:
    assert differences(gist, gist, "there") == ()


@settings(max_examples=200)
@given(GISTS, GISTS, st.sets(st.sampled_from(["rows", "first_step", "last_step", "state", "counts", "summary"])))
def test_whoever_looks_finds_a_difference_or_none(one: Gist, other: Gist, same: set[str]) -> None:
    other = replace(other, **{name: getattr(one, name) for name in same})
    there, back = differences(one, other, "there"), differences(other, one, "there")
    assert len(there) == len(back)
    assert len(set(there)) == len(there)
    if not there:
        assert one.rows == other.rows


@settings(max_examples=60)
@given(GISTS, st.integers(1, 5))
def test_every_row_more_or_less_is_told(gist: Gist, rows: int) -> None:
    assert differences(gist, replace(gist, rows=gist.rows + rows), "there") != ()


@pytest.mark.parametrize("folder", ["sdk-0.31.0", "eras/0.16.6", "eras/0.31.0-typed", "joined-0.31.0/fork"])
def test_the_gist_of_a_run_counts_all_its_rows(folder: str) -> None:
    run = open_run(min((RUNS / folder).rglob("*.wandb")).parent)
    gist = gist_of(run)
    assert (gist.rows, gist.last_step, gist.state) == (run.rows, run.last_step, run.state)
    assert gist.first_step == int(run.history()["_step"][0])
    columns = {name: run.column(name) for name in run.metric_names}
    assert gist.counts == {name: column.values.len() for name, column in columns.items() if column is not None} != {}
    assert gist.summary == run.summary
    assert differences(gist, gist_of(open_run(run.place)), "there") == ()


def test_a_run_that_its_source_knows_in_brief_is_not_read() -> None:
    class Brief:
        """The contents of a run whose history nobody may ask for."""

        gist = HERE

    unread: Any = Brief()
    assert gist_of(OpenRun(unread)) is HERE


def test_rows_that_are_missing_on_a_side_are_counted() -> None:
    assert told(rows=88) == ["12 of 100 rows are missing on the server"]
    assert told(rows=99) == ["1 of 100 rows is missing on the server"]
    assert told(rows=1100) == ["1,000 of 1,100 rows are missing here"]


def test_steps_that_are_shifted_are_told_with_the_distance() -> None:
    assert told(first_step=5, last_step=104) == ["its rows are 5 steps later on the server: 5 to 104, not 0 to 99"]
    back = differences(replace(HERE, first_step=1, last_step=100), HERE, "in the folder")
    assert back == ("its rows are 1 step earlier in the folder: 0 to 99, not 1 to 100",)


def test_steps_that_are_not_shifted_as_one_are_told_by_their_ends() -> None:
    assert told(rows=60, first_step=0, last_step=59) == [
        "40 of 100 rows are missing on the server",
        "its last step is 59 on the server and 99 here",
    ]
    assert told(first_step=7) == ["its first step is 7 on the server and 0 here"]
    assert told(rows=105, first_step=5, last_step=104)[1:] == [
        "its first step is 5 on the server and 0 here",
        "its last step is 104 on the server and 99 here",
    ]


@pytest.mark.parametrize(
    "unknown",
    [{"first_step": None}, {"last_step": None}, {"counts": None}, {"summary": {}}, {"state": RunState.UNKNOWN}],
)
def test_what_one_side_does_not_know_is_no_difference(unknown: dict[str, Any]) -> None:
    assert told(**unknown) == []


def test_another_end_is_told() -> None:
    assert told(state=RunState.CRASHED_OR_RUNNING) == [
        "its state is crashed or running on the server and finished here"
    ]
    assert told(state=RunState.FAILED) == ["its state is failed on the server and finished here"]


def test_metrics_that_are_missing_are_named_up_to_three() -> None:
    assert told(counts={"loss": 100}) == ["metric val/acc is missing on the server"]
    assert told(counts={"loss": 100, "val/acc": 0}) == ["metric val/acc is missing on the server"]
    more = dict.fromkeys("edcba", 1)
    assert told(counts={**HERE.counts, **more}) == ["metrics a, b, c and 2 more are missing here"]  # type: ignore[dict-item]


def test_metrics_with_other_row_counts_are_told_up_to_three() -> None:
    assert told(counts={"loss": 1, "val/acc": 1200}) == [
        "metric loss has 1 row on the server and 100 here",
        "metric val/acc has 1,200 rows on the server and 10 here",
    ]
    many = replace(HERE, counts=dict.fromkeys("abcde", 2))
    found = differences(many, replace(many, counts=dict.fromkeys("abcde", 3)), "there")
    assert found[2:] == ("metric c has 3 rows there and 2 here", "2 more metrics have other row counts there")
    four = replace(HERE, counts=dict.fromkeys("abcd", 2))
    last = differences(four, replace(four, counts=dict.fromkeys("abcd", 3)), "there")[-1]
    assert last == "1 more metric has other row counts there"


def test_a_summary_that_a_resume_spoiled_is_told_with_both_values() -> None:
    assert told(summary={"loss": 0.25, "acc": {"max": 0.95}, "_type": "text"}) == [
        "summary acc.max is 0.95 on the server and 0.9 here"
    ]


def test_summaries_are_compared_to_the_last_bit() -> None:
    assert told(summary={"loss": math.nextafter(0.25, 1), "acc.max": 0.9}) == [
        "summary loss is 0.25000000000000006 on the server and 0.25 here"
    ]
    large = replace(HERE, summary={"n": 3, "odd": math.nan, "top": math.inf})
    assert differences(large, replace(large, summary={"n": 3.0, "odd": "NaN", "top": "Infinity"}), "there") == ()
    found = differences(large, replace(large, summary={"n": 4, "odd": 1.5, "top": "-Infinity"}), "there")
    assert found == (
        "summary n is 4 there and 3 here",
        "summary odd is 1.5 there and nan here",
        "summary top is -inf there and inf here",
    )


def test_of_many_values_of_a_summary_three_are_told() -> None:
    many = replace(HERE, summary=dict.fromkeys("abcde", 1))
    found = differences(many, replace(many, summary=dict.fromkeys("abcde", 2)), "there")
    assert found == (*(f"summary {name} is 2 there and 1 here" for name in "abc"), "2 more summary values differ there")


def test_keys_that_only_one_summary_has_are_told() -> None:
    assert told(summary={"loss": 0.25, "_step": 9, "_wandb": {"runtime": 3}}) == [
        "summary acc.max is missing on the server"
    ]
    more = {**HERE.summary, **dict.fromkeys("edcba", 1)}
    assert told(summary=more) == ["summary a, b, c and 2 more are missing here"]


@pytest.mark.parametrize(
    "more", [{"_runtime": 5}, {"_wandb": {"runtime": 5}}, {"h": {"_type": "histogram", "n": 5}}, {"note": "other"}]
)
def test_only_numbers_of_the_run_are_compared_in_a_summary(more: dict[str, Any]) -> None:
    assert told(summary={**HERE.summary, **more}) == []
