from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from journal.checks.mending import fix, mended, sum_of
from journal.model.finding import Edit, Fix

PATH = "entries/2026-02-21-one.md"
HEAD = "---\ntitle: x\ncreated: 2026-02-21T19:01:15+08:00\n"
IMPORTED = f"{HEAD}imported: {{from: a.md, sha256: {'0' * 64}}}\n---\nwords\n".encode()
RAW = f"{HEAD}---\n\nabcdef\n".encode()
AT = RAW.index(b"abcdef")


def edit(start: int, end: int, new: str, raw: bytes = RAW) -> Fix:
    """A change of the letters of the entry, counted from the first."""
    return Fix(said="x", edits=(Edit(path=PATH, start=AT + start, end=AT + end, new=new, sha256=sum_of(raw)),))


def text(*fixes: Fix, raw: bytes = RAW) -> tuple[str | None, list[int]]:
    """The letters after some fixes, and which of them were done."""
    texts, done = mended(fixes, {PATH: raw})
    return texts[PATH][AT:].decode().strip() if PATH in texts else None, sorted(done)


def test_fixes_that_lie_apart_are_done_together() -> None:
    assert text(edit(0, 1, "AAA"), edit(4, 5, ""), edit(2, 3, "C")) == ("AAAbCdf", [0, 1, 2])


def test_of_fixes_that_touch_the_first_is_done() -> None:
    assert text(edit(0, 3, "x"), edit(2, 4, "y")) == ("xdef", [0])
    assert text(edit(2, 2, "1"), edit(2, 2, "2")) == ("ab1cdef", [0])
    assert text(edit(0, 2, "x"), edit(2, 2, "y")) == ("xcdef", [0])


def test_fixes_that_say_the_same_are_done_once() -> None:
    assert text(edit(0, 1, "x"), edit(0, 1, "x")) == ("xbcdef", [0, 1])


def test_a_fix_is_done_whole_or_not_at_all() -> None:
    both = Fix(said="x", edits=(*edit(4, 5, "E").edits, *edit(0, 1, "A").edits))
    assert text(edit(0, 2, "x"), both) == ("xcdef", [0])
    assert text(both) == ("AbcdEf", [0])


def test_a_fix_of_another_text_of_the_file_is_left_out() -> None:
    assert text(edit(0, 1, "x", raw=b"older")) == (None, [])
    assert mended([edit(0, 1, "x")], {}) == ({}, frozenset())


def test_a_fix_that_breaks_the_entry_is_left_out_and_the_others_are_done() -> None:
    breaking = Fix(said="x", edits=(Edit(path=PATH, start=0, end=3, new="", sha256=sum_of(RAW)),))
    assert text(breaking, edit(0, 1, "x")) == ("xbcdef", [1])


def test_nothing_mends_the_words_of_an_imported_note() -> None:
    assert fix(PATH, "x", IMPORTED, IMPORTED.replace(b"words", b"verbs")) is None
    assert fix(PATH, "x", IMPORTED, IMPORTED.replace(b"title: x", b"title: y")) is not None
    place = IMPORTED.index(b"words")
    edits = (Edit(path=PATH, start=place, end=place + 1, new="W", sha256=sum_of(IMPORTED)),)
    assert mended([Fix(said="x", edits=edits)], {PATH: IMPORTED}) == ({}, frozenset())


def test_a_fix_of_nothing_or_of_what_cannot_be_read_is_none() -> None:
    assert fix(PATH, "x", RAW, RAW) is None
    assert fix(PATH, "x", RAW, b"words") is None
    assert fix(PATH, "x", RAW, RAW.replace(b"abc", b"\xff")) is None


@settings(max_examples=60)
@given(st.text("aé€𝄞b", max_size=8), st.text("aé€𝄞b", max_size=8))
def test_a_fix_made_of_two_texts_makes_one_into_the_other(one: str, other: str) -> None:
    old, new = (f"{HEAD}---\n\n{words}\n".encode() for words in (one, other))
    made = fix(PATH, "x", old, new)
    assert (made is None) == (old == new)
    if made is not None:
        assert mended([made], {PATH: old}).texts == {PATH: new}
        assert Fix.model_validate(made.model_dump(mode="json")) == made
