from __future__ import annotations

import contextlib
import errno
import fcntl
import math
import os
import random
import resource
import signal
import time
import tracemalloc
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.sources.column_store import extents, manifest
from journal.sources.column_store import store as column_store
from journal.sources.column_store.store import ColumnStore, clear

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Arrays = dict[str, NDArray[Any]]

MANIFEST, LOCK = "columns.manifest", "columns.lock"
DAY = 86_400


def floats(*values: float) -> NDArray[np.float64]:
    return np.array(values, dtype="<f8")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def columns_of(folder: Path) -> Path:
    (path,) = folder.glob("*.columns")
    return path


def held(store: ColumnStore, name: str) -> list[Any] | None:
    array = store.array(name)
    return None if array is None else array.tolist()


def sealed(body: bytes) -> bytes:
    """A manifest with any JSON, and the right sum."""
    head = {"format": 1, "sum": extents.checksum(body)}
    return orjson.dumps(head) + b"\n" + body


def said_by(folder: Path) -> dict[str, Any]:
    said: dict[str, Any] = orjson.loads((folder / MANIFEST).read_bytes().partition(b"\n")[2])
    return said


def rewrite(folder: Path, said: Any) -> None:
    (folder / MANIFEST).write_bytes(sealed(orjson.dumps(said)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a store is, with two arrays of which one has two pieces."""
    folder = tmp_path / "cache" / "store"
    store = ColumnStore(folder)
    assert store.write({"rows": 2}, {"loss": floats(1, 2), "step": np.array([1, 2], "<i8")})
    assert store.extend({"rows": 3}, {"loss": floats(3)})
    return folder


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_what_is_written_is_read_again_by_name_and_type(tmp_path: Path) -> None:
    arrays: Arrays = {
        "int": np.array([-(2**63), 2**63 - 1], "<i8"),
        "float": floats(-0.0, math.inf, 5e-324),
        "word": np.array([2**32 - 1], "<u4"),
        "bytes": np.array([0, 255], "<u1"),
        "größe/…": floats(),
    }
    assert ColumnStore(tmp_path).write({"a": [1, 2.5, None, "ü"]}, arrays)
    again = ColumnStore(tmp_path)
    assert again.state() == {"a": [1, 2.5, None, "ü"]}
    for name, array in arrays.items():
        found = again.array(name)
        assert found is not None
        assert (found.dtype, found.tobytes()) == (array.dtype, array.tobytes())
    assert again.array("other") is None


def test_every_bit_of_a_nan_is_kept(tmp_path: Path) -> None:
    bits = np.array([0x7FF8000000000001, 0xFFF0000000000123], "<u8")
    assert ColumnStore(tmp_path).write({}, {"x": bits.view("<f8")})
    found = ColumnStore(tmp_path).array("x")
    assert found is not None
    assert found.view("<u8").tolist() == bits.tolist()


def test_other_byte_orders_and_gaps_between_the_values_make_no_difference(tmp_path: Path) -> None:
    assert ColumnStore(tmp_path).write({}, {"x": np.array([1, 2], ">f8"), "y": np.arange(6, dtype="<i8")[::-2]})
    again = ColumnStore(tmp_path)
    assert (held(again, "x"), held(again, "y")) == ([1.0, 2.0], [5, 3, 1])


def test_an_array_that_was_read_cannot_be_changed(folder: Path) -> None:
    found = ColumnStore(folder).array("loss")
    assert found is not None
    with pytest.raises(ValueError, match="read-only"):
        found[0] = 7


def test_where_there_is_no_store_there_is_nothing(tmp_path: Path) -> None:
    store = ColumnStore(tmp_path / "none")
    assert (store.state(), store.array("x")) == (None, None)
    assert not store.extend({}, {"x": floats(1)})
    assert not store.replace_state({})
    assert store.remove()
    assert not (tmp_path / "none").exists()


def test_extending_appends_adds_new_names_and_replaces_the_state(folder: Path) -> None:
    before = columns_of(folder)
    store = ColumnStore(folder)
    assert store.extend({"rows": 5}, {"loss": floats(4, 5), "new": floats(9), "step": np.array([], "<i8")})
    for each in (store, ColumnStore(folder)):
        assert each.state() == {"rows": 5}
        assert [held(each, name) for name in ("loss", "step", "new")] == [[1, 2, 3, 4, 5], [1, 2], [9]]
    assert columns_of(folder) == before


def test_writing_replaces_everything_and_leaves_no_old_file(folder: Path) -> None:
    before = columns_of(folder)
    assert ColumnStore(folder).write({"other": True}, {"only": floats(1)})
    assert columns_of(folder) != before
    assert names(folder) == sorted([columns_of(folder).name, LOCK, MANIFEST])
    again = ColumnStore(folder)
    assert (again.state(), held(again, "only"), again.array("loss")) == ({"other": True}, [1.0], None)


def test_a_state_can_be_replaced_alone(folder: Path) -> None:
    before = columns_of(folder).read_bytes()
    assert ColumnStore(folder).replace_state({"seen": "twice"})
    again = ColumnStore(folder)
    assert (again.state(), held(again, "loss")) == ({"seen": "twice"}, [1, 2, 3])
    assert columns_of(folder).read_bytes() == before


def test_after_many_extensions_an_array_is_in_one_piece_again(tmp_path: Path) -> None:
    store = ColumnStore(tmp_path)
    assert store.write({}, {"still": floats(7), "x": floats(0)})
    first = columns_of(tmp_path)
    most = 0
    for n in range(1, 2 * column_store.MAX_EXTENTS):
        assert store.extend({"n": n}, {"x": floats(n)})
        most = max(most, len(said_by(tmp_path)["arrays"]["x"]["extents"]))
    assert most == column_store.MAX_EXTENTS
    assert columns_of(tmp_path) != first
    again = ColumnStore(tmp_path)
    assert held(again, "x") == list(range(2 * column_store.MAX_EXTENTS))
    assert held(again, "still") == [7]


@pytest.mark.parametrize(
    "array", [np.zeros((2, 2)), np.float64(1).reshape(()), np.zeros(2, "<f4"), np.array(["a"]), np.array([object()])]
)
def test_other_shapes_and_types_are_refused(folder: Path, array: NDArray[Any]) -> None:
    for put in (ColumnStore(folder).write, ColumnStore(folder).extend):
        with pytest.raises(ValueError, match="not one of <i8, <f8, <u4, <u1"):
            put({}, {"x": array})
    assert held(ColumnStore(folder), "loss") == [1, 2, 3]


def test_an_array_is_extended_by_its_own_type_alone(folder: Path) -> None:
    before = columns_of(folder).read_bytes()
    with pytest.raises(ValueError, match="the array holds <f8, not <i8"):
        ColumnStore(folder).extend({}, {"new": floats(1), "loss": np.array([4], "<i8")})
    assert columns_of(folder).read_bytes() == before
    assert ColumnStore(folder).extend({}, {"loss": floats(4)})


@pytest.mark.parametrize("state", [{"x": math.nan}, {"x": 2**64}, {"x": (1, 2)}, {"x": "\ud800"}, {"x": {1: 2}}])
def test_a_state_that_json_would_change_is_not_kept(folder: Path, state: dict[str, Any]) -> None:
    store = ColumnStore(folder)
    assert not store.write(state, {})
    assert not store.extend(state, {"loss": floats(4)})
    assert not store.replace_state(state)
    assert (ColumnStore(folder).state(), held(ColumnStore(folder), "loss")) == ({"rows": 3}, [1, 2, 3])


def test_a_name_that_is_no_text_is_not_kept(folder: Path) -> None:
    assert not ColumnStore(folder).write({}, {"\ud800": floats(1)})
    assert held(ColumnStore(folder), "loss") == [1, 2, 3]
    assert len(names(folder)) == 3


VALUES = st.lists(st.floats(width=64), max_size=5)
STEP = st.tuples(
    st.sampled_from(["write", "extend", "replace", "reopen"]),
    st.dictionaries(st.sampled_from(["a", "b/c", "ä", ""]), VALUES, max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(-(2**63), 2**64 - 1) | st.text() | st.booleans(), max_size=2),
)


@pytest.mark.untraced
@given(steps=st.lists(STEP, max_size=12), most=st.integers(1, 4))
@settings(max_examples=150)
def test_any_sequence_of_writes_reads_back_like_a_dict_of_lists(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, dict[str, list[float]], dict[str, Any]]], most: int
) -> None:
    folder = tmp_path_factory.mktemp("store")
    store = ColumnStore(folder)
    state: dict[str, Any] | None = None
    truth: dict[str, list[float]] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(column_store, "MAX_EXTENTS", most)
        for verb, lists, new in steps:
            arrays = {name: np.array(values, "<f8") for name, values in lists.items()}
            if verb == "write":
                assert store.write(new, arrays)
                state, truth = new, dict(lists)
            elif verb == "extend":
                assert store.extend(new, arrays) == (state is not None)
                if state is not None:
                    state = new
                    truth |= {name: truth.get(name, []) + values for name, values in lists.items()}
            elif verb == "replace":
                assert store.replace_state(new) == (state is not None)
                state = None if state is None else new
            else:
                store = ColumnStore(folder)
            for each in (store, ColumnStore(folder)):
                assert each.state() == state
                for name in ("a", "b/c", "ä", ""):
                    found, expected = each.array(name), truth.get(name)
                    assert (found is None) == (expected is None)
                    assert found is None or found.tobytes() == np.array(expected, "<f8").tobytes()
    assert len(names(folder)) == (0 if state is None else 3)


# --- what is damaged --------------------------------------------------------------------------------------------------


@pytest.mark.untraced
def test_whichever_byte_of_the_manifest_is_changed_there_is_no_store(folder: Path) -> None:
    path = folder / MANIFEST
    whole = path.read_bytes()
    for at in range(len(whole)):
        for flip in (1, 0x20, 0x80):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ flip]) + whole[at + 1 :])
            store = ColumnStore(folder)
            assert (store.state(), store.array("loss")) == (None, None), at
            assert not store.extend({}, {"loss": floats(4)})
    path.write_bytes(whole)
    assert held(ColumnStore(folder), "loss") == [1, 2, 3]


def test_wherever_the_manifest_ends_or_goes_on_there_is_no_store(folder: Path) -> None:
    path = folder / MANIFEST
    whole = path.read_bytes()
    for damaged in [whole[:end] for end in range(len(whole))] + [whole + b"\n", whole * 2, b"\0" * 100]:
        path.write_bytes(damaged)
        assert ColumnStore(folder).state() is None


def test_whichever_byte_of_the_columns_is_changed_that_array_is_gone_and_no_other(folder: Path) -> None:
    path = columns_of(folder)
    whole = path.read_bytes()
    places = {"loss": [*range(16), *range(32, 40)], "step": list(range(16, 32))}
    for name, other in (("loss", "step"), ("step", "loss")):
        for at in places[name]:
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x40]) + whole[at + 1 :])
            store = ColumnStore(folder)
            assert store.array(name) is None
            assert store.array(other) is not None
            assert store.state() == {"rows": 3}


def test_where_the_columns_are_cut_the_arrays_behind_are_gone(folder: Path) -> None:
    path = columns_of(folder)
    whole = path.read_bytes()
    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        store = ColumnStore(folder)
        assert store.array("loss") is None
        assert held(store, "step") == ([1, 2] if end >= 32 else None)


def test_a_file_that_shrinks_while_it_is_read_ends_the_reading(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = ColumnStore(folder)
    assert store.state() == {"rows": 3}
    preadv = os.preadv

    def late(fd: int, room: list[memoryview], offset: int) -> int:
        os.truncate(columns_of(folder), 8)
        return preadv(fd, room, offset)

    monkeypatch.setattr(os, "preadv", late)
    assert store.array("loss") is None


def test_bytes_behind_the_known_end_mean_nothing_and_are_overwritten(folder: Path) -> None:
    path = columns_of(folder)
    whole = path.read_bytes()
    path.write_bytes(whole + b"garbage that a killed writer left" * 3)
    assert held(ColumnStore(folder), "loss") == [1, 2, 3]
    assert ColumnStore(folder).extend({}, {"loss": floats(4)})
    assert path.read_bytes() == whole + floats(4).tobytes()


@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_store_whose_columns_are_known_to_be_lost_is_taken_away_by_who_would_extend_it(
    folder: Path, damage: str
) -> None:
    if damage == "cut":
        os.truncate(columns_of(folder), 8)
    else:
        columns_of(folder).unlink()
    store = ColumnStore(folder)
    assert not store.extend({}, {"loss": floats(4)})
    assert (store.state(), ColumnStore(folder).state()) == (None, None)
    assert store.write({"new": 1}, {"loss": floats(4)})
    assert held(ColumnStore(folder), "loss") == [4]


def test_damage_is_not_written_anew_as_if_it_were_sound(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(column_store, "MAX_EXTENTS", 1)
    raw = bytearray(columns_of(folder).read_bytes())
    raw[16] ^= 1
    columns_of(folder).write_bytes(raw)
    assert not ColumnStore(folder).extend({}, {"loss": floats(4)})
    assert ColumnStore(folder).state() is None


FORGED_ARRAYS: list[Any] = [
    None,
    [],
    {},
    {"dtype": "<f8"},
    {"dtype": "|O", "extents": []},
    {"dtype": 8, "extents": []},
    {"dtype": "<f8", "extents": {}},
    {"dtype": "<f8", "extents": [None]},
    {"dtype": "<f8", "extents": [[0, 16]]},
    {"dtype": "<f8", "extents": [[0, 16, None]]},
    {"dtype": "<f8", "extents": [[-8, 16, "0"]]},
    {"dtype": "<f8", "extents": [[0.0, 16, "0"]]},
    {"dtype": "<f8", "extents": [[0, -16, "0"]]},
    {"dtype": "<f8", "extents": [[0, 0, "0"]]},
    {"dtype": "<f8", "extents": [[2**63, 8, "0"]]},
    {"dtype": "<f8", "extents": [[2**64 - 1, 2**64 - 1, "0"]]},
    {"dtype": "<f8", "extents": [[0, 2**62, "0"]]},
    {"dtype": "<f8", "extents": [[36, 8, "0"]]},
    {"dtype": "<f8", "extents": [[0, 40, "0"]] * 1000},
    {"dtype": "<f8", "extents": [[0, 12, "0"]]},
]


@pytest.mark.parametrize("forged", FORGED_ARRAYS)
def test_a_forged_array_with_a_right_sum_is_none(folder: Path, forged: Any) -> None:
    said = said_by(folder)
    said["arrays"]["loss"] = forged
    rewrite(folder, said)
    store = ColumnStore(folder)
    assert store.state() == {"rows": 3}
    assert (store.array("loss"), held(store, "step")) == (None, [1, 2])
    store.extend({}, {"loss": floats(4)})
    assert ColumnStore(folder).array("loss") is None


@pytest.mark.parametrize(
    "change",
    [
        {"columns": "../../secret"},
        {"columns": "/dev/zero"},
        {"columns": None},
        {"end": "40"},
        {"end": -1},
        {"arrays": []},
        {"state": None},
        {"state": 3},
    ],
)
def test_a_forged_manifest_with_a_right_sum_is_none(folder: Path, change: dict[str, Any]) -> None:
    rewrite(folder, {**said_by(folder), **change})
    assert ColumnStore(folder).state() is None


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{", b"[" * 100_000, b"\xff", b'{"columns":"\\ud800"}'])
def test_json_that_is_no_manifest_is_none(folder: Path, body: bytes) -> None:
    (folder / MANIFEST).write_bytes(sealed(body))
    assert ColumnStore(folder).state() is None


def test_another_format_is_none(folder: Path) -> None:
    path = folder / MANIFEST
    path.write_bytes(path.read_bytes().replace(b'"format":1', b'"format":2', 1))
    assert ColumnStore(folder).state() is None
    assert ColumnStore(folder).write({}, {})


def test_memory_is_bounded_by_the_file_and_not_by_what_the_manifest_says(tmp_path: Path) -> None:
    assert ColumnStore(tmp_path).write({}, {"long": np.zeros(1 << 20, "<u1"), "often": floats()})
    said = said_by(tmp_path)
    _, size, total = said["arrays"]["long"]["extents"][0]
    said["arrays"]["long"]["extents"] = [[0, 1 << 28, total]]
    said["arrays"]["often"]["extents"] = [[0, size, total]] * 100
    rewrite(tmp_path, said)
    store = ColumnStore(tmp_path)
    store.state()
    tracemalloc.start()
    try:
        assert (store.array("long"), store.array("often")) == (None, None)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_a_huge_manifest_is_not_even_read(folder: Path) -> None:
    os.truncate(folder / MANIFEST, manifest.MAX_BYTES + 1)
    tracemalloc.start()
    try:
        assert ColumnStore(folder).state() is None
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_a_manifest_that_could_not_be_read_again_is_not_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (names(folder), columns_of(folder).read_bytes())
    monkeypatch.setattr(manifest, "MAX_BYTES", 2_000)
    assert not ColumnStore(folder).write({"long": "x" * 2_000}, {"x": floats(1)})
    assert not ColumnStore(folder).extend({"long": "x" * 2_000}, {"loss": floats(4)})
    assert (names(folder), columns_of(folder).read_bytes()) == before
    assert held(ColumnStore(folder), "loss") == [1, 2, 3]


@pytest.mark.parametrize("kind", ["folder", "pipe", "nowhere"])
@pytest.mark.parametrize("which", ["manifest", "columns"])
def test_what_is_not_a_file_is_not_read(folder: Path, kind: str, which: str) -> None:
    path = folder / MANIFEST if which == "manifest" else columns_of(folder)
    path.unlink()
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(folder / "nowhere")
    assert ColumnStore(folder).array("loss") is None


@pytest.mark.untraced
@given(cut=st.integers(0, 2_000), flips=st.lists(st.tuples(st.integers(0, 2_000), st.integers(1, 255)), max_size=6))
@settings(max_examples=200)
def test_a_damaged_store_gives_what_was_written_or_nothing(
    tmp_path_factory: pytest.TempPathFactory, cut: int, flips: list[tuple[int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("store")
    truth = np.arange(100, dtype="<f8")
    assert ColumnStore(folder).write({"a": 1}, {"x": truth})
    for path in (folder / MANIFEST, columns_of(folder)):
        raw = bytearray(path.read_bytes())
        for at, flip in flips:
            raw[at % len(raw)] ^= flip
        path.write_bytes(raw[: cut or None])
        store = ColumnStore(folder)
        found = store.array("x")
        assert store.state() in (None, {"a": 1})
        assert found is None or found.tolist() == truth.tolist()


# --- disks that refuse ------------------------------------------------------------------------------------------------

CALLS = ("open", "pwrite", "ftruncate", "unlink", "mkdir", "rename", "replace", "fstat", "lstat", "scandir", "listdir")


class Counted:
    """Every system call that a writer makes, counted; the one whose turn it is does something else instead.

    A store reads by the same calls, so that failing reads are tried, too.
    """

    def __init__(self, patch: pytest.MonkeyPatch, turn: int, instead: Callable[[str], None], *, onwards: bool) -> None:
        self.count = 0
        for name in CALLS:
            patch.setattr(os, name, self._counted(name, getattr(os, name), turn, instead, onwards=onwards))

    def _counted(
        self, name: str, call: Callable[..., Any], turn: int, instead: Callable[[str], None], *, onwards: bool
    ) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            self.count += 1
            if self.count == turn or (onwards and self.count > turn):
                instead(name)
            return call(*args, **kwargs)

        return counted


def verbs() -> dict[str, Callable[[Path], bool]]:
    grow = {"loss": floats(*range(4, 900)), "new": floats(1)}
    return {
        "write": lambda folder: ColumnStore(folder).write({"rows": "new"}, {"loss": floats(7), "step": floats(8)}),
        "extend": lambda folder: ColumnStore(folder).extend({"rows": "new"}, grow),
        "replace": lambda folder: ColumnStore(folder).replace_state({"rows": "new"}),
        "begin": lambda folder: ColumnStore(folder / "fresh").write({"rows": "new"}, {"loss": floats(7)}),
    }


def seen(folder: Path) -> tuple[Any, ...]:
    store = ColumnStore(folder)
    return (store.state(), held(store, "loss"), held(store, "step"), held(store, "new"))


@pytest.mark.parametrize("onwards", [False, True])
@pytest.mark.parametrize("verb", ["write", "extend", "compact", "replace", "begin"])
def test_a_disk_that_fails_at_any_call_leaves_the_old_store_or_the_new_one(
    tmp_path: Path, verb: str, onwards: bool
) -> None:
    act = verbs()["extend" if verb == "compact" else verb]
    kept: set[bool] = set()
    for turn in range(1, 100):
        folder = tmp_path / str(turn)
        store = ColumnStore(folder)
        assert store.write({"rows": 2}, {"loss": floats(1, 2), "step": floats(1)})
        if verb == "compact":
            for _ in range(column_store.MAX_EXTENTS - 1):
                assert store.extend({"rows": 2}, {"loss": floats(3)})
        target = folder / "fresh" if verb == "begin" else folder
        before = seen(target)

        def refuse(name: str) -> None:
            raise OSError(errno.ENOSPC, f"{name}: no space left on device")

        with pytest.MonkeyPatch.context() as patch:
            counted = Counted(patch, turn, refuse, onwards=onwards)
            done = act(folder)
            count = counted.count
        kept.add(done)
        assert (seen(target) == before) != done
        assert act(folder)  # and the next one finds nothing in its way
        assert len([name for name in names(target) if name != "fresh"]) == 3
        if count < turn:
            break
    assert kept == {False, True}
    assert turn > 5


def forked(work: Callable[[], Any]) -> int:
    """Start some work in a process of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which the child does not use
        child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child


def test_a_disk_that_is_full_in_the_midst_of_a_write_leaves_the_old_store(folder: Path) -> None:
    def work() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, 5_000))
        big = {"loss": np.zeros(10_000)}
        assert not ColumnStore(folder).extend({}, big)
        assert not ColumnStore(folder).write({}, big)

    before = (names(folder), columns_of(folder).read_bytes())
    assert os.waitpid(forked(work), 0)[1] == 0
    assert (names(folder), columns_of(folder).read_bytes()) == before
    assert held(ColumnStore(folder), "loss") == [1, 2, 3]


