from __future__ import annotations

import pytest

from journal.imports.encoding import decode, repair
from journal.imports.readers.headline import (
    outcome_of,
    outcomes,
    standing,
    status_of,
    statuses,
    tags,
    title,
    told,
    unclear,
)
from journal.imports.readers.interface import Confidence
from journal.imports.readers.page import Page
from journal.model.life import Outcome, Status
from seeds import needs_the_notes, seed


def page(text: str, name: str = "note.md") -> Page:
    return Page(name, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Sweep over rates\n", "Sweep over rates"),
        ("# **Sweep** over `rates`\n", "Sweep over rates"),
        ("# \U0001f50d **SWEEP - rates & seeds** ✅\n", "SWEEP - rates & seeds"),
        ("# 2026-02-21 23:30:00 +0800 — Codex — Sweep: rates\n", "Sweep: rates"),
        ("# Sweep — Codex — rates — seeds\n", "Sweep — rates — seeds"),
        ("# Sweep (October 23, 2025)\n", "Sweep"),
        ("# Sweep with [a link](https://example.org) to C#\n", "Sweep with a link to C#"),
        ("# log\\_det of it \\#2\n", "log_det of it #2"),
        ("Sweep\n=====\n", "Sweep"),
        ("# 学习率扫描（2025年3月1日）\n", "学习率扫描"),
        ("# Comparison with 2025-03-01\n", "Comparison with 2025-03-01"),
        ("## Before\n\n# Sweep\n", "Sweep"),
        ("```\n# code\n```\n\n# Sweep\n", "Sweep"),
    ],
)
def test_the_title_is_what_the_first_heading_tells(text: str, expected: str) -> None:
    fact = title(page(text))
    assert (fact.value, fact.confidence) == (expected, Confidence.STATED)


def test_front_matter_titles_a_note() -> None:
    fact = title(page('---\ntitle: "Sweep: rates"\n---\n\n# Other\n'))
    assert (fact.value, fact.line) == ("Sweep: rates", 2)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("## Date: 1\n\n## Setup of it\n", "x.md", "Setup of it"),
        ("words\n", "2025-03-01-lr_sweep.md", "lr sweep"),
        ("words\n", "sweep_20250301.markdown", "sweep"),
        ("words\n", "20250301.md", "20250301.md"),
        ("# 2025-03-01\n\n## Context\n", "lr-sweep.md", "lr sweep"),
        ("# 2025-03-01 — Claude\n", "2025-03-01.md", "2025-03-01 — Claude"),
    ],
)
def test_without_a_heading_that_tells_something_a_title_is_likely_only(text: str, name: str, expected: str) -> None:
    fact = title(page(text, name))
    assert (fact.value, fact.confidence) == (expected, Confidence.LIKELY)


def test_a_heading_of_dates_and_agents_tells_nothing() -> None:
    assert told("2026-02-21 — Claude") == ""
    assert told("Claude") == "Claude"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Tags: lr, warm up", ["lr", "warm up"]),
        ("**Tags**: `lr`, `seeds`", ["lr", "seeds"]),
        ("Tags: #lr #warm-up", ["lr", "warm-up"]),
        ("tags: [lr, seeds, lr]", ["lr", "seeds"]),
        ("标签：注意力、稳定性", ["注意力", "稳定性"]),
        ("Tags: none", []),
        ("Tags:", []),
        ("Fixed in #12, see #lr.", []),
        ("```\nTags: lr\n```", []),
    ],
)
def test_tags_stand_on_their_own_line(line: str, expected: list[str]) -> None:
    assert [fact.value for fact in tags(page(f"# T\n\n{line}\n"))] == expected


@pytest.mark.parametrize(
    ("words", "status"),
    [
        *(
            ("planned", Status.PLANNED),
            ("TODO", Status.PLANNED),
            ("Not started", Status.PLANNED),
            ("计划中", Status.PLANNED),
        ),
        *(("In progress", Status.RUNNING), ("WIP", Status.RUNNING), ("running (epoch 3)", Status.RUNNING)),
        *(("进行中", Status.RUNNING), ("blocked on the cluster", None), ("Blocked: no GPU", Status.BLOCKED)),
        *(("done", Status.CONCLUDED), ("Completed.", Status.CONCLUDED), ("finished — see below", Status.CONCLUDED)),
        *(("已完成", Status.CONCLUDED), ("完成。", Status.CONCLUDED), ("Done (no regressions)", Status.CONCLUDED)),
        *(("Completed 2025-03-01", Status.CONCLUDED), ("inconclusive", Status.INCONCLUSIVE)),
        *(("Abandoned, too slow", Status.ABANDONED), ("dropped", Status.ABANDONED), ("已放弃", Status.ABANDONED)),
        *(
            ("superseded", Status.SUPERSEDED),
            ("superseded by note 7", None),
            ("invalid", Status.INVALID),
            ("作废", Status.INVALID),
        ),
        *(("ALL TESTS PASS", None), ("almost done", None), ("not done", None), ("Done, but not verified", None)),
        *(("Completed 3 of 5", None), ("complete rewrite", None), ("done?", None), ("fixed", None), ("", None)),
        *(("完成度 50%", None), ("基本完成", None), ("未完成", None), ("running out of memory", None)),
    ],
)
def test_a_status_is_what_words_state_and_no_more(words: str, status: Status | None) -> None:
    if words.startswith("blocked on"):
        status = Status.BLOCKED
    assert status_of(words) is status


