"""What free-form notes say of their own mistakes and of those who looked again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.imports.amended import corrections, reviews
from journal.imports.interface import Confidence, NotedCorrection, NotedReview, Person
from journal.imports.page import Page
from journal.model.life import Kind, Verdict
from journal.model.when import When

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
ANA, CODEX = Person("Ana"), Person("Codex", Kind.AGENT)
STATED, LIKELY, POSSIBLE = Confidence
VERIFIED, CORRECTED, DISPUTED, UNVERIFIED = Verdict


def corrected(text: str, confidence: Confidence = STATED) -> list[tuple[str, str | None]]:
    """The wrong values that a note tells of, and the right ones."""
    facts = corrections(Page("note.md", text))
    return [(fact.value.was, fact.value.now) for fact in facts if fact.confidence is confidence]


def reviewed(text: str, confidence: Confidence = STATED) -> list[tuple[str, Verdict]]:
    """Who looked again and what they found."""
    facts = reviews(Page("note.md", text))
    return [(fact.value.by.name, fact.value.verdict) for fact in facts if fact.confidence is confidence]


@pytest.mark.parametrize(
    ("text", "was", "now"),
    [
        ("> **Correction (Ana review)**: the table wrongly reported max=41.5 from\n> another run.", "41.5", None),
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


@pytest.mark.parametrize(
    ("text", "by", "verdict"),
    [
        ("Values verified by Codex.", "Codex", VERIFIED),
        ("(step 40, independently verified by Ana)", "Ana", VERIFIED),
        ("## Diagnostics (step 40, verified by Codex)", "Codex", VERIFIED),
        ("The table was cross-checked by Ana Lee.", "Ana Lee", VERIFIED),
        ("Re-verified by Codex.", "Codex", VERIFIED),
        ("Reproduced by @ana on another machine.", "@ana", VERIFIED),
        ("Verified-by: Ana Lee <ana@example.org>", "Ana Lee", VERIFIED),
        ("Reviewed by Ana: all numbers match.", "Ana", VERIFIED),
        ("Reviewed by Ana: table 2 is wrong.", "Ana", DISPUTED),
        ("Reviewer: Ana — LGTM", "Ana", VERIFIED),
        ("Disputed by Ana.", "Ana", DISPUTED),
        ("Codex disagrees.", "Codex", DISPUTED),
        ("Spikes were corrected by Codex.", "Codex", CORRECTED),
        ("> **Correction (Ana review)**: other runs.", "Ana", CORRECTED),
        ("It could not be independently verified by Codex.", "Codex", UNVERIFIED),
        ("It cannot be reproduced by Ana.", "Ana", UNVERIFIED),
        ("Codex could not verify the second table.", "Codex", UNVERIFIED),
        ("结果由 Codex 验证。", "Codex", VERIFIED),
        ("Codex 无法独立复现该结果。", "Codex", UNVERIFIED),
        ("审阅人：Ana，数值一致", "Ana", VERIFIED),
        ("验证人：王小明", "王小明", VERIFIED),
        ("> **更正（Codex 审阅）**：见下表。", "Codex", CORRECTED),
    ],
)
def test_who_looked_again_and_what_they_found(text: str, by: str, verdict: Verdict) -> None:
    assert reviewed(text) == [(by, verdict)]


@pytest.mark.parametrize(
    "text",
    [
        "Verified by running it twice.",
        "Verified by hand and by the tests.",
        "Verified by Table 2 and confirmed by Figure 3.",
        "Confirmed by Monte Carlo; checked by CI; validated by PyTorch.",
        "To be verified by Codex.",
        "Not yet verified by Codex.",
        "It was not independently verified by Codex.",
        "This should be verified by Ana.",
        "It is done once verified by Ana.",
        "Verified by Ana's script.",
        "Verified by 3 seeds.",
        "The fix is verified.",
        "- [ ] Verify with Ana",
        "Measurement refuted this.",
        "Training could not reproduce it.",
        "未由 Codex 验证。",
        "当前无法验证。",
        "由系统验证。",
        "验证人：ABC系统",
        "结果由王小明验证。",
        "Correction (typo): other runs.",
        "| Verified by Codex |\n|---|\n| no |",
        "```\nverified by Codex\n```",
        "",
    ],
)
def test_what_is_no_review_is_none(text: str) -> None:
    assert reviewed(text) == []


def test_a_chinese_name_in_running_text_is_only_likely() -> None:
    assert reviewed("结果由王小明验证。", LIKELY) == [("王小明", VERIFIED)]


def test_a_review_without_a_verdict_is_only_possible() -> None:
    assert reviewed("Reviewed by Ana.") == []
    assert reviewed("Reviewed by Ana.", POSSIBLE) == [("Ana", VERIFIED)]
    assert reviewed("Reviewer: Ana\n\nVerified by Ana.", POSSIBLE) == []


def test_a_field_may_list_reviewers_and_say_what_they_are() -> None:
    facts = reviews(Page("note.md", "Verified by: Ana Lee (human), Codex"))
    assert [fact.value for fact in facts] == [
        NotedReview(Person("Ana Lee", Kind.HUMAN), VERIFIED),
        NotedReview(CODEX, VERIFIED),
    ]


def test_each_reviewer_and_verdict_stands_once_with_the_first_line_and_what_is_known() -> None:
    text = "Verified by Codex.\n\n## Loss\n\nThe loss was verified by Codex via the\nlocal log. Corrected by Codex."
    facts = reviews(Page("note.md", text))
    assert [(fact.value, fact.line) for fact in facts] == [
        (NotedReview(CODEX, VERIFIED, method="via the local log"), 1),
        (NotedReview(CODEX, CORRECTED), 6),
    ]


def test_the_words_of_a_review_are_its_source() -> None:
    (fact,) = reviews(Page("note.md", "Sadly it could not be independently verified by Codex."))
    assert fact.source == "“could not be independently verified by Codex”"


@settings(max_examples=40, deadline=None)
@given(
    lines=st.lists(
        st.sampled_from(["Correction (Ana): 1 → 2", "~~1~~ 2", "verified by Codex", "> verified by Ana", ""])
    )
)
def test_nothing_in_a_fence_is_ever_found(lines: list[str]) -> None:
    page = Page("note.md", "\n".join(["# Title", "", "```", *lines, "```", ""]))
    assert (corrections(page), reviews(page)) == ([], [])


@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet=st.sampled_from("0189.~→`|:#-\n> ()_*verifiedbyAna 更正应为由"), max_size=120))
def test_any_text_can_be_read(text: str) -> None:
    page = Page("note.md", f"Correction: {text}")
    lines = [*(fact.line for fact in corrections(page)), *(fact.line for fact in reviews(page))]
    assert all(line is not None and 1 <= line <= len(page.lines) for line in lines)


def seed(number: int) -> Page:
    (path,) = SEEDS.glob(f"{number:03}_*.md")
    return Page(path.name, path.read_text("utf-8"))


needs_seeds = pytest.mark.skipif(
    not SEEDS.is_dir(), reason="the five notes are other people's and not in this repository"
)


@needs_seeds
def test_the_note_that_a_reviewer_corrected() -> None:
    page = seed(2)
    lines = [re.sub(r"[`*>]", "", line.text).strip() for line in page.lines]
    first = " ".join(lines[55:57]).partition(": ")[2].partition(". ")[0] + "."
    (fact,) = corrections(page)
    assert (fact.value, fact.line) == (NotedCorrection("9084.8", None, first, CODEX), 56)
    assert [(each.value.by, each.value.verdict, each.line) for each in reviews(page)] == [
        (CODEX, VERIFIED, 33),
        (CODEX, CORRECTED, 56),
        (CODEX, UNVERIFIED, 121),
    ]
    verified, mended, unverified = (fact.value.method for fact in reviews(page))
    assert verified == lines[32].partition("Codex ")[2].removesuffix("):")
    assert mended == f"{lines[118].partition('Codex ')[2]} {lines[119].partition('. ')[0]}"
    assert unverified is None


@needs_seeds
@pytest.mark.parametrize("number", [0, 1, 3, 4])
def test_the_other_notes_that_we_build_for(number: int) -> None:
    assert (corrections(seed(number)), reviews(seed(number))) == ([], [])
