import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_logs import Taste, dice_of, payloads
from wandb_writer import CONFIG, HISTORY, STATS, SUMMARY, change, field, history, key, record, run, spelt, stats, typed

from journal.sources.wandb_log.batch import Batch, decode_batch
from journal.sources.wandb_log.buffers import SLACK, Spans
from journal.sources.wandb_log.records import HistoryRow, SummaryChange, decode
from journal.sources.wandb_log.vocabulary import Vocabulary


def spans_of(made: list[bytes]) -> Spans:
    """Records in a buffer, bytes between them that belong to none."""
    sizes = np.array([len(payload) for payload in made], np.int64)
    start = np.cumsum(sizes + 3) - sizes
    buffer = np.frombuffer(b"\x0a\xff\x12" + b"\x0a\xff\x12".join(made) + b"\xff" * SLACK, np.uint8)
    return Spans(buffer, start, start + sizes, start)


def batch_of(*made: bytes, summary: bool = False) -> tuple[Batch, list[list[tuple[tuple[str, ...], bytes]]]]:
    """The records decoded together, and the items of each plain row."""
    spans, vocabulary = spans_of(list(made)), Vocabulary()
    batch = decode_batch(spans, vocabulary, summary=summary)
    rows: list[list[tuple[tuple[str, ...], bytes]]] = [[] for _ in batch.rows]
    for owner, number, at, length in zip(*(part.tolist() for part in batch[4:]), strict=True):
        rows[owner].append((vocabulary.paths[number], spans.buffer[at : at + length].tobytes()))
    return batch, rows


def last_of_each(row: HistoryRow) -> dict[tuple[str, ...], object]:
    return dict(row.items)


@pytest.mark.untraced
@settings(max_examples=150)
@given(st.integers(0, 1 << 32))
def test_whatever_is_plain_holds_what_decoding_it_alone_finds(seed: int) -> None:
    dice = dice_of(seed)
    made = payloads(dice, 25, Taste.any(dice))
    batch, rows = batch_of(*made)
    assert sorted({*batch.single.tolist(), *batch.rows.tolist()}) == sorted([*batch.single, *batch.rows])
    for record_number, beside, items in zip(batch.rows.tolist(), batch.beside.tolist(), rows, strict=True):
        number, body = decode(made[record_number])
        assert isinstance(body, HistoryRow)
        assert (dict(items), number) == (last_of_each(body), batch.number[record_number])
        assert beside == (-1 if body.step is None else body.step)


@settings(max_examples=80)
@given(st.integers(0, 1 << 32))
def test_what_is_neither_plain_nor_left_says_nothing_about_the_history(seed: int) -> None:
    dice = dice_of(seed)
    made = payloads(dice, 25, Taste(odd=0.1, broken=False))
    batch, _ = batch_of(*made)
    passed_over = set(range(len(made))) - {*batch.single.tolist(), *batch.rows.tolist()}
    for place in passed_over:
        try:
            number, body = decode(made[place])
        except ValueError:
            continue  # a record of an unused kind, full of anything
        assert body is None or isinstance(body, SummaryChange)
        assert number == batch.number[place]


def test_rows_of_all_sizes_are_plain() -> None:
    made = [history({f"key{place}": place for place in range(size)}, step=size, number=9) for size in range(40)]
    batch, rows = batch_of(*made)
    assert (batch.rows.tolist(), batch.single.tolist()) == (list(range(40)), [])
    assert [len(items) for items in rows] == [size + 1 for size in range(40)]


ODD = {
    "a key behind its value": record(HISTORY, field(1, field(16, "1") + key("x"))),
    "a typed value": record(HISTORY, field(1, typed("x", 1.5))),
    "no value": record(HISTORY, field(1, key("x"))),
    "no key": record(HISTORY, field(1, field(16, "1"))),
    "something unknown in an item": record(HISTORY, field(1, spelt("x", "1") + field(40, 1))),
    "something unknown in a row": record(HISTORY, field(1, spelt("x", "1")) + field(40, 1)),
    "something behind the row": record(HISTORY, field(1, spelt("x", "1"))) + field(40, 1),
    "a long key": record(HISTORY, field(1, spelt("k" * 128, "1"))),
    "a negative step beside": record(HISTORY, field(1, spelt("x", "1")) + field(2, field(1, -1))),
    "a key that is no text": record(HISTORY, field(1, field(1, b"\xff") + field(16, "1"))),
    "both kinds of keys": record(HISTORY, field(1, field(1, "a") + field(2, "b") + field(16, "1"))),
    "a length that lies": record(HISTORY, b"\x0a\x7f"),
    "a row cut short": record(HISTORY, field(1, spelt("x", "1")))[:-1],
    "nothing": b"",
    "only a number": field(1, 7),
    "a config": change(CONFIG, {"x": 1}),
    "a run": run("abc"),
}


