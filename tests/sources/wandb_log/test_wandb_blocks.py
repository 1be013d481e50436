import numpy as np
import pytest
import wandb_writer
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_logs import Taste, dice_of, fitted, payloads, small_blocks
from wandb_writer import chunk

from journal.sources.wandb_log.blocks import Chunks, cut
from journal.sources.wandb_log.buffers import SLACK
from journal.sources.wandb_log.framing import Chunk, read_chunks

HEADER = 7


def cut_of(window: bytes, first: int = HEADER) -> Chunks | None:
    """The chunks of whole blocks; what lies behind them is of no consequence."""
    return cut(np.frombuffer(window + b"\xa5" * SLACK, np.uint8), len(window), first)


def blocks_of(seed: int, records: int = 30) -> bytes:
    """Whole blocks at the beginning of a log."""
    dice = dice_of(seed)
    log = wandb_writer.frame(fitted(dice, payloads(dice, records, Taste(odd=0.1)), 0))
    return log[: len(log) - len(log) % wandb_writer.BLOCK]


def plain_chunks(window: bytes, first: int = HEADER) -> list[tuple[int, int, int]] | None:
    found = list(read_chunks(window, first))
    if not all(isinstance(one, Chunk) for one in found):
        return None
    return [(one.offset + 7, len(one.payload), one.kind) for one in found if isinstance(one, Chunk)]


def triples(chunks: Chunks | None) -> list[tuple[int, int, int]] | None:
    if chunks is None:
        return None
    return list(zip(chunks.start.tolist(), chunks.length.tolist(), chunks.kind.tolist(), strict=True))


@pytest.mark.untraced
@settings(max_examples=60)
@given(st.integers(0, 1 << 32))
def test_whole_blocks_are_cut_into_the_chunks_that_the_plain_reader_finds(seed: int) -> None:
    with small_blocks():
        window = blocks_of(seed)
        if window:
            assert triples(cut_of(window)) == plain_chunks(window)


@settings(max_examples=60)
@given(st.integers(0, 1 << 32), st.data())
def test_whole_blocks_with_any_bytes_changed_are_cut_as_the_plain_reader_does_or_not_at_all(
    seed: int, data: st.DataObject
) -> None:
    with small_blocks():
        window = bytearray(blocks_of(seed))
        if not window:
            return
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(HEADER, len(window) - 1))
            size = data.draw(st.sampled_from([1, 2, 7, 40]))
            new = data.draw(st.binary(min_size=size, max_size=size) | st.just(bytes(size)))
            window[at : at + size] = new[: len(window) - at]
        assert triples(cut_of(bytes(window))) == plain_chunks(bytes(window))


@pytest.mark.untraced
def test_any_flipped_bit_of_a_block_is_noticed() -> None:
    with small_blocks():
        for seed in range(3):
            window = bytearray(blocks_of(seed)[: wandb_writer.BLOCK])
            assert cut_of(bytes(window)) is not None
            for bit in range(8 * HEADER, 8 * len(window)):
                window[bit // 8] ^= 1 << bit % 8
                assert cut_of(bytes(window)) is None, (seed, bit)
                window[bit // 8] ^= 1 << bit % 8


@pytest.mark.untraced
def test_a_flipped_bit_is_noticed_in_blocks_of_full_size() -> None:
    dice = dice_of(7)
    window = bytearray(blocks_of(5, records=1500))
    assert len(window) >= 2 * wandb_writer.BLOCK
    assert cut_of(bytes(window)) is not None
    for _ in range(300):
        bit = dice.randrange(8 * HEADER, 8 * len(window))
        window[bit // 8] ^= 1 << bit % 8
        assert cut_of(bytes(window)) is None, bit
        window[bit // 8] ^= 1 << bit % 8


def test_two_bits_flipped_alike_in_two_checksums_are_noticed() -> None:
    with small_blocks():
        window = bytearray(blocks_of(1))
        chunks = cut_of(bytes(window))
        assert chunks is not None
        first, second = (int(start) - 7 for start in chunks.start[:2])
        for bit in range(32):
            for at in (first, second):
                window[at + bit // 8] ^= 1 << bit % 8
            assert cut_of(bytes(window)) is None, bit
            for at in (first, second):
                window[at + bit // 8] ^= 1 << bit % 8


@pytest.mark.parametrize("room", range(8))
def test_a_block_may_be_filled_up_to_any_of_its_last_bytes(room: int) -> None:
    payload = b"x" * (wandb_writer.BLOCK - 7 - room)
    last = bytes(room) if room < 7 else chunk(1, b"")
    expected = [(7, len(payload), 1)] + ([(wandb_writer.BLOCK, 0, 1)] if room == 7 else [])
    assert triples(cut_of(chunk(1, payload) + last, 0)) == expected


@pytest.mark.parametrize("room", range(1, 7))
def test_padding_that_is_not_zero_is_left_to_the_plain_reader(room: int) -> None:
    padded = chunk(1, b"x" * (wandb_writer.BLOCK - 7 - room)) + bytes(room)
    for place in range(1, room + 1):
        window = bytearray(padded)
        window[-place] = 1
        assert cut_of(bytes(window), 0) is None


@pytest.mark.parametrize("kind", [0, 5, 9, 255])
def test_an_unknown_chunk_type_is_left_to_the_plain_reader(kind: int) -> None:
    assert cut_of(chunk(kind, b"x" * (wandb_writer.BLOCK - 7)), 0) is None


def test_a_block_of_zeros_is_left_to_the_plain_reader() -> None:
    assert cut_of(bytes(wandb_writer.BLOCK), 0) is None


@pytest.mark.parametrize("length", [wandb_writer.BLOCK - 6, 0xFFFF])
def test_a_chunk_longer_than_its_block_is_left_to_the_plain_reader(length: int) -> None:
    window = bytearray(chunk(1, b"x" * (wandb_writer.BLOCK - 7)))
    window[4:6] = length.to_bytes(2, "little")
    assert cut_of(bytes(window), 0) is None


def test_reading_may_begin_where_no_chunk_fits_any_more() -> None:
    window = chunk(1, b"x" * (wandb_writer.BLOCK - 7 - 3)) + bytes(3) + chunk(1, b"y" * (wandb_writer.BLOCK - 7))
    assert triples(cut_of(window, wandb_writer.BLOCK - 3)) == [(wandb_writer.BLOCK + 7, wandb_writer.BLOCK - 7, 1)]


def test_a_block_with_no_chunk_behind_where_reading_begins_is_left_to_the_plain_reader() -> None:
    window = chunk(1, b"x" * (wandb_writer.BLOCK - 7 - 3)) + bytes(3)
    assert cut_of(window, wandb_writer.BLOCK - 3) is None
