from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_logs import Taste, dice_of, log, small_blocks
from plain_reader import spelt, told_plainly
from wandb_writer import SUMMARY, change, changes, field, frame, numbered, record, run
from wandb_writer import spelt as item_of

from journal.sources.wandb_log.framing import alignment
from journal.sources.wandb_log.summary import read_summary


def summary_of(*payloads: bytes) -> dict[str, Any]:
    """The summary, which must be the same whether or not records carry the writer's count."""
    logs = [frame(payloads), frame(numbered(payloads)), frame([payload + field(1, 1) for payload in payloads])]
    found = [read_summary(BytesIO(log), len(log), 0) for log in logs]
    assert found[0] == found[1] == found[2]
    return found[0]


def updates(*items: tuple[str | tuple[str, ...], str]) -> bytes:
    """A change that sets these keys in this order."""
    return record(SUMMARY, b"".join(field(1, item_of(path, text)) for path, text in items))


def test_of_each_key_the_last_change_counts() -> None:
    assert summary_of(*(change(SUMMARY, {"x": value, ("a", "b"): -value}) for value in range(5))) == {
        "x": 4,
        "a": {"b": -4},
    }


def test_what_is_removed_is_gone_unless_it_is_set_again() -> None:
    removed = change(SUMMARY, {}, remove=["x", ("a", "b")])
    assert summary_of(change(SUMMARY, {"x": 1, "y": 2, ("a", "b"): 3, ("a", "c"): 4}), removed) == {
        "y": 2,
        "a": {"c": 4},
    }
    assert summary_of(change(SUMMARY, {"x": 1}), removed, change(SUMMARY, {"x": 5})) == {"x": 5}


def test_keys_of_one_record_are_set_in_their_order() -> None:
    first = updates((("a",), "1"))
    assert summary_of(first, updates((("a", "b"), "2"), (("a",), "3"))) == {"a": 3}
    assert summary_of(first, updates((("a",), "3"), (("a", "b"), "2"))) == {"a": {"b": 2}}
    assert summary_of(first, updates((("a",), '{"c": 1}'), (("a", "b"), "2"))) == {"a": {"b": 2, "c": 1}}


def test_a_run_record_may_bring_a_summary_that_is_changed_later() -> None:
    brought = record(17, field(1, "abc") + field(5, changes({"x": 3, "y": 1})))
    assert summary_of(brought, change(SUMMARY, {"x": 4})) == {"x": 4, "y": 1}
    assert summary_of(change(SUMMARY, {"x": 4}), brought) == {"x": 3, "y": 1}


def test_values_that_cannot_be_read_and_the_trackers_own_are_left_out() -> None:
    assert summary_of(updates(("bad", "{"), ("_wandb", "1"), ("x", "2")), record(SUMMARY, b"\xff")) == {"x": 2}


@pytest.mark.parametrize("log", [b"", b":W&B\xe1\xbe\0", frame([run("abc")])])
def test_a_log_without_a_summary_has_an_empty_one(log: bytes) -> None:
    assert read_summary(BytesIO(log), len(log), 0) == {}


@pytest.mark.untraced
@settings(max_examples=80)
@given(st.integers(0, 1 << 32))
def test_the_summary_is_that_of_all_changes_applied_one_by_one(seed: int) -> None:
    with small_blocks():
        whole = log(dice_of(seed), Taste(odd=0.1))
        told = told_plainly(whole)
        if "corrupt" not in told:
            assert spelt(read_summary(BytesIO(whole), len(whole), alignment(whole))) == told["summary"]
