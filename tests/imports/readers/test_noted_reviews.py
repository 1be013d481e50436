"""Who looked again at free-form notes, as those tell it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.imports.readers.interface import Confidence, NotedReview, Person
from journal.imports.readers.page import Page
from journal.imports.readers.reviews import reviews
from journal.model.life import Kind, Verdict
from seeds import needs_the_notes, seed

CODEX = Person("Codex", Kind.AGENT)
STATED, LIKELY, POSSIBLE = Confidence
VERIFIED, CORRECTED, DISPUTED, UNVERIFIED = Verdict


def reviewed(text: str, confidence: Confidence = STATED) -> list[tuple[str, Verdict]]:
    """Who looked again and what they found."""
    facts = reviews(Page("note.md", text))
    return [(fact.value.by.name, fact.value.verdict) for fact in facts if fact.confidence is confidence]


@pytest.mark.parametrize(
    ("text", "by", "verdict"),
    [
        ("Values verified by Codex.", "Codex", VERIFIED),
        ("(seed 4, carefully verified by Ana)", "Ana", VERIFIED),
        ("## Gradients (layer 4, verified by Codex)", "Codex", VERIFIED),
        ("The table was cross-checked by Ana Lee.", "Ana Lee", VERIFIED),
        ("Re-verified by Codex.", "Codex", VERIFIED),
        ("Reproduced by @ana on another machine.", "@ana", VERIFIED),
        ("Verified-by: Ana Lee <ana@example.org>", "Ana Lee", VERIFIED),
        ("Reviewed by Ana: all numbers match.", "Ana", VERIFIED),
        ("Reviewed by Ana: table 2 is wrong.", "Ana", DISPUTED),
        ("Reviewer: Ana — LGTM", "Ana", VERIFIED),
        ("Disputed by Ana.", "Ana", DISPUTED),
        ("Codex disagrees.", "Codex", DISPUTED),
        ("- [x] Values verified by Codex.", "Codex", VERIFIED),
        ("Reviewed by Ana: the mean is not correct.", "Ana", DISPUTED),
        ("Verified by Codex via `journal show x`.", "Codex", VERIFIED),
        ("Spikes were corrected by Codex.", "Codex", CORRECTED),
        ("> **Correction (Ana review)**: other runs.", "Ana", CORRECTED),
        ("Sadly the slope can't be confirmed by Codex.", "Codex", UNVERIFIED),
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
        "It was not carefully verified by Codex.",
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
    (fact,) = reviews(Page("note.md", "Sadly the slope couldn't be fully reproduced by Codex."))
    assert fact.source == "“couldn't be fully reproduced by Codex”"


@pytest.mark.parametrize(
    "text",
    [
        "Is it verified by Codex?",
        '"Carefully verified by Codex" is what the template says.',
        "`verified by Codex` is what the template says.",
        "They claimed it was verified by Codex, but it was not.",
        "Codex is said to have helped: verified by Codex, they say.",
        "I would like this verified by Codex.",
        "Please have it reviewed and verified by Codex.",
        "Ensure the manifest version is verified by @ana.",
        "Nothing was verified by Codex.",
        "Verified by Codex would be nice.",
        "If Codex disagrees, run it again.",
        "Is it true that Codex could not verify it?",
        "Reviewed by Codex: not verified.",
        "Reviewed by Codex: nothing wrong.",
        "Verified by: Codex, not yet",
        "Verified-by: Codex?",
        "Correction (Codex, not yet): the slope.",
        "- [ ] Values verified by Codex",
        "## Next steps\n\n- Values verified by Codex",
        "是否由 Codex 验证？",
        "希望由 Codex 验证。",
    ],
)
def test_what_is_no_plain_statement_states_no_review(text: str) -> None:
    assert reviewed(text) + reviewed(text, LIKELY) == []


@pytest.mark.parametrize("text", ["They claim it was verified by Codex.", "- [ ] Values verified by Codex"])
def test_what_may_be_a_review_is_possible(text: str) -> None:
    assert reviewed(text, POSSIBLE) == [("Codex", VERIFIED)]


@pytest.mark.parametrize(
    "word", ["a", "A.", "verified by Ana ", "Ana could not ", "reviewed by Ana ", "由王小明", "\t"]
)
def test_a_long_line_is_read_in_no_time(word: str) -> None:
    line = word * (50_000 // len(word))
    assert len(reviews(Page("note.md", f"Reviewed by Ann: {line}!"))) <= 2
    assert len(reviews(Page("note.md", f"Correction ({line}!"))) <= 2


@settings(max_examples=40, deadline=None)
@given(lines=st.lists(st.sampled_from(["Correction (Ana): 1 → 2", "verified by Codex", "> verified by Ana", ""])))
def test_nothing_in_a_fence_is_ever_found(lines: list[str]) -> None:
    assert reviews(Page("note.md", "\n".join(["# Title", "", "```", *lines, "```", ""]))) == []


@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet=st.sampled_from("01.~`|:#-\n> ()_*verifiedbyAna 由验证"), max_size=120))
def test_any_text_can_be_read(text: str) -> None:
    page = Page("note.md", f"Verified by: {text}")
    assert all(fact.line is not None and 1 <= fact.line <= len(page.lines) for fact in reviews(page))


def page(number: int) -> Page:
    path = seed(number)
    return Page(path.name, path.read_text("utf-8"))


@needs_the_notes
def test_the_note_that_an_agent_looked_at_again() -> None:
    note = page(2)
    found = reviews(note)
    lines = [line.text.replace("`", "").strip() for line in note.lines]
    assert [(each.value.by, each.value.verdict, each.line, each.confidence) for each in found] == [
        (CODEX, VERIFIED, 33, STATED),
        (CODEX, CORRECTED, 56, STATED),
        (CODEX, UNVERIFIED, 121, STATED),
    ]
    verified, mended, unverified = (fact.value.method for fact in found)
    assert verified == lines[32].partition("Codex ")[2].removesuffix("):")
    assert mended == f"{lines[118].partition('Codex ')[2]} {lines[119].partition('. ')[0]}"
    assert unverified is None


@needs_the_notes
@pytest.mark.parametrize("number", [0, 1, 3, 4])
def test_the_other_notes_that_we_build_for(number: int) -> None:
    assert reviews(page(number)) == []
