import datetime as dt
import math
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.tables.fitting import fitted, plain, shortened

TREES = st.dictionaries(
    st.text(),
    st.recursive(
        st.none() | st.integers(-9, 9) | st.text(), lambda low: st.lists(low) | st.dictionaries(st.text(), low)
    ),
)


def length(tree: dict[str, Any]) -> int:
    """Bytes that a dictionary takes as a value of an indented file."""
    return len(orjson.dumps({"": tree}, option=orjson.OPT_INDENT_2)) - len(orjson.dumps({"": 0}))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (math.nan, "NaN"),
        (-math.inf, "-Infinity"),
        (2**64, 2.0**64),
        (-(2**63), -(2**63)),
        (16**400, "0x1" + "0" * 400),
        (True, True),
        ({1: (None, "a\ud800")}, {"1": [None, "a?"]}),
        (dt.date(2026, 2, 21), "2026-02-21"),
        ({"b", "a"}, ["a", "b"]),
        (b"raw", "b'raw'"),
    ],
)
def test_every_value_stands_as_json_that_reads_back(value: Any, expected: Any) -> None:
    found = plain(value)
    assert found == expected
    assert type(found) is type(expected)
    assert orjson.loads(orjson.dumps(found)) == found


def test_what_is_nested_too_deep_is_marked() -> None:
    deep: Any = 1
    for _ in range(500):
        deep = [deep]
    assert str(plain(deep)).count("[") == 20
    assert "…" in str(plain(deep))


@pytest.mark.untraced
@settings(max_examples=30)
@given(TREES, st.integers(50, 2000))
def test_what_fits_takes_no_more_than_the_room(tree: dict[str, Any], room: int) -> None:
    kept, lost = fitted(plain(tree), room)
    assert length(kept) <= room
    assert (kept == plain(tree)) is (lost == 0)
    assert set(kept) <= set(plain(tree))


def test_small_values_go_before_large_ones() -> None:
    tree = {"a": "x" * 5000, "b": 1, "c": {"d": 2, "e": ["y"] * 5000}, "f": {}}
    kept, lost = fitted(tree, 1000)
    assert (kept["b"], kept["c"], kept["f"], lost) == (1, {"d": 2}, {}, 2)
    assert 100 < len(kept["a"]) < 1000


def test_of_many_small_values_as_many_stay_as_there_is_room_for() -> None:
    kept, lost = fitted({f"key{number:04}": number for number in range(1000)}, 2000)
    assert list(kept) == [f"key{number:04}" for number in range(len(kept))]
    assert (len(kept) > 80, lost) == (True, 1000 - len(kept))


@given(st.text(), st.integers(10, 60))
def test_a_cut_text_says_so_and_fits(text: str, room: int) -> None:
    short = shortened(plain(text), room)
    assert len(orjson.dumps(short)) <= room
    assert short == plain(text) or (short.endswith("…") and plain(text).startswith(short[:-1]))


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("/home/ada/data/train.csv", "…/train.csv"),
        ("python /home/ada/a.py --out ~/runs/x", "python …/a.py --out …/x"),
        ("C:\\runs\\deep\\a", "…/a"),
        ("file:///home/ada/x.csv", "…/x.csv"),
        ("https://example.org/a/b", "https://example.org/a/b"),
        ("s3://bucket/a/b", "s3://bucket/a/b"),
        ("train/loss and 1/2", "train/loss and 1/2"),
        ("configs/wide.yaml", "configs/wide.yaml"),
    ],
)
def test_absolute_paths_are_cut_to_their_last_part(told: str, kept: str) -> None:
    assert plain({"a": [told]}) == {"a": [kept]}


@given(st.text(st.sampled_from("/\\~:ab .-"), max_size=40))
def test_no_two_folders_of_an_absolute_path_are_kept(text: str) -> None:
    kept = plain(f" /home/ada/a{text}")
    assert "/home" not in kept
    assert "ada/" not in kept
