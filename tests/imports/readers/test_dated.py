from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.imports.encoding import decode, repair
from journal.imports.readers.dated import Part, dated_sections, parts
from journal.imports.readers.interface import Confidence
from journal.imports.readers.page import Page
from journal.model.life import Outcome, Status
from seeds import needs_the_notes, seed


def sections(text: str) -> list[tuple[int | None, str, str, bool]]:
    found = dated_sections(Page("note.md", text))
    assert all(fact.confidence is Confidence.STATED for fact in found)
    return [(fact.line, fact.value.at.isoformat(), fact.value.title, fact.value.is_update) for fact in found]


def cut(text: str) -> list[tuple[int, int, str, str | None]]:
    return [
        (part.first, part.last, part.title, part.at.isoformat() if part.at is not None else None)
        for part in parts(Page("log.md", text))
    ]


def test_headings_of_any_level_carry_dates() -> None:
    text = "# Log\n\n## 2025-03-01 — **Baseline** \U0001f680\n\n### Warmup (March 2, 2025, 9:05 AM)\n\n#### 2025/3/3\n"
    assert sections(text) == [
        (3, "2025-03-01", "Baseline", False),
        (5, "2025-03-02T09:05", "Warmup", False),
        (7, "2025-03-03", "", False),
    ]


def test_the_heading_is_kept_as_it_stands() -> None:
    (fact,) = dated_sections(Page("note.md", "# T\n\n## \U0001f680 **UPDATE**: `it` works (2025-03-01) ##\n"))
    assert (fact.value.heading, fact.value.level) == ("\U0001f680 **UPDATE**: `it` works (2025-03-01)", 2)
    assert fact.value.title == "UPDATE: it works"


@pytest.mark.parametrize(
    "text",
    [
        "# 2025-03-01 Sweep\n",
        "# T\n\n## Date: 2025-03-01\n",
        "# T\n\n## \U0001f4c5 **Date**: March 1, 2025\n",
        "# T\n\n## Last updated: 2025-03-01\n",
        "# T\n\n## Comparison with 2025-03-01\n",
        "# T\n\n## From 2025-03-01 to 2025-03-05\n",
        "# T\n\n## 2025-02-30\n",
        "# T\n\n**2025-03-01** it ran\n",
        "# T\n\n```\n## 2025-03-01\n```\n",
        "---\ntitle: x\n# 2025-03-01\n---\n",
        "# T\n\n## 3月1日 重跑\n",
    ],
)
def test_other_lines_with_dates_are_no_dated_sections(text: str) -> None:
    assert sections(text) == []


@pytest.mark.parametrize(
    "title",
    [
        *("UPDATE: it works", "Update", "Update 2", "update – rerun", "Second run — update", "Results (update)"),
        *("Addendum: seeds", "Postscript", "Follow-up on seeds", "An update from the cluster", "Update after rerun"),
        *("更新：重跑", "补充", "后续（第二轮）", "追記"),
    ],
)
def test_what_calls_itself_an_update_is_one(title: str) -> None:
    assert sections(f"# T\n\n## {title} (2025-03-02)\n") == [(3, "2025-03-02", title, True)]


@pytest.mark.parametrize("title", ["Weight update", "Update rule of the optimiser", "Updating", "更新率", "Baseline"])
def test_what_is_about_updates_is_none(title: str) -> None:
    assert sections(f"# T\n\n## {title} (2025-03-02)\n") == [(3, "2025-03-02", title, False)]


def test_what_looks_like_an_update_below_the_notes_own_date_is_one() -> None:
    below = (
        "## UPDATE: no (2025-03-02, 9:00)\n\n## It works! (2025-03-02, 9:30)\n\n"
        "### It works! (2025-03-02, 9:40)\n\n## 2025-03-02 10:00 It works!\n\n## Before (2025-02-01, 9:00)\n"
    )
    updates = [update for *_, update in sections(f"# T\n\nDate: 2025-03-01\n\n{below}")]
    assert updates == [True, True, False, False, False]
    assert [update for *_, update in sections(f"# T\n\n{below}")] == [True, False, False, False, False]


def test_a_section_tells_where_the_work_stood() -> None:
    text = (
        "# T\n\nStatus: running\n\n## Update (2025-03-02)\n\nStatus: done\nOutcome: negative\n\n### More\n\n"
        "## Update (2025-03-03)\n\nStatus: everything is fine\n"
    )
    found = [(fact.value.status, fact.value.outcome) for fact in dated_sections(Page("note.md", text))]
    assert found == [(Status.CONCLUDED, Outcome.NEGATIVE), (None, None)]


@pytest.mark.parametrize(
    "head",
    ["# 2025年日志", "# T\n\n## 2025年3月", "# T\n\n## 2025-03", "# T\n\n## March 2025", "# T\n\nDate: 2025-02-01"],
)
def test_a_day_without_a_year_takes_the_one_that_it_stands_under(head: str) -> None:
    assert [section[1:3] for section in sections(f"{head}\n\n### 3月1日 重跑\n\n### Mar 2: seeds\n")] == [
        ("2025-03-01", "重跑"),
        ("2025-03-02", "seeds"),
    ]


