import json
import random
from collections.abc import Sequence

import numpy as np
import pytest
from odd_logs import NOT_JSON, NUMBERS, TREES, WORDS, any_double, dice_of, halfway

from journal.sources.wandb_log.numbers import WIDTH, parse_numbers

COUNT = 200_000

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]
Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]


def parsed(texts: Sequence[bytes]) -> tuple[Floats, Flags]:
    """The texts laid one after the other, digits around them that belong to none."""
    sizes = np.array([len(text) for text in texts], np.int64)
    at = np.cumsum(sizes + 1) - sizes + WIDTH
    buffer = np.frombuffer(b"7" * WIDTH + b"7" + b"7".join(texts) + b"7" * (1 + WIDTH), np.uint8)
    return parse_numbers(buffer, at, sizes)


def assert_equal_to_python(texts: list[str]) -> None:
    short = [text for text in texts if len(text) <= WIDTH]
    numbers, readable = parsed([text.encode() for text in short])
    expected = np.array([float(text) for text in short])
    wrong = np.flatnonzero((numbers.view(np.uint64) != expected.view(np.uint64)) & readable | ~readable)
    assert [short[place] for place in wrong] == []


def finite(dice: random.Random) -> float:
    """A float of any magnitude, subnormal ones among them."""
    number = any_double(dice)
    return number if np.isfinite(number) else dice.random() * 5e-320


@pytest.mark.untraced
def test_every_float_as_python_spells_it_is_read_to_the_last_bit() -> None:
    dice = dice_of(1)
    assert_equal_to_python([repr(finite(dice)) for _ in range(COUNT)])


@pytest.mark.untraced
def test_every_float_of_17_digits_is_read_to_the_last_bit() -> None:
    dice = dice_of(2)
    assert_equal_to_python([f"{finite(dice):.17g}" for _ in range(COUNT)])


def test_numbers_between_two_floats_are_rounded_as_python_rounds_them() -> None:
    dice = dice_of(3)
    assert_equal_to_python([halfway(dice, dice.randrange(18, WIDTH + 1)) for _ in range(20_000)])


def test_whole_numbers_of_any_size_are_rounded_as_python_rounds_them() -> None:
    dice = dice_of(4)
    assert_equal_to_python([str(dice.randrange(1, 1 << 80) >> dice.randrange(80)) for _ in range(20_000)])
    assert_equal_to_python([str(-dice.randrange(1 << 53, 1 << 70)) for _ in range(20_000)])


def test_decimals_with_every_exponent_are_read_to_the_last_bit() -> None:
    dice = dice_of(5)
    spellings = ["{}.{}e{}", "{}.{}E{}", "-{}.{}e{:+}", "{}.{}e{:+03}"]
    texts = [
        dice.choice(spellings).format(d % 10, dice.randrange(10**9), e) for e in range(-340, 308) for d in range(9)
    ]
    assert_equal_to_python(texts)


def test_a_text_that_starts_like_a_number_and_is_read_is_a_json_number_and_equal_to_it() -> None:
    known = [*WORDS, *TREES, *NOT_JSON, *NUMBERS, "-0", "1e999"]
    texts = [text for text in known if len(text.encode()) <= WIDTH and text[:1] in set("-0123456789NI")]
    numbers, readable = parsed([text.encode() for text in texts])
    for text, number, was_read in zip(texts, numbers, readable, strict=True):
        if was_read:
            assert type(json.loads(text)) in {int, float}, text
            assert np.float64(text).tobytes() == number.tobytes(), text


@pytest.mark.parametrize("text", ["1", "-1.5", "1e5", "0.0", "-0.0", "NaN", "Infinity", "-Infinity", "-0", "1" * WIDTH])
def test_what_json_writers_write_is_read(text: str) -> None:
    numbers, readable = parsed([text.encode()])
    assert readable.tolist() == [True]
    assert np.array([float(text)]).tobytes() == numbers.tobytes()


@pytest.mark.parametrize("text", [b"-", b"1x", b"1\xff", b"\xff", "\u0661".encode(), b"1\x002", b'"1"', b"1 2", b" "])
def test_bytes_that_are_no_number_are_not_read_and_spoil_nothing_else(text: bytes) -> None:
    numbers, readable = parsed([b"1", text, b"2.5"])
    assert readable.tolist() == [True, False, True]
    assert numbers[[0, 2]].tolist() == [1.0, 2.5]


def test_no_texts_are_no_numbers() -> None:
    numbers, readable = parse_numbers(np.zeros(WIDTH, np.uint8), np.zeros(0, np.int64), np.zeros(0, np.int64))
    assert (len(numbers), len(readable)) == (0, 0)
