from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.imports.readers.interface import Confidence
from journal.imports.readers.times import Reading, times, with_clock
from journal.model.when import When


def told(text: str, year: int | None = None) -> list[str]:
    return [reading.when.isoformat() for reading in times(text, year)]


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2026-02-21 18:00:00 +0800", "2026-02-21T18:00:00+08:00"),
        ("2026-02-21 18:00:00+08:00", "2026-02-21T18:00:00+08:00"),
        ("2026-02-21T18:00Z", "2026-02-21T18:00+00:00"),
        ("2026-02-21T18:00:07.123456-05:00", "2026-02-21T18:00:07-05:00"),
        ("2026-02-21T10:00-05:00", "2026-02-21T10:00-05:00"),
        ("2026-02-21 18:00 -0330", "2026-02-21T18:00-03:30"),
        ("2026-02-21 18:00 (UTC+8)", "2026-02-21T18:00+08:00"),
        ("2026-02-21 18:00 GMT-3", "2026-02-21T18:00-03:00"),
        ("2026-02-21 18:00 UTC", "2026-02-21T18:00+00:00"),
        ("2026-02-21 18:00 JST", "2026-02-21T18:00+09:00"),
        ("2026-02-21 18:00 KST", "2026-02-21T18:00+09:00"),
        ("October 23, 2025", "2025-10-23"),
        ("Oct 23rd 2025, 12:01 PM", "2025-10-23T12:01"),
        ("oct. 3, 2025 at 9:05 a.m.", "2025-10-03T09:05"),
        ("Oct 23, 2025 12:30 AM", "2025-10-23T00:30"),
        ("23 October 2025", "2025-10-23"),
        ("the 1st of May 2025", "2025-05-01"),
        ("23-Oct-2025 3pm", "2025-10-23T15:00"),
        ("2025/10/3 7:05", "2025-10-03T07:05"),
        ("2025.10.23", "2025-10-23"),
        ("2025-10-23 (Thu) 14:05", "2025-10-23T14:05"),
        ("2025年10月23日", "2025-10-23"),
        ("2025年10月23日 下午3点20分", "2025-10-23T15:20"),
        ("2025年10月23日（周四）15:20", "2025-10-23T15:20"),
        ("2025 年 10 月 3 日 15：20", "2025-10-03T15:20"),
        ("于2025年3月1日凌晨2点半记录", "2025-03-01T02:30"),
        ("2025年10月23日 中午12点", "2025-10-23T12:00"),
        ("2025年10月23日 晚上8点5分", "2025-10-23T20:05"),
        ("2025年10月23日 15時20分", "2025-10-23T15:20"),
        ("Sat Feb 21 18:00:00 2026 +0800", "2026-02-21T18:00:00+08:00"),
        ("Sat Feb 21 18:00:00 UTC 2026", "2026-02-21T18:00:00+00:00"),
        ("23/10/2025", "2025-10-23"),
        ("10/23/2025", "2025-10-23"),
        ("05.05.2025", "2025-05-05"),
    ],
)
def test_a_time_is_read_as_exactly_as_it_is_told(text: str, when: str) -> None:
    (reading,) = times(text)
    assert (reading.when.isoformat(), reading.confidence, reading.note) == (when, Confidence.STATED, "")


@pytest.mark.parametrize(
    ("text", "likely", "possible"),
    [
        ("03/04/2025", "2025-03-04", "2025-04-03"),
        ("3-4-2025 10:00", "2025-03-04T10:00", "2025-04-03T10:00"),
        ("03.04.2025", "2025-04-03", "2025-03-04"),
    ],
)
def test_where_day_and_month_cannot_be_told_apart_neither_is_stated(text: str, likely: str, possible: str) -> None:
    first, second = times(text)
    assert (first.when.isoformat(), first.confidence) == (likely, Confidence.LIKELY)
    assert (second.when.isoformat(), second.confidence) == (possible, Confidence.POSSIBLE)
    assert "other way round" in first.note


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2025-10-23 12:01 Asia/Shanghai", "2025-10-23T12:01+08:00"),
        ("2025-07-01 12:01:05 (Europe/Berlin)", "2025-07-01T12:01:05+02:00"),
        ("2025-12-01 3:00 PM（America/New_York）", "2025-12-01T15:00-05:00"),
        ("2025-12-01 15:00 America/Argentina/Buenos_Aires", "2025-12-01T15:00-03:00"),
    ],
)
def test_a_place_has_one_offset_at_its_local_time(text: str, when: str) -> None:
    (reading,) = times(text)
    assert (reading.when.isoformat(), reading.end, reading.note) == (when, len(text), "")