def test_a_folder_that_cannot_be_made_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for store in (ColumnStore(tmp_path / "file"), ColumnStore(tmp_path / "file" / "below")):
        assert not store.write({}, {"x": floats(1)})
        assert store.state() is None
    assert names(tmp_path) == ["file"]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_read_only_store_is_read_and_not_written(folder: Path) -> None:
    folder.chmod(0o500)
    try:
        assert held(ColumnStore(folder), "loss") == [1, 2, 3]
        assert not ColumnStore(folder).write({}, {})
        assert not ColumnStore(folder).remove()
    finally:
        folder.chmod(0o700)


# --- others at the same time ------------------------------------------------------------------------------------------


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    with (folder / LOCK).open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def test_while_another_process_writes_nothing_is_kept_and_all_can_be_read(folder: Path) -> None:
    store = ColumnStore(folder)
    with locked(folder):
        assert held(store, "loss") == [1, 2, 3]
        assert not store.write({}, {})
        assert not store.extend({}, {"loss": floats(4)})
        assert not store.replace_state({})
        assert not store.remove()
    assert held(ColumnStore(folder), "loss") == [1, 2, 3]
    assert store.write({}, {})


def test_where_there_are_no_locks_the_store_works(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_fd: int, _what: int) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", refuse)
    assert ColumnStore(folder).extend({}, {"loss": floats(4)})
    assert held(ColumnStore(folder), "loss") == [1, 2, 3, 4]


