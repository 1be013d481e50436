"""Other notes that free-form notes name."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.imports.readers.interface import Confidence
from journal.imports.readers.other_notes import NamedNote, notes_named
from journal.imports.readers.page import Page
from journal.model.entry import RELATIONS
from seeds import needs_the_notes, seed


def found(text: str) -> list[tuple[str, str]]:
    return [
        (fact.value.relation, fact.value.path)
        for fact in notes_named(Page("note.md", text))
        if fact.confidence is Confidence.STATED
    ]


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("See [the sweep](wide.md).", "related"),
        ("[The sweep](<wide.md>) was long.", "related"),
        ("[The sweep](wide.md#loss 'long') was long.", "related"),
        ("See also `wide.md`.", "related"),
        ("See also:\n\n- wide.md", "related"),
        ("Original note: wide.md", "related"),
        ("- `wide.md` (original note)", "related"),
        ("参见 `wide.md`", "related"),
        ("Follow-up to [the sweep](wide.md).", "follows"),
        ("Follows: wide.md", "follows"),
        ("This continues the note `wide.md`.", "follows"),
        ("**Builds on:** [sweep](wide.md)", "follows"),
        ("Continued from wide.md.", "follows"),
        ("接续 `wide.md`", "follows"),
        ("本文是 [宽网络](wide.md) 的后续。", "follows"),
        ("Results of [the sweep](wide.md)", "results_of"),
        ("# Results for `wide.md`", "results_of"),
        ("这是 `wide.md` 的结果", "results_of"),
        ("Supersedes [the sweep](wide.md).", "supersedes"),
        ("This replaces wide.md.", "supersedes"),
        ("This invalidates [the sweep](wide.md).", "invalidates"),
        ("Superseded by [the sweep](wide.md).", "related"),
        ("The results stand in [the sweep](wide.md).", "related"),
        ("Continued in [the sweep](wide.md).", "related"),
    ],
)
def test_the_words_before_a_note_say_what_it_is_to_this_one(text: str, relation: str) -> None:
    assert found(text) == [(relation, "wide.md")]


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("Nothing here invalidates [a](a.md).", "invalidates"),
        ("If it holds, this supersedes [a](a.md).", "supersedes"),
        ("This supersedes [a](a.md)?", "supersedes"),
        ("Supersedes [a](a.md) if it holds.", "supersedes"),
        ("A table replaces [a](a.md).", "supersedes"),
        ("It failed. This replaces [a](a.md).", "supersedes"),
        ("Nothing follows [a](a.md).", "follows"),
        ("It is not a follow-up to [a](a.md).", "follows"),
        ("This note is not a follow-up to [a](a.md).", "follows"),
        ("Follow-up to [a](a.md) is planned.", "follows"),
        ("## Next steps\n\n- Follow-up to [a](a.md)", "follows"),
        ("- [ ] Follow-up to [a](a.md)", "follows"),
        ("- Run 3\n  - replaces [a](a.md)", "supersedes"),
        ("| Run 3 | replaces [a](a.md) |\n|---|---|\n| Run 4 | replaces [a](a.md) |", "supersedes"),
        ("Results of [a](a.md) are good.", "results_of"),
        ("不是 [a](a.md) 的后续。", "follows"),
    ],
)
def test_a_relation_that_is_not_plainly_this_notes_is_only_likely(text: str, relation: str) -> None:
    assert found(text) == [("related", "a.md")]
    (*_, fact) = notes_named(Page("note.md", text))
    assert (fact.value, fact.confidence) == (NamedNote(relation, "a.md"), Confidence.LIKELY)


@pytest.mark.parametrize(
    "text",
    [
        "It failed. This note supersedes [a](a.md).",
        "This entry now supersedes [a](a.md) and [b](b.md).",
        "Supersedes [a](a.md). If that is wrong, tell us.",
        "Supersedes:\n\n- [a](a.md)",
        "> **Supersedes** [a](a.md)",
    ],
)
def test_a_relation_of_this_note_is_stated(text: str) -> None:
    assert found(text)[0] == ("supersedes", "a.md")


def test_a_file_that_another_note_supersedes_is_only_likely() -> None:
    (fact,) = notes_named(Page("note.md", "See c, which supersedes `a.md`"))
    assert (fact.value, fact.confidence) == (NamedNote("supersedes", "a.md"), Confidence.LIKELY)


def test_a_status_that_tells_of_the_other_end_is_no_relation_of_this_one() -> None:
    (fact,) = notes_named(Page("note.md", "Status: superseded by [a](a.md)"))
    assert fact.value == NamedNote("related", "a.md")


@pytest.mark.parametrize("word", ["[[a", "[", "`a.md#", "a.md ", "follows the ", "](", "see a.md "])
def test_a_long_line_is_read_in_no_time(word: str) -> None:
    line = word * (50_000 // len(word))
    facts = notes_named(Page("note.md", f"Follows {line}x.md"))
    assert len({fact.value.path for fact in facts}) <= 2


@pytest.mark.parametrize(
    "text",
    [
        "We edited `wide.md` and wide.md today.",
        "Superseded by `wide.md`.",
        "See [the site](https://example.org/wide.md) and https://example.org/wide.md.",
        "See [the script](wide.py).",
        "![picture](wide.md)",
        "[[1, 2], [3, 4]]",
        "See [this note](note.md).",
        "```\nSee [the sweep](wide.md)\n```",
        "Follows: nothing",
        "",
    ],
)
def test_what_names_no_note_is_none(text: str) -> None:
    assert found(text) == []


def test_each_note_stands_once_with_what_says_most() -> None:
    text = "See [a](a.md) and [b](b.md).\n\nFollow-up to [b](b.md); see [a](a.md)."
    assert found(text) == [("related", "a.md"), ("follows", "b.md")]


def test_paths_stand_as_they_are_without_escapes() -> None:
    assert found("[x](../old/my%20note.md) and [y](笔记/宽.md)") == [
        ("related", "../old/my note.md"),
        ("related", "笔记/宽.md"),
    ]


def test_a_link_by_name_alone_is_only_likely() -> None:
    (fact,) = notes_named(Page("note.md", "Follows [[2026-03-01 wide nets#Loss|the sweep]]."))
    assert (fact.value, fact.confidence) == (NamedNote("follows", "2026-03-01 wide nets.md"), Confidence.LIKELY)


@settings(max_examples=40, deadline=None)
@given(lines=st.lists(st.sampled_from(["See [a](a.md)", "Follows: b.md", "[[c]]", ""])))
def test_nothing_in_a_fence_is_ever_found(lines: list[str]) -> None:
    assert notes_named(Page("note.md", "\n".join(["```", *lines, "```", ""]))) == []


@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet=st.sampled_from("ab.md`|:#-\n> ()[]/_*see follows的后续"), max_size=120))
def test_any_text_can_be_read(text: str) -> None:
    facts = notes_named(Page("note.md", text))
    assert all(fact.value.relation in RELATIONS for fact in facts)
    assert len({fact.value.path for fact in facts}) == len(facts)


@needs_the_notes
@pytest.mark.parametrize(("number", "line"), [(0, None), (1, 23), (2, None), (3, None), (4, None)])
def test_the_notes_that_we_build_for(number: int, line: int | None) -> None:
    path = seed(number)
    page = Page(path.name, path.read_text("utf-8"))
    named = [("related", page.lines[line - 1].text.split("`")[1])] if line else []
    assert [(*fact.value, fact.line) for fact in notes_named(page)] == [(*each, line) for each in named]
