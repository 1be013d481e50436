from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wandb_writer import (
    CONFIG,
    ENVIRONMENT,
    HISTORY,
    METRIC,
    OUTPUT,
    STATS,
    SUMMARY,
    TELEMETRY,
    VERSION,
    change,
    end,
    field,
    git,
    history,
    item,
    key,
    record,
    run,
    timestamp,
)

from journal.sources.wandb_log.records import (
    ConfigChange,
    Environment,
    Exit,
    HistoryRow,
    MetricDefinition,
    Record,
    RunIdentity,
    SdkVersion,
    SummaryChange,
    decode,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=150)
paths = st.one_of(texts, st.lists(texts, min_size=1, max_size=4).map(tuple))


def row(*items: bytes) -> HistoryRow:
    body = decode(record(HISTORY, b"".join(field(1, one) for one in items))).body
    assert isinstance(body, HistoryRow)
    return body


@given(paths, texts)
def test_any_key_and_any_value_are_read_as_written(path: str | tuple[str, ...], value: str) -> None:
    written = row(key(path) + field(16, value))
    assert written.items == [((path,) if isinstance(path, str) else path, value.encode())]


@given(paths, texts)
def test_the_order_of_the_fields_does_not_matter(path: str | tuple[str, ...], value: str) -> None:
    assert row(field(16, value) + key(path)).items == row(key(path) + field(16, value)).items


def test_bytes_in_a_key_that_look_like_the_tag_of_a_value_are_part_of_the_key() -> None:
    name = "\u0082\u0001"
    assert name.encode() == b"\xc2\x82\x01"
    assert row(item(name, 1)).items == [((name,), b"1")]
    assert row(item(("a", name + "x"), 12345)).items == [(("a", name + "x"), b"12345")]


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        (field(3, 0), None),
        (field(4, 1), True),
        (field(4, 0), False),
        (field(5, 3), -2),
        (field(5, (1 << 61)), 1 << 60),
        (field(6, 0.5), 0.5),
        (field(6, float("inf")), float("inf")),
        (field(7, "text"), "text"),
        (field(8, "[1]"), b"[1]"),
    ],
)
def test_a_typed_value_wins_over_json_wherever_it_stands(typed: bytes, value: Any) -> None:
    json = field(16, "7")
    expected = [(("x",), value)]
    assert row(key(("x",)) + json + typed).items == expected
    assert row(typed + key(("x",)) + json).items == expected


def test_a_nested_key_wins_over_a_plain_one_before_it() -> None:
    assert row(field(1, "plain") + key(("nested", "key")) + field(16, "7")).items == [(("nested", "key"), b"7")]


def test_a_key_that_is_no_text_is_a_value_error_in_a_short_item_too() -> None:
    with pytest.raises(ValueError, match="utf-8"):
        row(field(2, b"\xff") + field(16, "7"))


def test_an_item_without_a_value_holds_nothing() -> None:
    assert row(key("x")).items == [(("x",), None)]


def test_the_step_stands_beside_the_items_or_not_at_all() -> None:
    assert decode(history({"x": 1}, beside=7)).body == HistoryRow([(("x",), b"1")], 7)
    assert decode(history({"x": 1}, beside=0)).body == HistoryRow([(("x",), b"1")], 0)
    assert decode(record(HISTORY, field(2, b""))).body == HistoryRow([], 0)
    assert decode(history({"x": 1})).body == HistoryRow([(("x",), b"1")], None)


def test_changes_list_what_is_set_and_what_is_removed() -> None:
    summary = decode(change(SUMMARY, {("acc", "max"): 0.5}, remove=["old", ("a", "b")])).body
    assert summary == SummaryChange([(("acc", "max"), b"0.5")], [("old",), ("a", "b")])
    assert decode(change(CONFIG, {"lr": 1})).body == ConfigChange([(("lr",), b"1")], [])


def test_a_run_record_says_who_the_run_is() -> None:
    payload = run(
        "abc", entity="lab", project="toy", name="first", started=1.5, commit="f" * 40, remote="r", config={"lr": 1},
        sdk="0.16.6", number=2,
    )  # fmt: skip
    number, body = decode(payload)
    assert number == 2
    assert isinstance(body, RunIdentity)
    assert (body.id, body.entity, body.project, body.name) == ("abc", "lab", "toy", "first")
    assert body.started is not None
    assert body.started.isoformat() == "1970-01-01T00:00:01.500000+00:00"
    assert (body.commit, body.remote, body.sdk) == ("f" * 40, "r", "0.16.6")
    assert body.config == ConfigChange([(("lr",), b"1")], [])


def test_texts_that_a_run_record_leaves_empty_are_absent() -> None:
    assert decode(run("abc")).body == RunIdentity(id="abc")


@pytest.mark.parametrize("code", [0, 1, 255, -9])
def test_an_exit_record_has_a_code_even_when_it_is_not_written(code: int) -> None:
    assert decode(end(code)).body == Exit(code)


def test_an_environment_record_may_name_start_and_commit() -> None:
    payload = record(ENVIRONMENT, field(3, timestamp(1.0)) + field(9, git("f" * 40, "r")) + field(16, 2))
    body = decode(payload).body
    assert isinstance(body, Environment)
    assert body.started is not None
    assert (body.started.timestamp(), body.commit, body.remote) == (1.0, "f" * 40, "r")
    assert decode(record(ENVIRONMENT, field(16, 2))).body == Environment(machine={"cpu_count": 2})


def test_a_metric_record_says_how_a_metric_was_defined() -> None:
    payload = record(METRIC, field(1, "val/*") + field(4, "epoch") + field(6, field(2, 1)))
    assert decode(payload).body == MetricDefinition("val/*", None, "epoch")
    payload = record(METRIC, field(2, "val/*") + field(6, field(3, 1)))
    assert decode(payload).body == MetricDefinition(None, "val/*", None)


def test_the_sdk_version_comes_without_its_build() -> None:
    assert decode(record(VERSION, field(1, field(1, "0.31.0+15f8cbc")))).body == SdkVersion("0.31.0")
    assert decode(record(VERSION, b"")).body == SdkVersion(None)
    assert decode(record(TELEMETRY, field(5, "0.16.6"))).body == SdkVersion("0.16.6")


def test_records_that_nobody_needs_are_not_parsed() -> None:
    assert decode(record(STATS, b"\xff\xff", number=4)) == Record(4, None)
    assert decode(record(OUTPUT, b"\xff\xff", number=5)) == Record(5, None)
    assert decode(record(99, b"\xff\xff", number=6)) == Record(6, None)


def test_fields_that_nobody_knows_are_passed_over() -> None:
    known = item("x", 1)
    unknown = field(77, b"new") + field(78, 5) + field(79, 0.5)
    assert row(known + unknown).items == row(known).items
    assert decode(unknown + end(3) + unknown) == Record(0, Exit(3))


def test_a_field_of_another_type_than_expected_is_passed_over() -> None:
    assert row(field(1, 5) + field(16, "7")).items == [(("",), b"7")]


@pytest.mark.parametrize(
    "payload",
    [
        b"\xff",
        record(HISTORY, b"\x0a\x05"),
        record(HISTORY, field(1, b"\x0a\x05a")),
        record(HISTORY, field(1, field(1, b"\xff\xfe"))),
        history({("deep",) * 101: 1}),
    ],
)
def test_a_payload_that_does_not_parse_is_a_value_error(payload: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        decode(payload)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_record_or_a_value_error(payload: bytes) -> None:
    with suppress(ValueError):
        assert isinstance(decode(payload), Record)
