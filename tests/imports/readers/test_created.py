from __future__ import annotations

import pytest

from journal.imports.encoding import decode, repair
from journal.imports.readers.created import created, heading_times, without_time
from journal.imports.readers.interface import Confidence
from journal.imports.readers.page import Page
from seeds import needs_the_notes, seed

STATED, LIKELY, POSSIBLE = Confidence


def said(text: str, name: str = "note.md") -> list[tuple[str, str, int | None, Confidence]]:
    return [(fact.value.isoformat(), fact.source, fact.line, fact.confidence) for fact in created(Page(name, text))]


@pytest.mark.parametrize(
    ("line", "when"),
    [
        ("Time: 2026-02-21 18:00:00 +0800", "2026-02-21T18:00:00+08:00"),
        ("Date: 2026-02-21", "2026-02-21"),
        ("**Date**: October 23, 2025", "2025-10-23"),
        ("- **Created at:** 23 Oct 2025, 9:05", "2025-10-23T09:05"),
        ("Date/Time: 2026-02-21T18:00Z", "2026-02-21T18:00+00:00"),
        ("Date: Saturday, February 21, 2026", "2026-02-21"),
        ("日期：2025年10月23日 下午3点20分", "2025-10-23T15:20"),
        ("**时间**: 2025/10/23 15:20", "2025-10-23T15:20"),
        ("创建时间：2025.10.23", "2025-10-23"),
        ("Created: 2025-10-23 by Ana", "2025-10-23"),
    ],
)
def test_a_field_in_the_head_states_it(line: str, when: str) -> None:
    ((value, source, number, confidence),) = said(f"# A title\n\n{line}\n\n## Context\n")
    assert (value, number, confidence) == (when, 3, STATED)
    assert source.startswith("line `")


@pytest.mark.parametrize(
    "line",
    [
        "Last updated: 2025-10-23",
        "**Last Updated:** October 23, 2025, 1:00 PM",
        "Updated: 2025-10-23",
        "更新时间：2025-10-23",
        "Due date: 2025-10-23",
        "Date: soon",
        "Date: 2025-02-30",
        "Run on 2025-10-23 we saw it.",
        "```\nDate: 2025-10-23\n```",
    ],
)
def test_another_date_is_no_creation(line: str) -> None:
    assert said(f"# A title\n\n{line}\n") == []


@pytest.mark.parametrize(
    "line", ["Date: 2025-03-01 to 2025-03-05", "Date: ~2025-03-01", "Date: around 2025-03-01", "Date: see 2025-03-01"]
)
def test_a_span_or_a_guess_is_likely_only(line: str) -> None:
    ((value, _, _, confidence),) = said(f"# A title\n\n{line}\n")
    assert (value, confidence) == ("2025-03-01", LIKELY)


def test_a_field_of_a_section_is_possible_only() -> None:
    assert [(when, sure) for when, _, _, sure in said("# T\n\n## Data\n\nDate: 2019-01-01\n")] == [
        ("2019-01-01", POSSIBLE)
    ]


def test_a_field_that_opens_the_first_section_states_it() -> None:
    head = "# T 🎉\n\n---\n\n## 📋 测试\n\n**日期**：2025-11-15\n"
    assert said(head) == [("2025-11-15", "line `日期:`", 7, STATED)]
    others = [f"{head}\n## More\n\nDate: 2025-11-16\n", head.replace("---", "Words."), head.replace("📋", "Data")]
    assert [[sure for *_, sure in said(other)] for other in others] == [[POSSIBLE] * 2, [POSSIBLE], [POSSIBLE]]


def test_a_day_and_a_clock_on_two_lines_are_one_time() -> None:
    ((when, _, line, _),) = said("# T\n\nDate: 2025-03-01\nTime: 14:30 (UTC+8)\n")
    assert (when, line) == ("2025-03-01T14:30+08:00", 3)


def test_day_and_month_that_cannot_be_told_apart_are_not_stated() -> None:
    assert [(when, sure) for when, _, _, sure in said("# T\n\nDate: 03/04/2025\n")] == [
        ("2025-03-04", LIKELY),
        ("2025-04-03", POSSIBLE),
    ]


def test_a_zone_that_is_not_one_offset_is_named_in_the_source() -> None:
    ((when, source, _, sure),) = said("# T\n\nTime: 2025-10-23 12:01 CST\n")
    assert (when, sure) == ("2025-10-23T12:01", STATED)
    assert source == "line `Time:`, zone CST is not one offset"