def test_values_are_not_appended_twice_by_two_who_read_the_same_log(folder: Path) -> None:
    mine, theirs = ColumnStore(folder), ColumnStore(folder)
    assert mine.state() == theirs.state()
    assert theirs.extend({"rows": 4}, {"loss": floats(4)})
    assert not mine.extend({"rows": 4}, {"loss": floats(4)})
    assert not mine.replace_state({"rows": 9})
    assert (mine.state(), held(mine, "loss")) == ({"rows": 3}, [1, 2, 3])  # still one version of it
    assert held(ColumnStore(folder), "loss") == [1, 2, 3, 4]


def test_a_reader_of_an_old_version_sees_no_array_of_a_new_one(folder: Path) -> None:
    old = ColumnStore(folder)
    assert old.state() == {"rows": 3}
    assert ColumnStore(folder).write({"rows": 1}, {"loss": floats(8)})
    assert (old.state(), old.array("loss")) == ({"rows": 3}, None)
    assert held(ColumnStore(folder), "loss") == [8]


@pytest.mark.parametrize("made_again", [False, True])
def test_a_store_that_is_removed_while_one_waits_is_not_written_into(
    folder: Path, monkeypatch: pytest.MonkeyPatch, made_again: bool
) -> None:
    flock = fcntl.flock

    def late(fd: int, what: int) -> None:
        (folder / LOCK).unlink()
        if made_again:
            (folder / LOCK).touch()
        flock(fd, what)

    monkeypatch.setattr(fcntl, "flock", late)
    before = (folder / MANIFEST).read_bytes()
    assert not ColumnStore(folder).write({}, {"x": floats(1)})
    assert (folder / MANIFEST).read_bytes() == before


