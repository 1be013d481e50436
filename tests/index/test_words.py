from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.index.words import cut, folded, phrase, placed, tokens

MIXED = st.text(
    st.sampled_from("aZ09_-/. \u00e9\u0301\u00df注意力がパ모델ไทย\uff21\u0130½️\U0001f600\u4e00\U00020000\n'\"*"),
    max_size=40,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Loss", "LOSS"),
        ("café", "CAFE"),
        ("cafe\u0301", "café"),
        ("ＧＰＵ", "gpu"),
        ("Straße", "STRASSE"),
        ("ﬁt", "FIT"),
        ("ё", "е"),
        ("x²", "x2"),
        ("שָׁלוֹם", "שלום"),
        ("הֲיֵשׂ", "היש"),
        ("مُحَمَّد", "محمد"),
        ("هٰذا", "هذا"),
        ("ܫܠܳܡܳܐ", "ܫܠܡܐ"),
    ],
)
def test_case_accents_and_width_make_no_difference(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"), [("か", "が"), ("は", "パ"), ("모", "못"), ("हिन्दी", "हन्द"), ("கீ", "கு"), ("ที", "ทู")]
)
def test_signs_that_make_another_letter_stay(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("debug/iga/global/wmax_sat_frac", ["debug", "iga", "global", "wmax", "sat", "frac"]),
        ("lr=2.5e-4", ["lr", "2", "5e", "4"]),
        ("run fej59g91, 12D", ["run", "fej59g91", "12d"]),
        ("注意力ok", ["注", "意", "力", "ok"]),
        ("어텐션이", ["어", "텐", "션", "이"]),
        ("ค่า", ["ค", "่", "า"]),
        ("हिन्दी", ["हिन्दी"]),
        ("!? — ✓ 🔥", []),
    ],
)
def test_text_is_cut_into_words_and_dense_scripts_into_characters(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@given(MIXED)
def test_what_is_placed_is_what_is_cut(text: str) -> None:
    if folded(text) == "".join(folded(sign) for sign in text):  # else signs of two characters went together
        assert [token for token, _, _ in placed(text)] == tokens(text)


@given(MIXED.map(lambda text: f"{text} déjà"))
def test_each_token_stands_where_it_is_said_to(text: str) -> None:
    assert placed(text)[-1] == ("deja", len(text) - 4, len(text))
    for token, start, end in placed(text):
        assert 0 <= start < end <= len(text)
        assert token in folded(text[start:end]).replace(" ", "")


@given(st.text())
def test_any_text_folds_to_as_many_lines_and_tokens_hold_no_blank_and_no_quote(text: str) -> None:
    assert folded(text).count("\n") == text.count("\n")
    for token in cut(folded(text)):
        assert token
        assert not set(token) & set(" \t\n\"'*()\0")


def test_a_word_with_points_is_one_word() -> None:
    assert tokens("שָׁלוֹם עוֹלָם־טוֹב") == ["שלום", "עולם", "טוב"]
    assert placed("שָׁלוֹם!") == [("שלום", 0, len("שָׁלוֹם"))]


def test_words_in_a_row_are_a_part_of_the_phrase() -> None:
    assert phrase("hopper") in phrase("Grace Hopper")
    assert phrase("race") not in phrase("Grace Hopper")