@pytest.mark.parametrize("head", ["# ImageNet 2012", "# Port 2025 of it", "## 2024 results\n\n# T"])
def test_a_number_that_is_no_year_above_gives_none(head: str) -> None:
    assert [when for _, when, *_ in sections(f"{head}\n\n### 3月1日\n")] == []


def test_days_around_new_year_do_not_tell_their_year() -> None:
    assert sections("# T\n\nDate: 2024-12-01\n\n## 12月30日\n\n## 1月2日\n") == []


def test_a_date_that_can_be_read_in_two_ways_is_not_claimed() -> None:
    text = "# T\n\n## 03/04/2025 one\n\n## 05/04/2025 two\n"
    assert [fact.confidence for fact in dated_sections(Page("note.md", text))] == [Confidence.LIKELY] * 2
    assert cut(text) == [(1, 2, "", None), (3, 4, "one", None), (5, 5, "two", None)]


LOG = """# Log of it

Some words.

## 2025-03-01 — Codex — Baseline

Text.

### Details, 2025-03-01

---

## Notes without a date

```
## 2025-03-02 no heading
```

## Update (2025-03-03)
More.
"""


def test_a_log_is_cut_at_its_dated_headings_of_the_highest_level() -> None:
    assert cut(LOG) == [(1, 4, "", None), (5, 18, "Baseline", "2025-03-01"), (19, 20, "Update", "2025-03-03")]
    assert [part.is_update for part in parts(Page("log.md", LOG))] == [False, False, True]


def test_a_log_may_begin_with_a_dated_heading() -> None:
    assert cut("# 2025-03-01\na\n# 2025-03-02 b") == [(1, 2, "", "2025-03-01"), (3, 3, "b", "2025-03-02")]


@pytest.mark.parametrize(
    "text", ["", "\n", "words", "# 2025-03-01 Sweep\n\n## Setup\n", "# T\n\n## 2025-03-01\n\n### 2025-03-02\n"]
)
def test_a_note_that_is_no_log_is_one_part(text: str) -> None:
    (part,) = parts(Page("note.md", text))
    assert part == Part(1, max(1, len(text.splitlines())))


pieces = st.sampled_from(
    [
        "# T",
        "## 2025-03-01 a",
        "## 2025-03-02",
        "### 2025-03-03 b",
        "## c",
        "---",
        "```",
        "words",
        "",
        "> ## 2025-03-04",
    ]
)


@settings(max_examples=80)
@given(st.lists(pieces, max_size=14), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_parts_joined_are_all_lines_in_order(lines: list[str], end: str, ended: bool) -> None:
    text = end.join(lines) + end * ended
    found = parts(Page("log.md", text))
    whole = [number for part in found for number in range(part.first, part.last + 1)]
    assert whole == list(range(1, max(1, len(text.splitlines())) + 1))


@settings(max_examples=60)
@given(st.lists(pieces, max_size=8), st.lists(pieces, max_size=4))
def test_what_is_added_below_changes_no_title_and_no_time_above(lines: list[str], more: list[str]) -> None:
    def anchors(texts: list[str]) -> list[tuple[int, str, object]]:
        text = "".join(f"{line}\n" for line in ["## 2025-01-01 x", "## 2025-01-02 y", *texts])
        return [(part.first, part.title, part.at) for part in parts(Page("log.md", text))]

    if "```" in lines or "---" in more[:1] or "# T" in [*lines, *more]:
        return  # a fence that closes, a rule that underlines, and a heading of level 1 change what stands above
    before, after = anchors(lines), anchors([*lines, *more])
    assert after[: len(before)] == before


@needs_the_notes
@pytest.mark.parametrize("number", [0, 1, 2, 4])
def test_four_seeds_have_no_dated_section(number: int) -> None:
    path = seed(number)
    page = Page(path.name, path.read_text("utf-8"))
    assert dated_sections(page) == []
    assert len(parts(page)) == 1


@needs_the_notes
def test_the_long_seed_has_five_updates_and_six_parts() -> None:
    path = seed(3)
    mended = repair(decode(path.read_bytes()).text)
    assert mended is not None
    page = Page(path.name, mended.text)
    found = dated_sections(page)
    assert [(fact.line, str(fact.value.at), fact.value.is_update, fact.value.status) for fact in found] == [
        (457, "2025-10-23 12:01", True, None),
        (612, "2025-10-23 12:10", True, None),
        (655, "2025-10-23 12:20", True, None),
        (684, "2025-10-23 12:30", True, None),
        (731, "2025-10-23 13:00", True, None),
    ]
    for fact in found:
        assert fact.line is not None
        assert fact.value.heading in page.lines[fact.line - 1].text
        assert fact.value.title in page.lines[fact.line - 1].text
        assert "2025" not in fact.value.title
    assert [(part.first, part.last) for part in parts(page)] == [
        *((1, 456), (457, 611), (612, 654), (655, 683), (684, 730), (731, 758)),
    ]