def chance(seed: int) -> random.Random:
    """Chance that can be repeated."""
    return random.Random(seed)  # noqa: S311 - no secrets here


def expected(state: dict[str, Any]) -> NDArray[np.float64]:
    """The values that belong to a state of `go_on`."""
    values: NDArray[np.float64] = np.arange(state["rows"], dtype="<f8") * 3 + state["generation"] * 1_000_003
    return values


def go_on(folder: Path, dice: random.Random) -> bool:
    """Write the next version of a store whose values follow from its state."""
    store = ColumnStore(folder)
    state = store.state()
    if state is None or dice.random() < 0.3:
        new = {"generation": (state["generation"] if state else 0) + 1, "rows": dice.randrange(30_000)}
        return store.write(new, {"x": expected(new), "y": -expected(new)})
    new = {**state, "rows": state["rows"] + dice.randrange(10_000)}
    return store.extend(new, {"x": expected(new)[state["rows"] :], "y": -expected(new)[state["rows"] :]})


def whole(folder: Path) -> dict[str, Any]:
    """The state of a store of `go_on`, all of whose arrays must be there."""
    store = ColumnStore(folder)
    state, x, y = store.state(), store.array("x"), store.array("y")
    assert state is not None
    assert x is not None
    assert y is not None
    assert np.array_equal(x, expected(state))
    assert np.array_equal(y, -expected(state))
    return state