@pytest.mark.parametrize("odd", ODD)
def test_what_looks_otherwise_is_left_to_be_decoded_singly(odd: str) -> None:
    around = history({"x": 1}, step=3)
    for number in (b"", field(1, 300)):
        batch, rows = batch_of(around, number + ODD[odd], around)
        assert (batch.single.tolist(), batch.rows.tolist()) == ([1], [0, 2])
        assert batch.number.tolist() == [0, -1, 0]
        assert rows == [[(("x",), b"1"), (("_step",), b"3")]] * 2


@pytest.mark.parametrize("number", [1, 127, 128, 1 << 20, (1 << 35) - 1])
def test_numbers_of_up_to_five_bytes_are_read(number: int) -> None:
    batch, _ = batch_of(history({"x": 1}, number=number), field(1, number) + stats({"cpu": 1.0}))
    assert (batch.number.tolist(), batch.single.tolist()) == ([number, number], [])


@pytest.mark.parametrize("number", [1 << 35, 1 << 62, -1])
def test_larger_numbers_are_left_to_be_decoded_singly(number: int) -> None:
    batch, _ = batch_of(history({"x": 1}, number=number))
    assert (batch.number.tolist(), batch.single.tolist()) == ([-1], [0])


def test_for_the_summary_rows_are_passed_over_and_changes_are_plain() -> None:
    made = [history({"x": 1}, number=1), change(SUMMARY, {"y": 2}), record(STATS, b"?")]
    batch, rows = batch_of(*made, summary=True)
    assert (batch.single.tolist(), batch.rows.tolist(), rows) == ([], [1], [[(("y",), b"2")]])


def test_a_removal_from_the_summary_is_left_to_be_decoded_singly() -> None:
    batch, _ = batch_of(change(SUMMARY, {"y": 2}, remove=["x"]), summary=True)
    assert batch.single.tolist() == [0]


@settings(max_examples=80)
@given(st.lists(st.binary(max_size=40), max_size=60), st.integers(1, 4))
def test_a_vocabulary_numbers_keys_by_their_bytes(texts: list[bytes], rounds: int) -> None:
    vocabulary = Vocabulary()
    keys = [field(1, text) for text in texts]
    spans = spans_of(keys)
    for _ in range(rounds):
        numbers = vocabulary.look_up(spans.buffer, spans.start, spans.end - spans.start).tolist()
        for text, number in zip(texts, numbers, strict=True):
            assert (number >= 0) == _is_text(text)
            assert number < 0 or vocabulary.paths[number] == (text.decode(),)
    assert len(vocabulary.paths) == len({text for text in texts if _is_text(text)})


def _is_text(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_keys_that_differ_in_their_last_byte_or_their_length_alone_are_told_apart() -> None:
    names = ["n" * size + end for size in (0, 1, 6, 7, 8, 9, 15, 16, 17, 60) for end in ("", "a", "b", "\0")]
    made = [history(dict.fromkeys(names, 1))] * 3
    _, rows = batch_of(*made)
    assert [[path for path, _ in items] for items in rows] == [[(name,) for name in dict.fromkeys(names)]] * 3


def test_thousands_of_keys_find_their_slots() -> None:
    names = [f"layer.{place}.weight" for place in range(3000)]
    batch, rows = batch_of(*(history(dict.fromkeys(names[at : at + 1500], 1)) for at in (0, 1500, 0, 700)))
    assert batch.single.tolist() == []
    assert [path for path, _ in rows[3]] == [(name,) for name in names[700:2200]]