@pytest.mark.parametrize("text", ["2025-10-26 02:30 Europe/Berlin", "2025-03-30 02:30 Europe/Berlin"])
def test_a_local_time_that_was_twice_or_never_has_no_offset(text: str) -> None:
    (reading,) = times(text)
    assert (reading.when.isoformat(), "Europe/Berlin" in reading.note) == (text[:16].replace(" ", "T"), True)


@pytest.mark.parametrize("word", ["CUDA", "Notes/Results", "(ABC"])
def test_a_word_behind_a_time_that_is_no_zone_is_no_part_of_it(word: str) -> None:
    (reading,) = times(f"2025-10-23 12:01 {word} fails")
    assert (reading.when.isoformat(), reading.end, reading.note) == ("2025-10-23T12:01", 16, "")


@pytest.mark.parametrize("zone", ["CST", "EST", "IST", "PST", "BST"])
def test_a_zone_of_several_offsets_stays_unknown_with_a_note(zone: str) -> None:
    (reading,) = times(f"2025-10-23 12:01 {zone}")
    assert reading.when == When("2025-10-23 12:01")
    assert zone in reading.note


@pytest.mark.parametrize(
    "text",
    [
        *("2025-02-30", "2025-13-01", "0000-00-00", "31/31/2025", "February 30, 2025", "2025年2月30日", "29 Feb 2025"),
        *("12:01 PM", "May 2025", "2025", "10-23", "3月1日", "March 3", "Q3 2025"),
        *("v2025.10.23", "torch-2.5.2025", "2025.10.23.1", "20251023", "1234-2025-10-23", "run_2025-10-23"),
        *("192.168.10.20", "", "step 2025-10", "12/2025"),
    ],
)
def test_what_is_no_day_is_no_time(text: str) -> None:
    assert times(text) == []


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2025-10-23 25:00", "2025-10-23"),
        ("2025-10-23 12:61", "2025-10-23"),
        ("2025年10月23日 晚上12点", "2025-10-23"),  # midnight at which end?
        ("2025年10月23日 3点", "2025-10-23"),  # of which half of the day?
        ("2025-10-23 10:00-11:30", "2025-10-23T10:00"),  # until, not west of Greenwich
        ("2025-10-23 10:00 - 11:30", "2025-10-23T10:00"),
        ("2025-10-23 18:00 +99:00", "2025-10-23T18:00"),
        ("2025-10-23 18:00 PLUS", "2025-10-23T18:00"),
        ("2025-10-23 12 runs", "2025-10-23"),
    ],
)
def test_what_is_not_said_stays_unsaid(text: str, when: str) -> None:
    assert told(text) == [when]


def test_a_day_without_a_year_is_a_time_only_where_the_year_is_known() -> None:
    assert told("3月1日 重跑", 2025) == ["2025-03-01"]
    assert told("Mar 3rd: rerun", 2025) == ["2025-03-03"]
    assert told("2月29日", 2025) == []
    assert told("2月29日", 2024) == ["2024-02-29"]


def test_several_times_stand_in_their_order_with_their_places() -> None:
    text = "from 2025-03-01 to March 5, 2025"
    assert [text[reading.start : reading.end] for reading in times(text)] == ["2025-03-01", "March 5, 2025"]


def test_a_day_takes_the_clock_that_another_text_tells() -> None:
    day = Reading(When("2025-03-01"), 0, 10)
    assert with_clock(day, "14:30 (UTC+8)").when == When("2025-03-01T14:30+08:00")
    assert with_clock(day, "about 14:30") == day
    assert with_clock(day, "99:99") == day


moments = st.datetimes(datetime(1970, 1, 1), datetime(2099, 1, 1)).map(lambda moment: moment.replace(microsecond=0))  # noqa: DTZ001
quarters = st.integers(-12 * 4, 14 * 4).filter(lambda quarter: abs(quarter) % 4 != 1)
offsets = quarters.map(lambda quarter: timezone(timedelta(minutes=15 * quarter)))


@given(moments, offsets)
def test_any_moment_is_read_back_from_the_usual_formats(moment: datetime, offset: timezone) -> None:
    there = moment.replace(tzinfo=offset)
    for text in (there.isoformat(), str(there), f"{there:%Y-%m-%d %H:%M:%S %z}", f"{there:%a %b %d %H:%M:%S %Y %z}"):
        assert [reading.when.moment for reading in times(text)] == [there]
    for text in (f"{moment:%Y/%m/%d %H:%M:%S}", f"{moment:%B %d, %Y %I:%M:%S %p}", f"{moment:%d %b %Y, %H:%M:%S}"):
        assert [reading.when.local for reading in times(text)] == [moment]


@given(st.text("0123456789-/.: TZ+年月日点", max_size=40))
def test_any_text_gives_times_within_it_or_none(text: str) -> None:
    for reading in times(text):
        assert 0 <= reading.start < reading.end <= len(text)