@pytest.mark.untraced
def test_whenever_a_writer_is_killed_the_store_is_an_old_one_or_a_new_one(tmp_path: Path) -> None:
    dice = chance(0)
    assert go_on(tmp_path, dice)
    states, litter = [whole(tmp_path)], 0

    def work() -> None:
        while True:
            go_on(tmp_path, dice)

    for _ in range(200):
        child = forked(work)
        time.sleep(dice.random() * 0.012)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        states.append(whole(tmp_path))
        litter += len(names(tmp_path)) > 3 or columns_of(tmp_path).stat().st_size > said_by(tmp_path)["end"]
        dice.random()
    order = [(state["generation"], state["rows"]) for state in states]
    assert order == sorted(order)
    assert len(set(order)) > 20
    assert litter > 5  # so kills did come in the midst
    while not go_on(tmp_path, dice):
        time.sleep(0.001)
    assert len(names(tmp_path)) == 3


@pytest.mark.parametrize("verb", ["write", "extend", "replace", "begin"])
def test_a_writer_killed_before_any_of_its_calls_leaves_the_old_store_or_the_new_one(tmp_path: Path, verb: str) -> None:
    act, outcomes = verbs()[verb], set()
    for turn in range(1, 100):
        folder = tmp_path / str(turn)
        assert ColumnStore(folder).write({"rows": 2}, {"loss": floats(1, 2), "step": floats(1)})
        target = folder / "fresh" if verb == "begin" else folder
        before = seen(target)

        def work(turn: int = turn, folder: Path = folder) -> None:
            with pytest.MonkeyPatch.context() as patch:
                Counted(patch, turn, lambda _: os.kill(os.getpid(), signal.SIGKILL), onwards=False)
                act(folder)

        killed = os.waitpid(forked(work), 0)[1] != 0
        after = seen(target)
        assert act(folder)
        new = (after[0] or {}).get("rows") == "new"
        assert new or after == before
        assert not new or verb == "extend" or after == seen(target)
        outcomes.add(new)
        if not killed:
            break
    assert outcomes == {False, True}
    assert turn > 5


