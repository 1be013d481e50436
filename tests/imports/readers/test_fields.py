from __future__ import annotations

import re

import pytest

from journal.imports.readers.fields import fields, front_matter, headings, is_field, title_line
from journal.imports.readers.page import Page

DATE = re.compile(r"date|日期")


def given(text: str, labels: str = "date|日期") -> list[tuple[str, str, int]]:
    found = fields(Page("note.md", text), re.compile(labels))
    return [(field.label, field.value, field.line.number) for field in found]


@pytest.mark.parametrize(
    "line",
    [
        "Date: today",
        "**Date**: today",
        "**Date:** today",
        "_Date_: `today`",
        "- Date: today",
        "* **Date:** today",
        "> Date: today",
        "1. Date : today",
        "\U0001f4c5 **DATE**: today",
        "| Date | today |",
        "| **Date** | `today` |",
        "## Date: today",
        "## \U0001f4c5 **Date**: today",
    ],
)
def test_a_field_is_known_in_every_dress(line: str) -> None:
    assert given(f"# Title\n\n{line}\n") == [("date", "today", 3)]


def test_a_colon_of_another_script_is_one() -> None:
    assert given("# 标题\n\n**日期**：今天\n") == [("日期", "今天", 3)]


def test_several_fields_stand_on_one_line() -> None:
    assert given("Date: today | Author: Ana · State: fine", "date|author|state") == [
        ("date", "today", 1),
        ("author", "Ana", 1),
        ("state", "fine", 1),
    ]


def test_a_heading_asks_and_the_next_line_answers() -> None:
    assert given("# Title\n\n## Date\n\n**today**\n\n## Next\n") == [("date", "today", 5)]


@pytest.mark.parametrize("below", ["- today", "", "x" * 100, "## Other"])
def test_a_list_a_long_text_or_a_heading_is_no_answer(below: str) -> None:
    assert given(f"# Title\n\n## Date\n\n{below}\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "```\nDate: today\n```",
        "    Date: today\n",
        "<div>\nDate: today\n</div>",
        "On that date: today it failed",
        "Date:",
        "Dates: today",
        "| Date | Author | Run |",
        "| Date | Author |\n|---|---|\n| x | y |",
    ],
)
def test_code_prose_and_wide_tables_give_no_field(text: str) -> None:
    assert given(f"# Title\n\n{text}\n") == []


def test_front_matter_gives_its_keys_and_its_lists() -> None:
    page = Page("note.md", "---\ndate: today\ntags:\n  - one\n  - 'two'\n---\n\n# Title\n")
    assert list(front_matter(page)) == [2, 3, 4, 5]
    assert given(page.text, "date|tags") == [("date", "today", 2), ("tags", "one, two", 3)]
    assert [line.heading for line in headings(page)] == ["Title"]


@pytest.mark.parametrize("text", ["---\n\n# Title\n\n---\n", "---\nplain words\n---\n", "---\ndate: today\n", "---\n"])
def test_a_rule_is_no_front_matter(text: str) -> None:
    assert list(front_matter(Page("note.md", text))) == []


def test_the_head_ends_where_the_first_section_begins() -> None:
    text = "# Title\n\n## Date: 1\n\n## Status\n\nDate: 2\n\n## Setup\n\nDate: 3\n"
    found = fields(Page("note.md", text), DATE)
    assert [(field.value, field.in_head) for field in found] == [("1", True), ("2", True), ("3", False)]


def test_items_and_rows_are_told_from_lines() -> None:
    found = fields(Page("note.md", "Date: 1\n\n- Date: 2\n\n| Date | 3 |\n\n> Date: 4\n"), DATE)
    assert [field.is_item for field in found] == [False, True, True, False]


def test_the_title_is_the_first_of_level_one_or_else_the_first_that_is_no_field() -> None:
    def words(text: str) -> str | None:
        line = title_line(Page("note.md", text))
        return line.words if line is not None else None

    assert words("## Before\n\n# Title\n") == "Title"
    assert words("## Date: 1\n\n### Setup\n\n## Results\n") == "Setup"
    assert words("nothing\n") is None


def test_only_a_known_label_makes_a_heading_a_field() -> None:
    lines = headings(Page("note.md", "## Date: 1\n## Update: it works\n## Fix: it\n## Status\n"))
    assert [is_field(line) for line in lines] == [True, False, False, False]


def test_a_field_says_where_it_was_read() -> None:
    (field,) = fields(Page("note.md", "**Date**: today"), DATE)
    assert field.source == "line `Date:`"