@pytest.mark.parametrize(
    "title",
    [
        "2026-02-21 23:30:00 +0800 — Codex — Sweep",
        "Sweep (2026-02-21 23:30:00 +0800)",
        "Sweep - 2026-02-21 23:30:00 +0800",
        "[2026-02-21 23:30:00 +0800] Sweep",
        "2026-02-21 23:30:00 +0800: sweep",
        "Sweep | 2026-02-21 23:30:00 +0800 | warmup",
        "**Sweep** 2026-02-21 23:30:00 +0800",
    ],
)
def test_a_date_of_the_title_states_it(title: str) -> None:
    assert said(f"# {title}\n") == [("2026-02-21T23:30:00+08:00", "title", 1, STATED)]


@pytest.mark.parametrize("title", ["Comparison with 2026-02-21", "Why the 2026-02-21 run failed", "Since 2026-02-21"])
def test_a_date_that_a_title_mentions_is_likely_only(title: str) -> None:
    assert said(f"# {title}\n") == [("2026-02-21", "title", 1, LIKELY)]


def test_two_dates_of_a_title_are_possible_only() -> None:
    assert said("# 2026-02-20 and 2026-02-21\n") == [("2026-02-20", "title", 1, POSSIBLE)]


def test_the_first_dated_heading_is_likely_where_nothing_states_a_time() -> None:
    log = "# Log\n\n## 2025-03-01 first\n\n## 2025-03-02 second\n"
    assert said(log) == [("2025-03-01", "heading", 3, LIKELY)]
    assert said(f"Date: 2025-02-28\n\n{log}") == [("2025-02-28", "line `Date:`", 1, STATED)]


@pytest.mark.parametrize(
    ("name", "when", "sure"),
    [
        ("2026-02-21-x.md", "2026-02-21", STATED),
        ("2026-02-21.md", "2026-02-21", STATED),
        ("20260221_1801_x.md", "2026-02-21T18:01", STATED),
        ("2026-02-21T18-00.md", "2026-02-21T18:00", STATED),
        ("2026_02_21_18_01_05.md", "2026-02-21T18:01:05", STATED),
        ("20260221T180105Z-x.md", "2026-02-21T18:01:05+00:00", STATED),
        ("2026-02-21-9999-x.md", "2026-02-21", STATED),
        ("sweep_20260221.md", "2026-02-21", STATED),
        ("SYNC_STATUS_20260221_180105.md", "2026-02-21T18:01:05", STATED),
        ("dataset_20260221.md", "2026-02-21", LIKELY),
        ("change_since_20260221.md", "2026-02-21", LIKELY),
        ("20260221-to-20260228.md", "2026-02-21", LIKELY),
    ],
)
def test_a_file_name_tells_a_time(name: str, when: str, sure: Confidence) -> None:
    assert said("words\n", name) == [(when, "file name", None, sure)]


@pytest.mark.parametrize(
    "name",
    ["x.md", "2026-02-31-x.md", "12345678.md", "a20260221b.md", "120260221.md", "202602210.md", "000_dd0cc20260221.md"],
)
def test_other_names_tell_none(name: str) -> None:
    assert said("words\n", name) == []


def test_what_the_note_says_comes_before_its_file_name() -> None:
    found = said("# T\n\nDate: 2025-10-23\n", "2025-10-30-x.md")
    assert [(when, source) for when, source, _, _ in found] == [
        ("2025-10-23", "line `Date:`"),
        ("2025-10-30", "file name"),
    ]
    assert said("# Before 2025-10-23\n", "2025-10-30-x.md")[0][0] == "2025-10-30"


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("2026-02-21 — Codex — Sweep", "Codex — Sweep"),
        ("UPDATE: it works (October 23, 2025, 12:01 PM)", "UPDATE: it works"),
        ("Codex — 2026-02-21 — Sweep", "Codex — Sweep"),
        ("Sweep (2026-02-21) of rates", "Sweep of rates"),
        ("3月1日：重跑", "重跑"),
        ("2026-02-21", ""),
    ],
)
def test_title_and_date_of_a_heading_are_told_apart(words: str, title: str) -> None:
    assert without_time(words, heading_times(words, 2025)) == title


@needs_the_notes
@pytest.mark.parametrize(
    ("number", "stated"),
    [
        (0, [("2026-02-21T18:00:00+08:00", 3)]),
        (1, [("2026-02-21T19:01:15+08:00", 3)]),
        (2, [("2026-02-21T23:30:00+08:00", 1)]),
        (3, [("2025-10-23", 3)]),
        (4, []),
    ],
)
def test_the_seeds_state_these_times_and_no_others(number: int, stated: list[tuple[str, int]]) -> None:
    path = seed(number)
    text = decode(path.read_bytes()).text
    mended = repair(text)
    found = created(Page(path.name, mended.text if mended is not None else text))
    assert [(fact.value.isoformat(), fact.line) for fact in found] == stated
    assert all(fact.confidence is STATED for fact in found)
