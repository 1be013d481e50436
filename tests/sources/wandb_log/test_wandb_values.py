import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.sources.small_files import MAX_DEPTH
from journal.sources.wandb_log.records import Change, KeyPath
from journal.sources.wandb_log.values import Replay, numeric_leaves, read_value

keys = st.sampled_from(["a", "b", "c.d", "é"])
key_paths = st.lists(keys, min_size=1, max_size=3).map(tuple)


def replayed(*changes: Change) -> dict[str, Any]:
    replay = Replay()
    for change in changes:
        replay.apply(change)
    result, unreadable = replay.result()
    assert unreadable == []
    return result


def set_(path: KeyPath, text: bytes) -> Change:
    return Change([(path, text)])


def test_numbers_beyond_a_float_stay_whole_and_odd_ones_are_read() -> None:
    assert read_value(b"1152921504606846977") == 1152921504606846977
    assert math.isnan(read_value(b"NaN"))
    assert [read_value(b"Infinity"), read_value(b"-Infinity")] == [math.inf, -math.inf]


@pytest.mark.parametrize("value", [None, True, 3, 0.5, "NaN"])
def test_a_typed_value_is_what_it_is(value: Any) -> None:
    assert read_value(value) is value


@pytest.mark.parametrize("text", [b"", b"{", b"nope", b"\xff", b"[" * 100_000, b"9" * 5000])
def test_text_that_is_no_json_is_a_value_error(text: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_value(text)


def test_nesting_is_read_to_a_depth_that_others_can_write_again() -> None:
    assert read_value(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH) != []
    with pytest.raises(ValueError, match="too deep"):
        read_value(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))


def test_dictionaries_are_flattened_and_media_passed_over() -> None:
    value = {
        "loss": 1,
        "deep": {"er": 0.5, "flag": True, "none": None},
        "histogram": {"_type": "histogram", "values": [1], "count": 9},
        "typed": {"_type": 3, "x": 4},
    }
    leaves = dict(numeric_leaves(("train",), value))
    assert leaves == {
        ("train", "loss"): 1,
        ("train", "deep", "er"): 0.5,
        ("train", "typed", "_type"): 3,
        ("train", "typed", "x"): 4,
    }


def test_changes_apply_in_the_order_they_were_logged() -> None:
    assert replayed(set_(("lr",), b"1"), set_(("lr",), b"2"), Change([], [("gone",)])) == {"lr": 2}
    assert replayed(Change([(("x",), b"1")], [("x",)])) == {}
    assert replayed(Change([], [("x",)]), set_(("x",), b"1")) == {"x": 1}


def test_a_nested_key_reaches_into_json_that_was_set_before() -> None:
    before = set_(("opt",), b'{"name": "adam", "betas": [0.9]}')
    assert replayed(before, set_(("opt", "name"), b'"sgd"')) == {"opt": {"name": "sgd", "betas": [0.9]}}
    assert replayed(before, Change([], [("opt", "betas")])) == {"opt": {"name": "adam"}}
    assert replayed(before, set_(("opt", "betas", "first"), b"1")) == {"opt": {"name": "adam", "betas": {"first": 1}}}


@pytest.mark.parametrize("before", [b"{", b"3", b"[1]"])
def test_a_nested_key_replaces_what_is_no_dictionary(before: bytes) -> None:
    assert replayed(set_(("opt",), before), set_(("opt", "lr"), b"1")) == {"opt": {"lr": 1}}


def test_a_dictionary_set_again_replaces_the_former_whole() -> None:
    assert replayed(set_(("opt",), b'{"a": 1, "b": 2}'), set_(("opt",), b'{"a": 3}')) == {"opt": {"a": 3}}


def test_removing_what_is_not_there_changes_nothing() -> None:
    removals = Change([], [("x", "y"), ("z",), ("lr", "deep"), ("lr", "deep", "er")])
    assert replayed(set_(("lr",), b"1"), removals) == {"lr": 1}


def test_a_dot_in_a_key_is_no_path() -> None:
    assert replayed(set_(("a.b",), b"1"), set_(("a", "b"), b"2")) == {"a.b": 1, "a": {"b": 2}}


def test_the_trackers_own_key_is_left_out_at_the_top_only() -> None:
    assert replayed(set_(("_wandb", "runtime"), b"3"), set_(("a", "_wandb"), b"1")) == {"a": {"_wandb": 1}}


def test_values_that_cannot_be_read_are_named_and_left_out() -> None:
    replay = Replay()
    replay.apply(Change([(("good",), b"1"), (("bad",), b"{"), (("deep", "bad"), b"nope")]))
    assert replay.result() == ({"good": 1, "deep": {}}, ["bad", "deep.bad"])


@given(st.lists(st.tuples(key_paths, st.integers(0, 9))))
def test_replaying_updates_is_setting_them_in_a_tree(updates: list[tuple[KeyPath, int]]) -> None:
    tree: dict[str, Any] = {}
    for path, value in updates:
        node = tree
        for part in path[:-1]:
            if not isinstance(node.get(part), dict):
                node[part] = {}
            node = node[part]
        node[path[-1]] = value
    assert replayed(*(set_(path, str(value).encode()) for path, value in updates)) == tree
