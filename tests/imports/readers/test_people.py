from __future__ import annotations

import pytest

from journal.imports.readers.interface import Confidence
from journal.imports.readers.page import Page
from journal.imports.readers.people import authors, persons
from seeds import needs_the_notes, seed


def wrote(text: str) -> list[tuple[str, str | None]]:
    return [
        (fact.value.name, fact.value.kind)
        for fact in authors(Page("note.md", text))
        if fact.confidence is Confidence.STATED
    ]


@pytest.mark.parametrize(
    ("line", "who"),
    [
        ("Author: Ana Ruiz", [("Ana Ruiz", None)]),
        ("**Authors**: Ana Ruiz, Codex", [("Ana Ruiz", None), ("Codex", "agent")]),
        ("By: Claude Code", [("Claude Code", "agent")]),
        ("Written by: GPT-4.1 mini & @bo", [("GPT-4.1 mini", "agent"), ("@bo", None)]),
        ("作者：小明、Claude", [("小明", None), ("Claude", "agent")]),
        ("Author: Ana (human) and Max (agent)", [("Ana", "human"), ("Max", "agent")]),
        ("Author: Ana Ruiz <ana@example.org>", [("Ana Ruiz", None)]),
        ("Co-Authored-By: Copilot <copilot@example.org>", [("Copilot", "agent")]),
        ("Author: [Ana](https://example.org)", [("Ana", None)]),
        ("Author: Claude Shannon", [("Claude Shannon", None)]),
        ("Author: Devin", [("Devin", None)]),
        ("Author: Claude (human)", [("Claude", "human")]),
        ("Author: Anna (lead, ML), Bo", [("Anna", None), ("Bo", None)]),
        ("Author: Max (lead, agent) and Bo [ML & data]", [("Max", "agent"), ("Bo", None)]),
        ("Author: Ana -- April 2026", [("Ana", None)]),
        ("Author: Ana — 2026-04-03", [("Ana", None)]),
        ("Author: Ana, April 3, 2026", [("Ana", None)]),
        ("Author: Ana — head of the lab", [("Ana", None)]),
        ("Author(s): Ana, Bo", [("Ana", None), ("Bo", None)]),
    ],
)
def test_a_field_in_the_head_names_the_authors(line: str, who: list[tuple[str, str | None]]) -> None:
    assert wrote(f"# A title\n\n{line}\n\n## Context\n") == who


@pytest.mark.parametrize(
    "line",
    [
        "Author: TBD",
        "Author: n/a",
        "作者：未知",
        "Author: see the commit for a full list of the people",
        "Author: 2025-10-23",
        "Claude wrote this with Ana.",
        "Reviewed by: Codex",
        "Initial draft (Claude): parsed the log.",
        "```\nAuthor: Ana\n```",
    ],
)
def test_nobody_is_named_where_no_name_stands(line: str) -> None:
    assert wrote(f"# A title\n\n{line}\n") == []


@pytest.mark.parametrize(
    ("title", "who"),
    [
        ("2026-02-21 — Claude — Sweep", ["Claude"]),
        ("Sweep - Codex", ["Codex"]),
        ("Sweep | Claude Opus 4.1 & Codex | 3 seeds", ["Claude Opus 4.1", "Codex"]),
    ],
)
def test_an_agent_between_the_dashes_of_the_title_wrote_it(title: str, who: list[str]) -> None:
    assert wrote(f"# {title}\n") == [(name, "agent") for name in who]


@pytest.mark.parametrize(
    "title", ["Claude", "Claude vs. Codex — a comparison", "Sweep — Ana — notes", "Sweep — Claude and Ana"]
)
def test_other_names_in_a_title_wrote_nothing(title: str) -> None:
    assert wrote(f"# {title}\n") == []


def test_an_author_is_named_once() -> None:
    assert wrote("# 2026-02-21 — Claude — Sweep\n\nAuthor: claude, Ana\n") == [("Claude", "agent"), ("Ana", None)]


def test_the_author_of_a_section_may_be_that_of_a_book() -> None:
    text = "# T\n\n## Sources\n\nAuthor: Ana\n\n" + "words\n\n" * 6 + "Author: Bo\n"
    found = authors(Page("note.md", text))
    assert [(fact.value.name, fact.line, fact.confidence) for fact in found] == [
        ("Ana", 5, Confidence.POSSIBLE),
        ("Bo", 19, Confidence.LIKELY),
    ]


@pytest.mark.parametrize("text", ["", "Ana, see below for the whole list of names", "1, 2", "Ana: Bo", "Ana (ML, Bo"])
def test_what_is_no_list_of_names_names_nobody(text: str) -> None:
    assert persons(text) == []


@pytest.mark.parametrize("word", ["a", "Ana, ", "[[", "<", "Ana (", " -", "2026-01-"])
def test_a_long_line_is_read_in_no_time(word: str) -> None:
    line = word * (50_000 // len(word))
    assert wrote(f"# Sweep\n\nAuthor: {line}!") == []


@needs_the_notes
@pytest.mark.parametrize(("number", "who"), [(0, []), (1, []), (2, [("Claude", "agent", 1)]), (3, []), (4, [])])
def test_the_seeds_state_these_authors_and_no_others(number: int, who: list[tuple[str, str, int]]) -> None:
    path = seed(number)
    page = Page(path.name, path.read_text("utf-8"))
    assert [(fact.value.name, fact.value.kind, fact.line) for fact in authors(page)] == who
