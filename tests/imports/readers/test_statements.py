"""Sentences that state something plainly, and those that do not."""

from __future__ import annotations

import re

import pytest

from journal.imports.readers.outline import blocks
from journal.imports.readers.page import Page
from journal.imports.readers.statements import hedges, is_hedged, is_planned, sentences, without_quotations


def test_sentences_end_where_the_next_begins() -> None:
    assert sentences("It fell to 0.5. Then\tit  rose!\n见下表。再跑一次。") == [
        "It fell to 0.5.",
        "Then it rose!",
        "见下表。",
        "再跑一次。",
    ]


@pytest.mark.parametrize(
    "words", ["Is it?", "it wasn't", "Nobody", "we hope", "I'd like", "they say", "once it is", "是否"]
)
def test_questions_wishes_negations_and_hearsay_are_hedged(words: str) -> None:
    assert is_hedged(words)


@pytest.mark.parametrize(
    "words", ["", "The mean fell in May 2026.", "knotted tasks", "Values of the last sweep", "结果一致"]
)
def test_plain_words_are_not(words: str) -> None:
    assert not is_hedged(words)


def test_hedges_are_found_by_their_places() -> None:
    assert hedges("If so, it may not.") == [0, 10, 14]


@pytest.mark.parametrize(
    ("text", "planned"),
    [("- [ ] a", True), ("> 1. [ ] a", True), ("- [x] a", False), ("## To do\n\na", True), ("# T\n\na", False)],
)
def test_open_boxes_and_lists_of_plans_are_planned(text: str, *, planned: bool) -> None:
    page = Page("note.md", text)
    assert is_planned(blocks(page)[-1], page) is planned


def test_names_in_quotation_marks_stay_and_quoted_sentences_go() -> None:
    text = "“checked twice” and 'checked by Bo' by \"Bo\" via `check`"
    assert without_quotations(text, re.compile("check")) == '… and … by "Bo" via `check`'