def test_readers_never_see_a_mix_while_two_processes_write(tmp_path: Path) -> None:
    assert go_on(tmp_path, chance(0))

    def work(seed: int) -> None:
        dice = chance(seed)
        until = time.monotonic() + 1
        while time.monotonic() < until:
            go_on(tmp_path, dice)

    children = [forked(partial(work, seed)) for seed in (1, 2)]
    versions, complete = set(), 0
    until = time.monotonic() + 0.9
    while time.monotonic() < until:
        store = ColumnStore(tmp_path)
        state, x, y = store.state(), store.array("x"), store.array("y")
        assert state is not None
        versions.add((state["generation"], state["rows"]))
        assert x is None or np.array_equal(x, expected(state))
        assert y is None or np.array_equal(y, -expected(state))
        complete += x is not None and y is not None
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    assert len(versions) > 10
    assert complete > 10
    whole(tmp_path)


# --- many stores ------------------------------------------------------------------------------------------------------


def stored(folder: Path, kilobytes: int, age: float = 0) -> ColumnStore:
    store = ColumnStore(folder)
    assert store.write({}, {"x": np.zeros(kilobytes << 10, "<u1")})
    used = time.time() - age
    os.utime(folder / MANIFEST, (used, used))
    return store


def test_the_stores_that_were_not_used_for_longest_are_removed(tmp_path: Path) -> None:
    for name, age in (("b", 30), ("a", 20), ("d", 10), ("c", 40)):
        stored(tmp_path / name, 100, age)
    clear(tmp_path)
    assert names(tmp_path) == ["a", "b", "c", "d"]
    clear(tmp_path, 250 << 10)
    assert names(tmp_path) == ["a", "d"]
    assert ColumnStore(tmp_path / "a").array("x") is not None
    clear(tmp_path, 0)
    assert names(tmp_path) == []


