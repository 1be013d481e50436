from __future__ import annotations

from datetime import date
from math import inf, nan
from typing import Any

from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from journal.changes.values import differences, flat


def told(one: Any, other: Any) -> list[tuple[str, str | None, str | None]]:
    return [(each.key, each.before, each.after) for each in differences(one, other)]


def test_nested_values_are_laid_flat_by_dotted_keys() -> None:
    config = {"model": {"width": 3, "act": None}, "a.b": [{"x": nan}, "y"], "betas": (0.9, 0.95), "tags": [], 7: inf}
    assert flat(config) == {
        "model.width": "3",
        "model.act": "null",
        '"a.b"[0].x': "nan",
        '"a.b"[1]': '"y"',
        "betas": "[0.9, 0.95]",
        "tags": "[]",
        "7": "inf",
    }


def test_a_value_without_keys_has_the_empty_key() -> None:
    assert flat(3) == {"": "3"}
    assert told(3, "3") == [("", "3", '"3"')]


def test_numbers_that_are_equal_are_equal_in_any_type() -> None:
    assert told({"a": 1, "b": 1e-4, "c": nan, "d": 0.0}, {"a": 1.0, "b": 0.0001, "c": nan, "d": -0.0}) == []


def test_true_is_no_one_and_a_text_is_no_number() -> None:
    assert told({"a": True, "b": 1, "c": None}, {"a": 1, "b": "1", "c": "null"}) == [
        ("a", "true", "1"),
        ("b", "1", '"1"'),
        ("c", "null", '"null"'),
    ]


def test_the_order_of_keys_is_no_difference_and_that_of_lists_is() -> None:
    assert told({"a": 1, "b": [1, 2]}, {"b": [2, 1], "a": 1}) == [("b", "[1, 2]", "[2, 1]")]


def test_keys_of_one_side_only_have_no_value_on_the_other() -> None:
    assert told({"a": {"b": 1}}, {"a": {"c": [1, {"d": 2}]}}) == [
        ("a.b", "1", None),
        ("a.c[0]", None, "1"),
        ("a.c[1].d", None, "2"),
    ]


def test_values_of_other_types_are_compared_as_their_text() -> None:
    assert told({"a": date(2025, 1, 2)}, {"a": date(2025, 1, 3)}) == [("a", "2025-01-02", "2025-01-03")]


def test_what_is_nested_beyond_measure_is_cut_off() -> None:
    deep: Any = 1
    for _ in range(5000):
        deep = {"a": deep}
    assert list(flat(deep).values()) == ["…"]
    assert told(deep, {"a": deep}) == []


def test_an_integer_of_thousands_of_digits_is_shown_shortened() -> None:
    ((_, before, after),) = told({"a": 10**5000}, {"a": 10**5000 + 1})
    assert before is not None
    assert after is not None
    assert before != after


CONFIGS = st.dictionaries(
    st.sampled_from(["lr", "model", "a.b", "", "x[0]"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab.", max_size=3), inner, max_size=3),
        max_leaves=10,
    ),
)


@budget(max_examples=60)
@given(CONFIGS, CONFIGS)
def test_each_difference_has_a_key_of_its_own_and_reads_both_ways(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert told(one, one) == []
    found = told(one, other)
    assert len({key for key, _, _ in found}) == len(found)
    assert {(key, after, before) for key, before, after in found} == set(told(other, one))


@budget(max_examples=60)
@given(CONFIGS)
def test_every_plain_value_is_told_when_it_is_gone(config: dict[str, Any]) -> None:
    gone = {key: before for key, before, _ in told({"top": config, "same": 1}, {"same": 1})}
    laid = flat({"top": config})
    assert {key for key in laid if not key.endswith("]")} <= set(gone)
    assert all(before is not None for before in gone.values())
