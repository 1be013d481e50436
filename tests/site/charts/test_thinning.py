from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from journal.site.charts.thinning import thinned

NUMBERS = st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=300)


def short(value: float) -> float:
    return float(f"{value:.7g}")


@given(NUMBERS, st.integers(4, 60))
def test_every_thinning_keeps_the_first_last_smallest_and_largest(values: list[float], most: int) -> None:
    kept = thinned(range(len(values)), values, most)
    assert len(kept) <= max(most, 4)
    assert [step for step, _ in kept] == sorted({step for step, _ in kept})
    found = [short(value) for _, value in kept]
    assert (kept[0][0], kept[-1][0]) == (0, len(values) - 1)
    assert (min(found), max(found)) == (short(min(values)), short(max(values)))


def test_few_points_stay_as_they_are() -> None:
    assert thinned([5, 6], [0.1234567891, 2.0], 4) == [(5, 0.1234567891), (6, 2.0)]
