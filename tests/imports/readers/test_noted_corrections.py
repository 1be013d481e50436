"""What free-form notes say of their own mistakes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.imports.readers.corrections import corrections
from journal.imports.readers.interface import Confidence, NotedCorrection, Person
from journal.imports.readers.page import Page
from journal.model.life import Kind
from journal.model.when import When
from seeds import needs_the_notes, seed

ANA, CODEX = Person("Ana"), Person("Codex", Kind.AGENT)
STATED, LIKELY, POSSIBLE = Confidence


def corrected(text: str, confidence: Confidence = STATED) -> list[tuple[str, str | None]]:
    """The wrong values that a note tells of, and the right ones."""
    facts = corrections(Page("note.md", text))
    return [(fact.value.was, fact.value.now) for fact in facts if fact.confidence is confidence]


@pytest.mark.parametrize(
    ("text", "was", "now"),
    [
        ("> **Correction (Ana review)**: the plot wrongly showed peak=41.5 of an\n> older sweep.", "41.5", None),
        ("Correction: the loss was 0.91 but should be 0.19.", "0.91", "0.19"),
        ("Correction: the loss should be 0.19, not 0.91.", "0.91", "0.19"),
        ("**Correction:** accuracy changed from 91% to 19%.", "91%", "19%"),
        ("Correction: `lr=3e-3` → `lr=3e-4`", "lr=3e-3", "lr=3e-4"),
        ("Correction: 0.91 was wrong. See the log.", "0.91", None),
        ("Erratum: the mean is 0.19, not 0.91.", "0.91", "0.19"),
        ("*Corrected (2026-03-02)*: the wrong value 0.91 stood here.", "0.91", None),
        ("更正：损失误写为 0.91，应为 0.19。", "0.91", "0.19"),
        ("勘误：将 0.91 改为 0.19。", "0.91", "0.19"),
        ("> **更正（Ana 审阅）**：此前误用了 max=41.5。", "41.5", None),
        ("## Corrections\n\n- loss: 0.91 → 0.19", "0.91", "0.19"),
        ("Correction: we said the loss was 0.91 but it is 0.19.", "0.91", "0.19"),
        ("ERRATA: we wrote lr 3e-3, the correct value is 3e-4.", "3e-3", "3e-4"),
        ("Correction: not 0.91 but 0.19.", "0.91", "0.19"),
        ("Correction: 0.91 was wrong, it should be 0.19.", "0.91", "0.19"),
        ("Edit: the batch size was 19, not 91.", "91", "19"),
        ("Loss: ~~0.91~~ 0.19", "0.91", "0.19"),
        ("| loss | ~~0.91~~ **0.19** |", "0.91", "0.19"),
        ("Loss is ~~0.91~~ → 0.19 now.", "0.91", "0.19"),
    ],
)
def test_a_wrong_value_that_is_told_of_is_found(text: str, was: str, now: str | None) -> None:
    assert corrected(text) == [(was, now)]


@pytest.mark.parametrize(
    "text",
    [
        "The loss went from 0.91 to 0.19.",
        "The learning rate should be 3e-4.",
        "Correction term: 0.91 → 0.19 of the gradient",
        "Correction: see the table of 2026-03-02.",
        "Correction: values below are from run 3 only.",
        "- [x] ~~train 3 seeds~~ done",
        "~~dropout 0.1~~ 0.2 was better",
        "~~0.91~~",
        "~~0.91~~ 0.91",
        "We corrected for 3 outliers.",
        "```\nCorrection: the loss was 0.91 but should be 0.19.\n```",
        "Loss `~~0.91~~ 0.19`",
        "",
    ],
)
def test_what_is_no_correction_is_none(text: str) -> None:
    assert corrected(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Correction: we used the wrong split.", "we used the wrong split."),
        ("ERRATA: we used 3e-3. The correct value is 3e-4.", "we used 3e-3. The correct value is 3e-4."),
        ("Correction: should the loss be 0.19, not 0.91?", "should the loss be 0.19, not 0.91?"),
        ("更正：标签有误。", "标签有误。"),
        ("## Corrections\n\n- the labels of run 3 were swapped", "the labels of run 3 were swapped"),
    ],
)
def test_a_correction_without_plain_values_is_possible_with_its_words(text: str, words: str) -> None:
    assert (corrected(text), corrected(text, POSSIBLE)) == ([], [(words, None)])


@pytest.mark.parametrize("text", ["Correction: none.", "Edit: added a plot.", "Errata: n/a"])
def test_nothing_is_made_of_a_correction_that_says_there_is_none(text: str) -> None:
    assert corrections(Page("note.md", text)) == []


@pytest.mark.parametrize("word", ["a", "1,", "`1` ", "was 1 ", "a/", "~~1", "should be "])
def test_a_long_line_is_read_in_no_time(word: str) -> None:
    line = word * (50_000 // len(word))
    assert len(corrections(Page("note.md", f"Correction: {line}!"))) == 1
    assert corrections(Page("note.md", f"~~{line}\t")) == []


def test_plain_advice_is_only_likely() -> None:
    text = "The loss in the abstract should be 0.19, not 0.91."
    assert (corrected(text), corrected(text, LIKELY)) == ([], [("0.91", "0.19")])


def test_the_right_value_stands_in_the_same_sentence() -> None:
    assert corrected("Correction: 0.91 was wrong. Now it is 0.19.") == [("0.91", None)]


@pytest.mark.parametrize(
    ("brackets", "by", "at"),
    [
        ("Ana review", ANA, None),
        ("by Ana", ANA, None),
        ("Ana, 2026-03-02", ANA, When("2026-03-02")),
        ("2026-03-02 10:15 +0800, Codex", CODEX, When("2026-03-02T10:15+08:00")),
        ("Codex review", CODEX, None),
        ("Ana 审阅", ANA, None),
        ("2026-03-02", None, When("2026-03-02")),
        ("typo", None, None),
        ("second review", None, None),
        ("Code review", None, None),
        ("Table 2", None, None),
    ],
)
def test_a_correction_tells_who_and_when(brackets: str, by: Person | None, at: When | None) -> None:
    (fact,) = corrections(
        Page("note.md", f"Text.\n\n> **Correction ({brackets})**: it was\n> 0.91 but should be `0.19`.")
    )
    assert (fact.value.by, fact.value.at, fact.line) == (by, at, 4)
    assert fact.value.reason == "it was 0.91 but should be 0.19."


@settings(max_examples=40, deadline=None)
@given(lines=st.lists(st.sampled_from(["Correction (Ana): 1 → 2", "~~1~~ 2", "> Erratum: 1 → 2", ""])))
def test_nothing_in_a_fence_is_ever_found(lines: list[str]) -> None:
    page = Page("note.md", "\n".join(["# Title", "", "```", *lines, "```", ""]))
    assert corrections(page) == []


@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet=st.sampled_from("0189.~→`|:#-\n> ()_*wasbutnot 更正应为由"), max_size=120))
def test_any_text_can_be_read(text: str) -> None:
    page = Page("note.md", f"Correction: {text}")
    assert all(fact.line is not None and 1 <= fact.line <= len(page.lines) for fact in corrections(page))


def page(number: int) -> Page:
    path = seed(number)
    return Page(path.name, path.read_text("utf-8"))


@needs_the_notes
def test_the_note_that_a_reviewer_corrected() -> None:
    note = page(2)
    lines = [re.sub(r"[`*>]", "", line.text).strip() for line in note.lines]
    first = " ".join(lines[55:57]).partition(": ")[2].partition(". ")[0] + "."
    (fact,) = corrections(note)
    assert (fact.value, fact.line) == (NotedCorrection("9084.8", None, first, CODEX), 56)


@needs_the_notes
@pytest.mark.parametrize("number", [0, 1, 3, 4])
def test_the_other_notes_that_we_build_for(number: int) -> None:
    assert corrections(page(number)) == []
