from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.model.when import When


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2025-10-23", "2025-10-23"),
        ("20251023", "2025-10-23"),
        ("2025-10-23 12:01", "2025-10-23 12:01"),
        ("2025-10-23T12:01:00", "2025-10-23 12:01:00"),
        ("2025-10-23T12:01+08:00", "2025-10-23 12:01+08:00"),
        ("2025-10-23T12:01:15Z", "2025-10-23 12:01:15+00:00"),
    ],
)
def test_a_time_is_told_as_exactly_as_it_was_written(text: str, shown: str) -> None:
    assert str(When(text)) == shown


def test_a_day_has_no_clock_and_a_local_time_no_offset() -> None:
    day, local, moment = When("2025-10-23"), When("2025-10-23 12:01"), When("2025-10-23T12:01:00+08:00")
    assert [each.has_clock for each in (day, local, moment)] == [False, True, True]
    assert [each.offset for each in (day, local, moment)] == [None, None, timedelta(hours=8)]
    assert {each.day for each in (day, local, moment)} == {date(2025, 10, 23)}


@given(st.lists(st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29)), min_size=2))  # noqa: DTZ001
def test_times_are_ordered_as_moments(moments: list[datetime]) -> None:
    zones = [UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-11))]
    aware = [moment.replace(tzinfo=zones[number % 3]) for number, moment in enumerate(moments)]
    assert [when.moment for when in sorted(map(When.of, aware))] == sorted(aware)


def test_what_has_no_offset_is_ordered_as_if_it_were_utc() -> None:
    assert When("2025-10-23") < When("2025-10-23T00:00:01Z") < When("2025-10-23 00:01") < When("2025-10-23T00:00-01:00")


def test_a_day_and_its_midnight_are_not_the_same() -> None:
    assert When("2025-10-23") != When("2025-10-23T00:00")
    assert len({When("2025-10-23"), When("20251023"), When("2025-10-23T00:00")}) == 2


@pytest.mark.parametrize("text", ["2026-01-02+01:00", "2026-01-02-01:00", "2026-01-02_10:00", "2026-01-02  10:00"])
def test_between_day_and_clock_stands_t_or_one_blank(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no moment; write it like 2026-02-21T19"):
        When(text)