def test_the_author_may_say_what_words_mean() -> None:
    assert status_of("Shipped", {"shipped": Status.CONCLUDED}) is Status.CONCLUDED
    note = page("# T\n\nStatus: shipped\n")
    assert (statuses(note), [fact.value for fact in unclear(note)]) == ([], ["shipped"])
    words = {"Shipped": Status.CONCLUDED}
    assert ([fact.value for fact in statuses(note, words)], unclear(note, words)) == ([Status.CONCLUDED], [])


def test_all_status_lines_are_given_in_order_with_their_lines() -> None:
    text = "# T\n\n**Status:** running\n\n## Update (2025-03-02)\n\nStatus: done\n"
    found = [(fact.value, fact.line, fact.confidence) for fact in statuses(page(text))]
    assert found == [(Status.RUNNING, 3, Confidence.STATED), (Status.CONCLUDED, 7, Confidence.STATED)]


def test_a_later_line_in_other_words_takes_the_word_from_a_banner() -> None:
    note = page("# T\n\nStatus: done\n\n## Later (2025-03-02)\n\nStatus: it broke again\n")
    assert [(fact.value, fact.confidence) for fact in statuses(note)] == [(Status.CONCLUDED, Confidence.LIKELY)]
    assert [(fact.value, fact.line, fact.confidence) for fact in unclear(note)] == [
        ("it broke again", 7, Confidence.POSSIBLE)
    ]


def test_a_status_in_a_list_of_tasks_is_likely_only() -> None:
    text = "# T\n\n## Tasks\n\n- Status: done\n\n### One\n\nStatus: blocked\n\n" + "words\n\n" * 5
    assert [(fact.value, fact.confidence) for fact in statuses(page(text))] == [
        (Status.CONCLUDED, Confidence.LIKELY),
        (Status.BLOCKED, Confidence.LIKELY),
    ]


@pytest.mark.parametrize(
    "text", ["## Status\n\nDone.\n", "## Setup\n\nStatus: done\nDate: 2025-03-01\n\n" + "x\n\n" * 5]
)
def test_a_heading_that_asks_and_a_line_beside_a_date_state_it(text: str) -> None:
    assert [(fact.value, fact.confidence) for fact in statuses(page(f"# T\n\n{text}"))] == [
        (Status.CONCLUDED, Confidence.STATED)
    ]


def test_an_outcome_is_stated_in_its_own_words() -> None:
    assert [fact.value for fact in outcomes(page("# T\n\nOutcome: negative (no gain)\n"))] == [Outcome.NEGATIVE]
    assert outcomes(page("# T\n\nResult: the loss fell\n")) == []
    assert outcome_of("mixed results") is None


def test_the_last_line_of_a_section_tells_where_it_stood() -> None:
    note = page("# T\n\nStatus: done\n\n## A\n\nStatus: running\nOutcome: mixed\n\nStatus: blocked\n")
    assert standing(note, range(1, 5)) == (Status.CONCLUDED, None)
    assert standing(note, range(5, 12)) == (Status.BLOCKED, Outcome.MIXED)
    assert standing(page("Status: done\nStatus: who knows\n"), range(1, 9)) == (None, None)


def test_a_status_by_another_note_is_only_possible() -> None:
    page = Page("note.md", "# T\n\nStatus: superseded by [a](a.md)\n")
    assert statuses(page) == []
    assert [(fact.value, fact.confidence) for fact in unclear(page)] == [("superseded by [a](a.md)", "possible")]


@needs_the_notes
@pytest.mark.parametrize("number", range(5))
def test_the_seeds_state_their_titles_and_neither_status_outcome_nor_tag(number: int) -> None:
    path = seed(number)
    text = decode(path.read_bytes()).text
    mended = repair(text)
    note = page(mended.text if mended is not None else text, path.name)
    first = note.lines[0].text.removeprefix("# ")
    expected = {2: first.split(" — ")[-1], 3: first.split("**")[1 if number == 3 else 0]}.get(number, first)
    assert (title(note).value, title(note).confidence) == (expected, Confidence.STATED)
    assert (statuses(note), outcomes(note), tags(note)) == ([], [], [])
    lines = [fact.line for fact in unclear(note)]
    assert lines == ([4, 727, 757] if number == 3 else [])
