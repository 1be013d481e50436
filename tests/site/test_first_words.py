"""The first words of an entry: of its results, or else of its text."""

from __future__ import annotations

import pytest

from journal.authoring.template import packaged
from journal.document.document import parse
from journal.site import first_words
from journal.site.abstract import SUMMARY

HEAD = "---\nid: 2026-02-20-a\ntitle: A\ncreated: 2026-02-20T10:00:00+01:00\n---\n"


def of(text: str) -> str:
    """The first words of an entry with this text."""
    return first_words.of(parse((HEAD + text).encode(), "entries/2026-02-20-a.md"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("# Heading\n\n- [ ] step\n\nThe *first* `words`.\n\nMore.\n", "The first words."),
        ("## Context\n\nWhy.\n\n## Results\n\nIt [held](x.md).\n", "It held."),
        ("## Results\n\nIt fell to 0.5. In version 2.0, seconds:\n\n| a |\n|---|\n| 1 |\n", "It fell to 0.5."),
        ("## Results\n\n在这里降低了\u3002秒数\uff1a\n\nMore.\n", "在这里降低了\u3002"),
        ("## Results\n\nSeconds:\n\n| a |\n|---|\n| 1 |\n\nIt held.\n", "It held."),
        ("## Results\n\nSeconds:\n\n- 1\n", "Seconds:"),
        ("Seconds:\n\n- 1\n\nIt held. Also:\n", "It held."),
        ("## Context\n\nWhy.\n\n## Results\n\nTBD\n\nMore.\n", "Why."),
    ],
)
def test_results_come_first_and_marks_are_left_out(text: str, expected: str) -> None:
    assert of(text) == expected


@pytest.mark.parametrize("name", sorted(packaged()))
def test_what_a_template_asks_for_is_not_what_an_entry_says(name: str) -> None:
    asked = [line for line in packaged()[name].rpartition("\n---\n")[2].splitlines() if line.endswith((".", "asked."))]
    text = "\n\n".join(line for line in asked if not line.startswith(("-", "|", "{")))
    assert text
    assert of(f"## Context\n\n{text}\n\n## Change\n\nNo attention in block 0.\n") == "No attention in block 0."


def test_an_entry_that_was_only_begun_says_nothing() -> None:
    assert of("## Context\n\nWhat was known before, and what was asked.\n\n## Next steps\n\n- [ ] Write.\n") == ""


def test_many_words_are_shortened_between_words() -> None:
    found = of("word, " * 100)
    assert len(found) <= SUMMARY
    assert found.endswith("word…")


def test_one_word_without_a_blank_is_cut_where_it_must_be() -> None:
    assert of("注" * 500) == "注" * (SUMMARY - 1) + "…"