def test_using_a_store_keeps_it_and_touches_it_once_a_day(tmp_path: Path) -> None:
    stored(tmp_path / "used", 1, 2 * DAY)
    stored(tmp_path / "fresh", 1, DAY / 2)
    stored(tmp_path / "never", 1, DAY)
    before = (tmp_path / "fresh" / MANIFEST).stat().st_mtime
    assert ColumnStore(tmp_path / "used").state() == {}
    assert ColumnStore(tmp_path / "fresh").array("x") is not None
    assert (tmp_path / "fresh" / MANIFEST).stat().st_mtime == before
    clear(tmp_path, 3_000)
    assert names(tmp_path) == ["fresh", "used"]


def test_a_store_that_is_being_written_is_not_removed(tmp_path: Path) -> None:
    stored(tmp_path / "old", 100, 50)
    stored(tmp_path / "new", 100)
    with locked(tmp_path / "old"):
        clear(tmp_path, 150 << 10)
    assert names(tmp_path) == ["old"]


def test_what_a_writer_killed_at_the_very_beginning_left_is_removed_first(tmp_path: Path) -> None:
    stored(tmp_path / "whole", 10, 50)
    stored(tmp_path / "begun", 10)
    (tmp_path / "begun" / MANIFEST).unlink()
    clear(tmp_path, 15 << 10)
    assert names(tmp_path) == ["whole"]


def test_nothing_foreign_is_removed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    stored(outside / "linked", 10)
    stores = tmp_path / "stores"
    stored(stores / "shared", 10)
    (stores / "shared" / "notes.txt").write_text("mine")
    (stores / "other").mkdir()
    (stores / "other" / "lock").write_text("mine")
    (stores / "file").write_text("mine")
    (stores / "link").symlink_to(outside / "linked")
    clear(stores, 0)
    assert names(stores) == ["file", "link", "other", "shared"]
    assert names(stores / "shared") == ["notes.txt"]
    assert names(stores / "other") == ["lock"]
    assert len(names(outside / "linked")) == 3


def test_clearing_where_there_is_nothing_does_nothing(tmp_path: Path) -> None:
    clear(tmp_path / "none", 0)
    assert names(tmp_path) == []
