from __future__ import annotations

from journal.site.charts.moments import Moments, moments

NOON = 1771675200.0  # 2026-02-21 12:00 UTC


def test_moments_of_several_days_are_told_by_their_dates() -> None:
    told = moments([NOON, NOON + 86400])
    assert (told.mark(NOON), told.whole(NOON), told.note) == ("2026-02-21", "2026-02-21", "")


def test_moments_of_one_day_are_told_by_their_times() -> None:
    told = moments([NOON, NOON + 60])
    assert (told.mark(NOON), told.whole(NOON + 60)) == ("12:00", "2026-02-21 12:01 UTC")
    assert told.note == "2026-02-21, times in UTC"


def test_moments_of_one_minute_are_told_by_their_date() -> None:
    assert moments([NOON, NOON + 1]) == Moments()


def test_marks_have_room_and_the_last_is_always_there() -> None:
    days = {NOON + 86400 * each: 50.0 * each for each in range(5)}
    assert Moments().marks(days) == [(50.0, "2026-02-22"), (200.0, "2026-02-25")]


def test_a_moment_that_no_calendar_has_is_no_trouble() -> None:
    assert Moments().mark(1e300) == "?"
