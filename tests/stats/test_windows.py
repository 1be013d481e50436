from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.model.window import Edge, Unit, Window
from journal.stats.windows import Reach, matched, reached, resolve

LARGEST = 2**63 - 1
STEP = st.integers(0, 100) | st.integers(0, LARGEST)
REACHES = st.tuples(STEP, STEP).map(lambda pair: Reach(*sorted(pair)))
RANGES = st.builds(
    lambda ends, known: Window(
        **{name: end for name, end in zip(("first", "last"), ends, strict=True) if name in known}
    ),
    st.tuples(STEP, STEP).map(sorted),
    st.sets(st.sampled_from(["first", "last"])),
)
COUNTS = st.integers(1, 200) | st.integers(1, LARGEST)


def of_steps(edge: Edge, count: int) -> Window:
    return Window(edge=edge, count=count, unit=Unit.STEPS)


def holds(window: Window, step: int) -> bool:
    return (window.first is None or window.first <= step) and (window.last is None or step <= window.last)


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ("first 10 steps", "100..109"),
        ("last 10 steps", "491..500"),
        ("first 1 steps", "100..100"),
        ("last 1 steps", "500..500"),
        ("first 9999 steps", "100..500"),
        ("last 9999 steps", "100..500"),
        ("first 10 rows", "first 10 rows"),
        ("7..", "7.."),
        ("all", "all"),
    ],
)
def test_steps_at_an_end_are_counted_from_the_ends_of_the_run(window: str, expected: str) -> None:
    assert str(resolve(Window.model_validate(window), Reach(100, 500))) == expected


@given(st.sampled_from(Edge), COUNTS, REACHES)
def test_so_many_steps_are_never_more_and_lie_at_their_end(edge: Edge, count: int, reach: Reach) -> None:
    found = resolve(of_steps(edge, count), reach)
    assert found.first is not None
    assert found.last is not None
    assert found.last - found.first + 1 == min(count, reach.last - reach.first + 1)
    assert (found.first == reach.first) if edge is Edge.FIRST else (found.last == reach.last)


def test_a_run_without_rows_leaves_a_window_as_it_is() -> None:
    window = of_steps(Edge.LAST, 5)
    assert resolve(window, None) == window
    assert reached(window, None) is None


@given(RANGES, REACHES)
def test_what_is_reached_lies_in_the_window_and_in_the_run(window: Window, reach: Reach) -> None:
    found = reached(window, reach)
    ends = [end for end in (window.first, window.last, *reach) if end is not None]
    both = [step for step in ends if holds(window, step) and reach.first <= step <= reach.last]
    if found is None:
        assert not both
    else:
        assert (found.first, found.last) == (min(both), max(both))


def test_rows_are_no_steps() -> None:
    assert reached(Window.model_validate("first 5 rows"), Reach(0, 10)) is None


@given(st.lists(REACHES, min_size=1, max_size=5))
def test_what_is_matched_was_reached_by_every_run(reaches: list[Reach]) -> None:
    found = matched(reaches)
    shared = [step for reach in reaches for step in reach if all(each.first <= step <= each.last for each in reaches)]
    if found is None:
        assert not shared
    else:
        assert (found.first, found.last) == (min(shared), max(shared))
        assert all(reached(found, reach) == found for reach in reaches)


def test_nothing_is_matched_among_no_runs() -> None:
    assert matched([]) is None
