from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.tables.cited_text import agrees, read, written

floats = st.floats(allow_nan=False, allow_infinity=False)

digits = st.text("0123456789", min_size=1, max_size=6)
grouped = st.lists(st.text("0123456789", min_size=3, max_size=3), min_size=1, max_size=3).map(",".join)
wholes = digits | st.tuples(st.sampled_from(["1", "12", "999"]), grouped).map(",".join)
decimals = st.just("") | st.text("0123456789", max_size=9).map(lambda text: f".{text}")
exponents = st.sampled_from(["", "", "e5", "e-05", "E+3", "e+300", "e−7"])
affixes = st.sampled_from(["", "", "%", " %", "×", "x", "\u00a0×", "\u202f%"])
signs = st.sampled_from(["", "-", "+", "−"])
numbers = st.tuples(signs, wholes, decimals, exponents, affixes).map("".join)
placeholders = st.tuples(st.sampled_from(["TBD", "tbd", "?", "...", "…", "—", ""]), affixes).map("".join)
texts = numbers | placeholders


@given(texts, floats, st.integers(1, 12))
def test_what_is_written_agrees_and_is_written_the_same_again(text: str, value: float, significant: int) -> None:
    found = written(text, value, significant)
    assert agrees(found, value)
    assert written(found, value, significant) == found


@given(numbers, floats)
def test_the_form_of_a_text_survives_another_value(text: str, value: float) -> None:
    before, after = read(text), read(written(text, value, 3))
    assert before is not None
    assert after is not None
    assert (after.affix, bool(after.exponent)) == (before.affix, bool(before.exponent))
    if not before.exponent:
        assert after.decimals == before.decimals


@given(st.decimals(-10_000, 10_000, places=3), st.integers(0, 6))
def test_a_plain_number_agrees_with_what_lies_within_half_of_its_last_digit(value: Decimal, places: int) -> None:
    exact = Decimal(float(value))
    text = f"{exact.quantize(Decimal((0, (1,), -places)), ROUND_HALF_EVEN):f}"
    assert agrees(text, float(value))
    next_one = Decimal(text) + Decimal((0, (1,), -places))
    off = abs(next_one - exact) > Decimal((0, (5,), -places - 1))
    assert not off or not agrees(str(next_one), float(value))


@pytest.mark.parametrize(
    ("text", "value", "so"),
    [
        ("67.0", 66.96, True),
        ("67.0", 67.04, True),
        ("67.0", 66.94, False),
        ("67.0", 67.06, False),
        ("2797.5", 2797.5, True),
        ("2798", 2797.5, True),
        ("2797", 2797.5, False),
        ("2,797.5", 2797.5, True),
        ("2797,5", 2797.5, False),
        ("3.6%", 0.0359972, True),
        ("3.6 %", 0.0359972, True),
        ("3.6", 0.0359972, False),
        ("0.2", 0.25, True),
        ("0.3", 0.25, True),
        ("−0.5", -0.52, True),
        ("-0.0", -0.01, True),
        ("1.28×", 1.2766, True),
        ("1.28x", 1.2766, True),
        ("1.2e-05", 1.24e-5, True),
        ("1.2e-05", 1.26e-5, False),
        (".5", 0.45000001, True),
        ("TBD", 1.0, False),
        ("about 1", 1.0, False),
        ("1.0", float("nan"), False),
    ],
)
def test_a_text_is_the_value_rounded_to_the_precision_of_the_text(text: str, value: float, so: bool) -> None:
    assert agrees(text, value) is so


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("0.683", 0.70191, "0.702"),
        ("TBD", 0.70191, "0.702"),
        ("TBD", 2797.0, "2797"),
        ("?%", 0.0359972, "3.60%"),
        ("", 0.00001234, "1.23e-05"),
        ("1,234", 1234567.8, "1,234,568"),
        ("1234", 1234567.8, "1234568"),
        ("−1.0", -2.04, "−2.0"),
        ("+1.0", 2.04, "+2.0"),
        ("+1.0", -2.04, "-2.0"),
        ("-1.0", -0.04, "0.0"),
        ("1.2e-05", 345678.0, "3.5e+05"),
        ("12.3e4", 345678.0, "3.46e5"),
        ("1.2e5", 0.0, "0.0e0"),
        ("5.", 3.7, "4"),
        ("1.28 ×", 1.3, "1.30 ×"),
    ],
)
def test_a_value_is_written_in_the_form_that_its_author_chose(text: str, value: float, expected: str) -> None:
    assert written(text, value, 3) == expected


@pytest.mark.parametrize(
    "text",
    [
        "about 3",
        "1 2",
        "1,23",
        "12,34,567",
        "0x1f",
        "1e",
        ".",
        "-",
        "1..2",
        "1%x",
        "NaN",
        "∞",
        "²",
        "9" * 1001,
        "0." + "9" * 301,
    ],
)
def test_a_text_that_is_neither_number_nor_placeholder_is_not_read(text: str) -> None:
    assert read(text) is None
    assert not agrees(text, 3.0)
    assert written(text, 0.68349, 3) == "0.683"


@pytest.mark.parametrize(("value", "named"), [(float("nan"), "NaN"), (1e999, "∞"), (-1e999, "-∞")])
@pytest.mark.parametrize("text", ["0.5", "TBD", "5%", "1e5", "words"])
def test_what_is_no_number_is_named_in_any_form(text: str, value: float, named: str) -> None:
    assert written(text, value, 3) == named
    assert not agrees(text, value)


@given(st.text())
def test_any_text_is_read_or_left_alone(text: str) -> None:
    found = read(text)
    assert found is None or found.pending or any(sign.isdigit() for sign in text)
